from __future__ import annotations

import inspect
import logging
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.problems import Problem, type_of
from kb import errors
from kb.errors import KBError

if TYPE_CHECKING:
    from kb.settings import Settings

JSON = {"Content-Type": "application/json"}
KB_ERRORS = [
    error for _, error in inspect.getmembers(errors, inspect.isclass) if issubclass(error, KBError)
]


class Failing:
    """A knowledge base that raises one error whatever it is asked."""

    generation = "gen-none"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def warm(self) -> None:
        pass

    def search(self, *_: object, **__: object) -> object:
        raise self.error


def failing(settings: Settings, error: Exception) -> TestClient:
    return TestClient(create_app(settings, Failing(error)))  # type: ignore[arg-type]


@pytest.mark.parametrize("error", KB_ERRORS)
def test_the_errors_of_the_library_keep_their_status_and_title(
    settings: Settings, error: type[KBError]
):
    response = failing(settings, error("This happened; do that.")).get("/v1/search?q=leave")
    assert response.status_code == error.status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": type_of(error),
        "title": error.title,
        "status": error.status,
        "detail": "This happened; do that.",
        "instance": "/v1/search",
        "request_id": response.headers["x-request-id"],
    }


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.KBError, "urn:policy-kb:kb-error"),
        (errors.BadQuery, "urn:policy-kb:bad-query"),
        (errors.NotFound, "urn:policy-kb:not-found"),
        (errors.IndexMissing, "urn:policy-kb:index-missing"),
    ],
)
def test_types_follow_the_names_of_the_errors(error: type[KBError], kind: str):
    assert type_of(error) == kind


def test_our_own_mistakes_show_nothing_and_are_logged(
    settings: Settings, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.ERROR, "api"):
        response = failing(settings, RuntimeError("the secret of /srv/kb")).get(
            "/v1/search?q=x", headers={"X-Request-ID": "r-17"}
        )
    problem = response.json()
    assert (response.status_code, problem["type"]) == (500, "about:blank")
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"
    (record,) = caplog.records
    assert "r-17" in record.getMessage()
    assert record.exc_info is not None
    assert "the secret" in str(record.exc_info[1])


UNREADABLE = {
    "cut short": (b'{"query": ', 400),
    "empty": (b"", 422),
    "not UTF-8": (b"\xff\xfe\x00", 400),
    "nested without end": (b"[" * 200_000, 400),
    "a number without end": (b'{"query": "x", "limit": 1' + b"0" * 10_000 + b"}", 400),
    "not a number": (b'{"query": "x", "limit": NaN}', 422),
    "a list": (b'[{"query": "x"}]', 422),
    "a string": (b'"query"', 422),
}


@pytest.mark.parametrize(("body", "status"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_bodies_that_are_no_search(client: TestClient, body: bytes, status: int):
    response = client.post("/v1/search", content=body, headers=JSON)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    Problem.model_validate(response.json())


def test_a_body_that_is_not_called_json_says_what_to_send(client: TestClient):
    for headers in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "multipart/form-data"}):
        response = client.post("/v1/search", content=b'{"query": "x"}', headers=headers)
        assert response.status_code == 415
        assert "application/json" in response.json()["detail"]
    accepted = client.post(
        "/v1/search",
        content=b'{"query": "leave"}',
        headers={"Content-Type": "Application/JSON; charset=utf-8"},
    )
    assert accepted.status_code == 200


def test_the_names_of_fields_can_be_anything(client: TestClient):
    body = '{"query": "x", "\\ud800": 1, "' + "k" * 500 + '": 2, "": 3}'
    response = client.post("/v1/search", content=body.encode(), headers=JSON)
    assert response.status_code == 422
    assert len(response.text) < 5000


def test_what_was_sent_is_not_sent_back(client: TestClient):
    response = client.post("/v1/search", json={"query": {"secret": "swordfish"}})
    assert response.status_code == 422
    assert "swordfish" not in response.text


def test_errors_without_number_are_cut(client: TestClient):
    body = {"query": "x", "documents": [3] * 1000}
    assert len(client.post("/v1/search", json=body).json()["errors"]) == 20


@pytest.mark.parametrize("path", ["/nope", "/v1", "/v1/", "/v1/search/", "/docs", "/redoc"])
def test_unknown_addresses_are_problems(client: TestClient, path: str):
    response = client.get(path)
    problem = Problem.model_validate(response.json())
    assert (response.status_code, problem.status, problem.instance) == (404, 404, path)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/search", "GET, POST, HEAD"),
        ("OPTIONS", "/v1/search", "GET, POST, HEAD"),
        ("PROPFIND", "/v1/search", "GET, POST, HEAD"),
        ("PUT", "/v1/documents", "GET, HEAD"),
        ("GET", "/v1/verify", "POST"),
        ("HEAD", "/v1/verify", "POST"),
        ("POST", "/healthz", "GET, HEAD"),
        ("POST", "/static/anything", "GET, HEAD"),
    ],
)
def test_methods_that_are_not_taken(client: TestClient, method: str, path: str, allowed: str):
    response = client.request(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)
    assert response.headers["content-type"] == "application/problem+json"
