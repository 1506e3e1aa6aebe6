"""The settings, as one frozen object that is passed in; nothing reads the environment but this."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from kb.errors import BadRequest

DEFAULT_MODEL = "intfloat/multilingual-e5-small"

Precision = Literal["fp32", "int8"]  # of the numbers that a model computes with


class Settings(BaseModel):
    """What a knowledge base is built and searched with. Unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: Path = Path("index")  # folder that holds CURRENT and the generations
    model: str = DEFAULT_MODEL  # a folder, a packaged model or a Hugging Face name
    cache: Path = Field(default_factory=lambda: Path(platformdirs.user_cache_dir("policy-kb")))
    data: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("policy-kb")))
    passage_tokens: int = Field(default=400, ge=50, le=4000)  # size of a passage, in cl100k tokens
    part_tokens: int = Field(default=200, ge=25, le=4000)  # of a part that has a vector of its own
    precision: Literal["auto", "fp32", "int8"] = "auto"  # auto: what is fastest here
    # vectors that are searched one by one; beyond it, an index looks at some of them only
    exact_vectors: int = Field(default=50_000, ge=0)
    batch_size: int = Field(default=16, ge=1, le=1024)  # passages that torch embeds at once
    reranker: str | None = None  # a cross-encoder: a folder or a Hugging Face name
    # languages of queries whose first hits it puts in order: those where a measurement says so
    rerank_languages: frozenset[Literal["en", "ru", "kk"]] = frozenset()
    rerank_depth: int = Field(default=20, ge=1, le=100)  # passages that it reads for a query
    max_query_chars: int = Field(default=1000, ge=10, le=100_000)
    parse_seconds: int = Field(default=300, ge=1)  # time that one source file may take to read
    parse_megabytes: int = Field(default=2048, ge=128)  # memory that reading one file may take
    parse_processes: int = Field(default=0, ge=0, le=64)  # files read at once; 0: one a processor
    ocr: Literal["never", "missing", "always"] = "missing"  # missing: pages that have no text
    max_source_megabytes: int = Field(default=200, ge=1)  # size of one source file
    # an OpenAI-compatible endpoint for written answers; without one, answers are the texts' own
    llm_url: str | None = Field(default=None, pattern=r"^https?://[^/?#@]+(?:/[^?#]*)?$")
    llm_model: str | None = None  # as the endpoint calls it
    llm_key: SecretStr | None = None
    llm_seconds: int = Field(default=60, ge=1, le=600)  # that an answer may take as a whole

    @field_validator("rerank_languages", mode="before")
    @classmethod
    def _split_at_commas(cls, value: Any) -> Any:
        """Read "en, ru" as a variable of the environment gives it."""
        if isinstance(value, str):
            return frozenset(part.strip() for part in value.split(",") if part.strip())
        return value

    @classmethod
    def from_environment(cls, **given: Any) -> Self:
        """Build settings from `KB_INDEX`, `KB_MODEL`, … with the given values on top.

        A value of None counts as not given.

        Raises:
            BadRequest: a variable is not a setting, or its value cannot be used.
        """
        prefix = "KB_"
        values: dict[str, Any] = {
            name.removeprefix(prefix).lower(): value
            for name, value in os.environ.items()
            if name.startswith(prefix) and value
        }
        values.update({name: value for name, value in given.items() if value is not None})
        try:
            return cls(**values)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            known = ", ".join(sorted(cls.model_fields))
            raise BadRequest(
                f"The setting {name!r} (environment variable {prefix}{name.upper()}) cannot be"
                f" used: {first['msg']}. The settings are: {known}."
            ) from error
