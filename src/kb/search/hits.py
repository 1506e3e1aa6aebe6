"""From a ranked passage to a hit: citation, permalink, highlights, snippet, receipt, reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from kb.catalogue import unit_url
from kb.citations import cite, permalink
from kb.documents import Level
from kb.errors import IndexDamaged
from kb.receipts import make_receipt
from kb.search import wording
from kb.search.results import Equivalent, Explanation, Hit, LegScore, ParallelText
from kb.search.snippets import find_highlights, find_pinpoint, make_snippet, phrase_spans
from kb.words import terms_among

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kb.documents import Edition, Language, Node, Passage
    from kb.references import Reference
    from kb.search.legs import Leg, QueryTerms
    from kb.search.queries import Query
    from kb.stores.records import Records
    from kb.stores.rows import EditionSummary

REFERENCE_BONUS = 10.0  # lifts the score of a hit that the query names above every fused score

_EQUIVALENT = 1.0  # weight of a word of another term, in choosing the leaf that matched best

_T = TypeVar("_T")


class Ranked(NamedTuple):
    """A passage in the final order."""

    row: int
    score: float
    reference: Reference | None  # the words of the query that name it
    parallel: tuple[int, ...] = ()  # rows of the same provision, one in each other language
    repeated: tuple[int, ...] = ()  # rows of other passages that have these very words


@dataclass(frozen=True)
class HitMaker:
    """Makes the hits of one search."""

    records: Records
    query: Query
    weights: QueryTerms
    legs: Sequence[Leg]
    reader: Language  # that citations and notes are written in
    entries: Mapping[int, str]  # of the subject index that led to a row
    standing: Callable[[int], float]  # of a row

    def hits(self, page: Sequence[Ranked], first: int) -> tuple[Hit, ...]:
        """Return the hits of ranked passages, of which the first has this rank."""
        passages = self.records.passages(item.row for item in page)
        ranked = enumerate(zip(page, passages, strict=True), start=first)
        return tuple(self._hit(rank, item, passage) for rank, (item, passage) in ranked)

    def _hit(self, rank: int, item: Ranked, passage: Passage) -> Hit:
        place = passage.document_id, passage.edition_id
        document = _present(self.records.summary(passage.document_id)).document
        edition = _present(self.records.edition(*place))
        asked = self.weights.of(passage.language)
        equivalents = self.weights.equivalents(passage.language)
        wanted = asked.keys() | {stem for stems in equivalents for stem in stems}
        found = terms_among(passage.text, passage.language, wanted)
        held = {term.term for term in found}
        through = {stems: pair for stems, pair in equivalents.items() if held.issuperset(stems)}
        terms = asked | {stem: _EQUIVALENT for stems in through for stem in stems}
        matching = [term for term in found if term.term in terms]
        highlights = find_highlights(passage, matching, self.query.phrases)
        pinpoint = _named(edition, passage, item.reference) or find_pinpoint(
            edition, passage, matching, terms
        )
        citation = cite(document, edition, passage.eids, self.reader, anchor=pinpoint)
        unit = edition.headed_unit(passage.eid)
        return Hit(
            rank=rank,
            score=item.score,
            document_id=document.id,
            edition_id=edition.id,
            eid=passage.eid,
            pinpoint=pinpoint,
            title=document.title(passage.language),
            heading=unit.heading if unit is not None else None,
            citation=citation.text,
            permalink=citation.permalink,
            provenance=passage.provenance,
            provenance_note=wording.provenance_note(
                _present(self.records.edition_summary(*place)), self.reader
            ),
            official_url=unit_url(document, edition.language, _label(edition, unit)) or None,
            language=passage.language,
            status=edition.status,
            valid_from=edition.valid_from,
            valid_to=edition.valid_to,
            page=edition.page_of(passage.span.start),
            text=passage.text,
            span=passage.span,
            highlights=highlights,
            snippet=make_snippet(passage, highlights),
            receipt=make_receipt(edition, passage.eid, passage.span),
            explain=self._explanation(
                item,
                passage,
                [highlight.text for highlight in highlights],
                [Equivalent(*pair) for pair in through.values()],
            ),
            parallel=tuple(
                ParallelText(_present(self._edition_of(other)).language, _place(other))
                for other in self.records.passages(item.parallel)
            ),
            repeated=tuple(map(_place, self.records.passages(item.repeated))),
        )

    def _edition_of(self, passage: Passage) -> EditionSummary | None:
        return self.records.edition_summary(passage.document_id, passage.edition_id)

    def _explanation(
        self,
        item: Ranked,
        passage: Passage,
        matched: Sequence[str],
        through: Sequence[Equivalent],
    ) -> Explanation:
        return Explanation(
            legs=tuple(
                LegScore(leg.name, *place)
                for leg in self.legs
                if (place := leg.place(item.row)) is not None
            ),
            fusion=item.score - (REFERENCE_BONUS if item.reference else 0.0),
            reference=item.reference.text if item.reference else None,
            phrases=tuple(
                phrase for phrase in self.query.phrases if phrase_spans(passage.text, phrase)
            ),
            matched_terms=tuple(dict.fromkeys(matched)),
            through=tuple(through),
            subject=self.entries.get(item.row),
            standing=self.standing(item.row),
        )


def _place(passage: Passage) -> str:
    return permalink(passage.document_id, passage.edition_id, passage.eid)


def _present(value: _T | None) -> _T:
    if value is None:
        raise IndexDamaged(
            "The index names a document that it does not hold: build it again with `kb ingest`."
        )
    return value


def _label(edition: Edition, unit: Node | None) -> str:
    """Return how an article is labelled where it is printed: `Статья 10.`; "" without one."""
    if unit is None or unit.level is not Level.ARTICLE or not unit.number:
        return ""
    return edition.heading_text(unit).removesuffix(unit.heading or "").strip()


def _named(edition: Edition, passage: Passage, reference: Reference | None) -> str | None:
    """Return the node that a reference names, where the passage shows its beginning."""
    if reference is None or reference.eid is None:
        return None
    node = edition.node(reference.eid)
    if node is None:
        return None
    words = edition.text_of(node)
    begins = node.span.start + len(words) - len(words.lstrip())
    return node.eid if passage.span.start <= begins < passage.span.end else None
