"""The three legs of a search: by meaning (dense), by words (lexical), by subjects.

Each ranks passages, or has nothing to say. The lexical leg speaks in every language: in the query's
own by its words, in the others through the thesaurus, and there only as loudly as it understood
the question. docs/retrieval.md has the measurements behind the numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from kb.documents import Language
from kb.stores.terms import TermFilter, TermQuery
from kb.words import content_terms, fold, is_stopword, terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from kb.search.queries import Filters, Query
    from kb.stores.passage_vectors import PassageVectors
    from kb.stores.subject_index import SubjectIndex
    from kb.stores.terms import TermIndex, TermMatch
    from kb.thesaurus import Mention, Thesaurus

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


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg's ranking, best first; empty when it has nothing to say."""

    name: str
    rows: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    _places: dict[int, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the rows."""
        object.__setattr__(self, "_places", {row: at for at, row in enumerate(self.rows)})

    def place(self, row: int) -> tuple[int, float] | None:
        """Return (rank from 1, score) of a row, or None."""
        at = self._places.get(row)
        return None if at is None else (at + 1, self.scores[at])


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
        self._asked: dict[Language, TermQuery] = {}
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
        asked = content_terms(self.words, self.language)
        here = content_terms(self.words, language)
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
                [
                    stems
                    for concept in mention.concepts
                    for _, stems in self._thesaurus.alternatives(concept, language)
                    if not native or stems != mention.stems
                ]
                for mention in self.mentions
            ],
            others_weight=_SYNONYM if native else 1.0,
        )

    def equivalents(self, language: Language) -> dict[tuple[str, ...], tuple[str, str]]:
        """Return the terms in a language that stand for terms of the query.

        By their stems: the words of the query, and the term that they were taken to mean.
        """
        found: dict[tuple[str, ...], tuple[str, str]] = {}
        for mention in self.mentions:
            typed = self.words[mention.start : mention.end]
            for concept in mention.concepts:
                for term, stems in self._thesaurus.alternatives(concept, language):
                    if language is not self.language or stems != mention.stems:
                        found.setdefault(stems, (typed, term))
        return found

    def coverage(self, text: str, language: Language) -> float:
        """Return the share of the query's weight that a text in `language` matches, 0 to 1."""
        # a breadcrumb apart from the text below it, which others have analysed or will
        lines = text.partition("\n")[::2]
        held = {term.term for part in lines for term in terms(part, language)}
        through = [
            mention
            for mention in self.mentions
            if any(
                held.issuperset(stems)
                for concept in mention.concepts
                for _, stems in self._thesaurus.alternatives(concept, language)
            )
        ]
        total = matched = 0.0
        asked = content_terms(self.words, self.language)
        for word, here in zip(asked, content_terms(self.words, language), strict=True):
            weight = self._index.idf(word.term, self.language)
            total += weight
            if here.term in held or any(item.start <= word.start < item.end for item in through):
                matched += weight
        return matched / total if total else 0.0


def _mentions(words: str, language: Language, thesaurus: Thesaurus) -> tuple[Mention, ...]:
    """Return the terms in a query; a few Cyrillic words may be of the other language."""
    found = thesaurus.mentions(words, language)
    other = {Language.RUSSIAN: Language.KAZAKH, Language.KAZAKH: Language.RUSSIAN}.get(language)
    return found if found or other is None else thesaurus.mentions(words, other)


def dense_leg(
    vector: NDArray[np.float32] | None,
    vectors: PassageVectors,
    rows: NDArray[np.int64] | None,
    limit: int = CANDIDATES,
) -> Leg:
    """Rank passages by the likeness of their vectors to the query's (`PassageVectors`)."""
    if vector is None or vectors.count == 0 or (rows is not None and len(rows) == 0):
        return Leg(DENSE)
    found, scores = vectors.search(vector, limit, rows)
    return Leg(DENSE, tuple(found.tolist()), tuple(scores.tolist()))


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
    asked = {language: weights.asked_in(language) for language in Language}
    of_passages = passages.search_each(asked, CANDIDATES, within=within, phrases=query.phrases)
    of_units = units.search_each(asked, _UNITS, within=within)
    scores: dict[int, float] = {}
    for language in Language:
        in_passages, in_units = of_passages.get(language, []), of_units.get(language, [])
        if not in_passages and not in_units:
            continue
        heard = weights.understood(language)
        if not heard:
            continue
        if language is query.language:
            heard *= _conviction(weights, language, [*in_passages[:1], *in_units[:1]])
        own, whole = _relative(in_passages), _relative(in_units)
        inside = np.fromiter(whole, dtype=np.int64, count=len(whole))
        notes = frozenset(inside[~is_norm(inside)].tolist())  # between the clauses of a unit
        for row in own.keys() | whole.keys():
            if allowed is None or allowed[row]:
                of_unit = whole.get(row, 0.0) if row not in notes else 0.0
                score = (1 - _OF_UNIT) * own.get(row, 0.0) + _OF_UNIT * of_unit
                scores[row] = heard * score
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return Leg(LEXICAL, tuple(row for row, _ in ranked), tuple(score for _, score in ranked))


def subject_leg(
    vector: NDArray[np.float32] | None,
    weights: QueryTerms,
    subjects: SubjectIndex,
    usual: float,
    allowed: NDArray[np.bool_] | None,
) -> tuple[Leg, dict[int, str]]:
    """Rank passages by the entries of the subject index that lead to them.

    Args:
        vector: of the query.
        weights: its words.
        subjects: the subject index.
        usual: likeness that an unrelated question reaches.
        allowed: rows that may be found; None: all.

    Returns:
        the ranking by how much the likest entries exceed what is usual, their words counted in;
        and the words of the likest, by row.
    """
    if vector is None or not subjects.count:
        return Leg(SUBJECTS), {}
    asked = {language: weights.asked_in(language) for language in Language}
    heard = [
        (score, match.entry)
        for match in subjects.search(vector, asked, _ENTRIES)
        if (score := match.likeness - usual + _ENTRY_WORDS * match.words) > 0
    ]
    heard.sort(key=lambda item: (-item[0], item[1].words))
    counts = np.array([len(entry.rows) for _, entry in heard], dtype=np.int64)
    rows = np.fromiter(chain.from_iterable(entry.rows for _, entry in heard), dtype=np.int64)
    voices = np.repeat(np.arange(len(heard)), counts)
    if allowed is not None:
        rows, voices = rows[allowed[rows]], voices[allowed[rows]]
    order = np.argsort(rows, kind="stable")  # the voices of a row stay in their order
    rows, voices = rows[order], voices[order]
    led_to, starts = np.unique(rows, return_index=True)
    places = np.arange(len(rows)) - np.repeat(starts, np.diff(starts, append=len(rows)))
    counted = np.where(places < _VOICES, _NEXT_VOICE**places, 0.0)
    said = np.array([score for score, _ in heard])[voices] * counted
    scores = np.add.reduceat(said, starts) if len(rows) else said
    best = np.lexsort((led_to, -scores))
    leg = Leg(SUBJECTS, tuple(led_to[best].tolist()), tuple(scores[best].tolist()))
    first = zip(led_to.tolist(), voices[starts].tolist(), strict=True)
    return leg, {row: heard[voice][1].words for row, voice in first}


def _conviction(weights: QueryTerms, language: Language, best: Sequence[TermMatch]) -> float:
    """Return how much the best matches say, 0 to 1: little, if they have little of the query.

    The square root, since the order is worth something even so. Of what is found by translation,
    the share that was understood says the same.
    """
    enough = _ENOUGH * sum(weights.of(language).values())
    reached = max((match.score for match in best), default=0.0)
    return math.sqrt(min(1.0, reached / enough)) if enough else 1.0


def _relative(matches: Sequence[TermMatch]) -> Mapping[int, float]:
    """Return each row's score as a share of the best; a unit's goes to each of its passages."""
    if not matches or not matches[0].score:
        return {}
    best = matches[0].score
    scores: dict[int, float] = {}
    for match in matches:
        for row in range(match.row, match.last + 1):
            scores.setdefault(row, match.score / best)
    return scores
