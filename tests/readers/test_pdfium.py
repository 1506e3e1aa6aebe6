"""The second reading of a PDF, and when it is taken."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PageObject, PdfReader, PdfWriter

from kb.errors import UnreadableSource
from kb.readers import pdf, pdfium
from kb.readers.layout import paragraphs
from kb.readers.pdf import read_pdf
from kb.readers.pdfium import Legibility, legibility, opened, reads_better
from kb.readers.plain import INDENTED

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePdf = Callable[..., bytes]

LABOUR_CODE = (
    Path(__file__).resolve().parents[2].parent
    / "shared/texts/kz_pdf/k1500000414.20-01-2026.rus.pdf"
)

CLAUSE = "Статья 52. Основания расторжения трудового договора"


@pytest.mark.parametrize(
    ("text", "legible", "visible"),
    [
        ("", 0, 0),
        (" \n\t\u00a0", 0, 0),
        ("Әйелдер мен ерлердің тең құқықтары", 30, 30),
        ("été, naïve, Übergröße: § 5 № 7 — 100 %", 29, 29),
        ("a\ufffd\x01\ue000b", 2, 5),
        ("(cid:87)(cid:8) 52", 2, 17),
        ("/g18/g152 of/g3the", 5, 17),
        ("/uni0416/uni0430", 0, 16),
        ("zan.kz/rus/docs/K1500000414", 27, 27),
        ("Ñòàòüÿ 52. Îñíîâàíèÿ", 3, 18),  # Windows-1251 taken for Latin-1
        ("Стαтья", 5, 6),
        ("خط العربية", 9, 9),  # another script is no garbage
        ("ﬁrst", 4, 4),
    ],
)
def test_legible_characters(text: str, legible: int, visible: int) -> None:
    assert legibility(text) == Legibility(legible, visible)


@given(st.text())
def test_legibility_is_a_share(text: str) -> None:
    legible, visible = legibility(text)
    assert 0 <= legible <= visible <= len(text)
    assert 0 <= legibility(text).share <= 1


@given(st.text("аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя .,;:№§()«»–0123456789"))
def test_what_our_languages_write_is_legible(text: str) -> None:
    assert legibility(text).share == 1


@pytest.mark.parametrize(
    ("second", "first", "better"),
    [
        (CLAUSE, "", True),
        (CLAUSE, "(cid:1)(cid:2)(cid:3)", True),
        (CLAUSE, "\ufffd" * 40 + "52", True),
        (CLAUSE, CLAUSE, False),  # pypdf keeps what it reads as well
        ("", CLAUSE, False),
        ("", "(cid:1)", False),
        ("\x01\x02\x03a", "", False),  # leave it to OCR
        ("Статья", CLAUSE + "\ufffd" * 9, False),  # too much is lost
        ("\x01" * 9 + CLAUSE, "\x01" * 9 + CLAUSE, False),
    ],
)
def test_the_better_reading(second: str, first: str, better: bool) -> None:
    assert reads_better(second, first) is better


def test_lines_stand_where_pypdf_sees_them(make_pdf: MakePdf) -> None:
    data = make_pdf([[(42, 700, "Article 1"), (42, 680, "      1. Scope"), (60, 660, "Term")], []])
    with opened(data) as document:
        assert document.page_count == 2
        lines = document.lines(0)
        assert [line.text for line in document.lines(1)] == [""]
    assert [line.text.lstrip() for line in lines] == ["Article 1", "1. Scope", "Term"]
    assert [bool(INDENTED.match(line.text)) for line in lines] == [False, True, False]
    assert [(line.x, line.y, line.size) for line in lines] == [
        (42, 700, 12),
        (42, 680, 12),
        (60, 660, 12),
    ]


@pytest.mark.skipif(not LABOUR_CODE.exists(), reason="the texts of ../shared are not here")
def test_both_readings_of_a_code_have_the_same_paragraphs() -> None:
    data = LABOUR_CODE.read_bytes()
    count = 40
    first = [pdf._lines(page) for page in PdfReader(io.BytesIO(data)).pages[:count]]
    with opened(data) as document:
        second = [document.lines(index) for index in range(count)]
    normal = [[" ".join(p.split()) for p in paragraphs(pages)] for pages in (first, second)]
    assert len(normal[0]) > 400
    assert normal[0] == normal[1]


def test_a_file_that_pypdf_cannot_open(make_pdf: MakePdf) -> None:
    data = make_pdf([[(42, 700, "One")], [(42, 700, "Two")]])
    cut = data[: data.rindex(b"startxref")]
    source = read_pdf(cut, "a.pdf")
    assert (source.text, source.page_starts, source.title) == ("One\nTwo\n", (0, 4), "One")
    assert source.warnings[0] == ("Read by pdfium: pages 1–2 of 2, as pypdf cannot open the file.")


def test_a_file_that_neither_can_open_is_refused_in_the_first_words() -> None:
    with pytest.raises(UnreadableSource, match=r"^a\.pdf is damaged or not a PDF file \(Pdf"):
        read_pdf(b"%PDF-1.7\n" + b"\xff" * 999, "a.pdf")


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("(cid:52)(cid:87)(cid:68)", "makes garbage of it"),
        ("  ", "finds no text there"),
    ],
)
def test_a_page_that_pypdf_reads_badly(
    make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch, printed: str, reason: str
) -> None:
    extract = PageObject.extract_text

    def garble_two(page: PageObject, visitor_text: Callable[..., None]) -> str:
        if page.page_number == 1:
            unit = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
            visitor_text(printed, unit, unit, None, 12)
            return printed
        return extract(page, visitor_text=visitor_text)

    monkeypatch.setattr(PageObject, "extract_text", garble_two)
    source = read_pdf(make_pdf([[(42, 700, "One")], [(42, 700, "Two")]]), "a.pdf")
    assert source.text == "One\nTwo\n"
    assert source.warnings == (f"Read by pdfium: page 2 of 2, as pypdf {reason}.",)


def test_a_good_file_is_not_read_twice(make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_data: bytes) -> None:
        raise AssertionError("pdfium was called")

    monkeypatch.setattr(pdfium, "opened", refuse)
    assert read_pdf(make_pdf([[(42, 700, "One")]]), "a.pdf").text == "One\n"


def test_garbage_in_both_readings_is_named(make_pdf: MakePdf) -> None:
    data = make_pdf([[(42, 700, "One")], [(42, 700, "\\001\\002\\003\\004")]])
    source = read_pdf(data, "a.pdf")
    assert source.warnings == (
        (
            "Part of the text is garbled on page 2 of 2: its fonts do not name their letters. OCR"
            " may read more."
        ),
    )


def test_a_page_is_drawn_at_300_dpi(make_pdf: MakePdf) -> None:
    with opened(make_pdf([[(42, 700, "One")], []])) as document:
        image, blank = document.draw(0), document.draw(1)
    assert (image.width, image.height) == (2480, 3509)  # 595 × 842 points
    assert len(image.pixels) == image.width * image.height
    assert image.dpi == pytest.approx(300)
    assert (image.is_blank, blank.is_blank) == (False, True)


@pytest.mark.parametrize(("width", "height"), [(14_400, 14_400), (14_400, 10), (1, 1)])
def test_a_large_page_is_drawn_smaller(width: float, height: float) -> None:
    writer = PdfWriter()
    writer.add_blank_page(width=width, height=height)
    data = io.BytesIO()
    writer.write(data)
    with opened(data.getvalue()) as document:
        image = document.draw(0)
    assert 0 < image.width * image.height <= pdfium.MAX_PIXELS * 1.001
    assert max(image.width, image.height) <= pdfium.MAX_SIDE + 1
    assert image.dpi <= 300
