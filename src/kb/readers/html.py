"""Saved web pages (HTML): the main text, as a browser shows it.

The parser is lexbor, which builds the tree that browsers build, also from the careless HTML of old
official sites, and fetches nothing. This module walks the tree once and keeps

- paragraphs, headings, tables and quotations as blocks; `<br>` as a line end;
- the numbers that lists print (`<ol start=3 type=a>`);
- nothing that is not shown or is no text: scripts, navigation, form controls, hidden elements.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from kb.errors import UnreadableSource
from kb.readers.blocks import BlockKind, SourceText
from kb.readers.decoding import decode
from kb.readers.numerals import latin_letter, roman
from kb.readers.pieces import BULLET, Piece, assembled, raised, table_pieces, trimmed
from kb.readers.plain import canonical, paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable

    from selectolax.lexbor import LexborNode

_TITLE_LENGTH = 300  # code points
_MOST_SPANNED = 64  # columns or rows under one cell
_DECLARATION = 4096  # bytes; the encoding is named within so many

_LEFT_OUT = frozenset(
    "script style template noscript head nav iframe object embed applet audio video canvas svg"
    " button input select textarea datalist dialog map rp rt".split()
)
_HEADINGS = {f"h{depth}": depth for depth in range(1, 7)}
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form header hgroup hr html legend li main menu ol optgroup option p"
    " pre search section summary table tbody td tfoot th thead tr ul".split()
) | set(_HEADINGS)
# a form with none of these asks for something; one with them is wrapped around the whole page
_TEXT_IN_A_FORM = "p, h1, h2, h3, h4, h5, h6, article, main, table"
_TABLE_PARTS = frozenset({"table", "tr", "td", "th"})
_ROLES_LEFT_OUT = frozenset({"navigation", "banner", "search", "contentinfo"})
_MAIN = "main, [role=main]"

_FORMS: dict[str, Callable[[int], str]] = {  # of numbers, by the type that a list names
    "a": latin_letter,
    "A": lambda number: latin_letter(number).upper(),
    "i": roman,
    "I": lambda number: roman(number).upper(),
}

_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_UNMARKED = re.compile(r"(?:^|;)\s*list-style(?:-type)?\s*:[^;]*\bnone\b", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_NUMBERED = re.compile(r"\(?(?:\d{1,4}(?:[-–.]\d{1,3}){0,5}|\w)[.)]\s")  # "2) ", "3-1. "
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,30})""", re.IGNORECASE)
# the single-byte encodings of Russian, Kazakh and English pages
_KNOWN_CHARSET = re.compile(
    r"(?:windows-|cp|ibm)\d{3,4}|koi8-?[ru]|iso-?8859-\d{1,2}|kz-?1048"
    r"|x-mac-cyrillic|us-ascii",
    re.IGNORECASE,
)
_ALIASES = {"x-mac-cyrillic": "mac_cyrillic", "us-ascii": "cp1252", "iso-8859-1": "cp1252"}


def read_html(data: bytes | str, name: str = "The page", *, main: str | None = None) -> SourceText:
    r"""Read a web page.

    Args:
        data: the page; bytes are decoded as the page or its byte-order mark says.
        name: what an error message calls it.
        main: a CSS selector of the element that holds the text (`#text`, `div.gs_12`); its first
            match is read. By default the page's `<main>`, or all of it.

    >>> read_html("<h1>Закон</h1><ol start=3><li>Право<br>на труд</ol>").text
    'Закон\n\n3. Право\nна труд\n'

    Raises:
        UnreadableSource: the bytes are not text, or nothing matches `main`.
    """
    source, warnings = (data, ()) if isinstance(data, str) else _decoded(data, name)
    tree = LexborHTMLParser(canonical(source))
    reader = _Reader()
    for root in _roots(tree, name, main):
        reader.read(root)
    text, blocks = assembled(reader.pieces)
    if reader.hidden:
        warnings += (f"Hidden elements are left out: {reader.hidden}.",)
    return SourceText(text, blocks, title=_title(tree, reader.pieces), warnings=warnings)


