from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api import wire
from kb.search.results import to_json
from kb.tokens import count_tokens

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from kb.knowledge_base import KnowledgeBase

QUESTIONS = ["How long is maternity leave?", "Кто оплачивает отпуск?", "xylophone zeppelin"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_is_the_librarys_own(client: TestClient, kb: KnowledgeBase, question: str):
    response = client.post("/v1/answer", json={"question": question})
    assert response.status_code == 200
    assert response.json() == to_json(kb.ask(question))
    assert wire.Answer.model_validate(response.json()).model_dump(mode="json") == response.json()


def test_every_receipt_of_an_answer_verifies(client: TestClient):
    answer = client.post("/v1/answer", json={"question": "days of leave before the birth"}).json()
    receipts = [
        receipt
        for sentence in answer["sentences"]
        for receipt in (sentence["receipt"], *sentence["lead_in"])
    ]
    assert receipts
    for receipt in receipts:
        assert client.post("/v1/verify", json=receipt).json()["verdict"] == "valid"


def test_an_answer_takes_the_filters_of_a_search(client: TestClient):
    asked = {
        "question": "отпуск",
        "documents": ["trudovoi-ustav"],
        "languages": ["ru"],
        "provenances": ["official"],
        "reader_language": "en",
        "as_of": "2024-01-01",
        "written": False,
    }
    answer = client.post("/v1/answer", json=asked).json()
    assert {source["document_id"] for source in answer["sources"]} == {"trudovoi-ustav"}
    assert answer["as_of"] == "2024-01-01"
    assert "Art. 1" in answer["sentences"][0]["citation"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": "leave", "written": "no"},
        {"question": "leave", "documents": ["not-held"]},
        {"question": " "},
        {"question": "leave", "limit": 3},
    ],
)
def test_what_cannot_be_answered_is_refused(client: TestClient, body: dict[str, object]):
    assert client.post("/v1/answer", json=body).status_code == 422


@pytest.mark.parametrize("max_tokens", [100, 150, 2000])
def test_a_context_keeps_to_its_budget(client: TestClient, kb: KnowledgeBase, max_tokens: int):
    asked = {"q": "maternity leave", "max_tokens": max_tokens}
    context = client.get("/v1/context", params=asked).json()
    assert context == to_json(kb.context("maternity leave", max_tokens=max_tokens))
    assert wire.Context.model_validate(context).model_dump(mode="json") == context
    assert context["passages"]
    assert context["tokens"] == count_tokens(context["text"]) <= max_tokens
    for passage in context["passages"]:
        assert f"[{passage['number']}] {passage['citation']}\n{passage['text']}" in context["text"]
        assert passage["receipt"]["quote"] == passage["text"]


@pytest.mark.parametrize("max_tokens", ["99", "100001", "many"])
def test_a_budget_out_of_range_is_refused(client: TestClient, max_tokens: str):
    response = client.get("/v1/context", params={"q": "leave", "max_tokens": max_tokens})
    assert response.status_code == 422
