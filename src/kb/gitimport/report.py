"""What an import did, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from kb.documents import Document, Language


@dataclass(frozen=True, slots=True)
class ImportedVersion:
    """One language of one version of an act, as a file in the data folder."""

    document_id: str
    language: Language
    valid_from: date
    valid_to: date | None  # first day of the next version, or of the repeal; None: still open
    status: str  # in-force | amended (another version followed) | repealed | not-in-force
    amended_by: str | None  # the act that brought this wording, as cited
    url: str | None  # of this version on the state's portal
    folder: str  # of the act, in the repository
    commit: str  # 40 hex digits
    path: Path  # of the exported text; the facts stand beside it with the suffix .json


@dataclass(frozen=True, slots=True)
class ImportedAct:
    """One act and its versions, by language and date."""

    document: Document  # without editions; the catalogue's own where it has the act
    folder: str  # where it stood last
    versions: tuple[ImportedVersion, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A version, or a language of one, that was left out."""

    folder: str
    commit: str
    language: Language | None  # None: all of them
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did."""

    repository: str  # its address, or the path that was given
    head: str  # the commit that was read last
    acts: tuple[ImportedAct, ...]
    skipped: tuple[Skipped, ...]

    @property
    def versions(self) -> tuple[ImportedVersion, ...]:
        """All versions of all acts."""
        return tuple(version for act in self.acts for version in act.versions)
