"""Exact nearest neighbours by inner product: FAISS for work, numpy as its oracle.

Where there are so many vectors that looking at each takes too long, `kb.stores.clustered` has the
index that looks at some. These two implement `VectorIndex` and give the same rows *and the same
scores* for every query, which the tests check. That takes care, since the order in which a machine
adds up a product's terms changes its last bits: FAISS therefore chooses the candidates, generously,
and `exact_scores` scores them. So equal vectors have equal scores, ties are broken by row, and a
score is the same number on every machine.

Vectors are held as float16, in half the room, and FAISS compares them in less than half the time;
of the ten nearest, 0.999 are the same. Exact is what is said of the vectors as they are held.

A passage that is not embedded (an editor's note) has no vector, so an index holds the row number
of each vector that it has.

    index = FaissFlat.build(vectors, rows)             # (n, d) float32 and (n,) int64
    index.search(query, 10)                            # rows and scores, best first
    index.search(query, 10, rows=records.rows(languages=[Language.RUSSIAN]))
    index.write(folder / "vectors.faiss")
    index = FaissFlat.read(folder / "vectors.faiss")
"""

from __future__ import annotations

import threading
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, Self

import faiss
import numpy as np

from kb.errors import IndexDamaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Codes = NDArray[np.uint8]  # (n, 2d): the bytes of float16, as a mapped file has them: anywhere
    Rows = NDArray[np.int64]
    Mask = NDArray[np.bool_]

_SLACK = 16  # candidates beyond k that FAISS is asked for at first
_MANY = 3  # times what a filter lets pass are all, at most: FAISS need not know of it then,
_MORE = 1.25  # if it is asked for so many times more, since they do not pass evenly
_WIDE = 16  # a filter that lets more than one row in so many pass is marked, not looked up,
_DENSE = 16  # where rows are no farther apart than this, on the average
_EPSILON = float(np.finfo(np.float32).eps)
_BLOCK = 8192  # vectors that are decoded or scored at once: 25 MB at 384 dimensions
_KIND = faiss.ScalarQuantizer.QT_fp16
_INFINITE = 0x7C00  # in the bits of a float16: the exponent of what is infinite, or no number

# FAISS's limit on what a file may make it allocate belongs to the process, not to a read.
_reading = threading.Lock()


class VectorIndex(Protocol):
    """Vectors under row numbers, searched by inner product.

    Vectors of unit length, as the models give them, make the inner product the cosine.
    """

    @property
    def dimension(self) -> int:
        """The length d of each vector."""

    @property
    def count(self) -> int:
        """How many vectors there are."""

    @property
    def rows(self) -> Rows:
        """The rows that have a vector, ascending."""

    def candidates(self, query: Vectors, k: int, rows: Rows | None = None) -> Rows:
        """Return rows among which those of the best k vectors are, in any order; see `search`."""

    def search(self, query: Vectors, k: int, rows: Rows | None = None) -> tuple[Rows, Vectors]:
        """Return the rows and the scores of the best vectors, best first, ties by row.

        Args:
            query: float32 of shape (d,).
            k: how many to return at most; fewer come back only when there are fewer.
            rows: search among these alone; None searches all. Rows without a vector are ignored.

        Raises:
            ValueError: the query has another shape or is not finite.
        """

    def scores(self, query: Vectors, rows: Rows) -> tuple[Rows, Vectors]:
        """Return those of `rows` that have a vector, ascending, and their scores."""

    def write(self, path: Path) -> None:
        """Write the index to one file, which the class's `read` takes."""


