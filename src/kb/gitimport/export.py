"""Versions as files: `<data>/git/<document>/<language>/<valid from>-<commit>.md` and `.json`.

A text is never overwritten: what an index was built from stays readable. The facts beside it are
put anew when they change, for the version that was open may have an end by the next import. A
repository whose history was rewritten gives the same texts under other commits; a text that is
there already for its day is not written twice.
"""

from __future__ import annotations

import errno
import json
import os
import tempfile
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import StorageFull

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_FOLDER = "git"
_COMMIT_DIGITS = 12


def export_text(
    data: Path, document_id: str, language: str, day: date, commit: str, text: str
) -> Path:
    """Write a text where none is, and return its path.

    Raises:
        StorageFull: the disk refused the write.
    """
    folder = data / _FOLDER / document_id / language
    written = text.encode("utf-8")
    stem = f"{day.isoformat()}-{commit[:_COMMIT_DIGITS]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for held in sorted(folder.glob(f"{day.isoformat()}-*.md")):
            if held.read_bytes() == written:
                return held
        for name in chain([stem], (f"{stem}-{number}" for number in count(2))):
            path = folder / f"{name}.md"
            if _put(path, written, replace=False):
                return path
    except OSError as error:
        raise _refused(folder, error) from error
    raise AssertionError  # the names do not end


def export_facts(text: Path, facts: Mapping[str, object]) -> None:
    """Write what is known of a version beside its text.

    Raises:
        StorageFull: the disk refused the write.
    """
    path = text.with_suffix(".json")
    written = (json.dumps(facts, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
    try:
        if not path.is_file() or path.read_bytes() != written:
            _put(path, written, replace=True)
    except OSError as error:
        raise _refused(path, error) from error


def _put(path: Path, written: bytes, *, replace: bool) -> bool:
    """Write a file whole or not at all; return False where there is one that is to stay."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        if replace:
            Path(name).replace(path)
        else:
            os.link(name, path)
    except FileExistsError:
        return False
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()
    return True


def _refused(path: Path, error: OSError) -> StorageFull:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StorageFull(f"{path} has no room: free some space and import again.")
    return StorageFull(f"{path} cannot be written ({error.strerror or error}): check the folder.")
