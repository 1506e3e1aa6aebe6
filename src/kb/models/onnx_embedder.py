"""The engine that embeds: an exported model under ONNX Runtime, without torch.

Every text runs alone and on one thread, and a pool of threads runs as many texts at a time as
there are processors. Measured against batches of like length with the threads inside an operator,
that is twice as quick, since no thread waits for another one; and a vector depends on its own text
and on no neighbour's, which matters where int8 rounds by the largest number that it meets.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from kb.errors import ModelUnavailable
from kb.models.folder import describe_folder
from kb.models.limits import check_passages, check_query, readable
from kb.models.vocabulary import FRAME, QuickTokenizer
from kb.processors import available_processors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    from kb.models.folder import FolderDescription, Prompt
    from kb.settings import Precision

GRAPH = "model.onnx"  # in an exported folder


class OnnxEmbedder:
    """An embedder that runs an exported model; see `kb.models.onnx_export`.

    Making one is cheap: the tokenizer and the graph are read when they are first needed, once.
    """

    def __init__(self, model: Path, exported: Path, precision: Precision, fingerprint: str) -> None:
        """Take the tokenizer, the prompts and the limit from `model`, the graph from `exported`."""
        self._model = model
        self._exported = exported
        self._lock = threading.Lock()
        self._read: InferenceSession | None = None
        self.precision = precision
        self.fingerprint = fingerprint

    @cached_property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self._session.get_outputs()[0].shape[1])

    @property
    def max_tokens(self) -> int:
        """The model's limit in tokens."""
        limit = self._folder.max_tokens
        assert limit is not None, "a model without a limit is not exported"  # noqa: S101
        return limit

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embed a query; see `Embedder.embed_query`."""
        whole = self._folder.query.text + readable(text)
        quick = self._quick.ids(whole) if self._quick is not None else None
        ids = self._ids(text, self._folder.query) if quick is None else quick
        check_query(len(ids), self.max_tokens)
        return self._embed(ids)

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Embed passages, several at a time; see `Embedder.embed_passages`."""
        tokens = [self._ids(text, self._folder.passage) for text in texts]
        check_passages(texts, [len(ids) for ids in tokens], self.max_tokens)
        vectors = np.empty((len(texts), self.dimension), np.float32)
        # Longest first, so that no thread is left with a long one while the others are done.
        order = sorted(range(len(texts)), key=lambda place: -len(tokens[place]))
        pool = ThreadPoolExecutor(available_processors())
        try:
            made = pool.map(self._embed, (tokens[place] for place in order))
            for place, vector in zip(order, made, strict=True):
                vectors[place] = vector
                if progress is not None:
                    progress(1)
        finally:
            pool.shutdown(cancel_futures=True)  # Ctrl-C waits for texts under way, not for all
        return vectors

    def count_tokens(self, text: str) -> int:
        """Count a passage's tokens."""
        return len(self._ids(text, self._folder.passage))

    def fits(self, text: str) -> bool:
        """Whether a passage is within the limit."""
        return self.count_tokens(text) <= self.max_tokens

    def _ids(self, text: str, prompt: Prompt) -> list[int]:
        tokenizer: Tokenizer | None = self._folder.tokenizer
        assert tokenizer is not None, "a model without a tokenizer is not exported"  # noqa: S101
        return tokenizer.encode(prompt.text + readable(text)).ids

    def _embed(self, ids: list[int]) -> NDArray[np.float32]:
        (vectors,) = self._session.run(None, {"ids": np.array([ids], np.int64)})
        vector: NDArray[np.float32] = vectors[0]
        return vector

    @cached_property
    def _folder(self) -> FolderDescription:
        return describe_folder(self._model)

    @cached_property
    def _quick(self) -> QuickTokenizer | None:
        return QuickTokenizer(self._exported) if (self._exported / FRAME).exists() else None

    @property
    def _session(self) -> InferenceSession:
        with self._lock:
            if self._read is None:
                self._read = _open(self._exported / GRAPH)
            return self._read


def _open(graph: Path) -> InferenceSession:
    import onnxruntime  # noqa: PLC0415 - a process that only counts tokens does without

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors; they are raised as well
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its own classes derive from nothing else
        reason = str(error).partition("\n")[0]
        raise ModelUnavailable(
            f"The exported model {graph} cannot be loaded ({reason}); delete {graph.parent}."
        ) from error
