"""Everything that can go wrong, as one tree.

    KBError                     exit code 1, HTTP 500
    ├── BadRequest              exit code 2, HTTP 422   the caller's input cannot be used
    │   ├── BadQuery
    │   └── BadFilter
    ├── NotFound                exit code 3, HTTP 404   no such document, edition or node
    ├── IndexUnavailable        exit code 4, HTTP 503   no index, or one that cannot be used
    │   ├── IndexMissing
    │   ├── IndexDamaged
    │   └── IndexMismatch
    ├── UnreadableSource        exit code 5, HTTP 422   a file that cannot be read as text
    ├── IngestBusy              exit code 6, HTTP 409   another process is ingesting
    ├── StorageFull             exit code 7, HTTP 507   the disk refused a write
    ├── ModelUnavailable        exit code 8, HTTP 503   no usable model
    └── FetchFailed             exit code 11, HTTP 502  a public site did not give a page

Every message is one line: what happened, then what to do. Errors are raised where they are known
and turned into an exit code (`kb.cli`) or a problem document (`api.problems`) in one place each.
"""

from __future__ import annotations

from typing import ClassVar


class KBError(Exception):
    """The base of every error that the knowledge base raises on purpose."""

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 500
    title: ClassVar[str] = "The knowledge base failed"


class BadRequest(KBError):  # noqa: N818
    """The caller's input cannot be used."""

    exit_code = 2
    status = 422
    title = "The request cannot be used"


class BadQuery(BadRequest):
    """A query that is empty, too long or not text."""

    title = "The query cannot be used"


class BadFilter(BadRequest):
    """A filter that names an unknown document, language or provenance."""

    title = "The filter cannot be used"


class NotFound(KBError):  # noqa: N818
    """No such document, edition or node in the index."""

    exit_code = 3
    status = 404
    title = "Not held"


class IndexUnavailable(KBError):  # noqa: N818
    """There is no index that can be used."""

    exit_code = 4
    status = 503
    title = "The index is unavailable"


class IndexMissing(IndexUnavailable):
    """No generation has been built at this place."""

    title = "There is no index"


class IndexDamaged(IndexUnavailable):
    """A file of the generation is absent or does not have the hash that its manifest names."""

    title = "The index is damaged"


class IndexMismatch(IndexUnavailable):
    """The generation was built with another model, chunker or schema."""

    title = "The index was built differently"


class UnreadableSource(KBError):  # noqa: N818
    """A source file that cannot be read as text."""

    exit_code = 5
    status = 422
    title = "The source cannot be read"


class IngestBusy(KBError):  # noqa: N818
    """Another process holds the ingest lock of this index."""

    exit_code = 6
    status = 409
    title = "Another ingest is running"


class StorageFull(KBError):  # noqa: N818
    """The disk is full, or a file could not be written."""

    exit_code = 7
    status = 507
    title = "The index could not be written"


class ModelUnavailable(KBError):  # noqa: N818
    """No model of this name can be loaded here."""

    exit_code = 8
    status = 503
    title = "The model is unavailable"


class FetchFailed(KBError):  # noqa: N818
    """A public site did not give the page, or asks programs not to take it."""

    exit_code = 11
    status = 502
    title = "The official text could not be fetched"
