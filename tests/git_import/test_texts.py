"""Texts out of their files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.gitimport.texts import decode, join_text, part_order, split_front_matter

LIST = (
    "## Части документа\n\nДокумент разбит на части.\n\n| Часть | Название |\n|---|---|\n"
    "| [`sec001`](rus/sec001.md) | ОБЩАЯ |\n"
)


@pytest.mark.parametrize(
    ("contents", "parts", "whole"),
    [
        ("# Закон\n\nТекст.\n", {}, "# Закон\n\nТекст.\n"),
        ("", {}, ""),
        (" \n\n", {"sec001.md": "\n"}, ""),
        ("# Закон\n\n" + LIST, {"sec001.md": "Текст.\n"}, "# Закон\n\nТекст.\n"),
        # the list stands before words of the law: these stay
        (
            "# Закон\n\n" + LIST + "\nПреамбула.\n",
            {"sec001.md": "Т."},
            "# Закон\n\n\nПреамбула.\n\nТ.\n",
        ),
        # without parts there is nothing to list: it is the law that says so
        (LIST, {}, LIST),
        ("", {"sec001.md": "↑ [Редакцияның толық мәтіні](../kaz.md)\n\n1-бап.\n"}, "1-бап.\n"),
        ("---\nsource: x\n---\n\n# Закон\n", {}, "# Закон\n"),
        ("# Закон\n\n---\n\nТекст\n", {}, "# Закон\n\n---\n\nТекст\n"),
    ],
)
def test_the_whole_text(contents: str, parts: dict[str, str], whole: str) -> None:
    assert join_text(contents, parts) == whole


@pytest.mark.parametrize(
    ("names", "ordered"),
    [
        (["sec010.md", "sec002.md"], ["sec002.md", "sec010.md"]),
        (
            ["sec002.md", "sec002-part003.md", "sec001.md"],
            ["sec001.md", "sec002.md", "sec002-part003.md"],
        ),
        (["an001.md", "part024.md", "an002.md"], ["part024.md", "an001.md", "an002.md"]),
        (["7.md", "a.md", "²³.md"], ["a.md", "²³.md", "7.md"]),
    ],
)
def test_parts_that_are_not_listed(names: list[str], ordered: list[str]) -> None:
    assert part_order("", dict.fromkeys(names, "")) == ordered


def test_line_ends_and_the_mark_at_the_start() -> None:
    assert decode("\ufeffодин\r\nдва\rтри".encode()) == "один\nдва\nтри"


@given(st.text(alphabet="ab#|-\n →", max_size=200))
def test_no_text_is_lost_without_parts(text: str) -> None:
    body = split_front_matter(text)[1]
    assert join_text(text, {}).strip() == body.strip()


@given(st.lists(st.sampled_from(["sec001.md", "sec002.md", "an001.md", "x.md"]), unique=True))
def test_every_part_is_there_once(names: list[str]) -> None:
    parts = {name: f"Часть {name}.\n" for name in names}
    whole = join_text("# Закон\n\n" + LIST, parts)
    assert all(whole.count(f"Часть {name}.") == 1 for name in names)
