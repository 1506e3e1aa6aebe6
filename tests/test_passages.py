"""Passages of tiny statutes; what holds for any text is in `structure/test_invariants.py`."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from kb.documents import Edition, Language, Provenance
from kb.passages import make_passages
from kb.readers.plain import read_plain
from kb.structure import parse_structure

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.documents import Passage

KITES = """
    Act about kites

    Chapter 1. General

    Article 1. Duties

    1. The owner shall:

    1) mend the kite;

    2) wind up the string.

    2. Nobody else need do so.

    Сноска. Article 1 as amended.

    Article 2. Flights

    Anybody may fly a kite by day.

    Article 3. Repealed
"""


def _passages(
    text: str, *, max_tokens: int = 400, fits: Callable[[str], bool] = lambda _text: True
) -> tuple[Passage, ...]:
    source = read_plain(textwrap.dedent(text).strip("\n"))
    edition = Edition(
        "kites",
        Language.ENGLISH,
        Provenance.OFFICIAL,
        source.text,
        parse_structure(source),
        "kites.txt",
        "0" * 64,
    )
    return make_passages(edition, "Kites", max_tokens=max_tokens, fits=fits)


def test_an_article_makes_a_passage_with_its_heading_above_it() -> None:
    preamble, first, note, second, third = _passages(KITES)
    assert preamble.text == "Act about kites"
    assert first.id == "kites/en-official#art_1__cl_1__par_1..art_1__cl_2"
    assert first.eid == "art_1"
    assert " ".join(first.eids) == (
        "art_1__cl_1__par_1 art_1__cl_1__sub_1 art_1__cl_1__sub_2 art_1__cl_2"
    )
    assert first.breadcrumb == ("Kites", "Duties")
    assert first.text.startswith("1. The owner shall:")
    assert first.embedded_text == f"Kites › Duties\n{first.text}"
    assert (note.note, note.text) == (True, "Сноска. Article 1 as amended.")
    assert (second.eid, second.text) == ("art_2__par_1", "Anybody may fly a kite by day.")
    assert (third.eid, third.text) == ("art_3__hdg", "Article 3. Repealed")


def test_a_list_that_is_cut_takes_its_opening_along() -> None:
    passages = _passages(KITES, fits=lambda text: len(text.partition("\n")[2]) < 30)
    assert [(passage.eid, passage.breadcrumb) for passage in passages[1:5]] == [
        ("art_1__cl_1__par_1", ("Kites", "Duties")),
        ("art_1__cl_1__sub_1", ("Kites", "Duties", "1. The owner shall:")),
        ("art_1__cl_1__sub_2", ("Kites", "Duties", "1. The owner shall:")),
        ("art_1__cl_2", ("Kites", "Duties")),
    ]


def test_siblings_go_together_as_long_as_they_fit() -> None:
    points = "\n\n".join(f"{number}. Words of the norm." for number in range(1, 11))
    passages = _passages(f"Article 1. Kites\n\n{points}", fits=lambda text: len(text) < 100)
    assert [len(passage.eids) for passage in passages] == [3, 3, 3, 1]
    assert passages[0].eid == "art_1"
    assert passages[-1].eid == "art_1__cl_10"


@pytest.mark.parametrize(
    ("paragraph", "pieces"),
    [
        ("One kite flies. Two kites fly.", ["One kite flies.", "Two kites fly."]),
        ("a kite that flies very high up", ["a kite that flies", "very high up"]),
        ("abcdefghijklmnopqrstuvwxyzabcd", ["abcdefghijklmno", "pqrstuvwxyzabcd"]),
    ],
    ids=["between sentences", "between words", "anywhere"],
)
def test_a_paragraph_that_is_too_long_is_cut(paragraph: str, pieces: list[str]) -> None:
    passages = _passages(paragraph, fits=lambda text: len(text.removeprefix("Kites\n")) < 20)
    assert [passage.text for passage in passages] == pieces
    assert [passage.id for passage in passages] == [
        f"kites/en-official#par_1/{number}" for number in range(1, len(pieces) + 1)
    ]
    assert {passage.eids for passage in passages} == {("par_1",)}


def test_a_breadcrumb_leaves_room_for_the_text() -> None:
    heading = "About kites and the strings " * 14
    text = f"Article 1. {heading}\n\n1. Words."
    room = _passages(text)[0].breadcrumb
    assert room == ("Kites", heading.strip())
    assert _passages(text, max_tokens=50)[0].breadcrumb == (heading.strip(),)
    assert _passages(text, fits=lambda text: len(text) < 100)[0].breadcrumb == ()


ENGLISH, RUSSIAN, KAZAKH = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

IN_TWO_LANGUAGES = """
    Article 1. Leave

    1. Every employee has the right to annual leave for rest.

    2. Каждый работник имеет право на ежегодный отпуск для отдыха.

    3. Каникулы.

    4. The leave is paid for by the employer.

    Annex 1

    Осы қосымшада еңбек демалысын беру тәртібі жазылады.

    1-кесте
