"""What is worked out of an edition as JSON, without what the edition says itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kb.analyses.cutting import Cut
from kb.documents import Language, Passage, Span
from kb.stores.terms import AnalysedEntry, analyse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.documents import Edition
    from kb.stores.terms import TermEntry


def plain_cut(cut: Cut) -> list[object]:
    """Return a cut without the words of the passages, which are the edition's."""
    return [
        [
            [item.id, item.language, item.eid, item.eids, item.span, item.breadcrumb, item.note]
            for item in cut.passages
        ],
        list(cut.parts),
        list(cut.openings),
    ]


def read_cut(edition: Edition, plain: Any) -> Cut:
    """Return the cut of an edition from what `plain_cut` gave, as it comes back from JSON."""
    passages, parts, openings = plain
    above: dict[tuple[str, ...], tuple[str, ...]] = {}  # one breadcrumb for all below it
    return Cut(
        tuple(
            Passage(
                id=identity,
                document_id=edition.document_id,
                edition_id=edition.id,
                language=Language(language),
                provenance=edition.provenance,
                eid=eid,
                eids=tuple(eids),
                span=Span(*span),
                text=Span(*span).of(edition.text),
                breadcrumb=above.setdefault(tuple(breadcrumb), tuple(breadcrumb)),
                note=note,
            )
            for identity, language, eid, eids, span, breadcrumb, note in passages
        ),
        tuple((at, text) for at, text in parts),
        tuple((first, last, text) for first, last, text in openings),
    )


def plain_entries(entries: Iterable[TermEntry]) -> list[object]:
    """Analyse the entries; of what all of an edition have in common nothing is repeated."""
    found = map(analyse, entries)
    return [[item.row, item.last, item.language, dict(item.fields)] for item in found]


def read_entries(edition: Edition, plain: Any) -> Iterator[AnalysedEntry]:
    """Yield the entries of an edition from what `plain_entries` gave."""
    for row, last, language, fields in plain:
        yield AnalysedEntry(
            row, last, edition.document_id, Language(language), edition.provenance, fields
        )
