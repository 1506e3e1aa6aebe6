"""What stands in a published text without being part of the norm: editors' notes, contents."""

from __future__ import annotations

import re
from enum import Enum


class NoteForm(Enum):
    """Where an editor's note stands relative to the unit that it is about."""

    AFTER = "after"  # «Сноска. Статья 5 с изменениями…» follows its unit
    BEFORE = "before"  # «Примечание ИЗПИ!» announces something about the unit that follows


# Сноска. Статья 1 с изменениями… · Ескерту. 5-бап жаңа редакцияда · Note. · Footnote 1.
_AFTER = re.compile(
    r"(?:Сноска|СНОСКА|Ескерту|ЕСКЕРТУ|Footnote|Editorial note)\s*(?:\d+\s*)?[.:!]"
    # Примечание. См. нормативные постановления…  (other «Примечание.» belong to the norm)
    r"|Примечание\.\s+(?:См\.|В соответствии с)"
    # Статья 68 с изменением, внесенным Законом…  (a note that lost its «Сноска.»)
    r"|(?:Статья|Глава|Раздел|Пункт|Подпункт|Заголовок)\s+(?:[\w-]+\s+)?[\d-]+\)?\s*[-–—]?\s*"
    r"(?:с изменени|в редакции|дополнен|исключен[аоы]?\s+(?:в соответствии|Законом РК))"
)
# Примечание ИЗПИ! · Примечание РЦПИ! · РҚАО-ның ескертпесі! · ЗҚАИ-ның ескертпесі!
_BEFORE = re.compile(
    r"(?:Примечание\s+(?:ИЗПИ|РЦПИ)|[А-ЯӘҒҚҢӨҰҮҺІ]{2,6}-н[ыі]ң ескертпес[іi])\s*[!:.]"
)
# СОДЕРЖАНИЕ · Оглавление · Мазмұны · Table of contents
_CONTENTS = re.compile(
    r"(?:содержание|оглавление|мазмұны|contents|table of contents)\s*[:.]?\s*\Z", re.IGNORECASE
)
# Президент Республики Казахстан · Премьер-Министр · Қазақстан Республикасының Президенті
_SIGNATURE = re.compile(
    r"(?:Президент|Премьер-Министр|Министр|Председатель|Қазақстан\s+Республикасының\s+"
    r"(?:Президенті|Премьер-Министрі)|The President|President of)\b"
)
_SIGNATURE_LENGTH = 80  # code points; a longer paragraph is a sentence about the President


def note_form(paragraph: str) -> NoteForm | None:
    """Return the form of the editor's note that `paragraph` opens, or None."""
    if _BEFORE.match(paragraph):
        return NoteForm.BEFORE
    return NoteForm.AFTER if _AFTER.match(paragraph) else None


def has_body(paragraph: str) -> bool:
    """Whether a note says something beyond its own title.

    «Примечание ИЗПИ!» alone announces that the next paragraph is the note.
    """
    match = _BEFORE.match(paragraph) or _AFTER.match(paragraph)
    return bool(match and paragraph[match.end() :].strip())


def is_contents_title(paragraph: str) -> bool:
    """Whether `paragraph` is the title of a table of contents."""
    return bool(_CONTENTS.match(paragraph.strip()))


def opens_signature(paragraph: str) -> bool:
    """Whether `paragraph` begins the signature at the end of an act."""
    words = paragraph.strip()
    return len(words) <= _SIGNATURE_LENGTH and bool(_SIGNATURE.match(words))
