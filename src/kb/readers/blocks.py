"""What a reader hands on: one string, and where its paragraphs stand.

A reader turns a file into the canonical text and cuts it into blocks, which tile it: every code
point belongs to exactly one block, in order. What a block *is* (an article, a clause, a note) is
decided later, by `kb.structure`; a reader only says how it was printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from kb.documents import Span

if TYPE_CHECKING:
    from collections.abc import Iterable


class BlockKind(StrEnum):
    """How a block was printed in its source."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"  # the format itself says that it is one (`## …`)
    QUOTE = "quote"  # set apart as a quotation (`> …`), as editors' notes are
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, a quotation or a table, up to the start of the next one."""

    span: Span  # with the line ends that follow the text
    kind: BlockKind = BlockKind.PARAGRAPH
    depth: int = 0  # of a heading, from 1; 0 for everything else


class OcrPage(NamedTuple):
    """A page whose text comes from OCR."""

    page: int  # from 1
    confidence: float  # mean over its words, 0 to 100


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file as read."""

    text: str  # canonical: NFC, "\n" line ends, no NUL
    blocks: tuple[Block, ...]  # tile `text`
    title: str | None = None  # what the file itself gives as its title
    page_starts: tuple[int, ...] = ()  # offset at which each page starts; () without pages
    warnings: tuple[str, ...] = ()  # what could not be read, one sentence each
    ocr_pages: tuple[OcrPage, ...] = ()  # in order

    @property
    def pages_without_text(self) -> tuple[int, ...]:
        """The numbers of the pages, from 1, that nothing was read of."""
        pages = enumerate(pairwise((*self.page_starts, len(self.text))), start=1)
        return tuple(page for page, (start, end) in pages if not self.text[start:end].strip())


def tile(pieces: Iterable[tuple[str, BlockKind, int]]) -> tuple[str, tuple[Block, ...]]:
    """Join pieces of text into the canonical text and the blocks that tile it.

    Each piece is (text, kind, depth); the texts are taken as they are, line ends included.
    """
    texts: list[str] = []
    blocks: list[Block] = []
    start = 0
    for text, kind, depth in pieces:
        if text:
            blocks.append(Block(Span(start, start + len(text)), kind, depth))
            texts.append(text)
            start += len(text)
    return "".join(texts), tuple(blocks)
