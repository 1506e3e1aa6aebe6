"""Which files are found below what a caller names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.documents import Language, Provenance
from kb.errors import BadRequest, UnreadableSource
from kb.sources import find_sources, slug


def make(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Article 1. Scope\n", "utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("labor_code", "labor_code"),
        ("k1500000414.20-01-2026.rus", "k1500000414-20-01-2026-rus"),
        ("Трудовой кодекс (2015)", "трудовой-кодекс-2015"),
        ("  Act No. 5  ", "act-no-5"),
        ("Еңбек_кодексі", "еңбек_кодексі"),
        ("../../etc/passwd", "etc-passwd"),
        ("---", "document"),
        ("e\u0301tat", "\u00e9tat"),  # decomposed, as macOS writes names
    ],
)
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected
    assert slug(slug(name)) == expected


def test_a_folder_gives_its_files_in_a_stable_order(tmp_path: Path) -> None:
    make(tmp_path, "b/law.md", "a/law.txt", "law.md", "z.txt", "notes.xls", ".hidden/x.md", ".y.md")
    found = find_sources([tmp_path])
    assert [source.path.relative_to(tmp_path).as_posix() for source in found] == [
        "law.md",  # what lies higher comes first
        "notes.xls",  # which the ingest will report as skipped
        "z.txt",
        "a/law.txt",
        "b/law.md",
    ]
    assert not any(source.named for source in found)


def test_links_and_pipes_of_a_folder_are_not_passed_over(tmp_path: Path) -> None:
    """None of them is read, but a person who put a text there is told so."""
    folder = tmp_path / "in"
    make(tmp_path, "in/law.md", "elsewhere/far.md")
    (folder / "again.md").symlink_to(folder / "law.md")
    (folder / "dead.md").symlink_to(tmp_path / "nothing.md")
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (folder / "folder").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(folder / "pipe.txt")
    found = [source.path.name for source in find_sources([folder])]
    assert sorted(found) == ["again.md", "dead.md", "folder", "loop.md", "pipe.txt"]


def test_a_named_file_is_named_and_taken_once(tmp_path: Path) -> None:
    make(tmp_path, "law.md")
    found = find_sources([tmp_path / "law.md", tmp_path, tmp_path / "." / "law.md"])
    assert [source.named for source in found] == [True]


def test_what_a_caller_says_goes_to_every_file(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b.md")
    found = find_sources([tmp_path], language=Language.KAZAKH, provenance=Provenance.TRANSLATION)
    assert {(item.language, item.provenance) for item in found} == {
        ("kk", "unofficial-translation")
    }


def test_one_file_may_be_given_an_id(tmp_path: Path) -> None:
    make(tmp_path, "a.md")
    (found,) = find_sources([tmp_path / "a.md"], document_id="KZ Law 5")
    assert found.document_id == "kz-law-5"


def test_two_files_may_not(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b.md")
    with pytest.raises(BadRequest, match="for 2 files"):
        find_sources([tmp_path], document_id="law")


@pytest.mark.parametrize("given", ["", "  ", "!!"])
def test_an_id_without_a_name_in_it(tmp_path: Path, given: str) -> None:
    make(tmp_path, "a.md")
    with pytest.raises(BadRequest, match="letters or digits"):
        find_sources([tmp_path], document_id=given)


@pytest.mark.parametrize("name", ["absent.md", "x" * 5000, "nul\0.md", "absent/law.md"])
def test_a_path_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableSource, match="There is no file or folder"):
        find_sources([tmp_path / name])


def test_a_folder_with_nothing_to_read(tmp_path: Path) -> None:
    make(tmp_path, "picture.png")
    with pytest.raises(UnreadableSource, match=r"no file to read in .*\.md"):
        find_sources([tmp_path])


def test_a_corpus_names_its_documents() -> None:
    corpus = Path(__file__).resolve().parents[1] / "corpus"
    found = find_sources([corpus])
    assert {item.provenance for item in found} == {Provenance.DIGEST}
    assert {item.document.id for item in found if item.document} >= {"ilo-c183", "ilo-c156"}
    assert all(item.named and item.language and item.document for item in found)
