"""Texts to vectors: what an embedder is, and the one that runs a sentence-transformers model.

A model reads a limited number of tokens and sentence-transformers silently drops what comes
after. Here nothing is dropped: a text over the limit is an error, and `fits` tells beforehand.
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from kb.errors import ModelUnavailable
from kb.models.folder import describe_folder
from kb.models.limits import check_passages, check_query, readable
from kb.models.quiet import quietly

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    from kb.models.folder import FolderDescription, Prompt
    from kb.models.resolver import ResolvedModel
    from kb.settings import Settings


class Embedder(Protocol):
    """Turns texts into vectors of length 1, whose inner product is their likeness."""

    @property
    def fingerprint(self) -> str:
        """Names the model; it changes whenever the model may give other vectors."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    @property
    def max_tokens(self) -> int:
        """Longest text that the model reads, in its own tokens, prompt and specials included."""

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a query, of shape (dimension,). Threads may call it at once.

        Raises:
            BadQuery: the query is over the limit.
        """

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return the vectors of passages, of shape (len(texts), dimension), in their order.

        `progress` is called with the number of passages done since its last call.

        Raises:
            BadRequest: a passage is over the limit; nothing has been embedded then.
        """

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the model reads for this passage, prompt and specials included."""

    def fits(self, text: str) -> bool:
        """Whether a passage is within the limit."""


class SentenceTransformerEmbedder:
    """An embedder that runs a sentence-transformers model on the CPU.

    Making one is cheap, and so is counting tokens: torch is imported, and the model loaded, by
    the first text that is embedded.
    """

    def __init__(self, resolved: ResolvedModel, settings: Settings) -> None:
        self._resolved = resolved
        self._batch_size = settings.batch_size
        self._model: SentenceTransformer | None = None
        self._lock = threading.RLock()  # the model and its tokenizer serve one thread at a time

    @property
    def fingerprint(self) -> str:
        """The resolved model's fingerprint."""
        return self._resolved.fingerprint

    @cached_property
    def dimension(self) -> int:
        """Numbers in a vector; asking loads the model."""
        return len(self._encode([""], self._folder.passage).T)

    @cached_property
    def max_tokens(self) -> int:
        """The model's limit in tokens."""
        limit = self._folder.max_tokens
        return limit if limit is not None else int(self._loaded().max_seq_length or 2**31)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embed a query; see `Embedder.embed_query`."""
        tokens = self._count(text, self._folder.query)
        check_query(tokens, self.max_tokens)
        vector: NDArray[np.float32] = self._encode([text], self._folder.query)[0]
        return vector

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Embed passages in batches of similar length; see `Embedder.embed_passages`."""
        lengths = [self.count_tokens(text) for text in texts]
        check_passages(texts, lengths, self.max_tokens)
        vectors = np.empty((len(texts), self.dimension), np.float32)
        # Longest first: texts of one batch are padded to the same length, and if the memory is
        # too small, that shows at the start.
        order = sorted(range(len(texts)), key=lambda place: -lengths[place])
        for start in range(0, len(order), self._batch_size):
            batch = order[start : start + self._batch_size]
            vectors[batch] = self._encode([texts[place] for place in batch], self._folder.passage)
            if progress is not None:
                progress(len(batch))
        return vectors

    def count_tokens(self, text: str) -> int:
        """Count a passage's tokens, without torch where the folder has a tokenizer.json."""
        return self._count(text, self._folder.passage)

    def fits(self, text: str) -> bool:
        """Whether a passage is within the limit."""
        return self.count_tokens(text) <= self.max_tokens

    @cached_property
    def _folder(self) -> FolderDescription:
        return describe_folder(self._resolved.path)

    def _count(self, text: str, prompt: Prompt) -> int:
        whole = prompt.text + readable(text)
        tokenizer: Tokenizer | None = self._folder.tokenizer
        if tokenizer is not None:
            return len(tokenizer.encode(whole).ids)
        with self._lock:
            return len(self._loaded().tokenizer(whole, truncation=False)["input_ids"])

    def _encode(self, texts: list[str], prompt: Prompt) -> NDArray[np.float32]:
        """Embed one batch: (len(texts), dimension), every row of length 1."""
        with self._lock:
            vectors = self._loaded().encode(
                [readable(text) for text in texts],
                prompt_name=prompt.name,
                batch_size=len(texts),
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.asarray(vectors, np.float32)

    def _loaded(self) -> SentenceTransformer:
        with self._lock:
            if self._model is None:
                self._model = _load(self._resolved)
            return self._model


def _load(resolved: ResolvedModel) -> SentenceTransformer:
    """Load the model from its folder, without a word on stderr and without the network."""
    try:
        with quietly():
            # Importing it costs four seconds and 400 MB, which a process that only counts
            # tokens, or only looks a document up, should not pay.
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415

            return SentenceTransformer(str(resolved.path), device="cpu", local_files_only=True)
    except Exception as error:
        # An incomplete folder, or one for another version, fails in as many ways as there are
        # libraries below.
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise ModelUnavailable(
            f"The model {resolved.name!r} in {resolved.path} cannot be loaded ({reason});"
            " fetch it anew, or name another model."
        ) from error
