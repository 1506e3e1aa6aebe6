"""www.gov.kz, the platform of the state bodies of Kazakhstan.

A document's page is filled by scripts from an interface that gives it as JSON:

    https://www.gov.kz/memleket/entities/enbek/documents/details/145242?lang=ru      the page
    https://www.gov.kz/api/v1/public/content-manager/documents/145242                the interface

    {"title": "…",
     "content": "<p>a summary, or the text</p>",
     "full_text": [{"document": "/uploads/2021/3/1/text.docx"}]}

The language is asked for in Accept-Language. Where the platform offers files, the first one in
that language is the text, DOCX before PDF; otherwise the HTML of `content` is. No date of an
edition is given.

This shape is put together from public programs that read the interface; an answer itself was not
at hand. Some of those programs send keys that the page's scripts make up; nothing of the kind is
done here, so the platform may refuse (403), and the text is then to be saved by hand.
"""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from kb.errors import BadRequest, UnreadableSource
from kb.fetching.pages import (
    ENOUGH_TO_TELL,
    OfficialText,
    Page,
    changed_shape,
    main_document,
    text_sha256,
)
from kb.languages import detect
from kb.readers import read_source
from kb.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.documents import Language
    from kb.fetching.pages import Wanted
    from kb.fetching.web import Answer, Validators, Web

_PATH = re.compile(r"/memleket/entities/[\w-]+/documents/details/(?P<number>\d+)/?")
_INTERFACE = "https://www.gov.kz/api/v1/public/content-manager/documents/"
_SUFFIXES = (".docx", ".pdf")  # those that can be read, the best reading first
_OTHER_SUFFIXES = (".doc", ".odt", ".rtf", ".zip", ".rar", ".7z", ".jpg", ".jpeg", ".png")


class Gov:
    """The platform of the state bodies of Kazakhstan."""

    hosts = frozenset({"www.gov.kz", "gov.kz"})

    def fetch(self, wanted: Wanted, web: Web, validators: Validators) -> OfficialText | None:
        """Return the text at an address of the catalogue; None: as the validators name it.

        Raises:
            KBError: it cannot be had; see `kb.fetching.fetch`.
        """
        url, language = wanted.url, wanted.language
        parts = urlsplit(url)
        match = _PATH.fullmatch(parts.path)
        if match is None or parse_qs(parts.query).get("lang") != [str(language)]:
            raise BadRequest(
                f"{url} is not the address of a document in {language}: it should look like"
                f" https://www.gov.kz/memleket/entities/BODY/documents/details/NUMBER"
                f"?lang={language}. Correct it in the catalogue."
            )
        headers = {"Accept": "application/json", "Accept-Language": str(language)}
        answer = web.get_if_changed(
            f"{_INTERFACE}{match['number']}", validators, within=self.hosts, headers=headers
        )
        if answer is None:
            return None
        told = _read(answer)
        title = " ".join(str(told.get("title") or "").split())
        if files := _files(told, url):
            main, main_suffix, sha256 = self._first_in(language, files, answer.url, web)
        else:
            page = Page(url, LexborHTMLParser(str(told.get("content") or "")), ())
            body = page.tree.body
            if body is None:
                raise changed_shape(url, "text of an act")
            main, sha256 = main_document(page, body, language, title=title)
            main_suffix = ".html"
        return OfficialText(
            fetched_from=answer.url,
            page=answer.data,
            page_suffix=".json",
            main=main,
            main_suffix=main_suffix,
            text_sha256=sha256,
            title=title,
            validators=answer.validators,
        )

    def _first_in(
        self, language: Language, files: Sequence[str], around: str, web: Web
    ) -> tuple[bytes, str, str]:
        """Return the first file in a language: its bytes, its suffix and the hash of its text."""
        for file in files:
            found = web.get(
                urljoin(around, file),
                within=self.hosts,
                headers={"Accept": "*/*", "Accept-Encoding": "identity"},  # so that it is measured
            )
            suffix = _suffix(file)
            _check_file(found, suffix)
            text = _text(found, suffix)
            if detect(text[:ENOUGH_TO_TELL]) is language:
                return found.data, suffix, text_sha256(text)
        raise UnreadableSource(
            f"{around}: none of its files ({', '.join(files)}) is in the language"
            f" {language}: look for the text in a browser, and correct the catalogue or leave this"
            " language out."
        )


def _read(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.data)
    except (UnicodeDecodeError, ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise changed_shape(answer.url, "document in JSON")
    return told


def _files(told: dict[str, Any], url: str) -> list[str]:
    """Return the addresses of the files with the text, the best kind first.

    Raises:
        UnreadableSource: the text is there as a file of a kind that is not read.
    """
    listed = told.get("full_text")
    files = [
        str(item["document"])
        for item in (listed if isinstance(listed, list) else [])
        if isinstance(item, dict) and item.get("document")
    ]
    read = [file for suffix in _SUFFIXES for file in files if _suffix(file) == suffix]
    others = [file for file in files if _suffix(file) in _OTHER_SUFFIXES]
    if others and not read:
        raise UnreadableSource(
            f"{url} offers its text as {_suffix(others[0])} alone, which is not read: save the file"
            " from a browser, convert it to DOCX or PDF, and add it with"
            " `kb ingest FILE --as DOCUMENT`."
        )
    return read


def _suffix(file: str) -> str:
    return PurePosixPath(urlsplit(file).path).suffix.lower()


def _text(answer: Answer, suffix: str) -> str:
    """Return the text of a file; one that cannot be read must not be kept as if it could."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"file{suffix}"
        path.write_bytes(answer.data)
        try:
            return read_source(path, Settings()).text
        except UnreadableSource as error:
            reason = str(error).replace(str(path), answer.url)
            raise UnreadableSource(reason) from error


def _check_file(answer: Answer, suffix: str) -> None:
    """Refuse a page that came in place of a file."""
    if answer.media_type == "text/html" or answer.data.lstrip()[:1] == b"<":
        raise UnreadableSource(
            f"{answer.url} gave a page and not a {suffix} file: open it in a browser, save the file"
            " and add it with `kb ingest FILE --as DOCUMENT`."
        )
    if not answer.measured:
        raise UnreadableSource(
            f"{answer.url} came without its length, so the file may be cut off: save it in a"
            " browser and add it with `kb ingest FILE --as DOCUMENT`."
        )
