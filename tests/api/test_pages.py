"""The web page as it is sent: what is in the HTML, and what is not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.pages import accepted_languages, badge, marked, web_url
from kb.documents import Edition, Highlight, Language, Provenance, Span
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httpx import Response

CORPUS = Path(__file__).parent / "pages_corpus"
ENGLISH = "/documents/leave-convention/en-2002-03-04-digest"
VOID = {"br", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """The elements of a page, and the words in them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, tuple[tuple[str, dict[str, str | None]], ...]]] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        assert not self._open, "an element is left open"

    def handle_starttag(self, tag, attrs):
        element = (tag, dict(attrs))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        self.words.append((data, tuple(self._open)))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """The attributes of the elements with a tag, and with attributes that have these values."""
        return [
            attributes
            for name, attributes in self.elements
            if name == tag and all(attributes.get(key) == value for key, value in wanted.items())
        ]

    def ids(self) -> list[str]:
        return [value for _, attributes in self.elements if (value := attributes.get("id"))]

    def links(self) -> list[str]:
        return [attributes["href"] or "" for attributes in self.all("a")]

    def text(self, without: str = "", **within: str) -> str:
        """All words in elements that have these attributes, less those in `without` elements."""
        return "".join(
            data
            for data, around in self.words
            if all(any(at.get(k) == v for _, at in around) for k, v in within.items())
            and not (without and any(without in at for _, at in around))
        )


def page_of(response: Response) -> Page:
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return Page(response.text)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("pages")
    return Settings(index=folder / "index", cache=folder / "cache", model="hashing")


@pytest.fixture(scope="module")
def kb(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    act = tmp_path_factory.mktemp("sources") / "long-act.md"
    articles = "\n\n".join(f"## Article {n}. Duty {n}\n\nDuty {n} is a duty." for n in range(1, 61))
    act.write_text(f"# Long act\n\n{articles}\n", "utf-8")
    return KnowledgeBase.build([CORPUS, CORPUS / "hostile.txt", act], settings=settings)


@pytest.fixture(scope="module")
def client(kb: KnowledgeBase, settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings, kb)) as client:
        yield client


@pytest.fixture(autouse=True)
def forget_cookies(client: TestClient) -> None:
    client.cookies.clear()


# --- the search page ---


def test_the_form_works_without_javascript(client: TestClient):
    page = page_of(client.get("/"))
    (form,) = page.all("form")
    assert (form["action"], form["method"]) == ("/", "get")
    (query,) = page.all("input", name="q")
    assert page.all("label", **{"for": query["id"] or ""})
    assert page.all("button", type="submit")
    ticks = {(tick["name"], tick["value"]) for tick in page.all("input", type="checkbox")}
    assert {("languages", "kk"), ("provenances", "digest"), ("documents", "hostile")} <= ticks


def test_example_queries_are_links_to_their_results(client: TestClient):
    examples = [link for link in page_of(client.get("/")).links() if link.startswith("/?q=")]
    assert examples
    assert all(client.get(link).status_code == 200 for link in examples)


def test_a_hit_shows_everything_that_is_needed_to_trust_it(client: TestClient, kb: KnowledgeBase):
    query = "maternity leave of fourteen weeks"
    hit = kb.search(query, reader_language="en").hits[0]
    page = page_of(client.get("/", params={"q": query}))
    card = page.text(id="hit-1")
    assert page.text(id="cite-1") == hit.citation
    assert hit.permalink in page.links()
    assert hit.official_url in page.links()
    for shown in (hit.title, hit.heading, hit.provenance_note, hit.receipt.text_sha256, "Digest"):
        assert shown is not None
        assert shown in card
    assert "Version of 4 March 2002." in card
    assert {other.permalink for other in hit.parallel} <= set(page.links())
    passage = "".join(
        data for data, around in page.words if _innermost_quote(around) == ("blockquote", "passage")
    )
    assert passage.startswith(hit.text)


def _innermost_quote(around: tuple[tuple[str, dict[str, str | None]], ...]) -> tuple[str, str]:
    quotes = [(tag, str(at.get("class"))) for tag, at in around if tag == "blockquote"]
    return quotes[-1] if quotes else ("", "")


def test_matching_words_are_marked(client: TestClient):
    page = page_of(client.get("/", params={"q": "cash benefits"}))
    marks = {data for data, around in page.words if around and around[-1][0] == "mark"}
    assert {"Cash", "benefits"} <= marks


def test_every_permalink_lands_on_an_element(client: TestClient):
    for query in ("leave", "отпуск", "демалыс", "trap", "overtime"):
        results = page_of(client.get("/", params={"q": query}))
        landings = {link for link in results.links() if "#" in link and "/documents/" in link}
        assert landings
        for path, eid in (link.split("#") for link in landings):
            assert eid in page_of(client.get(path)).ids()


