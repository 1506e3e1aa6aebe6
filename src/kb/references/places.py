"""Where a text stands, and which provisions there are: what references are resolved against."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kb.citations.paragraphs import read_parts
from kb.documents import Level, Provenance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kb.documents import Document, Edition, Node


@dataclass(frozen=True)
class Context:
    """The document whose words are read, and where in it they stand as far as that is known.

    Context("kz-labour-code-2015")                          some words of the Code
    Context("kz-labour-code-2015", eid="art_10__cl_3")      the words of this point
    Context.of(edition)                                     the edition's whole text
    """

    document_id: str
    eid: str | None = None  # of the node in which the whole text stands
    nodes: Sequence[Node] = field(default=(), repr=False)  # of the edition whose text it is

    @classmethod
    def of(cls, edition: Edition) -> Context:
        """Return the context of an edition's canonical text."""
        return cls(edition.document_id, nodes=edition.nodes)

    def place(self, offset: int) -> str | None:
        """Return the eid of the smallest node around an offset of the text; None: not known."""
        starts, leaves = self._leaves
        at = bisect_right(starts, offset) - 1
        return leaves[at].eid if at >= 0 and offset < leaves[at].span.end else self.eid

    @cached_property
    def _leaves(self) -> tuple[list[int], list[Node]]:
        parents = {node.parent for node in self.nodes}
        leaves = [node for node in self.nodes if node.eid not in parents]
        return [node.span.start for node in leaves], leaves


class Counted(NamedTuple):
    """Which paragraph of a unit is meant, as lawyers count them."""

    part: int | None  # the second of «часть вторая»; None where the text names no part
    # the third of «абзац третий»; of a unit of several parts it means nothing without its part
    indent: int | None = None
    item: str | None = None  # the last step of a numbered item of the part: `sub_2`


class Nodes(Protocol):
    """The provisions that the documents have."""

    def has_node(self, document_id: str, eid: str) -> bool:
        """Whether an edition of the document has the node."""

    def paragraph(self, document_id: str, unit: str, counted: Counted) -> str | None:
        """Return the eid of the child of a unit (`art_99__cl_2`) that is meant, or None."""


class EditionNodes:
    """The provisions of editions that are in memory, or are loaded when they are asked for."""

    def __init__(self, load: Callable[[str], Iterable[Edition]]) -> None:
        """Take what returns the editions of a document, the authoritative ones first."""
        self._editions = load

    @classmethod
    def of(cls, documents: Iterable[Document]) -> EditionNodes:
        """Return the provisions of documents that are in memory."""
        held = {document.id: document.editions for document in documents}
        return cls(lambda document_id: held.get(document_id, ()))

    def has_node(self, document_id: str, eid: str) -> bool:
        """Whether an edition of the document has the node."""
        return any(edition.node(eid) for edition in self._editions(document_id))

    def paragraph(self, document_id: str, unit: str, counted: Counted) -> str | None:
        """Return the child of a unit that is meant; see `Nodes.paragraph`."""
        part, indent, item = counted
        for edition in self._editions(document_id):
            if edition.provenance is Provenance.DIGEST:
                continue  # its paragraphs are ours
            children = edition.children(unit)
            parts = read_parts(children, edition.text)
            if part is None and parts.count > 1:
                continue
            for child in children:
                place = parts.places.get(child.eid)
                if place is None or place.part != (part or 1):
                    continue
                if item is not None:
                    if child.eid.removeprefix(f"{unit}__").partition("~")[0] == item:
                        return child.eid
                elif child.level is Level.PARAGRAPH and place.indent == (indent or 1):
                    return child.eid
        return None
