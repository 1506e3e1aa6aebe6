"""What goes over the wire: the bodies that the API takes and gives, as OpenAPI describes them.

The answers are `kb.search.results.to_json` of the library's own values; these models describe
them field by field and are not in the way when one is sent. The tests hold both together: every
answer must be the same JSON after it has been read into its model and written again.

What comes in is checked strictly: an unknown field, a number in quotation marks or a date that
is none is refused, since a misspelt filter that is quietly ignored gives the wrong answer.
"""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from api import examples
from kb import comparison, documents
from kb.answers import AnswerKind, Role
from kb.answers.context import MAX_TOKENS, MIN_TOKENS
from kb.comparison.provisions import MAX_CHARS, PastedText, ProvisionRef
from kb.documents import Language, Level, Provenance
from kb.editions import Change
from kb.quantities import Kind, Unit
from kb.receipts import Verdict
from kb.references import ReferenceKind
from kb.search.queries import MAX_LIMIT, MAX_OFFSET
from kb.tokens import CONTEXT_TOKENS

_MAX_LIST_OFFSET = 100_000  # of the documents; those of a search are the library's
_MAX_LIST_LIMIT = 100

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# Without a constraint pydantic lets half a surrogate pair through, which UTF-8 cannot hold.
Text = Annotated[str, StringConstraints(min_length=0)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _json_number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("Input should be a valid integer")  # noqa: TRY004 - pydantic's protocol
    return value


def _iso_date(value: object) -> object:
    if isinstance(value, str):
        return dt.date.fromisoformat(value)
    if value is None or isinstance(value, dt.date):
        return value
    raise ValueError("Input should be a date as in 2009-12-08")


# JSON has one kind of number: 3.0 is an integer, "3" and true are none.
Whole = Annotated[int, Field(ge=0), BeforeValidator(_json_number)]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT), BeforeValidator(_json_number)]
Offset = Annotated[int, Field(ge=0, le=MAX_OFFSET), BeforeValidator(_json_number)]
IsoDate = Annotated[dt.date, BeforeValidator(_iso_date)]


def _example(*values: object) -> dict[str, Any]:
    return {"examples": list(values)}


class _Given(BaseModel):
    """Something that a caller sends."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- what a search takes ---


class _Filters(_Given):
    languages: tuple[Language, ...] = Field(
        (), max_length=10, description="Only passages in these languages; empty: in all."
    )
    documents: tuple[Name, ...] = Field(
        (),
        max_length=1000,
        description="Only these documents, by id; empty: all. An id that is not held is refused.",
    )
    provenances: tuple[Provenance, ...] = Field(
        (), max_length=10, description="Only words of this provenance; empty: of any."
    )
    reader_language: Language | None = Field(
        None, description="Language that citations are written in; by default the query's."
    )
    as_of: IsoDate | None = Field(
        None, description="The day whose law is asked for, by default today."
    )


class SearchParameters(_Filters):
    """A search as query parameters; the lists are repeated: `languages=ru&languages=kk`."""

    q: Text = Field(description="The query; words, a phrase in quotation marks, or a provision.")
    limit: int = Field(10, ge=1, le=MAX_LIMIT, description="Hits at most.")
    offset: int = Field(0, ge=0, le=MAX_OFFSET, description="Hits to pass over.")


class SearchRequest(_Filters):
    """A search as a JSON body."""

    model_config = ConfigDict(json_schema_extra=_example(*examples.SEARCH_REQUESTS))

    query: Text = Field(description="Words, a phrase in quotation marks, or a provision.")
    limit: Limit = Field(10, description="Hits at most.")
    offset: Offset = Field(0, description="Hits to pass over.")


# --- what a search gives: kb.search.results, field by field ---


class Span(BaseModel):
    """A half-open range of code points in an edition's canonical text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Whole
    end: Whole


class Highlight(BaseModel):
    """Words of a passage that matched the query."""

    span: Span
    text: str = Field(description="Verbatim.")


class LegScore(BaseModel):
    """Where one leg of the search ranked a passage."""

    leg: str = Field(description="`dense` or `lexical`.")
    rank: int = Field(description="From 1.")
    score: float = Field(description="Cosine similarity (dense) or BM25 (lexical).")


class Equivalent(BaseModel):
    """A term of the thesaurus through which words of the query were found."""

    words: str = Field(description="Of the query, as typed.")
    term: str = Field(description="That stands in the passage, in its dictionary form.")