def test_the_receipt_on_the_page_verifies(client: TestClient):
    page = page_of(client.get("/", params={"q": "trap"}))
    receipt = json.loads(page.text(id="receipt-1"))
    assert client.post("/v1/verify", json=receipt).json()["verdict"] == "valid"


def test_filters_narrow_the_search_and_stay_ticked(client: TestClient):
    asked = {"q": "отпуск", "documents": ["leave-convention", ""], "languages": ["ru"]}
    page = page_of(client.get("/", params=asked))
    ticked = {tick["value"] for tick in page.all("input", type="checkbox") if "checked" in tick}
    assert ticked == {"leave-convention", "ru"}
    cited = {link for link in page.links() if link.startswith("/documents/") and "#" in link}
    assert cited
    assert all("/leave-convention/ru-" in link for link in cited)
    assert "/?q=%D0%BE%D1%82%D0%BF%D1%83%D1%81%D0%BA" in page.links()  # clears the filters


def test_pages_of_results_follow_each_other(client: TestClient):
    shown: list[str] = []
    address = "/?q=duty&documents=long-act"
    for _ in range(3):
        page = page_of(client.get(address))
        shown += [page.text(id=f"cite-{n}") for n in range(1, 61) if f"cite-{n}" in page.ids()]
        (address,) = (str(link["href"]) for link in page.all("a", rel="next"))
    assert len(shown) == len(set(shown)) == 30
    (back,) = page.all("a", rel="prev")
    assert "offset=10" in str(back["href"])
    assert "documents=long-act" in str(back["href"])


def test_the_ranks_that_are_shown_are_named_where_there_are_several(client: TestClient):
    many = page_of(client.get("/?q=duty&documents=long-act&offset=10"))
    one = page_of(client.get("/?q=%22cash+benefits%22&languages=en"))
    assert many.text(**{"class": "shown"}) == "Results 11–20"
    assert [eid for eid in one.ids() if eid.startswith("cite-")] == ["cite-1"]
    assert one.text(**{"class": "shown"}) == ""


def test_nothing_found_is_said_plainly(client: TestClient):
    page = page_of(client.get("/", params={"q": '"no such phrase anywhere"'}))
    assert "No passage contains the exact phrase" in page.text(role="status")
    assert not page.all("article")


def test_a_text_that_no_longer_holds_says_so(client: TestClient):
    page = page_of(client.get("/", params={"q": "overtime", "documents": "old-agreement"}))
    assert "Expired" in page.text(id="hit-1")
    assert "Old agreement has expired." in page.text(role="status")


# --- errors ---


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/?q=", 422, "The query is empty"),
        ("/?q=a%01b", 422, "U+0001"),
        (f"/?q={'long ' * 300}", 422, "characters; shorten it"),
        ("/?q=leave&documents=nope", 422, "There is no document"),
        ("/?q=leave&languages=xx", 422, "is not a language"),
        ("/?q=leave&offset=100000", 422, "offset is 100000"),
        ("/?q=leave&offset=-1", 422, "offset is -1"),
        ("/?q=leave&offset=x", 422, "offset"),
        ("/documents/nope", 404, "There is no document"),
        ("/documents/nope/en-digest", 404, "There is no document"),
        ("/documents/leave-convention/nope", 404, "has no edition"),
    ],
)
def test_errors_are_pages(client: TestClient, address: str, status: int, words: str):
    response = client.get(address, follow_redirects=False)
    assert response.status_code == status
    assert words in page_of(response).text()


def test_a_refused_query_stays_in_the_form(client: TestClient):
    page = page_of(client.get("/?q=leave&languages=xx&lang=ru"))
    (query,) = page.all("input", name="q")
    assert query["value"] == "leave"
    assert "Такой фильтр применить нельзя" in page.text(role="alert")


def test_without_an_index_the_page_says_what_to_do(tmp_path: Path):
    settings = Settings(index=tmp_path / "index", cache=tmp_path / "cache", model="hashing")
    with TestClient(create_app(settings)) as client:
        response = client.get("/")
    assert response.status_code == 503
    assert "kb ingest" in page_of(response).text()


# --- documents ---


def test_what_is_held_is_listed(client: TestClient, kb: KnowledgeBase):
    page = page_of(client.get("/documents?lang=kk"))
    assert "Демалыс туралы 2001 жылғы конвенция" in page.text()
    assert "Articles 1 and 2." in page.text()
    assert "Қолданылу мерзімі өткен" in page.text()
    for summary in kb.documents():
        for edition in summary.editions:
            assert f"/documents/{summary.id}/{edition.id}" in page.links()


