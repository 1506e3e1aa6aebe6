"""What of a written answer is proved by the passages that it cites.

A string cannot show that a paraphrase means the same. `A woman may not work at night` has all its
words from `A pregnant woman may not work at night`, and is false; so is a rule without its
`unless`. So a sentence stands only if it is a sentence of its passage, whole and word for word,
in a frame that names where the sentence stands:

    Under Article 4 of ILO Convention No. 183, “a woman has …” [1]        the frame is true as well
    A woman has the right to maternity leave of at least 14 weeks [1]     no frame

The words of a digest are not those of the instrument, so they get no quotation marks, and the
instrument is never said to say them.

The words of a quotation that nearly are those of a sentence are put right. A sentence that stands
in another passage than the one it cites gets the right citation. Everything else is dropped.

No model writes so of its own accord; `kb.answers.writing` asks for it. A model that does not gets
most of its sentences dropped, and the texts' own sentences stand in for them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from kb.answers.ordering import limits
from kb.answers.quoting import points_back
from kb.comparison.sentences import sentences_in
from kb.documents import Provenance
from kb.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.answers.quoting import Quotable
    from kb.references import Reference, ReferenceFinder

_NEARLY = 0.8  # of the words of a quotation that are a sentence's, in its order
_MOST_CHARACTERS = 20_000  # of an answer that are looked at
_MOST_CLAIMS = 40  # of it that are; six are asked for
_MOST_BEFORE = 3  # sentences that a claim may be proved together with

# `[1]`, `[2, 3]`, `[1] [4]`, with the full stop that may follow
_CITATIONS = re.compile(r"\s*((?:\[\d{1,4}(?:\s*[,;]\s*\d{1,4})*\]\s*)+)[.;]?")
_QUOTED = re.compile(r"«[^«»]+»|“[^“”]+”|„[^„“”]+[“”]|\"[^\"]+\"")
_OPENS, _CLOSES = re.compile(r"[«“„\"]\s*$"), re.compile(r"\s*[.;,]?[»”“\"]")
_MARKUP = str.maketrans("", "", "*`#>")
_REFERENCE = "§"  # stands for a true reference among the words of a sentence

# What may stand around a sentence: `Also,`, `Under §,`, `The § provides that`, `§ сәйкес`
_ALSO = "also|furthermore|moreover|additionally|также|сондай-ақ"
_UNDER = (
    "under|according to|pursuant to|in accordance with|as provided in|in"
    "|согласно|в соответствии со?|как предусмотрено|по|в"
)
_SAYS = "(?:provides?|предусматривает|устанавливает)(?: that| что)?|бойынша|сәйкес"
_PLACE = rf"(?:(?:{_UNDER}) )?(?:the )?§"
_BEFORE = re.compile(rf"(?:(?:{_ALSO}) )?(?:{_PLACE} (?:(?:{_SAYS}) )?)?")
_AFTER = re.compile(rf"(?: {_PLACE})?")
_PLAIN = re.compile(r"[\w\s,.:;/()№'’\"«»“”„–—-]*")  # no `?`, no `≠`, no `~~`

# A list under one of these must not be read without it
_DENIES = re.compile(
    r"\b(?:not?|never|nor|without|prohibit\w*|forb[iao]d\w*|cannot|repealed"
    r"|не|ни|нет|нельзя|без|запре[щт]\w*|недопуст\w*|утрати\w*"
    r"|емес|жоқ|болмайды|тыйым\w*|\w+(?:м[ае]|б[ае]|п[ае])(?:й|с|ған|ген|у)\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Proved:
    """A sentence of the model and the sentence of a text that proves it."""

    text: str  # without its citation marks
    by: Quotable


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of a written answer."""

    proved: tuple[Proved, ...]
    dropped: int
    corrected: int  # quotations and citations


def check(written: str, passages: Sequence[Sequence[Quotable]], finder: ReferenceFinder) -> Checked:
    """Return what the passages prove of a written answer.

    Args:
        written: by the model; `[1]` cites the first passage.
        passages: the sentences of each.
        finder: reads the references in a frame.
    """
    proved: dict[Quotable, Proved] = {}
    dropped = corrected = 0
    for place, claim in enumerate(claims(written[:_MOST_CHARACTERS])):
        found, unproved = None, len(claim.before) + bool(claim.text)
        if place < _MOST_CLAIMS:
            found, unproved = _prove_with_what_is_before(claim, passages, finder)
        dropped += unproved
        if found is not None:
            corrected += found.corrected
            proved.setdefault(found.proved.by, found.proved)
    return Checked(tuple(proved.values()), dropped, corrected)


