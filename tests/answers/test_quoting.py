"""What of a hit can be quoted, and what goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.answers.ordering import limits
from kb.answers.quoting import points_back, quotable

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase

LEAVE = "An employee takes leave for study on a certificate. Its length is:"
DIPLOMA = "for a diploma, four months in the cases of:"


def test_a_list_item_goes_with_the_words_above_it(rest_kb: KnowledgeBase) -> None:
    [hit] = [
        hit
        for hit in rest_kb.search("leave for study examinations", documents=["rest"]).hits
        if hit.heading == "Leave for study"
    ]
    edition = rest_kb.edition(hit.document_id, hit.edition_id)
    assert {
        each.text: tuple(above.text for above in each.lead_in) for each in quotable(hit, edition)
    } == {
        "An employee takes leave for study on a certificate.": (),
        "for entrance examinations, ten days;": (LEAVE,),
        "full-time studies;": (LEAVE, DIPLOMA),
        "evening studies;": (LEAVE, DIPLOMA),
        "for other examinations, fifteen days.": (LEAVE,),
        "Leave for study is granted in accordance with ILO Convention No. 140.": (),
    }


def test_a_semicolon_within_a_line_ends_no_sentence(rest_kb: KnowledgeBase) -> None:
    hit = rest_kb.search("eleven hours after a night shift", documents=["rest"]).hits[0]
    edition = rest_kb.edition(hit.document_id, hit.edition_id)
    assert (
        "An employee rests for eleven hours after a night shift; the rest is paid by the employer."
        in [each.text for each in quotable(hit, edition)]
    )


def test_a_sentence_that_points_back_goes_with_the_one_before(rest_kb: KnowledgeBase) -> None:
    hit = rest_kb.search("eleven hours after a night shift", documents=["rest"]).hits[0]
    edition = rest_kb.edition(hit.document_id, hit.edition_id)
    [paid] = [each for each in quotable(hit, edition) if each.text == "It is paid in full."]
    assert [each.text for each in paid.lead_in] == ["A night shift ends at six."]


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("It is paid.", True),
        ("This is paid.", True),
        ("This Law applies to all.", False),
        ("Items are listed.", False),
        ("Она предъявляет справку.", True),
        ("При этом отпуск сохраняется.", True),
        ("Оплата производится вперёд.", False),
        ("Ол ұйымда құрылады.", True),
        ("Олимпиада өткізіледі.", False),
        ("Осы Заң қолданылады.", False),
    ],
)
def test_what_points_back(text: str, back: bool) -> None:
    assert points_back(text) is back


@pytest.mark.parametrize(
    ("text", "limiting"),
    [
        ("The leave is paid, except on holidays.", True),
        ("No notice is given unless the contract says otherwise.", True),
        ("This does not apply to seafarers.", True),
        ("Работник имеет право на отпуск, за исключением сезонного.", True),
        ("Оплата производится, если иное не предусмотрено договором.", True),
        ("Перерывы обязательны, если стороны не договорились иначе.", True),
        ("Кроме случаев ликвидации.", True),
        ("Сезонные жұмыскерлерді қоспағанда, демалыс беріледі.", True),
        ("The leave is paid by the employer.", False),
        ("Отпуск оплачивает работодатель.", False),
        ("Демалысқа жұмыс беруші ақы төлейді.", False),
    ],
)
def test_what_limits_a_rule(text: str, limiting: bool) -> None:
    assert bool(limits(text)) is limiting
