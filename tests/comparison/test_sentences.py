"""Where one sentence or sub-point ends and the next begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.comparison.sentences import sentences_in, sentences_of

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leave is paid. It is long.", ["Leave is paid.", "It is long."]),
        ("1. Leave is paid. It is long.", ["Leave is paid.", "It is long."]),
        ("Granted for:\n1) a birth;\n2) an illness.", ["Granted for:", "a birth;", "an illness."]),
        ("согласно ст. 54 и п. 3 настоящего Закона.",
         ["согласно ст. 54 и п. 3 настоящего Закона."]),
        ("Отпуск, пособие и т. д. Работодатель платит.",
         ["Отпуск, пособие и т. д. Работодатель платит."]),
        ("See Art. 4 of Convention No. 183. It binds.",
         ["See Art. 4 of Convention No. 183.", "It binds."]),
        ("А. Б. Иванов вправе.", ["А. Б. Иванов вправе."]),
        ("Демалыс беріледі. Әйел жұмысқа оралады.", ["Демалыс беріледі.", "Әйел жұмысқа оралады."]),
        ("a long line that\nis wrapped", ["a long line that\nis wrapped"]),
        ("First.\n\n127-1. Second", ["First.", "Second"]),
        ("а) мать; б) отец", ["мать;", "б) отец"]),
        ("– матери;\n– отцу.", ["матери;", "отцу."]),
        ("  \n * \n", []),
    ],
)  # fmt: skip
def test_a_pasted_text(text: str, expected: list[str]) -> None:
    found = sentences_in(text)
    assert [each.text for each in found] == expected
    assert all(each.span.of(text) == each.text for each in found)


def test_a_provision_without_heading_and_numbers(leave_kb: KnowledgeBase) -> None:
    edition = leave_kb.choose_edition("leave-law")
    found = sentences_of(edition, "art_2")
    assert [(each.eid, each.text) for each in found][1:] == [
        ("art_2__cl_2__par_1", "The leave is granted on the strength of a medical certificate:"),
        ("art_2__cl_2__sub_1", "seventy days before the birth;"),
        ("art_2__cl_2__sub_2", "fifty-six days after the birth."),
    ]
    assert all(each.span.of(edition.text) == each.text for each in found)
    assert sentences_of(edition, "art_99") == ()
