"""Highlights, the best-matching leaf and the snippet of a passage; all verbatim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.documents import Highlight, Passage, Span
from kb.search.results import Snippet
from kb.words import is_stopword, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kb.documents import Edition
    from kb.words import Term

SNIPPET_LENGTH = 320  # code points


def find_highlights(
    passage: Passage, matching: Sequence[Term], phrases: Sequence[str]
) -> tuple[Highlight, ...]:
    """Return the words of a passage that are words of the query, and its quoted phrases.

    In order, not overlapping. `matching` are the passage's terms that the query has.
    """
    text = passage.text
    spans = [Span(term.start, term.end) for term in matching if not is_stopword(term.term)]
    spans += [span for phrase in phrases for span in phrase_spans(text, phrase)]
    return tuple(
        Highlight(
            Span(passage.span.start + span.start, passage.span.start + span.end), span.of(text)
        )
        for span in _merged(spans)
    )


def phrase_spans(text: str, phrase: str) -> list[Span]:
    """Return where the words of `phrase` stand side by side in `text`, whatever their case."""
    wanted = [word.form for word in words(phrase)]
    found = words(text)
    if not wanted:
        return []
    return [
        Span(found[at].start, found[at + len(wanted) - 1].end)
        for at in range(len(found) - len(wanted) + 1)
        if all(found[at + step].form == form for step, form in enumerate(wanted))
    ]


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
        else:
            merged.append(span)
    return merged


def find_pinpoint(
    edition: Edition,
    passage: Passage,
    matching: Sequence[Term],
    weights: Mapping[str, float],
) -> str:
    """Return the eid of the leaf that has most of the query's weight; of the first on a tie.

    When no leaf has a word of the query, the passage as a whole is the best that can be said.
    """
    best, best_weight = passage.eid, 0.0
    for eid in passage.eids:
        node = edition.node(eid)
        if node is None:
            continue
        start = max(node.span.start, passage.span.start) - passage.span.start
        end = min(node.span.end, passage.span.end) - passage.span.start
        held = {term.term for term in matching if start <= term.start and term.end <= end}
        found = sum(weight for term, weight in weights.items() if term in held)
        if found > best_weight:
            best, best_weight = eid, found
    return best


def make_snippet(passage: Passage, highlights: Sequence[Highlight]) -> Snippet:
    """Return the window of a passage with most highlights, cut between words."""
    text = passage.text
    if len(text) <= SNIPPET_LENGTH:
        return Snippet(text, passage.span, tuple(highlights))
    spots = [
        Span(item.span.start - passage.span.start, item.span.end - passage.span.start)
        for item in highlights
    ]
    start = _window(spots, len(text))
    start, end = _whole_words(text, start, min(len(text), start + SNIPPET_LENGTH))
    span = Span(passage.span.start + start, passage.span.start + end)
    inside = tuple(item for item in highlights if span.covers(item.span))
    return Snippet(text[start:end], span, inside)


def _window(spots: Sequence[Span], length: int) -> int:
    """Return the start of the window with most matched characters; the earliest on a tie."""
    best, best_weight = 0, 0
    for spot in spots:
        start = max(0, min(spot.start - SNIPPET_LENGTH // 6, length - SNIPPET_LENGTH))
        weight = sum(
            other.end - other.start
            for other in spots
            if start <= other.start and other.end <= start + SNIPPET_LENGTH
        )
        if weight > best_weight:
            best, best_weight = start, weight
    return best


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while 0 < start < end and not text[start - 1].isspace():
        start += 1
    while start < end < len(text) and not text[end].isspace():
        end -= 1
    cut = text[start:end]
    trimmed = cut.strip()
    if not trimmed:  # one word longer than the window
        return 0, min(len(text), SNIPPET_LENGTH)
    start += len(cut) - len(cut.lstrip())
    return start, start + len(trimmed)
