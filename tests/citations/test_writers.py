"""What the three languages make of units that the tiny statutes do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.citations import english, kazakh, russian
from kb.citations.pinpoint import ORDINALS, Kind, Pinpoint, Step

if TYPE_CHECKING:
    from collections.abc import Callable

WRITERS = [english.write, russian.write, kazakh.write]


def step(kind: Kind, number: str | None = None, last: str | None = None, name: str = "") -> Step:
    return Step(kind, "eid", number, last, name or None)


ARTICLE = step(Kind.ARTICLE, "5")
PINPOINTS = [
    ([step(Kind.PART, "iv")], "Part IV", "часть IV", "IV бөлік"),
    (
        [step(Kind.SECTION, "2"), step(Kind.SUBSECTION, "1")],
        "Section 2, Subsection 1",
        "подраздел 1 раздела 2",
        "2-бөлімнің 1-кіші бөлімі",
    ),
    ([step(Kind.CHAPTER, "1", "3")], "Chapters 1–3", "главы 1–3", "1–3-тараулар"),
    (
        [step(Kind.SECTION, "2"), step(Kind.CHAPTER, "1", "2")],
        "Section 2, Chapters 1–2",
        "главы 1–2 раздела 2",
        "2-бөлімнің 1–2-тараулары",
    ),
    (  # a unit that is called by its name
        [step(Kind.SECTION, name="Введение")],
        "Section “Введение”",
        "раздел «Введение»",
        "«Введение» бөлімі",
    ),
    (
        [step(Kind.SECTION, name="Введение"), step(Kind.CLAUSE, "2")],
        "Section “Введение”, point 2",
        "пункт 2 раздела «Введение»",
        "«Введение» бөлімінің 2-тармағы",
    ),
    ([step(Kind.ANNEX, "a")], "Annex A", "приложение A", "A қосымша"),
    ([step(Kind.ANNEX)], "Annex", "приложение", "қосымша"),
    (
        [step(Kind.ANNEX, "2"), step(Kind.TABLE)],
        "Annex 2, table",
        "таблица приложения 2",
        "2-қосымшаның кестесі",
    ),
    (
        [step(Kind.ANNEX, "2"), step(Kind.ARTICLE, "3"), step(Kind.CLAUSE, "1", "2")],
        "Annex 2, Art. 3(1)–(2)",
        "пункты 1–2 статьи 3 приложения 2",
        "2-қосымшаның 3-бабының 1–2-тармақтары",
    ),
    (
        [ARTICLE, step(Kind.CLAUSE, "1"), step(Kind.PARAGRAPH, "2", "4")],
        "Art. 5(1), second to fourth paragraphs",
        "части вторая – четвертая пункта 1 статьи 5",
        "5-баптың 1-тармағының екінші – төртінші бөліктері",
    ),
    (
        [ARTICLE, step(Kind.PARAGRAPH, "3"), step(Kind.SUBCLAUSE, "1", "2")],
        "Art. 5, third paragraph, points (1)–(2)",
        "подпункты 1)–2) части третьей статьи 5",
        "5-баптың үшінші бөлігінің 1)–2) тармақшалары",
    ),
    ([], "", "", ""),
]


@pytest.mark.parametrize(("steps", "in_english", "in_russian", "in_kazakh"), PINPOINTS)
def test_a_pinpoint_is_written(
    steps: list[Step], in_english: str, in_russian: str, in_kazakh: str
) -> None:
    expected = [in_english, in_russian, in_kazakh]
    assert [write(Pinpoint(tuple(steps))) for write in WRITERS] == expected


NOTES = [
    ([], "editor’s note", "сноска", "ескерту"),
    ([ARTICLE], "editor’s note to Art. 5", "сноска к статье 5", "5-бапқа ескерту"),
    (
        [ARTICLE, step(Kind.CLAUSE, "2")],
        "editor’s note to Art. 5(2)",
        "сноска к пункту 2 статьи 5",
        "5-баптың 2-тармағына ескерту",
    ),
    (
        [ARTICLE, step(Kind.CLAUSE, "2"), step(Kind.SUBCLAUSE, "1")],
        "editor’s note to Art. 5(2)(1)",
        "сноска к подпункту 1) пункта 2 статьи 5",
        "5-баптың 2-тармағының 1) тармақшасына ескерту",
    ),
    (
        [step(Kind.CLAUSE, "7")],
        "editor’s note to point 7",
        "сноска к пункту 7",
        "7-тармаққа ескерту",
    ),
    (
        [step(Kind.CHAPTER, "3")],
        "editor’s note to Chapter 3",
        "сноска к главе 3",
        "3-тарауға ескерту",
    ),
    (
        [step(Kind.SECTION, "ii")],
        "editor’s note to Section II",
        "сноска к разделу II",
        "II бөлімге ескерту",
    ),
    (
        [step(Kind.ANNEX, "1")],
        "editor’s note to Annex 1",
        "сноска к приложению 1",
        "1-қосымшаға ескерту",
    ),
]


@pytest.mark.parametrize(("steps", "in_english", "in_russian", "in_kazakh"), NOTES)
def test_a_note_is_written(
    steps: list[Step], in_english: str, in_russian: str, in_kazakh: str
) -> None:
    expected = [in_english, in_russian, in_kazakh]
    assert [write(Pinpoint(tuple(steps), note=True)) for write in WRITERS] == expected


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("kind", [Kind.PARAGRAPH, Kind.INDENT])
def test_each_ordinal_has_a_word_of_its_own(write: Callable[[Pinpoint], str], kind: Kind) -> None:
    first = 1 if kind is Kind.PARAGRAPH else 2
    numbers = range(first, ORDINALS + 1)
    words = {write(Pinpoint((ARTICLE, step(kind, str(number))))) for number in numbers}
    assert len(words) == len(numbers)


ORDINAL_WORDS = [
    ("3", "third paragraph", "часть третья", "үшінші бөлік"),
    ("10", "tenth paragraph", "часть десятая", "оныншы бөлік"),
    ("11", "eleventh paragraph", "часть одиннадцатая", "он бірінші бөлік"),
    ("20", "twentieth paragraph", "часть двадцатая", "жиырмасыншы бөлік"),
]


@pytest.mark.parametrize(("number", "in_english", "in_russian", "in_kazakh"), ORDINAL_WORDS)
def test_ordinals_are_words(number: str, in_english: str, in_russian: str, in_kazakh: str) -> None:
    expected = [in_english, in_russian, in_kazakh]
    paragraph = Pinpoint((step(Kind.PARAGRAPH, number),))
    assert [write(paragraph) for write in WRITERS] == expected
