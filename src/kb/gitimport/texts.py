"""The text of an act in one language: one file, or a contents file and the parts in their order.

What the repository adds for those who read it in a browser is left out: the way back at the top
of a part (`↑ [Вся редакция](../rus.md)`) and the list of parts at the end of the contents file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_WAY_BACK = re.compile(r"\A\s*↑ \[[^\]\n]*\]\(\.\./\w+\.md\)[^\S\n]*(?:\n|\Z)")
_PART_ROW = r"\|[^\n]*\]\((?:[a-z]+)/(?P<name>[^()/\s]+\.md)\)[^\n]*(?:\n|\Z)"
_LINK = re.compile(rf"^{_PART_ROW}", re.MULTILINE)
# The heading is in Russian in both languages; what stands between it and the rows explains it.
_PARTS_LIST = re.compile(
    r"^## Части документа[^\S\n]*\n(?:(?!#)[^\n]*\n)*?(?:"
    + _PART_ROW.replace("?P<name>", "?:")
    + r")+",
    re.MULTILINE,
)
_FRONT_MATTER = re.compile(
    r"\A---[^\S\n]*\n(?P<yaml>.*?)^---[^\S\n]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_HEADING = re.compile(r"^# +(?P<words>\S[^\n]*)$", re.MULTILINE)
_DIGITS = re.compile(r"(\d+)")


def decode(raw: bytes) -> str:
    """Return a file's text with line feeds.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
    """
    return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def split_front_matter(text: str) -> tuple[str, str]:
    r"""Return what stands between `---` lines at the very start, and the rest.

    >>> split_front_matter("---\nact_code: 1\n---\n\n# Закон\n")
    ('act_code: 1\n', '\n# Закон\n')
    """
    found = _FRONT_MATTER.match(text)
    return (found["yaml"], text[found.end() :]) if found else ("", text)


def join_text(contents: str, parts: Mapping[str, str]) -> str:
    """Return the whole text.

    Args:
        contents: of `rus.md`; "" where there is none.
        parts: the texts of the files in `rus/`, by name.
    """
    contents = split_front_matter(contents)[1]
    names = part_order(contents, parts)
    if parts:
        contents = _LINK.sub("", _PARTS_LIST.sub("", contents))
    pieces = [contents, *(_WAY_BACK.sub("", split_front_matter(parts[name])[1]) for name in names)]
    whole = "\n\n".join(piece.strip("\n") for piece in pieces if piece.strip())
    return f"{whole}\n" if whole else ""


def title_of(text: str) -> str | None:
    r"""Return the heading that a text gives itself.

    >>> title_of("## Оглавление\n\n# О равных правах\n")
    'О равных правах'
    """
    found = _HEADING.search(text)
    return " ".join(found["words"].split()) if found else None


def part_order(contents: str, parts: Mapping[str, str]) -> list[str]:
    """Return the names of the parts as the contents file lists them, then any others.

    >>> part_order("", {"an001.md": "", "sec002-part003.md": "", "sec010.md": "", "sec002.md": ""})
    ['sec002.md', 'sec002-part003.md', 'sec010.md', 'an001.md']
    """
    listed = [row["name"] for row in _LINK.finditer(contents) if row["name"] in parts]
    others = sorted((name for name in parts if name not in listed), key=_place)
    return [*dict.fromkeys(listed), *others]


def _place(name: str) -> tuple[bool, list[tuple[int, str]]]:
    """Return where a part stands: annexes last, numbers by their value."""
    words = _DIGITS.split(name.removesuffix(".md"))
    key = [(int(word), "") if word.isdecimal() else (0, word) for word in words if word]
    return name.startswith("an"), key
