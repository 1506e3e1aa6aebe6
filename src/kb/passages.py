"""From a tree to passages: what is embedded, ranked and shown.

A passage is one node, or a run of sibling nodes, so it never cuts through a clause; only a single
paragraph that is too long by itself is cut, between sentences. Its text is verbatim; the
breadcrumb above it (document, chapter, article heading) is for the model alone.

A document may mix languages: an order in Russian with an annex in Kazakh, a treaty in two columns
of paragraphs. Clauses that are clearly in different languages never share a passage, and each
passage has a language of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kb.documents import Edition, Language, Level, Node, Passage, Span
from kb.languages import CLEAR_WORDS, detect_clearly
from kb.tokens import count_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kb.settings import Settings

CHUNKER = "clauses-4"  # the manifest names it: change it when the same tree gives other passages

# units that are never packed together with their neighbours
_DIVISIONS = (Level.PART, Level.SECTION, Level.CHAPTER, Level.ANNEX, Level.ARTICLE)
_NO_NORM = (Level.HEADING, Level.NOTE, Level.CONTENTS)
_INTRO_LENGTH = 160  # code points of "The employer shall:" that follow its list into breadcrumbs
_HEADING_LENGTH = 400  # code points of a heading or a title in a breadcrumb
_LONGEST_TOKEN = 128  # code points; a text longer than its tokens can hold need not be counted
_SENTENCE = re.compile(r".+?(?:[.;:!?…](?=\s)|\Z)\s*", re.DOTALL)
_WORD = re.compile(r"\S+\s*|\s+")
_FEW_WORDS = 2  # tell the languages apart of a document that is known to mix them


def chunker_stamp(settings: Settings) -> str:
    """Return what decides how passages are cut; the manifest names it."""
    return f"{CHUNKER}/{settings.passage_tokens}/{settings.part_tokens}"


def make_passages(
    edition: Edition,
    title: str,
    *,
    max_tokens: int,
    fits: Callable[[str], bool] = lambda _text: True,
) -> tuple[Passage, ...]:
    """Return the passages of an edition, in order.

    Every character of the norm is in exactly one passage, but for white space around passages and
    headings, which stand in the breadcrumbs of what follows them. Editors' notes make passages of
    their own; a table of contents makes none.

    Args:
        edition: the text and its tree.
        title: what the breadcrumbs begin with.
        max_tokens: size of a passage's own text, in cl100k tokens.
        fits: whether the embedding model takes a text whole; nothing is cut to make it fit.
    """
    cutter = _Cutter(edition, title, max_tokens, fits)
    return tuple(passage for run in cutter.runs(None) for passage in cutter.passages_of(run))


def unit_of(edition: Edition, passage: Passage) -> str:
    """Return the eid of the unit that answers as a whole for what a passage says.

    The article around it, else the smallest unit with a heading, else the passage's own.
    """
    path = edition.path(passage.eid)
    article = next((node for node in path if node.level is Level.ARTICLE), None)
    unit = article or edition.headed_unit(passage.eid)
    return unit.eid if unit is not None else passage.eid


@dataclass
class _Cutter:
    edition: Edition
    title: str
    max_tokens: int
    fits: Callable[[str], bool]
    children: dict[str | None, list[Node]] = field(init=False)
    holding_notes: set[str] = field(init=False)  # eids of units with a note somewhere in them
    breadcrumbs: dict[tuple[str | None, bool], tuple[str, ...]] = field(init=False)
    enough: int = field(init=False)  # words that tell a language
    clear: dict[str, Language | None] = field(init=False)  # by eid: what a unit is clearly in
    spoken: dict[str, frozenset[Language]] = field(init=False)  # by eid: what its leaves are in

    def __post_init__(self) -> None:
        self.children = {}
        self.holding_notes = set()
        self.breadcrumbs = {}
        self.clear = {}
        self.spoken = {}
        leaves = {detect_clearly(self.edition.text_of(leaf)) for leaf in self.edition.leaves()}
        self.enough = _FEW_WORDS if len(leaves - {None}) > 1 else CLEAR_WORDS
        for node in self.edition.nodes:
            self.children.setdefault(node.parent, []).append(node)
            if node.level is Level.NOTE:
                self.holding_notes.update(unit.eid for unit in self.edition.path(node.eid)[:-1])

    # --- which nodes go together ---

    def runs(self, parent: str | None) -> Iterator[list[Node]]:
        """Yield the runs of siblings that make one passage each, in document order."""
        together: list[Node] = []
        for node in self.children.get(parent, []):
            if node.level is Level.CONTENTS or self._is_breadcrumb(node):
                continue
            if not self._stands_alone(node):
                together.append(node)
                continue
            yield from self._packed(together)
            together = []
            if node.level is not Level.NOTE and node.eid in self.children:
                yield from self.runs(node.eid)
            else:
                yield [node]
        yield from self._packed(together)

    def _packed(self, nodes: list[Node]) -> Iterator[list[Node]]:
        """Yield runs of neighbours, each as long as a passage takes."""
        start = 0
        while start < len(nodes):
            end = _furthest(start, len(nodes), lambda end: self._takes(nodes[start:end]))  # noqa: B023
            yield nodes[start:end]
            start = end

    def _stands_alone(self, node: Node) -> bool:
        return (
            node.level in (*_DIVISIONS, Level.NOTE)
            or node.eid in self.holding_notes
            or not self._takes([node])
        )

    def _is_breadcrumb(self, node: Node) -> bool:
        """Whether a node is a heading over other text: it goes into the breadcrumbs of that."""
        return node.level is Level.HEADING and any(
            sibling.level not in _NO_NORM for sibling in self.children[node.parent]
        )

    def _takes(self, run: Sequence[Node]) -> bool:
        return self._of_one_language(run) and self._small_enough(
            self._trimmed(_around(run)), self._breadcrumb(run)
        )

    def _small_enough(self, span: Span, breadcrumb: tuple[str, ...]) -> bool:
        return (
            span.end - span.start <= self.max_tokens * _LONGEST_TOKEN
            and count_tokens(span.of(self.edition.text)) <= self.max_tokens
            and self.fits(
                self._passage(
                    "", (), span, breadcrumb, self.edition.language, note=False
                ).embedded_text
            )
        )

    # --- one run ---

    def passages_of(self, run: Sequence[Node]) -> Iterator[Passage]:
        """Yield the passage of a run, or several where its one paragraph is too long."""
        span = self._trimmed(_around(run))
        if span.start == span.end:
            return
        note = run[0].level is Level.NOTE
        breadcrumb = self._breadcrumb(run)
        eids = tuple(leaf.eid for node in run for leaf in self._leaves(node))
        eid = self._container(run)
        if note or self._small_enough(span, breadcrumb):
            language = self._language(span, run[0].parent)
            yield self._passage(eid, eids, span, breadcrumb, language, note=note)
            return
        for number, piece in enumerate(self._pieces(span, breadcrumb), start=1):
            language = self._language(piece, eid)
            yield self._passage(eid, eids, piece, breadcrumb, language, note=False, piece=number)

    def _passage(
        self,
        eid: str,
        eids: tuple[str, ...],
        span: Span,
        breadcrumb: tuple[str, ...],
        language: Language,
        *,
        note: bool,
        piece: int | None = None,
    ) -> Passage:
        edition = self.edition
        first, last = (eids[0], eids[-1]) if eids else ("", "")
        place = first if first == last else f"{first}..{last}"
        part = f"/{piece}" if piece is not None else ""
        return Passage(
            id=f"{edition.document_id}/{edition.id}#{place}{part}",
            document_id=edition.document_id,
            edition_id=edition.id,
            language=language,
            provenance=edition.provenance,
            eid=eid,
            eids=eids,
            span=span,
            text=span.of(edition.text),
            breadcrumb=breadcrumb,
            note=note,
        )

    def _container(self, run: Sequence[Node]) -> str:
        """Return the eid of the smallest node around the run; at the top, of its first node."""
        if len(run) > 1 and run[0].parent is not None:
            return run[0].parent
        return run[0].eid

    def _leaves(self, node: Node) -> Iterator[Node]:
        below = self.children.get(node.eid)
        if not below:
            yield node
        else:
            for child in below:
                yield from self._leaves(child)

    def _trimmed(self, span: Span) -> Span:
        """Return the span without the white space around its text."""
        text = span.of(self.edition.text)
        start = span.start + len(text) - len(text.lstrip())
        return Span(start, max(start, span.start + len(text.rstrip())))

    # --- its language ---

    def _of_one_language(self, run: Sequence[Node]) -> bool:
        return len(frozenset[Language]().union(*map(self._languages, run))) < 2

    def _languages(self, node: Node) -> frozenset[Language]:
        """Return the languages that the leaves of a node are clearly in."""
        if node.eid not in self.spoken:
            below = self.children.get(node.eid)
            if below:
                found = frozenset[Language]().union(*map(self._languages, below))
            else:
                language = self._clear(node)
                found = frozenset() if language is None else frozenset([language])
            self.spoken[node.eid] = found
        return self.spoken[node.eid]

    def _language(self, span: Span, around: str | None) -> Language:
        """Return what a text is clearly in, or the smallest unit around it, or the edition."""
        language = detect_clearly(span.of(self.edition.text), self.enough)
        for unit in reversed(self.edition.path(around) if around is not None else ()):
            language = language or self._clear(unit)
        return language or self.edition.language

    def _clear(self, node: Node) -> Language | None:
        if node.eid not in self.clear:
            self.clear[node.eid] = detect_clearly(self.edition.text_of(node), self.enough)
        return self.clear[node.eid]

    # --- what stands above it ---

    def _breadcrumb(self, run: Sequence[Node]) -> tuple[str, ...]:
        """Return the title, the heading next above a run, and the opening of the list it is in.

        Headings go in without their numbers: a model takes "Article 85" for likeness in meaning.
        Chapters stay out; measured, they blur (docs/decisions.md). Cut from the front when it
        would take more than half of a passage's tokens, or leave the model no room at all.
        """
        parent = run[0].parent
        at_opening = run[0] is self.children[parent][0]
        if (parent, at_opening) not in self.breadcrumbs:
            self.breadcrumbs[parent, at_opening] = self._words_above(parent, at_opening=at_opening)
        return self.breadcrumbs[parent, at_opening]

    def _words_above(self, parent: str | None, *, at_opening: bool) -> tuple[str, ...]:
        found = [_shortened(self.title, _HEADING_LENGTH)]
        around = self.edition.path(parent) if parent is not None else ()
        headed = next((node for node in reversed(around) if node.heading), None)
        if headed is not None and headed.heading:
            found.append(_shortened(headed.heading, _HEADING_LENGTH))
        for node in around:
            opening = self.children[node.eid][0]
            opens_list = opening.level is Level.PARAGRAPH and not (
                at_opening and node.eid == parent
            )
            if opens_list and node.level in (Level.CLAUSE, Level.SUBCLAUSE):
                found.append(_shortened(self.edition.text_of(opening), _INTRO_LENGTH))
        found = [words for words in found if words]
        while (len(found) > 1 and count_tokens(" ".join(found)) > self.max_tokens // 2) or (
            found and not self.fits(" › ".join(found))
        ):
            found.pop(0)
        return tuple(found)

    # --- a paragraph that is too long ---

    def _pieces(self, span: Span, breadcrumb: tuple[str, ...]) -> Iterator[Span]:
        """Cut a span between sentences, or between words, or anywhere, so that each piece fits."""
        units = list(self._units(span, breadcrumb))
        start = 0
        while start < len(units):
            begin = units[start].start
            end = _furthest(
                start,
                len(units),
                lambda end: self._small_enough(Span(begin, units[end - 1].end), breadcrumb),  # noqa: B023
            )
            piece = self._trimmed(Span(begin, units[end - 1].end))
            if piece.start < piece.end:
                yield piece
            start = end

    def _units(self, span: Span, breadcrumb: tuple[str, ...]) -> Iterator[Span]:
        """Yield the largest units that fit: sentences; words of a longer one; halves of a word."""
        text = self.edition.text
        for pattern in (_SENTENCE, _WORD):
            units = [Span(m.start(), m.end()) for m in pattern.finditer(text, *span)]
            if len(units) > 1:
                for unit in units:
                    if self._small_enough(unit, breadcrumb):
                        yield unit
                    else:
                        yield from self._units(unit, breadcrumb)
                return
        if self._small_enough(span, breadcrumb) or span.end - span.start < 2:
            yield span
        else:
            middle = (span.start + span.end) // 2
            yield from self._units(Span(span.start, middle), breadcrumb)
            yield from self._units(Span(middle, span.end), breadcrumb)


def _around(run: Sequence[Node]) -> Span:
    return Span(run[0].span.start, run[-1].span.end)


def _furthest(start: int, limit: int, takes: Callable[[int], bool]) -> int:
    """Return the greatest end up to `limit` for which `takes(end)`; at least `start + 1`.

    What is taken with more is taken with less, so doubled steps and then halves find it without
    measuring each longer run from its beginning.

    >>> _furthest(3, 100, lambda end: end <= 17)
    17
    """
    low, step = start + 1, 1
    while low < limit and takes(min(low + step, limit)):
        low = min(low + step, limit)
        step *= 2
    high = min(low + step, limit)  # not taken, unless it is `low`
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if takes(middle) else (low, middle)
    return low


def _shortened(words: str, length: int) -> str:
    """Return words on one line, cut between two of them when there are more code points.

    >>> _shortened("1. The employer  shall:", 100)
    '1. The employer shall:'
    >>> _shortened("1. The employer shall:", 15)
    '1. The employer …'
    """
    line = " ".join(words[: 2 * length].split())
    if len(line) <= length:
        return line
    return line[: length + 1].rsplit(" ", 1)[0][:length] + " …"