class NumpyFlat:
    """The oracle: every product computed, then sorted."""

    def __init__(self, vectors: Vectors, rows: Rows) -> None:
        self._vectors, self._rows = vectors, rows

    @classmethod
    def build(cls, vectors: Vectors, rows: Rows) -> Self:
        """Build from (n, d) float32 vectors and the (n,) int64 rows that they are of.

        Raises:
            ValueError: the shapes do not fit, a row occurs twice, or a number is not finite or too
                large for a float16.
        """
        vectors, rows = checked(vectors, rows)
        return cls(as_held(vectors), rows)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file that `write` wrote.

        Raises:
            IndexDamaged: the file is absent or is not such a file.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return cls.build(arrays["vectors"], arrays["rows"])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise damaged(path, error) from error

    @property
    def dimension(self) -> int:
        """The length d of each vector."""
        return int(self._vectors.shape[1])

    @property
    def count(self) -> int:
        """How many vectors there are."""
        return len(self._rows)

    @property
    def rows(self) -> Rows:
        """The rows that have a vector, ascending."""
        return self._rows

    def candidates(self, query: Vectors, k: int, rows: Rows | None = None) -> Rows:
        """Return rows among which those of the best k are; see `VectorIndex`."""
        return self.search(query, k, rows)[0]

    def search(self, query: Vectors, k: int, rows: Rows | None = None) -> tuple[Rows, Vectors]:
        """Return the rows and the scores of the best vectors; see `VectorIndex`."""
        query = checked_query(query, self.dimension)
        chosen = slice(None) if rows is None else positions_of(self._rows, rows)
        scores = exact_scores(self._vectors[chosen], query)
        return best_of(self._rows[chosen], scores, k)

    def scores(self, query: Vectors, rows: Rows) -> tuple[Rows, Vectors]:
        """Return the rows that have a vector, and their scores; see `VectorIndex`."""
        chosen = positions_of(self._rows, rows)
        return self._rows[chosen], exact_scores(self._vectors[chosen], query)

    def write(self, path: Path) -> None:
        """Write the index to one file."""
        with path.open("wb") as file:
            np.savez(file, vectors=self._vectors, rows=self._rows)


