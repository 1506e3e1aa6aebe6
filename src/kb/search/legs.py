"""The three legs of a search: by meaning (dense), by words (lexical), by subjects.

Each ranks passages, or has nothing to say. The lexical leg speaks in every language: in the query's
own by its words, in the others through the thesaurus, and there only as loudly as it understood
the question. docs/retrieval.md has the measurements behind the numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from kb.documents import Language
from kb.stores.terms import TermFilter, TermMatches, TermQuery
from kb.words import content_terms, fold, is_stopword, stems_in, terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from kb.search.queries import Filters, Query
    from kb.stores.passage_vectors import PassageVectors
    from kb.stores.subject_index import SubjectIndex
    from kb.stores.terms import TermIndex
    from kb.thesaurus import Mention, Stems, Thesaurus
    from kb.words import Term

DENSE = "dense"
LEXICAL = "lexical"
SUBJECTS = "subjects"

CANDIDATES = 100  # passages that a leg hands to the fusion
_UNITS = 50  # whole units that the lexical leg looks at, in each language
_ENOUGH = 3.0  # times the weight of the query's words: a BM25 score of what is about all of them
_OF_UNIT = 0.75  # of a passage's lexical score comes from its unit as a whole
_ENTRIES = 200  # of the subject index that are looked at, by meaning and by words
_ENTRY_WORDS = 0.21  # worth of an entry's having every word, on the scale of likeness
_VOICES = 5  # entries that are heard of those that lead to one passage
_NEXT_VOICE = 0.8  # of what the one before it counts
_TRANSLATED = 0.9  # of what a word is worth that was found through the thesaurus
_SYNONYM = 0.3  # weight of another term in the query's own language, against the words typed


_NO_ROWS = np.empty(0, dtype=np.int64)
_NO_SCORES = np.empty(0, dtype=np.float64)
_NO_MATCHES = TermMatches.none()


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """One leg's ranking, best first; empty when it has nothing to say."""

    name: str
    rows: NDArray[np.int64] = field(default_factory=lambda: _NO_ROWS)
    scores: NDArray[np.float64] = field(default_factory=lambda: _NO_SCORES)

    @classmethod
    def ranked(cls, name: str, rows: NDArray[np.int64], scores: NDArray[np.float64]) -> Self:
        """Put rows in the order of their scores, ties by row."""
        order = np.lexsort((rows, -scores))
        return cls(name, rows[order], scores[order])

    def place(self, row: int) -> tuple[int, float] | None:
        """Return (rank from 1, score) of a row, or None."""
        at = np.flatnonzero(self.rows == row)
        return (int(at[0]) + 1, float(self.scores[at[0]])) if len(at) else None


