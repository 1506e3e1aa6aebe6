"""Citations in Russian: from the smallest unit to the largest, in the genitive after the first.

| article 10, point 3, sub-point 2          | подпункт 2) пункта 3 статьи 10      |
| article 99, points 3 to 4                 | пункты 3–4 статьи 99                |
| article 9, point 4, its second part       | часть вторая пункта 4 статьи 9      |
| sub-point 2 of the first part, article 160| подпункт 2) части первой статьи 160 |
| point 2 of annex 1                        | пункт 2 приложения 1                |
| a note to article 5                       | сноска к статье 5                   |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.citations.pinpoint import Kind, Step

if TYPE_CHECKING:
    from kb.citations.pinpoint import Pinpoint


@dataclass(frozen=True, slots=True)
class _Noun:
    nominative: str
    genitive: str
    dative: str
    plural: str  # nominative


_NOUNS = {
    Kind.ARTICLE: _Noun("статья", "статьи", "статье", "статьи"),
    Kind.CLAUSE: _Noun("пункт", "пункта", "пункту", "пункты"),
    Kind.SUBCLAUSE: _Noun("подпункт", "подпункта", "подпункту", "подпункты"),
    Kind.PARAGRAPH: _Noun("часть", "части", "части", "части"),
    Kind.INDENT: _Noun("абзац", "абзаца", "абзацу", "абзацы"),
    Kind.PART: _Noun("часть", "части", "части", "части"),
    Kind.SECTION: _Noun("раздел", "раздела", "разделу", "разделы"),
    Kind.SUBSECTION: _Noun("подраздел", "подраздела", "подразделу", "подразделы"),
    Kind.CHAPTER: _Noun("глава", "главы", "главе", "главы"),
    Kind.DIVISION: _Noun("параграф", "параграфа", "параграфу", "параграфы"),
    Kind.ANNEX: _Noun("приложение", "приложения", "приложению", "приложения"),
    Kind.PREAMBLE: _Noun("преамбула", "преамбулы", "преамбуле", "преамбулы"),
    Kind.TABLE: _Noun("таблица", "таблицы", "таблице", "таблицы"),
}
# которая: часть …
_FEMININE = (
    "первая вторая третья четвертая пятая шестая седьмая восьмая девятая десятая одиннадцатая"
    " двенадцатая тринадцатая четырнадцатая пятнадцатая шестнадцатая семнадцатая восемнадцатая"
    " девятнадцатая двадцатая"
).split()
# который: абзац …
_MASCULINE = (
    "первый второй третий четвертый пятый шестой седьмой восьмой девятый десятый одиннадцатый"
    " двенадцатый тринадцатый четырнадцатый пятнадцатый шестнадцатый семнадцатый восемнадцатый"
    " девятнадцатый двадцатый"
).split()
# части …: genitive and dative alike
_OBLIQUE = ["третьей" if word == "третья" else f"{word.removesuffix('ая')}ой" for word in _FEMININE]


def write(pinpoint: Pinpoint) -> str:
    """Write a pinpoint in Russian; the empty string for the whole instrument."""
    smallest_first = pinpoint.steps[::-1]
    written: list[str] = []
    for step in smallest_first:
        noun = _NOUNS[step.kind]
        if written:
            form = noun.genitive
        elif pinpoint.note:
            form = noun.dative
        else:
            form = noun.plural if step.last is not None else noun.nominative
        governed = bool(written) or pinpoint.note
        written.append(f"{form} {_designation(step, governed=governed)}".rstrip())
    text = " ".join(written)
    if not pinpoint.note:
        return text
    return f"сноска к {text}" if text else "сноска"


def _designation(step: Step, *, governed: bool) -> str:
    """Return what stands after the noun: a number, an ordinal that agrees with it, a heading."""
    match step.kind:
        case Kind.PARAGRAPH:
            return step.ordinals(_OBLIQUE if governed else _FEMININE, " и ", " – ")
        case Kind.INDENT:
            return step.ordinals(_MASCULINE, " и ", " – ")
        case Kind.SUBCLAUSE:
            return step.numbers("{})")
    return f"«{step.heading}»" if step.heading is not None else step.numbers().upper()