@pytest.mark.parametrize(
    ("accepted", "edition"),
    [
        ("en-GB,en;q=0.9", "en-2002-03-04-digest"),
        ("ru-RU,en;q=0.5", "ru-2002-03-04-digest"),
        ("kk-KZ,ru;q=0.9", "kk-2002-03-04-digest"),
        ("fr", "en-2002-03-04-digest"),
    ],
)
def test_a_document_opens_in_the_readers_language(client: TestClient, accepted: str, edition: str):
    response = client.get(
        "/documents/leave-convention",
        headers={"Accept-Language": accepted},
        follow_redirects=False,
    )
    assert response.headers["location"] == f"/documents/leave-convention/{edition}"


def test_an_edition_in_no_language_of_the_reader_is_shown_all_the_same(client: TestClient):
    response = client.get("/documents/old-agreement?lang=kk", follow_redirects=False)
    assert response.headers["location"] == "/documents/old-agreement/en-digest"


def test_the_text_is_the_source_character_for_character(client: TestClient, kb: KnowledgeBase):
    for summary in kb.documents():
        for edition in kb.document(summary.id).editions:
            page = page_of(client.get(f"/documents/{summary.id}/{edition.id}"))
            shown = page.text(without="data-ours", **{"class": "text"})
            assert shown == edition.text


def test_every_unit_has_its_anchor_once(client: TestClient, kb: KnowledgeBase):
    for summary in kb.documents():
        for edition in kb.document(summary.id).editions:
            ids = page_of(client.get(f"/documents/{summary.id}/{edition.id}")).ids()
            assert len(ids) == len(set(ids))
            assert {node.eid for node in edition.nodes} <= set(ids)


def test_every_link_within_a_document_lands_somewhere(client: TestClient):
    page = page_of(client.get(ENGLISH))
    anchors = {link[1:] for link in page.links() if link.startswith("#")}
    assert {"art_1", "art_1__cl_2__sub_1", "art_2__note_1"} <= anchors <= set(page.ids())


def test_headings_lead_to_the_same_provision_in_other_languages(client: TestClient):
    page = page_of(client.get(ENGLISH))
    other = "/documents/leave-convention/ru-2002-03-04-digest"
    assert f"{other}#art_1" in page.links()
    assert f"{other}#art_2" not in page.links()  # the Russian text has no Article 2
    assert "art_1" in page_of(client.get(other)).ids()


def test_a_digest_is_never_shown_as_the_law(client: TestClient):
    page = page_of(client.get(ENGLISH))
    banner = page.text(**{"class": "banner digest"})
    assert "A digest in our own words, not the text of the instrument." in banner
    assert "https://leave.example/en?article=1&part=2" in page.links()


def test_notes_are_told_from_the_norm(client: TestClient):
    page = page_of(client.get(ENGLISH))
    assert page.text(id="art_2__note_1").startswith("Editor’s note" + "Footnote. Article 2")


def test_the_outline_of_a_long_act_is_folded(client: TestClient):
    details = page_of(client.get("/documents/long-act/en-official")).all("details")
    assert "open" not in details[0]
    assert "open" in page_of(client.get(ENGLISH)).all("details")[0]


# --- whatever is in it, it is text ---

HOSTILE = """"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}' onfocus='x \u202e"""


@pytest.mark.parametrize(
    "address",
    [
        "/documents",
        "/documents/hostile/en-official",
        "/documents/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/documents/hostile/%3Cimg%20src=x%20onerror=alert(1)%3E",
        "/?q=trap&documents=hostile",
        "/?q=evil+example+pixel",
        "/?lang=%22%3E%3Cscript%3E&q=trap",
        "/?q=trap&offset=%3Cscript%3E",
        "/?q=trap&languages=%3Cscript%3E",
    ],
)
def test_nothing_of_a_document_or_an_address_runs(client: TestClient, address: str):
    _assert_harmless(client.get(address))


def test_nothing_of_a_query_runs(client: TestClient):
    response = client.get("/", params={"q": HOSTILE, 'x"><script>': "<script>"})
    _assert_harmless(response)
    (query,) = page_of(response).all("input", name="q")
    assert query["value"] == HOSTILE


def _assert_harmless(response: Response) -> None:
    page = page_of(response)
    assert {tag for tag, _ in page.elements} & {"iframe", "svg", "style", "base", "object"} == set()
    assert page.all("script") == [{"src": "/static/copy.js", "defer": None}]
    assert {str(image["src"]) for image in page.all("img")} == {"/static/icon.svg"}
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
    for link in page.links():
        assert re.match(r"/(?!/)|#|\?|https?://", link), link


