from __future__ import annotations

import dataclasses
import hashlib
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from api import examples, wire
from api.problems import INVALID_REQUEST, FieldError, Problem, type_of
from kb import documents, errors, receipts, references
from kb.answers import results as answers
from kb.comparison import provisions
from kb.search import results

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"
MODELS = [
    model
    for module in (wire,)
    for _, model in inspect.getmembers(module, inspect.isclass)
    if issubclass(model, BaseModel) and model is not BaseModel
]


@pytest.fixture(scope="module")
def schema(client: TestClient) -> dict[str, Any]:
    response = client.get("/openapi.json")
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


# --- the models are the library's values, field by field ---


@pytest.mark.parametrize(
    ("model", "value"),
    [
        (wire.SearchResult, results.SearchResult),
        (wire.Answer, answers.Answer),
        (wire.AnswerSentence, answers.AnswerSentence),
        (wire.AnswerSource, answers.AnswerSource),
        (wire.Context, answers.Context),
        (wire.ContextPassage, answers.ContextPassage),
        (wire.Hit, results.Hit),
        (wire.Snippet, results.Snippet),
        (wire.Explanation, results.Explanation),
        (wire.LegScore, results.LegScore),
        (wire.ParallelText, results.ParallelText),
        (wire.Highlight, documents.Highlight),
        (wire.Receipt, documents.Receipt),
        (wire.Citation, documents.Citation),
        (wire.Node, documents.Node),
        (wire.Verification, receipts.Verification),
        (wire.Reference, references.FoundReference),
        (wire.ProvisionComparison, provisions.ProvisionComparison),
        (wire.ComparedPair, provisions.ComparedPair),
        (wire.ComparedSide, provisions.ComparedSide),
        (wire.ComparedSentence, provisions.ComparedSentence),
        (wire.QuantityRow, provisions.QuantityRow),
        (wire.NamedQuantity, provisions.NamedQuantity),
    ],
)
def test_models_have_the_fields_of_the_library(model: type[BaseModel], value: type[Any]):
    assert list(model.model_fields) == [field.name for field in dataclasses.fields(value)]


def test_a_document_has_all_fields_of_the_library():
    fields = {field.name for field in dataclasses.fields(documents.Document)}
    assert set(wire.Document.model_fields) == fields


# --- the description ---


def test_it_names_every_route(schema: dict[str, Any]):
    assert {(method, path) for method, path, _ in operations(schema)} == {
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/v1/search"),
        ("POST", "/v1/search"),
        ("POST", "/v1/answer"),
        ("GET", "/v1/context"),
        ("GET", "/v1/documents"),
        ("GET", "/v1/documents/{document_id}"),
        ("GET", "/v1/documents/{document_id}/nodes/{eid}"),
        ("GET", "/v1/documents/{document_id}/editions"),
        ("GET", "/v1/documents/{document_id}/nodes/{eid}/history"),
        ("GET", "/v1/documents/{document_id}/nodes/{eid}/citations"),
        ("POST", "/v1/references"),
        ("GET", "/v1/compare"),
        ("POST", "/v1/verify"),
        ("GET", "/v1/documents/{document_id}/nodes/{eid}/parallel"),
        ("POST", "/v1/compare/provisions"),
    }


def test_every_error_is_a_problem_document(schema: dict[str, Any]):
    for method, path, operation in operations(schema):
        assert operation["summary"]
        assert operation["description"]
        failures = {name: r for name, r in operation["responses"].items() if name != "200"}
        assert set(failures) >= {"421", "500"}, (method, path)
        for response in failures.values():
            assert response["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }


def test_every_answer_has_a_schema_and_a_request_id(schema: dict[str, Any]):
    for _, _, operation in operations(schema):
        assert "$ref" in operation["responses"]["200"]["content"]["application/json"]["schema"]
        for response in operation["responses"].values():
            assert "X-Request-ID" in response["headers"]


def test_every_reference_leads_somewhere(schema: dict[str, Any]):
    names = set(re.findall(r"#/components/schemas/(\w+)", str(schema)))
    assert names <= set(schema["components"]["schemas"])
    assert {"Problem", "FieldError", "SearchResult"} <= names


def test_every_parameter_is_explained(schema: dict[str, Any]):
    for method, path, operation in operations(schema):
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (method, path, parameter["name"])


@pytest.mark.parametrize("model", MODELS)
def test_examples_fit_their_models(model: type[BaseModel]):
    extra = model.model_config.get("json_schema_extra") or {}
    assert isinstance(extra, dict)
    found = extra.get("examples", [])
    assert isinstance(found, list)
    for example in found:
        read = model.model_validate(example).model_dump(mode="json", exclude_unset=True)
        assert read == example


def test_the_examples_are_true():
    receipt = wire.Receipt.model_validate(examples.RECEIPT)
    assert examples.TEXT[receipt.span.start : receipt.span.end] == receipt.quote
    assert hashlib.sha256(receipt.quote.encode()).hexdigest() == receipt.quote_sha256
    assert hashlib.sha256(examples.TEXT.encode()).hexdigest() == receipt.text_sha256
    hit = wire.SearchResult.model_validate(examples.SEARCH_RESULT).hits[0]
    for found in (hit, hit.snippet, *hit.highlights):
        assert examples.TEXT[found.span.start : found.span.end] == found.text


# --- docs/api.md ---


@pytest.fixture(scope="module")
def guide() -> str:
    return DOCS.read_text("utf-8")


def test_the_guide_describes_every_route(schema: dict[str, Any], guide: str):
    for method, path, _ in operations(schema):
        assert f"`{method} {path}`" in guide


def test_the_guide_describes_every_parameter_and_field_that_can_be_sent(
    schema: dict[str, Any], guide: str
):
    sent = {
        p["name"] for _, _, operation in operations(schema) for p in operation.get("parameters", [])
    }
    for model in (
        wire.SearchRequest,
        wire.AnswerRequest,
        wire.CompareProvisionsRequest,
        wire.ComparisonSide,
    ):
        sent |= set(model.model_fields)
    assert not [name for name in sorted(sent) if f"`{name}`" not in guide]


def test_the_guide_describes_every_problem(guide: str):
    tree = [
        e for _, e in inspect.getmembers(errors, inspect.isclass) if e.__module__ == errors.__name__
    ]
    served = [
        e
        for e in tree
        if issubclass(
            e,
            (
                errors.BadQuery,
                errors.BadFilter,
                errors.NotFound,
                errors.IndexMissing,
                errors.IndexDamaged,
                errors.IndexMismatch,
                errors.ModelUnavailable,
            ),
        )
    ]
    for kind in [INVALID_REQUEST, "about:blank", *map(type_of, served)]:
        assert f"`{kind}`" in guide
    for name in {*Problem.model_fields, *FieldError.model_fields}:
        assert f"`{name}`" in guide


def test_the_guide_explains_every_verdict(guide: str):
    for verdict in receipts.Verdict:
        assert f"`{verdict}`" in guide
