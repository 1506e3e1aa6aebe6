"""Provisions side by side: `kb.comparison.provisions`, field by field."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api import examples
from api.wire.basics import Given, Name, example
from api.wire.receipts import Receipt, Span
from kb.comparison.provisions import MAX_CHARS, PastedText, ProvisionRef
from kb.documents import Language
from kb.quantities import Kind, Unit


class ComparisonSide(Given):
    """What is compared: a provision that is held, or a text."""

    document_id: Name | None = Field(None, description="Of the provision, with `eid`.")
    eid: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
    edition: Name | None = Field(None, description="This edition of it: `ru-official`.")
    text: Annotated[str, StringConstraints(max_length=MAX_CHARS)] | None = Field(
        None, description="A draft, in place of a provision."
    )
    language: Language | None = Field(
        None, description="Of the provision's edition, or of the text; detected where not given."
    )

    @model_validator(mode="after")
    def _one_or_the_other(self) -> "ComparisonSide":
        provision = self.document_id is not None and self.eid is not None
        if provision == (self.text is not None) or (
            self.text is not None and (self.document_id or self.eid or self.edition)
        ):
            raise ValueError("a side is either document_id and eid, or text")
        return self

    def value(self) -> ProvisionRef | PastedText:
        """Return the side that the library knows."""
        if self.document_id is None or self.eid is None:
            return PastedText(self.text or "", self.language)
        return ProvisionRef(self.document_id, self.eid, self.language, self.edition)


class CompareProvisionsRequest(Given):
    """Two sides to compare."""

    model_config = ConfigDict(json_schema_extra=example(*examples.COMPARE_PROVISIONS_REQUESTS))

    a: ComparisonSide
    b: ComparisonSide
    reader_language: Language | None = Field(
        None, description="Of citations, differences and notices; by default that of `a`."
    )


class ComparedSide(BaseModel):
    """What was compared; of a pasted text only its words and language are known."""

    text: str = Field(description="Verbatim.")
    language: Language
    document_id: str | None
    edition_id: str | None
    eid: str | None
    citation: str | None = Field(description="In the reader's language.")
    permalink: str | None
    receipt: Receipt | None


class ComparedSentence(BaseModel):
    """A sentence or sub-point of one side."""

    text: str = Field(description="Verbatim, without the number in front.")
    span: Span = Field(description="In the edition's canonical text, or in the pasted text.")
    eid: str | None = Field(description="Of the leaf that it stands in.")
    receipt: Receipt | None = Field(description="Null for a pasted text.")


class NamedQuantity(BaseModel):
    """A quantity as one side has it."""

    text: str = Field(description="Verbatim.")
    span: Span = Field(description="As of the sentence that holds it.")
    value: str = Field(description="A whole number or a fraction: `126`, `3/2`.")
    unit: Unit


class QuantityRow(BaseModel):
    """A quantity of one sentence and its counterpart in the other."""

    kind: Kind = Field(
        description="`same`; `same-other-unit`: 2 weeks and 14 days; `other-bound`: the same one,"
        " at least against at most; `different`; `not-comparable`: months and days; `only-a`,"
        " `only-b`: without a counterpart."
    )
    a: NamedQuantity | None
    b: NamedQuantity | None
    message: str = Field(description="One sentence in the reader's language.")


class ComparedPair(BaseModel):
    """Two sentences that say the like."""

    a: ComparedSentence
    b: ComparedSentence
    similarity: float = Field(description="Centred cosine: 1 the same, 0 only the subject.")
    loose: bool = Field(
        description="Whether they stand together for their quantities, the words being unlike."
    )
    quantities: list[QuantityRow]


class ProvisionComparison(BaseModel):
    """Two texts side by side; every sentence of both is in it once."""

    model_config = ConfigDict(json_schema_extra=example(examples.PROVISION_COMPARISON))

    language: Language = Field(description="The reader's.")
    a: ComparedSide
    b: ComparedSide
    pairs: list[ComparedPair] = Field(description="In the order of `a`.")
    only_a: list[ComparedSentence]
    only_b: list[ComparedSentence]
    notices: list[str] = Field(description="What the reader must know: no legal judgement, …")
