"""What an ingest costs, and what it costs again when one document of many has changed.

    python benchmarks/ingest.py [--documents N] [--model NAME] [--texts PASSAGES.jsonl.gz]
                                [--suffix md|txt] [--builds cold changed same warm]

Builds an index over N documents of some 75 paragraphs each, each build in a process of its own:

    cold        all documents; nothing is known of them
    changed     one document, in which one paragraph reads otherwise
    same        the same document again
    warm        all documents into another index, with the vectors of the first

Every line of the file of texts holds a paragraph as `text` and its language as `metadata.lang`;
without the file, paragraphs of the same shape are made up. The model is the tests' hashing one
unless another is named: what embedding costs is for benchmarks/embedding.py to say. Markdown is
read in a process of its own for each file, plain text is not. Seconds tell the machine; the ratios
tell the program, those of the processor's seconds (children included) on a busy machine as well.
Written to benchmarks/results/ingest.json.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from load import TEXTS, documents, paragraphs_of

from kb.ingest import ingesting, vectors, writing
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings
from kb.stores.terms import TermIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUILDS = ("cold", "changed", "same", "warm")
# what each stage calls, where it calls it
STAGES = {
    "reading": ((ingesting, "held_before"), (ingesting, "read_all")),
    "passages": ((writing, "cut_all"),),
    "embedding": ((vectors, "embed_with_cache"),),
    "noise": (
        (vectors, "measure_noise"),
        (vectors, "measure_subject_noise"),
        (vectors, "write_probes"),
    ),
    "subjects": ((vectors, "subject_entries"),),
    "records": ((writing, "write_records"), (writing, "content_digest")),
    "references": ((writing, "find_links"),),
    "words": ((writing, "write_forms"),),
}


def main() -> None:
    """Measure, print, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--model", default="hashing")
    parser.add_argument("--texts", type=Path, default=TEXTS)
    parser.add_argument("--suffix", choices=("md", "txt"), default="md")
    parser.add_argument("--builds", nargs="+", choices=BUILDS, default=BUILDS)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)  # an index, and what to add
    given = parser.parse_args()
    if given.child:
        index, source = map(Path, given.child)
        print(json.dumps(build(source, Settings(index=index, model=given.model))))
        return
    with tempfile.TemporaryDirectory() as folder:
        report = {
            "documents": given.documents,
            "model": given.model,
            "suffix": given.suffix,
            "builds": measure(Path(folder), given),
        }
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / "ingest.json").write_text(json.dumps(report, indent=2), "utf-8")
    show(report["builds"])


# --- in this process ---


def measure(folder: Path, given: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Run the builds one after another; return what each says of itself."""
    sources, index, other = folder / "sources", folder / "index", folder / "other"
    sources.mkdir()
    heading = "# " if given.suffix == "md" else ""
    made = documents(paragraphs_of(given.texts, given.documents), given.documents)
    for number, (title, paragraphs) in enumerate(made):
        body = "\n\n".join((f"{heading}{title}", *paragraphs))
        (sources / f"act-{number:05}.{given.suffix}").write_text(f"{body}\n", "utf-8")
    changed = sorted(sources.iterdir())[given.documents // 2]
    results = {}
    for name in (name for name in BUILDS if name in given.builds):
        if name == "changed":
            before, _, last = changed.read_text("utf-8").rstrip().rpartition("\n\n")
            text = f"{before}\n\nThis one reads otherwise.\n\n{last}\n"
            changed.write_text(text, "utf-8")
        if name == "warm":
            other.mkdir()
            for path in index.glob("embeddings.sqlite*"):
                shutil.copy(path, other)
        results[name] = in_a_process(
            other if name == "warm" else index,
            sources if name in ("cold", "warm") else changed,
            given.model,
        )
    return results


def in_a_process(index: Path, source: Path, model: str) -> dict[str, Any]:
    """Build in a process of its own, whose memory is then this build's alone."""
    command = [sys.executable, __file__, "--model", model, "--child", str(index), str(source)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def show(builds: dict[str, dict[str, Any]]) -> None:
    """Print the seconds of every stage, and all of them against the cold build."""
    stages = list(builds["cold"]["seconds"])
    print(f"{'':12}" + "".join(f"{name:>10}" for name in builds))
    for stage in stages:
        row = "".join(f"{build['seconds'].get(stage, 0.0):10.2f}" for build in builds.values())
        print(f"{stage:12}{row}")
    for stage in ("all", "processor"):
        whole = builds["cold"]["seconds"][stage]
        shares = "".join(f"{build['seconds'][stage] / whole:10.1%}" for build in builds.values())
        print(f"{stage:12}{shares}")
    print(f"{'peak, MB':12}" + "".join(f"{build['megabytes']:10.0f}" for build in builds.values()))
    print(f"passages: {builds['cold']['passages']}")


# --- in a process of its own ---


def build(source: Path, settings: Settings) -> dict[str, Any]:
    """Ingest, and say how long each stage took and how much memory there was at most."""
    seconds: dict[str, float] = defaultdict(float)
    for stage, names in STAGES.items():
        for module, name in names:
            setattr(module, name, timed(getattr(module, name), stage, seconds))
    write_terms = timed(TermIndex.write, "terms", seconds)
    TermIndex.write = write_terms  # type: ignore[method-assign]
    start = time.perf_counter()
    report = KnowledgeBase.add([source], settings=settings)
    whole = time.perf_counter() - start
    seconds["rest"] = whole - sum(seconds.values())
    seconds["all"] = whole
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds["processor"] = sum(item.ru_utime + item.ru_stime for item in used)
    return {
        "seconds": seconds,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "documents": report.documents,
        "passages": report.passages,
        "embedded": report.embedded,
    }


_running: list[list[float]] = []  # what nested calls took, which is not the outer call's


def timed(work: Callable[..., Any], stage: str, seconds: dict[str, float]) -> Callable[..., Any]:
    """Return the function, which then adds to a stage what a call takes by itself.

    Of a generator, what it takes between two of its values.
    """

    def run(step: Callable[[], Any]) -> Any:
        _running.append([])
        start = time.perf_counter()
        try:
            return step()
        finally:
            taken = time.perf_counter() - start
            seconds[stage] += taken - sum(_running.pop())
            if _running:
                _running[-1].append(taken)

    def call(*given: Any, **named: Any) -> Any:
        result = run(lambda: work(*given, **named))
        return values(result) if hasattr(result, "send") else result

    def values(generator: Iterator[Any]) -> Iterator[Any]:
        end = object()
        while (value := run(lambda: next(generator, end))) is not end:
            yield value

    return call


if __name__ == "__main__":
    main()
