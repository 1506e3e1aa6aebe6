"""Receipts: evidence that words stand where we say they stand, checked again whenever asked.

receipt = make_receipt(edition, eid, span)
check_receipt(receipt, document).verdict     # valid, moved, changed, missing or inconsistent
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, StrictInt, ValidationError

from kb.documents import Edition, Language, Provenance, Receipt, Span, sha256_text
from kb.errors import BadRequest

if TYPE_CHECKING:
    from kb.documents import Document, Node


class Verdict(StrEnum):
    """What became of the words of a receipt."""

    VALID = "valid"  # the text is unchanged and the words stand where the receipt says
    MOVED = "moved"  # the text has changed elsewhere; the words are still there, verbatim
    CHANGED = "changed"  # the provision now reads otherwise
    MISSING = "missing"  # the document, edition or provision is no longer held
    INCONSISTENT = "inconsistent"  # the receipt contradicts itself: it was altered


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of checking a receipt."""

    verdict: Verdict
    message: str  # one sentence for the reader
    receipt: Receipt  # as given
    eid: str | None = None  # where the words, or the provision, stand now
    span: Span | None = None  # of `quote`
    quote: str | None = None  # what stands there now, verbatim


def make_receipt(edition: Edition, eid: str, span: Span) -> Receipt:
    """Return the receipt for a span of an edition that lies within the node `eid`."""
    quote = span.of(edition.text)
    return Receipt(
        document_id=edition.document_id,
        edition_id=edition.id,
        eid=eid,
        language=edition.language,
        provenance=edition.provenance,
        valid_from=edition.valid_from,
        quote=quote,
        span=span,
        quote_sha256=sha256_text(quote),
        text_sha256=edition.text_sha256,
    )


def check_receipt(receipt: Receipt, document: Document | None) -> Verification:
    """Check a receipt against what is held of its document now (None: nothing)."""
    if sha256_text(receipt.quote) != receipt.quote_sha256:
        return Verification(
            Verdict.INCONSISTENT, "The quote is not the one that the receipt was made for.", receipt
        )
    if not _agrees_with_itself(receipt):
        return Verification(
            Verdict.INCONSISTENT,
            "The receipt's edition, language, provenance, date and place contradict each other.",
            receipt,
        )
    edition = _edition(receipt, document)
    if edition is None:
        return Verification(
            Verdict.MISSING,
            f"{receipt.document_id}/{receipt.edition_id} is not held in this index.",
            receipt,
        )
    node = edition.node(receipt.eid)
    if edition.text_sha256 == receipt.text_sha256:
        return _in_unchanged_text(receipt, edition, node)
    return _in_changed_text(receipt, edition, node)


def _agrees_with_itself(receipt: Receipt) -> bool:
    """Whether the parts of a receipt that follow from others do so."""
    as_named = Edition(  # an edition's id follows from its language, date and provenance
        document_id=receipt.document_id,
        language=receipt.language,
        provenance=receipt.provenance,
        valid_from=receipt.valid_from,
        text=receipt.quote,
        nodes=(),
        source="",
        source_sha256="",
    )
    start, end = receipt.span
    return (
        as_named.id == receipt.edition_id and start >= 0 and end - start == len(receipt.quote) > 0
    )


def _edition(receipt: Receipt, document: Document | None) -> Edition | None:
    editions = document.editions if document is not None else ()
    return next((item for item in editions if item.id == receipt.edition_id), None)


def _in_unchanged_text(receipt: Receipt, edition: Edition, node: Node | None) -> Verification:
    stands = receipt.span.of(edition.text) == receipt.quote
    if stands and node is not None and _names(edition, node, receipt.span):
        return Verification(
            Verdict.VALID,
            "The words stand where the receipt says, in the same text.",
            receipt,
            receipt.eid,
            receipt.span,
            receipt.quote,
        )
    return Verification(
        Verdict.INCONSISTENT,
        "The text is the same, but these words do not stand where the receipt says.",
        receipt,
    )


def _names(edition: Edition, node: Node, span: Span) -> bool:
    """Whether a receipt for this span names this node: see `make_receipt`.

    It names the unit that it quotes whole, else the smallest one around the words. A passage over
    several units at the top of a document has none around it; it is named by its first.
    """
    if node.span == span:
        return True
    around = _smallest_around(edition, span)
    if around is None:
        return node.parent is None and node.span.start <= span.start < node.span.end
    return node.span == around.span  # a unit with a single child has its span


def _in_changed_text(receipt: Receipt, edition: Edition, node: Node | None) -> Verification:
    start = node.span.start if node is not None else 0
    at = edition.text.find(receipt.quote, start, node.span.end if node is not None else None)
    if at < 0:
        at = edition.text.find(receipt.quote)
    if at >= 0:
        span = Span(at, at + len(receipt.quote))
        eid = innermost(edition, span) or receipt.eid
        return Verification(
            Verdict.MOVED,
            f"The text has changed since, but these words still stand in it, at {eid}.",
            receipt,
            eid,
            span,
            receipt.quote,
        )
    if node is None:
        return Verification(
            Verdict.MISSING,
            f"{receipt.eid} no longer exists in {receipt.document_id}/{receipt.edition_id}.",
            receipt,
        )
    return Verification(
        Verdict.CHANGED,
        f"{receipt.eid} now reads otherwise: see what stands there today.",
        receipt,
        node.eid,
        node.span,
        edition.text_of(node),
    )


def innermost(edition: Edition, span: Span) -> str | None:
    """Return the eid of the smallest node that covers a span, or None."""
    node = _smallest_around(edition, span)
    return None if node is None else node.eid


def _smallest_around(edition: Edition, span: Span) -> Node | None:
    covering = (node for node in edition.nodes if node.span.covers(span))
    return min(covering, key=lambda node: node.span.end - node.span.start, default=None)


# --- from JSON ---

_STRICT = ConfigDict(frozen=True, extra="forbid")


class _JsonSpan(BaseModel):
    model_config = _STRICT

    start: StrictInt
    end: StrictInt


class _JsonReceipt(BaseModel):
    model_config = _STRICT

    document_id: str
    edition_id: str
    eid: str
    language: Language
    provenance: Provenance
    valid_from: date | None
    quote: str
    span: _JsonSpan
    quote_sha256: str
    text_sha256: str


def receipt_from_json(data: object) -> Receipt:
    """Return the receipt that a JSON object holds, as `to_json` wrote it.

    Raises:
        BadRequest: it is no receipt; the message names the field.
    """
    if not isinstance(data, Mapping):
        raise BadRequest("A receipt is a JSON object; paste it as a search gave it.")
    try:
        given = _JsonReceipt.model_validate(dict(data))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadRequest(
            f"This is not a receipt: {place}: {first['msg']}; paste it as a search gave it."
        ) from error
    return Receipt(**{**dict(given), "span": Span(given.span.start, given.span.end)})
