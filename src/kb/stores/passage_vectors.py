"""The vectors of passages: one of the whole, and one of each part of a longer one.

The vector of a page of clauses is about all of them and near to none. That of a single clause knows
nothing of what stands around it. A passage's likeness to a query is therefore the mean of two:
the whole passage's, and that of its likeliest part. A passage that is a part by itself has the one
vector only. docs/retrieval.md has the measurement.

Beyond a number of vectors, an index looks at some of them only (`kb.stores.clustered`); the scores
of what it finds are exact for the vectors that it holds, which are float16 then.

    vectors = PassageVectors.build(whole, rows, parts, part_rows)
    vectors.search(query, 100)             # rows and scores, best first
    vectors.scores(query, rows)            # of these rows, whichever of them have a vector
    vectors.write(folder / "vectors.faiss", folder / "parts.faiss")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from kb.stores.clustered import build_index, read_index
from kb.stores.vectors import FaissFlat

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kb.stores.clustered import IndexKind
    from kb.stores.vectors import VectorIndex

    Vectors = NDArray[np.float32]
    Rows = NDArray[np.int64]

_MOST_PARTS = 4096  # of one passage; a part's id is its passage's row times this, plus its number
_FEW = 16  # so many times fewer passages than parts are looked up one by one
_ASKED = 10  # times k that a search asks for of which k are shown, when recall is measured
_ROUNDING = 1e-6  # of scores of unit vectors
_SLACK = 2  # times k that either index is asked for, since the best by mean may be best in neither


class PassageVectors:
    """Two vector indexes under the rows of passages. Threads may share it."""

    def __init__(self, whole: VectorIndex, parts: VectorIndex) -> None:
        self._whole, self._parts = whole, parts
        self._part_ids = parts.rows
        self._part_rows = self._part_ids // _MOST_PARTS

    @classmethod
    def build(cls, whole: Vectors, rows: Rows, parts: Vectors, part_rows: Rows) -> Self:
        """Build exact indexes of the vectors of passages and of parts, (n, d) and (m, d).

        `part_rows` names the passage of each part, ascending.

        Raises:
            ValueError: the shapes do not fit, or a row has too many parts.
        """
        return cls(FaissFlat.build(whole, rows), FaissFlat.build(parts, _part_ids(part_rows)))

    @classmethod
    def build_for_size(
        cls,
        whole: Vectors,
        rows: Rows,
        parts: Vectors,
        part_rows: Rows,
        *,
        asked: Vectors,
        exact_up_to: int,
    ) -> tuple[Self, tuple[IndexKind, IndexKind]]:
        """Build the indexes that suit the numbers of vectors; see `build` and `build_index`.

        Returns:
            both, and how that of the passages and that of the parts search.
        """
        of_whole, how_whole = build_index(whole, rows, asked, exact_up_to)
        of_parts, how_parts = build_index(parts, _part_ids(part_rows), asked, exact_up_to)
        return cls(of_whole, of_parts), (how_whole, how_parts)

    @classmethod
    def read(cls, whole: Path, parts: Path) -> Self:
        """Read the two files that `write` wrote.

        Raises:
            IndexDamaged: one is absent or is not such a file.
        """
        return cls(read_index(whole), read_index(parts))

    def write(self, whole: Path, parts: Path) -> None:
        """Write the two indexes, each to its file."""
        self._whole.write(whole)
        self._parts.write(parts)

    @property
    def dimension(self) -> int:
        """The length d of each vector."""
        return self._whole.dimension

    @property
    def count(self) -> int:
        """How many passages have a vector."""
        return self._whole.count

    @property
    def part_count(self) -> int:
        """How many parts have a vector."""
        return self._parts.count

    def search(self, query: Vectors, k: int, rows: Rows | None = None) -> tuple[Rows, Vectors]:
        """Return the rows and scores of the likeliest passages, best first, ties by row.

        The candidates are those that are best by either vector; among them the order is exact.

        Args:
            query: float32 of shape (d,), of length 1.
            k: how many to return at most.
            rows: search among these alone; None searches all.
        """
        wanted = _SLACK * k
        found, _ = self._whole.search(query, wanted, rows)
        ids = None if rows is None else self._ids_of(rows)
        parts, _ = self._parts.search(query, wanted, ids)
        candidates = np.union1d(found, parts // _MOST_PARTS)
        candidates, scores = self.scores(query, candidates)
        order = np.lexsort((candidates, -scores))[:k]
        return candidates[order], scores[order]

    def scores(self, query: Vectors, rows: Rows) -> tuple[Rows, Vectors]:
        """Return those of `rows` that have a vector, ascending, and their likeness to the query."""
        held, scores = self._whole.scores(query, rows)
        ids, of_parts = self._parts.scores(query, self._ids_of(held))
        best = scores.copy()
        if len(ids):
            owners = ids // _MOST_PARTS
            starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
            best[np.searchsorted(held, owners[starts])] = np.maximum.reduceat(of_parts, starts)
        return held, ((scores + best) / 2).astype(np.float32, copy=False)

    def _ids_of(self, rows: Rows) -> Rows:
        """Return the ids of the parts of these passages, ascending."""
        if len(rows) * _FEW > len(self._part_rows):
            wide: Rows = self._part_ids[np.isin(self._part_rows, rows)]
            return wide
        rows = np.unique(rows)
        starts = np.searchsorted(self._part_rows, rows)
        counts = np.searchsorted(self._part_rows, rows, side="right") - starts
        before = np.cumsum(counts) - counts
        found: Rows = self._part_ids[np.repeat(starts - before, counts) + np.arange(counts.sum())]
        return found


def measured_recall(
    index: PassageVectors,
    whole: Vectors,
    rows: Rows,
    parts: Vectors,
    part_rows: Rows,
    asked: Vectors,
    k: int,
) -> float:
    """Return the share of the k likeliest passages that an index finds, without using one.

    Args:
        index: is measured; it may hold the vectors less precisely.
        whole: the vectors that it was built from, with their rows; so are the next three.
        rows: ascending.
        parts: vectors.
        part_rows: ascending.
        asked: (q, d) float32, the queries.
        k: how many to look for; the index is asked for more, as a search does.
    """
    owners = np.searchsorted(rows, part_rows)
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]]) if len(owners) else owners
    found = wanted = 0
    for query in asked:
        likeness = whole @ query
        best = likeness.copy()
        if len(owners):
            best[owners[starts]] = np.maximum.reduceat(parts @ query, starts)
        likeness = (likeness + best) / 2
        sought = min(k, len(rows))
        if sought:
            worst = np.partition(likeness, -sought)[-sought] - _ROUNDING
            got = index.search(query, _ASKED * k)[0][:k]
            found += int((likeness[np.searchsorted(rows, got)] >= worst).sum())
            wanted += sought
    return found / wanted if wanted else 1.0


def _part_ids(part_rows: Rows) -> Rows:
    numbers = np.arange(len(part_rows)) - np.searchsorted(part_rows, part_rows)
    if len(numbers) and numbers.max() >= _MOST_PARTS:
        raise ValueError(f"A passage has more than {_MOST_PARTS} parts.")
    ids: Rows = (part_rows * _MOST_PARTS + numbers).astype(np.int64)
    return ids
