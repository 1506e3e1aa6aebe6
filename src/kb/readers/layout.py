"""The lines of a printed page: the order of their words, and which of them open a paragraph.

A PDF holds runs of text, each with a place on the page. Their order is that of reading but for
one habit of official exports, which paint the words of a hyperlink after the rest of their line:

    painted   производится на основании: статьи 52
    printed   статьи 52 производится на основании:

Paragraphs are not marked at all; `_opens` names the signs by which a reader would tell where one
begins. Nothing here knows what a paragraph says, only how it stands.
"""

from __future__ import annotations

import math
import re
import statistics
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from kb.readers.plain import INDENTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_SHORT = 0.6  # of the usual length: such a line ends its paragraph
_GAP = 1.35  # of the usual distance between lines: such a gap stands between paragraphs
_INDENT = 8.0  # points to the right of the line above

# as at the end of "…трудового договора;" and of "…официального опубликования)."
_SENTENCE_END = re.compile(r"[.;:!?…][)»”\"]*\s*\Z")


class Run(NamedTuple):
    """Text painted in one go."""

    text: str
    x: float  # of its first character, in points from the left
    y: float  # of its baseline, in points from the bottom
    size: float  # of its font, in points
    upright: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page as pypdf tells lines apart."""

    text: str  # without its line end
    x: float = 0.0
    y: float = 0.0
    size: float = 0.0  # of the font of its first words; 0.0 where nothing is painted

    @classmethod
    def of(cls, runs: Sequence[Run]) -> Line:
        """Put the runs of a line in order."""
        if not runs:
            return cls("")
        painted: list[Run] = []
        for run in runs:
            if painted and not (run.text.strip() and painted[-1].text.strip()):
                # blanks go wherever their neighbour goes
                wordy = run if run.text.strip() else painted[-1]
                painted[-1] = wordy._replace(text=painted[-1].text + run.text)
            else:
                painted.append(run)
        if any(left.x > right.x for left, right in pairwise(painted)) and _one_row(painted):
            painted.sort(key=lambda run: run.x)
        first = painted[0]
        # a letter and its accent may have been painted in two runs
        text = unicodedata.normalize("NFC", "".join(run.text for run in painted))
        return cls(text, first.x, first.y, first.size)


def _one_row(runs: Iterable[Run]) -> bool:
    """Whether the runs stand upright on one baseline and read from left to right."""
    first, *others = runs
    return all(run.upright and abs(run.y - first.y) < 0.2 * run.size for run in others) and not any(
        unicodedata.bidirectional(character) in {"R", "AL"}
        for run in (first, *others)
        for character in run.text
    )


class _Typesetting(NamedTuple):
    """How the lines of a document usually stand."""

    width: float  # of a full line, in characters
    leading: float  # from one line to the next, in points
    indents: bool  # paragraphs begin with blanks, so that a line without them may be a heading

    @classmethod
    def of(cls, pages: Iterable[Sequence[Line]]) -> _Typesetting:
        lengths: list[int] = []
        gaps: list[float] = []
        indented = 0
        for lines in pages:
            worded = [line for line in lines if line.text.strip()]
            lengths += [len(line.text.strip()) for line in worded]
            gaps += [a.y - b.y for a, b in pairwise(worded) if a.y > b.y]
            indented += sum(1 for line in worded if INDENTED.match(line.text))
        lengths.sort()
        return cls(
            width=lengths[len(lengths) * 9 // 10],
            leading=statistics.median(gaps) if gaps else math.inf,
            indents=indented > 0.1 * len(lengths),
        )


def paragraphs(pages: Sequence[Sequence[Line]]) -> Iterator[str]:
    """Yield the paragraphs of all pages, one after the other; they tile the text."""
    usual = _Typesetting.of(pages)
    current: list[str] = []
    above: Line | None = None
    for lines in pages:
        new_page = True
        for line in lines:
            if line.text.strip():
                if above and _opens(line, above, usual, new_page=new_page):
                    yield "".join(current)
                    current = []
                above, new_page = line, False
            current.append(line.text + "\n")
    yield "".join(current)


def _opens(line: Line, above: Line, usual: _Typesetting, *, new_page: bool) -> bool:
    """Whether a line opens a paragraph, given the line above it (perhaps on the page before).

    Measured on the Labour Code's PDF against its plain text: of 2,386 paragraphs that are opened,
    8 begin within one of the text's, and each of the 221 articles' headings opens one.
    """
    if INDENTED.match(line.text) or abs(line.size - above.size) > 0.5:
        return True
    sentence_ended = _SENTENCE_END.search(above.text) is not None
    goes_on = line.text.lstrip()[:1].islower()
    if len(above.text.strip()) < _SHORT * usual.width and (sentence_ended or not goes_on):
        return True
    sentence_begins = sentence_ended and not goes_on
    if new_page or line.y > above.y:  # of a page or a column: distances say nothing
        return sentence_begins
    return (
        above.y - line.y > _GAP * usual.leading
        or (sentence_ended and line.x > above.x + _INDENT)
        or (sentence_begins and usual.indents)
    )
