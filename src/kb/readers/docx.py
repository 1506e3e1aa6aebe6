"""Word files (DOCX): the text as it is printed, automatic numbers included.

    part of the file        module                    gives
    ──────────────────      ───────────────────────   ────────────────────────────
    the ZIP and its XML     kb.readers.docx_package   elements with names like `w:p`
    numbering, styles       kb.readers.docx_numbering "2.1. " before a paragraph
    the text                this one                  pieces, then blocks

Tracked changes are shown as accepted: what was inserted stays, what was deleted is left out. Notes
stand at the end as quotations, `[1] …`, where the text has `[1]`. Page headers and footers,
comments and pictures are left out; a warning says so.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kb.errors import UnreadableSource
from kb.readers.blocks import BlockKind, SourceText
from kb.readers.docx_numbering import Numbering, Styles, is_on, number, value
from kb.readers.docx_package import Package, first
from kb.readers.numerals import roman
from kb.readers.pieces import Piece, assembled, raised, table_pieces

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Iterable, Iterator

_TITLE_LENGTH = 300  # code points
_HEADING_LENGTH = 400  # code points; contracts set whole clauses in the style of a heading
_MOST_SPANNED = 63  # columns under one cell: Word has no wider tables

_LEFT_OUT = frozenset(
    "w:del w:moveFrom w:pPr w:rPr w:sdtPr w:sdtEndPr w:tblPr w:tblGrid w:rt mc:Fallback".split()
)
_INSERTED = frozenset({"w:ins", "w:moveTo", "w:cellIns"})
_DELETED = frozenset({"w:del", "w:moveFrom", "w:cellDel"})
_PICTURES = frozenset({"w:drawing", "w:pict", "w:object"})
_PRINTED = {
    "w:tab": "\t",
    "w:ptab": "\t",
    "w:br": "\n",
    "w:cr": "\n",
    "w:noBreakHyphen": "\u2011",
}
_TEXT = {"w:t", "m:t", "w:sym", "w:footnoteReference", "w:endnoteReference"} | set(_PRINTED)
_PRIVATE = range(0xE000, 0xF900)  # signs that mean something in one font only


def read_docx(data: bytes, name: str) -> SourceText:
    """Read a Word file's bytes; `name` is what an error message calls the file.

    Raises:
        UnreadableSource: no DOCX file, damaged, encrypted, with macros, or without any text.
    """
    package = Package(data, name)
    document = package.document()
    warnings: list[str] = []
    styles = Styles(_one(package, "styles", warnings))
    numbering = Numbering(_one(package, "numbering", warnings), styles)
    notes = {
        "w:footnoteReference": _one(package, "footnotes", warnings),
        "w:endnoteReference": _one(package, "endnotes", warnings),
    }
    reader = _Reader(styles, numbering)
    pieces = [*reader.blocks(document), *reader.notes(notes)]
    text, blocks = assembled(pieces)
    if not text and reader.has_pictures:
        raise UnreadableSource(
            f"{name} has pictures but no text, so it is probably a scan: run OCR on it and add the"
            " result."
        )
    first_line = text.partition("\n")[0]
    return SourceText(
        text,
        blocks,
        title=" ".join((reader.title or first_line).split())[:_TITLE_LENGTH] or None,
        warnings=(
            *_changes([document, *notes.values()]),
            *_comments(_one(package, "comments", warnings)),
            *_margins(package),
            *reader.warnings(),
            *warnings,
        ),
    )


def _one(package: Package, relation: str, warnings: list[str]) -> ET.Element | None:
    """Return a part that the text leans on; without it, if it is damaged, the text still reads."""
    try:
        return next(package.related(relation), None)
    except UnreadableSource as error:
        warnings.append(f"The {relation} of the file are left out: {error}")
        return None


class _Reader:
    """Turns elements into pieces, in the order of the text."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.title: str | None = None
        self._styles = styles
        self._numbering = numbering
        self._carried = ""  # a paragraph whose end was deleted: it goes on with the next one
        self._marks: dict[tuple[str, str], str] = {}  # of notes: (kind of reference, id) → `[1]`
        self._missing: Counter[str] = Counter()  # what has no text, by its name

    @property
    def has_pictures(self) -> bool:
        """Whether a picture was left out."""
        return self._missing["pictures"] > 0

    def warnings(self) -> Iterator[str]:
        """Say what of the text could not be given as text."""
        for what, count in sorted((+self._missing).items()):  # those that are above 0
            yield f"Left out: {what} ({count})."

    def blocks(self, parent: ET.Element) -> Iterator[Piece]:
        """Yield the pieces of a body, a cell, a note or a text box."""
        for child in _chosen(parent):
            match child.tag:
                case "w:p":
                    yield from self._paragraph(child)
                case "w:tbl":
                    yield from self._carried_over()
                    yield from self._table(child)
                case "w:altChunk":
                    self._missing["embedded documents"] += 1
                case tag if tag not in _LEFT_OUT:  # wrappers: w:body, w:sdt, w:ins, mc:Choice…
                    yield from self.blocks(child)
        if parent.tag in {"w:document", "w:tc", "w:txbxContent", "w:footnote", "w:endnote"}:
            yield from self._carried_over()

    def notes(self, parts: dict[str, ET.Element | None]) -> Iterator[Piece]:
        """Yield the notes to which the text refers, in the order of their marks."""
        found = {
            (reference, note.get("w:id", "")): note
            for reference, root in parts.items()
            for note in (() if root is None else root)
        }
        # a note may itself refer to a note, which adds a mark
        told: set[tuple[str, str]] = set()
        while left := [key for key in sorted(self._marks, key=_kind) if key not in told]:
            for key in left:
                told.add(key)
                if (note := found.get(key)) is None:
                    continue
                text = "\n".join(piece.text.strip() for piece in self.blocks(note))
                yield Piece(f"{self._marks[key]} {text.strip()}", BlockKind.QUOTE)

    def _carried_over(self) -> Iterator[Piece]:
        if self._carried:
            yield Piece(self._carried)
            self._carried = ""

    def _paragraph(self, paragraph: ET.Element) -> Iterator[Piece]:
        properties = first(paragraph, "w:pPr")
        boxes: list[Piece] = []
        words = self._carried + self._words(paragraph, boxes)
        mark = first(properties, "w:rPr")
        if mark is not None and any(child.tag in _DELETED for child in mark):
            self._carried = words
        else:
            self._carried = ""
            label = self._numbering.label(properties)
            if words.strip() or label.strip(" –"):
                text = label + words.lstrip() if label else words
                depth = self._styles.heading_depth(properties)
                if self._styles.is_title(properties):
                    depth = 1
                    self.title = self.title or text
                if depth and len(text) <= _HEADING_LENGTH and words.strip():
                    yield Piece(text, BlockKind.HEADING, depth)
                else:
                    yield Piece(text)
        yield from boxes

    def _words(self, paragraph: ET.Element, boxes: list[Piece]) -> str:
        """Return what a paragraph prints; add the pieces of its text boxes to `boxes`."""
        parts: list[str] = []
        fields: list[bool] = []  # of each field that is open: are these its instructions?

        def walk(parent: ET.Element) -> None:
            hidden, high = _appearance(parent)
            for child in _chosen(parent):
                if child.tag == "w:fldChar":
                    _step(fields, child.get("w:fldCharType"))
                elif child.tag == "w:txbxContent":
                    boxes.extend(self._apart(child))
                elif child.tag not in _TEXT:
                    self._missing["pictures"] += _is_picture(child)
                    if child.tag not in _LEFT_OUT:
                        walk(child)
                elif hidden:
                    self._missing["passages of hidden text"] += child.tag == "w:t"
                elif not any(fields):
                    text = self._text(child)
                    parts.append(raised(text) if high and child.tag == "w:t" else text)

        walk(paragraph)
        return "".join(parts)

    def _text(self, element: ET.Element) -> str:
        """Return what an element of a run prints."""
        match element.tag:
            case "w:t":  # a line end in the file is a blank in print
                return (element.text or "").replace("\n", " ")
            case "m:t":
                return element.text or ""
            case "w:sym":
                return self._symbol(element)
            case "w:footnoteReference" | "w:endnoteReference":
                return self._mark(element)
            case tag:
                return _PRINTED[tag]

    def _apart(self, box: ET.Element) -> list[Piece]:
        """Return the pieces of a text box, which has no part in what is carried over."""
        carried, self._carried = self._carried, ""
        pieces = list(self.blocks(box))
        self._carried = carried
        return pieces

    def _mark(self, reference: ET.Element) -> str:
        """Return the mark of a note: `[1]`, and `[i]` for an endnote."""
        key = (reference.tag, reference.get("w:id", ""))
        if key not in self._marks:
            count = 1 + sum(kind == reference.tag for kind, _ in self._marks)
            printed = str(count) if reference.tag == "w:footnoteReference" else roman(count)
            self._marks[key] = f"[{printed}]"
        return self._marks[key]

    def _symbol(self, symbol: ET.Element) -> str:
        try:
            code = int(symbol.get("w:char", ""), 16)
        except ValueError:
            code = 0xF000
        if code in _PRIVATE or not 0x20 <= code <= 0xFFFF:
            self._missing["signs of symbol fonts"] += 1
            return ""
        return chr(code)

    def _table(self, table: ET.Element) -> list[Piece]:
        rows: list[list[list[Piece]]] = []
        for row in _inside(table, "w:tr"):
            if first(row, "w:trPr/w:del") is not None:
                continue
            cells: list[list[Piece]] = []
            for cell in _inside(row, "w:tc"):
                properties = first(cell, "w:tcPr")
                if first(properties, "w:cellDel") is not None:
                    continue
                # what Word keeps in a cell below the first of merged ones is not printed
                merge = first(properties, "w:vMerge")
                covered = merge is not None and merge.get("w:val", "continue") == "continue"
                cells.append([] if covered else self._apart(cell))
                spanned = number(properties, "w:gridSpan") or 1
                cells += [[] for _ in range(min(spanned, _MOST_SPANNED) - 1)]
            rows.append(cells)
        return table_pieces(rows)


