"""The words of the interface: complete in three languages, and each of them used."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from api.interface_texts import (
    EXAMPLE_QUERIES,
    TEXTS,
    error_key,
    interface_words,
    kind_name,
    status_name,
    unit_name,
    written_day,
)
from kb.comparison import ChangeKind
from kb.documents import Language, Level, Provenance
from kb.errors import BadFilter, BadQuery, IndexMissing, KBError, ModelUnavailable, NotFound
from kb.languages import detect

TEMPLATES = Path(__file__).parents[2] / "api" / "templates"
# asked for by a value, not by name
COMPUTED = {
    *(*Provenance, "supplied", "leg_dense", "leg_lexical", "leg_subjects"),
    "change_renumbered_reworded",
    *(f"change_{kind}" for kind in ChangeKind),
}
SPOKEN_ALIKE = {
    "site_name",
    "index_generation",
    "licence",
    "number_sign",
}  # in two of the languages or in three


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_is_there_in_three_languages(key: str):
    words = [interface_words(language)[key] for language in Language]
    assert len(TEXTS[key]) == len(words) == 3
    assert all(word.strip() == word != "" for word in words)
    assert key in SPOKEN_ALIKE or len(set(words)) == 3
    gaps = [[field for _, field, _, _ in Formatter().parse(word)] for word in words]
    assert gaps[0].count("") == gaps[1].count("") == gaps[2].count("")


@pytest.mark.parametrize("key", TEXTS)
def test_no_text_is_in_the_wrong_language(key: str):
    english, russian, kazakh = TEXTS[key]
    assert not re.search(r"[а-яё]", english, re.IGNORECASE)
    if key not in SPOKEN_ALIKE:
        assert detect(english) is Language.ENGLISH
        assert not re.search(r"[әғқңөұүһі]", russian, re.IGNORECASE)
        assert re.search(r"[а-яәғқңөұүһі]", kazakh, re.IGNORECASE)


def test_templates_use_the_texts_that_there_are_and_no_others():
    source = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.html"))
    used = set(re.findall(r"\bt\.([a-z]\w*)", source)) - {"get"}
    errors = {key for key in TEXTS if key.startswith("error_")}
    assert used | COMPUTED | errors == set(TEXTS)


@pytest.mark.parametrize(
    ("level", "number", "language", "name"),
    [
        (Level.ARTICLE, "10", Language.ENGLISH, "Article 10"),
        (Level.ARTICLE, "10", Language.RUSSIAN, "статья 10"),
        (Level.ARTICLE, "10", Language.KAZAKH, "10-бап"),
        (Level.SUBCLAUSE, "18-1", Language.KAZAKH, "18-1) тармақша"),
        (Level.SUBCLAUSE, "a", Language.RUSSIAN, "подпункт a)"),
        (Level.SUBCLAUSE, None, Language.KAZAKH, "тармақша"),
        (Level.SECTION, "iv", Language.ENGLISH, "Section IV"),
        (Level.SECTION, "2", Language.KAZAKH, "2-бөлім"),
        (Level.SECTION, "iv", Language.KAZAKH, "IV бөлім"),
        (Level.CHAPTER, None, Language.ENGLISH, "chapter"),
        (Level.CHAPTER, None, Language.KAZAKH, "тарау"),
        (Level.NOTE, None, Language.RUSSIAN, "сноска"),
    ],
)
def test_units_are_named(level: Level, number: str | None, language: Language, name: str):
    assert unit_name(level, number, language) == name


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("language", Language)
def test_every_level_has_a_name(level: Level, language: Language):
    assert "{" not in unit_name(level, "1", language)
    assert "{" not in unit_name(level, None, language)
    assert unit_name(level, None, language).strip("- ") == unit_name(level, None, language) != ""


def test_a_kind_that_nobody_foresaw_is_shown_as_it_is():
    assert kind_name("law", Language.KAZAKH) == "Заң"
    assert kind_name("charter", Language.RUSSIAN) == "Charter"


def test_only_a_known_status_has_a_name():
    assert status_name("repealed", Language.RUSSIAN) == "Утратил силу"
    assert status_name("unknown", Language.RUSSIAN) is None


def test_dates_are_written_as_the_language_does():
    day = date(2009, 12, 8)
    assert [written_day(day, language) for language in Language] == [
        "8 December 2009",
        "08.12.2009",
        "08.12.2009",
    ]


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (BadQuery("empty"), "error_query"),
        (BadFilter("unknown"), "error_filter"),
        (NotFound("no such"), "error_not_held"),
        (IndexMissing("none"), "error_index"),
        (ModelUnavailable("none"), "error_model"),
        (KBError("other"), "error_other"),
        (None, "error_other"),
    ],
)
def test_errors_have_titles(error: KBError | None, key: str):
    assert error_key(error) == key
    assert key in TEXTS


def test_each_language_has_example_queries():
    assert set(EXAMPLE_QUERIES) == set(Language)
    for language, queries in EXAMPLE_QUERIES.items():
        assert detect(queries[0]) is language
