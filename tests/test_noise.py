"""What unrelated questions reach, against a count by hand; and the file of their vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kb.documents import Language
from kb.errors import IndexDamaged
from kb.models.hashing import HashEmbedder
from kb.noise import (
    PROBES,
    measure_noise,
    measure_subject_noise,
    probe_vectors,
    read_probes,
    write_probes,
)
from kb.stores.embeddings import EmbeddingCache, query_vectors
from kb.stores.passage_vectors import PassageArrays, PassageVectors
from kb.stores.vectors import as_held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

ENGLISH, RUSSIAN, KAZAKH = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

TEXTS = [
    ("Maternity leave of employees is paid by the employer.", ENGLISH),
    ("How to tune a guitar is no matter of this Law.", ENGLISH),
    ("Отпуск по беременности и родам.", RUSSIAN),
    ("Работодатель выплачивает пособие.", RUSSIAN),
    ("Трудовой договор заключается письменно.", RUSSIAN),
]


class Counting(HashEmbedder):
    """Remembers the queries that it was asked to embed."""

    def __init__(self) -> None:
        super().__init__(dimension=64)
        self.asked: list[str] = []

    def embed_query(self, text: str) -> NDArray[np.float32]:
        self.asked.append(text)
        return super().embed_query(text)


@pytest.fixture
def embedder() -> Counting:
    return Counting()


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[EmbeddingCache]:
    with EmbeddingCache(tmp_path / "embeddings.sqlite") as opened:
        yield opened


def index_of(vectors: NDArray[np.float32]) -> PassageVectors:
    rows = np.arange(len(vectors), dtype=np.int64)
    none = np.empty((0, 2), dtype=np.int64)
    return PassageVectors.build(
        PassageArrays(vectors, rows, vectors[:0], rows[:0], vectors[:0], none)
    )


def test_the_probes_are_as_many_in_each_language() -> None:
    """They are stacked in one file, in this order."""
    assert list(PROBES) == list(Language)
    assert {len(set(questions)) for questions in PROBES.values()} == {20}


def test_noise_is_what_the_questions_reach_in_each_language(
    embedder: Counting, cache: EmbeddingCache
) -> None:
    vectors = as_held(embedder.embed_passages([text for text, _ in TEXTS]))
    rows = {
        ENGLISH: np.array([0, 1], dtype=np.int64),
        RUSSIAN: np.array([2, 3, 4], dtype=np.int64),
        KAZAKH: np.array([], dtype=np.int64),  # no passage, no level
    }
    noise = measure_noise(index_of(vectors), rows, probe_vectors(embedder, cache))
    assert {asked: set(levels) for asked, levels in noise.items()} == {
        language: {ENGLISH, RUSSIAN} for language in Language
    }
    for asked, questions in PROBES.items():
        for other in (ENGLISH, RUSSIAN):
            nearest = [
                max(float(vectors[row] @ embedder.embed_query(question)) for row in rows[other])
                for question in questions
            ]
            level = noise[asked][other]
            assert level.usual == pytest.approx(sum(nearest) / 20, abs=1e-6)
            assert level.highest == pytest.approx(max(nearest), abs=1e-6)
    assert noise[ENGLISH][ENGLISH].highest > noise[ENGLISH][RUSSIAN].highest  # the guitar


def test_noise_counts_the_parts_of_a_passage(embedder: Counting, cache: EmbeddingCache) -> None:
    whole = embedder.embed_passages(["Отпуск."])
    part = embedder.embed_query(PROBES[ENGLISH][0])[None, :]
    zero = np.zeros(1, dtype=np.int64)
    rows = {RUSSIAN: zero}
    probes = probe_vectors(embedder, cache)
    alone = measure_noise(index_of(whole), rows, probes)[ENGLISH][RUSSIAN]
    none = np.empty((0, 2), dtype=np.int64)
    arrays = PassageArrays(whole, zero, part, zero, whole[:0], none)
    with_part = measure_noise(PassageVectors.build(arrays), rows, probes)[ENGLISH][RUSSIAN]
    own = float(whole[0] @ part[0])
    assert with_part.highest == pytest.approx((own + 1) / 2, abs=1e-4)  # held as float16
    assert with_part.highest > alone.highest


def test_an_empty_index_has_no_noise(embedder: Counting, cache: EmbeddingCache) -> None:
    empty = np.empty((0, 64), dtype=np.float32)
    nothing = {RUSSIAN: np.empty(0, dtype=np.int64)}
    probes = probe_vectors(embedder, cache)
    assert measure_noise(index_of(empty), {}, probes) == {}
    assert measure_noise(index_of(empty), nothing, probes) == {}
    assert measure_subject_noise(empty, probes) == {}


def test_subject_noise_is_over_the_entries_of_all_languages(
    embedder: Counting, cache: EmbeddingCache
) -> None:
    entries = query_vectors(["декрет", "why do cats purr", "жалақы"], embedder, cache)
    noise = measure_subject_noise(np.stack(entries), probe_vectors(embedder, cache))
    assert list(noise) == list(PROBES)
    for language, questions in PROBES.items():
        nearest = [
            max(float(entry @ embedder.embed_query(question)) for entry in entries)
            for question in questions
        ]
        assert noise[language].usual == pytest.approx(sum(nearest) / 20, abs=1e-6)
        assert noise[language].highest == pytest.approx(max(nearest), abs=1e-6)
    assert noise[ENGLISH].highest > 0.5  # the cats
    assert noise[ENGLISH].highest > noise[ENGLISH].usual


# --- their vectors ---


def test_queries_are_embedded_once_and_apart_from_passages(
    embedder: Counting, cache: EmbeddingCache
) -> None:
    first = query_vectors(["декрет", "отпуск", "декрет"], embedder, cache)
    assert sorted(set(embedder.asked)) == ["декрет", "отпуск"]
    embedder.asked.clear()
    again = query_vectors(["отпуск", "льгота", "декрет"], embedder, cache)
    assert embedder.asked == ["льгота"]
    np.testing.assert_array_equal(first[0], first[2])
    np.testing.assert_array_equal(again[0], first[1])
    np.testing.assert_array_equal(again[2], embedder.embed_query("декрет"))
    assert query_vectors([], embedder, cache) == []


def test_a_question_that_is_given_twice_is_embedded_once(
    embedder: Counting, cache: EmbeddingCache
) -> None:
    query_vectors(["декрет", "декрет"], embedder, cache)
    assert embedder.asked == ["декрет"]


def test_probes_come_back_by_language(
    embedder: Counting, cache: EmbeddingCache, tmp_path: Path
) -> None:
    write_probes(tmp_path / "off-topic.npy", probe_vectors(embedder, cache))
    read = read_probes(tmp_path / "off-topic.npy")
    assert list(read) == list(PROBES)
    for language, questions in PROBES.items():
        assert read[language].shape == (20, 64)
        assert read[language].dtype == np.float32
        expected = np.stack([embedder.embed_query(question) for question in questions])
        np.testing.assert_array_equal(read[language], expected)


@pytest.mark.parametrize(
    "damage", ["absent", "empty", "cut", "words", "pickled", "another number of languages"]
)
def test_a_damaged_file_of_probes_is_refused(
    embedder: Counting, cache: EmbeddingCache, tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "off-topic.npy"
    write_probes(path, probe_vectors(embedder, cache))
    whole = path.read_bytes()
    if damage == "absent":
        path.unlink()
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "cut":
        path.write_bytes(whole[:-9])
    elif damage == "words":
        path.write_bytes(b"words, words" * 99)
    elif damage == "pickled":
        np.save(path, np.array([{}, {}, {}], dtype=object), allow_pickle=True)
    else:
        np.save(path, np.zeros((2, 20, 64), dtype=np.float32))
    with pytest.raises(IndexDamaged, match=r"off-topic\.npy cannot be read.*kb ingest"):
        read_probes(path)


@pytest.mark.parametrize("shape", [(), (3,), (3, 64)])
def test_an_array_of_another_shape_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    path = tmp_path / "off-topic.npy"
    np.save(path, np.zeros(shape, dtype=np.float32))
    with pytest.raises(IndexDamaged, match="kb ingest"):
        read_probes(path)


def test_an_interrupted_embedding_of_queries_goes_on(
    embedder: Counting, cache: EmbeddingCache
) -> None:
    """What was embedded is in the cache batch by batch; the progress counts to the end."""
    questions = [f"question {number}" for number in range(600)]

    class Interrupted(Counting):
        def embed_query(self, text: str) -> NDArray[np.float32]:
            if text == questions[400]:
                raise KeyboardInterrupt
            return super().embed_query(text)

    with pytest.raises(KeyboardInterrupt):
        query_vectors(questions, Interrupted(), cache)
    done: list[int] = []
    vectors = query_vectors(questions, embedder, cache, done.append)
    assert sum(done) == len(vectors) == len(questions)
    assert sorted(embedder.asked) == sorted(questions[256:])
    np.testing.assert_array_equal(vectors[7], HashEmbedder().embed_query(questions[7]))
