"""The numbers that Word prints but does not store.

A paragraph of a Word file says only "level 1 of list 4". Which number that prints follows from
the list's definition and from all the paragraphs before (ECMA-376, part 1, 17.9):

    numbering = Numbering(root_of_numbering_xml, styles)
    numbering.label(paragraph_properties)        # "2.1. "

A list (`w:num`) is a use of a definition (`w:abstractNum`), whose nine levels each have a format
(1, i, a, а), a pattern (`%1.%2.`) and a first number. Lists of one definition count on together,
unless a list sets a first number of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kb.readers.docx_package import first
from kb.readers.numerals import latin_letter, roman, russian_letter
from kb.readers.pieces import BULLET

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Callable, Iterator

LEVELS = 9

_MOST_HOPS = 20  # from a style to what it is based on; a circle goes on for ever
_PLACEHOLDER = re.compile(r"%([1-9])")
_HEADING = re.compile(r"(?:heading|заголовок|тақырып) ?([1-9])")
_BODY_LEVEL = 9  # the outline level of what is no heading


def value(parent: ET.Element | None, path: str) -> str | None:
    """Return the `w:val` of the element at a path, or None where there is none."""
    found = first(parent, path)
    return None if found is None else found.get("w:val")


def number(parent: ET.Element | None, path: str) -> int | None:
    """Return the `w:val` of the element at a path as an integer, None where that is none."""
    return integer(value(parent, path))


def integer(printed: str | None) -> int | None:
    """Return a whole number, or None for anything else.

    >>> integer("12"), integer("1.5"), integer(None)
    (12, None, None)
    """
    return int(printed) if printed and re.fullmatch(r"-?[0-9]{1,9}", printed) else None


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says about structure."""

    name: str = ""  # lower case
    based_on: str | None = None
    outline_level: int | None = None  # 0 for headings of the first level
    list_id: str | None = None
    level: int | None = None


