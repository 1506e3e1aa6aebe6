"""Words, their offsets, and the forms and stems under which spellings meet."""

from __future__ import annotations

import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.documents import Language
from kb.words import (
    content_terms,
    fold,
    is_stopword,
    pieces,
    stem,
    stems_in,
    terms,
    terms_among,
    words,
)

ENGLISH, RUSSIAN, KAZAKH = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

# Letters that a reader cannot tell apart in print, Latin → Cyrillic.
LOOKS_LIKE = {
    **dict(zip("ABCEHIKMOPTXYƏ", "АВСЕНІКМОРТХУӘ", strict=True)),
    **dict(zip("aceiopxyhə", "асеіорхуһә", strict=True)),
}
LOOKED_LIKE = {cyrillic: latin for latin, cyrillic in LOOKS_LIKE.items()}

texts_near_ours = st.text(
    st.sampled_from("абвеёиіəәқжЖHhһIiVvXxaбC12.-–'’\u00ad\u200b\u0301\u0306 \n№_ﬁ½²")
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # text as printed, its words as (slice, form)
        ("Статья 10.", [("Статья", "статья"), ("10", "10")]),
        ("Статья 127-1 ТК", [("Статья", "статья"), ("127-1", "127-1"), ("ТК", "tk")]),
        ("Закон № 223-IV", [("Закон", "закон"), ("223-IV", "223-iv")]),
        ("223\u2011\u0406V", [("223\u2011\u0406V", "223-iv")]),  # Cyrillic І
        ("п. 2.3.1.", [("п", "п"), ("2.3.1", "2.3.1")]),
        ("8.12.2009 г.", [("8.12.2009", "8.12.2009"), ("г", "г")]),
        ("2021–2023", [("2021–2023", "2021-2023")]),
        ("Art. 10(3)(2)", [("Art", "art"), ("10", "10"), ("3", "3"), ("2", "2")]),
        ("ст.54", [("ст", "ct"), ("54", "54")]),  # look-alikes alone go to Latin
        ("10-бап", [("10-бап", "10-бап")]),
        ("шешім-қаулы", [("шешім-қаулы", "шешім-қаулы")]),
        ("право—долг", [("право", "право"), ("долг", "долг")]),
        ("Shari’a 'law'", [("Shari’a", "sharia"), ("law", "law")]),
        ("art_10__cl_3", [("art", "art"), ("10", "10"), ("cl", "cl"), ("3", "3")]),
        ("труда¹, м²", [("труда", "труда"), ("м", "m")]),  # footnotes and units
        ('"AND" -OR +(x)', [("AND", "and"), ("OR", "or"), ("x", "x")]),
        ("… — № «»", []),
        ("", []),
    ],
)
def test_words(text: str, found: list[tuple[str, str]]) -> None:
    assert [(text[word.start : word.end], word.form) for word in words(text)] == found


@given(st.one_of(st.text(), texts_near_ours))
def test_words_stand_in_order_and_slice_back(text: str) -> None:
    end = 0
    for word in words(text):
        assert end <= word.start < word.end <= len(text)
        assert word.form == fold(text[word.start : word.end])
        assert word.form
        assert not any(character.isspace() for character in word.form)
        end = word.end


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ЗАКОН", "закон"),
        ("ёлка", "елка"),
        ("замо\u0301к", "замок"),  # a stress mark
        ("naïve", "naive"),
        ("бе\ufb01ne", "беfine"),
        ("пере\u00adвод", "перевод"),
        ("пере\u200bвод", "перевод"),
        ("пере\ufeffвод", "перевод"),
        ("employee’s", "employee's"),
        ("2021\u20132023", "2021-2023"),
        ("кəсiподақ", "кәсіподақ"),  # Latin ə, i
        ("əке", "әке"),  # every letter but one looks Latin
        ("жиhан", "жиһан"),  # Latin h
        ("HДС", "НДС"),  # Latin H
        ("VІ", "VI"),  # Cyrillic І
        ("МОТ", "MOT"),
        ("С183", "C183"),
        ("10а", "10a"),
        ("ХІХ", "XIX"),
        ("THE", "the"),
        ("Ⅳ", "iv"),
    ],
)
def test_spellings_that_meet(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert fold(unicodedata.normalize("NFD", one)) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("мои", "мой"), ("бор", "бөр"), ("кыз", "қыз"), ("127", "127-1"), ("б", "6"), ("ұн", "үн")],
)
def test_words_that_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_folding_any_character_twice_changes_nothing() -> None:
    folded = {fold(chr(code)) for code in range(sys.maxunicode + 1)}
    assert {form for form in folded if fold(form) != form} == set()


