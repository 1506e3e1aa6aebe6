"""Two wordings of one provision, as runs of words that are equal, deleted or inserted.

    ten days a year  ─┐    equal      ten days a year →  "ten" deleted, "twenty" inserted,
    twenty days a year┘                                  " days a year" equal

The words are aligned by their longest common runs (Ratcliff and Obershelp, as `difflib` does it).
What reads well is more than what is shortest: a few equal words between two changes, such as a
comma or an "and", are no agreement, so they join the change around them.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from kb.comparison.changes import Op, Piece
from kb.documents import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A word or a sign, with the white space before it; white space alone at the very end.
_PLAIN = re.compile(r"(\s*)(\w+|[^\w\s]|\Z)")
# The same with `127-1`, `санитарно-бытовые`, `03.07.2013` as one word each.
_COMPOUND = re.compile(r"(\s*)(\w+(?:[-\u2010-\u2013]\w+|(?<=\d)\.(?=\d)\w+)*|[^\w\s]|\Z)")
_MOST_WORK = 1_000_000  # words of A × words of B that are aligned word by word (about 1,000 each)
_ISLAND = 3  # words; more equal words than that stand by themselves


class _Token(NamedTuple):
    start: int  # of the white space before the word
    word: int  # of the word
    end: int
    text: str  # the word alone


class _Run(NamedTuple):
    """Tokens a..b of either text; equal, or one in place of the other."""

    equal: bool
    a: tuple[int, int]
    b: tuple[int, int]


def pieces_between(text_a: str, span_a: Span, text_b: str, span_b: Span) -> tuple[Piece, ...]:
    """Return the pieces of two spans, each verbatim and placed in its canonical text."""
    said_a, said_b = span_a.of(text_a), span_b.of(text_b)
    # a line that ends within `256-VIII` is no change
    form = _PLAIN if words_of(said_a) == words_of(said_b) else _COMPOUND
    tokens_a, tokens_b = _tokens(said_a, form), _tokens(said_b, form)
    aligned = _aligned([each.text for each in tokens_a], [each.text for each in tokens_b], 0, 0)
    runs = _tidy(list(aligned), tokens_a, tokens_b)
    writer = _Writer(text_a, text_b)
    for equal, (start_a, end_a), (start_b, end_b) in runs:
        if equal:
            for one, other in zip(tokens_a[start_a:end_a], tokens_b[start_b:end_b], strict=True):
                writer.blank(
                    Span(span_a.start + one.start, span_a.start + one.word),
                    Span(span_b.start + other.start, span_b.start + other.word),
                )
                writer.equal(span_a.start + one.word, span_b.start + other.word, one.text)
        else:
            writer.replaced(
                _span(tokens_a, start_a, end_a, span_a.start),
                _span(tokens_b, start_b, end_b, span_b.start),
            )
    return writer.pieces()


def whole(op: Op, text: str, span: Span) -> tuple[Piece, ...]:
    """Return a span as one piece that is deleted or inserted; nothing of an empty span."""
    words = span.of(text)
    if not words:
        return ()
    return (Piece(op, words, *((span, None) if op is Op.DELETED else (None, span))),)


def replaced(text_a: str, span_a: Span, text_b: str, span_b: Span) -> tuple[Piece, ...]:
    """Return two spans that have nothing to do with each other."""
    return whole(Op.DELETED, text_a, span_a) + whole(Op.INSERTED, text_b, span_b)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words and signs of a text: two texts with the same ones read the same."""
    return tuple(match.group(2) for match in _PLAIN.finditer(text) if match.group(2))


def _tokens(words: str, form: re.Pattern[str]) -> list[_Token]:
    """Cut a text into words with the white space before them; the last may be white space."""
    return [
        _Token(match.start(), match.start(2), match.end(), match.group(2))
        for match in form.finditer(words)
        if match.group()
    ]


def _span(tokens: Sequence[_Token], start: int, end: int, offset: int) -> Span | None:
    if start == end:
        return None
    return Span(offset + tokens[start].start, offset + tokens[end - 1].end)


# --- aligning ---


def _aligned(a: Sequence[str], b: Sequence[str], at_a: int, at_b: int) -> Iterator[_Run]:
    """Align two texts, the first words of which are numbered `at_a` and `at_b`."""
    before = _common(a, b)
    after = _common(a[before:][::-1], b[before:][::-1])
    inner_a, inner_b = a[before : len(a) - after], b[before : len(b) - after]
    if before:
        yield _Run(True, (at_a, at_a + before), (at_b, at_b + before))
    if inner_a or inner_b:
        yield from _unlike(inner_a, inner_b, at_a + before, at_b + before)
    if after:
        yield _Run(
            True,
            (at_a + len(a) - after, at_a + len(a)),
            (at_b + len(b) - after, at_b + len(b)),
        )


