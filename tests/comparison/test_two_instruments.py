"""A rule of two instruments in two languages: the real model and the numbers."""

from __future__ import annotations

import pytest

from kb.comparison.provisions import Side, align_sides
from kb.documents import Language
from kb.models import load_embedder
from kb.quantities import Kind
from kb.settings import Settings

pytestmark = pytest.mark.model

CONVENTION = "A woman has the right to maternity leave of at least 14 weeks."
CODE = "Продолжительность отпуска по беременности и родам составляет 126 календарных дней."
STRIKE = "Суд может признать забастовку незаконной."


def test_weeks_and_calendar_days_of_one_leave_are_compared() -> None:
    embedder = load_embedder(Settings())
    a = Side.of_text(CONVENTION, Language.ENGLISH)
    found = align_sides(a, Side.of_text(f"{STRIKE} {CODE}", Language.RUSSIAN), embedder)
    [(left, right, _, [row])] = found.pairs
    assert (left, right) == (0, 1)
    assert row.kind is Kind.DIFFERENT
    assert (row.a.text, row.b.text) == ("14 weeks", "126 календарных дней")
    assert found.only_b == (0,)
    assert not align_sides(a, Side.of_text(STRIKE, Language.RUSSIAN), embedder).pairs
