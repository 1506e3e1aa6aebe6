"""The cache of embeddings: a text is embedded once for each model, whatever is rebuilt.

The key of a vector is a hash of the model's fingerprint and of the text that the model reads, so
the cache never has to be told that a document changed. Vectors are committed batch by batch: an
ingest that is killed goes on where it stopped.

    with EmbeddingCache(index / "embeddings.sqlite") as cache:
        vectors, reused = embed_with_cache(embedder, texts, cache)
        for warning in cache.warnings: ...
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kb.processors import available_processors
from kb.stores.cache import BlobCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from kb.models.embedder import Embedder

    Vectors = NDArray[np.float32]

_COMMITTED_TEXTS = 64  # texts embedded between two commits: seconds of work, not minutes
_COMMITTED_QUERIES = 256  # which are shorter
_READ_TEXTS = 4096  # whose vectors are read at once: 6 MB at 384 dimensions


class Embedded(NamedTuple):
    """Vectors, and how many of them the cache had."""

    vectors: Vectors  # (n, d) float32, in the order of the texts
    reused: int  # texts whose vector came from the cache


def cache_key(fingerprint: str, text: str) -> bytes:
    """Return the SHA-256 of the model's fingerprint, a NUL and the text that the model reads."""
    return hashlib.sha256(f"{fingerprint}\0{text}".encode()).digest()


def query_key(fingerprint: str, text: str) -> bytes:
    """Return the key of a text's vector as a query, which is another than as a passage."""
    return cache_key(f"{fingerprint} query", text)


class EmbeddingCache(BlobCache):
    """Vectors by key; the worst that a lost cache costs is the time to embed again."""

    kept = "embeddings"
    lost = "every text is embedded anew"
    _table = "vectors"
    _column = "vector"

    def get_many(self, keys: Iterable[bytes]) -> dict[bytes, Vectors]:
        """Return the vectors that the cache holds, each of shape (d,) and read-only, by key."""
        return {key: np.frombuffer(blob, dtype="<f4") for key, blob in self.blobs(keys).items()}

    def put_many(self, items: Iterable[tuple[bytes, Vectors]]) -> None:
        """Store vectors, each of shape (d,), in one transaction.

        Raises:
            ValueError: a number is not finite; it would otherwise come back for ever.
        """
        vectors = [(key, np.asarray(vector, dtype="<f4")) for key, vector in items]
        if not all(np.isfinite(vector).all() for _, vector in vectors):
            raise ValueError("The model gave a vector with a number that is not finite.")
        self.put_blobs((key, vector.tobytes()) for key, vector in vectors)


def embed_with_cache(
    embedder: Embedder,
    texts: Sequence[str],
    cache: EmbeddingCache,
    progress: Callable[[int], None] | None = None,
) -> Embedded:
    """Return the vectors of the texts, embedding only those that the cache does not hold.

    A text that occurs twice is embedded once. When the cache holds them all, the model is not even
    loaded. `progress` is called with the number of texts done since its last call; the numbers sum
    to `len(texts)`.
    """
    report = progress or (lambda _: None)
    keys = [cache_key(embedder.fingerprint, text) for text in texts]
    vectors: Vectors | None = None
    places: dict[bytes, list[int]] = {}  # where each missing text stands
    for start in range(0, len(keys), _READ_TEXTS):
        block = keys[start : start + _READ_TEXTS]
        held = cache.get_many(block)
        if held and vectors is None:
            vectors = np.empty((len(texts), len(next(iter(held.values())))), dtype=np.float32)
        for place, key in enumerate(block, start):
            if vectors is not None and key in held:
                vectors[place] = held[key]
            else:
                places.setdefault(key, []).append(place)
    if vectors is None:
        vectors = np.empty((len(texts), embedder.dimension), dtype=np.float32)
    reused = len(texts) - sum(map(len, places.values()))
    report(reused)
    # Longest first, as the model likes it: texts of one batch are padded to the same length.
    missing = sorted(places, key=lambda key: -len(texts[places[key][0]]))
    for start in range(0, len(missing), _COMMITTED_TEXTS):
        batch = missing[start : start + _COMMITTED_TEXTS]
        embedded = embedder.embed_passages([texts[places[key][0]] for key in batch], report)
        cache.put_many(zip(batch, embedded, strict=True))
        for key, vector in zip(batch, embedded, strict=True):
            vectors[places[key]] = vector
        report(sum(len(places[key]) - 1 for key in batch))  # the same text elsewhere
    return Embedded(vectors, reused)


def query_vectors(
    questions: Sequence[str],
    embedder: Embedder,
    cache: EmbeddingCache,
    advance: Callable[[int], None] = lambda _count: None,
) -> list[Vectors]:
    """Return the vectors of texts as queries, those from the cache that it has.

    What is new goes into the cache as it comes, so that an interrupted ingest goes on from there.

    Args:
        questions: the texts.
        embedder: the model; several threads ask it at once.
        cache: of its vectors.
        advance: is told how many are done since its last call.
    """
    keys = [query_key(embedder.fingerprint, question) for question in questions]
    held = cache.get_many(keys)
    missing = [
        (key, text)
        for key, text in dict(zip(keys, questions, strict=True)).items()
        if key not in held
    ]
    advance(len(questions) - len(missing))
    with ThreadPoolExecutor(available_processors()) as pool:
        for start in range(0, len(missing), _COMMITTED_QUERIES):
            batch = missing[start : start + _COMMITTED_QUERIES]
            vectors = pool.map(embedder.embed_query, [text for _, text in batch])
            made = {key: vector for (key, _), vector in zip(batch, vectors, strict=True)}
            cache.put_many(made.items())
            held |= made
            advance(len(batch))
    return [held[key] for key in keys]
