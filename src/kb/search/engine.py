"""The search itself, over one open generation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from kb.centring import Centring
from kb.citations import cite_instrument
from kb.documents import Language
from kb.editions import today
from kb.processors import available_processors
from kb.search import wording
from kb.search.confidence import FIRST, GROUNDED, confidence, gather, is_beside_the_point
from kb.search.hits import HitMaker, Ranked
from kb.search.legs import (
    SUBJECTS,
    Leg,
    QueryTerms,
    dense_candidates,
    dense_leg,
    lexical_leg,
    subject_leg,
    subjects_by_words,
)
from kb.search.naming import Named, Namer
from kb.search.queries import (
    Filters,
    check_page,
    parse_day,
    parse_filters,
    parse_language,
    parse_query,
)
from kb.search.ranking import NOTHING_FOUND, Found, Order, Ranking, no_others, with_named_first
from kb.search.reranking import reordered
from kb.search.results import SearchResult
from kb.search.spelling import Kind, Vocabulary, correct, corrected
from kb.stores.terms import TermFilter
from kb.words import is_stopword, stem, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from kb.documents import Passage
    from kb.generations import Noise
    from kb.models import Embedder
    from kb.search.confidence import Evidence
    from kb.search.queries import Query
    from kb.search.ranking import Others
    from kb.search.reranking import Reranking
    from kb.search.results import Hit
    from kb.search.spelling import Correction
    from kb.stores.passage_vectors import PassageVectors
    from kb.stores.records import Records
    from kb.stores.subject_index import SubjectIndex
    from kb.stores.terms import TermIndex
    from kb.thesaurus import Thesaurus

_FILTERS_IN_MEMORY = 4  # of which the rows are kept: 8 bytes a passage each


class SearchEngine:
    """Answers queries from one generation. Threads may share it."""

    def __init__(
        self,
        records: Records,
        vectors: PassageVectors,
        terms: TermIndex,
        units: TermIndex,
        thesaurus: Thesaurus,
        subjects: SubjectIndex,
        embedder: Embedder,
        *,
        forms: Callable[[], Mapping[str, int]],
        probes: Mapping[Language, NDArray[np.float32]],
        generation: str,
        noise: Mapping[Language, Mapping[Language, Noise]],
        subject_noise: Mapping[Language, Noise],
        max_query_chars: int,
        calibrated: bool = True,
        reranking: Reranking | None = None,
    ) -> None:
        self._records = records
        self._vectors = vectors
        self._terms = terms
        self._units = units
        self._thesaurus = thesaurus
        self._embedder = embedder
        self._generation = generation
        self._subjects = subjects
        self._forms = forms
        self._centring = Centring.of(probes)
        self._probes = {
            language: self._centring.of_texts(vectors, [language] * len(vectors))
            for language, vectors in probes.items()
        }
        self._subject_noise = subject_noise
        self._max_query_chars = max_query_chars
        self._calibrated = calibrated
        self._reranking = reranking
        self._passing = lru_cache(maxsize=_FILTERS_IN_MEMORY)(self._rows_passing)
        self._pool = ThreadPoolExecutor(available_processors(), "search")
        self._last_mask: tuple[NDArray[np.int64], NDArray[np.bool_]] | None = None
        self._namer = Namer(records)
        self._ranking = Ranking(records, noise)
        self._some_dated = any(
            item.document.date or edition.valid_from or edition.valid_to
            for item in records.summaries
            for edition in item.editions
        )

    @property
    def embedder(self) -> Embedder:
        """The model that the index was built with."""
        return self._embedder

    def warm(self) -> None:
        """Load the model, and the words that a misspelled one may have been."""
        self._embedder.embed_query("warm")
        _ = self._vocabulary
        if self._reranking is not None:
            self._reranking.model.scores("warm", ["warm"])

    def search(
        self,
        typed: str,
        *,
        limit: int,
        offset: int,
        languages: Iterable[str] | None,
        documents: Iterable[str] | None,
        provenances: Iterable[str] | None,
        reader_language: str | None,
        as_of: date | str | None = None,
    ) -> SearchResult:
        """Answer a query: see `kb.KnowledgeBase.search`."""
        check_page(limit, offset)
        day = parse_day(as_of) or today()
        query = parse_query(typed, self._max_query_chars)
        correction = self._correction(query)
        words = query.words
        if correction is not None:
            words = correction.text
            if not any(one.kind is Kind.SPELLING for one in correction.replacements):
                query = parse_query(correction.text, self._max_query_chars)
        filters = parse_filters(documents, languages, provenances, self._records.document_ids())
        reader = parse_language(reader_language) or query.language

        query, allowed, notices = self._allowed(query, filters, reader, day)
        if correction is not None:
            notices = (wording.searched_instead(correction.replacements, reader), *notices)
        named = self._namer.find(query, self._mask(allowed), filters, reader)
        asked = query
        if named.rows and not named.alone:
            # what is named comes first anyway; the rest of the query says which part of it
            words = self._namer.rest(words)
            asked = replace(query, text=self._namer.rest(query.text))
        weights = QueryTerms(words, query.language, self._terms, self._thesaurus)
        found = self._found(asked, weights, filters, allowed, named)
        fused = self._ranking.fused(query.language, found)
        signs = self._evidence(weights, found, fused) if len(fused) else None
        sure = confidence(signs, calibrated=self._calibrated) if signs is not None else 0.0
        if named.rows:
            sure = 1.0
        elif not query.phrases and (
            self._is_noise(query.language, found)
            or (signs is not None and is_beside_the_point(signs, sure))
        ):
            fused = NOTHING_FOUND
        ranked = self._reranked(query, with_named_first(fused, named), named)
        parallel: Others = no_others
        if filters.languages is None:
            ranked, parallel = self._ranking.one_of_each(ranked, query.language)
        ranked, repeated = self._ranking.without_repetitions(ranked)
        page = [
            Ranked(row, score, named.rows.get(row), parallel(row), repeated(row))
            for row, score in ranked.page(offset, limit)
        ]
        entries = {
            item.row: self._subjects.entries.words[found.entries[item.row]]
            for item in page
            if item.row in found.entries
        }
        legs = (found.dense, found.lexical, found.subjects)
        maker = HitMaker(
            self._records, query, weights, legs, reader, entries, self._ranking.standing
        )
        hits = maker.hits(page, offset + 1)
        notices += named.notices
        if not len(ranked) and not notices:
            notices += (wording.nothing_found(reader),)
        elif len(ranked) and sure < GROUNDED:
            notices += (wording.nearest_only(reader),)
        return SearchResult(
            query=query.text,
            language=reader,
            hits=hits,
            notices=notices + self._status_notices(hits, reader, day),
            generation=self._generation,
            offset=offset,
            more=len(ranked) > offset + limit,
            as_of=parse_day(as_of),
            confidence=sure if len(ranked) else 0.0,
        )

    def evidence(self, typed: str) -> Evidence | None:
        """Return the signs of whether the index answers a query; None where nothing is found."""
        query = parse_query(typed, self._max_query_chars)
        weights = QueryTerms(query.words, query.language, self._terms, self._thesaurus)
        query, allowed, _ = self._allowed(query, Filters(), query.language, today())
        found = self._found(query, weights, Filters(), allowed, Named({}))
        fused = self._ranking.fused(query.language, found)
        return self._evidence(weights, found, fused) if len(fused) else None

    def search_by_leg(
        self, typed: str, *, languages: Iterable[str] | None
    ) -> dict[str, tuple[Passage, ...]]:
        """Rank passages by each leg alone: see `kb.KnowledgeBase.search_by_leg`."""
        query = parse_query(typed, self._max_query_chars)
        filters = parse_filters(None, languages, None, self._records.document_ids())
        query, allowed, _ = self._allowed(query, filters, query.language, today())
        weights = QueryTerms(query.words, query.language, self._terms, self._thesaurus)
        lexical = self._lexical(query, weights, filters, self._mask(allowed))
        vector = self._embedded(query)
        candidates = dense_candidates(vector, self._vectors, allowed)
        dense = dense_leg(vector, self._vectors, candidates)
        return {leg.name: self._records.passages(leg.rows.tolist()) for leg in (dense, lexical)}

    # --- what was meant ---

    def _correction(self, query: Query) -> Correction | None:
        """Mend words that no text has; what names a provision is never touched.

        A word that may be right all the same, as it is only misspelled, is mended for the lexical
        leg alone: the model reads what was typed. In Kazakh it is left as it is: it is mostly
        another form of a word that the texts have, and its pieces find that.
        """
        if all(self._is_known(word.form) for word in words(query.text)):
            return None
        found = correct(query.text, self._is_known, self._vocabulary)
        if found is None:
            return None
        named = self._namer.references(query.text)
        if query.language is Language.KAZAKH:
            kept = [one for one in found.replacements if one.kind is not Kind.SPELLING]
            found = corrected(query.text, kept)
            if found is None:
                return None
        touched = any(
            one.start < reference.end and reference.start < one.end
            for one in found.replacements
            for reference in named
        )
        return None if touched else found

    def _is_known(self, form: str) -> bool:
        return is_stopword(form) or any(
            self._terms.document_frequency(stem(form, language), language)
            or self._thesaurus.knows(stem(form, language), language)
            for language in Language
        )

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self._forms())

    # --- which passages may answer ---

    def _allowed(
        self, query: Query, filters: Filters, reader: Language, day: date
    ) -> tuple[Query, NDArray[np.int64] | None, tuple[str, ...]]:
        """Return the query, the rows that pass the filters and hold its phrases, and notices.

        None stands for all rows. A wording that does not hold on that day is never among them. A
        phrase that no text has is left out of the query where that says enough without it.
        """
        allowed = None
        if not filters.empty or self._some_dated:
            allowed = self._passing(filters, day)
        within = TermFilter(filters.documents, filters.languages, filters.provenances)
        notices: list[str] = []
        kept: list[str] = []
        for phrase in query.phrases:
            found = self._terms.phrase_rows(phrase, within=within)
            if not found:
                notices.append(wording.no_phrase(phrase, reader))
                if query.is_a_sentence:
                    continue  # somebody is quoted in a question, which stands without it
                return query, np.empty(0, dtype=np.int64), tuple(notices)
            kept.append(phrase)
            rows = np.array(sorted(found), dtype=np.int64)
            allowed = rows if allowed is None else np.intersect1d(allowed, rows)
        return replace(query, phrases=tuple(kept)), allowed, tuple(notices)

    def _rows_passing(self, filters: Filters, day: date) -> NDArray[np.int64] | None:
        rows = self._records.rows(
            filters.documents, filters.languages, filters.provenances, held_on=day
        )
        rows.flags.writeable = False  # searches share it
        return None if len(rows) == len(self._records) else rows

    def _mask(self, allowed: NDArray[np.int64] | None) -> NDArray[np.bool_] | None:
        """Return of every row whether it is allowed; None where all are."""
        if allowed is None:
            return None
        last = self._last_mask
        if last is not None and last[0] is allowed:
            return last[1]
        mask = np.zeros(len(self._records), dtype=np.bool_)
        mask[allowed] = True
        if not allowed.flags.writeable:  # of a filter that is kept
            self._last_mask = allowed, mask
        return mask

    # --- the order ---

    def _embedded(self, query: Query) -> NDArray[np.float32] | None:
        """Return the query's vector; None where there is no passage to compare it with."""
        if not self._vectors.count:
            return None
        return self._centring.of_text(self._embedder.embed_query(query.words), query.language)

    def _lexical(
        self,
        query: Query,
        weights: QueryTerms,
        filters: Filters,
        within: NDArray[np.bool_] | None,
    ) -> Leg:
        return lexical_leg(
            query, weights, self._terms, self._units, filters, within, self._vectors.have
        )

    def _reranked(self, query: Query, ranked: Order, named: Named) -> Order:
        """Let the cross-encoder order the first passages that the query does not name.

        Places keep their scores, since a cross-encoder's cannot be compared with them.
        """
        if self._reranking is None or query.language not in self._reranking.languages:
            return ranked
        first = len(named.rows)
        others = ranked.rows[first:].tolist()
        depth = min(self._reranking.depth, len(others))
        passages = self._records.passages(others[:depth])
        texts = [passage.embedded_text for passage in passages]
        scores = self._reranking.model.scores(query.words, texts).tolist() if texts else []
        rows = [*ranked.rows[:first].tolist(), *reordered(others, scores, depth)]
        return Order(np.array(rows, dtype=np.int64), ranked.scores)

    def _found(
        self,
        query: Query,
        weights: QueryTerms,
        filters: Filters,
        allowed: NDArray[np.int64] | None,
        named: Named,
    ) -> Found:
        # The model and the vectors on one processor, the words on another. A task that waits for an
        # earlier one cannot wait for ever: the pool begins them in their order.
        coming = self._pool.submit(self._embedded, query)
        near = self._pool.submit(lambda: dense_candidates(coming.result(), self._vectors, allowed))
        within = self._mask(allowed)
        lexical = self._lexical(query, weights, filters, within)
        by_words = subjects_by_words(weights, self._subjects)
        vector = coming.result()
        usual = self._subject_noise.get(query.language)
        subjects, entries = subject_leg(
            vector, by_words, self._subjects, usual.usual if usual else 1.0, within
        )
        others = np.concatenate(
            [lexical.rows, subjects.rows, np.fromiter(named.rows, dtype=np.int64)]
        )
        dense = dense_leg(vector, self._vectors, near.result(), others)
        return Found(vector, dense, lexical, subjects, entries)

    def _is_noise(self, asked_in: Language, found: Found) -> bool:
        """Whether no word of the query is found, and nothing liker to it than questions mostly are.

        Liker than the likest of them would be too much to ask: they are of general knowledge, which
        a user's texts may be about.
        """
        if len(found.lexical.rows) or len(found.subjects.rows):
            return False
        return self._ranking.nearest(asked_in, found) < 0.0

    def _evidence(self, weights: QueryTerms, found: Found, fused: Order) -> Evidence:
        """Return the signs of whether the best passages answer."""
        first = self._records.passages(fused.rows[:FIRST].tolist())
        excess = self._ranking.excess(weights.language, found)
        unled = replace(found, subjects=Leg(SUBJECTS))
        probes = self._probes[weights.language]
        return gather(
            weights,
            float(fused.scores[0]),
            self._ranking.best(weights.language, unled),
            np.sort(excess)[::-1],
            self._ranking.nearest(weights.language, found),
            [(passage.embedded_text, passage.language) for passage in first],
            # unlike @, on this thread alone
            probes[:0, 0] if found.vector is None else np.einsum("ij,j->i", probes, found.vector),
            led=int(fused.rows[0]) in found.entries,
        )

    def _status_notices(self, hits: Sequence[Hit], reader: Language, day: date) -> tuple[str, ...]:
        """Say of each instrument among the hits whether, and since when, its words do not hold."""
        notices: dict[str, None] = {}
        for hit in hits:
            summary = self._records.summary(hit.document_id)
            edition = self._records.edition_summary(hit.document_id, hit.edition_id)
            if summary is not None and edition is not None:
                name = cite_instrument(summary.document, reader)
                for notice in wording.validity_notices(
                    name, edition, day, reader, summary.document.ended
                ):
                    notices[notice] = None
        return tuple(notices)