"""


def test_languages_do_not_share_a_passage() -> None:
    found = [(item.language, item.text) for item in _passages(IN_TWO_LANGUAGES)]
    assert found == [
        (ENGLISH, "1. Every employee has the right to annual leave for rest."),
        # a word on its own goes with what stands before it
        (
            RUSSIAN,
            "2. Каждый работник имеет право на ежегодный отпуск для отдыха.\n\n3. Каникулы.",
        ),
        (ENGLISH, "4. The leave is paid for by the employer."),
        (KAZAKH, "Осы қосымшада еңбек демалысын беру тәртібі жазылады.\n\n1-кесте"),
    ]


def test_a_clause_in_two_languages_is_cut_between_them() -> None:
    text = """
        Article 1. Leave

        1. Every employee has the right to:

        1) an annual leave for rest, and the pay for it;

        2) ежегодный отпуск для отдыха, который оплачивается;

        2. Nobody may be dismissed while on leave.
    """
    assert [(item.language, item.eid) for item in _passages(text)] == [
        (ENGLISH, "art_1__cl_1"),
        (RUSSIAN, "art_1__cl_1__sub_2"),
        (ENGLISH, "art_1__cl_2"),
    ]


def test_a_short_text_is_in_the_language_of_the_unit_around_it() -> None:
    text = """
        Article 1. Leave

        Every employee has the right to annual leave for rest.

        Annex 1

        Осы қосымшада еңбек демалысын беру тәртібі жазылады.

        Ескерту. 12.05.2020 № 5.

        Annex 2

        12 500
    """
    assert [(item.language, item.text[:6]) for item in _passages(text)] == [
        (ENGLISH, "Every "),
        (KAZAKH, "Осы қо"),
        (KAZAKH, "Ескерт"),
        (ENGLISH, "12 500"),
    ]


def test_a_long_paragraph_in_two_languages() -> None:
    english = "Every employee has the right to annual leave for rest. "
    russian = "Каждый работник имеет право на ежегодный отпуск для отдыха. "
    pieces = _passages(english * 3 + russian * 3, max_tokens=30)
    assert [item.language for item in pieces[:1] + pieces[-1:]] == [ENGLISH, RUSSIAN]
    for item in pieces:
        if item.language is RUSSIAN:
            assert "работник" in item.text


def test_contents_make_no_passage() -> None:
    text = "Contents\n\nArticle 1. Kites\n\nArticle 1. Kites\n\nAll fly."
    assert [passage.text for passage in _passages(text)] == ["All fly."]


def test_white_space_makes_no_passage() -> None:
    assert _passages(" \n\n \n") == ()
    spaces = "kite" + " " * 5000 + "string"
    texts = [p.text for p in _passages(spaces, fits=lambda text: len(text) < 100)]
    assert texts == ["kite", "string"]
