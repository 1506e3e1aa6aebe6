import pytest

from kb.documents import Language, Provenance
from kb.errors import BadFilter, BadQuery
from kb.search.queries import check_page, parse_filters, parse_language, parse_query


@pytest.mark.parametrize(
    ("typed", "phrases", "words"),
    [
        ("maternity leave", (), "maternity leave"),
        ('"maternity leave" benefits', ("maternity leave",), "maternity leave   benefits"),
        ("«отпуск по беременности» сроки", ("отпуск по беременности",), None),
        ("“equal pay” and “leave”", ("equal pay", "leave"), None),
        ("„тең мүмкіндіктер“", ("тең мүмкіндіктер",), None),
        ('an unclosed "quotation mark', (), 'an unclosed "quotation mark'),
        ('empty "" quotes', (), None),
    ],
)
def test_phrases_are_what_stands_in_quotation_marks(
    typed: str, phrases: tuple[str, ...], words: str | None
) -> None:
    query = parse_query(typed, 1000)
    assert query.phrases == phrases
    if words is not None:
        assert query.words.split() == words.split()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        # two words at least that say something, outside the quotation marks
        ("how long is maternity leave", True),  # long, maternity, leave
        ("maternity leave", True),
        ("what is the leave about", False),  # stop words do not count
        ("сколько отпуск", False),  # nor does what only asks
        ("сколько длится отпуск", True),
        ("сколько дней длится отпуск", True),
        ("отпуск по уходу за ребенком", True),
        ("отпуск и по уходу", True),
        ("жалақы қашан төленеді және неге", True),
        ("жұмыстан қалай босатады еңбек кодексі", True),
        ("статья 127-1 кодекса", True),
        ('"по уходу за ребенком до трех лет"', False),  # all of it is in quotation marks
        ('отпуск "по уходу за ребенком до трех лет"', False),
        ('как оформить отпуск "по уходу" работнику', True),
        ('оплачивается ли "отпуск" по уходу', True),  # `отпуск` is inside
        ("«тең мүмкіндіктер» қайда жазылған заңда бар", True),
        ('an unclosed "quotation mark', True),
        ("leave", False),
    ],
)
def test_a_sentence_says_enough_outside_its_quotation_marks(typed: str, *, sentence: bool) -> None:
    assert parse_query(typed, 1000).is_a_sentence is sentence


@pytest.mark.parametrize("typed", ["", "   ", "\n\t", "?!…", '""', "—"])
def test_a_query_without_a_word_is_refused(typed: str) -> None:
    with pytest.raises(BadQuery, match="type at least one word"):
        parse_query(typed, 1000)


def test_a_query_that_is_too_long_is_refused_with_both_lengths() -> None:
    with pytest.raises(BadQuery, match="1001 characters; shorten it to 1000"):
        parse_query("а" * 1001, 1000)
    assert parse_query("а" * 1000, 1000).text == "а" * 1000


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\x85", "\ud800"])
def test_control_characters_are_refused_by_name(character: str) -> None:
    with pytest.raises(BadQuery, match=f"U\\+{ord(character):04X}"):
        parse_query(f"leave {character} pay", 1000)


def test_line_ends_and_decomposed_letters_are_taken() -> None:
    query = parse_query("Й\n".replace("Й", "И\u0306") + "год", 1000)
    assert query.text == "Й\nгод"


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("maternity protection ILO 183", Language.ENGLISH),
        ("отпуск по беременности и родам", Language.RUSSIAN),
        ("жүктілікке және босануға байланысты демалыс", Language.KAZAKH),
    ],
)
def test_the_language_of_a_query_is_seen(typed: str, language: Language) -> None:
    assert parse_query(typed, 1000).language is language


def test_filters_become_members() -> None:
    filters = parse_filters(["ilo-c183"], ["ru", "kk"], ["digest"], ["ilo-c183", "x"])
    assert filters.documents == {"ilo-c183"}
    assert filters.languages == {Language.RUSSIAN, Language.KAZAKH}
    assert filters.provenances == {Provenance.DIGEST}


def test_no_filter_and_an_empty_one_let_everything_pass() -> None:
    assert parse_filters(None, [], (), ["x"]).empty


@pytest.mark.parametrize(
    ("documents", "languages", "provenances", "message"),
    [
        (["ilo-c999"], None, None, "'ilo-c999'.*kb documents"),
        (None, ["de"], None, "'de' is not a language: choose from en, kk, ru"),
        (None, None, ["true"], "'true' is not a provenance: choose from digest, official"),
    ],
)
def test_a_bad_filter_is_named(
    documents: list[str] | None,
    languages: list[str] | None,
    provenances: list[str] | None,
    message: str,
) -> None:
    with pytest.raises(BadFilter, match=message):
        parse_filters(documents, languages, provenances, ["ilo-c183"])


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (101, 0), (-1, 0), (10, -1), (10, 1001)])
def test_a_page_out_of_range_is_refused(limit: int, offset: int) -> None:
    with pytest.raises(BadFilter, match="give a number from"):
        check_page(limit, offset)


def test_a_language_may_be_left_out() -> None:
    assert parse_language(None) is None
    assert parse_language("kk") is Language.KAZAKH
