"""The words of a text, where they stand, and the form under which they are looked up.

    words("Статья 127-1, кəсiподақ")   Word(0, 6, "статья"), Word(7, 12, "127-1"),
                                       Word(14, 23, "кәсіподақ")

Two questions are asked of a word, and they have two answers:

- Is it this very word? `Word.form`, a folding that undoes only what no reader sees: case, accents,
  ligatures, soft hyphens, Latin letters inside Cyrillic words. Phrases compare forms.
- Is it a form of this word? `terms`, the stems in one language. Ranking compares terms.

A run joined by hyphens, or a number joined by dots, is one word, so that the phrase "article 127"
does not hold where the law says `127-1`. Ranking also gets its parts as terms of their own:

    terms("санитарно-бытовые", RUSSIAN)    санитарно-бытов, санитарн, бытов
    terms("08.12.2009", ENGLISH)           08.12.2009, 08, 12, 2009
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

import snowballstemmer

from kb.documents import Language
from kb.kazakh import kazakh_stem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

# Printed inside words but no part of them: the soft hyphen, zero-width and direction marks.
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_APOSTROPHES = "'`\u2018\u2019\u02b9\u02bc\u00b4"
_ACCENTS = "\u0300-\u036f\ufe00-\ufe0f"  # й may come as и and a breve
_HYPHENS = "\\-\u2010-\u2013\u2212"  # not the em dash, which stands between words

# Letters and digits. Superscripts and subscripts are left out: `труда¹` is `труда` with a footnote.
_ALNUM = r"[^\W_\u00b2\u00b3\u00b9\u02b9\u02bc\u2070-\u209c]"
# `shari'a`, `пере\u00adвод`: a letter, and the unseen only where a letter follows. The bounds keep
# hostile input linear; a longer run is cut into several words, in documents and queries alike.
_LETTER = rf"{_ALNUM}[{_ACCENTS}]{{0,8}}"
_RUN = rf"{_LETTER}(?:[{_UNSEEN}{_APOSTROPHES}]{{0,8}}{_LETTER}){{0,99}}"
# `127-1`, `223-IV`, `шешім-қаулы`, `2.3.1`.
_COMPOUND = rf"{_RUN}(?:(?:[{_UNSEEN}]?[{_HYPHENS}]|(?<=\d)\.(?=\d)){_RUN}){{0,7}}"
_RUN_PATTERN = re.compile(_RUN)
_COMPOUND_PATTERN = re.compile(_COMPOUND)
_HYPHEN = re.compile(f"[{_HYPHENS}]")

_PREFIX = 5
_GRAM = 4

_BREVE = "\u0306"  # the one accent that makes another letter: й is not и
_DROPPED = frozenset("\u02b9\u02bc")  # apostrophes that Unicode counts as letters

# Letters that look alike. Ambiguous alone, they belong to the script of the word around them.
_LATIN_ALIKE = "abcehikmoptyx"
_CYRILLIC_ALIKE = "авсенікмортух"
_TO_CYRILLIC = str.maketrans(_LATIN_ALIKE, _CYRILLIC_ALIKE)
_TO_LATIN = str.maketrans(_CYRILLIC_ALIKE, _LATIN_ALIKE)
_BARRED = str.maketrans("əƏ\u0275\u019f", "әӘөӨ")  # no text here has these as Latin letters
_ONLY_CYRILLIC = re.compile(f"(?![{_CYRILLIC_ALIKE}])[\u0400-\u052f]")
_ONLY_LATIN = re.compile(f"(?![{_LATIN_ALIKE}])[a-z]")
# Most words as they are: nothing below would change them.
_FOLDED = re.compile(
    f"[-.a-z0-9]+|[0-9{_CYRILLIC_ALIKE}]*(?![{_CYRILLIC_ALIKE}])[а-яәғқңөұүһі][0-9а-яәғқңөұүһі]*"
)


class Word(NamedTuple):
    """A word as it stands in a text."""

    start: int  # code points of the text as given, whether or not it is NFC
    end: int
    form: str  # folded


class Term(NamedTuple):
    """A word, or a part of a compound, under the stem by which it is ranked."""

    start: int
    end: int
    term: str


def words(text: str) -> list[Word]:
    """Return the words of a text in order; they never overlap. Linear in the text's length."""
    return list(_words(text))


