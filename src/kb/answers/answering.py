"""From the hits of a question to its answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.answers import wording
from kb.answers.checking import check
from kb.answers.extracting import choose
from kb.answers.grounding import is_grounded
from kb.answers.ordering import in_order, role_of
from kb.answers.quoting import Quotable, quotable
from kb.answers.results import Answer, AnswerKind, AnswerSentence, AnswerSource, Role
from kb.answers.wording import Trouble
from kb.answers.writing import WritingFailed, write
from kb.catalogue import unit_url
from kb.citations import cite, cite_instrument, permalink
from kb.editions import today
from kb.errors import IndexDamaged
from kb.search.wording import nearest_only, nothing_found, validity_notices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kb.documents import Document, Language
    from kb.models import Embedder
    from kb.references import ReferenceFinder
    from kb.search.results import Hit, SearchResult
    from kb.settings import Settings
    from kb.stores.records import Records

PASSAGES = 8  # that an answer is looked for in
_NEAREST = 3  # that are shown where the corpus has no answer


@dataclass(frozen=True)
class Answerer:
    """Answers questions from one generation of the index."""

    records: Records
    embedder: Embedder
    finder: ReferenceFinder
    settings: Settings

    def answer(self, result: SearchResult, *, written: bool | None = None) -> Answer:
        """Return the answer to the question that a search was made for.

        Args:
            result: of the search.
            written: whether by the language model; None: where one is configured.
        """
        passages = [self._quotable(hit) for hit in result.hits]
        if not is_grounded(result) or not any(passages):
            return self._none(result)
        configured = self.settings.llm_url is not None and self.settings.llm_model is not None
        if not (configured if written is None else written):
            return self._extractive(result, passages)
        try:
            return self._written(result, passages)
        except WritingFailed as failure:
            trouble, dropped = failure.trouble, failure.dropped
        answer = self._extractive(result, passages)
        notices = (wording.instead(trouble, result.language), *answer.notices)
        return replace(answer, notices=notices, dropped=dropped)

    def _none(self, result: SearchResult) -> Answer:
        near = result.hits[:_NEAREST]
        reader = result.language
        said = {nothing_found(reader), nearest_only(reader)}  # by the search; the answer says it
        others = tuple(notice for notice in result.notices if notice not in said)
        notices = (wording.no_answer(reader), *([wording.nearest(reader)] if near else []))
        return Answer(
            question=result.query,
            language=reader,
            grounded=False,
            kind=AnswerKind.EXTRACTIVE,
            sentences=(),
            sources=(),
            nearest=near,
            notices=notices + others,
            generation=result.generation,
            as_of=result.as_of,
        )

    def _extractive(self, result: SearchResult, passages: Sequence[Sequence[Quotable]]) -> Answer:
        sentences = [each for passage in passages for each in passage]
        chosen = [each.sentence for each in choose(result.query, sentences, self.embedder)]
        return self._answer(result, {each: each.text for each in chosen})

    def _written(self, result: SearchResult, passages: Sequence[Sequence[Quotable]]) -> Answer:
        text = write(result.query, result.hits, self.settings)
        checked = check(text, passages, self.finder)
        if not checked.proved:
            raise WritingFailed(Trouble.UNPROVEN, checked.dropped)
        answer = self._answer(result, {each.by: each.text for each in checked.proved})
        said = wording.written(checked.dropped, checked.corrected, result.language)
        return replace(
            answer,
            kind=AnswerKind.WRITTEN,
            notices=said + answer.notices,
            dropped=checked.dropped,
            corrected=checked.corrected,
        )

    def _answer(self, result: SearchResult, texts: Mapping[Quotable, str]) -> Answer:
        """Return an answer of these sentences, given as what is said of each, the best first."""
        ordered = in_order([(each, role_of(each, self.finder)) for each in texts])
        return Answer(
            question=result.query,
            language=result.language,
            grounded=True,
            kind=AnswerKind.EXTRACTIVE,
            sentences=tuple(
                self._sentence(each, role, texts[each], result.language) for each, role in ordered
            ),
            sources=self._sources([each.hit for each, _ in ordered], result.language),
            nearest=(),
            notices=self._notices(result, [each.hit for each, _ in ordered]),
            generation=result.generation,
            as_of=result.as_of,
        )

    # --- parts ---

    def _quotable(self, hit: Hit) -> tuple[Quotable, ...]:
        edition = self.records.edition(hit.document_id, hit.edition_id)
        return quotable(hit, edition) if edition is not None else ()

    def _sentence(
        self, quoted: Quotable, role: Role, text: str, reader: Language
    ) -> AnswerSentence:
        cited = cite(self._document(quoted.hit), quoted.edition, [quoted.eid], reader)
        return AnswerSentence(
            role=role,
            text=text,
            citation=cited.text,
            permalink=cited.permalink,
            provenance_note=quoted.hit.provenance_note,
            receipt=quoted.receipt(),
            lead_in=quoted.lead_in_receipts(),
        )

    def _sources(self, hits: Sequence[Hit], reader: Language) -> tuple[AnswerSource, ...]:
        sources: dict[tuple[str, str], AnswerSource] = {}
        for hit in hits:
            document = self._document(hit)
            sources.setdefault(
                (hit.document_id, hit.edition_id),
                AnswerSource(
                    document_id=hit.document_id,
                    edition_id=hit.edition_id,
                    title=cite_instrument(document, reader),
                    provenance=hit.provenance,
                    provenance_note=hit.provenance_note,
                    status=hit.status,
                    valid_from=hit.valid_from,
                    permalink=permalink(hit.document_id, hit.edition_id),
                    official_url=unit_url(document, hit.receipt.language, "") or None,
                ),
            )
        return tuple(sources.values())

    def _notices(self, result: SearchResult, quoted: Sequence[Hit]) -> tuple[str, ...]:
        """Return what a search says to its reader, without what it says of hits not quoted."""
        kept = {notice for hit in quoted for notice in self._validity(hit, result)}
        others = {notice for hit in result.hits for notice in self._validity(hit, result)} - kept
        return tuple(notice for notice in result.notices if notice not in others)

    def _validity(self, hit: Hit, result: SearchResult) -> tuple[str, ...]:
        edition = self.records.edition_summary(hit.document_id, hit.edition_id)
        if edition is None:
            return ()
        document, day = self._document(hit), result.as_of or today()
        name = cite_instrument(document, result.language)
        return tuple(validity_notices(name, edition, day, result.language, document.ended))

    def _document(self, hit: Hit) -> Document:
        summary = self.records.summary(hit.document_id)
        if summary is None:
            raise IndexDamaged(
                "The index names a document that it does not hold: build it again with `kb ingest`."
            )
        return summary.document