def _decoded(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of a page's bytes, and what to warn of."""
    declared = _CHARSET.search(data[:_DECLARATION])
    label = declared[1].decode("ascii").lower() if declared else ""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if _KNOWN_CHARSET.fullmatch(label) and not marked:
        try:
            data.decode("utf-8")  # a page that was saved in another encoding than it names
        except UnicodeDecodeError:
            try:
                return data.decode(_ALIASES.get(label, label)), ()
            except (UnicodeDecodeError, LookupError):
                pass
    decoded = decode(data, name)
    return decoded.text, decoded.warnings


def _roots(tree: LexborHTMLParser, name: str, main: str | None) -> list[LexborNode]:
    """Return the elements that hold the text."""
    if main is not None:
        found = tree.css_first(main)
        if found is None:
            raise UnreadableSource(
                f"{name} has no element {main}, where its text should be: the site may have"
                " changed. Save the text in a file and add that."
            )
        return [found]
    mains = [node for node in tree.css(_MAIN) if node.text().strip()]
    if len(mains) == 1:
        return mains
    return [] if tree.body is None else [tree.body]


def _title(tree: LexborHTMLParser, pieces: list[Piece]) -> str | None:
    """Return the first heading of the first level, or the title that a browser's tab shows."""
    heading = next((p.text for p in pieces if p.kind is BlockKind.HEADING and p.depth == 1), None)
    named = tree.css_first("head > title")
    title = heading or ("" if named is None else named.text())
    return " ".join(trimmed(title).split())[:_TITLE_LENGTH] or None


@dataclass
class _List:
    """A list that is open."""

    number: int | None = None  # of the next item; None: bullets
    step: int = 1
    form: str = "1"
    marked: bool = True  # something is printed before each item


@dataclass
class _Table:
    """A table that is open."""

    rows: list[list[list[Piece]]] = field(default_factory=list)
    covered: dict[int, int] = field(default_factory=dict)  # column → rows it is still merged over
    nested: bool = False  # there is a table in it


class _Reader:
    """Collects the pieces of a tree on a single walk."""

    def __init__(self) -> None:
        self.hidden = 0  # elements with words
        self._collected: list[list[Piece]] = [[]]  # of the page, and of each cell that is open
        self._words: list[str] = []  # of the paragraph that is open
        self._markers = ""  # of list items whose first words are still to come
        self._lists: list[_List] = []
        self._tables: list[_Table] = []
        self._heading = 0
        self._quotes = 0
        self._preformatted = 0
        self._links = 0
        self._raised: list[bool] = []  # of each <sup> that is open: is it the mark of a note?

    @property
    def pieces(self) -> list[Piece]:
        """The pieces of the page."""
        return self._collected[0]

    def read(self, root: LexborNode) -> None:
        """Add the pieces of an element; iterative, since a page may nest without limit."""
        node: LexborNode | None = root
        while node is not None:
            inside = self._open(node)
            if inside and node.first_child is not None:
                node = node.first_child
                continue
            while node is not None:
                if inside:
                    self._close(node)
                inside = True  # what is climbed to was entered
                if node.mem_id == root.mem_id:
                    node = None
                elif node.next is not None:
                    node = node.next
                    break
                else:
                    node = node.parent
        self._end_paragraph()

    # --- one method for the beginning of each node, one for its end ---

    def _open(self, node: LexborNode) -> bool:
        """Take in the beginning of a node; return whether to go on into it."""
        if node.is_text_node:
            self._add(node.text_content or "")
            return False
        tag = node.tag or ""
        if tag in _LEFT_OUT or not node.is_element_node or self._is_aside(node, tag):
            return False
        if tag in _TABLE_PARTS:
            self._end_paragraph()
            self._open_table_part(tag)
        elif tag in _BLOCKS:
            self._end_paragraph()
            self._open_block(node, tag)
        else:
            self._open_inline(node, tag)
        return True

    def _close(self, node: LexborNode) -> None:
        """Take in the end of an element that was gone into."""
        tag = node.tag or ""
        if tag in _TABLE_PARTS:
            self._end_paragraph()
            self._close_table_part(node, tag)
        elif tag in _BLOCKS:
            self._end_paragraph()
            self._close_block(tag)
        else:
            self._close_inline(tag)

    def _open_inline(self, node: LexborNode, tag: str) -> None:
        match tag:
            case "br":
                self._words.append("\n")
            case "q":
                self._words.append("«")
            case "a":
                self._links += 1
            case "sup":
                self._raised.append(self._links > 0 or node.css_first("a") is not None)
                if self._raised[-1]:
                    self._words.append("[")

    def _close_inline(self, tag: str) -> None:
        match tag:
            case "q":
                self._words.append("»")
            case "a":
                self._links -= 1
            case "sup":
                if self._raised.pop():
                    self._words.append("]")

    def _open_block(self, node: LexborNode, tag: str) -> None:
        match tag:
            case "pre":
                self._preformatted += 1
            case "blockquote":
                self._quotes += 1
            case "ol" | "ul" | "menu" | "dir":
                self._lists.append(_list(node, tag))
            case "li":
                self._markers += self._marker(node.attributes.get("value"))
            case _ if tag in _HEADINGS:
                self._heading = _HEADINGS[tag]

    def _close_block(self, tag: str) -> None:
        match tag:
            case "pre":
                self._preformatted -= 1
            case "blockquote":
                self._quotes -= 1
            case "ol" | "ul" | "menu" | "dir":
                self._lists.pop()
            case "li":
                self._end_item()
            case _ if tag in _HEADINGS:
                self._heading = 0

    def _open_table_part(self, tag: str) -> None:
        if tag == "table":
            if self._tables:
                self._tables[-1].nested = True
            self._tables.append(_Table())
        elif not self._tables:  # the main element may be a row or a cell
            return
        elif tag == "tr":
            self._tables[-1].rows.append([])
        else:
            self._collected.append([])

    def _close_table_part(self, node: LexborNode, tag: str) -> None:
        if tag == "table":
            table = self._tables.pop()
            # browsers, too, take a table with tables in it for one that lays out the page
            self._collected[-1] += (
                [piece for row in table.rows for cell in row for piece in cell]
                if table.nested
                else table_pieces(table.rows)
            )
        elif tag != "tr" and self._tables:
            self._end_cell(node)

    def _is_aside(self, node: LexborNode, tag: str) -> bool:
        """Whether an element is not shown, or is there to move about on the site."""
        attributes = node.attributes
        if "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
            self.hidden += bool(node.text().strip())
            return True
        if (attributes.get("role") or "").lower() in _ROLES_LEFT_OUT:
            return True
        return tag == "form" and node.css_first(_TEXT_IN_A_FORM) is None

    def _add(self, text: str) -> None:
        if self._preformatted:
            self._words.append(text)
            return
        words = _SPACES.sub(" ", text)
        if self._words and self._words[-1].endswith((" ", "\n")):
            words = words.removeprefix(" ")
        if words:
            self._words.append(raised(words) if self._raised and not self._raised[-1] else words)

    def _end_paragraph(self) -> None:
        """Make a piece, or several, of the words since the last block began."""
        words = "".join(self._words)
        self._words.clear()
        if not trimmed(words):
            return
        kind = BlockKind.PARAGRAPH
        if self._quotes:
            kind = BlockKind.QUOTE
        elif self._heading:
            kind = BlockKind.HEADING
        # <br><br> or <br> and an indent part paragraphs, as in plain text
        parts = paragraphs(canonical(words)) if kind is BlockKind.PARAGRAPH else [words]
        for part in parts:
            text = trimmed(part)
            if not text:
                continue
            markers, self._markers = self._markers, ""
            if markers.endswith(f"{BULLET} ") and _NUMBERED.match(text):
                markers = markers.removesuffix(f"{BULLET} ")  # "• 2) …" is point 2
            depth = self._heading if kind is BlockKind.HEADING else 0
            self._collected[-1].append(Piece(markers + text, kind, depth))

    # --- lists ---

    def _marker(self, value: str | None) -> str:
        """Return what is printed before an item and count it."""
        if not self._lists:
            return f"{BULLET} "
        around = self._lists[-1]
        if around.number is None:
            return f"{BULLET} " if around.marked else ""
        number = _integer(value, around.number)
        around.number = number + around.step
        if not around.marked:
            return ""
        return f"{_FORMS.get(around.form, str)(number)}. "

    def _end_item(self) -> None:
        """Leave the number of an item without words; a bullet alone is nothing."""
        markers, self._markers = self._markers, ""
        if markers.strip(f"{BULLET} "):
            kind = BlockKind.QUOTE if self._quotes else BlockKind.PARAGRAPH
            self._collected[-1].append(Piece(markers, kind))

    # --- tables ---

    def _end_cell(self, node: LexborNode) -> None:
        pieces = self._collected.pop()
        table = self._tables[-1]
        if not table.rows:
            table.rows.append([])
        row = table.rows[-1]
        self._skip_covered(table, row)
        columns = _span(node.attributes.get("colspan"))
        rows = _span(node.attributes.get("rowspan"))
        if rows > 1:
            for column in range(len(row), len(row) + columns):
                table.covered[column] = rows - 1
        row += [pieces, *([] for _ in range(columns - 1))]

    @staticmethod
    def _skip_covered(table: _Table, row: list[list[Piece]]) -> None:
        """Leave empty the columns that a cell of a row above reaches down into."""
        while left := table.covered.get(len(row), 0):
            if left == 1:
                del table.covered[len(row)]
            else:
                table.covered[len(row)] = left - 1
            row.append([])


def _list(node: LexborNode, tag: str) -> _List:
    """Return how a list counts."""
    attributes = node.attributes
    marked = not _UNMARKED.search(attributes.get("style") or "")
    if tag != "ol":
        return _List(marked=marked)
    backwards = "reversed" in attributes
    first = sum(item.tag == "li" for item in node.iter()) if backwards else 1
    return _List(
        number=_integer(attributes.get("start"), first),
        step=-1 if backwards else 1,
        form=attributes.get("type") or "1",
        marked=marked,
    )


def _integer(printed: str | None, otherwise: int) -> int:
    found = re.match(r"\s*([-+]?[0-9]{1,9})", printed or "", re.ASCII)
    return int(found[1]) if found else otherwise


def _span(printed: str | None) -> int:
    return min(max(_integer(printed, 1), 1), _MOST_SPANNED)
