"""What `meta.yaml` says."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents import Language
from kb.gitimport.metadata import BadMetadataError, Metadata, kind_of, number_of, parse_metadata

RU, KK = Language.RUSSIAN, Language.KAZAKH


@pytest.mark.parametrize(
    ("requisite", "number"),
    [
        ("Закон Республики Казахстан от 8 декабря 2009 года № 223-IV.", "223-IV"),
        ("Закон Республики Казахстан от 4 мая 2020 года № 321-VІ ЗРК", "321-VI"),  # Cyrillic І
        ("Кодекс Республики Казахстан от 23 ноября 2015 года №414-V ЗРК", "414-V"),
        ("Приказ от 29 января 2020 года № 20-01-38.3. Зарегистрирован № 19983", "20-01-38.3"),
        ("Указ от 6 декабря 2016 года N 384", "384"),
        ("Закон о бюджете", None),
        ("№", None),
    ],
)
def test_the_number(requisite: str, number: str | None) -> None:
    assert number_of(requisite) == number


@pytest.mark.parametrize(
    ("requisite", "kind"),
    [
        ("Закон Республики Казахстан от 8 декабря 2009 года", "law"),
        ("Конституционный закон Республики Казахстан", "law"),
        ("Кодекс Республики Казахстан", "code"),
        ("Указ Президента Республики Казахстан", "decree"),
        ("Приказ Министра труда", "document"),
        ("", "document"),
    ],
)
def test_the_kind(requisite: str, kind: str) -> None:
    assert kind_of(requisite) == kind


@pytest.mark.parametrize(
    ("raw", "days"),
    [
        (
            "version_date: {rus: 2011-10-13, kaz: 2011-10-14}",
            {RU: (2011, 10, 13), KK: (2011, 10, 14)},
        ),
        ("version_date: {rus: '2011-10-13', kaz: soon}", {RU: (2011, 10, 13)}),
        ("version_date: {rus: 2011-10-13 10:00:00}", {RU: (2011, 10, 13)}),
        ("source: https://portal.example/doc/1/kaz/13.10.2011", {KK: (2011, 10, 13)}),
        ("source: {rus: https://portal.example/doc/1/rus/31.02.2011}", {}),
        (
            "version_date: {rus: 2011-10-13}\nsource: {rus: https://x.example/01.01.2001}",
            {RU: (2011, 10, 13)},
        ),
        ("version_date: [1, 2]", {}),
        ("version_date:", {}),
    ],
)
def test_the_days(raw: str, days: dict[Language, tuple[int, int, int]]) -> None:
    expected = {language: date(*day) for language, day in days.items()}
    assert parse_metadata(raw.encode()).days == expected


@pytest.mark.parametrize(
    "raw",
    [
        "title: {rus: [a], kaz: 7}",
        "source: {rus: 'javascript:alert(1)', kaz: 'file:///etc/passwd'}",
        "caused_by: {requisite: {a: b}}",
        "act_code: true",
        "unknown: &a [*a]",
    ],
)
def test_what_cannot_be_used_counts_as_not_said(raw: str) -> None:
    found = parse_metadata(raw.encode())
    assert found.urls == {}
    assert (found.code, found.amended_by, found.approved) == (None, None, None)
    assert found.titles in ({}, {KK: "7"})


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_metadata_or_said_to_be_none(raw: bytes) -> None:
    said: Metadata | str
    try:
        said = parse_metadata(raw)
    except BadMetadataError as error:
        said = str(error)
    assert isinstance(said, Metadata) or "\n" not in said
