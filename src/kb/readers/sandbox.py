"""A process of its own for each hostile file.

A file that nobody here wrote may be built to crash its parser, to keep it busy for ever or to
fill the memory or the disk. So the parser runs in a child process, which

- has limits on time, memory and the size of what it writes, set before it opens the file;
- has no input, no controlling terminal and no environment variables but the paths on which Python
  finds modules and readers their commands, and the folder for its temporary files, which is its own
  and goes with it;
- hands back JSON, which is checked, never pickled objects.

Whatever becomes of the child, the caller gets a `SourceText` or an `UnreadableSource`.

The child imports `kb.readers` and one reader, so `kb/__init__.py` must not import a model or an
index: a test keeps watch.
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
from contextlib import contextmanager, suppress
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kb.documents import Span
from kb.errors import UnreadableSource
from kb.readers.blocks import Block, BlockKind, OcrPage, SourceText
from kb.readers.formats import Format

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator

    from kb.readers.ocr import OcrOrder
    from kb.settings import Settings

MAX_OUTPUT_MEGABYTES = 64  # of JSON: some 15,000 pages of text

_MEGABYTE = 1 << 20
_CHILD = "from kb.readers.sandbox import _child; _child()"
_GLANCE_SECONDS = 0.5  # after which it is seen that a child is no longer wanted
_ATTEMPTS = 20  # to remove a folder
_REMARKS_SHOWN = 200  # characters of what a child that died had to say


def read_in_sandbox(
    form: Format, path: Path, settings: Settings, stop: threading.Event | None = None
) -> SourceText:
    """Read a file in a process of its own.

    Args:
        form: the format, which says what reads it.
        path: the file.
        settings: `parse_seconds` and `parse_megabytes` limit the process.
        stop: ends the process once it is set.

    Raises:
        UnreadableSource: the reader refused the file, failed, or went over a limit.
    """
    order = {
        "form": asdict(form),
        "path": str(path.absolute()),
        "name": str(path),
        "ocr": {"mode": settings.ocr, "seconds": settings.parse_seconds * 2 / 3},
        "seconds": settings.parse_seconds,
        "megabytes": settings.parse_megabytes,
    }
    command = [sys.executable, "-P", "-c", _CHILD, json.dumps(order)]
    with (
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as remarks,
        _own_folder(form) as folder,
    ):
        # no preexec_fn: it is unsafe where the caller has threads, as a server does
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=remarks,
            env={
                "PYTHONPATH": _absolute(sys.path),
                "PATH": _absolute(os.get_exec_path()),
                "TMPDIR": str(folder),
            },
            cwd=folder,
            start_new_session=True,
        )
        try:
            code = _wait(child, settings.parse_seconds, stop)
        finally:
            _kill(child)
        if code == 0:
            return _answer(_content(output), path)
        why = _why(code, _content(remarks, _REMARKS_SHOWN), settings)
        raise UnreadableSource(f"{path} cannot be read: {why}")


@contextmanager
def _own_folder(form: Format) -> Iterator[Path]:
    """Make a folder for a child's temporary files; remove it, whatever the child has left there."""
    folder = Path(tempfile.mkdtemp(prefix="kb-")).resolve()
    try:
        yield folder
    finally:
        for path in form.left_by(folder):
            path.unlink(missing_ok=True)
        for _ in range(_ATTEMPTS):  # what was killed a moment ago may still write a file
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(0.05)


def _absolute(paths: Iterable[str]) -> str:
    """Join the paths that mean the same in any folder."""
    return os.pathsep.join(filter(os.path.isabs, paths))


