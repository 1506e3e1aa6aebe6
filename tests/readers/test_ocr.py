"""Scanned pages: drawn here, read back by tesseract; and what is said without it."""

from __future__ import annotations

import io
import os
import shutil
import signal
import textwrap
import time
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from kb.errors import UnreadableSource
from kb.knowledge_base import KnowledgeBase
from kb.readers import pdf, read_source
from kb.readers.ocr import LANGUAGES, OcrFailed, OcrOrder, Tesseract, find_tesseract
from kb.readers.pdf import read_pdf
from kb.readers.pdfium import Image
from kb.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    MakePdf = Callable[..., bytes]
    MakeScan = Callable[..., bytes]
    Fake = Callable[[str], Tesseract]

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
FOUND = find_tesseract()
MISSING = (
    LANGUAGES if FOUND is None else [name for name in LANGUAGES if name not in FOUND.languages]
)

needs_tesseract = pytest.mark.skipif(
    bool(MISSING), reason=f"tesseract or a language is not installed: {' '.join(MISSING)}"
)
needs_font = pytest.mark.skipif(not FONT.exists(), reason="fonts-dejavu-core is not installed")

CLAUSES = {
    "ru": (
        "Статья 99. Отпуск по беременности и родам",
        (
            "1. Работодатель предоставляет беременной женщине отпуск на основании листа о временной"
            " нетрудоспособности, даты в котором указывает врач."
        ),
        (
            "2. Продолжительность отпуска составляет 126 календарных дней, а при рождении двух или"
            " более детей – 140 дней."
        ),
    ),
    "kk": (
        "7-бап. Ерлер мен әйелдердің тең құқықтары",
        (
            "1. Жұмыс беруші қызметкерлерге бірдей еңбегі үшін тең ақы төлеуді және еңбек"
            " жағдайларын жасауды қамтамасыз етеді."
        ),
        "2. Отбасылық міндеттері бар қызметкердің өтініші он бес күн ішінде қаралуға тиіс.",
    ),
}


@pytest.fixture(scope="module")
def make_scan() -> MakeScan:
    """A function from pages, each a list of paragraphs, to a PDF of their pictures (A5)."""

    def make(*pages: Sequence[str], points: int = 11) -> bytes:
        pictures = []
        font = ImageFont.truetype(FONT, round(points * 300 / 72))
        for paragraphs in pages:
            picture = Picture.new("L", (1748, 2480), 255)
            draw = ImageDraw.Draw(picture)
            y = 200
            for paragraph in paragraphs:
                for line in textwrap.wrap(paragraph, 52):
                    draw.text((180, y), line, font=font, fill=20)
                    y += 70
                y += 40
            pictures.append(picture)
        data = io.BytesIO()
        pictures[0].save(data, "PDF", resolution=300, save_all=True, append_images=pictures[1:])
        return data.getvalue()

    return make


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """A function from the lines of a shell script to a tesseract that runs them."""

    def make(script: str) -> Tesseract:
        command = tmp_path / "bin" / "tesseract"
        command.parent.mkdir(exist_ok=True)
        command.write_text(f"#!/bin/sh\n{script}\n")
        command.chmod(0o755)
        return Tesseract(str(command), LANGUAGES)

    return make


def table(*words: tuple[int, str, float]) -> str:
    """Return a script that prints tesseract's table for words, each (line, text, confidence)."""
    rows = ["level page_num block_num par_num line_num word_num left top width height conf text"]
    rows += [
        f"5 1 1 1 {line} {n} {100 * n} {100 * line} 90 40 {confidence} {text}"
        for n, (line, text, confidence) in enumerate(words, 1)
    ]
    lines = "\n".join("\t".join(row.split(" ", 11)) for row in rows)
    return f"cat > /dev/null; cat <<'END'\n{lines}\nEND"


# --- with tesseract ---


