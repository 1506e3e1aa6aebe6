"""Numbers in digits, words and marks, in the order in which they stand."""

from __future__ import annotations

import re
from typing import NamedTuple

from kb.documents import Language
from kb.words import fold

# 126   1 000 000 (ordinary, no-break, thin and narrow no-break spaces)   2,5   1,000.50   2/3
_SPACES = " \u00a0\u2009\u202f"
_DIGITS = rf"\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?!\d)(?:,\d+)?|\d+/\d+|\d+(?:[.,]\d+)*"
# A word may have a soft hyphen or an apostrophe inside.
_WORD = r"[^\W\d_]+(?:[\u00ad'’\u0300-\u036f][^\W\d_]*)*"
_TOKEN = re.compile(rf"(?P<number>{_DIGITS})|(?P<word>{_WORD})|(?P<mark>\n\s*\n|\S)")

_TO_CYRILLIC = str.maketrans("abcehikmoptyx", "авсенікмортух")


class Token(NamedTuple):
    """A number, a word or a mark."""

    start: int
    end: int
    form: str  # a number or a mark as printed, a word folded
    kind: str  # number | word | mark


def lex(text: str, language: Language) -> list[Token]:
    """Return the tokens of a text; an empty line is a mark of its own."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        form = match.group()
        if kind == "word":
            form = normal(form, language)
        elif kind == "mark" and form.isspace():
            form = "\n"
        found.append(Token(match.start(), match.end(), form, kind))
    return found


def normal(word: str, language: Language) -> str:
    """Fold a word; in Russian and Kazakh also where all its letters look like Latin ones."""
    form = fold(word)
    return form if language is Language.ENGLISH else form.translate(_TO_CYRILLIC)
