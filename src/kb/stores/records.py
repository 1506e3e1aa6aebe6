"""Documents, editions, nodes and passages in one SQLite file.

A file is written once, by `write_records`, and from then on only read, by `Records`. The same
input gives the same bytes (with the same SQLite), since rows are inserted in a fixed order into a
fresh file. What comes out equals what went in: text, order, dates, even a missing value.

    write_records(folder / "kb.sqlite", documents, passages)
    with Records.open(folder / "kb.sqlite") as records:
        records.document_ids()                         # ('ilo-c183', 'kz-law-223-iv-2009')
        records.rows(languages=[Language.KAZAKH])      # array([4, 5, 6, 7])
        records.passage(4).text                        # 'Осы Заңда мынадай …'
        records.edition("ilo-c183", "en-digest").text  # the canonical text
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from kb.documents import Edition, Language, Span, sha256_text
from kb.editions import holds_on
from kb.errors import IndexDamaged, IndexMismatch
from kb.references import Citing, Link
from kb.stores.filing import Filing
from kb.stores.rows import (
    DOCUMENT_COLUMNS,
    NODE_COLUMNS,
    PASSAGE_COLUMNS,
    SUMMARY_COLUMNS,
    DocumentSummary,
    EditionSummary,
    document_row,
    edition_row,
    node_row,
    passage_row,
    read_document,
    read_node,
    read_passage,
    read_summary,
    to_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray

    from kb.documents import Document, Passage, Provenance

RECORDS_SCHEMA = 7  # raised whenever the tables below change
EDITIONS_IN_MEMORY = 32  # a labour code with its nodes takes about 5 MB

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, titles TEXT NOT NULL, kind TEXT NOT NULL,
    cited_number TEXT, date TEXT, issuer TEXT, status TEXT NOT NULL, short TEXT NOT NULL,
    aliases TEXT NOT NULL, urls TEXT NOT NULL, licence TEXT, coverage TEXT,
    ended TEXT
);
CREATE TABLE editions (
    number INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents, id TEXT NOT NULL,
    language TEXT NOT NULL, provenance TEXT NOT NULL, source TEXT NOT NULL,
    source_sha256 TEXT NOT NULL, valid_from TEXT, valid_to TEXT, status TEXT NOT NULL,
    amended_by TEXT, url TEXT, warnings TEXT NOT NULL, text_sha256 TEXT NOT NULL,
    characters INTEGER NOT NULL, nodes INTEGER NOT NULL, passages INTEGER NOT NULL,
    page_starts TEXT NOT NULL,
    text TEXT NOT NULL,  -- the last column, so that a listing never reads its pages
    UNIQUE (document, id)
);
CREATE TABLE nodes (
    edition INTEGER NOT NULL REFERENCES editions, position INTEGER NOT NULL, eid TEXT NOT NULL,
    level TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, printed_number TEXT,
    heading TEXT, parent TEXT, page INTEGER,
    PRIMARY KEY (edition, position), UNIQUE (edition, eid)
) WITHOUT ROWID;
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    edition INTEGER NOT NULL REFERENCES editions, eid TEXT NOT NULL, eids TEXT NOT NULL,
    language TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    breadcrumb TEXT NOT NULL, note INTEGER NOT NULL, text TEXT NOT NULL
);
CREATE TABLE filing (  -- arrays of numbers by row; see `kb.stores.filing`
    name TEXT PRIMARY KEY, numbers BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE links (
    edition INTEGER NOT NULL REFERENCES editions, eid TEXT NOT NULL, start INTEGER NOT NULL,
    stop INTEGER NOT NULL, target TEXT NOT NULL, target_eid TEXT
);
CREATE TABLE tokens (  -- of which references are made; see `kb.references.links`
    edition INTEGER PRIMARY KEY REFERENCES editions, forms BLOB NOT NULL
);
CREATE TABLE asked (  -- whose provisions decided what an edition cites
    edition INTEGER NOT NULL REFERENCES editions, document TEXT NOT NULL,
    PRIMARY KEY (edition, document)
) WITHOUT ROWID;
CREATE INDEX links_from ON links (edition, start);
CREATE INDEX links_to ON links (target, target_eid);
CREATE INDEX passages_by_place ON passages (edition, start, stop, language);
"""


