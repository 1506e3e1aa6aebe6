"""Where fetched texts lie, outside of the project's own files.

    <data>/fetched/<document id>/<language>/20261121T233510.204816Z-1f0c9a52/
        page.html       the page exactly as it came (`page.json` from gov.kz)
        main.html       the act in it, to be ingested (`main.docx`, … where the page offers a file)
        record.json     where and when it was taken, its hashes, and what the site said of it

A version is a folder that appears whole and is never written to again. A changed text becomes a
new folder beside the older ones, whose names sort by time.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from kb.documents import Language, Provenance
from kb.errors import StorageFull
from kb.fetching.results import FetchedText, FetchFailed, FetchStatus
from kb.fetching.web import Validators

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kb.fetching.pages import OfficialText

FOLDER = "fetched"
RECORD = "record.json"
_LOCK = ".lock"
_PARTIAL = ".partial"


class Record(BaseModel):
    """What `record.json` says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document_id: str
    language: Language
    url: str  # as the catalogue names it
    fetched_from: str  # the address that answered
    fetched_at: AwareDatetime
    page: str  # file names in the folder
    page_sha256: str
    main: str
    main_sha256: str
    text_sha256: str
    title: str
    valid_from: date | None
    status: str
    provenance: Provenance
    etag: str | None
    last_modified: str | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """One version in the archive."""

    folder: Path
    record: Record

    @property
    def validators(self) -> Validators:
        """What to ask the site for a later version with."""
        return Validators(self.record.etag, self.record.last_modified)

    def says(self, text: OfficialText) -> bool:
        """Whether a text, and what the site says of its force, is that of this version."""
        return (text.text_sha256, text.status) == (self.record.text_sha256, self.record.status)

    def is_whole(self) -> bool:
        """Whether both files are as they were written."""
        named = {
            self.record.page: self.record.page_sha256,
            self.record.main: self.record.main_sha256,
        }
        try:
            return all(
                hashlib.sha256((self.folder / name).read_bytes()).hexdigest() == sha256
                for name, sha256 in named.items()
            )
        except OSError:
            return False

    def as_text(self, status: FetchStatus) -> FetchedText:
        """Return it as the result of a fetch."""
        record = self.record
        return FetchedText(
            document_id=record.document_id,
            language=record.language,
            url=record.url,
            path=self.folder / record.main,
            sha256=record.page_sha256,
            fetched_at=record.fetched_at,
            status=status,
            valid_from=record.valid_from,
            provenance=record.provenance,
            in_force=record.status,
            warnings=record.warnings,
        )


class Archive:
    """The fetched texts below a data folder."""

    def __init__(self, data: Path) -> None:
        self._root = data / FOLDER

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from fetching into this archive.

        Raises:
            FetchFailed: one is doing so now.
            StorageFull: the folder cannot be written to.
        """
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._root / _LOCK, blocking=False)
            lock.acquire()
        except Timeout as error:
            raise FetchFailed("Another `kb fetch` is running: wait until it has ended.") from error
        except OSError as error:
            raise _unwritable(self._root, error) from error
        try:
            yield
        finally:
            lock.release()

    def latest(self, document_id: str, language: Language) -> Kept | None:
        """Return the newest version that is whole; None where there is none."""
        return next(self._versions(self._root / document_id / language), None)

    def held(self, *, older: bool = False) -> Iterator[Kept]:
        """Yield the newest version of every text, by document and language; or every version."""
        for folder in sorted(self._root.glob("*/*")):
            versions = self._versions(folder)
            yield from versions if older else islice(versions, 1)

    def keep(
        self,
        document_id: str,
        language: Language,
        url: str,
        text: OfficialText,
        fetched_at: datetime,
    ) -> Kept:
        """Write a new version.

        Raises:
            StorageFull: the disk refused a write.
        """
        record = Record(
            document_id=document_id,
            language=language,
            url=url,
            fetched_from=text.fetched_from,
            fetched_at=fetched_at,
            page=f"page{text.page_suffix}",
            page_sha256=hashlib.sha256(text.page).hexdigest(),
            main=f"main{text.main_suffix}",
            main_sha256=hashlib.sha256(text.main).hexdigest(),
            text_sha256=text.text_sha256,
            title=text.title,
            valid_from=text.valid_from,
            status=text.status,
            provenance=text.provenance,
            etag=text.validators.etag,
            last_modified=text.validators.last_modified,
            warnings=text.warnings,
        )
        around = self._root / document_id / language
        folder = around / f"{fetched_at:%Y%m%dT%H%M%S.%fZ}-{record.page_sha256[:8]}"
        partial = around / f".{folder.name}{_PARTIAL}"
        try:
            for left in around.glob(f".*{_PARTIAL}"):  # by a fetch that was killed
                shutil.rmtree(left, ignore_errors=True)
            partial.mkdir(parents=True)
            (partial / record.page).write_bytes(text.page)
            (partial / record.main).write_bytes(text.main)
            (partial / RECORD).write_text(record.model_dump_json(indent=2) + "\n", "utf-8")
            partial.rename(folder)
        except OSError as error:
            with suppress(OSError):
                shutil.rmtree(partial)
            raise _unwritable(folder, error) from error
        return Kept(folder, record)

    @staticmethod
    def _versions(folder: Path) -> Iterator[Kept]:
        """Yield the versions in a folder that are whole, the newest first."""
        for path in sorted(folder.glob(f"[!.]*/{RECORD}"), reverse=True):
            try:
                record = Record.model_validate_json(path.read_bytes())
            except (OSError, ValidationError):
                continue
            kept = Kept(path.parent, record)
            if kept.is_whole():
                yield kept


def _unwritable(path: Path, error: OSError) -> StorageFull:
    return StorageFull(
        f"{path} cannot be written ({error.strerror}): free some space, or name another data"
        " folder."
    )
