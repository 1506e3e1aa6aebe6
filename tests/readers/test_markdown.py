"""Markdown: marks go, words stay, and each printed block is a block."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.readers.blocks import BlockKind, SourceText
from kb.readers.markdown import read_markdown

LAW = Path(__file__).resolve().parents[2].parent / "shared" / "texts" / "law-223-iv"

P, H, Q, T = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.QUOTE, BlockKind.TABLE


def printed(source: SourceText) -> list[tuple[BlockKind, int, str]]:
    """The blocks of a text: kind, depth and words."""
    return [(b.kind, b.depth, b.span.of(source.text).strip("\n")) for b in source.blocks]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("# О *правах*\n\ntext", [(H, 1, "О правах"), (P, 0, "text")]),
        ('<a id="st10"></a>\n\n## 10-бап. Қатысу', [(H, 2, "10-бап. Қатысу")]),
        ('<a id="st1"></a>\n## Статья 1.', [(H, 2, "Статья 1.")]),
        ("Title\n=====\n\ntext", [(H, 1, "Title"), (P, 0, "text")]),
        ("> *Сноска. Статья 5*\n> изменена.", [(Q, 0, "Сноска. Статья 5\nизменена.")]),
        ("> # Note\n>\n> 1. one", [(Q, 0, "Note"), (Q, 0, "1. one")]),
        # markers stay as printed
        ("1) a\n2) b", [(P, 0, "1) a"), (P, 0, "2) b")]),
        ("1. a\n1. b\n\n1. c", [(P, 0, "1. a"), (P, 0, "1. b"), (P, 0, "1. c")]),
        ("07. a\n11. b", [(P, 0, "07. a"), (P, 0, "11. b")]),
        ("1. a\n\n   more", [(P, 0, "1. a"), (P, 0, "more")]),
        ("1. a\n\n   1) b\n\n2. c", [(P, 0, "1. a"), (P, 0, "1) b"), (P, 0, "2. c")]),
        ("1. 1) a", [(P, 0, "1. 1) a")]),
        ("1.\n2. b", [(P, 0, "1."), (P, 0, "2. b")]),
        ("1. # a", [(H, 1, "1. a")]),
        ("- a\n* b\n+ c", [(P, 0, "– a"), (P, 0, "– b"), (P, 0, "– c")]),
        ("1\\. a\n\n2\\) b", [(P, 0, "1. a"), (P, 0, "2) b")]),
        ("127-1) a\n127-2) b", [(P, 0, "127-1) a\n127-2) b")]),
        ("the year\n2015. That", [(P, 0, "the year\n2015. That")]),
        ("1. a\n\n   > note\n\n2. b", [(P, 0, "1. a"), (Q, 0, "note"), (P, 0, "2. b")]),
        # an indented line is text
        ("      1. a\n\n      b", [(P, 0, "1. a"), (P, 0, "b")]),
        ("a\n\n      Примечание", [(P, 0, "a"), (P, 0, "Примечание")]),
        ("a  \nb\\\nc\nd", [(P, 0, "a\nb\nc\nd")]),
        (
            "`a_b` [law](http://x 'y') ![seal *of*](z) <http://w>",
            [(P, 0, "a_b law seal of http://w")],
        ),
        ("snake_case _em_ **st** 2*3", [(P, 0, "snake_case em st 2*3")]),
        ("&sect;&nbsp;4 &lt;b&gt;", [(P, 0, "§\u00a04 <b>")]),
        ("```text\n# a\n\n1. b\n```", [(P, 0, "# a\n\n1. b")]),
        ("[1]: приложение", [(P, 0, "[1]: приложение")]),
        ("a\n\n---\n\nb", [(P, 0, "a"), (P, 0, "b")]),
        # HTML
        ("a <b>b</b><br>c <!-- d --> <Закон>", [(P, 0, "a b\nc  <Закон>")]),
        ("the <name of the employer> shall", [(P, 0, "the <name of the employer> shall")]),
        ("<u>127</u><sup>1</sup>) a", [(P, 0, "127¹) a")]),
        ("<div>\n<p>a &amp; b</p>\n\n</div>", [(P, 0, "a & b")]),
        ("<table><tr><td>a</td><td>b</td></tr></table>", [(P, 0, "a\nb")]),
        ("1. <a id='x'></a>\n\n   a", [(P, 0, "1. a")]),
        # tables
        ("|a|b|\n|-|-|\n|1|*2*|", [(T, 0, "a | b\n1 | 2")]),
        ("|a|b|\n|-|-|\n|1|\n|1|2|**3**|4", [(T, 0, "a | b\n1 |\n1 | 2 | 3 | 4")]),
        ("|a<br>b|c\\|d|\n|-|-|", [(T, 0, "a b | c|d")]),
        ("1. |a|b|\n   |-|-|\n   |1|2|3|", [(P, 0, "1."), (T, 0, "a | b\n1 | 2 | 3")]),
        ("> |a|b|\n> |-|-|\n> |1|2|3|", [(Q, 0, "a | b\n1 | 2 | 3")]),
        ("", []),
    ],
)
def test_blocks(raw: str, expected: list[tuple[BlockKind, int, str]]) -> None:
    source = read_markdown(raw)
    assert [(k, d, re.sub(r" +(?=\n|\Z)", "", text)) for k, d, text in printed(source)] == expected
    assert source.warnings == ()


def test_the_first_heading_of_depth_one_is_the_title() -> None:
    assert read_markdown("## Contents\n\n# Law\n\n# Annex").title == "Law"
    assert read_markdown("## Contents").title is None


def test_blocks_are_separated_by_a_blank_line() -> None:
    assert read_markdown("# a\nb\n- c").text == "a\n\nb\n\n– c\n"


@pytest.mark.parametrize(
    ("raw", "text", "warning"),
    [
        ("a\n\n<script>alert(1)</script>\n\nb", "a\n\nb\n", "A <script> element was left out."),
        ("a\n\n<STYLE>\np {}\n", "a\n", "A <style> element was left out."),
        ("a\n\n<!-- b\n\nc", "a\n", "A comment that is never closed hides the rest of the file."),
    ],
)
def test_what_is_left_out_is_said(raw: str, text: str, warning: str) -> None:
    source = read_markdown(raw)
    assert (source.text, source.warnings) == (text, (warning,))


@pytest.mark.parametrize(
    "raw", ["> " * 200 + "deep", "".join("  " * n + "- a\n" for n in range(90))]
)
def test_what_is_nested_too_deeply_is_read_as_plain_text(raw: str) -> None:
    source = read_markdown(raw)
    assert source.text == raw
    assert "too deeply" in source.warnings[0]


@given(st.text(st.sampled_from("aж1 2\n\n.)(#>*_-+|=\t!:~^\u0301й"), max_size=120))
def test_no_letter_or_digit_is_lost(raw: str) -> None:
    # the alphabet has all marks but those that hide words by design: links, HTML, code fences
    raw = raw.replace("~~~", "~")
    source = read_markdown(raw)

    def words(text: str) -> str:
        # an accent whose letter stands before a mark joins it when the mark goes
        return "".join(c for c in unicodedata.normalize("NFD", text) if c.isalnum())

    assert words(source.text) == words(raw)


@given(st.text(st.sampled_from("aж1 \n.)#>*_-|=`[]()<>/!&;\\b\u0301"), max_size=120))
def test_blocks_tile_the_text(raw: str) -> None:
    source = read_markdown(raw)
    assert "".join(block.span.of(source.text) for block in source.blocks) == source.text
    assert unicodedata.is_normalized("NFC", source.text)
    assert all(block.span.of(source.text).strip() for block in source.blocks)


@pytest.mark.skipif(not LAW.exists(), reason="the texts of ../shared are not here")
@pytest.mark.parametrize("file", ["rus.md", "kaz.md", "trade_union_law_kk_excerpt.md"])
def test_a_law_keeps_every_letter_and_digit(file: str) -> None:
    raw = unicodedata.normalize("NFC", (LAW / file).read_text("utf-8"))
    without_anchors = re.sub(r"<a[^>]*></a>", "", raw)
    source = read_markdown(raw)
    assert [c for c in source.text if c.isalnum()] == [c for c in without_anchors if c.isalnum()]
    assert not re.search(r"[#<>]|^\*|\*$", source.text, re.MULTILINE)
    assert source.warnings == ()


@pytest.mark.skipif(not LAW.exists(), reason="the texts of ../shared are not here")
@pytest.mark.parametrize(
    ("file", "heading"), [("rus.md", r"Статья \d+\. "), ("kaz.md", r"\d+-бап\. ")]
)
def test_a_law_has_its_headings_and_notes(file: str, heading: str) -> None:
    source = read_markdown((LAW / file).read_text("utf-8"))
    blocks = printed(source)
    assert sum(kind is H and bool(re.match(heading, text)) for kind, _, text in blocks) == 15
    assert {text.split(".")[0] for kind, _, text in blocks if kind is Q} <= {"Сноска", "Ескерту"}
    assert source.title == next(text for kind, depth, text in blocks if depth == 1)
