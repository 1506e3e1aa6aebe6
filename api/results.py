"""The results of the last searches, so that the same one need not be made twice.

People turn pages back and forth, share an address, and look up the same few questions. A result is
kept under the generation that gave it and under the day on which it was given, and is looked up
under the generation in use: what an older one said is never shown again. Its JSON is kept with it
once somebody has asked for that.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import Annotated, NamedTuple

from anyio import CapacityLimiter
from fastapi import Depends, Request

from kb.documents import Language
from kb.editions import today
from kb.knowledge_base import KnowledgeBase
from kb.search.results import SearchResult, json_bytes

KEPT = 256  # results; some 50 KB each with ten hits, and 40 as JSON
MOST_HITS = 20  # of a result that is kept
# Searches that a process makes at the same time: Python runs one thread at a time, so that more of
# them only take the turn from each other, and from what is here already.
AT_ONCE = 2


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


@dataclass
class _Kept:
    """A result, and its JSON once it has been asked for."""

    result: SearchResult
    json: bytes | None = None

    def as_json(self) -> bytes:
        # Two threads may both write it, and write the same.
        if self.json is None:
            self.json = json_bytes(self.result)
        return self.json


class Results:
    """The results of the last searches. Threads may share it.

    Attributes:
        turns: what a route waits for, without a thread, before it lets one search.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self.turns = CapacityLimiter(AT_ONCE)
        self._kept = kept
        self._held: OrderedDict[tuple[str, date, Asked], _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, kb: KnowledgeBase, asked: Asked) -> SearchResult:
        """Return the result of a search, which is made unless it was made before.

        Raises:
            as `KnowledgeBase.search`; an error is not kept.
        """
        return self._found(kb, asked).result

    def json_of(self, kb: KnowledgeBase, asked: Asked) -> bytes:
        """Return the same as JSON."""
        return self._found(kb, asked).as_json()

    def json_held(self, kb: KnowledgeBase, asked: Asked) -> bytes | None:
        """Return the JSON of a result if it is here, at once: nothing is searched or written."""
        kept = self._look_up(kb, today(), asked)
        return None if kept is None else kept.json

    def _found(self, kb: KnowledgeBase, asked: Asked) -> _Kept:
        day = today()
        kept = self._look_up(kb, day, asked)
        if kept is not None:
            return kept
        kept = _Kept(kb.search(**asked._asdict()))
        if len(kept.result.hits) <= MOST_HITS:
            with self._lock:
                # of the generation that it is from: another one may have come into use meanwhile
                self._held[kept.result.generation, day, asked] = kept
                while len(self._held) > self._kept:
                    self._held.popitem(last=False)
        return kept

    def _look_up(self, kb: KnowledgeBase, day: date, asked: Asked) -> _Kept | None:
        sought = (kb.generation, day, asked)
        with self._lock:
            kept = self._held.get(sought)
            if kept is not None:
                self._held.move_to_end(sought)
        return kept


async def results_of(request: Request) -> Results:
    """Return the results that `api.app.create_app` put there."""
    results = request.app.state.results
    assert isinstance(results, Results)  # noqa: S101 - for the type checker
    return results


LastResults = Annotated[Results, Depends(results_of)]
