"""A second reading of a PDF, by pdfium, and how to tell which of two readings is better.

pypdf reads first. Some files that it cannot open pdfium repairs, and some fonts that it turns into
glyph names (`/g18/g152`) pdfium knows. Its lines have the same shape as pypdf's, so that
`kb.readers.layout` makes paragraphs of either. It also draws pages, for `kb.readers.ocr`.

pdfium is C++ that reads hostile files and does not stand several threads: call it in the sandbox.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as api  # type: ignore[import-untyped]

from kb.readers.layout import Line, Run
from kb.readers.plain import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

DPI = 300  # what tesseract is trained for
MAX_PIXELS = 40_000_000  # of one page image, one byte each; A3 at 300 dpi has 17 million
MAX_SIDE = 32_000  # tesseract takes no more than 32,767

_POINTS = 72  # in an inch
_BLANK_WIDTH = 0.25  # of the font's size, in most fonts

# --- which reading is better ---

DOUBTFUL = 0.98  # a page below this share of legible characters deserves a second reading
_GAIN = 0.02  # by which a second reading must be more legible
_KEPT = 0.8  # of the first reading's legible characters that a second one must have
_LEGIBLE_AT_ALL = 0.5

# "(cid:87)", "/g18/g152", "/uni0416": the names of glyphs instead of their letters
_GLYPH_NAME = re.compile(r"\(cid:\d+\)|/(?:g|G|c|C|cid|glyph|index)\d{1,5}(?!\d)|/uni[0-9A-F]{4}")
# "Ñòàòüÿ" for "Статья": Windows-1251 taken for Latin-1; no language writes accents alone
_ACCENTS_ALONE = re.compile(r"\b[\u00c0-\u00ff]{3,}\b")
_WORD = re.compile(r"[^\W\d_]+")
# letters that are neither Latin nor Cyrillic
_FOREIGN = re.compile(
    r"[^\W\d_A-Za-z\u00aa\u00b5\u00ba\u00c0-\u024f\u02b0-\u02ff\u0400-\u052f\u1c80-\u1c8f"
    r"\u1d00-\u1dbf\u1e00-\u1eff\u2c60-\u2c7f\ua640-\ua69f\ua720-\ua7ff\ufb00-\ufb06]"
)
_JUNK_CATEGORIES = {"Cc", "Co", "Cn"}  # controls, private use, unassigned


class Legibility(NamedTuple):
    """How much of a text are letters that somebody meant."""

    legible: int  # characters
    visible: int  # characters, blanks aside

    @property
    def share(self) -> float:
        """Between 0 and 1; 1 for a text without characters."""
        return self.legible / self.visible if self.visible else 1.0


def legibility(text: str) -> Legibility:
    """Count the characters of a text that can be what was printed.

    These cannot: U+FFFD, controls, private-use and unassigned characters; glyph names such as
    `(cid:87)`; words of accents alone, which are Cyrillic in the wrong encoding; and letters of
    another script within a Latin or Cyrillic word. A text wholly in another script is legible.

    >>> legibility("Статья 1"), legibility("Ñòàòüÿ 1").share, legibility("(cid:87)(cid:88)").share
    (Legibility(legible=7, visible=7), 0.14285714285714285, 0.0)
    """
    visible = sum(1 for c in text if not c.isspace())
    rest, junk = text, 0
    for pattern in (_GLYPH_NAME, _ACCENTS_ALONE):
        junk += sum(len(match[0]) for match in pattern.finditer(rest))
        rest = pattern.sub(" ", rest)
    junk += sum(
        1
        for c in rest
        if c == "\ufffd" or (unicodedata.category(c) in _JUNK_CATEGORIES and not c.isspace())
    )
    if _FOREIGN.search(rest):
        for word in _WORD.findall(rest):
            foreign = len(_FOREIGN.findall(word))
            junk += foreign if foreign < len(word) else 0
    return Legibility(visible - junk, visible)


def reads_better(second: str, first: str) -> bool:
    """Whether a second reading of a page should replace the first.

    Where the first has no text, the second must be half legible. Otherwise it must be more
    legible by two characters in a hundred without having lost a fifth of what was legible.
    """
    now, before = legibility(second), legibility(first)
    if not now.visible or now.share < _LEGIBLE_AT_ALL:
        return False
    if not before.visible:
        return True
    return now.share >= before.share + _GAIN and now.legible >= _KEPT * before.legible


# --- reading and drawing ---


@dataclass(frozen=True, slots=True)
class Image:
    """A page as drawn: greyscale, one byte a pixel, row after row from the top."""

    width: int  # in pixels
    height: int
    pixels: bytes
    dpi: float

    @property
    def is_blank(self) -> bool:
        """Whether all of it has one shade."""
        return self.pixels.count(self.pixels[:1]) == len(self.pixels)


class Document:
    """A PDF as pdfium sees it; made by `opened`."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self.page_count: int = len(document)

    def lines(self, index: int) -> list[Line]:
        """Return the lines of a page, counted from 0; at least one.

        Raises:
            pdfium.PdfiumError: the page cannot be loaded.
        """
        with (
            contextlib.closing(self._document[index]) as page,
            contextlib.closing(page.get_textpage()) as text,
        ):
            return list(_lines(_characters(text)))

    def draw(self, index: int) -> Image:
        """Draw a page, counted from 0, at 300 dpi or as many as the limit on pixels leaves.

        Raises:
            pdfium.PdfiumError: the page cannot be loaded or drawn.
        """
        with contextlib.closing(self._document[index]) as page:
            scale = _scale(*page.get_size())
            with contextlib.closing(page.render(scale=scale, grayscale=True)) as bitmap:
                stride, width, height = bitmap.stride, bitmap.width, bitmap.height
                rows = memoryview(bitmap.buffer).cast("B")
                pixels = b"".join(
                    rows[start : start + width] for start in range(0, stride * height, stride)
                )
        return Image(width, height, pixels, scale * _POINTS)


