"""Fetch the official texts of catalogued documents.

document.urls ─▶ site ─▶ page ─▶ main text ─▶ archive
(one a language)  (who knows its pages)        (new, changed or unchanged)
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from kb.documents import Language
from kb.errors import BadRequest, KBError, StorageFull
from kb.fetching.adilet import Adilet
from kb.fetching.archive import Archive
from kb.fetching.gov import Gov
from kb.fetching.results import FetchedText, FetchFailure, FetchReport, FetchStatus
from kb.fetching.treaties import normlex, ohchr
from kb.fetching.web import Validators, Web

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from kb.documents import Document
    from kb.fetching.pages import OfficialText

Progress = Callable[[str, int, int], None]  # (what is fetched, done, total)


class Site(Protocol):
    """A public site, and how its pages are read."""

    @property
    def hosts(self) -> Collection[str]:
        """Its hosts; a request goes to these alone."""

    def fetch(
        self, url: str, language: Language, web: Web, validators: Validators
    ) -> OfficialText | None:
        """Return the text at an address of the catalogue; None: as the validators name it."""


def fetch(
    documents: Iterable[Document],
    data: Path,
    *,
    languages: Collection[Language] = tuple(Language),
    web: Web | None = None,
    progress: Progress | None = None,
) -> FetchReport:
    """Fetch the documents' official texts into the data folder, one after the other.

    Args:
        documents: of the catalogue; what is fetched are the pages in `document.urls`.
        data: the folder that keeps what was fetched; see `kb.fetching.archive`.
        languages: only these.
        web: the client, in place of one of the default manners.
        progress: told of each page.

    A text that cannot be had is reported among the failures, and the others are fetched.

    Raises:
        BadRequest: none of the documents has a page in these languages.
        FetchFailed: another process is fetching into this folder.
        StorageFull: the disk refused a write.
    """
    documents = tuple(documents)
    wanted = [
        (document.id, language, document.urls[language])
        for document in documents
        for language in languages
        if language in document.urls
    ]
    if not wanted:
        raise BadRequest(
            "There is nothing to fetch: the catalogue names no official page of these documents in"
            f" {', '.join(languages) or 'any language'}."
        )
    kinds = {document.id: document.kind for document in documents}
    archive = Archive(data)
    sites: tuple[Site, ...] = (Adilet(), Gov(), normlex(), ohchr())
    texts: list[FetchedText] = []
    failures: list[FetchFailure] = []
    with archive.locked(), web or Web() as client:
        for done, (document_id, language, url) in enumerate(wanted):
            if progress:
                progress(f"{document_id} {language}", done, len(wanted))
            try:
                _check_identity(document_id, kinds[document_id], language, url)
                texts.append(_fetch_one(document_id, language, url, archive, sites, client))
            except StorageFull:
                raise
            except KBError as error:
                failures.append(FetchFailure(document_id, language, url, str(error)))
    return FetchReport(tuple(texts), tuple(failures))


def _check_identity(document_id: str, kind: str, language: Language, url: str) -> None:
    """Refuse a page that is about the document but is another one.

    Kazakhstan's legal database has conventions under the acts that ratify them, and concepts under
    the decrees that approve them; an article or point of such an act must never be cited as one of
    the instrument itself.
    """
    act = {"convention": "ratified", "concept": "approved"}.get(kind)
    if act is not None and urlsplit(url).netloc in Adilet().hosts:
        raise BadRequest(
            f"{url} is the page of the act by which {document_id} was {act}, not of its text"
            f" alone: save the text in {language} yourself and add it with"
            f" `kb ingest FILE --as {document_id}`."
        )


def _fetch_one(
    document_id: str,
    language: Language,
    url: str,
    archive: Archive,
    sites: Collection[Site],
    web: Web,
) -> FetchedText:
    site = next((site for site in sites if urlsplit(url).netloc in site.hosts), None)
    if site is None or urlsplit(url).scheme != "https":
        known = sorted(host for site in sites for host in site.hosts)
        raise BadRequest(
            f"{url} is not on a site that can be fetched from: those are {', '.join(known)}, by"
            " https. Save the text from a browser and add it with"
            f" `kb ingest FILE --as {document_id}`."
        )
    kept = archive.latest(document_id, language)
    before = kept if kept is not None and kept.record.url == url else None
    text = site.fetch(url, language, web, before.validators if before else Validators())
    if text is None:
        assert before is not None  # noqa: S101  only validators of a kept version are sent
        return before.as_text(FetchStatus.UNCHANGED)
    if kept is not None and text.text_sha256 == kept.record.text_sha256:
        return kept.as_text(FetchStatus.UNCHANGED)
    status = FetchStatus.NEW if kept is None else FetchStatus.CHANGED
    return archive.keep(document_id, language, url, text, datetime.now(UTC)).as_text(status)
