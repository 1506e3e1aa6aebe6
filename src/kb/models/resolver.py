"""Find a model by name: a local folder, the packaged weights, or the Hugging Face hub.

    ./models/bge-m3                  a folder that exists
    intfloat/multilingual-e5-small   packaged; converted once into the user's cache
    BAAI/bge-m3                      the hub: its cache on this machine, else a download

A name ends as a folder on this machine in every case, and nothing here imports torch. Only a name
that is neither a folder nor packaged can reach the network.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import ModelUnavailable
from kb.models.folder import is_model_folder
from kb.models.packaged import PACKAGED, ensure_converted, packaged_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.settings import Settings

# Files that decide what a model computes. Weights for other runtimes lie beside them in many
# folders (onnx/, openvino/, *.h5) and change nothing here.
MODEL_FILES = frozenset({".json", ".safetensors", ".bin", ".model", ".txt", ".py"})
OTHER_RUNTIMES = ("onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf")


class ModelSource(StrEnum):
    """Where a model was found."""

    FOLDER = "folder"
    PACKAGED = "packaged"
    HUB = "hub"


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A model that stands ready in a folder on this machine."""

    name: str  # as asked for
    path: Path  # the sentence-transformers folder
    fingerprint: str  # changes whenever the model may give other vectors
    source: ModelSource


def resolve_model(name: str, settings: Settings) -> ResolvedModel:
    """Find the model `name`, converting or downloading it if that is what it takes.

    Raises:
        ModelUnavailable: there is no such model, or it cannot be read, converted or downloaded.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _local(name, folder)
    source = packaged_source(name)
    if source is not None:
        converted = ensure_converted(source, name, settings.cache)
        return ResolvedModel(name, converted.path, converted.fingerprint, ModelSource.PACKAGED)
    # sentence-transformers' own models are known by their bare names: all-MiniLM-L6-v2.
    repository = name if "/" in name else f"sentence-transformers/{name}"
    return _from_hub(
        name,
        repository,
        f"The model {name!r} is neither a folder nor packaged, and the Hugging Face hub cannot"
        " be reached or does not have it; set KB_MODEL to a folder that holds a"
        f" sentence-transformers model, or to {', '.join(PACKAGED)}.",
    )


def resolve_reranker(name: str) -> ResolvedModel:
    """Find the cross-encoder `name`, a folder or on the hub; no package holds one.

    Raises:
        ModelUnavailable: there is no such model, or it cannot be read or downloaded.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _local(name, folder)
    return _from_hub(
        name,
        name,
        f"The reranker {name!r} is no folder, and the Hugging Face hub cannot be reached or does"
        " not have it; set KB_RERANKER to a folder that holds a cross-encoder, or leave it empty.",
    )


def _local(name: str, folder: Path) -> ResolvedModel:
    if not is_model_folder(folder):
        raise ModelUnavailable(
            f"The folder {folder} holds no sentence-transformers model (neither modules.json nor"
            " config.json); name another folder or a model."
        )
    try:
        fingerprint = f"folder:{_digest(folder)}"
    except OSError as error:
        raise ModelUnavailable(
            f"The model in {folder} cannot be read ({error}); check its permissions."
        ) from error
    return ResolvedModel(name, folder, fingerprint, ModelSource.FOLDER)


def _digest(folder: Path) -> str:
    """Return the SHA-256 over the names and hashes of the files that make up the model."""
    total = hashlib.sha256()
    for path in sorted(_model_files(folder)):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"{path.relative_to(folder).as_posix()}\0{digest}\n".encode())
    return total.hexdigest()


def _model_files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        inner = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inner.parts)
        foreign = any(inner.match(pattern) for pattern in OTHER_RUNTIMES)
        if path.suffix in MODEL_FILES and path.is_file() and not hidden and not foreign:
            yield path


def _from_hub(name: str, repository: str, otherwise: str) -> ResolvedModel:
    """Take the model from the hub's cache on this machine; download it only if it is not there.

    Raises:
        ModelUnavailable: it is nowhere; `otherwise` is the message.
    """
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - half a second, rarely needed
    from huggingface_hub.errors import LocalEntryNotFoundError  # noqa: PLC0415

    ignored = list(OTHER_RUNTIMES)
    try:
        try:
            found = snapshot_download(repository, local_files_only=True, ignore_patterns=ignored)
        except LocalEntryNotFoundError:
            found = snapshot_download(repository, ignore_patterns=ignored)
    except Exception as error:
        # The hub's client raises its own errors, its HTTP library's and plain OSErrors.
        raise ModelUnavailable(otherwise) from error
    folder = Path(found)  # …/snapshots/<commit>
    return ResolvedModel(name, folder, f"hub:{repository}@{folder.name}", ModelSource.HUB)
