"""From two editions to their comparison: match the units, then the leaves, then the words."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from kb.comparison.changes import (
    ChangeKind,
    Comparison,
    Counts,
    Move,
    NodeChange,
    Op,
    Piece,
    UnitChange,
)
from kb.comparison.matching import Item, likeness, match
from kb.comparison.wording import pieces_between, replaced, whole, words_of
from kb.documents import Level
from kb.errors import BadRequest
from kb.structure.numbering import read_heading, read_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kb.documents import Edition, Node

_UNITS = (Level.PART, Level.SECTION, Level.CHAPTER, Level.ARTICLE, Level.ANNEX, Level.CONTENTS)
_FEWEST = 4  # words of a leaf that is looked for in other articles; less is said in many places
_SIMILAR_ELSEWHERE = 0.7  # more than within an article: nothing but the words speaks for it
_ALIKE = 0.3  # words in common below which two wordings are shown one after the other


_T = TypeVar("_T")


@dataclass(frozen=True)
class _Leaf:
    node: Node
    item: Item  # under its name within its unit

    @property
    def anywhere(self) -> Item:
        """The leaf under its name in the whole edition."""
        return replace(self.item, key=self.node.eid)


@dataclass(frozen=True)
class _Unit:
    """A unit and the leaves that stand in it and in no unit within it."""

    eid: str
    node: Node | None  # None: what stands in no unit
    heading: str
    leaves: tuple[_Leaf, ...]
    item: Item


def compare(a: Edition, b: Edition) -> Comparison:
    """Return what became of every provision of edition `a` in edition `b`.

    Raises:
        BadRequest: they are not editions of one document in one language.
    """
    if a.document_id != b.document_id:
        raise BadRequest(
            f"{a.document_id} and {b.document_id} are two documents; choose editions of one."
        )
    if a.language is not b.language:
        raise BadRequest(
            f"{a.id} is in {a.language} and {b.id} in {b.language}; choose two editions in one"
            " language."
        )
    return _Comparing(a, b).comparison()


class _Comparing:
    def __init__(self, a: Edition, b: Edition) -> None:
        self.a = a
        self.b = b
        self.units_a = _units(a)
        self.units_b = _units(b)
        self.leaves_a = {leaf.node.eid: leaf for unit in self.units_a for leaf in unit.leaves}
        self.leaves_b = {leaf.node.eid: leaf for unit in self.units_b for leaf in unit.leaves}
        self.units = match(
            [unit.item for unit in self.units_a], [unit.item for unit in self.units_b]
        )
        self.counterparts = self._counterparts()  # eid of A → eid of B
        self.sources = {eid_b: eid_a for eid_a, eid_b in self.counterparts.items()}

    def _counterparts(self) -> dict[str, str]:
        """Match leaves within their unit, then what is left of all units."""
        found: dict[str, str] = {}
        for at, other in self.units.items():
            leaves_a, leaves_b = self.units_a[at].leaves, self.units_b[other].leaves
            pairs = match([leaf.item for leaf in leaves_a], [leaf.item for leaf in leaves_b])
            found |= {leaves_a[one].node.eid: leaves_b[two].node.eid for one, two in pairs.items()}
        taken = set(found.values())
        left_a = [leaf.anywhere for eid, leaf in self.leaves_a.items() if eid not in found]
        left_b = [leaf.anywhere for eid, leaf in self.leaves_b.items() if eid not in taken]
        pairs = match(left_a, left_b, similar=_SIMILAR_ELSEWHERE, fewest=_FEWEST, by_name=False)
        return found | {left_a[one].key: left_b[two].key for one, two in pairs.items()}

    def comparison(self) -> Comparison:
        order = _in_order(self.units_a, self.units_b, self.units)
        units = tuple(self._unit_change(one, other) for one, other in order)
        return Comparison(self.a.document_id, self.a.id, self.b.id, units, _counts(units))

    def _unit_change(self, one: _Unit | None, other: _Unit | None) -> UnitChange:
        leaves_a = one.leaves if one is not None else ()
        leaves_b = other.leaves if other is not None else ()
        here_a = {leaf.node.eid for leaf in leaves_a}
        here_b = {leaf.node.eid for leaf in leaves_b}
        moved_away = tuple(
            Move(eid, self.counterparts[eid])
            for eid in (leaf.node.eid for leaf in leaves_a)
            if self.counterparts.get(eid, "") not in here_b and eid in self.counterparts
        )
        changes = self._changes(leaves_a, leaves_b)
        reworded = any(
            not change.note
            and (change.reworded or (change.eid_a is not None and change.eid_a not in here_a))
            for change in changes
        ) or any(self.leaves_a[move.eid_a].node.level is not Level.NOTE for move in moved_away)
        known = other or one
        return UnitChange(
            kind=_kind_of_unit(one, other, changes, reworded=reworded),
            eid_a=one.eid if one is not None else None,
            eid_b=other.eid if other is not None else None,
            level=known.node.level if known is not None and known.node is not None else None,
            heading_a=one.heading if one is not None else "",
            heading_b=other.heading if other is not None else "",
            reworded=reworded,
            changes=changes,
            moved_away=moved_away,
        )

    def _changes(self, a: Sequence[_Leaf], b: Sequence[_Leaf]) -> tuple[NodeChange, ...]:
        """Return the changes of one unit; a leaf from another unit stands where B has it."""
        places = {leaf.node.eid: at for at, leaf in enumerate(b)}
        stays = {None, *places}
        staying = [leaf for leaf in a if self.counterparts.get(leaf.node.eid) in stays]
        pairs = {
            at: places[self.counterparts[leaf.node.eid]]
            for at, leaf in enumerate(staying)
            if leaf.node.eid in self.counterparts
        }
        found = []
        for one, other in _in_order(staying, b, pairs):
            source = self.sources.get(other.node.eid) if other is not None else None
            found.append(self._change(self.leaves_a[source] if source else one, other))
        return tuple(found)

    def _change(self, one: _Leaf | None, other: _Leaf | None) -> NodeChange:
        text_a, text_b = self.a.text, self.b.text
        if one is not None and other is not None:
            return _change_of_both(text_a, one, text_b, other)
        if other is not None:
            node, kind, op, text = other.node, ChangeKind.INSERTED, Op.INSERTED, text_b
        else:
            assert one is not None  # noqa: S101 - one of the two is there
            node, kind, op, text = one.node, ChangeKind.REMOVED, Op.DELETED, text_a
        return NodeChange(
            kind=kind,
            eid_a=None if other is not None else node.eid,
            eid_b=None if other is None else node.eid,
            level=node.level,
            reworded=bool(node.span.of(text).strip()),
            pieces=whole(op, text, node.span),
        )


def _change_of_both(text_a: str, one: _Leaf, text_b: str, other: _Leaf) -> NodeChange:
    said_a, said_b = one.node.span.of(text_a), other.node.span.of(text_b)
    if one.node.eid == other.node.eid:
        reworded = words_of(said_a) != words_of(said_b)
        kind = ChangeKind.CHANGED if reworded else ChangeKind.UNCHANGED
    else:
        reworded = one.item.words != other.item.words
        kind = ChangeKind.RENUMBERED
    if said_a == said_b:
        pieces: tuple[Piece, ...] = (
            (Piece(Op.EQUAL, said_a, one.node.span, other.node.span),) if said_a else ()
        )
    elif reworded and likeness(one.item, other.item) < _ALIKE:
        pieces = replaced(text_a, one.node.span, text_b, other.node.span)
    else:
        pieces = pieces_between(text_a, one.node.span, text_b, other.node.span)
    return NodeChange(kind, one.node.eid, other.node.eid, other.node.level, reworded, pieces)


def _kind_of_unit(
    one: _Unit | None, other: _Unit | None, changes: Iterable[NodeChange], *, reworded: bool
) -> ChangeKind:
    if one is None:
        return ChangeKind.INSERTED
    if other is None:
        return ChangeKind.REMOVED
    if one.eid != other.eid:
        return ChangeKind.RENUMBERED
    if reworded or any(
        not change.note and change.kind is not ChangeKind.UNCHANGED for change in changes
    ):
        return ChangeKind.CHANGED
    noted = any(change.note and change.reworded for change in changes)
    return ChangeKind.NOTE if noted else ChangeKind.UNCHANGED


def _counts(units: Iterable[UnitChange]) -> Counts:
    changes = [change for unit in units for change in unit.changes]
    kinds = Counter(change.kind for change in changes if not change.note)
    return Counts(
        unchanged=kinds[ChangeKind.UNCHANGED],
        changed=kinds[ChangeKind.CHANGED],
        renumbered=kinds[ChangeKind.RENUMBERED],
        inserted=kinds[ChangeKind.INSERTED],
        removed=kinds[ChangeKind.REMOVED],
        notes=sum(change.note and change.reworded for change in changes),
    )


def _in_order(
    a: Sequence[_T], b: Sequence[_T], pairs: dict[int, int]
) -> list[tuple[_T | None, _T | None]]:
    """Return pairs in B's order; what A has alone comes after what stood before it in A."""
    of_b = {other: one for one, other in pairs.items()}
    alone: defaultdict[int, list[_T]] = defaultdict(list)
    after = -1  # place in B
    for at, one in enumerate(a):
        if at in pairs:
            after = pairs[at]
        else:
            alone[after].append(one)
    found: list[tuple[_T | None, _T | None]] = [(one, None) for one in alone[-1]]
    for at, other in enumerate(b):
        found.append((a[of_b[at]] if at in of_b else None, other))
        found += [(one, None) for one in alone[at]]
    return found


