"""PDF: the text of each page, and where its paragraphs begin.

pypdf finds the text and its places on each page; `kb.readers.layout` makes lines and paragraphs of
them. Pages of which pypdf makes nothing or garbage are read by pdfium, and those without text by
OCR; a warning names them. The pages follow each other in the canonical text, each one beginning on
a line of its own.
"""

from __future__ import annotations

import contextlib
import io
import logging
import math
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pypdf import PasswordType, PdfReader

from kb.errors import UnreadableSource
from kb.readers import pdfium
from kb.readers.blocks import BlockKind, OcrPage, SourceText, tile
from kb.readers.layout import Line, Run, paragraphs
from kb.readers.ocr import UNSURE, OcrOrder, find_tesseract, recognize
from kb.readers.plain import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pypdf import PageObject

_MOST_NOTES = 5  # of pypdf's own remarks that are passed on
_TITLE_LENGTH = 300
_BY_DEFAULT = OcrOrder()
_NOT_TRIED = "empty, or a picture that needs OCR"

_NO_TITLE = re.compile(
    r"untitled|без имени"
    r"|microsoft \w+ - .*"  # Microsoft Word - Проект
    r"|.*\.(?:docx?|rtf|odt|pdf|indd|tiff?|xlsx?)"  # Проект.doc
    r"|[\w-]*\d{4,}",  # scan0001, K1500000414
    re.IGNORECASE,
)


class _By(StrEnum):
    """What read a page."""

    PYPDF = "pypdf"
    PDFIUM = "pdfium"
    OCR = "OCR"


@dataclass
class _Page:
    """What was read of one page."""

    lines: list[Line] = field(default_factory=list)
    failure: str | None = None  # why it was not read
    by: _By = _By.PYPDF
    instead: str | None = None  # what pypdf did, where pdfium's reading was taken
    confidence: float = 0.0  # of OCR, 0 to 100
    no_ocr: str | None = None  # why OCR, which was to read it, gave nothing

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def has_text(self) -> bool:
        return any(line.text.strip() for line in self.lines)


@dataclass
class _Reading:
    """What was read of a file."""

    pages: list[_Page]
    title: str | None = None
    warnings: list[str] = field(default_factory=list)
    refusal: UnreadableSource | None = None  # pypdf's, where it cannot open the file


def read_pdf(data: bytes, name: str, ocr: OcrOrder = _BY_DEFAULT) -> SourceText:
    """Read a PDF file's bytes; `name` is what an error message calls the file.

    pypdf reads all pages. Those that it cannot read, or of which it makes garbage, pdfium reads
    again. Those that have no text then go through OCR, or all of them where `ocr` asks for it.

    Raises:
        UnreadableSource: no PDF, damaged, encrypted, or without any text.
    """
    reading = _read_with_pypdf(data, name)
    doubtful = [n for n, page in enumerate(reading.pages) if _is_doubtful(page)]
    if reading.refusal or doubtful or ocr.mode == "always":
        try:
            with pdfium.opened(data) as document:
                _read_again(reading, doubtful, document)
                _read_by_ocr(reading, document, ocr)
        except pdfium.PdfiumError as error:
            reading.warnings.append(f"No second reading: {_reason(error)}")
    if not any(page.has_text for page in reading.pages):
        raise _no_text(reading, name)
    return _source(reading)


def _source(reading: _Reading) -> SourceText:
    pages = reading.pages
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
        title=reading.title or _first_line(text),
        page_starts=tuple(page_starts),
        warnings=(*_page_warnings(pages), *_garbled(pages), *reading.warnings),
        ocr_pages=tuple(
            OcrPage(n, page.confidence) for n, page in enumerate(pages, 1) if page.by is _By.OCR
        ),
    )


def _no_text(reading: _Reading, name: str) -> UnreadableSource:
    if reading.refusal:
        return reading.refusal
    failure = next((page.failure for page in reading.pages if page.failure), None)
    if failure:
        return UnreadableSource(
            f"{name} is damaged: none of its pages can be read ({failure}). Export it again and"
            " add the new file."
        )
    reasons = dict.fromkeys(page.no_ocr or _NOT_TRIED for page in reading.pages)
    return UnreadableSource(
        f"{name} has no text on any page: {'; '.join(reasons)}. Add a file with text, or leave it"
        " out."
    )


# --- the first reading: pypdf ---


def _read_with_pypdf(data: bytes, name: str) -> _Reading:
    """Read all pages.

    Raises:
        UnreadableSource: it is encrypted, so that nothing else can read it either.
    """
    reading = _Reading([])
    with _pypdf_notes() as notes:
        try:
            reader = _opened(data, name)
            reading.pages = list(_pages(reader, name))
            reading.title = _metadata_title(reader)
        except _Encrypted:
            raise
        except UnreadableSource as refusal:
            reading.refusal = refusal
    reading.warnings += notes
    return reading