@given(st.one_of(st.text(), texts_near_ours))
@example("\N{CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I}\N{COMBINING BREVE}")
def test_folding_twice_changes_nothing(word: str) -> None:
    assert fold(fold(word)) == fold(word)


@given(st.one_of(st.text(), texts_near_ours, st.text("аеиікһйуәғөabch19-")))
def test_what_is_left_out_changes_no_fold(word: str) -> None:
    """A word with nothing to leave out goes a shorter way, to the same form."""
    assert fold("-".join(f"\u00ad{part}" for part in word.split("-"))) == fold(word)


@given(st.data())
@pytest.mark.parametrize(
    "word",
    ["Кәсіподақ", "жиһан", "ЖАЛАҚЫ", "Конвенция", "МОТ", "Convention", "XIX", "COMMITTEE", "әке"],
)
def test_look_alike_letters_meet(word: str, data: st.DataObject) -> None:
    alike = {**LOOKS_LIKE, **LOOKED_LIKE}
    typed = "".join(
        data.draw(st.sampled_from([letter, alike[letter]])) if letter in alike else letter
        for letter in word
    )
    assert fold(typed) == fold(word)


@given(texts_near_ours)
def test_composed_and_decomposed_text_have_the_same_forms(text: str) -> None:
    forms = [word.form for word in words(unicodedata.normalize("NFC", text))]
    assert [word.form for word in words(unicodedata.normalize("NFD", text))] == forms


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        (ENGLISH, ["convention", "Conventions"]),
        (ENGLISH, ["committee", "Committees", "COMMITTEE"]),
        (RUSSIAN, ["отпуск", "отпуска", "отпуском", "Отпусков"]),
        (RUSSIAN, ["беременность", "беременности", "беременностью"]),
        (RUSSIAN, ["комета", "кометы", "кометой"]),  # a word of look-alikes alone
        (RUSSIAN, ["ребёнок", "ребенок"]),
        (KAZAKH, ["Кәсіподақ", "кəсiподақ"]),
        (KAZAKH, ["әйел", "Әйелдерінің", "əйелдерге"]),  # the last with a Latin ə
        (KAZAKH, ["комитет", "комитеттер"]),  # alone it has letters that look Latin, and т, м
    ],
)
def test_forms_of_one_word_have_one_stem(language: Language, forms: list[str]) -> None:
    assert len({stem(fold(form), language) for form in forms}) == 1


def test_a_compound_is_followed_by_its_parts() -> None:
    text = "о санитарно-бытовых нормах 127-1"
    found = [(text[term.start : term.end], term.term) for term in terms(text, RUSSIAN)]
    assert found == [
        ("о", "о"),
        ("санитарно-бытовых", "санитарно-бытов"),
        ("санитарно", "санитарн"),
        ("бытовых", "бытов"),
        ("нормах", "норм"),
        ("127-1", "127-1"),
        ("127", "127"),
        ("1", "1"),
    ]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("the leave of a woman", ENGLISH, ["leav", "woman"]),
        ("отпуск по уходу и льготы", RUSSIAN, ["отпуск", "уход", "льгот"]),
        ("әйелдер мен ерлер үшін", KAZAKH, ["әйел", "ерлер"]),
        ("а санитарно-бытовые нормы", RUSSIAN, ["санитарно-бытов", "норм"]),  # no parts
        ("статья 127-1 от 08.12.2009", RUSSIAN, ["стат", "127-1", "08.12.2009"]),
        ("отпуск, отпуска", RUSSIAN, ["отпуск", "отпуск"]),  # each where it stands
        ("that is about the", ENGLISH, []),
        ("№ — …", RUSSIAN, []),
    ],
)
def test_content_terms(text: str, language: Language, found: list[str]) -> None:
    assert [term.term for term in content_terms(text, language)] == found


