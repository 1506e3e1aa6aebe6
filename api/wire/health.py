"""Whether the server lives and can answer."""

from pydantic import BaseModel, ConfigDict, Field

from api import examples
from api.wire.basics import example


class Alive(BaseModel):
    """The process answers."""

    model_config = ConfigDict(json_schema_extra=example({"status": "alive"}))

    status: str


class Ready(BaseModel):
    """The index is open and the model is loaded."""

    model_config = ConfigDict(json_schema_extra=example(examples.READY))

    status: str
    generation: str = Field(description="Name of the index generation in use.")
