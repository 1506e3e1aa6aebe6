"""The manifest: what a generation was built from, with what, and the hash of every file in it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from kb.documents import Language
from kb.errors import IndexMismatch

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kb.documents import Document, Passage

SCHEMA = 5  # of the manifest and of what a generation's folder holds; raised on every change

_STRICT = ConfigDict(frozen=True, extra="forbid")


class ModelStamp(BaseModel):
    """The embedding model that the vectors are of."""

    model_config = _STRICT

    name: str  # as it was asked for; a folder's path, perhaps
    fingerprint: str  # what tells its vectors from any other model's
    dimension: int = Field(ge=1)


class Counts(BaseModel):
    """How much of everything there is."""

    model_config = _STRICT

    documents: int = Field(ge=0)
    editions: int = Field(ge=0)
    nodes: int = Field(ge=0)
    passages: int = Field(ge=0)
    vectors: int = Field(ge=0)


class VectorStamp(BaseModel):
    """How a file of vectors is searched; see `kb.stores.clustered.IndexKind`."""

    model_config = _STRICT

    kind: Literal["exact", "clustered"]
    vectors: int = Field(ge=0)
    recall: float = Field(ge=0, le=1)  # of the true ten nearest, for queries kept for measuring
    queries: int = Field(ge=0)  # that it was measured with; an exact index needs none
    clusters: int = Field(ge=0)
    probes: int = Field(ge=0)  # clusters that a search looks at


class SelfTest(BaseModel):
    """How many of the likeliest passages a search found, right after the index was built."""

    model_config = _STRICT

    queries: int = Field(ge=0)
    k: int = Field(ge=1)  # passages of each query that count
    recall: float = Field(ge=0, le=1)  # 1.0: the index found what an exact search finds


class Noise(BaseModel):
    """How near to the passages in a language questions come that they cannot answer."""

    model_config = _STRICT

    usual: float  # mean of the likeness of their nearest passages
    highest: float


class FileStamp(BaseModel):
    """Size and hash of a file."""

    model_config = _STRICT

    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Contents(BaseModel):
    """What the builder says of a generation; the files and the time are added on commit."""

    model_config = _STRICT

    schema_version: int = SCHEMA
    model: ModelStamp
    chunker: str  # version and size of the passages: `2/400`
    corpus_digest: str  # see `kb.stores.records.content_digest`
    vocabulary_digest: str = ""  # of the thesaurus and the subject index
    totals: Counts
    languages: dict[Language, Counts]  # a document in two languages counts in both
    self_test: SelfTest | None = None
    vectors: dict[str, VectorStamp] = Field(default_factory=dict)  # by the name of the file
    # by language of the query, then of the passage; see `kb.noise`
    noise: dict[Language, dict[Language, Noise]] = Field(default_factory=dict)
    # by language of the query, to any entry of the subject index
    subject_noise: dict[Language, Noise] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Hex SHA-256 of what determines the generation's answers.

        The same corpus, chunker and model give the same digest on every machine, at any time and
        in whatever folder the model lies.
        """
        determining = [
            self.schema_version,
            self.model.fingerprint,
            self.model.dimension,
            self.chunker,
            self.corpus_digest,
            self.vocabulary_digest,
        ]
        return hashlib.sha256(json.dumps(determining).encode()).hexdigest()


class Manifest(Contents):
    """What `manifest.json` holds."""

    created: AwareDatetime  # in UTC
    files: dict[str, FileStamp]  # by path within the generation, with `/`

    def to_json(self) -> str:
        """Return the text of `manifest.json`, with a seal over all of it."""
        fields = self.model_dump(mode="json")
        return json.dumps(fields | {"seal": _seal(fields)}, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read the text of a `manifest.json`.

        Raises:
            IndexMismatch: another version of the program wrote it.
            ValueError: it is damaged.
        """
        fields = json.loads(text)
        if not isinstance(fields, dict):
            raise ValueError("it is not a JSON object")  # noqa: TRY004
        if fields.pop("seal", None) != _seal(fields):
            raise ValueError("its seal does not fit what it says")
        if fields.get("schema_version") != SCHEMA:
            raise _mismatch("schema", fields.get("schema_version"), SCHEMA)
        return cls.model_validate(fields)


def _seal(fields: dict[str, Any]) -> str:
    """Return a hash of a manifest's fields, which does not depend on how they are laid out."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def count_contents(
    documents: Sequence[Document], passages: Sequence[Passage], vector_rows: Collection[int]
) -> tuple[Counts, dict[Language, Counts]]:
    """Count everything, altogether and for each language that there is a passage or edition in.

    An edition counts in its own language, a passage in the one that it is written in.
    """
    embedded = [passages[row] for row in vector_rows]

    def count(languages: Collection[Language]) -> Counts:
        editions = [e for d in documents for e in d.editions if e.language in languages]
        return Counts(
            documents=len({edition.document_id for edition in editions}),
            editions=len(editions),
            nodes=sum(len(edition.nodes) for edition in editions),
            passages=sum(passage.language in languages for passage in passages),
            vectors=sum(passage.language in languages for passage in embedded),
        )

    present = {edition.language for document in documents for edition in document.editions}
    present |= {passage.language for passage in passages}
    totals = count(present).model_copy(update={"documents": len(documents)})
    return totals, {language: count([language]) for language in sorted(present)}


def check_compatible(
    manifest: Manifest,
    *,
    model_fingerprint: str,
    dimension: int,
    chunker: str,
    schema: int = SCHEMA,
) -> None:
    """Refuse an index that was built with anything else than what this process uses.

    Raises:
        IndexMismatch: it names both values, and the command to run.
    """
    for what, built, used in (
        ("schema", manifest.schema_version, schema),
        ("model fingerprint", manifest.model.fingerprint, model_fingerprint),
        ("vector dimension", manifest.model.dimension, dimension),
        ("chunker", manifest.chunker, chunker),
    ):
        if built != used:
            raise _mismatch(what, built, used, manifest.model.name)


def _mismatch(what: str, built: object, used: object, model: str | None = None) -> IndexMismatch:
    remedy = f", or choose the model that it was built with ({model})" if model else ""
    return IndexMismatch(
        f"The index was built with the {what} {built!r}, this process uses {used!r}; run"
        f" `kb ingest` to build it again{remedy if what.startswith('model') else ''}."
    )
