"""A passage is as near as itself, its nearest part and its unit's opening; numpy says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kb.errors import IndexDamaged
from kb.stores.passage_vectors import OPENING, PART, WIDEST, PassageArrays, PassageVectors
from kb.stores.vectors import as_held, exact_scores

if TYPE_CHECKING:
    from pathlib import Path

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]

RIGHT, UP, LEFT = ([1.0, 0.0], [0.0, 1.0], [-1.0, 0.0])
SLANTED = [0.6, 0.8]


def vectors(*rows: list[float]) -> Vectors:
    return np.array(rows, dtype=np.float32).reshape(len(rows), 2)


def numbers(*rows: int) -> Rows:
    return np.array(rows, dtype=np.int64)


def found(answer: tuple[Rows, Vectors]) -> dict[int, float]:
    """Return the scores by row, in the order in which they came."""
    rows, scores = answer
    assert rows.dtype == np.int64
    assert scores.dtype == np.float32
    return {row: round(score, 6) for row, score in zip(rows.tolist(), scores.tolist(), strict=True)}


def spans(*rows: tuple[int, int]) -> Rows:
    return np.array(rows, dtype=np.int64).reshape(len(rows), 2)


def built(
    whole: Vectors,
    rows: Rows,
    parts: Vectors | None = None,
    owners: Rows | None = None,
    openings: Vectors | None = None,
    units: Rows | None = None,
) -> PassageVectors:
    none = np.empty((0, whole.shape[1]), dtype=np.float32)
    return PassageVectors.build(
        PassageArrays(
            whole,
            rows,
            none if parts is None else parts,
            numbers() if owners is None else owners,
            none if openings is None else openings,
            spans() if units is None else units,
        )
    )


@pytest.fixture
def small() -> PassageVectors:
    """One of two parts; one without; one with a farther part; two more that are one unit."""
    return built(
        vectors(RIGHT, UP, SLANTED, UP, RIGHT),
        numbers(3, 5, 9, 12, 14),
        vectors(UP, LEFT, RIGHT),
        numbers(3, 3, 9),
        vectors(LEFT),
        spans((12, 14)),
    )


assert (PART, OPENING) == (0.5, 0.2)  # as docs/retrieval.md has measured them
OWN = 1 - PART - OPENING  # of a passage with a part and an opening of its own


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # 3, 9: the better part, the rest is its own; 5: itself alone; 12, 14: how their unit opens
        (UP, {3: PART, 5: 1.0, 9: 0.8 * (1 - PART), 12: 1 - OPENING, 14: 0.0}),
        (RIGHT, {3: 1 - PART, 5: 0.0, 9: 0.6 + 0.4 * PART, 12: -OPENING, 14: OWN + PART - OPENING}),
        (
            [-0.8, 0.6],
            {
                3: 0.8 * PART - 0.8 * (1 - PART),
                5: 0.6,
                9: -0.8 * PART,
                12: 0.8 * OPENING + 0.6 * (1 - OPENING),
                14: 0.8 * OPENING - 0.8 * (1 - OPENING),
            },
        ),
    ],
)
def test_the_score_is_of_the_whole_the_best_part_and_the_opening(
    small: PassageVectors, query: list[float], expected: dict[int, float]
) -> None:
    order = sorted(expected, key=lambda row: (-round(expected[row], 5), row))
    got = found(small.search(vectors(query)[0], 10))
    assert got == pytest.approx(expected, abs=2**-11)  # a float16 of 0.6 is not quite that
    assert list(got) == order
    assert list(found(small.scores(vectors(query)[0], numbers(14, 9, 3)))) == [3, 9, 14]


def test_it_knows_which_passages_have_a_vector(small: PassageVectors) -> None:
    assert small.have(numbers(3, 4, 12, 13, 14, 15, 99)).tolist() == [
        *(True, False, True, False),
        *(True, False, False),
    ]
    assert built(vectors(), numbers()).have(numbers(0, 1)).tolist() == [False, False]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (None, [5, 12, 3, 9, 14]),
        ([3, 9, 12], [12, 3, 9]),
        ([9, 5, 9], [5, 9]),
        ([4, 9], [9]),  # 4 has no vector
        ([4], []),
        ([], []),
    ],
)
def test_rows_narrow_a_search(
    small: PassageVectors, rows: list[int] | None, expected: list[int]
) -> None:
    chosen = None if rows is None else numbers(*rows)
    query = vectors(UP)[0]
    everything = found(small.search(query, 5))
    narrowed = found(small.search(query, 5, chosen))
    assert list(narrowed) == expected
    assert narrowed == {row: everything[row] for row in expected}
    if chosen is not None:
        assert found(small.scores(query, chosen)) == {row: everything[row] for row in expected}


def test_a_passage_is_found_by_a_part_alone() -> None:
    """Its own vector is the farthest of all, and not among the candidates of the whole."""
    index = built(
        vectors([0.1, 0.2], [0.1, 0.2], [0.1, 0.2], [0.1, 0.1]),
        numbers(0, 1, 2, 3),
        vectors(UP),
        numbers(3),
    )
    assert found(index.search(vectors(UP)[0], 1)) == pytest.approx(
        {3: PART + 0.1 * (1 - PART)}, abs=2**-11
    )


def test_without_parts_it_is_an_index_of_passages() -> None:
    index = built(vectors(RIGHT, UP), numbers(7, 8))
    assert (index.dimension, index.count, index.part_count) == (2, 2, 0)
    assert found(index.search(vectors(UP)[0], 5)) == {8: 1.0, 7: 0.0}
    assert found(index.search(vectors(UP)[0], 5, numbers(7))) == {7: 0.0}


def test_an_empty_one_finds_nothing() -> None:
    index = built(vectors(), numbers())
    assert (index.count, index.part_count) == (0, 0)
    assert found(index.search(vectors(UP)[0], 5)) == {}
    assert found(index.scores(vectors(UP)[0], numbers(1))) == {}


@pytest.mark.parametrize(("count", "fits"), [(4096, True), (4097, False)])
def test_a_passage_has_so_many_parts_at_most(count: int, *, fits: bool) -> None:
    parts = np.tile(vectors(UP), (count, 1))
    owners = np.full(count, 2, dtype=np.int64)
    if fits:
        index = built(vectors(RIGHT), numbers(2), parts, owners)
        assert found(index.search(vectors(UP)[0], 1)) == {2: PART}
    else:
        with pytest.raises(ValueError, match="more parts than 4096"):
            built(vectors(RIGHT), numbers(2), parts, owners)


@pytest.mark.parametrize(("last", "fits"), [(WIDEST - 1, True), (WIDEST, False)])
def test_a_unit_has_so_many_passages_at_most(last: int, *, fits: bool) -> None:
    whole, rows = vectors(RIGHT, RIGHT), numbers(0, last)
    if fits:
        index = built(whole, rows, None, None, vectors(UP), spans((0, last)))
        query = vectors(UP)[0]
        assert found(index.search(query, 2)) == pytest.approx({0: OPENING, last: OPENING})
    else:
        with pytest.raises(ValueError, match="more passages than 4096"):
            built(whole, rows, None, None, vectors(UP), spans((0, last)))


# --- against an oracle ---


class Case(NamedTuple):
    whole: Vectors
    rows: Rows
    parts: Vectors
    owners: Rows
    openings: Vectors
    units: Rows
    query: Vectors

    @property
    def index(self) -> PassageVectors:
        return built(*self[:-1])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Passages under rows with gaps, some of them with parts; many vectors are equal."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dimension = draw(st.sampled_from([1, 2, 3, 8]))
    distinct = rng.normal(size=(draw(st.integers(1, 30)), dimension))
    distinct = as_held(distinct / np.linalg.norm(distinct, axis=1, keepdims=True))
    count = draw(st.integers(0, 40))
    rows = np.sort(rng.permutation(100)[:count]).astype(np.int64)
    part_count = draw(st.integers(0, 80)) if count else 0
    owners = np.sort(rng.choice(rows, part_count)) if part_count else numbers()
    bounds = np.sort(rng.permutation(100)[: 2 * draw(st.integers(0, 8))]).astype(np.int64)
    units = bounds.reshape(-1, 2)
    return Case(
        distinct[rng.integers(0, len(distinct), count)],
        rows,
        distinct[rng.integers(0, len(distinct), part_count)],
        owners,
        distinct[rng.integers(0, len(distinct), len(units))],
        units,
        distinct[0],
    )


def oracle(case: Case) -> dict[int, float]:
    """Return every passage's score, one by one."""
    whole = exact_scores(case.whole, case.query)
    parts = exact_scores(case.parts, case.query)
    openings = exact_scores(case.openings, case.query)
    scores = {}
    for row, own in zip(case.rows.tolist(), whole, strict=True):
        best = max(
            [part for part, of in zip(parts, case.owners, strict=True) if of == row] or [own]
        )
        inside = [
            opening
            for opening, (first, last) in zip(openings, case.units.tolist(), strict=True)
            if first <= row <= last
        ]
        scores[row] = float(OWN * own + PART * best + OPENING * (inside or [own])[0])
    return scores


