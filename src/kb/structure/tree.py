"""From segments to the tree of units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kb.documents import Level, Span
from kb.structure.decimals import DecimalOutline, heading_of
from kb.structure.notes import NoteForm
from kb.structure.numbering import LEVELS, Label, Rank
from kb.structure.segments import Role, Segment, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(eq=False)
class Unit:
    """A node while the tree is being built; it becomes a frozen `kb.documents.Node`."""

    level: Level
    span: Span  # grows while children are added
    rank: Rank | None = None  # None: a leaf that nothing can stand under
    number: str | None = None
    heading: str | None = None
    decimal: bool = False  # numbered `2.1`, or holds units that are
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
        self.root = Unit(Level.PREAMBLE, Span(0, 0))
        self.current = self.root
        self.before = ""  # the end of the last words of the norm
        self.next_note = [*(each.note for each in found[1:]), None]  # None: no note comes next
        self.next_norm = _next_after(found, lambda each: each.role is not Role.NOTE)
        self.next_unit = _next_after(found, lambda each: each.role in (Role.UNIT, Role.SIGNATURE))
        units = [each for each in found if each.role is Role.UNIT]
        self.preamble = bool(units)  # until the first unit
        self.outline = DecimalOutline([each.label for each in units if each.label is not None])

    # --- one segment ---

    def place(self, at: int, segment: Segment) -> None:
        """Add the segment numbered `at` to the tree."""
        match segment.role:
            case Role.UNIT:
                self.preamble = False
                self._open_unit(at, segment)
            case Role.TEXT:
                self._add_text(at, segment)
            case Role.QUOTED:
                self._free(self.current).leaf(Level.PARAGRAPH, segment.span)
            case Role.NOTE:
                self._note_parent(at, segment).leaf(Level.NOTE, segment.span)
            case Role.TABLE:
                self._free(self.current).leaf(Level.TABLE, segment.span)
            case Role.TITLE:
                self.root.leaf(Level.HEADING, segment.span).heading = segment.heading
            case Role.CONTENTS:
                self._add_joined(Level.CONTENTS, segment)
            case Role.SIGNATURE:
                self.current = self._annex_or_root()
                self.current.leaf(Level.PARAGRAPH, segment.span)
        if segment.role is not Role.NOTE:
            self.before = segment.span.of(self.text).rstrip()[-1:]

    def _open_unit(self, at: int, segment: Segment) -> None:
        label = segment.label
        if label is None:  # a heading that the format marks and that has no number
            self._open(Rank.SECTION, Level.SECTION, None, segment, segment.heading)
        elif label.tail:
            self._open_chain(label, segment)
        elif self.outline.heads_section(
            label, words := self._words(label, segment), self._next(at)
        ):
            self._open_decimal(Level.SECTION, label, segment, heading_of(words))
        elif label.headed and "." in (label.number or ""):
            self._open_decimal(LEVELS[label.rank], label, segment, segment.heading)
        else:
            rank = self._listed_rank(label.rank, label.number)
            self._open(rank, LEVELS[rank], label.number, segment, segment.heading)

    def _words(self, label: Label, segment: Segment) -> str:
        return one_line(segment.span.of(self.text).strip()[label.end :])

    def _next(self, at: int) -> Label | None:
        """Return the label of the unit that opens next after segment `at`."""
        following = self.next_unit[at]
        return following.label if following is not None else None

    def _open_decimal(
        self, level: Level, label: Label, segment: Segment, heading: str | None
    ) -> None:
        """Open `2.1` in the unit numbered 2, or else as deep as it has dots."""
        number = label.number or ""
        rank, parent = self._decimal_place(number)
        unit = self._open(rank, level, number, segment, heading, parent)
        unit.decimal = True

    def _decimal_place(self, number: str) -> tuple[Rank, Unit | None]:
        around = Rank.PART  # the unit that holds the whole decimal tree
        unit: Unit | None = self.current
        while unit is not None and unit.rank is not None and unit.rank is not Rank.ANNEX:
            if unit.rank < Rank.ARTICLE:
                if unit.number and number.startswith(f"{unit.number}."):
                    return Rank(unit.rank + 1), unit
                if not unit.decimal:
                    around = max(around, unit.rank)
            unit = unit.parent
        depth = number.count(".")
        return Rank(min(around + 1 + depth, Rank.ARTICLE)), None

    def _open(
        self,
        rank: Rank,
        level: Level,
        number: str | None,
        segment: Segment,
        heading: str | None,
        parent: Unit | None = None,
    ) -> Unit:
        parent = parent or self._climb_above(rank)
        unit = parent.add(Unit(level, segment.span, rank, number, heading))
        self.current = unit
        if rank <= Rank.ARTICLE:
            bare = len(segment.span.of(self.text).split(maxsplit=3)) <= 3  # `Article 5`
            unit.leaf(Level.HEADING if heading or bare else Level.PARAGRAPH, segment.span)
        return unit

    def _open_chain(self, label: Label, segment: Segment) -> None:
        """Open `2.1.1.(1)`: the unit 2.1.1 unless it is open already, and (1) below it."""
        level = LEVELS[label.rank]
        parent = self._already_open(level, label.number)
        if parent is None:
            above = self._climb_above(label.rank)
            parent = above.add(Unit(level, segment.span, label.rank, label.number))
        else:
            self._free(parent)
        for rank, number in label.tail:
            parent = parent.add(Unit(LEVELS[rank], segment.span, rank, number))
        self.current = parent

    def _already_open(self, level: Level, number: str | None) -> Unit | None:
        unit: Unit | None = self.current
        while unit is not None and (unit.level is not level or unit.number != number):
            unit = unit.parent
        return unit

    def _listed_rank(self, rank: Rank, number: str | None) -> Rank:
        """Correct the rank that a number has by itself by the list that it stands in.

        The letter (i) after (h) is not the Roman (i) below a letter; `1.` below `3.3.41` is an
        item of that paragraph, not the first point of the act.
        """
        if number is None or not (rank is Rank.CLAUSE or (rank is Rank.ROMAN and len(number) == 1)):
            return rank
        unit: Unit | None = self.current
        while unit is not None and unit.rank is not None and unit.rank >= Rank.CLAUSE:
            if rank is Rank.ROMAN and unit.rank is Rank.LETTER and len(unit.number or "") == 1:
                follows = ord(unit.number or "") + 1 == ord(number)
                return Rank.LETTER if follows else Rank.ROMAN
            if rank is Rank.CLAUSE and unit.rank is Rank.CLAUSE and "." not in number:
                nested = "." in (unit.number or "") and unit.parent and unit.parent.decimal
                return Rank.SUBCLAUSE if nested else Rank.CLAUSE
            unit = unit.parent
        return rank

    # --- where things go ---

    def _free(self, unit: Unit) -> Unit:
        """Make `unit` able to take children: its own words become its first paragraph."""
        if unit.rank is not None and not unit.children:
            unit.leaf(Level.PARAGRAPH, unit.span)
        return unit

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
        if self.preamble:
            self._add_joined(Level.PREAMBLE, segment)
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
        first = segment.span.of(self.text).lstrip()[:1]
        goes_on = first.islower() or first in tuple("-–—•") or self.before in tuple(":,")
        if goes_on or self._list_continues(at, unit):
            return unit
        while unit.parent is not None and unit.rank is not None and unit.rank >= Rank.SUBCLAUSE:
            unit = unit.parent
        return unit

    def _list_continues(self, at: int, unit: Unit) -> bool:
        """Whether the next unit after segment `at` is the next item of the list `unit` is in."""
        label = self._next(at)
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
        """Find the unit that a note stands in without cutting a list, or a clause, in two.

        A note that follows its unit («Сноска.») stays in the article; one that announces a change
        («Примечание ИЗПИ!») stands beside the unit that comes next, or before the paragraph. One
        that a note of the first form follows is about the unit above too: «Статью 53
        предусматривается дополнить… ⏎ Сноска. Статья 53…».
        """
        text, label = self.next_norm[at], self._next(at)
        form = NoteForm.AFTER if self.next_note[at] is NoteForm.AFTER else segment.note
        if form is NoteForm.BEFORE and text is not None and text.role is Role.TEXT:
            self.current = self._text_parent(at, text)
        else:
            limit = label.rank if label is not None else Rank.CLAUSE
            if form is NoteForm.AFTER:
                limit = max(limit, Rank.CLAUSE)
            self.current = self._climb_above(limit)
        return self._free(self.current)

    def _add_joined(self, level: Level, segment: Segment) -> None:
        """Add a paragraph to the preamble or the contents that stands last, or begin one."""
        self.current = self._annex_or_root()
        last = self.current.children[-1] if self.current.children else None
        if last is None or last.level is not level:
            last = self.current.leaf(level, segment.span)
            last.heading = segment.heading
            return
        if not last.children:
            last.leaf(Level.HEADING if last.heading else Level.PARAGRAPH, last.span)
        last.leaf(Level.PARAGRAPH, segment.span)


def _next_after(
    found: Sequence[Segment], wanted: Callable[[Segment], bool]
) -> list[Segment | None]:
    """Return, for each segment, the next one after it that is wanted."""
    result: list[Segment | None] = []
    following: Segment | None = None
    for segment in reversed(found):
        result.append(following)
        if wanted(segment):
            following = segment
    result.reverse()
    return result
