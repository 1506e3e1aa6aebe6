"""An edition as passages, the parts of longer ones, and the openings of its units."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from kb.passages import make_passages, unit_of
from kb.stores.passage_vectors import WIDEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kb.documents import Edition, Passage
    from kb.models import Embedder
    from kb.settings import Settings

_OPENING = 400  # characters of a unit that tell what it is about


@dataclass(frozen=True, slots=True)
class Cut:
    """An edition as passages."""

    passages: tuple[Passage, ...]
    parts: tuple[tuple[int, str], ...]  # of longer ones: which it is, and what is embedded
    # of units of several passages: the first and the last, and what is embedded of the opening
    openings: tuple[tuple[int, int, str], ...]


def cut_edition(edition: Edition, title: str, settings: Settings, embedder: Embedder) -> Cut:
    """Cut an edition twice, into passages and into smaller ones, which are their parts."""
    passages, smaller = (
        make_passages(edition, title, max_tokens=size, fits=embedder.fits)
        for size in (settings.passage_tokens, settings.part_tokens)
    )
    return Cut(
        tuple(passages), tuple(_parts(passages, smaller)), tuple(_openings(edition, passages))
    )


def _parts(passages: Sequence[Passage], smaller: Iterable[Passage]) -> Iterator[tuple[int, str]]:
    """Yield what is embedded of each part of a passage that has several, with its number."""
    starts = [passage.span.start for passage in passages]
    for part in smaller:
        at = bisect.bisect_right(starts, part.span.start) - 1
        if at >= 0 and not passages[at].note and part.span != passages[at].span:
            yield at, part.embedded_text


def _openings(edition: Edition, passages: Sequence[Passage]) -> Iterator[tuple[int, int, str]]:
    """Yield the unit of several passages, or of a long one, with what is embedded of its opening.

    First and last passage; where a unit changes its language, it opens again. A unit that is cut in
    two by another one, as by an annex within it, does so too.
    """
    for run in units_of(edition, passages):
        (first, opening), (last, _) = run[0], run[-1]
        if len(run) > 1 or len(opening.text) > _OPENING:
            for start in range(first, last + 1, WIDEST):
                yield start, min(last, start + WIDEST - 1), opening.beginning(_OPENING)


def units_of(edition: Edition, passages: Sequence[Passage]) -> Iterator[list[tuple[int, Passage]]]:
    """Yield each run of passages of one unit in one language; notes are left out."""
    norm = ((row, passage) for row, passage in enumerate(passages) if not passage.note)
    for _, run in groupby(norm, key=lambda item: (item[1].language, unit_of(edition, item[1]))):
        yield list(run)
