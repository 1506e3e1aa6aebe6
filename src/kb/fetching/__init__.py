"""Official texts from public sites, when a person asks for them by name.

    report = fetch([catalogue.document("kz-law-223-iv-2009")], data)
    report.texts[0].path          # the act, as a file to be ingested
    report.failures               # what could not be had, and why

`fetched` says what lies in the data folder already, without asking anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.fetching.archive import Archive
from kb.fetching.fetcher import fetch
from kb.fetching.results import FetchedText, FetchFailed, FetchFailure, FetchReport, FetchStatus
from kb.fetching.web import Manners, Web

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "FetchFailed",
    "FetchFailure",
    "FetchReport",
    "FetchStatus",
    "FetchedText",
    "Manners",
    "Web",
    "fetch",
    "fetched",
]


def fetched(data: Path, *, older: bool = False) -> tuple[FetchedText, ...]:
    """Return the newest version of every text in the data folder, by document and language.

    With `older`, return every version, the newest of a text first.
    """
    held = Archive(data).held(older=older)
    return tuple(kept.as_text(FetchStatus.UNCHANGED) for kept in held)