class FaissFlat:
    """A FAISS `IndexScalarQuantizer` of float16; its file is an `IndexIDMap` with rows as ids."""

    def __init__(self, mapped: faiss.Index) -> None:
        """Take a FAISS index over, or raise ValueError when it is not what `write` writes."""
        if not isinstance(mapped, faiss.IndexIDMap):
            raise ValueError(f"it holds a {type(mapped).__name__}")  # noqa: TRY004
        flat = faiss.downcast_index(mapped.index)
        if not isinstance(flat, faiss.IndexScalarQuantizer):
            raise ValueError(f"it holds a {type(flat).__name__}")  # noqa: TRY004
        if flat.sq.qtype != _KIND or flat.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise ValueError("it holds vectors of another kind")
        self._mapped, self._flat = mapped, flat
        self._rows: Rows = faiss.vector_to_array(mapped.id_map)
        sizes = {flat.d, mapped.d, flat.sq.d, flat.code_size // 2, flat.sq.code_size // 2}
        same = len(self._rows) == flat.ntotal == mapped.ntotal and len(sizes) == 1
        if not same or flat.codes.size() != flat.ntotal * 2 * flat.d or not flat.is_trained:
            raise ValueError("its parts disagree about its size")
        self._codes = _view(flat)
        self._allowed = LastRows()
        self._longest = _longest_held(self._codes)
        if np.any(self._rows[1:] <= self._rows[:-1]) or not np.isfinite(self._longest):
            raise ValueError("its rows do not ascend, or a number in it is not finite")

    @classmethod
    def build(cls, vectors: Vectors, rows: Rows) -> Self:
        """Build from (n, d) float32 and (n,) int64; see `NumpyFlat.build`."""
        vectors, rows = checked(vectors, rows)
        flat = faiss.IndexScalarQuantizer(vectors.shape[1], _KIND, faiss.METRIC_INNER_PRODUCT)
        mapped = faiss.IndexIDMap(flat)
        add_as_held(mapped, vectors, rows)
        return cls(mapped)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file that `write` wrote.

        Raises:
            IndexDamaged: the file is absent, or it is not such a file. A changed bit within a
                vector is not noticed here; the hash in the generation's manifest shows it.
        """
        try:
            return cls(read_faiss(path))
        except (OSError, RuntimeError, MemoryError, ValueError) as error:
            raise damaged(path, error) from error

    @property
    def dimension(self) -> int:
        """The length d of each vector."""
        return int(self._flat.d)

    @property
    def count(self) -> int:
        """How many vectors there are."""
        return int(self._flat.ntotal)

    @property
    def rows(self) -> Rows:
        """The rows that have a vector, ascending."""
        return self._rows

    def candidates(self, query: Vectors, k: int, rows: Rows | None = None) -> Rows:
        """Return rows among which those of the best k are; see `VectorIndex`."""
        return self._rows[self._candidates(checked_query(query, self.dimension), k, rows)]

    def search(self, query: Vectors, k: int, rows: Rows | None = None) -> tuple[Rows, Vectors]:
        """Return the rows and the scores of the best vectors; see `VectorIndex`."""
        query = checked_query(query, self.dimension)
        positions = self._candidates(query, k, rows)
        scores = held_scores(self._codes, positions, query)
        return best_of(self._rows[positions], scores, k)

    def scores(self, query: Vectors, rows: Rows) -> tuple[Rows, Vectors]:
        """Return the rows that have a vector, and their scores; see `VectorIndex`."""
        query = checked_query(query, self.dimension)
        positions = positions_of(self._rows, rows)
        return self._rows[positions], held_scores(self._codes, positions, query)

    def write(self, path: Path) -> None:
        """Write the index to one file."""
        write_faiss(self._mapped, path)

    def _mask(self, rows: Rows) -> Mask:
        return mask_of(self._rows, rows)

    def _candidates(self, query: Vectors, k: int, rows: Rows | None) -> Rows:
        """Return positions among which the best k by exact score certainly are."""
        allowed = None if rows is None else self._allowed.of(rows, self._mask)
        rounding = self.dimension * _EPSILON * self._longest * _norm(query)

        def search(limit: int, among: Mask | None) -> tuple[Vectors, Rows]:
            parameters = None
            if among is not None:
                parameters = faiss.SearchParameters(sel=bitmap(among))  # type: ignore[call-arg]
            with one_thread():
                scores, positions = self._flat.search(query[None, :], limit, params=parameters)
            return scores[0], positions[0]

        found = None
        if allowed is not None:
            found = candidates_of_many(lambda limit: search(limit, None), k, allowed, 2 * rounding)
        if found is None:
            available = self.count if allowed is None else int(np.count_nonzero(allowed))
            found = candidates(lambda limit: search(limit, allowed), k, available, 2 * rounding)
        if found is not None:
            return found
        everything = np.arange(self.count) if allowed is None else np.flatnonzero(allowed)
        return everything if k > 0 else everything[:0]


class LastRows:
    """What was worked out of the rows that were asked for last.

    The same filter is asked for again and again: today's law, in every language. Kept by identity,
    and of arrays alone that nobody can change. Threads may share it.
    """

    def __init__(self) -> None:
        self._last: tuple[Rows, NDArray[Any]] | None = None

    def of(self, rows: Rows, work: Callable[[Rows], NDArray[Any]]) -> NDArray[Any]:
        """Return what `work` makes of the rows, or has made of them."""
        last = self._last
        if last is not None and last[0] is rows:
            return last[1]
        found = work(rows)
        if not rows.flags.writeable:
            found.flags.writeable = False
            self._last = rows, found
        return found


@contextmanager
def one_thread() -> Iterator[None]:
    """Let FAISS work on the calling thread alone.

    One query gives several threads nothing to share, and waking them up costs more than the search:
    on a busy machine 30 ms for what takes one. A server has its own threads, a search each.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)  # of the calling thread; others have their own number
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def candidates(
    search: Callable[[int], tuple[Vectors, Rows]], k: int, available: int, rounding: float
) -> Rows | None:
    """Ask a search for more than k, until what it leaves out is worse than the k-th.

    FAISS returns its best by a float32 sum. Whatever it left out is no better than the last one
    that it returned; once that one is worse than the k-th by more than rounding explains, nothing
    that it left out can belong among the best k.

    Args:
        search: returns the scores and positions of as many as it is told, best first.
        k: how many are wanted.
        available: how many it can return at most.
        rounding: by how much the difference of two of its scores may be wrong.

    Returns:
        the positions of those that may belong among the best k: no others, however few there are.
        None where all that are available belong there, or none does.
    """
    limit = k + _SLACK
    while 0 < k < available:
        limit = min(limit, available)
        scores, positions = search(limit)
        if limit == available or scores[k - 1] - scores[-1] > rounding:
            return np.asarray(positions[scores >= scores[k - 1] - rounding], dtype=np.int64)
        limit *= 4
    return None


