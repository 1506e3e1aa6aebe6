"""What is asked, and which passages count as an answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

import numpy as np

from kb.documents import Language
from kb.editions import holds_on, today
from kb.errors import NotFound
from kb.evaluation.questions import ANSWER
from kb.languages import detect

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from kb.documents import Span
    from kb.evaluation.questions import Provision, Question
    from kb.evaluation.sets import BeirSet
    from kb.knowledge_base import KnowledgeBase

ANY = "any"  # a search without a choice of language

_T = TypeVar("_T")


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


def asked_of_set(given: BeirSet, kb: KnowledgeBase, names: Mapping[str, str]) -> Iterator[Asked]:
    """Yield the queries of a set; `names` has the set's documents by their ids in its index."""
    languages = {names[item.id]: item.editions[0].language for item in kb.documents()}

    def judge(found: Found) -> Sequence[str]:
        return (names[found.document_id],)

    for query, text in given.queries.items():
        grades = given.grades[query]
        best = max(grades, key=lambda name: grades[name])
        group = f"{detect(text)}→{languages[best]}"
        yield Asked(query, query, group, text, None, grades, judge)


def asked_of_gold(gold: Sequence[Question], kb: KnowledgeBase) -> Iterator[Asked]:
    """Yield each question that has an answer, in each of its languages, for any and for each one.

    Raises:
        NotFound: the index does not hold an answer.
    """
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


def spread(items: list[_T], limit: int | None) -> list[_T]:
    """Return at most `limit` items, from all over the sequence."""
    if limit is None or limit >= len(items):
        return items
    return [items[at] for at in np.linspace(0, len(items) - 1, limit).astype(int).tolist()]
