"""A search: what it takes, and `kb.search.results`, field by field."""

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field

from api import examples
from api.wire.basics import Given, IsoDate, Limit, Name, Offset, Text, example
from api.wire.receipts import Receipt, Span
from kb.documents import Language, Provenance
from kb.search.queries import MAX_LIMIT, MAX_OFFSET


class Filters(Given):
    """Where is searched, and for whom."""

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


class SearchParameters(Filters):
    """A search as query parameters; the lists are repeated: `languages=ru&languages=kk`."""

    q: Text = Field(description="The query; words, a phrase in quotation marks, or a provision.")
    limit: int = Field(10, ge=1, le=MAX_LIMIT, description="Hits at most.")
    offset: int = Field(0, ge=0, le=MAX_OFFSET, description="Hits to pass over.")


class SearchRequest(Filters):
    """A search as a JSON body."""

    model_config = ConfigDict(json_schema_extra=example(*examples.SEARCH_REQUESTS))

    query: Text = Field(description="Words, a phrase in quotation marks, or a provision.")
    limit: Limit = Field(10, description="Hits at most.")
    offset: Offset = Field(0, description="Hits to pass over.")


class Highlight(BaseModel):
    """Words of a passage that matched the query."""

    span: Span
    text: str = Field(description="Verbatim.")


class LegScore(BaseModel):
    """Where one leg of the search ranked a passage."""

    leg: str = Field(description="`dense`, `lexical` or `subjects`.")
    rank: int = Field(description="From 1.")
    score: float = Field(
        description="Likeness by vectors (dense), share of the best match by words (lexical), or"
        " what entries of the subject index exceed noise by (subjects)."
    )


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

    model_config = ConfigDict(json_schema_extra=example(examples.SEARCH_RESULT))

    query: str
    language: Language = Field(description="That the query was taken to be in.")
    hits: list[Hit]
    notices: list[str] = Field(description="What the reader must know: nothing found, expired, …")
    generation: str = Field(description="Name of the index generation that answered.")
    offset: int
    more: bool = Field(description="Whether there are hits after these.")
    as_of: dt.date | None = Field(description="The day that was asked for; null: today.")
    confidence: float = Field(description="0 to 1: how likely the index answers the query.")
