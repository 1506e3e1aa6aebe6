"""The subject index of a generation: its entries as words and as vectors, and where they lead.

subjects/entries.json    the words of each entry, its language and the passages it leads to
subjects/vectors.faiss   their vectors, as those of queries
subjects/terms/          their lexical index, by language
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from kb.documents import Language, Provenance
from kb.errors import IndexDamaged, StorageFull
from kb.stores.terms import TermEntry, TermFilter, TermIndex, TermQuery
from kb.stores.vectors import FaissFlat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_ENTRIES, _VECTORS, _TERMS = "entries.json", "vectors.faiss", "terms"
_NONE = np.empty(0, dtype=np.int64)


class SubjectEntry(NamedTuple):
    """An entry, and the rows of the passages of the provision that it leads to."""

    words: str
    language: Language
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SubjectEntries:
    """Entries side by side, so that a search handles hundreds of them as numbers."""

    words: Sequence[str]
    languages: Sequence[Language]
    starts: NDArray[np.int64]  # (n + 1,): where the rows of each begin, and where all end
    rows: NDArray[np.int64]  # that the entries lead to, one entry after the other

    @classmethod
    def of(cls, entries: Sequence[SubjectEntry]) -> Self:
        """Put entries side by side."""
        return cls(
            [item.words for item in entries],
            [item.language for item in entries],
            _starts([len(item.rows) for item in entries]),
            np.fromiter(chain.from_iterable(item.rows for item in entries), dtype=np.int64),
        )

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.words)

    def __getitem__(self, number: int) -> SubjectEntry:
        """Return an entry."""
        rows, _ = self.led_to(np.array([number], dtype=np.int64))
        return SubjectEntry(self.words[number], self.languages[number], tuple(rows.tolist()))

    def led_to(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows that entries lead to, and of each row the place among `numbers`."""
        starts = self.starts[numbers]
        counts = self.starts[numbers + 1] - starts
        before = np.cumsum(counts) - counts
        places = np.repeat(starts - before, counts) + np.arange(counts.sum())
        return self.rows[places], np.repeat(np.arange(len(numbers)), counts)

    def to_json(self) -> str:
        """Return what `from_json` takes."""
        counts = np.diff(self.starts).tolist()
        plain = [self.words, self.languages, counts, self.rows.tolist()]
        return json.dumps(plain, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Undo `to_json`.

        Raises:
            ValueError, TypeError, KeyError: it is something else.
        """
        words, spoken, counts, rows = json.loads(text)
        languages = {str(item): item for item in Language}  # as quick as thousands want it
        whole = min(counts, default=0) >= 0 and sum(counts) == len(rows)
        if not (whole and len(words) == len(spoken) == len(counts)):
            raise ValueError("its entries are not whole")
        known = [languages[item] for item in spoken]
        return cls(words, known, _starts(counts), np.array(rows, dtype=np.int64))


class SubjectMatches(NamedTuple):
    """Entries that are like the query, by their numbers, which ascend."""

    entries: NDArray[np.int64]
    likeness: Vectors  # cosine of the vector of each to the query's
    words: NDArray[np.float64]  # 0 to 1: what each has of the query's words, against the best


class SubjectIndex:
    """The subject index, for reading. Threads and processes may share it."""

    def __init__(self, entries: SubjectEntries, vectors: FaissFlat, terms: TermIndex) -> None:
        self.entries = entries
        self._vectors, self._terms = vectors, terms

    @classmethod
    def build(cls, path: Path, entries: Sequence[SubjectEntry], vectors: Vectors) -> Self:
        """Write the index of `entries`, with their vectors (n, d), into the new folder `path`.

        Raises:
            StorageFull: the folder could not be written.
        """
        try:
            path.mkdir(parents=True)
            (path / _ENTRIES).write_text(SubjectEntries.of(entries).to_json(), "utf-8")
            FaissFlat.build(vectors, np.arange(len(entries))).write(path / _VECTORS)
        except OSError as error:
            raise StorageFull(
                f"The subject index could not be written to {path} ({error}). Free some space or"
                " choose another index folder, then ingest again."
            ) from error
        TermIndex.build(
            path / _TERMS,
            (
                TermEntry(number, "", item.language, Provenance.DIGEST, "", item.words)
                for number, item in enumerate(entries)
            ),
        )
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the index in the folder `path`.

        Raises:
            IndexDamaged: the folder is absent, or its files cannot be read.
        """
        try:
            entries = SubjectEntries.from_json((path / _ENTRIES).read_text("utf-8"))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise _damaged(path, str(error)) from error
        vectors, terms = FaissFlat.read(path / _VECTORS), TermIndex.open(path / _TERMS)
        if not len(entries) == vectors.count == terms.count:
            raise _damaged(path, "its parts disagree about its size")
        return cls(entries, vectors, terms)

    @property
    def count(self) -> int:
        """The number of entries."""
        return len(self.entries)

    def by_words(
        self, asked: Mapping[Language, TermQuery], limit: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the entries that have words of the query: their numbers, which ascend, and shares.

        Args:
            asked: the words of the query, for each language.
            limit: of entries in each language.

        Returns:
            the numbers, and from 0 to 1 what each has of the query's words, against the one of its
            language that has most.
        """
        matches = [
            found
            for found in self._terms.search(asked, limit, within=TermFilter()).values()
            if len(found.rows) and found.scores[0]
        ]
        numbers = np.concatenate([_NONE, *(found.rows for found in matches)])
        shares = np.concatenate([_NONE, *(found.scores / found.scores[0] for found in matches)])
        order = np.argsort(numbers)
        return numbers[order], shares[order]

    def search(
        self,
        vector: Vectors,
        by_words: tuple[NDArray[np.int64], NDArray[np.float64]],
        limit: int,
    ) -> SubjectMatches:
        """Return the entries that are likest by their vectors, and those found by their words.

        Args:
            vector: of the query, float32 of shape (d,).
            by_words: what the method of that name returned.
            limit: of entries by their vectors.
        """
        nearest = self._vectors.candidates(vector, limit)
        found, shares = by_words
        numbers, likeness = self._vectors.scores(vector, np.union1d(nearest, found))
        words = np.zeros(len(numbers))
        words[np.searchsorted(numbers, found)] = shares
        return SubjectMatches(numbers, likeness, words)


def _starts(counts: Sequence[int]) -> NDArray[np.int64]:
    return np.cumsum([0, *counts], dtype=np.int64)


def _damaged(path: Path, reason: str) -> IndexDamaged:
    return IndexDamaged(
        f"The subject index in {path} cannot be read ({reason}). Build the index again with"
        " `kb ingest`."
    )
