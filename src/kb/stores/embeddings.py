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
import sqlite3
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kb.models.embedder import Embedder

    Vectors = NDArray[np.float32]

T = TypeVar("T")

_COMMITTED_TEXTS = 64  # texts embedded between two commits: seconds of work, not minutes
_TABLE = """
CREATE TABLE IF NOT EXISTS vectors (
    key BLOB PRIMARY KEY, vector BLOB NOT NULL, crc INTEGER NOT NULL
) WITHOUT ROWID
"""
# What SQLite says about a file that is not its own, is torn, or has other tables.
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}


class Embedded(NamedTuple):
    """Vectors, and how many of them the cache had."""

    vectors: Vectors  # (n, d) float32, in the order of the texts
    reused: int  # texts whose vector came from the cache


def cache_key(fingerprint: str, text: str) -> bytes:
    """Return the SHA-256 of the model's fingerprint, a NUL and the text that the model reads."""
    return hashlib.sha256(f"{fingerprint}\0{text}".encode()).digest()


class EmbeddingCache:
    """Vectors by key in an SQLite file, for one process at a time (the ingest lock sees to it).

    A file that turns out to be damaged is moved aside, `warnings` says so, and the cache goes on
    empty: the worst that a lost cache costs is the time to embed again. Each vector carries a
    CRC-32, since a flipped bit would otherwise be copied from generation to generation.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warnings: list[str] = []  # one sentence for each damaged file
        self._connection = self._whole(lambda: _connect(path))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """Return how many vectors the cache holds."""
        return self._whole(
            lambda: int(self._connection.execute("SELECT count(*) FROM vectors").fetchone()[0])
        )

    def get_many(self, keys: Iterable[bytes]) -> dict[bytes, Vectors]:
        """Return the vectors that the cache holds, each of shape (d,) and read-only, by key."""
        wanted = list(dict.fromkeys(keys))

        def read() -> dict[bytes, Vectors]:
            found = {}
            for key in wanted:
                row = self._connection.execute(
                    "SELECT CAST(vector AS BLOB), crc FROM vectors WHERE key = ?", [key]
                ).fetchone()
                if row is not None and zlib.crc32(row[0]) == row[1]:
                    found[key] = np.frombuffer(row[0], dtype="<f4")
            return found

        return self._whole(read)

    def put_many(self, items: Iterable[tuple[bytes, Vectors]]) -> None:
        """Store vectors, each of shape (d,), in one transaction.

        Raises:
            ValueError: a number is not finite; it would otherwise come back for ever.
        """
        vectors = [(key, np.asarray(vector, dtype="<f4")) for key, vector in items]
        if not all(np.isfinite(vector).all() for _, vector in vectors):
            raise ValueError("The model gave a vector with a number that is not finite.")
        blobs = [(key, vector.tobytes()) for key, vector in vectors]
        rows = [(key, blob, zlib.crc32(blob)) for key, blob in blobs]

        def write() -> None:
            with self._connection:
                self._connection.executemany("REPLACE INTO vectors VALUES (?, ?, ?)", rows)

        self._whole(write)

    def _whole(self, work: Callable[[], T]) -> T:
        """Do the work; should the file be damaged, do it again with a new one."""
        try:
            return work()
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
                raise  # a full disk, say
            self._set_aside(error)
        return work()

    def _set_aside(self, error: sqlite3.Error) -> None:
        opened = hasattr(self, "_connection")
        if opened:
            self._connection.close()
        aside = self.path.with_name(f"{self.path.name}.damaged")
        self.path.replace(aside)
        for suffix in ("-wal", "-shm"):  # they belong to the damaged file
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self.warnings.append(
            f"The cache of embeddings was damaged ({error}) and is now {aside}; it starts again"
            " empty, so every text is embedded anew."
        )
        if opened:
            self._connection = _connect(self.path)


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
    held = cache.get_many(keys)
    places: dict[bytes, list[int]] = {}  # where each missing text stands
    for place, key in enumerate(keys):
        if key not in held:
            places.setdefault(key, []).append(place)
    everything_held = bool(texts) and not places
    dimension = len(held[keys[0]]) if everything_held else embedder.dimension
    vectors = np.empty((len(texts), dimension), dtype=np.float32)
    for place, key in enumerate(keys):
        if key in held:
            vectors[place] = held[key]
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


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_TABLE)
        connection.execute("SELECT key, vector, crc FROM vectors LIMIT 1").fetchall()
    except BaseException:
        with suppress(sqlite3.Error):
            connection.close()
        raise
    return connection
