"""Query and passage to a score: a cross-encoder reads both together.

That costs a run of a model for each passage where an embedding costs one for the query, and gains
only where the model knows the language. So nothing is reranked unless the settings name a model
and a language; docs/operations.md says how to find out which.

A cross-encoder reads a limited number of tokens, and sentence-transformers silently drops what
comes after. Here a passage that does not fit beside the query is read in windows that overlap, and
has the score of the best one: MaxP of Dai, Callan, "Deeper Text Understanding for IR with
Contextual Neural Language Modeling", SIGIR 2019.
"""

from __future__ import annotations

import json
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from kb.errors import ModelUnavailable
from kb.models.folder import describe_folder
from kb.models.limits import readable
from kb.models.quiet import quietly
from kb.models.resolver import resolve_reranker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from sentence_transformers import CrossEncoder
    from tokenizers import Tokenizer

    from kb.models.resolver import ResolvedModel
    from kb.settings import Settings

WINDOW_TOKENS = 512  # read at once, at most: what cross-encoders are mostly trained on
# Cut within a word, a text may have a few tokens more than were counted.
SPARE_TOKENS = 4


class Reranker(Protocol):
    """Scores passages by reading each together with the query."""

    @property
    def fingerprint(self) -> str:
        """Names the model; it changes whenever the model may give other scores."""

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return a finite score for each passage, of shape (len(passages),), in their order.

        The higher the better; scores of different queries cannot be compared. The score of a
        passage does not depend on the others. Threads may call it at once.

        Raises:
            ModelUnavailable: the model cannot be loaded.
        """


def load_reranker(settings: Settings) -> Reranker | None:
    """Return the reranker that the settings name; None if they name none, or no language for it.

    The model is found now and loads with the first query.

    Raises:
        ModelUnavailable: there is no such model, or it is no cross-encoder.
    """
    if settings.reranker is None or not settings.rerank_languages:
        return None
    return CrossEncoderReranker(resolve_reranker(settings.reranker))


class CrossEncoderReranker:
    """A reranker that runs a sentence-transformers cross-encoder on the CPU.

    Making one is cheap: torch is imported, and the model loaded, by the first query. Its scores
    are the model's logits: after the sigmoid that many models end with, all good passages would
    have the same 1.0.
    """

    def __init__(self, resolved: ResolvedModel) -> None:
        """Take a model folder.

        Raises:
            ModelUnavailable: it holds no cross-encoder.
        """
        self._resolved = resolved
        self._model: CrossEncoder | None = None
        self._lock = threading.RLock()  # the model and its tokenizer serve one thread at a time
        _check_architecture(resolved)

    @property
    def fingerprint(self) -> str:
        """The resolved model's fingerprint."""
        return self._resolved.fingerprint

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Score passages; see `Reranker.scores`."""
        if not passages:
            return np.empty(0, np.float32)
        question, room = self._question(readable(query))
        windows = [list(self._windows(readable(text), room)) for text in passages]
        distinct = list(dict.fromkeys(window for each in windows for window in each))
        score = dict(zip(distinct, self._predict(question, distinct), strict=True))
        return np.array([max(score[window] for window in each) for each in windows], np.float32)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = describe_folder(self._resolved.path).tokenizer
        if tokenizer is None:
            raise ModelUnavailable(
                f"The reranker {self._resolved.name!r} has no tokenizer.json in"
                f" {self._resolved.path}; save it anew with a current sentence-transformers."
            )
        return tokenizer

    def _question(self, query: str) -> tuple[str, int]:
        """Return the query, cut to half of what the model reads, and the tokens left beside it."""
        limit = min(self._loaded().max_seq_length or WINDOW_TOKENS, WINDOW_TOKENS)
        room = limit - self._tokenizer.num_special_tokens_to_add(is_pair=True)
        spans = self._spans(query)
        if len(spans) <= room // 2:
            return query, room - len(spans)
        half = max(room // 2 - SPARE_TOKENS, 1)
        return query[: spans[half - 1][1]], room - room // 2

    def _windows(self, text: str, room: int) -> Iterator[str]:
        """Yield a passage if it fits, otherwise windows of it that overlap by a quarter.

        10 tokens, room for 8 of which 4 are spare  →  1–4, 4–7, 7–10
        """
        spans = self._spans(text)
        if len(spans) <= room:
            yield text
            return
        size = max(room - SPARE_TOKENS, 1)
        overlap = size // 4
        for start in range(0, len(spans) - overlap, size - overlap):
            last = min(start + size, len(spans)) - 1
            yield text[spans[start][0] : spans[last][1]]

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Return where in the text each of its tokens stands."""
        return self._tokenizer.encode(text, add_special_tokens=False).offsets

    def _predict(self, question: str, windows: Sequence[str]) -> list[float]:
        from torch.nn import Identity  # noqa: PLC0415 - the model that is loaded has imported it

        with self._lock:
            predicted = self._loaded().predict(
                [(question, window) for window in windows],
                batch_size=1,  # else a score depends, in its last digits, on its neighbours
                activation_fn=Identity(),
                show_progress_bar=False,
            )
        if not np.isfinite(predicted).all():
            raise ModelUnavailable(
                f"The reranker {self._resolved.name!r} gives scores that are no numbers; name"
                " another one in KB_RERANKER."
            )
        scores: list[float] = predicted.tolist()
        return scores

    def _loaded(self) -> CrossEncoder:
        with self._lock:
            if self._model is None:
                self._model = _load(self._resolved)
            return self._model


def _check_architecture(resolved: ResolvedModel) -> None:
    """Refuse what would load as a cross-encoder and score by random numbers: an embedding model.

    Raises:
        ModelUnavailable: the model is none that scores.
    """
    file = describe_folder(resolved.path).encoder / "config.json"
    try:
        named = json.loads(file.read_bytes()).get("architectures") or ["nothing"]
    except (OSError, ValueError, AttributeError) as error:
        raise ModelUnavailable(
            f"The reranker {resolved.name!r} has no readable {file}; fetch it anew."
        ) from error
    if not str(named[0]).endswith("ForSequenceClassification"):
        raise ModelUnavailable(
            f"The model {resolved.name!r} is no cross-encoder: its config.json names"
            f" {named[0]}, and not a model …ForSequenceClassification; set KB_RERANKER to one."
        )


def _load(resolved: ResolvedModel) -> CrossEncoder:
    """Load the model from its folder, without a word on stderr and without the network."""
    try:
        with quietly():
            from sentence_transformers import CrossEncoder  # noqa: PLC0415 - imports torch

            model: CrossEncoder = CrossEncoder(
                str(resolved.path), device="cpu", local_files_only=True
            )
    except Exception as error:
        # An incomplete folder, or one for another version, fails in as many ways as there are
        # libraries below.
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise ModelUnavailable(
            f"The reranker {resolved.name!r} in {resolved.path} cannot be loaded ({reason});"
            " fetch it anew, or name another one in KB_RERANKER."
        ) from error
    if model.num_labels != 1:
        raise ModelUnavailable(
            f"The reranker {resolved.name!r} gives {model.num_labels} numbers for a passage and not"
            " one score; name another one in KB_RERANKER."
        )
    return model
