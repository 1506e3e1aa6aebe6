"""`kb verify` finds what is damaged and names the place at which a source has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.generations import open_current
from kb.verification import ProblemKind, first_difference

if TYPE_CHECKING:
    from pathlib import Path

    from kb.knowledge_base import KnowledgeBase
    from kb.settings import Settings


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def test_nothing_is_wrong(own_kb: KnowledgeBase) -> None:
    assert own_kb.verify() == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "eid", "was", "reads"),
    [
        ("leave-law.md", "seventy", "sevenly", "art_2__cl_2__sub_1", "seventy", "sevenly"),
        ("leave-law.md", "every employee", "every employer", "art_1", "employee", "employer"),
        ("leave-law.md", "work free.\n", "work free!\n", "art_3__cl_2", "free.", "free!"),
        ("zakon.txt", "Мужчины и", "Мужчины ы", "art_2", "Мужчины и", "Мужчины ы"),
        ("zan.md", "ақы төлейді", "акы төлейді", "art_1__cl_2", "ақы", "акы"),
    ],
)
def test_one_changed_character(
    own_kb: KnowledgeBase, laws: Path, file: str, old: str, new: str, eid: str, was: str, reads: str
) -> None:
    change(laws / file, old, new)
    (problem,) = own_kb.verify()
    assert problem.kind is ProblemKind.SOURCE_CHANGED
    place, _, named = problem.place.partition("#")
    document_id, _, edition_id = place.partition("/")
    edition = own_kb.edition(document_id, edition_id)
    node = edition.node(named)
    assert node is not None
    assert named == eid or named.startswith(f"{eid}__")
    assert was in edition.text_of(node)
    assert f"“{was}" in problem.message or was in problem.message.partition("index has")[2]
    assert reads in problem.message.partition("index has")[0]
    assert "kb ingest" in problem.message
    assert "\n" not in problem.message


def test_what_was_added_at_the_end(own_kb: KnowledgeBase, laws: Path) -> None:
    path = laws / "zakon.txt"
    path.write_text(path.read_text("utf-8") + "\nСтатья 3. Новая статья\n", "utf-8")
    (problem,) = own_kb.verify()
    assert problem.place.startswith("zakon/ru-official#art_2")
    assert "Новая" in problem.message


def test_what_was_cut_off_at_the_end(own_kb: KnowledgeBase, laws: Path) -> None:
    path = laws / "zakon.txt"
    path.write_text(path.read_text("utf-8").partition("равные возможности")[0], "utf-8")
    (problem,) = own_kb.verify()
    assert problem.place.startswith("zakon/ru-official#art_2")


def test_other_bytes_of_the_same_text(own_kb: KnowledgeBase, laws: Path) -> None:
    path = laws / "zakon.txt"
    path.write_bytes(path.read_text("utf-8").replace("\n", "\r\n").encode("cp1251"))
    assert own_kb.verify() == ()


def test_a_source_that_is_gone(own_kb: KnowledgeBase, laws: Path) -> None:
    (laws / "zan.md").unlink()
    (problem,) = own_kb.verify()
    assert (problem.kind, problem.place) == (ProblemKind.SOURCE_MISSING, "zan/kk-official")


@pytest.mark.parametrize("how", ["empty", "folder"])
def test_a_source_that_cannot_be_read(own_kb: KnowledgeBase, laws: Path, how: str) -> None:
    path = laws / "zan.md"
    path.unlink()
    if how == "empty":
        path.touch()
    else:
        path.mkdir()
    (problem,) = own_kb.verify()
    assert (problem.kind, problem.place) == (ProblemKind.SOURCE_UNREADABLE, "zan/kk-official")


def test_every_change_is_named(own_kb: KnowledgeBase, laws: Path) -> None:
    change(laws / "leave-law.md", "seventy", "sixty")
    (laws / "zan.md").unlink()
    assert [problem.kind for problem in own_kb.verify()] == [
        ProblemKind.SOURCE_CHANGED,
        ProblemKind.SOURCE_MISSING,
    ]


def test_an_ingest_takes_the_change_in(
    own_kb: KnowledgeBase, laws: Path, own_settings: Settings
) -> None:
    change(laws / "leave-law.md", "seventy", "sixty")
    own_kb.add([laws / "leave-law.md"], settings=own_settings)
    assert own_kb.reload_if_changed()
    assert own_kb.verify() == ()


def test_each_damaged_file_of_the_index_is_named(
    own_kb: KnowledgeBase, own_settings: Settings
) -> None:
    generation = open_current(own_settings.index)
    for name in generation.manifest.files:
        path = generation.folder / name
        whole = path.read_bytes()
        path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
        (problem,) = own_kb.verify()
        assert (problem.kind, problem.place) == (ProblemKind.INDEX, name)
        path.write_bytes(whole)
    assert own_kb.verify() == ()


@pytest.mark.parametrize(
    ("left", "right", "at"),
    [("", "", 0), ("a", "a", 1), ("", "a", 0), ("abc", "abd", 2), ("abc", "ab", 2), ("é", "e", 0)],
)
def test_first_difference(left: str, right: str, at: int) -> None:
    assert first_difference(left, right) == first_difference(right, left) == at
