"""Which units a citation names, before any language puts them into words.

    eids                                        pinpoint
    art_10__cl_3__sub_2                         article 10 › point 3 › sub-point 2
    art_99__cl_1__par_1 … art_99__cl_3          article 99 › points 1–3
    art_41__par_2                               article 41 › part 2
    art_5__note_1                               note to: article 5
    cl_12                                       point 12
    sec_ii__cl_1                                section II › point 1

Each leaf has an address, the steps from the top down to it; the pinpoint is what the addresses of
a run have in common, and the range below that. What cannot be named without doubt (a second unit
of the same number, a paragraph of a narrative section) has the address of the unit around it, so
that a citation may be wider than the words, but never beside them.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from kb.citations.paragraphs import Parts, read_parts
from kb.documents import Edition, Level, Node, Provenance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Kind(Enum):
    """What a unit is called."""

    PREAMBLE = "preamble"
    PART = "part of the act"
    SECTION = "section"
    SUBSECTION = "subsection"  # a section of a section: подраздел, кіші бөлім
    CHAPTER = "chapter"
    DIVISION = "division"  # a section of a chapter: параграф, §
    ARTICLE = "article"
    CLAUSE = "point"
    SUBCLAUSE = "sub-point"
    PARAGRAPH = "part of a unit"  # часть, бөлік; its number is an ordinal
    INDENT = "indent"  # абзац; its number is an ordinal, 1 being the opening words
    ANNEX = "annex"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Step:
    """A unit of a citation, or a range of units of one kind."""

    kind: Kind
    eid: str  # of the node; of the node around it for a PARAGRAPH and an INDENT
    number: str | None = None  # in lower case: `127-1`, `iv`, `a`; an ordinal: `2`
    last: str | None = None  # the number at which a range ends
    heading: str | None = None  # names a unit that has no number

    def numbers(self, form: str = "{}") -> str:
        """Write the number, or both ends of a range: `({})` → `(3)–(4)`."""
        ends = (self.number, self.last)
        return "–".join(form.format(number) for number in ends if number is not None)

    def ordinals(self, words: Sequence[str], two: str, more: str) -> str:
        """Write an ordinal in words, or a range of them, joined by `two` or `more`.

        >>> Step(Kind.PARAGRAPH, "cl_1", "1", "3").ordinals(["1st", "2nd", "3rd"], " and ", " to ")
        '1st to 3rd'
        """
        first = int(self.number or "1")
        last = int(self.last or first)
        joint = two if last - first == 1 else more
        return joint.join(words[number - 1] for number in dict.fromkeys((first, last)))


Address = tuple[Step, ...]
ORDINALS = 20  # parts beyond the twentieth are not counted out


@dataclass(frozen=True, slots=True)
class Pinpoint:
    """What is cited, from the largest unit to the smallest; no steps: the whole instrument."""

    steps: Address = ()
    note: bool = False  # the editor's note to it, not the unit itself


def find_pinpoint(edition: Edition, nodes: Sequence[Node]) -> Pinpoint:
    """Return the smallest pinpoint that covers a run of nodes, given in document order.

    Headings and notes that stand among text are not counted; only notes make a note's pinpoint.
    """
    finder = _Finder(edition)
    if nodes and all(node.level is Level.NOTE for node in nodes):
        return Pinpoint(_common([finder.address(node) for node in nodes]), note=True)
    if len(nodes) == 1:
        return Pinpoint(finder.address(nodes[0]))
    return Pinpoint(finder.address_of_run(nodes))


_KINDS = {
    Level.PREAMBLE: Kind.PREAMBLE,
    Level.PART: Kind.PART,
    Level.SECTION: Kind.SECTION,
    Level.CHAPTER: Kind.CHAPTER,
    Level.ARTICLE: Kind.ARTICLE,
    Level.CLAUSE: Kind.CLAUSE,
    Level.SUBCLAUSE: Kind.SUBCLAUSE,
    Level.ANNEX: Kind.ANNEX,
}
_NOT_TEXT = (Level.HEADING, Level.NOTE, Level.CONTENTS)
_HAS_PARTS = (Level.ARTICLE, Level.CLAUSE, Level.SUBCLAUSE)
# units whose number may run through the whole act: `art_5`, `cl_12`, `chp_3`; that of a § does not
_MAY_RUN_THROUGH = (Kind.PART, Kind.SECTION, Kind.CHAPTER, Kind.ARTICLE, Kind.CLAUSE)
# kinds of which a range may begin in one unit and end in another: articles 12–14 of two chapters
_RANGES_ACROSS = (Kind.ARTICLE, Kind.CLAUSE)
_HEADING_LENGTH = 80  # code points


class _Finder:
    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.digest = edition.provenance is Provenance.DIGEST
        # of units that the nodes of a run share
        self._certain: dict[str, bool] = {}
        self._divided: dict[str | None, Parts] = {}

    # --- one node ---

    def address(self, node: Node) -> Address:
        """Return the steps that a lawyer names to reach a node, as far as they are certain."""
        steps: list[Step] = []
        for unit in self.edition.path(node.eid):
            if unit.level is Level.PARAGRAPH:
                return (*steps, *self._paragraph(unit))
            if unit.level is Level.TABLE:
                return (*steps, *self._table(unit))
            if unit.level in _NOT_TEXT or not self._is_certain(unit):
                break
            own = self._step(unit)
            if own.kind is Kind.SUBCLAUSE:
                steps += self._part(unit)
            elif self._runs_through(own):
                steps = [step for step in steps if step.kind is Kind.ANNEX]
            steps.append(own)
        return tuple(steps)

    def _step(self, unit: Node) -> Step:
        kind = _KINDS[unit.level]
        around = self.edition.node(unit.parent) if unit.parent else None
        if kind is Kind.SECTION and around is not None:
            if around.level is Level.CHAPTER:
                kind = Kind.DIVISION
            elif around.level is Level.SECTION and unit.number and "." not in unit.number:
                kind = Kind.SUBSECTION
        heading = unit.heading if unit.number is None else None
        if heading is not None:
            heading = textwrap.shorten(heading, _HEADING_LENGTH, placeholder=" …")
        return Step(kind, unit.eid, unit.number, heading=heading)

    def _is_certain(self, unit: Node) -> bool:
        """Whether the unit's number or heading tells it from its neighbours.

        A digest's own headings and introduction are no units of the instrument.
        """
        if unit.eid not in self._certain:
            self._certain[unit.eid] = self._tells(unit)
        return self._certain[unit.eid]

    def _tells(self, unit: Node) -> bool:
        if unit.number is not None and "~" not in unit.eid.rpartition("__")[2]:
            return True
        siblings = [
            other for other in self.edition.children(unit.parent) if other.level is unit.level
        ]
        if unit.number is None and self.digest:
            return False
        if unit.number is None:
            named = [other for other in siblings if other.heading == unit.heading]
            return unit.level is Level.PREAMBLE or (bool(unit.heading) and len(named) == 1)
        if unit.level is not Level.SUBCLAUSE or not self._part(unit):
            return False
        same = [other for other in siblings if other.number == unit.number]
        places = self._parts(unit.parent).places
        return [places[other.eid].part for other in same].count(places[unit.eid].part) == 1

    def _runs_through(self, step: Step) -> bool:
        """Whether a unit's number alone names it in the act, or in its annex."""
        if step.kind is Kind.ARTICLE:
            return True
        if step.kind not in _MAY_RUN_THROUGH or step.number is None:
            return False
        annexes = [node for node in self.edition.path(step.eid) if node.level is Level.ANNEX]
        own = step.eid.removeprefix(f"{annexes[-1].eid}__") if annexes else step.eid
        return "__" not in own

    # --- paragraphs, which have no number ---

    def _parts(self, eid: str | None) -> Parts:
        if eid not in self._divided:
            self._divided[eid] = read_parts(self.edition.children(eid), self.edition.text)
        return self._divided[eid]

    def _has_parts(self, eid: str | None) -> bool:
        """Whether the paragraphs of a unit are cited by their ordinals.

        Those of sections, annexes and preambles are not; neither are those of a digest, which
        are no paragraphs of the instrument.
        """
        unit = self.edition.node(eid) if eid else None
        return unit is not None and unit.level in _HAS_PARTS and not self.digest

    def _part(self, unit: Node) -> list[Step]:
        """Return the part in which a unit's child stands: none where the unit is undivided."""
        if unit.parent is None or not self._has_parts(unit.parent):
            return []
        parts = self._parts(unit.parent)
        part = parts.places[unit.eid].part
        if parts.count < 2 or part > ORDINALS:
            return []
        return [Step(Kind.PARAGRAPH, unit.parent, str(part))]

    def _paragraph(self, paragraph: Node) -> list[Step]:
        if paragraph.parent is None or not self._has_parts(paragraph.parent):
            return []
        parts = self._parts(paragraph.parent)
        indent = parts.places[paragraph.eid].indent
        steps = self._part(paragraph)
        if parts.is_indent(paragraph.eid) and indent <= ORDINALS and (steps or parts.count == 1):
            steps.append(Step(Kind.INDENT, paragraph.parent, str(indent)))
        return steps

    def _table(self, table: Node) -> list[Step]:
        tables = [
            other for other in self.edition.children(table.parent) if other.level is Level.TABLE
        ]
        if table.parent is None or len(tables) > 1:
            return []
        return [*self._part(table), Step(Kind.TABLE, table.eid)]

    # --- a run of nodes ---

    def address_of_run(self, nodes: Sequence[Node]) -> Address:
        """Return the address of a run of nodes, its last step a range where one is needed."""
        given = sorted((leaf for node in nodes for leaf in self._leaves(node)), key=_start)
        leaves = [leaf for leaf in given if leaf.level not in _NOT_TEXT]
        if not leaves:
            return _common([self.address(leaf) for leaf in given])
        held = {leaf.eid for leaf in leaves}
        for whole in (self._around(given), self._around(leaves)):
            if self._holds(self.edition.children(None) if whole is None else [whole], held):
                return self.address(whole) if whole is not None else ()
        common = _common([self.address(leaf) for leaf in leaves])
        if common and self._holds(self._members(common[-1]), held):
            return common
        addresses = self._below_openings(leaves)
        common = _common(addresses)
        if common in addresses:  # words that belong to the unit itself, to no smaller one
            return common
        if last := self._range([address[len(common)] for address in addresses]):
            return (*common, last)
        around = self._around(leaves)
        return common or (self.address(around) if around is not None else ())

    def _leaves(self, node: Node) -> Iterator[Node]:
        below = self.edition.children(node.eid)
        if not below:
            yield node
        else:
            for child in below:
                yield from self._leaves(child)

    def _around(self, nodes: Sequence[Node]) -> Node | None:
        """Return the smallest node that contains all of the nodes."""
        found = None
        for level in zip(*(self.edition.path(node.eid) for node in nodes), strict=False):
            if any(node is not level[0] for node in level):
                break
            found = level[0]
        return found

    def _holds(self, units: Iterable[Node], held: set[str]) -> bool:
        """Whether all the text of some units is among the leaves that are held."""
        return all(
            leaf.eid in held or leaf.level in _NOT_TEXT
            for unit in units
            for leaf in self._leaves(unit)
        )

    def _members(self, step: Step) -> list[Node]:
        """Return the nodes that make up a step: a unit, or the children of it in one part."""
        if step.kind is not Kind.PARAGRAPH:
            return [node for node in (self.edition.node(step.eid),) if node is not None]
        places = self._parts(step.eid).places
        return [
            child
            for child in self.edition.children(step.eid)
            if child.eid in places and str(places[child.eid].part) == step.number
        ]

    def _below_openings(self, leaves: Sequence[Node]) -> list[Address]:
        """Return the leaves' addresses but for the words that open the list of those after them.

        `The employer shall: 1) … 2) …` is cited by its sub-points, which cannot be read without it.
        """
        found: list[Address] = []
        addresses = [self.address(leaf) for leaf in leaves]
        for leaf, address, after in zip(leaves, addresses, [*addresses[1:], ()], strict=True):
            opens = leaf.parent is not None and leaf.eid in self._parts(leaf.parent).openings
            if not (opens and len(after) > len(address) and after[: len(address)] == address):
                found.append(address)
        return found

    def _range(self, steps: Sequence[Step]) -> Step | None:
        """Return the range from the first step to the last, or None where there is no such."""
        first, last = steps[0], steps[-1]
        if first.number is None or last.number is None:
            return None
        alike = len({step.kind for step in steps}) == 1
        ordered = first.number[0].isdigit() == last.number[0].isdigit()
        siblings = self._parent(first) == self._parent(last) or first.kind in _RANGES_ACROSS
        return replace(first, last=last.number) if alike and ordered and siblings else None

    def _parent(self, step: Step) -> str | None:
        node = self.edition.node(step.eid)
        return node.parent if node is not None else None


def _start(node: Node) -> int:
    return node.span.start


def _common(addresses: Sequence[Address]) -> Address:
    """Return the steps with which all of the addresses begin."""
    shared: list[Step] = []
    for steps in zip(*addresses, strict=False):
        if len(set(steps)) > 1:
            break
        shared.append(steps[0])
    return tuple(shared)
