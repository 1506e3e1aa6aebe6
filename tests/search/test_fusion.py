"""Spreading over instruments; how the legs are joined is told in test_search."""

from __future__ import annotations

import numpy as np
import pytest

from kb.search.fusion import spread


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([(7, 0.5)], [(7, 0.5)], id="one"),
        pytest.param(
            [(1, 0.9), (2, 0.8), (3, 0.7)],
            [(1, 0.9), (3, 0.7), (2, 0.6)],
            id="the second of an instrument gives way",
        ),
        pytest.param(
            [(1, 0.9), (2, 0.89), (4, 0.88)],
            [(1, 0.9), (2, 0.69), (4, 0.48)],
            id="the order within one stays",
        ),
        pytest.param([(2, 0.5), (1, 0.5)], [(2, 0.5), (1, 0.3)], id="ties"),
    ],
)
def test_spread(ranked: list[tuple[int, float]], expected: list[tuple[int, float]]) -> None:
    group = {1: 0, 2: 0, 4: 0, 3: 1, 7: 2}
    rows = np.array([row for row, _ in ranked], dtype=np.int64)
    groups = np.array([group[row] for row, _ in ranked], dtype=np.int64)
    order, scores = spread(rows, np.array([score for _, score in ranked]), groups, lost=0.2)
    assert order.tolist() == [row for row, _ in expected]
    assert scores.tolist() == pytest.approx([score for _, score in expected])
