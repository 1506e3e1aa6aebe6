"""Killed at any moment, an index is what it was before or what it was about to become.

The first tests fork a child for each line that a build or a clean-up executes in `kb.generations`
and in `shutil`; the child kills itself when it gets there. They run in a process of their own (this
file, as a program), since forking wants a process without threads. The last test kills a child
from outside, at moments that nobody chose.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import kb.generations
from kb.documents import Language
from kb.generations import (
    Contents,
    Counts,
    Generation,
    ModelStamp,
    building,
    collect_garbage,
    list_generations,
    open_current,
    verify_files,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

WATCHED = (str(Path(kb.generations.__file__).parent), shutil.__file__)


def build(index: Path, corpus: str) -> Generation:
    one = Counts(documents=1, editions=1, nodes=1, passages=1, vectors=1)
    with building(index) as draft:
        draft.records.write_text(corpus * 1000)
        draft.terms.mkdir()
        (draft.terms / "meta.json").write_text(corpus)
        return draft.commit(
            Contents(
                model=ModelStamp(name="m", fingerprint="f", dimension=3),
                chunker="1",
                corpus_digest=corpus,
                totals=one,
                languages={Language.ENGLISH: one},
            )
        )


def run_until_line(work: Callable[[], object], line: int) -> bool:
    """Do the work in a child that kills itself at its n-th line; return whether it got there."""
    child = os.fork()
    if child == 0:
        left = line

        def trace(frame: FrameType, event: str, _: object) -> object:
            nonlocal left
            if not frame.f_code.co_filename.startswith(WATCHED):
                return None
            if event == "line":
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        sys.settrace(trace)  # type: ignore[arg-type]
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def kill_builds() -> dict[str, int]:
    """Kill a build at every line; after each, what is in use is whole and the next build works."""
    index = Path(tempfile.mkdtemp()) / "index"
    outcome = {"before": 0, "after": 0}
    used = build(index, "start")
    line = 1
    while run_until_line(lambda: build(index, "killed"), line):
        found = open_current(index)
        assert verify_files(found) == []
        if found == used:
            outcome["before"] += 1
        else:
            assert found.manifest.corpus_digest == "killed"
            outcome["after"] += 1
        used = build(index, f"after {line}")
        assert open_current(index) == used
        collect_garbage(index, keep=1)
        assert sorted(path.name for path in index.iterdir()) == sorted(
            [".ingest.lock", "CURRENT", used.name]
        )
        line += 1
    shutil.rmtree(index.parent)
    return outcome


def kill_first_builds() -> dict[str, int]:
    """Kill the first build of an index at every fifth line."""
    outcome = {"missing": 0, "after": 0}
    line, killed = 1, True
    while killed:
        index = Path(tempfile.mkdtemp()) / "index"
        killed = run_until_line(lambda index=index: build(index, "killed"), line)
        if (index / "CURRENT").exists():
            assert verify_files(open_current(index)) == []
            outcome["after"] += 1
        else:
            outcome["missing"] += 1
        assert build(index, "next") == open_current(index)
        shutil.rmtree(index.parent)
        line += 5
    return outcome


def kill_cleaning() -> dict[str, int]:
    """Kill a clean-up at every third line; no half of a generation is ever listed or used."""
    index = Path(tempfile.mkdtemp()) / "index"
    outcome = {"killed": 0}
    line, killed = 1, True
    while killed:
        for number in range(3):
            used = build(index, f"{line}.{number}")
        killed = run_until_line(lambda: collect_garbage(index, keep=1), line)
        assert open_current(index) == used
        for entry in list_generations(index):
            assert verify_files(kb.generations.open_generation(entry.folder)) == []
        collect_garbage(index, keep=1)
        assert [entry.name for entry in list_generations(index)] == [used.name]
        assert not list(index.glob(".removed*"))
        outcome["killed"] += killed
        line += 3
    shutil.rmtree(index.parent)
    return outcome


def build_for_ever(index: Path) -> None:
    number = 0
    while True:
        build(index, f"{number} ")
        collect_garbage(index, keep=2)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        number += 1


def run(*arguments: str | Path) -> dict[str, int]:
    child = subprocess.run(
        [sys.executable, __file__, *map(os.fspath, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert child.returncode == 0, child.stderr
    outcome = json.loads(child.stdout)
    assert isinstance(outcome, dict)
    return outcome


def test_a_build_killed_at_any_line() -> None:
    outcome = run("builds")
    assert outcome["before"] > 100  # everything up to the swap of CURRENT
    assert outcome["after"] > 0  # and what little comes after it


def test_a_first_build_killed() -> None:
    outcome = run("first-builds")
    assert outcome["missing"] > 20
    assert outcome["after"] > 0


def test_a_clean_up_killed() -> None:
    assert run("cleaning")["killed"] > 30


@pytest.mark.parametrize("delay", [0.0, 0.011, 0.023, 0.037, 0.053])
def test_a_build_killed_from_outside(tmp_path: Path, delay: float) -> None:
    index = tmp_path / "index"
    arguments = [sys.executable, __file__, "for-ever", os.fspath(index)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()  # the first build is through
        time.sleep(delay)
        child.kill()
    assert child.returncode == -signal.SIGKILL
    found = open_current(index)
    assert verify_files(found) == []
    assert build(index, "next") == open_current(index)


def main() -> None:
    if sys.argv[1] == "for-ever":
        build_for_ever(Path(sys.argv[2]))
    work = {"builds": kill_builds, "first-builds": kill_first_builds, "cleaning": kill_cleaning}
    sys.stdout.write(json.dumps(work[sys.argv[1]]()))


if __name__ == "__main__":
    main()
