"""An edition as a person reads it: the tree of units that the document page is printed from.

    edition (a flat tuple of nodes) ─▶ units, each with its parts ─▶ outline

Nothing of the source is changed or left out. The white space around a paragraph, which only a
typesetter needs, is kept as a piece of its own, so that all pieces in order are the source:

    "".join(piece.text for piece in pieces_of(edition, leaf) if piece.kind is not Kind.PAGE)
        == edition.text_of(leaf)
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from api.interface_texts import unit_name
from kb.citations import permalink
from kb.documents import Edition, Language, Level, Provenance
from kb.stores.rows import EditionSummary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kb.documents import Document, Node

LONG_OUTLINE = 40  # lines; an outline of more has its chapters folded, or is folded as a whole

_OUTLINED = (Level.PART, Level.SECTION, Level.CHAPTER, Level.ARTICLE, Level.ANNEX)
_AUTHORITY = tuple(Provenance)  # an official text before a translation before a digest
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_AnyEdition = TypeVar("_AnyEdition", Edition, EditionSummary)


def provision_path(document_id: str, edition_id: str, eid: str) -> str:
    """Return the path of the page about one provision of an edition.

    >>> provision_path("ilo-c183", "en-digest", "art_4__cl_1")
    '/documents/ilo-c183/en-digest/art_4__cl_1'
    """
    return f"{permalink(document_id, edition_id)}/{quote(eid, safe='~')}"


class Kind(StrEnum):
    """What a stretch of a leaf is to somebody who prints it."""

    WORDS = "words"
    GAP = "gap"  # blank lines between words
    EDGE = "edge"  # white space before the first and after the last word
    PAGE = "page"  # no text: here a page of the source starts


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a leaf."""

    kind: Kind
    text: str  # verbatim; of a page its number


