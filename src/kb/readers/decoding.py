"""Bytes to text: which encoding a text file is in.

UTF-8, and whatever a byte-order mark names, is read as it says. Anything else is a guess between
the encodings that Russian, Kazakh and English texts were ever saved in, and is reported as one.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from charset_normalizer import from_bytes

from kb.errors import UnreadableSource

# the longer marks first: that of UTF-32-LE begins with that of UTF-16-LE
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# What is guessed between, as Python calls them and as a reader of a warning knows them. KZ-1048
# is Windows-1251 with the Kazakh letters in the places of Serbian and Ukrainian ones, so Russian
# text reads the same in both. MacCyrillic is left out: its small letters are those of Windows.
_WINDOWS = "kz1048"
_NAMES = {
    _WINDOWS: "Windows-1251 (with Kazakh letters: KZ-1048)",
    "koi8_r": "KOI8-R",
    "cp866": "DOS 866",
    "iso8859_5": "ISO 8859-5",
    "cp1252": "Windows-1252",
    "utf_16_le": "UTF-16",
    "utf_16_be": "UTF-16",
    "utf_32_le": "UTF-32",
    "utf_32_be": "UTF-32",
}
_WIDE = [encoding for encoding in _NAMES if encoding.startswith("utf")]
_SINGLE_BYTE = [encoding for encoding in _NAMES if encoding not in _WIDE]

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_SMALL_CYRILLIC = re.compile("[а-яёәғқңөұүһі]")
_VOWEL = re.compile("[аеёиоуыэюяәөұүі]", re.IGNORECASE)
_BEYOND_LATIN_1 = re.compile("[^\0-\xa0]")

# control characters that no text has: all but tab, line ends, form feed, escape and the CP/M end
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.01  # share of such characters from which a file counts as binary


class Decoded(NamedTuple):
    """The text of a file and what the reader of it should know."""

    text: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, name: str) -> Decoded:
    """Return the text of a file's bytes; `name` is what an error message calls the file.

    >>> decode("Бап".encode("utf-8"), "a.txt").text
    'Бап'
    >>> decode("Статья 1. Цель и задачи".encode("cp1251"), "a.txt").warnings[0][:40]
    'The encoding was guessed: Windows-1251 ('

    Raises:
        UnreadableSource: the bytes are not text, or in no encoding that is known here.
    """
    decoded = _marked(data, name) or _utf8(data) or _guessed(data)
    if decoded is None or _binary(decoded.text):
        raise UnreadableSource(
            f"{name} is not a text file, or in an unknown encoding: save it as UTF-8 text and"
            " add it again."
        )
    return decoded


def _marked(data: bytes, name: str) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            if len(mark) == 2 and _reads_well(data.decode(_WINDOWS, "replace")):
                return None  # not UTF-16: "яю" and "юя" in Windows-1251 are its marks
            try:
                return Decoded(data[len(mark) :].decode(encoding))
            except UnicodeDecodeError as error:
                raise UnreadableSource(
                    f"{name} begins as {encoding.upper()} text but is damaged at byte"
                    f" {len(mark) + error.start}: save it as UTF-8 text and add it again."
                ) from error
    return None


def _utf8(data: bytes) -> Decoded | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    # Latin text in UTF-16 is valid UTF-8, with a NUL beside each letter
    return None if _binary(text) else Decoded(text)


def _guessed(data: bytes) -> Decoded | None:
    """Guess an encoding: Windows-1251 where that reads well, otherwise as statistics say.

    Measured on slices of laws in Russian and Kazakh: no error from 100 characters on in any of
    these encodings; of 450 slices of 30 characters in Windows-1251, 3 are misread (286 without
    the look at Windows-1251 first).
    """
    encoding, text = _WINDOWS, data.decode(_WINDOWS, "replace")
    if not _reads_well(text):
        # only characters of two or four bytes bring NULs into a text
        best = from_bytes(data, cp_isolation=_WIDE if 0 in data else _SINGLE_BYTE).best()
        if best is None:
            return None
        encoding, text = best.encoding, str(best)
    guess = _NAMES.get(encoding, encoding)
    return Decoded(
        text,
        (f"The encoding was guessed: {guess}. If letters look wrong, save the file as UTF-8.",),
    )


def _reads_well(text: str) -> bool:
    """Whether a text looks like Russian or Kazakh, not like one read in a wrong encoding.

    Wrong encodings swap capitals and small letters (KOI8-R), put vowels where consonants were
    (ISO 8859-5) or signs where letters were (DOS 866).
    """
    letters = len(_CYRILLIC.findall(text))
    return (
        letters > 0
        and not _binary(text)
        and "\ufffd" not in text
        and len(_SMALL_CYRILLIC.findall(text)) > 0.6 * letters
        and len(_VOWEL.findall(text)) > 0.3 * letters
        and len(_BEYOND_LATIN_1.findall(text)) * 0.8 < letters
    )


def _binary(text: str) -> bool:
    return sum(1 for _ in _CONTROL.finditer(text)) > _MOST_CONTROLS * len(text)
