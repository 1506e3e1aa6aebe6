"""Plain text: what is taken for a paragraph, and what canonical text is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.readers.plain import canonical, paragraphs, read_plain


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("page 1\fpage 2", "page 1\npage 2"),
        ("a\u2028b\u2029c\x85d\x0be", "a\nb\nc\nd\ne"),
        ("\ufeffa\0b", "ab"),
        ("и\u0306", "й"),
        ("\ud83d\ude00 \ud800", "😀 \ufffd"),
    ],
)
def test_canonical(raw: str, expected: str) -> None:
    assert canonical(raw) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\ntwo\n", ["one\ntwo\n"]),
        ("one\n\ntwo\n", ["one\n\n", "two\n"]),
        ("one\n   two\nthree", ["one\n", "   two\nthree"]),
        ("\u00a0\u00a0\u00a0\u00a0one\n\u00a0\u00a0\u00a0\u00a0two", ["    one\n", "    two"]),
        ("\n \n  one\n \n\n\ntwo", ["\n \n  one\n \n\n\n", "two"]),
        ("  one\n two", ["  one\n two"]),
        ("\n\n", ["\n\n"]),
        ("", []),
    ],
)
def test_paragraphs(text: str, expected: list[str]) -> None:
    assert [part.replace("\u00a0", " ") for part in paragraphs(text)] == expected


@given(st.text(st.sampled_from("ab \t\n\u00a0\r\f\u2028é\u0301"), max_size=60))
def test_blocks_tile_the_canonical_text(raw: str) -> None:
    source = read_plain(raw)
    assert "".join(block.span.of(source.text) for block in source.blocks) == source.text
    assert source.text == canonical(raw)
    assert unicodedata.is_normalized("NFC", source.text)
    assert source.text.splitlines() == source.text.removesuffix("\n").split("\n") or not source.text


def test_many_blank_lines_are_read_once() -> None:
    source = read_plain("\n" * 200_000 + "text")  # in the square of its length, this does not end
    assert [block.span for block in source.blocks] == [(0, 200_004)]
