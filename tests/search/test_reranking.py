from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.reranking import reordered


@pytest.mark.parametrize(
    ("order", "scores", "depth", "expected"),
    [
        # fused order, scores of its first items, how many are read → the order
        ("abcd", [1, 2, 3, 4], 4, "dcba"),
        ("abcd", [4, 3, 2, 1], 4, "abcd"),
        ("abcd", [1, 2], 2, "bacd"),  # the rest stays
        ("abcd", [-0.5], 1, "abcd"),
        ("abcd", [0, 1, 0, 1], 4, "bdac"),  # equals stay as they stood
        ("abcd", [7, 7, 7, 7], 4, "abcd"),
        ("abc", [1, 2, 3], 20, "cba"),  # fewer than may be read
        ("abcd", [], 0, "abcd"),
        ("", [], 20, ""),
    ],
)
def test_the_first_are_put_in_order(
    order: str, scores: list[float], depth: int, expected: str
) -> None:
    assert "".join(reordered(order, scores, depth)) == expected
    assert "".join(reordered(order, np.array(scores, np.float32), depth)) == expected


@pytest.mark.parametrize(("scores", "depth"), [([1.0], 2), ([1.0, 2.0, 3.0], 2), ([1.0], 0)])
def test_a_score_too_few_or_too_many_is_refused(scores: list[float], depth: int) -> None:
    with pytest.raises(ValueError, match="zip"):
        reordered("abcd", scores, depth)


@given(st.lists(st.tuples(st.integers(), st.integers(0, 3)), max_size=12), st.integers(0, 14))
def test_nothing_is_lost_and_a_second_time_changes_nothing(
    scored: list[tuple[int, int]], depth: int
) -> None:
    score = dict(scored)
    rows = list(score)
    once = reordered(rows, [score[row] for row in rows[:depth]], depth)
    assert sorted(once) == sorted(rows)
    assert once[depth:] == rows[depth:]
    assert reordered(once, [score[row] for row in once[:depth]], depth) == once