def _kind(key: tuple[str, str]) -> bool:
    """Sort footnotes before endnotes."""
    return key[0] == "w:endnoteReference"


def _appearance(element: ET.Element) -> tuple[bool, bool]:
    """Return whether an element is a run of hidden text, and whether one of raised text."""
    properties = first(element, "w:rPr") if element.tag == "w:r" else None
    return is_on(first(properties, "w:vanish")), value(properties, "w:vertAlign") == "superscript"


def _is_picture(element: ET.Element) -> bool:
    return element.tag in _PICTURES and not any(element.iter("w:txbxContent"))


def _chosen(parent: ET.Element) -> Iterable[ET.Element]:
    """Return an element's children; of alternatives for other programs, only the first."""
    if parent.tag == "mc:AlternateContent":
        choice = first(parent, "mc:Choice")
        if choice is None:
            choice = first(parent, "mc:Fallback")
        return () if choice is None else choice
    return parent


def _inside(parent: ET.Element, tag: str) -> Iterator[ET.Element]:
    """Yield rows or cells, also those in wrappers such as a content control."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag not in _LEFT_OUT and child.tag not in {"w:tc", "w:trPr"}:
            yield from _inside(child, tag)


def _step(fields: list[bool], kind: str | None) -> None:
    """Take note of where a field (a cross-reference, a page number) begins, shows and ends."""
    match kind:
        case "begin":
            fields.append(True)
        case "separate" if fields:
            fields[-1] = False
        case "end" if fields:
            fields.pop()


def _changes(roots: Iterable[ET.Element | None]) -> Iterator[str]:
    count = Counter(element.tag for root in roots if root is not None for element in root.iter())
    inserted = sum(count[tag] for tag in _INSERTED)
    deleted = sum(count[tag] for tag in _DELETED)
    if inserted or deleted:
        yield (
            f"Tracked changes are read as accepted: insertions kept: {inserted}, deletions left"
            f" out: {deleted}."
        )


def _comments(root: ET.Element | None) -> Iterator[str]:
    count = 0 if root is None else sum(1 for _ in root.iter("w:comment"))
    if count:
        yield f"Comments are left out: {count}."


def _margins(package: Package) -> Iterator[str]:
    try:
        if any(
            (words.text or "").strip()
            for relation in ("header", "footer")
            for root in package.related(relation)
            for words in root.iter("w:t")
        ):
            yield "Page headers and footers are left out."
    except UnreadableSource:  # they would be left out anyway
        yield "Page headers and footers are left out."
