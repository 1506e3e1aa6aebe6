"""Citations in Kazakh: from the largest unit to the smallest.

| article 10, point 3, sub-point 2          | 10-баптың 3-тармағының 2) тармақшасы   |
| article 99, points 3 to 4                 | 99-баптың 3–4-тармақтары               |
| article 9, point 4, its second part       | 9-баптың 4-тармағының екінші бөлігі    |
| sub-point 2 of the first part, article 160| 160-баптың бірінші бөлігінің 2) тармақшасы |
| point 2 of annex 1                        | 1-қосымшаның 2-тармағы                 |
| a note to article 5                       | 5-бапқа ескерту                        |

A unit below another takes the possessive ending (`3-тармағы`). Of the units above the last, the
first and the one right above it stand in the genitive; a chain of genitives in between is avoided,
as the Labour Code does: «осы баптың 1-тармағы 2) тармақшасының төртінші бөлігінде» (art. 30(5)).
An Arabic number is joined with a hyphen (`2-бөлім`), a Roman one is not (`II бөлім`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.citations.pinpoint import Kind, Step

if TYPE_CHECKING:
    from kb.citations.pinpoint import Pinpoint


@dataclass(frozen=True, slots=True)
class _Noun:
    plain: str  # бап
    genitive: str  # баптың
    dative: str  # бапқа
    possessive: str  # бабы: of the unit above it
    plural: str  # баптар
    back: bool  # vowel harmony: а о ұ ы, not ә е і ө ү

    @property
    def possessive_genitive(self) -> str:
        return self.possessive + ("ның" if self.back else "нің")

    @property
    def possessive_dative(self) -> str:
        return self.possessive + ("на" if self.back else "не")

    @property
    def possessive_plural(self) -> str:
        return self.plural + ("ы" if self.back else "і")


_NOUNS = {
    Kind.ARTICLE: _Noun("бап", "баптың", "бапқа", "бабы", "баптар", back=True),
    Kind.CLAUSE: _Noun("тармақ", "тармақтың", "тармаққа", "тармағы", "тармақтар", back=True),
    Kind.SUBCLAUSE: _Noun(
        "тармақша", "тармақшаның", "тармақшаға", "тармақшасы", "тармақшалар", back=True
    ),
    Kind.PARAGRAPH: _Noun("бөлік", "бөліктің", "бөлікке", "бөлігі", "бөліктер", back=False),
    Kind.INDENT: _Noun("абзац", "абзацтың", "абзацқа", "абзацы", "абзацтар", back=True),
    Kind.PART: _Noun("бөлік", "бөліктің", "бөлікке", "бөлігі", "бөліктер", back=False),
    Kind.SECTION: _Noun("бөлім", "бөлімнің", "бөлімге", "бөлімі", "бөлімдер", back=False),
    Kind.SUBSECTION: _Noun(
        "кіші бөлім", "кіші бөлімнің", "кіші бөлімге", "кіші бөлімі", "кіші бөлімдер", back=False
    ),
    Kind.CHAPTER: _Noun("тарау", "тараудың", "тарауға", "тарауы", "тараулар", back=True),
    Kind.DIVISION: _Noun(
        "параграф", "параграфтың", "параграфқа", "параграфы", "параграфтар", back=True
    ),
    Kind.ANNEX: _Noun("қосымша", "қосымшаның", "қосымшаға", "қосымшасы", "қосымшалар", back=True),
    Kind.PREAMBLE: _Noun(
        "кіріспе", "кіріспенің", "кіріспеге", "кіріспесі", "кіріспелер", back=False
    ),
    Kind.TABLE: _Noun("кесте", "кестенің", "кестеге", "кестесі", "кестелер", back=False),
}
_ORDINALS = [
    *("бірінші екінші үшінші төртінші бесінші алтыншы жетінші сегізінші тоғызыншы".split()),
    "оныншы",
    *(
        f"он {unit}"
        for unit in (
            "бірінші екінші үшінші төртінші бесінші алтыншы жетінші сегізінші тоғызыншы".split()
        )
    ),
    "жиырмасыншы",
]


def write(pinpoint: Pinpoint) -> str:
    """Write a pinpoint in Kazakh; the empty string for the whole instrument."""
    end = len(pinpoint.steps) - 1
    written = []
    for at, step in enumerate(pinpoint.steps):
        # a unit that is called by its name is also possessed: «Жалпы ережелер» бөлімі
        possessed = at > 0 or step.heading is not None
        if at < end:
            noun = _governing(step, possessed=possessed, genitive=at in (0, end - 1))
        else:
            noun = _last(step, possessed=possessed, note=pinpoint.note)
        written.append(_designated(step, noun))
    if pinpoint.note:
        written.append("ескерту")  # as the notes begin; an «ескертпе» is part of the norm
    return " ".join(written)


def _governing(step: Step, *, possessed: bool, genitive: bool) -> str:
    """Return the noun of a unit that another unit follows."""
    noun = _NOUNS[step.kind]
    if not genitive:
        return noun.possessive
    return noun.possessive_genitive if possessed else noun.genitive


def _last(step: Step, *, possessed: bool, note: bool) -> str:
    """Return the noun of the smallest unit, in the dative where a note to it follows."""
    noun = _NOUNS[step.kind]
    if note:
        return noun.possessive_dative if possessed else noun.dative
    if step.last is not None:
        return noun.possessive_plural if possessed else noun.plural
    return noun.possessive if possessed else noun.plain


def _designated(step: Step, noun: str) -> str:
    """Put a number, an ordinal or a heading before the noun."""
    match step.kind:
        case Kind.PARAGRAPH | Kind.INDENT:
            return f"{step.ordinals(_ORDINALS, ' және ', ' – ')} {noun}"
        case Kind.SUBCLAUSE:
            return f"{step.numbers('{})')} {noun}"
    if step.heading is not None:
        return f"«{step.heading}» {noun}"
    if step.number is None:
        return noun
    joint = "-" if step.number[0].isdigit() else " "
    return f"{step.numbers().upper()}{joint}{noun}"
