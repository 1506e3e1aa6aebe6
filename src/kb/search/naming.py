"""Which passages a query names outright: `ILO 183`, `статья 10 Закона № 223-IV`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import Prefix

from kb.citations import cite_instrument
from kb.references import Reference, ReferenceFinder, ReferenceStatus, members_of
from kb.search import wording
from kb.words import is_stopword, words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from kb.documents import Language
    from kb.search.queries import Filters, Query
    from kb.stores.records import Records

_ENDING = 2  # letters that two forms of a word may end in otherwise; stems are not always one
_SHORTEST = 3  # beginning that two forms share


@dataclass(frozen=True)
class Named:
    """Passages that the query names outright."""

    rows: dict[int, Reference]  # in document order
    notices: tuple[str, ...] = ()
    alone: bool = False  # the query is the reference and nothing else


class Namer:
    """Finds them in one generation."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._references = ReferenceFinder([item.document for item in records.summaries])

    def references(self, text: str) -> Sequence[Reference]:
        """Return the references in a text."""
        return self._references.find(text)

    def rest(self, text: str) -> str:
        """Return a query without the references in it."""
        kept, at = [], 0
        for reference in sorted(self._references.find(text), key=lambda item: item.start):
            if reference.start >= at:
                kept.append(text[at : reference.start])
                at = reference.end
        return " ".join([*kept, text[at:]]).strip()

    def find(
        self,
        query: Query,
        allowed: NDArray[np.bool_] | None,
        filters: Filters,
        reader: Language,
    ) -> Named:
        """Return the passages, and what has to be said of what is named and not held.

        Args:
            query: what was typed.
            allowed: of every row, whether it may be found; None: all may.
            filters: which documents a provision without an instrument may be of.
            reader: language of the notices.
        """
        rows: dict[int, Reference] = {}
        notices: list[str] = []
        references = self._references.find(query.text)
        for reference in references:
            if reference.status is ReferenceStatus.NOT_HELD:
                name = reference.instrument or reference.text
                notices.append(wording.not_held(name, reader))
                continue
            if reference.status is ReferenceStatus.MALFORMED:
                notices.append(wording.malformed(reference.text, reader))
                continue
            found = self._rows_of(reference, filters)
            if not len(found) and reference.document_id is not None:
                document = self._records.summary(reference.document_id)
                if document is not None:
                    name = cite_instrument(document.document, reader)
                    notices.append(wording.no_provision(name, reference.text, reader))
                continue
            if not len(found) and (having := self._having(reference, filters)) > 1:
                notices.append(wording.in_several(reference.text, having, reader))
            kept = found if allowed is None else found[allowed[found]]
            passages = self._records.passages(kept.tolist())
            for row, passage in zip(kept.tolist(), passages, strict=True):
                if not passage.note:
                    rows.setdefault(row, reference)
        alone = _is_all(query, references, self._title_words(references, query.language))
        return Named(rows, tuple(dict.fromkeys(notices)), alone)

    def _title_words(self, references: Sequence[Reference], language: Language) -> set[str]:
        """Return the words of the names of instruments that are named as a whole."""
        named = {item.document_id for item in references if item.eid is None and item.document_id}
        summaries = [self._records.summary(name) for name in named]
        return {
            word.form
            for item in summaries
            if item is not None
            for name in (item.document.title(language), *item.document.aliases)
            for word in words(name)
        }

    def _rows_of(self, reference: Reference, filters: Filters) -> NDArray[np.int64]:
        """Return the rows of the provision that a reference names, of the instrument without one.

        A provision without an instrument ("Article 10") is believed when one document has it.
        """
        eid = reference.eid
        if reference.document_id is not None:
            if eid is None:
                return self._records.rows([reference.document_id])
            if reference.last_eid is not None:
                return self._rows_of_range(reference, reference.document_id)
            return self._records.rows_of_node(reference.document_id, eid)
        if reference.status is ReferenceStatus.AMBIGUOUS:
            return self._rows_of_any(reference)
        having = self._rows_by_document(reference, filters)
        return having[0] if len(having) == 1 else np.empty(0, dtype=np.int64)

    def _having(self, reference: Reference, filters: Filters) -> int:
        """Return how many documents have a provision that is named without its instrument."""
        if reference.document_id is not None or reference.candidates:
            return 0
        return len(self._rows_by_document(reference, filters))

    def _rows_by_document(self, reference: Reference, filters: Filters) -> list[NDArray[np.int64]]:
        eid = reference.eid or ""
        having = dict.fromkeys(document for document, _ in self._records.editions_with(eid))
        candidates = [name for name in having if not filters.documents or name in filters.documents]
        found = (self._records.rows_of_node(document, eid) for document in candidates)
        return [rows for rows in found if len(rows)]

    def _rows_of_range(self, reference: Reference, document_id: str) -> NDArray[np.int64]:
        """Return the rows of every provision of a range: `статьи 52–54`."""
        document = self._records.document(document_id)
        members = members_of(reference, document) if document is not None else []
        found = [self._records.rows_of_node(document_id, eid) for eid in members if eid]
        return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)

    def _rows_of_any(self, reference: Reference) -> NDArray[np.int64]:
        """Return the rows of every document that a reference may mean."""
        eid = reference.eid
        found = [
            self._records.rows_of_node(name, eid) if eid else self._records.rows([name])
            for name in reference.candidates
        ]
        return np.unique(np.concatenate(found))


def _is_all(query: Query, references: Sequence[Reference], titles: Collection[str]) -> bool:
    """Whether a query says nothing beyond the references in it.

    Words of its title say no more than its number: all of «maternity protection ILO 183» is a name.
    """
    return bool(references) and all(
        is_stopword(word.form)
        or any(_are_forms_of_one(word.form, other) for other in titles)
        or any(item.start <= word.start and word.end <= item.end for item in references)
        for word in words(query.text)
    )


def _are_forms_of_one(first: str, second: str) -> bool:
    """Whether two words begin alike and one has but an ending more: `охрана`, `охране`."""
    shorter = min(len(first), len(second))
    return Prefix.similarity(first, second) >= max(_SHORTEST, shorter - _ENDING)
