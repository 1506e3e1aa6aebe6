"""Where the time of a search and of an ingest goes, as ratios within one run.

    make bench                    a table on standard output, JSON beside it in benchmarks/results/

The work is real: the shipped corpus, the real model, questions in three languages. The unit is the
time to embed one query, since no search can be faster than that; seconds are printed to tell the
machine, not to be compared with another one.
"""

from __future__ import annotations

import json
import platform
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kb.catalogue import shipped_corpus
from kb.ingest import ingest
from kb.knowledge_base import KnowledgeBase
from kb.models import load_embedder
from kb.settings import Settings
from kb.sources import find_sources
from kb.stores.vectors import FaissFlat, NumpyFlat

if TYPE_CHECKING:
    from collections.abc import Callable

QUERIES = (
    "maternity protection ILO 183",
    "how many weeks of maternity leave",
    "отпуск по беременности и родам",
    "равная оплата труда женщин и мужчин",
    "ана мен баланы қорғау",
    "жыныстық белгісі бойынша кемсітушілік",
    '"maternity leave"',
    "Article 10 of law 223-IV",
)
ROUNDS = 7
VECTORS = 50_000


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def spread(work: Callable[[], object]) -> list[float]:
    """Return the seconds of several rounds, after one that warms up."""
    work()
    return [timed(work) for _ in range(ROUNDS)]


def main() -> None:
    """Measure, print, and write the figures down."""
    corpus = shipped_corpus()
    assert corpus is not None
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(index=Path(folder))
        embedder = load_embedder(settings)
        embedder.embed_query("warm")
        sources = find_sources([corpus])
        first = timed(lambda: ingest(sources, embedder, settings))
        again = spread(lambda: ingest(sources, embedder, settings))
        kb = KnowledgeBase(settings, embedder)

        def embed() -> None:
            for query in QUERIES:
                embedder.embed_query(query)

        def search() -> None:
            for query in QUERIES:
                kb.search(query)

        figures = {"embed one query": spread(embed), "search, all of it": spread(search)}
        figures = {
            name: [item / len(QUERIES) for item in rounds] for name, rounds in figures.items()
        }

    random = np.random.default_rng(7)
    vectors = random.standard_normal((VECTORS, 384), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = np.arange(VECTORS, dtype=np.int64)
    for name, kind in (("FAISS", FaissFlat), ("numpy", NumpyFlat)):
        index = kind.build(vectors, rows)
        figures[f"{VECTORS} vectors, {name}"] = spread(
            lambda index=index: index.search(vectors[0], 10)
        )

    unit = statistics.median(figures["embed one query"])
    table = {
        name: {
            "median_seconds": statistics.median(rounds),
            "min_seconds": min(rounds),
            "max_seconds": max(rounds),
            "queries_embedded_meanwhile": statistics.median(rounds) / unit,
        }
        for name, rounds in figures.items()
    }
    table["ingest again, nothing changed"] = {
        "median_seconds": statistics.median(again),
        "min_seconds": min(again),
        "max_seconds": max(again),
        "share_of_the_first_ingest": statistics.median(again) / first,
    }
    report = {
        "machine": platform.processor() or platform.machine(),
        "rounds": ROUNDS,
        "table": table,
    }
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / "search.json").write_text(json.dumps(report, indent=2), "utf-8")
    for name, row in table.items():
        ratio = row.get("queries_embedded_meanwhile")
        said = (
            f"{ratio:6.2f} × embedding a query"
            if ratio is not None
            else (f"{row['share_of_the_first_ingest']:6.2f} of the first ingest")
        )
        print(f"{name:<32}{row['median_seconds'] * 1000:9.2f} ms  {said}")


if __name__ == "__main__":
    main()
