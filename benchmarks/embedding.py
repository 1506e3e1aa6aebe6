"""The engines that embed, side by side in one run: torch, ONNX Runtime in fp32 and in int8.

    python benchmarks/embedding.py PASSAGES.jsonl.gz [COUNT]

Every line of the file holds a passage as `text`. The unit is what `SentenceTransformer.encode`
takes for the same texts with the same weights; the engines take turns, so that whatever else the
machine does meets all of them. Written to benchmarks/results/embedding.json: the ratios, and how
far the vectors agree.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import random
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kb.models import SentenceTransformerEmbedder, load_embedder, resolve_model
from kb.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

QUERIES = (
    "how many weeks of maternity leave",
    "отпуск по беременности и родам",
    "ана мен баланы қорғау",
    "Article 10 of law 223-IV",
)
ROUNDS = 5
BATCH = 32  # what SentenceTransformer.encode takes by itself


def main() -> None:
    """Measure, print, and write the figures down."""
    file, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 64
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    texts = random.Random(7).sample(texts, count)  # noqa: S311 - a sample, no secret

    settings = Settings()
    torch = SentenceTransformerEmbedder(resolve_model(settings.model, settings), settings)
    encode = torch._loaded().encode  # noqa: SLF001 - the reference is what the library does

    def reference(given: list[str], prompt: str) -> NDArray[np.float32]:
        vectors: NDArray[np.float32] = encode(
            given,
            prompt_name=prompt,
            batch_size=BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return vectors

    engines: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "torch fp32": (
            lambda: reference(texts, "passage"),
            lambda: [reference([query], "query") for query in QUERIES],
        )
    }
    agreement = {"torch fp32": [1.0]}
    wanted = reference(texts, "passage")
    for precision in ("fp32", "int8"):
        engine = load_embedder(Settings(precision=precision))
        name = f"ONNX Runtime {precision}"
        agreement[name] = (engine.embed_passages(texts) * wanted).sum(axis=1).tolist()
        engines[name] = (
            lambda engine=engine: engine.embed_passages(texts),
            lambda engine=engine: [engine.embed_query(query) for query in QUERIES],
        )

    passages: dict[str, list[float]] = {name: [] for name in engines}
    queries: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, (embed_passages, embed_queries) in engines.items():
            passages[name].append(timed(embed_passages) / len(texts))
            embed_queries()
            queries[name].append(min(timed(embed_queries) for _ in range(5)) / len(QUERIES))
    table = {
        name: {
            "passages_per_second": 1 / statistics.median(passages[name]),
            "passages_against_torch": ratio(passages, name),
            "query_milliseconds": min(queries[name]) * 1000,
            "queries_against_torch": ratio(queries, name),
            "cosine_mean": statistics.mean(agreement[name]),
            "cosine_least": min(agreement[name]),
        }
        for name in engines
    }
    report = {
        "machine": platform.processor() or platform.machine(),
        "processors": os.cpu_count(),
        "passages": len(texts),
        "rounds": ROUNDS,
        "table": table,
    }
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / "embedding.json").write_text(json.dumps(report, indent=2), "utf-8")
    for name, row in table.items():
        print(
            f"{name:<20}{row['passages_per_second']:7.1f} passages/s"
            f" {row['passages_against_torch']:5.2f} × torch   a query"
            f" {row['query_milliseconds']:6.2f} ms {row['queries_against_torch']:5.2f} ×"
            f"   cosine {row['cosine_mean']:.5f}, least {row['cosine_least']:.5f}"
        )


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(seconds: dict[str, list[float]], name: str) -> float:
    """Return how often the engine does what torch does once; the median over the rounds."""
    pairs = zip(seconds["torch fp32"], seconds[name], strict=True)
    return statistics.median(reference / own for reference, own in pairs)


if __name__ == "__main__":
    main()
