from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api import wire

if TYPE_CHECKING:
    from starlette.testclient import TestClient

ARTICLE = {"document_id": "leave-act", "eid": "art_2__cl_2"}
DRAFT = {"text": "Seventy days before the birth; ten weeks after the birth."}


def test_a_draft_and_an_article(client: TestClient):
    answer = client.post("/v1/compare/provisions", json={"a": DRAFT, "b": ARTICLE}).json()
    assert wire.ProvisionComparison.model_validate(answer).model_dump(mode="json") == answer
    assert answer["pairs"][0]["quantities"][0]["kind"] == "same"
    receipt = answer["pairs"][0]["b"]["receipt"]
    assert client.post("/v1/verify", json=receipt).json()["verdict"] == "valid"


@pytest.mark.parametrize(
    ("side", "status"),
    [
        ({}, 422),
        ({"text": ""}, 422),
        ({"document_id": "leave-act"}, 422),
        ({**ARTICLE, **DRAFT}, 422),
        ({**DRAFT, "edition": "en-official"}, 422),
        ({**ARTICLE, "laguage": "en"}, 422),
        ({**ARTICLE, "eid": "art_9"}, 404),
        ({**ARTICLE, "language": "kk"}, 404),
    ],
)
def test_what_is_no_side(client: TestClient, side: dict[str, Any], status: int):
    answer = client.post("/v1/compare/provisions", json={"a": side, "b": ARTICLE})
    assert answer.status_code == status


def test_the_parallel_texts_of_a_provision(client: TestClient):
    path = "/v1/documents/leave-act/nodes/art_1"
    answer = client.get(f"{path}/parallel").json()
    assert wire.ParallelNodes.model_validate(answer).model_dump(mode="json") == answer
    assert answer["texts"] == [client.get(path).json()]
    assert client.get("/v1/documents/leave-act/nodes/art_9/parallel").status_code == 404
