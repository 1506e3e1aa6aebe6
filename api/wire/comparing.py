"""Two editions of a document: `kb.comparison`, field by field."""

from pydantic import BaseModel, ConfigDict, Field

from api import examples
from api.wire.basics import Given, Name, example
from api.wire.receipts import Span
from kb import comparison
from kb.documents import Language, Level


class CompareParameters(Given):
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

    model_config = ConfigDict(json_schema_extra=example(examples.COMPARISON))

    document_id: str
    a: str = Field(description="Id of the edition that is compared.")
    b: str = Field(description="Id of the edition that it is compared with.")
    units: list[UnitChange] = Field(description="In B's order; a removed one where it stood.")
    counts: Counts
