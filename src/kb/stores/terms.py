"""The lexical index: which passages have these words, and how rare the words are.

`kb.words` cuts and stems the text; tantivy stores the terms, separated by spaces, and ranks them
with BM25. A generation holds one tantivy index for each language of its passages

    terms/en/   terms/ru/   terms/kk/

so that how rare a word is, and how long a passage usually is, are judged among the passages of
the same language, however few these are. (One index with fields by language counts all passages in
both: on a corpus of mostly English passages it takes the Kazakh law 223-IV, searched in Kazakh,
from nDCG@10 0.87 to 0.47.) A query is analysed once for each language and so needs
no guess at its own.

Besides its stems a text is indexed under shorter pieces of its words, which meet across endings and
compounds that a stemmer leaves apart, and under its pairs of neighbouring stems. Both count for a
query in the language of the text alone.

A second index of the same make, over whole units (articles) instead of passages, tells which
article as a whole has the words of a query: a point of it may have none.

Queries are built from terms and never parsed: whatever a person types is only words.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self, TypeAlias

import numpy as np
import tantivy
from tantivy import Occur, Query

from kb.documents import Language, Provenance
from kb.errors import IndexDamaged, StorageFull
from kb.words import content_terms, fold, is_stopword, pieces, terms, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from numpy.typing import NDArray

    from kb.words import Term

HEADING_BOOST = 0.3  # a word of the heading, against the same word in the text
NOTE_BOOST = 0.3  # a word of an editor's note, which is no part of the norm

_FIELDS = (("heading", HEADING_BOOST), ("body", 1.0), ("note", NOTE_BOOST))  # stems, ranked
_PIECES, _PAIRS = "pieces", "pairs"  # of heading and text
_LOOSE = 0.5  # a word of a term, against the same word where the whole term is there
_EXACT_FIELDS = ("exact_heading", "exact_body")  # folded forms with their positions, for phrases
_FREQUENCIES = 1 << 14  # terms whose frequency is kept: 2 MB
_QUERIES = 1 << 12  # for a term, or for what it is also called, that are kept
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
    last: int | None = None  # row of the last passage, where this is a unit of several


@dataclass(frozen=True, slots=True)
class AnalysedEntry:
    """A passage, or a unit, whose words have been cut and stemmed."""

    row: int
    last: int
    document_id: str
    language: Language
    provenance: Provenance
    fields: Mapping[str, str]  # by the name of a field: its terms, separated by spaces


class TermMatches(NamedTuple):
    """The passages, or units, that have words of the query; best first, the lower row first."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float64]  # BM25 over all fields; comparable within one language of a search
    lasts: NDArray[np.int64]  # the row of the last passage of a unit; `rows` for passages

    @classmethod
    def none(cls) -> Self:
        """Return no matches."""
        rows = np.empty(0, dtype=np.int64)
        return cls(rows, np.empty(0, dtype=np.float64), rows)