def _wait(child: subprocess.Popen[bytes], seconds: float, stop: threading.Event | None) -> int:
    """Return the child's exit code, or what it would have if it is to be ended."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0 and not (stop is not None and stop.is_set()):
        with suppress(subprocess.TimeoutExpired):
            return child.wait(left if stop is None else min(left, _GLANCE_SECONDS))
    return -signal.SIGXCPU


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it may have started, and collect it.

    What it started outlives a child that crashed, so the group is ended in any case.
    """
    with suppress(ProcessLookupError, PermissionError):  # nobody is left
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _content(file: IO[bytes], last: int | None = None) -> bytes:
    """Return what was written to a file, or no more than its last bytes."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0 if last is None else max(0, size - last))
    return file.read(MAX_OUTPUT_MEGABYTES * _MEGABYTE)


def _why(code: int, remarks: bytes, settings: Settings) -> str:
    """Say why a child ended with an exit code other than 0 (negative: killed by that signal)."""
    if code == -signal.SIGXCPU:
        return (
            f"it takes more than {settings.parse_seconds} seconds. Raise the setting parse_seconds"
            " if the file can be trusted."
        )
    if code < 0:
        ended = f"was ended by {signal.Signals(-code).name}"
    else:
        ended = f"ended with exit code {code}"
    said = remarks.decode("utf-8", "replace").strip().splitlines()
    return f"its parser {ended}{f' ({said[-1]})' if said else ''}. Convert it and add it again."


def _answer(answer: bytes, path: Path) -> SourceText:
    """Return the text that a child wrote, or raise the error that it wrote."""
    try:
        content = json.loads(answer)
        refusal = content.get("refused")
        source = None if refusal else _from_json(content)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableSource(
            f"{path} cannot be read: its parser gave no sensible answer. Convert it and add it"
            " again."
        ) from error
    if source is None:
        raise UnreadableSource(str(refusal))
    return source


def _to_json(source: SourceText) -> dict[str, Any]:
    return {
        "text": source.text,
        "blocks": [[*block.span, block.kind, block.depth] for block in source.blocks],
        "title": source.title,
        "page_starts": source.page_starts,
        "warnings": source.warnings,
        "ocr_pages": source.ocr_pages,
    }


def _from_json(content: dict[str, Any]) -> SourceText:
    """Build the text from a child's answer, which is trusted no more than the file is."""
    text, title = str(content["text"]), content["title"]
    blocks = tuple(
        Block(Span(int(start), int(end)), BlockKind(kind), int(depth))
        for start, end, kind, depth in content["blocks"]
    )
    page_starts = tuple(int(start) for start in content["page_starts"])
    edges = [0, *(block.span.end for block in blocks)]
    tiled = [block.span.start for block in blocks] == edges[:-1] and edges[-1] == len(text)
    pages_ascend = all(a < b for a, b in pairwise((*page_starts, len(text)))) and (
        not page_starts or page_starts[0] == 0
    )
    ocr_pages = tuple(OcrPage(int(page), float(sure)) for page, sure in content["ocr_pages"])
    ocr_ascends = all(
        a < b for a, b in pairwise((0, *(page for page, _ in ocr_pages), len(page_starts) + 1))
    ) and all(0 <= sure <= 100 for _, sure in ocr_pages)
    if not (tiled and pages_ascend and ocr_ascends):
        raise ValueError("the parts do not make up the text")
    return SourceText(
        text,
        blocks,
        title=None if title is None else str(title),
        page_starts=page_starts,
        warnings=tuple(str(warning) for warning in content["warnings"]),
        ocr_pages=ocr_pages,
    )


# --- in the child -------------------------------------------------------------------------------


def _child() -> None:
    """Read the file that the command line names and write the answer to standard output."""
    order = json.loads(sys.argv[1])
    name = order["name"]
    _limit(order["seconds"], order["megabytes"])
    try:
        form = Format(**order["form"])
        ocr = _ocr(order["ocr"]) if form.pictures else None
        source = form.read(Path(order["path"]).read_bytes(), name, ocr)
        answer = json.dumps(_to_json(source))
    except UnreadableSource as error:
        answer = json.dumps({"refused": str(error)})
    except MemoryError:
        answer = json.dumps(
            {
                "refused": f"{name} cannot be read: it takes more than {order['megabytes']} MB of"
                " memory. Raise the setting parse_megabytes if the file can be trusted."
            }
        )
    except Exception as error:  # noqa: BLE001  a hostile file raises anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:_REMARKS_SHOWN]
        answer = json.dumps(
            {"refused": f"{name} cannot be read: {reason}. Convert it and add it again."}
        )
    if len(answer) > MAX_OUTPUT_MEGABYTES * _MEGABYTE:
        answer = json.dumps(
            {
                "refused": f"{name} cannot be read: it holds more than {MAX_OUTPUT_MEGABYTES} MB of"
                " text. Split it and add the parts."
            }
        )
    sys.stdout.write(answer)
    sys.stdout.flush()
    # a parser's leftovers have no say in how the process ends
    os._exit(0)


def _ocr(order: dict[str, Any]) -> OcrOrder:
    from kb.readers.ocr import OcrOrder  # noqa: PLC0415  it loads pdfium, which few files need

    return OcrOrder(**order)


def _limit(seconds: int, megabytes: int) -> None:
    """Limit this process for good; a platform without one of the limits goes without it."""
    import resource  # noqa: PLC0415  not everywhere, and of use in the child alone

    for name, most in (
        ("RLIMIT_AS", megabytes * _MEGABYTE),
        ("RLIMIT_CPU", seconds),
        ("RLIMIT_FSIZE", MAX_OUTPUT_MEGABYTES * _MEGABYTE),
        ("RLIMIT_CORE", 0),
    ):
        limit = getattr(resource, name, None)
        if limit is None:
            continue
        try:
            _, hard = resource.getrlimit(limit)
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            # the processor's hard limit kills without saying why, so the soft one comes first
            last = allowed + 1 if name == "RLIMIT_CPU" and allowed == most else allowed
            resource.setrlimit(limit, (allowed, last))
        except (ValueError, OSError):  # macOS refuses RLIMIT_AS
            continue
