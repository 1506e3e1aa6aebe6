"""The knowledge base that a running server answers from, while generations come and go."""

import gc
import logging
import threading
import time
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from kb.errors import IndexUnavailable, KBError, ModelUnavailable
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings

LOOK_EVERY = 1.0  # seconds between two looks at which generation is in use

_log = logging.getLogger("api")


class LiveKnowledgeBase:
    """Hold a knowledge base; open it when there is one, renew it when it has changed.

        live = LiveKnowledgeBase(settings)
        live.current()       # the index as it is now; IndexMissing until one has been built
        live.ready()         # the same, with the model loaded
        live.at_hand()       # the index, if nothing has to be read to know that it is the newest

    The first two may take a while (they read files), so they are called from worker threads. One
    thread at a time looks for a newer generation; the others go on with what there is, and so do
    searches that have begun. A newer generation that cannot be used leaves the older one in
    use, with a line in the log.
    """

    def __init__(
        self,
        settings: Settings,
        knowledge_base: KnowledgeBase | None = None,
        *,
        look_every: float = LOOK_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._knowledge_base = knowledge_base
        self._look_every = look_every
        self._clock = clock
        self._look_at = clock() if knowledge_base is None else clock() + look_every
        self._looking = threading.Lock()
        self._failure: KBError | None = None  # of the last look
        self._outdated = False  # whether an older generation may still be in memory
        self._warm = False
        self._warming = threading.Lock()

    def current(self) -> KnowledgeBase:
        """Return the knowledge base, of the newest generation that can be used.

        Raises:
            IndexUnavailable: there is none yet, or none that can be used.
        """
        if self._clock() >= self._look_at:
            self._look()
        if self._knowledge_base is not None:
            return self._knowledge_base
        failure = self._failure or IndexUnavailable("The index is not open yet; ask again.")
        raise type(failure)(str(failure))  # a new one: raising the same again grows its traceback

    def at_hand(self) -> KnowledgeBase | None:
        """Return what `current` would, if it need not look for a newer generation first."""
        return None if self._clock() >= self._look_at else self._knowledge_base

    def ready(self) -> KnowledgeBase:
        """Return the knowledge base with its model loaded.

        Raises:
            IndexUnavailable: as `current` does.
            ModelUnavailable: the model cannot be loaded, or another thread is loading it.
        """
        knowledge_base = self.current()
        if not self._warm:
            if not self._warming.acquire(blocking=False):
                raise ModelUnavailable("The embedding model is being loaded; ask again shortly.")
            try:
                knowledge_base.warm()
                self._warm = True
            finally:
                self._warming.release()
        return knowledge_base

    def start(self) -> None:
        """Open the index and load the model, as far as they are there."""
        try:
            self.ready()
        except KBError as error:
            _log.warning("not ready: %s", error)

    def _look(self) -> None:
        # Without an index there is nothing to go on with: wait for whoever is opening it.
        if not self._looking.acquire(blocking=self._knowledge_base is None):
            return
        try:
            if self._clock() >= self._look_at:
                self._open_or_renew()
                self._look_at = self._clock() + self._look_every
        finally:
            self._looking.release()

    def _open_or_renew(self) -> None:
        before, self._failure = self._failure, None
        try:
            if self._knowledge_base is None:
                self._knowledge_base = KnowledgeBase.open(settings=self._settings)
                _log.info("opened generation %s", self._knowledge_base.generation)
            elif self._knowledge_base.reload_if_changed():
                _log.info("now at generation %s", self._knowledge_base.generation)
                self._outdated = True
            elif self._outdated:
                # Its parts refer to each other, and a server collects garbage too seldom to wait
                # for that. Now rather than at once: searches that had begun were still using it.
                self._outdated = False
                gc.collect()
        except KBError as error:
            self._failure = error
            if str(error) != str(before):
                _log.warning("no newer generation: %s", error)
        except Exception:  # noqa: BLE001 - whatever it is, there may be an index in use
            self._failure = IndexUnavailable("The index cannot be opened; see the server's log.")
            if str(self._failure) != str(before):
                _log.exception("no newer generation")


async def live_knowledge_base(request: Request) -> LiveKnowledgeBase:
    """Return the holder that `api.app.create_app` put there."""
    live = request.app.state.live
    assert isinstance(live, LiveKnowledgeBase)  # noqa: S101 - for the type checker
    return live


async def current_knowledge_base(
    live: Annotated[LiveKnowledgeBase, Depends(live_knowledge_base)],
) -> KnowledgeBase:
    """Return the knowledge base for one request; a worker thread looks for it once a second."""
    at_hand = live.at_hand()
    return at_hand if at_hand is not None else await run_in_threadpool(live.current)


Live = Annotated[LiveKnowledgeBase, Depends(live_knowledge_base)]
CurrentKB = Annotated[KnowledgeBase, Depends(current_knowledge_base)]
