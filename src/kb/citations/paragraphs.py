"""Which part of a unit an unnumbered paragraph is: «часть вторая пункта 4», «абзац третий».

An article, a point or a sub-point may consist of several parts (часть, бөлік), each a rule of its
own that begins with a capital letter; a list, numbered or not, belongs to the part that opens it.
The unnumbered items of a list are indents (абзац), of which the opening words count as the first.
So article 23(1) of Kazakhstan's Law on Legal Acts (No. 480-V) defines them, and so the Labour Code
counts: its article 99(2) calls «частью второй настоящего пункта» this

    2. Беременная женщина с даты, …                       часть первая
    Отпуск … предоставляется продолжительностью:          часть вторая
        при нормальных родах – …;                         абзац второй части второй
        при осложненных родах …;                          абзац третий части второй
    В этом случае …                                       часть третья
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from kb.documents import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.documents import Node

_DASHES = "-‐‑–—•·"
_UNCOUNTED = (Level.HEADING, Level.NOTE, Level.CONTENTS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a child of a unit stands among the unit's paragraphs."""

    part: int  # from 1
    indent: int  # within the part, from 1, its opening paragraph; 1 for numbered items as well


@dataclass(slots=True)
class Parts:
    """The parts of one unit."""

    places: dict[str, Place] = field(default_factory=dict)  # of its children, by eid
    openings: set[str] = field(default_factory=set)  # paragraphs that only open the list below
    numbered: set[int] = field(default_factory=set)  # parts with numbered items or tables in them

    @property
    def count(self) -> int:
        """How many parts there are."""
        return max((place.part for place in self.places.values()), default=0)

    def is_indent(self, eid: str) -> bool:
        """Whether a paragraph is an item of an unnumbered list, which can be counted."""
        place = self.places[eid]
        return place.indent > 1 and place.part not in self.numbered


def read_parts(children: Sequence[Node], text: str) -> Parts:
    """Return the parts that a unit's children make up; `text` is the canonical text.

    A unit that begins with a numbered item, not with words, is not divided: what a paragraph
    after its list belongs to cannot be told.
    """
    parts = Parts()
    counted = [child for child in children if child.level not in _UNCOUNTED]
    if counted and counted[0].level is not Level.PARAGRAPH:
        parts.places = {child.eid: Place(1, 1) for child in counted}
        return parts
    part = indent = 0
    before: Node | None = None
    for child in counted:
        if child.level is not Level.PARAGRAPH:
            indent = 1
            parts.numbered.add(part)
        else:
            above = before.span.of(text).rstrip() if before else ""
            listing = above.endswith(":") or (indent > 1 and above.endswith((";", ",")))
            match _role(child.span.of(text), first=before is None, listing=listing):
                case _Role.PART:
                    part, indent = part + 1, 1
                case _Role.ITEM:
                    indent += 1
        opens = before is not None and before.level is Level.PARAGRAPH
        if before and opens and parts.places[before.eid].indent == 1 and _lists(child, indent):
            parts.openings.add(before.eid)
        parts.places[child.eid] = Place(part, indent)
        before = child
    return parts


class _Role(Enum):
    PART = "a sentence of its own"
    ITEM = "an item of the list above it"
    REST = "the end of a paragraph that was broken in two"


def _role(paragraph: str, *, first: bool, listing: bool) -> _Role:
    """Tell what a paragraph is to the text before it in its unit.

    | paragraph              | before it                          | it is |
    | ---------------------- | ---------------------------------- | ----- |
    | `Отпуск …`             | anything                           | PART  |
    | `при родах …`          | `…:`, or another such item with `;`| ITEM  |
    | `15 дней …`            | the same                           | ITEM  |
    | `– при родах …`        | anything                           | ITEM  |
    | `требованиям.`         | `… с санитарными`                  | REST  |

    Args:
        paragraph: its text.
        first: whether nothing stands before it in its unit.
        listing: whether a list is under way before it.
    """
    words = paragraph.strip()
    if first:
        return _Role.PART
    if words[:1] in _DASHES:  # or there are no words at all
        return _Role.ITEM if words else _Role.REST
    lower = next((letter for letter in words if letter.isalpha()), "").islower()
    digit = words[0].isdigit()
    if listing and (lower or digit):
        return _Role.ITEM
    return _Role.REST if lower and not digit else _Role.PART


def _lists(child: Node, indent: int) -> bool:
    """Whether a unit's child is an item of a list."""
    return indent > 1 or child.level in (Level.CLAUSE, Level.SUBCLAUSE)
