"""PDF, by way of pypdf: the text of each page, and where its paragraphs begin.

pypdf finds the text and its places on each page; `kb.readers.layout` makes lines and paragraphs of
them. The pages follow each other in the canonical text, each one beginning on a line of its own.
"""

from __future__ import annotations

import contextlib
import io
import logging
import math
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pypdf import PasswordType, PdfReader

from kb.errors import UnreadableSource
from kb.readers.blocks import BlockKind, SourceText, tile
from kb.readers.layout import Line, Run, paragraphs
from kb.readers.plain import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pypdf import PageObject

_MOST_NOTES = 5  # of pypdf's own remarks that are passed on
_TITLE_LENGTH = 300

_NO_TITLE = re.compile(
    r"untitled|без имени"
    r"|microsoft \w+ - .*"  # Microsoft Word - Проект
    r"|.*\.(?:docx?|rtf|odt|pdf|indd|tiff?|xlsx?)"  # Проект.doc
    r"|[\w-]*\d{4,}",  # scan0001, K1500000414
    re.IGNORECASE,
)


@dataclass
class _Page:
    """What was read of one page."""

    lines: list[Line] = field(default_factory=list)
    failure: str | None = None

    @property
    def has_text(self) -> bool:
        return any(line.text.strip() for line in self.lines)


def read_pdf(data: bytes, name: str) -> SourceText:
    """Read a PDF file's bytes; `name` is what an error message calls the file.

    Raises:
        UnreadableSource: no PDF, damaged, encrypted, or without any text.
    """
    with _pypdf_notes() as notes:
        reader = _opened(data, name)
        pages = list(_pages(reader, name))
        title = _metadata_title(reader)
    if not any(page.has_text for page in pages):
        failure = next((page.failure for page in pages if page.failure), None)
        if failure:
            raise UnreadableSource(
                f"{name} is damaged: none of its pages can be read ({failure}). Export it again and"
                " add the new file."
            )
        raise UnreadableSource(
            f"{name} has no text on any page, so it is probably a scan: run OCR on it and add the"
            " result."
        )
    page_starts: list[int] = []
    length = 0
    for page in pages:
        page_starts.append(length)
        # a page without lines still takes its line end, so that no two pages start at one place
        length += sum(len(line.text) + 1 for line in page.lines)
    text, blocks = tile(
        (paragraph, BlockKind.PARAGRAPH, 0) for paragraph in paragraphs([p.lines for p in pages])
    )
    return SourceText(
        text,
        blocks,
        title=title or _first_line(text),
        page_starts=tuple(page_starts),
        warnings=(*_page_warnings(pages), *_garbled(text), *notes),
    )


def _opened(data: bytes, name: str) -> PdfReader:
    try:
        reader = PdfReader(io.BytesIO(data))
        locked = reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED
    except MemoryError:
        raise
    except Exception as error:  # a hostile file raises anything
        raise UnreadableSource(
            f"{name} is damaged or not a PDF file ({_reason(error)}): export it again and add the"
            " new file."
        ) from error
    if locked:
        raise UnreadableSource(f"{name} is encrypted: remove the password and add it again.")
    return reader


def _pages(reader: PdfReader, name: str) -> Iterator[_Page]:
    try:
        count = len(reader.pages)
    except MemoryError:
        raise
    except Exception as error:
        raise UnreadableSource(
            f"{name} is damaged: its pages cannot be found ({_reason(error)}). Export it again and"
            " add the new file."
        ) from error
    for index in range(count):
        try:
            yield _Page(_lines(reader.pages[index]))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  the other pages may be sound
            yield _Page([Line("")], failure=_reason(error))


def _lines(page: PageObject) -> list[Line]:
    """Return the lines of a page, at least one."""
    lines: list[Line] = []
    runs: list[Run] = []

    def visit(text: str, outer: list[float], inner: list[float], _font: Any, size: float) -> None:
        # the two matrices, multiplied: text space → page (PDF 32000-1, 8.3.4)
        a, b, c, d, e, f = inner
        upright_a, upright_b = a * outer[0] + b * outer[2], a * outer[1] + b * outer[3]
        height = math.hypot(c * outer[0] + d * outer[2], c * outer[1] + d * outer[3])
        x = e * outer[0] + f * outer[2] + outer[4]
        y = e * outer[1] + f * outer[3] + outer[5]
        upright = upright_a > 0 and abs(upright_b) < 0.01 * upright_a
        first, *rest = canonical(text).split("\n")
        runs.append(Run(first, x, y, size * height, upright))
        for part in rest:
            lines.append(Line.of(runs))
            runs[:] = [Run(part, x, y, size * height, upright)]

    page.extract_text(visitor_text=visit)
    lines.append(Line.of(runs))
    return lines


def _metadata_title(reader: PdfReader) -> str | None:
    """Return the title that the file declares, where it is more than a file's name."""
    try:
        declared = reader.metadata.title if reader.metadata else None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  a title is not worth a file
        return None
    title = " ".join(canonical(str(declared or "")).split())
    sensible = (
        title.isprintable()
        and "\ufffd" not in title
        and any(character.isalpha() for character in title)
        and len(title) <= _TITLE_LENGTH
        and not _NO_TITLE.fullmatch(title)
    )
    return title if sensible else None


def _first_line(text: str) -> str:
    first = next(line for line in text.split("\n") if line.strip())
    return " ".join(first.split())[:_TITLE_LENGTH]


def _page_warnings(pages: Sequence[_Page]) -> Iterator[str]:
    empty = [n for n, page in enumerate(pages, 1) if not page.has_text and not page.failure]
    if empty:
        yield f"No text on {_numbered(empty)} of {len(pages)}: empty, or a picture that needs OCR."
    failed = [n for n, page in enumerate(pages, 1) if page.failure]
    if failed:
        yield f"Not read: {_numbered(failed)} of {len(pages)} ({pages[failed[0] - 1].failure})."


def _garbled(text: str) -> Iterator[str]:
    """Warn of fonts that do not say which letters they draw."""
    unknown = sum(1 for c in text if c == "\ufffd" or unicodedata.category(c) in {"Cc", "Co", "Cn"})
    if unknown - text.count("\n") > 0.02 * len(text):
        yield "Part of the text is garbled: its fonts do not name their letters. OCR may read more."


def _numbered(pages: Sequence[int]) -> str:
    """Return page numbers for a sentence: [3] → `page 3`, [3, 7, 8, 9] → `pages 3, 7–9`."""
    ranges: list[list[int]] = []
    for page in pages:
        if ranges and page == ranges[-1][1] + 1:
            ranges[-1][1] = page
        else:
            ranges.append([page, page])
    listed = ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in ranges)
    return f"page{'s' if len(pages) > 1 else ''} {listed}"


def _reason(error: Exception) -> str:
    """Return an error in one short line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200].removesuffix(":")


class _Notes(logging.Handler):
    """Keeps what pypdf logs, once each."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.setdefault(" ".join(record.getMessage().split())[:200])


@contextlib.contextmanager
def _pypdf_notes() -> Iterator[list[str]]:
    """Collect pypdf's remarks instead of having them printed; the list is filled at the end."""
    logger, handler, notes = logging.getLogger("pypdf"), _Notes(), list[str]()
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield notes
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated
        notes += [f"pypdf: {note}" for note in list(handler.seen)[:_MOST_NOTES]]
        if len(handler.seen) > _MOST_NOTES:
            notes.append(f"pypdf made {len(handler.seen) - _MOST_NOTES} more remarks.")