def _unlike(a: Sequence[str], b: Sequence[str], at_a: int, at_b: int) -> Iterator[_Run]:
    """Align texts that begin and end differently; of very long ones, the sentences first."""
    if len(a) * len(b) <= _MOST_WORK:
        opcodes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
        for tag, start_a, end_a, start_b, end_b in opcodes:
            yield _Run(
                tag == "equal", (at_a + start_a, at_a + end_a), (at_b + start_b, at_b + end_b)
            )
        return
    sentences_a, sentences_b = _sentences(a), _sentences(b)
    matcher = SequenceMatcher(
        None, [tuple(each) for each in sentences_a], [tuple(each) for each in sentences_b]
    )
    for tag, start_a, end_a, start_b, end_b in matcher.get_opcodes():
        words_a = [word for each in sentences_a[start_a:end_a] for word in each]
        words_b = [word for each in sentences_b[start_b:end_b] for word in each]
        if tag == "equal" or len(words_a) * len(words_b) > _MOST_WORK:
            yield _Run(tag == "equal", (at_a, at_a + len(words_a)), (at_b, at_b + len(words_b)))
        else:
            yield from _aligned(words_a, words_b, at_a, at_b)
        at_a, at_b = at_a + len(words_a), at_b + len(words_b)


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """Return how many words two texts have in common at their beginning."""
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count


def _sentences(words: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for word in words:
        found[-1].append(word)
        if word in {".", ";", ":"}:
            found.append([])
    return [sentence for sentence in found if sentence]


# --- tidying ---


def _tidy(runs: list[_Run], a: Sequence[_Token], b: Sequence[_Token]) -> list[_Run]:
    """Let islands of a few equal words join the changes on both sides, as long as there are any.

    An island is no longer than either change beside it; one without a letter or a digit is none
    of its own in any case. (The rule is that of N. Fraser's semantic clean-up, with a limit.)
    """
    runs = _merged(runs)
    while True:
        kept: list[_Run] = []
        for at, run in enumerate(runs):
            inside = 0 < at < len(runs) - 1
            island = inside and run.equal and _is_island(kept[-1], run, runs[at + 1], a, b)
            kept.append(run._replace(equal=False) if island else run)
        kept = _merged(kept)
        if len(kept) == len(runs):
            return kept
        runs = kept


def _merged(runs: list[_Run]) -> list[_Run]:
    found: list[_Run] = []
    for run in runs:
        if found and found[-1].equal == run.equal:
            last = found.pop()
            found.append(_Run(run.equal, (last.a[0], run.a[1]), (last.b[0], run.b[1])))
        else:
            found.append(run)
    return found


def _is_island(
    before: _Run, run: _Run, after: _Run, a: Sequence[_Token], b: Sequence[_Token]
) -> bool:
    words = [token.text for token in a[slice(*run.a)] if token.text[:1].isalnum()]
    if len(words) > _ISLAND:
        return False
    sides = (_length(before, a, b), _length(after, a, b))
    return _width(a, run.a) <= min(sides) if words else min(sides) > 0


def _length(run: _Run, a: Sequence[_Token], b: Sequence[_Token]) -> int:
    return max(_width(a, run.a), _width(b, run.b))


def _width(tokens: Sequence[_Token], part: tuple[int, int]) -> int:
    start, end = part
    return tokens[end - 1].end - tokens[start].word if start < end else 0


# --- writing ---


class _Writer:
    """Collects pieces; neighbours of one kind become one."""

    def __init__(self, text_a: str, text_b: str) -> None:
        self.text_a = text_a
        self.text_b = text_b
        self.found: list[Piece] = []

    def equal(self, at_a: int, at_b: int, words: str) -> None:
        """Words that stand in both texts."""
        if words:
            span_a, span_b = Span(at_a, at_a + len(words)), Span(at_b, at_b + len(words))
            self.found.append(Piece(Op.EQUAL, words, span_a, span_b))

    def blank(self, a: Span, b: Span) -> None:
        """White space before equal words: it may differ, and both are kept."""
        if a.of(self.text_a) == b.of(self.text_b):
            self.equal(a.start, b.start, a.of(self.text_a))
        else:
            self._changed(a, b)

    def replaced(self, a: Span | None, b: Span | None) -> None:
        """One run in place of another; the white space that both open with stays."""
        if a is not None and b is not None:
            words_a, words_b = a.of(self.text_a), b.of(self.text_b)
            blank = min(_common(words_a, words_b), len(words_a) - len(words_a.lstrip()))
            self.equal(a.start, b.start, words_a[:blank])
            a, b = Span(a.start + blank, a.end), Span(b.start + blank, b.end)
        self._changed(a, b)

    def _changed(self, a: Span | None, b: Span | None) -> None:
        if a is not None:
            self.found += whole(Op.DELETED, self.text_a, a)
        if b is not None:
            self.found += whole(Op.INSERTED, self.text_b, b)

    def pieces(self) -> tuple[Piece, ...]:
        """Return what was collected, neighbours joined, what was deleted before what came."""
        joined: list[Piece] = []
        for equal, run in groupby(self.found, key=lambda piece: piece.op is Op.EQUAL):
            pieces = list(run)
            ops = (Op.EQUAL,) if equal else (Op.DELETED, Op.INSERTED)
            alike = ([piece for piece in pieces if piece.op is op] for op in ops)
            joined += [_joined(same) for same in alike if same]
        return tuple(joined)


def _joined(pieces: Sequence[Piece]) -> Piece:
    """Return pieces of one kind that follow one another, as one."""
    return Piece(
        pieces[0].op,
        "".join(piece.text for piece in pieces),
        _around([piece.span_a for piece in pieces]),
        _around([piece.span_b for piece in pieces]),
    )


def _around(spans: Sequence[Span | None]) -> Span | None:
    first, last = spans[0], spans[-1]
    return Span(first.start, last.end) if first is not None and last is not None else None
