"""What became of each provision, as a table of small changes to one small law."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.comparison import Counts, apply, compare, revert
from kb.documents import Language
from kb.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.documents import Edition

    Editions = Callable[..., Edition]
    Changes = Callable[[str, str], list[str]]

LAW = """
Law on kites

Article 1. Scope

This Law applies to every kite that is flown in the open air.

Article 2. Duties of the owner

1. The owner mends the kite within ten days.

2. The owner keeps a book in which every flight is written down:

1) the day of the flight;

2) the height that the kite reached.

Article 3. Fees

1. For a flight above the town a fee of two coins is paid.

Footnote. Article 3 as amended by the Law of 3 July 2013.

Article 4. Supervision

The inspector of kites may stop a flight in a storm.
"""

FEE = "1. For a flight above the town a fee of two coins is paid.\n\n"
NOTE = "Footnote. Article 3 as amended by the Law of 3 July 2013.\n\n"
STRINGS = "Article 3. Strings\n\nA string is no longer than the road.\n\n"

# what changes, what is written instead (several pairs apply one after the other), what is told
CASES = {
    "nothing": ([], []),
    "a number": (
        [("ten days", "twenty working days")],
        [
            "changed: art_2",
            (
                "  changed: art_2__cl_1 | 1. The owner mends the kite within"
                " [-ten-]{+twenty working+} days."
            ),
        ],
    ),
    "an article that is inserted": (
        [
            ("Article 4. ", "Article 5. "),
            ("Footnote. Article 3 as", "Footnote. Article 4 as"),
            ("Article 3. Fees", STRINGS + "Article 4. Fees"),
        ],
        [
            "inserted: — → art_3",
            "  inserted: — → art_3__hdg | {+Article 3. Strings +}",
            "  inserted: — → art_3__par_1 | {+A string is no longer than the road. +}",
            "renumbered: art_3 → art_4",
            "  renumbered: art_3__hdg → art_4__hdg | Article [-3-]{+4+}. Fees",
            (
                "  renumbered: art_3__cl_1 → art_4__cl_1 | 1. For a flight above the town a fee of"
                " two coins is paid."
            ),
            (
                "  renumbered: art_3__note_1 → art_4__note_1 | Footnote. Article [-3-]{+4+} as"
                " amended by the Law of 3 July 2013."
            ),
            "renumbered: art_4 → art_5",
            "  renumbered: art_4__hdg → art_5__hdg | Article [-4-]{+5+}. Supervision",
            (
                "  renumbered: art_4__par_1 → art_5__par_1 | The inspector of kites may stop a"
                " flight in a storm."
            ),
        ],
    ),
    "an article that is renumbered and amended": (
        [("Article 4. ", "Article 4-1. "), ("in a storm", "in a storm or at night")],
        [
            "renumbered: art_4 → art_4-1",
            "  renumbered: art_4__hdg → art_4-1__hdg | Article [-4-]{+4-1+}. Supervision",
            (
                "  renumbered: art_4__par_1 → art_4-1__par_1 | The inspector of kites may stop a"
                " flight in a storm{+ or at night+}."
            ),
        ],
    ),
    "an article that is removed": (
        [("Article 1. Scope\n\nThis Law applies to every kite that is flown in the open air.", "")],
        [
            "removed: art_1 → —",
            "  removed: art_1__hdg → — | [-Article 1. Scope -]",
            (
                "  removed: art_1__par_1 → — | [-This Law applies to every kite that is flown in"
                " the open air. -]"
            ),
        ],
    ),
    "an article that is repealed": (
        [(FEE + NOTE, "Footnote. Article 3 is repealed by the Law of 1 May 2020.\n\n")],
        [
            "changed: art_3",
            (
                "  removed: art_3__cl_1 → — |"
                " [-1. For a flight above the town a fee of two coins is paid. -]"
            ),
            (
                "  changed: art_3__note_1 | Footnote. Article 3 [-as amended-]{+is repealed+} by"
                " the Law of [-3 July 2013-]{+1 May 2020+}."
            ),
        ],
    ),
    "a point that is inserted": (
        [("2. The owner keeps", "2. The owner pays for harm.\n\n3. The owner keeps")],
        [
            "changed: art_2",
            "  inserted: — → art_2__cl_2 | {+2. The owner pays for harm. +}",
            (
                "  renumbered: art_2__cl_2__par_1 → art_2__cl_3__par_1 | [-2-]{+3+}. The owner"
                " keeps a book in which every flight is written down:"
            ),
            "  renumbered: art_2__cl_2__sub_1 → art_2__cl_3__sub_1 | 1) the day of the flight;",
            (
                "  renumbered: art_2__cl_2__sub_2 → art_2__cl_3__sub_2 | 2) the height that the"
                " kite reached."
            ),
        ],
    ),
    "a point that is moved to another article": (
        [(FEE, ""), ("flight in a storm.\n", f"flight in a storm.\n\n{FEE}")],
        [
            "changed: art_3",
            "  moved: art_3__cl_1 → art_4__cl_1",
            "changed: art_4",
            (
                "  renumbered: art_3__cl_1 → art_4__cl_1 | 1. For a flight above the town a fee of"
                " two coins is paid.[- -]{+ +}"
            ),
        ],
    ),
    "a heading": (
        [("Duties of the owner", "Duties of the owner and of the flyer")],
        [
            "changed: art_2",
            "  changed: art_2__hdg | Article 2. Duties of the owner{+ and of the flyer+}",
        ],
    ),
    "a footnote alone is no change of the norm": (
        [("Law of 3 July 2013", "Laws of 3 July 2013 and 4 May 2021")],
        [
            "note: art_3",
            (
                "  changed: art_3__note_1 | Footnote. Article 3 as amended by the [-Law-]{+Laws+}"
                " of 3 July 2013{+ and 4 May 2021+}."
            ),
        ],
    ),
    "another wording altogether is not shredded": (
        [
            (
                "The inspector of kites may stop a flight in a storm.",
                "Whoever sees a broken string tells the mayor, and the mayor has it cut.",
            )
        ],
        [
            "changed: art_4",
            (
                "  changed: art_4__par_1 | [-The inspector of kites may stop a flight in a storm."
                " -]{+Whoever sees a broken string tells the mayor, and the mayor has it cut. +}"
            ),
        ],
    ),
    "white space": ([("\n\n", "\n\n\n"), ("ten days.", "ten \n days .")], []),
    "a joined word": (
        [("every kite", "everykite")],
        [
            "changed: art_1",
            (
                "  changed: art_1__par_1 | This Law applies to [-every kite-]{+everykite+} that is"
                " flown in the open air."
            ),
        ],
    ),
}


def written(changes: list[tuple[str, str]]) -> str:
    text = LAW
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("case", CASES)
def test_what_is_told(changes: Changes, case: str) -> None:
    instead, expected = CASES[case]
    assert changes(LAW, written(instead)) == expected


@pytest.mark.parametrize("case", CASES)
def test_either_text_is_made_of_the_other(edition: Editions, case: str) -> None:
    a, b = edition(LAW), edition(written(CASES[case][0]))
    for one, other in ((a, b), (b, a)):
        comparison = compare(one, other)
        assert apply(comparison, one.text) == other.text
        assert revert(comparison, other.text) == one.text


def test_a_table_of_kinds_is_counted_without_the_notes(edition: Editions) -> None:
    new = written([("ten days", "one day"), (FEE, ""), ("3 July 2013", "4 July 2013")])
    counts = compare(edition(LAW), edition(new)).counts
    assert counts == Counts(unchanged=10, changed=1, renumbered=0, inserted=0, removed=1, notes=1)


def test_only_the_text_that_was_compared_is_changed(edition: Editions) -> None:
    a, b = edition(LAW), edition(written([("ten days", "one day")]))
    comparison = compare(a, b)
    with pytest.raises(ValueError, match="not the one that was compared"):
        apply(comparison, b.text)
    with pytest.raises(ValueError, match="compare"):
        apply(comparison.without_unchanged(), a.text)
    with pytest.raises(ValueError, match="not the one that was compared"):
        revert(comparison, a.text)


def test_headings_are_named_as_printed(edition: Editions) -> None:
    new = written(
        [("Article 3. Fees", STRINGS + "Article 4. Fees"), ("Article 4. S", "Article 5. S")]
    )
    units = compare(edition(LAW), edition(new)).units
    assert [(unit.heading_a, unit.heading_b) for unit in units if unit.kind == "renumbered"] == [
        ("Article 3. Fees", "Article 4. Fees"),
        ("Article 4. Supervision", "Article 5. Supervision"),
    ]


def test_two_languages_are_not_compared(edition: Editions) -> None:
    with pytest.raises(BadRequest, match="one language"):
        compare(edition(LAW), edition(LAW, Language.RUSSIAN))
