"""Kinds of vector index side by side: speed, recall, size and time to build, within one run.

    python benchmarks/vectors.py --vectors passages.npy --queries queries.npy
    python benchmarks/vectors.py --vectors passages.npy --queries queries.npy --count 1000000

Both files hold unit vectors of a real model, (n, d) float32. Asked for more vectors than there are,
it multiplies them: a copy is moved by noise that has the covariance of the vectors themselves, as
far as the usual nearest neighbour lies, and made a unit vector again. Every second query tunes the
clusters, the others are asked, one at a time on one thread, and compared with the exact answer; a
twin of a nearest vector is as good. Times are those of the processor, so that other work on the
machine counts little. A table goes to standard output, the figures as JSON to benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import faiss
import numpy as np

from kb.stores.clustered import FaissClusters, build_index, read_index
from kb.stores.vectors import FaissFlat, VectorIndex

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Rows = NDArray[np.int64]
    Answer = Callable[[Vectors], Rows]

K = 10
DEEP = 200  # what a search asks each index of passages for
QUERIES = 200
ROUNDS = 5
MANY = 200_000
QT = faiss.ScalarQuantizer


@dataclass(frozen=True)
class Row:
    """What was measured of one kind of index, or of one filter."""

    name: str
    recall: float  # of the true 10
    deep_recall: float  # of the true 200
    p50: float  # milliseconds, median of the rounds
    p95: float
    build: float  # seconds, on all processors
    bytes_per_vector: float
    ratio: float = 1.0  # of p50 to that of the first of its group


class Truth:
    """The scores of what is nearest to each query."""

    def __init__(self, vectors: Vectors, queries: Vectors, allowed: Rows | None = None) -> None:
        held = vectors if allowed is None else vectors[allowed]
        self._vectors, self._queries = vectors, queries
        self._best = faiss.knn(queries, held, min(DEEP, len(held)), metric=0)[0]

    def share(self, found: list[Rows], k: int) -> float:
        """Return the share of the true k nearest among the first k that were found."""
        shares = []
        for rows, query, best in zip(found, self._queries, self._best, strict=True):
            true = best[:k]
            scores = self._vectors[rows[:k]] @ query
            shares.append((scores >= true[-1] - 1e-6).sum() / len(true))
        return float(np.mean(shares))


def main() -> None:
    """Measure, print, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--count", type=int, help="so many vectors (default: as many as there are)")
    parser.add_argument("--hnsw", action="store_true", help="graphs too, which take long to build")
    given = parser.parse_args()
    vectors = np.load(given.vectors)
    vectors = multiplied(vectors, given.count or len(vectors))
    asked = np.load(given.queries)
    asked = asked[np.random.default_rng(2).permutation(len(asked))[: 2 * QUERIES]]
    tuning, queries = asked[::2], asked[1::2]
    if len(vectors) > MANY:
        queries = queries[: QUERIES // 4]  # an exact search of so many takes its time
    truth = Truth(vectors, queries)

    threads = faiss.omp_get_max_threads()
    rows = np.arange(len(vectors), dtype=np.int64)
    kinds: dict[str, Callable[[], faiss.Index | VectorIndex]] = {
        "exact, float32": lambda: float32(vectors),
        "exact, float16": lambda: FaissFlat.build(vectors, rows),
        "exact, 8 bits": lambda: scalar(vectors, QT.QT_8bit),
        "clusters, float16": lambda: build_index(vectors, rows, tuning, 0)[0],
    }
    if given.hnsw:
        kinds["graph, float16"] = lambda: graph(vectors, QT.QT_fp16)
        kinds["graph, 8 bits"] = lambda: graph(vectors, QT.QT_8bit)
    table = []
    for name, build in kinds.items():
        faiss.omp_set_num_threads(threads)
        start = time.perf_counter()
        index = build()
        built = time.perf_counter() - start
        faiss.omp_set_num_threads(1)
        table.append(measured(name, answering(index), queries, truth, built, size_of(index)))
        print(line(table[-1], table[0]), flush=True)
        if isinstance(index, FaissClusters):
            clusters, (opened, resident) = index, memory(index, queries)

    print(f"\nclusters: {clusters.probes} looked at; opened in {opened:.3f} s,", end=" ")
    print(f"{resident:.0f} MB more in memory after {len(queries)} queries\n")
    filters = []
    if len(vectors) <= MANY:
        flat = FaissFlat.build(vectors, rows)
        for name, chosen in filtered(vectors, queries):
            allowed = rows[chosen]
            narrowed = Truth(vectors, queries, allowed)
            pair = [
                measured(
                    f"{name}: {kind}",
                    lambda query, index=index, allowed=allowed: index.search(query, DEEP, allowed)[
                        0
                    ],
                    queries,
                    narrowed,
                )
                for kind, index in (("exact, float16", flat), ("clusters", clusters))
            ]
            filters += [replace(row, ratio=row.p50 / pair[0].p50) for row in pair]
            for row in pair:
                print(line(row, pair[0]), flush=True)
    report = {
        "machine": platform.processor() or platform.machine(),
        "vectors": len(vectors),
        "rounds": ROUNDS,
        "probes": clusters.probes,
        "open_seconds": opened,
        "resident_megabytes": resident,
        "table": [asdict(replace(row, ratio=row.p50 / table[0].p50)) for row in table],
        "filters": [asdict(row) for row in filters],
    }
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / f"vectors-{len(vectors)}.json").write_text(json.dumps(report, indent=2), "utf-8")


