"""Documents, their editions and trees, and the provisions in them."""

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field

from api import examples
from api.wire.basics import Given, IsoDate, Name, example
from api.wire.receipts import Receipt, Span
from kb.documents import Language, Level, Provenance

_MAX_LIST_OFFSET = 100_000  # of the documents; those of a search are the library's
_MAX_LIST_LIMIT = 100


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

    model_config = ConfigDict(json_schema_extra=example(examples.DOCUMENT_PAGE))

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

    model_config = ConfigDict(json_schema_extra=example(examples.DOCUMENT_OUTLINE))

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

    model_config = ConfigDict(json_schema_extra=example(examples.NODE_TEXT))

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


class PageParameters(Given):
    """Which part of a list."""

    limit: int = Field(20, ge=1, le=_MAX_LIST_LIMIT, description="Entries at most.")
    offset: int = Field(0, ge=0, le=_MAX_LIST_OFFSET, description="Entries to pass over.")


class OutlineParameters(Given):
    """What to send of a document."""

    text: bool = Field(False, description="Whether to send the canonical texts too.")


class NodeParameters(Given):
    """Which edition of a provision; by default the first that holds it."""

    language: Language | None = Field(None, description="In this language.")
    edition: Name | None = Field(None, description="This edition: `ru-official`.")
    as_of: IsoDate | None = Field(None, description="What held on this day; by default today.")


class ParallelParameters(Given):
    """How the parallel texts are cited."""

    reader_language: Language | None = Field(
        None, description="Language that citations are written in; by default each text's own."
    )


class ParallelNodes(BaseModel):
    """One provision in every language that holds it, from the best edition in each."""

    model_config = ConfigDict(json_schema_extra=example(examples.PARALLEL_NODES))

    texts: list[NodeText]
