"""Answers made of the texts' own sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.answers import AnswerKind, Role, extracting
from kb.receipts import Verdict

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase


@pytest.mark.parametrize(
    "question",
    [
        "How long does an employee rest after a night shift?",
        "May the rest be split?",
        "How long is leave for study for a diploma?",
        "Сколько часов отдыхает работник после ночной смены?",
    ],
)
def test_every_quote_is_verbatim_and_its_receipt_verifies(
    rest_kb: KnowledgeBase, question: str
) -> None:
    answer = rest_kb.ask(question)
    assert answer.grounded
    assert answer.kind is AnswerKind.EXTRACTIVE
    assert answer.sentences
    for sentence in answer.sentences:
        assert sentence.text == sentence.receipt.quote
        for receipt in (sentence.receipt, *sentence.lead_in):
            edition = rest_kb.edition(receipt.document_id, receipt.edition_id)
            assert receipt.span.of(edition.text) == receipt.quote
            assert rest_kb.verify_receipt(receipt).verdict is Verdict.VALID


def test_rules_come_before_exceptions_and_sources(rest_kb: KnowledgeBase) -> None:
    answer = rest_kb.ask("rest after a night shift, leave for study granted", documents=["rest"])
    roles = [sentence.role for sentence in answer.sentences]
    assert roles == sorted(roles, key=list(Role).index)
    said = {sentence.text: sentence.role for sentence in answer.sentences}
    assert said["Leave for study is granted in accordance with ILO Convention No. 140."] is (
        Role.SOURCE
    )


def test_a_rule_goes_with_what_limits_it(
    rest_kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extracting, "_LIMIT_MARGIN", 1.0)  # the hashing model knows no meaning
    answer = rest_kb.ask("Сколько часов отдыхает работник после ночной смены?")
    assert [(sentence.role, sentence.citation) for sentence in answer.sentences] == [
        (Role.RULE, "Закон об отдыхе, пункт 1 статьи 1"),
        (Role.EXCEPTION, "Закон об отдыхе, пункт 2 статьи 1"),
    ]
    assert [source.title for source in answer.sources] == ["Закон об отдыхе"]


def test_the_reader_chooses_the_language_of_citations(rest_kb: KnowledgeBase) -> None:
    answer = rest_kb.ask("How long is the rest after a night shift?", reader_language="kk")
    assert answer.language == "kk"
    assert "1-бап" in answer.sentences[0].citation


def test_no_answer_is_said_plainly(rest_kb: KnowledgeBase) -> None:
    answer = rest_kb.ask("xylophone zeppelin")
    assert not answer.grounded
    assert answer.sentences == ()
    assert answer.sources == ()
    assert answer.notices[0] == "The corpus does not answer this."


def test_only_what_is_quoted_is_said_to_have_expired(dated_kb: KnowledgeBase) -> None:
    """The notice on dates belongs to the undated rules, which are among the hits of both."""
    asked = {"as_of": "2013-01-01"}
    notice = "Rules of leave: it is not known whether this text held on 2013-01-01."
    assert notice in dated_kb.search("days of leave a year of an employee", **asked).notices
    answer = dated_kb.ask("days of leave a year of an employee", **asked)
    assert {source.document_id for source in answer.sources} == {"law"}
    assert notice not in answer.notices
    assert notice in dated_kb.ask("leave asked for in writing", **asked).notices
