from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import wire
from kb.search.results import to_json

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from kb.knowledge_base import KnowledgeBase

QUERIES = ["maternity leave", "отпуск по беременности и родам", '"parental leave"', "Article 1"]


@pytest.mark.parametrize("query", QUERIES)
def test_the_answer_is_the_librarys_own_json(client: TestClient, kb: KnowledgeBase, query: str):
    response = client.post("/v1/search", json={"query": query})
    expected = to_json(kb.search(query))
    assert response.status_code == 200
    assert expected["hits"], "the comparison needs hits"
    text = json.dumps(expected, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    assert response.content.decode() == text


@pytest.mark.parametrize("query", QUERIES)
def test_the_answer_is_what_the_schema_says(client: TestClient, query: str):
    answer = client.post("/v1/search", json={"query": query}).json()
    assert wire.SearchResult.model_validate(answer).model_dump(mode="json") == answer


@pytest.mark.parametrize("query", QUERIES)
def test_get_and_post_answer_alike(client: TestClient, query: str):
    filters = {"languages": ["en", "ru"], "provenances": ["official"], "reader_language": "kk"}
    posted = client.post("/v1/search", json={"query": query, "limit": 2, **filters})
    gotten = client.get("/v1/search", params={"q": query, "limit": 2, **filters})
    assert posted.status_code == 200
    assert gotten.json() == posted.json()


def test_pages_of_hits_are_the_whole_answer_cut_up(client: TestClient):
    def hits(**page: int) -> list[str]:
        answer = client.post("/v1/search", json={"query": "maternity leave", **page}).json()
        return [hit["permalink"] for hit in answer["hits"]]

    whole = hits(limit=3)
    assert len(whole) == 3
    assert [*hits(limit=1), *hits(limit=2, offset=1)] == whole
    assert client.get("/v1/search?q=leave&limit=1").json()["more"] is True


def test_filters_are_obeyed(client: TestClient):
    def found(**filters: list[str]) -> set[tuple[str, str]]:
        answer = client.post("/v1/search", json={"query": "leave отпуск", **filters}).json()
        return {(hit["document_id"], hit["language"]) for hit in answer["hits"]}

    assert found() == {("leave-act", "en"), ("trudovoi-ustav", "ru")}
    assert found(languages=["ru"]) == {("trudovoi-ustav", "ru")}
    assert found(documents=["leave-act"]) == {("leave-act", "en")}
    assert found(languages=[], documents=[]) == found()


REFUSED = {
    "nothing": {},
    "an empty query": {"query": ""},
    "blanks": {"query": " \n\t "},
    "control characters": {"query": "\x00\x07"},
    "a control character among words": {"query": "leave\x00"},
    "too long": {"query": "x" * 100_000},
    "half a surrogate pair": {"query": "\ud800"},
    "a number": {"query": 3},
    "null": {"query": None},
    "a list": {"query": ["leave"]},
    "no hits wanted": {"query": "leave", "limit": 0},
    "too many hits": {"query": "leave", "limit": 101},
    "a limit in quotation marks": {"query": "leave", "limit": "10"},
    "a limit that is true": {"query": "leave", "limit": True},
    "a limit past all numbers": {"query": "leave", "limit": float("inf")},
    "half a hit": {"query": "leave", "limit": 1.5},
    "a negative offset": {"query": "leave", "offset": -1},
    "an offset past everything": {"query": "leave", "offset": 10**9},
    "an unknown language": {"query": "leave", "languages": ["xx"]},
    "a language that is no list": {"query": "leave", "languages": "en"},
    "an unknown document": {"query": "leave", "documents": ["no-such-law"]},
    "a path for a document": {"query": "leave", "documents": ["../../etc/passwd"]},
    "an endless document id": {"query": "leave", "documents": ["x" * 1000]},
    "an unknown provenance": {"query": "leave", "provenances": ["gossip"]},
    "an unknown reader": {"query": "leave", "reader_language": "tlh"},
    "an unknown field": {"query": "leave", "lanugages": ["en"]},
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_bad_searches_are_refused_with_a_problem(client: TestClient, body: dict[str, object]):
    response = client.post(
        "/v1/search", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    problem = response.json()
    assert response.status_code == problem["status"] == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"].startswith("urn:policy-kb:")
    assert len(problem["detail"]) < 1000
    assert "\n" not in problem["detail"]


def test_a_misspelt_parameter_is_not_ignored(client: TestClient):
    problem = client.get("/v1/search?q=leave&language=ru").json()
    assert [error["parameter"] for error in problem["errors"]] == ["language"]


@given(query=st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_answered_or_refused(client: TestClient, query: str):
    response = client.post("/v1/search", json={"query": query})
    assert response.status_code in (200, 422), response.text
    assert client.get("/v1/search", params={"q": query}).status_code == response.status_code


def test_threads_get_each_their_own_answer(client: TestClient):
    def search(number: int) -> bool:
        query = QUERIES[number % len(QUERIES)]
        response = client.post("/v1/search", json={"query": query})
        return response.status_code == 200 and response.json()["query"] == query

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(search, range(64)))