def multiplied(vectors: Vectors, count: int) -> Vectors:
    """Return `count` vectors, made of these; see above."""
    if count <= len(vectors):
        return np.ascontiguousarray(vectors[:count], dtype=np.float32)
    rng = np.random.default_rng(5)
    moving = Moving.of(vectors, rng)
    made = np.empty((count, vectors.shape[1]), dtype=np.float32)
    made[: len(vectors)] = vectors
    for start in range(len(vectors), count, len(vectors)):
        copied = vectors[: min(len(vectors), count - start)]
        noise = rng.standard_normal(copied.shape, dtype=np.float32)
        made[start : start + len(copied)] = moving.moved(copied, noise)
    print(f"{len(vectors)} vectors multiplied to {count}; a copy's cosine is {moving.usual:.3f}")
    return made


@dataclass(frozen=True)
class Moving:
    """How a copy of a vector is moved."""

    spread: Vectors  # (d, d): makes noise of independent numbers have the vectors' covariance
    scale: float  # of the noise
    usual: float  # cosine of a vector and its nearest neighbour, and so of a copy and its vector

    @classmethod
    def of(cls, vectors: Vectors, rng: np.random.Generator) -> Self:
        """Learn it from vectors of length 1."""
        values, axes = np.linalg.eigh(np.cov(vectors[:20_000].T))
        spread = (axes * np.sqrt(np.maximum(values, 0))).astype(np.float32)
        sample = vectors[rng.choice(len(vectors), min(1000, len(vectors)), replace=False)]
        noise = rng.standard_normal(sample.shape, dtype=np.float32) @ spread.T
        nearest = faiss.knn(sample, vectors, 2, metric=faiss.METRIC_INNER_PRODUCT)[0][:, 1]
        usual = float(np.median(nearest))
        scale = next(
            share
            for share in np.arange(0.02, 5, 0.02, dtype=np.float32)
            if np.median((sample * unit(sample + share * noise)).sum(axis=1)) <= usual
        )
        return cls(spread, float(scale), usual)

    def moved(self, vectors: Vectors, noise: Vectors) -> Vectors:
        """Return vectors of length 1, moved by noise of as many independent normal numbers."""
        return unit(vectors + np.float32(self.scale) * (noise @ self.spread.T))


def unit(vectors: Vectors) -> Vectors:
    """Return vectors of length 1."""
    made: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return made


