"""From segments to the tree of units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kb.documents import Level, Span
from kb.structure.notes import NoteForm
from kb.structure.numbering import LEVELS, Label, Rank
from kb.structure.segments import Role, Segment, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHORT_HEADING = 200  # code points; a longer opening of a decimal section is text


@dataclass(eq=False)
class Unit:
    """A node while the tree is being built; it becomes a frozen `kb.documents.Node`."""

    level: Level
    span: Span  # grows while children are added
    rank: Rank | None = None  # None: a leaf that nothing can stand under
    number: str | None = None
    heading: str | None = None
    parent: Unit | None = None
    children: list[Unit] = field(default_factory=list)

    def add(self, child: Unit) -> Unit:
        """Put `child` last under this unit."""
        child.parent = self
        self.children.append(child)
        return child

    def leaf(self, level: Level, span: Span) -> Unit:
        """Add a leaf of text."""
        return self.add(Unit(level, span))

    def close(self) -> Span:
        """Let the unit and all below it reach to the end of what they contain; return its span."""
        for child in self.children:
            end = child.close().end
            self.span = Span(self.span.start, max(self.span.end, end))
        return self.span


def build_tree(text: str, found: Sequence[Segment]) -> Unit:
    """Return the root of the tree over the segments of `text`.

    Every segment becomes exactly one leaf, so the leaves tile the text as the segments do.
    """
    builder = _Builder(text, found)
    for at, segment in enumerate(found):
        builder.place(at, segment)
    builder.root.close()
    return builder.root


class _Builder:
    """Holds the unit that is open and puts each segment where it belongs."""

    def __init__(self, text: str, found: Sequence[Segment]) -> None:
        self.text = text
        self.found = found
        self.root = Unit(Level.PREAMBLE, Span(0, 0))
        self.current = self.root
        self.decimal = _decimal_sections(found)
        self.opened_sections: set[str] = set()

    # --- one segment ---

    def place(self, at: int, segment: Segment) -> None:
        """Add the segment numbered `at` to the tree."""
        match segment.role:
            case Role.UNIT:
                self._open_unit(segment)
            case Role.TEXT:
                self._add_text(at, segment)
            case Role.NOTE:
                self._note_parent(at, segment).leaf(Level.NOTE, segment.span)
            case Role.TABLE:
                self._make_room().leaf(Level.TABLE, segment.span)
            case Role.TITLE:
                self.root.leaf(Level.HEADING, segment.span).heading = segment.heading
            case Role.CONTENTS:
                self._add_joined(self.root, Level.CONTENTS, segment.span)
            case Role.SIGNATURE:
                self.current = self._annex_or_root()
                self.current.leaf(Level.PARAGRAPH, segment.span)

    def _open_unit(self, segment: Segment) -> None:
        label = segment.label
        if label is None:  # a heading that the format marks and that has no number
            self._open(Rank.SECTION, Level.SECTION, None, segment, segment.heading)
            return
        rank, level = label.rank, LEVELS[label.rank]
        heading = segment.heading
        if rank is Rank.CLAUSE and label.number in self.decimal and not label.tail:
            rank = self._section_rank(label)
        if rank < Rank.CLAUSE and label.rank is Rank.CLAUSE:
            level = Level.SECTION
            words = one_line(segment.span.of(self.text).strip()[label.end :])
            heading = words if 0 < len(words) <= _SHORT_HEADING else None
        if label.tail:
            self._open_chain(label, segment)
            return
        rank = self._letter_or_roman(rank, label.number)
        self._open(rank, level, label.number, segment, heading)

    def _section_rank(self, label: Label) -> Rank:
        """Return the rank of a decimal number that has others below it, the first time it comes.

        Later on the same number is a list item: `1.` under `3.3.41 Guidance`.
        """
        number = label.number or ""
        if number in self.opened_sections:
            return Rank.CLAUSE
        self.opened_sections.add(number)
        depth = number.count(".")
        return (Rank.SECTION, Rank.SUBSECTION, Rank.CHAPTER, Rank.DIVISION)[min(depth, 3)]

    def _open(
        self, rank: Rank, level: Level, number: str | None, segment: Segment, heading: str | None
    ) -> Unit:
        parent = self._climb_above(rank)
        unit = parent.add(Unit(level, segment.span, rank, number, heading))
        self.current = unit
        if rank <= Rank.ARTICLE:
            if heading or len(segment.span.of(self.text).split()) <= 3:
                unit.leaf(Level.HEADING, segment.span)
            else:
                unit.leaf(Level.PARAGRAPH, segment.span)
        return unit

    def _open_chain(self, label: Label, segment: Segment) -> None:
        """Open `2.1.1.(1)`: the unit 2.1.1 unless it is open already, and (1) below it."""
        chain = [(label.rank, LEVELS[label.rank], label.number)]
        chain += [(rank, LEVELS[rank], number) for rank, number in label.tail]
        parent = self._open_as(label.rank, label.number)
        if parent is None:
            parent = self._climb_above(label.rank)
        else:
            chain = chain[1:]
            self._free(parent)
        for rank, level, number in chain:
            parent = parent.add(Unit(level, segment.span, rank, number))
        self.current = parent

    def _open_as(self, rank: Rank, number: str | None) -> Unit | None:
        unit: Unit | None = self.current
        while unit is not None and unit.rank is not None:
            if unit.rank is rank and unit.number == number:
                return unit
            unit = unit.parent
        return None

    def _letter_or_roman(self, rank: Rank, number: str | None) -> Rank:
        """Tell the letter (i) after (h) from the Roman (i) below a letter."""
        if rank is not Rank.ROMAN or number is None or len(number) > 1:
            return rank
        unit: Unit | None = self.current
        while unit is not None and unit.rank is not None and unit.rank >= Rank.SUBCLAUSE:
            if unit.rank is Rank.LETTER and unit.number and len(unit.number) == 1:
                follows = ord(unit.number) + 1 == ord(number)
                return Rank.LETTER if follows else Rank.ROMAN
            unit = unit.parent
        return Rank.ROMAN

    # --- where things go ---

    def _free(self, unit: Unit) -> Unit:
        """Make `unit` able to take children: its own words become its first paragraph."""
        if unit.rank is not None and not unit.children:
            unit.leaf(Level.PARAGRAPH, unit.span)
        return unit

    def _make_room(self) -> Unit:
        return self._free(self.current) if self.current.rank is not None else self.root

    def _climb_above(self, rank: Rank) -> Unit:
        """Return the nearest open unit that can contain a unit of this rank."""
        unit = self.current
        while unit.parent is not None and (unit.rank is None or unit.rank >= rank):
            unit = unit.parent
        return self._free(unit)

    def _annex_or_root(self) -> Unit:
        unit = self.current
        while unit.parent is not None and unit.rank is not Rank.ANNEX:
            unit = unit.parent
        return unit

    def _add_text(self, at: int, segment: Segment) -> None:
        if self.current is self.root:
            if any(later.role is Role.UNIT for later in self.found[at:]):
                self._add_joined(self.root, Level.PREAMBLE, segment.span)
            else:
                self.root.leaf(Level.PARAGRAPH, segment.span)
            return
        self.current = self._text_parent(at, segment)
        self._free(self.current).leaf(Level.PARAGRAPH, segment.span)

    def _text_parent(self, at: int, segment: Segment) -> Unit:
        """Decide whether a paragraph after a sub-point belongs to it or closes the list.

        `2) … работ; ⏎ Не являются дискриминацией…`: a new sentence after the last sub-point is a
        further part of the clause; before the next sub-point, or after a colon, or in lower case,
        it goes on with the sub-point.
        """
        unit = self.current
        if unit.rank is None or unit.rank < Rank.SUBCLAUSE:
            return unit
        words = segment.span.of(self.text).strip()
        before = self.found[at - 1].span.of(self.text).strip()
        goes_on = words[:1].islower() or words[:1] in "-–—•" or before.endswith((":", ","))
        if goes_on or self._list_continues(at, unit):
            return unit
        while unit.parent is not None and unit.rank is not None and unit.rank >= Rank.SUBCLAUSE:
            unit = unit.parent
        return unit

    def _next_label(self, at: int) -> Label | None:
        for later in self.found[at + 1 :]:
            if later.role in (Role.UNIT, Role.SIGNATURE):
                return later.label
        return None

    def _list_continues(self, at: int, unit: Unit) -> bool:
        """Whether the next unit after segment `at` is the next item of the list `unit` is in."""
        label = self._next_label(at)
        ranks = set()
        numbers = set()
        item: Unit | None = unit
        while item is not None and item.rank is not None and item.rank >= Rank.SUBCLAUSE:
            ranks.add(item.rank)
            numbers.add(item.number)
            item = item.parent
        return (
            label is not None
            and label.rank in ranks
            and label.number not in {"1", "a", "а", "i"}
            and label.number not in numbers
        )

    def _note_parent(self, at: int, segment: Segment) -> Unit:
        """Find the unit that a note stands in without cutting a list in two.

        A note that follows its unit («Сноска.») stays in the article; one that announces a change
        («Примечание ИЗПИ!») stands beside the unit that comes next.
        """
        label = self._next_label(at)
        unit = self.current
        limit = Rank.ROMAN + 1 if label is None else int(label.rank)
        if label is None:
            limit = Rank.CLAUSE
        if segment.note is NoteForm.AFTER:
            limit = max(limit, Rank.CLAUSE)
        while unit.parent is not None and (unit.rank is None or unit.rank >= limit):
            unit = unit.parent
        self.current = unit
        return self._free(unit) if unit.rank is not None else self.root

    def _add_joined(self, parent: Unit, level: Level, span: Span) -> None:
        """Add a paragraph to the preamble or the contents that stands last, or begin one."""
        last = parent.children[-1] if parent.children else None
        if last is None or last.level is not level:
            parent.leaf(level, span)
            return
        if not last.children:
            last.leaf(Level.PARAGRAPH, last.span)
        last.leaf(Level.PARAGRAPH, span)


def _decimal_sections(found: Sequence[Segment]) -> frozenset[str]:
    """Return the numbers with other numbers below them, in a document numbered `1`, `1.1`.

    Empty for a document with articles: there `1.1.` is only an inserted point.
    """
    labels = [
        segment.label
        for segment in found
        if segment.role is Role.UNIT and segment.label is not None
    ]
    if any(label.rank is Rank.ARTICLE for label in labels):
        return frozenset()
    numbers = {label.number for label in labels if label.rank is Rank.CLAUSE and label.number}
    return frozenset(
        ".".join(number.split(".")[:depth])
        for number in numbers
        for depth in range(1, number.count(".") + 1)
    )
