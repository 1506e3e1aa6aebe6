from __future__ import annotations

import gc
import logging
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

import pytest
from starlette.testclient import TestClient

from api import live
from api.app import create_app
from api.live import LiveKnowledgeBase
from kb.errors import IndexDamaged, IndexMissing, IndexUnavailable, ModelUnavailable
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Scripted:
    """A knowledge base whose opening, renewing and warming go as a test wants them to."""

    generation = "gen-1"
    failure: Exception | None = None
    looks = 0
    warmed = 0

    @classmethod
    def open(cls, *, settings: Settings) -> Self:
        assert settings.model == "hashing"
        if cls.failure is not None:
            raise cls.failure
        return cls()

    def reload_if_changed(self) -> bool:
        type(self).looks += 1
        if type(self).failure is not None:
            raise type(self).failure
        return False

    def warm(self) -> None:
        type(self).warmed += 1


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> type[Scripted]:
    fresh = type("Fresh", (Scripted,), {})
    monkeypatch.setattr(live, "KnowledgeBase", fresh)
    return fresh


def holder(clock: Clock) -> LiveKnowledgeBase:
    return LiveKnowledgeBase(Settings(model="hashing"), look_every=1.0, clock=clock)


# --- the holder alone ---


def test_it_looks_for_a_newer_generation_once_a_second(scripted: type[Scripted]):
    clock = Clock()
    held = holder(clock)
    held.current()
    for now, looks in ((0.0, 0), (0.9, 0), (1.0, 1), (1.5, 1), (2.0, 2), (2.0, 2)):
        clock.now = now
        held.current()
        assert scripted.looks == looks, now


def test_between_two_looks_the_index_is_at_hand(scripted: type[Scripted]):
    clock = Clock()
    held = holder(clock)
    assert held.at_hand() is None, "it is not open yet"
    opened = held.current()
    for now, expected in ((0.9, opened), (1.0, None)):
        clock.now = now
        assert held.at_hand() is expected, now
    assert held.current() is held.at_hand() is opened
    assert scripted.looks == 1


def test_an_index_that_is_not_there_is_taken_up_when_it_is(scripted: type[Scripted]):
    clock = Clock()
    held = holder(clock)
    scripted.failure = IndexMissing("There is no index; run `kb ingest`.")
    for _ in range(3):
        with pytest.raises(IndexMissing, match="run `kb ingest`"):
            held.current()
    scripted.failure = None
    clock.now = 1.0
    assert held.current().generation == "gen-1"


@pytest.mark.parametrize("failure", [IndexDamaged("It is damaged."), RuntimeError("bug")])
def test_a_newer_generation_that_fails_leaves_the_older_in_use(
    scripted: type[Scripted], caplog: pytest.LogCaptureFixture, failure: Exception
):
    clock = Clock()
    held = holder(clock)
    before = held.current()
    scripted.failure = failure
    with caplog.at_level(logging.WARNING, "api"):
        for clock.now in (1.0, 2.0, 3.0):
            assert held.current() is before
    assert scripted.looks == 3
    assert len(caplog.records) == 1, "the same failure is logged once"


def test_what_cannot_be_foreseen_on_opening_is_a_plain_answer(
    scripted: type[Scripted], caplog: pytest.LogCaptureFixture
):
    scripted.failure = RuntimeError("bug")
    with pytest.raises(IndexUnavailable, match="see the server's log"):
        holder(Clock()).current()
    assert "bug" in caplog.text


def test_the_model_is_loaded_once(scripted: type[Scripted]):
    held = holder(Clock())
    held.start()
    held.ready()
    assert scripted.warmed == 1


def test_while_one_thread_loads_the_model_the_server_is_not_ready(
    scripted: type[Scripted], monkeypatch: pytest.MonkeyPatch
):
    loading, go_on = threading.Event(), threading.Event()

    def slow(_: Scripted) -> None:
        loading.set()
        assert go_on.wait(30)

    monkeypatch.setattr(scripted, "warm", slow)
    held = holder(Clock())
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(held.ready)
        assert loading.wait(30)
        try:
            with pytest.raises(ModelUnavailable, match="being loaded"):
                held.ready()
            assert held.current().generation == "gen-1", "what needs no model goes on"
        finally:
            go_on.set()
        first.result()
    held.ready()