class Explanation(BaseModel):
    """Why a hit stands where it stands."""

    legs: list[LegScore] = Field(description="The legs that found it.")
    fusion: float = Field(description="The legs' scores made into one.")
    reference: str | None = Field(description="Words of the query that name this provision.")
    phrases: list[str] = Field(description="Phrases in quotation marks that it contains.")
    matched_terms: list[str] = Field(description="Words of it that the query has, as printed.")
    through: list[Equivalent] = Field(description="Terms of the query that it has in other words.")
    subject: str | None = Field(description="Entry of the subject index that led to it.")
    standing: float = Field(description="What status, kind and provenance add to the score.")


class Snippet(BaseModel):
    """The part of a passage that shows best why it was found."""

    text: str = Field(description="Verbatim.")
    span: Span
    highlights: list[Highlight] = Field(description="Those that lie within it.")


class ParallelText(BaseModel):
    """The same provision in another language."""

    language: Language
    permalink: str


class Receipt(_Given):
    """Evidence that words stand where we say they stand; send it back to be checked again."""

    model_config = ConfigDict(json_schema_extra=_example(examples.RECEIPT))

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


class Hit(BaseModel):
    """A passage that answers a query, with everything that is needed to trust it."""

    rank: int = Field(description="From 1.")
    score: float = Field(description="The fused score; comparable within one answer only.")
    document_id: str
    edition_id: str
    eid: str = Field(description="The smallest node that contains the whole passage.")
    pinpoint: str = Field(description="eid of the leaf that matched best.")
    title: str = Field(description="Of the document, in the hit's language where there is one.")
    heading: str | None = Field(description="Of the article or section around the passage.")
    citation: str = Field(description="Of the whole passage, in the reader's language.")
    permalink: str = Field(description="Path on this server that lands on the pinpoint.")
    provenance: Provenance
    provenance_note: str = Field(description="One sentence on what these words are.")
    official_url: str | None = Field(description="Where the official text can be read.")
    language: Language
    status: str = Field(description="in-force, amended, expired, repealed, … or unknown.")
    valid_from: dt.date | None = Field(description="Since when the edition is in force.")
    valid_to: dt.date | None = Field(description="First day on which this wording did not hold.")
    page: int | None = Field(description="Of the source, from 1, where it has pages.")
    text: str = Field(description="The passage, verbatim.")
    span: Span = Field(description="Of the passage, in the edition's canonical text.")
    highlights: list[Highlight]
    snippet: Snippet
    receipt: Receipt
    explain: Explanation
    parallel: list[ParallelText] = Field(description="The same provision in other languages.")
    repeated: list[str] = Field(description="Permalinks of other places with these very words.")


class SearchResult(BaseModel):
    """The answer to one query; `kb search --json` prints the same."""

    model_config = ConfigDict(json_schema_extra=_example(examples.SEARCH_RESULT))

    query: str
    language: Language = Field(description="That the query was taken to be in.")
    hits: list[Hit]
    notices: list[str] = Field(description="What the reader must know: nothing found, expired, …")
    generation: str = Field(description="Name of the index generation that answered.")
    offset: int
    more: bool = Field(description="Whether there are hits after these.")
    as_of: dt.date | None = Field(description="The day that was asked for; null: today.")
    confidence: float = Field(description="0 to 1: how likely the index answers the query.")


# --- answers and context: kb.answers.results, field by field ---


class AnswerRequest(_Filters):
    """A question."""

    model_config = ConfigDict(json_schema_extra=_example(*examples.ANSWER_REQUESTS))

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

    model_config = ConfigDict(json_schema_extra=_example(examples.ANSWER))

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


class ContextParameters(_Filters):
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

    model_config = ConfigDict(json_schema_extra=_example(examples.CONTEXT))

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


# --- documents ---


class _DocumentHead(BaseModel):
    id: str = Field(description="Stable slug: `ilo-c183`.")
    titles: dict[Language, str] = Field(description="The full title in each language known.")
    kind: str = Field(description="law, code, decree, convention, agreement, statute, …")
    number: str | None = Field(description="As cited: `223-IV`, `183`.")
    date: dt.date | None = Field(description="Of adoption.")
    issuer: str | None
    status: str = Field(description="in-force, amended, expired, repealed, … or unknown.")
    short: dict[Language, str] = Field(description="Short names: `Labour Code`.")
    aliases: list[str] = Field(description="Other names that people type.")
    urls: dict[Language, str] = Field(description="Official pages.")
    licence: str | None
    coverage: str | None = Field(description="What of the instrument is held.")
    ended: dt.date | None = Field(description="First day on which it no longer held as a whole.")


