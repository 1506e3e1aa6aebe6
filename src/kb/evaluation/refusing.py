"""What the search says of questions that nothing in the corpus answers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kb.documents import Language
from kb.errors import BadQuery
from kb.evaluation.asking import spread
from kb.evaluation.report import Refusals
from kb.evaluation.scoring import estimate
from kb.evaluation.sets import read_unanswerable
from kb.languages import detect
from kb.search.confidence import GROUNDED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kb.evaluation.questions import Question
    from kb.ingest import Progress
    from kb.knowledge_base import KnowledgeBase
    from kb.search.results import SearchResult


def refused(result: SearchResult | None) -> bool:
    """Whether an answer says that the corpus does not answer the question."""
    return result is None or result.confidence < GROUNDED


def count_refusals(
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
        asked += [(detect(text), file.stem, text) for text in spread(texts, limit)]
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
