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
from kb.fetching.annexed import Annexed
from kb.fetching.archive import Archive
from kb.fetching.gov import Gov
from kb.fetching.pages import Wanted
from kb.fetching.results import FetchedText, FetchFailure, FetchReport, FetchStatus
from kb.fetching.treaties import normlex, united_nations
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

    def fetch(self, wanted: Wanted, web: Web, validators: Validators) -> OfficialText | None:
        """Return the text at an address of the catalogue; None: as the validators name it."""


def fetch(
    documents: Iterable[Document],
    data: Path,
    *,
    languages: Collection[Language] = tuple(Language),
    annexed: Collection[str] = (),
    web: Web | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Progress | None = None,
) -> FetchReport:
    """Fetch the documents' official texts into the data folder, one after the other.

    Args:
        documents: of the catalogue; what is fetched are the pages in `document.urls`.
        data: the folder that keeps what was fetched; see `kb.fetching.archive`.
        languages: only these.
        annexed: ids of documents that the legal database has behind the act that approves them;
            see `Catalogue.annexed`.
        web: the client, in place of one of the default manners.
        now: says the moment at which a text was taken.
        progress: told of each page.

    A text that cannot be had is reported among the failures, and the others are fetched.

    Raises:
        BadRequest: none of the documents has a page in these languages.
        FetchFailed: another process is fetching into this folder.
        StorageFull: the disk refused a write.
    """
    wanted = [
        (document, language)
        for document in documents
        for language in languages
        if language in document.urls
    ]
    if not wanted:
        raise BadRequest(
            "There is nothing to fetch: the catalogue names no official page of these documents in"
            f" {', '.join(languages) or 'any language'}."
        )
    archive = Archive(data)
    texts: list[FetchedText] = []
    failures: list[FetchFailure] = []
    with archive.locked(), web or Web() as client:
        sites: tuple[Site, ...] = (Adilet(), Gov(), normlex(), united_nations())
        for done, (document, language) in enumerate(wanted):
            if progress:
                progress(f"{document.id} {language}", done, len(wanted))
            url = document.urls[language]
            try:
                site = _site(document, url, sites)
                page = _page(document, language, annexed, sites)
                texts.append(_fetch_one(document.id, page, archive, site, client, now))
            except StorageFull:
                raise
            except KBError as error:
                failures.append(FetchFailure(document.id, language, url, str(error)))
    return FetchReport(tuple(texts), tuple(failures))


def _site(document: Document, url: str, sites: Collection[Site]) -> Site:
    """Return the site that an address is on."""
    for site in sites:
        if _is_on(site, url):
            return site
    known = sorted(host for site in sites for host in site.hosts)
    raise BadRequest(
        f"{url} is not on a site that can be fetched from: those are {', '.join(known)}, by https."
        f" Save the text from a browser and add it with `kb ingest FILE --as {document.id}`."
    )


def _is_on(site: Site, url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and parts.netloc in site.hosts


def _page(
    document: Document, language: Language, annexed: Collection[str], sites: Collection[Site]
) -> Wanted:
    """Return what is to be fetched; refuse a page that is about the document but is another one.

    Kazakhstan's legal database has conventions under the acts that ratify them, and concepts under
    the decrees that approve them; an article or point of such an act must never be cited as one of
    the instrument itself. Of an act that approves it, the instrument can be cut out.
    """
    url = document.urls[language]
    if urlsplit(url).netloc not in Adilet.hosts:
        return Wanted(language, url)
    if document.id in annexed:
        known = Annexed(document.id, document.title(language), document.number)
        return Wanted(language, url, known)
    act = {"convention": "ratified", "concept": "approved"}.get(document.kind)
    if act is None:
        return Wanted(language, url)
    elsewhere = [
        other
        for other, page in document.urls.items()
        if any(_is_on(site, page) for site in sites if not isinstance(site, Adilet))
    ]
    named = " ".join(f"--language {other}" for other in elsewhere)
    hint = f" (`kb fetch {document.id} {named}` gets its text in another language)" if named else ""
    raise BadRequest(
        f"{url} is the page of the act by which {document.id} was {act}, not of its text alone:"
        f" save the text in {language} yourself and add it with"
        f" `kb ingest FILE --as {document.id}`{hint}."
    )


def _fetch_one(
    document_id: str,
    wanted: Wanted,
    archive: Archive,
    site: Site,
    web: Web,
    now: Callable[[], datetime],
) -> FetchedText:
    kept = archive.latest(document_id, wanted.language)
    before = kept if kept is not None and kept.record.url == wanted.url else None
    text = site.fetch(wanted, web, before.validators if before else Validators())
    if text is None:
        assert before is not None  # noqa: S101  only validators of a kept version are sent
        return before.as_text(FetchStatus.UNCHANGED)
    if kept is not None and kept.says(text):
        return kept.as_text(FetchStatus.UNCHANGED)
    status = FetchStatus.NEW if kept is None else FetchStatus.CHANGED
    made = archive.keep(document_id, wanted.language, wanted.url, text, now())
    return made.as_text(status)
