"""Passages and units as the lexical indexes take them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.analyses.cutting import units_of
from kb.stores.terms import TermEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.documents import Edition, Passage


def passage_entries(edition: Edition, passages: Sequence[Passage]) -> Iterator[TermEntry]:
    """Yield an entry for each passage."""
    for row, passage in enumerate(passages):
        yield TermEntry(
            row=row,
            document_id=passage.document_id,
            language=passage.language,
            provenance=passage.provenance,
            heading=_heading(edition, passage),
            text=passage.text,
            note=passage.note,
        )


def unit_entries(edition: Edition, passages: Sequence[Passage]) -> Iterator[TermEntry]:
    """Yield an entry for each unit in one language; notes are left out."""
    for held in units_of(edition, passages):
        row, passage = held[0]
        yield TermEntry(
            row=row,
            document_id=passage.document_id,
            language=passage.language,
            provenance=passage.provenance,
            heading=_heading(edition, passage),
            text="\n".join(item.text for _, item in held),
            last=held[-1][0],
        )


def _heading(edition: Edition, passage: Passage) -> str:
    unit = edition.headed_unit(passage.eid)
    return edition.heading_text(unit) if unit is not None else ""
