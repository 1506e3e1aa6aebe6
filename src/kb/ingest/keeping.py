"""What is worked out once: the vectors of texts and the analyses of editions."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.analyses import Analyses, AnalysisCache
from kb.stores.embeddings import EmbeddingCache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.models import Embedder
    from kb.settings import Settings

EMBEDDINGS = "embeddings.sqlite"
ANALYSES = "analyses.sqlite"


@dataclass(frozen=True)
class Kept:
    """What earlier ingests computed, and this one adds to."""

    embeddings: EmbeddingCache
    analyses: Analyses

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be said of damaged files."""
        return (*self.embeddings.warnings, *self.analyses.warnings)


@contextmanager
def open_kept(embedder: Embedder, settings: Settings) -> Iterator[Kept]:
    """Open what is kept beside the generations of the index."""
    with (
        EmbeddingCache(settings.index / EMBEDDINGS) as embeddings,
        AnalysisCache(settings.index / ANALYSES) as analyses,
    ):
        yield Kept(embeddings, Analyses(analyses, settings, embedder))
