"""Kill `kb ingest` at swept moments: what was in use stays in use, and the next ingest works."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kb.generations import open_current, verify_files
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

# `kb ingest` that kills itself, or is interrupted, at the n-th step of its work. A step is a line
# of the modules that read, build and swap, so that a sweep over n meets every stage of an ingest.
PROGRAM = """
import os, signal, sys
import kb.cli, kb.ingest, kb.knowledge_base
from pathlib import Path

left, sent = int(sys.argv.pop(1)), getattr(signal, sys.argv.pop(1))
here = str(Path(kb.cli.__file__).parents[1])
watched = tuple(
    os.path.join(here, name) for name in ("ingest", "library.py", "generations", "stores")
)

def trace(frame, event, _):
    global left
    if not frame.f_code.co_filename.startswith(watched):
        return None
    if event == "line":
        left -= 1
        if left == 0:
            os.kill(os.getpid(), sent)
    return trace

sys.settrace(trace)
try:
    kb.cli.main()
finally:
    print("steps left:", left, file=sys.stderr)
"""
MANY = 10**9


def run(
    settings: Settings, *arguments: object, program: str = PROGRAM
) -> subprocess.CompletedProcess[str]:
    *given, path = map(str, arguments)
    return subprocess.run(
        [sys.executable, "-c", program, *given, "ingest", path],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env={
            "KB_MODEL": "hashing",
            "KB_INDEX": str(settings.index),
            "KB_CACHE": str(settings.cache),
        },
    )


def write(folder: Path, place: str) -> Path:
    """Write a source that has two articles; `place` is what tells one state of it from another."""
    folder.mkdir(exist_ok=True)
    path = folder / "law.md"
    text = f"# Law\n\n## Article 1. Place\n\n1. It stays {place}.\n\n## Article 2. End\n\nEnd.\n"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many steps the second ingest of a source takes."""
    folder = tmp_path_factory.mktemp("whole")
    settings = Settings(index=folder / "index", cache=folder / "cache", model="hashing")
    KnowledgeBase.add([write(folder, "free")], settings=settings)
    done = run(settings, MANY, "SIGKILL", write(folder, "open"))
    assert done.returncode == 0, done.stderr
    return MANY - int(done.stderr.rpartition("steps left:")[2])


@pytest.fixture
def changed(tmp_path: Path, own_settings: Settings) -> Path:
    """A source that reads otherwise than the index has it."""
    KnowledgeBase.add([write(tmp_path, "free")], settings=own_settings)
    return write(tmp_path, "open")


def text_in_use(settings: Settings) -> str:
    assert verify_files(open_current(settings.index)) == []
    return KnowledgeBase.open(settings=settings).document("law").editions[0].text


@pytest.mark.parametrize("part", [0.01, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.92, 0.96, 0.99])
def test_killed(own_settings: Settings, changed: Path, steps: int, part: float) -> None:
    before = open_current(own_settings.index).name

    killed = run(own_settings, int(steps * part), "SIGKILL", changed)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    replaced = open_current(own_settings.index).name != before
    assert ("It stays open" in text_in_use(own_settings)) is replaced
    KnowledgeBase.add([changed], settings=own_settings)
    assert "It stays open" in text_in_use(own_settings)
    assert not (own_settings.index / ".draft").exists()


@pytest.mark.parametrize("part", [0.05, 0.5, 0.8])
def test_interrupted(own_settings: Settings, changed: Path, steps: int, part: float) -> None:
    before = open_current(own_settings.index).name

    stopped = run(own_settings, int(steps * part), "SIGINT", changed)

    assert stopped.returncode == 130
    assert stopped.stdout == ""
    said = stopped.stderr.partition("steps left:")[0].splitlines()
    assert len(said) == 1
    assert said[0].startswith("kb: interrupted")
    assert open_current(own_settings.index).name == before
    # The draft is removed as far as it can be: the word index may still be letting go of its files.
    KnowledgeBase.add([changed], settings=own_settings)
    assert "It stays open" in text_in_use(own_settings)
    assert not (own_settings.index / ".draft").exists()


def test_killed_before_there_was_an_index(
    own_settings: Settings, tmp_path: Path, steps: int
) -> None:
    path = write(tmp_path, "free")
    killed = run(own_settings, steps // 3, "SIGKILL", path)
    assert killed.returncode == -signal.SIGKILL
    assert not (own_settings.index / "CURRENT").exists()
    assert KnowledgeBase.add([path], settings=own_settings).documents == 1


# The model kills the process when it is asked for its 150th text.
KILLED_WHILE_EMBEDDING = """
import os, signal, sys
import kb.cli
from kb.models.hashing import HashEmbedder

done, embed_passages = 0, HashEmbedder.embed_passages

def killed(self, texts, progress=None):
    global done
    done += len(texts)
    if done >= 150:
        os.kill(os.getpid(), signal.SIGKILL)
    return embed_passages(self, texts, progress)

HashEmbedder.embed_passages = killed
kb.cli.main()
"""


def test_what_was_embedded_before_it_was_killed_is_not_embedded_again(
    own_settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "law.md"
    articles = (f"## Article {n}. Part {n}\n\nIt says {n}.\n" for n in range(1, 201))
    path.write_text("# Law\n\n" + "\n".join(articles), "utf-8")

    killed = run(own_settings, path, program=KILLED_WHILE_EMBEDDING)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    report = KnowledgeBase.add([path], settings=own_settings)
    assert report.passages == 200
    assert (report.reused, report.embedded) == (128, 72)  # batches of 64 had been committed
