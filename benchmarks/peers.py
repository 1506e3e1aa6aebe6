"""Policy KB beside what a user would pick instead: same passages, same vectors, same queries.

    make bench-peers                             installs the others into .venv-peers, and runs this
    python benchmarks/peers.py [--passages N | --all] [--rounds R] [--builds B] [--queries Q]
                               [--vectors FILE] [--peers PYTHON] [--only WORD ...]

In every round each contestant builds its index and searches it, each in a process of its own, so
that what the machine does besides meets all of them; a ratio is taken within one round. What a
contestant does for a query differs, so it is compared with Policy KB doing the same:

    the vector is given                 nearest vectors; recall is against looking at every one
    vector and words are given          a hybrid search, whatever that is to each
    the words are given                 the query is embedded as well

A contestant whose package is not installed is named and left out. The passages are those of the
file of the tests' data folder, else paragraphs of the same shape are made up; their vectors are
made by the project's engine and kept in a file (`--vectors`). Written to
benchmarks/results/peers.json, and as the tables of docs/performance.md to standard output.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from contestants import CONTESTANTS, GIVEN, HYBRID, WORDS, Contestant, K
from load import TEXTS, read_paragraphs

from kb.models import engine_of, load_embedder, resolve_model
from kb.settings import Settings
from kb.stores.embeddings import EmbeddingCache, embed_with_cache

ROOT = Path(__file__).resolve().parents[1]
# the small one first, so that the others make up for what it lacks
QUERY_SETS = ("law223_kk2kk", "labour_ru2ru", "labour_kk2ru", "kz_headings_ru", "obliqa_en_dev")
TUNING = 200  # queries that clusters are tuned by, and nobody is asked later
WAITED = 3600  # seconds for one process
PERCENTS = (50, 95, 99)
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
}


@dataclass
class Figures:
    """What was measured of a contestant, a number for each round."""

    build_seconds: list[float] = field(default_factory=list)
    build_megabytes: list[float] = field(default_factory=list)
    index_megabytes: float = 0.0
    cache_megabytes: float = 0.0  # of it, what only another build reads
    start_seconds: list[float] = field(default_factory=list)  # to the first answer
    search_megabytes: list[float] = field(default_factory=list)
    milliseconds: dict[int, list[float]] = field(
        default_factory=lambda: {percent: [] for percent in PERCENTS}
    )
    hits: float = 0.0  # that a query has on average; ten are asked for
    recall: list[float] = field(default_factory=list)  # of those that look for nearest vectors
    failure: str | None = None


def main() -> None:
    """Measure, print, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--passages", type=int, default=5_000)
    parser.add_argument("--all", action="store_true", help="all passages of the file")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--builds", type=int, default=5, help="rounds that build anew")
    parser.add_argument("--texts", type=Path, default=TEXTS)
    parser.add_argument("--vectors", type=Path, help="file that vectors are kept in")
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv-peers" / "bin" / "python")
    parser.add_argument(
        "--only", nargs="+", help="of which the name, or the group, has one of these"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        vectors = given.vectors or work / "vectors.sqlite"
        about = prepare(work, given, vectors.resolve())
        entered, versions = enter(given.peers, given.only or [""])
        figures = {contestant: Figures() for contestant in entered}
        about |= {"rounds": given.rounds, "builds": min(given.builds, given.rounds)}
        about |= {"machine": machine(), "versions": versions, "load": [os.getloadavg()[0]]}
        for turn in range(given.rounds):
            play(turn, work, figures, given)
            about["load"].append(os.getloadavg()[0])
            write(about, figures)  # after each round: a run that is cut short keeps what it has
    show(about, figures)


def write(about: dict[str, Any], figures: dict[Contestant, Figures]) -> None:
    """Write down what has been measured so far."""
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    rows = [
        {"name": item.name, "group": item.group, "does": item.does, **vars(mine)}
        for item, mine in figures.items()
    ]
    report = json.dumps({**about, "contestants": rows}, indent=2)
    (results / "peers.json").write_text(report, "utf-8")


# --- what everybody is given ---


def prepare(work: Path, given: argparse.Namespace, cache: Path) -> dict[str, Any]:
    """Write passages, queries and their vectors into a folder; return what to say of them."""
    settings = Settings()
    engine = load_embedder(settings)
    count = 10**9 if given.all else given.passages
    passages, source = passages_of(given.texts, count)
    whole = [text for text in passages if engine.fits(text)]
    print(f"{len(whole)} passages; embedding those that are not in {cache}", file=sys.stderr)
    with EmbeddingCache(cache) as kept:
        embedded = embed_with_cache(engine, whole, kept)
    queries, asked_from = queries_of(given.texts.parent, whole, given.queries + TUNING)
    vectors = np.stack([engine.embed_query(query) for query in queries])
    # the others are asked, spread among them, so that both kinds come from everywhere
    tuning = np.ones(len(queries), dtype=bool)
    tuning[np.linspace(0, len(queries) - 1, given.queries).astype(int)] = False
    asked = [query for query, tunes in zip(queries, tuning, strict=True) if not tunes]
    nearest = np.argsort(-(vectors[~tuning] @ embedded.vectors.T), axis=1, kind="stable")[:, :K]
    np.save(work / "vectors.npy", embedded.vectors)
    np.save(work / "queries.npy", vectors[~tuning])
    np.save(work / "asked.npy", vectors[tuning])
    np.save(work / "nearest.npy", nearest)
    known = {"cache": str(cache), "model": str(resolve_model(settings.model, settings).path)}
    for name, value in (("passages", whole), ("queries", asked), ("about", known)):
        (work / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    size = len("".join(whole).encode()) + embedded.vectors.nbytes
    return {
        "passages": len(whole),
        "left_out_as_too_long_for_the_model": len(passages) - len(whole),
        "passages_from": source,
        "queries": len(asked),
        "queries_from": asked_from,
        "engine": engine_of(engine),
        "megabytes_of_texts_and_vectors": size / 1e6,
    }


def passages_of(texts: Path, count: int) -> tuple[list[str], str]:
    """Return different passages spread over all of a file, and where they are from."""
    held = list(dict.fromkeys(text for _, text in read_paragraphs(texts)))
    places = np.linspace(0, len(held) - 1, min(count, len(held))).astype(int)
    return [held[place] for place in places], texts.name if texts.is_file() else "made up"


def queries_of(folder: Path, passages: list[str], count: int) -> tuple[list[str], str]:
    """Return queries of the retrieval sets, as many of each; without any, openings of passages."""
    files = [file for name in QUERY_SETS if (file := folder / name / "queries.jsonl").is_file()]
    if not files:
        places = np.linspace(0, len(passages) - 1, count).astype(int)
        return [" ".join(passages[place].split()[:12]) for place in places], "openings of passages"
    found: list[str] = []
    for number, file in enumerate(files):
        lines = file.read_text("utf-8").splitlines()
        held = list(dict.fromkeys(json.loads(line)["text"][:500] for line in lines))
        wanted = (count - len(found)) // (len(files) - number)
        places = np.linspace(0, len(held) - 1, min(wanted, len(held))).astype(int)
        found += [held[place] for place in places]
    return found, ", ".join(QUERY_SETS)


# --- who takes part ---


def enter(peers: Path, only: list[str]) -> tuple[list[Contestant], dict[str, str]]:
    """Return who can take part here, and the versions of what they use; name the others."""
    entered, versions = [], {"Python": platform.python_version()}
    for contestant in CONTESTANTS:
        if not any(word in f"{contestant.name}, {contestant.group}" for word in only):
            continue
        python = python_of(contestant, peers)
        found = run(python, "check", contestant) if python.exists() else {}
        if not found:
            print(
                f"{contestant.name} ({contestant.group}): not installed here. Run: {python} -m pip"
                f" install {contestant.package} (or all of them: make bench-peers)",
                file=sys.stderr,
            )
            continue
        entered.append(contestant)
        versions |= {"Python of the others": found.pop("Python")} if python == peers else {}
        versions |= found
    return entered, versions


def python_of(contestant: Contestant, peers: Path) -> Path:
    """Return the Python that has what a contestant needs."""
    return Path(sys.executable) if contestant.package == "policy-kb" else peers


def run(python: Path, verb: str, contestant: Contestant, *folders: Path) -> dict[str, Any]:
    """Run one process of a contestant; return what it says, with `failure` where it failed."""
    script = str(Path(__file__).with_name("contestants.py"))
    command = [str(python), script, verb, str(CONTESTANTS.index(contestant)), *map(str, folders)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=WAITED, env=os.environ | QUIET
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
        return {"failure": reason}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


# --- the rounds ---


def play(
    turn: int, work: Path, figures: dict[Contestant, Figures], given: argparse.Namespace
) -> None:
    """Let everybody build and search once; a failure ends one contestant's part."""
    nearest = np.load(work / "nearest.npy")
    built: dict[str, dict[str, Any]] = {}
    first = turn % len(figures)  # another one begins each time
    for contestant in [*figures][first:] + [*figures][:first]:
        mine, index = figures[contestant], work / "indexes" / contestant.index
        python = python_of(contestant, given.peers)
        if mine.failure:
            continue
        if turn < given.builds and contestant.index not in built:
            built[contestant.index] = run(python, "build", contestant, work, index)
        if turn < given.builds and not note_build(mine, built[contestant.index], index):
            continue
        begun = time.time()
        found = run(python, "search", contestant, work, index)
        note_search(mine, found, begun, nearest if contestant.recall else None)
        print(f"round {turn + 1}: {contestant.name}, {contestant.group}", file=sys.stderr)


def note_build(figures: Figures, found: dict[str, Any], index: Path) -> bool:
    """Add what a build was like; tell whether there is one."""
    figures.failure = found.get("failure")
    if figures.failure:
        return False
    figures.build_seconds.append(found["seconds"])
    figures.build_megabytes.append(found["megabytes"])
    files = {path: path.stat().st_size / 1e6 for path in index.rglob("*") if path.is_file()}
    figures.index_megabytes = sum(files.values())
    # policy-kb's caches lie beside its generations
    caches = (size for path, size in files.items() if path.parent == index and is_cache(path))
    figures.cache_megabytes = sum(caches)
    return True


def is_cache(path: Path) -> bool:
    """Whether a file of an index of policy-kb is there for the next build alone."""
    return path.name.startswith(("embeddings.sqlite", "analyses.sqlite"))


def note_search(figures: Figures, found: dict[str, Any], begun: float, nearest: Any) -> None:
    """Add what a round of searches was like."""
    figures.failure = found.get("failure")
    if figures.failure:
        return
    figures.start_seconds.append(found["ready"] - begun)
    figures.search_megabytes.append(found["megabytes"])
    for percent in PERCENTS:
        own = float(np.percentile(found["seconds"], percent)) * 1000
        figures.milliseconds[percent].append(own)
    figures.hits = statistics.mean(map(len, found["found"]))
    if nearest is not None:
        both = zip(found["found"], nearest.tolist(), strict=True)
        figures.recall.append(statistics.mean(len({*hits} & {*true}) / K for hits, true in both))


# --- the tables ---


def show(about: dict[str, Any], figures: dict[Contestant, Figures]) -> None:
    """Print the tables, in Markdown."""
    print("\n".join(f"- {name}: {value}" for name, value in about.items()))
    for group in (GIVEN, HYBRID, WORDS):
        members = {item: mine for item, mine in figures.items() if item.group == group}
        if not members:
            continue
        unit = next((mine for item, mine in members.items() if item.package == "policy-kb"), None)
        print(f"\n**{group[0].upper()}{group[1:]}**\n")
        print("| | for a query | p50, × | p95, × | p99, × | ms | recall@10 | start, × | s | MB |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        for item, mine in members.items():
            print(f"| {item.name} | {mine.failure or searched(item, mine, unit)} |")
    print("\n| index | passages/s, × | passages/s | MB | on disk, MB | of texts and vectors |")
    print("|---|---|---|---|---|---|")
    raw, count = about["megabytes_of_texts_and_vectors"], about["passages"]
    indexes = {item.index: mine for item, mine in reversed(figures.items())}
    unit = indexes.get("policy-kb", indexes.get("policy-kb-exact"))
    for name, mine in reversed(indexes.items()):
        if mine.build_seconds:
            print(f"| {name} | {built_as(mine, unit, raw, count)} |")


def searched(item: Contestant, mine: Figures, unit: Figures | None) -> str:
    """Return a contestant's row of its group."""
    median = statistics.median
    return " | ".join(
        (
            item.does,
            *(times(mine.milliseconds[at], unit and unit.milliseconds[at]) for at in PERCENTS),
            " / ".join(brief(median(mine.milliseconds[at])) for at in PERCENTS),
            f"{median(mine.recall):.3f}" if mine.recall else "",
            times(mine.start_seconds, unit and unit.start_seconds),
            f"{median(mine.start_seconds):.2f}",
            f"{median(mine.search_megabytes):.0f}",
        )
    )


def built_as(mine: Figures, unit: Figures | None, raw: float, count: int) -> str:
    """Return a row of the table of indexes."""
    size = mine.index_megabytes - mine.cache_megabytes
    more = f" + {mine.cache_megabytes:.0f}" if mine.cache_megabytes else ""
    rates = [count / seconds for seconds in mine.build_seconds]
    return " | ".join(
        (
            times(rates, unit and [count / seconds for seconds in unit.build_seconds]),
            f"{statistics.median(rates):,.0f}",
            f"{statistics.median(mine.build_megabytes):.0f}",
            f"{size:.0f}{more}",
            f"{size / raw:.2f}",
        )
    )


def times(mine: list[float], unit: list[float] | None) -> str:
    """Return how many times as much it is, round by round: the median, the least and the most."""
    if not unit or not mine:
        return "–"
    ratios = [own / theirs for own, theirs in zip(mine, unit, strict=False)]
    if mine == unit:
        return "1"
    middle, least, most = map(brief, (statistics.median(ratios), min(ratios), max(ratios)))
    return f"{middle} ({least}–{most})"


def brief(number: float) -> str:
    """Return a number with as many places as mean something."""
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}" if number >= 1 else f"{number:.2f}"


def machine() -> dict[str, Any]:
    """Name the machine."""
    named = platform.processor() or platform.machine()
    cpuinfo, memory = Path("/proc/cpuinfo"), 0
    if cpuinfo.is_file():
        lines = cpuinfo.read_text().splitlines()
        named = next((x.partition(": ")[2] for x in lines if x.startswith("model name")), named)
    if hasattr(os, "sysconf"):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": named,
        "processors": os.cpu_count(),
        "memory_gigabytes": round(memory / 1e9, 1),
        "system": platform.platform(),
    }


if __name__ == "__main__":
    main()
