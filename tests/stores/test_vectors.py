"""FAISS and its oracle agree on every row and every score; a damaged file is refused."""

from __future__ import annotations

import os
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kb.errors import IndexDamaged
from kb.stores.vectors import (
    FaissFlat,
    LastRows,
    NumpyFlat,
    VectorIndex,
    as_held,
    decoded,
    exact_scores,
    one_thread,
    positions_of,
)

TWINS = [FaissFlat, NumpyFlat]

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


def unit(rng: np.random.Generator, count: int, dimension: int) -> Vectors:
    vectors = rng.normal(size=(count, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def assert_same(query: Vectors, k: int, rows: Rows | None, *indexes: VectorIndex) -> None:
    """Whatever index is asked, the rows are the same and the scores are the same bits."""
    (first_rows, first_scores), *others = [index.search(query, k, rows) for index in indexes]
    assert first_rows.dtype == np.int64
    assert first_scores.dtype == np.float32
    for other_rows, other_scores in others:
        np.testing.assert_array_equal(first_rows, other_rows)
        np.testing.assert_array_equal(first_scores, other_scores)


@st.composite
def searches(draw: st.DrawFn) -> tuple[Vectors, Rows, Vectors, int, Rows | None]:
    """Vectors, many of them equal or nearly so, rows with gaps, a query and a filter."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(0, 150))
    dimension = draw(st.sampled_from([1, 2, 3, 8, 31, 64]))
    distinct = unit(rng, draw(st.integers(1, 150)), dimension)
    vectors = distinct[rng.integers(0, len(distinct), count)]
    if draw(st.booleans()):  # equal but for the last bits: the hardest to put in order
        towards = np.where(rng.random(vectors.shape) < 0.5, -np.inf, np.inf).astype(np.float32)
        vectors = np.where(rng.random(vectors.shape) < 0.2, np.nextafter(vectors, towards), vectors)
    vectors = vectors * np.float32(draw(st.sampled_from([1.0, 0.0, 1e-3, 40.0])))
    rows = rng.permutation(300)[:count].astype(np.int64)
    near = draw(st.booleans()) and count > 0
    query = vectors[0] if near else unit(rng, 1, dimension)[0]
    k = draw(st.integers(0, 200))
    among = st.lists(st.integers(0, 320), max_size=200).map(lambda n: np.array(n, dtype=np.int64))
    return vectors, rows, query, k, draw(st.none() | among)


@settings(deadline=None, max_examples=300)
@given(searches())
def test_the_twins_agree(search: tuple[Vectors, Rows, Vectors, int, Rows | None]) -> None:
    vectors, rows, query, k, among = search
    built = FaissFlat.build(vectors, rows), NumpyFlat.build(vectors, rows)
    assert_same(query, k, among, *built)
    held = as_held(vectors)
    found, scores = built[0].search(query, k, among)
    eligible = set(rows.tolist()) if among is None else set(rows.tolist()) & set(among.tolist())
    assert len(found) == min(k, len(eligible))
    assert set(found.tolist()) <= eligible
    ranking = list(zip((-scores).tolist(), found.tolist(), strict=True))
    assert ranking == sorted(ranking)
    worst = scores.min(initial=np.inf)
    left_out = [row for row in eligible if row not in found]
    where = np.flatnonzero(np.isin(rows, left_out))
    assert (exact_scores(held[where], query) <= worst).all()
    assert set(found.tolist()) <= set(built[0].candidates(query, k, among).tolist()) <= eligible
    for index in built:
        asked, given = index.scores(query, rows)
        assert asked.tolist() == sorted(rows.tolist())
        np.testing.assert_array_equal(given, exact_scores(held[np.argsort(rows)], query))


@pytest.mark.parametrize("share", [0.34, 0.5, 0.99, 1.0])
@pytest.mark.parametrize("side", ["anywhere", "far from the query", "near the query"])
@pytest.mark.parametrize("k", [1, 10, 200])
def test_a_filter_that_many_pass_is_as_exact_as_any(share: float, side: str, k: int) -> None:
    """Whether what passes is among the best of all or not."""
    rng = np.random.default_rng(5)
    vectors, query = unit(rng, 2000, 24), unit(rng, 1, 24)[0]
    likeness = {"far from the query": 1, "near the query": -1}.get(side, 0) * (vectors @ query)
    order = np.argsort(likeness + (rng.random(2000) if side == "anywhere" else 0))
    among = np.sort(order[: int(share * 2000)]).astype(np.int64)
    twins = FaissFlat.build(vectors, np.arange(2000)), NumpyFlat.build(vectors, np.arange(2000))
    assert_same(query, k, among, *twins)
    assert len(twins[0].candidates(query, k, among)) == k  # no more, where no two are equal


@pytest.mark.parametrize("kind", TWINS)
def test_equal_vectors_come_in_the_order_of_their_rows(kind: type[FaissFlat | NumpyFlat]) -> None:
    rng = np.random.default_rng(7)
    best, other = unit(rng, 2, 48)
    vectors = np.stack([best if n % 3 else other for n in range(600)])
    rows = rng.permutation(600).astype(np.int64)
    index = kind.build(vectors, rows)
    found, scores = index.search(best, 50)
    assert found.tolist() == sorted(rows[[n for n in range(600) if n % 3]].tolist())[:50]
    assert len(set(scores.tolist())) == 1


@pytest.mark.parametrize("kind", TWINS)
def test_the_best_come_first_with_their_inner_product(kind: type[FaissFlat | NumpyFlat]) -> None:
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [-1, 0]], dtype=np.float32)
    index = kind.build(vectors, np.array([10, 20, 30, 40]))
    assert (index.dimension, index.count) == (2, 4)
    rows, scores = index.search(np.array([0, 1], dtype=np.float32), 3)
    assert rows.tolist() == [20, 30, 10]
    np.testing.assert_allclose(scores, [1.0, 0.8, 0.0], rtol=2**-11)
    rows, _ = index.search(np.array([0, 1], dtype=np.float32), 3, np.array([40, 10, 99, 10]))
    assert rows.tolist() == [10, 40]


@pytest.mark.parametrize("kind", TWINS)
def test_an_empty_index_finds_nothing(kind: type[FaissFlat | NumpyFlat], tmp_path: Path) -> None:
    index = kind.build(np.empty((0, 5), np.float32), np.empty(0, np.int64))
    index.write(tmp_path / "v")
    for each in (index, kind.read(tmp_path / "v")):
        assert (each.dimension, each.count) == (5, 0)
        for rows in (None, np.array([1, 2])):
            found, scores = each.search(np.ones(5, np.float32), 10, rows)
            assert (found.tolist(), scores.tolist()) == ([], [])


@pytest.mark.parametrize("kind", TWINS)
@pytest.mark.parametrize(
    ("vectors", "rows", "message"),
    [
        (np.ones((2, 3)), [1], "do not fit"),
        (np.ones(3), [1, 2, 3], "do not fit"),
        (np.ones((2, 0)), [1, 2], "do not fit"),
        (np.ones((2, 3)), [4, 4], "same row"),
        (np.array([[1.0, np.nan]]), [0], "not a finite number"),
        (np.array([[np.inf, 1.0]]), [0], "not a finite number"),
        (np.array([[65_520.0, 1.0]]), [0], "not a finite number in float16"),
    ],
)
def test_vectors_that_cannot_be_indexed(
    kind: type[FaissFlat | NumpyFlat], vectors: Vectors, rows: list[int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        kind.build(vectors, np.array(rows))


@pytest.mark.parametrize("kind", TWINS)
@pytest.mark.parametrize("query", [np.ones(4), np.ones((1, 3)), np.array([1, np.nan, 0])])
def test_queries_that_cannot_be_asked(kind: type[FaissFlat | NumpyFlat], query: Vectors) -> None:
    index = kind.build(np.ones((2, 3), np.float32), np.array([0, 1]))
    with pytest.raises(ValueError, match="query"):
        index.search(query, 1)


# Files


@pytest.mark.parametrize("kind", TWINS)
def test_a_file_gives_the_same_index_back(
    kind: type[FaissFlat | NumpyFlat], tmp_path: Path
) -> None:
    rng = np.random.default_rng(1)
    vectors, rows = unit(rng, 200, 24), rng.permutation(1000)[:200].astype(np.int64)
    index = kind.build(vectors, rows)
    for name in ("a", "b"):
        index.write(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    read = kind.read(tmp_path / "a")
    for query in unit(rng, 20, 24):
        assert_same(query, 10, None, index, read)
        assert_same(query, 10, rows[:50], index, read)


def test_the_file_is_an_ordinary_faiss_index_with_rows_as_ids(tmp_path: Path) -> None:
    vectors = unit(np.random.default_rng(3), 30, 16)
    rows = np.arange(30, dtype=np.int64) * 7
    FaissFlat.build(vectors, rows).write(tmp_path / "v")
    _, ids = faiss.read_index(str(tmp_path / "v")).search(vectors, 1)
    assert ids[:, 0].tolist() == rows.tolist()


def test_every_cut_of_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    FaissFlat.build(unit(np.random.default_rng(3), 9, 4), np.arange(9)).write(path)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(IndexDamaged, match="kb ingest"):
            FaissFlat.read(path)


def test_no_flipped_bit_crashes_or_changes_the_shape(tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    FaissFlat.build(unit(np.random.default_rng(3), 9, 4), np.arange(9)).write(path)
    whole = path.read_bytes()
    limit = faiss.get_deserialization_vector_byte_limit()
    refused = 0
    for place in range(len(whole) * 8):
        damaged = bytearray(whole)
        damaged[place // 8] ^= 1 << place % 8
        path.write_bytes(damaged)
        try:
            index = FaissFlat.read(path)
        except IndexDamaged:
            refused += 1
        else:
            assert (index.dimension, index.count) == (4, 9)
            assert len(index.search(np.ones(4, np.float32), 20)[0]) == 9
    assert refused > 300  # at the least, every bit of the sizes
    assert faiss.get_deserialization_vector_byte_limit() == limit


@pytest.mark.parametrize("kind", TWINS)
@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 nonsense", b"words, words" * 99])
def test_a_file_of_something_else_is_refused(
    kind: type[FaissFlat | NumpyFlat], content: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "vectors.faiss"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexDamaged, match="kb ingest"):
        kind.read(path)


@pytest.mark.parametrize(
    "other",
    [
        faiss.IndexFlatIP(4),
        faiss.IndexIDMap(faiss.IndexFlatL2(4)),
        faiss.IndexIDMap(faiss.IndexFlatIP(4)),
        faiss.IndexIDMap(
            faiss.IndexScalarQuantizer(
                4, faiss.ScalarQuantizer.QT_8bit_direct, faiss.METRIC_INNER_PRODUCT
            )
        ),
        faiss.IndexIDMap(faiss.IndexScalarQuantizer(4, faiss.ScalarQuantizer.QT_fp16)),
    ],
    ids=["without-rows", "other-distances", "float32", "bytes", "distances"],
)
def test_another_kind_of_faiss_index_is_refused(other: faiss.Index, tmp_path: Path) -> None:
    faiss.write_index(other, str(tmp_path / "v"))
    with pytest.raises(IndexDamaged, match="it holds"):
        FaissFlat.read(tmp_path / "v")


@pytest.mark.parametrize("kind", TWINS)
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110
def test_a_full_disk_is_an_error_with_its_number(kind: type[FaissFlat | NumpyFlat]) -> None:
    index = kind.build(np.ones((5000, 32), np.float32), np.arange(5000))
    with pytest.raises(OSError, match="No space left on device"):
        index.write(Path("/dev/full"))


def test_a_score_does_not_depend_on_where_the_vector_stands() -> None:
    rng = np.random.default_rng(11)
    vectors, query = unit(rng, 20_000, 97), unit(rng, 1, 97)[0]
    scores = exact_scores(vectors, query)
    order = rng.permutation(len(vectors))
    np.testing.assert_array_equal(exact_scores(vectors[order], query), scores[order])
    np.testing.assert_allclose(scores, vectors @ query, atol=1e-6)


def test_every_float16_is_decoded() -> None:
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)].reshape(-1, 8)
    got = decoded(halves.view(np.uint8))
    np.testing.assert_array_equal(got.view(np.int32), halves.astype(np.float32).view(np.int32))


def test_rows_that_cannot_change_are_looked_up_once_and_never_mistaken_for_others() -> None:
    held, wanted, other = (np.array(rows, dtype=np.int64) for rows in ([3, 5, 9], [5, 9], [3]))
    kept = LastRows()
    asked: list[list[int]] = []

    def work(rows: Rows) -> Rows:
        asked.append(rows.tolist())
        return positions_of(held, rows)

    assert kept.of(wanted, work).tolist() == [1, 2]
    wanted[0] = 3  # nothing was kept of what may change
    assert kept.of(wanted, work).tolist() == [0, 2]
    for rows in (wanted, other):
        rows.flags.writeable = False
    assert [kept.of(rows, work).tolist() for rows in (wanted, wanted, other, wanted)] == [
        [0, 2],
        [0, 2],
        [0],
        [0, 2],
    ]
    assert asked == [[5, 9], [3, 9], [3, 9], [3], [3, 9]]


def test_a_search_leaves_the_threads_of_faiss_as_they_were() -> None:
    before = faiss.omp_get_max_threads()
    with one_thread():
        assert faiss.omp_get_max_threads() == 1
    assert faiss.omp_get_max_threads() == before
