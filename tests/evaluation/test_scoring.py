"""The measures against values worked out by hand, and what is said of their certainty."""

from math import log2

import numpy as np
import pytest

from kb.evaluation.scoring import MEASURES, compare_paired, estimate, score

TEN_OTHERS = [f"x{number}" for number in range(10)]

# grades · ranking · nDCG@10, recall@1, recall@5, recall@10, MRR@10
TABLE = [
    ("found first", {"a": 1}, ["a", "b"], (1, 1, 1, 1, 1)),
    ("found third", {"a": 1}, ["x", "y", "a"], (1 / log2(4), 0, 1, 1, 1 / 3)),
    ("found sixth", {"a": 1}, ["1", "2", "3", "4", "5", "a"], (1 / log2(7), 0, 0, 1, 1 / 6)),
    ("found eleventh", {"a": 1}, [*TEN_OTHERS, "a"], (0, 0, 0, 0, 0)),
    ("nothing found", {"a": 1}, [], (0, 0, 0, 0, 0)),
    ("one of two", {"a": 1, "b": 1}, ["a", "x"], (1 / (1 + 1 / log2(3)), 0.5, 0.5, 0.5, 1)),
    ("both, the better one last", {"a": 2, "b": 1}, ["b", "x", "a"],
     ((1 + 2 / 2) / (2 + 1 / log2(3)), 0.5, 1, 1, 1)),
    ("judged and no answer", {"a": 1, "b": 0}, ["b", "a"], (1 / log2(3), 0, 1, 1, 1 / 2)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "grades", "ranking", "expected"), TABLE)
def test_measures(
    name: str, grades: dict[str, int], ranking: list[str], expected: tuple[float, ...]
) -> None:
    found = score({"q": grades}, {"q": ranking})["q"]
    graded = expected[0]  # every grade is an answer here
    assert found == pytest.approx(
        dict(zip(MEASURES, (*expected, graded), strict=True)), abs=1e-6
    ), name


def test_what_only_helps_counts_in_the_graded_measure_alone() -> None:
    grades = {"q": {"answer": 2, "also": 1}}
    found = score(grades, {"q": ["also", "answer"]}, relevant=2)["q"]
    assert found["nDCG@10"] == pytest.approx(1 / log2(3))
    assert found["graded nDCG@10"] == pytest.approx((1 + 2 / log2(3)) / (2 + 1 / log2(3)))
    assert (found["recall@1"], found["recall@5"], found["MRR@10"]) == (0.0, 1.0, 0.5)


def test_a_question_that_was_not_answered_counts() -> None:
    found = score({"q": {"a": 1}, "r": {"a": 1}}, {"q": ["a"]})
    assert [found[query]["recall@1"] for query in ("q", "r")] == [1.0, 0.0]


def test_the_order_of_names_decides_nothing() -> None:
    """Scores that tie would be put in the order of the names by trec_eval."""
    for ranking in (["z", "a"], ["a", "z"]):
        expected = 1.0 if ranking[0] == "a" else 0.5
        assert score({"q": {"a": 1}}, {"q": ranking})["q"]["MRR@10"] == expected


def test_the_interval_of_a_known_case() -> None:
    """Of 100 questions half are found: the mean's standard error is 0.05."""
    found = estimate([0.0, 1.0] * 50)
    assert found.mean == 0.5
    assert found.low == pytest.approx(0.5 - 1.96 * 0.05, abs=0.015)
    assert found.high == pytest.approx(0.5 + 1.96 * 0.05, abs=0.015)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    random = np.random.default_rng(7)
    samples = (random.normal(0.6, 0.2, 80).tolist() for _ in range(200))
    held = sum(found.low <= 0.6 <= found.high for found in map(estimate, samples))
    assert 180 <= held <= 198


def test_the_same_values_give_the_same_interval() -> None:
    values = np.random.default_rng(1).random(30).tolist()
    assert estimate(values) == estimate(values)


def test_what_is_certain_has_no_width() -> None:
    found = estimate([0.25])
    assert (found.low, found.mean, found.high) == (0.25, 0.25, 0.25)


def test_a_real_difference_is_seen() -> None:
    random = np.random.default_rng(3)
    before = random.uniform(0.3, 0.9, 100)
    now = before + random.normal(0.05, 0.05, 100)
    found = compare_paired(before.tolist(), now.tolist())
    assert found.queries == 100
    assert found.difference.mean == pytest.approx(found.now - found.before)
    assert found.difference.low > 0
    assert found.p < 0.001
    assert found.significant


def test_no_difference_is_seen_where_there_is_none() -> None:
    """Of 100 comparisons of noise with noise, about five look like something."""
    random = np.random.default_rng(4)
    pairs = ((random.random(40).tolist(), random.random(40).tolist()) for _ in range(100))
    assert sum(compare_paired(*pair).significant for pair in pairs) <= 10


def test_a_pair_is_compared_with_itself() -> None:
    values = [0.0, 0.5, 1.0]
    found = compare_paired(values, values)
    assert found.p == 1.0
    assert not found.significant
    assert (found.difference.low, found.difference.high) == (0.0, 0.0)


def test_few_questions_are_no_proof_however_much_better() -> None:
    """Three questions have eight tosses of signs, two of which are as far from 0."""
    found = compare_paired([0.0] * 3, [1.0] * 3)
    assert found.difference.low == 1.0
    assert found.p == pytest.approx(0.25, abs=0.02)
    assert not found.significant