class Styles:
    """The paragraph styles of a file, each of which may be based on another."""

    def __init__(self, root: ET.Element | None) -> None:
        self._styles: dict[str, Style] = {}
        for found in () if root is None else root.iter("w:style"):
            properties = first(found, "w:pPr")
            self._styles[found.get("w:styleId", "")] = Style(
                name=(value(found, "w:name") or "").lower(),
                based_on=value(found, "w:basedOn"),
                outline_level=number(properties, "w:outlineLvl"),
                list_id=value(properties, "w:numPr/w:numId"),
                level=number(properties, "w:numPr/w:ilvl"),
            )

    def chain(self, style_id: str | None) -> Iterator[tuple[str, Style]]:
        """Yield a style, the one that it is based on, and so on, with their ids."""
        for _ in range(_MOST_HOPS):
            style = self._styles.get(style_id or "")
            if style_id is None or style is None:
                return
            yield style_id, style
            style_id = style.based_on

    def is_title(self, properties: ET.Element | None) -> bool:
        """Whether a paragraph is the title of the document."""
        return any(
            style.name in {"title", "название"}
            for _, style in self.chain(value(properties, "w:pStyle"))
        )

    def heading_depth(self, properties: ET.Element | None) -> int:
        """Return 1 for a heading of the first level and so on, 0 for what is no heading."""
        outline = number(properties, "w:outlineLvl")
        for _, style in self.chain(value(properties, "w:pStyle")):
            if outline is not None:
                break
            outline = style.outline_level
            if outline is None and (heading := _HEADING.fullmatch(style.name)):
                outline = int(heading[1]) - 1
        return outline + 1 if outline is not None and 0 <= outline < _BODY_LEVEL else 0


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list."""

    start: int = 1
    form: str = "decimal"
    pattern: str = ""  # "%1.%2)": the numbers of this level and of those above it
    gap: str = " "  # between the number and the words
    legal: bool = False  # every number of the pattern in figures
    restart: int | None = None  # counts anew below this level, from 1; 0 never; None: below any
    style_id: str | None = None  # the paragraphs of this style stand on this level


@dataclass(frozen=True, slots=True)
class _List:
    """A use of a definition."""

    definition: str
    levels: dict[int, _Level]  # with the list's own changes
    starts: dict[int, int] = field(default_factory=dict)  # first numbers that the list sets


class Numbering:
    """The lists of a file, and how far each has counted."""

    def __init__(self, root: ET.Element | None, styles: Styles) -> None:
        self._styles = styles
        self._lists = _lists(root, styles) if root is not None else {}
        self._counts: dict[str, list[int | None]] = {}  # of a definition, for each level
        self._begun: set[str] = set()  # lists of which a paragraph was seen

    def label(self, properties: ET.Element | None) -> str:
        """Count a paragraph in and return what is printed before its words, "" without a number.

        Call once for every paragraph, in the order of the text.
        """
        place = self._place(properties)
        if place is None:
            return ""
        used, at = place
        counts = self._counted(used, at)
        level = used.levels[at]
        if level.form == "bullet":
            return f"{BULLET} "

        def printed(placeholder: re.Match[str]) -> str:
            shown = int(placeholder[1]) - 1
            if shown > at:
                return ""
            above = used.levels.get(shown, _Level())
            count = counts[shown]
            return _printed(above.start if count is None else count, above.form, legal=level.legal)

        text = _PLACEHOLDER.sub(printed, level.pattern)
        return text + level.gap if text.strip() else ""

    def _place(self, properties: ET.Element | None) -> tuple[_List, int] | None:
        """Return the list and the level of a paragraph: its own, or those of its style."""
        list_id = value(properties, "w:numPr/w:numId")
        at = number(properties, "w:numPr/w:ilvl")
        if list_id is None:
            chain = list(self._styles.chain(value(properties, "w:pStyle")))
            list_id = next((style.list_id for _, style in chain if style.list_id), None)
            if at is None:
                at = self._level_of_styles(list_id, chain)
        used = self._lists.get(list_id or "")
        at = at or 0
        if used is None or at not in used.levels:  # list 0 takes a style's number away
            return None
        if list_id not in self._begun:
            self._begun.add(list_id or "")
            self._restart(used)
        return used, at

    def _level_of_styles(self, list_id: str | None, chain: list[tuple[str, Style]]) -> int | None:
        """Return the level that names the nearest style, or that the nearest style names."""
        used = self._lists.get(list_id or "")
        named = {} if used is None else {each.style_id: at for at, each in used.levels.items()}
        linked = (named[style_id] for style_id, _ in chain if style_id in named)
        return next(linked, next((s.level for _, s in chain if s.level is not None), None))

    def _restart(self, used: _List) -> None:
        """Let a list that is used for the first time begin with the numbers that it sets."""
        counts = self._counts.setdefault(used.definition, [None] * LEVELS)
        for at in used.starts:
            counts[at] = None

    def _counted(self, used: _List, at: int) -> list[int | None]:
        """Count one on at a level; return the counts of all levels."""
        counts = self._counts.setdefault(used.definition, [None] * LEVELS)
        before = counts[at]
        counts[at] = used.levels[at].start if before is None else before + 1
        for deeper in range(at + 1, LEVELS):
            restart = used.levels[deeper].restart if deeper in used.levels else None
            if restart is None or at < restart:
                counts[deeper] = None
        return counts


def _lists(root: ET.Element, styles: Styles) -> dict[str, _List]:
    """Return the lists of a file by their ids."""
    definitions = {found.get("w:abstractNumId", ""): found for found in root.iter("w:abstractNum")}
    uses = {found.get("w:numId", ""): found for found in root.iter("w:num")}
    lists: dict[str, _List] = {}
    for list_id, found in uses.items():
        definition = value(found, "w:abstractNumId") or ""
        for _ in range(_MOST_HOPS):  # a definition may refer to a style, which names a list
            link = value(definitions.get(definition), "w:numStyleLink")
            named = next((s.list_id for _, s in styles.chain(link) if s.list_id), None)
            if named is None or named not in uses:
                break
            definition = value(uses[named], "w:abstractNumId") or ""
        if definition not in definitions:
            continue
        levels = _levels(definitions[definition])
        starts: dict[int, int] = {}
        for override in found.iter("w:lvlOverride"):
            at = integer(override.get("w:ilvl"))
            if at is None:
                continue
            levels |= _levels(override)
            start = number(override, "w:startOverride")
            if start is not None and at in levels:
                starts[at] = start
                levels[at] = replace(levels[at], start=start)
        lists[list_id] = _List(definition, levels, starts)
    return lists


def _levels(parent: ET.Element) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for found in parent.iter("w:lvl"):
        at = integer(found.get("w:ilvl"))
        if at is None or not 0 <= at < LEVELS:
            continue
        start = number(found, "w:start")
        levels[at] = _Level(
            # the format's standard has 0 where nothing is said
            start=0 if start is None else start,
            form=value(found, "w:numFmt") or "decimal",
            pattern=value(found, "w:lvlText") or "",
            gap="" if value(found, "w:suff") == "nothing" else " ",
            legal=is_on(first(found, "w:isLgl")),
            restart=number(found, "w:lvlRestart"),
            style_id=value(found, "w:pStyle"),
        )
    return levels


def is_on(switch: ET.Element | None) -> bool:
    """Whether a switch such as `<w:vanish/>` is there and not turned off."""
    return switch is not None and switch.get("w:val", "true") not in {"0", "false", "off"}


_FORMS: dict[str, Callable[[int], str]] = {
    "lowerRoman": roman,
    "upperRoman": lambda count: roman(count).upper(),
    "lowerLetter": latin_letter,
    "upperLetter": lambda count: latin_letter(count).upper(),
    "russianLower": russian_letter,
    "russianUpper": lambda count: russian_letter(count).upper(),
    "decimalZero": lambda count: f"{count:02}",
    "numberInDash": lambda count: f"- {count} -",
    "none": lambda _: "",
}


def _printed(count: int, form: str, *, legal: bool) -> str:
    """Return a number in a list's format; formats of other scripts in figures."""
    return str(count) if legal else _FORMS.get(form, str)(count)
