"""A search that was made before is not made again, unless the index or the day has changed."""

from __future__ import annotations

import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from api import results
from api.app import create_app
from api.results import AT_ONCE, MOST_HITS, Asked, Results
from kb.documents import Language
from kb.errors import BadQuery
from kb.knowledge_base import KnowledgeBase
from kb.search.results import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kb.search.results import SearchResult
    from kb.settings import Settings

LEAVE = Asked("maternity leave", 10, 0, None, None, None, None, None)


class Counting(KnowledgeBase):
    """A knowledge base that notes what it is asked."""

    asked: list[str]

    def search(self, query: str, **filters: object) -> SearchResult:  # type: ignore[override]
        self.asked.append(query)
        return super().search(query, **filters)  # type: ignore[arg-type]


@pytest.fixture
def own(kb: KnowledgeBase) -> Counting:
    opened = Counting.open(settings=kb.settings)
    opened.asked = []
    return opened


@pytest.fixture
def own_client(own: Counting) -> Iterator[TestClient]:
    with TestClient(create_app(own.settings, own)) as client:
        yield client


def test_the_same_search_is_made_once(own: Counting) -> None:
    last = Results()
    first = last.of(own, LEAVE)
    assert first == own.search("maternity leave")
    own.asked.clear()
    assert last.of(own, LEAVE) is first
    assert own.asked == []


@pytest.mark.parametrize(
    "other",
    [
        LEAVE._replace(query="parental leave"),
        LEAVE._replace(query="Maternity leave"),
        LEAVE._replace(limit=1),
        LEAVE._replace(offset=1),
        LEAVE._replace(languages=("ru",)),
        LEAVE._replace(documents=("leave-act",)),
        LEAVE._replace(provenances=("digest",)),
        LEAVE._replace(reader_language=Language.KAZAKH),
        LEAVE._replace(as_of="2020-01-01"),
    ],
    ids=str,
)
def test_another_search_is_another(own: Counting, other: Asked) -> None:
    last = Results()
    last.of(own, LEAVE)
    assert last.of(own, other) == own.search(**other._asdict())
    assert own.asked == ["maternity leave", other.query, other.query]


def test_a_new_generation_answers_for_itself(
    sources: Path, settings: Settings, tmp_path: Path
) -> None:
    own = KnowledgeBase.build([sources], settings=settings.model_copy(update={"index": tmp_path}))
    last = Results()
    before = last.of(own, LEAVE)
    KnowledgeBase.build([sources / "trudovoi-ustav.md"], settings=own.settings)
    assert last.of(own, LEAVE) is before  # the new one is not in use yet
    assert own.reload_if_changed()
    after = last.of(own, LEAVE)
    assert after.generation == own.generation != before.generation
    assert {hit.document_id for hit in after.hits} <= {"trudovoi-ustav"}
    assert {hit.document_id for hit in before.hits} > {hit.document_id for hit in after.hits}


def test_the_json_is_there_at_once_when_it_was_written_before(own: Counting) -> None:
    last = Results()
    assert last.json_held(own, LEAVE) is None
    result = last.of(own, LEAVE)  # as the page does, which wants no JSON
    assert last.json_held(own, LEAVE) is None
    written = last.json_of(own, LEAVE)
    assert json.loads(written) == to_json(result)
    assert last.json_held(own, LEAVE) is last.json_of(own, LEAVE) is written
    assert last.of(own, LEAVE) is result
    assert own.asked == ["maternity leave"]


