"""What happens to every request before a route sees it, from the outside in.

    RequestIds       a name for the request, in every answer and in the log
    SafeHeaders      headers that keep a browser from guessing, framing, caching and telling on us
    LastResort       a mistake of ours becomes a problem document and a line in the log
    LocalHosts       a page of another site cannot reach a server on loopback (DNS rebinding)
    BodyLimit        no more than a megabyte is read
    HeadAsGet        HEAD is answered wherever GET is

They are plain ASGI: nothing is buffered, and nothing stands between a route and its client.
"""

import ipaddress
import logging
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_response

REQUEST_ID = "X-Request-ID"
MAX_BODY_BYTES = 1024 * 1024

_log = logging.getLogger("api")
_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class HttpMiddleware(ABC):
    """The base of those below: what is not HTTP (a server's start and end) passes by."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one ASGI connection."""
        answer = self._answer if scope["type"] == "http" else self.app
        await answer(scope, receive, send)

    @abstractmethod
    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let `self.app` answer it."""


class RequestIds(HttpMiddleware):
    """Give each request an id: the caller's, where that is short and plain, or a new one."""

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _SANE_REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        await self.app(scope, receive, send_named)


class SafeHeaders(HttpMiddleware):
    """Add the headers of a safe answer where the route has not set its own.

    Nothing may be stored that a newer text of the law could contradict; what carries an ETag
    can be asked about again, so it is left to the browser.
    """

    HEADERS = {  # noqa: RUF012 - never changed
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.HEADERS.items():
                    headers.setdefault(name, value)
                if "etag" not in headers:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_safe)


class LastResort(HttpMiddleware):
    """Answer what nobody foresaw with a problem document that shows nothing of it."""

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_watched)
        except Exception:
            request_id = scope["state"]["request_id"]
            _log.exception("request %s: %s %r failed", request_id, scope["method"], scope["path"])
            if started:  # half an answer is out: only a broken connection can say so
                raise
            detail = "The server failed on this request; its log says why, under the request id."
            await problem_response(scope, 500, detail)(scope, receive, send)


class LocalHosts(HttpMiddleware):
    """Refuse requests to a loopback socket that name another host.

    A page of `evil.example` whose name suddenly resolves to 127.0.0.1 would be let in by the
    browser as the same site; the Host header still says `evil.example`. The address of the
    socket that the request came in on decides, so a server that listens elsewhere is not
    concerned; one behind a proxy on the same machine is told the proxy's names.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] = ()) -> None:
        super().__init__(app)
        self.hosts = frozenset(host.lower() for host in hosts)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if on_loopback(scope):
            named = Headers(scope=scope).getlist("host")
            if len(named) != 1 or not self._accepts(named[0]):
                detail = "This server answers to localhost alone; ask for it by that name."
                await problem_response(scope, 421, detail)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _accepts(self, header: str) -> bool:
        host = re.sub(r":\d*$", "", header.lower())
        return host == "localhost" or host in self.hosts or is_loopback(host.strip("[]"))


def on_loopback(scope: Scope) -> bool:
    """Whether a request came in on a loopback socket; one that nobody knows of counts as such."""
    server = scope.get("server")
    return server is None or server[0] == "localhost" or is_loopback(server[0])


def is_loopback(address: str) -> bool:
    """Whether a text is an IP address of this machine alone: `127.0.0.1`, `::1`."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class BodyLimit(HttpMiddleware):
    """Read no more than `limit` bytes of a body, whatever its header says.

    Starlette has a middleware for this, which answers in plain text.
    """

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY_BYTES) -> None:
        super().__init__(app)
        self.limit = limit

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"The body has more than {self.limit} bytes; send less."
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > self.limit:
            await problem_response(scope, 413, detail)(scope, receive, send)
            return
        read = 0

        async def receive_limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.limit:
                raise HTTPException(413, detail)
            return message

        await self.app(scope, receive_limited, send)


class HeadAsGet(HttpMiddleware):
    """Answer HEAD with the headers of GET; FastAPI's routes take GET alone."""

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, send_without_body)
