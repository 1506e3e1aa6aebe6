"""Asking the questions and judging what comes back.

The search that is measured is `KnowledgeBase.search` as every user gets it. A document, or a
provision, has the rank of its best passage; ten of them are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypeVar

import numpy as np

from kb import __version__
from kb.catalogue import shipped_corpus
from kb.documents import Language
from kb.editions import holds_on, today
from kb.errors import BadQuery, BadRequest, NotFound
from kb.evaluation.indexing import indexed
from kb.evaluation.questions import ANSWER, questions_digest, read_questions
from kb.evaluation.remembering import RememberingEmbedder
from kb.evaluation.report import (
    ALL,
    SEARCH,
    Configuration,
    Evaluation,
    GroupScores,
    LegCheck,
    QueryScores,
    Refusals,
    SetScores,
)
from kb.evaluation.scoring import DEPTH, MEASURES, compare_paired, estimate, score
from kb.evaluation.sets import read_beir, read_unanswerable
from kb.ingest import chunker_stamp
from kb.knowledge_base import KnowledgeBase
from kb.languages import detect
from kb.models import load_embedder
from kb.search.queries import MAX_LIMIT
from kb.stores.embeddings import EmbeddingCache

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kb.documents import Span
    from kb.evaluation.questions import Provision, Question
    from kb.evaluation.sets import BeirSet
    from kb.ingest import Progress
    from kb.models import Embedder
    from kb.search.results import SearchResult
    from kb.settings import Settings

ANY = "any"  # a search without a choice of language
QUESTIONS = "questions"  # what the set of gold questions is called

QUERY_VECTORS = "queries.sqlite"  # in the folder of the sets' indexes

_FIRST_PAGE = 2 * DEPTH  # hits, among which ten documents are mostly found
_CHECKED = "nDCG@10"  # what the search must not lose against its better leg


class Found(Protocol):
    """A hit, or a passage."""

    @property
    def document_id(self) -> str:
        """The document's id."""

    @property
    def edition_id(self) -> str:
        """The edition's id within it."""

    @property
    def eid(self) -> str:
        """The smallest node around it."""

    @property
    def span(self) -> Span:
        """Where its text stands in the edition."""


Judge: TypeAlias = "Callable[[Found], Sequence[str]]"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is put to the search, in one language and for one."""

    key: str  # unique in its set
    query: str  # id of the question
    group: str
    text: str
    languages: tuple[Language, ...] | None  # of the passages searched; None: any
    grades: Mapping[str, int]  # how well an item answers it
    judge: Judge  # the items that a passage stands for


def refused(result: SearchResult | None) -> bool:
    """Whether an answer says that the corpus does not answer the question."""
    return result is None or not result.hits


def evaluate(
    settings: Settings,
    *,
    sets: Iterable[Path] = (),
    questions: Iterable[Path] | None = None,
    unanswerable: Iterable[Path] = (),
    split: Literal["dev", "test", "all"] = "dev",
    legs: bool = False,
    limit: int | None = None,
    folder: Path | None = None,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure the search.

    Args:
        settings: the model, and with gold questions the index that is searched.
        sets: folders in BEIR's layout; each is indexed in a folder of its own.
        questions: files of gold questions, asked of the index in use.
        unanswerable: files of questions that the index in use cannot answer.
        split: of the gold questions: dev, test or all.
        legs: measure each leg alone as well.
        limit: questions of each set at most, spread evenly over it.
        folder: that holds the indexes of sets; by default in the cache.
        embedder: by default the one that the settings name.
        progress: called with (stage, done, total).

    Raises:
        NotFound, BadRequest: a set cannot be used, or names what is not held.
        IndexMissing: gold questions, and no index.
    """
    report = progress or (lambda _stage, _done, _total: None)
    place = folder or settings.cache / "evaluation"
    place.mkdir(parents=True, exist_ok=True)
    scores: list[SetScores] = []
    refusals: tuple[Refusals, ...] = ()
    with EmbeddingCache(place / QUERY_VECTORS) as cache:
        model = RememberingEmbedder(embedder or load_embedder(settings), cache)
        for path in sets:
            given = read_beir(path)
            if given.name in {QUESTIONS, *(item.name for item in scores)}:
                raise BadRequest(f"Two sets are called {given.name!r}: rename the folder of one.")
            held = indexed(given, model, settings, place, report)
            asked = _spread(list(_asked_of_set(given, held.kb, held.names)), limit)
            scores.append(_measured(given.name, given.digest, held.kb, asked, 1, report, legs=legs))
        files = tuple(unanswerable)
        if questions is not None or files:
            kb = KnowledgeBase(settings, model)
            gold = [
                item for item in read_questions(questions or ()) if split in ("all", item.split)
            ]
            if questions is not None and not gold:
                raise BadRequest(f"There is no gold question of the split {split!r}.")
            digest = questions_digest(gold)
            gold = _spread(gold, limit)
            if asked := list(_asked_of_gold(gold, kb)):
                scores.append(_measured(QUESTIONS, digest, kb, asked, ANSWER, report, legs=legs))
            refusals = _refusals(kb, gold, files, limit, report)
    configuration = Configuration(
        __version__, settings.model, model.fingerprint, chunker_stamp(settings)
    )
    return Evaluation(configuration, tuple(scores), refusals)