def test_the_json_is_never_that_of_an_older_generation_or_day(
    sources: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = KnowledgeBase.build([sources], settings=settings.model_copy(update={"index": tmp_path}))
    last = Results()
    before = last.json_of(own, LEAVE)
    KnowledgeBase.build([sources / "trudovoi-ustav.md"], settings=own.settings)
    assert own.reload_if_changed()
    assert last.json_held(own, LEAVE) is None
    assert json.loads(last.json_of(own, LEAVE))["generation"] == own.generation
    assert last.json_of(own, LEAVE) != before
    monkeypatch.setattr(results, "today", lambda: dt.date(2031, 1, 1))
    assert last.json_held(own, LEAVE) is None


def test_a_result_that_a_reload_overtakes_is_kept_under_the_generation_that_gave_it(
    own: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older generation still answers while the newer one comes into use."""
    last = Results()
    old = replace(own.search("maternity leave"), generation="gen-older")
    monkeypatch.setattr(own, "search", lambda *_, **__: old)
    assert last.of(own, LEAVE) is old
    monkeypatch.undo()
    assert last.of(own, LEAVE).generation == own.generation


def test_a_new_day_is_asked_again(own: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    last = Results()
    last.of(own, LEAVE)
    monkeypatch.setattr(results, "today", lambda: dt.date(2031, 1, 1))
    last.of(own, LEAVE)
    assert len(own.asked) == 2


def test_the_oldest_goes_first(own: Counting) -> None:
    last = Results(kept=2)
    parental, equal = LEAVE._replace(query="parental leave"), LEAVE._replace(query="equal rights")
    for asked in (LEAVE, parental, LEAVE, equal, LEAVE, parental):
        last.of(own, asked)
    assert own.asked == ["maternity leave", "parental leave", "equal rights", "parental leave"]


def test_a_long_list_is_not_kept(own: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    result = own.search("maternity leave")
    long = replace(result, hits=result.hits[:1] * (MOST_HITS + 1))
    asked: list[int] = []
    monkeypatch.setattr(own, "search", lambda *_, **__: asked.append(1) or long)
    last = Results()
    for _ in range(2):
        assert last.of(own, LEAVE) is long
        assert len(json.loads(last.json_of(own, LEAVE))["hits"]) == MOST_HITS + 1
        assert last.json_held(own, LEAVE) is None
    assert len(asked) == 4


def test_an_error_is_not_kept(own: Counting) -> None:
    last = Results()
    for _ in range(2):
        with pytest.raises(BadQuery):
            last.of(own, LEAVE._replace(query=" "))
    assert len(own.asked) == 2


def test_threads_get_the_same(own: Counting) -> None:
    last = Results(kept=1)
    queries = ["maternity leave", "parental leave"] * 8
    got: dict[int, SearchResult] = {}

    def look(number: int, query: str) -> None:
        got[number] = last.of(own, LEAVE._replace(query=query))

    threads = [threading.Thread(target=look, args=item) for item in enumerate(queries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [got[number].query for number in range(len(queries))] == queries


def test_the_api_and_the_page_answer_the_same_again(own: Counting, own_client: TestClient) -> None:
    for address in ("/v1/search?q=leave&limit=2", "/?q=leave"):
        own.asked.clear()
        first, second = own_client.get(address), own_client.get(address)
        assert first.status_code == second.status_code == 200
        assert first.text == second.text
        assert own.asked == ["leave"]
        told = {name for name in first.headers if name != "x-request-id"}
        assert {name: first.headers[name] for name in told} == {
            name: second.headers[name] for name in told
        }
    body = {"query": "leave", "limit": 2}
    own.asked.clear()
    assert own_client.post("/v1/search", json=body).json()["query"] == "leave"
    assert own.asked == []  # asked by GET before


def test_so_many_searches_at_once_and_what_is_held_waits_for_none(
    own: Counting, own_client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = own_client.get("/v1/search?q=held").content
    searching, go_on, most = threading.Semaphore(0), threading.Event(), [0, 0]
    lock = threading.Lock()
    search = own.search

    def slow(query: str, **filters: object) -> SearchResult:
        with lock:
            most[0] += 1
            most[1] = max(most)
        searching.release()
        assert go_on.wait(30)
        with lock:
            most[0] -= 1
        return search(query, **filters)

    monkeypatch.setattr(own, "search", slow)
    addresses = [f"/v1/search?q=leave+{number}" for number in range(3 * AT_ONCE)]
    with ThreadPoolExecutor(len(addresses)) as pool:
        asking = [pool.submit(own_client.get, address) for address in addresses]
        try:
            for _ in range(AT_ONCE):
                assert searching.acquire(timeout=30)
            assert own_client.get("/v1/search?q=held").content == held
            assert own_client.get("/v1/documents").status_code == 200
        finally:
            go_on.set()
        assert {answer.result().status_code for answer in asking} == {200}
    assert most[1] == AT_ONCE
