"""What ranking has to know of every passage, as numbers by row.

A search puts hundreds of passages in order and shows ten. Which document one is of, in which
language, in which article and with which words, is asked of all of them: it is answered by arrays
that are written with the records and stay in memory, 16 bytes a passage, so that a passage itself
is read when it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np

from kb.documents import Language

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from kb.documents import Passage

_LANGUAGES = {language: number for number, language in enumerate(Language)}
_STORED = np.dtype("<i4")


@dataclass(frozen=True, slots=True)
class Filing:
    """Numbers of each passage; equal numbers mean the same, and nothing else is said by them."""

    edition: NDArray[np.int32]  # in the order of writing
    language: NDArray[np.int32]  # place in `Language`; the passage's own
    unit: NDArray[np.int32]  # its article or other unit, whatever the language of the edition
    wording: NDArray[np.int32]  # its language and its words, but for case and white space

    @classmethod
    def of(cls, passages: Sequence[Passage], editions: Mapping[tuple[str, str], int]) -> Self:
        """Number passages; `editions` has the number of each, by document and edition."""
        return cls(
            _array(editions[item.document_id, item.edition_id] for item in passages),
            _array(_LANGUAGES[item.language] for item in passages),
            _array(_numbered(map(_unit, passages))),
            _array(_numbered(map(_wording, passages))),
        )

    def __len__(self) -> int:
        """Return the number of passages."""
        return len(self.edition)

    def blobs(self) -> Iterator[tuple[str, bytes]]:
        """Yield what `read` takes."""
        for item in fields(self):
            yield item.name, getattr(self, item.name).astype(_STORED).tobytes()

    @classmethod
    def read(cls, blobs: Mapping[str, bytes]) -> Self:
        """Undo `blobs`.

        Raises:
            ValueError, LookupError: they are not what `blobs` gives.
        """
        found = cls(*(np.frombuffer(blobs[item.name], dtype=_STORED) for item in fields(cls)))
        if len({len(getattr(found, item.name)) for item in fields(cls)}) > 1:
            raise ValueError("its passages are not all filed")
        return found


def _array(numbers: Iterable[int]) -> NDArray[np.int32]:
    return np.fromiter(numbers, dtype=np.int32)


def _numbered(keys: Iterable[Hashable]) -> Iterator[int]:
    known: dict[Hashable, int] = {}
    for key in keys:
        yield known.setdefault(key, len(known))


def _unit(passage: Passage) -> tuple[str, str, str]:
    """Name the article (or other unit) of a passage, whatever its language."""
    parts = passage.eid.split("__")
    depth = next((at for at, part in enumerate(parts, 1) if part.startswith("art_")), 1)
    return passage.document_id, passage.provenance, "__".join(parts[:depth])


def _wording(passage: Passage) -> tuple[Language, str]:
    return passage.language, " ".join(passage.text.split()).casefold()