def filtered(vectors: Vectors, queries: Vectors) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return filters: at random, and such that leave out what lies nearest to the queries."""
    random = np.random.default_rng(3).random(len(vectors))
    nearness = vectors @ queries.mean(axis=0)
    far = np.argsort(np.argsort(nearness)) / len(vectors)
    return [
        ("half", random < 0.5),
        ("1 in 20", random < 0.05),
        ("1 in 1000", random < 0.001),
        ("the farther half", far < 0.5),
        ("the farthest tenth", far < 0.1),
    ]


def float32(vectors: Vectors) -> faiss.Index:
    """Return an index that looks at every vector as it is."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index


def scalar(vectors: Vectors, kind: int) -> faiss.Index:
    """Return an index that looks at every vector, each number in fewer bits."""
    index = faiss.IndexScalarQuantizer(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    return index


def graph(vectors: Vectors, kind: int) -> faiss.Index:
    """Return an HNSW graph (Malkov and Yashunin, TPAMI 2020)."""
    index = faiss.IndexHNSWSQ(vectors.shape[1], kind, 16, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction, index.hnsw.efSearch = 100, DEEP
    index.train(vectors)
    index.add(vectors)
    return index


def answering(index: faiss.Index | VectorIndex) -> Answer:
    """Return what gives the rows of the nearest vectors."""
    if isinstance(index, FaissFlat | FaissClusters):
        return lambda query: index.search(query, DEEP)[0]
    return lambda query: index.search(query[None], DEEP)[1][0]


def measured(
    name: str,
    answer: Answer,
    queries: Vectors,
    truth: Truth,
    build: float = 0.0,
    bytes_per_vector: float = 0.0,
) -> Row:
    """Ask every query in several rounds."""
    found = [answer(query) for query in queries]
    middles, ends = [], []
    for _ in range(ROUNDS):
        taken = [timed(lambda query=query: answer(query)) for query in queries]
        middles.append(statistics.median(taken))
        ends.append(float(np.quantile(taken, 0.95)))
    return Row(
        name,
        truth.share(found, K),
        truth.share(found, DEEP),
        1000 * statistics.median(middles),
        1000 * statistics.median(ends),
        build,
        bytes_per_vector,
    )


def timed(work: Callable[[], object]) -> float:
    """Return the seconds of the processor that a call takes on this thread."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def size_of(index: faiss.Index | VectorIndex) -> float:
    """Return the bytes of its file, for each vector."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors"
        if isinstance(index, FaissFlat | FaissClusters):
            index.write(path)
            return path.stat().st_size / index.count
        faiss.write_index(index, str(path))
        return float(path.stat().st_size / index.ntotal)


def memory(index: FaissClusters, queries: Vectors) -> tuple[float, float]:
    """Return the seconds that opening its file takes, and the MB that it takes up when searched."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors"
        index.write(path)
        before = resident_megabytes()
        start = time.perf_counter()
        read = read_index(path)
        opened = time.perf_counter() - start
        for query in queries:
            read.search(query, DEEP)
        return opened, resident_megabytes() - before


def resident_megabytes() -> float:
    """Return what this process has in memory, mapped files included; 0.0 where it is not told."""
    status = Path("/proc/self/status")
    told = status.read_text("ascii").split() if status.exists() else ["VmRSS:", "0"]
    return int(told[told.index("VmRSS:") + 1]) / 1024


def line(row: Row, first: Row) -> str:
    """Return a line of the table."""
    return (
        f"{row.name:<28} recall@10 {row.recall:.4f}  @200 {row.deep_recall:.4f}"
        f"  p50 {row.p50:7.3f} ms  p95 {row.p95:7.3f} ms  {row.p50 / first.p50:6.3f} ×"
        + (f"  built {row.build:6.1f} s  {row.bytes_per_vector:6.0f} B" if row.build else "")
    )


if __name__ == "__main__":
    main()
