"""Models: found by name, made ready on this machine, run behind two small protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.models.embedder import Embedder, SentenceTransformerEmbedder
from kb.models.hashing import MODEL_NAME as HASHING
from kb.models.hashing import HashEmbedder
from kb.models.onnx_embedder import OnnxEmbedder
from kb.models.onnx_export import export_model, fingerprint_of
from kb.models.precision import fastest_precision
from kb.models.reranker import CrossEncoderReranker, Reranker, load_reranker
from kb.models.resolver import ModelSource, ResolvedModel, resolve_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.settings import Precision, Settings

__all__ = [
    "CrossEncoderReranker",
    "Embedder",
    "HashEmbedder",
    "ModelSource",
    "OnnxEmbedder",
    "Reranker",
    "ResolvedModel",
    "SentenceTransformerEmbedder",
    "engine_of",
    "load_embedder",
    "load_reranker",
    "resolve_model",
]


def load_embedder(settings: Settings, built_with: str | None = None) -> Embedder:
    """Return the embedder that `settings.model` names; its model loads with the first text.

    ONNX Runtime runs it where it can be exported, which happens now if it has not yet, and torch
    where not. `built_with` is the fingerprint of an index to be searched: where the settings leave
    the precision open, it is that of the index and not the one that is fastest here.

    Raises:
        ModelUnavailable: there is no such model, or it cannot be made ready here.
    """
    if settings.model == HASHING:
        return HashEmbedder()
    resolved = resolve_model(settings.model, settings)
    for precision in _precisions(resolved, settings, built_with):
        exported = export_model(resolved, precision, settings)
        if exported is not None:
            return exported
    return SentenceTransformerEmbedder(resolved, settings)


def engine_of(embedder: Embedder) -> str:
    """Say what runs an embedder, for a person: "ONNX Runtime int8"."""
    match embedder:
        case OnnxEmbedder():
            return f"ONNX Runtime {embedder.precision}"
        case SentenceTransformerEmbedder():
            return "torch fp32"
        case _:
            return "no model"


def _precisions(
    resolved: ResolvedModel, settings: Settings, built_with: str | None
) -> Sequence[Precision]:
    """Return the precisions to try, the best first."""
    if settings.precision != "auto":
        return (settings.precision,)
    known: tuple[Precision, ...] = ("int8", "fp32")
    for precision in known:
        if built_with == fingerprint_of(resolved, precision):
            return (precision,)
    return ("int8", "fp32") if fastest_precision() == "int8" else ("fp32",)
