"""Receipts: what they say, and what has become of them."""

from pydantic import BaseModel, ConfigDict, Field

from api import examples
from api.wire.basics import Given, IsoDate, Sha256, Text, Whole, example
from kb import documents
from kb.documents import Language, Provenance
from kb.receipts import Verdict


class Span(BaseModel):
    """A half-open range of code points in an edition's canonical text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Whole
    end: Whole


class Receipt(Given):
    """Evidence that words stand where we say they stand; send it back to be checked again."""

    model_config = ConfigDict(json_schema_extra=example(examples.RECEIPT))

    document_id: Text
    edition_id: Text
    eid: Text = Field(description="Structural id of the node that holds the quote.")
    language: Language
    provenance: Provenance
    valid_from: IsoDate | None = Field(description="Since when the edition is in force.")
    quote: Text = Field(description="Verbatim.")
    span: Span = Field(description="Of the quote, in the canonical text.")
    quote_sha256: Sha256 = Field(description="Of the quote in UTF-8.")
    text_sha256: Sha256 = Field(description="Of the whole canonical text in UTF-8.")

    def value(self) -> documents.Receipt:
        """Return the receipt that the library knows."""
        return documents.Receipt(
            **{
                **{name: getattr(self, name) for name in type(self).model_fields},
                "span": documents.Span(self.span.start, self.span.end),
            }
        )


class Verification(BaseModel):
    """What became of the words of a receipt."""

    model_config = ConfigDict(json_schema_extra=example(examples.VERIFICATION))

    verdict: Verdict = Field(
        description="`valid`: unchanged. `moved`: the text changed, the words still stand in it."
        " `changed`: the provision now reads otherwise. `missing`: no longer held."
        " `inconsistent`: the receipt contradicts itself."
    )
    message: str = Field(description="One sentence for the reader.")
    receipt: Receipt = Field(description="As given.")
    eid: str | None = Field(description="Where the words, or the provision, stand now.")
    span: Span | None = Field(description="Of `quote`, now.")
    quote: str | None = Field(description="What stands there now, verbatim.")
