"""The names of an index's files, and the few disk operations that a crash must not break."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb.generations.manifest import FileStamp

if TYPE_CHECKING:
    from collections.abc import Iterator

CURRENT = "CURRENT"  # the file that names the generation in use
MANIFEST = "manifest.json"
RECORDS = "kb.sqlite"
VECTORS = "vectors.faiss"
PARTS = "parts.faiss"
OPENINGS = "openings.faiss"
TERMS = "terms"
UNITS = "units"
FORMS = "words.tsv"
OFF_TOPIC = "off-topic.npy"
SUBJECTS = "subjects"
THESAURUS = "thesaurus.json"
LOCK = ".ingest.lock"
DRAFT = ".draft"  # a generation that is being written
REMOVED = ".removed-"  # starts the name of a generation that is being deleted

NAME = re.compile(r"gen-\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{12}")  # gen-20260131T090000.000000Z-5c0f…


@dataclass(frozen=True)
class Layout:
    """The files of one generation, built or being built."""

    folder: Path

    @property
    def records(self) -> Path:
        """Documents, editions, nodes and passages (`kb.stores.records`)."""
        return self.folder / RECORDS

    @property
    def vectors(self) -> Path:
        """The vectors of the passages (`kb.stores.vectors`)."""
        return self.folder / VECTORS

    @property
    def parts(self) -> Path:
        """The vectors of the parts of longer passages."""
        return self.folder / PARTS

    @property
    def openings(self) -> Path:
        """The vectors of how units of several passages open."""
        return self.folder / OPENINGS

    @property
    def terms(self) -> Path:
        """The folder of the lexical index of passages (`kb.stores.terms`)."""
        return self.folder / TERMS

    @property
    def units(self) -> Path:
        """The folder of the lexical index of whole units, such as articles."""
        return self.folder / UNITS

    @property
    def forms(self) -> Path:
        """The words of all passages, with their counts (`kb.stores.forms`)."""
        return self.folder / FORMS

    @property
    def off_topic(self) -> Path:
        """The vectors of questions that no policy text answers (`kb.noise`)."""
        return self.folder / OFF_TOPIC

    @property
    def subjects(self) -> Path:
        """The folder of the subject index (`kb.stores.subject_index`)."""
        return self.folder / SUBJECTS

    @property
    def thesaurus(self) -> Path:
        """The thesaurus that queries are expanded with (`kb.thesaurus`), with its stems."""
        return self.folder / THESAURUS

    @property
    def manifest_file(self) -> Path:
        """The manifest, which names every other file."""
        return self.folder / MANIFEST


def generation_folders(index: Path) -> list[Path]:
    """Return the folders of all generations, oldest first."""
    if not index.is_dir():
        return []
    return sorted(path for path in index.iterdir() if NAME.fullmatch(path.name) and path.is_dir())


def stamps(folder: Path) -> dict[str, FileStamp]:
    """Return the stamp of each file below a generation's folder, apart from the manifest.

    A lock file is not content: the lexical index makes and drops its own as it pleases.
    """
    return {
        path.relative_to(folder).as_posix(): stamp(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock" and path != folder / MANIFEST
    }


def stamp(path: Path) -> FileStamp:
    """Read a file and return its size and hash."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return FileStamp(bytes=file.tell(), sha256=digest.hexdigest())


def size_of(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def sync_tree(folder: Path) -> None:
    """Bring everything below a folder, and the folder itself, to the disk."""
    for path in _below(folder):
        sync(path)


def sync(path: Path) -> None:
    """Bring a file's content, or a folder's list of names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        if hasattr(os, "posix_fadvise"):
            # What is read next then comes from the disk. Only advice, so no is an answer too.
            with suppress(OSError):
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _below(folder: Path) -> Iterator[Path]:
    """Yield what is below a folder, contents before the folder that lists them."""
    for parent, _, names in os.walk(folder, topdown=False):
        yield from (Path(parent, name) for name in names)
        yield Path(parent)
