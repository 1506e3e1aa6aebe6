"""Whole texts, questions and words on their own, in three languages and on any keyboard."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents import Language
from kb.languages import DEFAULT, detect, detect_clearly

SHARED = Path(__file__).resolve().parents[1].parent / "shared"

ENGLISH, RUSSIAN, KAZAKH = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

# What Kazakh looks like when it is typed on a Russian keyboard.
RUSSIAN_KEYBOARD = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        # English
        ("maternity leave", ENGLISH),
        ("maternity protection ILO 183", ENGLISH),
        ("C183", ENGLISH),
        ("what does отпуск mean in law", ENGLISH),
        # Russian
        ("отпуск", RUSSIAN),
        ("трудовой кодекс", RUSSIAN),
        ("ст. 54 ТК РК", RUSSIAN),
        ("МОТ № 183", RUSSIAN),
        ("Конвенция ILO", RUSSIAN),
        ("Кто основал McKinsey & Company?", RUSSIAN),
        ('работникам предприятия "Қазақтелеком" и его филиалов', RUSSIAN),
        ("часть ІІ", RUSSIAN),  # a numeral in Cyrillic letters is not Kazakh
        # Kazakh
        ("еңбек демалысы", KAZAKH),
        ("ерлер мен әйелдердің тең құқықтары", KAZAKH),
        ("кəсiподақ", KAZAKH),  # Latin i and ə
        ("iс-шара", KAZAKH),  # begins with the Latin i
        ("54-бап", KAZAKH),
        ("бала", KAZAKH),
        ("демалыс", KAZAKH),
        ("жалакы", KAZAKH),  # for жалақы
        ("енбек кодекси", KAZAKH),  # for еңбек кодексі
        ("баланын кукыктары", KAZAKH),  # for баланың құқықтары
        ("бала кутими", KAZAKH),  # for бала күтімі
    ],
)
def test_short_texts(text: str, language: Language) -> None:
    assert detect(text) is language
    assert detect(unicodedata.normalize("NFD", text)) is language


@pytest.mark.parametrize("text", ["", "   ", "183", "§ 4 (2)", "…", "劳动法"])
def test_a_text_without_known_letters_has_the_default_language(text: str) -> None:
    assert detect(text) is DEFAULT


def test_a_long_text_is_not_turned_by_names_in_another_language() -> None:
    russian = "Работник имеет право на оплачиваемый ежегодный трудовой отпуск. "
    kazakh = "Жұмыскердің жыл сайынғы ақылы еңбек демалысына құқығы бар. "
    assert detect(russian * 9 + kazakh) is RUSSIAN
    assert detect(kazakh * 9 + russian) is KAZAKH
    assert detect("The employee is entitled to annual leave. " * 9 + russian) is ENGLISH


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("отпуск предоставляется работнику и оплачивается в силу этого закона", RUSSIAN),
        ("жұмыскерге жыл сайынғы ақылы еңбек демалысы беріледі", KAZAKH),
        ("жумыскерге жыл сайынгы акылы енбек демалысы берiледi", KAZAKH),  # another keyboard
        ("the employer shall grant leave to every employee", ENGLISH),
        # an English clause with names, a Russian one with an institution's Kazakh name
        ("the leave is granted by «Қазақ темір жолы» to each of its employees", ENGLISH),
        ("работникам «Қазақ темір жолы» и его филиалов выдаётся справка", RUSSIAN),
        # too short
        ("", None),
        ("Отпуск предоставляется.", None),
        ("2-қосымша", None),
        ("Annual leave", None),
        # names, addresses and numbers
        ("Нұрлан Әбдіұлы Қасымов, Айгүл Серікқызы Әлиева, Ғалым Өтеұлы Жұмабек", None),
        ("ТОО «Қазақ темір жолы», АО «Ұлттық әл-ауқат қоры», АО «ұлттық компания»", None),
        ("https://adilet.zan.kz/rus/docs/K1500000414 info@example.kz", None),
        ("12 500 | 13 000 | max | min | avg | kg | № 3", None),
        # languages that nobody asked for
        ("le droit du travail est un droit de la personne que nul ne peut nier", None),
        # as much of the one as of the other
        ("еңбек шарты: трудовой договор; жұмыскер: работник; жалақы: заработная плата", None),
        ("отпуск оплачивается работодателем and it is paid by the employer", None),
    ],
)
def test_only_a_clear_text_is_clear(text: str, language: Language | None) -> None:
    assert detect_clearly(text) is language
    assert detect_clearly(unicodedata.normalize("NFD", text)) is language


DIGESTS = Path(__file__).resolve().parents[1] / "corpus" / "digests"


@pytest.mark.parametrize("language", Language)
def test_no_paragraph_of_our_digests_is_taken_for_another_language(language: Language) -> None:
    texts = [path.read_text("utf-8") for path in sorted(DIGESTS.glob(f"*/{language}.md"))]
    lines = [line for text in texts for line in text.split("\n") if line.strip()]
    found = [detect_clearly(line) for line in lines]
    assert set(found) == {None, language}
    assert found.count(language) > len(lines) / 3


@given(st.text())
def test_any_text_has_a_language(text: str) -> None:
    assert detect(text) in Language


@pytest.mark.parametrize(
    "piece", ["а", "i", "ы", "лар", "а-", "iа", "é", "\u0301", "ыы ", "ə", "«а", '"']
)
def test_odd_input_is_finished(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    assert detect(text) in Language
    assert detect_clearly(text) in {None, *Language}


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("labour_kk2ru", KAZAKH),
        ("law223_kk2kk", KAZAKH),
        ("kazqad_kk_val", KAZAKH),
        ("labour_ru2ru", RUSSIAN),
        ("law223_ru2ru", RUSSIAN),
        ("kz_headings_ru", RUSSIAN),
        ("xquad_ru2ru", RUSSIAN),
        ("xquad_en2en", ENGLISH),
        ("obliqa_en_dev", ENGLISH),
    ],
)
def test_questions(name: str, language: Language) -> None:
    right = [detect(query) is language for query in _queries(name)]
    assert sum(right) / len(right) >= 0.99


def test_headings_typed_on_a_russian_keyboard() -> None:
    typed = [query.translate(RUSSIAN_KEYBOARD) for query in _queries("labour_kk2ru")]
    right = [detect(query) is KAZAKH for query in typed]
    assert sum(right) / len(right) >= 0.99


def _queries(name: str) -> list[str]:
    path = SHARED / "eval" / name / "queries.jsonl"
    if not path.exists():
        pytest.skip(f"the development set {name} is not beside this checkout")
    return [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
