"""A server over a small index, and a Chromium to look at it with."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from api.app import create_app
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
# A browser that talks to nobody but us, and runs in a container.
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
CORPUS = Path(__file__).parents[1] / "api" / "pages_corpus"


@pytest.fixture(scope="session")
def kb(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("browser")
    act = folder / "long-act.md"
    articles = "\n\n".join(
        f"## Article {n}. Duty {n}\n\n1. Duty {n} is a duty.\n\n2. It is done daily."
        for n in range(1, 121)
    )
    act.write_text(f"# Long act\n\n{articles}\n", "utf-8")
    settings = Settings(index=folder / "index", cache=folder / "cache", model="hashing")
    return KnowledgeBase.build([CORPUS, CORPUS / "hostile.txt", act], settings=settings)


@pytest.fixture(scope="session")
def address(kb: KnowledgeBase) -> Iterator[str]:
    """The address of a running server."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(kb.settings, kb), log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=20)
        assert not thread.is_alive(), "the server does not end"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there; install it with: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open a path of the server in a fresh browser context with the given options."""
    contexts = []

    def open_page(path: str, **options: object) -> Page:
        context = browser.new_context(**{"locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(f"{address}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
