"""Embedding models: found by name, made ready on this machine, run behind one small protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.models.embedder import Embedder, SentenceTransformerEmbedder
from kb.models.hashing import MODEL_NAME as HASHING
from kb.models.hashing import HashEmbedder
from kb.models.resolver import ModelSource, ResolvedModel, resolve_model

if TYPE_CHECKING:
    from kb.settings import Settings

__all__ = [
    "Embedder",
    "HashEmbedder",
    "ModelSource",
    "ResolvedModel",
    "SentenceTransformerEmbedder",
    "load_embedder",
    "resolve_model",
]


def load_embedder(settings: Settings) -> Embedder:
    """Return the embedder that `settings.model` names; its model loads with the first text.

    Raises:
        ModelUnavailable: there is no such model, or it cannot be made ready here.
    """
    if settings.model == HASHING:
        return HashEmbedder()
    return SentenceTransformerEmbedder(resolve_model(settings.model, settings), settings)
