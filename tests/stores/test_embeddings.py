"""No text is embedded twice, an interrupted run goes on, and a damaged cache costs only time."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kb.models.hashing import HashEmbedder
from kb.stores.embeddings import EmbeddingCache, cache_key, embed_with_cache

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [f"Статья {number}. Отпуск 产 {'x' * (number % 7)}" for number in range(200)]


class CountingEmbedder(HashEmbedder):
    """Remembers what it was asked to embed, and can be made to fail after some texts."""

    def __init__(self, fail_after: int | None = None) -> None:
        super().__init__(dimension=16)
        self.embedded: list[str] = []
        self.fail_after = fail_after

    def embed_passages(self, texts, progress=None):
        if self.fail_after is not None and len(self.embedded) + len(texts) > self.fail_after:
            raise KeyboardInterrupt
        self.embedded += texts
        return super().embed_passages(texts, progress)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "embeddings.sqlite"


def filled(path: Path, texts: list[str] = TEXTS) -> np.ndarray:
    with EmbeddingCache(path) as cache:
        return embed_with_cache(CountingEmbedder(), texts, cache).vectors


def test_vectors_are_those_of_the_model(path: Path) -> None:
    expected = HashEmbedder(dimension=16).embed_passages(TEXTS)
    np.testing.assert_array_equal(filled(path), expected)
    np.testing.assert_array_equal(filled(path), expected)  # now out of the cache


def test_only_missing_texts_are_embedded_and_each_once(path: Path) -> None:
    filled(path, TEXTS[:50])
    embedder, steps = CountingEmbedder(), []
    texts = [*TEXTS[40:130], *TEXTS[100:120], TEXTS[0]]
    with EmbeddingCache(path) as cache:
        vectors, reused = embed_with_cache(embedder, texts, cache, steps.append)
        assert len(cache) == 130
    assert reused == 11
    assert sorted(embedder.embedded) == sorted(TEXTS[50:130])
    assert sum(steps) == len(texts)
    assert steps[0] == 11
    np.testing.assert_array_equal(vectors, HashEmbedder(16).embed_passages(texts))


def test_nothing_to_embed_does_not_touch_the_model(path: Path) -> None:
    filled(path)

    class Unloaded:
        fingerprint = HashEmbedder(16).fingerprint

    with EmbeddingCache(path) as cache:
        vectors, reused = embed_with_cache(Unloaded(), TEXTS, cache)
    assert (vectors.shape, reused) == ((200, 16), 200)


def test_no_texts_give_no_vectors(path: Path) -> None:
    with EmbeddingCache(path) as cache:
        vectors, reused = embed_with_cache(CountingEmbedder(), [], cache)
    assert (vectors.shape, vectors.dtype, reused) == ((0, 16), np.float32, 0)


def test_another_model_has_other_vectors(path: Path) -> None:
    filled(path)
    other = CountingEmbedder()
    other.fingerprint = "another"
    with EmbeddingCache(path) as cache:
        assert embed_with_cache(other, TEXTS[:3], cache).reused == 0


def test_a_key_joins_fingerprint_and_text_without_confusion() -> None:
    assert cache_key("model", "text") != cache_key("modelt", "ext")
    assert len(cache_key("model", "Ә")) == 32


def test_an_interrupted_run_goes_on_where_it_stopped(path: Path) -> None:
    with EmbeddingCache(path) as cache, pytest.raises(KeyboardInterrupt):
        embed_with_cache(CountingEmbedder(fail_after=150), TEXTS, cache)
    embedder = CountingEmbedder()
    with EmbeddingCache(path) as cache:
        _, reused = embed_with_cache(embedder, TEXTS, cache)
    assert reused == 128  # two batches of 64 had been committed
    assert len(embedder.embedded) == 72


def test_a_killed_process_loses_at_most_its_last_batch(path: Path) -> None:
    """The child kills itself in the middle of its third batch."""
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from kb.models.hashing import HashEmbedder\n"
        "from kb.stores.embeddings import EmbeddingCache, embed_with_cache\n"
        "class Killed(HashEmbedder):\n"
        "    done = 0\n"
        "    def embed_passages(self, texts, progress=None):\n"
        "        Killed.done += len(texts)\n"
        "        if Killed.done > 150: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return super().embed_passages(texts, progress)\n"
        "texts = [f'text {n}' for n in range(200)]\n"
        "embed_with_cache(Killed(16), texts, EmbeddingCache(Path(sys.argv[1])))\n"
    )
    child = subprocess.run([sys.executable, "-c", code, os.fspath(path)], check=False, timeout=60)
    assert child.returncode == -signal.SIGKILL
    with EmbeddingCache(path) as cache:
        _, reused = embed_with_cache(HashEmbedder(16), [f"text {n}" for n in range(200)], cache)
        assert cache.warnings == []
    assert reused == 128


def test_vectors_come_back_bit_for_bit(path: Path) -> None:
    vector = np.array([0.1, -0.0, 1e-45, 3.4e38], dtype=np.float32)
    with EmbeddingCache(path) as cache:
        cache.put_many([(b"a", vector), (b"b", -vector)])
        cache.put_many([(b"a", vector)])  # again is no error
    with EmbeddingCache(path) as cache:
        found = cache.get_many([b"b", b"a", b"c", b"a"])
    assert {key: value.tobytes() for key, value in found.items()} == {
        b"a": vector.tobytes(),
        b"b": (-vector).tobytes(),
    }


def test_a_vector_that_is_not_finite_is_not_kept(path: Path) -> None:
    with EmbeddingCache(path) as cache:
        with pytest.raises(ValueError, match="not finite"):
            cache.put_many([(b"a", np.array([1.0, np.nan]))])
        assert len(cache) == 0


# Damage


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"not a database at all" * 500),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xff" * 60_000),
        lambda path: path.write_bytes(path.read_bytes()[:8192] + b"\xff" * 60_000),
    ],
    ids=["other", "cut", "header-only", "pages"],
)
def test_a_damaged_file_is_moved_aside_and_said(damage: object, path: Path) -> None:
    filled(path)
    assert callable(damage)
    damage(path)
    with EmbeddingCache(path) as cache:
        vectors, _ = embed_with_cache(CountingEmbedder(), TEXTS, cache)
        assert len(cache.warnings) == 1
        assert "was damaged" in cache.warnings[0]
        assert path.with_name("embeddings.sqlite.damaged").exists()
    np.testing.assert_array_equal(vectors, HashEmbedder(16).embed_passages(TEXTS))
    with EmbeddingCache(path) as cache:  # the new one is sound and full
        assert embed_with_cache(CountingEmbedder(), TEXTS, cache).reused == 200
        assert cache.warnings == []


def test_a_file_with_other_tables_is_moved_aside(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE vectors (something TEXT)")
    connection.close()
    with EmbeddingCache(path) as cache:
        assert len(cache.warnings) == 1
        assert len(cache) == 0


def test_a_changed_vector_is_embedded_again(path: Path) -> None:
    filled(path)
    with sqlite3.connect(path) as connection:
        connection.execute(
            "UPDATE vectors SET vector = CAST(x'00' || substr(vector, 2) AS BLOB) WHERE key = ?",
            [cache_key(CountingEmbedder().fingerprint, TEXTS[5])],
        )
    connection.close()
    embedder = CountingEmbedder()
    with EmbeddingCache(path) as cache:
        vectors, reused = embed_with_cache(embedder, TEXTS, cache)
    assert (embedder.embedded, reused) == ([TEXTS[5]], 199)
    np.testing.assert_array_equal(vectors, HashEmbedder(16).embed_passages(TEXTS))


def test_a_refused_write_is_not_mistaken_for_damage(path: Path) -> None:
    filled(path, TEXTS[:5])
    with EmbeddingCache(path) as cache:
        cache._connection.execute("PRAGMA max_page_count = 1")  # SQLite's own full disk
        with pytest.raises(sqlite3.OperationalError, match="full"):
            cache.put_many((bytes([n]), np.ones(4000)) for n in range(50))
        assert cache.warnings == []
        assert len(cache) == 5
    assert path.exists()
