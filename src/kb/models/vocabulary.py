"""Tokens of a query without reading the whole vocabulary first.

Reading XLM-R's tokenizer.json, a quarter of a million pieces, takes longer than all else that a
search from the command line does. But a word can only be cut into pieces that stand in it, so the
pieces are kept sorted in a mapped file, those of a word are looked up, and the library cuts the
word with a vocabulary of just these:

    "▁leave"  →  {"▁leave", "▁le", "ave", "▁", "l", …}  →  Unigram  →  [31358]

The result is the library's own, for this holds: the best cut of a word is a matter of the pieces
in it, and of the lowest score of all pieces, from which the cost of an unknown one is reckoned.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer, models

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FRAME = "tokenizer.json"  # the tokenizer without its pieces
PIECES, SCORES, IDS = "pieces.npy", "scores.npy", "ids.npy"
WORDS_KEPT = 50_000


def write_vocabulary(tokenizer: Tokenizer, folder: Path) -> None:
    """Write the files that `QuickTokenizer` reads; nothing for another algorithm than Unigram."""
    frame = json.loads(tokenizer.to_str())
    if frame["model"]["type"] != "Unigram" or frame["model"].get("byte_fallback"):
        return
    listed = frame["model"]["vocab"]
    encoded = np.array([piece.encode() for piece, _score in listed])
    order = np.argsort(encoded, kind="stable")
    np.save(folder / PIECES, encoded[order])
    np.save(folder / SCORES, np.array([score for _piece, score in listed])[order])
    np.save(folder / IDS, order.astype(np.int32))
    # "" is no piece, so the words around a text's own can be read off it.
    marked = tokenizer.encode("a").ids
    inner = tokenizer.encode("a", add_special_tokens=False).ids
    start = next(at for at in range(len(marked)) if marked[at : at + len(inner)] == inner)
    unknown = frame["model"]["unk_id"]
    frame["model"] |= {"vocab": [listed[unknown]], "unk_id": 0}
    frame["kb"] = {
        "before": marked[:start],
        "after": marked[start + len(inner) :],
        "unknown": [*listed[unknown], unknown],
        "lowest": min(score for _piece, score in listed),
        "set_apart": ["\0", *(token["content"] for token in frame["added_tokens"])],
    }
    (folder / FRAME).write_text(json.dumps(frame), encoding="utf-8")


class QuickTokenizer:
    """Cuts words as the whole tokenizer does. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        """Open the files that `write_vocabulary` wrote."""
        frame = json.loads((folder / FRAME).read_bytes())
        self._facts: dict[str, Any] = frame.pop("kb")
        frame["added_tokens"], frame["post_processor"] = [], None
        tokenizer = Tokenizer.from_str(json.dumps(frame))
        self._normalizer, self._splitter = tokenizer.normalizer, tokenizer.pre_tokenizer
        self._pieces: NDArray[np.bytes_] = np.load(folder / PIECES, mmap_mode="r")
        self._scores: NDArray[np.float64] = np.load(folder / SCORES, mmap_mode="r")
        self._ids: NDArray[np.int32] = np.load(folder / IDS, mmap_mode="r")
        self._cut = lru_cache(WORDS_KEPT)(self._cut_word)

    def ids(self, text: str) -> list[int] | None:
        """Return the ids of a text; None if it holds a special token, which only all can cut."""
        if any(token in text for token in self._facts["set_apart"]):
            return None
        whole = self._normalizer.normalize_str(text) if self._normalizer else text
        words = self._splitter.pre_tokenize_str(whole) if self._splitter else [(whole, ())]
        inner = [number for word, _span in words for number in self._cut(word)]
        return [*self._facts["before"], *inner, *self._facts["after"]]

    def _cut_word(self, word: str) -> tuple[int, ...]:
        width = self._pieces.dtype.itemsize
        parts = {
            part
            for start in range(len(word))
            for end in range(start + 1, min(len(word), start + width) + 1)
            if len(part := word[start:end].encode()) <= width
        }
        wanted = np.array(sorted(parts), self._pieces.dtype)
        places = np.searchsorted(self._pieces, wanted)
        places = places[places < len(self._pieces)]
        found = places[self._pieces[places] == wanted[: len(places)]]
        piece, score, number = self._facts["unknown"]
        numbers = [number, number, *self._ids[found].tolist()]
        # Twice the unknown piece: once as itself, once to keep the lowest score of them all.
        pieces = [(piece, score), ("\0", self._facts["lowest"])]
        pieces += zip(
            [each.decode() for each in self._pieces[found].tolist()],
            self._scores[found].tolist(),
            strict=True,
        )
        model = models.Unigram(pieces, unk_id=0, byte_fallback=False)
        return tuple(numbers[token.id] for token in model.tokenize(word))