def content_digest(documents: Sequence[Document], passages: Sequence[Passage]) -> str:
    """Return the hex SHA-256 of everything that can be found or shown.

    Two machines that read the same files get the same digest, whatever folders the files were in:
    `Edition.source`, which is a path, and the reader's warnings are left out.
    """
    digest = hashlib.sha256()

    def add(*row: object) -> None:
        digest.update(to_json(row).encode() + b"\n")

    for document in documents:
        add("document", *document_row(document))
        for edition in document.editions:
            add("edition", edition.digest)
    for passage in passages:
        add("passage", passage.document_id, passage.edition_id, *passage_row(passage))
    return digest.hexdigest()


def write_records(
    path: Path,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    citing: Iterable[Citing] = (),
    meta: Mapping[str, str] | None = None,
) -> None:
    """Write a new file; passage i gets row number i.

    Nothing is synced: a generation's files are synced together when it is committed.

    Raises:
        FileExistsError: there is a file at `path`.
        ValueError: an id is given twice, or a passage is not in its edition word for word.
        sqlite3.Error: the file could not be written.
    """
    if path.exists():
        raise FileExistsError(f"{path} exists; records are written to a new file.")
    editions = _number_editions(documents)
    for passage in passages:
        _check_passage(passage, editions)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # The file is a draft that nobody reads yet, so a journal would protect nothing.
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        connection.executescript(_TABLES)
        connection.execute(f"PRAGMA user_version = {RECORDS_SCHEMA}")
        connection.execute("BEGIN")
        try:
            _insert(connection, "meta", sorted((meta or {}).items()))
            _insert(connection, "documents", _numbered(map(document_row, documents)))
            _insert(connection, "editions", _edition_rows(documents, passages))
            _insert(connection, "nodes", _node_rows(documents))
            _insert(
                connection,
                "passages",
                (
                    (row, identity, editions[p.document_id, p.edition_id][0], *rest)
                    for row, p in enumerate(passages)
                    for identity, *rest in [passage_row(p)]
                ),
            )
            numbers = {place: number for place, (number, _) in editions.items()}
            _insert(connection, "filing", sorted(Filing.of(passages, numbers).blobs()))
            for cited in citing:
                number, _ = editions[cited.document_id, cited.edition_id]
                _insert(connection, "tokens", [(number, cited.packed)])
                _insert(connection, "asked", ((number, name) for name in sorted(cited.asked)))
                _insert(
                    connection,
                    "links",
                    (
                        (number, link.eid, *link.span, link.target, link.target_eid)
                        for link in cited.links
                    ),
                )
        except sqlite3.IntegrityError as error:
            raise ValueError(f"An id is given twice: {error}.") from error
        connection.execute("COMMIT")


