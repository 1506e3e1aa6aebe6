"""Two wordings of one instrument, from the shipped corpus to what a reader is told of each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from kb.cli import app
from kb.ingest import ingest
from kb.knowledge_base import KnowledgeBase
from kb.models import load_embedder
from kb.settings import Settings
from kb.sources import find_sources

if TYPE_CHECKING:
    from kb.sources import SourceFile

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
CONCEPT = "kz-concept-family-gender-2030"
OLD, NEW = date(2016, 12, 6), date(2022, 4, 1)
DECREE = "Decree of the President of the Republic of Kazakhstan No. 853 of 1 April 2022"


def concept() -> list[SourceFile]:
    found = find_sources([CORPUS])
    return [item for item in found if item.document and item.document.id == CONCEPT]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("concept")
    own = Settings(index=folder / "index", cache=folder / "cache", model="hashing")
    ingest(concept(), load_embedder(own), own)
    return own


@pytest.fixture(scope="module")
def kb(settings: Settings) -> KnowledgeBase:
    return KnowledgeBase.open(settings=settings)


def test_each_file_says_which_wording_it_tells() -> None:
    told = {
        item.path.name: (item.valid_from, item.valid_to, item.status, item.amended_by)
        for item in concept()
    }
    assert told == {
        "en.md": (NEW, None, None, DECREE),
        "en@2016-12-06.md": (OLD, NEW, "not-in-force", None),
        "ru.md": (NEW, None, None, DECREE),
        "ru@2016-12-06.md": (OLD, NEW, "not-in-force", None),
    }


def test_both_wordings_are_editions_of_one_document(kb: KnowledgeBase) -> None:
    held = {
        item.id: (item.valid_to, item.status, item.amended_by)
        for item in kb.document(CONCEPT).editions
    }
    assert held == {
        "en-2016-12-06-digest": (NEW, "not-in-force", None),
        "en-2022-04-01-digest": (None, "in-force", DECREE),
        "ru-2016-12-06-digest": (NEW, "not-in-force", None),
        "ru-2022-04-01-digest": (None, "in-force", DECREE),
    }
    assert kb.choose_edition(CONCEPT, language="ru").id == "ru-2022-04-01-digest"


@pytest.mark.parametrize(
    "query", ["Section 3 goals, objectives, periods and expected results", "Раздел 3 цели, задачи"]
)
def test_a_search_finds_the_wording_that_holds(kb: KnowledgeBase, query: str) -> None:
    found = {hit.valid_from for hit in kb.search(query, limit=20).hits}

    assert found == {NEW}


@pytest.mark.parametrize(
    ("edition", "cited"),
    [
        (
            "en-2016-12-06-digest",
            "Concept of family and gender policy, Section 3 (digest; wording of 6 December 2016)",
        ),
        ("en-2022-04-01-digest", "Concept of family and gender policy, Section 3 (digest)"),
        (
            "ru-2016-12-06-digest",
            (
                "Концепция семейной и гендерной политики, раздел 3"
                " (краткое изложение; редакция от 6 декабря 2016 года)"
            ),
        ),
    ],
)
def test_a_citation_says_which_wording_it_is_of(
    kb: KnowledgeBase, edition: str, cited: str
) -> None:
    view = kb.node(CONCEPT, "sec_3", edition_id=edition)

    assert view.citation.text == cited
    assert view.citation.permalink == f"/documents/{CONCEPT}/{edition}#sec_3"


@pytest.mark.parametrize("edition", ["en-2016-12-06-digest", "en-2022-04-01-digest"])
def test_what_others_report_is_not_cited_as_a_section(kb: KnowledgeBase, edition: str) -> None:
    found = kb.edition(CONCEPT, edition)
    reported = [node for node in found.leaves() if "Kazinform" in found.text_of(node)]

    assert reported
    for leaf in reported:
        view = kb.node(CONCEPT, leaf.eid, edition_id=edition)
        assert "Section" not in view.citation.text, leaf.eid


def test_the_command_lists_both_wordings(kb: KnowledgeBase, settings: Settings) -> None:
    done = CliRunner().invoke(app, ["show", CONCEPT, "--index", str(settings.index)])

    assert kb.document(CONCEPT).coverage in " ".join(done.output.split())
    lines = {line.split()[0]: line for line in done.output.splitlines() if "/documents/" in line}
    assert list(lines) == [item.id for item in kb.document(CONCEPT).editions]
    for name, line in lines.items():
        assert ("in force until 2022-04-01" in line) == ("2016" in name)


def test_the_page_of_each_wording_leads_to_the_other(kb: KnowledgeBase, settings: Settings) -> None:
    with TestClient(create_app(settings, kb)) as client:
        page = f"/documents/{CONCEPT}"
        assert client.get(page, follow_redirects=False).headers["location"] == (
            f"{page}/en-2022-04-01-digest"
        )
        old = client.get(f"{page}/en-2016-12-06-digest").text
        new = client.get(f"{page}/en-2022-04-01-digest").text
        listed = client.get(f"/v1{page}").json()["editions"]

    assert f'href="{page}/en-2022-04-01-digest"' in old
    assert f'href="{page}/en-2016-12-06-digest"' in new
    assert '<span class="badge ended">Not in force</span>' in old
    assert "In force until 1 April 2022." in old
    assert "badge ended" not in new
    assert [(item["valid_from"], item["valid_to"]) for item in listed] == [
        ("2016-12-06", "2022-04-01"),
        ("2022-04-01", None),
    ] * 2
