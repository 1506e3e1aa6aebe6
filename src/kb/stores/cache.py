"""Bytes by key in an SQLite file, which may be lost at any time and costs only work then.

A cache is for one process at a time (the ingest lock sees to it), and for one thread at a time. A
file that turns out to be damaged is moved aside, `warnings` says so, and the cache goes on empty.
Each value carries a CRC-32, since a flipped bit would otherwise be copied from generation to
generation.

    class Sketches(BlobCache):
        kept = "sketches of texts"                     # how a warning calls them

    with Sketches(index / "sketches.sqlite") as cache:
        cache.put_blobs([(key, sketch)])               # one transaction
        cache.blobs([key, other])                      # what there is of them, by key
"""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

T = TypeVar("T")

# What SQLite says about a file that is not its own, is torn, or has other tables.
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}


class BlobCache:
    """Values by key in an SQLite file. What is kept, and in which table, a subclass says."""

    kept: ClassVar[str] = "values"
    lost: ClassVar[str] = "all of them are made anew"  # what becomes of a damaged file's
    _table: ClassVar[str] = "kept"
    _column: ClassVar[str] = "value"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warnings: list[str] = []  # one sentence for each damaged file
        self._connection = self._whole(self._connect)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """Return how many values the cache holds."""
        count = f"SELECT count(*) FROM {self._table}"  # noqa: S608
        return self._whole(lambda: int(self._connection.execute(count).fetchone()[0]))

    def blobs(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the values that the cache holds whole, by key."""
        wanted = list(dict.fromkeys(keys))
        query = (
            f"SELECT CAST({self._column} AS BLOB), crc FROM {self._table}"  # noqa: S608
            " WHERE key = ?"
        )

        def read() -> dict[bytes, bytes]:
            found = {}
            for key in wanted:
                row = self._connection.execute(query, [key]).fetchone()
                if row is not None and zlib.crc32(row[0]) == row[1]:
                    found[key] = row[0]
            return found

        return self._whole(read)

    def put_blobs(self, items: Iterable[tuple[bytes, bytes]]) -> None:
        """Store values in one transaction."""
        rows = [(key, blob, zlib.crc32(blob)) for key, blob in items]

        def write() -> None:
            with self._connection:
                self._connection.executemany(
                    f"REPLACE INTO {self._table} VALUES (?, ?, ?)",  # noqa: S608
                    rows,
                )

        self._whole(write)

    def keep_only(self, keys: Collection[bytes]) -> None:
        """Remove all values but those of these keys."""

        def remove() -> None:
            with self._connection:
                held = self._connection.execute(f"SELECT key FROM {self._table}")  # noqa: S608
                doomed = [row for row in held if row[0] not in keys]
                self._connection.executemany(
                    f"DELETE FROM {self._table} WHERE key = ?",  # noqa: S608
                    doomed,
                )

        self._whole(remove)

    def _whole(self, work: Callable[[], T]) -> T:
        """Do the work; should the file be damaged, do it again with a new one."""
        try:
            return work()
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
                raise  # a full disk, say
            self._set_aside(error)
        return work()

    def _set_aside(self, error: sqlite3.Error) -> None:
        opened = hasattr(self, "_connection")
        if opened:
            self._connection.close()
        aside = self.path.with_name(f"{self.path.name}.damaged")
        self.path.replace(aside)
        for suffix in ("-wal", "-shm"):  # they belong to the damaged file
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self.warnings.append(
            f"The cache of {self.kept} was damaged ({error}) and is now {aside}; it starts again"
            f" empty, so {self.lost}."
        )
        if opened:
            self._connection = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            # With row numbers, a value of more than a kilobyte, as a vector is, lies beside others
            # in its page; without them each would get a page of its own.
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {self._table} (key BLOB PRIMARY KEY,"
                f" {self._column} BLOB NOT NULL, crc INTEGER NOT NULL)"
            )
            connection.execute(
                f"SELECT key, {self._column}, crc FROM {self._table} LIMIT 1"  # noqa: S608
            ).fetchall()
        except BaseException:
            with suppress(sqlite3.Error):
                connection.close()
            raise
        return connection
