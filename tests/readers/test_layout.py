"""The order of words on a line, and where paragraphs begin."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kb.readers.layout import Line, Run, paragraphs

FULL = "a line of some sixty characters, which is what a full one has"


def run(text: str, x: float, y: float = 700.0, *, upright: bool = True) -> Run:
    return Run(text, x, y, size=14.0, upright=upright)


def page(*lines: tuple[str, float] | tuple[str, float, float]) -> list[Line]:
    """Lines from (text, y) or (text, y, x)."""
    return [Line(text, x=(*rest, 42.0)[0], y=y, size=14.0) for text, y, *rest in lines]


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([run("по основанию: ", 120), run("статьи 52 ", 42)], "статьи 52 по основанию: "),
        ([run("от 2021 ", 42), run(" (вводится", 490), run("№ 61", 433)], "от 2021 № 61 (вводится"),
        ([run("b", 50), run(" ", 0), run("a", 42)], "ab "),  # a blank goes with its neighbour
        ([run("a", 42), run("b", 42)], "ab"),
        ([run("b", 50), run("a", 42, y=690.0)], "ba"),  # not on one baseline
        ([run("b", 50), run("a", 42, upright=False)], "ba"),
        ([run("ب", 50), run("ا", 42)], "با"),  # written from right to left
        ([run("и", 42), run("\u0306", 49)], "й"),
        ([run(" ", 42)], " "),
        ([], ""),
    ],
)
def test_words_of_a_line_stand_from_left_to_right(runs: list[Run], expected: str) -> None:
    assert Line.of(runs).text == expected


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        pytest.param([page((FULL, 700), (FULL, 682))], [0], id="wrapped"),
        pytest.param([page((FULL, 700), ("   1. " + FULL, 682))], [0, 1], id="blanks before it"),
        pytest.param([page((FULL, 700), ("Short", 682), ("Next", 664))], [0, 2], id="short line"),
        pytest.param([page((FULL, 700), ("short", 682), ("next", 664))], [0], id="goes on"),
        pytest.param([page((FULL, 700), ("1) a;", 682), ("b) b", 664))], [0, 2], id="list"),
        pytest.param(
            [page((FULL, 700), (FULL, 682), (FULL, 664), (FULL, 630), (FULL, 612))],
            [0, 3],
            id="gap",
        ),
        pytest.param(
            [page((FULL + ".", 700), (FULL, 682, 70.0), (FULL, 664))],
            [0, 1],
            id="first-line indent",
        ),
        pytest.param([page((FULL, 700), (FULL, 682, 70.0), (FULL, 664))], [0], id="hanging indent"),
        pytest.param(
            [page(("    " + FULL + ".", 700), ("Article 2. " + FULL, 682), (FULL, 664))],
            [0, 1],
            id="heading among indented paragraphs",
        ),
        pytest.param([page((FULL, 40)), page(("goes on", 700))], [0], id="across pages"),
        pytest.param([page((FULL + ".", 40)), page((FULL, 700))], [0], id="lower case, next page"),
        pytest.param(
            [page((FULL + ".", 40)), page(("Next", 700))], [0, 1], id="page ends sentence"
        ),
        pytest.param([page(("", 800), (FULL, 700))], [0], id="blank first line"),
    ],
)
def test_paragraphs_begin_where_a_reader_sees_it(
    pages: list[list[Line]], expected: list[int]
) -> None:
    text = [line.text + "\n" for lines in pages for line in lines]
    starts = [*expected, len(text)]
    assert list(paragraphs(pages)) == ["".join(text[start:end]) for start, end in pairwise(starts)]


def test_a_change_of_size_begins_a_paragraph() -> None:
    heading, body = Line(FULL, 42.0, 700.0, 16.0), Line(FULL, 42.0, 682.0, 14.0)
    assert list(paragraphs([[heading, body]])) == [FULL + "\n", FULL + "\n"]
