"""What was meant when the keyboard was on another layout.

    jngecr       отпуск       English keys, the Russian layout was meant
    0spvtn       қызмет       English keys, the Kazakh layout was meant
    е4бек        еңбек        Russian keys, the Kazakh layout was meant
    ьфеуктшен    maternity    Russian keys, the English layout was meant

A reading is only what the same keys type; whether it makes sense is for the caller to judge.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# The keys of a US keyboard, row by row, and the letters of the Russian layout on them; below that
# the same with Shift.
_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_SHIFTED = '~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>'
# The Kazakh layout is the Russian one with letters in the row of digits.
_DIGIT_KEYS = "2345890-="
_SHIFTED_DIGIT_KEYS = "@#$%*()_+"
_KAZAKH = "әіңғүұқөһ"

_TO_RUSSIAN = str.maketrans(_KEYS + _SHIFTED, _RUSSIAN + _RUSSIAN.upper())
_TO_KAZAKH = _TO_RUSSIAN | str.maketrans(
    _DIGIT_KEYS + _SHIFTED_DIGIT_KEYS, _KAZAKH + _KAZAKH.upper()
)
_TO_ENGLISH = str.maketrans(_RUSSIAN + _RUSSIAN.upper(), _KEYS + _SHIFTED)

_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_EDGES = ".,;:!?()[]{}<>\"'«»“”„…"  # may be letters, or what they look like
_MAX_CHARS = 64  # longer ones are not words


class Reading(NamedTuple):
    """What a part of a chunk says on another layout."""

    start: int
    end: int
    text: str


def readings(chunk: str) -> Iterator[Reading]:
    """Yield what a chunk without spaces says on other layouts, the likelier reading first.

    `,fkfyc` is баланс, with the comma for a letter; `jngecr,` is отпуск and a comma: the chunk is
    read as it stands first, and then without its punctuation.
    """
    if len(chunk) > _MAX_CHARS:
        return
    latin, cyrillic = _LATIN.search(chunk), _CYRILLIC.search(chunk)
    if bool(latin) == bool(cyrillic):
        return
    start = len(chunk) - len(chunk.lstrip(_EDGES))
    end = len(chunk.rstrip(_EDGES))
    for first, last in dict.fromkeys(
        [(0, len(chunk)), (0, end), (start, len(chunk)), (start, end)]
    ):
        part = chunk[first:last]
        for layout in (_TO_KAZAKH, _TO_RUSSIAN) if latin else (_TO_KAZAKH, _TO_ENGLISH):
            text = part.translate(layout)
            if text != part:
                yield Reading(first, last, text)
