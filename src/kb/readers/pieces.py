"""Pieces of a formatted document, before they become the canonical text.

Word files and web pages come as a tree; its reader yields a piece for each paragraph, heading,
quotation and table, and `assembled` makes the text and its blocks of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kb.readers.blocks import Block, BlockKind, tile
from kb.readers.plain import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BULLET = "–"  # what Russian and Kazakh acts print, whatever sign the source has

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNPRINTED = dict.fromkeys(map(ord, "\u00ad\u200b"))  # places where a word may break, unseen


class Piece(NamedTuple):
    """What will be one block."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    depth: int = 0  # of a heading, from 1


def raised(text: str) -> str:
    """Return `text` with its digits raised: 127 and a raised 1 are article 127¹, not 1271."""
    return text.translate(_RAISED)


def trimmed(raw: str) -> str:
    r"""Return canonical text without blanks around its lines, nor blank lines around it.

    >>> trimmed("\u00a0\u00a0 1. Цель \r\n закона\n\n")
    '1. Цель\nзакона'
    """
    text = canonical(raw).translate(_UNPRINTED)
    return "\n".join(line.strip() for line in text.split("\n")).strip("\n")


def assembled(pieces: Iterable[Piece]) -> tuple[str, tuple[Block, ...]]:
    """Return the canonical text and the blocks that tile it; a blank line between blocks."""
    printed = [(text, kind, depth) for raw, kind, depth in pieces if (text := trimmed(raw))]
    last = len(printed) - 1
    return tile(
        (text + ("\n\n" if index < last else "\n"), kind, depth)
        for index, (text, kind, depth) in enumerate(printed)
    )


def table_pieces(rows: Sequence[Sequence[Sequence[Piece]]]) -> list[Piece]:
    """Return a table as one piece, a line for each row: `cell | cell`.

    A table that only puts text in its place on the page is returned as the pieces it holds: one
    with words in a single column («Приложение 1 к приказу…» at the right edge), or with headings.

    Args:
        rows: of cells, each the pieces that it holds; a cell that a merged one covers holds none.
    """
    inside = [piece for row in rows for cell in row for piece in cell if piece.text.strip()]
    filled = {
        column
        for row in rows
        for column, cell in enumerate(row)
        if any(piece.text.strip() for piece in cell)
    }
    if len(filled) <= 1 or any(piece.kind is BlockKind.HEADING for piece in inside):
        return inside
    lines = (" | ".join(_cell_text(cell) for cell in row) for row in rows)
    return [Piece("\n".join(line for line in lines if line.strip(" |")), BlockKind.TABLE)]


def _cell_text(cell: Sequence[Piece]) -> str:
    """Return a cell on one line; a table within it as `cell, cell; cell, cell`."""
    parts = (
        piece.text.replace(" | ", ", ").replace("\n", "; ")
        if piece.kind is BlockKind.TABLE
        else piece.text
        for piece in cell
    )
    return " ".join(trimmed(" ".join(parts)).split())
