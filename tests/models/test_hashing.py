from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import BadQuery, BadRequest
from kb.models import HashEmbedder, load_embedder
from kb.settings import Settings


def test_the_name_hashing_selects_it() -> None:
    embedder = load_embedder(Settings(model="hashing"))
    assert isinstance(embedder, HashEmbedder)
    assert embedder.fingerprint == "hashing:1:64"


@given(st.lists(st.text()))
def test_rows_have_length_one_and_equal_the_query(texts: list[str]) -> None:
    embedder = HashEmbedder()
    vectors = embedder.embed_passages(texts)
    assert (vectors.shape, vectors.dtype) == ((len(texts), 64), np.float32)
    for text, row in zip(texts, vectors, strict=True):
        assert np.linalg.norm(row) == pytest.approx(1, abs=1e-6)
        assert row.tolist() == embedder.embed_query(text).tolist()


def test_shared_words_bring_texts_together() -> None:
    embedder = HashEmbedder()
    query = embedder.embed_query("Maternity leave")
    scores = embedder.embed_passages(["maternity leaves", "отпуск", "trade union"]) @ query
    assert scores.argmax() == 0
    assert scores[0] > 0.5


def test_the_vectors_never_change() -> None:
    # They are the same on every machine, so tests elsewhere may rely on their order.
    vector = HashEmbedder(dimension=8).embed_query("law")
    assert (vector * np.sqrt(3)).round(2).tolist() == [0, 0, -1, 0, 0, -1, -1, 0]


def test_what_is_too_long_is_refused() -> None:
    embedder = HashEmbedder(max_tokens=4)
    assert embedder.fits("two words")
    with pytest.raises(BadQuery, match=r"has 5 tokens .* at most 4"):
        embedder.embed_query("three whole words")
    with pytest.raises(BadRequest, match=r"'three whole words'… has 5 tokens"):
        embedder.embed_passages(["two words", "three whole words"])


def test_progress_counts_every_passage() -> None:
    done: list[int] = []
    HashEmbedder().embed_passages(["a", "b", "c"], done.append)
    assert sum(done) == 3
