"""What the bodies are made of: texts, numbers and dates as JSON has them."""

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from kb.search.queries import MAX_LIMIT, MAX_OFFSET

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


def example(*values: object) -> dict[str, Any]:
    """Return what a model says of itself in its schema."""
    return {"examples": list(values)}


class Given(BaseModel):
    """Something that a caller sends."""

    model_config = ConfigDict(frozen=True, extra="forbid")
