"""The legs' scores made into one.

    score = (likeness - noise) + WORDS × words + SUBJECT × subject + standing
            - SAME × better passages of the same instrument

Likeness is the cosine to the query; the noise is what an unrelated question usually reaches in the
passage's language, so that passages in different languages can be compared. Words is the lexical
leg's score, between 0 and 1; subject that of the entries of the subject index that lead there.
Scores are fused and not ranks: a rank says nothing of how much better the first is than the
second, and a leg that has no evidence still has a first. docs/retrieval.md compares both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORDS = 0.13  # worth of matching every word, on the scale of likeness
SUBJECT = 1.0  # worth of what entries of the subject index exceed noise by
SAME = 0.006  # what a passage loses for each better one of its own instrument


def spread(
    rows: NDArray[np.int64],
    scores: NDArray[np.float64],
    groups: NDArray[np.int64],
    lost: float = SAME,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Let no instrument fill the page: the n-th best passage of a group loses `lost` × (n - 1).

    Takes rows, their scores and the number of the group of each, best first; returns rows and
    scores, best first, ties by row. The order within a group stays.

    >>> spread(*map(np.array, ([1, 2, 3], [0.305, 0.304, 0.302], [7, 7, 8])))[0].tolist()
    [1, 3, 2]
    """
    scores = scores - lost * numbered(groups)
    order = np.lexsort((rows, -scores))
    return rows[order], scores[order]


def numbered(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return of each place how many places of its group stand before it.

    >>> numbered(np.array([7, 7, 8, 7])).tolist()
    [0, 1, 0, 2]
    """
    together = np.argsort(groups, kind="stable")
    sorted_groups = groups[together]
    before = np.empty(len(groups), dtype=np.int64)
    before[together] = np.arange(len(groups)) - np.searchsorted(sorted_groups, sorted_groups)
    return before
