"""The references of a text as the knowledge base answers with them: settled, with permalinks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kb.citations import permalink
from kb.references.places import EditionNodes
from kb.references.results import ReferenceStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.documents import Edition
    from kb.references.places import Counted
    from kb.references.results import Reference, ReferenceKind
    from kb.stores.records import Records
    from kb.stores.rows import EditionSummary

_LOOK_UPS = 1 << 14


@dataclass(frozen=True, slots=True)
class FoundReference:
    """A reference of a text: where it stands, what it names, and where that can be read."""

    start: int  # code points of the text as given
    end: int
    text: str  # verbatim: text[start:end]
    kind: ReferenceKind
    status: ReferenceStatus  # resolved, ambiguous, not-held or malformed
    document_id: str | None  # of the instrument, where it is held and told apart
    instrument: str | None  # `ILO Convention No. 183`; None where no instrument is named
    eid: str | None  # of the provision; of the first of a range
    last_eid: str | None  # of the last of a range
    normal: str  # for machines: `kz-labour-code-2015#art_10__cl_3__sub_2`
    citation: str  # for people: `Labour Code, art. 10(3)(2)`
    candidates: tuple[str, ...]  # ids of the documents that an ambiguous one may mean
    nearest: str | None  # of a provision not held: eid of the unit around it that is held
    permalink: str | None  # of what is resolved, on the server that serves it


class HeldNodes:
    """The provisions of a file of records, looked up as they are asked for."""

    def __init__(
        self,
        records: Records,
        authority: Callable[[EditionSummary], tuple[bool, int, int]],
        holds: Callable[[EditionSummary], bool] = lambda _: True,
    ) -> None:
        """Take the records, the key that sorts authoritative editions first, and which count."""
        self._records = records
        self._authority = authority
        self._holds = holds
        self._texts = EditionNodes(self._editions)
        self.places = lru_cache(_LOOK_UPS)(self._places)

    def _places(self, eid: str) -> tuple[tuple[str, str], ...]:
        """Return (document, edition) for every edition that counts and has a node."""
        return tuple(
            place
            for place in self._records.editions_with(eid)
            if (summary := self._records.edition_summary(*place)) and self._holds(summary)
        )

    def _editions(self, document_id: str) -> tuple[Edition, ...]:
        """Load the edition that is counted in: the most authoritative one."""
        summary = self._records.summary(document_id)
        counting = filter(self._holds, summary.editions) if summary else ()
        first = min(counting, key=self._authority, default=None)
        edition = self._records.edition(document_id, first.id) if first is not None else None
        return (edition,) if edition is not None else ()

    def has_node(self, document_id: str, eid: str) -> bool:
        """Whether an edition of the document has the node."""
        return any(name == document_id for name, _ in self.places(eid))

    def paragraph(self, document_id: str, unit: str, counted: Counted) -> str | None:
        """Return the child of a unit that is meant; see `Nodes.paragraph`."""
        return self._texts.paragraph(document_id, unit, counted)

    def found(self, reference: Reference) -> FoundReference:
        """Return a reference as callers get it. One that names no instrument is AMBIGUOUS."""
        settled = self._settled(reference)
        return FoundReference(
            start=settled.start,
            end=settled.end,
            text=settled.text,
            kind=settled.kind,
            status=settled.status,
            document_id=settled.document_id,
            instrument=settled.instrument,
            eid=settled.eid,
            last_eid=settled.last_eid,
            normal=settled.normal,
            citation=settled.citation,
            candidates=settled.candidates,
            nearest=settled.nearest,
            permalink=self._permalink(settled),
        )

    def _settled(self, reference: Reference) -> Reference:
        if reference.status is not ReferenceStatus.BARE:
            return reference
        having = tuple(dict.fromkeys(name for name, _ in self.places(reference.eid or "")))
        status = ReferenceStatus.AMBIGUOUS if having else ReferenceStatus.NOT_HELD
        return replace(reference, status=status, candidates=having)

    def _permalink(self, reference: Reference) -> str | None:
        document_id, eid = reference.document_id, reference.eid
        if reference.status is not ReferenceStatus.RESOLVED or document_id is None:
            return None
        summary = self._records.summary(document_id)
        if summary is None:
            return None
        having = (
            {edition for name, edition in self.places(eid) if name == document_id} if eid else None
        )
        editions = [item for item in summary.editions if having is None or item.id in having]
        if not editions:
            return None
        best = min(editions, key=self._authority)
        return permalink(document_id, best.id, eid)
