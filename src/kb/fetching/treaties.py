"""Treaties: NORMLEX for the conventions of the ILO, OHCHR and un.org for the United Nations'.

The shape of these pages could not be seen when this was written, so nothing here leans on the
names of their elements. The text is found by what it consists of: it begins with the words in
which the adopting body names itself, and its articles are numbered from 1 without a gap. The
smallest element that holds all of that is the text:

    <main>
      <h1>title</h1>                                    Entry into force: 07 Feb 2002
      <div>                                      ◀──    this one
        <p>The General Conference of the International Labour Organization …</p>
        <h3>Article 1</h3><p>…</p>
        <h3>Article 2</h3><p>…</p>

A list of links to the articles is numbered in the same way, but has no text between its numbers. A
page without such a text, or with a gap in its articles, is refused.

The day of entry into force is read as both sites are known to print it: `Entry into force: 07 Feb
2002` and `Entry into force: 3 September 1981`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from kb.documents import Language
from kb.errors import BadRequest
from kb.fetching.pages import OfficialText, changed_shape, main_document, parse_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from selectolax.lexbor import LexborNode

    from kb.fetching.pages import Page, Wanted
    from kb.fetching.web import Validators, Web

_AROUND = "header, footer, nav, aside"
_FEWEST_ARTICLES = 3
_LEAST_ARTICLE = 60  # characters of an article on average
_LEAST_LAST_ARTICLE = 20  # characters that stand below the last heading
_HEADINGS = {
    Language.ENGLISH: re.compile(r"\s*article\s+(\d+)\b", re.IGNORECASE),
    Language.RUSSIAN: re.compile(r"\s*статья\s+(\d+)\b", re.IGNORECASE),
}
_IN_FORCE = re.compile(
    r"entry into force\s*:?\s*(?:on\s+)?(\d{1,2})\s+([a-z]{3})[a-z]*\.?\s+(\d{4})", re.IGNORECASE
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


class Treaties:
    """A site of treaties.

    Args:
        hosts: those of the site.
        openings: how a text begins, in each language that the site has.
    """

    def __init__(self, hosts: Iterable[str], openings: dict[Language, str]) -> None:
        self.hosts = frozenset(hosts)
        self._openings = {
            language: re.compile(words, re.IGNORECASE) for language, words in openings.items()
        }

    def fetch(self, wanted: Wanted, web: Web, validators: Validators) -> OfficialText | None:
        """Return the text at an address of the catalogue; None: as the validators name it.

        Raises:
            KBError: it cannot be had; see `kb.fetching.fetch`.
        """
        url, language = wanted.url, wanted.language
        if language not in self._openings:
            raise BadRequest(
                f"{url}: treaties are read there in {' and '.join(self._openings)}, not in"
                f" {language}; correct the catalogue."
            )
        answer = web.get_if_changed(
            url, validators, within=self.hosts, headers={"Accept": "text/html"}
        )
        if answer is None:
            return None
        page = parse_page(answer)
        valid_from = _in_force(page)
        for node in page.tree.css(_AROUND):
            node.decompose()
        main = _main(page, self._openings[language], _HEADINGS[language])
        if main is None:
            raise changed_shape(url, "opening words and articles numbered from 1 without a gap")
        title = page.line("h1", "title")
        document, text_sha256 = main_document(page, main, language, title=title)
        return OfficialText(
            fetched_from=answer.url,
            page=answer.data,
            page_suffix=".html",
            main=document,
            main_suffix=".html",
            text_sha256=text_sha256,
            title=title,
            valid_from=valid_from,
            status="in-force" if valid_from else "unknown",
            validators=answer.validators,
            warnings=page.warnings,
        )


def normlex() -> Treaties:
    """Return the ILO's database of international labour standards."""
    return Treaties(
        ["normlex.ilo.org", "www.ilo.org"],
        {Language.ENGLISH: r"\s*the general conference of the international labour organi"},
    )


def united_nations() -> Treaties:
    """Return the treaties on the sites of the United Nations and its office for human rights."""
    return Treaties(
        ["www.ohchr.org", "www.un.org", "static.un.org"],
        {
            Language.ENGLISH: r"\s*the states? parties to the present (?:convention|covenant)",
            Language.RUSSIAN: r"\s*(?:участвующие в настоящ|государства[\s–—-]+участники настоящ)",
        },
    )


def _in_force(page: Page) -> date | None:
    body = page.tree.body
    match = _IN_FORCE.search(" ".join(body.text(separator=" ").split())) if body else None
    if match is None or match[2].lower() not in _MONTHS:
        return None
    try:
        return date(int(match[3]), _MONTHS.index(match[2].lower()) + 1, int(match[1]))
    except ValueError:
        return None


def _main(page: Page, opening: re.Pattern[str], heading: re.Pattern[str]) -> LexborNode | None:
    """Return the smallest element that holds the opening and a whole run of articles."""
    body = page.tree.body
    if body is None:
        return None
    texts = _texts(body)
    starts = [node for node in texts if opening.match(node.text_content or "")]
    found = [
        element
        for run in _runs(texts, heading)
        for start in starts
        if (element := _smallest_around([start, *run])) is not None
    ]
    whole = [element for element in found if _complete(_texts(element), heading)]
    return min(whole, key=lambda element: len(element.text()), default=None)


def _texts(element: LexborNode) -> list[LexborNode]:
    return [node for node in element.traverse(include_text=True) if node.is_text_node]


def _runs(texts: Sequence[LexborNode], heading: re.Pattern[str]) -> list[list[LexborNode]]:
    """Return the headings that are numbered 1, 2, 3 … , one list for each time it begins anew."""
    runs: list[list[LexborNode]] = []
    for node in texts:
        number = _number(node, heading)
        if number == 1:
            runs.append([node])
        elif runs and number == len(runs[-1]) + 1:
            runs[-1].append(node)
    return [run for run in runs if len(run) >= _FEWEST_ARTICLES]


def _number(node: LexborNode, heading: re.Pattern[str]) -> int:
    """Return the number of the article that a text is the heading of; 0 for none."""
    match = heading.match(node.text_content or "")
    return int(match[1]) if match else 0


def _complete(texts: Sequence[LexborNode], heading: re.Pattern[str]) -> bool:
    """Whether no heading follows after a gap, and there is text to the end."""
    run = max(_runs(texts, heading), key=len)
    last = [node.mem_id for node in texts].index(run[-1].mem_id)
    later = texts[last + 1 :]
    bare = re.compile(rf"(?:{heading.pattern})\W*", heading.flags)
    beyond = any(
        _number(node, heading) > len(run) and bare.fullmatch(node.text_content or "")
        for node in later
    )
    return (
        not beyond
        and _length(later) >= _LEAST_LAST_ARTICLE
        and _length(texts) >= _LEAST_ARTICLE * len(run)
    )


def _length(texts: Sequence[LexborNode]) -> int:
    return sum(len((node.text_content or "").strip()) for node in texts)


def _smallest_around(nodes: Sequence[LexborNode]) -> LexborNode | None:
    """Return the smallest element that all of the nodes stand in."""
    shared = _around(nodes[0])
    for node in nodes[1:]:
        own = {element.mem_id for element in _around(node)}
        shared = [element for element in shared if element.mem_id in own]
    return shared[0] if shared else None


def _around(node: LexborNode) -> list[LexborNode]:
    """Return the elements around a node, the nearest first."""
    found = []
    current = node.parent
    while current is not None and current.is_element_node:
        found.append(current)
        current = current.parent
    return found
