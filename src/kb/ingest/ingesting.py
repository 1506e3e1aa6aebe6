"""From source files, or from documents, to a generation in use."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.documents import Language
from kb.errors import BadRequest, IngestBusy, KBError, StorageFull
from kb.generations import building, collect_garbage
from kb.ingest.keeping import open_kept
from kb.ingest.reading import read_all
from kb.ingest.writing import write_generation
from kb.library import NOTHING, Library, held_before
from kb.reports import IngestReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kb.documents import Document, Passage
    from kb.generations import Generation
    from kb.models import Embedder
    from kb.reports import FileReport, Progress
    from kb.settings import Settings
    from kb.sources import SourceFile


def ingest(
    sources: Sequence[SourceFile],
    embedder: Embedder,
    settings: Settings,
    *,
    fresh: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Read the sources and put a new generation in use.

    Args:
        sources: what to read; see `kb.sources.find_sources`.
        embedder: the model.
        settings: `settings.index` is the index.
        fresh: hold these sources alone, and none of what the index held.
        progress: told of each stage: reading, passages, embedding, writing, references.

    Raises:
        UnreadableSource: a file that the caller named cannot be read, or none could.
        IngestBusy: another process is ingesting into this index.
        StorageFull: the disk refused a write.
    """
    if not sources:
        raise BadRequest("There is nothing to ingest: name at least one file or folder.")
    report = progress or (lambda _stage, _done, _total: None)
    _check_temporary_folder()
    with building(settings.index) as draft, open_kept(embedder, settings) as kept:
        before = NOTHING if fresh else held_before(settings.index)
        library = Library(before.documents, kept.analyses.wording)
        read = read_all(sources, library, settings, report)
        outcome = write_generation(
            draft, library.documents(), before, embedder, kept, settings, report
        )
    warnings = (*outcome.warnings, *_clean_up(settings.index))
    totals = outcome.generation.manifest.totals
    return IngestReport(
        generation=outcome.generation.name,
        files=tuple(_counted(read, library.documents(), outcome.passages)),
        documents=totals.documents,
        editions=totals.editions,
        passages=totals.passages,
        embedded=outcome.embedded,
        reused=outcome.reused,
        warnings=warnings,
    )


def index_documents(
    documents: Sequence[Document],
    embedder: Embedder,
    settings: Settings,
    *,
    progress: Progress | None = None,
) -> Generation:
    """Put a generation in use that holds exactly these documents, which come from no files.

    Raises:
        IngestBusy, StorageFull: as `ingest`.
    """
    report = progress or (lambda _stage, _done, _total: None)
    with building(settings.index) as draft, open_kept(embedder, settings) as kept:
        outcome = write_generation(draft, documents, NOTHING, embedder, kept, settings, report)
    tuple(_clean_up(settings.index))
    return outcome.generation


def _check_temporary_folder() -> None:
    """Readers hand their text over in temporary files."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError as error:
        raise StorageFull(
            "No folder takes temporary files: free some space in /tmp, or name another folder in"
            " the variable TMPDIR. The index is as it was."
        ) from error


def _clean_up(index: Path) -> Iterator[str]:
    """Remove old generations. The new one is in use already, so a failure is but a warning."""
    try:
        collect_garbage(index)
    except IngestBusy:
        return  # the next ingest has begun, and will do it
    except (KBError, OSError) as error:
        yield f"Old generations could not be removed: {error}"


def _counted(
    files: Iterable[FileReport], documents: Iterable[Document], passages: Iterable[Passage]
) -> Iterator[FileReport]:
    """Yield the reports with the passages that were made of each file, unless it was replaced."""
    made: dict[tuple[str, str], Counter[Language]] = {}
    for item in passages:
        made.setdefault((item.document_id, item.edition_id), Counter())[item.language] += 1
    sources = {
        edition.source: made.get((document.id, edition.id), Counter())
        for document in documents
        for edition in document.editions
    }
    for file in files:
        languages = sources.get("" if file.skipped else os.path.realpath(file.path), Counter())
        counts = {language: languages[language] for language in Language if languages[language]}
        yield replace(file, passages=languages.total(), languages=counts)
