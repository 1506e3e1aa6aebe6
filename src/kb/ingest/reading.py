"""Source files as editions of documents, and what is to be said of each."""

from __future__ import annotations

import hashlib
import os
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.documents import Document, Edition, Level, Provenance
from kb.errors import UnreadableSource
from kb.languages import detect
from kb.processors import available_processors
from kb.readers import read_ahead, read_source
from kb.reports import FileReport
from kb.structure import parse_structure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from threading import Event

    from kb.library import Library
    from kb.readers import SourceText
    from kb.reports import Progress
    from kb.settings import Settings
    from kb.sources import SourceFile

_MOST_REASONS = 20  # for which none of many files was read


def read_all(
    sources: Sequence[SourceFile], library: Library, settings: Settings, progress: Progress
) -> list[FileReport]:
    """Read the files a few at a time and put them into the library in their order.

    Raises:
        UnreadableSource: a file that the caller named cannot be read, or none could.
    """
    reports = []
    failures: list[UnreadableSource] = []

    def read(path: Path, stop: Event) -> tuple[SourceText, str]:
        return _read_text(path, settings, stop)

    paths = (source.path for source in sources)
    processes = settings.parse_processes or available_processors()
    with closing(read_ahead(paths, read, processes=processes)) as texts:
        for done, source in enumerate(sources):
            progress("reading", done, len(sources))
            try:
                found = _read(source, library, *next(texts).result())
            except UnreadableSource as error:
                if source.named:
                    raise
                failures.append(error)
                skipped = FileReport(str(source.path), _format(source.path), skipped=str(error))
                reports.append(skipped)
                continue
            twin = library.twin_of(found.edition)
            replaced = library.add(found.document, found.edition)
            reports.append(replace(_report(source, found), duplicate=twin, replaces=replaced))
    progress("reading", len(sources), len(sources))
    if len(failures) == len(sources):
        raise _nothing_read(failures)
    return reports


def _nothing_read(failures: Sequence[UnreadableSource]) -> UnreadableSource:
    if len(failures) == 1:
        return failures[0]
    more = len(failures) - _MOST_REASONS
    reasons = [str(failure) for failure in failures[:_MOST_REASONS]]
    reasons += [f"And {more} more."] if more > 0 else []
    return UnreadableSource(f"None of the {len(failures)} files can be read. {' '.join(reasons)}")


def _format(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


@dataclass(frozen=True)
class _Read:
    """A file that was read."""

    document: Document
    edition: Edition
    text: SourceText


def _read(source: SourceFile, library: Library, text: SourceText, sha256: str) -> _Read:
    """Make an edition of a file's text.

    What was said of the file once (`--as`, `--language`) holds until it is said anew.
    """
    before = library.from_file(source.path)
    language = source.language or (before.language if before else detect(text.text))
    provenance = source.provenance or (before.provenance if before else Provenance.OFFICIAL)
    document = source.document
    if document is None:
        own_id = before.document_id if before else library.id_for(source.path)
        title = text.title or source.path.stem
        document = library.describe(source.document_id or own_id, language, title)
    edition = Edition(
        document_id=document.id,
        language=language,
        provenance=provenance,
        text=text.text,
        nodes=parse_structure(text),
        source=os.path.realpath(source.path),
        source_sha256=sha256,
        valid_from=source.valid_from,
        valid_to=source.valid_to,
        status=source.status or document.status,
        amended_by=source.amended_by,
        url=source.url or document.urls.get(language),
        page_starts=text.page_starts,
        warnings=source.warnings + text.warnings,
    )
    return _Read(document, edition, text)


def _read_text(path: Path, settings: Settings, stop: Event) -> tuple[SourceText, str]:
    """Return a file's text and the hash of the bytes that it was read from."""
    try:
        os.path.realpath(path).encode()
    except UnicodeEncodeError as error:
        raise UnreadableSource(
            f"{os.fsencode(path)!r} has a name that is not UTF-8: rename it and add it again."
        ) from error
    before = _stamp(path)
    text = read_source(path, settings, stop)
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableSource(
            f"{path} cannot be read ({error.strerror}): add it again when it can."
        ) from error
    if _stamp(path) != before:
        raise UnreadableSource(
            f"{path} changed while it was being read: add it again when it is complete."
        )
    return text, sha256


def _stamp(path: Path) -> tuple[int, int] | None:
    """Return what changes whenever a file is written to; None where there is no file."""
    with suppress(OSError, ValueError):
        status = path.stat()
        return status.st_mtime_ns, status.st_size
    return None


def _report(source: SourceFile, read: _Read) -> FileReport:
    edition = read.edition
    return FileReport(
        path=str(source.path),
        format=_format(source.path),
        sha256=edition.source_sha256,
        document_id=edition.document_id,
        edition_id=edition.id,
        language=edition.language,
        provenance=edition.provenance,
        characters=len(edition.text),
        articles=sum(node.level is Level.ARTICLE for node in edition.nodes),
        pages=len(edition.page_starts),
        pages_without_text=read.text.pages_without_text,
        ocr_pages=read.text.ocr_pages,
        warnings=edition.warnings,
    )
