"""Quantities as they stand in texts: one row a text, beside what should be read."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents import Language
from kb.quantities import read_quantities

EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

# What should be read is written as value, unit, days, bound.
TABLE = [
    # English
    (EN, "a period of maternity leave of not less than 14 weeks", "14 week at-least"),
    (EN, "at least fourteen weeks", "14 week at-least"),
    (EN, "one hundred and twenty-six days", "126 day"),
    (EN, "one hundred twenty-six calendar days", "126 day calendar"),
    (EN, "126 (one hundred and twenty-six) calendar days", "126 day calendar"),
    (EN, "within 15 working days", "15 day working"),
    (EN, "a 14-week leave", "14 week"),
    (EN, "an eight-hour day", "8 hour"),
    (EN, "hours of work shall not exceed 40 hours a week", "40 hour at-most"),
    (EN, "not more than two years", "2 year at-most"),
    (EN, "three to five years", "3 year; 5 year"),
    (EN, "3–5 years", "3 year; 5 year"),
    (EN, "two thirds of the woman's previous earnings", "2/3 fraction"),
    (EN, "two-thirds of the members", "2/3 fraction"),
    (EN, "one third of the votes", "1/3 fraction"),
    (EN, "half of the delegates", "1/2 fraction"),
    (EN, "half an hour", "1/2 hour"),
    (EN, "one and a half hours", "3/2 hour"),
    (EN, "30 per cent of women", "30 percent"),
    (EN, "30% of women", "30 percent"),
    (EN, "2.5 percent", "5/2 percent"),
    (EN, "1,000,000 tenge", "1000000 tenge"),
    (EN, "two thousand five hundred tenge", "2500 tenge"),
    (EN, "a fine of 20 monthly calculation indices", "20 mci"),
    (EN, "20 MCI", "20 mci"),
    (EN, "until the child is three years old", "3 age"),
    (EN, "persons under 18 years of age", "18 age under"),
    (EN, "more than fifty employees", "50 people over"),
    (EN, "30 minutes", "30 minute"),
    (EN, "six weeks after the birth and fourteen weeks in all", "6 week; 14 week"),
    # Russian
    (RU, "126 (сто двадцать шесть) календарных дней", "126 day calendar"),
    (RU, "сто двадцать шесть (126) календарных дней", "126 day calendar"),
    (RU, "продолжительностью семьдесят календарных дней до родов", "70 day calendar"),
    (RU, "ста двадцати шести дней", "126 day"),
    (RU, "не менее чем за четырнадцать рабочих дней", "14 day working at-least"),
    (RU, "не менее четырнадцати недель", "14 week at-least"),
    (RU, "в течение двух месяцев", "2 month"),
    (RU, "трёх лет", "3 year"),
    (RU, "двумя годами", "2 year"),
    (RU, "до достижения ребенком возраста трёх лет", "3 age"),
    (RU, "лица моложе 18 лет", "18 age under"),
    (RU, "в возрасте до полутора лет", "3/2 age at-most"),
    (RU, "полутора часов", "3/2 hour"),
    (RU, "не должна превышать 40 часов в неделю", "40 hour at-most"),
    (RU, "не более 36 часов", "36 hour at-most"),
    (RU, "тридцатидневный срок", "30 day"),
    (RU, "в 30-дневный срок", "30 day"),
    (RU, "двухнедельного отпуска", "2 week"),
    (RU, "трехмесячный срок", "3 month"),
    (RU, "двадцатичетырехчасовой отдых", "24 hour"),
    (RU, "в месячный срок", "1 month"),
    (RU, "2-х лет", "2 year"),
    (RU, "14-ти дней", "14 day"),
    (RU, "50 процентов", "50 percent"),
    (RU, "не менее 30 % женщин", "30 percent at-least"),
    (RU, "2,5 процента", "5/2 percent"),
    (RU, "двух третей голосов", "2/3 fraction"),
    (RU, "не менее одной трети членов", "1/3 fraction at-least"),
    (RU, "три четверти", "3/4 fraction"),
    (RU, "2/3 голосов", "2/3 fraction"),
    (RU, "половину состава", "1/2 fraction"),
    (RU, "1 000 000 тенге", "1000000 tenge"),
    (RU, "1\u00a0500 тенге", "1500 tenge"),
    (RU, "1\u2009500,50 тенге", "3001/2 tenge"),
    (RU, "500 тыс. тенге", "500000 tenge"),
    (RU, "1,5 млн тенге", "1500000 tenge"),
    (RU, "двадцати месячных расчетных показателей", "20 mci"),
    (RU, "в размере 20 МРП", "20 mci"),
    (RU, "свыше пятидесяти человек", "50 people over"),
    (RU, "четырёхсот восьмидесяти минут", "480 minute"),
    (RU, "от 3 до 5 лет", "3 year; 5 year"),
    (RU, "30 календарных дней и более", "30 day calendar at-least"),
    (RU, "за 70 дней до родов и 56 дней после родов", "70 day; 56 day"),
    (RU, "две тысячи тенге", "2000 tenge"),
    # Kazakh
    (KK, "күнтізбелік жүз жиырма алты күн", "126 day calendar"),
    (KK, "жүз жиырма алты күнтізбелік күн", "126 day calendar"),
    (KK, "126 (жүз жиырма алты) күнтізбелік күн", "126 day calendar"),
    (KK, "он төрт апта", "14 week"),
    (KK, "кемінде он төрт апта", "14 week at-least"),
    (KK, "күнтізбелік жиырма төрт күннен кем емес", "24 day calendar at-least"),
    (KK, "он жұмыс күні ішінде", "10 day working"),
    (KK, "екі айдан аспайтын", "2 month at-most"),
    (KK, "үш жылға дейін", "3 year at-most"),
    (KK, "бала үш жасқа толғанға дейін", "3 age"),
    (KK, "он сегіз жасқа толмаған", "18 age under"),
    (KK, "аптасына 40 сағаттан аспауға тиіс", "40 hour at-most"),
    (KK, "отыз пайыз", "30 percent"),
    (KK, "30 пайыздан кем емес", "30 percent at-least"),
    (KK, "үштен екі", "2/3 fraction"),
    (KK, "екі жүз теңге", "200 tenge"),
    (KK, "1 500 теңге", "1500 tenge"),
    (KK, "бес мың теңге", "5000 tenge"),
    (KK, "жиырма айлық есептік көрсеткіш", "20 mci"),
    (KK, "елу адамнан астам", "50 people over"),
    (KK, "бір жарым сағат", "3/2 hour"),
    (KK, "жарты жыл", "1/2 year"),
    (KK, "отыз минут", "30 minute"),
    # what counts nothing
    (EN, "the 183 convention", ""),
    (EN, "Convention No. 183", ""),
    (EN, "ILO Convention 183 workers are protected", ""),
    (EN, "Under Article 5 workers may leave", ""),
    (EN, "Articles 5, 6 and 7 members", ""),
    (EN, "Law No. 223-IV of 8 December 2009", ""),
    (EN, "in the twenty-first week", ""),
    (EN, "the third day", ""),
    (EN, "C183 days", ""),
    (EN, "one third country", ""),
    (EN, "2009 year", ""),
    (RU, "8 декабря 2009 года № 223-IV", ""),
    (RU, "08.12.2009 года", ""),
    (RU, "на 2021–2023 годы", ""),
    (RU, "в статье 54 лет", ""),
    (RU, "пункта 3 статьи 127-1 работник", ""),
    (RU, "четырнадцатый день", ""),
    (RU, "30-й день", ""),
    (RU, "двадцать первого дня", ""),
    (RU, "он работник", ""),
    (RU, "несовершеннолетний", ""),
    (RU, "ежемесячный", ""),
    (KK, "2009 жылғы 8 желтоқсан", ""),
    (KK, "54-бап", ""),
    (KK, "он төртінші күні", ""),
    (KK, "14-күні", ""),
    (KK, "үш айрықша", ""),
    (KK, "бір жасалған", ""),
]


@pytest.mark.parametrize(("language", "text", "expected"), TABLE, ids=[row[1] for row in TABLE])
def test_reading(language: Language, text: str, expected: str) -> None:
    found = read_quantities(text, language)
    assert (
        "; ".join(
            " ".join(map(str, filter(None, (q.value, q.unit, q.days, q.bound)))) for q in found
        )
        == expected
    )
    assert all(q.span.of(text) == q.text for q in found)


@given(st.text(alphabet="0123456789 ,./-()№дней%сто twohalfүштен екі\n", max_size=60))
def test_any_text_is_read_in_order_and_verbatim(text: str) -> None:
    for language in Language:
        end = 0
        for item in read_quantities(text, language):
            assert item.span.start >= end
            assert item.span.of(text) == item.text
            assert isinstance(item.value, Fraction)
            end = item.span.end
