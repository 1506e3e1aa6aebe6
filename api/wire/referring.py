"""What a text refers to, what a provision cites and what cites it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api import examples
from api.wire.basics import Given, IsoDate, Name, Text, example
from api.wire.receipts import Receipt
from kb.documents import Language
from kb.references import ReferenceKind


class CitationParameters(Given):
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

    model_config = ConfigDict(json_schema_extra=example(examples.CITATION_GRAPH))

    document_id: str
    edition_id: str
    eid: str
    cites: list[Cited] = Field(description="In the order of the text.")
    cited_by: list[Citing] = Field(description="Each provision once, in one language.")


class ReferencesRequest(Given):
    """A text whose references are asked for."""

    model_config = ConfigDict(json_schema_extra=example(examples.REFERENCES_REQUEST))

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

    model_config = ConfigDict(json_schema_extra=example(examples.REFERENCES))

    references: list[Reference]
    generation: str = Field(description="Name of the index generation that answered.")
