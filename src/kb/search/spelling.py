"""Words that the index does not know, read as the words that were meant.

    jngecr             → отпуск              another keyboard layout (`kb.search.layouts`)
    жалакы, кыз        → жалақы, қыз         the Kazakh letters that a Russian keyboard lacks
    отпсук, maternty   → отпуск, maternity   one mistake; two in a word of ten letters or more

Only a word that the index does not know is touched, and only for one that it knows. Never touched:
numbers and words with digits (`C183`, `127-1`) unless the digits are keys of Kazakh letters, what
stands in quotation marks, short words, abbreviations and names with capitals inside (`МОТ`,
`McKinsey`), addresses. Nor is a word read as its opposite: `ненадлежащий` is two letters from
`надлежащий`, and another norm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.search.layouts import readings
from kb.search.queries import QUOTED
from kb.words import fold, is_stopword, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kb.search.layouts import Reading

    Known = Callable[[str], bool]

MIN_LETTERS = 4  # of a word that is mended, or that alone shows another layout
MIN_SHORT = 3  # of a query on another layout, of a word that lacks only Kazakh letters: `кыз`
LONG_WORD = 10  # letters from which on two mistakes are forgiven; docs/decisions.md says why
MAX_LETTERS = 40  # longer ones are not words
MAX_LOOKED_UP = 16  # words of one text; one with more unknown words is not mended beyond them
_MAX_ABBREVIATION = 5  # letters; longer words in capitals are typed with Caps Lock

# What is typed for the letters that a Russian keyboard lacks; і is typed as и and as ы.
_BARE = str.maketrans("әғқңөұүһыі", "агкноуухии")
# `kb.words` folds a word whose letters all look alike in both scripts (`отметка`) to Latin, and
# one other letter folds it back. So that the two are near, these letters are compared as one.
_ALIKE = str.maketrans("abcehikmoptyx", "авсенікмортух")
_ONLY_LATIN = re.compile(r"(?![abcehikmoptyx])[a-z]")
_ONLY_CYRILLIC = re.compile(r"(?![авсенікмортух])[\u0400-\u052f]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_KAZAKH = re.compile("[әғқңөұүһі]")

_CHUNK = re.compile(r"\S+")
_PART = re.compile(r"[^\-\u2010-\u2013\u2212]+")  # of a compound
_ADDRESS = re.compile(r"@|://|[^\W\d_]\.[^\W\d_]")  # an e-mail address, a site

# What makes a word its opposite within two letters; both are compared without Kazakh letters.
_NEGATING_PREFIXES = tuple(
    prefix.translate(_ALIKE).translate(_BARE) for prefix in "не ни а un in im il ir".split()
)
_NEGATION = re.compile("сиз|[мбп][ае][йу]")  # жұмыссыз, болмайды, төленбеу


class Kind(StrEnum):
    """The kind of a mistake."""

    LAYOUT = "layout"  # the right keys on another layout
    LETTERS = "letters"  # Kazakh without the letters of its own
    SPELLING = "spelling"


class Replacement(NamedTuple):
    """A word, or a whole query, and what it was read as."""

    start: int  # code points of the text as typed
    end: int
    typed: str
    meant: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Correction:
    """A text with its mistakes mended."""

    text: str
    replacements: tuple[Replacement, ...]  # in the order of the text; they never overlap


class Vocabulary:
    """The words of an index, arranged so that the nearest to a word is found fast.

    vocabulary = Vocabulary({"отпуск": 31, "отпуска": 40, "жалақы": 12})
    vocabulary.nearest("отпсук", cyrillic=True)    # "отпуск"
    """

    def __init__(self, passages: Mapping[str, int]) -> None:
        """Arrange words, given as {folded form: number of passages that have it}.

        Of compounds the parts are taken. What has anything but letters is left out: nothing is
        ever read as a number.
        """
        self._passages: dict[str, int] = {}
        self._forms: dict[str, list[str]] = {}  # by what is left of them without Kazakh letters
        self._buckets: dict[tuple[str, int], list[str]] = {}  # these by first letter and length
        for compound, count in passages.items():
            for form in compound.split("-"):
                if form.isalpha() and len(form) <= MAX_LETTERS:
                    self._passages[form] = self._passages.get(form, 0) + count
        for form in self._passages:
            bare = _bare(form)
            if bare not in self._forms:
                self._forms[bare] = []
                self._buckets.setdefault((bare[0], len(bare)), []).append(bare)
            self._forms[bare].append(form)

    def __contains__(self, form: object) -> bool:
        return form in self._passages

    def with_kazakh_letters(self, form: str) -> str | None:
        """Return the commonest word that a Cyrillic one becomes with letters of Kazakh alone."""
        if len(form) < MIN_SHORT:
            return None
        return self._commonest(form, [_bare(form)], cyrillic=True, kazakh=True)

    def nearest(self, form: str, *, cyrillic: bool) -> str | None:
        """Return the commonest of the words that are nearest to a misspelled one, None if far.

        A letter may be wrong, missing, too many, or swapped with the next (the optimal string
        alignment distance). The first letter is right or swapped with the second: it is seldom
        mistyped, and `paternity` is not `maternity`.
        """
        if not MIN_LETTERS <= len(form) <= MAX_LETTERS:
            return None
        bare = _bare(form)
        farthest = 2 if len(form) >= LONG_WORD else 1
        shortest = max(MIN_LETTERS, len(bare) - farthest)
        at_distance: list[list[str]] = [[] for _ in range(farthest + 1)]
        for first, start in ((bare[0], bare[0]), (bare[1], bare[1] + bare[0])):
            for length in range(shortest, len(bare) + farthest + 1):
                for other, distance, _ in process.extract_iter(
                    bare,
                    self._buckets.get((first, length), ()),
                    scorer=OSA.distance,
                    score_cutoff=farthest,
                ):
                    if other.startswith(start) and not _opposite(bare, other):
                        at_distance[int(distance)].append(other)
        # whoever types Kazakh letters does not mean a word without: `некелі` is not `недели`
        kazakh = _KAZAKH.search(form) is not None
        for others in at_distance:
            if meant := self._commonest(form, others, cyrillic=cyrillic, kazakh=kazakh):
                return meant
        return None

    def _commonest(
        self, form: str, bares: Iterable[str], *, cyrillic: bool, kazakh: bool
    ) -> str | None:
        """Return the commonest word of one script, of equally common ones the most similar.

        With `kazakh`, only of those with a letter that Russian does not have.
        """
        other_script = _ONLY_LATIN if cyrillic else _ONLY_CYRILLIC
        key = form.translate(_ALIKE)
        candidates = [
            (-self._passages[other], OSA.distance(key, other.translate(_ALIKE)), other)
            for bare in bares
            for other in self._forms.get(bare, ())
            if not other_script.search(other) and (not kazakh or _KAZAKH.search(other))
        ]
        if not candidates:
            return None
        commonest = min(candidates)[-1]
        return commonest.translate(_ALIKE) if cyrillic else commonest


def correct(text: str, known: Known, vocabulary: Vocabulary) -> Correction | None:
    """Return the text that was meant, None where there is nothing to mend.

    Args:
        text: as typed.
        known: whether a folded word, in any form, is in the index or the thesaurus. Stop words
            and the words of `vocabulary` count as known without asking.
        vocabulary: the words that others may be read as.

    Linear in the length of the text.
    """
    return _Reader(text, known, vocabulary).correction()


def corrected(text: str, replacements: Sequence[Replacement]) -> Correction | None:
    """Return a text with these words replaced; None where there is none."""
    if not replacements:
        return None
    pieces: list[str] = []
    at = 0
    for replacement in replacements:
        pieces += [text[at : replacement.start], replacement.meant]
        at = replacement.end
    return Correction("".join([*pieces, text[at:]]), tuple(replacements))


class _Chunk(NamedTuple):
    """What stands between spaces: on another layout a comma is a letter, and no border."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class _Reader:
    """Reads one text."""

    def __init__(self, text: str, known: Known, vocabulary: Vocabulary) -> None:
        self._text = text
        self._in_index = known
        self._vocabulary = vocabulary
        self._quoted = [match.span() for match in QUOTED.finditer(text)]
        self._chunks = [
            _Chunk(match.start(), match.group())
            for start, end in _between(self._quoted, len(text))
            for match in _CHUNK.finditer(text, start, end)
        ]
        longest = max((len(chunk.text) for chunk in self._chunks), default=0)
        self._caps_lock = text.isupper() and longest > _MAX_ABBREVIATION
        self._looked_up = 0

    def correction(self) -> Correction | None:
        """Mend the text as a whole, or word by word."""
        whole = self._whole_on_another_layout()
        replacements = (whole,) if whole else tuple(self._words_mended())
        return corrected(self._text, replacements)

    def _words_mended(self) -> Iterator[Replacement]:
        for chunk in self._chunks:
            if replacement := self._on_another_layout(chunk):
                yield replacement
            elif not _ADDRESS.search(chunk.text):
                yield from self._spelled_wrong(chunk)

    # --- another layout ---

    def _whole_on_another_layout(self) -> Replacement | None:
        """Read the whole text on another layout, if all its words are known there and none here.

        So short words are read along: `jngecr gj ,thtvtyyjcnb` is отпуск по беременности.
        """
        worded = [chunk for chunk in self._chunks if any(map(str.isalpha, chunk.text))]
        if not worded or self._quoted:
            return None
        start, end = worded[0].start, worded[-1].end
        pieces: list[str] = []
        at = start
        for chunk in worded:
            if self._known_here(chunk) or (_abbreviation(chunk.text) and not self._caps_lock):
                return None
            meant = next(self._meanings(chunk), None)
            if meant is None:
                return None
            pieces += [self._text[at : chunk.start + meant.start], meant.text]
            at = chunk.start + meant.end
        text = "".join([*pieces, self._text[at:end]])
        if not any(
            len(word.form) >= MIN_SHORT and not is_stopword(word.form) for word in words(text)
        ):
            return None
        return Replacement(start, end, self._text[start:end], text, Kind.LAYOUT)

    def _on_another_layout(self, chunk: _Chunk) -> Replacement | None:
        """Read one word on another layout."""
        if self._known_here(chunk) or (_abbreviation(chunk.text) and not self._caps_lock):
            return None
        for meant in self._meanings(chunk):
            found = words(meant.text)
            if len(found) == 1 and len(found[0].form) >= MIN_LETTERS:
                start, end = chunk.start + meant.start, chunk.start + meant.end
                return Replacement(start, end, self._text[start:end], meant.text, Kind.LAYOUT)
        return None

    def _meanings(self, chunk: _Chunk) -> Iterator[Reading]:
        """Yield the readings of a chunk that have words, and only words that are known."""
        for reading in readings(chunk.text):
            pieces: list[str] = []
            at = 0
            found = words(reading.text)
            for word in found:
                typed = reading.text[word.start : word.end]
                if self._known(word.form):
                    meant = typed
                elif twin := self._with_kazakh_letters(typed):
                    meant = twin
                else:
                    break
                pieces += [reading.text[at : word.start], meant]
                at = word.end
            else:
                if found:
                    text = "".join([*pieces, reading.text[at:]])
                    # with Caps Lock a comma is still a comma, and Б was meant
                    yield reading._replace(text=text.upper() if _caps(chunk.text) else text)

    def _known_here(self, chunk: _Chunk) -> bool:
        """Whether a chunk has a word that is known as typed, and not so short as to be chance."""
        return any(
            len(word.form) >= MIN_SHORT and self._known(word.form) for word in words(chunk.text)
        )

    # --- letters ---

    def _spelled_wrong(self, chunk: _Chunk) -> Iterator[Replacement]:
        for word in words(chunk.text):
            typed = chunk.text[word.start : word.end]
            if self._known(word.form) or any(map(str.isdigit, typed)):
                continue
            for part in _PART.finditer(typed):
                start = chunk.start + word.start + part.start()
                if meant := self._with_kazakh_letters(part.group()):
                    kind = Kind.LETTERS
                elif meant := self._nearest(part.group()):
                    kind = Kind.SPELLING
                else:
                    continue
                yield Replacement(start, start + len(part.group()), part.group(), meant, kind)

    def _with_kazakh_letters(self, typed: str) -> str | None:
        if self._is_left_alone(typed) or not _CYRILLIC.search(typed):
            return None
        meant = self._vocabulary.with_kazakh_letters(fold(typed))
        return _in_case_of(typed, meant) if meant else None

    def _nearest(self, typed: str) -> str | None:
        if self._is_left_alone(typed) or self._looked_up >= MAX_LOOKED_UP:
            return None
        self._looked_up += 1
        cyrillic = _CYRILLIC.search(typed) is not None
        meant = self._vocabulary.nearest(fold(typed), cyrillic=cyrillic)
        return _in_case_of(typed, meant) if meant else None

    def _is_left_alone(self, typed: str) -> bool:
        """Whether a word, or a part of a compound, is none that is mended."""
        form = fold(typed)
        return (
            not form.isalpha()
            or self._known(form)
            or _abbreviation(typed)
            or (typed.isupper() and not self._caps_lock)
            or not (typed.isupper() or typed[1:].islower())  # McKinsey
        )

    def _known(self, form: str) -> bool:
        parts = form.split("-")
        return self._is_word(form) or (len(parts) > 1 and all(map(self._is_word, parts)))

    def _is_word(self, form: str) -> bool:
        return is_stopword(form) or form in self._vocabulary or self._in_index(form)


def _caps(typed: str) -> bool:
    return typed.isupper() and len(typed) > 1


def _abbreviation(typed: str) -> bool:
    return _caps(typed) and len(typed) <= _MAX_ABBREVIATION


def _bare(form: str) -> str:
    return form.translate(_ALIKE).translate(_BARE)


def _opposite(one: str, other: str) -> bool:
    """Whether one of two bare words is the other negated."""
    shorter, longer = sorted((one, other), key=len)
    return longer.removesuffix(shorter) in _NEGATING_PREFIXES or bool(
        _NEGATION.search(one) and not _NEGATION.search(other)
    )


def _in_case_of(typed: str, meant: str) -> str:
    if typed.isupper():
        return meant.upper()
    return meant[0].upper() + meant[1:] if typed[0].isupper() else meant


def _between(spans: Iterable[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """Yield what spans in their order leave of a text."""
    at = 0
    for start, end in spans:
        yield at, start
        at = end
    yield at, length
