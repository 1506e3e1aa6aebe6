import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.fusion import K, reciprocal_rank_fusion, spread

rankings = st.lists(st.integers(0, 30), unique=True, max_size=12)


def test_a_row_that_both_legs_rank_beats_the_best_of_one() -> None:
    fused = reciprocal_rank_fusion({"dense": [1, 2], "lexical": [3, 2]})
    assert fused[0] == (2, pytest.approx(1 / (K + 2) + 1 / (K + 2)))


def test_ties_go_to_the_lower_row() -> None:
    assert [row for row, _ in reciprocal_rank_fusion({"dense": [9], "lexical": [4]})] == [4, 9]


@given(rankings)
def test_with_one_leg_left_its_order_is_the_result(ranking: list[int]) -> None:
    fused = reciprocal_rank_fusion({"dense": ranking, "lexical": []})
    assert [row for row, _ in fused] == ranking


@given(rankings, rankings)
def test_scores_are_the_formula_and_fall(dense: list[int], lexical: list[int]) -> None:
    fused = reciprocal_rank_fusion({"dense": dense, "lexical": lexical})
    for row, score in fused:
        expected = sum(1 / (K + leg.index(row) + 1) for leg in (dense, lexical) if row in leg)
        assert score == pytest.approx(expected)
    assert {row for row, _ in fused} == set(dense) | set(lexical)
    assert [score for _, score in fused] == sorted((s for _, s in fused), reverse=True)


def test_a_leg_that_cannot_speak_for_a_row_does_not_count_against_it() -> None:
    legs = {"dense": [1, 2], "lexical": [1]}
    fused = dict(reciprocal_rank_fusion(legs, voices=lambda row: {1: 2, 2: 1}[row]))
    assert fused[1] == pytest.approx(2 / (K + 1))
    assert fused[2] == pytest.approx(2 / (K + 2))


def test_no_document_fills_the_page() -> None:
    ranked = [(row, 1.0 - row / 100) for row in range(6)]
    documents = {0: "a", 1: "a", 2: "a", 3: "b", 4: "a", 5: "b"}
    assert [row for row, _ in spread(ranked, documents.__getitem__, keep=0.9)] == [0, 3, 1, 5, 2, 4]


@given(st.lists(st.sampled_from("abc"), max_size=20))
def test_the_order_within_a_document_stays(documents: list[str]) -> None:
    ranked = [(row, 1 / (row + 1)) for row in range(len(documents))]
    order = [row for row, _ in spread(ranked, documents.__getitem__)]
    assert sorted(order) == list(range(len(documents)))
    for name in set(documents):
        own = [row for row in order if documents[row] == name]
        assert own == sorted(own)
