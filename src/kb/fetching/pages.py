"""From the bytes of a page to its main text, as an HTML document that stands alone.

What a site puts around a text (menus, search forms, scripts) stays out of it; what the text itself
consists of is kept as it came, tags and all, for the reader of HTML files.
"""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from kb.documents import Language, Provenance
from kb.errors import UnreadableSource
from kb.fetching.web import Validators
from kb.languages import detect
from kb.readers.decoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from selectolax.lexbor import LexborNode

    from kb.fetching.annexed import Annexed
    from kb.fetching.web import Answer

_NOT_TEXT = "script, style, noscript, template, iframe, object, input, select, button, textarea"
_LEAST_TEXT = 200  # characters; a shorter one is a notice, not an act
ENOUGH_TO_TELL = 20_000  # characters from which a language is told
_LANGUAGE_NAMES = {
    Language.ENGLISH: "English",
    Language.RUSSIAN: "Russian",
    Language.KAZAKH: "Kazakh",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text that the catalogue names a page of."""

    language: Language
    url: str
    annexed: Annexed | None = None  # the page prints the act first that approves the text


@dataclass(frozen=True, slots=True)
class OfficialText:
    """The text of an act as one site gives it."""

    fetched_from: str  # the address that answered
    page: bytes  # the answer, unchanged
    page_suffix: str  # `.html`, `.json`
    main: bytes  # what is to be ingested
    main_suffix: str  # `.html`; `.pdf`, … for a file that the page offers
    text_sha256: str  # of the text without its markup: the same text has the same
    title: str
    valid_from: date | None = None  # date of the edition
    status: str = "unknown"  # as `Edition.status`
    provenance: Provenance = Provenance.OFFICIAL
    validators: Validators = field(default_factory=Validators)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page, parsed."""

    url: str
    tree: LexborHTMLParser
    warnings: tuple[str, ...]

    def first(self, *selectors: str) -> LexborNode | None:
        """Return the first element that the first of the selectors finds."""
        found = (self.tree.css_first(selector) for selector in selectors)
        return next((node for node in found if node is not None), None)

    def line(self, *selectors: str) -> str:
        """Return the text of the element that `first` finds, on one line; "" for none."""
        node = self.first(*selectors)
        return one_line(node) if node is not None else ""


def parse_page(answer: Answer) -> Page:
    """Parse a page; what is in no encoding that it names is read as it really is.

    Raises:
        UnreadableSource: it is not HTML text, or was cut off on the way.
    """
    if not answer.measured and b"</html" not in answer.data[-4096:].lower():
        raise UnreadableSource(f"{answer.url}: the page came without its end: fetch it again.")
    decoded = decode(answer.data, answer.url)
    tree = LexborHTMLParser(decoded.text)
    for node in tree.css(_NOT_TEXT):
        node.decompose()
    return Page(answer.url, tree, decoded.warnings)


def one_line(node: LexborNode) -> str:
    """Return an element's text on one line."""
    return " ".join(node.text().split())


def changed_shape(url: str, missing: str) -> UnreadableSource:
    """Return the error of a page that is not of the shape that is known here."""
    return UnreadableSource(
        f"{url} has no {missing}, so its text cannot be told from the rest of the page: save the"
        " text from a browser, add it with `kb ingest FILE --as DOCUMENT`, and report the page."
    )


def check_language(text: str, language: Language, url: str) -> None:
    """Refuse a page that holds a text in another language than its address says.

    Raises:
        UnreadableSource: it does.
    """
    found = detect(text[:ENOUGH_TO_TELL])
    if found is not language:
        raise UnreadableSource(
            f"{url} holds a text in {_LANGUAGE_NAMES[found]}, not in {_LANGUAGE_NAMES[language]}:"
            " the site may have no translation; leave this language out."
        )


def main_document(
    page: Page,
    main: LexborNode,
    language: Language,
    *,
    title: str,
    above: str = "",
    lines: Iterable[str] = (),
) -> tuple[bytes, str]:
    """Return the main element as an HTML document, under its title, and the hash of its text.

    Args:
        page: the page that it stands on.
        main: the element.
        language: of the text.
        title: the act's title, which a site prints outside of the element.
        above: what stands above the title: the mark by which another act approves this one.
        lines: what else of the act a site prints there, such as its number and date.

    Raises:
        UnreadableSource: there is no text in the element, or one in another language.
    """
    text = main.text(separator=" ")
    if len(text.split()) == 0 or len(text) < _LEAST_TEXT:
        raise changed_shape(page.url, "text of an act")
    check_language(text, language, page.url)
    lines = tuple(lines)
    head = "\n".join(
        [f"<p>{html.escape(above)}</p>"] * bool(above)
        + [f"<h1>{html.escape(title)}</h1>" if title else ""]
        + [f"<p>{html.escape(line)}</p>" for line in lines if line]
    )
    document = (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n</head>\n<body>\n{head}\n{main.html}\n</body>\n"
        "</html>\n"
    )
    words = "".join([above, title, *lines, main.text()])
    return document.encode("utf-8", "replace"), text_sha256(words)


def text_sha256(text: str) -> str:
    """Return the hash of a text's letters: line breaks and markup make no other text of it."""
    return hashlib.sha256(re.sub(r"\s+", "", text).encode("utf-8", "replace")).hexdigest()
