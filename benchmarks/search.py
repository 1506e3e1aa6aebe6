"""What a search costs, from the call to the answer, and how many a server gives in a second.

    python benchmarks/search.py [--index FOLDER] [--queries FILE ...] [--count N] [--clients N]
                                [--workers N ...] [--starts N]

Without an index the shipped corpus is ingested into a temporary folder. Every line of a file of
queries is a JSON object with a `text`; without one a few questions in three languages are used.
Each is asked once in every run, in the same order, so that no result comes from a cache. Measured:

    embed       the query's vector alone, below which no search can be
    search      `KnowledgeBase.search`, one after another in this process
    kb search   the command, one query, from its start to its end
    ready       a server, from its start until `/readyz` says that it can answer
    http        searches over HTTP from one client, the server in a process of its own
    again       the same over HTTP once more, which the server has kept: what HTTP alone costs
    load        others from several clients at once, for each number of the server's processes

The two starts are made several times, the model being converted already; beside the median (p50)
stand the least and the most. The processor's seconds of whoever searches (this process, the
command, on Linux the server's processes) stand beside those of the clock: on a busy machine the
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
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from kb.catalogue import shipped_corpus
from kb.ingest import ingest
from kb.knowledge_base import KnowledgeBase
from kb.models import load_embedder
from kb.settings import Settings
from kb.sources import find_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

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
KEPT = 100  # of the last queries, which a server has surely kept
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
    parser.add_argument("--starts", type=int, default=5)
    given = parser.parse_args()
    queries = read_queries(given.queries or (), given.count + WARM)
    with tempfile.TemporaryDirectory() as folder:
        index = given.index or shipped_index(Path(folder))
        settings = Settings(index=index)
        table = in_process(settings, queries)
        table |= starts(index, given.starts)
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


# --- from a cold start ---


def starts(index: Path, count: int) -> dict[str, dict[str, float]]:
    """Time the command and a server, each in a new process."""
    commands: list[float] = []
    used: list[float] = []
    ready: list[float] = []
    for _ in range(count):
        start = time.perf_counter()
        search = subprocess.Popen(
            command("search", QUERIES[0], "--index", index), stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(search.pid, 0)
        commands.append(time.perf_counter() - start)
        used.append(usage.ru_utime + usage.ru_stime)
        assert status == 0
        search.returncode = 0
        start = time.perf_counter()
        with server(index, workers=1):
            ready.append(time.perf_counter() - start)
    processor = {"processor_ms": statistics.median(used) * 1000}
    return {"kb search": spread(commands) | processor, "ready": spread(ready)}


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Return the median, the least and the most in milliseconds."""
    return {
        "p50_ms": statistics.median(seconds) * 1000,
        "least_ms": min(seconds) * 1000,
        "most_ms": max(seconds) * 1000,
    }


def command(*arguments: object) -> list[str]:
    """Return how `kb` is called in a process of its own."""
    return [sys.executable, "-c", "from kb.cli import main; main()", *map(str, arguments)]


# --- over HTTP ---


@contextmanager
def server(index: Path, workers: int) -> Iterator[tuple[int, int]]:
    """Yield the port and the process of a server that is ready."""
    port = free_port()
    process = subprocess.Popen(
        command("serve", "--index", index, "--port", port, "--workers", workers),
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def over_http(
    index: Path, queries: Sequence[str], workers: int, clients: int
) -> dict[str, dict[str, float]]:
    """Time a server: one client's pattern, the same again, then others from all of them at once."""
    warm, asked = queries[:WARM], queries[WARM:]
    half = len(asked) // 2
    rest = iter(asked[half:])
    turn = Lock()

    def client(_: int) -> list[float]:
        """Ask whatever nobody has asked yet, until there is nothing left."""

        def left() -> Iterator[str]:
            while True:
                with turn:
                    query = next(rest, None)
                if query is None:
                    return
                yield query

        with closing(connect(port)) as connection:
            return ask(connection, left())

    with server(index, workers) as (port, process):
        for _ in range(2 * workers):  # each time perhaps another process
            with closing(connect(port)) as connection:
                ask(connection, warm)
        with closing(connect(port)) as connection:
            used = [processor_seconds(process)]
            alone = ask(connection, asked[:half])
            used.append(processor_seconds(process))
            again = ask(connection, [*asked[:half][-KEPT:]] * 5)
            used.append(processor_seconds(process))
        start = time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            taken = [item for part in pool.map(client, range(clients)) for item in part]
        whole = time.perf_counter() - start
        used.append(processor_seconds(process))
    name = f"{workers} process" + "es" * (workers > 1)
    rows = {f"http, {name}": alone, f"again, {name}": again, f"load, {name}": taken}
    table = {row: percentiles(seconds) for row, seconds in rows.items()}
    for row, before, after in zip(table, used, used[1:], strict=False):
        if before and after:
            table[row]["processor_ms"] = (after - before) / len(rows[row]) * 1000
    table[f"load, {name}"]["per_second"] = len(taken) / whole
    return table


def processor_seconds(process: int) -> float | None:
    """Return what a process and its children have used of the processor; None but on Linux."""
    try:
        told = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
        children = Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()
    except OSError:
        return None
    own = (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")  # in user and in system mode
    return own + sum(processor_seconds(int(child)) or 0.0 for child in children)


def connect(port: int) -> http.client.HTTPConnection:
    """Return a connection to the server."""
    return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)


def ask(connection: http.client.HTTPConnection, queries: Iterable[str]) -> list[float]:
    """Ask one after another on one connection; return the seconds of each."""
    seconds = []
    for query in queries:
        body = json.dumps({"query": query})
        start = time.perf_counter()
        connection.request("POST", "/v1/search", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read()
        seconds.append(time.perf_counter() - start)
        assert answer.status == 200, said
    return seconds


def wait_for(port: int) -> None:
    """Wait until the server has its index and its model."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with closing(connect(port)) as connection:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            pass
        if time.monotonic() > end:
            raise TimeoutError("The server is not ready.")
        time.sleep(0.02)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def show(table: dict[str, dict[str, Any]]) -> None:
    """Print a line for each measurement."""
    times = ("p50_ms", "p95_ms", "p99_ms", "least_ms", "most_ms", "processor_ms")
    columns = (*times, "per_second", "times_embed")
    print(f"{'':20}" + "".join(f"{name:>14}" for name in columns))
    for name, row in table.items():
        cells = (f"{row[column]:14.2f}" if column in row else " " * 14 for column in columns)
        print(f"{name:20}" + "".join(cells))


if __name__ == "__main__":
    main()