@given(st.one_of(st.text(), texts_near_ours), st.sampled_from(Language))
def test_content_terms_are_the_terms_of_whole_words_that_say_something(
    text: str, language: Language
) -> None:
    said = [word for word in words(text) if not is_stopword(word.form)]
    found = content_terms(text, language)
    assert [(term.start, term.end) for term in found] == [(word.start, word.end) for word in said]
    assert set(found) <= set(terms(text, language))


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("отпускные", RUSSIAN, "отпус"),  # the first five letters
        ("Отпуск женщинам и льготы", RUSSIAN, "отпус женщи льгот"),  # a stop word has none
        ("leave of employees", ENGLISH, "leave emplo"),
        ("труд 127-1", RUSSIAN, "труд 127-1"),  # a shorter word is its own
        ("еңбек", KAZAKH, "·еңб еңбе ңбек бек·"),  # every four letters, edges counted
        ("ел", KAZAKH, "·ел·"),
        ("ер, ел", KAZAKH, "·ер· ·ел·"),  # never across two words
        ("ы", KAZAKH, "·ы·"),  # too short for four
        ("әйел және ер", KAZAKH, "·әйе әйел йел· ·ер·"),
        ("және", KAZAKH, ""),
        ("", ENGLISH, ""),
    ],
)
def test_pieces(text: str, language: Language, found: str) -> None:
    assert pieces(text, language) == found.split()


@pytest.mark.parametrize(
    ("language", "one", "other", "shared"),
    [
        # words that no stemmer brings together
        (RUSSIAN, "отпускные", "отпуск", {"отпус"}),
        (KAZAKH, "еңбекақы", "еңбегі", {"·еңб", "еңбе"}),
        (KAZAKH, "кәсіподақ", "подақ", {"пода", "одақ", "дақ·"}),
        (ENGLISH, "employer", "employment", {"emplo"}),
        (RUSSIAN, "контракт", "контракты", {"контр"}),  # the first has letters that look Latin
        (KAZAKH, "сот", "соты", {"·сот"}),
        (ENGLISH, "leave", "wage", set()),
    ],
)
def test_related_words_share_pieces(
    language: Language, one: str, other: str, shared: set[str]
) -> None:
    assert set(pieces(one, language)) & set(pieces(other, language)) == shared


def test_threads_get_the_stems_that_one_thread_gets() -> None:
    forms = [f"{root}{ending}" for root in ("работ", "закон") for ending in ("а", "ами", "ов", "у")]
    forms = [f"{prefix}{form}" for prefix in map(str, range(500)) for form in forms]
    alone = [stem(form, RUSSIAN) for form in forms]
    stem.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda form: stem(form, RUSSIAN), forms)) == alone


@pytest.mark.parametrize(
    ("word", "empty"),
    [
        ("the", True),
        ("OF", True),
        ("и", True),
        ("Он", True),
        ("её", True),
        ("және", True),
        ("жəне", True),
        ("leave", False),
        ("отпуск", False),
        ("еңбек", False),
        ("183", False),
    ],
)
def test_stopwords(word: str, *, empty: bool) -> None:
    assert is_stopword(fold(word)) is empty


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a-",
        "1.",
        "-",
        "a'",
        "a\u00ad",
        "a\u0301'",
        "a" + "\u0301" * 9,
        "a" + "-" * 5,
        "\u0301",
    ],
)
@pytest.mark.parametrize("language", list(Language))
def test_hostile_input_is_finished(piece: str, language: Language) -> None:
    text = piece * (200_000 // len(piece))
    cut = words(text)
    assert all(len(word.form) <= 1000 for word in cut)
    assert len(terms(text, language)) >= len(cut)


@given(st.one_of(st.text(), texts_near_ours), st.sampled_from(Language), st.data())
def test_the_quick_ways_tell_what_terms_tells(
    text: str, language: Language, data: st.DataObject
) -> None:
    found = terms(text, language)
    assert stems_in(text, language) == {term.term for term in found}
    wanted = data.draw(st.sets(st.sampled_from([*(term.term for term in found), "nowhere"])))
    among = terms_among(text, language, wanted)
    assert among == [term for term in found if term.term in wanted]


def test_parts_of_compounds_stand_where_they_are_printed() -> None:
    text = "нормы: санитарно-бытовые"
    (part,) = terms_among(text, RUSSIAN, {"бытов"})
    assert text[part.start : part.end] == "бытовые"
