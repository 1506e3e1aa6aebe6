"""What a search costs, from the call to the answer, and how many a server gives in a second.

    python benchmarks/search.py [--index FOLDER] [--queries FILE ...] [--count N] [--clients N]
                                [--workers N ...]

Without an index the shipped corpus is ingested into a temporary folder. Every line of a file of
queries is a JSON object with a `text`; without one a few questions in three languages are used.
Each is asked once in every run, in the same order, so that no result comes from a cache. Measured:

    embed       the query's vector alone, below which no search can be
    search      `KnowledgeBase.search`, one after another in this process
    http        the same over HTTP from one client, the server in a process of its own
    load        the same from several clients at once, for each number of the server's processes

The processor's seconds of this process stand beside those of the clock: on a busy machine the
clock tells of the others. Ratios to `embed` tell the program from the machine. Written to
benchmarks/results/search.json.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.catalogue import shipped_corpus
from kb.ingest import ingest
from kb.knowledge_base import KnowledgeBase
from kb.models import load_embedder
from kb.settings import Settings
from kb.sources import find_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

QUERIES = (
    "maternity protection ILO 183",
    "how many weeks of maternity leave",
    "отпуск по беременности и родам",
    "равная оплата труда женщин и мужчин",
    "ана мен баланы қорғау",
    "жыныстық белгісі бойынша кемсітушілік",
    "may a trade union call a strike",
    "Article 10 of law 223-IV",
)
WARM = 20  # queries that nobody measures, asked first
PATIENCE = 60.0  # seconds that a server may take to be ready


def main() -> None:
    """Measure, print, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--index", type=Path)
    parser.add_argument("--queries", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    queries = read_queries(given.queries or (), given.count + WARM)
    with tempfile.TemporaryDirectory() as folder:
        index = given.index or shipped_index(Path(folder))
        settings = Settings(index=index)
        table = in_process(settings, queries)
        for workers in given.workers:
            table |= over_http(index, queries, workers, given.clients)
    unit = table["embed"]["p50_ms"]
    for row in table.values():
        row["times_embed"] = row["p50_ms"] / unit
    report = {
        "machine": platform.processor() or platform.machine(),
        "processors": os.cpu_count(),
        "queries": len(queries) - WARM,
        "clients": given.clients,
        "table": table,
    }
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / "search.json").write_text(json.dumps(report, indent=2), "utf-8")
    show(table)


def read_queries(files: Sequence[Path], count: int) -> list[str]:
    """Return distinct queries of all files, as many of each."""
    if not files:
        return [f"{query} {number}" for number in range(1 + count // 8) for query in QUERIES][
            :count
        ]
    chance = random.Random(7)  # noqa: S311 - a sample, no secret
    chosen: list[str] = []
    for file in files:
        held = {json.loads(line)["text"][:900] for line in file.read_text("utf-8").splitlines()}
        chosen += chance.sample(sorted(held), min(len(held), -(-count // len(files))))
    chance.shuffle(chosen)
    return chosen[:count]


def shipped_index(folder: Path) -> Path:
    """Ingest the shipped corpus."""
    corpus = shipped_corpus()
    assert corpus is not None
    settings = Settings(index=folder / "index")
    ingest(find_sources([corpus]), load_embedder(settings), settings)
    return settings.index


# --- in this process ---


def in_process(settings: Settings, queries: Sequence[str]) -> dict[str, dict[str, float]]:
    """Time the embedder and the search."""
    kb = KnowledgeBase.open(settings=settings)
    kb.warm()
    embedder = load_embedder(settings, kb.manifest.model.fingerprint)
    return {
        "embed": timed(embedder.embed_query, queries),
        "search": timed(kb.search, queries),
    }


def timed(work: Callable[[str], object], queries: Sequence[str]) -> dict[str, float]:
    """Return percentiles of the seconds that the calls take."""
    for query in queries[:WARM]:
        work(query)
    seconds = []
    used = time.process_time()
    for query in queries[WARM:]:
        start = time.perf_counter()
        work(query)
        seconds.append(time.perf_counter() - start)
    used = time.process_time() - used
    return percentiles(seconds) | {"processor_ms": used / len(seconds) * 1000}


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and p99 in milliseconds."""
    cut = statistics.quantiles(seconds, n=100, method="inclusive")
    return {f"p{number}_ms": cut[number - 1] * 1000 for number in (50, 95, 99)}


# --- over HTTP ---


def over_http(
    index: Path, queries: Sequence[str], workers: int, clients: int
) -> dict[str, dict[str, float]]:
    """Time a server: one client after another's pattern, then all of them at once."""
    port = free_port()
    command = [sys.executable, "-c", "from kb.cli import main; main()", "serve"]
    command += ["--index", str(index), "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command)
    try:
        wait_for(port)
        warm, asked = queries[:WARM], queries[WARM:]
        half = len(asked) // 2
        ask(port, warm * workers)
        alone = ask(port, asked[:half])
        rest = asked[half:]
        start = time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            shares = [rest[number::clients] for number in range(clients)]
            taken = [
                item for share in pool.map(lambda part: ask(port, part), shares) for item in share
            ]
        whole = time.perf_counter() - start
    finally:
        server.terminate()
        server.wait()
    name = f"{workers} process" + "es" * (workers > 1)
    return {
        f"http, {name}": percentiles(alone),
        f"load, {name}": percentiles(taken) | {"per_second": len(taken) / whole},
    }


def ask(port: int, queries: Sequence[str]) -> list[float]:
    """Ask one after another on one connection; return the seconds of each."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    seconds = []
    for query in queries:
        body = json.dumps({"query": query})
        start = time.perf_counter()
        connection.request("POST", "/v1/search", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read()
        seconds.append(time.perf_counter() - start)
        assert answer.status == 200, said
    connection.close()
    return seconds


def wait_for(port: int) -> None:
    """Wait until the server has its index and its model."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        if time.monotonic() > end:
            raise TimeoutError("The server is not ready.")
        time.sleep(0.1)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def show(table: dict[str, dict[str, Any]]) -> None:
    """Print a line for each measurement."""
    columns = ("p50_ms", "p95_ms", "p99_ms", "processor_ms", "per_second", "times_embed")
    print(f"{'':20}" + "".join(f"{name:>14}" for name in columns))
    for name, row in table.items():
        cells = (f"{row[column]:14.2f}" if column in row else " " * 14 for column in columns)
        print(f"{name:20}" + "".join(cells))


if __name__ == "__main__":
    main()
