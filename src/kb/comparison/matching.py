"""Which item of B is which item of A, by what they are called and by what they say.

Items are articles, or the leaves of one article. The steps, each for what the one before it left:

    1. the same name and the same words
    2. the same words elsewhere                            article 7 has become article 8
    3. the same name and similar words                     article 5 has been amended
    4. the most similar words among what is left           both at once
    5. the same name alone, where the caller says so       article 5 now reads otherwise

The same words come before the same name, or an inserted point 3 would be taken for an amended
one, and the old point 3, now 4, for a new one. Similar items are found by their rarest words, so
the time grows with the text and not with its square.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

SIMILAR = 0.5  # share of words in common from which an amended provision is the same one
_RAREST = 8  # words of an item by which similar ones are looked up
_COMMON = 64  # items; a word that more of them have finds nothing


@dataclass(frozen=True)
class Item:
    """Something to be matched."""

    key: str  # its name: an eid, or the part of one below its unit
    words: tuple[str, ...]  # what it says, without its number
    kind: Hashable = None  # only items of one kind are the same
    place: str | None = None  # what stands in one place goes first among equals
    bag: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bag", Counter(self.words))

    @cached_property
    def said(self) -> Hashable:
        """What must be equal for two items to say the same."""
        return self.kind, self.words


def match(
    a: Sequence[Item],
    b: Sequence[Item],
    *,
    similar: float = SIMILAR,
    fewest: int = 0,
    by_name: bool = True,
) -> dict[int, int]:
    """Return the places of items of A, each with that of its counterpart in B.

    Args:
        a: items in order; their keys differ.
        b: the same of the other edition.
        similar: words in common from which items that read differently are the same, 0 to 1.
        fewest: words below which an item is not looked for under another name.
        by_name: whether items of one name are the same, whatever they say.
    """
    pairs = _Pairs(a, b)
    pairs.by_key(lambda one, other: one.said == other.said)
    pairs.by_words(fewest)
    pairs.by_key(lambda one, other: likeness(one, other) >= similar)
    pairs.by_likeness(similar, fewest)
    if by_name:
        pairs.by_key(lambda _one, _other: True)
    return pairs.found


def likeness(one: Item, other: Item) -> float:
    """Return the share of words that two items have in common (Dice's coefficient of the bags)."""
    total = len(one.words) + len(other.words)
    if not total:
        return 1.0
    fewer, more = sorted((one.bag, other.bag), key=len)
    return 2 * sum(min(count, more[word]) for word, count in fewer.items()) / total


class _Pairs:
    def __init__(self, a: Sequence[Item], b: Sequence[Item]) -> None:
        self.a = a
        self.b = b
        self.found: dict[int, int] = {}
        self.left_a = dict.fromkeys(range(len(a)))  # in order
        self.left_b = dict.fromkeys(range(len(b)))

    def _pair(self, one: int, other: int) -> None:
        self.found[one] = other
        del self.left_a[one]
        del self.left_b[other]

    def by_key(self, fit: Callable[[Item, Item], bool]) -> None:
        """Pair items of one name that fit."""
        named = {self.b[at].key: at for at in self.left_b}
        for at in list(self.left_a):
            other = named.get(self.a[at].key)
            if other is None or self.a[at].kind != self.b[other].kind:
                continue
            if fit(self.a[at], self.b[other]):
                self._pair(at, other)

    def by_words(self, fewest: int) -> None:
        """Pair items that say the same, in their order where there are several."""
        saying: defaultdict[Hashable, list[int]] = defaultdict(list)
        for at in reversed(self.left_b):
            saying[self.b[at].said].append(at)
        for at in list(self.left_a):
            others = saying.get(self.a[at].said)
            if others and len(self.a[at].words) >= max(fewest, 1):
                self._pair(at, others.pop())

    def by_likeness(self, similar: float, fewest: int) -> None:
        """Pair the items that are most alike, the most alike first."""
        postings: defaultdict[tuple[Hashable, str], list[int]] = defaultdict(list)
        for at in self.left_b:
            for word in self.b[at].bag:
                postings[self.b[at].kind, word].append(at)
        scored = [
            (-score, self.a[at].place != self.b[other].place, abs(at - other), at, other)
            for at in self.left_a
            if len(self.a[at].words) >= max(fewest, 1)
            for other in self._candidates(self.a[at], postings)
            if (score := likeness(self.a[at], self.b[other])) >= similar
        ]
        for *_, at, other in sorted(scored):
            if at in self.left_a and other in self.left_b:
                self._pair(at, other)

    def _candidates(
        self, item: Item, postings: dict[tuple[Hashable, str], list[int]]
    ) -> Iterable[int]:
        lists = [postings.get((item.kind, word), []) for word in item.bag]
        rarest = sorted((each for each in lists if 0 < len(each) <= _COMMON), key=len)[:_RAREST]
        return {at for each in rarest for at in each}
