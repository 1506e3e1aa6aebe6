"""Editions in time: which wording holds on a day, and what became of a provision.

    valid_from        valid_to
        ├───────────────┤               a wording that another one has replaced
                        ├─────────▶     the one that holds today
    ├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▶     a text of which no dates are known

A text without dates cannot be shown not to have held on a day, so it is let through, and whoever
shows it says so. An expired or repealed instrument keeps its last wording: it is shown, and said
to have ended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from kb.documents import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kb.documents import Document, Edition, Language, Node, Provenance

_SHORTEST = 20  # characters of a text that is known again under another number


class Dated(Protocol):
    """An edition, or its summary."""

    @property
    def valid_from(self) -> date | None:
        """First day on which it held; None: not known."""

    @property
    def valid_to(self) -> date | None:
        """First day on which it no longer held; None: still open."""


def today() -> date:
    """Return the day that it is here."""
    return datetime.now().astimezone().date()


def holds_on(edition: Dated, day: date) -> bool:
    """Whether a wording held on a day, as far as its dates are known."""
    begun = edition.valid_from is None or edition.valid_from <= day
    return begun and (edition.valid_to is None or day < edition.valid_to)


class Change(StrEnum):
    """What an edition made of a provision."""

    FIRST_HELD = "first-held"  # it stands in the oldest wording that is held
    APPEARED = "appeared"
    CHANGED = "changed"
    RENUMBERED = "renumbered"  # the same words under another number
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Version:
    """A wording of a provision, from the edition that brought it."""

    change: Change
    edition_id: str
    language: Language
    provenance: Provenance
    eid: str  # of the provision in this edition; of a removed one, where it stood before
    valid_from: date | None
    valid_to: date | None  # until when this wording of the provision held
    amended_by: str | None  # the act that brought the edition
    text: str  # verbatim; "" where it was removed


def series_of(editions: Iterable[Edition], like: Edition) -> tuple[Edition, ...]:
    """Return the editions that follow one another with `like`: its language, its provenance."""
    return tuple(
        sorted(
            (
                edition
                for edition in editions
                if (edition.language, edition.provenance) == (like.language, like.provenance)
            ),
            key=lambda edition: (edition.valid_from is not None, edition.valid_from or date.min),
        )
    )


def history_of(document: Document, edition: Edition, eid: str) -> tuple[Version, ...]:
    """Return the wordings of a provision, the oldest first.

    Args:
        document: with all its editions.
        edition: where the provision is called `eid`; its language and provenance are followed.
        eid: the provision.

    White space and editors' notes make no new wording. A provision whose words stand under another
    number in the next edition is followed there.
    """
    editions = series_of(document.editions, edition)
    at = editions.index(edition)
    back = _followed(reversed(editions[: at + 1]), eid)
    ahead = _followed(editions[at:], eid)
    places = [*reversed(back), *ahead[1:]]
    return tuple(_versions(editions, places))


def _followed(editions: Iterable[Edition], eid: str) -> list[str | None]:
    """Return what a provision is called in each edition, which are in order; None: not there."""
    found: list[str | None] = []
    before: Edition | None = None
    name: str | None = eid
    for edition in editions:
        if before is not None and name is not None:
            name = same_provision(before, name, edition)
        found.append(name)
        before = edition
    return found


def same_provision(before: Edition, eid: str, after: Edition) -> str | None:
    """Return what a provision of one edition is called in another; None where it is not there.

    Words that stand unchanged under another number, and there alone, are the provision; otherwise
    the unit of the same number is.
    """
    node = before.node(eid)
    if node is None:
        return None
    same = after.node(eid)
    words = _words(before, node)
    if same is not None and _words(after, same) == words:
        return eid
    moved = _only_place(after, node.level, words)
    if moved is not None:
        there_before = before.node(moved)
        if there_before is None or _words(before, there_before) != words:
            return moved
    if same is None:
        return None
    # an insertion may have given the number to another provision
    owner = _only_place(before, same.level, _words(after, same))
    return eid if owner in (None, eid) else None


def _only_place(edition: Edition, level: Level, words: str) -> str | None:
    """Return the one unit of a level that has these words; None where none or several have."""
    if len(words) < _SHORTEST:
        return None
    found = [
        node.eid
        for node in edition.nodes
        if node.level is level
        and node.span.end - node.span.start >= len(words)
        and _words(edition, node) == words
    ]
    return found[0] if len(found) == 1 else None


def _versions(editions: Sequence[Edition], places: Sequence[str | None]) -> Iterator[Version]:
    known: tuple[str, str] | None = None  # eid and words in the edition before
    found: list[tuple[Change, Edition, str]] = []
    for at, (edition, eid) in enumerate(zip(editions, places, strict=True)):
        node = edition.node(eid) if eid is not None else None
        if node is None:
            if known is not None:
                found.append((Change.REMOVED, edition, known[0]))
            known = None
            continue
        words = _words(edition, node)
        if known is None:
            found.append((Change.APPEARED if at else Change.FIRST_HELD, edition, node.eid))
        elif known[1] != words:
            found.append((Change.CHANGED, edition, node.eid))
        elif known[0] != node.eid:
            found.append((Change.RENUMBERED, edition, node.eid))
        known = node.eid, words
    ends = [edition.valid_from for _, edition, _ in found[1:]]
    last = editions[-1].valid_to if known is not None else None
    for (change, edition, eid), end in zip(found, [*ends, last], strict=True):
        gone = change is Change.REMOVED
        node = edition.node(eid)
        yield Version(
            change=change,
            edition_id=edition.id,
            language=edition.language,
            provenance=edition.provenance,
            eid=eid,
            valid_from=edition.valid_from,
            valid_to=None if gone else end,
            amended_by=edition.amended_by,
            text="" if gone or node is None else edition.text_of(node),
        )


def _words(edition: Edition, unit: Node) -> str:
    """Return a unit's words without its number, editors' notes and white space."""
    parts = [unit.heading or ""]
    parts += (_unnumbered(edition.text_of(leaf), leaf, unit) for leaf in _norm(edition, unit))
    return " ".join(" ".join(parts).split())


def _norm(edition: Edition, unit: Node) -> Iterator[Node]:
    """Yield the leaves of a unit, headings and editors' notes left out."""
    below = edition.children(unit.eid)
    for child in below:
        yield from _norm(edition, child)
    if not below and unit.level not in (Level.NOTE, Level.HEADING):
        yield unit


def _unnumbered(text: str, leaf: Node, unit: Node) -> str:
    """Leave out the number that the unit itself is printed with: `3. The leave …`."""
    if leaf.span.start != unit.span.start or not unit.number:
        return text
    return re.sub(rf"^\s*\(?{re.escape(unit.number)}\s*[.)]*\s*", "", text, flags=re.IGNORECASE)
