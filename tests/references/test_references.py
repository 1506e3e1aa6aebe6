"""What people write, and the reference that is read from it, in three languages."""

from __future__ import annotations

import doctest
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kb.references.finder
from kb.documents import Document, Language
from kb.references import Reference, ReferenceFinder, ReferenceStatus

EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

DOCUMENTS = (
    Document(
        "c183",
        titles={
            EN: "Maternity Protection Convention, 2000 (No. 183)",
            RU: "Конвенция 2000 года об охране материнства (№ 183)",
            KK: "Ананы қорғау туралы 2000 жылғы конвенция",
        },
        kind="convention",
        number="183",
        date=date(2000, 6, 15),
        aliases=("ILO 183", "C183", "Конвенция об охране материнства"),
    ),
    Document(
        "c156",
        titles={EN: "Workers with Family Responsibilities Convention, 1981 (No. 156)"},
        kind="convention",
        number="156",
    ),
    Document(
        "law",
        titles={
            EN: "On state guarantees of equal rights and equal opportunities of men and women",
            RU: ("О государственных гарантиях равных прав и равных возможностей мужчин и женщин"),
            KK: (
                "Ерлер мен әйелдердің тең құқықтарының және тең мүмкіндіктерінің мемлекеттік"
                " кепілдіктері туралы"
            ),
        },
        kind="law",
        number="223-IV",
        date=date(2009, 12, 8),
        short={EN: "Law No. 223-IV", RU: "Закон № 223-IV", KK: "№ 223-IV Заң"},
        aliases=("закон о равных правах и равных возможностях",),
    ),
    Document(
        "concept",
        titles={EN: "Concept of family and gender policy in the Republic of Kazakhstan until 2030"},
        kind="concept",
        number="384",
        date=date(2016, 12, 6),
        short={
            RU: "Концепция семейной и гендерной политики",
            KK: "Отбасылық және гендерлік саясат тұжырымдамасы",
        },
        aliases=("Decree 384",),
    ),
    Document(
        "code",
        titles={
            EN: "Labour Code of the Republic of Kazakhstan",
            RU: "Трудовой кодекс Республики Казахстан",
            KK: "Қазақстан Республикасының Еңбек кодексі",
        },
        kind="code",
        number="414-V",
        date=date(2015, 11, 23),
        short={RU: "ТК РК"},
        aliases=("ТК", "LC", "ЕК"),
    ),
    Document(
        "statute",
        titles={RU: "Устав Федерации профсоюзов Республики Казахстан"},
        kind="statute",
        short={RU: "Устав ФПРК", KK: "ҚРКФ Жарғысы"},
    ),
    Document(
        "agreement",
        titles={RU: "Генеральное соглашение на 2021–2023 годы"},
        kind="agreement",
        aliases=("General Agreement", "Генеральное соглашение", "Бас келісім"),
    ),
    Document("our-collective-agreement", titles={EN: "Collective agreement of the Northern plant"}),
    Document("notes", titles={EN: "Notes"}),
    Document("2030", titles={EN: "Law 2030"}),
)
FINDER = ReferenceFinder(DOCUMENTS)

ILO_190 = "!ILO Convention No. 190"