class Edition(BaseModel):
    """One language version of a document, as in force from a date; without its text."""

    id: str = Field(description="The edition's name within its document: `ru-official`.")
    language: Language
    provenance: Provenance
    source: str = Field(description="Name of the file that it was read from.")
    source_sha256: str = Field(description="Of the file's bytes.")
    valid_from: dt.date | None
    valid_to: dt.date | None = Field(description="First day on which it no longer held.")
    status: str
    amended_by: str | None = Field(description="The act that brought this wording.")
    url: str | None = Field(description="The official text in this language.")
    warnings: list[str] = Field(description="What the reader of the file could not read.")
    text_sha256: str = Field(description="Of the canonical text in UTF-8.")
    characters: int = Field(description="Code points of the canonical text.")
    nodes: int = Field(description="How many nodes its tree has.")


class Document(_DocumentHead):
    """One instrument and the editions of it that are held."""

    editions: list[Edition]


class DocumentPage(BaseModel):
    """A part of the list of documents, in the order of the index."""

    model_config = ConfigDict(json_schema_extra=_example(examples.DOCUMENT_PAGE))

    documents: list[Document]
    total: int = Field(description="How many documents there are.")
    limit: int
    offset: int


class Node(BaseModel):
    """One unit of a document's structure, or one leaf of text."""

    eid: str = Field(description="Structural id, unique in the edition: `art_10__cl_3__sub_2`.")
    level: Level
    span: Span = Field(description="The whole unit with its heading, in the canonical text.")
    number: str | None = Field(description="As printed, in lower case.")
    heading: str | None = Field(description="The printed heading without its number.")
    parent: str | None = Field(description="eid of the unit around it; null at the top.")
    page: int | None = Field(description="Page on which it starts, from 1.")


class EditionOutline(Edition):
    """An edition and its tree: the nodes in document order, a unit before what it contains."""

    outline: list[Node]
    text: str | None = Field(description="The canonical text, where it was asked for.")


class DocumentOutline(_DocumentHead):
    """One instrument, its editions and their trees."""

    model_config = ConfigDict(json_schema_extra=_example(examples.DOCUMENT_OUTLINE))

    editions: list[EditionOutline]


class DocumentHead(_DocumentHead):
    """One instrument, without its editions."""


class Citation(BaseModel):
    """What a lawyer writes to name a provision."""

    text: str = Field(description="`Law No. 223-IV of 8 December 2009, Art. 10(3)(2)`.")
    permalink: str = Field(description="Path of the provision on this server.")


class CurrentWording(BaseModel):
    """What stands today where a wording stood that another one has replaced."""

    edition_id: str
    eid: str | None = Field(description="Of the provision today; null: it is no longer there.")
    permalink: str
    changed: bool = Field(description="Whether it reads otherwise, editors' notes aside.")


class NodeText(BaseModel):
    """One provision: its words, how it is cited, and the receipt for it."""

    model_config = ConfigDict(json_schema_extra=_example(examples.NODE_TEXT))

    document: DocumentHead
    edition: Edition
    node: Node
    text: str = Field(description="Verbatim: the canonical text from span.start to span.end.")
    citation: Citation
    receipt: Receipt
    notices: list[str] = Field(description="What must be said beside it: expired, replaced, …")
    current: CurrentWording | None = Field(
        description="Where the provision stands today, if another wording has replaced this one."
    )


class PageParameters(_Given):
    """Which part of a list."""

    limit: int = Field(20, ge=1, le=_MAX_LIST_LIMIT, description="Entries at most.")
    offset: int = Field(0, ge=0, le=_MAX_LIST_OFFSET, description="Entries to pass over.")


class OutlineParameters(_Given):
    """What to send of a document."""

    text: bool = Field(False, description="Whether to send the canonical texts too.")


class NodeParameters(_Given):
    """Which edition of a provision; by default the first that holds it."""

    language: Language | None = Field(None, description="In this language.")
    edition: Name | None = Field(None, description="This edition: `ru-official`.")
    as_of: IsoDate | None = Field(None, description="What held on this day; by default today.")


# --- editions in time ---


class EditionParameters(_Given):
    """Which editions, and for which day."""

    language: Language | None = Field(None, description="In this language.")
    as_of: IsoDate | None = Field(None, description="The day for `holds`; by default today.")


class EditionInTime(Edition):
    """An edition, and whether it held on the day."""

    holds: bool = Field(description="As far as its dates are known.")
    permalink: str


