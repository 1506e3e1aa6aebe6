"""A hostile parser's end: always a text or a clear refusal, and nothing left running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import pytest

from kb.documents import Span
from kb.errors import UnreadableSource
from kb.readers.blocks import Block, BlockKind, OcrPage, SourceText
from kb.readers.formats import MARKDOWN, Format
from kb.readers.sandbox import _from_json, _to_json, read_in_sandbox
from kb.settings import Settings

HOSTILE = dedent(
    """
    import os, signal, sys, time
    from kb.errors import UnreadableSource
    from kb.readers.plain import read_plain

    def sleeps(data, name): time.sleep(1000)
    def spins(data, name):
        while True: pass
    def eats(data, name): return [bytearray(1 << 24) for _ in range(10_000)]
    def crashes(data, name): os.kill(os.getpid(), signal.SIGSEGV)
    def leaves(data, name): os._exit(3)
    def raises(data, name): raise KeyError("/Kids\\nmissing")
    def recurses(data, name): return recurses(data, name)
    def refuses(data, name): raise UnreadableSource(f"{name} is encrypted.")
    def talks(data, name):
        print("noise")
        return read_plain("text")
    def floods(data, name): return read_plain("x" * (65 << 20))
    def fills_the_disk(data, name):
        with open(os.path.join(os.path.dirname(__file__), "big"), "wb") as file:
            for _ in range(100): file.write(bytes(1 << 20))
    def reads_input(data, name): return read_plain(repr(sys.stdin.read()))
    def tells_secrets(data, name): return read_plain(repr(sorted(os.environ)))
    def litters(data, name):
        os.mkdir(os.path.join(os.environ["TMPDIR"], "folder"))
        open("file", "w").close()
        open(os.path.join(os.path.dirname(__file__), "stray"), "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    def strays(folder):
        assert folder.joinpath("folder").is_dir()
        yield folder.parent.parent / "stray"
        yield folder / "there is none"
    def forks(data, name):
        if os.fork() == 0:
            with open(os.path.join(os.path.dirname(__file__), "pid"), "w") as file:
                file.write(str(os.getpid()))
        time.sleep(1000)
    def forks_and_crashes(data, name):
        started = os.fork()
        if started == 0:
            time.sleep(1000)
        with open(os.path.join(os.path.dirname(__file__), "pid"), "w") as file:
            file.write(str(started))
        os.kill(os.getpid(), signal.SIGSEGV)
    """
)


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A function that reads a file with a reader of the hostile module."""
    (tmp_path / "hostile.py").write_text(HOSTILE)
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "file.xyz"
    path.write_bytes(b"data")

    def read(reader: str, **settings: int) -> SourceText:
        form = Format(f"hostile:{reader}", is_text=False, hostile=True)
        return read_in_sandbox(form, path, Settings(**{"parse_seconds": 30} | settings))

    return read


@pytest.mark.parametrize(
    ("reader", "settings", "reason"),
    [
        ("sleeps", {"parse_seconds": 1}, "takes more than 1 seconds. Raise the setting parse_seco"),
        ("spins", {"parse_seconds": 1}, "takes more than 1 seconds"),
        ("crashes", {}, "its parser was ended by SIGSEGV"),
        ("leaves", {}, "its parser ended with exit code 3"),
        ("raises", {}, "KeyError: '/Kids"),
        ("recurses", {}, "RecursionError"),
        ("talks", {}, "its parser gave no sensible answer"),
        ("floods", {}, "it holds more than 64 MB of text"),
        ("fills_the_disk", {}, "File too large"),
        ("no_such_function", {}, "AttributeError"),
    ],
)
def test_each_end_is_a_refusal(hostile, reader: str, settings: dict[str, int], reason: str) -> None:
    with pytest.raises(UnreadableSource) as refusal:
        hostile(reader, **settings)
    message = str(refusal.value)
    assert reason in message
    assert "file.xyz cannot be read: " in message
    assert "\n" not in message


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not limit memory by RLIMIT_AS")
def test_memory_is_limited(hostile) -> None:
    with pytest.raises(UnreadableSource, match=r"more than 256 MB of memory.*parse_megabytes"):
        hostile("eats", parse_megabytes=256)


def test_a_refusal_comes_through_in_its_own_words(hostile) -> None:
    with pytest.raises(UnreadableSource, match=r"^\S+file\.xyz is encrypted\.$"):
        hostile("refuses")


def test_the_child_has_no_input_and_no_secrets(hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_API_KEYS", "secret")
    assert hostile("reads_input").text == "''"
    assert "KB_API_KEYS" not in hostile("tells_secrets").text


@pytest.mark.usefixtures("hostile")
def test_what_the_child_wrote_goes_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    form = Format("hostile:litters", is_text=False, hostile=True, leftovers="hostile:strays")
    with pytest.raises(UnreadableSource, match="ended by SIGKILL"):
        read_in_sandbox(form, tmp_path / "file.xyz", Settings())
    assert list((tmp_path / "temporary").iterdir()) == []
    assert (tmp_path / "file.xyz").exists()
    assert not (tmp_path / "stray").exists()


@pytest.mark.parametrize(
    ("reader", "reason"),
    [("forks", "takes more than 2 seconds"), ("forks_and_crashes", "ended by SIGSEGV")],
)
def test_what_the_child_started_ends_with_it(
    hostile, tmp_path: Path, reader: str, reason: str
) -> None:
    with pytest.raises(UnreadableSource, match=reason):
        hostile(reader, parse_seconds=2)
    grandchild = int((tmp_path / "pid").read_text())
    for _ in range(100):  # a killed process takes a moment to go
        if has_ended(grandchild):
            return
        time.sleep(0.02)
    os.kill(grandchild, signal.SIGKILL)
    pytest.fail("what the child started went on without it")


def has_ended(process: int) -> bool:
    """Whether a process is gone, or has ended and nobody has collected it yet."""
    try:
        os.kill(process, 0)
        stat = Path(f"/proc/{process}/stat")
        return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


def test_a_small_memory_limit_is_enough_for_a_text(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Закон\n\n1) сөз")
    source = read_in_sandbox(MARKDOWN, path, Settings(parse_megabytes=128))
    assert source.text == "Закон\n\n1) сөз\n"
    assert source.title == "Закон"


def test_the_child_loads_no_model_and_no_index() -> None:
    command = "import sys, kb.readers.sandbox, kb.readers.pdf; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, check=True, text=True
    ).stdout.split()
    assert not {"torch", "faiss", "numpy", "tantivy", "sentence_transformers"} & set(loaded)


SOURCE = SourceText(
    "Бап\n\nб\n",
    (Block(Span(0, 5), BlockKind.HEADING, 2), Block(Span(5, 7), BlockKind.QUOTE)),
    title="Бап",
    page_starts=(0, 5),
    warnings=("w",),
    ocr_pages=(OcrPage(2, 91.5),),
)


def test_a_text_survives_the_way_through_json() -> None:
    assert _from_json(json.loads(json.dumps(_to_json(SOURCE)))) == SOURCE


@pytest.mark.parametrize(
    "lie",
    [
        {"blocks": []},
        {"blocks": [[0, 5, "heading", 2]]},
        {"blocks": [[0, 5, "heading", 2], [4, 7, "quote", 0]]},
        {"blocks": [[0, 7, "spell", 2]]},
        {"blocks": [[0, 7]]},
        {"page_starts": [5, 0]},
        {"page_starts": [1]},
        {"page_starts": [0, 700]},
        {"ocr_pages": [[0, 50]]},
        {"ocr_pages": [[3, 50]]},
        {"ocr_pages": [[2, 50], [1, 50]]},
        {"ocr_pages": [[1, 101]]},
        {"ocr_pages": [1]},
        {"text": 7},
    ],
)
def test_an_answer_that_does_not_add_up_is_refused(lie: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        _from_json(json.loads(json.dumps(_to_json(SOURCE))) | lie)
