"""The sentences of a hit that can be quoted, each with what it needs to be understood.

A list item says nothing without the words above the list, so these go with it, as quotes of
their own:

    4. An employee has the right to:        lead-in
       1) paid leave;                       quoted with `An employee has the right to:`

So do the words before a sentence that points back at them:

    Rest lasts eleven hours. It is paid.    `It is paid.` is quoted with `Rest lasts eleven hours.`
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.comparison.sentences import Sentence, sentences_within
from kb.documents import Level, Receipt, Span
from kb.receipts import make_receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.documents import Edition, Node
    from kb.search.results import Hit

# How a sentence begins that cannot be understood without the one before it
_POINTS_BACK = re.compile(
    r"(?:it|its|he|she|his|her|they|their|them|such|in (?:this|that) case"
    r"|(?:this|these|those|that)(?! (?:law|act|code|convention|agreement|decree|concept|statute"
    r"|article|section|chapter|part)\b)"
    r"|он|она|оно|они|его|её|ее|ему|ей|их|им|это|эта|этот|эти|этого|этим|та(?:кой|кая|кое|кие)"
    r"|там|тогда|при этом|в (?:этом|таком) случае|для этого"
    r"|ол|олар|оны|оның|оған|онда|олардың|олар(?:ға|ды)|бұл|бұлар|мұндай|сол|бұдан|мұнда"
    r"|сондай(?!-ақ))\b",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\([^()]*\)[.;,]*")
_ITEM_ENDS = (";", ",")
_NUMBERED = (Level.CLAUSE, Level.SUBCLAUSE)
_DEEPEST = 3  # lists within lists


@dataclass(frozen=True, eq=False)
class Quotable:
    """A sentence of a hit."""

    hit: Hit
    edition: Edition
    sentence: Sentence
    lead_in: tuple[Sentence, ...]  # above a list item, or what it points back at, in order

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.sentence.text

    @property
    def whole(self) -> str:
        """The sentence after its lead-in."""
        return " ".join(each.text for each in (*self.lead_in, self.sentence))

    @property
    def in_list(self) -> bool:
        """Whether its lead-in announces a list."""
        return bool(self.lead_in) and self.lead_in[-1].text.endswith(":")

    @property
    def eid(self) -> str:
        """The leaf that it stands in."""
        return self.sentence.eid or self.hit.eid

    def receipt(self) -> Receipt:
        """Return the receipt for the sentence."""
        return make_receipt(self.edition, self.eid, self.sentence.span)

    def lead_in_receipts(self) -> tuple[Receipt, ...]:
        """Return the receipts for the lead-in."""
        return tuple(
            make_receipt(self.edition, each.eid, each.span) for each in self.lead_in if each.eid
        )


def quotable(hit: Hit, edition: Edition) -> tuple[Quotable, ...]:
    """Return the sentences of a hit, in order.

    Left out is what says nothing: the announcement of a list, and that something was excluded.
    """
    around = edition.headed_unit(hit.eid)
    unit = whole_sentences(edition, around.span if around else hit.span)
    return tuple(
        Quotable(hit, edition, sentence, lead_in_of(edition, unit, at))
        for at, sentence in enumerate(unit)
        if hit.span.covers(sentence.span)
        and not sentence.text.endswith(":")
        and not _BRACKETED.fullmatch(sentence.text)
    )


def whole_sentences(edition: Edition, span: Span) -> tuple[Sentence, ...]:
    """Return the sentences within a span; a semicolon within a line does not end one.

    A list that runs on in one line is understood as a whole only.
    """
    joined: list[Sentence] = []
    for each in sentences_within(edition, span):
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.eid == each.eid
            and last.text.endswith(";")
            and "\n" not in edition.text[last.span.end : each.span.start]
        ):
            joined[-1] = _joined(edition, last, each)
        else:
            joined.append(each)
    return tuple(joined)


def _joined(edition: Edition, first: Sentence, last: Sentence) -> Sentence:
    span = Span(first.span.start, last.span.end)
    return Sentence(span.of(edition.text), span, first.eid)


def points_back(text: str) -> bool:
    """Whether a sentence begins with a word for what stands before it.

    >>> points_back("It is paid."), points_back("This Law applies to everyone.")
    (True, False)
    """
    return _POINTS_BACK.match(text.lstrip('«“„"(')) is not None


def lead_in_of(edition: Edition, unit: Sequence[Sentence], at: int) -> tuple[Sentence, ...]:
    """Return what introduces a list item, the outermost first, or what a sentence points back at.

    Args:
        edition: the text.
        unit: the sentences of the article, in order.
        at: the place of the sentence among them.
    """
    return _above_item(edition, unit, at) or _pointed_at(unit, at)


def _pointed_at(unit: Sequence[Sentence], at: int) -> tuple[Sentence, ...]:
    start = at
    while start and at - start < _DEEPEST and points_back(unit[start].text):
        start -= 1
    return tuple(unit[start:at])


def _above_item(edition: Edition, unit: Sequence[Sentence], at: int) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    while len(found) < _DEEPEST and (above := _announcement(edition, unit, at)) is not None:
        at = above
        while at and unit[at - 1].eid == unit[above].eid:
            at -= 1  # `A woman takes leave on a certificate. Its length is:`
        found.append(_joined(edition, unit[at], unit[above]))
    return tuple(reversed(found))


def _announcement(edition: Edition, unit: Sequence[Sentence], at: int) -> int | None:
    """Return the place of the sentence ending in a colon that an item stands under."""
    item = _leaf(edition, unit[at])
    if item is None:
        return None
    around = {node.eid for node in edition.path(item.eid)}
    for place in range(at - 1, -1, -1):
        leaf = _leaf(edition, unit[place])
        if leaf is None:
            return None
        if leaf.eid != item.eid and leaf.parent is not None and leaf.parent not in around:
            continue  # it stands inside an item before this one
        is_sibling = leaf.level is item.level and leaf.parent == item.parent and leaf is not item
        if is_sibling and leaf.level in _NUMBERED:
            continue
        if unit[place].text.endswith(":"):
            return place
        if not unit[place].text.endswith(_ITEM_ENDS):
            return None
    return None


def _leaf(edition: Edition, sentence: Sentence) -> Node | None:
    return edition.node(sentence.eid) if sentence.eid else None
