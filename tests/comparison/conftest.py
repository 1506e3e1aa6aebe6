"""Tiny statutes written for these tests, as editions, and how their comparison is read."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from kb.comparison import Op, compare
from kb.documents import Edition, Language, Provenance
from kb.readers.plain import read_plain
from kb.structure import parse_structure

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.comparison import Comparison, NodeChange

MARKS = {Op.EQUAL: "{}", Op.DELETED: "[-{}-]", Op.INSERTED: "{{+{}+}}"}


def as_edition(text: str, language: Language = Language.ENGLISH) -> Edition:
    source = read_plain(textwrap.dedent(text).strip("\n") + "\n")
    nodes = parse_structure(source)
    return Edition(
        "kites", language, Provenance.OFFICIAL, source.text, nodes, "kites.txt", "0" * 64
    )


def marked(change: NodeChange) -> str:
    """The words of a change on one line, with marks around what was deleted or inserted."""
    words = "".join(MARKS[piece.op].format(piece.text) for piece in change.pieces)
    return " ".join(words.split())


def told(comparison: Comparison) -> list[str]:
    """What differs, a line a unit and below it a line a leaf."""
    lines = []
    for unit in comparison.units:
        if unit.kind == "unchanged":
            continue
        lines.append(f"{unit.kind}: {_names(unit.eid_a, unit.eid_b)}")
        lines += [
            f"  {change.kind}: {_names(change.eid_a, change.eid_b)} | {marked(change)}"
            for change in unit.changes
            if change.kind != "unchanged"
        ]
        lines += [f"  moved: {move.eid_a} → {move.eid_b}" for move in unit.moved_away]
    return lines


def _names(a: str | None, b: str | None) -> str:
    return a or "—" if a == b else f"{a or '—'} → {b or '—'}"


@pytest.fixture
def edition() -> Callable[..., Edition]:
    """A function from a text to an edition of one document."""
    return as_edition


@pytest.fixture
def changes() -> Callable[[str, str], list[str]]:
    """A function from two texts to what differs between them."""
    return lambda a, b: told(compare(as_edition(a), as_edition(b)))
