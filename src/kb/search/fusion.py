"""The legs' scores made into one.

    score = likeness - noise + WORDS × words - SAME × better passages of the same instrument

Likeness is the cosine to the query; the noise is what an unrelated question usually reaches in the
passage's language, so that passages in different languages can be compared. Words is the lexical
leg's score, between 0 and 1. Scores are fused and not ranks: a rank says nothing of how much better
the first is than the second, and a leg that has no evidence still has a first.
docs/retrieval.md compares both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WORDS = 0.13  # worth of matching every word, on the scale of likeness
SUBJECT = 1.0  # worth of what entries of the subject index exceed noise by
SAME = 0.006  # what a passage loses for each better one of its own instrument


def spread(
    ranked: Sequence[tuple[int, float]], group: Callable[[int], str], lost: float = SAME
) -> list[tuple[int, float]]:
    """Let no instrument fill the page: the n-th best passage of a group loses `lost` × (n - 1).

    Best first, ties by row; the order within a group stays.

    >>> spread([(1, 0.305), (2, 0.304), (3, 0.302)], {1: "a", 2: "a", 3: "b"}.__getitem__)[1][0]
    3
    """
    seen: dict[str, int] = {}
    scores = []
    for row, score in ranked:
        before = seen.get(group(row), 0)
        seen[group(row)] = before + 1
        scores.append((row, score - lost * before))
    return sorted(scores, key=lambda item: (-item[1], item[0]))
