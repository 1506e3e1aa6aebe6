"""Answers and context: `kb.answers.results`, field by field."""

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field

from api import examples
from api.wire.basics import Text, example
from api.wire.receipts import Receipt
from api.wire.searching import Filters, Hit
from kb.answers import AnswerKind, Role
from kb.answers.context import MAX_TOKENS, MIN_TOKENS
from kb.documents import Language, Provenance
from kb.tokens import CONTEXT_TOKENS


class AnswerRequest(Filters):
    """A question."""

    model_config = ConfigDict(json_schema_extra=example(*examples.ANSWER_REQUESTS))

    question: Text = Field(description="In English, Russian or Kazakh.")
    written: bool | None = Field(
        None,
        description="Whether a language model writes the answer; null: where one is configured.",
        strict=True,
    )


class AnswerSentence(BaseModel):
    """One sentence of an answer with the evidence for it."""

    role: Role = Field(description="`rule`, `exception` or `source`; they come in this order.")
    text: str = Field(description="In an extractive answer verbatim: the quote of the receipt.")
    citation: str = Field(description="Of the words that it rests on, in the reader's language.")
    permalink: str
    provenance_note: str = Field(description="One sentence on what those words are.")
    receipt: Receipt = Field(description="For those words.")
    lead_in: list[Receipt] = Field(
        description="For what stands above a list item, or what a sentence points back at (`It is"
        " paid.`), in order; show it as well."
    )


class AnswerSource(BaseModel):
    """An edition that the sentences of an answer rest on."""

    document_id: str
    edition_id: str
    title: str = Field(description="As it is cited, in the reader's language.")
    provenance: Provenance
    provenance_note: str
    status: str = Field(description="in-force, amended, expired, repealed, … or unknown.")
    valid_from: dt.date | None
    permalink: str
    official_url: str | None


class Answer(BaseModel):
    """The answer to a question; `kb ask --json` prints the same."""

    model_config = ConfigDict(json_schema_extra=example(examples.ANSWER))

    question: str
    language: Language = Field(description="The reader's.")
    grounded: bool = Field(description="Whether the corpus answers the question.")
    kind: AnswerKind = Field(
        description="`extractive`: the texts' own sentences. `written`: a language model's, each"
        " checked."
    )
    sentences: list[AnswerSentence] = Field(description="Empty when not grounded.")
    sources: list[AnswerSource]
    nearest: list[Hit] = Field(
        description="When not grounded: what comes closest, and is no answer."
    )
    notices: list[str] = Field(description="What the reader must know.")
    dropped: int = Field(description="Sentences of the model that no passage proves.")
    corrected: int = Field(description="Quotations and citations of the model put right.")
    generation: str = Field(description="Name of the index generation that answered.")
    as_of: dt.date | None = Field(description="The day that was asked for; null: today.")


class ContextParameters(Filters):
    """What a prompt needs passages for, and how much room it has."""

    q: Text = Field(description="The query; words, a question, or a provision.")
    max_tokens: int = Field(
        CONTEXT_TOKENS,
        ge=MIN_TOKENS,
        le=MAX_TOKENS,
        description="cl100k tokens that the text may have.",
    )


class ContextPassage(BaseModel):
    """A passage in a context."""

    number: int = Field(description="Under which it stands in the text, from 1.")
    text: str = Field(description="Verbatim.")
    citation: str
    permalink: str
    language: Language
    provenance: Provenance
    provenance_note: str
    receipt: Receipt
    tokens: int = Field(description="Of its part of the text, its citation included.")


class Context(BaseModel):
    """The best passages for a query within a budget; `kb context --json` prints the same."""

    model_config = ConfigDict(json_schema_extra=example(examples.CONTEXT))

    query: str
    language: Language = Field(description="The reader's.")
    text: str = Field(description="The passages with numbers and citations, ready for a prompt.")
    tokens: int = Field(description="Of the text, in cl100k tokens.")
    max_tokens: int = Field(description="The budget.")
    passages: list[ContextPassage] = Field(description="Best first.")
    left_out: int = Field(description="Passages found for which there was no room.")
    notices: list[str] = Field(description="What the reader must know.")
    generation: str = Field(description="Name of the index generation that answered.")
    as_of: dt.date | None = Field(description="The day that was asked for; null: today.")
