"""Pairs of vectors: the greatest sum, a floor, and what tips the balance."""

from __future__ import annotations

import numpy as np
import pytest

from kb.comparison.alignment import align, centred


def vectors(*rows: tuple[float, ...]) -> np.ndarray:
    given = np.array(rows, np.float32)
    return given / np.linalg.norm(given, axis=1, keepdims=True)


X, Y, Z = (1, 0, 0), (0, 1, 0), (0, 0, 1)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([X, Y, Z], [Z, X, Y], [(0, 1), (1, 2), (2, 0)]),
        ([X, Y], [Y], [(1, 0)]),
        ([X], [Y], []),  # below the floor: both alone
        ([(1, 0.1, 0), (1, 0.9, 0)], [(1, 1, 0), (1, 0, 0)], [(0, 1), (1, 0)]),
    ],
)
def test_pairs(a: list, b: list, expected: list[tuple[int, int]]) -> None:
    found = align(vectors(*a), vectors(*b))
    assert [(pair.a, pair.b) for pair in found] == expected


def test_the_sum_counts_and_not_the_best_pair() -> None:
    a, b = vectors((1, 0.2, 0), (1, 0.6, 0)), vectors((1, 0.4, 0), (1, 0.9, 0))
    assert [(pair.a, pair.b) for pair in align(a, b, place_bonus=0)] == [(0, 0), (1, 1)]


def test_a_bonus_tips_what_is_even_and_lifts_nothing_over_the_floor() -> None:
    even = vectors(X, X)
    swapped = np.array([[0, 0.1], [0.1, 0]], np.float32)
    assert [pair[:2] for pair in align(even, even)] == [(0, 0), (1, 1)]
    assert [pair[:2] for pair in align(even, even, bonus=swapped)] == [(0, 1), (1, 0)]
    assert align(vectors(X), vectors(Y), bonus=np.ones((1, 1), np.float32)) == ()


def test_centring_takes_away_what_all_have() -> None:
    common = np.array([[5, 0, 0], [5, 0, 0]], np.float32)
    moved = centred(np.array([[5, 1, 0], [5, 0, 2], [5, 0, 0]], np.float32), common)
    assert moved.tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]


def test_each_pair_may_have_a_floor_of_its_own() -> None:
    a = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    b = np.array([[0.3, 0.95, 0], [0.3, 0, 0.95]], np.float32)
    floor = np.array([[0.4, 0.2], [0.4, 0.4]], np.float32)
    found = align(a, b, floor=floor, place_bonus=0)
    assert [(pair.a, pair.b) for pair in found] == [(0, 1), (1, 0)]
    assert [(pair.a, pair.b) for pair in align(a, b, place_bonus=0)] == [(1, 0)]
