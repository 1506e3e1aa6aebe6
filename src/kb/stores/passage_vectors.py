"""The vectors of passages: of the whole, of each part of a longer one, of how its unit opens.

The vector of a page of clauses is about all of them and near to none. That of a single clause knows
nothing of what stands around it. The opening of an article tells what the article is about, and
that goes for its last clause too. A passage's likeness to a query is therefore the sum of
three: its own, that of its likeliest part, and that of the opening of its unit. A passage that is
a part by itself, or a unit by itself, is its own part and its own opening. docs/retrieval.md has
the measurement.

Beyond a number of vectors, an index looks at some of them only (`kb.stores.clustered`); the scores
of what it finds are exact for the vectors that it holds, which are float16.

    vectors = PassageVectors.build(arrays)
    rows = vectors.candidates(query, 100)  # those that are likeliest by the whole or by a part
    vectors.scores(query, rows)            # of these rows, whichever of them have a vector
    vectors.search(query, 100)             # both: rows and scores, best first
    vectors.write(folder / "vectors.faiss", folder / "parts.faiss", folder / "openings.faiss")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from kb.stores.clustered import build_index, read_index
from kb.stores.vectors import FaissFlat, LastRows, best_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kb.stores.clustered import IndexKind
    from kb.stores.vectors import VectorIndex

    Vectors = NDArray[np.float32]
    Rows = NDArray[np.int64]

PART, OPENING = 0.5, 0.2  # of a likeness that come from the likeliest part, and from the opening
WIDEST = 4096  # parts of a passage, passages of a unit; ids are a row times this, plus a number
_ASKED = 10  # times k that a search asks for of which k are shown, when recall is measured
_ROUNDING = 1e-6  # of scores of unit vectors
_SLACK = 2  # times k that either index is asked for, since the best by sum may be best in neither


@dataclass(frozen=True, slots=True)
class PassageArrays:
    """What the indexes are built from; float32 of dimension d."""

    whole: Vectors  # (n, d)
    rows: Rows  # (n,): of the passages, ascending
    parts: Vectors  # (m, d)
    part_rows: Rows  # (m,): the passage of each part, ascending
    openings: Vectors  # (o, d)
    spans: Rows  # (o, 2): first and last row of each unit, ascending, apart from each other

    def part_ids(self) -> Rows:
        """Return an id of each part: its passage's row × 4096 + its number there.

        Raises:
            ValueError: a passage has too many parts.
        """
        numbers = np.arange(len(self.part_rows)) - np.searchsorted(self.part_rows, self.part_rows)
        return _ids(self.part_rows, numbers, "A passage has more parts than")

    def opening_ids(self) -> Rows:
        """Return an id of each opening: its unit's first row × 4096 + the number of rows after it.

        Raises:
            ValueError: a unit has too many passages.
        """
        first, last = self.spans.reshape(-1, 2).T
        return _ids(first, last - first, "A unit has more passages than")


def _ids(rows: Rows, numbers: Rows, too_many: str) -> Rows:
    if len(numbers) and numbers.max() >= WIDEST:
        raise ValueError(f"{too_many} {WIDEST}.")
    ids: Rows = (rows * WIDEST + numbers).astype(np.int64)
    return ids


class PassageVectors:
    """Three vector indexes under the rows of passages. Threads may share it."""

    def __init__(self, whole: VectorIndex, parts: VectorIndex, openings: VectorIndex) -> None:
        self._whole, self._parts, self._openings = whole, parts, openings
        self._filtered = LastRows()
        self._part_ids = parts.rows
        self._part_rows = self._part_ids // WIDEST
        self._end = int(whole.rows[-1]) + 1 if whole.count else 0
        self._has = np.zeros(self._end + 1, dtype=np.bool_)  # by row; the last is any after them
        self._has[whole.rows] = True
        self._opening_ids = openings.rows
        self._firsts, widths = np.divmod(self._opening_ids, WIDEST)
        self._lasts = self._firsts + widths

    @classmethod
    def build(cls, arrays: PassageArrays) -> Self:
        """Build exact indexes.

        Raises:
            ValueError: the shapes do not fit, or a passage or unit has too many parts.
        """
        return cls(
            FaissFlat.build(arrays.whole, arrays.rows),
            FaissFlat.build(arrays.parts, arrays.part_ids()),
            FaissFlat.build(arrays.openings, arrays.opening_ids()),
        )

    @classmethod
    def build_for_size(
        cls, arrays: PassageArrays, *, asked: Vectors, exact_up_to: int
    ) -> tuple[Self, tuple[IndexKind, ...]]:
        """Build the indexes that suit the numbers of vectors; see `build` and `build_index`.

        Returns:
            them, and how that of the passages, of the parts and of the openings search.
        """
        indexes, kinds = zip(
            *(
                build_index(vectors, rows, asked, exact_up_to)
                for vectors, rows in (
                    (arrays.whole, arrays.rows),
                    (arrays.parts, arrays.part_ids()),
                    (arrays.openings, arrays.opening_ids()),
                )
            ),
            strict=True,
        )
        return cls(*indexes), kinds

    @classmethod
    def read(cls, whole: Path, parts: Path, openings: Path) -> Self:
        """Read the three files that `write` wrote.

        Raises:
            IndexDamaged: one is absent or is not such a file.
        """
        return cls(read_index(whole), read_index(parts), read_index(openings))

    def write(self, whole: Path, parts: Path, openings: Path) -> None:
        """Write the three indexes, each to its file."""
        self._whole.write(whole)
        self._parts.write(parts)
        self._openings.write(openings)

    def have(self, rows: Rows) -> NDArray[np.bool_]:
        """Return of each row whether it has a vector; an editor's note has none."""
        found: NDArray[np.bool_] = self._has[np.minimum(rows, self._end)]
        return found

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

    def candidates(self, query: Vectors, k: int, rows: Rows | None = None) -> Rows:
        """Return, ascending, the rows that are best by the vector of the whole or of a part.

        Args:
            query: float32 of shape (d,), of length 1.
            k: how many are wanted of them; there are several times as many, if so many have one.
            rows: among these alone; None stands for all.
        """
        wanted = _SLACK * k
        found = self._whole.candidates(query, wanted, rows)
        ids = None if rows is None else self._filtered.of(rows, self._ids_of)
        parts = self._parts.candidates(query, wanted, ids)
        return np.union1d(found, parts // WIDEST)

    def search(self, query: Vectors, k: int, rows: Rows | None = None) -> tuple[Rows, Vectors]:
        """Return the rows and scores of the likeliest of `candidates`, best first, ties by row."""
        return best_of(*self.scores(query, self.candidates(query, k, rows)), k)

    def scores(self, query: Vectors, rows: Rows) -> tuple[Rows, Vectors]:
        """Return those of `rows` that have a vector, ascending, and their likeness to the query."""
        held, scores = self._whole.scores(query, rows)
        starts, counts = self._parts_of(held)
        ids = self._part_ids[_ranges(starts, counts)]
        best = scores.copy()
        if len(ids):
            _, of_parts = self._parts.scores(query, ids)
            some = np.flatnonzero(counts)
            counts = counts[some]
            best[some] = np.maximum.reduceat(of_parts, np.cumsum(counts) - counts)
        return held, _likeness(scores, best, self._opening_scores(query, held, scores))

    def _opening_scores(self, query: Vectors, rows: Rows, own: Vectors) -> Vectors:
        """Return the likeness of the opening of each row's unit; of one without, its own."""
        scores = own.copy()
        at = np.searchsorted(self._firsts, rows, side="right") - 1
        inside = np.flatnonzero(at >= 0)
        inside = inside[rows[inside] <= self._lasts[at[inside]]]
        if len(inside):
            ids = self._opening_ids[at[inside]]
            found, of_openings = self._openings.scores(query, np.unique(ids))
            scores[inside] = of_openings[np.searchsorted(found, ids)]
        return scores

    def _ids_of(self, rows: Rows) -> Rows:
        """Return the ids of the parts of these passages, ascending."""
        return self._part_ids[_ranges(*self._parts_of(np.unique(rows)))]

    def _parts_of(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return where the parts of each passage begin, and how many there are."""
        starts = np.searchsorted(self._part_rows, rows)
        return starts, np.searchsorted(self._part_rows, rows, side="right") - starts


def _ranges(starts: Rows, counts: Rows) -> Rows:
    """Return the numbers from each start on, so many of each."""
    before = np.cumsum(counts) - counts
    found: Rows = np.repeat(starts - before, counts) + np.arange(counts.sum())
    return found


def measured_recall(index: PassageVectors, arrays: PassageArrays, asked: Vectors, k: int) -> float:
    """Return the share of the k likeliest passages that an index finds, without using one.

    Args:
        index: is measured; it may hold the vectors less precisely.
        arrays: that it was built from.
        asked: (q, d) float32, the queries.
        k: how many to look for; the index is asked for more, as a search does.
    """
    rows = arrays.rows
    owners = np.searchsorted(rows, arrays.part_rows)
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]]) if len(owners) else owners
    firsts, lasts = arrays.spans.reshape(-1, 2).T
    at = np.searchsorted(firsts, rows, side="right") - 1
    inside = np.flatnonzero(at >= 0)
    inside = inside[rows[inside] <= lasts[at[inside]]]
    found = wanted = 0
    for query in asked:
        own = arrays.whole @ query
        best, opening = own.copy(), own.copy()
        if len(owners):
            best[owners[starts]] = np.maximum.reduceat(arrays.parts @ query, starts)
        if len(inside):
            opening[inside] = (arrays.openings @ query)[at[inside]]
        likeness = _likeness(own, best, opening)
        sought = min(k, len(rows))
        if sought:
            worst = np.partition(likeness, -sought)[-sought] - _ROUNDING
            got = index.search(query, _ASKED * k)[0][:k]
            found += int((likeness[np.searchsorted(rows, got)] >= worst).sum())
            wanted += sought
    return found / wanted if wanted else 1.0


def _likeness(whole: Vectors, part: Vectors, opening: Vectors) -> Vectors:
    likeness: Vectors = (1 - PART - OPENING) * whole + PART * part + OPENING * opening
    return likeness.astype(np.float32, copy=False)
