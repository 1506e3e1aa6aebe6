"""The subject index of a generation: its entries as words and as vectors, and where they lead.

subjects/entries.json    the words of each entry, its language and the passages it leads to
subjects/vectors.faiss   their vectors, as those of queries
subjects/terms/          their lexical index, by language
"""

from __future__ import annotations

import json
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


class SubjectEntry(NamedTuple):
    """An entry, and the rows of the passages of the provision that it leads to."""

    words: str
    language: Language
    rows: tuple[int, ...]


class SubjectMatch(NamedTuple):
    """An entry that is like the query."""

    entry: SubjectEntry
    likeness: float  # cosine of its vector to the query's
    words: float  # 0 to 1: what it has of the query's words, against the entry that has most


class SubjectIndex:
    """The subject index, for reading. Threads and processes may share it."""

    def __init__(
        self, entries: Sequence[SubjectEntry], vectors: FaissFlat, terms: TermIndex
    ) -> None:
        self._entries, self._vectors, self._terms = entries, vectors, terms

    @classmethod
    def build(cls, path: Path, entries: Sequence[SubjectEntry], vectors: Vectors) -> Self:
        """Write the index of `entries`, with their vectors (n, d), into the new folder `path`.

        Raises:
            StorageFull: the folder could not be written.
        """
        try:
            path.mkdir(parents=True)
            plain = [[item.words, item.language, list(item.rows)] for item in entries]
            (path / _ENTRIES).write_text(json.dumps(plain, ensure_ascii=False), "utf-8")
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
            plain = json.loads((path / _ENTRIES).read_text("utf-8"))
            languages = {str(item): item for item in Language}  # as quick as thousands want it
            entries = [
                SubjectEntry(words, languages[language], tuple(rows))
                for words, language, rows in plain
            ]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise _damaged(path, str(error)) from error
        vectors, terms = FaissFlat.read(path / _VECTORS), TermIndex.open(path / _TERMS)
        if not len(entries) == vectors.count == terms.count:
            raise _damaged(path, "its parts disagree about its size")
        return cls(entries, vectors, terms)

    @property
    def count(self) -> int:
        """The number of entries."""
        return len(self._entries)

    def search(
        self, vector: Vectors, asked: Mapping[Language, TermQuery], limit: int
    ) -> list[SubjectMatch]:
        """Return the entries that are likest by their vectors, or by their words, in any order.

        Args:
            vector: of the query, float32 of shape (d,).
            asked: the words of the query, for each language.
            limit: of entries by either way.
        """
        if not self._entries:
            return []
        found, _ = self._vectors.search(vector, limit)
        words: dict[int, float] = {}
        for matches in self._terms.search_each(asked, limit, within=TermFilter()).values():
            best = matches[0].score if matches else 0.0
            words.update({match.row: match.score / best for match in matches if best})
        numbers = np.union1d(found, np.array(sorted(words), dtype=np.int64))
        numbers, likeness = self._vectors.scores(vector, numbers)
        return [
            SubjectMatch(self._entries[number], score, words.get(number, 0.0))
            for number, score in zip(numbers.tolist(), likeness.tolist(), strict=True)
        ]


def _damaged(path: Path, reason: str) -> IndexDamaged:
    return IndexDamaged(
        f"The subject index in {path} cannot be read ({reason}). Build the index again with"
        " `kb ingest`."
    )
