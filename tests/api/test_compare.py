"""Two editions of one law, compared by a program and by a person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from api import wire
from api.app import create_app
from kb.documents import Language
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings
from kb.sources import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

LAW = """# Law on kites

### Article 1. Duties

1. The owner mends the kite within ten days.

### Article 2. Fees & tolls

1. A fee of two coins is paid.
"""
AMENDED = LAW.replace("ten days", "twenty &lt;b&gt; days").replace(
    "### Article 2.", "### Article 2. Strings\n\nA string is short.\n\n### Article 3."
)
OLD, NEW = "en-2010-01-01-official", "en-2012-01-01-official"
PAGE = "/documents/kites/compare"


@pytest.fixture(scope="module")
def kites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server over two versions in English, one in Russian, and a law held once."""
    folder = tmp_path_factory.mktemp("kites")
    sources = []
    for name, text, language, start, end in (
        ("old", LAW, "en", date(2010, 1, 1), date(2012, 1, 1)),
        ("new", AMENDED, "en", date(2012, 1, 1), None),
        ("rus", "# Закон\n\nСтатья 1. Змей\n\nЗмей летает.\n", "ru", date(2010, 1, 1), None),
    ):
        path = folder / f"{name}.md"
        path.write_text(text, "utf-8")
        sources.append(
            SourceFile(
                path, True, None, "kites", Language(language), valid_from=start, valid_to=end
            )
        )
    single = folder / "single.md"
    single.write_text(LAW, "utf-8")
    settings = Settings(index=folder / "index", cache=folder / "cache", model="hashing")
    KnowledgeBase.add_sources([*sources, SourceFile(single, True)], settings=settings)
    kb = KnowledgeBase.open(settings=settings)
    with TestClient(create_app(settings, kb)) as client:
        yield client


# --- for a program ---


def test_what_differs(kites: TestClient):
    asked = {"document": "kites", "from": OLD, "to": NEW}
    answer = kites.get("/v1/compare", params=asked).json()
    assert wire.Comparison.model_validate(answer).model_dump(mode="json") == answer
    assert (answer["a"], answer["b"]) == (OLD, NEW)
    assert [(unit["kind"], unit["eid_a"], unit["eid_b"]) for unit in answer["units"]] == [
        ("changed", "art_1", "art_1"),
        ("inserted", None, "art_2"),
        ("renumbered", "art_2", "art_3"),
    ]


def test_both_texts_come_when_everything_is_asked_for(kites: TestClient):
    asked = {"document": "kites", "from": OLD, "to": NEW, "all": "true"}
    answer = kites.get("/v1/compare", params=asked).json()
    pieces = [
        piece for unit in answer["units"] for each in unit["changes"] for piece in each["pieces"]
    ]
    held = kites.get("/v1/documents/kites?text=true").json()["editions"]
    for side, edition in (("span_a", OLD), ("span_b", NEW)):
        placed = sorted((p[side]["start"], p["text"]) for p in pieces if p[side] is not None)
        (text,) = (item["text"] for item in held if item["id"] == edition)
        assert "".join(words for _, words in placed) == text


def test_a_day_means_what_was_in_force(kites: TestClient):
    asked = {"document": "kites", "from": "2011-12-31", "to": "2012-01-01", "language": "en"}
    answer = kites.get("/v1/compare", params=asked).json()
    assert (answer["a"], answer["b"]) == (OLD, NEW)


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"from": OLD, "to": "ru-2010-01-01-official"}, 422, "one language"),
        ({"from": "2010-01-01", "to": NEW}, 422, "name the language"),
        ({"from": "1999-01-01", "to": NEW, "language": "en"}, 404, "in force on 1999-01-01"),
        ({"from": "en-official", "to": NEW}, 404, "no edition"),
        ({"from": OLD, "to": NEW, "document": "nothing"}, 404, "no document"),
        ({"from": OLD}, 422, "to"),
        ({"from": OLD, "to": NEW, "form": "x"}, 422, "form"),
    ],
)
def test_refusals(kites: TestClient, asked: dict[str, str], status: int, said: str):
    answer = kites.get("/v1/compare", params={"document": "kites", **asked})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]


# --- for a person ---


def test_the_form_offers_the_newest_and_the_one_before(kites: TestClient):
    html = kites.get(PAGE).text
    assert html.count("<select") == 2
    assert html.count(" selected>") == 2
    older, newer = html.split('name="to"')
    assert f'value="{OLD}" lang="en" selected' in older
    assert f'value="{NEW}" lang="en" selected' in newer
    assert "ru-2010" not in html  # there is nothing to compare it with
    assert "<del>" not in html


def test_the_page_marks_what_differs(kites: TestClient):
    html = kites.get(PAGE, params={"from": OLD, "to": NEW}).text
    assert "ten<" in html.split("<del>")[1]
    inserted = html.split("<ins>")[1]
    assert "twenty &lt;b&gt;<" in inserted  # a text is shown, never obeyed
    assert f'href="/documents/kites/{NEW}#art_2">Article 2. Strings</a>' in html
    assert "Article 3. Fees &amp; tolls</a>" in html
    assert "A fee of two coins" not in html
    everything = kites.get(PAGE, params={"from": OLD, "to": NEW, "all": "true"}).text
    assert "A fee of two coins" in everything


def test_the_same_edition_twice(kites: TestClient):
    assert "have the same words" in kites.get(PAGE, params={"from": OLD, "to": OLD}).text


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"from": OLD, "to": "ru-2010-01-01-official"}, 422, "one language"),
        ({"from": OLD, "to": "en-official"}, 404, "no edition"),
    ],
)
def test_a_choice_that_cannot_be_compared_keeps_the_form(
    kites: TestClient, asked: dict[str, str], status: int, said: str
):
    answer = kites.get(PAGE, params=asked)
    assert answer.status_code == status
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert answer.text.count("<select") == 2


def test_a_document_that_is_held_once(kites: TestClient):
    assert "not held in two versions" in kites.get("/documents/single/compare").text
    assert kites.get("/documents/nothing/compare").status_code == 404


def test_the_document_page_leads_here(kites: TestClient):
    link = f'href="{PAGE}?to={NEW}"'
    assert link in kites.get(f"/documents/kites/{NEW}").text
    assert "/compare" not in kites.get("/documents/kites/ru-2010-01-01-official").text
