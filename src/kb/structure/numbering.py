"""How units of a legal text are numbered and headed, in English, Russian and Kazakh.

`read_label` looks at the beginning of a paragraph and says which unit starts there, if any. It
knows nothing of what came before: whether a label is believed is decided in `kb.structure.tree`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from kb.documents import Level


class Rank(IntEnum):
    """How high a unit stands; a unit contains units of a greater rank only."""

    ANNEX = 0
    PART = 1
    SECTION = 2
    SUBSECTION = 3  # подраздел: a section within a section
    CHAPTER = 4
    DIVISION = 5  # параграф, §: a section within a chapter
    ARTICLE = 6
    CLAUSE = 7
    SUBCLAUSE = 8
    LETTER = 9
    ROMAN = 10


LEVELS: dict[Rank, Level] = {
    Rank.ANNEX: Level.ANNEX,
    Rank.PART: Level.PART,
    Rank.SECTION: Level.SECTION,
    Rank.SUBSECTION: Level.SECTION,
    Rank.CHAPTER: Level.CHAPTER,
    Rank.DIVISION: Level.SECTION,
    Rank.ARTICLE: Level.ARTICLE,
    Rank.CLAUSE: Level.CLAUSE,
    Rank.SUBCLAUSE: Level.SUBCLAUSE,
    Rank.LETTER: Level.SUBCLAUSE,
    Rank.ROMAN: Level.SUBCLAUSE,
}


@dataclass(frozen=True, slots=True)
class Label:
    """The number with which a paragraph opens, and what kind of unit that makes it."""

    rank: Rank
    number: str | None  # cleaned, see `clean_number`; None for a unit that is named, not numbered
    end: int  # offset in the paragraph at which its own words begin
    strong: bool = True  # False: the form also occurs in running text ("Article 5" and no more)
    tail: tuple[tuple[Rank, str], ...] = ()  # numbers below it on one line: `2.1.1.(1)`, `(a)(i)`

    @property
    def headed(self) -> bool:
        """Whether the rest of the paragraph is a heading, not text of the norm."""
        return self.rank <= Rank.ARTICLE


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RAISED = re.compile(r"(\d)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
# Cyrillic letters that printed acts use as Roman numerals
_ROMAN_TWINS = str.maketrans("ІХСМіхсм", "IXCMixcm")


def clean_number(printed: str) -> str:
    """Return a printed number as it stands in an eid.

    | printed      | cleaned  |
    | ------------ | -------- |
    | `10.`        | `10`     |
    | `127–1.`     | `127-1`  |
    | `127¹`       | `127-1`  |
    | `(a)`        | `a`      |
    | `IV`         | `iv`     |
    | `ХІ`         | `xi`     |
    | `2.3.1.`     | `2.3.1`  |
    | `2.(5).Note` | `2.5.note` |
    | `“2.3“`      | `2.3`    |
    """
    raised = _RAISED.sub(lambda m: f"{m[1]}-{m[2].translate(_SUPERSCRIPTS)}", printed)
    dashes = re.sub(r"\s*[-‐‑–—]\s*", "-", raised)
    unbracketed = re.sub(r"[()\[\]{}]", "", dashes)
    number = unbracketed.strip(".,:;\"'«»“”„ \t\n\u00a0").lower()
    return number.translate(_ROMAN_TWINS) if re.fullmatch("[ivxlcmіхсм]+", number) else number


# --- fragments; each repeats a bounded number of times, so that no line takes long to refuse ---

_GAP = r"[ \t\u00a0]{1,20}"
_SOME = r"[ \t\u00a0]{0,20}"
# 10, 127-1, 20 – 1, 127¹
_NUMBER = r"\d{1,4}(?:[ ]?[-‐‑–][ ]?\d{1,3}(?!\d)){0,3}[⁰¹²³⁴⁵⁶⁷⁸⁹]{0,3}"
_ROMAN = r"[IVXLCІХС]{1,7}"
_ORDINAL = rf"(?:{_NUMBER}(?:\.\d{{1,3}}){{0,7}}|{_ROMAN})"
_IN_BRACKETS = r"\((?:\d{1,4}(?:-\d{1,3})?|[A-Za-zа-яёәғқңөұүһі]{1,4})\)"
_TAIL = rf"(?P<tail>(?:{_IN_BRACKETS}){{0,4}})"  # (1), (a)(i), right after a number
_AFTER_HEADING_NUMBER = r"(?=[ \t\u00a0]*(?:[.:—–-]|$|\n))"  # `10.`, `10 –`, or nothing more
_AFTER_LOOSE_NUMBER = r"(?=[ \t\u00a0.:—–-]|$|\n)"


def _unit(
    rank: Rank, words: str, kazakh: str, after: str, ordinal: str = _ORDINAL
) -> list[tuple[Rank, re.Pattern[str]]]:
    """Build the patterns of one unit: `Глава 5` and, number first, `5-тарау`."""
    named = rf"(?:{words}){_GAP}(?P<n>{ordinal})(?:\.?{_TAIL}){after}"
    kazakh_form = rf"(?P<n>{_ORDINAL}){_SOME}[-‐‑–]?{_SOME}(?:{kazakh})(?![\w-])"
    return [(rank, re.compile(named)), (rank, re.compile(kazakh_form))]


_UNITS: list[tuple[Rank, re.Pattern[str]]] = [
    # Article 10. · Статья 127-1. · Статья 8 · 10-бап.
    *_unit(Rank.ARTICLE, "Article|ARTICLE|Art\\.|Статья|СТАТЬЯ", "бап|БАП", _AFTER_HEADING_NUMBER),
    # Глава 2. · Chapter IV · 3-тарау.
    *_unit(Rank.CHAPTER, "Chapter|CHAPTER|Глава|ГЛАВА", "тарау|ТАРАУ", _AFTER_LOOSE_NUMBER),
    # Параграф 1. · 2-параграф.
    *_unit(Rank.DIVISION, "Параграф|ПАРАГРАФ", "параграф|ПАРАГРАФ", _AFTER_LOOSE_NUMBER),
    # § 1. Законный режим
    (Rank.DIVISION, re.compile(rf"§{_SOME}(?P<n>{_NUMBER})")),
    # Подраздел 1. · 1-кіші бөлім.
    *_unit(
        Rank.SUBSECTION,
        "Subsection|SUBSECTION|Подраздел|ПОДРАЗДЕЛ",
        "кіші бөлім|КІШІ БӨЛІМ",
        _AFTER_LOOSE_NUMBER,
    ),
    # РАЗДЕЛ 1. · Section II · 1-бөлім.
    *_unit(Rank.SECTION, "Section|SECTION|Раздел|РАЗДЕЛ", "бөлім|БӨЛІМ", _AFTER_LOOSE_NUMBER),
    # Part 1 · ЧАСТЬ II · 1-бөлік.
    *_unit(Rank.PART, "Part|PART|Часть|ЧАСТЬ", "бөлік|БӨЛІК", _AFTER_LOOSE_NUMBER),
    # Приложение 2 · Annex A · 1-қосымша
    *_unit(
        Rank.ANNEX,
        "Annex|ANNEX|Appendix|APPENDIX|Приложение|ПРИЛОЖЕНИЕ",
        "қосымша|ҚОСЫМША",
        _AFTER_LOOSE_NUMBER,
        rf"(?:{_ORDINAL}|[A-ZА-Я])",
    ),
]

# ОБЩАЯ ЧАСТЬ, and no more on the line
_NAMED_PART = re.compile(
    r"(?:ОБЩАЯ ЧАСТЬ|ОСОБЕННАЯ ЧАСТЬ|ЖАЛПЫ БӨЛІК|ЕРЕКШЕ БӨЛІК|GENERAL PART|SPECIAL PART)"
    rf"{_SOME}(?=\n|$)"
)
# Приложение, and no more on the line: the only annex
_NAMED_ANNEX = re.compile(
    rf"(?:Annex|ANNEX|Appendix|APPENDIX|Приложение|ПРИЛОЖЕНИЕ|Қосымша|ҚОСЫМША){_SOME}(?=\n|$)"
)
# II. ОБЩИЕ ПОЛОЖЕНИЯ
_ROMAN_HEADING = re.compile(rf"(?P<n>{_ROMAN})\.{_GAP}(?=[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ])")
# 23.11.2015 and 01.01.16 are dates, 2.3.1 and 2.2.10 are numbers
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}|(?:0\d\.\d\d|\d\d\.0\d)\.\d\d(?!\d)")
# 1.5 million
_AMOUNT = re.compile(rf"\d{{1,3}}\.\d{{1,3}}{_GAP}[a-zа-яёәғқңөұүһі]")
# 2.3.1 · 1.2. · 2.1.1.(1) · 5.2.13 (1), the second number in a column of its own
_DECIMAL = re.compile(
    rf"(?P<n>\d{{1,3}}(?:\.\d{{1,3}}){{1,7}})\.?(?:\t(?=\(\d{{1,3}}\)))?{_TAIL}(?=\s)"
)
# 1.2.Guidance · 2.1.3.Guidance.1. · 3.1.1.(5).Guidance.2. · 8.Introduction.Guidance
_GUIDANCE = re.compile(
    rf"(?P<n>\d{{1,3}}(?:\.\d{{1,3}}){{0,7}}(?:\.?{_IN_BRACKETS}){{0,4}}"
    r"(?:\.Introduction|(?:\.Introduction)?\.Guidance))(?:\.(?P<tail>\d{1,3}))?\.?(?=\s|$)"
)
# 1. · 12-1. · 3.Текст
_CLAUSE = re.compile(rf"(?P<n>{_NUMBER})\.(?![\d.])")
# 1) · 16-2) · a) · (1) · (iv) · (a)(i)
_BRACKETED = re.compile(
    rf"(?P<open>\()?(?P<n>{_NUMBER}|[a-zа-яёәғқңөұүһі]{{1,2}}|[ivxlc]{{1,7}})\)" + _TAIL
)
# i. · a.
_DOTTED_LETTER = re.compile(r"(?P<n>[a-z]|[ivxl]{2,5})\.(?=\s)")
_NUMBERS: list[tuple[re.Pattern[str], Rank | None]] = [  # None: the number itself shows the rank
    (_GUIDANCE, Rank.CLAUSE),
    (_DECIMAL, Rank.CLAUSE),
    (_CLAUSE, Rank.CLAUSE),
    (_BRACKETED, None),
    (_DOTTED_LETTER, None),
]
_ROMAN_NUMBER = re.compile("[ivxlc]+")
_SEPARATOR = re.compile(rf"{_SOME}[.:—–-]?{_SOME}")


def _bracket_rank(number: str) -> Rank:
    if number[0].isdigit():
        return Rank.SUBCLAUSE
    return (
        Rank.ROMAN if _ROMAN_NUMBER.fullmatch(number) and number not in {"c", "l"} else Rank.LETTER
    )


def _tail(printed: str) -> tuple[tuple[Rank, str], ...]:
    numbers = [clean_number(part) for part in re.findall(r"[^()\s]+", printed)]
    return tuple((_bracket_rank(number), number) for number in numbers if number)


def _skip_separator(paragraph: str, at: int) -> int:
    """Return the offset after the dot, dash or blanks between a number and the words.

    >>> _skip_separator("Статья 10. Участие", 9)
    11
    """
    match = _SEPARATOR.match(paragraph, at)
    return match.end() if match else at


def read_heading(paragraph: str, *, marked: bool = False) -> Label | None:
    """Return the label of a unit that is headed by its name: `Статья 10. Участие` → article 10.

    `paragraph` begins with its first printed character. A form that running text can also show
    ("Article 5 of this Convention" at the start of a wrapped line is refused; "Article 5" alone
    on a line is not) comes back with `strong=False`. `marked` says that the format itself shows
    a heading; only then is `I. General provisions` one, which "I. Ivanov" is not.
    """
    for rank, pattern in _UNITS:
        if match := pattern.match(paragraph):
            end = _skip_separator(paragraph, match.end())
            dotted = "." in paragraph[match.end("n") : end]
            first = paragraph[end : end + 1]
            running = first.islower() or first.isdigit()
            if not dotted and running and rank is not Rank.ANNEX:
                return None  # "Статья 68 с изменением", "Section 5 of the Act", "3-бап 2030 жылдан"
            tail = _tail(match.groupdict().get("tail") or "")
            return Label(rank, clean_number(match["n"]), end, strong=dotted, tail=tail)
    if _NAMED_PART.match(paragraph):
        return Label(Rank.PART, None, 0)  # its name is its heading
    if match := _NAMED_ANNEX.match(paragraph):
        return Label(Rank.ANNEX, None, match.end())
    if match := _ROMAN_HEADING.match(paragraph):
        first_line = paragraph[match.end() :].partition("\n")[0]
        if marked or (first_line.isupper() and len(first_line) > 3):
            return Label(Rank.SECTION, clean_number(match["n"]), match.end(), strong=False)
    return None


def read_number(paragraph: str) -> Label | None:
    """Return the label of a numbered paragraph: `3-1. …`, `2) …`, `(a) …`, `2.3.1 …`."""
    if _DATE.match(paragraph) or _AMOUNT.match(paragraph):
        return None
    for pattern, rank in _NUMBERS:
        if match := pattern.match(paragraph):
            number = clean_number(match["n"])
            return Label(
                rank or _bracket_rank(number),
                number,
                _skip_separator(paragraph, match.end()),
                strong=pattern is not _DOTTED_LETTER,
                tail=_tail(match.groupdict().get("tail") or ""),
            )
    return None