@needs_tesseract
@needs_font
@pytest.mark.parametrize("language", ["ru", "kk"])
def test_a_scanned_clause_is_read(make_scan: MakeScan, language: str) -> None:
    clause = CLAUSES[language]
    source = read_pdf(make_scan(clause), "scan.pdf")
    read = " ".join(source.text.split())
    assert SequenceMatcher(None, " ".join(clause), read, autojunk=False).ratio() >= 0.95
    assert [" ".join(b.span.of(source.text).split())[:2] for b in source.blocks] == [
        paragraph[:2] for paragraph in clause
    ]
    ((page, confidence),) = source.ocr_pages
    assert page == 1
    assert 80 < confidence <= 100
    assert source.warnings == (
        (
            f"Read by OCR: page 1 of 1, mean confidence {confidence:.0f} of 100. Words may be wrong"
            " or missing: compare with the source."
        ),
    )


@needs_tesseract
@needs_font
def test_a_scan_is_read_in_the_sandbox(make_scan: MakeScan, tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(make_scan(CLAUSES["ru"], [], CLAUSES["kk"]))
    source = read_source(path, Settings(parse_seconds=120))
    assert [page for page, _ in source.ocr_pages] == [1, 3]
    assert len(source.page_starts) == 3
    assert source.text.startswith("Статья 99")
    assert source.text[source.page_starts[2] :].startswith("7-бап")
    assert "No text on page 2 of 3: blank." in source.warnings


@needs_tesseract
def test_always_reads_even_a_page_with_text(make_pdf: MakePdf) -> None:
    data = make_pdf([[(42, 700, "Article 1. Scope of this Act and its application")]])
    assert read_pdf(data, "a.pdf").ocr_pages == ()
    source = read_pdf(data, "a.pdf", OcrOrder("always"))
    assert [page for page, _ in source.ocr_pages] == [1]
    assert source.text == "Article 1. Scope of this Act and its application\n"


# --- which pages, and what is said of the others ---


@needs_font
def test_never_means_never(make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_tesseract", pytest.fail)
    with pytest.raises(UnreadableSource, match="empty, or a picture that needs OCR"):
        read_pdf(make_scan(["Text"]), "scan.pdf", OcrOrder("never"))


@needs_font
def test_without_tesseract_the_packages_are_named(
    make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "find_tesseract", lambda: None)
    with pytest.raises(UnreadableSource) as refusal:
        read_pdf(make_scan(["Text"], []), "scan.pdf")
    assert str(refusal.value) == (
        "scan.pdf has no text on any page: a picture that needs OCR, so install tesseract-ocr"
        " tesseract-ocr-rus tesseract-ocr-kaz; blank. Add a file with text, or leave it out."
    )


def test_always_without_tesseract_keeps_the_text_and_says_so(
    make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "find_tesseract", lambda: None)
    source = read_pdf(make_pdf([[(42, 700, "One")]]), "a.pdf", OcrOrder("always"))
    assert source.text == "One\n"
    (warning,) = source.warnings
    assert warning.startswith("Not read by OCR: page 1 of 1: a picture that needs OCR, so install")


@needs_font
@pytest.mark.parametrize(
    ("order", "read", "reason"),
    [
        (OcrOrder(pages=1), [1], "pages 2–3 of 3: OCR stopped at its limit of 1 pages"),
        (OcrOrder(seconds=0), [], "limit of 0 seconds"),
    ],
)
def test_limits(
    make_scan: MakeScan,
    fake: Fake,
    monkeypatch: pytest.MonkeyPatch,
    order: OcrOrder,
    read: list[int],
    reason: str,
) -> None:
    tesseract = fake(table((1, "Text", 90)))
    monkeypatch.setattr(pdf, "find_tesseract", lambda: tesseract)
    data = make_scan(["A"], ["B"], ["C"])
    if not read:
        with pytest.raises(UnreadableSource, match=reason):
            read_pdf(data, "scan.pdf", order)
        return
    source = read_pdf(data, "scan.pdf", order)
    assert [page for page, _ in source.ocr_pages] == read
    assert any(reason in warning for warning in source.warnings)


@needs_font
def test_low_confidence_is_named(
    make_scan: MakeScan, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    tesseract = Tesseract(fake(table((1, "Тext", 70), (1, "tехt", 41))).command, ("rus", "eng"))
    monkeypatch.setattr(pdf, "find_tesseract", lambda: tesseract)
    source = read_pdf(make_scan(["Text"]), "scan.pdf")
    assert source.ocr_pages == ((1, 55.5),)
    assert source.warnings == (
        (
            "Read by OCR: page 1 of 1, mean confidence 56 of 100. Words may be wrong or missing:"
            " compare with the source."
        ),
        "OCR is unsure of page 1 (confidence 56): scan it again if you can.",
        "OCR went without a language: install tesseract-ocr-kaz and read it again.",
    )


# --- the command ---

IMAGE = Image(30, 600, bytes(range(30)) * 600, 300.0)


def test_the_table_becomes_lines(fake: Fake) -> None:
    script = table((1, "Статья", 96), (1, "1.", 90), (2, "Цель", 84))
    reading = fake(script).read(IMAGE, 30)
    assert reading is not None
    assert [line.text for line in reading.lines] == ["Статья 1.", "Цель"]
    assert [(line.x, line.y) for line in reading.lines] == [
        pytest.approx((100 * 0.24, (600 - 140) * 0.24)),
        pytest.approx((300 * 0.24, (600 - 240) * 0.24)),
    ]
    assert reading.confidence == pytest.approx(90)


@pytest.mark.parametrize(
    "script", [table(), table((1, "=", 12), (1, "ТЕТЕ", 60)), table((1, " ", 95))]
)
def test_a_photograph_is_no_text(fake: Fake, script: str) -> None:
    assert fake(script).read(IMAGE, 30) is None


@pytest.mark.parametrize(
    ("script", "seconds", "reason"),
    [
        ("cat > /dev/null; echo 'no  data' >&2; exit 1", 30, "tesseract fails: no data"),
        ("exec sleep 100", 0.2, "tesseract takes more than 0 seconds"),
    ],
)
def test_a_command_that_fails(fake: Fake, script: str, seconds: float, reason: str) -> None:
    with pytest.raises(OcrFailed, match=reason):
        fake(script).read(IMAGE, seconds)


def test_no_such_command() -> None:
    with pytest.raises(OcrFailed, match="does not start"):
        Tesseract("/no/tesseract", LANGUAGES).read(IMAGE, 30)


@pytest.mark.parametrize(
    ("script", "languages"),
    [
        ("echo 'List of languages (2):'; echo eng; echo rus", ("rus", "eng")),
        ("echo osd", None),
        ("exit 1", None),
    ],
)
def test_the_languages_that_are_there(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, script: str, languages: tuple[str, ...] | None
) -> None:
    command = Path(fake(script).command)
    monkeypatch.setenv("PATH", str(command.parent))
    found = find_tesseract()
    assert (found and found.languages) == languages


def test_no_tesseract_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_tesseract() is None


@needs_font
def test_tesseract_ends_with_the_sandbox(
    make_scan: MakeScan, fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleep = shutil.which("sleep")
    pid = tmp_path / "pid"
    command = fake(f'[ "$1" = --list-langs ] && echo rus && exit\necho $$ > {pid}\nexec {sleep} 99')
    monkeypatch.setenv("PATH", str(Path(command.command).parent))
    path = tmp_path / "scan.pdf"
    path.write_bytes(make_scan(["Text"]))
    with pytest.raises(UnreadableSource, match=r"takes more than \d seconds"):
        read_source(path, Settings(parse_seconds=3))
    assert ended(int(pid.read_text()))


def ended(process: int) -> bool:
    """Whether a process is gone, or dead and not collected yet; it gets a moment to go."""
    for _ in range(100):
        try:
            os.kill(process, 0)
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    os.kill(process, signal.SIGKILL)
    return False


@needs_tesseract
@needs_font
def test_a_scan_is_found_by_search(make_scan: MakeScan, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(
        make_scan(
            [
                "Статья 7. Отдых смотрителя",
                "1. Смотритель маяка отдыхает одиннадцать часов после ночной вахты.",
            ]
        )
    )
    settings = Settings(index=tmp_path / "index", model="hashing")
    report = KnowledgeBase.add([scan], settings=settings)
    assert any("OCR" in warning for warning in report.files[0].warnings)
    hit = KnowledgeBase.open(settings=settings).search("ночная вахта смотрителя").hits[0]
    assert (hit.eid.split("__")[0], hit.page) == ("art_7", 1)
    assert "одиннадцать часов" in hit.text
