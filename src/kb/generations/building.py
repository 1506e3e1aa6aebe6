"""Building a generation so that a reader never sees half of one.

The order is what keeps the promise. Everything is written to a draft that no reader looks at,
brought to the disk, read again and compared; then the folder gets its name, and last of all, in one
atomic step, CURRENT names it. A draft that a killed process left is removed by the next build.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import filelock

from kb.errors import IndexDamaged, IngestBusy, KBError, StorageFull
from kb.generations.folder import (
    CURRENT,
    DRAFT,
    LOCK,
    REMOVED,
    Layout,
    generation_folders,
    stamps,
    sync,
    sync_tree,
)
from kb.generations.manifest import Manifest
from kb.generations.reading import Generation, current_name, verify_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.generations.manifest import Contents

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST, errno.EIO}
_SQLITE_REFUSED = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
}


class Draft(Layout):
    """A generation that is being written; `building` makes one."""

    def commit(self, contents: Contents) -> Generation:
        """Make the draft the generation in use.

        Raises:
            IndexDamaged: the disk gave back something else than was written.
            OSError: the disk refused a write; `building` turns it into StorageFull.
        """
        index = self.folder.parent
        created = datetime.now(UTC)
        manifest = Manifest(**contents.model_dump(), created=created, files=stamps(self.folder))
        self.manifest_file.write_text(manifest.to_json(), "utf-8")
        sync_tree(self.folder)
        self._verify(manifest)
        name = f"gen-{created:%Y%m%dT%H%M%S.%fZ}-{contents.digest[:12]}"
        folder = self.folder.rename(index / name)
        try:
            sync(index)
            _point_to(index, name)
        except BaseException:
            if _current_or_none(index) != name:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        return Generation(folder, manifest)

    def _verify(self, manifest: Manifest) -> None:
        read_again = Manifest.from_json(self.manifest_file.read_text("utf-8"))
        problems = verify_files(Generation(self.folder, manifest))
        if problems or read_again != manifest:
            file = problems[0].file if problems else self.manifest_file.name
            raise IndexDamaged(
                f"{file} did not come back from the disk as it was written; check the disk and run"
                " `kb ingest` again. The index is as it was."
            )


@contextmanager
def building(index: Path) -> Iterator[Draft]:
    """Lock the index and give a draft to write to.

    Leaving the block without `commit`, by an exception or not, leaves the index as it was.

    Raises:
        IngestBusy: another process, or another thread, is building.
        StorageFull: the disk refused a write, within the block too.
    """
    with _writing(index), _locked(index):
        draft = Draft(index / DRAFT)
        draft.folder.mkdir()
        try:
            yield draft
        finally:
            shutil.rmtree(draft.folder, ignore_errors=True)


def collect_garbage(index: Path, keep: int = 2) -> list[str]:
    """Remove old generations and return their names.

    The generation in use stays, and with it the newest others, so that `keep` are left. A process
    that has a removed one open goes on reading it: its files live until they are closed.

    Raises:
        IndexMissing, IndexDamaged: CURRENT cannot be trusted, so nothing is removed.
        IngestBusy: an ingest is running.
        StorageFull: a folder could not be removed.
        ValueError: `keep` is less than 1.
    """
    if keep < 1:
        raise ValueError("At least the generation in use is kept.")
    current = current_name(index)
    with _writing(index), _locked(index):
        current = current_name(index)
        others = [folder for folder in generation_folders(index) if folder.name != current]
        doomed = others[: max(0, len(others) - (keep - 1))]
        for folder in doomed:
            # The name goes first, so that no half of a generation is ever found under it.
            shutil.rmtree(folder.rename(index / f"{REMOVED}{folder.name}"))
        return [folder.name for folder in doomed]


@contextmanager
def _locked(index: Path) -> Iterator[None]:
    """Hold the ingest lock, which the system drops when its process ends however it ends."""
    index.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(index / LOCK, blocking=False)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise IngestBusy(
            f"Another ingest is writing to {index}; wait until it has ended, or choose another"
            " folder with --index."
        ) from error
    try:
        _sweep(index)
        yield
    finally:
        lock.release()


def _sweep(index: Path) -> None:
    """Remove what killed processes left unfinished."""
    for path in index.iterdir():
        if path.name == DRAFT or path.name.startswith(REMOVED):
            shutil.rmtree(path)


def _point_to(index: Path, name: str) -> None:
    """Make CURRENT name a generation, in one step."""
    temporary = index / f".{CURRENT}"
    try:
        temporary.write_text(f"{name}\n", "ascii")
        sync(temporary)
        temporary.replace(index / CURRENT)
    finally:
        temporary.unlink(missing_ok=True)
    # The generation is in use. Should this fail and the power too, the one before it is: whole
    # either way, so it is no reason to report a failed build.
    with suppress(OSError):
        sync(index)


def _current_or_none(index: Path) -> str | None:
    try:
        return current_name(index)
    except KBError:
        return None


@contextmanager
def _writing(index: Path) -> Iterator[None]:
    """Turn a disk's refusal into StorageFull, in words."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise _full(index) from error
        if error.errno == errno.EROFS or (error.errno in _REFUSED and _concerns(error, index)):
            raise _refused(index, error.strerror or str(error)) from error
        raise
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise _full(index) from error
        if code in _SQLITE_REFUSED:
            raise _refused(index, str(error)) from error
        raise


def _concerns(error: OSError, index: Path) -> bool:
    """Whether the error is about the index, and not about a source file that was being read."""
    if not isinstance(error.filename, str):
        return False
    path, here = Path(error.filename).absolute(), index.absolute()
    return path.is_relative_to(here) or here.is_relative_to(path)


def _full(index: Path) -> StorageFull:
    return StorageFull(
        f"The disk of {index} is full; free some space there, or choose another folder with"
        " --index. The index is as it was."
    )


def _refused(index: Path, reason: str) -> StorageFull:
    return StorageFull(
        f"{index} cannot be written ({reason}); allow writing there, or choose another folder with"
        " --index. The index is as it was."
    )
