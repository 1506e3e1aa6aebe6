from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb.citations import cite
from kb.citations.paragraphs import Parts, Place, read_parts
from kb.documents import Document, Edition, Language, Level, Node, Span

if TYPE_CHECKING:
    from collections.abc import Callable


def parts_of(*children: tuple[Level, str]) -> Parts:
    """The parts of a unit with these children; a child's eid is its position."""
    nodes = []
    text = ""
    for at, (level, words) in enumerate(children):
        nodes.append(Node(str(at), level, Span(len(text), len(text) + len(words) + 1)))
        text += f"{words}\n"
    return read_parts(nodes, text)


P, S, T, H, N = Level.PARAGRAPH, Level.SUBCLAUSE, Level.TABLE, Level.HEADING, Level.NOTE

# children of a unit → (part, indent) of each that counts, and those that only open a list
UNITS = [
    ([(P, "Одно.")], [(1, 1)], []),
    ([(H, "Статья 1"), (P, "Одно."), (P, "Другое.")], [(1, 1), (2, 1)], []),
    ([(P, "Одно."), (N, "Сноска."), (P, "Другое.")], [(1, 1), (2, 1)], []),
    (
        [(P, "Обязан:"), (S, "1) да;"), (S, "2) нет."), (P, "Иначе.")],
        [(1, 1), (1, 1), (1, 1), (2, 1)],
        ["0"],
    ),
    (
        [(P, "Отпуск."), (P, "Срок:"), (P, "семь дней;"), (P, "15 часов."), (P, "Всё.")],
        [(1, 1), (2, 1), (2, 2), (2, 3), (3, 1)],
        ["1"],
    ),
    ([(P, "Права"), (P, "– Труд."), (P, "– Отдых.")], [(1, 1), (1, 2), (1, 3)], ["0"]),
    # a paragraph broken in two is one part; 2024 begins a sentence
    ([(P, "Согласно"), (P, "требованиям."), (P, "2024 год.")], [(1, 1), (1, 1), (2, 1)], []),
    # the end of a sentence that a numbered list interrupts is no item of it
    ([(P, "Не:"), (S, "1) да;"), (P, "допускается.")], [(1, 1), (1, 1), (1, 1)], ["0"]),
    ([(P, "Так:"), (T, "| 1 |"), (P, "Далее.")], [(1, 1), (1, 1), (2, 1)], []),
    # a unit that begins with a number is not divided
    ([(S, "1) да;"), (P, "Далее."), (P, "И ещё.")], [(1, 1), (1, 1), (1, 1)], []),
    ([(P, "")], [(1, 1)], []),
    ([], [], []),
]


@pytest.mark.parametrize(("children", "places", "openings"), UNITS)
def test_a_unit_is_divided_into_parts(
    children: list[tuple[Level, str]], places: list[tuple[int, int]], openings: list[str]
) -> None:
    parts = parts_of(*children)
    assert list(parts.places.values()) == [Place(*place) for place in places]
    assert parts.openings == set(openings)
    assert parts.count == max((part for part, _ in places), default=0)


def test_items_of_a_list_with_numbers_in_it_are_not_counted() -> None:
    parts = parts_of((P, "Срок:"), (P, "день;"), (S, "1) час."))
    assert not parts.is_indent("1")


def test_parts_beyond_the_twentieth_are_cited_as_their_article(
    make_edition: Callable[..., Edition],
) -> None:
    edition = make_edition("Article 1. Many\n\n" + "A rule.\n\n" * 21)
    law = Document("x", {Language.ENGLISH: "X"})
    assert cite(law, edition, ["art_1__par_20"]).text == "X, Art. 1, twentieth paragraph"
    assert cite(law, edition, ["art_1__par_21"]).text == "X, Art. 1"


LABOUR_CODE = (
    Path(__file__).resolve().parents[2].parent / "shared" / "texts" / "kz_txt" / "labor_code.txt"
)

# how the Labour Code itself cites these words → the words
REFERENCES = [
    # art. 99(2), its last part: «предусмотренной частью второй настоящего пункта»
    ("часть вторая пункта 2 статьи 99", "Отпуск по беременности и родам предоставляется продолж"),
    # art. 30(1)(2), its last part: «частей четвертой и пятой настоящего подпункта»
    ("часть четвертая подпункта 2) пункта 1 статьи 30", "Заключенный на определенный срок"),
    # art. 40(1), its second part: «юридические лица, указанные в части третьей настоящего пункта»
    ("часть третья пункта 1 статьи 40", "В целях обеспечения выполнения определенных задач"),
    # a note to art. 160: «конституционности подпункта 2) части первой статьи 160»
    ("подпункт 2) части первой статьи 160", "2) по другим трудовым спорам"),
]


@pytest.mark.parametrize(("cited", "words"), REFERENCES)
def test_the_parts_of_the_labour_code_are_counted_as_it_counts_them(
    make_edition: Callable[..., Edition], cited: str, words: str
) -> None:
    if not LABOUR_CODE.exists():
        pytest.skip("the Labour Code's text is not next to the checkout (../shared/texts/kz_txt)")
    edition = make_edition(LABOUR_CODE.read_text(encoding="utf-8"), Language.RUSSIAN)
    code = Document("kz-labour-code", {}, short={Language.RUSSIAN: "ТК РК"})
    found = [
        " ".join(edition.text_of(leaf).split())
        for leaf in edition.leaves()
        if cite(code, edition, [leaf.eid]).text == f"ТК РК, {cited}"
    ]
    assert any(text.startswith(words) for text in found), found
