"""A web of our own: official addresses, answered by a server on this machine.

The client under test asks for https addresses and checks them as it always does; only what
carries its requests is exchanged, for a transport that takes them to 127.0.0.1. The pages have the
shape of the public sites' and no sentence of theirs.
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import httpx2
import pytest

from kb.fetching import Manners, Web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Reply:
    """One answer of the server."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: bool = True  # say how long the body is
    missing: int = 0  # bytes that are announced and never sent
    silence: threading.Event | None = None  # wait for this before answering


class LocalWeb:
    """What the hosts answer, and what they were asked."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[str] = []
        self.headers: dict[str, list[dict[str, str]]] = defaultdict(list)
        self.under_way = 0
        self.most_under_way = 0

    def serve(self, url: str, *replies: Reply) -> None:
        """Answer with these, one after the other; the last one stays."""
        self.replies[url] = list(replies)

    def page(self, url: str, body: str, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.serve(url, Reply(body, headers={"Content-Type": "text/html; charset=utf-8", **named}))

    def answer(self, url: str, headers: dict[str, str]) -> Reply:
        self.asked.append(url)
        self.headers[url].append(headers)
        replies = self.replies.get(url)
        if replies is None:
            return Reply(b"<html><body>no such page</body></html>", 404)
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        etag = reply.headers.get("ETag")
        if reply.status == 200 and etag and headers.get("If-None-Match") == etag:
            return Reply(status=304, headers={"ETag": etag})
        return reply

    def pages_asked(self) -> list[str]:
        return [url for url in self.asked if not url.endswith("/robots.txt")]


def handler(web: LocalWeb) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            web.under_way += 1
            web.most_under_way = max(web.most_under_way, web.under_way)
            try:
                self.reply(
                    web.answer(f"https://{self.headers['Host']}{self.path}", dict(self.headers))
                )
            except OSError:  # the client had enough
                self.close_connection = True
            finally:
                web.under_way -= 1

        def reply(self, reply: Reply) -> None:
            if reply.silence is not None:
                reply.silence.wait(20)
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.length and reply.status != 304:
                self.send_header("Content-Length", str(len(body) + reply.missing))
            self.close_connection = not reply.length or bool(reply.missing)
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
            if reply.missing:
                self.wfile.flush()
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0)
                )

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class Server(ThreadingHTTPServer):
    """A server to which a client that hangs up is nothing to speak of."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class ToThisMachine(httpx2.BaseTransport):
    """Carries every request to the local server, whatever host it is for."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._inner = httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        assert request.url.scheme == "https"
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return self._inner.handle_request(
            httpx2.Request(
                request.method,
                url,
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )

    def close(self) -> None:
        self._inner.close()


@pytest.fixture
def local_web() -> Iterator[LocalWeb]:
    web = LocalWeb()
    with Server(("127.0.0.1", 0), handler(web)) as server:
        web.port = server.server_address[1]  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield web
        server.shutdown()
        thread.join()


@pytest.fixture
def waits() -> list[float]:
    """The seconds that the client waited, in order; it did not really wait."""
    return []


@pytest.fixture
def client(local_web: LocalWeb, waits: list[float]) -> Callable[..., Web]:
    """A client of the local web, whose clock moves only when it waits."""

    def make(**manners: float) -> Web:
        return Web(
            Manners(**manners),  # type: ignore[arg-type]
            transport=ToThisMachine(local_web.port),  # type: ignore[attr-defined]
            sleep=waits.append,
            clock=lambda: sum(waits),
        )

    return make
