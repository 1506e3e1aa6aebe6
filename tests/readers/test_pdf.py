"""PDF: pages, encryption, scans, damage; and official files as they are published."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdf import PageObject

from kb.errors import UnreadableSource
from kb.readers.ocr import OcrOrder
from kb.readers.pdf import read_pdf
from kb.readers.pdfium import Document, PdfiumError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.readers.layout import Line

    MakePdf = Callable[..., bytes]

KZ_PDF = Path(__file__).resolve().parents[2].parent / "shared" / "texts" / "kz_pdf"

needs_texts = pytest.mark.skipif(not KZ_PDF.exists(), reason="the texts of ../shared are not here")


def test_pages_and_paragraphs(make_pdf: MakePdf) -> None:
    data = make_pdf(
        [
            [(42, 700, "Article 1. Scope of the Act"), (42, 660, "    1. This Act applies to all")],
            [(42, 700, "workers."), (42, 660, "    2. It enters into force today.")],
        ]
    )
    source = read_pdf(data, "act.pdf")
    assert [block.span.of(source.text) for block in source.blocks] == [
        "Article 1. Scope of the Act\n",
        "    1. This Act applies to all\nworkers.\n",
        "    2. It enters into force today.\n",
    ]
    assert [source.text[start:][:8] for start in source.page_starts] == ["Article ", "workers."]
    assert source.title == "Article 1. Scope of the Act"
    assert source.warnings == ()


def test_words_painted_late_stand_where_they_are_printed(make_pdf: MakePdf) -> None:
    data = make_pdf([[(42, 700, "under "), (200, 700, " of this Code."), (82, 700, "Article 52")]])
    assert read_pdf(data, "act.pdf").text == "under Article 52 of this Code.\n"


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("General Agreement 2021", "General Agreement 2021"),
        ("Microsoft Word - draft.doc", "First line"),
        ("K1500000414", "First line"),
        ("untitled", "First line"),
        ("act_final.PDF", "First line"),
        ("---", "First line"),
        ("", "First line"),
        ("x" * 400, "First line"),
    ],
)
def test_titles(make_pdf: MakePdf, declared: str, expected: str) -> None:
    data = make_pdf([[], [(42, 700, "First   line")]], title=declared)
    assert read_pdf(data, "act.pdf").title == expected


def test_pages_without_text_are_named_and_keep_their_numbers(make_pdf: MakePdf) -> None:
    data = make_pdf([[], [(42, 700, "Two")], [], [], [(42, 700, "Five")], []])
    source = read_pdf(data, "act.pdf")
    assert source.text == "\nTwo\n\n\nFive\n\n"
    assert source.page_starts == (0, 1, 5, 6, 7, 12)
    assert source.warnings == ("No text on pages 1, 3–4, 6 of 6: blank.",)


def test_pages_that_fail_are_named(make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch) -> None:
    never = OcrOrder("never")
    extract = PageObject.extract_text

    def fail_at_two(page: PageObject, **options: object) -> str:
        if page.page_number == 1:
            raise KeyError("/Font\nmissing")
        return extract(page, **options)

    def fail_too(_document: Document, _index: int) -> list[Line]:
        raise PdfiumError("Failed to load page.")

    monkeypatch.setattr(PageObject, "extract_text", fail_at_two)
    monkeypatch.setattr(Document, "lines", fail_too)
    source = read_pdf(make_pdf([[(42, 700, "One")], [(42, 700, "Two")]]), "a.pdf", never)
    assert (source.text, source.page_starts) == ("One\n\n", (0, 4))
    assert source.warnings == ("Not read: page 2 of 2 (KeyError: '/Font\\nmissing').",)
    with pytest.raises(UnreadableSource, match=r"^a\.pdf is damaged: none of its pages"):
        read_pdf(make_pdf([[], [(42, 700, "Two")]]), "a.pdf", never)


@pytest.mark.parametrize("lines", [[], [(42, 700, "   ")]])
def test_no_text_at_all(make_pdf: MakePdf, lines: list[object]) -> None:
    with pytest.raises(UnreadableSource, match=r"^scan\.pdf has no text on any page: blank\. Add"):
        read_pdf(make_pdf([lines, lines]), "scan.pdf")


def test_a_password_is_asked_for(make_pdf: MakePdf) -> None:
    data = make_pdf([[(42, 700, "Secret")]], password="pass")
    with pytest.raises(UnreadableSource, match=r"^a\.pdf is encrypted: remove the password"):
        read_pdf(data, "a.pdf")


def test_an_empty_password_is_tried(make_pdf: MakePdf) -> None:
    assert read_pdf(make_pdf([[(42, 700, "Open")]], password=""), "a.pdf").text == "Open\n"


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"PK\3\4", b"text", b"%PDF-1.7\n" + b"\xff" * 999])
def test_damage_is_said(data: bytes) -> None:
    with pytest.raises(UnreadableSource, match=r"^a\.pdf is damaged or not a PDF file"):
        read_pdf(data, "a.pdf")


def test_pypdf_remarks_become_warnings(
    make_pdf: MakePdf, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    data = make_pdf([[(42, 700, "Text")]])
    moved = re.sub(rb"startxref\s+\d+", b"startxref 3", data)
    with caplog.at_level(logging.WARNING):
        source = read_pdf(moved, "a.pdf")
    assert source.text == "Text\n"
    assert any("startxref" in warning for warning in source.warnings)
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("pypdf").handlers == []


@pytest.fixture(scope="module")
def labour_code_source():
    return read_pdf((KZ_PDF / "k1500000414.20-01-2026.rus.pdf").read_bytes(), "labour.pdf")


@needs_texts
def test_the_labour_code_has_its_pages_and_articles(labour_code_source) -> None:
    source = labour_code_source
    assert len(source.page_starts) == 180
    assert list(source.page_starts) == sorted(set(source.page_starts))
    assert "".join(block.span.of(source.text) for block in source.blocks) == source.text
    assert source.title == "Трудовой кодекс Республики Казахстан"
    opening = [
        match[1]
        for block in source.blocks
        if (match := re.match(r"Статья (\d+(?:-\d+)?)\. ", block.span.of(source.text)))
    ]
    plain = (KZ_PDF.parent / "kz_txt" / "labor_code.txt").read_text("utf-8")
    assert opening == re.findall(r"(?m)^Статья (\d+(?:-\d+)?)\. ", plain)
    assert len(opening) == 221


@needs_texts
def test_the_labour_code_has_its_links_in_place(labour_code_source) -> None:
    text = labour_code_source.text
    assert "соответствии со статьей 74 настоящего Кодекса." in text
    assert "подпунктом 6) пункта 1 статьи 52 настоящего Кодекса" in text
    assert "от 01.07.2021 № 61-VII (вводится в \nдействие" in text


@needs_texts
def test_an_article_stands_on_its_page(labour_code_source) -> None:
    source = labour_code_source
    pages = {n: source.text[start:] for n, start in enumerate(source.page_starts, 1)}
    assert pages[12].startswith("Статья 3. ")
    assert pages[97].startswith("Статья 121. ")
