"""Markdown: the text as it would be printed, without the marks that shape it.

`## Статья 10. Участие работодателей` becomes a heading block `Статья 10. Участие работодателей`.
Numbers of lists are part of a legal text, so each item keeps the marker that its source prints.

The dialect is CommonMark with tables, less two rules that lose or distort legal texts:
- no indented code: an indented paragraph of a law is a paragraph;
- no link definitions: `[1]: приложение` prints, where CommonMark would swallow it.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.common.html_blocks import block_names
from markdown_it.common.html_re import close_tag, open_tag
from markdown_it.rules_block.table import escapedSplit

from kb.readers.blocks import BlockKind, SourceText, tile
from kb.readers.plain import canonical, read_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token

# CommonMark sets no limit; the parser drops what is nested deeper, so it must not come to that
_MAX_NESTING = 60

_BULLET = "–"  # what Russian and Kazakh acts print, whichever of - * + the source has

_PARSER = (
    MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    .enable("table")
    .disable(["code", "reference"])
)

# <script>…</script>, <!-- … -->, also when the end is missing: nothing of it is printed
_UNSEEN = re.compile(
    r"<(?P<element>script|style)\b.*?(?:</(?P=element)\s*>|\Z)"
    r"|<!--.*?(?P<comment_end>-->|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(f"(?:{open_tag}|{close_tag})")
_TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_BREAKING_TAGS = frozenset(block_names) | {"br", "pre", "script", "style", "textarea"}
_INLINE_TAGS = frozenset(
    "a abbr acronym audio b bdi bdo big button canvas cite code data datalist del dfn em embed"
    " font i img input ins kbd label map mark meter noscript object output picture progress q rp"
    " rt ruby s samp select slot small source span strike strong sub sup svg template time tt u"
    " var video wbr".split()
)
_BLANK_LINES = re.compile(r"\n\s*\n")
# 127<sup>1</sup> is article 127¹, not article 1271
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def read_markdown(raw: str) -> SourceText:
    r"""Read a Markdown file that has been decoded.

    >>> read_markdown("## 10-бап.\n\n1\\. *Сноска.*\n\n2) екінші\n3) үшінші\n").text
    '10-бап.\n\n1. Сноска.\n\n2) екінші\n\n3) үшінші\n'
    """
    source = canonical(raw)
    tokens = _PARSER.parse(source)
    if any(token.level >= _MAX_NESTING - 1 for token in tokens):
        plain = read_plain(source)
        warning = "Lists or quotations are nested too deeply: read as plain text, marks included."
        return SourceText(plain.text, plain.blocks, warnings=(warning,))
    warnings: list[str] = []
    pieces = [
        (text, kind, depth)
        for printed, kind, depth in _printed(tokens, source.split("\n"), warnings)
        if (text := canonical(printed).strip("\n").rstrip())
    ]
    title = next((text for text, _, depth in pieces if depth == 1), None)
    last = len(pieces) - 1
    text, blocks = tile(
        (text + ("\n\n" if index < last else "\n"), kind, depth)
        for index, (text, kind, depth) in enumerate(pieces)
    )
    return SourceText(
        text,
        blocks,
        title=" ".join(title.split()) if title else None,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _printed(
    tokens: Iterable[Token], lines: Sequence[str], warnings: list[str]
) -> Iterator[tuple[str, BlockKind, int]]:
    """Yield (text, kind, depth) of each block in source order; a text may be blank."""
    markers = ""  # of list items whose first words are still to come: "1. 1) "
    quotes = 0  # how many quotations are open
    depth = 0  # of the heading that is open
    stream = iter(tokens)
    for token in stream:
        kind = BlockKind.HEADING if depth else BlockKind.PARAGRAPH
        if quotes:
            kind = BlockKind.QUOTE
        match token.type:
            case "blockquote_open" | "blockquote_close":
                quotes += token.nesting  # 1 or -1
            case "heading_open":
                depth = int(token.tag.removeprefix("h"))
            case "heading_close":
                depth = 0
            case "list_item_open":
                markers += f"{token.info}{token.markup} " if token.info else f"{_BULLET} "
            case "list_item_close":  # markers are left where an item has no words
                yield markers, kind, 0
                markers = ""
            case "table_open":
                yield markers, kind, 0
                markers = ""
                yield _table_text(stream, lines), kind if quotes else BlockKind.TABLE, 0
            case _ if words := _words(token, warnings):
                yield markers + words, kind, depth if kind is BlockKind.HEADING else 0
                markers = ""


def _words(token: Token, warnings: list[str]) -> str:
    """Return what a token prints, or "" for one that prints nothing by itself."""
    match token.type:
        case "inline":
            words = _inline_text(token.children or ())
        case "html_block":
            words = _html_text(token.content, warnings)
        case _:  # a fence, for instance
            words = token.content
    return words if words.strip() else ""


def _table_text(stream: Iterator[Token], lines: Sequence[str]) -> str:
    """Take the tokens up to the end of a table; return a line for each row: `cell | cell`."""
    rows: list[str] = []
    cells: list[str] = []
    line = 0  # of the source, for the row that is open
    for token in stream:
        match token.type:
            case "tr_open":
                cells, line = [], token.map[0] if token.map else 0
            case "inline":
                cells.append(_inline_text(token.children or ()))
            case "tr_close":
                if rows:  # the first row is the header, which the others are measured by
                    cells += _surplus_cells(lines[line], len(cells))
                rows.append(" | ".join(" ".join(cell.split()) for cell in cells))
            case "table_close":
                break
    return "\n".join(rows)


def _inline_text(tokens: Iterable[Token]) -> str:
    r"""Return the words of a paragraph, a heading or a cell.

    A line end of the source stays one: hand-numbered lines ("1) …;\n2) …") are often not
    separated otherwise, and whoever wants one line can join them.
    """
    parts: list[str] = []
    raised = False
    for token in tokens:
        match token.type:
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "image":
                parts.append(_inline_text(token.children or ()))
            case "html_inline":
                if token.content.lower() in {"<sup>", "</sup>"}:
                    raised = token.content[1] != "/"
                parts.append(_without_tags(_UNSEEN.sub("", token.content)))
            case _:
                parts.append(token.content.translate(_RAISED) if raised else token.content)
    return "".join(parts)


def _html_text(content: str, warnings: list[str]) -> str:
    """Return what a block of HTML prints; say what of it was left out."""
    for unseen in _UNSEEN.finditer(content):
        if unseen["element"]:
            warnings.append(f"A <{unseen['element'].lower()}> element was left out.")
        elif not unseen["comment_end"]:
            warnings.append("A comment that is never closed hides the rest of the file.")
    visible = html.unescape(_without_tags(_UNSEEN.sub("", content)))
    return _BLANK_LINES.sub("\n", visible)


def _without_tags(content: str) -> str:
    """Drop HTML tags; `<name of the employer>` is no tag but a blank to fill in, and stays."""

    def printed(tag: re.Match[str]) -> str:
        found = _TAG_NAME.match(tag[0])
        name = found[1].lower() if found else ""
        if name in _BREAKING_TAGS:
            return "\n"
        return "" if name in _INLINE_TAGS else tag[0]

    return _TAG.sub(printed, content)


def _surplus_cells(line: str, known: int) -> list[str]:
    """Return the cells of a table row beyond its header's, which the parser drops."""
    cells = escapedSplit(line.lstrip("> \t").rstrip())
    if cells and not cells[0].strip():
        cells = cells[1:]
    if cells and not cells[-1].strip():
        cells = cells[:-1]
    return [
        _inline_text(_PARSER.parseInline(cell.strip())[0].children or ())
        for cell in cells[known:]
        if cell.strip()
    ]
