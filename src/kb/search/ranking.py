"""The order of what was found: one score, the standing of a text, and each provision once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from kb.documents import Language
from kb.search.fusion import SUBJECT, WORDS, numbered, spread
from kb.search.hits import REFERENCE_BONUS
from kb.search.standing import standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from kb.generations import Noise
    from kb.search.legs import Leg
    from kb.search.naming import Named
    from kb.stores.records import Records

    Others = Callable[[int], tuple[int, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """Passages in order, best first."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.rows)

    def page(self, offset: int, limit: int) -> Iterator[tuple[int, float]]:
        """Yield some of the rows with their scores."""
        shown = slice(offset, offset + limit)
        return zip(self.rows[shown].tolist(), self.scores[shown].tolist(), strict=True)


NOTHING_FOUND = Order(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class Found:
    """What each leg says; the dense one of every candidate, whichever leg found it."""

    vector: NDArray[np.float32] | None  # of the query
    dense: Leg
    lexical: Leg
    subjects: Leg
    entries: Mapping[int, int]  # the number of the entry of the subject index that led to a row


class Ranking:
    """Orders passages of one generation."""

    def __init__(
        self, records: Records, noise: Mapping[Language, Mapping[Language, Noise]]
    ) -> None:
        self._records = records
        self._noise = noise

    def fused(self, asked_in: Language, found: Found) -> Order:
        """Return every row that a leg found with its score."""
        rows, scores = self._scored(asked_in, found)
        order = np.lexsort((rows, -scores))
        editions = self._records.filing.edition[rows[order]]
        return Order(*spread(rows[order], scores[order], self._document_of_edition[editions]))

    def best(self, asked_in: Language, found: Found) -> float:
        """Return the score of the best passage, which spreading leaves as it is."""
        return float(self._scored(asked_in, found)[1].max())

    def _scored(
        self, asked_in: Language, found: Found
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the rows that a leg found, ascending, and their scores."""
        legs = (found.dense, found.lexical, found.subjects)
        rows = np.unique(np.concatenate([leg.rows for leg in legs]))
        excess = self.excess(asked_in, found)
        likeness = np.full(len(rows), excess.min() if len(excess) else 0.0)
        # a note has no vector: it is never nearer
        likeness[np.searchsorted(rows, found.dense.rows)] = excess
        scores = (
            likeness
            + WORDS * _spread_over(rows, found.lexical)
            + SUBJECT * _spread_over(rows, found.subjects)
            + self._standings[self._records.filing.edition[rows]]
        )
        return rows, scores

    @cached_property
    def _standings(self) -> NDArray[np.float64]:
        """What the standing of each edition adds to the score of its passages."""
        documents = self._records.summaries
        found = (
            standing(item.document, edition) for item in documents for edition in item.editions
        )
        return np.fromiter(found, dtype=np.float64)

    @cached_property
    def _document_of_edition(self) -> NDArray[np.int64]:
        counts = [len(item.editions) for item in self._records.summaries]
        return np.repeat(np.arange(len(counts)), counts)

    @cached_property
    def _language_of_edition(self) -> NDArray[np.int64]:
        places = {language: place for place, language in enumerate(Language)}
        found = (places[item.language] for item in self._records.editions)
        return np.fromiter(found, dtype=np.int64)

    def standing(self, row: int) -> float:
        """Return what the standing of a passage's text adds to its score."""
        return float(self._standings[self._records.filing.edition[row]])

    def excess(self, asked_in: Language, found: Found) -> NDArray[np.float64]:
        """Return by how much each passage of the dense leg is liker to the query than noise.

        Noise in the passage's language, that is.
        """
        noise = self._noise.get(asked_in, {})
        usual = [noise[item].usual if item in noise else 0.0 for item in Language]
        spoken = self._records.filing.language[found.dense.rows]
        excess: NDArray[np.float64] = found.dense.scores - np.array(usual)[spoken]
        return excess

    def nearest(self, asked_in: Language, found: Found) -> float:
        """Return how near the likeliest passage comes: at 1.0 as near as noise ever came."""
        noise = self._noise.get(asked_in, {})
        spoken = self._records.filing.language[found.dense.rows]
        near = [
            (found.dense.scores[spoken == place].max() - level.usual)
            / max(level.highest - level.usual, 1e-3)
            for place, language in enumerate(Language)
            if (level := noise.get(language)) is not None and place in spoken
        ]
        return float(max(near, default=0.0))

    def one_of_each(self, ranked: Order, preferred: Language) -> tuple[Order, Others]:
        """Show a provision that is held in several languages once, in the reader's if it can be.

        Only editions are versions of each other: passages of one edition that are in two
        languages all stay.
        The places that any of its languages reached are kept; the others become links.

        Returns:
            the order, and what tells of a row of it the rows that became links: the best of each
            other language.
        """
        filing = self._records.filing
        spoken = self._language_of_edition[filing.edition[ranked.rows]]
        _, first, units = np.unique(
            filing.unit[ranked.rows], return_index=True, return_inverse=True
        )
        chosen = spoken[first]
        if (spoken == chosen[units]).all():
            return ranked, no_others  # none of them is held in two
        first_choice = tuple(Language).index(preferred)
        chosen[units[spoken == first_choice]] = first_choice
        kept = spoken == chosen[units]
        # the n-th place of a unit goes to its n-th passage in the chosen language
        passages = np.flatnonzero(kept)
        passages = passages[np.argsort(units[passages], kind="stable")]
        held = np.bincount(units[kept], minlength=len(chosen))
        number = numbered(units)
        places = np.flatnonzero(number < held[units])
        taken = passages[(np.cumsum(held) - held)[units[places]] + number[places]]

        def others(row: int) -> tuple[int, ...]:
            unit = units[np.flatnonzero(ranked.rows == row)[0]]
            elsewhere = np.flatnonzero((units == unit) & ~kept)
            _, best = np.unique(spoken[elsewhere], return_index=True)
            return tuple(ranked.rows[elsewhere[np.sort(best)]].tolist())

        return Order(ranked.rows[taken], ranked.scores[places]), others

    def without_repetitions(self, ranked: Order) -> tuple[Order, Others]:
        """Show words that several documents have once, where they rank best; name the others.

        The same law as a PDF and as a text file, or a clause that two acts share.

        Returns:
            the order, and what tells of a row of it the other rows that have its words.
        """
        _, first, wordings = np.unique(
            self._records.filing.wording[ranked.rows], return_index=True, return_inverse=True
        )
        if len(first) == len(ranked):
            return ranked, no_others
        kept = np.sort(first)

        def others(row: int) -> tuple[int, ...]:
            at = np.flatnonzero(ranked.rows == row)[0]
            return tuple(ranked.rows[np.flatnonzero(wordings == wordings[at])[1:]].tolist())

        return Order(ranked.rows[kept], ranked.scores[kept]), others


def no_others(_row: int) -> tuple[int, ...]:
    """Say that a row stands for itself alone."""
    return ()


def _spread_over(rows: NDArray[np.int64], leg: Leg) -> NDArray[np.float64]:
    """Return the score that a leg gives to each of these rows, 0.0 to one that it did not find."""
    scores = np.zeros(len(rows))
    scores[np.searchsorted(rows, leg.rows)] = leg.scores
    return scores


def with_named_first(fused: Order, named: Named) -> Order:
    """Put what the query names first; the rest of the query ranks within.

    A query that is a reference and nothing else gets its provision in the order of the text.
    """
    if not named.rows:
        return fused
    rows = np.fromiter(named.rows, dtype=np.int64)
    if named.alone:
        scores = -np.arange(len(rows)) / len(rows)
    else:
        scores = np.zeros(len(rows))
        _, mine, theirs = np.intersect1d(rows, fused.rows, return_indices=True)
        scores[mine] = fused.scores[theirs]
    order = np.lexsort((rows, -scores))
    rest = ~np.isin(fused.rows, rows)
    return Order(
        np.concatenate([rows[order], fused.rows[rest]]),
        np.concatenate([REFERENCE_BONUS + scores[order], fused.scores[rest]]),
    )
