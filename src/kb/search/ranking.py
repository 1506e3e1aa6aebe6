"""The order of what was found: one score, the standing of a text, and each provision once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from kb.documents import Language
from kb.search.fusion import SUBJECT, WORDS, spread
from kb.search.hits import REFERENCE_BONUS, Ranked
from kb.search.standing import standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from kb.generations import Noise
    from kb.search.legs import Leg
    from kb.search.naming import Named
    from kb.stores.records import Records


@dataclass(frozen=True)
class Found:
    """What each leg says; the dense one of every candidate, whichever leg found it."""

    vector: NDArray[np.float32] | None  # of the query
    dense: Leg
    lexical: Leg
    subjects: Leg
    entries: Mapping[int, str]  # of the subject index that led to rows


class Ranking:
    """Orders passages of one generation."""

    def __init__(
        self, records: Records, noise: Mapping[Language, Mapping[Language, Noise]]
    ) -> None:
        self._records = records
        self._noise = noise

    def fused(self, asked_in: Language, found: Found) -> list[tuple[int, float]]:
        """Return every row that a leg found with its score, best first."""
        rows = np.unique(
            np.concatenate([_rows(leg) for leg in (found.dense, found.lexical, found.subjects)])
        )
        filing = self._records.filing
        editions = filing.edition[rows]
        excess = self.excess(asked_in, found)
        likeness = np.full(len(rows), excess.min() if len(excess) else 0.0)
        # a note has no vector: it is never nearer
        likeness[np.searchsorted(rows, _rows(found.dense))] = excess
        scores = (
            likeness
            + WORDS * _spread_over(rows, found.lexical)
            + SUBJECT * _spread_over(rows, found.subjects)
            + self._standings[editions]
        )
        order = np.lexsort((rows, -scores))
        rows, scores = rows[order], scores[order]
        return spread(rows, scores, self._document_of_edition[editions[order]])

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
        spoken = self._records.filing.language[_rows(found.dense)]
        likeness = np.array(found.dense.scores, dtype=np.float64)
        excess: NDArray[np.float64] = likeness - np.array(usual)[spoken]
        return excess

    def nearest(self, asked_in: Language, found: Found) -> float:
        """Return how near the likeliest passage comes: at 1.0 as near as noise ever came."""
        noise = self._noise.get(asked_in, {})
        spoken = self._records.filing.language[_rows(found.dense)]
        likeness = np.array(found.dense.scores, dtype=np.float64)
        near = [
            (likeness[spoken == place].max() - level.usual) / max(level.highest - level.usual, 1e-3)
            for place, language in enumerate(Language)
            if (level := noise.get(language)) is not None and place in spoken
        ]
        return float(max(near, default=0.0))

    def one_of_each(self, ranked: Sequence[Ranked], preferred: Language) -> list[Ranked]:
        """Show a provision that is held in several languages once, in the reader's if it can be.

        Only editions are versions of each other: passages of one edition that are in two
        languages all stay.
        The places that any of its languages reached are kept; the others become links.
        """
        filing = self._records.filing
        rows = np.array([item.row for item in ranked], dtype=np.int64)
        units = filing.unit[rows].tolist()
        spoken = self._language_of_edition[filing.edition[rows]].tolist()
        if len(set(units)) == len(set(zip(units, spoken, strict=True))):
            return list(ranked)  # none of them is held in two
        first_choice = tuple(Language).index(preferred)
        groups: dict[int, dict[int, list[Ranked]]] = {}
        for item, unit, language in zip(ranked, units, spoken, strict=True):
            groups.setdefault(unit, {}).setdefault(language, []).append(item)
        waiting = {}
        for unit, held in groups.items():
            chosen = first_choice if first_choice in held else next(iter(held))
            others = tuple(items[0].row for language, items in held.items() if language != chosen)
            waiting[unit] = others, iter(held[chosen])
        shown = []
        for place, unit in zip(ranked, units, strict=True):
            others, items = waiting[unit]
            if (own := next(items, None)) is not None:
                shown.append(Ranked(own.row, place.score, own.reference, others, own.repeated))
        return shown

    def without_repetitions(self, ranked: Sequence[Ranked]) -> list[Ranked]:
        """Show words that several documents have once, where they rank best; name the others.

        The same law as a PDF and as a text file, or a clause that two acts share.
        """
        rows = np.array([item.row for item in ranked], dtype=np.int64)
        wordings = self._records.filing.wording[rows].tolist()
        if len(set(wordings)) == len(wordings):
            return list(ranked)
        first: dict[int, int] = {}
        shown: list[Ranked] = []
        for item, wording in zip(ranked, wordings, strict=True):
            at = first.setdefault(wording, len(shown))
            if at == len(shown):
                shown.append(item)
            else:
                shown[at] = shown[at]._replace(repeated=(*shown[at].repeated, item.row))
        return shown


def _rows(leg: Leg) -> NDArray[np.int64]:
    return np.array(leg.rows, dtype=np.int64)


def _spread_over(rows: NDArray[np.int64], leg: Leg) -> NDArray[np.float64]:
    """Return the score that a leg gives to each of these rows, 0.0 to one that it did not find."""
    scores = np.zeros(len(rows))
    scores[np.searchsorted(rows, _rows(leg))] = leg.scores
    return scores


def with_named_first(fused: Sequence[tuple[int, float]], named: Named) -> list[Ranked]:
    """Put what the query names first; the rest of the query ranks within.

    A query that is a reference and nothing else gets its provision in the order of the text.
    """
    scores = dict(fused)
    inside = {row: scores.get(row, 0.0) for row in named.rows}
    if named.alone:
        inside = {row: -at / len(named.rows) for at, row in enumerate(named.rows)}
    ranked = [
        Ranked(row, REFERENCE_BONUS + score, named.rows[row])
        for row, score in sorted(inside.items(), key=lambda item: (-item[1], item[0]))
    ]
    return ranked + [Ranked(row, score, None) for row, score in fused if row not in named.rows]