def shipped_questions() -> tuple[Path, ...]:
    """Return the files of gold questions that come with the project.

    Raises:
        NotFound: none come with this installation.
    """
    corpus = shipped_corpus()
    files = sorted((corpus / "questions").glob("*.toml")) if corpus is not None else []
    if not files:
        raise NotFound("No gold questions come with this installation: name a set.")
    return tuple(files)


# --- what is asked ---


def _asked_of_set(given: BeirSet, kb: KnowledgeBase, names: Mapping[str, str]) -> Iterator[Asked]:
    languages = {names[item.id]: item.editions[0].language for item in kb.documents()}

    def judge(found: Found) -> Sequence[str]:
        return (names[found.document_id],)

    for query, text in given.queries.items():
        grades = given.grades[query]
        best = max(grades, key=lambda name: grades[name])
        group = f"{detect(text)}→{languages[best]}"
        yield Asked(query, query, group, text, None, grades, judge)


def _asked_of_gold(gold: Sequence[Question], kb: KnowledgeBase) -> Iterator[Asked]:
    places = _Places(kb, {provision for item in gold for provision in item.grades})
    for item in gold:
        judge = places.judge(frozenset(map(str, item.grades)))
        for language, text in item.texts.items():
            for target in (None, *Language):
                grades = {
                    str(provision): grade
                    for provision, grade in item.grades.items()
                    if target is None or target in places.languages[provision]
                }
                if ANSWER in grades.values():
                    group = f"{language}→{target or ANY}"
                    chosen = None if target is None else (target,)
                    key = f"{item.id} {group}"
                    yield Asked(key, item.id, group, text, chosen, grades, judge)


class _Places:
    """Where the provisions that answer stand, in every edition that holds today."""

    def __init__(self, kb: KnowledgeBase, provisions: Iterable[Provision]) -> None:
        self.languages: defaultdict[Provision, set[Language]] = defaultdict(set)
        self._spans: defaultdict[tuple[str, str], list[tuple[Span, str]]] = defaultdict(list)
        held = {item.id for item in kb.documents()}
        by_document: defaultdict[str, list[Provision]] = defaultdict(list)
        for provision in sorted(provisions):
            by_document[provision.document_id].append(provision)
        for document_id, wanted in by_document.items():
            editions = kb.document(document_id).editions if document_id in held else ()
            for edition in editions:
                for provision in wanted:
                    node = edition.node(provision.eid)
                    if node is not None and holds_on(edition, today()):
                        place = document_id, edition.id
                        self._spans[place].append((node.span, str(provision)))
                        self.languages[provision].add(edition.language)
        absent = [
            str(provision)
            for wanted in by_document.values()
            for provision in wanted
            if provision not in self.languages
        ]
        if absent:
            raise NotFound(
                f"The index does not hold {', '.join(absent[:5])}, which gold questions name"
                f" ({len(absent)} in all): mend them, or ingest the corpus that they are about."
            )

    def judge(self, answers: Collection[str]) -> Judge:
        """Return what tells the answers that a passage shares text with, or else its unit."""

        def items(found: Found) -> Sequence[str]:
            shared = [
                name
                for span, name in self._spans.get((found.document_id, found.edition_id), ())
                if name in answers and span.start < found.span.end and found.span.start < span.end
            ]
            return shared or [f"{found.document_id}/{_article_of(found.eid)}"]

        return items


def _article_of(eid: str) -> str:
    """Return the article of a node; the node itself where there are none."""
    parts = eid.split("__")
    depth = next((at for at, part in enumerate(parts, 1) if part.startswith("art_")), len(parts))
    return "__".join(parts[:depth])


def _spread(items: list[_T], limit: int | None) -> list[_T]:
    """Return at most `limit` items, from all over the sequence."""
    if limit is None or limit >= len(items):
        return items
    return [items[at] for at in np.linspace(0, len(items) - 1, limit).astype(int).tolist()]


# --- what comes back ---


