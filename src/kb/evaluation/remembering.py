"""An embedder that embeds a query once.

Gold questions are asked for each language, legs are asked alone, and configurations are compared
over the same questions, while the vector of a query depends on the model alone.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from kb.stores.embeddings import query_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from kb.models import Embedder
    from kb.stores.embeddings import EmbeddingCache


class RememberingEmbedder:
    """An embedder whose query vectors are kept in a cache. Threads may share it."""

    def __init__(self, embedder: Embedder, cache: EmbeddingCache) -> None:
        self._embedder = embedder
        self._cache = cache
        self._turn = threading.Lock()  # at the cache, not at the model

    @property
    def fingerprint(self) -> str:
        """That of the model."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """That of the model."""
        return self._embedder.dimension

    @property
    def max_tokens(self) -> int:
        """That of the model."""
        return self._embedder.max_tokens

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a query, from the cache if it is there."""
        key = query_key(self.fingerprint, text)
        with self._turn:
            held = self._cache.get_many([key])
        if key in held:
            return held[key]
        vector = self._embedder.embed_query(text)
        with self._turn:
            self._cache.put_many([(key, vector)])
        return vector

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return the vectors of passages."""
        return self._embedder.embed_passages(texts, progress)

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens that the model counts."""
        return self._embedder.count_tokens(text)

    def fits(self, text: str) -> bool:
        """Whether the model takes a passage whole."""
        return self._embedder.fits(text)
