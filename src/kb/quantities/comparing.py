"""Set quantities of two texts side by side.

14 weeks     14 недель                  the same
14 weeks     98 календарных дней        the same in another unit
14 weeks     126 календарных дней       different: 98 days against 126
3 months     90 days                    not comparable: months have no fixed number of days
10 days      10 рабочих дней            not comparable: other days are counted
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from kb.quantities.units import Days, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from kb.quantities.reading import Quantity


class Kind(StrEnum):
    """How two quantities stand to each other."""

    SAME = "same"
    SAME_OTHER_UNIT = "same-other-unit"
    OTHER_BOUND = "other-bound"  # the same number, but `at least` against `at most` or nothing
    DIFFERENT = "different"
    NOT_COMPARABLE = "not-comparable"
    ONLY_A = "only-a"
    ONLY_B = "only-b"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two quantities, or one without a counterpart."""

    kind: Kind
    a: Quantity | None
    b: Quantity | None
    base: str | None = None  # the unit that both convert to: day, month, minute, percent, …
    value_a: Fraction | None = None  # in that unit, where they convert
    value_b: Fraction | None = None


def compare(a: Quantity, b: Quantity) -> Comparison | None:
    """Compare two quantities; None where they count things of another dimension."""
    one, two = a.unit.measure, b.unit.measure
    if one.dimension is not two.dimension:
        return None
    if one.base != two.base or not _same_days(a, b):
        return Comparison(Kind.NOT_COMPARABLE, a, b)
    value_a, value_b = a.value * one.size, b.value * two.size
    if value_a != value_b:
        kind = Kind.DIFFERENT
    elif a.bound is not b.bound:
        kind = Kind.OTHER_BOUND
    else:
        alike = a.unit is b.unit or {a.unit, b.unit} == {Unit.AGE, Unit.YEAR}
        kind = Kind.SAME if alike else Kind.SAME_OTHER_UNIT
    return Comparison(kind, a, b, one.base, value_a, value_b)


def compare_all(a: Sequence[Quantity], b: Sequence[Quantity]) -> tuple[Comparison, ...]:
    """Pair the quantities of two texts, the likest first, and return all in the order of `a`.

    Each is in one comparison; what finds no counterpart stands alone.
    """
    order = list(Kind)
    possible = [
        (order.index(found.kind), abs(i - j), i, j, found)
        for i, one in enumerate(a)
        for j, two in enumerate(b)
        if (found := compare(one, two)) is not None
    ]
    paired: dict[int, Comparison] = {}
    taken: set[int] = set()
    for _, _, i, j, found in sorted(possible, key=lambda each: each[:4]):
        if i not in paired and j not in taken:
            paired[i] = found
            taken.add(j)
    rows = [paired.get(i) or Comparison(Kind.ONLY_A, one, None) for i, one in enumerate(a)]
    rows += [Comparison(Kind.ONLY_B, None, two) for j, two in enumerate(b) if j not in taken]
    return tuple(rows)


def _same_days(a: Quantity, b: Quantity) -> bool:
    """Whether both count working days, or neither does; a week is of calendar days."""
    return (a.days is Days.WORKING) == (b.days is Days.WORKING)
