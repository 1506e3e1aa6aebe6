"""Repositories behind an address: a server of ours on loopback, or none at all."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain

from kb.catalogue import Catalogue
from kb.errors import BadRequest, UnreadableSource
from kb.gitimport import import_git
from kb.gitimport.fetching import is_address, without_password

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def served(application: Any) -> Iterator[str]:
    server: WSGIServer = make_server("127.0.0.1", 0, application, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def test_an_address_is_cloned_and_then_brought_up_to_date(
    history: Any, acts: Any, data: Path
) -> None:
    history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1"]))
    application = make_wsgi_chain(DictBackend({"/law/codes.git": history.repo}))
    with served(application) as place:
        address = f"http://me:secret@{place}/law/codes.git"
        first = import_git(address, data, catalogue=Catalogue.empty())
        # the other side builds its history again, with one version more
        history.commit("2009-12-08", {}, parents=[], message="built again")
        history.commit("2011-10-13", acts.act(acts.ACT, "2011-10-13", ["1", "2"]))
        second = import_git(address, data, catalogue=Catalogue.empty())
    assert first.repository == second.repository == f"http://{place}/law/codes.git"
    assert (len(first.versions), len(second.versions)) == (2, 4)
    assert second.head == history.repo.head().decode()
    assert second.versions[0].path == first.versions[0].path
    [clone] = (data / "repositories").iterdir()
    assert not any(b"secret" in file.read_bytes() for file in clone.rglob("*") if file.is_file())
    # without the server, the clone is a path like any other
    assert len(import_git(clone, data, catalogue=Catalogue.empty()).versions) == 4


def test_what_cannot_be_reached_is_said(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        address = f"http://user:secret@127.0.0.1:{taken.getsockname()[1]}/codes"
        with pytest.raises(UnreadableSource, match="give the path of a clone") as raised:
            import_git(address, data, catalogue=Catalogue.empty())
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("status", ["404 Not Found", "401 Unauthorized", "200 OK", "500 Error"])
def test_a_page_is_no_repository(data: Path, status: str) -> None:
    def page(_environ: Any, start: Any) -> list[bytes]:
        start(status, [("Content-Type", "text/html")])
        return [b"<p>Hello</p>"]

    with served(page) as place, pytest.raises(UnreadableSource):
        import_git(f"http://{place}/codes", data, catalogue=Catalogue.empty())


@pytest.mark.parametrize(
    "address",
    [
        "ssh://git@host.example/codes",
        "git@host.example:law/codes",
        "file:///etc",
        "ext::sh://x",
        "https://",
    ],
)
def test_other_kinds_of_address_are_refused(data: Path, address: str) -> None:
    with pytest.raises((BadRequest, UnreadableSource)):
        import_git(address, data, catalogue=Catalogue.empty())
    assert not data.exists()


def test_a_clone_with_a_work_tree_and_an_origin(
    history: Any, acts: Any, data: Path, tmp_path: Path
) -> None:
    history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1"]))
    clone = history.repo.clone(str(tmp_path / "clone"), mkdir=True, checkout=False)
    config = clone.get_config()
    config.set((b"remote", b"origin"), b"url", b"https://token@host.example/law/codes")
    config.write_to_path()
    clone.close()
    report = import_git(tmp_path / "clone", data, catalogue=Catalogue.empty())
    assert report.repository == "https://host.example/law/codes"
    assert len(report.versions) == 2


def test_a_shallow_clone_gives_what_it_has(history: Any, acts: Any, data: Path) -> None:
    history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1"]))
    last = history.commit("2011-10-13", acts.act(acts.ACT, "2011-10-13", ["1", "2"]))
    first = Repo(str(history.path))[last].parents[0].decode()
    (history.path / "objects" / first[:2] / first[2:]).unlink()
    (history.path / "shallow").write_bytes(last + b"\n")
    report = import_git(history.path, data, catalogue=Catalogue.empty())
    assert [str(version.valid_from) for version in report.versions] == ["2011-10-13"] * 2


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("https://host.example/codes", True),
        ("git@host.example:law/codes", True),
        ("clones/codes", False),
        ("./a@b/c:d", False),
        ("/tmp/codes.git", False),  # noqa: S108
    ],
)
def test_what_counts_as_an_address(source: str, expected: bool) -> None:
    assert is_address(source) is expected


def test_passwords_are_left_out() -> None:
    assert without_password("https://a:b@c@host.kz/d@e") == "https://host.kz/d@e"
