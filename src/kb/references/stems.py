"""Stems under which the words of names meet those of texts."""

from __future__ import annotations

from functools import lru_cache

from kb.documents import Language
from kb.references.vocabulary import KAZAKH_ENDINGS
from kb.words import stem

_SHORTEST_STEM = 3
_SHORTEST_RUSSIAN_STEM = 4
_LONGEST_ENDING = max(map(len, KAZAKH_ENDINGS))
_SPELLINGS = {"labor": "labour", "organization": "organisation"}


@lru_cache(maxsize=1 << 14)
def initial(form: str) -> str:
    """Return what the beginnings of all forms of a word have in common, in either script."""
    return stem(form[:2], Language.RUSSIAN)


def stem_of(form: str, language: Language) -> str:
    """Return the form under which the words of names meet those of texts."""
    if language is Language.KAZAKH:
        return _kazakh_stem(form)
    if language is Language.RUSSIAN:
        return _russian_stem(form)
    return stem(_SPELLINGS.get(form, form), language)


@lru_cache(maxsize=1 << 16)
def _russian_stem(form: str) -> str:
    """Stem until nothing more falls off: `Устава` → `устав`, and `Устав` → `уста` all the same."""
    while len(shorter := stem(form, Language.RUSSIAN)) >= _SHORTEST_RUSSIAN_STEM:
        if shorter == form:
            break
        form = shorter
    return form


@lru_cache(maxsize=1 << 16)
def _kazakh_stem(form: str) -> str:
    """Cut the endings of number, owner and case: кодексинин → кодекс.

    Both the name and the text are cut, so what matters is that they are cut alike.
    """
    longest = min(len(form) - _SHORTEST_STEM, _LONGEST_ENDING)
    for length in range(longest, 0, -1):
        if form[-length:] in KAZAKH_ENDINGS:
            return form[:-length]
    return form
