"""The stem of a Kazakh word: its endings taken off, as far as that can be told without a lexicon.

Kazakh strings endings together, and each has up to six spellings: әйел, әйел-дер, әйел-дер-і-нің.
No stemmer of Snowball knows it, and the morphological analyser kazstem is licensed under the GPL
and needs compiled transducers that no package ships. So the endings of nouns come off from the
outside in, each kind once at most

    stem ─ plural ─ possessive ─ case        құқық-тар-ы-н  →  құқық

and those of the commonest forms of verbs (`ту`, `ған`, `атын`) after them. What is left has a vowel
and three letters at least, and gets the hard end back that it has alone: кітаб(ы) → кітап. It is
a key to look words up by, and not always the word of a dictionary.
"""

from __future__ import annotations

from functools import lru_cache

_VOWELS = frozenset("аәеёиоөуұүыіэюя")
_SHORTEST = 3  # letters of a stem
_SHORTEST_CUT = 4  # of a stem that loses a single letter, which is as often a part of it
_VOICELESS = frozenset("пфкқтсшщчцхһ" + "бвгд")  # the last four in borrowed words
_HARD = {"б": "п", "ғ": "қ", "г": "к"}


def _longest_first(endings: str) -> tuple[str, ...]:
    return tuple(sorted(endings.split(), key=lambda ending: (-len(ending), ending)))


_CASES = _longest_first(
    "ның нің дың дің тың тің ға ге қа ке на не ны ні ды ді ты ті да де та те нда нде дан ден тан"
    " тен нан нен ндан нден мен бен пен нікі дікі тікі дағы дегі тағы тегі ндағы ндегі ша ше"
)
_SHORT_CASES = _longest_first("а е н")
_POSSESSIVES = _longest_first("ымыз іміз мыз міз ыңыз іңіз ңыз ңіз сы сі ым ім ың ің")
_SHORT_POSSESSIVES = _longest_first("ы і")
_PLURALS = _longest_first("лар лер дар дер тар тер")
_VERBAL_NOUNS = _longest_first("у")
_PARTICIPLES = _longest_first(
    "ушы уші атын етін йтын йтін ған ген қан кен ылған ілген ланған ленген ылатын ілетін"
)


@lru_cache(maxsize=1 << 17)
def kazakh_stem(form: str) -> str:
    """Return the stem of a folded word in Cyrillic; a word in other letters is its own stem.

    >>> kazakh_stem("әйелдерінің"), kazakh_stem("шарты"), kazakh_stem("кітабы")
    ('әйел', 'шарт', 'кітап')
    """
    if not _VOWELS.intersection(form):
        return form
    stem = _cut(form, _CASES)
    without_case = stem != form
    stem = _possessed(stem)
    if stem == form and not without_case:
        stem = _possessed(_cut(form, _SHORT_CASES, _SHORTEST_CUT))
    stem = _cut(stem, _PLURALS)
    stem = _cut(_cut(stem, _VERBAL_NOUNS), _PARTICIPLES)
    return stem[:-1] + _HARD.get(stem[-1], stem[-1])


def _possessed(word: str) -> str:
    """Take the ending of a possessor off."""
    stem = _cut(word, _POSSESSIVES)
    return stem if stem != word else _cut(word, _SHORT_POSSESSIVES, _SHORTEST_CUT)


def _cut(word: str, endings: tuple[str, ...], shortest: int = _SHORTEST) -> str:
    """Take the longest ending off that leaves a stem with a vowel; none where none does."""
    for ending in endings:
        stem = word.removesuffix(ending)
        if (
            stem != word
            and len(stem) >= shortest
            and _VOWELS.intersection(stem)
            and _may_follow(stem[-1], ending)
        ):
            return stem
    return word


def _may_follow(sound: str, ending: str) -> bool:
    """Whether an ending is spelled so after this sound: -та after a voiceless one, -сы a vowel."""
    if ending[0] in "тқк":
        return sound in _VOICELESS
    if ending in ("сы", "сі"):  # жұмыс-ы and демалыс-ы are commoner than жарғы-сы
        return sound in _VOWELS and sound not in "ыі"
    if ending in ("н", "нда", "нде", "ндан", "нден"):  # after a possessor's ending
        return sound in "ыі"
    if ending[0] in "дғгб":
        return sound not in _VOICELESS
    return True
