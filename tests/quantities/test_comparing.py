"""How the quantities of two texts stand to each other."""

from __future__ import annotations

import pytest

from kb.documents import Language
from kb.quantities import Kind, compare, compare_all, read_quantities

EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ((EN, "14 weeks"), (RU, "четырнадцати недель"), "same"),
        ((EN, "14 weeks"), (RU, "98 календарных дней"), "same-other-unit"),
        ((EN, "14 weeks"), (RU, "126 календарных дней"), "different"),
        ((RU, "126 дней"), (KK, "күнтізбелік жүз жиырма алты күн"), "same"),
        ((RU, "два года"), (KK, "24 ай"), "same-other-unit"),
        ((RU, "трех лет"), (KK, "үш жас"), "same"),
        ((RU, "три месяца"), (RU, "90 дней"), "not-comparable"),
        ((RU, "10 календарных дней"), (RU, "10 рабочих дней"), "not-comparable"),
        ((EN, "two weeks"), (RU, "14 рабочих дней"), "not-comparable"),
        ((EN, "at least 14 weeks"), (EN, "up to 14 weeks"), "other-bound"),
        ((EN, "not more than 2 hours"), (RU, "не более 120 минут"), "same-other-unit"),
        ((EN, "50%"), (EN, "one half of"), "same-other-unit"),
        ((EN, "two thirds"), (KK, "үштен екі"), "same"),
        ((EN, "20 MCI"), (EN, "20 tenge"), "not-comparable"),
        ((EN, "20 days"), (EN, "20 tenge"), None),
    ],
)
def test_comparing(a: tuple[Language, str], b: tuple[Language, str], kind: str | None) -> None:
    (one,), (two,) = (read_quantities(text, language) for language, text in (a, b))
    found, back = compare(one, two), compare(two, one)
    assert (found and found.kind) == (back and back.kind) == kind


def test_fourteen_weeks_against_126_days() -> None:
    (weeks,) = read_quantities("14 weeks", EN)
    (days,) = read_quantities("126 календарных дней", RU)
    found = compare(weeks, days)
    assert found is not None
    assert (found.base, found.value_a, found.value_b) == ("day", 98, 126)


def test_the_likest_are_paired_and_none_is_lost() -> None:
    a = read_quantities("70 days before, 56 days after, 3 months, 20 tenge", EN)
    b = read_quantities("56 дней после, 71 день до, 5 работников", RU)
    assert [
        (row.kind, row.a and int(row.a.value), row.b and int(row.b.value))
        for row in compare_all(a, b)
    ] == [
        (Kind.DIFFERENT, 70, 71),
        (Kind.SAME, 56, 56),
        (Kind.ONLY_A, 3, None),
        (Kind.ONLY_A, 20, None),
        (Kind.ONLY_B, None, 5),
    ]