@dataclass(frozen=True, slots=True)
class Parallel:
    """The same unit in another language."""

    language: Language
    permalink: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A node with what is in it: the pieces of a leaf, or the units below."""

    eid: str
    level: Level
    link: str  # eid that its permalink names: the unit's own, a heading's is that of its unit
    name: str  # for somebody who cannot see it: `Article 4`
    rank: int  # of a heading, 2 to 6; 0 of everything else
    page: str  # path of the page about the unit that the link names
    pieces: tuple[Piece, ...] = ()
    units: tuple[Unit, ...] = ()
    parallels: tuple[Parallel, ...] = ()  # beside a heading


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the outline, and those below it."""

    eid: str
    label: str  # as printed, on one line
    entries: tuple[Entry, ...] = ()

    def lines(self, *, folded: bool) -> int:
        """Return how many lines are seen, this one included."""
        if folded and self.folds:
            return 1
        return 1 + sum(entry.lines(folded=folded) for entry in self.entries)

    @property
    def folds(self) -> bool:
        """Whether this is the innermost unit with others in it, as a chapter of articles is."""
        return bool(self.entries) and not any(entry.entries for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Reading:
    """One edition, ready to be printed."""

    units: tuple[Unit, ...]
    outline: tuple[Entry, ...]

    @property
    def folded(self) -> bool:
        """Whether the chapters of the outline are folded."""
        return _lines(self.outline, folded=False) > LONG_OUTLINE

    @property
    def outline_open(self) -> bool:
        """Whether the outline is short enough to stand open before the text."""
        return _lines(self.outline, folded=self.folded) <= LONG_OUTLINE


def _lines(entries: Iterable[Entry], *, folded: bool) -> int:
    return sum(entry.lines(folded=folded) for entry in entries)


def read_edition(document: Document, edition: Edition, language: Language) -> Reading:
    """Return an edition as it is printed on its page.

    Args:
        document: with all its editions, for the links between languages.
        edition: the one that is read.
        language: of the interface, for the names of the units.
    """
    return _Reader(document, edition, language).read()


def preferred(editions: Iterable[_AnyEdition], language: Language) -> _AnyEdition | None:
    """Return the edition that somebody who reads `language` wants: official, then the newest.

    Who finds none in their language gets one in English, or the first in the order of `Language`.
    """

    def order(edition: _AnyEdition) -> tuple[bool, int, int, int]:
        newest_first = -edition.valid_from.toordinal() if edition.valid_from else 0
        return (
            edition.language is not language,
            tuple(Language).index(edition.language),
            _AUTHORITY.index(edition.provenance),
            newest_first,
        )

    return min(editions, key=order, default=None)


def pieces_of(edition: Edition, leaf: Node) -> Iterator[Piece]:
    """Yield the words and blanks of a leaf, and the pages that start in it, in order.

    What is blank at either end, and blank lines within, are pieces of their own; a table is
    printed as it stands, so only its ends are.
    """
    pages = edition.page_starts
    for kind, start, end in _stretches(edition.text, leaf):
        at = start
        first, last = bisect_left(pages, start), bisect_left(pages, end)
        for number, page_start in enumerate(pages[first:last], start=first + 1):
            if at < page_start:
                yield Piece(kind, edition.text[at:page_start])
            yield Piece(Kind.PAGE, str(number))
            at = page_start
        if at < end:
            yield Piece(kind, edition.text[at:end])


def _stretches(text: str, leaf: Node) -> Iterator[tuple[Kind, int, int]]:
    start, end = leaf.span
    words = leaf.span.of(text)
    first = start + len(words) - len(words.lstrip())
    last = max(first, start + len(words.rstrip()))
    yield Kind.EDGE, start, first
    at = first
    if leaf.level is not Level.TABLE:
        for gap in _BLANK_LINES.finditer(text, first, last):
            yield Kind.WORDS, at, gap.start()
            yield Kind.GAP, *gap.span()
            at = gap.end()
    yield Kind.WORDS, at, last
    yield Kind.EDGE, last, end


class _Reader:
    def __init__(self, document: Document, edition: Edition, language: Language) -> None:
        self.edition = edition
        self.language = language
        self.others = _others(document, edition)
        self.below: defaultdict[str | None, list[Node]] = defaultdict(list)
        for node in edition.nodes:
            self.below[node.parent].append(node)

    def read(self) -> Reading:
        top = self.below[None]
        return Reading(self._units(top, None, 2), self._outline(top))

    def _units(self, nodes: Sequence[Node], around: Node | None, rank: int) -> tuple[Unit, ...]:
        return tuple(self._unit(node, around, rank) for node in nodes)

    def _unit(self, node: Node, around: Node | None, rank: int) -> Unit:
        below = self.below.get(node.eid, [])
        heading = node.level is Level.HEADING
        named = around if heading and around is not None else node
        headed = any(child.level is Level.HEADING for child in below)
        return Unit(
            eid=node.eid,
            level=node.level,
            link=named.eid,
            name=unit_name(named.level, named.number, self.language),
            rank=min(rank, 6) if heading else 0,
            page=provision_path(self.edition.document_id, self.edition.id, named.eid),
            pieces=() if below else tuple(pieces_of(self.edition, node)),
            # the heading of a unit stands inside it, so what is below ranks one lower
            units=tuple(
                self._unit(child, node, rank + headed * (child.level is not Level.HEADING))
                for child in below
            ),
            parallels=self._parallels(named.eid) if heading else (),
        )

    def _parallels(self, eid: str) -> tuple[Parallel, ...]:
        return tuple(
            Parallel(other.language, permalink(other.document_id, other.id, eid))
            for other in self.others
            if other.node(eid) is not None
        )

    def _outline(self, nodes: Sequence[Node]) -> tuple[Entry, ...]:
        return tuple(
            Entry(node.eid, self._label(node), self._outline(self.below.get(node.eid, [])))
            for node in nodes
            if node.level in _OUTLINED
        )

    def _label(self, unit: Node) -> str:
        first = next(iter(self.below.get(unit.eid, [])), None)
        if first is not None and first.level is Level.HEADING:
            return " ".join(self.edition.text_of(first).split())
        return unit_name(unit.level, unit.number, self.edition.language)


def _others(document: Document, edition: Edition) -> tuple[Edition, ...]:
    """Return the preferred edition in each of the other languages."""
    spoken: dict[Language, list[Edition]] = {}
    for other in document.editions:
        if other.language is not edition.language:
            spoken.setdefault(other.language, []).append(other)
    chosen = (preferred(spoken.get(language, []), language) for language in Language)
    return tuple(other for other in chosen if other is not None)
