"""A comparison in a terminal and in a pipe."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console

from kb.cli.changes import show_comparison
from kb.comparison import compare

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.documents import Edition

OLD = """
Article 1. Duties

The owner mends the kite within ten days.

Footnote. Article 1 as amended in 2013.

Article 2. Fees

A fee of two coins is paid.
"""
NEW = OLD.replace("ten days", "twenty \x1b[2J days").replace("2013", "2014")


def printed(
    edition: Callable[..., Edition],
    old: str,
    new: str,
    *,
    terminal: bool = False,
    everything: bool = False,
) -> str:
    file = io.StringIO()
    console = Console(
        file=file,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        width=200,
        highlight=False,
    )
    show_comparison(console, compare(edition(old), edition(new)), everything=everything)
    return file.getvalue()


def test_in_a_pipe_changes_have_marks(edition: Callable[..., Edition]) -> None:
    assert printed(edition, OLD, NEW) == (
        "kites: en-official → en-official\n"
        "Provisions: 1 changed, 0 renumbered, 0 inserted, 0 removed, 3 unchanged."
        " Editor's notes that differ: 1.\n"
        "\n"
        "changed  Article 1. Duties  art_1\n"
        "   The owner mends the kite within [-ten-]{+twenty �[2J+} days.\n"
        "   note: Footnote. Article 1 as amended in [-2013-]{+2014+}.\n"
    )


def test_in_a_terminal_they_are_struck_through_and_underlined(
    edition: Callable[..., Edition],
) -> None:
    said = printed(edition, OLD, NEW, terminal=True)
    assert "\x1b[9;31mten\x1b[0m\x1b[4;32mtwenty �[2J\x1b[0m days." in said
    assert "[-" not in said


def test_a_note_alone_is_no_change_of_the_norm(edition: Callable[..., Edition]) -> None:
    said = printed(edition, OLD, OLD.replace("2013", "2014"))
    assert "only a note changed  Article 1. Duties  art_1\n" in said
    assert "Provisions: 0 changed" in said


def test_renumbered_articles_say_so_in_a_line(edition: Callable[..., Edition]) -> None:
    said = printed(edition, OLD, OLD.replace("Article 2. ", "Article 3. "))
    assert said.endswith(
        "renumbered  Article 3. Fees  art_2 → art_3\n   Article [-2-]{+3+}. Fees\n"
    )


def test_a_point_that_moved_is_followed(edition: Callable[..., Edition]) -> None:
    moved = OLD.replace("The owner mends the kite within ten days.\n\n", "")
    said = printed(edition, OLD, f"{moved}\nThe owner mends the kite within ten days.\n")
    assert "   art_1__par_1 is now art_2__par_2\n" in said


def test_everything_or_only_what_differs(edition: Callable[..., Edition]) -> None:
    assert "two coins" not in printed(edition, OLD, NEW)
    assert "   A fee of two coins is paid.\n" in printed(edition, OLD, NEW, everything=True)
    assert printed(edition, OLD, OLD).endswith("No word differs.\n")


def test_what_stands_outside_the_articles(edition: Callable[..., Edition]) -> None:
    said = printed(edition, f"On kites\n{OLD}", f"On red kites\n{OLD}")
    assert "changed  outside the articles\n   On {+red+} kites\n" in said