@pytest.mark.parametrize("address", ["/", "/?q=trap", "/documents", ENGLISH, "/documents/nope"])
def test_the_browser_is_told_to_run_nothing_else(client: TestClient, address: str):
    headers = client.get(address).headers
    policy = {
        part.split()[0]: part.split()[1:] for part in headers["content-security-policy"].split(";")
    }
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_an_official_address_that_is_no_web_page_is_no_link(
    client: TestClient, kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
):
    found = kb.search("leave", documents=["leave-convention"])
    address = "javascript:alert(document.domain)"
    hits = tuple(replace(hit, official_url=address) for hit in found.hits)
    monkeypatch.setattr(KnowledgeBase, "search", lambda *_, **__: replace(found, hits=hits))
    response = client.get("/?q=asked+nowhere+else")  # or an earlier result would be shown again
    assert hits[0].permalink in response.text
    assert "javascript:" not in response.text
    _assert_harmless(response)


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("https://adilet.zan.kz/rus/docs/K1500000414", True),
        ("http://localhost/x", True),
        ("HTTPS://EXAMPLE.ORG/", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("\x01javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("//evil.example/", False),
        ("/documents", False),
        ("https:", False),
        ("https://[", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(address: str | None, linked: bool):
    assert web_url(address) == (address if linked else None)


# --- the reader's language ---


@pytest.mark.parametrize(
    ("asked", "cookie", "accepted", "spoken"),
    [
        ("kk", "ru", "en", "kk"),
        (None, "ru", "en", "ru"),
        (None, None, "kk-KZ,ru;q=0.9,en;q=0.8", "kk"),
        ("xx", "yy", "ru", "ru"),
        (None, None, "de,fr;q=0.5", "en"),
        (None, None, "", "en"),
    ],
)
def test_the_interface_speaks_the_readers_language(
    client: TestClient, asked: str | None, cookie: str | None, accepted: str, spoken: str
):
    if cookie:
        client.cookies.set("lang", cookie)
    params = {"lang": asked} if asked else {}
    response = client.get("/", params=params, headers={"Accept-Language": accepted})
    (html,) = page_of(response).all("html")
    assert html["lang"] == spoken
    assert response.cookies.get("lang") == (asked if asked == "kk" else None)


def test_the_language_switch_keeps_the_search(client: TestClient):
    page = page_of(client.get("/?q=leave&languages=en&lang=en"))
    assert "?q=leave&languages=en&lang=kk" in page.links()


def test_a_text_names_its_own_language(client: TestClient):
    page = page_of(client.get("/documents/leave-convention/kk-2002-03-04-digest?lang=en"))
    (html,), (text,) = page.all("html"), page.all("section", **{"class": "text"})
    assert (html["lang"], text["lang"]) == ("en", "kk")


@pytest.mark.parametrize(
    ("header", "languages"),
    [
        ("ru;q=0.8, kk-KZ, en;q=0", ["kk", "ru"]),
        ("en-US,en;q=0.5", ["en", "en"]),
        ("*", ["*"]),
        ("ru;q=high,kk;q=0.1", ["kk"]),
        ("", [""]),
        ("," * 5000, [""] * 1001),
    ],
)
def test_accept_language(header: str, languages: list[str]):
    assert accepted_languages(header) == languages


# --- small parts ---


def test_marked_text_is_the_text():
    text = "Maternity leave is leave."
    span = Span(100, 125)
    found = (Highlight(Span(110, 115), "leave"), Highlight(Span(119, 124), "leave"))
    assert list(marked(text, span, found)) == [
        ("Maternity ", False),
        ("leave", True),
        (" is ", False),
        ("leave", True),
        (".", False),
    ]
    assert list(marked(text, span, ())) == [(text, False)]


@pytest.mark.parametrize(
    ("provenance", "url", "name"),
    [
        (Provenance.OFFICIAL, "https://adilet.zan.kz/", "official"),
        (Provenance.OFFICIAL, None, "supplied"),
        (Provenance.DIGEST, None, "digest"),
        (Provenance.TRANSLATION, "https://adilet.zan.kz/", "unofficial-translation"),
    ],
)
def test_only_what_names_its_publication_is_called_official(
    provenance: Provenance, url: str | None, name: str
):
    edition = Edition("act", Language.ENGLISH, provenance, "", (), "act.md", "", url=url)
    assert badge(edition) == name


def test_everything_that_a_page_loads_is_there(client: TestClient):
    page = page_of(client.get("/"))
    loaded = [at["src"] for at in page.all("script") + page.all("img")]
    loaded += [at["href"] for at in page.all("link")]
    types = {str(path): client.get(str(path)).headers["content-type"] for path in loaded}
    assert types == {
        "/static/copy.js": "text/javascript; charset=utf-8",
        "/static/icon.svg": "image/svg+xml",
        "/static/style.css": "text/css; charset=utf-8",
    }


def test_nothing_is_loaded_from_elsewhere():
    static = Path(__file__).parents[2] / "api" / "static"
    for path in static.iterdir():
        outside = re.findall(r"(?:https?:)?//[\w.]+", path.read_text("utf-8"))
        assert [address for address in outside if "www.w3.org" not in address] == []
