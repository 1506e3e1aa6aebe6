from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from api import wire

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from kb.knowledge_base import KnowledgeBase


def test_documents_come_in_pages(client: TestClient, kb: KnowledgeBase):
    whole = client.get("/v1/documents").json()
    pages = [client.get(f"/v1/documents?limit=1&offset={offset}").json() for offset in range(3)]
    assert [len(page["documents"]) for page in pages] == [1, 1, 0]
    assert [document for page in pages for document in page["documents"]] == whole["documents"]
    assert {page["total"] for page in pages} == {2} == {len(kb.documents())}
    assert wire.DocumentPage.model_validate(whole).model_dump(mode="json") == whole


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1", "limit=x", "page=2"])
def test_bad_pages_are_refused(client: TestClient, query: str):
    assert client.get(f"/v1/documents?{query}").status_code == 422


def test_a_document_comes_with_its_outline(client: TestClient, kb: KnowledgeBase):
    answer = client.get("/v1/documents/leave-act").json()
    assert wire.DocumentOutline.model_validate(answer).model_dump(mode="json") == answer
    (edition,) = answer["editions"]
    (held,) = kb.document("leave-act").editions
    assert edition["text"] is None
    assert [node["eid"] for node in edition["outline"]] == [node.eid for node in held.nodes]
    headings = [node["heading"] for node in edition["outline"] if node["level"] == "article"]
    assert headings == ["Scope", "Maternity leave", "Parental leave"]


def test_the_text_comes_when_asked_for_and_fits_the_outline(client: TestClient, kb: KnowledgeBase):
    (edition,) = client.get("/v1/documents/leave-act?text=true").json()["editions"]
    assert edition["text"] == kb.document("leave-act").editions[0].text
    assert edition["characters"] == len(edition["text"])
    for node in edition["outline"]:
        words = edition["text"][node["span"]["start"] : node["span"]["end"]]
        path = f"/v1/documents/leave-act/nodes/{quote(node['eid'])}"
        assert client.get(path).json()["text"] == words


def test_the_folders_of_this_machine_stay_its_own(client: TestClient, sources: Path):
    for path in ("/v1/documents", "/v1/documents/leave-act", "/v1/documents/leave-act/nodes/art_1"):
        assert str(sources) not in client.get(path).text


def test_a_node_comes_with_citation_and_receipt(client: TestClient):
    answer = client.get("/v1/documents/leave-act/nodes/art_2__cl_1").json()
    assert wire.NodeText.model_validate(answer).model_dump(mode="json") == answer
    assert answer["text"].startswith("1. A woman has the right")
    assert answer["citation"]["permalink"].endswith("#art_2__cl_1")
    assert answer["receipt"]["quote"] in answer["text"]
    assert client.post("/v1/verify", json=answer["receipt"]).json()["verdict"] == "valid"


def test_the_second_unit_of_a_name_is_told_apart(client: TestClient):
    for path in ("art_2~2", "art_2%7E2"):
        answer = client.get(f"/v1/documents/leave-act/nodes/{path}").json()
        assert answer["node"]["heading"] == "Parental leave"


def test_an_edition_can_be_chosen(client: TestClient):
    path = "/v1/documents/leave-act/nodes/art_1"
    edition = client.get(path).json()["edition"]["id"]
    assert client.get(f"{path}?edition={edition}&language=en").status_code == 200
    assert client.get(f"{path}?edition=kk-official").status_code == 404
    assert client.get(f"{path}?language=kk").status_code == 404


NOT_HELD = [
    "/v1/documents/no-such-law",
    "/v1/documents/no-such-law/nodes/art_1",
    "/v1/documents/leave-act/nodes/art_99",
    "/v1/documents/leave-act/nodes/бап_1",
    "/v1/documents/leave-act/nodes/art_1~7",
    "/v1/documents/leave-act/nodes/%00",
    "/v1/documents/leave-act/nodes/%FF%FE",
    "/v1/documents/leave-act/nodes/'; DROP TABLE nodes; --",
    "/v1/documents/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/v1/documents/..%5c..%5cwindows",
    "/v1/documents/leave-act/nodes/..%2f..%2f..%2fmanifest.json",
    "/v1/documents/%0d%0aSet-Cookie:x=1",
    "/v1/documents/",
]


@pytest.mark.parametrize("path", NOT_HELD)
def test_what_is_not_held_is_not_found(client: TestClient, path: str):
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert "set-cookie" not in response.headers


def test_endless_ids_are_refused(client: TestClient):
    assert client.get(f"/v1/documents/{'x' * 201}").status_code == 422
    assert client.get(f"/v1/documents/leave-act/nodes/{'x' * 501}").status_code == 422