class EditionList(BaseModel):
    """A document's editions by language, provenance and date."""

    model_config = ConfigDict(json_schema_extra=_example(examples.EDITION_LIST))

    editions: list[EditionInTime]


class HistoryParameters(_Given):
    """Which provision is meant."""

    language: Language | None = Field(None, description="The wordings in this language.")
    edition: Name | None = Field(None, description="The edition in which it has this eid.")


class Version(BaseModel):
    """A wording of a provision, from the edition that brought it."""

    change: Change = Field(
        description="`first-held`: in the oldest wording held. `renumbered`: the same words."
    )
    edition_id: str
    language: Language
    provenance: Provenance
    eid: str = Field(description="In this edition; of a removed one, where it stood before.")
    valid_from: dt.date | None
    valid_to: dt.date | None = Field(description="Until when this wording of it held.")
    amended_by: str | None = Field(description="The act that brought the edition.")
    text: str = Field(description="Verbatim; empty where it was removed.")


class History(BaseModel):
    """The wordings of a provision, the oldest first."""

    model_config = ConfigDict(json_schema_extra=_example(examples.HISTORY))

    versions: list[Version]


# --- what cites what ---


class CitationParameters(_Given):
    """Which wording of a provision, and who reads."""

    language: Language | None = Field(None, description="The wording in this language.")
    edition: Name | None = Field(None, description="This edition: `ru-official`.")
    reader_language: Language | None = Field(
        None, description="Language that citations are written in; by default the wording's."
    )


class Cited(BaseModel):
    """A provision, or an instrument, that the words of a provision cite."""

    document_id: str
    eid: str | None = Field(description="null: the instrument as a whole.")
    citation: str
    permalink: str
    words: str = Field(description="Of the provision that cites it, verbatim.")
    receipt: Receipt


class Citing(BaseModel):
    """A provision whose words cite the one that is asked for."""

    document_id: str
    edition_id: str
    eid: str = Field(description="Of the leaf in which the words stand.")
    language: Language
    citation: str
    permalink: str
    cites: str = Field(description="eid of what it cites: the provision, or a unit in it.")
    words: str = Field(description="Verbatim.")
    receipt: Receipt


class CitationGraph(BaseModel):
    """The citations of one provision, as far as they are among the documents held."""

    model_config = ConfigDict(json_schema_extra=_example(examples.CITATION_GRAPH))

    document_id: str
    edition_id: str
    eid: str
    cites: list[Cited] = Field(description="In the order of the text.")
    cited_by: list[Citing] = Field(description="Each provision once, in one language.")


# --- references ---


class ReferencesRequest(_Given):
    """A text whose references are asked for."""

    model_config = ConfigDict(json_schema_extra=_example(examples.REFERENCES_REQUEST))

    text: Text = Field(description="Up to 200,000 characters.")
    document: Name | None = Field(
        None, description="The document whose words these are: a bare `Article 7` is its own."
    )
    as_of: IsoDate | None = Field(
        None, description="The day on which a provision must have held; by default today."
    )


class Reference(BaseModel):
    """A mention of an instrument or of a provision."""

    start: int = Field(description="Code point of the text at which it begins.")
    end: int = Field(description="Code point after it.")
    text: str = Field(description="Verbatim.")
    kind: ReferenceKind
    status: Literal["resolved", "ambiguous", "not-held", "malformed"] = Field(
        description="`ambiguous`: one of `candidates`. `not-held`: recognised, not in the index."
        " `malformed`: there can be no such thing, as article 0."
    )
    document_id: str | None = Field(description="Of the instrument, where it is held.")
    instrument: str | None = Field(description="`ILO Convention No. 183`; null: none is named.")
    eid: str | None = Field(description="Of the provision; of the first of a range.")
    last_eid: str | None = Field(description="Of the last of a range.")
    normal: str = Field(description="For machines: `kz-labour-code-2015#art_52..art_54`.")
    citation: str = Field(description="For people, in English: `Labour Code, art. 10(3)(2)`.")
    candidates: list[str] = Field(description="Documents that an ambiguous one may mean.")
    nearest: str | None = Field(
        description="Of a provision that is not held: eid of the unit around it that is."
    )
    permalink: str | None = Field(description="Path on this server, of what is resolved.")


class References(BaseModel):
    """What a text refers to, in its order; no two overlap."""

    model_config = ConfigDict(json_schema_extra=_example(examples.REFERENCES))

    references: list[Reference]
    generation: str = Field(description="Name of the index generation that answered.")


# --- the comparison of two editions: kb.comparison, field by field ---


