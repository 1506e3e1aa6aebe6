"""Receipts: evidence that words stand where we say they stand, checked again whenever asked.

receipt = make_receipt(edition, eid, span)
check_receipt(receipt, document).verdict     # valid, moved, changed, missing or inconsistent
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked_dataclass

from kb.documents import Receipt, Span, sha256_text
from kb.errors import BadRequest

if TYPE_CHECKING:
    from kb.documents import Document, Edition, Node


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


def _edition(receipt: Receipt, document: Document | None) -> Edition | None:
    editions = document.editions if document is not None else ()
    return next((item for item in editions if item.id == receipt.edition_id), None)


def _in_unchanged_text(receipt: Receipt, edition: Edition, node: Node | None) -> Verification:
    stands = receipt.span.of(edition.text) == receipt.quote
    within = node is not None and (node.span.covers(receipt.span) or _opens(edition, node, receipt))
    if stands and within and receipt.valid_from == edition.valid_from:
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
        "The text is the same, but the quote, its place or its date is not what the receipt says.",
        receipt,
    )


def _opens(edition: Edition, node: Node, receipt: Receipt) -> bool:
    """Whether a passage at the top of a document, over several units, is named by one of them."""
    top = node.parent is None and edition.node(node.eid) is not None
    return top and receipt.span.start <= node.span.start < receipt.span.end


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
    covering = [node for node in edition.nodes if node.span.covers(span)]
    return min(covering, key=lambda node: node.span.end - node.span.start).eid if covering else None


# --- from JSON ---


@checked_dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=False))
class _JsonSpan:
    start: int
    end: int


def receipt_from_json(data: object) -> Receipt:
    """Return the receipt that a JSON object holds, as `to_json` wrote it.

    Raises:
        BadRequest: it is no receipt; the message names the field.
    """
    if not isinstance(data, Mapping):
        raise BadRequest("A receipt is a JSON object; paste it as a search gave it.")
    fields: dict[str, Any] = dict(data)
    try:
        spot = TypeAdapter(_JsonSpan).validate_python(fields.get("span"))
        fields["span"] = (spot.start, spot.end)
        receipt = TypeAdapter(Receipt).validate_python(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "span"
        raise BadRequest(
            f"This is not a receipt: {place}: {first['msg']}; paste it as a search gave it."
        ) from error
    return Receipt(**{**_shallow(receipt), "span": Span(*receipt.span)})


def _shallow(receipt: Receipt) -> dict[str, Any]:
    return {name: getattr(receipt, name) for name in Receipt.__dataclass_fields__}
