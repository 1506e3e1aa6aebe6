"""`kb doctor` says what is there, what is not, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.doctor import Finding, examine
from kb.generations import open_current

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kb.knowledge_base import KnowledgeBase
    from kb.settings import Settings


def findings(settings: Settings) -> dict[str, Finding]:
    found = examine(settings)
    assert len({item.name for item in found}) == len(found)
    assert all("\n" not in item.detail for item in found)
    return {item.name: item for item in found}


def test_everything_is_in_place(own_kb: KnowledgeBase) -> None:
    found = findings(own_kb.settings)
    assert all(item.good for item in found.values())
    assert "3 documents" in found["index"].detail
    assert {"python", "sentence-transformers", "faiss-cpu", "fastapi", "pypdf"} < set(found)


def test_no_index_yet_is_no_fault(own_settings: Settings) -> None:
    found = findings(own_settings)["index"]
    assert found.good
    assert "kb ingest" in found.detail


@pytest.mark.parametrize("name", ["vectors.faiss", "kb.sqlite", "manifest.json"])
def test_a_damaged_index(own_kb: KnowledgeBase, name: str) -> None:
    path = open_current(own_kb.settings.index).folder / name
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    found = findings(own_kb.settings)["index"]
    assert not found.good
    assert name in found.detail
    assert "kb ingest" in found.detail


def test_an_index_of_another_chunker(own_kb: KnowledgeBase) -> None:
    found = findings(own_kb.settings.model_copy(update={"passage_tokens": 100}))["index"]
    assert not found.good
    assert "chunker" in found.detail


def test_a_model_that_is_not_there(
    own_settings: Settings, monkeypatch: pytest.MonkeyPatch, own_kb: KnowledgeBase
) -> None:
    assert own_kb.generation
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    settings = own_settings.model_copy(update={"model": str(own_settings.index)})
    found = findings(settings)
    assert not found["model"].good
    assert not found["index"].good


def test_an_index_that_is_a_file(own_settings: Settings) -> None:
    own_settings.index.write_text("", "utf-8")
    found = findings(own_settings)
    assert found["index"].good  # there is none
    assert "is not a folder" in found["index folder"].detail
    assert not found["index folder"].good


def test_a_package_that_is_missing(own_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.doctor._PACKAGES", ("tantivy", "no-such-package"))
    found = findings(own_settings)
    assert found["tantivy"].good
    assert not found["no-such-package"].good


@pytest.mark.parametrize(
    ("scripts", "tesseract", "libreoffice"),
    [
        (
            {},
            (
                "absent (optional: needed for scanned PDFs; install tesseract-ocr tesseract-ocr-rus"
                " tesseract-ocr-kaz)"
            ),
            "absent (optional: needed for DOC, ODT and RTF; install libreoffice-writer)",
        ),
        (
            {
                "tesseract": (
                    "case $1 in --list-langs) echo eng; echo rus; echo kaz;;"
                    " *) echo tesseract 5.3.0; echo more; esac"
                ),
                "soffice": "echo 'LibreOffice 7.4.7.2 40(Build:2)'",
            },
            "tesseract 5.3.0, languages rus kaz eng",
            "LibreOffice 7.4.7.2",
        ),
        (
            {
                "tesseract": "[ $1 = --list-langs ] && echo rus",
                "libreoffice": "exit 1",
            },
            (
                "present, languages rus (optional: needed for scanned PDFs in other languages;"
                " install tesseract-ocr-kaz tesseract-ocr-eng)"
            ),
            (
                "{folder}/libreoffice does not start (optional: needed for DOC, ODT and RTF;"
                " install it again)"
            ),
        ),
    ],
)
def test_optional_tools(
    own_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scripts: dict[str, str],
    tesseract: str,
    libreoffice: str,
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, line in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    found = findings(own_settings)
    assert found["tesseract"] == Finding("tesseract", True, tesseract)
    assert found["LibreOffice"] == Finding("LibreOffice", True, libreoffice.format(folder=folder))


def test_a_disk_that_is_full(own_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.doctor._FREE_BYTES", 1 << 60)
    found = findings(own_settings)
    assert not found["cache"].good
    assert "free at least" in found["cache"].detail


def test_the_command(own_kb: KnowledgeBase, run_kb: Callable[..., tuple[int, str, str]]) -> None:
    code, said, errors = run_kb("doctor")
    assert (code, errors) == (0, "")
    assert "ok     index: " in said
    open_current(own_kb.settings.index).vectors.unlink()
    code, said, errors = run_kb("doctor")
    assert (code, errors) == (1, "")
    assert "wrong  index: " in said
