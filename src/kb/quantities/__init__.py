"""Periods, shares, sums and head counts in a text, and how two of them compare.

read_quantities("126 (сто двадцать шесть) календарных дней", Language.RUSSIAN)
    Quantity(126, Unit.DAY, days=Days.CALENDAR, …)
compare(fourteen_weeks, that)       Kind.DIFFERENT: 98 days against 126
"""

from __future__ import annotations

from kb.quantities.comparing import Comparison, Kind, compare, compare_all
from kb.quantities.reading import Bound, Quantity, read_quantities
from kb.quantities.units import Days, Unit

__all__ = [
    "Bound",
    "Comparison",
    "Days",
    "Kind",
    "Quantity",
    "Unit",
    "compare",
    "compare_all",
    "read_quantities",
]