# A query that is one reference from its first to its last character, and what it refers to:
#   c183             the document that is held
#   c183 art_4       a provision of it
#   !Law No. 1-I     an instrument that is not held
#   ? art_10         a provision of an instrument that is not named
WHOLE = {
    # conventions of the ILO
    "ILO 183": "c183",
    "ilo 183": "c183",
    "ILO C183": "c183",
    "ILO C 183": "c183",
    "ILO-183": "c183",
    "C183": "c183",
    "c183": "c183",
    "С183": "c183",  # Cyrillic С
    "с183": "c183",
    "C 183": "c183",
    "С 183": "c183",
    "C-183": "c183",
    "С-183": "c183",
    "ILO Convention No. 183": "c183",
    "ILO Convention (No. 183)": "c183",
    "ILO CONVENTION NO. 183": "c183",
    "Convention 183": "c183",
    "Convention #183": "c183",
    "convention no 183 of the ILO": "c183",
    "Convention No. 183 of 2000": "c183",
    "International Labour Organization Convention No. 183": "c183",
    "МОТ 183": "c183",
    "МOT 183": "c183",  # Latin O and T
    "МОТ № 183": "c183",
    "МОТ №183": "c183",
    "Конвенция МОТ № 183": "c183",
    "КОНВЕНЦИЯ МОТ № 183": "c183",
    "Конвенции 183 МОТ": "c183",
    "конвенцией № 183": "c183",
    "Конвенции МОТ N 183": "c183",
    "Конвенция Международной организации труда № 183": "c183",
    "ХЕҰ 183": "c183",
    "ХЕУ 183": "c183",  # typed without the Kazakh letters
    "ХЕҰ-ның 183 конвенциясы": "c183",
    "ХЕҰ-ның № 183 конвенциясы": "c183",
    "ХЕҰ-ның № 183 конвенциясының": "c183",
    "183-конвенция": "c183",
    "№ 183-ші конвенция": "c183",
    "Халықаралық еңбек ұйымының № 183 конвенциясы": "c183",
    "Конвенция МОТ об охране материнства № 183": "c183",
    "ILO Maternity Protection Convention 183": "c183",
    "C156": "c156",
    # laws and codes
    "223-IV": "law",
    "223-iv": "law",
    "223-ІV": "law",  # Cyrillic І
    "223–IV": "law",  # en dash
    "№ 223-IV": "law",
    "law 223-IV": "law",
    "law 223": "law",
    "закон 223": "law",
    "Law No. 223-IV": "law",
    "Law No. 223-IV of 8 December 2009": "law",
    "Law of the Republic of Kazakhstan dated December 8, 2009 No. 223-IV": "law",
    "Закон № 223-IV": "law",
    "Закона РК № 223-IV": "law",
    "Закон от 8 декабря 2009 года № 223-IV": "law",
    "Закон Республики Казахстан от 08.12.2009 г. № 223-IV": "law",
    "№ 223-IV Заңы": "law",
    "223-IV Заңының": "law",
    "223-IV-тің": "law",
    "Қазақстан Республикасының 2009 жылғы 8 желтоқсандағы № 223-IV Заңы": "law",
    "414-V": "code",
    "Кодекс № 414-V": "code",
    # decrees, and what they approve
    "Decree 384": "concept",
    "Decree No. 384": "concept",
    "Decree No. 384 of 2016": "concept",
    "Presidential Decree No. 384": "concept",
    "Указ № 384": "concept",
    "Указом № 384": "concept",
    "Указ Президента 384": "concept",
    "Указ Президента Республики Казахстан от 6 декабря 2016 года № 384": "concept",
    "№ 384 Жарлық": "concept",
    "№ 384 Жарлығымен": "concept",
    "2016 жылғы 6 желтоқсандағы № 384 Жарлық": "concept",
    # names
    "Трудового кодекса": "code",
    "трудовой кодекс": "code",
    "Трудовой кодекс РК": "code",
    "Трудовой кодекс от 23 ноября 2015 года № 414-V": "code",
    "Labour Code": "code",
    "labor code": "code",
    "Labour Code of Kazakhstan": "code",
    "Еңбек кодексінің": "code",
    "енбек кодекси": "code",
    "ТК": "code",
    "TK": "code",  # Latin letters
    "ТК РК": "code",
    "LC": "code",
    "ТК-нің": "code",
    "Устава ФПРК": "statute",
    "Уставом Федерации профсоюзов": "statute",
    "Генеральному соглашению": "agreement",
    "General Agreement": "agreement",
    "Бас келісімнің": "agreement",
    "Maternity Protection Convention": "c183",
    "Maternity Protection Convention, 2000 (No. 183)": "c183",
    "Maternity Protection Convention (No. 183)": "c183",
    "Конвенции об охране материнства": "c183",
    "Закона РК о равных правах и равных возможностях": "law",
    "О государственных гарантиях равных прав и равных возможностей мужчин и женщин": "law",
    "collective agreement of the northern plant": "our-collective-agreement",
    "our-collective-agreement": "our-collective-agreement",
    # provisions
    "Article 10": "? art_10",
    "ARTICLE 10": "? art_10",
    "Art. 10": "? art_10",
    "art10": "? art_10",
    "art 10(3)(2)": "? art_10__cl_3__sub_2",
    "Article 4(1)(a)": "? art_4__cl_1__sub_a",
    "Article 10.3": "? art_10__cl_3",
    "Article 10 para. 3": "? art_10__cl_3",
    "Article 10, paragraph 3, subparagraph 2": "? art_10__cl_3__sub_2",
    "subparagraph 2 of paragraph 3 of Article 10": "? art_10__cl_3__sub_2",
    "chapter IV": "? chp_iv",
    "статья 10": "? art_10",
    "ст. 10": "? art_10",
    "ст.10": "? art_10",
    "cт. 10": "? art_10",  # Latin c
    "ст 10 п. 3 пп. 2": "? art_10__cl_3__sub_2",
    "пп. 2 п. 3 ст. 10": "? art_10__cl_3__sub_2",
    "пункт 3 статьи 10": "? art_10__cl_3",
    "подпункт 2) пункта 3 статьи 10": "? art_10__cl_3__sub_2",
    "статьи 127-1": "? art_127-1",
    "статья 127¹": "? art_127-1",
    "часть 2 статьи 10": "? art_10__par_2",
    "глава 5": "? chp_5",
    "глава 5, статья 10": "? art_10",
    "10-бап": "? art_10",
    "10 бап": "? art_10",
    "127-1-бап": "? art_127-1",
    "10-баптың 3-тармағы": "? art_10__cl_3",
    "10-баптын 3-тармагы": "? art_10__cl_3",
    "10-баптың 3-тармағының 2) тармақшасы": "? art_10__cl_3__sub_2",
    "5-тарау": "? chp_5",
    # provisions of instruments
    "Article 10 of law 223-IV": "law art_10",
    "Article 10 of the Law No. 223-IV of 8 December 2009": "law art_10",
    "Article 10 (Law 223-IV)": "law art_10",
    "223-IV art. 10": "law art_10",
    "law 223-IV, article 10(3)(2)": "law art_10__cl_3__sub_2",
    "C183 Article 4": "c183 art_4",
    "C183, Art. 4(1)": "c183 art_4__cl_1",
    "paragraph 1 of Article 4 of ILO Convention No. 183": "c183 art_4__cl_1",
    "Labour Code (art. 99)": "code art_99",
    "section I of the General Agreement": "agreement sec_i",
    "ст. 99 Трудового кодекса": "code art_99",
    "ст. 99 ТК": "code art_99",
    "ст. 99 тк рк": "code art_99",
    "99 статья ТК": "code art_99",
    "Labor Code of the RK article 99": "code art_99",
    "Конвенция 183 статья 4": "c183 art_4",
    "тк ст 99": "code art_99",
    "Трудовой кодекс, статья 99": "code art_99",
    "статья 4 Конвенции МОТ № 183": "c183 art_4",
    "подпункт 2) пункта 3 статьи 10 Закона № 223-IV": "law art_10__cl_3__sub_2",
    "п. 1 Устава ФПРК": "statute cl_1",
    "пункт 2.3.1 Генерального соглашения": "agreement cl_2.3.1",
    "Еңбек кодексінің 99-бабы": "code art_99",
    "ЕК-нің 99-бабы": "code art_99",
    "ҚР Еңбек кодексінің 99-бабының 1-тармағы": "code art_99__cl_1",
    "№ 223-IV Заңының 10-бабы": "law art_10",
    "223-IV-тің 10-бабы": "law art_10",
    "ХЕҰ-ның № 183 конвенциясының 4-бабы": "c183 art_4",
    "ҚРКФ Жарғысының 3-тармағы": "statute cl_3",
    # recognised, not held
    "ILO 190": ILO_190,
    "C190": ILO_190,
    "МОТ № 190": ILO_190,
    "Конвенции 190": ILO_190,
    "ХЕҰ-ның № 190 конвенциясы": ILO_190,
    "190-конвенциясы": ILO_190,
    "C029": "!ILO Convention No. 29",
    "Article 2 of C190": f"{ILO_190} art_2",
    "Law No. 1-I": "!Law No. 1-I",
    "Законом РК от 05.07.2011 № 452-IV": "!Law No. 452-IV",
    "№ 452-IV Заңы": "!Law No. 452-IV",
    "Decree No. 385": "!Decree No. 385",
    "Указ № 384 от 5 мая 2001 года": "!Decree No. 384 of 5 May 2001",
    "ст. 99 ТК РФ": "!ТК РФ art_99",
}