class QueryTerms:
    """What a query says in each language: its stems, and the thesaurus's terms for them."""

    def __init__(
        self, words: str, language: Language, index: TermIndex, thesaurus: Thesaurus
    ) -> None:
        self.words = words
        self.language = language
        self.mentions = _mentions(words, language, thesaurus)
        self._index = index
        self._thesaurus = thesaurus
        # worked out when a language is asked for
        self._asked: dict[Language, TermQuery] = {}
        self._contents: dict[Language, Sequence[Term]] = {}
        self._names: dict[Language, Sequence[tuple[Mention, Sequence[tuple[str, Stems]]]]] = {}
        self._equivalents: dict[Language, Mapping[Stems, tuple[str, str]]] = {}
        self._weights = {
            language: {
                term.term: index.idf(term.term, language)
                for term in terms(words, language)
                if not is_stopword(fold(words[term.start : term.end]))
            }
            for language in Language
        }

    def of(self, language: Language) -> dict[str, float]:
        """Return {stem: weight} of the query in one language, without stop words."""
        return self._weights[language]

    def understood(self, language: Language) -> float:
        """Return the share of the query's words that texts in `language` can have, 0 to 1.

        In its own language that is all of them; in another one, those that the thesaurus knows a
        term for, and those that stand in texts as they are: numbers and names.
        """
        if language is self.language:
            return 1.0
        asked, here = self._content(self.language), self._content(language)
        if not asked:
            return 0.0
        known = sum(
            any(mention.start <= word.start < mention.end for mention in self.mentions)
            or self._index.document_frequency(same.term, language) > 0
            for word, same in zip(asked, here, strict=True)
        )
        return _TRANSLATED * known / len(asked)

    def asked_in(self, language: Language) -> TermQuery:
        """Return what the texts in a language are asked for."""
        if language not in self._asked:
            self._asked[language] = self._asked_in(language)
        return self._asked[language]

    def _asked_in(self, language: Language) -> TermQuery:
        native = language is self.language
        return TermQuery(
            self.words,
            native=native,
            others=[
                [stems for _, stems in terms_of_it if not native or stems != mention.stems]
                for mention, terms_of_it in self._named(language)
            ],
            others_weight=_SYNONYM if native else 1.0,
        )

    def equivalents(self, language: Language) -> Mapping[Stems, tuple[str, str]]:
        """Return the terms in a language that stand for terms of the query.

        By their stems: the words of the query, and the term that they were taken to mean.
        """
        if language not in self._equivalents:
            found: dict[Stems, tuple[str, str]] = {}
            for mention, terms_of_it in self._named(language):
                typed = self.words[mention.start : mention.end]
                for term, stems in terms_of_it:
                    if language is not self.language or stems != mention.stems:
                        found.setdefault(stems, (typed, term))
            self._equivalents[language] = found
        return self._equivalents[language]

    def coverage(self, text: str, language: Language) -> float:
        """Return the share of the query's weight that a text in `language` matches, 0 to 1."""
        held = stems_in(text, language)
        through = [
            mention
            for mention, terms_of_it in self._named(language)
            if any(held.issuperset(stems) for _, stems in terms_of_it)
        ]
        total = matched = 0.0
        for word, here in zip(self._content(self.language), self._content(language), strict=True):
            weight = self._index.idf(word.term, self.language)
            total += weight
            if here.term in held or any(item.start <= word.start < item.end for item in through):
                matched += weight
        return matched / total if total else 0.0

    def _content(self, language: Language) -> Sequence[Term]:
        """Return the query's words under their stems in a language, stop words left out."""
        if language not in self._contents:
            self._contents[language] = content_terms(self.words, language)
        return self._contents[language]

    def _named(self, language: Language) -> Sequence[tuple[Mention, Sequence[tuple[str, Stems]]]]:
        """Return each term of the thesaurus in the query, with what its concepts are called."""
        if language not in self._names:
            self._names[language] = [
                (
                    mention,
                    [
                        name
                        for concept in mention.concepts
                        for name in self._thesaurus.alternatives(concept, language)
                    ],
                )
                for mention in self.mentions
            ]
        return self._names[language]


def _mentions(words: str, language: Language, thesaurus: Thesaurus) -> tuple[Mention, ...]:
    """Return the terms in a query; a few Cyrillic words may be of the other language."""
    found = thesaurus.mentions(words, language)
    other = {Language.RUSSIAN: Language.KAZAKH, Language.KAZAKH: Language.RUSSIAN}.get(language)
    return found if found or other is None else thesaurus.mentions(words, other)


def dense_candidates(
    vector: NDArray[np.float32] | None,
    vectors: PassageVectors,
    allowed: NDArray[np.int64] | None,
) -> NDArray[np.int64]:
    """Return the rows among which the likest passages are; None allows all rows."""
    if vector is None or not vectors.count:
        return _NO_ROWS
    return vectors.candidates(vector, CANDIDATES, allowed)


def dense_leg(
    vector: NDArray[np.float32] | None,
    vectors: PassageVectors,
    candidates: NDArray[np.int64],
    others: NDArray[np.int64] = _NO_ROWS,
) -> Leg:
    """Rank passages by the likeness of their vectors to the query's (`PassageVectors`).

    Args:
        vector: of the query; None where there is no passage to compare it with.
        vectors: of the passages.
        candidates: rows among which the likest are, ascending.
        others: rows that other evidence brings and that get their place too.
    """
    if vector is None or not vectors.count:
        return Leg(DENSE)
    rows, scores = vectors.scores(vector, np.union1d(candidates, others))
    leg = Leg.ranked(DENSE, rows, scores.astype(np.float64))
    own = np.isin(leg.rows, candidates)
    kept = np.isin(leg.rows, others) | (own & (np.cumsum(own) <= CANDIDATES))
    return Leg(DENSE, leg.rows[kept], leg.scores[kept])


