"""Plain text: paragraphs are separated by blank lines or begin with an indent."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from kb.readers.blocks import BlockKind, SourceText, tile

if TYPE_CHECKING:
    from collections.abc import Iterator

# "      1. В настоящем Кодексе": three or more blanks (also no-break ones) open a paragraph
INDENTED = re.compile(r"[ \t\u00a0\u2003]{3,}\S")
# all that `str.splitlines` takes for the end of a line, so that both ways of counting lines agree
_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_DROPPED = re.compile("[\0\ufeff]")  # NUL and byte-order marks
_SURROGATE = re.compile("[\ud800-\udfff]")


def canonical(raw: str) -> str:
    r"""Return `raw` in NFC with "\n" line ends, without NUL and byte-order marks.

    Half a surrogate pair, which no encoding can write, becomes U+FFFD.

    >>> canonical("a\r\nb\rc")
    'a\nb\nc'
    """
    text = _DROPPED.sub("", _LINE_END.sub("\n", raw))
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return unicodedata.normalize("NFC", text)


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a text, each with the blank lines that follow it.

    A paragraph begins after a blank line or with an indented line; a line that does neither
    continues the paragraph before it, as wrapped text does.
    """
    current: list[str] = []
    has_words = False  # of the current paragraph
    blank_seen = False  # after those words
    for line in text.splitlines(keepends=True):
        blank = not line.strip()
        if not blank and has_words and (blank_seen or INDENTED.match(line)):
            yield "".join(current)
            current = []
        has_words = has_words or not blank
        blank_seen = blank and has_words
        current.append(line)
    if current:
        yield "".join(current)


def read_plain(raw: str) -> SourceText:
    """Read a text file that has been decoded."""
    text, blocks = tile(
        (paragraph, BlockKind.PARAGRAPH, 0) for paragraph in paragraphs(canonical(raw))
    )
    return SourceText(text, blocks)