@contextlib.contextmanager
def opened(data: bytes) -> Iterator[Document]:
    """Open a PDF's bytes.

    Raises:
        pdfium.PdfiumError: not a PDF, damaged beyond repair, or locked with a password.
    """
    with contextlib.closing(pdfium.PdfDocument(data)) as document:
        yield Document(document)


PdfiumError: type[RuntimeError] = pdfium.PdfiumError


def _scale(width: float, height: float) -> float:
    """Return pixels per point for a page of this size, in points."""
    width, height = max(width, 1.0), max(height, 1.0)
    return min(
        DPI / _POINTS,
        math.sqrt(MAX_PIXELS / (width * height)),
        MAX_SIDE / max(width, height),
    )


class _Character(NamedTuple):
    letter: str
    x: float  # of its origin, in points from the left
    y: float  # of its baseline, in points from the bottom
    size: float  # of its font, in points
    upright: bool


def _characters(text: Any) -> Iterator[_Character]:
    """Yield what stands on a page in pdfium's order, the line ends that it puts in included."""
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), api.FS_MATRIX()
    for index in range(text.count_chars()):
        hyphen = api.FPDFText_IsHyphen(text, index) == 1  # at a line's end it is given as U+0002
        letter = "-" if hyphen else chr(api.FPDFText_GetUnicode(text, index))
        api.FPDFText_GetCharOrigin(text, index, x, y)
        size = api.FPDFText_GetFontSize(text, index)
        upright = True
        if api.FPDFText_GetMatrix(text, index, matrix):
            size *= math.hypot(matrix.c, matrix.d)
            upright = matrix.a > 0 and abs(matrix.b) < 0.01 * matrix.a
        yield _Character(letter, x.value, y.value, size, upright)


def _lines(characters: Iterator[_Character]) -> Iterator[Line]:
    line: list[_Character] = []
    for character in characters:
        if character.letter == "\n":
            yield _line(line)
            line = []
        elif character.letter != "\r":
            line.append(character)
    yield _line(line)


def _line(characters: list[_Character]) -> Line:
    if not characters:
        return Line("")
    text = canonical("".join(character.letter for character in characters)).replace("\n", " ")
    first = characters[0]
    if first.letter == " " and len(characters) > 1:
        # pdfium makes one blank of the six that open a paragraph: the gap tells how many they were
        gap = characters[1].x - first.x
        blanks = round(gap / (_BLANK_WIDTH * first.size)) if first.size > 0 else 1
        text = " " * (min(max(blanks, 1), 20) - 1) + text
    return Line.of([Run(text, first.x, first.y, first.size, first.upright)])
