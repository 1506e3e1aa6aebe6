"""A large index end to end: what it takes to build, to hold and to search, and what it finds.

    python benchmarks/scale.py [--passages N] [--texts FILE] [--vectors CACHE] [--ready VECTORS.npy]
                               [--work FOLDER] [--queries N] [--asked FILE ...]

The corpus that comes with the project is ingested, and beside it as many documents of some 75
paragraphs as make N passages (or a few more): those of the file of texts, or made-up ones of the
same shape. Once they are used up, they are used again, and each time words of every paragraph are
exchanged for words of its neighbours, so that texts differ while words, lengths and frequencies
stay lifelike.

A passage, a part and an opening of such a text get the vector of the paragraph that they begin
in, moved as far as its nearest neighbour usually lies (`benchmarks/vectors.py`), each in another
direction. The paragraphs are embedded with the project's engine, unless a file has their vectors,
a row for each in the file's order (`--ready`). Everything else is embedded as ever: the shipped
corpus, the entries of its subject index and the queries. `--vectors` is a cache of embeddings, such
as an index has: what it holds is not embedded again, and the paragraphs' vectors are added to it
(to a copy, if they are ready).

The index is built in a process of its own and searched in another one:

    build       seconds without those of the vectors, and the most memory, by stage
    memory      of a process that has answered all queries: its own, and the mapped pages of files
    search      `KnowledgeBase.search`, a query after another, each once; beside it embedding alone
    recall      of the ten likeliest passages by the vectors that the index holds, looked at one by
                one; beside it what the ingest found out by the vectors as they were given
    size        of each file; of the records, what are the texts themselves

With `--work`, sources and index stay, and another run searches the same index again. Written to
benchmarks/results/scale.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from load import TEXTS, blocks_of, read_paragraphs
from peers import QUERY_SETS, machine
from search import WARM, read_queries, timed
from vectors import Moving

from kb.analyses.cutting import cut_edition
from kb.catalogue import shipped_corpus
from kb.centring import Centring
from kb.documents import Edition, Provenance
from kb.generations import open_current
from kb.ingest import EMBEDDINGS, ingest
from kb.knowledge_base import KnowledgeBase
from kb.languages import detect
from kb.models import engine_of, load_embedder
from kb.noise import read_probes
from kb.readers.plain import canonical, read_plain
from kb.search.queries import parse_query
from kb.settings import Settings
from kb.sources import find_sources
from kb.stores.embeddings import EmbeddingCache, embed_with_cache
from kb.stores.passage_vectors import PassageVectors
from kb.structure import parse_structure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from load import Paragraph
    from numpy.typing import NDArray

    from kb.generations import Generation
    from kb.models import Embedder

    Vectors = NDArray[np.float32]

NAME = "act"  # of the files, and so in the titles of what is made of them
EXCHANGED = 0.2  # of the words of a paragraph that is used again
OPENING = 60  # characters that a sentence is known by
SAMPLED = 40  # documents that are cut to learn how many passages one has
MORE = 1.01  # times the documents that are needed by that sample
K = 10
ASKED = 10 * K  # passages that the index is asked for then, as a search asks for more
RECALLED = 50  # queries that the recall is measured with, since each looks at every vector
_SENTENCE_ENDS = re.compile(r"[.;:!?…]\s+")
_WORD = re.compile(r"(?<=\s)[^\W\d_]{4,}(?=[\s,.;:)])")  # within a paragraph


def main() -> None:
    """Measure, print, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--texts", type=Path, default=TEXTS)
    parser.add_argument("--vectors", type=Path, help="cache of embeddings")
    parser.add_argument("--ready", type=Path, help="vectors of the paragraphs of the texts")
    parser.add_argument("--work", type=Path, help="folder that sources and index stay in")
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--asked", type=Path, nargs="+", help="files of queries")
    parser.add_argument("--child", choices=("build", "search"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        work = given.work
        print(json.dumps(build(work) if given.child == "build" else search(work, given)))
        return
    with tempfile.TemporaryDirectory() as folder:
        work = given.work or Path(folder)
        report = measure(work, given)
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / "scale.json").write_text(json.dumps(report, indent=2), "utf-8")
    show(report)


def measure(work: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Build, unless it is built already, and search."""
    built = work / "build.json"
    if not built.is_file():
        work.mkdir(parents=True, exist_ok=True)
        made = prepare(work, given)
        found = in_a_process(work, given, "build")
        built.write_text(json.dumps({"made": made, "build": found}), "utf-8")
    return {
        "machine": machine(),
        **json.loads(built.read_text("utf-8")),
        **in_a_process(work, given, "search"),
    }


def in_a_process(work: Path, given: argparse.Namespace, what: str) -> dict[str, Any]:
    """Run a step in a process of its own, whose memory is then this step's alone."""
    asked = given.asked or [
        file
        for name in QUERY_SETS
        if (file := given.texts.parent / name / "queries.jsonl").is_file()
    ]
    command = [sys.executable, __file__, "--child", what, "--work", str(work)]
    command += ["--queries", str(given.queries)]
    command += ["--asked", *map(str, asked)] if asked else []
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


# --- what is ingested ---


def prepare(work: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Write the sources, and what their vectors are made from; return what to say of them."""
    engine = load_embedder(Settings.from_environment())
    held = [(language, canonical(text)) for language, text in read_paragraphs(given.texts)]
    blocks = list(blocks_of(held))
    count, sampled = documents_needed(held, blocks, given.passages, engine)
    if count < len(blocks):  # then those that are spread over all of the file
        blocks = [blocks[place] for place in np.linspace(0, len(blocks) - 1, count).astype(int)]
    index = work / "index"
    index.mkdir()
    beginnings = np.fromiter(
        write_sources(work / "sources", held, blocks, count),
        dtype=[("key", np.uint64), ("place", np.int32)],
    )
    known, first = np.unique(beginnings["key"], return_index=True)
    used = sorted({place for block in blocks for place in block})
    base = base_vectors(held, used, engine, given)
    if given.vectors is not None:
        for path in given.vectors.parent.glob(f"{given.vectors.name}*"):
            shutil.copy(path, index / path.name.replace(given.vectors.name, EMBEDDINGS))
    moving = Moving.of(base[used], np.random.default_rng(5))
    np.save(work / "base.npy", base)
    np.savez(
        work / "moving.npz",
        keys=known,
        places=beginnings["place"][first],
        spread=moving.spread,
        scale=moving.scale,
    )
    print(f"{count} documents written; a copy's cosine is {moving.usual:.3f}", file=sys.stderr)
    return {
        "texts": given.texts.name if given.texts.is_file() else "made up",
        "documents": count,
        "paragraphs": sum(len(blocks[number % len(blocks)]) for number in range(count)),
        "times_each_text": count / len(blocks),
        "passages_a_document": sampled,
        "cosine_of_a_copy": moving.usual,
        "engine": engine_of(engine),
    }


def documents_needed(
    held: Sequence[Paragraph], blocks: Sequence[list[int]], passages: int, engine: Embedder
) -> tuple[int, float]:
    """Return how many documents make so many passages, and how many one makes in a sample."""
    settings = Settings.from_environment()
    found = 0
    sample = np.unique(np.linspace(0, len(blocks) - 1, SAMPLED).astype(int)).tolist()
    for number in sample:
        source = read_plain("\n\n".join(held[place][1] for place in blocks[number]))
        edition = Edition(
            document_id=NAME,
            language=detect(source.text),
            provenance=Provenance.OFFICIAL,
            text=source.text,
            nodes=parse_structure(source),
            source=NAME,
            source_sha256=NAME,
        )
        found += len(cut_edition(edition, f"{NAME}-0000000", settings, engine).passages)
    each = found / len(sample)
    return round(MORE * passages / each) + 1, each


def base_vectors(
    held: Sequence[Paragraph], used: Sequence[int], engine: Embedder, given: argparse.Namespace
) -> Vectors:
    """Return the vectors of the paragraphs by their places; of those that are not used, zeros."""
    if given.ready is not None:
        ready: Vectors = np.load(given.ready)
        if ready.shape != (len(held), engine.dimension):
            raise SystemExit(f"{given.ready} holds {ready.shape} vectors for {len(held)} texts.")
        return ready
    found = np.zeros((len(held), engine.dimension), dtype=np.float32)
    texts = [whole(held[place][1], engine) for place in used]
    with tempfile.TemporaryDirectory() as folder:
        cache = given.vectors or Path(folder) / EMBEDDINGS
        print(f"{len(texts)} paragraphs, those embedded that are not in {cache}", file=sys.stderr)
        with EmbeddingCache(cache) as kept:
            found[used] = embed_with_cache(engine, texts, kept).vectors
    return found


def whole(text: str, engine: Embedder) -> str:
    """Return as much of a text, from its beginning, as the model reads."""
    while not engine.fits(text):
        text = text[: len(text) * 4 // 5]
    return text


def write_sources(
    folder: Path, held: Sequence[Paragraph], blocks: Sequence[list[int]], count: int
) -> Iterator[tuple[int, int]]:
    """Write so many documents; yield what each sentence is known by, and its paragraph's place."""
    folder.mkdir()
    for number in range(count):
        places = blocks[number % len(blocks)]
        paragraphs = [held[place][1] for place in places]
        if number >= len(blocks):
            chance = random.Random(number)  # noqa: S311 - a sample, no secret
            paragraphs = list(varied(paragraphs, chance))
        (folder / f"{NAME}-{number:07}.txt").write_text("\n\n".join(paragraphs) + "\n", "utf-8")
        for place, text in zip(places, paragraphs, strict=True):
            yield known_by(text), place
            for end in _SENTENCE_ENDS.finditer(text):
                yield known_by(text[end.end() : end.end() + OPENING]), place


def varied(paragraphs: Sequence[str], chance: random.Random) -> Iterator[str]:
    """Yield paragraphs in which some words are those of a neighbour."""
    for place, text in enumerate(paragraphs):
        near = chance.choice(paragraphs[max(0, place - 2) : place + 3])
        words = list(filter(str.islower, _WORD.findall(near)))

        def other(found: re.Match[str], words: list[str] = words) -> str:
            if words and found[0].islower() and chance.random() < EXCHANGED:
                return chance.choice(words)
            return found[0]

        yield _WORD.sub(other, text)


def known_by(text: str) -> int:
    """Return a hash of how a text begins."""
    first = text.strip().partition("\n")[0][:OPENING].rstrip()
    return int.from_bytes(hashlib.blake2b(first.encode(), digest_size=8).digest(), "little")


class VariedPassages:
    """The project's engine, which makes the vectors of the texts that were written above up.

    Of those it holds but hashes of how sentences begin, and the vectors of the paragraphs.
    """

    def __init__(self, engine: Embedder, work: Path) -> None:
        self._engine = engine
        self._base: Vectors = np.load(work / "base.npy")
        with np.load(work / "moving.npz") as held:
            self._keys, self._places = held["keys"], held["places"]
            self._moving = Moving(held["spread"], float(held["scale"]), 0.0)
        self.texts: Counter[str] = Counter()  # by where their vectors are from
        self.seconds = 0.0
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def embed_query(self, text: str) -> Vectors:
        """Embed it, and count it."""
        with self._lock:
            self.texts["queries"] += 1
        return self._engine.embed_query(text)

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Return vectors, and add up how long that took."""
        start = time.perf_counter()
        vectors = np.empty((len(texts), self._engine.dimension), dtype=np.float32)
        bodies = (text.partition("\n")[2] or text for text in texts)
        keys = np.fromiter(map(known_by, bodies), dtype=np.uint64, count=len(texts))
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = self._keys[at] == keys
        # a long heading leaves no room for the title
        titled = np.array([text.startswith(f"{NAME}-") for text in texts], dtype=bool)
        ours, others = np.flatnonzero(known | titled), np.flatnonzero(~(known | titled))
        if len(others):
            vectors[others] = self._engine.embed_passages([texts[place] for place in others])
        if len(ours):
            # of a text that begins within a sentence, any paragraph
            at = np.where(known, at, (keys % np.uint64(len(self._keys))).astype(np.int64))[ours]
            noise = np.stack([_noise(texts[place], vectors.shape[1]) for place in ours])
            vectors[ours] = self._moving.moved(self._base[self._places[at]], noise)
        self.texts["made up, of their paragraph"] += int(known.sum())
        self.texts["made up, of any paragraph"] += int((titled & ~known).sum())
        self.texts["embedded"] += len(others)
        if progress is not None:
            progress(len(texts))
        self.seconds += time.perf_counter() - start
        return vectors


def _noise(text: str, dimension: int) -> Vectors:
    seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
    return np.random.default_rng(seed).standard_normal(dimension, dtype=np.float32)


# --- in a process of its own: the build ---


def build(work: Path) -> dict[str, Any]:
    """Ingest; say how long it took and how much memory there was at most."""
    settings = Settings.from_environment(index=work / "index")
    embedder = VariedPassages(load_embedder(settings), work)
    corpus = shipped_corpus()
    assert corpus is not None
    stages: dict[str, float] = {}  # memory at most while something was told of it

    def progress(stage: str, _done: int, _total: int) -> None:
        own = memory()["own_megabytes"]
        if stage not in stages:
            print(f"{time.perf_counter() - start:8.0f} s  {own:8.0f} MB  {stage}", file=sys.stderr)
        stages[stage] = max(own, stages.get(stage, 0.0))

    start = time.perf_counter()
    sources = find_sources([corpus, work / "sources"])
    report = ingest(sources, embedder, settings, fresh=True, progress=progress)
    seconds = time.perf_counter() - start
    without = seconds - embedder.seconds
    return {
        "documents": report.documents,
        "passages": report.passages,
        "texts": dict(embedder.texts) | {"from the cache": report.reused},
        "seconds": seconds,
        "seconds_of_vectors": embedder.seconds,
        "passages_a_second": report.passages / without,
        "peak_megabytes": peak(resource.RUSAGE_SELF),
        "peak_megabytes_of_a_child": peak(resource.RUSAGE_CHILDREN),
        "megabytes_by_stage": stages,
        "warnings": report.warnings,
    }


def peak(who: int) -> float:
    """Return the most memory that a process had, in MB."""
    most = resource.getrusage(who).ru_maxrss
    return most / (1 << 20) if sys.platform == "darwin" else most / (1 << 10)


def memory() -> dict[str, float]:
    """Return what this process has in memory, in MB; where that is not told, the most it had.

    Its own is what it cannot do without. Pages of files that it has mapped can go at any time, and
    come back from the disk.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return {"own_megabytes": peak(resource.RUSAGE_SELF), "mapped_megabytes": 0.0}
    told = dict(line.split(":", 1) for line in status.read_text("ascii").splitlines())
    anonymous, mapped, shared = (
        int(told[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile", "RssShmem")
    )
    return {"own_megabytes": anonymous + shared, "mapped_megabytes": mapped}


# --- in a process of its own: the searches ---


def search(work: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Ask; say how long that took, how much memory it takes, what is found, and what lies there."""
    settings = Settings.from_environment(index=work / "index")
    queries = read_queries(given.asked or (), given.queries + WARM)
    start = time.perf_counter()
    kb = KnowledgeBase.open(settings=settings)
    kb.warm()
    opened = time.perf_counter() - start
    asked = timed(kb.search, queries)
    used = memory() | {"peak_megabytes": peak(resource.RUSAGE_SELF)}
    embedder = load_embedder(settings, kb.manifest.model.fingerprint)
    table = {"embed": timed(embedder.embed_query, queries), "search": asked}
    for row in table.values():
        row["times_embed"] = row["p50_ms"] / table["embed"]["p50_ms"]
    generation = open_current(settings.index)
    # spread over all sets of queries, since these are shuffled
    recall = recall_of(generation, embedder, queries[WARM:][:RECALLED])
    stamped = kb.manifest.self_test
    return {
        "queries": len(queries) - WARM,
        "open_seconds": opened,
        "memory": used,
        "search": table,
        "recall": {
            "queries": min(RECALLED, len(queries) - WARM),
            f"at_{K}": recall,
            "at_the_ingest": stamped.recall if stamped else None,
        },
        "vectors": {name: stamp.model_dump() for name, stamp in kb.manifest.vectors.items()},
        "size": size_of(generation, settings.index),
    }


def recall_of(generation: Generation, embedder: Embedder, queries: Sequence[str]) -> float:
    """Return the share of the ten likeliest passages that the index finds; twins are as good."""
    index = PassageVectors.read(generation.vectors, generation.parts, generation.openings)
    centring = Centring.of(read_probes(generation.off_topic))
    rows = np.arange(generation.manifest.totals.passages, dtype=np.int64)
    found = wanted = 0
    for text in queries:
        query = parse_query(text, len(text))
        vector = centring.of_text(embedder.embed_query(query.words), query.language)
        likeness = index.scores(vector, rows)[1]
        sought = min(K, len(likeness))
        worst = np.partition(likeness, -sought)[-sought]
        found += int((index.search(vector, ASKED)[1][:K] >= worst).sum())
        wanted += sought
    return found / wanted


def size_of(generation: Generation, index: Path) -> dict[str, Any]:
    """Return the bytes of the texts, and for each passage those of everything beside them."""
    manifest = generation.manifest
    passages = manifest.totals.passages
    files: Counter[str] = Counter()
    for name, stamp in manifest.files.items():
        files[name.partition("/")[0]] += stamp.bytes
    address = f"{generation.records.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as records:
        texts, again = (
            records.execute(f"SELECT sum(length(CAST(text AS BLOB))) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("editions", "passages")
        )
        held = files.pop(generation.records.name)
        tables = _tables(records)
    beside = {"records: the texts once more, by passage": again}
    beside |= {"records: all else": held - texts - again} | dict(files)
    caches = sum(path.stat().st_size for path in index.glob("*.sqlite*"))
    return {
        "texts_bytes_a_passage": texts / passages,
        "bytes_a_passage": {name: size / passages for name, size in beside.items()},
        "all_beside_texts_bytes_a_passage": sum(beside.values()) / passages,
        "caches_of_the_next_ingest_bytes_a_passage": caches / passages,
        "tables_of_records_bytes_a_passage": {k: size / passages for k, size in tables.items()},
        "megabytes": sum(stamp.bytes for stamp in manifest.files.values()) / 1e6,
    }


def _tables(records: sqlite3.Connection) -> dict[str, int]:
    """Return the bytes of each table and index, where this SQLite can tell."""
    try:
        found = records.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2")
        return dict(found.fetchall()[::-1])
    except sqlite3.OperationalError:
        return {}


# --- the table ---


def show(report: dict[str, Any]) -> None:
    """Print the figures, as tables in Markdown."""
    made, built, size = report["made"], report["build"], report["size"]
    asked, used, recall = report["search"], report["memory"], report["recall"]
    vectors = sum(kind["vectors"] for kind in report["vectors"].values())
    print(
        f"{built['passages']:,} passages of {built['documents']:,} documents, {vectors:,} vectors;"
        f" {made['paragraphs']:,} paragraphs ({made['texts']}), each text used"
        f" {made['times_each_text']:.1f} times; {report['queries']} queries"
    )
    print("\n| | p50, ms | p95, ms | p99, ms | processor, ms | embeddings of a query |")
    print("|---|---|---|---|---|---|")
    columns = ("p50_ms", "p95_ms", "p99_ms", "processor_ms", "times_embed")
    for name, row in asked.items():
        print(f"| {name} | " + " | ".join(f"{row[column]:.1f}" for column in columns) + " |")
    print("\n| | |\n|---|---|")
    rows = {
        "built, passages/s (without making vectors)": f"{built['passages_a_second']:,.0f}",
        "built in, s": f"{built['seconds']:,.0f}, {built['seconds_of_vectors']:,.0f} of vectors",
        "build, peak MB": f"{built['peak_megabytes']:,.0f}",
        "opened and warm, s": f"{report['open_seconds']:.1f}",
        "search, own memory, MB": f"{used['own_megabytes']:,.0f}",
        "search, pages of files, MB": f"{used['mapped_megabytes']:,.0f}",
        f"recall@{K}": f"{recall[f'at_{K}']:.4f} ({recall['queries']} queries)",
        "recall at the ingest": f"{recall['at_the_ingest']:.4f}",
        "text, bytes a passage": f"{size['texts_bytes_a_passage']:,.0f}",
        "beside it, bytes a passage": f"{size['all_beside_texts_bytes_a_passage']:,.0f}",
    }
    rows |= {f"– {name}": f"{share:,.0f}" for name, share in size["bytes_a_passage"].items()}
    rows["caches of the next ingest, bytes a passage"] = (
        f"{size['caches_of_the_next_ingest_bytes_a_passage']:,.0f}"
    )
    for name, value in rows.items():
        print(f"| {name} | {value} |")
    for name, kind in report["vectors"].items():
        print(
            f"| {name} | {kind['vectors']:,} {kind['kind']}, {kind['probes']} of"
            f" {kind['clusters']} clusters, recall {kind['recall']:.3f} |"
        )
    stages = built["megabytes_by_stage"].items()
    print("\nbuild, MB by stage: " + ", ".join(f"{name} {size:,.0f}" for name, size in stages))
    print("texts: " + ", ".join(f"{name} {count:,}" for name, count in built["texts"].items()))


if __name__ == "__main__":
    main()
