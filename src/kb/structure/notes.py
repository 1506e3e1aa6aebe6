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
    # Сноска Статья 105 с изменением…  (the dot forgotten)
    r"|(?:Сноска|Ескерту)\s+(?=[А-ЯӘҒҚҢӨҰҮҺІ\d])"
    # Нормативным постановлением Конституционного Суда РК от… подпункт признан…
    r"|Нормативным\s+постановлением\s+Конституционного\s+Суда\s+РК\b"
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
# СОДЕРЖАНИЕ · Оглавление · Мазмұны · Content · Table of contents · List of contents
_CONTENTS = re.compile(
    r"(?:содержание|оглавление|мазмұны|contents?|(?:table|list) of contents)\s*[:.]?\s*\Z",
    re.IGNORECASE,
)
_TITLE_LENGTH = 40  # code points, of "Table of contents" and the like
# Президент Республики Казахстан · Премьер-Министр · Қазақстан Республикасының Президенті, also
# with "Қазақстан Республикасының" alone on the first of two lines
_SIGNATURE = re.compile(
    r"(?:Президент|Премьер-Министр|Министр|Председатель|Қазақстан\s+Республикасының"
    r"(?:\s+(?:Президенті|Премьер-Министрі)|\Z)|The President|President of)\b"
)
_OPENING = 300  # code points: enough of a paragraph to tell what it is
_SIGNATURE_LENGTH = 80  # code points; a longer paragraph is a sentence about the President


def note_form(paragraph: str) -> NoteForm | None:
    """Return the form of the editor's note that `paragraph` opens, or None."""
    opening = paragraph[:_OPENING]
    if _BEFORE.match(opening):
        return NoteForm.BEFORE
    return NoteForm.AFTER if _AFTER.match(opening) else None


def has_body(paragraph: str) -> bool:
    """Whether a note says something beyond its own title.

    «Примечание ИЗПИ!» alone announces that the next paragraph is the note.
    """
    opening = paragraph[:_OPENING]
    match = _BEFORE.match(opening) or _AFTER.match(opening)
    return bool(match and paragraph[match.end() :].strip())


def is_contents_title(paragraph: str) -> bool:
    """Whether `paragraph` is the title of a table of contents."""
    words = paragraph.strip()
    return len(words) <= _TITLE_LENGTH and bool(_CONTENTS.match(words))


def opens_signature(paragraph: str) -> bool:
    """Whether `paragraph` begins the signature at the end of an act."""
    words = paragraph.strip()
    sentence = len(words) > _SIGNATURE_LENGTH or words.endswith((".", ";", ":", ","))
    return not sentence and bool(_SIGNATURE.match(words))
