import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.fusion import K, reciprocal_rank_fusion

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
