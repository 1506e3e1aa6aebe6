from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api import wire
from kb.documents import sha256_text
from kb.search.results import to_json

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from kb.knowledge_base import KnowledgeBase


@pytest.fixture
def receipt(client: TestClient) -> dict[str, Any]:
    return client.get("/v1/search?q=maternity leave").json()["hits"][0]["receipt"]


def test_every_receipt_of_a_search_verifies(client: TestClient):
    for query in ("maternity leave", "равные права", "Article 2"):
        for hit in client.get("/v1/search", params={"q": query}).json()["hits"]:
            answer = client.post("/v1/verify", json=hit["receipt"]).json()
            assert answer["verdict"] == "valid"
            assert answer["receipt"] == hit["receipt"]
            assert answer["quote"] == hit["receipt"]["quote"]


def test_the_answer_is_the_librarys_own_json(
    client: TestClient, kb: KnowledgeBase, receipt: dict[str, Any]
):
    answer = client.post("/v1/verify", json=receipt).json()
    assert answer == to_json(kb.verify_receipt(wire.Receipt(**receipt).value()))
    assert wire.Verification.model_validate(answer).model_dump(mode="json") == answer


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"quote": "Nobody has any right."}, "inconsistent"),
        ({"quote_sha256": "0" * 64}, "inconsistent"),
        ({"span": {"start": 0, "end": 5}}, "inconsistent"),
        ({"span": {"start": 10**30, "end": 10**31}}, "inconsistent"),
        ({"valid_from": "2001-01-01"}, "inconsistent"),
        ({"document_id": "no-such-law"}, "missing"),
        ({"edition_id": "../en-official"}, "inconsistent"),
        ({"text_sha256": "0" * 64}, "moved"),
        (
            {
                "text_sha256": "0" * 64,
                "quote": "words of an older text",
                "quote_sha256": sha256_text("words of an older text"),
                "span": {"start": 0, "end": len("words of an older text")},
            },
            "changed",
        ),
    ],
)
def test_what_became_of_a_receipt(
    client: TestClient, receipt: dict[str, Any], change: dict[str, Any], verdict: str
):
    response = client.post("/v1/verify", json={**receipt, **change})
    assert (response.status_code, response.json()["verdict"]) == (200, verdict)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"span": [0, 5]}, "#/span"),
        ({"span": {"start": "0", "end": 5}}, "#/span/start"),
        ({"span": {"start": -1, "end": 5}}, "#/span/start"),
        ({"valid_from": 0}, "#/valid_from"),
        ({"valid_from": "yesterday"}, "#/valid_from"),
        ({"language": "tlh"}, "#/language"),
        ({"quote_sha256": "ABC"}, "#/quote_sha256"),
        ({"quote": None}, "#/quote"),
        ({"a/b~c": 1}, "#/a~1b~0c"),
    ],
)
def test_what_is_no_receipt_is_refused_at_its_place(
    client: TestClient, receipt: dict[str, Any], change: dict[str, Any], pointer: str
):
    response = client.post("/v1/verify", json={**receipt, **change})
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


@pytest.mark.parametrize("body", [{}, [], "receipt", 3])
def test_what_is_nothing_like_a_receipt_is_refused(client: TestClient, body: object):
    assert client.post("/v1/verify", json=body).status_code == 422
