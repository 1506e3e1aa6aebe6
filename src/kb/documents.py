"""The nouns of the knowledge base, as frozen values.

A `Document` is one instrument. Each of its `Edition`s is one language version, whose whole text
is one string, the canonical text. An edition's `Node`s are the units of its structure, its
`Passage`s are what is embedded and ranked. A `Span` always counts code points of the canonical
text, so for every node, passage, highlight and quote

    edition.text[x.span.start : x.span.end] == the text of x
"""

from __future__ import annotations

import bisect
import hashlib
import json
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping
    from datetime import date


def sha256_text(text: str) -> str:
    """Return the hex SHA-256 of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")


class Language(StrEnum):
    """A language that texts are held in (ISO 639-1); a new one at the end: indexes hold places."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    KAZAKH = "kk"


class Provenance(StrEnum):
    """Where an edition's words come from; a reader sees it beside every passage."""

    OFFICIAL = "official"  # text as published
    TRANSLATION = "unofficial-translation"  # somebody's translation, without legal force
    DIGEST = "digest"  # our own summary, never the text of the law


class Level(StrEnum):
    """The kind of a node; `prefix` is what its eid starts with."""

    PREAMBLE = "preamble"
    CONTENTS = "contents"
    PART = "part"
    SECTION = "section"
    CHAPTER = "chapter"
    ARTICLE = "article"
    CLAUSE = "clause"
    SUBCLAUSE = "sub-clause"
    PARAGRAPH = "paragraph"
    ANNEX = "annex"
    TABLE = "table"
    HEADING = "heading"  # the printed heading of the unit around it
    NOTE = "note"  # an editor's note or a footnote, no part of the norm

    @property
    def prefix(self) -> str:
        """The level's abbreviation in an eid, as in `art_10__cl_3`."""
        return _PREFIXES[self]


_PREFIXES = {
    Level.PREAMBLE: "pre",
    Level.CONTENTS: "toc",
    Level.PART: "prt",
    Level.SECTION: "sec",
    Level.CHAPTER: "chp",
    Level.ARTICLE: "art",
    Level.CLAUSE: "cl",
    Level.SUBCLAUSE: "sub",
    Level.PARAGRAPH: "par",
    Level.ANNEX: "anx",
    Level.TABLE: "tbl",
    Level.HEADING: "hdg",
    Level.NOTE: "note",
}


class Span(NamedTuple):
    """A half-open range of code points in an edition's canonical text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the slice of `text` that the span covers."""
        return text[self.start : self.end]

    def covers(self, other: Span) -> bool:
        """Whether `other` lies within this span."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Node:
    """One unit of a document's structure, or one leaf of text."""

    eid: str  # structural id, unique in the edition: `art_10__cl_3__sub_2`
    level: Level
    span: Span  # the whole unit: heading, text and everything below it
    number: str | None = None  # as printed, in lower case: `10`, `127-1`, `iv`, `a`
    heading: str | None = None  # the printed heading without its number, on one line
    parent: str | None = None  # eid of the unit around it; None at the top
    page: int | None = None  # page on which it starts, from 1; None where there are no pages


@dataclass(frozen=True)
class Edition:
    """One language version of a document, as in force from a date."""

    document_id: str
    language: Language
    provenance: Provenance
    text: str  # the canonical text: NFC, one string, lines ended by "\n"
    nodes: tuple[Node, ...]  # the tree in document order, a unit before what it contains
    source: str  # the file that it was read from, as given
    source_sha256: str  # of the file's bytes
    valid_from: date | None = None  # None: not known
    valid_to: date | None = None  # first day on which it no longer held; None: still open
    status: str = "unknown"  # in-force | amended | expired | repealed | not-in-force | unknown
    amended_by: str | None = None  # the act that brought this wording, as cited; None: not known
    url: str | None = None  # the official text of this document in this language
    page_starts: tuple[int, ...] = ()  # offset at which each page starts, where there are pages
    warnings: tuple[str, ...] = ()  # what the reader could not read

    @property
    def id(self) -> str:
        """The edition's name within its document: `ru-official`, `kk-2016-12-06-digest`."""
        dated = f"-{self.valid_from.isoformat()}" if self.valid_from else ""
        return f"{self.language}{dated}-{self.provenance}"

    @cached_property
    def text_sha256(self) -> str:
        """Hex SHA-256 of the canonical text in UTF-8."""
        return sha256_text(self.text)

    @cached_property
    def digest(self) -> str:
        """Hex SHA-256 of everything in it that can be found or shown.

        The same on every machine: where its file lies and what the reader warns of are left out.
        """
        left_out = {"text", "nodes", "source", "warnings"}
        own = {item.name: getattr(self, item.name) for item in fields(self)}
        told = [value for name, value in own.items() if name not in left_out]
        digest = hashlib.sha256(_json([*told, self.text_sha256]))
        for node in self.nodes:
            digest.update(_json([getattr(node, name) for name in Node.__slots__]))
        return digest.hexdigest()

    @cached_property
    def _by_eid(self) -> dict[str, Node]:
        return {node.eid: node for node in self.nodes}

    @cached_property
    def _by_parent(self) -> dict[str | None, tuple[Node, ...]]:
        children: dict[str | None, list[Node]] = {}
        for node in self.nodes:
            children.setdefault(node.parent, []).append(node)
        return {parent: tuple(nodes) for parent, nodes in children.items()}

    def node(self, eid: str) -> Node | None:
        """Return the node with this eid, or None."""
        return self._by_eid.get(eid)

    def text_of(self, node: Node) -> str:
        """Return the node's text, verbatim."""
        return node.span.of(self.text)

    def headed_unit(self, eid: str) -> Node | None:
        """Return the smallest unit with a heading around a node, itself included."""
        return next((node for node in reversed(self.path(eid)) if node.heading), None)

    def heading_text(self, unit: Node) -> str:
        """Return a unit's heading as printed, with its number, on one line."""
        printed = self.node(f"{unit.eid}__{Level.HEADING.prefix}")
        return " ".join(self.text_of(printed).split()) if printed else unit.heading or ""

    def children(self, eid: str | None) -> tuple[Node, ...]:
        """Return the nodes directly below `eid` (None: at the top), in order."""
        return self._by_parent.get(eid, ())

    def leaves(self) -> Iterator[Node]:
        """Yield the nodes without children, in order; their spans tile the canonical text."""
        return (node for node in self.nodes if node.eid not in self._by_parent)

    def path(self, eid: str) -> tuple[Node, ...]:
        """Return the nodes from the top down to `eid`, itself included."""
        found = []
        current: str | None = eid
        while current is not None:
            node = self._by_eid[current]
            found.append(node)
            current = node.parent
        return tuple(reversed(found))

    def page_of(self, offset: int) -> int | None:
        """Return the page (from 1) on which the code point at `offset` stands."""
        return bisect.bisect_right(self.page_starts, offset) or None if self.page_starts else None


