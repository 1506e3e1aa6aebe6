from __future__ import annotations

from datetime import date

import pytest

from kb.citations import cite_instrument
from kb.documents import Document, Language

EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

INSTRUMENTS = [
    (
        Document("kz-law-223-iv-2009", {}, kind="law", number="223-IV", date=date(2009, 12, 8)),
        "Law No. 223-IV of 8 December 2009",
        "Закон РК от 8 декабря 2009 года № 223-IV",
        "ҚР 2009 жылғы 8 желтоқсандағы № 223-IV Заңы",
    ),
    (
        Document(
            "decree-384",
            {},
            kind="decree",
            number="384",
            date=date(2016, 12, 6),
            issuer="President of the Republic of Kazakhstan",
        ),
        "Decree No. 384 of 6 December 2016",
        "Указ Президента РК от 6 декабря 2016 года № 384",
        "ҚР Президентінің 2016 жылғы 6 желтоқсандағы № 384 Жарлығы",
    ),
    (
        Document(
            "kz-resolution-920",
            {},
            kind="resolution",
            number="920",
            date=date(2011, 8, 10),
            issuer="Government of the Republic of Kazakhstan",
        ),
        "Resolution No. 920 of 10 August 2011",
        "Постановление Правительства РК от 10 августа 2011 года № 920",
        "ҚР Үкіметінің 2011 жылғы 10 тамыздағы № 920 қаулысы",
    ),
    (  # a resolution of somebody else is not called the Government's
        Document(
            "kz-ftu-resolution",
            {},
            kind="resolution",
            number="4",
            date=date(2019, 6, 12),
            issuer="General Council of the Trade Unions Federation of the Republic of Kazakhstan",
        ),
        "Resolution No. 4 of 12 June 2019",
        "Постановление от 12 июня 2019 года № 4",
        "2019 жылғы 12 маусымдағы № 4 қаулы",
    ),
    (  # nor is a law of an unknown state called Kazakhstan's
        Document("some-law", {}, kind="law", number="5", date=date(2020, 3, 1)),
        "Law No. 5 of 1 March 2020",
        "Закон от 1 марта 2020 года № 5",
        "2020 жылғы 1 наурыздағы № 5 Заң",
    ),
    (
        Document("kz-order", {}, kind="order", number="10479", date=date(2015, 2, 27)),
        "Order No. 10479 of 27 February 2015",
        "Приказ от 27 февраля 2015 года № 10479",
        "2015 жылғы 27 ақпандағы № 10479 бұйрық",
    ),
    (
        Document("ilo-c183", {}, kind="convention", number="183"),
        "ILO Convention No. 183",
        "Конвенция МОТ № 183",
        "ХЕҰ-ның № 183 конвенциясы",
    ),
    (
        Document(
            "r191",
            {},
            kind="recommendation",
            number="191",
            issuer="International Labour Organization",
        ),
        "ILO Recommendation No. 191",
        "Рекомендация МОТ № 191",
        "ХЕҰ-ның № 191 ұсынымы",
    ),
    (  # a numbered convention of another organisation keeps its name
        Document(
            "coe-210",
            {EN: "Istanbul Convention", RU: "Стамбульская конвенция", KK: "Стамбул конвенциясы"},
            kind="convention",
            number="210",
            issuer="Council of Europe",
        ),
        "Istanbul Convention",
        "Стамбульская конвенция",
        "Стамбул конвенциясы",
    ),
    (  # what has a short title is called by it; white space is the source's business
        Document(
            "kz-labour-code",
            {EN: "Labour Code of the\nRepublic", RU: "Трудовой кодекс"},
            kind="code",
            number="414-V",
            date=date(2015, 11, 23),
            short={RU: "ТК РК"},
        ),
        "Labour Code of the Republic",
        "ТК РК",
        "Labour Code of the Republic",
    ),
    (Document("notes", {}), "notes", "notes", "notes"),  # a file that no catalogue knows
    (Document("kz-x", {EN: "On x"}, kind="law", number="1"), "On x", "On x", "On x"),  # no date
]


@pytest.mark.parametrize(("document", "english", "russian", "kazakh"), INSTRUMENTS)
def test_an_instrument_is_called_as_lawyers_call_it(
    document: Document, english: str, russian: str, kazakh: str
) -> None:
    for language, expected in ((EN, english), (RU, russian), (KK, kazakh)):
        assert cite_instrument(document, language) == expected


KAZAKH_MONTHS = (
    "қаңтардағы ақпандағы наурыздағы сәуірдегі мамырдағы маусымдағы шілдедегі тамыздағы"
    " қыркүйектегі қазандағы қарашадағы желтоқсандағы"
).split()


@pytest.mark.parametrize(("month", "expected"), list(enumerate(KAZAKH_MONTHS, start=1)))
def test_the_kazakh_month_takes_the_ending_of_its_vowels(month: int, expected: str) -> None:
    law = Document("kz-law", {}, kind="law", number="1", date=date(2001, month, 1))
    assert cite_instrument(law, KK) == f"ҚР 2001 жылғы 1 {expected} № 1 Заңы"
