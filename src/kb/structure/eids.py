"""Structural ids: what a unit is called so that a rebuild, a bookmark and a citation agree.

An eid names the levels that a lawyer cites, with the numbers as printed: `art_10__cl_3__sub_2`.
The convention is that of Akoma Ntoso's naming (OASIS, "Akoma Ntoso Naming Convention", 2019), cut
down to what the citation needs: a unit whose number runs through the whole act, as articles' do,
does not repeat the units around it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from kb.documents import Level, Node
from kb.structure.numbering import Rank

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.structure.tree import Unit

_NUMBERED_THROUGH = (Level.PART, Level.SECTION, Level.CHAPTER, Level.ARTICLE, Level.CLAUSE)
_RESTARTING = (Rank.SUBSECTION, Rank.DIVISION)  # § 1 of each chapter
_SINGLE = (Level.HEADING, Level.PREAMBLE, Level.CONTENTS)  # one in a place: no number in the eid


def nodes_of(root: Unit) -> tuple[Node, ...]:
    """Return the nodes below `root` in document order, each with its eid, unit before parts."""
    namer = _Namer(root)
    return tuple(namer.nodes())


class _Namer:
    def __init__(self, root: Unit) -> None:
        self.root = root
        self.taken: Counter[str] = Counter()
        self.ordinals: defaultdict[tuple[str, Level], int] = defaultdict(int)
        self.numbered: Counter[tuple[int, Level, str | None]] = Counter(
            (_scope(unit), unit.level, unit.number) for unit in _below(root) if not _restarts(unit)
        )

    def nodes(self) -> Iterator[Node]:
        eids: dict[int, str] = {}
        for unit in _below(self.root):
            parent = eids.get(id(unit.parent)) if unit.parent is not self.root else None
            eid = self._unused(self._name(unit, parent, eids))
            eids[id(unit)] = eid
            yield Node(eid, unit.level, unit.span, unit.number, unit.heading, parent)

    def _name(self, unit: Unit, parent: str | None, eids: dict[int, str]) -> str:
        prefix = unit.level.prefix
        if unit.number is not None:
            own = f"{prefix}_{unit.number}"
            if self._runs_through(unit):
                annex = _annex(unit)
                return f"{eids[id(annex)]}__{own}" if annex is not None else own
        elif unit.level in _SINGLE:
            own = prefix
        else:
            self.ordinals[parent or "", unit.level] += 1
            ordinal = self.ordinals[parent or "", unit.level]
            own = f"{prefix}_{ordinal}" if unit.rank is None else f"{prefix}_nn-{ordinal}"
        return f"{parent}__{own}" if parent else own

    def _runs_through(self, unit: Unit) -> bool:
        """Whether the unit's number alone names it in the act (or in its annex)."""
        if unit.level is Level.ARTICLE:
            return True
        if unit.level not in _NUMBERED_THROUGH or _in_article(unit) or _restarts(unit):
            return False
        return self.numbered[_scope(unit), unit.level, unit.number] == 1

    def _unused(self, eid: str) -> str:
        """Return `eid`, or `eid~2` for a second unit of the same name."""
        self.taken[eid] += 1
        count = self.taken[eid]
        return eid if count == 1 else f"{eid}~{count}"


def _below(unit: Unit) -> Iterator[Unit]:
    stack = list(reversed(unit.children))
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.children))


def _around(unit: Unit, level: Level) -> Unit | None:
    found = unit.parent
    while found is not None and found.level is not level:
        found = found.parent
    return found


def _annex(unit: Unit) -> Unit | None:
    return _around(unit, Level.ANNEX)


def _in_article(unit: Unit) -> bool:
    return _around(unit, Level.ARTICLE) is not None


def _restarts(unit: Unit) -> bool:
    """Whether such units are counted anew in each unit above them, as §§ are; decimals are not."""
    return unit.rank in _RESTARTING and "." not in (unit.number or "")


def _scope(unit: Unit) -> int:
    """Return what numbers are counted within: the annex, the article, or the act (0)."""
    around = _around(unit, Level.ARTICLE) or _annex(unit)
    return id(around) if around is not None else 0