@dataclass(frozen=True)
class Document:
    """One instrument and the editions of it that are held."""

    id: str  # stable slug: `kz-law-223-iv-2009`, `ilo-c183`
    titles: Mapping[Language, str]  # the full title in each language known
    kind: str = "document"  # law | code | decree | concept | convention | agreement | statute | …
    number: str | None = None  # as cited: `223-IV`, `183`
    date: date | None = None  # of adoption
    issuer: str | None = None
    status: str = "unknown"  # as for an edition
    short: Mapping[Language, str] = field(default_factory=dict)  # `Labour Code`, `ТК РК`
    aliases: tuple[str, ...] = ()  # other names that people type
    urls: Mapping[Language, str] = field(default_factory=dict)  # official pages
    licence: str | None = None
    coverage: str | None = None  # what of the instrument is held, in one sentence
    ended: dt.date | None = None  # first day on which an expired or repealed one no longer held
    editions: tuple[Edition, ...] = ()

    def title(self, language: Language | None = None) -> str:
        """Return the title in `language`, or in the first language there is, or the id."""
        if language is not None and language in self.titles:
            return self.titles[language]
        return next(iter(self.titles.values()), self.id)


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded and ranked: one node, or a run of sibling nodes, of one edition."""

    id: str  # `ilo-c183/en-digest#art_4__cl_1..art_4__cl_3`
    document_id: str
    edition_id: str
    language: Language  # of its text, where that is clear; otherwise of what is around it
    provenance: Provenance
    eid: str  # the smallest node that contains the whole passage
    eids: tuple[str, ...]  # the leaves that it consists of, in order
    span: Span
    text: str  # verbatim: edition.text[span.start:span.end]
    breadcrumb: tuple[str, ...]  # document title and headings above it; for embedding alone
    note: bool = False  # an editor's note: findable by its words, never embedded as norm

    @property
    def embedded_text(self) -> str:
        """What the model reads: the breadcrumb, then the text."""
        return self.beginning(len(self.text))

    def beginning(self, characters: int) -> str:
        """Return the breadcrumb, then at most so many characters of the text, cut between words."""
        text = self.text
        if len(text) > characters:
            text = text[:characters].rsplit(maxsplit=1)[0]
        return "\n".join((" › ".join(self.breadcrumb), text)) if self.breadcrumb else text


@dataclass(frozen=True, slots=True)
class Highlight:
    """Words of a passage that matched the query."""

    span: Span
    text: str  # verbatim: edition.text[span.start:span.end]


@dataclass(frozen=True, slots=True)
class Citation:
    """What a lawyer writes to name a provision."""

    text: str  # `Law No. 223-IV of 8 December 2009, Art. 10(3)(2)`
    permalink: str  # path of the provision in this edition on the server that serves it


@dataclass(frozen=True, slots=True)
class Receipt:
    """Evidence that words stand where we say they stand; can be checked again at any time."""

    document_id: str
    edition_id: str
    eid: str
    language: Language
    provenance: Provenance
    valid_from: date | None
    quote: str  # verbatim
    span: Span
    quote_sha256: str
    text_sha256: str  # of the edition's whole canonical text
