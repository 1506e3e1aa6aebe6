"""What `meta.yaml` says of an act and of its version in one commit.

    act_code: '49323'
    requisite: Закон Республики Казахстан от 8 декабря 2009 года № 223-IV.
    title: {rus: О государственных гарантиях …, kaz: …}
    approved_on: 2009-12-08
    version_date: {kaz: 2011-10-13, rus: 2011-10-13}
    source: {kaz: https://…/kaz/13.10.2011, rus: https://…/rus/13.10.2011}
    caused_by: {requisite: Закон Республики Казахстан от 5 июля 2011 года № 452-IV, …}

Older repositories have the same keys, or `source` alone, before the text (`---`). What cannot be
used of a key counts as not said; only a file that is no YAML at all is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import yaml

from kb.gitimport.layout import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.documents import Language

_MAX_BYTES = 64 * 1024  # the longest known has 4 KB
_MAX_CHARS = 4000  # of one value

# `№ 223-IV.`, `N 452-IV`, `№ 20-01-38.3. Зарегистрирован`, `№ 414-V ЗРК`
_NUMBER = re.compile(r"(?:№|\bN)\s*(?P<number>\S+?)[.,;:]*(?=\s|$)")
_LAW_NUMBER = re.compile(r"\d+(?:-\d+)?-[IVXІХ]+", re.IGNORECASE)
_LATIN = str.maketrans("ІіХх", "IIXX")  # numbers are typed with Cyrillic letters as well
_PORTAL_DAY = re.compile(r"/(\d{2})\.(\d{2})\.(\d{4})$")  # …/doc/49323/rus/13.10.2011
_URL = re.compile(r"https?://[^\s/]+/\S*")

# The first words of a requisite, and the kind of the act
_KINDS = (
    ("кодекс", "code"),
    ("закон", "law"),
    ("конституционный закон", "law"),
    ("указ", "decree"),
    ("конвенция", "convention"),
    ("соглашение", "agreement"),
)


class BadMetadataError(ValueError):
    """The file is not YAML, or not a table."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is said of an act in one commit."""

    code: str | None = None  # of the act on the state's portal: `49323`
    titles: Mapping[Language, str] = field(default_factory=dict)
    kind: str = "document"
    number: str | None = None  # `223-IV`
    approved: date | None = None
    days: Mapping[Language, date] = field(default_factory=dict)  # of the version
    urls: Mapping[Language, str] = field(default_factory=dict)
    amended_by: str | None = None
    repealed: date | None = None  # a repeal that has been announced


def parse_metadata(raw: bytes) -> Metadata:
    """Read a `meta.yaml`, or what stands before a text.

    Raises:
        BadMetadataError: it is not UTF-8, not YAML, no table, or too large.
    """
    if len(raw) > _MAX_BYTES:
        raise BadMetadataError(f"it has more than {_MAX_BYTES // 1024} KB")
    try:
        found = yaml.safe_load(raw.decode("utf-8-sig"))
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        said = " ".join(str(error).split())[:120]
        raise BadMetadataError(said or type(error).__name__) from error
    if not isinstance(found, dict):
        raise BadMetadataError("it is not a table of keys")
    requisite = _text(found.get("requisite"))
    urls = {lang: url for lang, url in _by_language(found, "source") if _URL.fullmatch(url)}
    cause = found.get("caused_by")
    amended_by = _text(cause.get("requisite")) if isinstance(cause, dict) else None
    return Metadata(
        code=_text(found.get("act_code")),
        titles=dict(_by_language(found, "title")),
        kind=kind_of(requisite or ""),
        number=number_of(requisite or ""),
        approved=_day(found.get("approved_on")),
        days=_portal_days(urls) | _days(found.get("version_date")),
        urls=urls,
        amended_by=amended_by.rstrip(" .") if amended_by else None,
        repealed=_day(found.get("repealed_on")),
    )


def number_of(requisite: str) -> str | None:
    """Return the number of an act from the way it is cited.

    >>> number_of("Закон Республики Казахстан от 8 декабря 2009 года № 223-IV.")
    '223-IV'
    >>> number_of("Приказ от 29 января 2020 года № 20-01-38.3. Зарегистрирован 5 февраля")
    '20-01-38.3'
    """
    found = _NUMBER.search(requisite)
    return plain_number(found["number"]) if found else None


def plain_number(number: str) -> str:
    """Return a number with Latin letters, as the catalogue has it: `223-ІV` → `223-IV`."""
    return number.translate(_LATIN).upper() if _LAW_NUMBER.fullmatch(number) else number


def kind_of(requisite: str) -> str:
    """Return the kind of an act from the way it is cited.

    >>> kind_of("Кодекс Республики Казахстан от 23 ноября 2015 года № 414-V ЗРК")
    'code'
    """
    words = requisite.lower()
    return next((kind for start, kind in _KINDS if words.startswith(start)), "document")


def _text(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**18 else None
    if not isinstance(value, str) or len(value) > _MAX_CHARS:
        return None
    return " ".join(value.split()) or None


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            return None
    return value if isinstance(value, date) else None


def _by_language(found: Mapping[Any, Any], key: str) -> list[tuple[Language, str]]:
    """Return what a key says in each language; one text for all has the language in its end."""
    given = found.get(key)
    if isinstance(given, str):
        given = {code: given for code in LANGUAGES if f"/{code}/" in given}
    if not isinstance(given, dict):
        return []
    texts = [(language, _text(given.get(code))) for code, language in LANGUAGES.items()]
    return [(language, text) for language, text in texts if text]


def _days(given: Any) -> dict[Language, date]:
    """Return the day of the version in each language, from one day or a table of days."""
    table = given if isinstance(given, dict) else dict.fromkeys(LANGUAGES, given)
    days = {language: _day(table.get(code)) for code, language in LANGUAGES.items()}
    return {language: day for language, day in days.items() if day is not None}


def _portal_days(urls: Mapping[Language, str]) -> dict[Language, date]:
    days = {}
    for language, url in urls.items():
        if found := _PORTAL_DAY.search(url):
            day, month, year = found.groups()
            if read := _day(f"{year}-{month}-{day}"):
                days[language] = read
    return days
