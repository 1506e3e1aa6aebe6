from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.middleware import MAX_BODY_BYTES
from api.pages import STATIC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.knowledge_base import KnowledgeBase
    from kb.settings import Settings

JSON = {"Content-Type": "application/json"}


# --- request ids ---


@pytest.mark.parametrize("path", ["/healthz", "/v1/documents", "/nope", "/v1/search?q="])
def test_a_plain_request_id_is_kept(client: TestClient, path: str):
    response = client.get(path, headers={"X-Request-ID": "trace-7.A_b"})
    assert response.headers["x-request-id"] == "trace-7.A_b"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>", "a\tb", "%0d%0a", "é"])
def test_any_other_is_replaced(client: TestClient, given: str):
    name = client.get("/healthz", headers={"X-Request-ID": given.encode("latin-1")}).headers[
        "x-request-id"
    ]
    assert name != given
    assert len(name) == 16


def test_each_request_gets_an_id_of_its_own(client: TestClient):
    names = {client.get("/healthz").headers["x-request-id"] for _ in range(20)}
    assert len(names) == 20


# --- headers ---


@pytest.mark.parametrize("path", ["/healthz", "/v1/search?q=leave", "/nope", "/openapi.json"])
def test_answers_are_safe_in_a_browser(client: TestClient, path: str):
    headers = client.get(path, headers={"Origin": "https://evil.example"}).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert not [name for name in headers if name.startswith("access-control-")]


def test_a_preflight_is_not_answered(client: TestClient):
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    response = client.options("/v1/search", headers=asked)
    assert response.status_code == 405
    assert not [name for name in response.headers if name.startswith("access-control-")]


# --- hosts ---


@pytest.fixture(scope="module")
def on_loopback(kb: KnowledgeBase, settings: Settings) -> Iterator[TestClient]:
    app = create_app(settings, kb, hosts=["kb.example.org"])
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8000",
        "127.0.0.1",
        "localhost:8000",
        "LOCALHOST",
        "[::1]:8000",
        "[::1]",
        "kb.example.org",
        "KB.example.org:443",
    ],
)
def test_a_server_on_loopback_answers_to_its_own_names(on_loopback: TestClient, host: str):
    assert on_loopback.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "kb.example.org.evil.example",
        "192.168.0.7:8000",
        "0.0.0.0:8000",
        "localhost:8000@evil.example",
        "[::1].evil.example",
        "[::ffff:8.8.8.8]",
        "",
        "[",
    ],
)
def test_and_to_no_other(on_loopback: TestClient, host: str):
    response = on_loopback.get("/v1/documents", headers={"Host": host})
    assert response.status_code == 421
    assert response.headers["content-type"] == "application/problem+json"


def test_two_hosts_are_none(on_loopback: TestClient):
    twice = [("Host", "localhost"), ("Host", "evil.example")]
    assert on_loopback.get("/healthz", headers=twice).status_code == 421


def test_a_server_elsewhere_goes_by_any_name(kb: KnowledgeBase, settings: Settings):
    with TestClient(create_app(settings, kb), base_url="http://192.0.2.7:8000") as client:
        assert client.get("/healthz", headers={"Host": "kb.example.org"}).status_code == 200


# --- the size of a body ---


def test_a_large_body_is_refused_before_it_is_read(client: TestClient):
    response = client.post("/v1/search", content=b" " * (MAX_BODY_BYTES + 1), headers=JSON)
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


def test_and_while_it_is_read_where_its_size_is_not_told(client: TestClient):
    parts = (b" " * 65_536 for _ in range(17))
    response = client.post("/v1/search", content=parts, headers=JSON)
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


def test_a_body_at_the_limit_is_read(client: TestClient):
    body = b'{"query": "leave"}'.ljust(MAX_BODY_BYTES)
    assert client.post("/v1/search", content=body, headers=JSON).status_code == 200


# --- HEAD ---


@pytest.mark.parametrize(
    "path", ["/healthz", "/v1/search?q=leave", "/v1/documents/leave-act", "/nope", "/openapi.json"]
)
def test_head_is_get_without_the_body(client: TestClient, path: str):
    head, get = client.head(path), client.get(path)
    assert head.content == b""
    assert head.status_code == get.status_code
    assert head.headers["content-type"] == get.headers["content-type"]
    assert head.headers["content-length"] == get.headers["content-length"]


# --- static files ---


def test_static_files_are_asked_about_again_and_nothing_outside_them_is_served(client: TestClient):
    name = next(path.name for path in sorted(STATIC.iterdir()) if path.is_file())
    served = client.get(f"/static/{name}")
    assert served.status_code == 200
    assert "no-store" not in served.headers.get("cache-control", "")
    again = client.get(f"/static/{name}", headers={"If-None-Match": served.headers["etag"]})
    assert again.status_code == 304
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/"):
        assert client.get(path).status_code == 404
