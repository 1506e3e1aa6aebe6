"""The subject index of a generation: entries found by vector or by words, and where they lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from kb.documents import Language
from kb.errors import IndexDamaged, StorageFull
from kb.stores.subject_index import SubjectEntry, SubjectIndex
from kb.stores.terms import TermQuery
from kb.stores.vectors import as_held

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

ENGLISH, RUSSIAN, KAZAKH = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

ENTRIES = [
    SubjectEntry("how long is maternity leave", ENGLISH, (4, 5)),
    SubjectEntry("сколько длится декрет", RUSSIAN, (4, 5)),
    SubjectEntry("декрет", RUSSIAN, (7,)),
    SubjectEntry("жалақы қашан төленеді", KAZAKH, (9,)),
]
# of the entries, in their order
VECTORS = as_held(np.array([[1, 0, 0], [0.8, 0.6, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float32))

EAST = np.array([1, 0, 0], dtype=np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generation") / "subjects"
    SubjectIndex.build(path, ENTRIES, VECTORS)
    return path


@pytest.fixture(scope="module")
def index(folder: Path) -> SubjectIndex:
    return SubjectIndex.open(folder)


class Match(NamedTuple):
    entry: SubjectEntry
    likeness: float
    words: float


def search(
    index: SubjectIndex,
    vector: NDArray[np.float32],
    asked: Mapping[Language, str],
    limit: int,
) -> list[Match]:
    queries = {language: TermQuery(words) for language, words in asked.items()}
    found = index.search(vector, index.by_words(queries, limit), limit)
    columns = (found.entries.tolist(), found.likeness.tolist(), found.words.tolist())
    return [
        Match(index.entries[number], likeness, words)
        for number, likeness, words in zip(*columns, strict=True)
    ]


def search_distinct(
    index: SubjectIndex,
    vector: NDArray[np.float32],
    asked: Mapping[Language, str],
    limit: int,
) -> dict[str, Match]:
    matches = search(index, vector, asked, limit)
    by_words = {match.entry.words: match for match in matches}
    assert len(by_words) == len(matches)
    return by_words


@pytest.mark.parametrize(
    ("asked", "limit", "found"),
    [
        # by the vector, which is near the first entry and less near the second
        ({}, 1, {"how long is maternity leave"}),
        ({}, 2, {"how long is maternity leave", "сколько длится декрет"}),
        ({}, 9, {entry.words for entry in ENTRIES}),
        # and by words, however far the vector
        ({RUSSIAN: "декрет"}, 1, {"how long is maternity leave", "декрет"}),
        ({KAZAKH: "жалақыны"}, 1, {"how long is maternity leave", "жалақы қашан төленеді"}),
        ({ENGLISH: "декрет"}, 1, {"how long is maternity leave"}),  # no English entry has it
        ({RUSSIAN: "и в на"}, 1, {"how long is maternity leave"}),
    ],
)
def test_entries_are_found_by_vector_and_by_words(
    index: SubjectIndex, asked: dict[Language, str], limit: int, found: set[str]
) -> None:
    assert set(search_distinct(index, EAST, asked, limit)) == found


def test_every_match_tells_both_likenesses(index: SubjectIndex) -> None:
    matches = search_distinct(index, EAST, {RUSSIAN: "декрет"}, 9)
    likeness = {words: match.likeness for words, match in matches.items()}
    expected = dict(zip((entry.words for entry in ENTRIES), VECTORS[:, 0].tolist(), strict=True))
    assert likeness == pytest.approx(expected)
    assert matches["декрет"].words == 1.0  # the entry that has most of the words
    assert 0 < matches["сколько длится декрет"].words < 1
    assert matches["how long is maternity leave"].words == 0.0
    assert matches["декрет"].entry == ENTRIES[2]
    assert matches["сколько длится декрет"].entry.rows == (4, 5)


def test_words_are_weighed_within_each_language(index: SubjectIndex) -> None:
    """How rare a word is differs from language to language; each has a best entry of its own."""
    matches = search_distinct(
        index, EAST, {RUSSIAN: "декрет", KAZAKH: "жалақы", ENGLISH: "leave"}, 9
    )
    assert {words for words, match in matches.items() if match.words == 1.0} == {
        "декрет",
        "жалақы қашан төленеді",
        "how long is maternity leave",
    }


def test_an_entry_in_two_languages_keeps_its_rows(tmp_path: Path) -> None:
    twins = [SubjectEntry("CEDAW", language, (number,)) for number, language in enumerate(Language)]
    index = SubjectIndex.build(tmp_path / "subjects", twins, VECTORS[:3])
    matches = search(index, EAST, dict.fromkeys(Language, "cedaw"), 3)
    assert {(match.entry.language, match.entry.rows, match.words) for match in matches} == {
        (language, (number,), 1.0) for number, language in enumerate(Language)
    }


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    built = SubjectIndex.build(tmp_path / "subjects", [], np.empty((0, 3), np.float32))
    for index in (built, SubjectIndex.open(tmp_path / "subjects")):
        assert index.count == 0
        assert search(index, EAST, {RUSSIAN: "декрет"}, 5) == []


def test_it_is_read_as_it_was_written(folder: Path, tmp_path: Path) -> None:
    built = SubjectIndex.build(tmp_path / "subjects", ENTRIES, VECTORS)
    read = SubjectIndex.open(folder)
    assert built.count == read.count == len(ENTRIES)
    asked = {RUSSIAN: "сколько длится декрет"}
    assert search(built, EAST, asked, 3) == search(read, EAST, asked, 3) != []


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("entries.json", None),
        ("entries.json", "["),
        ("entries.json", "[[1, 2]]"),
        ("entries.json", '[["декрет"], ["de"], [1], [1]]'),
        ("entries.json", '[["декрет"], ["ru"], [2], [1]]'),
        ("entries.json", '[["декрет"], ["ru"], [1, 0], [1]]'),
        ("entries.json", '[["декрет", "отпуск"], ["ru", "ru"], [-1, 2], [1]]'),
        ("entries.json", '[["декрет"], ["ru"], [1], ["art_1"]]'),
        ("entries.json", "{}x"),
        ("vectors.faiss", None),
        ("vectors.faiss", "words"),
        ("terms", None),
    ],
)
def test_a_damaged_one_is_refused(tmp_path: Path, file: str, content: str | None) -> None:
    path = tmp_path / "subjects"
    SubjectIndex.build(path, ENTRIES, VECTORS)
    if file == "terms":
        (path / "terms").rename(tmp_path / "terms")
    elif content is None:
        (path / file).unlink()
    else:
        (path / file).write_text(content, "utf-8")
    with pytest.raises(IndexDamaged, match="kb ingest"):
        SubjectIndex.open(path)


def test_entries_and_vectors_that_do_not_fit_each_other_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "subjects"
    SubjectIndex.build(path, ENTRIES, VECTORS)
    (path / "entries.json").write_text('[["декрет"], ["ru"], [1], [1]]', "utf-8")
    with pytest.raises(IndexDamaged, match="kb ingest"):
        SubjectIndex.open(path)


def test_an_index_is_never_written_over(folder: Path) -> None:
    before = (folder / "entries.json").read_bytes()
    with pytest.raises(StorageFull, match="ingest again"):
        SubjectIndex.build(folder, [], np.empty((0, 3), np.float32))
    assert (folder / "entries.json").read_bytes() == before
