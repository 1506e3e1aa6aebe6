"""What a fetch gives, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from kb.documents import Provenance
from kb.errors import FetchFailed

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from kb.documents import Language


__all__ = ["FetchFailed", "FetchFailure", "FetchReport", "FetchStatus", "FetchedText"]


class FetchStatus(StrEnum):
    """What a fetch found, compared with what was kept of this text before."""

    NEW = "new"
    UNCHANGED = "unchanged"  # nothing was added
    CHANGED = "changed"  # kept beside the older version


@dataclass(frozen=True, slots=True)
class FetchedText:
    """One official text, in one language, as it lies in the data folder."""

    document_id: str
    language: Language
    url: str  # the official page, as the catalogue names it
    path: Path  # what is to be ingested: `main.html`, or the file that the page offers
    sha256: str  # of the page exactly as it came, `page.html` beside it
    fetched_at: datetime  # when this version was taken (UTC), also where nothing was added now
    status: FetchStatus
    valid_from: date | None  # date of the edition, where the site says it
    provenance: Provenance = Provenance.OFFICIAL  # adilet.zan.kz calls its English unofficial
    in_force: str = "unknown"  # as `Edition.status`: in-force | amended | repealed | …
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """A text that could not be fetched, and why; the others were fetched all the same."""

    document_id: str
    language: Language
    url: str
    reason: str  # one line: what happened, then what to do


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a fetch did."""

    texts: tuple[FetchedText, ...]
    failures: tuple[FetchFailure, ...]

    @property
    def complete(self) -> bool:
        """Whether every text that was asked for was fetched."""
        return not self.failures
