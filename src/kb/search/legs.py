"""The two legs of a search: by meaning (dense) and by words (lexical).

Each ranks passages or abstains. Fusing in a leg that has no evidence only adds noise: on Kazakh
questions over Russian law, where the lexical leg can match nothing but numbers and names, plain
fusion is worse than the dense leg alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.documents import Language
from kb.stores.terms import TermFilter
from kb.words import is_stopword, terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from kb.models import Embedder
    from kb.search.queries import Filters, Query
    from kb.stores.records import Records
    from kb.stores.terms import TermIndex
    from kb.stores.vectors import VectorIndex

DENSE = "dense"
LEXICAL = "lexical"

CANDIDATES = 100  # passages that a leg hands to the fusion
# Share of the query's rarity that a passage must match for its words to count as evidence.
# docs/decisions.md has the measurement.
MIN_COVERAGE = 0.3


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg's ranking, best first; empty when it abstains."""

    name: str
    rows: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()

    def place(self, row: int) -> tuple[int, float] | None:
        """Return (rank from 1, score) of a row, or None."""
        if row not in self.rows:
            return None
        at = self.rows.index(row)
        return at + 1, self.scores[at]


class QueryTerms:
    """The query's stems in each language, and how much each weighs there."""

    def __init__(self, words: str, index: TermIndex) -> None:
        self._weights = {
            language: {
                term.term: index.idf(term.term, language)
                for term in terms(words, language)
                if not is_stopword(term.term)
            }
            for language in Language
        }

    def of(self, language: Language) -> dict[str, float]:
        """Return {stem: weight} of the query in one language, without stop words."""
        return self._weights[language]

    def coverage(self, text: str, language: Language) -> float:
        """Return the share of the query's weight that a text in `language` matches, 0 to 1."""
        weights = self._weights[language]
        total = sum(weights.values())
        if not total:
            return 0.0
        held = {term.term for term in terms(text, language)}
        return sum(weight for term, weight in weights.items() if term in held) / total


def dense_leg(
    query: Query,
    embedder: Embedder,
    vectors: VectorIndex,
    rows: NDArray[np.int64] | None,
    limit: int = CANDIDATES,
) -> Leg:
    """Rank passages by the cosine similarity of their vectors to the query's."""
    if vectors.count == 0 or (rows is not None and len(rows) == 0):
        return Leg(DENSE)
    found, scores = vectors.search(embedder.embed_query(query.words), limit, rows)
    return Leg(DENSE, tuple(found.tolist()), tuple(scores.tolist()))


def lexical_leg(
    query: Query,
    weights: QueryTerms,
    index: TermIndex,
    records: Records,
    filters: Filters,
    limit: int = CANDIDATES,
) -> Leg:
    """Rank passages by their words; keep those that match enough of the query to be evidence."""
    within = TermFilter(filters.documents, filters.languages, filters.provenances)
    matches = index.search(query.words, limit, within=within, phrases=query.phrases)
    passages = records.passages(match.row for match in matches)
    kept = [
        match
        for match, passage in zip(matches, passages, strict=True)
        if weights.coverage(passage.embedded_text, passage.language) >= MIN_COVERAGE
    ]
    return Leg(
        LEXICAL,
        tuple(match.row for match in kept),
        tuple(match.score for match in kept),
    )


def restricted(leg: Leg, rows: Sequence[int] | frozenset[int]) -> Leg:
    """Return the part of a leg's ranking that lies within `rows`."""
    kept = [(row, score) for row, score in zip(leg.rows, leg.scores, strict=True) if row in rows]
    return Leg(leg.name, tuple(row for row, _ in kept), tuple(score for _, score in kept))