# Queries with references among other words: each reference as printed, and what it refers to.
WITHIN = {
    "maternity protection ILO 183": [("ILO 183", "c183")],
    "What does C183 say about dismissal?": [("C183", "c183")],
    "(см. ст. 10 п. 3)": [("ст. 10 п. 3", "? art_10__cl_3")],
    "Статья 10. Участие женщин": [("Статья 10", "? art_10")],
    "в «Трудовом кодексе» об отпуске": [("Трудовом кодексе", "code")],
    "ILO conventions 183 and 156": [("ILO conventions 183", "c183"), ("156", "c156")],
    "Конвенции МОТ № 183 и № 156": [("Конвенции МОТ № 183", "c183"), ("№ 156", "c156")],
    "Конвенции №№ 183, 156": [("Конвенции №№ 183", "c183"), ("156", "c156")],
    "C183/C156/C190": [("C183", "c183"), ("C156", "c156"), ("C190", ILO_190)],
    "C183, Article 10 of Law No. 223-IV": [
        ("C183", "c183"),
        ("Article 10 of Law No. 223-IV", "law art_10"),
    ],
    "C183 Article 4 Law 223-IV Article 10": [
        ("C183 Article 4", "c183 art_4"),
        ("Law 223-IV Article 10", "law art_10"),
    ],
    "п. 3 ст. 10, п. 4 ст. 11 ТК": [
        ("п. 3 ст. 10", "code art_10__cl_3"),  # both are of the Code
        ("п. 4 ст. 11 ТК", "code art_11__cl_4"),
    ],
    "Закон № 223-IV\n\nСтатья 10": [("Закон № 223-IV", "law"), ("Статья 10", "? art_10")],
    "МОТ 183, 14 недель": [("МОТ 183", "c183")],
    "осы Заңның 10-бабы": [("осы Заңның 10-бабы", "? art_10")],
}

