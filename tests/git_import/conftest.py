"""Small repositories of made-up acts, built object by object so that they may be hostile too."""

from __future__ import annotations

import calendar
import stat
from datetime import date
from typing import TYPE_CHECKING

import pytest
from dulwich.objects import Blob, Commit, Tree
from dulwich.repo import Repo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

ACT = "03-laws/2009/1208-o-ravnykh-pravakh-49323"


class History:
    """A bare repository to which commits are added."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.repo = Repo.init_bare(str(path), mkdir=True)
        self.files: dict[str, str | bytes] = {}  # the state after the last commit

    def commit(
        self,
        day: str,
        changes: Mapping[str, str | bytes | None],
        *,
        parents: Sequence[bytes] | None = None,
        onto: Mapping[str, str | bytes] | None = None,
        links: Mapping[str, str] | None = None,
        message: str = "version",
    ) -> bytes:
        """Change files (None removes one) and put HEAD on the commit."""
        state = {**(self.files if onto is None else onto), **changes}
        self.files = {name: text for name, text in state.items() if text is not None}
        commit = Commit()
        commit.tree = self._tree(self.files, links or {})
        if parents is None:
            parents = [self.repo.head()] if b"refs/heads/main" in self.repo.refs else []
        commit.parents = list(parents)
        commit.author = commit.committer = b"Ministry <code@agencies.invalid>"
        seconds = calendar.timegm(date.fromisoformat(day).timetuple())
        commit.author_time = commit.commit_time = seconds
        commit.author_timezone = commit.commit_timezone = 0
        commit.message = message.encode()
        self.repo.object_store.add_object(commit)
        self.repo.refs[b"refs/heads/main"] = commit.id
        self.repo.refs.set_symbolic_ref(b"HEAD", b"refs/heads/main")
        return commit.id

    def _tree(self, files: Mapping[str, str | bytes], links: Mapping[str, str]) -> bytes:
        tree = Tree()
        below: dict[str, tuple[dict[str, str | bytes], dict[str, str]]] = {}
        for at, table in enumerate((files, links)):
            for path, content in table.items():
                first, slash, rest = path.partition("/")
                if slash:
                    below.setdefault(first, ({}, {}))[at][rest] = content  # type: ignore[assignment]
                    continue
                raw = content.encode() if isinstance(content, str) else content
                blob = Blob.from_string(raw)
                self.repo.object_store.add_object(blob)
                tree.add(first.encode(), (stat.S_IFREG, stat.S_IFLNK)[at] | (0o644, 0)[at], blob.id)
        for name, (inner, inner_links) in below.items():
            tree.add(name.encode(), stat.S_IFDIR, self._tree(inner, inner_links))
        self.repo.object_store.add_object(tree)
        return tree.id


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    built = History(tmp_path / "acts.git")
    yield built
    built.repo.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def meta(day: str, *, cause: str | None = None, code: str = "49323", more: str = "") -> str:
    """Return a `meta.yaml` as the public repositories have it."""
    dotted = ".".join(reversed(day.split("-")))
    caused = f"caused_by:\n  code: '1'\n  requisite: {cause}\n" if cause else ""
    return (
        f"act_code: '{code}'\n"
        "requisite: Закон Республики Казахстан от 8 декабря 2009 года № 223-ІV.\n"
        "title:\n  rus: О равных правах\n  kaz: Тең құқықтар туралы\n"
        "approved_on: 2009-12-08\n"
        f"version_date:\n  kaz: {day}\n  rus: {day}\n"
        f"source:\n  kaz: https://portal.example/doc/{code}/kaz/{dotted}\n"
        f"  rus: https://portal.example/doc/{code}/rus/{dotted}\n{caused}{more}"
    )


def act(folder: str, day: str, articles: Sequence[str], **said: str) -> dict[str, str]:
    """Return the files of an act; an article is its number, or `13 repealed`."""
    return {
        f"{folder}/meta.yaml": meta(day, **said),
        f"{folder}/rus.md": "# О равных правах\n\n" + "".join(map(russian, articles)),
        f"{folder}/kaz.md": "# Тең құқықтар туралы\n\n" + "".join(map(kazakh, articles)),
    }


def russian(article: str, depth: int = 2) -> str:
    number, _, repealed = article.partition(" ")
    text = (
        "*Исключена Законом РК от 03.07.2013 № 124-V.*"
        if repealed
        else "1. Работникам гарантируется равенство.\n\n   1) при найме;\n\n   2) при оплате."
    )
    return f'<a id="st{number}"></a>\n\n{"#" * depth} Статья {number}. О равенстве\n\n{text}\n\n'


def kazakh(article: str, depth: int = 2) -> str:
    number, _, repealed = article.partition(" ")
    text = (
        "*Алып тасталды - ҚР 03.07.2013 № 124-V Заңымен.*"
        if repealed
        else "1. Қызметкерлерге теңдік беріледі.\n\n   1) жұмысқа алуда;\n\n   2) еңбекақыда."
    )
    return f'<a id="st{number}"></a>\n\n{"#" * depth} {number}-бап. Теңдік туралы\n\n{text}\n\n'


@pytest.fixture
def acts() -> type[Acts]:
    return Acts


class Acts:
    """The builders above, for tests, which cannot import this file."""

    ACT = ACT
    meta = staticmethod(meta)
    act = staticmethod(act)
    russian = staticmethod(russian)
    kazakh = staticmethod(kazakh)
