"""Asking the questions and judging what comes back.

The search that is measured is `KnowledgeBase.search` as every user gets it. A document, or a
provision, has the rank of its best passage; ten of them are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal

from kb import __version__
from kb.catalogue import shipped_corpus
from kb.errors import BadQuery, BadRequest, NotFound
from kb.evaluation.asking import asked_of_gold, asked_of_set, spread
from kb.evaluation.indexing import indexed
from kb.evaluation.questions import ANSWER, questions_digest, read_questions
from kb.evaluation.refusing import count_refusals
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
from kb.evaluation.sets import read_beir
from kb.knowledge_base import KnowledgeBase
from kb.models import load_embedder
from kb.passages import chunker_stamp
from kb.search.queries import MAX_LIMIT
from kb.stores.embeddings import EmbeddingCache

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kb.evaluation.asking import Asked, Found, Judge
    from kb.ingest import Progress
    from kb.models import Embedder
    from kb.settings import Settings

QUESTIONS = "questions"  # what the set of gold questions is called

QUERY_VECTORS = "queries.sqlite"  # in the folder of the sets' indexes

_FIRST_PAGE = 2 * DEPTH  # hits, among which ten documents are mostly found
_CHECKED = "nDCG@10"  # what the search must not lose against its better leg


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
            asked = spread(list(asked_of_set(given, held.kb, held.names)), limit)
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
            gold = spread(gold, limit)
            if asked := list(asked_of_gold(gold, kb)):
                scores.append(_measured(QUESTIONS, digest, kb, asked, ANSWER, report, legs=legs))
            refusals = count_refusals(kb, gold, files, limit, report)
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
