"""How likely it is that the index answers a query, from what the search saw on its way.

A search always has a nearest passage. Whether that answers is told by several signs together, none
of which is enough: the score of the best passage, the share of the query's words that the first
passages have, how near the first fifty come on the whole, and how near the query is to questions
that no policy text answers. A logistic regression weighs them. It was fitted on the gold questions
of the split dev, on the unanswerable ones of it, and on half of a set of general questions;
docs/retrieval.md has what it reaches on the others, `benchmarks/confidence.py` fits it anew.

The weights are for likenesses on the scale of the default model. With another model a query counts
as answered when a passage has enough of its words, or is liker to it than any of the questions that
nothing answers: that is not calibrated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kb.documents import Language
from kb.words import content_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kb.search.legs import QueryTerms

GROUNDED = 0.59  # from here on, the index is taken to answer
NOTHING = 0.02  # up to here, what was found is not worth showing, unless it has enough words
ENOUGH_WORDS = 0.3  # share of a query's weight that makes a passage worth showing for its words

FIRST = 5  # passages whose words are looked at
_AROUND = 50  # passages that make up "on the whole"
_NEAREST = 3  # of the questions that nothing answers


@dataclass(frozen=True, slots=True)
class Evidence:
    """The signs."""

    score: float  # of the best passage
    unled_score: float  # of the one that would be best without the subject index
    coverage: float  # share of the query that one of the first passages has, 0 to 1
    nearest: float  # likeness of the likeliest, over noise: at 1.0 as high as noise ever came
    around: float  # mean likeness, over noise, of the likeliest passages
    off_topic_nearest: float  # likeness to the nearest questions that nothing answers
    off_topic: float  # to all of them
    length: float  # log of the number of words
    language: Language
    led: bool  # whether the subject index led to the best passage


@dataclass(frozen=True, slots=True)
class _Weights:
    constant: float
    score: float
    coverage: float
    around: float
    off_topic_nearest: float
    off_topic: float
    length: float
    english: float
    kazakh: float


# Where the subject index leads, its score is in the score; texts that it does not know have none.
LED = _Weights(-16.20, 10.27, 2.64, 4.70, -6.41, 12.94, 1.77, 0.49, 3.09)
UNLED = _Weights(-5.33, 7.50, 4.80, 35.93, -3.09, -1.33, 1.29, 0.29, 3.11)


def gather(
    terms: QueryTerms,
    score: float,
    unled_score: float,
    excess: NDArray[np.float64],
    nearest: float,
    passages: Sequence[tuple[str, Language]],
    off_topic: NDArray[np.float32],
    *,
    led: bool,
) -> Evidence:
    """Return the signs.

    Args:
        terms: of the query.
        score: of the best passage.
        unled_score: of the best one without the subject index.
        excess: of their likeness over noise, of the likeliest, best first.
        nearest: see `Evidence`.
        passages: text and language of the first few, best first.
        off_topic: likeness of the query to each question that nothing answers.
        led: whether the subject index led to the best.
    """
    likest = np.sort(off_topic)[::-1]
    return Evidence(
        score=score,
        unled_score=unled_score,
        coverage=max((terms.coverage(*passage) for passage in passages[:FIRST]), default=0.0),
        nearest=nearest,
        around=float(np.mean(excess[:_AROUND])) if len(excess) else 0.0,
        off_topic_nearest=float(likest[:_NEAREST].mean()) if len(likest) else 0.0,
        off_topic=float(likest.mean()) if len(likest) else 0.0,
        length=math.log1p(len(content_terms(terms.words, terms.language))),
        language=terms.language,
        led=led,
    )


def confidence(evidence: Evidence, *, calibrated: bool = True) -> float:
    """Return how likely the index answers, 0 to 1; `calibrated` for the default model."""
    if not calibrated:
        reached = max(evidence.coverage / ENOUGH_WORDS, evidence.nearest, 0.0)
        return min(1.0, GROUNDED * reached)
    weights = LED if evidence.led else UNLED
    sum_of_signs = (
        weights.constant
        + weights.score * evidence.score
        + weights.coverage * evidence.coverage
        + weights.around * evidence.around
        + weights.off_topic_nearest * evidence.off_topic_nearest
        + weights.off_topic * evidence.off_topic
        + weights.length * evidence.length
        + weights.english * (evidence.language is Language.ENGLISH)
        + weights.kazakh * (evidence.language is Language.KAZAKH)
    )
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, sum_of_signs))))


def is_beside_the_point(evidence: Evidence, sure: float) -> bool:
    """Whether what was found is not worth showing at all.

    Only where the subject index led there is so much known of the texts: of a few texts that a
    user added, the fifty likeliest passages are nearly all of them, and no sign of anything.
    """
    return evidence.led and sure <= NOTHING and evidence.coverage < ENOUGH_WORDS
