"""From a file to its canonical text, its paragraphs and its pages.

    source = read_source(Path("labour_code.pdf"), settings)
    source.text                   # the canonical text
    source.blocks[2].span         # where its third paragraph stands
    source.page_starts[11]        # the offset at which page 12 starts

What the paragraphs are (articles, points, notes) is for `kb.structure` to say.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from kb.errors import UnreadableSource
from kb.readers.ahead import read_ahead
from kb.readers.blocks import Block, BlockKind, OcrPage, SourceText
from kb.readers.formats import SUFFIXES
from kb.readers.sandbox import read_in_sandbox

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from kb.settings import Settings

__all__ = [
    "SUFFIXES",
    "Block",
    "BlockKind",
    "OcrPage",
    "SourceText",
    "read_ahead",
    "read_source",
    "supported",
]

_MEGABYTE = 1 << 20


def supported(path: Path) -> bool:
    """Whether files with this path's suffix can be read; the file itself is not looked at."""
    return path.suffix.lower() in SUFFIXES


def read_source(path: Path, settings: Settings, stop: threading.Event | None = None) -> SourceText:
    """Read a file. Once `stop` is set, reading it in a process of its own is given up.

    Raises:
        UnreadableSource: there is no such file, it is of no known kind, too large or damaged, or
            there is no text in it. The message names the file and says what to do.
    """
    form = SUFFIXES.get(path.suffix.lower())
    _check_file(path, settings.max_source_megabytes)
    if form is None:
        raise UnreadableSource(
            f"{path} is of a kind that is not read ({path.suffix or 'no suffix'}): convert it to"
            f" one of {', '.join(sorted(SUFFIXES))} and add it again."
        )
    if form.hostile:
        source = read_in_sandbox(form, path, settings, stop)
    else:
        source = form.read(path.read_bytes(), str(path))
    if not source.text.strip():
        raise UnreadableSource(f"{path} has no text in it: add a file with text, or leave it out.")
    return source


def _check_file(path: Path, megabytes: int) -> None:
    """Refuse what is not a regular, readable file of a sensible size."""
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode):
            path.open("rb").close()
    except FileNotFoundError as error:
        raise UnreadableSource(f"{path} does not exist: check the path.") from error
    except PermissionError as error:
        raise UnreadableSource(
            f"{path} may not be read by this user: change its permissions and add it again."
        ) from error
    except (OSError, ValueError) as error:  # ValueError: NUL in the path
        raise UnreadableSource(
            f"{str(path)!r} cannot be opened ({error}): check the path."
        ) from error
    if stat.S_ISDIR(status.st_mode) and not os.access(path, os.R_OK | os.X_OK):
        raise UnreadableSource(
            f"{path} is a folder that this user may not look into: change its permissions and add"
            " it again."
        )
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableSource(f"{path} is a folder, not a file: add the files in it.")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableSource(f"{path} is a device or a pipe: save it as a file and add that.")
    if status.st_size == 0:
        raise UnreadableSource(f"{path} is empty: add a file with text, or leave it out.")
    if status.st_size > megabytes * _MEGABYTE:
        raise UnreadableSource(
            f"{path} has more than {megabytes} MB: split it, or raise the setting"
            " max_source_megabytes."
        )
