"""Which numbers of a document that is numbered `1`, `1.1`, `1.1.1` head sections.

A rulebook prints `2. CORE PRINCIPLES`, `2.1 Application`, `2.1.1 The Principles apply to …`: two
levels of headings above the paragraphs that a lawyer cites. An order prints `12.` and, inserted
after it, `12.1.`: two points, neither of which is above the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.structure.numbering import Label, Rank

if TYPE_CHECKING:
    from collections.abc import Collection

_SHORT_HEADING = 200  # code points; what is longer is text
_SHORT_SENTENCE = 60  # code points; a longer line that ends with a full stop is text


class DecimalOutline:
    """The decimal numbers of one document, met in their order."""

    def __init__(self, labels: Collection[Label]) -> None:
        self._above = _numbers_above_others(labels)
        self._depths = {number.count(".") for number in self._above}
        self._opened: set[str] = set()

    def heads_section(self, label: Label, words: str, following: Label | None) -> bool:
        """Whether a number heads a section, given its words and the label of the next unit.

        It does the first time it comes; later on the same number is an item of a list. `1.2` does
        when there is a 1.2.1, or when, like `1.2 Overview` beside the section 1.1, it is a heading
        and no more. `2.` needs two of three signs: it is a heading, 2.1 comes next, section 1 was
        there. So `12. The employer shall …` stays a point although 12.1 was inserted after it.
        """
        number = label.number or ""
        if label.rank is not Rank.CLAUSE or number in self._opened:
            return False
        above, _, last = number.rpartition(".")
        known = number in self._above
        heading = _is_heading(words, dotted=known)
        if above:
            beside = above in self._opened and number.count(".") in self._depths
            opens = known or (heading and beside)
        else:
            follows = last.isdecimal() and str(int(last) - 1) in self._opened
            below = following is not None and (following.number or "").startswith(f"{number}.")
            opens = sum((heading, below, follows)) >= 2 if known else heading and follows
        if opens:
            self._opened.add(number)
        return opens


def heading_of(words: str) -> str | None:
    """Return the words of a section's first paragraph where they are its heading."""
    return words if 0 < len(words) <= _SHORT_HEADING else None


def _is_heading(words: str, *, dotted: bool) -> bool:
    """Whether words look like a heading; `dotted`: such headings may end with a full stop."""
    if words.endswith("."):
        return dotted and len(words) <= _SHORT_SENTENCE
    return 0 < len(words) <= _SHORT_HEADING and words[-1] not in ";:,"


def _numbers_above_others(labels: Collection[Label]) -> frozenset[str]:
    """Return the numbers with other numbers below them.

    None in a document with articles: there `1.1.` is only an inserted point. None of the numbers
    of units that a word heads: what is numbered 2.1 stands under `Section 2`, not under a point
    `2.` of some list.
    """
    if any(label.rank is Rank.ARTICLE for label in labels):
        return frozenset()
    headed = {label.number for label in labels if Rank.ANNEX < label.rank < Rank.ARTICLE}
    numbers = {label.number for label in labels if label.rank is Rank.CLAUSE and label.number}
    above = {
        ".".join(number.split(".")[:depth])
        for number in numbers
        if number[-1].isdecimal()  # 2.1.3.guidance stands beside 2.1.3
        for depth in range(1, number.count(".") + 1)
    }
    return frozenset(above - headed)
