"""From blocks to segments: paragraphs that each have one role in the structure.

A block may hold several units ("РАЗДЕЛ 1…" over "Глава 1…" over "Статья 1…" on lines of their
own), so blocks are cut at the lines on which a unit begins. Then each segment gets its role. The
segments tile the canonical text, as the blocks do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from kb.documents import Span
from kb.readers.blocks import Block, BlockKind, SourceText
from kb.structure.notes import NoteForm, has_body, is_contents_title, note_form, opens_signature
from kb.structure.numbering import Label, Rank, read_heading, read_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Role(Enum):
    """What a segment is to the tree."""

    TITLE = "title"  # the title of the whole document
    UNIT = "unit"  # opens a unit, with or without a heading
    TEXT = "text"  # an unnumbered paragraph
    TABLE = "table"
    NOTE = "note"
    CONTENTS = "contents"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of the canonical text with one role."""

    span: Span
    role: Role
    label: Label | None = None  # of a UNIT; None for a heading without a number
    #                             (of a TEXT: one that is not believed)
    heading: str | None = None  # of a UNIT: its heading on one line, without the number
    note: NoteForm | None = None  # of a NOTE


# "; and" ends a line of a list as a full stop does
_LIST_GOES_ON = re.compile(r"[;,]\s*(?:and|or|и|или|және|немесе)\s*\Z")
_TABBED_NUMBER = re.compile(r"[^\s\t]+\t|\d+\.\d")
_HEADING_LENGTH = 400  # code points; what is longer is text of the norm
_FINISHED = re.compile(r"[.;:!?»\")\]]\s*\Z")
_OPENING_QUOTE = re.compile(r"\s*[\"«“„]")
_CLOSING_QUOTE = re.compile(r"[\"»”“]\s*[.;,)]*\s*\Z")
_PAGE_NUMBER = re.compile(r"(?:\.{3,}|…|\s)\s*\d+\s*\Z")
_QUOTED_PARAGRAPHS = 60  # a quotation that is not closed within so many is a slip of the pen
_SIGNATURE_SEGMENTS = 8
_CONTENTS_ENTRIES = 3  # so many headings in a row that come again later make a list of contents


def one_line(text: str) -> str:
    """Return `text` with every run of white space as one space."""
    return " ".join(text.split())


def segments(source: SourceText) -> list[Segment]:
    """Return the segments of a source; they tile its text."""
    text = source.text
    marked = _marks_articles(source)
    found: list[Segment] = []
    for block in source.blocks:
        found.extend(_of_block(text, block, found, marked=marked))
    found = _note_bodies(text, found)
    found = _quotations(text, found)
    found = _titled_contents(text, _contents(found))
    return _signatures(text, found)


def _marks_articles(source: SourceText) -> bool:
    """Whether the format itself says which paragraphs head the articles, as Markdown does."""
    return any(
        block.kind is BlockKind.HEADING
        and (label := read_heading(block.span.of(source.text).lstrip(), marked=True)) is not None
        and label.rank is Rank.ARTICLE
        for block in source.blocks
    )


def _of_block(
    text: str, block: Block, before: Sequence[Segment], *, marked: bool
) -> Iterator[Segment]:
    if block.kind is BlockKind.TABLE:
        yield Segment(block.span, Role.TABLE)
    elif block.kind is BlockKind.QUOTE:
        yield Segment(block.span, Role.NOTE, note=NoteForm.AFTER)
    elif block.kind is BlockKind.HEADING:
        yield _of_heading_block(text, block, before)
    else:
        for span in _unit_lines(text, block.span):
            yield _of_paragraph(text, span, marked=marked)


def _of_heading_block(text: str, block: Block, before: Sequence[Segment]) -> Segment:
    words = block.span.of(text).strip()
    label = read_heading(words, marked=True)
    if label is not None:
        return Segment(block.span, Role.UNIT, label, one_line(words[label.end :]) or None)
    if is_contents_title(words):
        return Segment(block.span, Role.CONTENTS)
    if block.depth == 1 and not any(segment.role in (Role.TITLE, Role.UNIT) for segment in before):
        return Segment(block.span, Role.TITLE, heading=one_line(words))
    return Segment(block.span, Role.UNIT, None, one_line(words))


def _unit_lines(text: str, span: Span) -> Iterator[Span]:
    """Cut a block at the lines that head a unit.

    A line that only looks like a heading ("pursuant to ⏎ Article 5") follows an unfinished line;
    it is believed after a heading, after a finished sentence, or when its form is unmistakable.
    """
    start = at = span.start
    in_heading = False
    previous = ""
    for line in span.of(text).splitlines(keepends=True):
        words = line.strip()
        label = _line_label(line.lstrip(), previous) if words else None
        first = not text[start:at].strip()
        believed = label is not None and (
            first
            or bool(_FINISHED.search(previous))
            or (label.strong and not previous.endswith(","))
            or (in_heading and (label.headed or label.number == "1"))
        )
        if believed and not first:
            yield Span(start, at)
            start = at
        if believed or first:
            in_heading = believed and label is not None and label.headed
        if words:
            previous = words
        at += len(line)
    yield Span(start, span.end)


