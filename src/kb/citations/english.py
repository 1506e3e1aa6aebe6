"""Citations in English: from the largest unit to the smallest.

| article 10, point 3, sub-point 2          | Art. 10(3)(2)                      |
| article 99, points 3 to 4                 | Art. 99(3)–(4)                     |
| article 9, point 4, its second part       | Art. 9(4), second paragraph        |
| sub-point 2 of the first part, article 160| Art. 160, first paragraph, point (2) |
| point 2 of annex 1                        | Annex 1, point 2                   |
| a note to article 5                       | editor’s note to Art. 5            |

An unnumbered paragraph is called by an ordinal word (“second paragraph”), as in the citations of
EU acts, because “para. 2” would also be a numbered one. An indent counts from the first item of
its list, as it does there; Russian and Kazakh count the opening words as the first «абзац».
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.citations.pinpoint import Kind, Step

if TYPE_CHECKING:
    from kb.citations.pinpoint import Pinpoint

# one unit, several units
_NAMES = {
    Kind.ARTICLE: ("Art.", "Arts"),
    Kind.PART: ("Part", "Parts"),
    Kind.SECTION: ("Section", "Sections"),
    Kind.SUBSECTION: ("Subsection", "Subsections"),
    Kind.CHAPTER: ("Chapter", "Chapters"),
    Kind.DIVISION: ("§", "§§"),
    Kind.ANNEX: ("Annex", "Annexes"),
    Kind.CLAUSE: ("point", "points"),
    Kind.SUBCLAUSE: ("point", "points"),
    Kind.PARAGRAPH: ("paragraph", "paragraphs"),
    Kind.INDENT: ("indent", "indents"),
    Kind.PREAMBLE: ("preamble", "preambles"),
    Kind.TABLE: ("table", "tables"),
}
_BRACKETED = (Kind.CLAUSE, Kind.SUBCLAUSE)  # written right after the number above: 10(3)(2)
_TAKES_BRACKETS = (Kind.ARTICLE, Kind.CLAUSE, Kind.SUBCLAUSE)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()


def write(pinpoint: Pinpoint) -> str:
    """Write a pinpoint in English; the empty string for the whole instrument."""
    written = ""
    above: Kind | None = None
    for step in pinpoint.steps:
        if step.kind in _BRACKETED and above in _TAKES_BRACKETS:
            written += step.numbers("({})")
        else:
            written = f"{written}, {_named(step)}" if written else _named(step)
        above = step.kind
    if not pinpoint.note:
        return written
    return f"editor’s note to {written}" if written else "editor’s note"


def _named(step: Step) -> str:
    name = _NAMES[step.kind][step.last is not None]
    match step.kind:
        case Kind.PARAGRAPH:
            return f"{step.ordinals(_ORDINALS, ' and ', ' to ')} {name}"
        case Kind.INDENT:
            return f"{step.ordinals(['opening', *_ORDINALS], ' and ', ' to ')} {name}"
        case Kind.SUBCLAUSE:
            return f"{name} {step.numbers('({})')}"
    if step.heading is not None:
        return f"{name} “{step.heading}”"
    return f"{name} {step.numbers().upper()}".rstrip()
