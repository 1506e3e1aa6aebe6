"""The citations among the documents held: which provision's words cite which provision.

edition's text ─▶ finder (in the edition's context) ─▶ links, one a provision that is cited
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.documents import Level, Span
from kb.references.finder import ReferenceFinder
from kb.references.lexing import lex
from kb.references.places import Context, EditionNodes
from kb.references.renaming import Renaming
from kb.references.results import ReferenceStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kb.documents import Document, Edition
    from kb.references.lexing import Token
    from kb.references.places import Counted, Nodes
    from kb.references.results import Reference

Advance = Callable[[int, int], None]  # (editions done, all)

_APART_FORMS = "\0"
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


@dataclass(frozen=True, slots=True)
class Citing:
    """What an edition cites."""

    document_id: str
    edition_id: str
    links: tuple[Link, ...]
    asked: frozenset[str]  # ids of the documents whose provisions decided what is cited
    packed: bytes  # the forms of the tokens of its text, from `pack`

    @property
    def forms(self) -> list[str]:
        """The forms of the tokens of its text, each once."""
        return zlib.decompress(self.packed).decode().split(_APART_FORMS)


def pack(forms: Iterable[str]) -> bytes:
    """Return the forms of tokens in little space; they are needed when names come or go."""
    return zlib.compress(_APART_FORMS.join(sorted(set(forms))).encode(), 1)


@dataclass(frozen=True, slots=True)
class Before:
    """The documents that were held, and what they cited."""

    documents: Sequence[Document]
    citing: Mapping[tuple[str, str], Citing]  # by document and edition; perhaps not of all


def find_links(
    documents: Sequence[Document],
    advance: Advance = lambda _done, _all: None,
    *,
    before: Before | None = None,
) -> Iterator[Citing]:
    """Yield what each edition cites, in their order.

    Editors' notes, contents and headings cite nothing, and no document cites itself as a whole. A
    range gives a link for each provision in it.

    Args:
        documents: what is held.
        advance: is told how many editions are done.
        before: what was held: the links of a text are taken over where it did not change, nothing
            that it asked for did, and no name came or went that it could mean.
    """
    held = {document.id: document for document in documents}
    earlier = _Earlier(before, held) if before is not None else None
    nodes = EditionNodes.of(documents)
    finder: ReferenceFinder | None = None  # which takes a while to make
    asked = _Asked(nodes)
    editions = [(document, edition) for document in documents for edition in document.editions]
    for done, (document, edition) in enumerate(editions):
        advance(done, len(editions))
        citing = earlier.still(document, edition) if earlier is not None else None
        if citing is None:
            finder = finder or ReferenceFinder(documents, asked)
            asked.documents.clear()
            tokens = lex(edition.text)
            links = tuple(_links_of(edition, tokens, finder, held))
            forms = pack(token.form for token in tokens)
            citing = Citing(document.id, edition.id, links, frozenset(asked.documents), forms)
        yield citing
    advance(len(editions), len(editions))


class _Asked:
    """Provisions, and which documents were asked for theirs."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self.documents: set[str] = set()

    def has_node(self, document_id: str, eid: str) -> bool:
        self.documents.add(document_id)
        return self._nodes.has_node(document_id, eid)

    def paragraph(self, document_id: str, unit: str, counted: Counted) -> str | None:
        self.documents.add(document_id)
        return self._nodes.paragraph(document_id, unit, counted)


class _Earlier:
    """What was found before, as far as it still holds."""

    def __init__(self, before: Before, held: Mapping[str, Document]) -> None:
        was = {document.id: document for document in before.documents}
        self._citing = before.citing
        self._renaming = Renaming(was, held)
        digests, were = (
            {name: {edition.id: edition.digest for edition in item.editions} for name, item in of}
            for of in (held.items(), was.items())
        )
        # whose provisions may be others than they were
        self._changed = {
            name for name in digests.keys() | were.keys() if digests.get(name) != were.get(name)
        }
        self._same = {
            (name, edition)
            for name, editions in digests.items()
            for edition, digest in editions.items()
            if were.get(name, {}).get(edition) == digest
        }

    def still(self, document: Document, edition: Edition) -> Citing | None:
        """Return what an edition cited, if it is sure that it cites the same."""
        found = self._citing.get((document.id, edition.id))
        if (
            found is None
            or (document.id, edition.id) not in self._same
            or document.id in self._renaming.documents
            or not self._changed.isdisjoint(found.asked)
            or (self._renaming.documents and self._renaming.concerns(found.forms))
        ):
            return None
        return found


def _links_of(
    edition: Edition,
    tokens: Sequence[Token],
    finder: ReferenceFinder,
    held: Mapping[str, Document],
) -> Iterator[Link]:
    context = Context.of(edition)
    for found in finder.find(edition.text, context=context, tokens=tokens):
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