# A term of the query in other words: runs of stems, one of which is enough.
Alternatives: TypeAlias = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TermQuery:
    """What the texts in one language are asked for."""

    words: str  # as typed; every language looks them up under its own stems
    native: bool = True  # whether they are in this language: then pieces and pairs count as well
    others: Sequence[Alternatives] = ()  # terms of the query in other words, or in translation
    others_weight: float = 1.0  # of these, against the words as typed
    _ranked: dict[Language, Query | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def ranked(self, language: Language) -> Query | None:
        """Return what ranks texts in a language by these words; None where there is no word.

        Kept, since passages, units and the subject index are asked the same.
        """
        if language not in self._ranked:
            self._ranked[language] = _ranked(self, language)
        return self._ranked[language]


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
    asked = {Language.RUSSIAN: TermQuery("отпуск по уходу")}
    index.search(asked, limit=10)
    index.search(asked, limit=10, phrases=["по уходу за ребенком"])
    """

    def __init__(self, parts: dict[Language, _Part]) -> None:
        self._parts = parts
        # Queries have the same words again and again, and an index never changes.
        self._frequency = lru_cache(maxsize=_FREQUENCIES)(self._counted)

    @classmethod
    def build(cls, path: Path, entries: Iterable[TermEntry]) -> Self:
        """Write the index of `entries` into the new folder `path`, and open it; see `write`."""
        return cls.write(path, map(analyse, entries))

    @classmethod
    def write(cls, path: Path, entries: Iterable[AnalysedEntry]) -> Self:
        """Write the index of what was analysed into the new folder `path`, and open it.

        The same entries in the same order give the same matches and scores. The bytes of the
        files differ from build to build, since tantivy names its segments at random.

        Raises:
            StorageFull: the folder could not be written.
        """
        writers: dict[Language, tantivy.IndexWriter] = {}
        with _writing(path):
            path.mkdir(parents=True)
        for entry in entries:  # which may be worked out now, and that may fail for other reasons
            with _writing(path):
                if entry.language not in writers:
                    writers[entry.language] = _writer(path / entry.language)
                writers[entry.language].add_document(_document(entry))
        with _writing(path):
            for language, writer in writers.items():
                writer.commit()
                writer.wait_merging_threads()
                _settle(path / language)
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
        queries: Mapping[Language, TermQuery],
        limit: int,
        *,
        within: TermFilter = EVERYTHING,
        phrases: Sequence[str] = (),
    ) -> dict[Language, TermMatches]:
        """Return up to `limit` passages in each language that have words of the query there.

        A phrase is required and adds nothing to the score. Without a word there is no match.

        Args:
            queries: what the texts in each language are asked for.
            limit: of matches in each language.
            within: which passages may be found.
            phrases: words that a passage must have side by side.
        """
        return {
            language: part.search(_narrowed(part.schema, ranked, within, phrases), limit)
            for language, part in self._within(within)
            if language in queries and (ranked := queries[language].ranked(language)) is not None
        }

    def phrase_rows(self, phrase: str, *, within: TermFilter = EVERYTHING) -> frozenset[int]:
        """Return the rows that have the words of `phrase` side by side, in order.

        Either in the heading or in the text. Case, punctuation and look-alike letters do not
        count, endings do; `127` is not found in `127-1`.
        """
        return frozenset(
            row
            for _, part in self._within(within)
            for row in part.search(
                _narrowed(part.schema, Query.all_query(), within, [phrase]), part.count
            ).rows.tolist()
        )

    def document_frequency(self, term: str, language: Language) -> int:
        """Return how many passages in `language` have the stem `term` in heading, text or note."""
        return self._frequency(term, language)

    def _counted(self, term: str, language: Language) -> int:
        part = self._parts.get(language)
        if part is None:
            return 0
        heading, body, note = (part.searcher.doc_freq(field, term) for field, _ in _FIELDS)
        if heading and body:  # perhaps of the same passages; a note has neither
            return part.search_count(_any_field(term))
        return heading + body + note

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


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Say of what tantivy cannot write that it cannot be written; it raises ValueError for it."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise StorageFull(
            f"The lexical index could not be written to {path} ({error}). Free some space or"
            " choose another index folder, then ingest again."
        ) from error


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
            if index.schema != _schema():
                raise ValueError("it has other fields")
            index.config_reader("manual")
            return cls(schema=index.schema, searcher=index.searcher())

    @property
    def count(self) -> int:
        return int(self.searcher.num_docs)

    def search_count(self, query: Query) -> int:
        found = self.searcher.search(query, 1)
        return int(found.count)  # type: ignore[attr-defined]  # tantivy's stub leaves it out

    def search(self, query: Query, limit: int) -> TermMatches:
        """Return the best `limit` matches; those that tie with the last are told apart by row."""
        if limit <= 0 or not self.count:
            return TermMatches.none()
        wanted = limit + 1
        hits = self.searcher.search(query, wanted, count=False).hits
        while len(hits) == wanted and hits[-1][0] == hits[limit - 1][0]:
            wanted *= 2
            hits = self.searcher.search(query, wanted, count=False).hits
        addresses = [address for _, address in hits]
        rows, lasts = (
            np.array(self.searcher.fast_field_values(name, addresses), dtype=np.int64)
            for name in ("row", "last")
        )
        scores = np.array([score for score, _ in hits], dtype=np.float64)
        order = np.lexsort((rows, -scores))[:limit]
        return TermMatches(rows[order], scores[order], lasts[order])


@cache
def _schema() -> tantivy.Schema:
    """Return the schema of every index, so that a query made for one is one for all."""
    schema = tantivy.SchemaBuilder()
    for name in ("row", "last"):
        schema.add_unsigned_field(name, fast=True)
    for name in ("document", "provenance"):
        schema.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in (*(name for name, _ in _FIELDS), _PIECES, _PAIRS):
        schema.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in _EXACT_FIELDS:
        schema.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    return schema.build()


def _writer(folder: Path) -> tantivy.IndexWriter:
    """Return the writer of a new index in `folder`, on one thread so that rows stay in order."""
    folder.mkdir()
    return tantivy.Index(_schema(), path=str(folder)).writer(_HEAP_BYTES, num_threads=1)


def analyse(entry: TermEntry) -> AnalysedEntry:
    """Cut and stem the words of an entry, which takes most of the time of building an index."""
    heading, text = (_stems(part, entry.language) for part in (entry.heading, entry.text))
    if entry.note:  # its heading is that of the norm which it annotates
        fields = {"note": f"{heading} {text}"}
    else:
        whole = f"{entry.heading}\n{entry.text}"
        fields = {
            "heading": heading,
            "body": text,
            _PIECES: " ".join(pieces(whole, entry.language)),
            _PAIRS: " ".join(_pairs(whole, entry.language)),
        }
    fields["exact_heading"] = " ".join(_forms(entry.heading))
    fields["exact_body"] = " ".join(_forms(entry.text))
    return AnalysedEntry(
        row=entry.row,
        last=entry.row if entry.last is None else entry.last,
        document_id=entry.document_id,
        language=entry.language,
        provenance=entry.provenance,
        fields=fields,
    )


def _document(entry: AnalysedEntry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("row", entry.row)
    document.add_unsigned("last", entry.last)
    document.add_text("document", entry.document_id)
    document.add_text("provenance", entry.provenance)
    for name, terms_of_it in entry.fields.items():
        document.add_text(name, terms_of_it)
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


def _pairs(text: str, language: Language) -> Iterator[str]:
    """Yield the pairs of neighbouring stems, stop words left out."""
    for first, second in pairwise(content_terms(text, language)):
        yield f"{first.term}_{second.term}"


def _ranked(query: TermQuery, language: Language) -> Query | None:
    """Return the query that ranks by words; None where it has no word."""
    distinct = dict.fromkeys(term.term for term in _content_or_all(query.words, language))
    asked = [_any_field(term) for term in distinct]
    if query.native:
        inner = [(_PIECES, piece) for piece in pieces(query.words, language)]
        inner += [(_PAIRS, pair) for pair in _pairs(query.words, language)]
        asked += [_has(field, term) for field, term in dict.fromkeys(inner)]
    asked += [
        Query.boost_query(_best_of(tuple(alternatives)), query.others_weight)
        for alternatives in query.others
        if alternatives
    ]
    return _any(asked) if asked else None


def _content_or_all(text: str, language: Language) -> list[Term]:
    """Return the terms without stop words; all of them where nothing else is left."""
    found = terms(text, language)
    return [term for term in found if not is_stopword(fold(text[term.start : term.end]))] or found


# Queries name the same things again and again, and to build a query takes as long as to ask it.
@lru_cache(maxsize=_QUERIES)
def _best_of(alternatives: tuple[tuple[str, ...], ...]) -> Query:
    """Return a query that scores a term once, by the one of its wordings that matches best."""
    wordings = []
    for stems in alternatives:
        words_of_it = [_any_field(stem) for stem in dict.fromkeys(stems)]
        if len(words_of_it) == 1:
            wordings += words_of_it
        else:
            wordings.append(Query.boolean_query([(Occur.Must, word) for word in words_of_it]))
            wordings.append(Query.boost_query(_any(words_of_it), _LOOSE))
    return Query.disjunction_max_query(wordings)


@lru_cache(maxsize=_QUERIES)
def _any_field(term: str) -> Query:
    return _any([Query.boost_query(_has(field, term), boost) for field, boost in _FIELDS])


def _has(field: str, term: str) -> Query:
    return Query.term_query(_schema(), field, term, "freq")


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
