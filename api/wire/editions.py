"""Editions in time, and the history of a provision."""

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field

from api import examples
from api.wire.basics import Given, IsoDate, Name, example
from api.wire.documents import Edition
from kb.documents import Language, Provenance
from kb.editions import Change


class EditionParameters(Given):
    """Which editions, and for which day."""

    language: Language | None = Field(None, description="In this language.")
    as_of: IsoDate | None = Field(None, description="The day for `holds`; by default today.")


class EditionInTime(Edition):
    """An edition, and whether it held on the day."""

    holds: bool = Field(description="As far as its dates are known.")
    permalink: str


class EditionList(BaseModel):
    """A document's editions by language, provenance and date."""

    model_config = ConfigDict(json_schema_extra=example(examples.EDITION_LIST))

    editions: list[EditionInTime]


class HistoryParameters(Given):
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

    model_config = ConfigDict(json_schema_extra=example(examples.HISTORY))

    versions: list[Version]
