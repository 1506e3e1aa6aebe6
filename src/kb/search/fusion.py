"""Reciprocal rank fusion, in which a leg without evidence takes no part.

Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
Learning Methods", SIGIR 2009: score(d) = Σ over legs 1 / (k + rank of d in the leg), k = 60.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

K = 60


SPREAD = 0.9  # what a passage keeps of its score for each better one of its own document


def spread(
    ranked: Sequence[tuple[int, float]], group: Callable[[int], str], keep: float = SPREAD
) -> list[tuple[int, float]]:
    """Let no document fill the page: the n-th best passage of a group keeps `keep` ** (n - 1).

    The order within a group stays. A convention in the reader's language would otherwise push the
    national law, held in another language, off the first page.

    >>> spread([(1, 0.33), (2, 0.32), (3, 0.31)], {1: "a", 2: "a", 3: "b"}.__getitem__)[1][0]
    3
    """
    seen: dict[str, int] = {}
    scores = []
    for row, score in ranked:
        before = seen.get(group(row), 0)
        seen[group(row)] = before + 1
        scores.append((row, score * keep**before))
    return sorted(scores, key=lambda item: (-item[1], item[0]))


def reciprocal_rank_fusion(
    legs: Mapping[str, Sequence[int]],
    k: int = K,
    voices: Callable[[int], int] | None = None,
) -> list[tuple[int, float]]:
    """Fuse rankings of row numbers, each best first, into one; best first, ties by row.

    A leg that abstains is an empty ranking. With one leg left, its order is the result. A leg may
    also abstain on a part of the rows, such as a language that it has no words in: `voices` then
    says how many legs could speak for a row, and the row's score is as if all had spoken alike.

    >>> reciprocal_rank_fusion({"dense": [7, 3], "lexical": [3]})[0][0]
    3
    """
    speaking = sum(1 for ranking in legs.values() if ranking)
    scores: dict[int, float] = {}
    for ranking in legs.values():
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1.0 / (k + rank)
    if voices is not None:
        scores = {row: score * speaking / voices(row) for row, score in scores.items()}
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
