"""What was meant, as tables: a small vocabulary, what is typed, what is searched for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents import Language
from kb.search.spelling import Correction, Kind, Replacement, Vocabulary, correct
from kb.search.wording import searched_instead
from kb.words import fold, stem, words

# Words by the number of passages that have them.
COUNTS = {
    50: "maternity leave employer contract women discrimination gender equality annual wages",
    40: "отпуск беременности родам труда договор коллективный работник работника пенсия стаж",
    30: "еңбек құқық қыз жалақы қызмет жүктілік шарты демалыс төлеу өтеу ұлттық ғылым әйел көбею",
    20: "отметка бюджет любой эксперт шестьдесят санитарно-бытовые ёлка надлежащий нормированный",
    10: "женщин отпуска законный сверхурочная работы жизнь объём баланс зарплата мот комиссия",
    5: "health safety paid convention disciplinary collective bargaining қаулы һәм жұмысты болады",
    2: "отписка кіз қызмат leaves недели сағат сәт commission преподаватель",
}
VOCABULARY = Vocabulary({fold(word): n for n, line in COUNTS.items() for word in line.split()})
STEMS = {
    (language, stem(word.form, language))
    for line in COUNTS.values()
    for word in words(line)
    for language in Language
}
# Words of the thesaurus, which no text has. They are known and nothing is read as them.
THESAURUS = {"paternity", "нанимателя", "декрет"}


def known(form: str) -> bool:
    return form in THESAURUS or any((one, stem(form, one)) in STEMS for one in Language)


def meant(typed: str) -> str | None:
    correction = correct(typed, known, VOCABULARY)
    return correction.text if correction else None


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        # Russian, on the English layout
        ("jngecr", "отпуск"),
        ("Jngecr", "Отпуск"),
        ("jngecr gj ,thtvtyyjcnb b hjlfv", "отпуск по беременности и родам"),
        ("rjkktrnbdysq ljujdjh", "коллективный договор"),
        (",.l;tn", "бюджет"),
        ("k.,jq", "любой"),
        ("'rcgthn", "эксперт"),
        ("j,]tv", "объем"),
        ("j,]`v", "объём"),
        ("`krf", "ёлка"),
        (",fkfyc", "баланс"),
        ("jngecr 56 lytq", "отпуск 56 lytq"),  # `дней` is not known here
        ("jngecr, ljujdjh", "отпуск, договор"),
        ("jngecr?", "отпуск?"),
        ("(jngecr)", "(отпуск)"),
        ("cfybnfhyj-,snjdst", "санитарно-бытовые"),
        ("jngecre", "отпуску"),  # a form of a known word
        ("vjn", "мот"),
        ("JNGECR GJ ,THTVTYYJCNB", "ОТПУСК ПО БЕРЕМЕННОСТИ"),
        ("C183 jngecr", "C183 отпуск"),
        ("maternity jngecr", "maternity отпуск"),
        ("отпуск gj ,thtvtyyjcnb", "отпуск gj беременности"),
        # English, on the Russian layout
        ("ьфеуктшен", "maternity"),
        ("ьфеуктшен дуфму", "maternity leave"),
        ("Ьфеуктшен дуфму", "Maternity leave"),
        ("сщддусешму ифкпфштштп", "collective bargaining"),
        ("отпуск ьфеуктшен", "отпуск maternity"),
        # Kazakh, on the English layout: letters in the row of digits
        ("t4,tr", "еңбек"),
        ("t4,tr ifhns", "еңбек шарты"),
        ("0spvtn", "қызмет"),
        (")spvtn", "Қызмет"),
        (";8rn3k3r", "жүктілік"),
        ("9knns0", "ұлттық"),
        ("5sksv", "ғылым"),
        ("@qtk", "Әйел"),
        ("n-kte", "төлеу"),
        ("-nte", "өтеу"),
        # Kazakh, on the Russian layout
        ("е4бек", "еңбек"),
        ("ж8кт3л3к", "жүктілік"),
        ("0ызмет", "қызмет"),
        ("т-леу", "төлеу"),
        ("е4бек шарты", "еңбек шарты"),
        # on another layout and without the Kazakh letters
        (";fkfrs", "жалақы"),
        ("ty,tr ifhns", "еңбек шарты"),
    ],
)
def test_another_layout(typed: str, text: str | None) -> None:
    assert meant(typed) == text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("кыз", "қыз"),  # not кіз, which is rarer
        ("жалакы", "жалақы"),
        ("Жалакы толеу", "Жалақы төлеу"),
        ("енбек", "еңбек"),
        ("жуктилик", "жүктілік"),
        ("кукык", "құқық"),
        ("кызмет", "қызмет"),
        ("улттык", "ұлттық"),
        ("гылым", "ғылым"),
        ("айел", "әйел"),
        ("отеу", "өтеу"),
        ("хам", "һәм"),
        ("еңбeк шарты", None),  # the Latin e is folded: this is no mistake
        ("демалыс", None),
    ],
)
def test_kazakh_without_its_letters(typed: str, text: str | None) -> None:
    assert meant(typed) == text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        # English
        ("maternty leave", "maternity leave"),
        ("matrenity leave", "maternity leave"),
        ("Maternitty", "Maternity"),
        ("leavve", "leave"),  # not `leaves`, which is as near and rarer
        ("emploier", "employer"),
        ("discriminaton agianst women", "discrimination agianst women"),
        ("discrimnaton", "discrimination"),
        ("mtaernty", None),  # two mistakes, under ten letters
        ("amternity", "maternity"),  # the first two letters swapped
        # Russian
        ("отпсук", "отпуск"),
        ("отпуc", "отпуск"),  # and a Latin c
        ("отпска", "отпуска"),  # not отписка, which is as near and rarer
        ("ОТПСУК ПО БЕРЕМЕННОСТИ", "ОТПУСК ПО БЕРЕМЕННОСТИ"),
        ("отпсук по берменности", "отпуск по беременности"),
        ("отмтека", "отметка"),  # all letters of `отметка` look Latin
        ("жызнь", "жизнь"),
        ("колективный договр", "коллективный договор"),
        ("сверхурошнная", "сверхурочная"),
        ("санитарно-бытавые", "санитарно-бытовые"),
        ("шестдесят", "шестьдесят"),
        ("камисия", None),  # two mistakes, under ten letters
        ("преподователь", "преподаватель"),
        # Kazakh
        ("жүктілк", "жүктілік"),
        ("жуктлик", "жүктілік"),
        ("демлаыс", "демалыс"),
        ("қызыет", "қызмет"),
    ],
)
def test_spelling(typed: str, text: str | None) -> None:
    assert meant(typed) == text


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "?!",
        "отпуск",
        "maternity leave",
        "еңбек шарты",
        "отпусками",  # another form
        "leavs",  # a mistake, but its stem is found as it is
        "paternity",  # in the thesaurus, and one letter from a word of the texts
        "декрет",
        "who are you",  # stop words
        "кошка",  # near nothing
        "algebra",
        # numbers and references
        "183",
        "C183",
        "С183",
        "127-1",
        "223-IV",
        "ст. 127",
        "30-бап",
        "2-тармақ",
        "отпсук2",
        "08.12.2009",
        # abbreviations and names
        "ILO",
        "ILO C183",
        "VJN",
        "ШДЩ",
        "СТЖА",
        "wages of WAGS",
        "LeavvE",
        "McLeave",
        # quotation marks
        '"отпсук"',
        "«jngecr»",
        "“maternty leave”",
        "„жалакы“ туралы",
        # addresses
        "leavve@maternty.kz",
        "https://maternty.kz/leavve",
        "www.maternty.kz",
        # short words
        "gj",
        "отк",
        "lea",
        "ау",
        # the opposite of a word
        "ненадлежащий",
        "ненормированный",
        "незаконный",
        "unpaid",
        "жұмыссыз",
        "болмайды",
        # another script
        "coat",  # not сағат
        "cat",  # not сәт
        "некелі",  # not недели, which has no Kazakh letter
        # nothing is said of a word in two scripts
        "отпускleave",
        "х" * 41,
    ],
)
def test_what_is_left_alone(typed: str) -> None:
    assert meant(typed) is None


def test_only_what_stands_outside_quotation_marks_is_mended() -> None:
    assert meant('отпсук "отпсук" отпсук') == 'отпуск "отпсук" отпуск'


def test_each_replacement_has_its_place() -> None:
    typed = "Отпсук, 56 дней: жалакы ьфеуктшен"
    correction = correct(typed, known, VOCABULARY)
    assert correction == Correction(
        "Отпуск, 56 дней: жалақы maternity",
        (
            Replacement(0, 6, "Отпсук", "Отпуск", Kind.SPELLING),
            Replacement(17, 23, "жалакы", "жалақы", Kind.LETTERS),
            Replacement(24, 33, "ьфеуктшен", "maternity", Kind.LAYOUT),
        ),
    )


def test_a_whole_query_is_one_replacement() -> None:
    correction = correct(" jngecr gj ,thtvtyyjcnb ", known, VOCABULARY)
    assert correction is not None
    assert correction.text == " отпуск по беременности "
    assert correction.replacements == (
        Replacement(1, 23, "jngecr gj ,thtvtyyjcnb", "отпуск по беременности", Kind.LAYOUT),
    )


def test_what_only_the_index_knows_is_left_alone_too() -> None:
    assert correct("отпсук", lambda form: form == "отпсук", VOCABULARY) is None


def test_a_compound_gives_its_parts_to_the_vocabulary() -> None:
    assert "бытовые" in VOCABULARY
    assert "санитарно-бытовые" not in VOCABULARY


def test_no_more_words_are_looked_up_than_a_query_has() -> None:
    correction = correct("отпсук " * 40, known, VOCABULARY)
    assert correction is not None
    assert len(correction.replacements) == 16


@pytest.mark.parametrize(
    ("language", "notice"),
    [
        (
            Language.ENGLISH,
            "Searched for “отпуск” instead of “jngecr”, “leave” instead of “leavve”.",
        ),
        (Language.RUSSIAN, "Выполнен поиск: «отпуск» вместо «jngecr», «leave» вместо «leavve»."),
        (
            Language.KAZAKH,
            "«jngecr» дегеннің орнына «отпуск», «leavve» дегеннің орнына «leave» ізделді.",
        ),
    ],
)
def test_the_reader_is_told(language: Language, notice: str) -> None:
    correction = correct("jngecr leavve", known, VOCABULARY)
    assert correction is not None
    assert searched_instead(correction.replacements, language) == notice


@given(
    st.text(
        st.sampled_from("абвіқё йjngecr,.;'[]2-0=«»\"@ ABC\u0301\u0306\ud800\u00ad")
        | st.characters()
    )
)
def test_any_text_is_read_and_its_replacements_tile_it(typed: str) -> None:
    correction = correct(typed, known, VOCABULARY)
    if correction is None:
        return
    rest, at = "", 0
    for one in correction.replacements:
        assert typed[one.start : one.end] == one.typed != one.meant
        rest += typed[at : one.start] + one.meant
        at = one.end
    assert rest + typed[at:] == correction.text


@pytest.mark.parametrize(
    "piece",
    [
        "а",
        "a",
        "отпсук ",
        "jngecr",
        "jngecr ",
        "a-",
        "-",
        "a.b@",
        "«",
        '"a',
        ",.;",
        "2345890-=",
        "é",
    ],
)
def test_hostile_input_is_finished(piece: str) -> None:
    correct(piece * (10_000 // len(piece)), known, VOCABULARY)


def test_an_empty_vocabulary_mends_nothing() -> None:
    assert correct("отпсук jngecr", lambda _: False, Vocabulary({})) is None
