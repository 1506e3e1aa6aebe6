"""What a comparison says, as frozen values, and how one text is made of the other with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from kb.documents import Level, Span

if TYPE_CHECKING:
    from collections.abc import Iterable


class ChangeKind(StrEnum):
    """What became of a provision between two editions; white space does not count."""

    UNCHANGED = "unchanged"  # the same words under the same eid
    CHANGED = "changed"  # other words under the same eid
    RENUMBERED = "renumbered"  # the same or nearly the same words under another eid
    INSERTED = "inserted"
    REMOVED = "removed"
    NOTE = "note"  # of a unit: only its editor's notes differ, the norm is the same


class Op(StrEnum):
    """What happened to a run of words."""

    EQUAL = "equal"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words, verbatim, and where it stands in either canonical text."""

    op: Op
    text: str
    span_a: Span | None  # None: inserted
    span_b: Span | None  # None: deleted


@dataclass(frozen=True, slots=True)
class NodeChange:
    """One leaf of A, one leaf of B, or the two that are the same provision."""

    kind: ChangeKind
    eid_a: str | None  # None: inserted
    eid_b: str | None  # None: removed
    level: Level  # in B where it stands there
    reworded: bool  # whether the words differ, apart from the number that they open with
    pieces: tuple[Piece, ...]  # equal and deleted are A's leaf, equal and inserted are B's

    @property
    def note(self) -> bool:
        """Whether it is an editor's note, so that no norm changed."""
        return self.level is Level.NOTE

    @property
    def marked(self) -> bool:
        """Whether any word was deleted or inserted, be it a number.

        The points of an article that became article 8 have other eids only because it has.
        """
        return any(piece.op is not Op.EQUAL and piece.text.strip() for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Move:
    """A leaf that stands in another unit now; its words are shown there."""

    eid_a: str
    eid_b: str


@dataclass(frozen=True, slots=True)
class UnitChange:
    """One article, or another unit that holds leaves, with what became of each of them."""

    kind: ChangeKind
    eid_a: str | None  # None: inserted; "" is what stands in no unit
    eid_b: str | None  # None: removed
    level: Level | None  # None: what stands in no unit
    heading_a: str  # as printed, with its number, on one line; empty where there is none
    heading_b: str
    reworded: bool  # whether the norm reads otherwise, apart from numbers
    changes: tuple[NodeChange, ...]  # in B's order, what was removed after what stood before it
    moved_away: tuple[Move, ...] = ()  # leaves of A's unit that B has in another

    @property
    def heading(self) -> str:
        """The heading that stands now, or stood last, else the eid."""
        return self.heading_b or self.heading_a or self.eid_b or self.eid_a or ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many leaves of the norm became what; notes are counted apart."""

    unchanged: int
    changed: int
    renumbered: int
    inserted: int
    removed: int
    notes: int  # editor's notes that were changed, inserted or removed


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between two editions, and everything that does not."""

    document_id: str
    a: str  # id of the edition that is compared
    b: str  # id of the edition that it is compared with
    units: tuple[UnitChange, ...]  # in B's order, what was removed after what stood before it
    counts: Counts

    @property
    def changes(self) -> tuple[NodeChange, ...]:
        """The leaves of all units."""
        return tuple(change for unit in self.units for change in unit.changes)

    @property
    def same(self) -> bool:
        """Whether no word differs, notes included."""
        return all(unit.kind is ChangeKind.UNCHANGED for unit in self.units)

    def without_unchanged(self) -> Comparison:
        """Return the comparison for a reader, with the units alone that differ.

        It no longer holds the whole texts: `apply` refuses it.
        """
        differing = (unit for unit in self.units if unit.kind is not ChangeKind.UNCHANGED)
        return replace(self, units=tuple(differing))


def apply(comparison: Comparison, text_a: str) -> str:
    """Return B's canonical text, made of A's.

    Raises:
        ValueError: `text_a` is not the text that was compared, or the comparison is not whole.
    """
    pieces = [piece for change in comparison.changes for piece in change.pieces]
    _check(((piece.span_a, piece.text) for piece in pieces), text_a)
    return _text((piece.span_b, piece.text) for piece in pieces)


def revert(comparison: Comparison, text_b: str) -> str:
    """Return A's canonical text, made of B's.

    Raises:
        ValueError: `text_b` is not the text that was compared, or the comparison is not whole.
    """
    pieces = [piece for change in comparison.changes for piece in change.pieces]
    _check(((piece.span_b, piece.text) for piece in pieces), text_b)
    return _text((piece.span_a, piece.text) for piece in pieces)


def _check(placed: Iterable[tuple[Span | None, str]], text: str) -> None:
    if _text(placed) != text:
        raise ValueError("This text is not the one that was compared: compare the editions anew.")


def _text(placed: Iterable[tuple[Span | None, str]]) -> str:
    """Put words together in the order of their places, which must join without a gap."""
    found: list[str] = []
    end = 0
    for span, words in sorted((span, words) for span, words in placed if span is not None):
        if span.start != end:
            raise ValueError("The comparison does not hold the whole text: compare anew.")
        found.append(words)
        end = span.end
    return "".join(found)
