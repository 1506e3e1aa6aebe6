"""Folders in the user's cache that are made once and appear whole or not at all.

    ensure_folder(folder, fingerprint, write, doing=…)    the ready folder, made now if need be
    verify_folder(folder)                                 the full check, file by file
    digest_of(file, cache)                                what it is made from, hashed once

A folder is written beside its place, synced, and then renamed. Its manifest, written last, names
what it was made from and the size and SHA-256 of every file. Two processes that want the same
folder take turns, and a killed one leaves only a partial folder that the next one sweeps away.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from kb.errors import ModelUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

MANIFEST = "conversion.json"
LOCK_SECONDS = 600  # the work takes seconds; a longer wait means that something hangs

SETTLED_SECONDS = 2  # a younger file may change again without its times showing it

_log = logging.getLogger(__name__)


class _Digest(BaseModel):
    """What a file was when it was hashed."""

    model_config = ConfigDict(frozen=True)

    path: str
    size: int  # in bytes
    modified: int  # both times in ns
    changed: int
    sha256: str


class _FileRecord(BaseModel):
    """What a file of a converted folder was when it was written."""

    model_config = ConfigDict(frozen=True)

    size: int  # in bytes
    sha256: str


class _Manifest(BaseModel):
    """The last file of a converted folder to be written."""

    model_config = ConfigDict(frozen=True)

    fingerprint: str
    files: dict[str, _FileRecord]  # path in the folder → record; without the manifest itself


def ensure_folder(
    folder: Path, fingerprint: str, write: Callable[[Path], None], *, doing: str
) -> None:
    """Make `folder` with `write`, unless it is there, whole, and made from `fingerprint`.

    `write` gets an empty folder; what it raises, other than an OSError, reaches the caller and
    leaves nothing behind. `doing` says what is being done: "Converting the weights of e5".

    Raises:
        ModelUnavailable: the cache cannot be written, or another process has been at it for ten
            minutes.
    """
    if _is_whole(folder, fingerprint):
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{folder.name}.lock", timeout=LOCK_SECONDS):
            if not _is_whole(folder, fingerprint):  # else another process made it meanwhile
                _log.info("%s into %s", doing, folder)
                _make(folder, fingerprint, write)
    except Timeout as error:
        raise ModelUnavailable(
            f"{doing}: another process has been at it in {folder.parent} for ten minutes; stop it"
            " and try again."
        ) from error
    except OSError as error:
        raise ModelUnavailable(
            f"The converted model cannot be written to {folder.parent} ({error}); make room there"
            " (1 GB), or set KB_CACHE to another folder."
        ) from error


def verify_folder(folder: Path) -> tuple[str, ...]:
    """Hash every file of a cached folder; return what is wrong with it, () if nothing is.

    `ensure_folder` compares sizes alone, since hashing half a gigabyte at every start costs
    more than it finds. This is the check for `kb doctor` and for doubt.
    """
    manifest = _read_manifest(folder)
    if manifest is None:
        return (f"{folder} has no readable {MANIFEST}",)
    problems = []
    for file, expected in manifest.files.items():
        path = folder / file
        if not path.is_file():
            problems.append(f"{path} is missing")
        elif _record(path) != expected:
            problems.append(f"{path} was changed after the conversion")
    return tuple(problems)


def digest_of(file: Path, cache: Path) -> str:
    """Return the SHA-256 of a file; remember it in `cache` until the file's size or times change.

    Hashing the packaged weights at every start took a tenth of a search from the command line.

    Raises:
        OSError: the file cannot be read. That the cache cannot be written is no error.
    """
    memory = cache / f".{file.name}.digest.json"
    before = file.stat()
    known = {
        "path": str(file.resolve()),
        "size": before.st_size,
        "modified": before.st_mtime_ns,
        "changed": before.st_ctime_ns,
    }
    with suppress(OSError, ValidationError):
        held = _Digest.model_validate_json(memory.read_bytes())
        if held.model_dump(exclude={"sha256"}) == known:
            return held.sha256
    digest = _record(file).sha256
    settled = time.time() - max(before.st_mtime, before.st_ctime) > SETTLED_SECONDS
    if settled and file.stat().st_ctime_ns == before.st_ctime_ns:
        with suppress(OSError):
            cache.mkdir(parents=True, exist_ok=True)
            fresh = memory.with_suffix(f".{os.getpid()}")
            fresh.write_text(json.dumps(known | {"sha256": digest}), encoding="utf-8")
            fresh.replace(memory)
    return digest


def _is_whole(folder: Path, fingerprint: str) -> bool:
    """Whether the folder was made from this source and every file has its size."""
    manifest = _read_manifest(folder)
    if manifest is None or manifest.fingerprint != fingerprint:
        return False
    try:
        return all(
            (folder / file).stat().st_size == expected.size
            for file, expected in manifest.files.items()
        )
    except OSError:
        return False


def _read_manifest(folder: Path) -> _Manifest | None:
    try:
        return _Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError):
        return None


def _make(folder: Path, fingerprint: str, write: Callable[[Path], None]) -> None:
    """Write the folder beside its place and move it there; the caller holds the lock."""
    prefix = f".{folder.name}.partial-"
    for leftover in folder.parent.glob(f"{prefix}*"):  # of processes that were killed
        shutil.rmtree(leftover)
    partial = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        fresh = partial / "fresh"
        fresh.mkdir()
        write(fresh)
        _write_manifest(fresh, fingerprint)
        _sync_tree(fresh)
        if folder.exists():  # damaged: it goes into the partial folder and away with it
            folder.rename(partial / "damaged")
        fresh.rename(folder)
        _sync(folder.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_manifest(folder: Path, fingerprint: str) -> None:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): _record(path) for path in paths}
    manifest = _Manifest(fingerprint=fingerprint, files=files)
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _record(path: Path) -> _FileRecord:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return _FileRecord(size=path.stat().st_size, sha256=digest)


def _sync_tree(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        _sync(path)


def _sync(path: Path) -> None:
    """Make a file's bytes, or a folder's entries, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
