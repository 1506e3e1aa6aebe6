"""From a path to a text: which files are read, and what is said about the others."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb.errors import UnreadableSource
from kb.readers import SUFFIXES, read_source, supported
from kb.readers.ocr import find_tesseract
from kb.settings import Settings

HOSTILE = Path(__file__).resolve().parents[2].parent / "shared" / "texts" / "hostile" / "pdf"
SETTINGS = Settings(parse_seconds=60)


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("a.md", b"# *A*\n", "A\n"),
        ("a.MARKDOWN", b"\xef\xbb\xbf1\\. b", "1. b\n"),
        ("a.txt", b"# *A*\r\n", "# *A*\n"),
    ],
)
def test_a_file_is_read_by_its_suffix(tmp_path: Path, name: str, data: bytes, text: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert supported(path)
    assert read_source(path, SETTINGS).text == text


def test_a_pdf_is_read(tmp_path: Path, make_pdf) -> None:
    path = tmp_path / "act.PDF"
    path.write_bytes(make_pdf([[(42, 700, "One")], [(42, 700, "Two")]]))
    source = read_source(path, SETTINGS)
    assert (source.text, source.page_starts) == ("One\nTwo\n", (0, 4))


def test_threads_read_side_by_side(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.md" for n in range(6)]
    for path in paths:
        path.write_text(f"# {path.stem}")
    with ThreadPoolExecutor(3) as threads:
        sources = list(threads.map(lambda path: read_source(path, SETTINGS), paths))
    assert [source.title for source in sources] == [path.stem for path in paths]


def test_a_guessed_encoding_is_reported_from_both_kinds_of_process(tmp_path: Path) -> None:
    for name in ("a.txt", "a.md"):
        path = tmp_path / name
        path.write_bytes("Статья 1. Цель и задачи настоящего Закона".encode("cp1251"))
        source = read_source(path, SETTINGS)
        assert source.text.startswith("Статья 1. Цель")
        assert "Windows-1251" in source.warnings[0]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "is empty"),
        ("a.pdf", b"", "is empty"),
        ("a.txt", b" \n\t\r\n", "has no text in it"),
        ("a.txt", "\ufeff\u00a0\n".encode(), "has no text in it"),
        ("a.md", b"---\n\n<a id='x'></a>\n", "has no text in it"),
        ("a.xyz", b"text", f"convert it to one of {', '.join(sorted(SUFFIXES))} and add it again"),
        ("README", b"text", "is of a kind that is not read"),
        ("a.txt", b"\0\1\2\3" * 99, "is not a text file"),
        ("a.pdf", b"text", "is damaged or not a PDF file"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableSource) as refusal:
        read_source(path, SETTINGS)
    assert str(refusal.value).startswith(str(path))
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(UnreadableSource, match=r"more than 1 MB.*max_source_megabytes"):
        read_source(path, Settings(max_source_megabytes=1))


def test_what_is_no_file(tmp_path: Path) -> None:
    folder, pipe, link = tmp_path / "folder.md", tmp_path / "pipe.md", tmp_path / "link.md"
    folder.mkdir()
    os.mkfifo(pipe)
    link.symlink_to(tmp_path / "nowhere.md")
    for path, reason in (
        (folder, "is a folder"),
        (pipe, "is a device or a pipe"),
        (link, "does not exist"),
        (tmp_path / "missing.md", "does not exist"),
        (tmp_path / "a.md" / "b.md", "does not exist"),
        (Path("a\0.md"), "cannot be opened"),
        (tmp_path / ("x" * 500 + ".md"), "cannot be opened"),
    ):
        with pytest.raises(UnreadableSource, match=reason):
            read_source(path, SETTINGS)


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("text")

    def refuse(path: Path, *_: object) -> None:  # as root, who runs tests too, may read everything
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnreadableSource, match="may not be read by this user"):
        read_source(path, SETTINGS)


def test_suffixes_are_lower_case() -> None:
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in SUFFIXES)
    assert not supported(Path("a.docm"))


ENDS = {  # what of the hostile files is no text, and why
    "is encrypted": (
        "pdfjs__issue21579 pdfjs__issue6010_1 pdfjs__saslprep-r6"
        " pdfminer__samples__encryption__aes-128 pdfminer__samples__encryption__aes-256-r6"
        " pdfminer__samples__encryption__rc4-40"
        " pypdf_samples__005-libreoffice-writer-password__libreoffice-writer-password"
    ).split(),
    "has no text on any page": (
        "pdfjs__cmykjpeg pdfjs__issue14200 pdfjs__issue5481 pdfjs__issue5567"
    ).split(),
    "is damaged": (
        "pdfjs__PDFBOX-3148-2-fuzzed pdfjs__poppler-85140-0 pdfjs__poppler-937-0-fuzzed"
    ).split(),
}


@pytest.mark.skipif(not HOSTILE.exists(), reason="the texts of ../shared are not here")
def test_hostile_pdfs_end_as_text_or_with_a_reason(capfd: pytest.CaptureFixture[str]) -> None:
    refused: dict[str, str] = {}
    for path in sorted(HOSTILE.glob("*.pdf")):
        try:
            source = read_source(path, SETTINGS)
        except UnreadableSource as refusal:
            refused[path.stem] = str(refusal)
            continue
        assert source.text.strip(), path.name
        assert "".join(b.span.of(source.text) for b in source.blocks) == source.text, path.name
    expected = {name: reason for reason, names in ENDS.items() for name in names}
    if find_tesseract() is None:
        expected["pdfminer__samples__encryption__encrypted_doc_no_id"] = "so install tesseract-ocr"
    assert refused.keys() == expected.keys()
    assert [name for name, reason in expected.items() if reason not in refused[name]] == []
    assert capfd.readouterr() == ("", "")
