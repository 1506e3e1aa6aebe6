"""An embedder for tests and smoke checks: hashed character n-grams, no model, no meaning.

It finds what shares letters with the query and nothing else, so it must never serve people. What
it is good for: it needs no weights, loads at once, and gives the same vectors on every machine.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from kb.errors import BadQuery, BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

MODEL_NAME = "hashing"  # the value of the setting `model` that selects it
NGRAM = 4  # characters of a word, its two boundaries included


class HashEmbedder:
    """Deterministic test embedder: a signed, hashed bag of folded words' character n-grams.

    >>> embedder = HashEmbedder(dimension=64)
    >>> embedder.embed_query("maternity leave").shape
    (64,)
    """

    def __init__(self, dimension: int = 64, max_tokens: int = 512) -> None:
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.fingerprint = f"{MODEL_NAME}:1:{dimension}"

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a query, of shape (dimension,) and length 1."""
        if not self.fits(text):
            raise BadQuery(
                f"The query has {self.count_tokens(text)} tokens and the model reads at most"
                f" {self.max_tokens}; shorten it."
            )
        return self._embed(text)

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return the vectors of passages, of shape (len(texts), dimension)."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            if not self.fits(text):
                raise BadRequest(
                    f"The passage {text[:40]!r}… has {self.count_tokens(text)} tokens and the"
                    f" model reads at most {self.max_tokens}; cut it into smaller ones."
                )
            vectors[row] = self._embed(text)
            if progress is not None:
                progress(1)
        return vectors

    def count_tokens(self, text: str) -> int:
        """Return the number of words, and two, as if for `<s>` and `</s>`."""
        return len(text.split()) + 2

    def fits(self, text: str) -> bool:
        """Whether a passage is within the limit."""
        return self.count_tokens(text) <= self.max_tokens

    def _embed(self, text: str) -> NDArray[np.float32]:
        vector = np.zeros(self.dimension, np.float64)
        vector[0] = 1e-6  # a text without words has a direction too
        for feature in _features(text):
            digest = hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8)
            number = int.from_bytes(digest.digest(), "little")
            vector[(number >> 1) % self.dimension] += 1 if number & 1 else -1
        return (vector / np.linalg.norm(vector)).astype(np.float32)


def _features(text: str) -> Iterator[str]:
    """Yield each word between its boundaries and the n-grams of it: `<law>`, `<law`, `law>`."""
    for word in text.casefold().split():
        bounded = f"<{word}>"
        yield bounded
        for start in range(len(bounded) - NGRAM + 1):
            yield bounded[start : start + NGRAM]
