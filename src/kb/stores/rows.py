"""How the values of `kb.documents` become rows of SQLite, and rows become values again.

Each `…_row` function gives the columns that the constant of its name lists, in that order, and the
`read_…` function below it undoes it. Lists and mappings are stored as JSON, dates in ISO 8601.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kb.documents import Document, Edition, Language, Level, Node, Passage, Provenance, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCUMENT_COLUMNS = (
    "id, titles, kind, cited_number, date, issuer, status, short, aliases, urls, licence, coverage,"
    " ended"
)
SUMMARY_COLUMNS = (
    "id, language, provenance, source, source_sha256, valid_from, valid_to, status, amended_by,"
    " url, warnings, text_sha256, characters, nodes, passages"
)
NODE_COLUMNS = "eid, level, start, stop, printed_number, heading, parent, page"
PASSAGE_COLUMNS = "id, eid, eids, language, start, stop, breadcrumb, note, text"


@dataclass(frozen=True, slots=True)
class EditionSummary:
    """An edition without its text and its nodes; what a list or a citation needs."""

    document_id: str
    id: str  # within its document: `ru-official`
    language: Language
    provenance: Provenance
    source: str
    source_sha256: str
    valid_from: date | None
    valid_to: date | None
    status: str
    amended_by: str | None  # the act that brought this wording
    url: str | None
    warnings: tuple[str, ...]
    text_sha256: str  # of the canonical text in UTF-8
    characters: int  # code points of the canonical text
    nodes: int  # how many there are
    passages: int


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document and what there is of it, without a word of text."""

    document: Document  # with `editions=()`
    editions: tuple[EditionSummary, ...]

    @property
    def id(self) -> str:
        """The document's id."""
        return self.document.id


def document_row(document: Document) -> tuple[object, ...]:
    """Return a document as a row of DOCUMENT_COLUMNS."""
    return (
        document.id,
        to_json(dict(document.titles)),
        document.kind,
        document.number,
        _iso(document.date),
        document.issuer,
        document.status,
        to_json(dict(document.short)),
        to_json(document.aliases),
        to_json(dict(document.urls)),
        document.licence,
        document.coverage,
        _iso(document.ended),
    )


def read_document(row: Sequence[Any]) -> Document:
    """Return the document of a row, without its editions."""
    identity, titles, kind, number, day, issuer, status, short, aliases, urls, *last = row
    licence, coverage, ended = last
    return Document(
        id=identity,
        titles=_by_language(titles),
        kind=kind,
        number=number,
        date=_date(day),
        issuer=issuer,
        status=status,
        short=_by_language(short),
        aliases=tuple(json.loads(aliases)),
        urls=_by_language(urls),
        licence=licence,
        coverage=coverage,
        ended=_date(ended),
    )


def edition_row(edition: Edition, passages: int = 0) -> tuple[object, ...]:
    """Return an edition as a row of SUMMARY_COLUMNS, then its page starts and its text."""
    return (
        edition.id,
        edition.language,
        edition.provenance,
        edition.source,
        edition.source_sha256,
        _iso(edition.valid_from),
        _iso(edition.valid_to),
        edition.status,
        edition.amended_by,
        edition.url,
        to_json(edition.warnings),
        edition.text_sha256,
        len(edition.text),
        len(edition.nodes),
        passages,
        to_json(edition.page_starts),
        edition.text,
    )


def read_summary(document_id: str, row: Sequence[Any]) -> EditionSummary:
    """Return the summary of an edition from a row of SUMMARY_COLUMNS."""
    identity, language, provenance, source, source_sha256, start, end, *rest = row
    status, amended_by, url, warnings, text_sha256, characters, nodes, passages = rest
    return EditionSummary(
        document_id=document_id,
        id=identity,
        language=Language(language),
        provenance=Provenance(provenance),
        source=source,
        source_sha256=source_sha256,
        valid_from=_date(start),
        valid_to=_date(end),
        status=status,
        amended_by=amended_by,
        url=url,
        warnings=tuple(json.loads(warnings)),
        text_sha256=text_sha256,
        characters=characters,
        nodes=nodes,
        passages=passages,
    )


def node_row(node: Node) -> tuple[object, ...]:
    """Return a node as a row of NODE_COLUMNS."""
    return (node.eid, node.level, *node.span, node.number, node.heading, node.parent, node.page)


def read_node(row: Sequence[Any]) -> Node:
    """Return the node of a row."""
    eid, level, start, stop, number, heading, parent, page = row
    return Node(eid, Level(level), Span(start, stop), number, heading, parent, page)


def passage_row(passage: Passage) -> tuple[object, ...]:
    """Return a passage as a row of PASSAGE_COLUMNS; its edition's names are not repeated."""
    return (
        passage.id,
        passage.eid,
        to_json(passage.eids),
        passage.language,
        *passage.span,
        to_json(passage.breadcrumb),
        int(passage.note),
        passage.text,
    )


def read_passage(edition: EditionSummary, row: Sequence[Any]) -> Passage:
    """Return the passage of a row, which is one of `edition`."""
    identity, eid, eids, language, start, stop, breadcrumb, note, text = row
    return Passage(
        id=identity,
        document_id=edition.document_id,
        edition_id=edition.id,
        language=Language(language),
        provenance=edition.provenance,
        eid=eid,
        eids=tuple(json.loads(eids)),
        span=Span(start, stop),
        text=text,
        breadcrumb=tuple(json.loads(breadcrumb)),
        note=bool(note),
    )


def to_json(value: object) -> str:
    """Return a value as compact JSON with every character as itself."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _by_language(text: str) -> dict[Language, str]:
    return {Language(name): value for name, value in json.loads(text).items()}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
