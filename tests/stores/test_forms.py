"""The list of words: what is counted, and a file that is not such a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import IndexDamaged
from kb.stores.forms import count_forms, read_forms, write_forms
from kb.words import words

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("texts", "counts"),
    [
        ([], {}),
        (["", "— № …"], {}),
        (["Отпуск", "отпуск и льгота"], {"отпуск": 2, "и": 1, "льгота": 1}),
        (["отпуск, отпуск, отпуск"], {"отпуск": 1}),  # how many texts have it
        (["отпуск", "отпуска"], {"отпуск": 1, "отпуска": 1}),  # words, no stems
        (["ст. 127-1", "223-IV"], {"ct": 1, "127-1": 1, "223-iv": 1}),
        (["кəсiподақ", "кәсіподақ"], {"кәсіподақ": 2}),  # typed with Latin letters, and without
    ],
)
def test_forms_are_counted_by_text(
    tmp_path: Path, texts: list[str], counts: dict[str, int]
) -> None:
    write_forms(tmp_path / "words.tsv", [count_forms(texts)])
    assert read_forms(tmp_path / "words.tsv") == counts


def test_the_file_is_in_order_and_does_not_depend_on_that_of_the_texts(tmp_path: Path) -> None:
    write_forms(tmp_path / "a", [count_forms(["труд и отпуск", "отпуск"])])
    write_forms(tmp_path / "b", map(count_forms, (["отпуск"], ["отпуск и труд"])))
    assert (tmp_path / "a").read_text("utf-8") == "и\t1\nотпуск\t2\nтруд\t1\n"
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@given(st.lists(st.text(), max_size=5))
def test_every_word_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("forms") / "words.tsv"
    write_forms(path, [count_forms(texts)])
    counts = read_forms(path)
    assert set(counts) == {word.form for text in texts for word in words(text)}
    assert all(1 <= count <= len(texts) for count in counts.values())


@pytest.mark.parametrize(
    "content",
    [None, b"\xd0", b"only a word\n", b"word\tmany\n", b"word\t\n", b"a\t1\n\nb\t2\n"],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "words.tsv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"words\.tsv cannot be read.*kb ingest"):
        read_forms(path)
