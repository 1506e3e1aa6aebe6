"""The citations among the documents held: which provision's words cite which provision.

edition's text ─▶ finder (in the edition's context) ─▶ links, one a provision that is cited
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.documents import Level, Span
from kb.references.finder import ReferenceFinder
from kb.references.places import Context, EditionNodes
from kb.references.results import ReferenceStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.documents import Document, Edition
    from kb.references.results import Reference

Advance = Callable[[int, int], None]  # (editions done, all)

_APART = (Level.NOTE, Level.CONTENTS, Level.HEADING)


@dataclass(frozen=True, slots=True)
class Link:
    """Words of an edition that cite a provision, or an instrument, that is held."""

    document_id: str
    edition_id: str
    eid: str  # of the leaf in which the words stand
    span: Span  # of the words, in the edition's canonical text
    target: str  # id of the document that is cited
    target_eid: str | None  # of the provision; None: the instrument as a whole


def find_links(
    documents: Sequence[Document], advance: Advance = lambda _done, _all: None
) -> Iterator[Link]:
    """Yield the links of all editions, in their order.

    Editors' notes, contents and headings cite nothing, and no document cites itself as a whole. A
    range gives a link for each provision in it.
    """
    nodes = EditionNodes.of(documents)
    finder = ReferenceFinder(documents, nodes)
    held = {document.id: document for document in documents}
    editions = [edition for document in documents for edition in document.editions]
    for done, edition in enumerate(editions):
        advance(done, len(editions))
        yield from _links_of(edition, finder, held)
    advance(len(editions), len(editions))


def _links_of(
    edition: Edition, finder: ReferenceFinder, held: dict[str, Document]
) -> Iterator[Link]:
    context = Context.of(edition)
    for found in finder.find(edition.text, context=context):
        place = context.place(found.start)
        node = edition.node(place) if place else None
        if node is None or any(item.level in _APART for item in edition.path(node.eid)):
            continue
        if found.status is not ReferenceStatus.RESOLVED or found.document_id is None:
            continue
        if found.eid is None and found.document_id == edition.document_id:
            continue
        span = Span(found.start, found.end)
        for eid in members_of(found, held[found.document_id]):
            yield Link(edition.document_id, edition.id, node.eid, span, found.document_id, eid)


def members_of(found: Reference, document: Document) -> Sequence[str | None]:
    """Return the provisions that a reference names: those of a range in the order of the text."""
    first, last = found.eid, found.last_eid
    if first is None or last is None:
        return [first]
    for edition in document.editions:
        start, end = edition.node(first), edition.node(last)
        if start is not None and end is not None:
            return [
                node.eid
                for node in edition.nodes
                if node.level is start.level
                and start.span.start <= node.span.start <= end.span.start
            ]
    return [first]