@given(cases(), st.none() | st.lists(st.integers(0, 110), max_size=60))
def test_asked_for_all_it_ranks_as_the_oracle(case: Case, among: list[int] | None) -> None:
    index = case.index
    expected = oracle(case)
    if among is not None:
        expected = {row: score for row, score in expected.items() if row in among}
    rows = None if among is None else np.array(among, dtype=np.int64)
    got_rows, got_scores = index.search(case.query, 100, rows)
    order = sorted(expected, key=lambda row: (-expected[row], row))
    assert got_rows.tolist() == order
    assert got_scores.tolist() == [expected[row] for row in order]
    if rows is not None:
        got_rows, got_scores = index.scores(case.query, rows)
        assert got_rows.tolist() == sorted(expected)
        assert got_scores.tolist() == [expected[row] for row in sorted(expected)]


@given(cases(), st.integers(0, 10))
def test_asked_for_few_it_ranks_the_best_by_either(case: Case, k: int) -> None:
    """What is looked at is the best by the whole and the best by a part, and what equals them."""
    index = case.index
    expected = oracle(case)
    candidates = index.candidates(case.query, k).tolist()
    assert candidates == sorted(set(candidates))
    whole = exact_scores(case.whole, case.query)
    best = case.rows[np.lexsort((case.rows, -whole))][: 2 * k].tolist()
    parts = exact_scores(case.parts, case.query)
    numbers = np.arange(len(parts))
    best += case.owners[np.lexsort((numbers, case.owners, -parts))][: 2 * k].tolist()
    assert set(best) <= set(candidates) <= set(expected)
    rows, scores = index.search(case.query, k)
    assert rows.tolist() == sorted(candidates, key=lambda row: (-expected[row], row))[:k]
    assert scores.tolist() == [expected[row] for row in rows.tolist()]
    assert len(rows) == min(k, len(case.rows))