class Records:
    """A file of records, open for reading; safe to share between threads.

    One connection behind a lock serves every thread: a lookup takes microseconds, and the
    documents and recent editions stay in memory. The file is opened as immutable, so it may lie on
    a read-only disk and SQLite never makes a file beside it.

    Raises:
        IndexDamaged: from any method, when the file cannot be read or its text has changed.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.Lock()
        self._edition = lru_cache(maxsize=EDITIONS_IN_MEMORY)(self._load_edition)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file that `write_records` wrote.

        Raises:
            IndexDamaged: the file is absent or is not such a file.
            IndexMismatch: it has another schema.
        """
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        except sqlite3.OperationalError as error:
            raise IndexDamaged(
                f"{path} cannot be opened ({error}); run `kb ingest` to build the index again."
            ) from error
        records = cls(path, connection)
        try:
            records._check()
        except BaseException:
            records.close()
            raise
        return records

    def close(self) -> None:
        """Close the file; every later call fails."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """Return the number of passages; their rows are 0 … n-1."""
        return len(self.filing)

    @cached_property
    def meta(self) -> Mapping[str, str]:
        """What `write_records` was given as `meta`."""
        return dict(self._fetch("SELECT name, value FROM meta ORDER BY name"))

    # Documents and editions

    @cached_property
    def summaries(self) -> tuple[DocumentSummary, ...]:
        """Every document with summaries of its editions, in the order of writing."""
        editions: dict[int, list[EditionSummary]] = {}
        documents = self._fetch(
            f"SELECT number, {DOCUMENT_COLUMNS} FROM documents ORDER BY number"  # noqa: S608
        )
        with self._decoding():
            names = {number: row[0] for number, *row in documents}
            for document, *row in self._fetch(
                f"SELECT document, {SUMMARY_COLUMNS} FROM editions ORDER BY number"  # noqa: S608
            ):
                summary = read_summary(names[document], row)
                editions.setdefault(document, []).append(summary)
            return tuple(
                DocumentSummary(read_document(row), tuple(editions.get(number, ())))
                for number, *row in documents
            )

    def document_ids(self) -> tuple[str, ...]:
        """Return the ids of all documents, in the order in which they were written."""
        return self._document_ids

    def summary(self, document_id: str) -> DocumentSummary | None:
        """Return the document without its texts, or None. The id is matched exactly."""
        return self._summary_by_id.get(document_id)

    def edition_summary(self, document_id: str, edition_id: str) -> EditionSummary | None:
        """Return the edition without its text, or None."""
        entry = self._edition_by_id.get((document_id, edition_id))
        return entry[1] if entry else None

    def document(self, document_id: str) -> Document | None:
        """Return the document with its editions, texts and nodes, or None."""
        summary = self.summary(document_id)
        if summary is None:
            return None
        editions = tuple(self._edition(edition) for edition in summary.editions)
        return replace(summary.document, editions=editions)

    def edition(self, document_id: str, edition_id: str) -> Edition | None:
        """Return the edition with its text and nodes, or None. Recent ones stay in memory."""
        summary = self.edition_summary(document_id, edition_id)
        return self._edition(summary) if summary else None

    # Passages

    def passage(self, row: int) -> Passage:
        """Return the passage of this row.

        Raises:
            IndexDamaged: there is no such row, so the vectors or the terms are of another build.
        """
        return self.passages([row])[0]

    def passages(self, rows: Iterable[int]) -> tuple[Passage, ...]:
        """Return the passages of these rows, in the order of `rows`; raises as `passage` does."""
        wanted = [int(row) for row in rows]
        if not wanted:
            return ()
        found = {
            row: (edition, columns)
            for row, edition, *columns in self._fetch(
                f"SELECT row, edition, {PASSAGE_COLUMNS} FROM passages"  # noqa: S608
                " WHERE row IN (SELECT value FROM json_each(?))",
                [to_json(wanted)],
            )
        }
        absent = next((row for row in wanted if row not in found), None)
        if absent is not None:
            raise IndexDamaged(
                f"{self.path} has no passage {absent}, though another file of the index names it;"
                " run `kb ingest` to build the index again."
            )
        with self._decoding():
            return tuple(
                read_passage(self._editions[edition], columns)
                for edition, columns in (found[row] for row in wanted)
            )

    def rows(
        self,
        documents: Iterable[str] | None = None,
        languages: Iterable[Language] | None = None,
        provenances: Iterable[Provenance] | None = None,
        held_on: date | None = None,
    ) -> NDArray[np.int64]:
        """Return the rows that pass every given filter, ascending; None lets everything pass.

        `held_on` leaves out wordings that did not hold on that day, as far as their dates are
        known, and those of instruments that had not been adopted yet.
        The language is the passage's own, which may be another than its edition's.

        >>> records.rows(documents=["ilo-c183"], languages=[Language.ENGLISH])  # doctest: +SKIP
        array([0, 1, 2, 3])
        """
        in_documents, in_provenances = map(_membership, (documents, provenances))
        passing = np.fromiter(
            (
                in_documents(edition.document_id)
                and in_provenances(edition.provenance)
                and (held_on is None or self._held(edition, held_on))
                for edition in self._editions
            ),
            dtype=np.bool_,
            count=len(self._editions),
        )
        chosen = passing[self.filing.edition]
        if languages is not None:
            wanted = frozenset(languages)
            numbers = [number for number, item in enumerate(Language) if item in wanted]
            chosen &= np.isin(self.filing.language, numbers)
        return np.flatnonzero(chosen).astype(np.int64, copy=False)

    def _held(self, edition: EditionSummary, day: date) -> bool:
        adopted = self._summary_by_id[edition.document_id].document.date
        return (adopted is None or adopted <= day) and holds_on(edition, day)

    @cached_property
    def filing(self) -> Filing:
        """What ranking has to know of every passage."""
        with self._decoding():
            found = Filing.read(dict(self._fetch("SELECT name, numbers FROM filing")))
        ((count, first, last),) = self._fetch("SELECT count(*), min(row), max(row) FROM passages")
        numbers = found.edition
        if (
            (first, last) != ((0, count - 1) if count else (None, None))
            or len(found) != count
            or (count and not 0 <= numbers.min() <= numbers.max() < len(self._editions))
        ):
            raise self._damaged("its passages are not numbered one after another")
        return found

    @property
    def editions(self) -> tuple[EditionSummary, ...]:
        """Every edition, in the order in which `filing` numbers them."""
        return self._editions

    def rows_of_node(
        self, document_id: str, eid: str, edition_id: str | None = None
    ) -> NDArray[np.int64]:
        """Return the rows of the passages that share text with a node, ascending.

        An article that was cut into three passages has three rows in each edition; a sub-point
        that shares a passage with its neighbours has that one. Without `edition_id`, all editions
        of the document count.
        """
        found = self._fetch(
            "SELECT p.row FROM documents d JOIN editions e ON e.document = d.number"
            " JOIN nodes n ON n.edition = e.number AND n.eid = :eid"
            " JOIN passages p ON p.edition = e.number AND p.start < n.stop AND p.stop > n.start"
            " WHERE d.id = :document AND (:edition IS NULL OR e.id = :edition) ORDER BY p.row",
            {"document": document_id, "eid": eid, "edition": edition_id},
        )
        return np.fromiter((row for (row,) in found), dtype=np.int64, count=len(found))

    # What cites what

    def links_from(self, document_id: str, edition_id: str, span: Span) -> tuple[Link, ...]:
        """Return what the words of an edition within a span cite, in the order of the text."""
        entry = self._edition_by_id.get((document_id, edition_id))
        found = self._fetch(
            "SELECT edition, eid, start, stop, target, target_eid FROM links"
            " WHERE edition = ? AND start >= ? AND start < ? ORDER BY start, stop, rowid",
            [entry[0] if entry else -1, *span],
        )
        return tuple(map(self._link, found))

    def links_to(self, document_id: str, eid: str) -> tuple[Link, ...]:
        """Return the words that cite a provision or what is in it, by edition and place."""
        found = self._fetch(
            "SELECT edition, eid, start, stop, target, target_eid FROM links WHERE target = :target"
            " AND (target_eid = :eid OR substr(target_eid, 1, length(:eid) + 2) = :eid || '__')"
            " ORDER BY edition, start, stop, rowid",
            {"target": document_id, "eid": eid},
        )
        return tuple(map(self._link, found))

    def citing(self) -> dict[tuple[str, str], Citing]:
        """Return what each edition cites, by document and edition."""
        links: dict[int, list[Link]] = {}
        for row in self._fetch(
            "SELECT edition, eid, start, stop, target, target_eid FROM links ORDER BY rowid"
        ):
            links.setdefault(row[0], []).append(self._link(row))
        asked: dict[int, set[str]] = {}
        for number, name in self._fetch("SELECT edition, document FROM asked"):
            asked.setdefault(number, set()).add(name)
        return {
            (edition.document_id, edition.id): Citing(
                edition.document_id,
                edition.id,
                tuple(links.get(number, ())),
                frozenset(asked.get(number, ())),
                packed,
            )
            for number, packed in self._fetch("SELECT edition, forms FROM tokens")
            for edition in [self._editions[number]]
        }

    def _link(self, row: tuple[Any, ...]) -> Link:
        number, eid, start, stop, target, target_eid = row
        edition = self._editions[number]
        return Link(edition.document_id, edition.id, eid, Span(start, stop), target, target_eid)

    def editions_with(self, eid: str) -> tuple[tuple[str, str], ...]:
        """Return (document, edition) for every edition that has the node, in order of writing."""
        return tuple(
            self._fetch(
                "SELECT d.id, e.id FROM documents d JOIN editions e ON e.document = d.number"
                " JOIN nodes n ON n.edition = e.number AND n.eid = ? ORDER BY e.number",
                [eid],
            )
        )

    # Below the surface

    def _check(self) -> None:
        """Refuse a file that is not one of records of this schema, before anybody relies on it."""
        ((schema,),) = self._fetch("PRAGMA user_version")
        if schema != RECORDS_SCHEMA:
            raise IndexMismatch(
                f"{self.path} has the records schema {schema}, this version of Policy KB reads"
                f" {RECORDS_SCHEMA}; run `kb ingest` to build the index again."
            )
        _ = self.summaries, self.filing  # both stay in memory; reading them checks them

    @cached_property
    def _summary_by_id(self) -> dict[str, DocumentSummary]:
        return {summary.id: summary for summary in self.summaries}

    @cached_property
    def _document_ids(self) -> tuple[str, ...]:
        return tuple(self._summary_by_id)

    @cached_property
    def _editions(self) -> tuple[EditionSummary, ...]:
        """The editions by their number in the file."""
        return tuple(edition for summary in self.summaries for edition in summary.editions)

    @cached_property
    def _edition_by_id(self) -> dict[tuple[str, str], tuple[int, EditionSummary]]:
        return {(e.document_id, e.id): (number, e) for number, e in enumerate(self._editions)}

    def _load_edition(self, summary: EditionSummary) -> Edition:
        number, _ = self._edition_by_id[summary.document_id, summary.id]
        ((text, page_starts),) = self._fetch(
            "SELECT text, page_starts FROM editions WHERE number = ?", [number]
        )
        nodes = self._fetch(
            f"SELECT {NODE_COLUMNS} FROM nodes WHERE edition = ? ORDER BY position",  # noqa: S608
            [number],
        )
        with self._decoding():
            if sha256_text(text) != summary.text_sha256:
                raise self._damaged(f"the text of {summary.document_id}/{summary.id} has changed")
            return Edition(
                document_id=summary.document_id,
                language=summary.language,
                provenance=summary.provenance,
                text=text,
                nodes=tuple(read_node(row) for row in nodes),
                source=summary.source,
                source_sha256=summary.source_sha256,
                valid_from=summary.valid_from,
                valid_to=summary.valid_to,
                status=summary.status,
                amended_by=summary.amended_by,
                url=summary.url,
                page_starts=tuple(json.loads(page_starts)),
                warnings=summary.warnings,
            )

    def _fetch(
        self, statement: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._connection.execute(statement, parameters).fetchall()
        except sqlite3.ProgrammingError:  # the caller's mistake, such as using a closed file
            raise
        except sqlite3.DatabaseError as error:
            raise self._damaged(str(error)) from error

    @contextmanager
    def _decoding(self) -> Iterator[None]:
        """Turn a value that cannot be decoded into IndexDamaged."""
        try:
            yield
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise self._damaged(repr(error)) from error

    def _damaged(self, reason: str) -> IndexDamaged:
        return IndexDamaged(
            f"{self.path} is damaged ({reason}); run `kb ingest` to build the index again."
        )


def _membership(values: Iterable[str] | None) -> Callable[[str], bool]:
    """Return a test for being among `values`; None admits everything."""
    return frozenset(values).__contains__ if values is not None else lambda _: True


# Writing


def _number_editions(documents: Sequence[Document]) -> dict[tuple[str, str], tuple[int, Edition]]:
    """Number the editions from 0, in order, and check that each is under its own document."""
    editions = [(document, edition) for document in documents for edition in document.editions]
    for document, edition in editions:
        if edition.document_id != document.id:
            raise ValueError(f"{document.id} has an edition of {edition.document_id}.")
    return {(d.id, edition.id): (number, edition) for number, (d, edition) in enumerate(editions)}


def _check_passage(
    passage: Passage, editions: Mapping[tuple[str, str], tuple[int, Edition]]
) -> None:
    """Refuse a passage that a later reader could not trust."""
    _, edition = editions.get((passage.document_id, passage.edition_id), (0, None))
    if edition is None:
        raise ValueError(f"The passage {passage.id} is of an edition that is not written.")
    if passage.provenance != edition.provenance:
        raise ValueError(f"The passage {passage.id} differs from its edition in provenance.")
    if passage.span.of(edition.text) != passage.text:
        raise ValueError(f"The passage {passage.id} is not its edition's text word for word.")


def _edition_rows(
    documents: Sequence[Document], passages: Sequence[Passage]
) -> Iterator[tuple[object, ...]]:
    counts = Counter((passage.document_id, passage.edition_id) for passage in passages)
    editions = (
        (document, *edition_row(edition, counts[edition.document_id, edition.id]))
        for document, value in enumerate(documents)
        for edition in value.editions
    )
    return _numbered(editions)


def _node_rows(documents: Sequence[Document]) -> Iterator[tuple[object, ...]]:
    editions = (edition for document in documents for edition in document.editions)
    return (
        (number, position, *node_row(node))
        for number, edition in enumerate(editions)
        for position, node in enumerate(edition.nodes)
    )


def _numbered(rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    return ((number, *row) for number, row in enumerate(rows))


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    width = len(connection.execute(f"PRAGMA table_info({table})").fetchall())
    marks = ", ".join("?" * width)
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
