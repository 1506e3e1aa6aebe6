"""The lexical index: which passages have these words, and how rare the words are.

`kb.words` cuts and stems the text; tantivy stores the terms, separated by spaces, and ranks them
with BM25. A generation holds one tantivy index for each language of its passages

    terms/en/   terms/ru/   terms/kk/

so that how rare a word is, and how long a passage usually is, are judged among the passages of
the same language, however few these are. (One index with fields by language counts all passages in
both: on a corpus of mostly English passages it takes the Kazakh law 223-IV, searched in Kazakh,
from nDCG@10 0.87 to 0.47.) A query is analysed once for each language and so needs
no guess at its own.

Queries are built from terms and never parsed: whatever a person types is only words.
"""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import tantivy
from tantivy import Occur, Query

from kb.documents import Language, Provenance
from kb.errors import IndexDamaged, StorageFull
from kb.words import terms, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

HEADING_BOOST = 2.0  # a word of the heading, against the same word in the text
NOTE_BOOST = 0.3  # a word of an editor's note, which is no part of the norm

_FIELDS = (("heading", HEADING_BOOST), ("body", 1.0), ("note", NOTE_BOOST))  # stems, ranked
_EXACT_FIELDS = ("exact_heading", "exact_body")  # folded forms with their positions, for phrases
_HEAP_BYTES = 1_000_000_000  # a limit, not a reservation: enough for one segment a language


@dataclass(frozen=True, slots=True)
class TermEntry:
    """A passage as the lexical index takes it in."""

    row: int  # number of the passage in this generation, from 0; the vectors count the same way
    document_id: str
    language: Language
    provenance: Provenance
    heading: str  # the headings above the passage and its own
    text: str
    note: bool = False  # an editor's note


class TermMatch(NamedTuple):
    """A passage that has words of the query."""

    row: int
    score: float  # BM25 over heading, text and note; comparable within one search


@dataclass(frozen=True, slots=True)
class TermFilter:
    """Which passages may be found; None admits all, an empty collection none."""

    documents: Collection[str] | None = None
    languages: Collection[Language] | None = None
    provenances: Collection[Provenance] | None = None


EVERYTHING = TermFilter()


