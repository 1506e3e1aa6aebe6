"""What a sentence-transformers folder says about itself, read without loading the model.

Loading a model imports torch, which takes seconds. Cutting documents into passages needs only
the tokenizer, the prompt and the limit in tokens, and these stand in small files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tokenizers import Tokenizer

from kb.errors import ModelUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# The names that models give their two prompts, in the order in which they are looked for.
QUERY_PROMPTS = ("query",)
PASSAGE_PROMPTS = ("passage", "document", "corpus")


@dataclass(frozen=True, slots=True)
class Prompt:
    """The words that a model wants before a text; the default is none."""

    name: str | None = None  # as sentence-transformers knows it: `query`, `passage`
    text: str = ""


@dataclass(frozen=True)
class FolderDescription:
    """The facts about a model that its folder states."""

    query: Prompt
    passage: Prompt
    max_tokens: int | None  # longest input, special tokens included; None: ask the model
    encoder: Path  # the folder of the module that reads tokens

    @cached_property
    def tokenizer(self) -> Tokenizer | None:
        """The tokenizer, without truncation or padding; None: ask the model.

        Raises:
            ModelUnavailable: its tokenizer.json is damaged.
        """
        return _read_tokenizer(self.encoder / "tokenizer.json")


def describe_folder(folder: Path) -> FolderDescription:
    """Read what the folder says; what it leaves out is left to the loaded model."""
    prompts = _read_json(folder / "config_sentence_transformers.json").get("prompts") or {}
    encoder = folder / _encoder_path(folder)
    limit = _read_json(encoder / "sentence_bert_config.json").get("max_seq_length")
    return FolderDescription(
        query=_pick(prompts, QUERY_PROMPTS),
        passage=_pick(prompts, PASSAGE_PROMPTS),
        max_tokens=limit if isinstance(limit, int) else None,
        encoder=encoder,
    )


def is_model_folder(folder: Path) -> bool:
    """Whether sentence-transformers could load this folder."""
    return (folder / "modules.json").is_file() or (folder / "config.json").is_file()


def _pick(prompts: Mapping[str, str], names: Sequence[str]) -> Prompt:
    return next((Prompt(name, prompts[name]) for name in names if prompts.get(name)), Prompt())


def _encoder_path(folder: Path) -> str:
    """Return the first module's subfolder: "" for most models, `0_Transformer` for old ones."""
    modules = _read_json(folder / "modules.json", default=[])
    return str(modules[0].get("path", "")) if modules else ""


def _read_tokenizer(file: Path) -> Tokenizer | None:
    if not file.is_file():
        return None
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library has no class of its own for a damaged file
        raise ModelUnavailable(
            f"The tokenizer {file} cannot be read ({error}); fetch the model anew."
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _read_json(file: Path, default: Any = None) -> Any:
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {} if default is None else default