NOTHING = (
    "",
    " ",
    "183",
    "384",
    "№ 183",
    "183 people",
    "14 weeks",
    "2030",
    "in 2009",
    "8 December 2009",
    "от 8 декабря 2009 года",
    "2009 жылғы 8 желтоқсан",
    "16.12.2009",
    "room 183",
    "decision 384",
    "article",
    "an article about leave",
    "law",
    "the law of 8 December 2009",
    "law 2030",
    "law 5",
    "order 66",
    "закон",
    "закон 2009 года",
    "Закон РК",
    "заң",
    "5 заң",
    "Convention",
    "Convention on the Rights of the Child",
    "convention of 2000",
    "Convention 251",
    "190 конвенций МОТ",
    "183 конвенции",
    "ILO 2030 agenda",
    "ILO 183 members",
    "ILO 183,000 workers",
    "ILO Recommendation No. 191",
    "183-day leave",
    "183a",
    "C",
    "C 4",
    "vitamin C 90",
    "COVID-19",
    "abc183",
    "с 183 дней",
    "С 183 сотрудниками",
    "с 1 января",
    "тк",
    "lc",
    "LC-34",
    "LCD",
    "статьи 2009 года",
    "article 10th",
    "state of the art 2020",
    "часть 2",
    "part 2",
    "п. 3",
    "1 статья",
    "в 14 ч 30 мин",
    "in this section I explain",
    "10 қосымша демалыс",
    "183 заңды тұлға",
    "бап",
    "notes",
    "labour",
    "трудовой договор",
    "Гражданский кодекс",
    "engine 3-v",
)


def shown(reference: Reference) -> str:
    """Write a reference as the tables above do."""
    if reference.status is ReferenceStatus.BARE:
        subject = "?"
    elif reference.status is ReferenceStatus.NOT_HELD:
        subject = f"!{reference.instrument}"
    else:
        subject = str(reference.document_id)
    return f"{subject} {reference.eid}" if reference.eid else subject


def found(query: str) -> list[tuple[str, str]]:
    return [(reference.text, shown(reference)) for reference in FINDER.find(query)]


@pytest.mark.parametrize(("query", "meaning"), WHOLE.items())
def test_a_reference_is_read_from_its_first_to_its_last_character(query: str, meaning: str) -> None:
    assert found(query) == [(query, meaning)]


