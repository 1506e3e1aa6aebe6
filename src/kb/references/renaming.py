"""Which texts may refer to something else, now that other documents are held.

What a text mentions depends on the text and on the names and numbers of all documents. When a
document comes, goes or is called otherwise, only a text that has the words of one of its names, or
its number, can read differently: all others keep the references that were found in them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kb.references.names import Names, phrases_of
from kb.references.numbers import numbers_of, plain
from kb.references.stems import initial, stem_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from kb.documents import Document, Language


class Renaming:
    """The names and numbers that are new or gone."""

    def __init__(self, before: Mapping[str, Document], after: Mapping[str, Document]) -> None:
        """Compare the documents that were held with those that are, both by id."""
        self.documents = frozenset(
            name
            for name in before.keys() | after.keys()
            if name not in before or name not in after or not _alike(before[name], after[name])
        )  # that are new, gone or called otherwise
        self._phrases: set[tuple[Language, frozenset[str]]] = set()  # all of whose stems it takes
        self._initials: set[str] = set()
        self._numbers: set[str] = set()
        if not self.documents:
            return
        stayed = Names(item for name, item in after.items() if name not in self.documents)
        stayed.read_all()
        for held in (before, after):
            for document in (held[name] for name in self.documents if name in held):
                self._numbers.update(number for _, number in numbers_of(document))
                for name in phrases_of(document):
                    # A text that does not come to the first word that is this name's alone
                    # is read as it is without the name.
                    length = stayed.length_known(name) + 1
                    self._phrases.add((name.language, frozenset(name.stems[:length])))
                    if not stayed.has_initial(name.initial):
                        self._initials.add(name.initial)

    def concerns(self, forms: Collection[str]) -> bool:
        """Whether a text whose tokens have these forms may read differently."""
        if not self.documents:
            return False
        if any(plain(form) in self._numbers for form in forms):
            return True
        if self._initials and any(initial(form) in self._initials for form in forms):
            return True
        stems: dict[Language, set[str]] = {}
        for language, needed in self._phrases:
            if language not in stems:
                stems[language] = {stem_of(form, language) for form in forms}
            if needed <= stems[language]:
                return True
        return False


def _alike(one: Document, other: Document) -> bool:
    """Whether two documents are named, numbered, dated and filed alike, whatever their texts."""
    return replace(one, editions=()) == replace(other, editions=())
