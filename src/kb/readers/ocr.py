"""Text from pictures of pages, by the `tesseract` command.

    tesseract = find_tesseract()              # None where it is not installed
    reading = tesseract.read(image, seconds=60)
    reading.lines, reading.confidence         # lines as a PDF has them; 0 to 100

tesseract is a program of its own: Debian's packages are `tesseract-ocr`, `tesseract-ocr-rus` and
`tesseract-ocr-kaz`. It gets pixels, never the file that they come from.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal, NamedTuple

from kb.readers.layout import Line
from kb.readers.pdfium import PdfiumError
from kb.readers.plain import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.readers.pdfium import Document, Image

OcrMode = Literal["never", "missing", "always"]  # "missing": the pages that have no text

LANGUAGES = ("rus", "kaz", "eng")  # as tesseract calls them, the likeliest first
INSTALL = "tesseract-ocr tesseract-ocr-rus tesseract-ocr-kaz"  # Debian's packages
UNSURE = 60.0  # below this mean confidence a page is named in a warning
_PICTURE = 40.0  # below this it is a picture in which tesseract saw letters: photographs give 38

_POINTS = 72  # in an inch


@dataclass(frozen=True, slots=True)
class OcrOrder:
    """Which pages of a file go through OCR, and how much of it."""

    mode: OcrMode = "missing"
    pages: int = 200  # at most
    seconds: float = 200.0  # for the whole file; keep it well below the setting `parse_seconds`


class OcrFailed(Exception):  # noqa: N818  it never leaves the readers
    """A page that tesseract did not read; the message is the reason, without a full stop."""


@dataclass(frozen=True, slots=True)
class OcrReading:
    """What OCR read of one page."""

    lines: list[Line]
    confidence: float  # mean over the words, 0 to 100


@dataclass(frozen=True, slots=True)
class Tesseract:
    """The command, and those of our languages that it has."""

    command: str
    languages: tuple[str, ...]

    @property
    def lacks(self) -> tuple[str, ...]:
        """Return the Debian packages of the languages that are not installed."""
        return tuple(f"tesseract-ocr-{name}" for name in LANGUAGES if name not in self.languages)

    def version(self) -> str | None:
        """Return `tesseract 5.3.0` as it calls itself; None where it does not say."""
        try:
            done = subprocess.run(
                [self.command, "--version"], capture_output=True, check=True, timeout=30
            )
        except (OSError, subprocess.SubprocessError):
            return None
        said = (done.stdout or done.stderr).decode("utf-8", "replace")  # old ones write to stderr
        return said.partition("\n")[0].strip() or None

    def read(self, image: Image, seconds: float) -> OcrReading | None:
        """Read a picture of a page; None when there is no legible text in it.

        Raises:
            OcrFailed: tesseract failed, or took more than this many seconds.
        """
        options = ["-l", "+".join(self.languages), "--dpi", str(round(image.dpi)), "tsv"]
        header = b"P5 %d %d 255\n" % (image.width, image.height)
        try:
            done = subprocess.run(
                [self.command, "stdin", "stdout", *options],
                input=header + image.pixels,
                capture_output=True,
                check=True,
                timeout=seconds,
                # its threads wait for each other more than they work
                env=os.environ | {"OMP_THREAD_LIMIT": "1"},
            )
        except subprocess.TimeoutExpired as error:
            raise OcrFailed(f"tesseract takes more than {seconds:.0f} seconds") from error
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode("utf-8", "replace").split()
            raise OcrFailed(f"tesseract fails: {' '.join(said)[-200:]}") from error
        except OSError as error:
            raise OcrFailed(f"tesseract does not start: {error.strerror}") from error
        words = list(_words(done.stdout.decode("utf-8", "replace")))
        if not words:
            return None
        confidence = sum(word.confidence for word in words) / len(words)
        return (
            OcrReading(list(_lines(words, image)), confidence) if confidence >= _PICTURE else None
        )


def find_tesseract() -> Tesseract | None:
    """Return tesseract with its languages; None where it or all of our languages are missing."""
    command = shutil.which("tesseract")
    if command is None:
        return None
    try:
        listed = subprocess.run(
            [command, "--list-langs"], capture_output=True, check=True, text=True, timeout=30
        ).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return None
    languages = tuple(name for name in LANGUAGES if name in listed)
    return Tesseract(command, languages) if languages else None


def recognize(
    document: Document, pages: Iterable[int], tesseract: Tesseract | None, order: OcrOrder
) -> Iterator[tuple[int, OcrReading | str]]:
    """Read pages of a PDF by OCR.

    Args:
        document: the PDF, which draws its pages.
        pages: which of them, counted from 0.
        tesseract: None where it is not installed; then blank pages are still told from pictures.
        order: its limits on pages and time hold; its mode is the caller's business.

    Yields:
        Each page with what was read, or with the reason why nothing was, without a full stop.
    """
    stop = time.monotonic() + order.seconds
    read = 0
    for index in pages:
        left = stop - time.monotonic()
        if read == order.pages or left <= 0:
            limit = f"{order.pages} pages" if left > 0 else f"{order.seconds:.0f} seconds"
            yield index, f"OCR stopped at its limit of {limit}, so split the file"
            continue
        try:
            image = document.draw(index)
            if image.is_blank:
                yield index, "blank"
            elif tesseract is None:
                yield index, f"a picture that needs OCR, so install {INSTALL}"
            else:
                read += 1
                yield index, tesseract.read(image, left) or "OCR finds nothing legible"
        except (PdfiumError, OcrFailed) as error:
            yield index, str(error)


class _Word(NamedTuple):
    text: str
    place: tuple[int, int, int]  # block, paragraph and line
    left: int  # in pixels
    bottom: int
    confidence: float


def _words(table: str) -> Iterator[_Word]:
    """Yield the words of tesseract's table: a row for each, and rows for what they stand in."""
    for row in table.splitlines()[1:]:
        cells = row.split("\t", 11)
        if len(cells) < 12 or cells[0] != "5":  # level 5: a word
            continue
        text = " ".join(canonical(cells[11]).split())
        if text:
            _, _, block, paragraph, line, _, left, top, _, height = map(int, cells[:10])
            yield _Word(text, (block, paragraph, line), left, top + height, float(cells[10]))


def _lines(words: list[_Word], image: Image) -> Iterator[Line]:
    points = _POINTS / image.dpi
    for _, found in groupby(words, key=lambda word: word.place):
        line = list(found)
        # the lowest word hangs below the baseline, as most lines have one that does
        bottom = max(word.bottom for word in line)
        yield Line(
            " ".join(word.text for word in line),
            line[0].left * points,
            (image.height - bottom) * points,
        )
