"""Numbers and labels as printed, beside what is read in them."""

from __future__ import annotations

import pytest

from kb.structure.numbering import Rank, clean_number, read_heading, read_number


@pytest.mark.parametrize(
    ("printed", "cleaned"),
    [
        ("10.", "10"),
        ("127–1.", "127-1"),
        ("20 – 1", "20-1"),
        ("127¹", "127-1"),
        ("(a)", "a"),
        ("IV", "iv"),
        ("ХІ", "xi"),  # printed in Cyrillic letters
        ("2.3.1.", "2.3.1"),
        ("3.1.(5).Guidance", "3.1.5.guidance"),
        ("“2.3“", "2.3"),
    ],
)
def test_clean_number(printed: str, cleaned: str) -> None:
    assert clean_number(printed) == cleaned


@pytest.mark.parametrize(
    ("paragraph", "rank", "number", "words"),
    [
        ("Article 10. Permits", Rank.ARTICLE, "10", "Permits"),
        ("Article 10", Rank.ARTICLE, "10", ""),
        ("Статья 127-1. Полёты", Rank.ARTICLE, "127-1", "Полёты"),
        ("Статья 127¹. Полёты", Rank.ARTICLE, "127-1", "Полёты"),
        ("Статья 8 — Полёты", Rank.ARTICLE, "8", "Полёты"),
        ("10-бап. Ұшыру", Rank.ARTICLE, "10", "Ұшыру"),
        ("127-1-бап. Ұшыру", Rank.ARTICLE, "127-1", "Ұшыру"),
        ("Глава 2 ПОЛЁТЫ", Rank.CHAPTER, "2", "ПОЛЁТЫ"),
        ("3-тарау. ҰШЫРУ", Rank.CHAPTER, "3", "ҰШЫРУ"),
        ("Параграф 1. Дневные", Rank.DIVISION, "1", "Дневные"),
        ("§ 2. Нити", Rank.DIVISION, "2", "Нити"),
        ("2-параграф. Жіп", Rank.DIVISION, "2", "Жіп"),
        ("Подраздел 1. Узлы", Rank.SUBSECTION, "1", "Узлы"),
        ("1-кіші бөлім. Түйін", Rank.SUBSECTION, "1", "Түйін"),
        ("РАЗДЕЛ ІІ. ЗМЕИ", Rank.SECTION, "ii", "ЗМЕИ"),
        ("Section 2: Strings", Rank.SECTION, "2", "Strings"),
        ("ЧАСТЬ II", Rank.PART, "ii", ""),
        ("1-бөлік. Жалпы", Rank.PART, "1", "Жалпы"),
        ("ОБЩАЯ ЧАСТЬ", Rank.PART, None, "ОБЩАЯ ЧАСТЬ"),
        ("Приложение 2\nк Правилам", Rank.ANNEX, "2", "к Правилам"),
        ("Annex B", Rank.ANNEX, "b", ""),
        ("Приложение\nк Правилам", Rank.ANNEX, None, "к Правилам"),
        ("1-қосымша", Rank.ANNEX, "1", ""),
        ("II. ЗМЕИ И НИТИ", Rank.SECTION, "ii", "ЗМЕИ И НИТИ"),
    ],
)
def test_headings(paragraph: str, rank: Rank, number: str | None, words: str) -> None:
    label = read_heading(paragraph)
    assert label is not None
    assert (label.rank, label.number, paragraph[label.end :].strip()) == (rank, number, words)


@pytest.mark.parametrize(
    "paragraph",
    [
        "Article 5 of this Act applies",
        "Section 5 of the Act",
        "Статья 68 с изменением, внесенным Законом",
        "§ 5 закона не применяется",
        "Статьи 5 и 6 исключить",
        "5-бапқа өзгеріс енгізілді",
        "5-бап бойынша",
        "3-бап 2030 жылдан бастап",
        "Часть первая пункта 2",
        "I. Ivanov keeps the list",
        "С. Иванов ведёт список",
        "Приложение к Правилам изложить так:",
    ],
)
def test_no_headings(paragraph: str) -> None:
    assert read_heading(paragraph) is None


@pytest.mark.parametrize(
    ("paragraph", "rank", "number", "words", "tail"),
    [
        ("3. Слова", Rank.CLAUSE, "3", "Слова", ()),
        ("3.Слова", Rank.CLAUSE, "3", "Слова", ()),
        ("3-1. Слова", Rank.CLAUSE, "3-1", "Слова", ()),
        ("12) слова", Rank.SUBCLAUSE, "12", "слова", ()),
        ("16-2) слова", Rank.SUBCLAUSE, "16-2", "слова", ()),
        ("(1) words", Rank.SUBCLAUSE, "1", "words", ()),
        ("а) слова", Rank.LETTER, "а", "слова", ()),
        ("ә) сөздер", Rank.LETTER, "ә", "сөздер", ()),
        ("(iv) words", Rank.ROMAN, "iv", "words", ()),
        ("(a)(i) words", Rank.LETTER, "a", "words", ((Rank.ROMAN, "i"),)),
        ("ii. words", Rank.ROMAN, "ii", "words", ()),
        ("1.1 Words", Rank.CLAUSE, "1.1", "Words", ()),
        ("2.2.10 Words", Rank.CLAUSE, "2.2.10", "Words", ()),  # not the 2nd of February 2010
        ("2.1.1.(1)\tWords", Rank.CLAUSE, "2.1.1", "Words", ((Rank.SUBCLAUSE, "1"),)),
        ("2.1.1\t(1) \tWords", Rank.CLAUSE, "2.1.1", "Words", ((Rank.SUBCLAUSE, "1"),)),
        ("2.1.1 (1) words", Rank.CLAUSE, "2.1.1", "(1) words", ()),
        (
            "1.1.1(a)(ii) words",
            Rank.CLAUSE,
            "1.1.1",
            "words",
            ((Rank.LETTER, "a"), (Rank.ROMAN, "ii")),
        ),
        ("1.2.Guidance", Rank.CLAUSE, "1.2.guidance", "", ()),
        (
            "3.1.1.(5).Guidance.2. Words",
            Rank.CLAUSE,
            "3.1.1.5.guidance",
            "Words",
            ((Rank.SUBCLAUSE, "2"),),
        ),
    ],
)
def test_numbers(
    paragraph: str, rank: Rank, number: str, words: str, tail: tuple[tuple[Rank, str], ...]
) -> None:
    label = read_number(paragraph)
    assert label is not None
    assert (label.rank, label.number, paragraph[label.end :], label.tail) == (
        rank,
        number,
        words,
        tail,
    )


@pytest.mark.parametrize(
    "paragraph",
    [
        "23.11.2015 is a date",
        "01.02.15 дата",
        "2015 was a year",
        "1.5 million kites",
        "1 500 тенге",
        "100 тенге",
        "(see below)",
        "A kite) flies",
        "1.1.1.1.1.1.1.1.1 is deeper than any act",
    ],
)
def test_no_numbers(paragraph: str) -> None:
    assert read_number(paragraph) is None
