"""The confidence: each sign pulls the way its weight says, and nothing leaves 0 to 1."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents import Language, Provenance
from kb.search.confidence import (
    ENOUGH_WORDS,
    FIRST,
    GROUNDED,
    LED,
    NOTHING,
    UNLED,
    Evidence,
    confidence,
    gather,
    is_beside_the_point,
)
from kb.search.legs import QueryTerms
from kb.stores.terms import TermEntry, TermIndex
from kb.thesaurus import Thesaurus

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH, RUSSIAN, KAZAKH = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

SIGNS = ("score", "coverage", "around", "off_topic_nearest", "off_topic", "length")
NONE = Evidence(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, RUSSIAN, led=False)

reasonable = st.builds(
    Evidence,
    score=st.floats(-1, 1),
    unled_score=st.floats(-1, 1),
    coverage=st.floats(0, 1),
    nearest=st.floats(-2, 4),
    around=st.floats(-0.2, 0.2),
    off_topic_nearest=st.floats(0, 1),
    off_topic=st.floats(0, 1),
    length=st.floats(0, 5),
    language=st.sampled_from(Language),
    led=st.booleans(),
)


def changed(evidence: Evidence, sign: str, value: float) -> Evidence:
    return replace(evidence, **{sign: value})  # type: ignore[arg-type]  # every sign is a float


def logit(evidence: Evidence) -> float:
    sure = confidence(evidence)
    return math.log(sure / (1 - sure))


@pytest.mark.parametrize("led", [True, False])
@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_moves_the_odds_by_its_weight(sign: str, *, led: bool) -> None:
    weight = getattr(LED if led else UNLED, sign)
    before = replace(NONE, led=led)
    after = changed(before, sign, 0.01)
    assert weight != 0
    assert logit(after) - logit(before) == pytest.approx(weight / 100, abs=1e-9)


@pytest.mark.parametrize(
    ("coverage", "nearest", "answers"),
    [
        (0.0, 0.0, False),
        (ENOUGH_WORDS, 0.0, True),
        (0.0, 1.0, True),
        (ENOUGH_WORDS / 2, 0.9, False),
        (1.0, -3.0, True),
    ],
)
def test_with_another_model_words_or_nearness_are_enough(
    coverage: float, nearest: float, *, answers: bool
) -> None:
    signs = replace(NONE, coverage=coverage, nearest=nearest)
    sure = confidence(signs, calibrated=False)
    assert 0.0 <= sure <= 1.0
    assert (sure >= GROUNDED) is answers


@pytest.mark.parametrize("led", [True, False])
def test_without_a_sign_the_constant_is_left(*, led: bool) -> None:
    constant = (LED if led else UNLED).constant
    assert logit(replace(NONE, led=led)) == pytest.approx(constant)


@pytest.mark.parametrize("led", [True, False])
def test_each_language_has_its_offset(*, led: bool) -> None:
    weights = LED if led else UNLED
    base = logit(replace(NONE, led=led))
    offsets = {language: logit(replace(NONE, led=led, language=language)) for language in Language}
    assert {language: value - base for language, value in offsets.items()} == pytest.approx(
        {ENGLISH: weights.english, RUSSIAN: 0.0, KAZAKH: weights.kazakh}
    )


@pytest.mark.parametrize("sign", ["score", "coverage", "around"])
def test_what_speaks_for_an_answer_has_a_weight_above_none(sign: str) -> None:
    assert min(getattr(LED, sign), getattr(UNLED, sign)) > 0


@given(reasonable, st.sampled_from(SIGNS), st.floats(0, 1))
def test_more_of_a_sign_never_turns_its_way_round(
    evidence: Evidence, sign: str, more: float
) -> None:
    weight = getattr(LED if evidence.led else UNLED, sign)
    before = confidence(evidence)
    after = confidence(changed(evidence, sign, getattr(evidence, sign) + more))
    assert after >= before if weight > 0 else after <= before


@given(reasonable)
def test_it_is_between_none_and_all(evidence: Evidence) -> None:
    assert 0 < confidence(evidence) <= 1


@pytest.mark.parametrize("extreme", [1e3, 1e9, 1e300, math.inf])
@pytest.mark.parametrize("led", [True, False])
def test_extremes_are_certain_and_no_error(extreme: float, *, led: bool) -> None:
    assert confidence(replace(NONE, led=led, score=extreme)) == pytest.approx(1)
    assert confidence(replace(NONE, led=led, score=-extreme)) == pytest.approx(0)
    assert 0 <= confidence(replace(NONE, led=led, off_topic=extreme, length=5.0)) <= 1


def test_the_thresholds_are_in_order() -> None:
    assert 0 < NOTHING < 0.5 < GROUNDED < 1


# --- gathering the signs ---


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TermIndex:
    texts = ["Отпуск по беременности.", "Премия и льгота.", "Трудовой договор."]
    folder: Path = tmp_path_factory.mktemp("generation") / "terms"
    return TermIndex.build(
        folder,
        (
            TermEntry(row, "code", RUSSIAN, Provenance.OFFICIAL, "", text)
            for row, text in enumerate(texts)
        ),
    )


def gathered(
    index: TermIndex,
    query: str = "отпуск по беременности",
    *,
    excess: list[float] | None = None,
    passages: list[str] | None = None,
    off_topic: list[float] | None = None,
    led: bool = False,
) -> Evidence:
    return gather(
        QueryTerms(query, RUSSIAN, index, Thesaurus()),
        0.3,
        0.2,
        excess or [],
        0.5,
        [(text, RUSSIAN) for text in passages or []],
        np.array(off_topic or [], dtype=np.float32),
        led=led,
    )


def test_nothing_found_gives_no_signs(index: TermIndex) -> None:
    assert replace(gathered(index), length=2.0) == Evidence(
        score=0.3,
        unled_score=0.2,
        coverage=0.0,
        nearest=0.5,
        around=0.0,
        off_topic_nearest=0.0,
        off_topic=0.0,
        length=2.0,
        language=RUSSIAN,
        led=False,
    )
    assert gathered(index, led=True).led


@pytest.mark.parametrize(
    ("query", "words"),
    [("отпуск", 1), ("отпуск по уходу", 2), ("что это", 0), ("127-1 08.12.2009", 2)],
)
def test_the_length_is_that_of_the_words_that_say_something(
    index: TermIndex, query: str, words: int
) -> None:
    assert gathered(index, query).length == pytest.approx(math.log(1 + words))


@pytest.mark.parametrize(
    ("passages", "full"),
    [
        (["Отпуск по беременности и родам"], True),
        (["Премия", "Отпуск по беременности"], True),  # the best of the first few
        (["Отпуск", "Беременность"], False),  # no one passage has both
        (["Премия"] * (FIRST - 1) + ["Отпуск по беременности"], True),
        (["Премия"] * FIRST + ["Отпуск по беременности"], False),  # it comes too late
    ],
)
def test_coverage_is_of_the_first_passage_that_has_most(
    index: TermIndex, passages: list[str], *, full: bool
) -> None:
    coverage = gathered(index, passages=passages).coverage
    assert 0 <= coverage <= 1
    assert (coverage == pytest.approx(1)) is full


@pytest.mark.parametrize(
    ("excess", "around"),
    [
        ([0.4], 0.4),
        ([0.4, 0.2], 0.3),
        ([0.2] * 50 + [-9.0] * 50, 0.2),  # the likeliest fifty
        ([-0.1, -0.3], -0.2),
    ],
)
def test_around_is_the_mean_of_the_likeliest(
    index: TermIndex, excess: list[float], around: float
) -> None:
    assert gathered(index, excess=excess).around == pytest.approx(around)


@pytest.mark.parametrize(
    ("likeness", "nearest", "mean"),
    [
        ([0.5], 0.5, 0.5),
        ([0.1, 0.5, 0.3, 0.7, 0.4], (0.7 + 0.5 + 0.4) / 3, 0.4),  # in whatever order
        ([-0.2, -0.4], -0.3, -0.3),
    ],
)
def test_the_questions_that_nothing_answers(
    index: TermIndex, likeness: list[float], nearest: float, mean: float
) -> None:
    evidence = gathered(index, off_topic=likeness)
    assert evidence.off_topic_nearest == pytest.approx(nearest)
    assert evidence.off_topic == pytest.approx(mean)


@pytest.mark.parametrize(
    ("led", "sure", "coverage", "beside"),
    [
        (True, NOTHING, 0.0, True),
        (True, 0.0, ENOUGH_WORDS - 0.01, True),
        (True, NOTHING + 0.001, 0.0, False),
        (True, 0.0, ENOUGH_WORDS, False),  # it has words of the query: whoever asks can judge
        (False, 0.0, 0.0, False),  # of texts that a user added too little is known
    ],
)
def test_what_is_not_worth_showing(
    led: bool, sure: float, coverage: float, *, beside: bool
) -> None:
    evidence = replace(NONE, led=led, coverage=coverage)
    assert is_beside_the_point(evidence, sure) is beside
