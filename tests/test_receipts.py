"""A receipt holds as long as its words stand where it says, and never otherwise."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents import Document, Edition, Language, Provenance, Receipt, Span, sha256_text
from kb.errors import BadRequest
from kb.readers.plain import read_plain
from kb.receipts import Verdict, check_receipt, innermost, make_receipt, receipt_from_json
from kb.search.results import to_json
from kb.structure import parse_structure

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase

LAW = """Article 1. Scope

This Law applies to every employee.

Article 2. Maternity leave

1. A woman has the right to leave of 126 days.

2. The leave is granted on a medical certificate:

1) seventy days before the birth;

2) fifty-six days after the birth.
"""


def edition(text: str = LAW, **changed: Any) -> Edition:
    source = read_plain(text)
    given = {
        "document_id": "law",
        "language": Language.ENGLISH,
        "provenance": Provenance.OFFICIAL,
        "valid_from": date(2024, 1, 1),
        "text": source.text,
        "nodes": parse_structure(source),
        "source": "law.txt",
        "source_sha256": "0" * 64,
    }
    return Edition(**{**given, **changed})


def document(*editions: Edition) -> Document:
    return Document(id="law", titles={}, editions=editions)


def verdict(receipt: Receipt, *editions: Edition) -> Verdict:
    return check_receipt(receipt, document(*editions)).verdict


HELD = edition()
RECEIPTS = [make_receipt(HELD, node.eid, node.span) for node in HELD.nodes]
POINT = next(receipt for receipt in RECEIPTS if receipt.eid == "art_2__cl_1")


@pytest.mark.parametrize("receipt", RECEIPTS, ids=lambda receipt: receipt.eid)
def test_a_receipt_for_any_unit_is_valid(receipt: Receipt) -> None:
    result = check_receipt(receipt, document(HELD))
    assert (result.verdict, result.eid, result.span, result.quote) == (
        Verdict.VALID,
        receipt.eid,
        receipt.span,
        receipt.quote,
    )


@given(st.data())
def test_a_receipt_for_any_words_is_valid(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(HELD.text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(HELD.text))))
    eid = innermost(HELD, span)
    if eid is not None:
        assert verdict(make_receipt(HELD, eid, span), HELD) is Verdict.VALID


def test_a_passage_over_several_units_at_the_top_is_named_by_its_first() -> None:
    first = HELD.nodes[0]
    receipt = make_receipt(HELD, first.eid, Span(first.span.start, len(HELD.text)))
    assert verdict(receipt, HELD) is Verdict.VALID
    last = [node for node in HELD.nodes if node.parent is None][-1]
    assert verdict(replace(receipt, eid=last.eid), HELD) is Verdict.INCONSISTENT


# --- altered ---


def test_the_table_of_alterations_is_complete() -> None:
    assert set(ALTERED) == {item.name for item in fields(Receipt)}


ALTERED: dict[str, list[tuple[object, set[Verdict]]]] = {
    # Nothing in a receipt proves these two: another document, another state of the text.
    "document_id": [("other", {Verdict.MISSING})],
    "text_sha256": [("f" * 64, {Verdict.MOVED})],
    # The rest is proved by the receipt itself or by the text.
    "edition_id": [
        ("ru-2024-01-01-official", {Verdict.INCONSISTENT}),
        ("nonsense", {Verdict.INCONSISTENT}),
    ],
    "eid": [
        ("art_2", {Verdict.INCONSISTENT}),
        ("art_1", {Verdict.INCONSISTENT}),
        ("art_2__cl_1__sub_9", {Verdict.INCONSISTENT}),
        ("", {Verdict.INCONSISTENT}),
    ],
    "language": [(Language.KAZAKH, {Verdict.INCONSISTENT})],
    "provenance": [(Provenance.DIGEST, {Verdict.INCONSISTENT})],
    "valid_from": [(date(2023, 1, 1), {Verdict.INCONSISTENT}), (None, {Verdict.INCONSISTENT})],
    "quote": [(POINT.quote.replace("126", "226"), {Verdict.INCONSISTENT})],
    "span": [
        (Span(POINT.span.start + 1, POINT.span.end + 1), {Verdict.INCONSISTENT}),
        (Span(POINT.span.start, POINT.span.end + 1), {Verdict.INCONSISTENT}),
        (Span(-5, -5 + len(POINT.quote)), {Verdict.INCONSISTENT}),
    ],
    "quote_sha256": [("0" * 64, {Verdict.INCONSISTENT}), ("", {Verdict.INCONSISTENT})],
}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [(name, *case) for name, cases in ALTERED.items() for case in cases],
)
def test_an_altered_field(name: str, value: object, expected: set[Verdict]) -> None:
    altered = replace(POINT, **{name: value})
    held = None if altered.document_id != "law" else document(HELD)
    assert check_receipt(altered, held).verdict in expected


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "document_id": st.text(max_size=9),
    "edition_id": st.text(max_size=30) | st.just("en-official"),
    "eid": st.sampled_from([node.eid for node in HELD.nodes]) | st.text(max_size=12),
    "language": st.sampled_from(Language),
    "provenance": st.sampled_from(Provenance),
    "valid_from": st.none() | st.dates(),
    "quote": st.text() | st.integers(0, 99).map(lambda end: LAW[:end]),
    "span": st.builds(Span, st.integers(-400, 400), st.integers(-400, 400)),
    "quote_sha256": st.text(max_size=64),
    "text_sha256": st.text(max_size=64),
}


@given(st.sampled_from(RECEIPTS), st.sampled_from(sorted(VALUES)), st.data())
def test_no_altered_receipt_is_valid(receipt: Receipt, name: str, data: st.DataObject) -> None:
    altered = replace(receipt, **{name: data.draw(VALUES[name])})
    # A unit with a single child has its span: naming either is true, and both are given out.
    if altered not in RECEIPTS:
        held = document(HELD) if altered.document_id == "law" else None
        assert check_receipt(altered, held).verdict is not Verdict.VALID


def test_a_quote_with_its_hash_made_anew_is_found_out() -> None:
    forged = POINT.quote.replace("126", "226")
    altered = replace(POINT, quote=forged, quote_sha256=sha256_text(forged))
    assert verdict(altered, HELD) is Verdict.INCONSISTENT


# --- the text has changed since ---


def test_words_that_moved() -> None:
    now = edition("Preamble.\n\n" + LAW)
    result = check_receipt(POINT, document(now))
    assert result.verdict is Verdict.MOVED
    assert result.eid == "art_2__cl_1"
    assert result.span is not None
    assert result.span.of(now.text) == result.quote == POINT.quote


def test_words_that_moved_to_another_unit() -> None:
    now = edition(LAW.replace("Article 2.", "Article 3."))
    result = check_receipt(POINT, document(now))
    assert (result.verdict, result.eid) == (Verdict.MOVED, "art_3__cl_1")


def test_words_that_changed() -> None:
    now = edition(LAW.replace("126", "140"))
    result = check_receipt(POINT, document(now))
    assert result.verdict is Verdict.CHANGED
    assert result.quote is not None
    assert "140 days" in result.quote
    assert result.span is not None
    assert result.span.of(now.text) == result.quote


@pytest.mark.parametrize(
    ("held", "word"),
    [
        (None, "not held"),
        (document(), "not held"),
        (document(edition(language=Language.RUSSIAN)), "not held"),
        (document(edition("Article 1. Scope\n\nNothing else.")), "no longer exists"),
    ],
)
def test_words_that_are_gone(held: Document | None, word: str) -> None:
    result = check_receipt(POINT, held)
    assert result.verdict is Verdict.MISSING
    assert word in result.message


# --- as JSON ---


@given(st.sampled_from(RECEIPTS))
def test_a_receipt_comes_back_from_json(receipt: Receipt) -> None:
    again = receipt_from_json(to_json(receipt))
    assert again == receipt
    assert isinstance(again.span, Span)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (None, "JSON object"),
        ([], "JSON object"),
        ("receipt", "JSON object"),
        ({}, "document_id"),
        ({**to_json(POINT), "note": "x"}, "note"),
        ({**to_json(POINT), "span": [0, 5]}, "span"),
        ({**to_json(POINT), "span": {"start": "a", "end": 5}}, "start"),
        ({**to_json(POINT), "language": "fr"}, "language"),
        ({**to_json(POINT), "quote": None}, "quote"),
        ({**to_json(POINT), "valid_from": "soon"}, "valid_from"),
        ({name: value for name, value in to_json(POINT).items() if name != "eid"}, "eid"),
    ],
)
def test_what_is_no_receipt(data: object, named: str) -> None:
    with pytest.raises(BadRequest, match=named) as refused:
        receipt_from_json(data)
    assert "\n" not in str(refused.value)


QUERIES = [
    "maternity leave",
    "отпуск по беременности",
    "жүктілікке байланысты демалыс",
    "Article 2",
    '"seventy days before the birth"',
    "employer",
]


@pytest.mark.parametrize("query", QUERIES)
def test_the_receipt_of_every_hit_verifies(leave_kb: KnowledgeBase, query: str) -> None:
    hits = leave_kb.search(query, limit=100).hits
    assert hits
    for hit in hits:
        assert hit.receipt.quote == hit.text
        assert leave_kb.verify_receipt(hit.receipt).verdict is Verdict.VALID
        assert leave_kb.verify_receipt(to_json(hit.receipt)).verdict is Verdict.VALID


def test_the_receipt_of_every_node_verifies(leave_kb: KnowledgeBase) -> None:
    for summary in leave_kb.documents():
        for held in leave_kb.document(summary.id).editions:
            for node in held.nodes:
                view = leave_kb.node(summary.id, node.eid, edition_id=held.id)
                assert leave_kb.verify_receipt(view.receipt).verdict is Verdict.VALID