@pytest.mark.parametrize(
    ("query", "meaning"),
    [row for row in WHOLE.items() if "_" not in row[1] and row[0] != "С 183"],
)
def test_an_instrument_is_found_among_other_words(query: str, meaning: str) -> None:
    assert found(f"see: {query}; leave") == [(query, meaning)]


@pytest.mark.parametrize(("query", "expected"), WITHIN.items())
def test_references_among_other_words(query: str, expected: list[tuple[str, str]]) -> None:
    assert found(query) == expected


@pytest.mark.parametrize("query", NOTHING)
def test_what_is_no_reference(query: str) -> None:
    assert found(query) == []


def test_a_resolved_reference_names_its_instrument_as_it_is_cited() -> None:
    (reference,) = FINDER.find("статья 10 Закона 223-IV")
    assert reference == Reference(
        start=0,
        end=23,
        text="статья 10 Закона 223-IV",
        document_id="law",
        instrument="Law No. 223-IV of 8 December 2009",
        path=(("art", "10"),),
        status=ReferenceStatus.RESOLVED,
    )


def test_a_whole_instrument_has_no_eid() -> None:
    (reference,) = FINDER.find("C183")
    assert reference.path == ()
    assert reference.eid is None


def test_the_documents_that_may_be_meant_are_candidates() -> None:
    finder = ReferenceFinder(
        [
            Document("first", {RU: "Первый закон"}, kind="law", number="5-VI"),
            Document("second", {RU: "Второй закон"}, kind="law", number="5-VI"),
        ]
    )
    (reference,) = finder.find("ст. 2 Закона № 5-VI")
    assert reference.status is ReferenceStatus.AMBIGUOUS
    assert (reference.document_id, reference.eid) == (None, "art_2")
    assert reference.candidates == ("first", "second")


def test_the_date_tells_two_decrees_of_one_number_apart() -> None:
    finder = ReferenceFinder(
        [
            Document("old", {}, kind="decree", number="384", date=date(1996, 3, 1)),
            Document("new", {}, kind="decree", number="384", date=date(2016, 12, 6)),
        ]
    )
    assert [r.candidates for r in finder.find("Указ № 384")] == [("old", "new")]
    assert [r.document_id for r in finder.find("Указ № 384 от 6 декабря 2016 года")] == ["new"]
    assert [r.document_id for r in finder.find("Decree No. 384 of 1996")] == ["old"]


def test_a_number_in_an_alias_counts_where_the_catalogue_gives_none() -> None:
    finder = ReferenceFinder([Document("c111", {EN: "Discrimination"}, aliases=("ILO C111",))])
    assert [r.document_id for r in finder.find("Конвенция МОТ № 111")] == ["c111"]


def test_no_documents() -> None:
    references = ReferenceFinder([]).find("ст. 10 Трудового кодекса, ILO 183")
    assert [shown(reference) for reference in references] == [
        "!Трудового кодекса art_10",
        "!ILO Convention No. 183",
    ]


def test_the_example_of_the_docstring() -> None:
    assert doctest.testmod(kb.references.finder).failed == 0


WORDS = [part for row in WHOLE for part in row.split()] + ["\n\n", "(", ")", ",", "№", "«", "¹"]
QUERIES = st.text(max_size=200) | st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)


@given(query=QUERIES)
@settings(deadline=None)
def test_references_are_slices_of_the_query_in_order(query: str) -> None:
    references = FINDER.find(query)
    for reference in references:
        assert reference.text == query[reference.start : reference.end]
        assert reference.text.strip()
        assert (reference.document_id is None) == (reference.status is not ReferenceStatus.RESOLVED)
        assert (reference.instrument is None) == (reference.status is ReferenceStatus.BARE)
    spans = sorted({(reference.start, reference.end) for reference in references})
    assert [(reference.start, reference.end) for reference in references] == sorted(
        (reference.start, reference.end) for reference in references
    )
    for (_, end), (start, _) in pairwise(spans):
        assert end <= start


@pytest.mark.parametrize(
    "piece",
    ["Закон РК от ", "(", "№ ", "1 ", "10-", "п. 3 ст. 10 ", "(3)", "c ", "of the ", "ILO, "],
)
def test_a_long_query_is_read_to_its_end(piece: str) -> None:
    padding = piece * (20_000 // len(piece))
    assert found(f"{padding} \n\n C183")[-1] == ("C183", "c183")