def printed_words(text: str) -> list[str]:
    """Return the words of a text as they are printed; `words` has those that fold to something."""
    return _COMPOUND_PATTERN.findall(text)


# A search and an ingest make them by the thousand: without the call of a Python function for each.
_word: Callable[[tuple[int, int, str]], Word] = partial(tuple.__new__, Word)
_term: Callable[[tuple[int, int, str]], Term] = partial(tuple.__new__, Term)


@lru_cache(maxsize=256)
def _words(text: str) -> tuple[Word, ...]:
    return tuple(
        _word((match.start(), match.end(), form))
        for match in _COMPOUND_PATTERN.finditer(text)
        if (form := fold(match.group()))
    )


def terms(text: str, language: Language) -> list[Term]:
    """Return the stems of a text's words in `language`; a compound is followed by its parts."""
    return list(_terms(text, language))


# A search asks this of a passage several times: whether it covers the query, what to highlight.
@lru_cache(maxsize=256)
def _terms(text: str, language: Language) -> tuple[Term, ...]:
    return tuple(
        _term((match.start() + start, match.start() + end, of_it))
        for match in _COMPOUND_PATTERN.finditer(text)
        for start, end, of_it in _terms_of_word(match.group(), language)
    )


@lru_cache(maxsize=1 << 17)
def _terms_of_word(word: str, language: Language) -> tuple[tuple[int, int, str], ...]:
    """Return the stem of a word as it stands, and those of its parts; their places are within it.

    None of what folds to nothing. Plain tuples, which the garbage collector need not walk through.
    """
    form = fold(word)
    if not form:
        return ()
    found = [(0, len(word), stem(form, language))]
    if "-" in form or "." in form:
        found += [
            (match.start(), match.end(), stem(part, language))
            for match in _RUN_PATTERN.finditer(word)
            if (part := fold(match.group()))
        ]
    return tuple(found)


def content_terms(text: str, language: Language) -> list[Term]:
    """Return the stems of a text's words in order, stop words left out; compounds stay whole."""
    return [
        _term((word.start, word.end, stem(word.form, language)))
        for word in _words(text)
        if not is_stopword(word.form)
    ]


def terms_among(text: str, language: Language, wanted: Collection[str]) -> list[Term]:
    """Return those of `terms` whose stem is wanted, in order."""
    return [
        Term(match.start() + start, match.start() + end, of_it)
        for match in _COMPOUND_PATTERN.finditer(text)
        for start, end, of_it in _terms_of_word(match.group(), language)
        if of_it in wanted
    ]


def stems_in(text: str, language: Language) -> set[str]:
    """Return the stems that `terms` returns, without their places, in half the time."""
    found = set(_COMPOUND_PATTERN.findall(text))
    return {of_it for word in found for _, _, of_it in _terms_of_word(word, language)}


def pieces(text: str, language: Language) -> list[str]:
    """Return parts of a text's words that forms and compounds of one word share, in order.

    The first five letters in English and Russian; in Kazakh, where endings are many and change
    with what they follow, every run of four letters, the edges of the word counted as letters.

    pieces("отпускные", RUSSIAN) → отпус        pieces("еңбек", KAZAKH) → ·еңб, еңбе, ңбек, бек·
    """
    found = []
    for word in words(text):
        if is_stopword(word.form):
            continue
        form = _in_letters_of(word.form, language)
        if language is Language.KAZAKH:
            edged = f"·{form}·"
            found += [edged[at : at + _GRAM] for at in range(max(1, len(edged) - _GRAM + 1))]
        else:
            found.append(form[:_PREFIX])
    return found