class Claim(NamedTuple):
    """A sentence as the model wrote it."""

    text: str
    cites: tuple[int, ...]  # numbers of passages
    before: tuple[str, ...] = ()  # sentences before it that cite nothing


def claims(written: str) -> Iterator[Claim]:
    """Cut an answer into sentences with their citations; what cites nothing comes before one."""
    for line in written.translate(_MARKUP).splitlines():
        spaced = " ".join(line.split())
        at = 0
        for marks in _CITATIONS.finditer(spaced):
            *uncited, cited = _sentences(spaced[at : marks.start()]) or [""]
            yield Claim(cited, tuple(map(int, re.findall(r"\d+", marks[1]))), tuple(uncited))
            at = marks.end()
        if uncited := _sentences(spaced[at:]):
            yield Claim("", (), tuple(uncited))


def _sentences(text: str) -> list[str]:
    """Cut a line between its sentences, not within a quotation or at a semicolon."""
    joined: list[str] = []
    for each in sentences_in(text):
        if joined and (joined[-1].endswith(";") or _is_open(joined[-1])):
            joined[-1] += f" {each.text}"
        else:
            joined.append(each.text)
    return joined


def _is_open(text: str) -> bool:
    """Whether a quotation that begins in a text does not end in it."""
    opened = text.count("«") + text.count("“") + text.count("„")
    return opened > text.count("»") + text.count("”") or text.count('"') % 2 == 1


# --- proving one sentence ---


class _Found(NamedTuple):
    proved: Proved
    corrected: int


def _prove_with_what_is_before(
    claim: Claim, passages: Sequence[Sequence[Quotable]], finder: ReferenceFinder
) -> tuple[_Found | None, int]:
    """Return the proof of a claim, and how many of its sentences have none.

    `Rest lasts eleven hours. It is paid. [1]` is proved as a whole or not at all.
    """
    longest = min(len(claim.before), _MOST_BEFORE)
    for count in range(longest, -1, -1):
        unproved = len(claim.before) - count
        text = " ".join((*claim.before[unproved:], claim.text))
        if claim.text and (found := _prove(text, claim.cites, passages, finder)) is not None:
            return found, unproved
    return None, len(claim.before) + bool(claim.text)


def _prove(
    text: str,
    cites: Sequence[int],
    passages: Sequence[Sequence[Quotable]],
    finder: ReferenceFinder,
) -> _Found | None:
    given = range(1, len(passages) + 1)
    cited = [number for number in dict.fromkeys(cites) if number in given]
    if not cited:
        return None
    wrong = len(set(cites)) - len(cited)
    for number in [*cited, *(number for number in given if number not in cited)]:
        for quoted in passages[number - 1]:
            for unit in units(quoted):
                found = _matches(text, unit, quoted, finder)
                if found is not None:
                    said, corrections = found
                    moved = 0 if number in cited else 1
                    return _Found(Proved(said, quoted), corrections + moved + wrong)
    return None


def units(quoted: Quotable) -> Iterator[str]:
    """Yield the shortest runs of a text that may be said by themselves.

    A sentence as a whole, with what stands above it; of an announcement of two sentences the last
    is enough. A part between semicolons, if no part limits another.

        lead `A. Leave lasts:`, item `ten days;`            `A. Leave lasts: ten days`
                                                            `Leave lasts: ten days`
        `Rest lasts eleven hours; the rest is paid.`        the whole, and each half
    """
    yield quoted.whole
    above = " ".join(each.text for each in quoted.lead_in)
    if above:
        last = sentences_in(above)[-1].text
        left_out = above.removesuffix(last)
        if last.endswith(":") and not _DENIES.search(left_out) and not points_back(last):
            yield f"{last} {quoted.text}"
        return
    parts = [part.strip() for part in quoted.text.split(";") if part.strip()]
    if len(parts) > 1 and ":" not in quoted.text and not any(map(limits, parts)):
        yield from (part for part in parts if not points_back(part))


