"""Nearest neighbours among so many vectors that looking at each of them takes too long.

The vectors lie in clusters of what is alike, in float16, in one file that is mapped into memory:
FAISS's inverted file (Jégou, Douze and Schmid, "Product quantization for nearest neighbor search",
TPAMI 2011; without the product quantiser). A search looks at the clusters whose centre is nearest
to the query. How many is found out when the index is built, by queries whose true neighbours are
known; where not even all of them reach the target, it is exact instead.

    index, how = build_index(vectors, rows, asked, exact_up_to=50_000)
    how.kind, how.recall                               # "clustered", 0.993
    index.search(query, 10)                            # as the exact ones do it
    index.write(folder / "vectors.faiss")
    index = read_index(folder / "vectors.faiss")       # whichever kind the file is of

docs/scaling.md has the measurements behind the numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

import faiss
import numpy as np

from kb.stores.vectors import (
    FaissFlat,
    LastRows,
    VectorIndex,
    add_as_held,
    best_of,
    bitmap,
    candidates,
    candidates_of_many,
    checked,
    checked_query,
    damaged,
    exact_scores,
    held_scores,
    mask_of,
    one_thread,
    positions_of,
    read_faiss,
    write_faiss,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kb.stores.vectors import Codes, Mask

    Vectors = NDArray[np.float32]
    Rows = NDArray[np.int64]

TARGET = 0.98  # of the true ten nearest that an index finds, or else it is exact
NEIGHBOURS = 10  # that the recall is measured by
_AIM = 0.985  # that the number of clusters is chosen for, so that other queries reach the target
_MORE = 1.1  # times the clusters, where queries that did not choose them do not reach the target
_CLUSTERS = 4.0  # times the square root of the number of vectors
_EACH = 30  # vectors that are compared for each that is wanted, at least, behind a filter
_SAMPLE = 40  # vectors for each cluster that the centres are learnt from, at most
_ROUNDS = 8  # of k-means
_SEED = 1234
_ROUNDING = 1e-6  # of float32 scores of unit vectors that FAISS added up in different orders
_NO_MAP = 0  # FAISS: DirectMap::NoMap
_NUMBER = 8  # bytes of a vector's number in a cluster


@dataclass(frozen=True, slots=True)
class IndexKind:
    """How an index searches, and how much it finds of what there is to find."""

    kind: Literal["exact", "clustered"]
    vectors: int
    recall: float = 1.0  # of the true ten nearest, for queries that did not choose the clusters
    queries: int = 0  # that it was measured with
    clusters: int = 0
    probes: int = 0  # clusters that a search looks at


class FaissClusters:
    """A FAISS `IndexIVFScalarQuantizer` of float16; its file is an `IndexIDMap` of it."""

    def __init__(self, mapped: faiss.Index) -> None:
        """Take a FAISS index over, or raise ValueError when it is not what `write` writes."""
        if not isinstance(mapped, faiss.IndexIDMap):
            raise ValueError(f"it holds a {type(mapped).__name__}")  # noqa: TRY004
        lists = faiss.downcast_index(mapped.index)
        if not isinstance(lists, faiss.IndexIVFScalarQuantizer):
            raise ValueError(f"it holds a {type(lists).__name__}")  # noqa: TRY004
        centres = faiss.downcast_index(lists.quantizer)
        if (
            not isinstance(centres, faiss.IndexFlatIP)
            or lists.metric_type != faiss.METRIC_INNER_PRODUCT
            or lists.sq.qtype != faiss.ScalarQuantizer.QT_fp16
            or lists.by_residual
        ):
            raise ValueError("it holds clusters of another kind")
        held = _inverted(lists)
        self._mapped, self._lists = mapped, lists
        self._allowed = LastRows()
        self._rows: Rows = faiss.vector_to_array(mapped.id_map)
        sizes = {lists.d, mapped.d, centres.d, lists.sq.d, lists.code_size // 2}
        same = len(self._rows) == lists.ntotal == mapped.ntotal and len(sizes) == 1
        if not same or held.code_size != lists.code_size:
            raise ValueError("its parts disagree about its size")
        if not lists.nlist == centres.ntotal == held.nlist:
            raise ValueError("its parts disagree about the number of clusters")
        # A list that is longer than the file is not to be touched: it is mapped, not read.
        if sum(held.list_size(cluster) for cluster in range(held.nlist)) != lists.ntotal:
            raise ValueError("its clusters hold another number of vectors")
        self._centres: Vectors = centres.reconstruct_n(0, lists.nlist)
        if np.any(self._rows[1:] <= self._rows[:-1]) or not np.isfinite(self._centres).all():
            raise ValueError("its rows do not ascend, or a number in it is not finite")
        if not lists.is_trained or not 0 < lists.nprobe <= lists.nlist:
            raise ValueError("it looks at no cluster, or at more than there are")
        lists.set_direct_map_type(_NO_MAP)  # made anew, since that reads every id
        lists.make_direct_map()
        places = faiss.vector_to_array(lists.direct_map.array)
        if len(places) != len(self._rows) or np.any(places < 0):
            raise ValueError("a vector is in no cluster")
        self._cluster_of = (places >> 32).astype(np.int32)
        self._sizes = np.bincount(self._cluster_of, minlength=lists.nlist)
        self._codes, first = _view(lists, held, self._sizes)
        self._places = first[self._cluster_of] + (places & 0xFFFFFFFF) * lists.code_size

    @classmethod
    def build(cls, vectors: Vectors, rows: Rows, clusters: int, probes: int = 1) -> Self:
        """Build from (n, d) float32 and (n,) int64; see `NumpyFlat.build`.

        Args:
            vectors: of length 1, or near it; at least as many as clusters.
            rows: that they are of.
            clusters: how many to make.
            probes: how many a search looks at.
        """
        vectors, rows = checked(vectors, rows)
        dimension = vectors.shape[1]
        centres = faiss.IndexFlatIP(dimension)
        lists = faiss.IndexIVFScalarQuantizer(
            centres,
            dimension,
            clusters,
            faiss.ScalarQuantizer.QT_fp16,
            faiss.METRIC_INNER_PRODUCT,
            False,  # the vectors themselves, not how they differ from their centre
        )
        lists.cp.seed, lists.cp.niter, lists.cp.spherical = _SEED, _ROUNDS, True
        lists.cp.min_points_per_centroid, lists.cp.max_points_per_centroid = 1, _SAMPLE
        lists.train(vectors)
        mapped = faiss.IndexIDMap(lists)
        add_as_held(mapped, vectors, rows)
        lists.nprobe = probes
        return cls(mapped)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file that `write` wrote; the vectors stay on the disk until they are looked at.

        Raises:
            IndexDamaged: see `FaissFlat.read`.
        """
        try:
            return cls(read_faiss(path))
        except (OSError, RuntimeError, MemoryError, ValueError) as error:
            raise damaged(path, error) from error

    @property
    def dimension(self) -> int:
        """The length d of each vector."""
        return int(self._lists.d)

    @property
    def count(self) -> int:
        """How many vectors there are."""
        return int(self._lists.ntotal)

    @property
    def rows(self) -> Rows:
        """The rows that have a vector, ascending."""
        return self._rows

    @property
    def probes(self) -> int:
        """How many clusters a search looks at, if all rows may be found."""
        return int(self._lists.nprobe)

    @probes.setter
    def probes(self, probes: int) -> None:
        self._lists.nprobe = probes

    def candidates(self, query: Vectors, k: int, rows: Rows | None = None) -> Rows:
        """Return rows among which those of the best k are that were looked at; see `search`."""
        return self._rows[self._candidates(checked_query(query, self.dimension), k, rows)]

    def search(self, query: Vectors, k: int, rows: Rows | None = None) -> tuple[Rows, Vectors]:
        """Return the rows and the scores of the best vectors that were looked at.

        Where many rows may be found, more clusters are looked at, and what may not be is left out
        of what comes back. Otherwise, only clusters that hold one of the rows count, and so many of
        those are looked at that as many vectors are compared as without a filter, or all of them if
        they are few. So a filter costs no recall and leaves no page half full. See `VectorIndex`.
        """
        query = checked_query(query, self.dimension)
        positions = self._candidates(query, k, rows)
        return best_of(self._rows[positions], self._scores(positions, query), k)

    def scores(self, query: Vectors, rows: Rows) -> tuple[Rows, Vectors]:
        """Return the rows that have a vector, and their scores; see `VectorIndex`."""
        query = checked_query(query, self.dimension)
        positions = positions_of(self._rows, rows)
        return self._rows[positions], self._scores(positions, query)

    def write(self, path: Path) -> None:
        """Write the index to one file."""
        write_faiss(self._mapped, path)

    def nearness(self, queries: Vectors) -> Rows:
        """Return the place of each cluster among all by nearness to each query, from 0: (q, c)."""
        order = np.argsort(-(queries @ self._centres.T), axis=1, kind="stable")
        return np.argsort(order, axis=1, kind="stable")

    def clusters_of(self, positions: Rows) -> Rows:
        """Return the clusters of vectors, by their places among those that it was built from."""
        return self._cluster_of[positions].astype(np.int64)

    def _mask(self, rows: Rows) -> Mask:
        return mask_of(self._rows, rows)

    def _candidates(self, query: Vectors, k: int, rows: Rows | None) -> Rows:
        """Return the positions of the nearest vectors in the clusters that are looked at."""
        allowed = None if rows is None else self._allowed.of(rows, self._mask)
        if k <= 0 or self.count == 0 or (allowed is not None and not allowed.any()):
            return np.empty(0, dtype=np.int64)
        tolerance = _ROUNDING * float(np.linalg.norm(query))
        nearness = np.einsum("ij,j->i", self._centres, query)  # unlike @, on this thread alone
        order = np.argsort(-nearness, kind="stable")
        found = None
        if allowed is not None:
            # what passes lies farther off: the ten nearest of every second are among twenty of all
            probes = math.ceil(self.probes * math.sqrt(self.count / np.count_nonzero(allowed)))
            found = candidates_of_many(
                lambda limit: self._searched(query, limit, order[:probes]), k, allowed, tolerance
            )
        if found is None:
            clusters, available = self._first(order, k, allowed)

            def search(limit: int) -> tuple[Vectors, Rows]:
                return self._searched(query, limit, clusters, allowed)

            found = candidates(search, k, available, tolerance)
            if found is None:
                found = search(available)[1]
        return found[found >= 0]  # -1 stands for a vector that a damaged file made no number of

    def _searched(
        self, query: Vectors, limit: int, clusters: Rows, allowed: Mask | None = None
    ) -> tuple[Vectors, Rows]:
        """Return the best scores in these clusters, and their positions, -1 for want of more."""
        among = np.zeros(self._lists.nlist, dtype=np.bool_)
        among[clusters] = True
        parameters = faiss.SearchParametersIVF(
            sel=None if allowed is None else bitmap(allowed),  # type: ignore[call-arg]
            nprobe=len(clusters),
            quantizer_params=faiss.SearchParameters(sel=bitmap(among)),  # type: ignore[call-arg]
        )
        with one_thread():
            scores, positions = self._lists.search(query[None, :], limit, params=parameters)
        return scores[0], positions[0]

    def _first(self, order: Rows, k: int, allowed: Mask | None) -> tuple[Rows, int]:
        """Return the clusters to look at, of all in this order, and how many may be found there."""
        sizes, wanted = self._sizes, k
        if allowed is not None:
            sizes = np.bincount(self._cluster_of[allowed], minlength=len(sizes))
            wanted = max(_EACH * k, self.probes * self.count // len(sizes))
        order = order[sizes[order] > 0]
        reached = np.cumsum(sizes[order])
        enough = max(self.probes, int(np.searchsorted(reached, wanted)) + 1)
        return order[:enough], int(reached[min(enough, len(reached)) - 1])

    def _scores(self, positions: Rows, query: Vectors) -> Vectors:
        if self._codes is not None:
            return held_scores(self._codes, self._places[positions], query)
        with one_thread():
            return exact_scores(self._lists.reconstruct_batch(positions), query)


def build_index(
    vectors: Vectors, rows: Rows, asked: Vectors, exact_up_to: int
) -> tuple[VectorIndex, IndexKind]:
    """Build the index that suits the number of vectors.

    Args:
        vectors: (n, d) float32, of length 1.
        rows: (n,) int64, that they are of.
        asked: (q, d) float32, queries like those that will be asked: every second one chooses how
            many clusters a search looks at, the others measure what that finds.
        exact_up_to: so many vectors are searched one by one.

    Returns:
        the index, and how it searches. Beyond `exact_up_to` it is clustered, unless looking at all
        clusters does not reach the target: float16 does not tell such vectors apart.
    """
    vectors, rows = checked(vectors, rows)
    exact = IndexKind("exact", len(rows))
    if len(rows) <= max(exact_up_to, NEIGHBOURS) or len(asked) < 2:
        return FaissFlat.build(vectors, rows), exact
    clusters = max(1, round(_CLUSTERS * math.sqrt(len(rows))))
    index = FaissClusters.build(vectors, rows, clusters)
    nearest = faiss.knn(asked, vectors, NEIGHBOURS, metric=faiss.METRIC_INNER_PRODUCT)[1]
    choosing, measuring = asked[::2], asked[1::2]
    places = np.take_along_axis(index.nearness(choosing), index.clusters_of(nearest[::2]), axis=1)
    index.probes = int(np.quantile(places, _AIM, method="higher")) + 1
    recall = _recall(index, vectors, measuring, nearest[1::2])
    while recall < TARGET and index.probes < clusters:
        index.probes = min(clusters, math.ceil(_MORE * index.probes))
        recall = _recall(index, vectors, measuring, nearest[1::2])
    if recall < TARGET:
        return FaissFlat.build(vectors, rows), exact
    return index, IndexKind("clustered", len(rows), recall, len(measuring), clusters, index.probes)


def read_index(path: Path) -> VectorIndex:
    """Read an index of whichever kind the file holds.

    Raises:
        IndexDamaged: it is absent or holds neither kind.
    """
    try:
        mapped = read_faiss(path)
        held = faiss.downcast_index(mapped.index) if isinstance(mapped, faiss.IndexIDMap) else None
        if isinstance(held, faiss.IndexIVF):
            return FaissClusters(mapped)
        return FaissFlat(mapped)
    except (OSError, RuntimeError, MemoryError, ValueError) as error:
        raise damaged(path, error) from error


def _inverted(lists: faiss.IndexIVFScalarQuantizer) -> faiss.InvertedLists:
    """Return what holds the vectors, in memory or on the disk."""
    held = lists.invlists
    if held is None:
        raise ValueError("it holds no vectors")
    held = faiss.downcast_InvertedLists(held)
    if isinstance(held, faiss.OnDiskInvertedLists):
        held.prefetch_nthread = 0  # or each search starts threads, which take longer than it does
    return held


def _view(
    lists: faiss.IndexIVFScalarQuantizer, held: faiss.InvertedLists, sizes: Rows
) -> tuple[Codes | None, Rows]:
    """Return the codes that start at each byte of a mapped file, and where each cluster's begin.

    In a file a cluster's vectors stand behind each other, then their numbers, then the next
    cluster. In memory, while an index is built, they stand anywhere: there is no view of them then.
    """
    starts = np.zeros(lists.nlist, dtype=np.int64)
    filled = np.flatnonzero(sizes)
    starts[filled] = [int(held.get_codes(cluster)) for cluster in filled.tolist()]
    if not len(filled):
        return None, starts
    first = starts[filled[0]]
    starts[filled] -= first
    length = sizes[filled] * (lists.code_size + _NUMBER)
    if not np.array_equal(starts[filled], np.cumsum(length) - length):
        return None, starts
    total = int(length.sum())
    bytes_ = faiss.rev_swig_ptr(held.get_codes(int(filled[0])), total)
    return np.lib.stride_tricks.sliding_window_view(bytes_, lists.code_size), starts


def _recall(index: FaissClusters, vectors: Vectors, queries: Vectors, nearest: Rows) -> float:
    """Return the share of the true nearest that a search finds, by likeness: twins are as good."""
    found = wanted = 0
    for query, true in zip(queries, nearest, strict=True):
        worst = float((vectors[true] @ query).min()) - _ROUNDING
        rows, _ = index.search(query, len(true))
        got = vectors[positions_of(index.rows, rows)] @ query
        found += int((got >= worst).sum())
        wanted += len(true)
    return found / wanted
