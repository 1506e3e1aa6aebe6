"""Cut a provision into what can be set beside another text: its sentences and sub-points.

    1. Leave is granted for: ⏎ 1) seventy days before the birth; ⏎ 2) fifty-six days after it.
        Leave is granted for:  ·  seventy days before the birth;  ·  fifty-six days after it.

A number or letter in front of a unit (`1.`, `2)`, `а)`) is left out of it: it says where words
stand, not what they say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.documents import Level, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.documents import Edition

_NO_NORM = (Level.HEADING, Level.NOTE, Level.CONTENTS)

# `1.` `127-1.` `2)` `(3)` `1.2.` `а)` `(b)` `iv)` `–`
_ENUMERATOR = r"(?:\(?\d{1,3}(?:[.-]\d{1,3})*[.)]|\(?(?:[^\W\d_]|[ivx]{2,4})\)|[–—•*-])[ \t\u00a0]+"
_ENUMERATED = re.compile(rf"[ \t\u00a0]*(?:#+ )?(?:{_ENUMERATOR})?")
# An empty line, or a line that begins with a number of its own
_BREAK = re.compile(rf"\n[ \t]*(?=\n)|\n(?=[ \t]*{_ENUMERATOR})")
# The end of a sentence, with the quotation marks and brackets that close after it
_END = re.compile(
    r"[.!?…]+[\"'»”’)\]]*(?=\s+[\"'«“(\[]*[^\W\d_a-zа-яёәғқңөұүһі])|[.!?…]+(?=\s+\d)|;(?=\s)"
)
_LAST_WORD = re.compile(r"[^\W\d_]+$")
# Words that a full stop shortens. A single letter is an initial or one of `т. е.`
_ABBREVIATIONS = frozenset(
    "ст пп гл разд прил абз гг руб тыс млн млрд ред см др пр им обл ул чл подп"
    " art arts no nos sec para paras cl ch vol ed mr mrs dr prof etc inc ltd cf"
    " т.б".split()
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or a sub-point that holds no sentence of its own."""

    text: str  # verbatim, without the number in front
    span: Span  # in the canonical text of the edition, or in the pasted text
    eid: str | None = None  # of the leaf that it stands in; None in a pasted text


def sentences_of(edition: Edition, eid: str) -> tuple[Sentence, ...]:
    """Return the sentences of a provision, in order, without headings and editors' notes."""
    around = edition.node(eid)
    return () if around is None else sentences_within(edition, around.span)


def sentences_within(edition: Edition, span: Span) -> tuple[Sentence, ...]:
    """Return the sentences that lie within a span, in order, as `sentences_of` does."""
    return tuple(
        sentence
        for leaf in edition.leaves()
        if leaf.level not in _NO_NORM and leaf.span.start < span.end and span.start < leaf.span.end
        for sentence in _cut(edition.text, leaf.span, leaf.eid)
        if span.covers(sentence.span)
    )


def sentences_in(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of a text that is no part of the index."""
    return tuple(_cut(text, Span(0, len(text)), None))


def _cut(text: str, span: Span, eid: str | None) -> Iterator[Sentence]:
    start = span.start
    for end in [*(match.end() for match in _BREAK.finditer(text, *span)), span.end]:
        yield from _sentences(text, Span(start, end), eid)
        start = end


def _sentences(text: str, span: Span, eid: str | None) -> Iterator[Sentence]:
    """Cut one paragraph or list item between its sentences."""
    first = len(text[span.start : span.end]) - len(text[span.start : span.end].lstrip())
    numbered = _ENUMERATED.match(text, span.start + first, span.end)
    start = numbered.end() if numbered else span.start
    ends = [match.end() for match in _END.finditer(text, start, span.end) if _ends(text, match)]
    for end in [*ends, span.end]:
        words = text[start:end]
        left = start + len(words) - len(words.lstrip())
        right = start + len(words.rstrip())
        if any(map(str.isalnum, words)):
            yield Sentence(text[left:right], Span(left, right), eid)
        start = end


def _ends(text: str, match: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence: not that of `ст.`, `Art.`, `А. Б.`, `т. д.`."""
    if match.group()[0] != ".":
        return True
    before = _LAST_WORD.search(text, max(match.start() - 20, 0), match.start())
    if before is None:
        return True
    word = before.group().casefold()
    return len(word) > 1 and word not in _ABBREVIATIONS
