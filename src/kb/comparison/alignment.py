"""Which sentence of one text says what a sentence of the other says.

The vectors of a model carry the language and the subject as well as the point: two sub-points of
one law, in Russian and in Kazakh, are 0.85 alike before either has said anything of its own. So the
mean of each text's background (other sentences of the same instrument and language) is taken away
first. Then the sentences are paired one to one so that the sum over all pairs is greatest (the
assignment problem; scipy has Jonker and Volgenant's algorithm), with a little for equal quantities
and for the same relative place. What is less alike than the floor stays alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FLOOR = 0.4  # of the centred cosine; see docs/decisions.md for what was measured
# for sentences that both name a quantity of one kind: two instruments word the same rule so
# differently that 14 weeks and 126 days of maternity leave are only 0.22 alike
LOOSE_FLOOR = 0.2
PLACE_BONUS = 0.02  # for the same relative place, falling to nothing for first against last
QUANTITY_BONUS = 0.05  # for pairs that name the same quantities


class Pair(NamedTuple):
    """Two sentences, by their places."""

    a: int
    b: int
    similarity: float  # centred cosine, without bonuses


def align(
    a: NDArray[np.float32],
    b: NDArray[np.float32],
    *,
    bonus: NDArray[np.float32] | None = None,
    place_bonus: float = PLACE_BONUS,
    floor: float | NDArray[np.float32] = FLOOR,
) -> tuple[Pair, ...]:
    """Pair the rows of `a` and `b` (centred, of length 1), in the order of `a`.

    Args:
        a: vectors of one text's sentences, of shape (n, dimension).
        b: those of the other's, of shape (m, dimension).
        bonus: what else speaks for a pair, of shape (n, m).
        place_bonus: added for the same relative place.
        floor: pairs that are less alike are none, whatever their bonus; one for all, or for each
            pair, of shape (n, m).
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - a search does without

    similarity = a @ b.T
    gain = similarity - floor + place_bonus * _nearness(*similarity.shape)
    if bonus is not None:
        gain = gain + bonus
    gain = np.where(similarity >= floor, gain, 0)  # staying alone costs and gains nothing
    paired = similarity >= floor
    return tuple(
        Pair(int(i), int(j), float(similarity[i, j]))
        for i, j in zip(*linear_sum_assignment(gain, maximize=True), strict=True)
        if paired[i, j]
    )


def centred(vectors: NDArray[np.float32], background: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take the mean of the background from vectors, and give them length 1 again."""
    moved = vectors - background.mean(axis=0)
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    result: NDArray[np.float32] = moved / np.maximum(lengths, 1e-6)
    return result


def _nearness(n: int, m: int) -> NDArray[np.float64]:
    """Return 1 where two places are relatively the same, down to 0: shape (n, m)."""
    rows, columns = (np.arange(size) / max(size - 1, 1) for size in (n, m))
    nearness: NDArray[np.float64] = 1 - np.abs(rows[:, None] - columns[None, :])
    return nearness
