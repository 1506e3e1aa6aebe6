"""Reciprocal rank fusion, in which a leg without evidence takes no part.

Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
Learning Methods", SIGIR 2009: score(d) = Σ over legs 1 / (k + rank of d in the leg), k = 60.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

K = 60


def reciprocal_rank_fusion(
    legs: Mapping[str, Sequence[int]], k: int = K
) -> list[tuple[int, float]]:
    """Fuse rankings of row numbers, each best first, into one; best first, ties by row.

    A leg that abstains is an empty ranking. With one leg left, its order is the result.

    >>> reciprocal_rank_fusion({"dense": [7, 3], "lexical": [3]})[0][0]
    3
    """
    scores: dict[int, float] = {}
    for ranking in legs.values():
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1.0 / (k + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
