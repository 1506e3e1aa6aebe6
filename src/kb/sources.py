"""Which files are to be read, and what is known of each before it is opened.

A corpus folder (one with a `catalogue.toml`) names its documents; any other file gets an id from
its own name.
"""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb.catalogue import Catalogue
from kb.documents import Document, Language, Provenance
from kb.errors import BadRequest, UnreadableSource
from kb.readers import SUFFIXES, supported

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from kb.fetching import FetchedText

CATALOGUE_FILE = "catalogue.toml"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be ingested."""

    path: Path
    named: bool  # by the caller, and not found in a folder: then it must not fail quietly
    document: Document | None = None  # from a catalogue, without editions
    document_id: str | None = None  # chosen by the caller
    language: Language | None = None  # None: what it was held in before, else to be detected
    provenance: Provenance | None = None  # None: what it was held as before, else official
    valid_from: date | None = None
    valid_to: date | None = None
    status: str | None = None  # of the edition; None: that of its document
    amended_by: str | None = None
    url: str | None = None  # where it was published; None: the document's page in its language
    warnings: tuple[str, ...] = ()  # what the edition has to say besides what its reader says


def slug(name: str) -> str:
    """Return the document id that a file name gives.

    >>> slug("k1500000414.20-01-2026.rus")
    'k1500000414-20-01-2026-rus'
    >>> slug("Трудовой кодекс (2015)")
    'трудовой-кодекс-2015'
    """
    folded = unicodedata.normalize("NFC", name).lower()
    return re.sub(r"[^\w]+", "-", folded).strip("-_") or "document"


def find_sources(
    paths: Iterable[Path | str],
    *,
    document_id: str | None = None,
    language: Language | None = None,
    provenance: Provenance | None = None,
) -> tuple[SourceFile, ...]:
    """Return the files below the given paths, in a stable order, each once.

    Those of a folder are all there but the hidden ones, of whatever kind: what cannot be read is
    for the ingest to report.

    Args:
        paths: files, folders of files, and corpus folders.
        document_id: what the one given file is an edition of, in place of an id from its name.
        language: of the given files, in place of detection.
        provenance: of the given files; `official` unless said otherwise.

    Raises:
        UnreadableSource: a path does not exist, or there is nothing to read in a folder.
        BadRequest: `document_id` is for more than one file, or there is nothing of a name in it.
    """
    if document_id is not None and not any(map(str.isalnum, document_id)):
        raise BadRequest(
            f"{document_id!r} cannot be a document's id: give one with letters or digits."
        )
    found: dict[str, SourceFile] = {}
    for given in paths:
        for source in _below(Path(given), language, provenance):
            found.setdefault(os.path.realpath(source.path), source)
    sources = tuple(found.values())
    if document_id is None:
        return sources
    if len(sources) != 1:
        raise BadRequest(
            f"One document id was given for {len(sources)} files: add them one by one, each with"
            " its own."
        )
    only = sources[0]
    return (SourceFile(only.path, only.named, None, slug(document_id), language, provenance),)


def fetched_sources(texts: Iterable[FetchedText], catalogue: Catalogue) -> tuple[SourceFile, ...]:
    """Return fetched texts as sources, each an edition of its catalogued document.

    Oldest first. A text holds from the day that the site gives it; one that changed without a
    later day, from the day on which that was seen, and says so. It holds until the next one; of
    those that begin on one day the last is the edition.
    """
    starts: dict[tuple[str, Language], list[date | None]] = {}
    dated: dict[tuple[str, Language, date | None], tuple[FetchedText, tuple[str, ...]]] = {}
    for text in sorted(texts, key=lambda text: text.fetched_at):
        earlier = starts.setdefault((text.document_id, text.language), [])
        start, warnings = _start(text, earlier)
        earlier.append(start)
        dated[text.document_id, text.language, start] = text, warnings

    def until(text: FetchedText, start: date | None) -> date | None:
        others = starts[text.document_id, text.language]
        later = (day for day in others if day is not None and (start is None or day > start))
        return min(later, default=None)

    return tuple(
        SourceFile(
            text.path,
            named=True,
            document=catalogue.document(text.document_id),
            language=text.language,
            provenance=text.provenance,
            valid_from=start,
            valid_to=until(text, start),
            status=None if text.in_force == "unknown" else text.in_force,
            url=text.url,
            warnings=text.warnings + warnings,
        )
        for (_, _, start), (text, warnings) in dated.items()
    )


def _start(
    text: FetchedText, earlier: Sequence[date | None]
) -> tuple[date | None, tuple[str, ...]]:
    """Return the first day of a text, given those of the versions before it, and a warning.

    A database may print a new wording under the old day: that of the amending act, parts of which
    come into force later.
    """
    last = max((day for day in earlier if day is not None), default=None)
    given = text.valid_from
    if not earlier or (given is not None and (last is None or given > last)):
        return given, ()
    seen = text.fetched_at.date()
    start = seen if last is None else max(seen, last)
    said = f"gives {given}, no later day than before" if given else "gives no day"
    warning = (
        f"{start} is no day of entry into force: the text had changed by {seen}, and the site"
        f" {said}."
    )
    return start, (warning,)


def _below(
    path: Path, language: Language | None, provenance: Provenance | None
) -> Sequence[SourceFile]:
    if not _exists(path):
        raise UnreadableSource(f"There is no file or folder {path}: check the path.")
    if not path.is_dir():
        return [SourceFile(path, named=True, language=language, provenance=provenance)]
    if (path / CATALOGUE_FILE).is_file():
        return _corpus(path)
    files = sorted(
        _within(path),
        # What lies higher comes first: of two files of one name it gets the shorter id, whatever
        # the folder that holds them all is called on this machine.
        key=lambda file: (len(file.parts), file.parts),
    )
    if not any(map(supported, files)):
        raise UnreadableSource(
            f"There is no file to read in {path}: the kinds that are read are"
            f" {', '.join(sorted(SUFFIXES))}."
        )
    return [
        SourceFile(file, named=False, language=language, provenance=provenance) for file in files
    ]


def _within(folder: Path) -> list[Path]:
    """Return all that is not hidden below a folder, but for the folders that were looked into."""
    found: list[Path] = []
    refused: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=refused.append):
        here = Path(place)
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [here / name for name in files if not name.startswith(".")]
        found += [here / name for name in folders if (here / name).is_symlink()]  # never followed
    return found + [Path(error.filename) for error in refused]


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or has a NUL in it
        return False


def _corpus(folder: Path) -> Sequence[SourceFile]:
    return [
        SourceFile(
            digest.path,
            named=True,
            document=digest.document,
            language=digest.language,
            provenance=Provenance.DIGEST,
            valid_from=digest.wording.valid_from,
            valid_to=digest.wording.valid_to,
            status=None if digest.wording.valid_to is None else "not-in-force",
            amended_by=digest.wording.amended_by,
        )
        for digest in Catalogue.load(folder).digest_files()
    ]
