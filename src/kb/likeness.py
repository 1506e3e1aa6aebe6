"""How much of the wording of two texts is the same.

    one, other = wording(plain_text), wording(text_of_the_pdf)
    one.digest == other.digest      # the same words in the same order
    one.likeness(other)             # 0.998: all but a few

An act as PDF differs from the same act as plain text by a page number here and a hyphen there, so
its words are compared as shingles: runs of three. The share of them that two texts have in common
is estimated from the smallest of their hashes (Broder 1997, "On the resemblance and containment of
documents"; a bottom-k sketch). Linear in the text's length, and the same on every machine.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALIKE = 0.8  # from here on two texts count as alike; docs/decisions.md has the measurement

_WORD = re.compile(r"[^\W_]+")
_SOFT_HYPHEN = "\u00ad"
_SHINGLE = 3  # words
_SKETCH = 1024  # hashes that are kept of a text: a likeness is then true to a hundredth or two
_LAST = np.uint64(2**64 - 1)
# the multiplier and the shift of splitmix64 (Steele, Lea and Flood 2014)
_MULTIPLIER, _SHIFT = np.uint64(0xBF58476D1CE4E5B9), np.uint64(30)


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """What is kept of a text to compare its words with another's."""

    words: int  # how many there are
    digest: str  # of all of them, in order
    sketch: NDArray[np.uint64]  # the smallest hashes of its shingles, ascending

    def likeness(self, other: Wording) -> float:
        """Return the share of the shingles of both texts that stand in the other one, 0 to 1."""
        if self.digest == other.digest:
            return 1.0
        # both sketches know all of their text's hashes up to here
        limit = min((item.sketch[-1] for item in (self, other) if item.is_cut), default=_LAST)
        ours, theirs = (item.sketch[item.sketch <= limit] for item in (self, other))
        shared = len(np.intersect1d(ours, theirs, assume_unique=True))
        return 2 * shared / max(1, len(ours) + len(theirs))

    def to_bytes(self) -> bytes:
        """Return all of it as bytes."""
        return self.words.to_bytes(8, "little") + self.digest.encode() + self.sketch.tobytes()

    @classmethod
    def from_bytes(cls, kept: bytes) -> Self:
        """Return what `to_bytes` was called on."""
        sketch = np.frombuffer(kept[72:], dtype="<u8").astype(np.uint64, copy=False)
        return cls(int.from_bytes(kept[:8], "little"), kept[8:72].decode(), sketch)

    @property
    def is_cut(self) -> bool:
        """Whether there may be more hashes than the sketch holds."""
        return len(self.sketch) == _SKETCH


def wording(text: str) -> Wording:
    """Return the wording of a text: letters and digits count, their case and the rest do not."""
    words = _WORD.findall(text.replace(_SOFT_HYPHEN, "").casefold())
    known = {word: _hash(word) for word in set(words)}
    hashes = np.array([known[word] for word in words], dtype="<u8")
    count = max(0, len(hashes) - _SHINGLE + 1)  # a shorter text has its digest alone
    shingles = np.zeros(count, dtype=np.uint64)
    for at in range(_SHINGLE):
        shingles ^= hashes[at : at + count]
        shingles = (shingles ^ (shingles >> _SHIFT)) * _MULTIPLIER  # modulo 2^64
    digest = hashlib.sha256(hashes.tobytes()).hexdigest()
    return Wording(len(words), digest, np.unique(shingles)[:_SKETCH])


def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")
