"""Which encodings are told apart, and what is no text at all."""

from __future__ import annotations

import codecs
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import UnreadableSource
from kb.readers.decoding import decode

NOISE = hashlib.shake_256(b"noise").digest(5000)
LAW = Path(__file__).resolve().parents[2].parent / "shared" / "texts" / "law-223-iv"

RUSSIAN = "Статья 4. Дискриминация по признаку пола запрещается и влечет ответственность."
KAZAKH = "4-бап. Жынысы бойынша кемсітушілікке тыйым салынады, ұлттық қауіпсіздік үшін әрі өз."
ENGLISH = "The employer shall not “dismiss” a worker’s representative – see § 4 of the Act."


@pytest.mark.parametrize("text", [RUSSIAN, KAZAKH, ENGLISH])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_certain_encodings_need_no_warning(text: str, mark: bytes, encoding: str) -> None:
    assert decode(mark + text.encode(encoding), "a.txt") == (text, ())


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        (RUSSIAN, "cp1251", "Windows-1251"),
        (KAZAKH, "kz1048", "Windows-1251"),
        ("яются свойственными данному виду труда", "cp1251", "Windows-1251"),  # FF FE
        (ENGLISH, "cp1252", "Windows-125"),
        (RUSSIAN, "koi8-r", "KOI8-R"),
        (RUSSIAN, "cp866", "DOS 866"),
        (RUSSIAN, "iso8859_5", "ISO 8859-5"),
        (RUSSIAN, "utf-16-le", "UTF-16"),
        (KAZAKH, "utf-16-be", "UTF-16"),
        ("Article 1. Definitions of the Act", "utf-16-le", "UTF-16"),
    ],
)
def test_other_encodings_are_guessed_and_reported(text: str, encoding: str, named: str) -> None:
    decoded = decode(text.encode(encoding), "a.txt")
    assert decoded.text == text
    assert named in decoded.warnings[0]


@pytest.mark.skipif(not LAW.exists(), reason="the texts of ../shared are not here")
@pytest.mark.parametrize(("file", "encoding"), [("rus.md", "cp1251"), ("kaz.md", "kz1048")])
@pytest.mark.parametrize("length", [100, 1000, 10_000])
def test_slices_of_a_law_in_windows_1251(file: str, encoding: str, length: int) -> None:
    law = (LAW / file).read_text("utf-8")
    for start in range(0, len(law) - length, (len(law) - length) // 20):
        data = law[start : start + length].encode(encoding, "ignore")
        assert decode(data, "a.txt").text == data.decode(encoding)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8,
        b"PK\3\4\x14\0\6\0\x08\0" + NOISE,
        NOISE,
        b"\0" * 1000,
        bytes(range(32)) * 20,
    ],
    ids=["png", "zip", "random", "zeros", "controls"],
)
def test_binary_files_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableSource, match=r"a\.txt is not a text file.*save it as UTF-8"):
        decode(data, "a.txt")


def test_text_that_breaks_its_mark_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="UTF-8 text but is damaged at byte 6"):
        decode(codecs.BOM_UTF8 + b"abc\xff", "a.txt")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf_8_always_comes_back(text: str) -> None:
    assert decode(text.encode(), "a.txt").text == text.removeprefix("\ufeff")


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        decoded = decode(data, "a.txt")
    except UnreadableSource:
        return
    decoded.text.encode()  # fails at half a surrogate pair