def candidates_of_many(
    search: Callable[[int], tuple[Vectors, Rows]], k: int, allowed: Mask, rounding: float
) -> Rows | None:
    """Find the `candidates` behind a filter that many positions pass, by a search without it.

    FAISS takes up to twice as long where it has to ask of each vector whether it may look.

    Returns:
        the positions, or None where fewer pass, or too few of the best.
    """
    passing, wanted = int(np.count_nonzero(allowed)), int(_MORE * k) + _SLACK
    if k <= 0 or passing <= wanted or _MANY * passing < len(allowed):
        return None
    scores, positions = search(wanted * len(allowed) // passing)
    last = scores[-1]
    kept = allowed[positions] & (positions >= 0)  # -1 where there are not so many
    scores, positions = scores[kept], positions[kept]
    if len(scores) < k or scores[k - 1] - last <= rounding:
        return None
    return np.asarray(positions[scores >= scores[k - 1] - rounding], dtype=np.int64)


def exact_scores(vectors: Vectors, query: Vectors) -> Vectors:
    """Return the inner products, each summed in float64 and rounded once to float32.

    A float64 holds the product of two float32 exactly, and every row is summed in the same order
    wherever it stands (which a matrix product does not promise).

    Args:
        vectors: (n, d) float32.
        query: (d,) float32.

    Returns:
        (n,) float32.
    """
    wide = query.astype(np.float64)
    scores = np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), _BLOCK):
        block = np.ascontiguousarray(vectors[start : start + _BLOCK]) * wide
        scores[start : start + _BLOCK] = block.sum(axis=1)
    return scores


def as_held(vectors: Vectors) -> Vectors:
    """Return vectors as an index holds them: rounded to float16 as numpy does, not as FAISS does.

    Raises:
        ValueError: a number is too large for a float16.
    """
    with np.errstate(over="ignore"):
        held = vectors.astype(np.float16).astype(np.float32)
    if not np.isfinite(held).all():
        raise ValueError("A vector has a component that is not a finite number in float16.")
    return held


def add_as_held(index: faiss.IndexIDMap, vectors: Vectors, rows: Rows) -> None:
    """Add vectors to a FAISS index, rounded, some at a time: a second copy of all is large."""
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        index.add_with_ids(as_held(vectors[block]), rows[block])


def decoded(codes: Codes) -> Vectors:
    """Return what the bytes of finite float16 say, in a third of the time of FAISS or numpy.

    Exponent and fraction go where a float32 has them. Its exponent counts from 127, that of a
    float16 from 15, so that the number is too small by 2 ** 112.
    """
    bits = np.ascontiguousarray(codes).view(np.int16).astype(np.int32)  # signs fill the left half
    bits <<= 13
    bits &= -0x70002000  # the sign, five bits of exponent, ten of fraction
    vectors = bits.view(np.float32)
    vectors *= np.float32(2.0**112)
    return vectors


def held_scores(codes: Codes, places: Rows, query: Vectors) -> Vectors:
    """Return the exact scores of the vectors at these places among the codes."""
    blocks = [
        exact_scores(decoded(codes[places[start : start + _BLOCK]]), query)
        for start in range(0, len(places), _BLOCK)
    ]
    return np.concatenate([np.empty(0, np.float32), *blocks])


def best_of(rows: Rows, scores: Vectors, k: int) -> tuple[Rows, Vectors]:
    """Return the k best rows and their scores, best first, ties by row."""
    order = np.lexsort((rows, -scores))[: max(k, 0)]
    return rows[order], scores[order]


