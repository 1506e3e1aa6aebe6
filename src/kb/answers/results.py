"""What a question is answered with: frozen values; their JSON is `kb.search.results.to_json`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from kb.documents import Language, Provenance, Receipt
    from kb.search.results import Hit


class AnswerKind(StrEnum):
    """Whose sentences an answer is made of."""

    EXTRACTIVE = "extractive"  # those of the texts, word for word
    WRITTEN = "written"  # those of a language model, each checked against the text that it cites


class Role(StrEnum):
    """What a sentence does in an answer; a lawyer reads them in this order."""

    RULE = "rule"
    EXCEPTION = "exception"  # or a condition on which the rule depends
    SOURCE = "source"  # it says where the rule comes from, or which act goes on with it


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer with the evidence for it."""

    role: Role
    text: str  # extractive: verbatim, the quote of the receipt
    citation: str  # of the words that it rests on, in the reader's language
    permalink: str
    provenance_note: str  # one sentence for the reader on what those words are
    receipt: Receipt  # for those words
    lead_in: tuple[Receipt, ...] = ()  # above a list item, or what it points back at; shown with it


@dataclass(frozen=True, slots=True)
class AnswerSource:
    """An edition that the sentences of an answer rest on."""

    document_id: str
    edition_id: str
    title: str
    provenance: Provenance
    provenance_note: str
    status: str  # in-force | amended | expired | repealed | … | unknown
    valid_from: date | None
    permalink: str
    official_url: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question, or the statement that the corpus has none."""

    question: str
    language: Language  # the reader's
    grounded: bool  # whether the corpus answers the question
    kind: AnswerKind
    sentences: tuple[AnswerSentence, ...]  # empty when not grounded
    sources: tuple[AnswerSource, ...]  # of the sentences, in their order
    nearest: tuple[Hit, ...]  # when not grounded: what comes closest, and is no answer
    notices: tuple[str, ...]  # what the reader must know
    dropped: int = 0  # sentences that the model wrote and no passage proves
    corrected: int = 0  # quotations and citations of the model that were put right
    generation: str = ""  # name of the index generation that answered
    as_of: date | None = None  # the day that was asked for; None: today


@dataclass(frozen=True, slots=True)
class ContextPassage:
    """A passage in a context."""

    number: int  # under which it stands in the text, from 1
    text: str  # verbatim
    citation: str
    permalink: str
    language: Language
    provenance: Provenance
    provenance_note: str
    receipt: Receipt
    tokens: int  # of its part of the text, its citation included


@dataclass(frozen=True, slots=True)
class Context:
    """The best passages for a query within a budget of tokens."""

    query: str
    language: Language  # the reader's
    text: str  # the passages with their numbers and citations, ready for a prompt
    tokens: int  # of the text, in cl100k tokens
    max_tokens: int  # the budget
    passages: tuple[ContextPassage, ...]  # best first
    left_out: int  # passages among those found that the budget had no room for
    notices: tuple[str, ...] = ()
    generation: str = ""
    as_of: date | None = None