class CompareParameters(_Given):
    """Which editions to compare; each by its id, or by a day on which it was in force."""

    document: Name = Field(description="Id of the document.")
    from_: Name = Field(
        alias="from", description="The older edition: `ru-official`, or a day: `2016-12-06`."
    )
    to: Name = Field(description="The newer edition, named in the same way.")
    language: Language | None = Field(None, description="Language of the text on a day.")
    all: bool = Field(False, description="Whether to send what has not changed too.")


class Piece(BaseModel):
    """A run of words that stands in both texts, in A's alone (deleted) or in B's (inserted)."""

    op: comparison.Op
    text: str = Field(description="Verbatim.")
    span_a: Span | None = Field(description="In A's canonical text; null: inserted.")
    span_b: Span | None = Field(description="In B's canonical text; null: deleted.")


class NodeChange(BaseModel):
    """What became of one leaf of the trees."""

    kind: comparison.ChangeKind
    eid_a: str | None = Field(description="null: inserted.")
    eid_b: str | None = Field(description="null: removed.")
    level: Level = Field(description="`note`: an editor's note, no part of the norm.")
    reworded: bool = Field(description="Whether its words differ, apart from its number.")
    pieces: list[Piece] = Field(
        description="Equal and deleted are A's words, equal and inserted are B's."
    )


class Move(BaseModel):
    """A leaf that stands in another unit now; its words are shown there."""

    eid_a: str
    eid_b: str


class UnitChange(BaseModel):
    """One article, or another unit that holds leaves, with what became of each of them."""

    kind: comparison.ChangeKind = Field(
        description="`note`: only editor's notes differ. `renumbered`: see `reworded`."
    )
    eid_a: str | None = Field(description='null: inserted; "": what stands in no unit.')
    eid_b: str | None = Field(description="null: removed.")
    level: Level | None = Field(description="null: what stands in no unit.")
    heading_a: str = Field(description="As printed, with its number; empty where there is none.")
    heading_b: str
    reworded: bool = Field(description="Whether the norm reads otherwise, apart from numbers.")
    changes: list[NodeChange]
    moved_away: list[Move] = Field(description="Leaves of A's unit that B has in another.")


class Counts(BaseModel):
    """How many leaves of the norm became what; notes are counted apart."""

    unchanged: int
    changed: int
    renumbered: int
    inserted: int
    removed: int
    notes: int = Field(description="Editor's notes that were changed, inserted or removed.")


class Comparison(BaseModel):
    """What differs between two editions of a document; `kb diff --json` prints the same."""

    model_config = ConfigDict(json_schema_extra=_example(examples.COMPARISON))

    document_id: str
    a: str = Field(description="Id of the edition that is compared.")
    b: str = Field(description="Id of the edition that it is compared with.")
    units: list[UnitChange] = Field(description="In B's order; a removed one where it stood.")
    counts: Counts


# --- provisions side by side: kb.comparison.provisions, field by field ---


class ParallelParameters(_Given):
    """How the parallel texts are cited."""

    reader_language: Language | None = Field(
        None, description="Language that citations are written in; by default each text's own."
    )


class ParallelNodes(BaseModel):
    """One provision in every language that holds it, from the best edition in each."""

    model_config = ConfigDict(json_schema_extra=_example(examples.PARALLEL_NODES))

    texts: list[NodeText]


class ComparisonSide(_Given):
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


class CompareProvisionsRequest(_Given):
    """Two sides to compare."""

    model_config = ConfigDict(json_schema_extra=_example(*examples.COMPARE_PROVISIONS_REQUESTS))

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

    model_config = ConfigDict(json_schema_extra=_example(examples.PROVISION_COMPARISON))

    language: Language = Field(description="The reader's.")
    a: ComparedSide
    b: ComparedSide
    pairs: list[ComparedPair] = Field(description="In the order of `a`.")
    only_a: list[ComparedSentence]
    only_b: list[ComparedSentence]
    notices: list[str] = Field(description="What the reader must know: no legal judgement, …")


# --- receipts and probes ---


class Verification(BaseModel):
    """What became of the words of a receipt."""

    model_config = ConfigDict(json_schema_extra=_example(examples.VERIFICATION))

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


class Alive(BaseModel):
    """The process answers."""

    model_config = ConfigDict(json_schema_extra=_example({"status": "alive"}))

    status: str


class Ready(BaseModel):
    """The index is open and the model is loaded."""

    model_config = ConfigDict(json_schema_extra=_example(examples.READY))

    status: str
    generation: str = Field(description="Name of the index generation in use.")
