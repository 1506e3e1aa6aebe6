"""The results of the last searches, so that the same one need not be made twice.

People turn pages back and forth, share an address, and look up the same few questions. A result is
kept under the generation that gave it and under the day on which it was given, and is looked up
under the generation in use: what an older one said is never shown again.
"""

import threading
from collections import OrderedDict
from datetime import date
from typing import Annotated, NamedTuple

from fastapi import Depends, Request

from kb.documents import Language
from kb.editions import today
from kb.knowledge_base import KnowledgeBase
from kb.search.results import SearchResult

KEPT = 256  # results; some 50 KB each with ten hits
MOST_HITS = 20  # of a result that is kept


class Asked(NamedTuple):
    """Everything that a search is asked with; see `KnowledgeBase.search`."""

    query: str
    limit: int
    offset: int
    languages: tuple[str, ...] | None
    documents: tuple[str, ...] | None
    provenances: tuple[str, ...] | None
    reader_language: Language | None
    as_of: date | str | None


class Results:
    """The results of the last searches. Threads may share it."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._held: OrderedDict[tuple[str, date, Asked], SearchResult] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, kb: KnowledgeBase, asked: Asked) -> SearchResult:
        """Return the result of a search, which is made unless it was made before.

        Raises:
            as `KnowledgeBase.search`; an error is not kept.
        """
        day = today()
        sought = (kb.generation, day, asked)
        with self._lock:
            if sought in self._held:
                self._held.move_to_end(sought)
                return self._held[sought]
        result = kb.search(**asked._asdict())
        if len(result.hits) <= MOST_HITS:
            with self._lock:
                # of the generation that it is from: another one may have come into use meanwhile
                self._held[result.generation, day, asked] = result
                while len(self._held) > self._kept:
                    self._held.popitem(last=False)
        return result


def results_of(request: Request) -> Results:
    """Return the results that `api.app.create_app` put there."""
    results = request.app.state.results
    assert isinstance(results, Results)  # noqa: S101 - for the type checker
    return results


LastResults = Annotated[Results, Depends(results_of)]
