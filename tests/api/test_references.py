from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from api import wire
from kb.knowledge_base import MAX_REFERRING_CHARS
from kb.search.results import to_json

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from kb.knowledge_base import KnowledgeBase

TEXTS = [
    "Article 2(2) of the Law on leave, C183; статья 2 и статья 99",
    "статьи 1–2, часть вторая статьи 1, ILO Convention No. 999 ILO",
    "nothing is named here",
    "",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("document", [None, "leave-act", "trudovoi-ustav"])
def test_the_answer_is_the_librarys_own_json(
    client: TestClient, kb: KnowledgeBase, text: str, document: str | None
):
    response = client.post("/v1/references", json={"text": text, "document": document})
    found = kb.references(text, document_id=document)
    assert response.status_code == 200
    assert response.json() == to_json({"references": found, "generation": kb.generation})
    answer = wire.References.model_validate(response.json())
    assert answer.model_dump(mode="json") == response.json()


def references(client: TestClient, **asked: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.post("/v1/references", json=asked).json()["references"]
    return found


def test_a_permalink_leads_to_the_provision(client: TestClient):
    (found,) = references(client, text="Article 2(2)", document="leave-act")
    assert found["permalink"] == "/documents/leave-act/en-official#art_2__cl_2"
    assert client.get(found["permalink"]).status_code == 200


def test_without_a_document_a_bare_provision_is_ambiguous(client: TestClient):
    (first, second) = references(client, text="Article 1; Article 77")
    assert (first["status"], first["candidates"]) == ("ambiguous", ["leave-act", "trudovoi-ustav"])
    assert (second["status"], second["candidates"]) == ("not-held", [])
    assert first["permalink"] is None


def test_a_provision_that_is_not_there_has_the_nearest_that_is(client: TestClient):
    (found,) = references(client, text="Article 2(9)", document="leave-act")
    assert (found["status"], found["eid"], found["nearest"], found["document_id"]) == (
        "not-held",
        "art_2__cl_9",
        "art_2",
        "leave-act",
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": 5}, 422),
        ({"text": "Article 1", "documents": ["leave-act"]}, 422),
        ({"text": "\ud800"}, 422),
        ({"text": "x" * (MAX_REFERRING_CHARS + 1)}, 422),
        ({"text": "Article 1", "document": "no-such-law"}, 404),
    ],
)
def test_what_cannot_be_answered(client: TestClient, body: dict[str, Any], status: int):
    headers = {"Content-Type": "application/json"}
    response = client.post("/v1/references", content=json.dumps(body), headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_the_longest_text_is_read(client: TestClient):
    text = "see Article 1 ".ljust(MAX_REFERRING_CHARS, ".")
    assert len(references(client, text=text)) == 1
