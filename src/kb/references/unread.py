"""Documents whose names nobody has asked for yet, found by a word that a text must have for them.

A name is met only by a text that has all of its words, so it waits under one: the one that the
fewest names have. To open an index of many documents then costs little more than finding the
words of their names, and a text has the names analysed that it may mean.

    Об утверждении Правил учёта микрокредитов    waits under    микрокредитов
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from kb.documents import Language
from kb.references.lexing import forms_of
from kb.references.stems import initial, stem_of
from kb.references.vocabulary import GENERIC, KAZAKHSTAN
from kb.words import is_stopword

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_Y_AS_I = str.maketrans("y\u0443", "i\u0456")  # in either script, as initials are


class Unread:
    """Names by one of their words, and by what they may begin with.

    What stands for a name is the place of its document.
    """

    def __init__(self, names: Iterable[tuple[int, str]]) -> None:
        """Take places of documents with their names, those aside that lack but their country."""
        self._words: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(
            lambda: defaultdict(list)
        )  # by what the word begins with, and the word
        self._stems: dict[tuple[Language, str], list[int]] = {}  # of words that begin as was asked
        self._initials: defaultdict[str, list[int]] = defaultdict(list)
        forms = [(place, forms_of(name)) for place, name in names]
        common = Counter(form for _, of_it in forms for form in of_it)
        for place, of_it in forms:
            own = [form for form in of_it if _is_own(form)]
            if not own:  # `Law`, `№ 5`: no name
                continue
            kept = [form for form in of_it if _is_kept(form)]
            # what may be part of a country need not be: `О республике`
            for form in (min(kept, key=common.__getitem__),) if kept else own:
                self._words[beginning(form)][form].append(place)
            for form in of_it if KAZAKHSTAN.has(of_it[0]) else of_it[:1]:
                self._initials[initial(form)].append(place)

    def met_by(self, form: str) -> set[int]:
        """Return the places of documents for whose names a text with this word is enough."""
        begin = beginning(form)
        for word, places in self._words.pop(begin, {}).items():
            for language in Language:
                self._stems.setdefault((language, stem_of(word, language)), []).extend(places)
        found: set[int] = set()
        for language in Language if self._stems else ():
            found.update(self._stems.pop((language, stem_of(form, language)), ()))
        return found

    def beginning_with(self, wanted: str) -> Sequence[int]:
        """Return the places of documents that may have a name whose `initial` is this one."""
        return self._initials.get(wanted, ())


def beginning(form: str) -> str:
    """Return what a word and its stems in all languages begin with: `di` for die and dying."""
    return initial(form).translate(_Y_AS_I)


@lru_cache(maxsize=1 << 16)
def _is_own(form: str) -> bool:
    """Whether a word may tell a name from others; every name has one."""
    return form[0].isalpha() and len(form) > 1 and form not in GENERIC and not is_stopword(form)


@lru_cache(maxsize=1 << 16)
def _is_kept(form: str) -> bool:
    """Whether a word is still there when the name is said without its country."""
    return (form[0].isdigit() or _is_own(form)) and not KAZAKHSTAN.has(form)
