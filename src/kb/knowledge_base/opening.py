"""Which generation and which model are in use, and when they change."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

from kb.generations import current_name
from kb.knowledge_base.opened import engine_for, open_index
from kb.models import load_embedder
from kb.settings import Settings
from kb.sources import slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kb.generations import Manifest
    from kb.knowledge_base.opened import Opened
    from kb.models import Embedder
    from kb.search.engine import SearchEngine


class Opening:
    """An index that is open. Its parts all stem from one generation, also while it changes."""

    def __init__(self, settings: Settings, embedder: Embedder | None = None) -> None:
        """Open the generation in use. Prefer `KnowledgeBase.open`."""
        self.settings = settings
        self._lock = threading.Lock()
        self._embedder = embedder
        self._engine: SearchEngine | None = None
        self._opened = open_index(settings)

    @classmethod
    def open(cls, index: Path | str | None = None, *, settings: Settings | None = None) -> Self:
        """Open the index that was built last. The model is loaded by the first search.

        Raises:
            IndexMissing: nothing has been built there.
            IndexDamaged: a file is missing or not the one that was written.
        """
        return cls(settings_for(index, settings))

    @property
    def generation(self) -> str:
        """The name of the generation in use."""
        return self._opened.generation.name

    @property
    def manifest(self) -> Manifest:
        """What the generation in use was built from and with."""
        return self._opened.generation.manifest

    def warm(self) -> None:
        """Load the model now, so that the first search does not wait for it.

        Raises:
            ModelUnavailable: it cannot be loaded.
            IndexMismatch: the index was built with another model or chunker.
        """
        engine = self._searching()
        engine.warm()

    def reload_if_changed(self) -> bool:
        """Switch to a newly built generation, if there is one; tell whether there was.

        Searches that are under way finish on the generation that they began with.
        """
        if current_name(self.settings.index) == self.generation:
            return False
        with self._lock:
            opened = open_index(self.settings)
            built_with = opened.generation.manifest.model.fingerprint
            if self._embedder is not None and self._embedder.fingerprint != built_with:
                self._embedder = load_embedder(self.settings, built_with)  # in another precision
            engine = engine_for(opened, self._embedder, self.settings) if self._embedder else None
            self._opened, self._engine = opened, engine
        return True

    def _searching(self) -> SearchEngine:
        return self._in_use()[1]

    def _in_use(self) -> tuple[Opened, SearchEngine]:
        """Return what is open and what searches it, both of one generation."""
        with self._lock:
            if self._engine is None:
                built_with = self.manifest.model.fingerprint
                self._embedder = self._embedder or load_embedder(self.settings, built_with)
                self._engine = engine_for(self._opened, self._embedder, self.settings)
            return self._opened, self._engine

    def _document_ids(self, given: Iterable[str]) -> list[str]:
        """Let a document be named as its file is: `labor_code` for `labor-code`."""
        held = set(self._opened.records.document_ids())
        names = [given] if isinstance(given, str) else list(given)
        return [name if name in held or slug(name) not in held else slug(name) for name in names]


def settings_for(index: Path | str | None, settings: Settings | None) -> Settings:
    """Return the settings given, or those of the environment, with the index that was named."""
    chosen = settings or Settings.from_environment()
    return chosen if index is None else chosen.model_copy(update={"index": Path(index)})
