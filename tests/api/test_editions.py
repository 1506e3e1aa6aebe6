from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from api import wire
from api.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.knowledge_base import KnowledgeBase

OLD = "en-2010-01-01-official"
NEW = "en-2020-01-01-official"


@pytest.fixture(scope="module")
def client(dated_kb: KnowledgeBase) -> Iterator[TestClient]:
    with TestClient(create_app(dated_kb.settings, dated_kb)) as client:
        yield client


def test_editions_say_which_held_on_the_day(client: TestClient):
    answer = client.get("/v1/documents/law/editions?as_of=2013-01-01").json()
    assert wire.EditionList.model_validate(answer).model_dump(mode="json") == answer
    assert [(item["valid_from"], item["holds"]) for item in answer["editions"]] == [
        ("2010-01-01", False),
        ("2012-05-01", True),
        ("2015-07-01", False),
        ("2020-01-01", False),
    ]


def test_the_history_of_a_provision(client: TestClient):
    answer = client.get("/v1/documents/law/nodes/art_4/history").json()
    assert wire.History.model_validate(answer).model_dump(mode="json") == answer
    assert [(item["change"], item["eid"]) for item in answer["versions"]] == [
        ("first-held", "art_3"),
        ("renumbered", "art_4"),
    ]
    assert client.get("/v1/documents/law/nodes/art_9/history").status_code == 404


def test_a_search_and_a_provision_take_a_day(client: TestClient):
    path = "/v1/search?q=days+of+leave&documents=law&as_of=2011-01-01"
    answer = client.get(path).json()
    assert wire.SearchResult.model_validate(answer).model_dump(mode="json") == answer
    assert answer["as_of"] == "2011-01-01"
    assert "126 days" in answer["hits"][0]["text"]
    assert answer["hits"][0]["valid_to"] == "2012-05-01"
    posted = {"query": "days of leave", "documents": ["law"], "as_of": "2011-01-01"}
    assert client.post("/v1/search", json=posted).json()["hits"] == answer["hits"]

    node = client.get("/v1/documents/law/nodes/art_2__cl_1?as_of=2013-01-01").json()
    assert wire.NodeText.model_validate(node).model_dump(mode="json") == node
    assert "140 days" in node["text"]
    assert node["current"]["eid"] is None
    assert "held until" in node["notices"][0]


@pytest.mark.parametrize("day", ["tomorrow", "2022-13-01", "1", "20220401T00"])
def test_what_is_no_day_is_refused(client: TestClient, day: str):
    for path in ("search?q=leave", "documents/law/editions?", "documents/law/nodes/art_1?"):
        assert client.get(f"/v1/{path}&as_of={day}").status_code == 422


def test_the_page_of_an_old_wording_leads_to_the_one_of_today(client: TestClient):
    old = client.get(f"/documents/law/{OLD}").text
    assert "Another wording has replaced this one." in old
    assert f'href="/documents/law/{NEW}"' in old
    assert "Another wording has replaced" not in client.get(f"/documents/law/{NEW}").text


def test_the_search_page_takes_a_day(client: TestClient):
    page = client.get("/?q=days+of+leave&as_of=2011-01-01").text
    assert "126 days" in page
    assert "held until 2012-05-01" in page
    assert 'name="as_of" value="2011-01-01"' in page
    refused = client.get("/?q=leave&as_of=soon")
    assert refused.status_code == 422
    assert "is not a day" in refused.text


def test_the_page_about_a_provision(client: TestClient, dated_kb: KnowledgeBase):
    page = client.get(f"/documents/law/{OLD}/art_3").text
    assert dated_kb.node("law", "art_3", edition_id=OLD).text.strip() in page
    assert "This provision reads the same today." in page
    assert f'href="/documents/law/{NEW}#art_4"' in page
    assert "Renumbered" in page
    assert "1 July 2015" in page
    assert "Law No. 9" in page
    gone = client.get(f"/documents/law/{OLD}/art_2?lang=ru").text
    assert "Этой нормы больше нет." in gone
    assert "Исключена" in gone
    assert client.get(f"/documents/law/{OLD}/art_99").status_code == 404


def test_every_heading_leads_to_the_page_about_its_provision(client: TestClient):
    page = client.get(f"/documents/law/{NEW}").text
    paths = re.findall(rf'href="(/documents/law/{NEW}/[^"]+)"', page)
    assert f"/documents/law/{NEW}/art_4" in paths
    for path in paths:
        assert client.get(path).status_code == 200


def test_an_old_wording_leads_to_what_has_changed_since(client: TestClient):
    for path in (f"/documents/law/{OLD}", f"/documents/law/{OLD}/art_2"):
        page = client.get(path).text
        address = f"/documents/law/compare?from={OLD}&amp;to={NEW}"
        assert f'href="{address}"' in page
        assert client.get(address.replace("&amp;", "&")).status_code == 200