class TermIndex:
    """The lexical index of one generation, for reading. Threads and processes may share it.

    index = TermIndex.open(generation / "terms")
    index.search("отпуск по уходу", limit=10)
    index.search("отпуск", limit=10, phrases=["по уходу за ребенком"])
    """

    def __init__(self, parts: dict[Language, _Part]) -> None:
        self._parts = parts

    @classmethod
    def build(cls, path: Path, entries: Iterable[TermEntry]) -> Self:
        """Write the index of `entries` into the new folder `path`, and open it.

        The same entries in the same order give the same matches and scores. The bytes of the
        files differ from build to build, since tantivy names its segments at random.

        Raises:
            StorageFull: the folder could not be written.
        """
        writers: dict[Language, tantivy.IndexWriter] = {}
        try:
            path.mkdir(parents=True)
            for entry in entries:
                if entry.language not in writers:
                    writers[entry.language] = _writer(path / entry.language)
                writers[entry.language].add_document(_document(entry))
            for language, writer in writers.items():
                writer.commit()
                writer.wait_merging_threads()
                _settle(path / language)
        except (OSError, ValueError) as error:
            raise StorageFull(
                f"The lexical index could not be written to {path} ({error}). Free some space or"
                " choose another index folder, then ingest again."
            ) from error
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the index in the folder `path`, which may be read-only and is not changed.

        Raises:
            IndexDamaged: the folder is absent, or its files cannot be read.
        """
        try:
            folders = sorted(folder for folder in path.iterdir() if folder.is_dir())
            return cls({Language(folder.name): _Part.open(folder) for folder in folders})
        except (OSError, ValueError) as error:
            raise IndexDamaged(
                f"The lexical index in {path} cannot be read ({error}). Build the index again with"
                " `kb ingest`."
            ) from error

    @property
    def count(self) -> int:
        """The number of passages."""
        return sum(part.count for part in self._parts.values())

    def search(
        self,
        query: str,
        limit: int,
        *,
        within: TermFilter = EVERYTHING,
        phrases: Sequence[str] = (),
    ) -> list[TermMatch]:
        """Return up to `limit` passages that have words of `query` and all of `phrases`.

        Best first, the lower row first where scores are equal. A phrase is required and adds
        nothing to the score. Without a word in the query there is no match.
        """
        found = [
            match
            for language, part in self._within(within)
            if (ranked := _ranked(part.schema, query, language))
            for match in part.search(_narrowed(part.schema, ranked, within, phrases), limit)
        ]
        return sorted(found, key=_best_first)[: max(limit, 0)]

    def phrase_rows(self, phrase: str, *, within: TermFilter = EVERYTHING) -> frozenset[int]:
        """Return the rows that have the words of `phrase` side by side, in order.

        Either in the heading or in the text. Case, punctuation and look-alike letters do not
        count, endings do; `127` is not found in `127-1`.
        """
        return frozenset(
            match.row
            for _, part in self._within(within)
            for match in part.search(
                _narrowed(part.schema, Query.all_query(), within, [phrase]), part.count
            )
        )

    def document_frequency(self, term: str, language: Language) -> int:
        """Return how many passages in `language` have the stem `term` in heading, text or note."""
        part = self._parts.get(language)
        return 0 if part is None else part.search_count(_any_field(part.schema, term))

    def idf(self, term: str, language: Language) -> float:
        """Return how much evidence the stem `term` is among the passages in `language`.

        The BM25 formula ln(1 + (N - n + ½) / (n + ½)) for n of N passages: near 0 where every
        passage has it, highest where none has. A query word that the corpus does not know thus
        counts against a match as much as a word can.
        """
        part = self._parts.get(language)
        total = 0 if part is None else part.count
        having = self.document_frequency(term, language)
        return math.log(1 + (total - having + 0.5) / (having + 0.5))

    def _within(self, within: TermFilter) -> list[tuple[Language, _Part]]:
        return [
            (language, part)
            for language, part in self._parts.items()
            if within.languages is None or language in within.languages
        ]


@dataclass(frozen=True)
class _Part:
    """The tantivy index of one language."""

    schema: tantivy.Schema
    searcher: tantivy.Searcher

    @classmethod
    def open(cls, folder: Path) -> Self:
        # tantivy wants to write a lock file beside the files that it only reads. It gets a folder
        # of links for that: a generation never changes and may lie on a read-only disk. Once the
        # files are mapped the links are not needed. Its watcher may write one more lock file while
        # the folder is being removed, hence the leniency.
        with tempfile.TemporaryDirectory(
            prefix="policy-kb-terms-", ignore_cleanup_errors=True
        ) as links:
            for file in folder.resolve(strict=True).iterdir():
                (Path(links) / file.name).symlink_to(file)
            index = tantivy.Index.open(links)
            index.config_reader("manual")
            return cls(schema=index.schema, searcher=index.searcher())

    @property
    def count(self) -> int:
        return int(self.searcher.num_docs)

    def search_count(self, query: Query) -> int:
        found = self.searcher.search(query, 1)
        return int(found.count)  # type: ignore[attr-defined]  # tantivy's stub leaves it out

    def search(self, query: Query, limit: int) -> list[TermMatch]:
        """Return the best `limit` matches; those that tie with the last are told apart by row."""
        if limit <= 0 or not self.count:
            return []
        wanted = limit + 1
        hits = self.searcher.search(query, wanted, count=False).hits
        while len(hits) == wanted and hits[-1][0] == hits[limit - 1][0]:
            wanted *= 2
            hits = self.searcher.search(query, wanted, count=False).hits
        rows = self.searcher.fast_field_values("row", [address for _, address in hits])
        matches = [
            TermMatch(int(row), float(score))
            for row, (score, _) in zip(rows, hits, strict=True)
            if row is not None
        ]
        return sorted(matches, key=_best_first)[:limit]


def _best_first(match: TermMatch) -> tuple[float, int]:
    return -match.score, match.row


def _writer(folder: Path) -> tantivy.IndexWriter:
    """Return the writer of a new index in `folder`, on one thread so that rows stay in order."""
    folder.mkdir()
    schema = tantivy.SchemaBuilder()
    schema.add_unsigned_field("row", fast=True)
    for name in ("document", "provenance"):
        schema.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name, _ in _FIELDS:
        schema.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in _EXACT_FIELDS:
        schema.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    return tantivy.Index(schema.build(), path=str(folder)).writer(_HEAP_BYTES, num_threads=1)


def _document(entry: TermEntry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("row", entry.row)
    document.add_text("document", entry.document_id)
    document.add_text("provenance", entry.provenance)
    heading, text = (_stems(part, entry.language) for part in (entry.heading, entry.text))
    if entry.note:  # its heading is that of the norm which it annotates
        document.add_text("note", f"{heading} {text}")
    else:
        document.add_text("heading", heading)
        document.add_text("body", text)
    document.add_text("exact_heading", " ".join(_forms(entry.heading)))
    document.add_text("exact_body", " ".join(_forms(entry.text)))
    return document


def _settle(folder: Path) -> None:
    """Leave only files that never change again, readable by whoever may read the folder."""
    for file in folder.iterdir():
        if file.name.endswith(".lock"):
            file.unlink()
        else:
            file.chmod(0o644)


def _stems(text: str, language: Language) -> str:
    return " ".join(term.term for term in terms(text, language))


def _forms(text: str) -> list[str]:
    return [word.form for word in words(text)]


def _ranked(schema: tantivy.Schema, text: str, language: Language) -> Query | None:
    """Return the query that ranks by the words of `text`; None where it has no word."""
    distinct = dict.fromkeys(term.term for term in terms(text, language))
    return _any([_any_field(schema, term) for term in distinct]) if distinct else None


def _any_field(schema: tantivy.Schema, term: str) -> Query:
    return _any(
        [
            Query.boost_query(Query.term_query(schema, field, term, "freq"), boost)
            for field, boost in _FIELDS
        ]
    )


def _narrowed(
    schema: tantivy.Schema, query: Query, within: TermFilter, phrases: Sequence[str]
) -> Query:
    """Return `query` restricted by a filter and by phrases, which leave its scores as they are."""
    required = [_phrase(schema, phrase) for phrase in phrases]
    required += [
        Query.term_set_query(schema, field, list(values))
        for field, values in (("document", within.documents), ("provenance", within.provenances))
        if values is not None
    ]
    clauses = [(Occur.Must, query)]
    clauses += [(Occur.Must, Query.const_score_query(clause, 0.0)) for clause in required]
    return Query.boolean_query(clauses)


def _phrase(schema: tantivy.Schema, phrase: str) -> Query:
    """Return the query for a phrase in any field; a phrase without a word matches nothing."""
    forms = _forms(phrase)
    if not forms:
        return Query.empty_query()
    if len(forms) == 1:
        return _any([Query.term_query(schema, field, forms[0]) for field in _EXACT_FIELDS])
    return _any([Query.phrase_query(schema, field, list(forms)) for field in _EXACT_FIELDS])


def _any(queries: list[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])