def test_while_one_thread_looks_the_others_go_on(
    scripted: type[Scripted], monkeypatch: pytest.MonkeyPatch
):
    looking, go_on = threading.Event(), threading.Event()

    def slow(_: Scripted) -> bool:
        looking.set()
        assert go_on.wait(30)
        return True

    clock = Clock()
    held = holder(clock)
    before = held.current()
    monkeypatch.setattr(scripted, "reload_if_changed", slow)
    clock.now = 1.0
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(held.current)
        assert looking.wait(30)
        try:
            assert held.current() is before
        finally:
            go_on.set()
        first.result()


# --- a server over a real index ---


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return Settings(index=tmp_path / "index", cache=tmp_path / "cache", model="hashing")


@pytest.fixture
def always_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        LiveKnowledgeBase.__init__, "__kwdefaults__", {"look_every": 0.0, "clock": Clock()}
    )


@pytest.mark.usefixtures("always_looking")
def test_a_server_starts_without_an_index_and_takes_it_up(own: Settings, sources: Path):
    with TestClient(create_app(own)) as client:
        assert client.get("/healthz").json() == {"status": "alive"}
        for path in ("/readyz", "/v1/search?q=leave", "/v1/documents"):
            response = client.get(path)
            assert response.status_code == 503
            assert response.json()["type"] == "urn:policy-kb:index-missing"
        built = KnowledgeBase.build([sources], settings=own)
        ready = client.get("/readyz")
        assert ready.json() == {"status": "ready", "generation": built.generation}
        assert client.get("/v1/search?q=leave").json()["hits"]


def test_a_server_opens_the_index_and_loads_the_model_at_the_start(own: Settings, sources: Path):
    KnowledgeBase.build([sources], settings=own)
    with TestClient(create_app(own)) as client:
        assert client.get("/readyz").status_code == 200


def test_an_older_generation_leaves_memory_without_waiting_for_a_collection(
    own: Settings, sources: Path
):
    KnowledgeBase.build([sources / "leave-act.md"], settings=own)
    held = LiveKnowledgeBase(own, look_every=0.0, clock=Clock())
    held.ready().search("maternity leave")
    older = weakref.ref(held.current()._opened)
    KnowledgeBase.build([sources], settings=own)
    gc.disable()  # as good as, between two of a server's collections
    try:
        for _ in range(2):  # a look that takes up the newer one, and the look after it
            held.current()
        assert older() is None
    finally:
        gc.enable()


@pytest.mark.usefixtures("always_looking")
def test_searches_go_on_while_generations_change(own: Settings, sources: Path):
    built = [KnowledgeBase.build([sources / "leave-act.md"], settings=own).generation]
    done = threading.Event()

    with TestClient(create_app(own)) as client:

        def search(_: int) -> set[str]:
            generations = set()
            while not done.is_set():
                response = client.post("/v1/search", json={"query": "maternity leave"})
                answer = response.json()
                assert response.status_code == 200, answer
                assert answer["hits"][0]["document_id"] == "leave-act"
                generations.add(answer["generation"])
            return generations

        with ThreadPoolExecutor(8) as pool:
            searching = [pool.submit(search, number) for number in range(8)]
            try:
                built += [
                    KnowledgeBase.build(chosen, settings=own).generation
                    for chosen in ([sources], [sources / "leave-act.md"], [sources])
                ]
                # Another request may be switching; meanwhile this one is told the old name.
                for _ in range(200):
                    if client.get("/readyz").json()["generation"] == built[-1]:
                        break
                    time.sleep(0.05)
                else:
                    pytest.fail(f"{built[-1]} was never taken up")
            finally:
                done.set()
            seen = set().union(*(thread.result() for thread in searching))
    assert seen
    assert seen <= set(built)