# --- files ---


def test_the_files_give_the_same_index_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    case = Case(
        rng.normal(size=(20, 4)).astype(np.float32),
        np.arange(20) * 3,
        rng.normal(size=(50, 4)).astype(np.float32),
        np.sort(rng.choice(20, 50)) * 3,
        rng.normal(size=(2, 4)).astype(np.float32),
        spans((0, 9), (30, 60)),
        rng.normal(size=4).astype(np.float32),
    )
    index = case.index
    files = (tmp_path / "whole", tmp_path / "parts", tmp_path / "openings")
    index.write(*files)
    read = PassageVectors.read(*files)
    assert (read.dimension, read.count, read.part_count) == (4, 20, 50)
    for rows in (None, case.rows[:7]):
        assert found(read.search(case.query, 5, rows)) == found(index.search(case.query, 5, rows))


@pytest.mark.parametrize("name", ["whole", "parts", "openings"])
@pytest.mark.parametrize("damage", ["absent", "cut", "something else"])
def test_a_damaged_file_is_refused(
    small: PassageVectors, tmp_path: Path, name: str, damage: str
) -> None:
    files = (tmp_path / "whole", tmp_path / "parts", tmp_path / "openings")
    small.write(*files)
    path = tmp_path / name
    if damage == "absent":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-3] if damage == "cut" else b"words, words" * 9)
    with pytest.raises(IndexDamaged, match=f"{name} cannot be read.*kb ingest"):
        PassageVectors.read(*files)
