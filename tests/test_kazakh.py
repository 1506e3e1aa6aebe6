"""Which forms of a Kazakh word meet under one stem, which words stay apart, what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.kazakh import kazakh_stem

VOWELS = set("аәеёиоөуұүыіэюя")
HARD = {"б": "п", "ғ": "қ", "г": "к"}

words_like_kazakh = st.one_of(
    st.text(st.sampled_from("аәбгғдеөкқлмнңорстүұуыішп"), min_size=1, max_size=20),
    st.lists(
        st.sampled_from(
            "әйел құқық кітап бала тар лар дер ы і сы ның ге да мен ған у ушы н".split()
        ),
        min_size=1,
        max_size=6,
    ).map("".join),
)


@pytest.mark.parametrize(
    ("stem", "forms"),
    [
        # a stem, and forms of its word: alone, plural, possessed, in cases, and in several at once
        ("әйел", "әйел әйелдер әйелдің әйелге әйелді әйелден әйелмен әйелдерге әйелдерінің"),
        ("құқық", "құқық құқықтар құқықты құқықтардың құқықтары құқықтарын құқығы құқығын"),
        ("еңбек", "еңбек еңбекті еңбекке еңбектің еңбегі еңбегіне"),
        ("кітап", "кітап кітапты кітаптардың кітабы кітабын"),  # the hard end comes back
        ("одақ", "одақ одақтар одақтың одағының"),
        ("бала", "бала балалар баланы балаға баланың балалары балаларының"),
        ("қала", "қала қалалар қаланың қалада"),
        ("комиссия", "комиссия комиссиясы комиссияның комиссияға"),
        ("мүше", "мүше мүшелер мүшесі мүшелері мүшенің"),
        ("жұмыскер", "жұмыскер жұмыскерлер жұмыскердің жұмыскерге жұмыскерлердің"),
        ("іссапар", "іссапар іссапарға іссапары"),
        ("төлем", "төлем төлемдер төлемі төлемге төлемін"),
        ("заң", "заң заңдар заңға заңның заңдары"),
        ("жүктілік", "жүктілік жүктілікке жүктіліктің жүктілігі"),
    ],
)
def test_forms_that_meet(stem: str, forms: str) -> None:
    assert {form: kazakh_stem(form) for form in forms.split()} == dict.fromkeys(forms.split(), stem)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("құқық", "құлық"),
        ("теңдік", "тең"),  # equality is derived from equal, and no form of it
        ("жұмыскер", "жұмыс"),
        ("мемлекеттік", "мемлекет"),
        ("ана", "ата"),
        ("заң", "заңгер"),
        ("бала", "баға"),
        ("ел", "ер"),
        ("демалыс", "демеу"),
    ],
)
def test_words_that_stay_apart(one: str, other: str) -> None:
    assert kazakh_stem(one) != kazakh_stem(other)


@pytest.mark.parametrize(
    "word",
    [
        "126",
        "127-1",
        "223-iv",
        "mot",
        "convention",  # its letters are Latin: no vowel here is one
        "бр",  # no vowel
        "ст",
        "ана",  # a stem has three letters
        "ер",
        "баға",  # `ба` would be too short
        "елі",
        "да",  # an ending by itself
        "лар",
        "ұйым",
        "оқу",
    ],
)
def test_words_left_alone(word: str) -> None:
    assert kazakh_stem(word) == word


@given(st.one_of(st.text(min_size=1), words_like_kazakh))
@example("ы")
@example("ларлар")
def test_a_stem_is_the_beginning_of_its_word(word: str) -> None:
    """It is never empty, never longer, never cut below three letters or to consonants alone."""
    stem = kazakh_stem(word)
    assert min(3, len(word)) <= len(stem) <= len(word)
    beginning = word[: len(stem)]
    assert stem in (beginning, beginning[:-1] + HARD.get(beginning[-1], beginning[-1]))
    assert bool(VOWELS & set(stem)) == bool(VOWELS & set(word))


@given(
    words_like_kazakh.filter(lambda word: len(word) >= 3 and VOWELS & set(word)),
    st.sampled_from(["лар", "лер", "ның", "нің", "нан", "мен"]),
)
def test_an_ending_that_follows_any_sound_comes_off(word: str, ending: str) -> None:
    assert len(kazakh_stem(word + ending)) <= len(word)
