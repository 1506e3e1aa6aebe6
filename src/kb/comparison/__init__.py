"""Two editions of one document, side by side: what became of each provision, word by word.

    leaves of A ─┐
                 ├─▶ pairs ─▶ pieces (equal, deleted, inserted) ─▶ units, article by article
    leaves of B ─┘  matching   wording                             comparing

Nothing is summed up and nothing is lost: the pieces of a comparison hold both canonical texts, so
that `apply(comparison, text_a)` is B's text and `revert(comparison, text_b)` is A's.
"""

from __future__ import annotations

from kb.comparison.changes import (
    ChangeKind,
    Comparison,
    Counts,
    Move,
    NodeChange,
    Op,
    Piece,
    UnitChange,
    apply,
    revert,
)
from kb.comparison.choosing import edition_at
from kb.comparison.comparing import compare

__all__ = [
    "ChangeKind",
    "Comparison",
    "Counts",
    "Move",
    "NodeChange",
    "Op",
    "Piece",
    "UnitChange",
    "apply",
    "compare",
    "edition_at",
    "revert",
]