# --- units and leaves of one edition ---


def _units(edition: Edition) -> list[_Unit]:
    """Return the units that hold leaves, in order."""
    homes: dict[str, Node | None] = {}
    for node in edition.nodes:  # a unit comes before what it contains
        around = homes[node.parent] if node.parent is not None else None
        homes[node.eid] = node if node.level in _UNITS else around
        if node.parent is None and node.level is Level.CLAUSE:
            homes[node.eid] = node  # a decree without articles: point by point
    leaves: dict[str, list[Node]] = {}
    for leaf in edition.leaves():
        home = homes[leaf.eid]
        leaves.setdefault(home.eid if home is not None else "", []).append(leaf)
    return [_unit(edition, edition.node(eid), held) for eid, held in leaves.items()]


def _unit(edition: Edition, node: Node | None, held: Sequence[Node]) -> _Unit:
    eid = node.eid if node is not None else ""
    leaves = tuple(_leaf(edition, leaf, eid) for leaf in held)
    words = tuple(
        word for leaf in leaves if leaf.node.level is not Level.NOTE for word in leaf.item.words
    )
    item = Item(
        eid,
        words,
        kind=node.level if node is not None else None,
        place=node.parent if node is not None else None,
    )
    return _Unit(eid, node, edition.heading_text(node) if node is not None else "", leaves, item)


def _leaf(edition: Edition, node: Node, unit: str) -> _Leaf:
    words = edition.text_of(node).strip()
    numbers = {node.number}
    if node.parent is not None and (parent := edition.node(node.parent)) is not None:
        numbers.add(parent.number)
    label = read_heading(words, marked=True) or read_number(words)
    if label is not None and (label.tail or label.number in numbers - {None}):
        words = words[label.end :]
    key = node.eid.removeprefix(f"{unit}__")
    return _Leaf(node, Item(key, words_of(words), node.level is Level.NOTE, node.parent))
