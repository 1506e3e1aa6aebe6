"""What an ingest says of each file: nothing is dropped, and nothing is taken over, in silence."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kb.documents import Language, Provenance, Span
from kb.errors import UnreadableSource
from kb.knowledge_base import KnowledgeBase
from kb.readers import Block, OcrPage, SourceText
from kb.reports import Duplicate, DuplicateKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.reports import FileReport, IngestReport
    from kb.settings import Settings

    Add = Callable[..., IngestReport]
    Run = Callable[..., tuple[int, str, str]]

ACT = "Article 1. Scope\n\nThis Law applies to\neveryone.\n"
LONG = " ".join(f"Clause {number} of the act is about matter {number}." for number in range(90))
SHARED = Path(__file__).resolve().parents[2] / "shared" / "texts"

needs_texts = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the texts beside the checkout are not there"
)


@pytest.fixture
def add(own_settings: Settings) -> Add:
    def call(*paths: Path, **options: object) -> IngestReport:
        return KnowledgeBase.add(paths, settings=own_settings, **options)  # type: ignore[arg-type]

    return call


def write(path: Path, text: str = ACT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def by_name(report: IngestReport) -> dict[str, FileReport]:
    return {Path(file.path).name: file for file in report.files}


# --- what was read ---


def test_a_file_that_was_read(tmp_path: Path, add: Add) -> None:
    (file,) = add(write(tmp_path / "Act.TXT"), provenance=Provenance.TRANSLATION).files
    assert (file.format, len(file.sha256 or "")) == ("txt", 64)
    assert (file.document_id, file.edition_id) == ("act", "en-unofficial-translation")
    assert (file.language, file.provenance) == (Language.ENGLISH, Provenance.TRANSLATION)
    assert (file.characters, file.articles, file.passages, file.pages) == (len(ACT), 1, 1, 0)
    assert file.languages == {Language.ENGLISH: 1}
    assert (file.duplicate, file.replaces, file.skipped) == (None, None, None)


def test_pages(tmp_path: Path, run_kb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = SourceText(
        "One\n\nThree\n \n",
        (Block(Span(0, 13)),),
        page_starts=(0, 4, 5, 11),
        warnings=("No text on pages 2, 4 of 4: blank.",),
        ocr_pages=(OcrPage(3, 91.5),),
    )
    monkeypatch.setattr("kb.ingest.reading.read_source", lambda *_: scan)
    path = write(tmp_path / "scan.pdf")
    code, said, _ = run_kb("ingest", path, "--json")
    (file,) = json.loads(said)["files"]
    assert code == 0
    assert (file["format"], file["pages"], file["pages_without_text"]) == ("pdf", 4, [2, 4])
    assert file["ocr_pages"] == [{"page": 3, "confidence": 91.5}]
    assert (file["language"], file["provenance"]) == ("en", "official")
    assert "No text on pages 2, 4 of 4: blank." in run_kb("ingest", path)[1]


def test_the_languages_of_a_file(tmp_path: Path, run_kb: Run) -> None:
    path = write(
        tmp_path / "order.txt",
        "Статья 1. Отпуск\n\n1. Каждый работник имеет право на ежегодный отпуск для отдыха.\n\n"
        "2. Осы бұйрықта еңбек демалысын беру тәртібі жазылады.\n",
    )
    (file,) = json.loads(run_kb("ingest", path, "-l", "ru", "--json")[1])["files"]
    assert (file["language"], file["languages"]) == ("ru", {"ru": 1, "kk": 1})
    assert "order.txt: 1 of 2 passages are in kk." in run_kb("ingest", path)[1]


# --- what is held twice ---

TWINS: dict[str, tuple[str, DuplicateKind | None]] = {
    "same bytes": (ACT, DuplicateKind.FILE),
    "other white space": (ACT.replace("\neveryone", " everyone"), DuplicateKind.WORDS),
    "no words at all": ("…", None),
    "another act": ("Article 1. Kites\n\nAnybody may fly a kite by day.\n", None),
}


@pytest.mark.parametrize("what", TWINS)
def test_a_duplicate_is_said_and_kept(tmp_path: Path, add: Add, what: str) -> None:
    text, kind = TWINS[what]
    first, second = write(tmp_path / "act.txt"), write(tmp_path / "again.txt", text)
    duplicate = kind and Duplicate(kind, "act/en-official", str(first.resolve()), 1.0)
    one, other = add(first, second).files
    assert (one.duplicate, other.duplicate) == (None, duplicate)
    assert other.passages > 0
    # against what is held already it is the same
    assert add(second).files[0].duplicate == duplicate


def test_the_same_text_in_another_format(tmp_path: Path, add: Add) -> None:
    plain = write(tmp_path / "act.txt", LONG)
    html = write(tmp_path / "act.html", f"<title>Act</title><p>Page 1</p><p>{LONG}</p>")
    duplicate = by_name(add(plain, html))["act.html"].duplicate
    assert duplicate is not None
    assert (duplicate.kind, duplicate.of) == (DuplicateKind.ALIKE, "act/en-official")
    assert 0.98 < duplicate.likeness < 1


def test_editions_of_one_document_are_alike_by_nature(tmp_path: Path, add: Add) -> None:
    add(write(tmp_path / "a.txt", LONG), document_id="act")
    changed = write(tmp_path / "b.txt", LONG.replace("matter 5.", "nothing."))
    assert add(changed, document_id="act", provenance=Provenance.DIGEST).files[0].duplicate is None
    assert add(changed, document_id="other").files[0].duplicate is not None


def test_the_nearest_is_named(tmp_path: Path, add: Add) -> None:
    add(write(tmp_path / "a.txt", LONG.replace("matter 5.", "nothing.")))
    add(write(tmp_path / "b.txt", LONG))
    duplicate = add(write(tmp_path / "c.txt", f"{LONG}\n")).files[0].duplicate
    assert duplicate is not None
    assert (duplicate.kind, duplicate.of) == (DuplicateKind.WORDS, "b/en-official")


def test_how_duplicates_look(tmp_path: Path, run_kb: Run) -> None:
    folder = tmp_path / "in"
    write(folder / "act.txt", LONG)
    write(folder / "copies" / "act.txt", LONG)
    write(folder / "copies" / "act.md", f"# Act\n\n{LONG}")
    write(folder / "copies" / "wide.txt", LONG.replace(" ", "  "))
    said = run_kb("ingest", folder)[1]
    place = "act/en-official (in/act.txt)"
    assert f"copies/act.txt: It is the same file as {place}." in said
    assert f"copies/wide.txt: It has the same words as {place}." in said
    assert f"copies/act.md: About 99 % of its wording is that of {place}." in said
    assert "Files: 4 read, 0 skipped. The index holds 4 documents" in said


def test_two_texts_without_a_word_are_not_said_to_be_the_same(tmp_path: Path, add: Add) -> None:
    assert add(write(tmp_path / "a.txt", "…"), write(tmp_path / "b.txt", "§")).complete
    assert add(tmp_path / "b.txt").files[0].duplicate is None


def test_a_file_that_takes_the_place_of_another(tmp_path: Path, run_kb: Run) -> None:
    old, new = write(tmp_path / "old.txt"), write(tmp_path / "new.txt", LONG)
    run_kb("ingest", old, "--as", "act")
    code, said, _ = run_kb("ingest", new, "--as", "act", "--json")
    assert code == 0
    assert json.loads(said)["files"][0]["replaces"] == str(old.resolve())
    said = run_kb("ingest", old, "--as", "act")[1]
    assert f"It takes the place of what was read from {tmp_path.name}/new.txt." in said
    # read again from where it was, it replaces itself, which is not worth a word
    assert "takes the place" not in run_kb("ingest", old)[1]


# --- what was skipped ---


def test_every_file_of_a_folder_is_in_the_report(tmp_path: Path, run_kb: Run) -> None:
    folder = tmp_path / "in"
    write(folder / "act.txt")
    write(folder / "table.xlsx")
    write(folder / "README")
    write(folder / "below" / "empty.md", "")
    write(folder / ".hidden.txt")
    write(folder / ".git" / "config.md")
    (folder / "dead.md").symlink_to(tmp_path / "nothing.md")
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (folder / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.txt")
    code, said, errors = run_kb("ingest", folder, "--json")
    assert code == 9
    files = {Path(file["path"]).name: file for file in json.loads(said)["files"]}
    reasons = {
        "table.xlsx": "of a kind that is not read (.xlsx)",
        "README": "of a kind that is not read (no suffix)",
        "empty.md": "is empty",
        "dead.md": "does not exist",
        "loop.md": "cannot be opened",
        "folder": "is a folder, not a file",
        "pipe.txt": "is a device or a pipe",
    }
    assert set(files) == {"act.txt", *reasons}
    assert {name for name, file in files.items() if not file["skipped"]} == {"act.txt"}
    for name, reason in reasons.items():
        assert reason in files[name]["skipped"]
        assert (files[name]["document_id"], files[name]["passages"]) == (None, 0)
        assert f"kb: skipped: {files[name]['skipped']}\n" in errors
    code, said, again = run_kb("ingest", folder)
    assert (code, again) == (9, errors)
    for name in reasons:
        assert f"Skipped: {files[name]['skipped']}\n" in said


def test_a_folder_of_which_nothing_can_be_read(tmp_path: Path, add: Add) -> None:
    write(tmp_path / "in" / "empty.txt", "")
    write(tmp_path / "in" / "table.xlsx")
    with pytest.raises(UnreadableSource, match=r"None of the 2 files .*empty\.txt.*table\.xlsx"):
        add(tmp_path / "in")


HOSTILE = (
    "pdf/pdfjs__poppler-67295-0.pdf",
    "pdf/pdfminer__samples__encryption__encrypted_doc_no_id.pdf",
    "pdf/pdfjs__helloworld-bad.pdf",
    "docx/clusterfuzz-testcase-minimized-POIFuzzer-6709287337197568.docx",
    "docx/bug56075-changeTracking_off.docx",
    "docx/Word6.doc",
    "docx/xxe_in_schema.xlsx",
)


@needs_texts
def test_hostile_files_leave_a_report_and_nothing_else(
    tmp_path: Path, run_kb: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sample; all of them are read one by one in `readers/`."""
    folder, temporary = tmp_path / "in", tmp_path / "tmp"
    for place in (folder, temporary):
        place.mkdir()
    for name in HOSTILE:
        shutil.copy(SHARED / "hostile" / name, folder)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    code, said, errors = run_kb("ingest", folder, "--json")
    assert code == 9
    files: list[dict[str, Any]] = json.loads(said)["files"]
    assert sorted(Path(file["path"]).name for file in files) == sorted(
        Path(name).name for name in HOSTILE
    )
    skipped = [file for file in files if file["skipped"]]
    assert 0 < len(skipped) < len(files)
    assert errors.count("kb: skipped: ") == len(skipped)
    for file in files:
        assert bool(file["skipped"]) != (file["passages"] > 0), file["path"]
    assert list(temporary.iterdir()) == []