def positions_of(held: Rows, wanted: Rows) -> Rows:
    """Return where the wanted rows stand among the held ones, which ascend; absent ones drop."""
    if 0 < len(held) < _WIDE * len(wanted) and held[0] >= 0 and held[-1] < _DENSE * len(held):
        allowed = np.zeros(held[-1] + 1, dtype=bool)
        allowed[wanted[(wanted >= 0) & (wanted <= held[-1])]] = True
        return np.flatnonzero(allowed[held])
    if np.any(wanted[1:] <= wanted[:-1]):
        wanted = np.unique(wanted)
    if not len(held):
        return np.empty(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
    found: Rows = at[held[at] == wanted].astype(np.int64, copy=False)
    return found


def mask_of(held: Rows, wanted: Rows) -> Mask:
    """Return of each of the held rows, which ascend, whether it is wanted."""
    mask = np.zeros(len(held), dtype=np.bool_)
    mask[positions_of(held, wanted)] = True
    return mask


def bitmap(mask: Mask) -> faiss.IDSelectorBitmap:
    """Return what tells FAISS which positions it may look at."""
    bits = np.packbits(mask, bitorder="little")
    return faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]


def checked(vectors: Vectors, rows: Rows) -> tuple[Vectors, Rows]:
    """Return contiguous arrays ordered by row, or raise ValueError."""
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    rows = np.ascontiguousarray(rows, dtype=np.int64)
    if vectors.ndim != 2 or vectors.shape[1] == 0 or rows.shape != vectors.shape[:1]:
        raise ValueError(f"{vectors.shape} vectors do not fit {rows.shape} rows.")
    if not np.isfinite(_longest(vectors)):
        raise ValueError("A vector has a component that is not a finite number.")
    if np.any(rows[1:] <= rows[:-1]):
        order = np.argsort(rows, kind="stable")
        vectors, rows = vectors[order], rows[order]
        if np.any(rows[1:] == rows[:-1]):
            raise ValueError("Two vectors have the same row.")
    return vectors, rows


def checked_query(query: Vectors, dimension: int) -> Vectors:
    """Return a contiguous query of this dimension, or raise ValueError."""
    query = np.ascontiguousarray(query, dtype=np.float32)
    if query.shape != (dimension,):
        raise ValueError(f"A query of shape {query.shape} does not fit {dimension} dimensions.")
    if not np.isfinite(query).all():
        raise ValueError("The query has a component that is not a finite number.")
    return query


def _norm(query: Vectors) -> float:
    return float(np.linalg.norm(query.astype(np.float64)))


def _longest(vectors: Vectors) -> float:
    """Return the length of the longest vector, 0.0 when there is none."""
    squares = np.einsum("ij,ij->i", vectors, vectors)
    return float(np.sqrt(squares.max(initial=0.0)))


def _longest_held(codes: Codes) -> float:
    """Return the length of the longest vector, infinity where a number is not finite."""
    longest = 0.0
    for start in range(0, len(codes), _BLOCK):
        block = codes[start : start + _BLOCK].copy()
        if (block.view(np.int16) & _INFINITE).max() == _INFINITE:
            return np.inf
        longest = max(longest, _longest(decoded(block)))
    return longest


def _view(flat: faiss.IndexScalarQuantizer) -> Codes:
    """Return the bytes of the vectors without copying; valid while the index lives."""
    if flat.ntotal == 0:
        return np.empty((0, 2 * flat.d), dtype=np.uint8)
    view: Codes = faiss.rev_swig_ptr(flat.codes.data(), flat.codes.size())
    return view.reshape(flat.ntotal, 2 * flat.d)


def write_faiss(index: faiss.Index, path: Path) -> None:
    """Write a FAISS file."""
    with path.open("wb") as file:
        # Through Python's file, a full disk is an OSError with its number.
        writer = faiss.PyCallbackIOWriter(file.write)  # type: ignore[attr-defined]
        faiss.write_index(index, writer)


def read_faiss(path: Path) -> faiss.Index:
    """Read a FAISS file, which may not allocate more than its own size; clusters are mapped.

    FAISS would map the vectors of other kinds too (`IO_FLAG_MMAP_IFC`), but crashes where a file is
    shorter than it says.
    """
    size = path.stat().st_size
    with _reading:
        before = faiss.get_deserialization_vector_byte_limit()
        faiss.set_deserialization_vector_byte_limit(size)
        try:
            return faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
        finally:
            faiss.set_deserialization_vector_byte_limit(before)


def damaged(path: Path, error: Exception) -> IndexDamaged:
    """Say that a file cannot be read as vectors."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return IndexDamaged(
        f"{path} cannot be read as vectors ({reason}); run `kb ingest` to build the index again."
    )