class _Encrypted(UnreadableSource):
    """A password is missing."""


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
        raise _Encrypted(f"{name} is encrypted: remove the password and add it again.")
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


# --- the second reading: pdfium ---


def _is_doubtful(page: _Page) -> bool:
    return not page.has_text or pdfium.legibility(page.text).share < pdfium.DOUBTFUL


def _read_again(reading: _Reading, doubtful: Sequence[int], document: pdfium.Document) -> None:
    """Read the doubtful pages with pdfium, or all where pypdf found none, and keep the better."""
    if reading.refusal:
        reading.pages = [_Page([Line("")]) for _ in range(document.page_count)]
        doubtful = range(document.page_count)
    for index in doubtful:
        page = reading.pages[index]
        try:
            again = _Page(document.lines(index), by=_By.PDFIUM)
        except pdfium.PdfiumError as error:
            page.failure = page.failure or _reason(error)
            continue
        if not pdfium.reads_better(again.text, page.text):
            continue
        if reading.refusal:
            again.instead = "cannot open the file"
        elif page.failure:
            again.instead = f"fails there ({page.failure})"
        elif page.has_text:
            again.instead = "makes garbage of it"
        else:
            again.instead = "finds no text there"
        reading.pages[index] = again


# --- the third: OCR ---


def _read_by_ocr(reading: _Reading, document: pdfium.Document, order: OcrOrder) -> None:
    """Send the pages through OCR that are to go through it."""
    wanted = [
        n
        for n, page in enumerate(reading.pages[: document.page_count])
        if order.mode == "always" or (order.mode == "missing" and not page.has_text)
    ]
    tesseract = find_tesseract() if wanted else None
    for index, found in recognize(document, wanted, tesseract, order):
        page = reading.pages[index]
        if isinstance(found, str):
            page.no_ocr = found
        else:
            reading.pages[index] = _Page(found.lines, by=_By.OCR, confidence=found.confidence)
    if tesseract and tesseract.lacks and any(page.by is _By.OCR for page in reading.pages):
        reading.warnings.append(
            f"OCR went without a language: install {' '.join(tesseract.lacks)} and read it again."
        )


# --- what is said of the pages ---


def _page_warnings(pages: Sequence[_Page]) -> Iterator[str]:
    total = len(pages)
    empty = [page.no_ocr or _NOT_TRIED if _is_empty(page) else None for page in pages]
    for reason, numbers in _grouped(empty):
        yield f"No text on {_numbered(numbers)} of {total}: {reason}."
    failed = [n for n, page in enumerate(pages, 1) if page.failure and not page.has_text]
    if failed:
        yield f"Not read: {_numbered(failed)} of {total} ({pages[failed[0] - 1].failure})."
    for reason, numbers in _grouped(page.instead for page in pages):
        yield f"Read by pdfium: {_numbered(numbers)} of {total}, as pypdf {reason}."
    for reason, numbers in _grouped(page.no_ocr if page.has_text else None for page in pages):
        yield f"Not read by OCR: {_numbered(numbers)} of {total}: {reason}."
    sure = {n: page.confidence for n, page in enumerate(pages, 1) if page.by is _By.OCR}
    if sure:
        yield (
            f"Read by OCR: {_numbered(list(sure))} of {total}, mean confidence"
            f" {sum(sure.values()) / len(sure):.0f} of 100. Words may be wrong or"
            " missing: compare with the source."
        )
    unsure = [n for n, confidence in sure.items() if confidence < UNSURE]
    if unsure:
        yield (
            f"OCR is unsure of {_numbered(unsure)} (confidence"
            f" {', '.join(f'{sure[n]:.0f}' for n in unsure)}): scan it again if you can."
        )


def _is_empty(page: _Page) -> bool:
    return not page.has_text and not page.failure


def _grouped(reasons: Iterable[str | None]) -> Iterator[tuple[str, list[int]]]:
    """Yield each reason with the numbers of its pages: [None, "a", "b", "a"] → a 2, 4; b 3."""
    pages: dict[str, list[int]] = {}
    for number, reason in enumerate(reasons, 1):
        if reason:
            pages.setdefault(reason, []).append(number)
    yield from pages.items()


def _garbled(pages: Sequence[_Page]) -> Iterator[str]:
    """Warn of fonts that do not say which letters they draw."""
    garbled = [
        n
        for n, page in enumerate(pages, 1)
        if page.by is not _By.OCR and pdfium.legibility(page.text).share < pdfium.DOUBTFUL
    ]
    if garbled:
        yield (
            f"Part of the text is garbled on {_numbered(garbled)} of {len(pages)}: its fonts do"
            " not name their letters. OCR may read more."
        )


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