def lexical_leg(
    query: Query,
    weights: QueryTerms,
    passages: TermIndex,
    units: TermIndex,
    filters: Filters,
    allowed: NDArray[np.bool_] | None,
    is_norm: Callable[[NDArray[np.int64]], NDArray[np.bool_]],
) -> Leg:
    """Rank passages by their words, and by those of the unit that they are part of.

    A score is between 0 and 1: in each language, the share of what the best match there reaches,
    times the share of the query that was understood in that language, or in its own language, what
    the best match there has of it.
    """
    within = TermFilter(filters.documents, filters.languages, filters.provenances)
    understood = {language: weights.understood(language) for language in Language}
    asked = {language: weights.asked_in(language) for language in Language if understood[language]}
    of_passages = passages.search(asked, CANDIDATES, within=within, phrases=query.phrases)
    of_units = units.search(asked, _UNITS, within=within)
    found, scores = [_NO_ROWS], [_NO_SCORES]
    for language in asked:
        in_passages = of_passages.get(language, _NO_MATCHES)
        in_units = of_units.get(language, _NO_MATCHES)
        heard = understood[language]
        if language is query.language:
            heard *= _conviction(weights, language, [*in_passages.scores[:1], *in_units.scores[:1]])
        own_rows, own = _relative(in_passages)
        unit_rows, whole = _relative(in_units)
        whole[~is_norm(unit_rows)] = 0.0  # a note between the clauses of a unit
        rows = np.union1d(own_rows, unit_rows)
        of_each = np.zeros((2, len(rows)))
        of_each[0, np.searchsorted(rows, own_rows)] = own
        of_each[1, np.searchsorted(rows, unit_rows)] = whole
        found.append(rows)
        scores.append(heard * ((1 - _OF_UNIT) * of_each[0] + _OF_UNIT * of_each[1]))
    # of a row that is found in two languages the last one tells
    rows, last = np.unique(np.concatenate(found)[::-1], return_index=True)
    last_said = np.concatenate(scores)[::-1][last]
    if allowed is not None:
        rows, last_said = rows[allowed[rows]], last_said[allowed[rows]]
    return Leg.ranked(LEXICAL, rows, last_said)


def subjects_by_words(
    weights: QueryTerms, subjects: SubjectIndex
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the entries of the subject index that have words of the query, and how many."""
    asked = {language: weights.asked_in(language) for language in Language}
    return subjects.by_words(asked, _ENTRIES)


def subject_leg(
    vector: NDArray[np.float32] | None,
    by_words: tuple[NDArray[np.int64], NDArray[np.float64]],
    subjects: SubjectIndex,
    usual: float,
    allowed: NDArray[np.bool_] | None,
) -> tuple[Leg, dict[int, int]]:
    """Rank passages by the entries of the subject index that lead to them.

    Args:
        vector: of the query.
        by_words: entries that have words of it (`subjects_by_words`).
        subjects: the subject index.
        usual: likeness that an unrelated question reaches.
        allowed: rows that may be found; None: all.

    Returns:
        the ranking by how much the likest entries exceed what is usual, their words counted in;
        and the number of the likest entry, by row.
    """
    if vector is None or not subjects.count:
        return Leg(SUBJECTS), {}
    matches = subjects.search(vector, by_words, _ENTRIES)
    said = matches.likeness.astype(np.float64) - usual + _ENTRY_WORDS * matches.words
    heard = np.flatnonzero(said > 0)
    heard = heard[np.argsort(-said[heard], kind="stable")]  # loudest first
    rows, voices = subjects.entries.led_to(matches.entries[heard])
    if allowed is not None:
        rows, voices = rows[allowed[rows]], voices[allowed[rows]]
    order = np.argsort(rows, kind="stable")  # the voices of a row stay in their order
    rows, voices = rows[order], voices[order]
    led_to, starts = np.unique(rows, return_index=True)
    places = np.arange(len(rows)) - np.repeat(starts, np.diff(starts, append=len(rows)))
    counted = np.where(places < _VOICES, _NEXT_VOICE**places, 0.0)
    said = said[heard][voices] * counted
    scores = np.add.reduceat(said, starts) if len(rows) else said
    first = matches.entries[heard[voices[starts]]]
    entries = dict(zip(led_to.tolist(), first.tolist(), strict=True))
    return Leg.ranked(SUBJECTS, led_to, scores), entries


def _conviction(weights: QueryTerms, language: Language, best: Sequence[float]) -> float:
    """Return how much the best scores say, 0 to 1: little, if they have little of the query.

    The square root, since the order is worth something even so. Of what is found by translation,
    the share that was understood says the same.
    """
    enough = _ENOUGH * sum(weights.of(language).values())
    return math.sqrt(min(1.0, max(best, default=0.0) / enough)) if enough else 1.0


def _relative(matches: TermMatches) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return rows, and the score of each as a share of the best.

    A unit's goes to each of its passages.
    """
    if not len(matches.rows) or not matches.scores[0]:
        return _NO_ROWS, _NO_SCORES
    counts = matches.lasts - matches.rows + 1
    before = np.cumsum(counts) - counts
    rows = np.repeat(matches.rows - before, counts) + np.arange(counts.sum())
    shares = np.repeat(matches.scores / matches.scores[0], counts)
    rows, best = np.unique(rows, return_index=True)  # the first of a row is its best
    return rows, shares[best]
