"""Every error of the server as one kind of answer: an RFC 9457 problem document.

    $ curl -s 'localhost:8000/v1/search?q=leave&limit=1000'
    {"type": "urn:policy-kb:invalid-request", "title": "The request cannot be used", "status": 422,
     "detail": "limit: Input should be less than or equal to 100", "instance": "/v1/search",
     "request_id": "0b1946ac92492d23",
     "errors": [{"parameter": "limit", "detail": "Input should be less than or equal to 100"}]}

| what went wrong                          | type                            | status           |
| ---------------------------------------- | ------------------------------- | ---------------- |
| a `kb.errors.KBError`                    | `urn:policy-kb:` and its name   | of the class     |
| a body or a parameter of the wrong shape | `urn:policy-kb:invalid-request` | 422              |
| anything that HTTP has a name for        | `about:blank`                   | 400, 404, 405, … |
| a mistake of ours                        | `about:blank`                   | 500              |

What a caller sent is never repeated in `errors`, and a mistake of ours shows nothing of itself:
the log has it, under the same request id.
"""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount
from starlette.types import Scope

from kb.errors import KBError

MEDIA_TYPE = "application/problem+json"
INVALID_REQUEST = "urn:policy-kb:invalid-request"

_log = logging.getLogger("api")
_MAX_ERRORS = 20  # of a request that is wrong all over, its sender needs no more
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class FieldError(BaseModel):
    """One value of a request that cannot be used."""

    parameter: str | None = Field(None, description="Name of the query or path parameter.")
    pointer: str | None = Field(None, description="JSON pointer of the value in the body.")
    detail: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """What went wrong with a request (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:policy-kb:bad-query",
                    "title": "The query cannot be used",
                    "status": 422,
                    "detail": "The query is empty; type a word, a phrase or a provision.",
                    "instance": "/v1/search",
                    "request_id": "0b1946ac92492d23",
                }
            ]
        }
    )

    type: str = Field(description="Which kind of problem: a URN of ours, or `about:blank`.")
    title: str = Field(description="The kind of problem in words; the same for every one of it.")
    status: int = Field(description="The HTTP status.", ge=400, le=599)
    detail: str = Field(description="What happened here, then what to do.")
    instance: str = Field(description="The path that was asked for.")
    request_id: str = Field(description="What the server's log has this request under.")
    errors: list[FieldError] | None = Field(
        None, description="Each value that cannot be used; for malformed requests alone."
    )


def problem_response(
    scope: Scope,
    status: int,
    detail: str,
    *,
    kind: str = "about:blank",
    title: str | None = None,
    errors: Iterable[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the problem document for the request of `scope`.

    Args:
        scope: the ASGI scope, which `api.middleware` has given a request id.
        status: the HTTP status.
        detail: one line: what happened, then what to do.
        kind: the problem's `type`.
        title: by default HTTP's phrase for the status, as RFC 9457 wants it of `about:blank`.
        errors: the values that cannot be used.
        headers: further headers of the response.
    """
    problem = Problem(
        type=kind,
        title=title or HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=quote(scope["path"]),
        request_id=scope["state"]["request_id"],
        errors=list(errors) or None,
    )
    text = json.dumps(problem.model_dump(exclude_none=True), ensure_ascii=False)
    # A caller can send half of a surrogate pair as the name of a field; UTF-8 has no bytes for it.
    body = text.encode("utf-8", "replace")
    return Response(body, status, dict(headers or {}), MEDIA_TYPE)


def type_of(error: type[KBError]) -> str:
    """Return the problem type of an error class.

    >>> type_of(BadQuery)
    'urn:policy-kb:bad-query'
    """
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z]|$)|[A-Z][a-z]+", error.__name__)
    return f"urn:policy-kb:{'-'.join(words).lower()}"


def install(app: FastAPI) -> None:
    """Answer every error that the routes of `app` raise with a problem document."""
    app.add_exception_handler(KBError, _knowledge_base)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


# --- the handlers, which Starlette chooses by the class of what was raised ---


async def _knowledge_base(request: Request, error: Exception) -> Response:
    assert isinstance(error, KBError)  # noqa: S101 - for the type checker: `install` sees to it
    if error.status >= 500:
        _log.warning("request %s: %s", request.state.request_id, error)
    return problem_response(
        request.scope, error.status, str(error), kind=type_of(type(error)), title=error.title
    )


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return problem_response(request.scope, 400, "The body is not JSON; check its syntax.")
    errors = [_field_error(item) for item in found[:_MAX_ERRORS]]
    first = errors[0]
    return problem_response(
        request.scope,
        422,
        f"{first.parameter or first.pointer or 'the body'}: {first.detail}",
        kind=INVALID_REQUEST,
        title="The request cannot be used",
        errors=errors,
    )


def _field_error(item: Mapping[str, Any]) -> FieldError:
    """Return what pydantic says of one value, at ("query", "limit") or ("body", "span", "end")."""
    place, *path = (str(part)[:100] for part in item["loc"])
    detail = str(item["msg"]).removeprefix("Value error, ")
    if place == "body":
        pointer = "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in path)
        return FieldError(pointer=f"#{pointer}", detail=detail)
    return FieldError(parameter=".".join(path), detail=detail)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed_methods(request.scope)) or "GET, HEAD"
    detail = _PLAINER.get(error.detail, error.detail)
    return problem_response(request.scope, error.status_code, detail, headers=headers)


# what the frameworks say, and what helps
_PLAINER = {
    "Not Found": "There is nothing at this address; /openapi.json lists what there is.",
    "Method Not Allowed": "This address does not take this method; the header Allow lists those.",
    "There was an error parsing the body": "The body cannot be read: its numbers are too long"
    " or it is nested too deep; send a plainer one.",
}


def _allowed_methods(scope: Scope) -> list[str]:
    """Return the methods that any route takes at this path; one route knows only its own.

    None of them: what is there is a static file.
    """
    routes = [route for route in scope["app"].routes if not isinstance(route, Mount)]
    allowed = [
        method
        for method in _METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    return [*allowed, "HEAD"] if "GET" in allowed else allowed
