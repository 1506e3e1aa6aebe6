"""An index of clusters finds nearly what an exact one does, whatever filter stands before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from kb.errors import IndexDamaged
from kb.stores.clustered import TARGET, FaissClusters, IndexKind, build_index, read_index
from kb.stores.passage_vectors import PassageArrays, PassageVectors, measured_recall
from kb.stores.vectors import FaissFlat, NumpyFlat, VectorIndex, as_held, exact_scores

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]

COUNT, DIMENSION, TOPICS = 4000, 24, 40
HALF, BYTE = faiss.ScalarQuantizer.QT_fp16, faiss.ScalarQuantizer.QT_8bit


def unit(vectors: NDArray[np.float64]) -> Vectors:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


class World:
    """Vectors around topics, queries around the same topics, and rows with gaps."""

    def __init__(self, seed: int = 3) -> None:
        rng = np.random.default_rng(seed)
        topics = rng.normal(size=(TOPICS, DIMENSION))
        self.places = np.arange(COUNT)
        self.topic_of = rng.integers(0, TOPICS, COUNT)
        self.vectors = unit(topics[self.topic_of] + 0.5 * rng.normal(size=(COUNT, DIMENSION)))
        asked = topics[rng.integers(0, TOPICS, 200)] + 0.7 * rng.normal(size=(200, DIMENSION))
        self.asked, self.queries = np.split(unit(asked), 2)
        self.rows = np.arange(COUNT, dtype=np.int64) * 3 + 1


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def built(world: World, tmp_path_factory: pytest.TempPathFactory) -> VectorIndex:
    """The index as it comes back from the disk."""
    index, _ = build_index(world.vectors, world.rows, world.asked, exact_up_to=100)
    path = tmp_path_factory.mktemp("clusters") / "vectors.faiss"
    index.write(path)
    return read_index(path)


def found_share(index: VectorIndex, world: World, k: int, rows: Rows | None = None) -> float:
    """Return the share of the true k nearest that an index finds, over queries it never saw."""
    oracle = NumpyFlat.build(world.vectors, world.rows)
    found = wanted = 0
    for query in world.queries:
        true = set(oracle.search(query, k, rows)[0].tolist())
        found += len(true & set(index.search(query, k, rows)[0].tolist()))
        wanted += len(true)
    return found / wanted


def test_the_number_of_clusters_to_look_at_is_chosen_and_measured(world: World) -> None:
    index, how = build_index(world.vectors, world.rows, world.asked, exact_up_to=100)
    assert isinstance(index, FaissClusters)
    assert how == IndexKind("clustered", COUNT, how.recall, 50, 253, index.probes)
    assert how.recall >= TARGET
    assert 1 < index.probes <= 126
    index.probes = 1
    assert found_share(index, world, 10) < 0.9  # so there was something to choose


def test_it_finds_nearly_all_that_there_is(built: VectorIndex, world: World) -> None:
    assert isinstance(built, FaissClusters)
    assert (built.dimension, built.count) == (DIMENSION, COUNT)
    assert built.rows.tolist() == world.rows.tolist()
    assert found_share(built, world, 10) >= TARGET


def test_scores_are_those_of_the_vectors_in_float16(built: VectorIndex, world: World) -> None:
    stored = as_held(world.vectors)
    for query in world.queries[:20]:
        rows, scores = built.search(query, 30)
        expected = exact_scores(stored[(rows - 1) // 3], query)
        np.testing.assert_array_equal(scores, expected)
        assert list(zip(-scores, rows, strict=True)) == sorted(zip(-scores, rows, strict=True))
        np.testing.assert_array_equal(
            built.scores(query, rows)[1], scores[np.argsort(rows, kind="stable")]
        )


FILTERS: dict[str, Callable[[World], NDArray[np.bool_]]] = {
    "half, anywhere": lambda w: w.places % 2 == 0,
    "half, by topic": lambda w: w.topic_of < TOPICS // 2,
    "one topic": lambda w: w.topic_of == 7,
    "one in a hundred": lambda w: w.places % 100 == 0,
    "three": lambda w: np.isin(w.places, [5, 2000, 3999]),
    "all": lambda w: w.places >= 0,
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_costs_no_recall_and_leaves_no_page_half_full(
    built: VectorIndex, world: World, name: str
) -> None:
    rows = world.rows[FILTERS[name](world)]
    assert found_share(built, world, 10, rows) >= TARGET
    for query in world.queries[:20]:
        for k in (1, 10, 100):
            found, _ = built.search(query, k, rows)
            assert len(found) == min(k, len(rows))
            assert set(found.tolist()) <= set(rows.tolist())


@pytest.mark.parametrize("name", ["one topic", "one in a hundred", "three"])
def test_a_narrow_filter_is_exact(built: VectorIndex, world: World, name: str) -> None:
    oracle = NumpyFlat.build(as_held(world.vectors), world.rows)
    rows = world.rows[FILTERS[name](world)]
    for query in world.queries:
        for got, true in zip(
            built.search(query, 10, rows), oracle.search(query, 10, rows), strict=True
        ):
            np.testing.assert_array_equal(got, true)


@pytest.mark.parametrize("rows", [[], [0], [0, 2, 3], [999_999]])
def test_rows_without_a_vector_are_not_found(built: VectorIndex, rows: list[int]) -> None:
    query = np.ones(DIMENSION, np.float32)
    assert built.search(query, 5, np.array(rows, dtype=np.int64))[0].tolist() == []
    assert built.scores(query, np.array(rows, dtype=np.int64))[0].tolist() == []


@pytest.mark.parametrize("k", [0, 1, 500, COUNT, COUNT + 5])
def test_it_gives_as_many_as_it_was_asked_for(built: VectorIndex, world: World, k: int) -> None:
    """Though the clusters that a search usually looks at hold fewer."""
    rows, _ = built.search(world.queries[0], k)
    assert len(rows) == len(set(rows.tolist())) == min(k, COUNT)


def test_equal_vectors_come_in_the_order_of_their_rows(world: World) -> None:
    vectors = world.vectors.copy()
    vectors[::7] = vectors[0]
    index = FaissClusters.build(vectors, world.rows, clusters=20, probes=2)
    rows, scores = index.search(vectors[0], 40)
    assert rows.tolist() == world.rows[::7][:40].tolist()
    assert len(set(scores.tolist())) == 1


def test_building_twice_gives_the_same_file(world: World, tmp_path: Path) -> None:
    for name in ("a", "b"):
        index, _ = build_index(world.vectors, world.rows, world.asked, exact_up_to=100)
        index.write(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


# which kind


def test_few_vectors_are_searched_one_by_one(world: World, tmp_path: Path) -> None:
    index, how = build_index(world.vectors, world.rows, world.asked, exact_up_to=COUNT)
    assert how == IndexKind("exact", COUNT)
    assert isinstance(index, FaissFlat)
    index.write(tmp_path / "v")
    assert isinstance(read_index(tmp_path / "v"), FaissFlat)


def test_of_vectors_without_clusters_nearly_all_are_looked_at() -> None:
    """Nearest neighbours of noise are anywhere."""
    rng = np.random.default_rng(1)
    vectors, asked = unit(rng.normal(size=(3000, 200))), unit(rng.normal(size=(50, 200)))
    index, how = build_index(vectors, np.arange(3000), asked, exact_up_to=100)
    assert isinstance(index, FaissClusters)
    assert how.clusters / 2 < how.probes <= how.clusters
    assert how.recall >= TARGET


def test_vectors_that_float16_does_not_tell_apart_are_searched_one_by_one() -> None:
    angles = 0.7 + np.arange(1000) * 1e-5
    vectors = unit(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    asked = unit(np.random.default_rng(1).normal(size=(50, 2)))
    index, how = build_index(vectors, np.arange(1000), asked, exact_up_to=100)
    assert isinstance(index, FaissFlat)
    assert how == IndexKind("exact", 1000)


@pytest.mark.parametrize("count", [0, 1, 9])
def test_next_to_nothing(count: int) -> None:
    vectors = unit(np.random.default_rng(1).normal(size=(count, 4)))
    index, how = build_index(vectors, np.arange(count), np.eye(4, dtype=np.float32), exact_up_to=0)
    assert how == IndexKind("exact", count)
    assert len(index.search(np.ones(4, np.float32), 20)[0]) == count


@pytest.mark.parametrize("query", [np.ones(4), np.ones((1, DIMENSION)), np.full(DIMENSION, np.nan)])
def test_queries_that_cannot_be_asked(built: VectorIndex, query: Vectors) -> None:
    with pytest.raises(ValueError, match="query"):
        built.search(query, 1)
    with pytest.raises(ValueError, match="query"):
        built.scores(query, np.array([1]))


# passages


def test_passages_with_parts(world: World, tmp_path: Path) -> None:
    """The likeness is the mean of the whole's and the best part's, from either kind of index."""
    rng = np.random.default_rng(8)
    owners = np.sort(rng.choice(world.rows, COUNT))
    whole = as_held(world.vectors)
    near = unit(whole[(owners - 1) // 3] + 0.1 * rng.normal(size=(COUNT, DIMENSION)))
    units = np.stack([world.rows[0::2], world.rows[1::2]], axis=1)
    given = PassageArrays(whole, world.rows, as_held(near), owners, whole[0::2], units)
    index, kinds = PassageVectors.build_for_size(given, asked=world.asked, exact_up_to=100)
    assert [kind.kind for kind in kinds] == ["clustered"] * 3
    files = (tmp_path / "whole", tmp_path / "parts", tmp_path / "openings")
    index.write(*files)
    read = PassageVectors.read(*files)
    exact = PassageVectors.build(given)
    assert measured_recall(exact, given, world.queries, 10) == 1.0
    assert measured_recall(read, given, world.queries, 10) >= TARGET
    few = PassageVectors.build(
        PassageArrays(whole[:50], world.rows[:50], near[:0], owners[:0], whole[:0], units[:0])
    )
    assert measured_recall(few, given, world.queries, 10) < 0.1
    topic = world.rows[world.topic_of == 3]
    for query in world.queries[:20]:
        rows, scores = read.search(query, 10, topic)
        assert len(rows) == 10
        assert np.isin(rows, topic).all()
        ordered = np.argsort(rows)
        np.testing.assert_array_equal(exact.scores(query, rows)[1], scores[ordered])
        np.testing.assert_array_equal(read.scores(query, rows)[1], scores[ordered])


# files


def some() -> Vectors:
    return unit(np.random.default_rng(4).normal(size=(9, 4)))


def small(tmp_path: Path) -> Path:
    path = tmp_path / "vectors.faiss"
    FaissClusters.build(some(), np.arange(9) * 2, clusters=2, probes=1).write(path)
    return path


def test_the_file_is_an_ordinary_faiss_index_with_rows_as_ids(tmp_path: Path) -> None:
    read = faiss.read_index(str(small(tmp_path)))
    _, ids = read.search(some(), 1)
    assert ids[:, 0].tolist() == (np.arange(9) * 2).tolist()


def test_every_cut_of_a_file_is_refused(tmp_path: Path) -> None:
    path = small(tmp_path)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(IndexDamaged, match="kb ingest"):
            read_index(path)


def test_no_flipped_bit_crashes_or_changes_the_shape(tmp_path: Path) -> None:
    path = small(tmp_path)
    whole = path.read_bytes()
    query = np.ones(4, np.float32)
    refused = 0
    for place in range(len(whole)):  # one bit of each byte: all of them take a minute
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        try:
            index = read_index(path)
        except IndexDamaged:
            refused += 1
        else:
            assert (index.dimension, index.count) == (4, 9)
            # A bit within a vector may make it no number: that one may not be found.
            assert len(index.search(query, 20)[0]) >= 8
            assert len(index.search(query, 3, np.array([0, 2, 4]))[0]) >= 2
    assert refused > 100  # at the least, every bit of the sizes


@pytest.mark.parametrize("content", [None, b"", b"words, words" * 99])
def test_a_file_of_something_else_is_refused(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    if content is not None:
        path.write_bytes(content)
    for read in (FaissClusters.read, read_index):
        with pytest.raises(IndexDamaged, match="kb ingest"):
            read(path)


def other_clusters(kind: int, metric: int, *, residual: bool) -> faiss.Index:
    lists = faiss.IndexIVFScalarQuantizer(faiss.IndexFlatIP(4), 4, 1, kind, metric, residual)
    lists.train(np.eye(4, dtype=np.float32))
    return faiss.IndexIDMap(lists)


@pytest.mark.parametrize(
    "other",
    [
        faiss.IndexFlatIP(4),
        faiss.IndexIDMap(faiss.IndexFlatIP(4)),
        other_clusters(BYTE, faiss.METRIC_INNER_PRODUCT, residual=False),
        other_clusters(HALF, faiss.METRIC_L2, residual=False),
        other_clusters(HALF, faiss.METRIC_INNER_PRODUCT, residual=True),
    ],
    ids=["without-rows", "flat", "bytes", "distances", "residuals"],
)
def test_another_kind_of_faiss_index_is_refused(other: faiss.Index, tmp_path: Path) -> None:
    faiss.write_index(other, str(tmp_path / "v"))
    with pytest.raises(IndexDamaged, match="it holds"):
        FaissClusters.read(tmp_path / "v")
