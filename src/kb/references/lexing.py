"""A text as the tokens that the parsers of this package read.

    Art. 127-1 of C-183        art · . · 127-1 · of · c · 183
    10-баптың 2) тармақшасы    10 · баптын · 2 · ) · тармакшасы

A token is a number, a word or a single mark. `kb.words` finds the words; a word with digits is cut
into its numbers and its letters, except where the number itself has a hyphen: `127-1`, `223-IV`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kb.words import Word, fold, printed_words, words

if TYPE_CHECKING:
    from collections.abc import Iterator

# A Kazakh word typed without the Kazakh letters meets the same word typed with them.
_WITHOUT_KAZAKH_LETTERS = str.maketrans("әғқңөұүһі", "агкноуухи")

_HYPHEN = "[-\u2010-\u2013\u2212]"
# 183 · 127-1 · 2.3.1 · 223-IV, also with Cyrillic І and Х
_NUMBER = rf"\d+(?:(?:{_HYPHEN}|\.)\d+)*(?:{_HYPHEN}[IVXІХivxіх]{{1,5}}(?![^\W_]))?"
_LETTERS = rf"[^\W\d_](?:(?!{_HYPHEN})\D)*"
_PIECE = re.compile(f"{_NUMBER}|{_LETTERS}")  # of a word that has digits: C-183 → C, 183
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")  # 127¹ is what is also written 127-1
BREAK = "\n"  # the token of a blank line, which no reference goes across
_MARK = re.compile(rf"{_RAISED.pattern}|[^\w\s]|_|\n[^\S\n]*\n")
_INVISIBLE = frozenset({"Cc", "Cf", "Mn", "Co", "Cn", "Cs"})
# ХЕҰ-ның, ТК-да: a case of an abbreviation
_CASE = re.compile(
    f"{_HYPHEN}(?:[нтд][ыі]ң?|[нтдғгқк][аеы]н?|[мбп]ен|[дт]ағы|[дт]егі)$", re.IGNORECASE
)


class Token(NamedTuple):
    """A number, a word or a mark."""

    start: int  # code points of the text
    end: int
    form: str  # folded, without Kazakh letters; the last token of every text has ""
    printed: str  # text[start:end]
    glued: bool = False  # continues the word that the token before it began: `183` of `C-183`

    @property
    def is_number(self) -> bool:
        """Whether it is a number: `183`, `127-1`, `223-iv`, `2.3.1`."""
        return self.form[:1].isdigit()

    @property
    def is_word(self) -> bool:
        """Whether it is made of letters."""
        return self.form[:1].isalpha()

    @property
    def is_mark(self) -> bool:
        """Whether it is a punctuation mark or a sign."""
        return bool(self.form) and not self.form[0].isalnum()


def without_kazakh_letters(text: str) -> str:
    """Return Kazakh in the letters that Russian has too: `тармағы` → `тармагы`."""
    return text.translate(_WITHOUT_KAZAKH_LETTERS)


@lru_cache(maxsize=1 << 16)
def normal(word: str) -> str:
    """Return the form under which tokens and the vocabulary meet.

    >>> normal("Тармағының"), normal("ХЕҰ"), normal("IV"), normal("ІV")
    ('тармагынын', 'хеу', 'iv', 'iv')
    """
    return without_kazakh_letters(fold(word))


def lex(text: str) -> list[Token]:
    """Return the tokens of a text in order, then an empty one. Linear in the text's length."""
    tokens: list[Token] = []
    at = 0
    for word in words(text):
        tokens += _marks(text, at, word.start)
        tokens += _pieces(text, word)
        at = tokens[-1].end if tokens else 0
    tokens += _marks(text, at, len(text))
    tokens.append(Token(len(text), len(text), "", ""))
    return tokens


def forms_of(text: str) -> list[str]:
    """Return the forms of the words and numbers that `lex` finds, each word looked up once."""
    if _RAISED.search(text):  # belongs to the word before it
        return [token.form for token in lex(text) if token.is_word or token.is_number]
    return [form for word in printed_words(text) for form in _forms_of_word(word)]


@lru_cache(maxsize=1 << 16)
def _forms_of_word(printed: str) -> tuple[str, ...]:
    return tuple(
        token.form
        for token in _pieces(printed, Word(0, len(printed), fold(printed)))
        if token.is_word or token.is_number
    )


def _marks(text: str, start: int, end: int) -> Iterator[Token]:
    for match in _MARK.finditer(text, start, end):
        mark = match.group()
        if mark[0] == BREAK or unicodedata.category(mark[0]) not in _INVISIBLE:
            yield Token(match.start(), match.end(), mark[0], mark)


def _pieces(text: str, word: Word) -> Iterator[Token]:
    printed = text[word.start : word.end]
    if not any(character.isdigit() for character in word.form):
        if form := normal(_CASE.sub("", printed)):
            yield Token(word.start, word.end, form, printed)
        return
    for match in _PIECE.finditer(text, word.start, word.end):
        start, end, form = match.start(), match.end(), normal(match.group())
        if form[:1].isdigit() and (raised := _RAISED.match(text, end)):
            end, form = raised.end(), f"{form}-{normal(raised.group())}"
        if form:
            yield Token(start, end, form, text[start:end], glued=start > word.start)
