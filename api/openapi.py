"""The description of the API at `/openapi.json`, and what FastAPI alone would leave out of it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.middleware import REQUEST_ID
from api.problems import MEDIA_TYPE, Problem

_SCHEMAS = "#/components/schemas/"
_REQUEST_ID_HEADER = {
    "description": "What the server's log has this request under.",
    "schema": {"type": "string"},
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that may answer with these statuses, or with any route's.

    >>> list(problems(404))
    [404, 421, 500]
    """
    content = {MEDIA_TYPE: {"schema": {"$ref": f"{_SCHEMAS}Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in sorted({*statuses, 421, 500})
    }


def describe(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """Return the function that FastAPI is to call for the description of `app`."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                routes=app.routes,
            )
            definitions = schema["components"]["schemas"]
            problem = Problem.model_json_schema(ref_template=f"{_SCHEMAS}{{model}}")
            definitions |= problem.pop("$defs")
            definitions["Problem"] = problem
            for operations in schema["paths"].values():
                for operation in operations.values():
                    for response in operation["responses"].values():
                        response["headers"] = {REQUEST_ID: _REQUEST_ID_HEADER}
            app.openapi_schema = schema
        return app.openapi_schema

    return openapi