def _line_label(line: str, previous: str) -> Label | None:
    """Read the label of a line within a block; a number counts where no sentence is under way."""
    if (label := read_heading(line.strip())) is not None:
        return label
    label = read_number(line.strip())
    if label is not None and (_TABBED_NUMBER.match(line) or _LIST_GOES_ON.search(previous)):
        return label
    return replace(label, strong=False) if label is not None else None


def _of_paragraph(text: str, span: Span, *, marked: bool) -> Segment:
    words = span.of(text).strip()
    if form := note_form(words):
        return Segment(span, Role.NOTE, note=form)
    if is_contents_title(words):
        return Segment(span, Role.CONTENTS)
    label = read_heading(words)
    if label is not None and not (marked and label.headed):
        rest = one_line(words[label.end :])
        headed = label.headed and not label.tail and _reads_as_heading(rest)
        return Segment(span, Role.UNIT, label, (rest or None) if headed else None)
    if label is None and (label := read_number(words)) is not None:
        return Segment(span, Role.UNIT, label)
    return Segment(span, Role.TEXT, label)  # a label that is not believed: a line of contents?


def _reads_as_heading(words: str) -> bool:
    return len(words) <= _HEADING_LENGTH and not words.endswith((";", ":", ","))


def _note_bodies(text: str, found: list[Segment]) -> list[Segment]:
    """Make the paragraph after a bare «Примечание ИЗПИ!» a note as well."""
    result: list[Segment] = []
    for segment in found:
        previous = result[-1] if result else None
        announced = (
            previous is not None
            and previous.role is Role.NOTE
            and previous.note is NoteForm.BEFORE
            and not has_body(previous.span.of(text).strip())
        )
        if announced and previous is not None and segment.role is Role.TEXT:
            result[-1] = replace(previous, span=Span(previous.span.start, segment.span.end))
        else:
            result.append(segment)
    return result


def _quotations(text: str, found: list[Segment]) -> list[Segment]:
    """Take the numbers inside a quotation of several paragraphs for text.

    An act that amends another quotes its new wording; the numbers in it are not the act's own.
    """
    result: list[Segment] = []
    open_since: int | None = None
    for at, segment in enumerate(found):
        words = segment.span.of(text).strip()
        headed = segment.label is not None and segment.label.headed
        if open_since is not None and (headed or at - open_since > _QUOTED_PARAGRAPHS):
            open_since = None
        inside = open_since is not None
        result.append(
            Segment(segment.span, Role.TEXT) if inside and segment.role is Role.UNIT else segment
        )
        if inside and _CLOSING_QUOTE.search(words):
            open_since = None
        elif not inside and _OPENING_QUOTE.match(words) and _unclosed(words):
            open_since = at
    return result


def _unclosed(words: str) -> bool:
    if words.count('"') % 2 or words.count("«") > words.count("»"):
        return not _CLOSING_QUOTE.search(words)
    return False


def _contents(found: list[Segment]) -> list[Segment]:
    """Tell the lines of a table of contents from the headings that they repeat."""
    last_seen: dict[tuple[Rank, str | None], int] = {}
    for at, segment in enumerate(found):
        if segment.role is Role.UNIT and segment.label is not None and segment.label.headed:
            last_seen[segment.label.rank, segment.label.number] = at

    def comes_again(at: int) -> bool:
        label = found[at].label
        return (
            label is not None
            and label.rank is Rank.ARTICLE
            and last_seen.get((label.rank, label.number), -1) > at
        )

    result = list(found)
    at = 0
    while at < len(found):
        end = at
        while end < len(found) and _heads(found[end]):
            end += 1
        repeated = [index for index in range(at, end) if comes_again(index)]
        if len(repeated) >= _CONTENTS_ENTRIES:
            for index in range(at, repeated[-1] + 1):
                result[index] = Segment(found[index].span, Role.CONTENTS)
        at = max(end, at + 1)
    return result


def _titled_contents(text: str, found: list[Segment]) -> list[Segment]:
    """Add to a titled list of contents the entries that are printed as plain paragraphs."""
    result: list[Segment] = []
    for segment in found:
        previous = result[-1].role if result else None
        entry = (
            segment.role is Role.TEXT
            and previous is Role.CONTENTS
            and (_heads(segment) or _PAGE_NUMBER.search(segment.span.of(text)) is not None)
        )
        result.append(replace(segment, role=Role.CONTENTS) if entry else segment)
    return result


def _heads(segment: Segment) -> bool:
    return segment.label is not None and segment.label.headed


def _signatures(text: str, found: list[Segment]) -> list[Segment]:
    """Take the signature out of the last article, at the end of the act or before an annex."""
    result = list(found)
    ends = [
        at
        for at, segment in enumerate(found)
        if segment.role is Role.UNIT
        and segment.label is not None
        and segment.label.rank is Rank.ANNEX
    ]
    for end in (*ends, len(found)):
        for at in range(max(0, end - _SIGNATURE_SEGMENTS), end):
            tail = found[at:end]
            if opens_signature(tail[0].span.of(text)) and all(
                segment.role is Role.TEXT for segment in tail
            ):
                for index in range(at, end):
                    result[index] = replace(found[index], role=Role.SIGNATURE)
                break
    return result