def _matches(
    text: str, unit: str, quoted: Quotable, finder: ReferenceFinder
) -> tuple[str, int] | None:
    """Return a sentence as it may be said, and how many quotations were put right; or None."""
    text, corrected = _with_quotations_right(text, unit)
    framed = _framed(text, unit, quoted, finder)
    if framed is None:
        return None
    before, words_said, after = framed
    if quoted.hit.provenance is Provenance.DIGEST:
        marked = before, after
        before, after = _OPENS.sub("", before), _CLOSES.sub("", after)
        corrected |= marked != (before, after)
    return " ".join(f"{before}{words_said}{after}".split()), corrected


def _with_quotations_right(text: str, unit: str) -> tuple[str, int]:
    """Put the words of a text in the place of a quotation that nearly has them."""
    corrected = 0

    def right(match: re.Match[str]) -> str:
        nonlocal corrected
        opening, inner, closing = match[0][0], match[0][1:-1], match[0][-1]
        if inner in unit:
            return match[0]
        said, wanted = _forms(inner), _forms(unit)
        if not len(wanted) / 2 <= len(said) <= 2 * len(wanted):
            return match[0]
        likeness = SequenceMatcher(None, said, wanted, autojunk=False).ratio()
        if likeness < _NEARLY:
            return match[0]
        corrected += likeness < 1
        return f"{opening}{unit.rstrip(';,')}{closing}"

    return _QUOTED.sub(right, text), corrected


def _framed(
    text: str, unit: str, quoted: Quotable, finder: ReferenceFinder
) -> tuple[str, str, str] | None:
    """Return the two sides of a true frame with the unit between them; or None."""
    wanted = _forms(unit)
    if not wanted or not _within(wanted, _forms(text)):
        return None
    tokens = _tokens(text, wanted, quoted, finder)
    if tokens is None:
        return None
    forms = [token.form for token in tokens]
    for at in range(len(forms) - len(wanted) + 1):
        after = at + len(wanted)
        if forms[at:after] != wanted:
            continue
        before = "".join(f"{form} " for form in forms[:at])
        behind = "".join(f" {form}" for form in forms[after:])
        start, end = tokens[at].start, tokens[after - 1].end
        if (
            _BEFORE.fullmatch(before)
            and _AFTER.fullmatch(behind)
            and _PLAIN.fullmatch(text[:start])
            and _PLAIN.fullmatch(text[end:])
        ):
            return text[:start], _own_words(text[start:end], unit), text[end:]
    return None


class _Token(NamedTuple):
    start: int
    end: int
    form: str


def _forms(text: str) -> list[str]:
    return [word.form for word in words(text)]


def _tokens(
    text: str, wanted: Sequence[str], quoted: Quotable, finder: ReferenceFinder
) -> list[_Token] | None:
    """Return the words of a sentence, true references as one token each; None with a false one."""
    places: list[Reference] = []
    for reference in finder.find(text):
        if _within(_forms(reference.text), wanted):
            continue  # the source names it too, word for word
        if not _names_its_place(reference, quoted):
            return None
        places.append(reference)
    tokens = [_Token(each.start, each.end, _REFERENCE) for each in places]
    tokens += [
        _Token(word.start, word.end, word.form)
        for word in words(text)
        if not any(each.start <= word.start < each.end for each in places)
    ]
    return sorted(tokens)


def _within(few: Sequence[str], many: Sequence[str]) -> bool:
    size = len(few)
    return any(list(many[at : at + size]) == list(few) for at in range(len(many) - size + 1))


def _names_its_place(reference: Reference, quoted: Quotable) -> bool:
    """Whether a reference names the instrument, or a unit of it, that the words stand in."""
    if reference.last is not None or reference.candidates:
        return False
    if reference.document_id is None and (reference.instrument is not None or not reference.path):
        return False  # another instrument, or none that is known
    if reference.document_id not in (None, quoted.hit.document_id):
        return False
    return reference.eid is None or f"{quoted.eid}__".startswith(f"{reference.eid}__")


def _own_words(said: str, unit: str) -> str:
    """Return the source's words, with its punctuation, in the place of what was said."""
    own = unit.strip().rstrip(".;,")
    if " ".join(said.split()).casefold() == own.casefold():
        return said
    return own[next(match.start() for match in re.finditer(r"\w", own)) :]
