"""How good a ranking is, how sure that is, and whether another one is better.

The measures are those of `ir_measures`, which runs `trec_eval`'s own code: nDCG@10 with linear
gains, the share of the answers among the first 1, 5 and 10, and the reciprocal rank of the first
answer, 0 beyond the tenth place.

Intervals are 95 % percentile bootstraps over the questions (Efron, Tibshirani, "An Introduction to
the Bootstrap", 1993). Two rankings of the same questions are compared question by question: the
bootstrap of the mean difference, and Fisher's randomisation test, which asks how often a mean
difference as large comes about when each question's sign is tossed (Smucker, Allan, Carterette,
CIKM 2007). The seed is fixed: the same run gives the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ir_measures
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

DEPTH = 10
# nDCG counts what answers; graded nDCG also counts, by its grade, what helps in part.
MEASURES = ("nDCG@10", "recall@1", "recall@5", "recall@10", "MRR@10", "graded nDCG@10")

RESAMPLES = 2_000
TOSSES = 10_000
_SEED = 20_160_206
_LEVELS = (2.5, 97.5)
_CHANCE = 0.05
_AT_ONCE = 1 << 22  # random numbers held in memory


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions with its 95 % confidence interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Paired:
    """How two rankings of the same questions differ: the second less the first."""

    queries: int
    before: float  # mean of the first
    now: float  # mean of the second
    difference: Estimate
    p: float  # two-sided, of the randomisation test

    @property
    def significant(self) -> bool:
        """Whether chance is no likely reason. Over few questions the bootstrap is too bold."""
        return self.p < _CHANCE


def score(
    grades: Mapping[str, Mapping[str, int]],
    rankings: Mapping[str, Sequence[str]],
    *,
    relevant: int = 1,
) -> dict[str, dict[str, float]]:
    """Return the measures of each question.

    Args:
        grades: by question, how well an item answers it; every question has an item that is
            `relevant`.
        rankings: by question, items without repetition, best first; an absent one found nothing.
        relevant: the grade from which an item counts as an answer.

    >>> score({"q": {"a": 1}}, {"q": ["b", "a"]})["q"]["MRR@10"]
    0.5
    """
    measures = {
        ir_measures.nDCG @ DEPTH: "nDCG@10",
        ir_measures.R(rel=relevant) @ 1: "recall@1",
        ir_measures.R(rel=relevant) @ 5: "recall@5",
        ir_measures.R(rel=relevant) @ 10: "recall@10",
        ir_measures.RR(rel=relevant) @ DEPTH: "MRR@10",
    }
    # trec_eval orders by score and then by name, so each place gets a score of its own
    run = {
        query: {item: float(DEPTH - at) for at, item in enumerate(rankings.get(query, ())[:DEPTH])}
        for query in grades
    }
    found: dict[str, dict[str, float]] = {query: {} for query in grades}
    graded = {query: dict(judged) for query, judged in grades.items()}
    answers = {
        query: {item: 0 if grade < relevant else grade for item, grade in judged.items()}
        for query, judged in grades.items()
    }
    for metric in ir_measures.iter_calc(list(measures), answers, run):
        found[metric.query_id][measures[metric.measure]] = float(metric.value)
    for metric in ir_measures.iter_calc([ir_measures.nDCG @ DEPTH], graded, run):
        found[metric.query_id]["graded nDCG@10"] = float(metric.value)
    return {query: {name: values[name] for name in MEASURES} for query, values in found.items()}


def estimate(values: Sequence[float]) -> Estimate:
    """Return the mean of a measure over questions, of which there is one at least."""
    sample = np.asarray(values, dtype=np.float64)
    means = np.concatenate([sample[drawn].mean(axis=1) for drawn in _draws(len(sample))])
    low, high = np.percentile(means, _LEVELS)
    return Estimate(float(sample.mean()), float(low), float(high))


def compare_paired(before: Sequence[float], now: Sequence[float]) -> Paired:
    """Compare a measure of two rankings over the same questions, in the same order.

    >>> compare_paired([0.1, 0.2, 0.3], [0.1, 0.2, 0.3]).p
    1.0
    """
    first, second = (np.asarray(values, dtype=np.float64) for values in (before, now))
    differences = second - first
    return Paired(
        queries=len(differences),
        before=float(first.mean()),
        now=float(second.mean()),
        difference=estimate(differences.tolist()),
        p=_randomisation(differences),
    )


def _randomisation(differences: NDArray[np.float64]) -> float:
    """Return how often tossed signs give a mean as far from 0; the sample itself counts as one."""
    reached = abs(differences.sum()) - 1e-9
    random = np.random.default_rng(_SEED)
    as_far = 0
    for count in _batches(TOSSES, len(differences)):
        signs = random.integers(0, 2, size=(count, len(differences)), dtype=np.int8) * 2 - 1
        as_far += int((np.abs(signs @ differences) >= reached).sum())
    return (as_far + 1) / (TOSSES + 1)


def _draws(size: int) -> Iterator[NDArray[np.int64]]:
    """Yield batches of samples of `size` places, drawn with replacement."""
    random = np.random.default_rng(_SEED)
    for count in _batches(RESAMPLES, size):
        yield random.integers(0, size, size=(count, size))


def _batches(total: int, size: int) -> Iterator[int]:
    """Yield counts that sum to `total`, each small enough to be drawn at once."""
    each = max(1, _AT_ONCE // size)
    for start in range(0, total, each):
        yield min(each, total - start)
