"""From blocks to segments: paragraphs that each have one role in the structure.

A block may hold several units ("РАЗДЕЛ 1…" over "Глава 1…" over "Статья 1…" on lines of their
own), so blocks are cut at the lines on which a unit begins. Then each segment gets its role. The
segments tile the canonical text, as the blocks do.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
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
    QUOTED = "quoted"  # a further paragraph of a quotation that an earlier one opens
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
    heading: str | None = None  # on one line, without the number; of contents: their title
    note: NoteForm | None = None  # of a NOTE


# "; and" ends a line of a list as a full stop does
_LIST_GOES_ON = re.compile(r"[;,]\s{0,3}(?:and|or|и|или|және|немесе)\Z")
_TABBED_NUMBER = re.compile(r"[^\s\t]{1,20}\t|\d{1,3}\.\d")
_HEADING_LENGTH = 400  # code points; what is longer is text of the norm
_SHORT_SENTENCE = 60  # code points; a longer one with a full stop is not a heading
_FINISHED = tuple('.;:!?»")]')
_QUOTES = '"«“„'
_CLOSING_QUOTE = re.compile(r"[\"»”“][.;,) ]{0,3}\Z")
_PAGE_NUMBER = re.compile(r"(?:\.{3}|…|\s)\s{0,3}\d{1,4}\Z")
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
    titled = False  # a title stands before all units
    for block in source.blocks:
        made = list(_of_block(text, block, titled=titled, marked=marked))
        titled = titled or any(segment.role in (Role.TITLE, Role.UNIT) for segment in made)
        found.extend(made)
    found = _note_bodies(text, found)
    found = _bare_numbers(text, found)
    found = _quotations(text, found)
    found = _titled_contents(text, _contents(text, found))
    return _signatures(text, found)


def _marks_articles(source: SourceText) -> bool:
    """Whether the format itself says which paragraphs head the articles, as Markdown does."""
    return any(
        block.kind is BlockKind.HEADING
        and (label := read_heading(block.span.of(source.text).lstrip(), marked=True)) is not None
        and label.rank is Rank.ARTICLE
        for block in source.blocks
    )


def _of_block(text: str, block: Block, *, titled: bool, marked: bool) -> Iterator[Segment]:
    if block.kind is BlockKind.TABLE:
        yield Segment(block.span, Role.TABLE)
    elif block.kind is BlockKind.QUOTE:
        yield Segment(block.span, Role.NOTE, note=NoteForm.AFTER)
    elif block.kind is BlockKind.HEADING:
        yield _of_heading_block(text, block, titled=titled)
    else:
        for span in _unit_lines(text, block.span):
            yield from _of_paragraph(text, span, marked=marked)


def _of_heading_block(text: str, block: Block, *, titled: bool) -> Segment:
    words = block.span.of(text).strip()
    label = read_heading(words, marked=True) or _section_number(words)
    if label is not None:
        return Segment(block.span, Role.UNIT, label, one_line(words[label.end :]) or None)
    if is_contents_title(words):
        return Segment(block.span, Role.CONTENTS, heading=one_line(words))
    if block.depth == 1 and not titled:
        return Segment(block.span, Role.TITLE, heading=one_line(words))
    return Segment(block.span, Role.UNIT, None, one_line(words))


def _section_number(words: str) -> Label | None:
    """Read the number of a marked heading: `2.1 Length` heads a section, not a point."""
    label = read_number(words)
    if label is None or label.rank is not Rank.CLAUSE or label.tail:
        return None
    return replace(label, rank=Rank.SECTION)


def _unit_lines(text: str, span: Span) -> Iterator[Span]:
    """Cut a block at the lines that head a unit.

    A line that only looks like a heading ("pursuant to ⏎ Article 5") follows an unfinished line;
    it is believed after a heading, after a finished sentence, or when its form is unmistakable.
    """
    start = at = span.start
    in_heading = False
    previous = ""  # the words of the line above; "" until there are any
    for line in span.of(text).splitlines(keepends=True):
        if words := line.strip():
            label = _line_label(line.lstrip(), previous)
            believed = label is not None and (
                not previous
                or previous.endswith(_FINISHED)
                or (label.strong and not previous.endswith(","))
                or (in_heading and (label.headed or label.number == "1"))
            )
            if believed and previous:
                yield Span(start, at)
                start = at
            if believed or not previous:
                in_heading = believed and label is not None and label.headed
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


def _of_paragraph(text: str, span: Span, *, marked: bool) -> Iterator[Segment]:
    words = span.of(text).strip()
    if form := note_form(words):
        yield Segment(span, Role.NOTE, note=form)
        return
    if is_contents_title(words):
        yield Segment(span, Role.CONTENTS, heading=one_line(words))
        return
    label = read_heading(words)
    if label is not None and not (marked and label.headed):
        heading, body = _heading_lines(text, span)
        rest = one_line(heading.of(text).strip()[label.end :])
        headed = label.headed and not label.tail and _reads_as_heading(rest)
        yield Segment(heading, Role.UNIT, label, (rest or None) if headed else None)
        if body.start < body.end:
            yield Segment(body, Role.TEXT)
    elif label is None and (label := read_number(words)) is not None:
        yield Segment(span, Role.UNIT, label)
    else:
        yield Segment(span, Role.TEXT, label)  # a label that is not believed: contents?


def _heading_lines(text: str, span: Span) -> tuple[Span, Span]:
    """Split `Part 5.12. Indemnity ⏎ Unless it can be shown that …` into heading and text.

    Headings run over several lines too; only what is one or more whole sentences, and longer than
    the line above it, is text.
    """
    words = span.of(text)
    lead = len(words) - len(words.lstrip())
    line_end = words.find("\n", lead) + 1
    body = words[line_end:].strip()
    first = words[lead:line_end].strip()
    if line_end and body.endswith(".") and body[0].isupper() and len(body) > len(first):
        cut = span.start + line_end
        return Span(span.start, cut), Span(cut, span.end)
    return span, Span(span.end, span.end)


def _reads_as_heading(words: str) -> bool:
    """Tell `Статья 5. Нить` from `Статья 2. Настоящий Закон вводится в действие со дня …`."""
    if words.endswith("."):
        return len(words) <= _SHORT_SENTENCE
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


def _bare_numbers(text: str, found: list[Segment]) -> list[Segment]:
    """Open a unit at its number alone: `4.1.1`, above `4.1.1.(1) …` and `4.1.1.(2) …`."""
    result = list(found)
    for at, (segment, following) in enumerate(pairwise(found)):
        label = following.label
        words = segment.span.of(text).strip()
        if (
            segment.role is Role.TEXT
            and following.role is Role.UNIT
            and label is not None
            and label.tail
            and label.number == words
        ):
            opening = Label(label.rank, label.number, len(words))
            result[at] = replace(segment, role=Role.UNIT, label=opening)
    return result


def _quotations(text: str, found: list[Segment]) -> list[Segment]:
    """Take all that stands inside a quotation of several paragraphs for one text.

    An act that amends another quotes its new wording; the numbers in it are not the act's own.
    A unit with a heading stands in a quotation only when the quotation begins with one
    (`"Статья 5. … ⏎ Статья 6. …";`); otherwise it shows that the quotation was never closed.
    """
    result = list(found)
    at = 0
    while at < len(found):
        end = _quotation_end(text, found, at)
        for index in range(at + 1, end):
            if found[index].role in (Role.UNIT, Role.TEXT):
                result[index] = Segment(found[index].span, Role.QUOTED)
        at = max(end, at + 1)
    return result


def _quotation_end(text: str, found: Sequence[Segment], at: int) -> int:
    """Return the index after the quotation that segment `at` opens; `at` where it opens none."""
    words = found[at].span.of(text).strip()
    if not words.startswith(tuple(_QUOTES)) or not _unclosed(words):
        return at
    quotes_headings = read_heading(words.lstrip(_QUOTES)) is not None
    limit = min(len(found), at + _QUOTED_PARAGRAPHS)
    for index in range(at + 1, limit):
        if _heads(found[index]) and not quotes_headings:
            return index
        if _CLOSING_QUOTE.search(found[index].span.of(text).rstrip()[-5:]):
            return index + 1
    return at + 1 if quotes_headings else limit


def _unclosed(words: str) -> bool:
    if words.count('"') % 2 or words.count("«") > words.count("»"):
        return not _CLOSING_QUOTE.search(words[-5:])
    return False


def _contents(text: str, found: list[Segment]) -> list[Segment]:
    """Tell the lines of a table of contents from the headings that they repeat.

    A run of headings with no text between them is one when several of a kind come again later,
    or, below the title «Содержание», when any does. There `2.1 Results` and `Introduction` belong
    to it too, where the same words come again.
    """
    last_seen = {_named(each): at for at, each in enumerate(found) if each.role is Role.UNIT}
    words = [
        one_line(each.span.of(text)).casefold() if each.role in (Role.UNIT, Role.TEXT) else ""
        for each in found
    ]
    last_said = {said: at for at, said in enumerate(words) if said}
    result = list(found)
    at = 0
    while at < len(found):
        titled = at > 0 and found[at - 1].role is Role.CONTENTS
        end = at
        while end < len(found) and (
            _heads(found[end]) or (titled and last_said.get(words[end], -1) > end)
        ):
            end += 1
        repeated = [
            index
            for index in range(at, end)
            if last_seen.get(_named(found[index]), -1) > index
            or (titled and last_said.get(words[index], -1) > index)
        ]
        kinds = Counter(label.rank for index in repeated if (label := found[index].label))
        if repeated and (titled or max(kinds.values()) >= _CONTENTS_ENTRIES):
            for index in range(at, repeated[-1] + 1):
                result[index] = Segment(found[index].span, Role.CONTENTS)
        at = max(end, at + 1)
    return result


def _named(segment: Segment) -> tuple[Rank, str | None] | None:
    """Return what a heading calls its unit, (article, `10`); None for other segments."""
    label = segment.label
    return (label.rank, label.number) if label is not None and _heads(segment) else None


def _titled_contents(text: str, found: list[Segment]) -> list[Segment]:
    """Add to a titled list of contents the entries that are not headings of units.

    Entries printed as plain paragraphs, and `1. General provisions … 3` with its page number.
    """
    result: list[Segment] = []
    for segment in found:
        follows = bool(result) and result[-1].role is Role.CONTENTS
        if follows and (
            (segment.role is Role.TEXT and _heads(segment))
            or (
                segment.role in (Role.TEXT, Role.UNIT)
                and _PAGE_NUMBER.search(segment.span.of(text).rstrip()[-10:]) is not None
            )
        ):
            result.append(Segment(segment.span, Role.CONTENTS))
        else:
            result.append(segment)
    return result


def _heads(segment: Segment) -> bool:
    return segment.label is not None and segment.label.headed and not segment.label.tail


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
