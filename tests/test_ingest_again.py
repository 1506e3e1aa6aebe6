"""An index that was brought up to date is the index that a fresh build of the same texts gives."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from kb.generations import open_current
from kb.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kb.generations import Generation
    from kb.settings import Settings

CODE = """# Mining Code

### Article 1. Leave

1. Leave is granted as Article 2 of the Law on rest provides.

### Article 2. Wages

Wages are paid monthly, in the cases of Article {} of this Code too.
"""
LAW = """# Law on rest

### Article 1. Scope

This Law applies to everybody whom the Mining Code names.

### Article 2. Rest

Everybody rests on Sunday. Article 3 of the Mining Code is an exception.
"""
RULES_RU = """# Правила о вентиляторах

### Статья 1. Общие положения

Вентиляторы включаются каждое утро по приказу начальника шахты.

### Статья 2. Проверка

Проверка проводится по статье 1 настоящих Правил.
"""
QUERIES = ("leave", "Article 2 of the Law on rest", "проверка вентиляторов", "wages every month")
Change = "Callable[[Path], list[Path]]"  # changes files and returns those to be read again


def write(path: Path, text: str) -> list[Path]:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return [path]


def files(folder: Path) -> list[Path]:
    return [
        *write(folder / "code.md", CODE.format(1)),
        *write(folder / "law.md", LAW),
        *write(folder / "rules.md", RULES_RU),
    ]


CHANGES: dict[str, Callable[[Path], list[Path]]] = {
    "nothing": lambda folder: [folder / "law.md"],
    "a text": lambda folder: write(folder / "code.md", CODE.format(2)),
    "a provision more, which is cited": lambda folder: write(
        folder / "code.md", CODE.format(1) + "\n### Article 3. Holidays\n\nA feast is a holiday.\n"
    ),
    "a provision less, which was cited": lambda folder: write(
        folder / "law.md", LAW.partition("### Article 2")[0]
    ),
    "a document more": lambda folder: write(
        folder / "alpha.md", "# Order on fans\n\n### Article 1. Fans\n\nSee the Mining Code.\n"
    ),
    "a document more, in a language more": lambda folder: write(
        folder / "zan.md",
        "# Демалыс туралы заң\n\n### 1-бап. Демалыс\n\nӘр қызметкерге демалыс беріледі.\n",
    ),
    "another title": lambda folder: write(
        folder / "law.md", LAW.replace("Law on rest", "Law on leisure")
    ),
    "the first text, longer by several passages": lambda folder: write(
        folder / "code.md",
        CODE.format(1) + "".join(f"\n### Article {n}. N\n\nThing {n} is.\n" for n in range(3, 9)),
    ),
}


def tables(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """Return all that the records hold."""
    path = open_current(settings.index).records
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608
            for (name,) in names.fetchall()
        }


def made_of_vectors(generation: Generation) -> list[Path]:
    """Return what holds no date and no folder's name, with the thesaurus."""
    return [
        generation.vectors,
        generation.parts,
        generation.openings,
        generation.off_topic,
        generation.thesaurus,
    ]


def told(settings: Settings) -> dict[str, object]:
    """Return all that an index answers with, and says of itself."""
    kb = KnowledgeBase.open(settings=settings)
    generation = open_current(settings.index)
    return {
        "tables": tables(settings),
        "words": generation.forms.read_bytes(),
        "manifest": kb.manifest.model_dump(exclude={"created", "files"}),
        "hits": [kb.search(query, limit=50).hits for query in QUERIES],
        "files": {path.name: path.read_bytes() for path in made_of_vectors(generation)},
    }


@pytest.mark.parametrize("change", CHANGES)
def test_brought_up_to_date(tmp_path: Path, own_settings: Settings, change: str) -> None:
    folder = tmp_path / "in"
    KnowledgeBase.add(files(folder), settings=own_settings)
    was = tables(own_settings)
    again = CHANGES[change](folder)

    KnowledgeBase.add(again, settings=own_settings)

    fresh = own_settings.model_copy(update={"index": tmp_path / "fresh"})
    KnowledgeBase.add([folder], settings=fresh)
    assert told(own_settings) == told(fresh)
    assert (tables(own_settings) == was) is (change == "nothing")
    assert len(tables(own_settings)["links"]) > 0


def test_a_document_that_goes(tmp_path: Path, own_settings: Settings) -> None:
    """A file that is said to be another document leaves the one that it was."""
    folder = tmp_path / "in"
    code, law, rules = files(folder)
    KnowledgeBase.add([code, law, rules], settings=own_settings)
    KnowledgeBase.add([law], settings=own_settings, document_id="another-law")

    fresh = own_settings.model_copy(update={"index": tmp_path / "fresh"})
    KnowledgeBase.add([law], settings=fresh, document_id="another-law")
    KnowledgeBase.add([code, rules], settings=fresh)
    assert told(own_settings) == told(fresh)
    assert "law" not in {row[1] for row in tables(own_settings)["documents"]}


def test_what_did_not_change_is_not_worked_out_again(
    tmp_path: Path, own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    KnowledgeBase.add(files(folder), settings=own_settings)
    cut: list[str] = []
    from kb.analyses import cutting

    make_passages = cutting.make_passages

    def spied(edition: object, *given: object, **named: object) -> object:
        cut.append(edition.document_id)  # type: ignore[attr-defined]
        return make_passages(edition, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(cutting, "make_passages", spied)
    KnowledgeBase.add(CHANGES["a text"](folder), settings=own_settings)
    assert set(cut) == {"code"}


@pytest.mark.parametrize("damage", ["lost", "torn"])
def test_lost_analyses_cost_only_work(tmp_path: Path, own_settings: Settings, damage: str) -> None:
    folder = tmp_path / "in"
    KnowledgeBase.add(files(folder), settings=own_settings)
    before = told(own_settings)
    path = own_settings.index / "analyses.sqlite"
    if damage == "lost":
        path.unlink()
    else:
        path.write_bytes(b"not a database at all" * 500)
    report = KnowledgeBase.add([folder / "law.md"], settings=own_settings)
    assert [("analyses" in warning) for warning in report.warnings] == [True] * (damage == "torn")
    assert told(own_settings) == before


def test_analyses_of_what_is_no_longer_held_go(tmp_path: Path, own_settings: Settings) -> None:
    def count() -> int:
        with closing(sqlite3.connect(own_settings.index / "analyses.sqlite")) as connection:
            return int(connection.execute("SELECT count(*) FROM kept").fetchone()[0])

    (path,) = write(tmp_path / "law.md", LAW)
    KnowledgeBase.add([path], settings=own_settings)
    held = count()
    KnowledgeBase.add(write(path, LAW.replace("Sunday", "Friday")), settings=own_settings)
    assert count() == held


def test_as_many_processes_as_said(tmp_path: Path, own_settings: Settings) -> None:
    """The index does not depend on how many files are read at once."""
    folder = tmp_path / "in"
    files(folder)
    found = []
    for processes in (1, 3):
        settings = own_settings.model_copy(
            update={"index": tmp_path / str(processes), "parse_processes": processes}
        )
        KnowledgeBase.add([folder], settings=settings)
        found.append(told(settings))
    assert found[0] == found[1]
