"""adilet.zan.kz, the Ministry of Justice's database of the acts of Kazakhstan.

The address of an act, in the catalogue and for a reader, is that of the portal:

    https://adilet.zan.kz/rus/docs/Z090000223_        rus, kaz or eng, then the act's code

Since 2026 the portal answers with a page that scripts fill. The act as a page of text is at the
same path of old.adilet.zan.kz, which the portal links as its full version, so that is asked:

    <div class="container_alpha slogan"><h1>title</h1><p>kind, issuer, date, number</p></div>
    <span class="status status_upd">…</span>           new | upd (amended) | yts (repealed) | …
    <div class="container_gamma text text_upd"><article>the act</article></div>

The page does not say of when it is. `…/docs/CODE/info` does, in a table of labels and values, as
the date on which the act was last changed. Its labels are known in Russian, so it is asked for in
Russian whatever the language of the text.

This shape is put together from public programs that read these pages, some of which name the day
on which they were checked (October 2026); a page itself was not at hand. Texts in English are
unofficial translations.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kb.documents import Language, Provenance
from kb.errors import BadRequest, KBError
from kb.fetching.annexed import cut_out
from kb.fetching.pages import (
    OfficialText,
    changed_shape,
    main_document,
    one_line,
    parse_page,
)

if TYPE_CHECKING:
    from kb.fetching.pages import Page, Wanted
    from kb.fetching.web import Validators, Web

_HEADERS = {"Accept": "text/html"}
_PATH = re.compile(r"/(?P<folder>rus|kaz|eng)/docs/(?P<code>[A-Z0-9_]+)")
_FOLDERS = {Language.RUSSIAN: "rus", Language.KAZAKH: "kaz", Language.ENGLISH: "eng"}
_TEXT_HOST = "https://old.adilet.zan.kz"
_MAIN = ("div.container_gamma.text article", "div.container_gamma.text")
_STATUS = {"new": "in-force", "upd": "amended", "yts": "repealed"}
_STATUS_CLASS = re.compile(r"\b(?:status|text)_([a-z]+)")
_LAST_CHANGED = "Дата изменения акта"
_DAY = re.compile(r"\d{2}\.\d{2}\.\d{4}")


class Adilet:
    """The database of acts of Kazakhstan."""

    hosts = frozenset({"adilet.zan.kz", "old.adilet.zan.kz"})

    def __init__(self) -> None:
        self._dates: dict[str, tuple[date | None, tuple[str, ...]]] = {}  # by code, once a run

    def fetch(self, wanted: Wanted, web: Web, validators: Validators) -> OfficialText | None:
        """Return the text at an address of the catalogue; None: as the validators name it.

        Raises:
            KBError: it cannot be had; see `kb.fetching.fetch`.
        """
        url, language = wanted.url, wanted.language
        match = _PATH.fullmatch(urlsplit(url).path)
        if match is None or match["folder"] != _FOLDERS[language]:
            raise BadRequest(
                f"{url} is not the address of an act in {language}: it should look like"
                f" https://adilet.zan.kz/{_FOLDERS[language]}/docs/CODE. Correct it in the"
                " catalogue."
            )
        answer = web.get_if_changed(
            f"{_TEXT_HOST}{match[0]}", validators, within=self.hosts, headers=_HEADERS
        )
        if answer is None:
            return None
        page = parse_page(answer)
        main = page.first(*_MAIN)
        if main is None:
            raise changed_shape(url, f"element {_MAIN[0]!r}")
        if wanted.annexed is None:
            above, title = "", page.line("div.slogan h1", "h1")
            lines = [page.line("div.slogan p")]
        else:  # what stands at the head of the page is the act's
            above, title = cut_out(main, wanted.annexed, language, url)
            lines = []
        document, text_sha256 = main_document(
            page, main, language, title=title, above=above, lines=lines
        )
        valid_from, warnings = self._last_changed(match["code"], web)
        return OfficialText(
            fetched_from=answer.url,
            page=answer.data,
            page_suffix=".html",
            main=document,
            main_suffix=".html",
            text_sha256=text_sha256,
            title=title,
            valid_from=valid_from,
            status=_status(page),
            provenance=(
                Provenance.TRANSLATION if language is Language.ENGLISH else Provenance.OFFICIAL
            ),
            validators=answer.validators,
            warnings=page.warnings + warnings,
        )

    def _last_changed(self, code: str, web: Web) -> tuple[date | None, tuple[str, ...]]:
        if code not in self._dates:
            self._dates[code] = self._ask_last_changed(code, web)
        return self._dates[code]

    def _ask_last_changed(self, code: str, web: Web) -> tuple[date | None, tuple[str, ...]]:
        """Return the date of the edition, or None and why; the text is worth having without it."""
        url = f"{_TEXT_HOST}/rus/docs/{code}/info"
        try:
            page = parse_page(web.get(url, within=self.hosts, headers=_HEADERS))
        except KBError as error:
            return None, (f"The date of the edition is not known: {error}",)
        for row in page.tree.css("table tr"):
            cells = [one_line(cell) for cell in row.css("td, th")]
            if len(cells) == 2 and cells[0].rstrip(":") == _LAST_CHANGED:
                found = _DAY.search(cells[1])
                if found and (day := _day(found[0])):
                    return day, ()
        return None, (f"The date of the edition is not known: {url} does not say it.",)


def _day(printed: str) -> date | None:
    try:
        return datetime.strptime(printed, "%d.%m.%Y").date()  # noqa: DTZ007  a day, not a moment
    except ValueError:
        return None


def _status(page: Page) -> str:
    node = page.first("span.status", "div.container_gamma.text")
    classes = (node.attributes.get("class") or "") if node is not None else ""
    names = _STATUS_CLASS.findall(classes)
    return next((_STATUS[name] for name in names if name in _STATUS), "unknown")