@lru_cache(maxsize=1 << 17)
def fold(word: str) -> str:
    r"""Return the form under which the spellings of one word meet.

        Ёлка → елка      naïve → naive    ﬁne → fine     пере\u00adвод → перевод
        кəсiподақ (Latin ə, i) → кәсіподақ               127–1 (en dash) → 127-1
        VІ (Cyrillic І) → vi     С183 (Cyrillic С) → c183

    Letters that look alike go to Cyrillic where a part of the word has a letter that only Cyrillic
    has, and to Latin everywhere else, so that МОТ typed in either script is one form. Folding
    twice changes nothing.
    """
    if _FOLDED.fullmatch(word):
        return word
    return "-".join(_fold_part(part) for part in _HYPHEN.split(word))


def _fold_part(part: str) -> str:
    part = unicodedata.normalize("NFKD", part).translate(_BARRED)
    if _ONLY_CYRILLIC.search(part.casefold()):
        part = part.replace("h", "һ")  # the small letters look alike; the capital H is a Н
    kept = "".join(
        character
        for character in unicodedata.normalize("NFKD", part.casefold())
        if (character.isalnum() and character not in _DROPPED) or character in f".{_BREVE}"
    )
    composed = unicodedata.normalize("NFKC", kept)
    alike = _TO_CYRILLIC if _ONLY_CYRILLIC.search(composed) else _TO_LATIN
    # a breve that is left over stood on a letter that has none, and would join its Latin twin
    return composed.translate(alike).replace(_BREVE, "")


# One stemmer serves all threads of a server and keeps its state between its steps, hence the lock.
_SNOWBALL = {
    Language.ENGLISH: snowballstemmer.stemmer("english"),
    Language.RUSSIAN: snowballstemmer.stemmer("russian"),
}
_SNOWBALL_LOCK = threading.Lock()


@lru_cache(maxsize=1 << 17)
def stem(form: str, language: Language) -> str:
    """Return the stem of a folded word: Snowball for English and Russian, ours for Kazakh.

    stem("отпуска", RUSSIAN) → отпуск        stem("conventions", ENGLISH) → convent
    stem("әйелдерінің", KAZAKH) → әйел
    """
    form = _in_letters_of(form, language)
    if language is Language.KAZAKH:
        return kazakh_stem(form)
    with _SNOWBALL_LOCK:
        return str(_SNOWBALL[language].stemWord(form))


def _in_letters_of(form: str, language: Language) -> str:
    """Undo what folding does to `комета`, all of whose letters look Latin: `кометы` has a ы."""
    if language is Language.ENGLISH or _ONLY_LATIN.search(form):
        return form
    return form.translate(_TO_CYRILLIC)


def is_stopword(form: str) -> bool:
    """Whether a folded word carries no evidence of what a text is about, in any language.

    The index keeps these words, since phrases need them.
    """
    return form in _STOPWORDS


_STOPWORDS = frozenset(
    fold(word)
    for word in (
        # English
        "a about all an and any are as at be been but by can could did do does for from had has"
        " have he her his how i if in into is it its many may me much my no not of on or our shall"
        " she should so such than that the their them there these they this those to under us was"
        " we were what when where which who whom whose why will with would you your"
        # Russian
        " а без бы был была были было быть в вам вас во вот все всех вы где да для до его ее если"
        " есть еще же за и из или им их к как какая какие какими каких какого какое какой каком"
        " какую когда ко который которые ли либо между мне может мой мы на над не него нет но о об"
        " он она они оно от по под при про с свой себя сколько со так также такой то того тоже"
        " только том ты у уже чего чем что чтобы эта эти это этого этой этот я"
        # Kazakh
        " ал бар бе бен болады болса болып бойынша бұл да де деген дегеніміз деп еді екен емес енді"
        " ет және жоқ кім қай қайда қалай қандай қанша қашан ма мен ме міне не неге неше ол олар"
        " немесе осы өз па пе пен сен сол сондай сондай-ақ та те туралы үшін әр бір біз сіз"
    ).split()
)