def _measured(
    name: str,
    digest: str,
    kb: KnowledgeBase,
    asked: Sequence[Asked],
    relevant: int,
    progress: Progress,
    *,
    legs: bool,
) -> SetScores:
    rankings: defaultdict[str, dict[str, Sequence[str]]] = defaultdict(dict)
    unasked = []
    for done, item in enumerate(asked):
        progress(name, done, len(asked))
        try:
            rankings[SEARCH][item.key] = _searched(kb, item)
            if legs:
                found = kb.search_by_leg(item.text, languages=item.languages)
                for leg, passages in found.items():
                    rankings[leg][item.key] = _distinct(passages, item.judge)
        except BadQuery:
            unasked.append(item.query)
    progress(name, len(asked), len(asked))
    grades = {item.key: item.grades for item in asked}
    queries = tuple(
        QueryScores(item.query, item.group, ranking, scored[item.key])
        for ranking, ranked in rankings.items()
        for scored in [score(grades, ranked, relevant=relevant)]
        for item in asked
    )
    groups = tuple(_groups(queries))
    return SetScores(
        name=name,
        digest=digest,
        index=kb.manifest.corpus_digest,
        groups=groups,
        legs=tuple(_leg_checks(queries, groups)) if legs else (),
        unasked=tuple(dict.fromkeys(unasked)),
        queries=queries,
    )


def _searched(kb: KnowledgeBase, item: Asked) -> Sequence[str]:
    """Return the items that a search finds, ten at most, best first."""
    for limit in (_FIRST_PAGE, MAX_LIMIT):
        result = kb.search(item.text, limit=limit, languages=item.languages)
        ranked = _distinct(result.hits, item.judge)
        if len(ranked) >= DEPTH or not result.more:
            break
    return ranked


def _distinct(found: Iterable[Found], judge: Judge) -> Sequence[str]:
    return list(dict.fromkeys(name for item in found for name in judge(item)))[:DEPTH]


def _groups(queries: Sequence[QueryScores]) -> Iterator[GroupScores]:
    names = list(dict.fromkeys(item.group for item in queries))
    # the same question in two languages is no two questions, so those of the gold have no total
    if len(names) > 1 and len({(item.query, item.ranking) for item in queries}) == len(queries):
        names.append(ALL)
    rankings = list(dict.fromkeys(item.ranking for item in queries))
    for group in names:
        for ranking in rankings:
            chosen = _of(queries, group, ranking)
            yield GroupScores(
                group,
                ranking,
                len(chosen),
                {name: estimate([item.measures[name] for item in chosen]) for name in MEASURES},
            )


def _leg_checks(
    queries: Sequence[QueryScores], groups: Sequence[GroupScores]
) -> Iterator[LegCheck]:
    for group in dict.fromkeys(item.group for item in groups):
        alone = [item for item in groups if item.group == group and item.ranking != SEARCH]
        best = max(alone, key=lambda item: item.measures[_CHECKED].mean).ranking
        leg, search = (
            [item.measures[_CHECKED] for item in _of(queries, group, ranking)]
            for ranking in (best, SEARCH)
        )
        yield LegCheck(group, best, _CHECKED, compare_paired(leg, search))


def _of(queries: Sequence[QueryScores], group: str, ranking: str) -> list[QueryScores]:
    return [item for item in queries if item.ranking == ranking and group in (ALL, item.group)]


# --- what is refused ---


def _refusals(
    kb: KnowledgeBase,
    gold: Sequence[Question],
    files: Sequence[Path],
    limit: int | None,
    progress: Progress,
) -> tuple[Refusals, ...]:
    """Ask what nothing answers, and what something does, and count what is refused."""
    asked = [(language, item.kind, text) for item in gold for language, text in item.texts.items()]
    for file in files:
        texts = list(read_unanswerable(file).values())
        asked += [(detect(text), file.stem, text) for text in _spread(texts, limit)]
    if not any(kind for _, kind, _ in asked):
        return ()
    outcomes: defaultdict[Language, list[tuple[str | None, bool]]] = defaultdict(list)
    for done, (language, kind, text) in enumerate(asked):
        progress("refusals", done, len(asked))
        outcomes[language].append((kind, refused(_answer(kb, text))))
    progress("refusals", len(asked), len(asked))
    return tuple(_refusals_in(item, outcomes[item]) for item in Language if item in outcomes)


def _answer(kb: KnowledgeBase, text: str) -> SearchResult | None:
    try:
        return kb.search(text, limit=1)
    except BadQuery:
        return None


def _refusals_in(language: Language, outcomes: Sequence[tuple[str | None, bool]]) -> Refusals:
    without = [said_no for kind, said_no in outcomes if kind is not None]
    answered = [said_no for kind, said_no in outcomes if kind is None]
    said_no = sum(without) + sum(answered)
    kinds = sorted({kind for kind, _ in outcomes if kind is not None})
    return Refusals(
        language=language,
        unanswerable=len(without),
        answerable=len(answered),
        precision=sum(without) / said_no if said_no and answered else None,
        recall=estimate(without) if without else None,
        refused_answerable=estimate(answered) if answered else None,
        kinds={name: estimate([no for kind, no in outcomes if kind == name]) for name in kinds},
    )
