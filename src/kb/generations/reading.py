"""Finding the generation in use, and finding out whether it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.errors import IndexDamaged, IndexMissing
from kb.generations.folder import CURRENT, NAME, Layout, generation_folders, size_of, stamp
from kb.generations.manifest import Manifest

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Generation(Layout):
    """A complete build of the index."""

    manifest: Manifest

    @property
    def name(self) -> str:
        """The name of its folder, which is what CURRENT says."""
        return self.folder.name


@dataclass(frozen=True)
class GenerationEntry:
    """A generation in a list; it may be damaged."""

    name: str
    folder: Path
    bytes: int
    current: bool  # whether it is the one in use


@dataclass(frozen=True)
class Problem:
    """A file that is not what the manifest says."""

    file: str  # path within the generation
    message: str


def current_name(index: Path) -> str:
    """Return the name of the generation in use; cheap enough to be asked every second.

    Raises:
        IndexMissing: no generation has been built in this folder.
        IndexDamaged: CURRENT does not hold a generation's name.
    """
    try:
        name = (index / CURRENT).read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing(
            f"There is no index in {index}; run `kb ingest` to build one, or name another folder"
            " with --index."
        ) from error
    except (OSError, ValueError) as error:
        raise _damaged(index / CURRENT, f"cannot be read: {error}") from error
    if not NAME.fullmatch(name):
        raise _damaged(index / CURRENT, f"holds {name[:60]!r}, which names no generation")
    return name


def open_current(index: Path) -> Generation:
    """Return the generation in use, its manifest read and its files found with their sizes.

    A damaged generation is refused; an older one is never taken in its place unasked, since it
    may hold another text of the law.

    Raises:
        IndexMissing: no generation has been built in this folder.
        IndexDamaged: CURRENT, the manifest or a file is not what it should be.
        IndexMismatch: another version of the program built it.
    """
    name = current_name(index)
    while True:
        try:
            return open_generation(index / name)
        except IndexDamaged:
            # It may have been replaced and removed since CURRENT was read.
            newer = current_name(index)
            if newer == name:
                raise
            name = newer


def open_generation(folder: Path) -> Generation:
    """Return the generation in this folder; see `open_current`."""
    layout = Layout(folder)
    if not folder.is_dir():
        raise _damaged(folder, f"is missing, though {CURRENT} names it")
    try:
        manifest = Manifest.from_json(layout.manifest_file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise _damaged(layout.manifest_file, "is missing") from error
    except (OSError, ValueError) as error:
        raise _damaged(layout.manifest_file, f"is damaged: {_first_line(error)}") from error
    if not folder.name.endswith(manifest.digest[:12]):
        raise _damaged(layout.manifest_file, "is of another generation")
    generation = Generation(folder, manifest)
    for file, recorded in manifest.files.items():
        path = folder / file
        if not path.is_file():
            raise _damaged(path, "is missing")
        if path.stat().st_size != recorded.bytes:
            raise _damaged(path, f"has {path.stat().st_size} bytes instead of {recorded.bytes}")
    return generation


def verify_files(generation: Generation) -> list[Problem]:
    """Read every file of a generation again and return those that the manifest does not fit."""
    problems = []
    for file, recorded in generation.manifest.files.items():
        try:
            found = stamp(generation.folder / file)
        except OSError as error:
            problems.append(Problem(file, f"cannot be read: {error.strerror or error}"))
            continue
        if found != recorded:
            problems.append(
                Problem(
                    file,
                    f"has {found.bytes} bytes with the hash {found.sha256[:12]}… instead of"
                    f" {recorded.bytes} with {recorded.sha256[:12]}…",
                )
            )
    return problems


def list_generations(index: Path) -> tuple[GenerationEntry, ...]:
    """Return all generations, oldest first, whether whole or not."""
    try:
        current = current_name(index)
    except (IndexMissing, IndexDamaged):
        current = ""
    return tuple(
        GenerationEntry(folder.name, folder, size_of(folder), current=folder.name == current)
        for folder in generation_folders(index)
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _damaged(path: Path, what: str) -> IndexDamaged:
    return IndexDamaged(f"{path} {what}; run `kb ingest` to build the index again.")
