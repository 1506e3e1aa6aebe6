"""An instrument is cut out of the page of the act that approves it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kb import KnowledgeBase
from kb.documents import Document, Language, Level, Provenance
from kb.fetching import FetchStatus, Web, fetch
from kb.settings import Settings
from kb.sources import SourceFile

from .conftest import Reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kb.fetching import FetchReport

    from .conftest import LocalWeb

RU, KK, EN = Language.RUSSIAN, Language.KAZAKH, Language.ENGLISH
CODE = "U9900000077"
FOLDERS = {RU: "rus", KK: "kaz", EN: "eng"}
OLD = "https://old.adilet.zan.kz"

CONCEPT = Document(
    "kz-elephants",
    titles={
        RU: "Концепция слоновьей политики в Республике Казахстан до 2040 года",
        KK: "Қазақстан Республикасындағы 2040 жылға дейінгі піл саясаты тұжырымдамасы",
        EN: "Concept of elephant policy in the Republic of Kazakhstan until 2040",
    },
    kind="concept",
    number="77",
    short={RU: "Концепция о слонах", KK: "Пілдер тұжырымдамасы", EN: "Concept of elephants"},
    urls={
        language: f"https://adilet.zan.kz/{folder}/docs/{CODE}"
        for language, folder in FOLDERS.items()
    },
)

ACT = {
    RU: """<p id="z1">      В целях защиты слонов ПОСТАНОВЛЯЮ:</p>
<p id="z2">      1. Утвердить прилагаемую Концепцию слоновьей политики до 2040 года.</p>
<p id="z3">      2. Зоопарку утвердить план кормления слонов.</p>
<p id="z4">      3. Указ вводится в действие со дня подписания.</p>""",
    KK: """<p id="z1">      Пілдерді қорғау мақсатында ҚАУЛЫ ЕТЕМІН:</p>
<p id="z2">      1. Қоса беріліп отырған піл саясаты тұжырымдамасы бекітілсін.</p>
<p id="z3">      2. Хайуанаттар бағы пілдерді азықтандыру жоспарын бекітсін.</p>
<p id="z4">      3. Жарлық қол қойылған күнінен бастап қолданысқа енгізіледі.</p>""",
    EN: """<p id="z1">      In order to protect the elephants, I hereby DECREE:</p>
<p id="z2">      1. To approve the appended Concept of elephant policy until 2040.</p>
<p id="z3">      2. The zoo shall approve a plan by which the elephants are fed.</p>
<p id="z4">      3. This Decree shall enter into force on the day it is signed.</p>""",
}
SIGNATURE = {
    RU: "<table><tr><td><p>      Президент Республики</p></td><td>А. Слонов</td></tr></table>",
    KK: "<table><tr><td><p>      Республика Президенті</p></td><td>А. Пілбаев</td></tr></table>",
    EN: "<table><tr><td><p>      President of the Republic</p></td><td>A. Trunk</td></tr></table>",
}
MARK = {
    RU: "УТВЕРЖДЕНА<br/>Указом Президента<br/>Республики Казахстан<br/>от 1 мая 1999 года № 77",
    KK: "Қазақстан Республикасы<br/>Президентінің<br/>1999 жылғы 1 мамырдағы<br/>№ 77 Жарлығымен"
    "<br/>БЕКІТІЛГЕН",
    EN: "APPROVED<br/>by Decree № 77<br/>of the President<br/>as of May 1, 1999",
}
TITLE = {
    RU: "КОНЦЕПЦИЯ<br/>слоновьей политики в Республике Казахстан до 2040 года",
    KK: "Қазақстан Республикасындағы 2040 жылға дейінгі піл саясаты<br/>ТҰЖЫРЫМДАМАСЫ",
    EN: "THE CONCEPT of elephant policies in the Republic of Kazakhstan until 2040",
}
TEXT = {
    RU: """<p>      Сноска. Концепция в редакции Указа Президента от 02.03.2022 № 88.</p>
<p>Содержание</p>
<p>Раздел 1. Паспорт Концепции</p><p>Раздел 2. Анализ положения слонов</p>
<p>2.1 Что удалось слонам</p><p>Раздел 3. Основные принципы</p>
<h3 id="z9">Раздел 1. Паспорт Концепции</h3>
<table><tbody><tr><td>1</td><td>Наименование</td><td>Концепция о слонах</td></tr></tbody></table>
<h3 id="z10">Раздел 2. Анализ положения слонов</h3>
<p>      В стране живёт столько слонов, сколько их насчитали сторожа зоопарка в прошлом году.</p>
<h3 id="z11">2.1 Что удалось слонам</h3><p>      Слоны получили воду и орехи.</p>
<h3 id="z12">Раздел 3. Основные принципы</h3><p>      Слоны равны между собой.</p>""",
    KK: """<p>      Ескерту. Тұжырымдама жаңа редакцияда - 02.03.2022 № 88 Жарлығымен.</p>
<p>Мазмұны</p>
<p>1-бөлім. Тұжырымдаманың паспорты</p><p>2-бөлім. Пілдердің жағдайын талдау</p>
<p>2.1 Пілдер неге қол жеткізді</p><p>3-бөлім. Негізгі қағидаттар</p>
<h3 id="z9">1-бөлім. Тұжырымдаманың паспорты</h3>
<table><tbody><tr><td>1</td><td>Атауы</td><td>Піл саясаты тұжырымдамасы</td></tr></tbody></table>
<h3 id="z10">2-бөлім. Пілдердің жағдайын талдау</h3>
<p>      Елде өткен жылы хайуанаттар бағының күзетшілері санағанша піл өмір сүреді.</p>
<h3 id="z11">2.1 Пілдер неге қол жеткізді</h3><p>      Пілдер су мен жаңғақ алды.</p>
<h3 id="z12">3-бөлім. Негізгі қағидаттар</h3><p>      Пілдер өзара тең.</p>""",
    EN: """<p>      Footnote. The concept as amended by the Decree dated 02.03.2022 № 88.</p>
<p>Content</p>
<p>Section 1. Passport of the Concept</p><p>Section 2. Analysis of how elephants live</p>
<p>2.1 What the elephants achieved</p><p>Section 3. Basic principles</p>
<h3 id="z9">Section 1. Passport of the Concept</h3>
<table><tbody><tr><td>1</td><td>Name</td><td>Concept of elephant policy</td></tr></tbody></table>
<h3 id="z10">Section 2. Analysis of how elephants live</h3>
<p>      As many elephants live in the country as the keepers of the zoo counted last year.</p>
<h3 id="z11">2.1 What the elephants achieved</h3><p>      Elephants got water and nuts.</p>
<h3 id="z12">Section 3. Basic principles</h3><p>      Elephants are equal to each other.</p>""",
}
ACTS_OWN = {  # words of the act, which must not come back as words of the instrument
    RU: ("ПОСТАНОВЛЯЮ", "план кормления", "Слонов</td>", "О слоновьем указе"),
    KK: ("ҚАУЛЫ ЕТЕМІН", "азықтандыру", "Пілбаев", "О слоновьем указе"),
    EN: ("hereby DECREE", "are fed", "Trunk", "О слоновьем указе"),
}


def cells(words: str) -> str:
    """A block at the right edge of the page, as the database prints it."""
    return f'<table><tbody><tr><td width="380"> </td><td>{words}</td></tr></tbody></table>'


def page(article: str) -> str:
    return f"""<!DOCTYPE html><html><head><title>Указ</title></head><body>
<div class="container_alpha slogan"><h1>О слоновьем указе</h1><span class="status status_upd">x
</span><p>Указ Президента от 1 мая 1999 года № 77, о слоновьем указе.</p></div>
<div class="container_gamma text text_upd"><article>{article}</article></div></body></html>"""


def article(language: Language, *, mark: str | None = None, title: str | None = None) -> str:
    return "\n".join(
        [
            ACT[language],
            SIGNATURE[language],
            cells(MARK[language]) if mark is None else mark,
            f'<h3 id="z8">{TITLE[language]}</h3>' if title is None else title,
            TEXT[language],
        ]
    )


@pytest.fixture
def run(client: Callable[..., Web], tmp_path: Path) -> Callable[..., FetchReport]:
    def run(*languages: Language, document: Document = CONCEPT) -> FetchReport:
        web = client(attempts=2)
        return fetch([document], tmp_path, languages=languages, annexed={document.id}, web=web)

    return run


@pytest.mark.parametrize("language", list(Language))
def test_the_instrument_and_nothing_of_the_act(
    local_web: LocalWeb, run: Callable[..., FetchReport], language: Language
) -> None:
    whole = page(article(language))
    local_web.page(f"{OLD}/{FOLDERS[language]}/docs/{CODE}", whole)
    [text] = run(language).texts
    assert text.path.with_name("page.html").read_bytes() == whole.encode()
    main = text.path.read_text("utf-8")
    for words in ACTS_OWN[language]:
        assert words in whole
        assert words not in main
    title = TITLE[language].replace("<br/>", " ")
    mark = MARK[language].replace("<br/>", " ")
    assert f"<body>\n<p>{mark}</p>\n<h1>{title}</h1>\n" in main
    assert main.count(title) == 2  # in <title> and <h1>
    for line in TEXT[language].splitlines():
        assert line in main
    assert json.loads(text.path.with_name("record.json").read_bytes())["title"] == title
    assert text.provenance == (Provenance.TRANSLATION if language is EN else Provenance.OFFICIAL)
    assert run(language).texts[0].status is FetchStatus.UNCHANGED


@pytest.mark.parametrize(
    ("language", "cited", "words"),
    [
        (RU, "Концепция о слонах, раздел 3", "Слоны равны между собой."),
        (KK, "Пілдер тұжырымдамасы, 3-бөлім", "Пілдер өзара тең."),
        (
            EN,
            "Concept of elephants, Section 3 (unofficial translation)",
            "Elephants are equal to each other.",
        ),
    ],
)
def test_its_sections_are_cited_as_its_own(
    local_web: LocalWeb,
    run: Callable[..., FetchReport],
    tmp_path: Path,
    language: Language,
    cited: str,
    words: str,
) -> None:
    local_web.page(f"{OLD}/{FOLDERS[language]}/docs/{CODE}", page(article(language)))
    [text] = run(language).texts
    settings = Settings(index=tmp_path / "index", cache=tmp_path / "cache", model="hashing")
    source = SourceFile(text.path, True, CONCEPT, language=language, provenance=text.provenance)
    KnowledgeBase.add_sources([source], settings=settings)
    base = KnowledgeBase.open(settings=settings)
    [edition] = base.document("kz-elephants").editions
    sections = [node.eid for node in edition.nodes if node.level is Level.SECTION]
    assert sections == ["sec_1", "sec_2", "sec_2.1", "sec_3"]
    assert not any(node.level is Level.CLAUSE for node in edition.nodes)
    assert [len(edition.children("toc"))] == [5]  # its title and four entries
    [hit] = [hit for hit in base.search(words).hits if hit.eid.startswith("sec_3")]
    assert hit.citation == cited


@pytest.mark.parametrize(
    "mark",
    [
        f"<p style='text-align:right'>{MARK[RU]}</p>",
        f"<div><div>{MARK[RU]}</div></div>",
        cells("".join(f"<p>{line}</p>" for line in MARK[RU].split("<br/>"))),
        cells(MARK[RU].replace("УТВЕРЖДЕНА", "Утверждён")),
        cells("<b>УТВЕРЖДЕНА</b> постановлением Правительства от 1 мая № 77"),
        f"<table><tr><td>Президент</td><td>А. Слонов</td></tr><tr><td>{MARK[RU]}</td></tr></table>",
    ],
)
def test_marks_of_other_makes(
    local_web: LocalWeb, run: Callable[..., FetchReport], mark: str
) -> None:
    local_web.page(f"{OLD}/rus/docs/{CODE}", page(article(RU, mark=mark)))
    main = run(RU).texts[0].path.read_text("utf-8")
    assert "<h1>КОНЦЕПЦИЯ слоновьей политики" in main
    assert '<h3 id="z12">Раздел 3. Основные принципы</h3>' in main
    assert "А. Слонов" not in main


@pytest.mark.parametrize(
    "title",
    [
        "<p>КОНЦЕПЦИЯ</p><p>слоновьей политики в Республике Казахстан</p><p>до 2040 года</p>",
        f"<div><div><h3>{TITLE[RU]}</h3></div></div>",
        f"<h3><b>{TITLE[RU]}</b></h3>",
    ],
)
def test_titles_of_other_makes(
    local_web: LocalWeb, run: Callable[..., FetchReport], title: str
) -> None:
    local_web.page(f"{OLD}/rus/docs/{CODE}", page(article(RU, title=title)))
    main = run(RU).texts[0].path.read_text("utf-8")
    wanted = "<h1>КОНЦЕПЦИЯ слоновьей политики в Республике Казахстан до 2040 года</h1>"
    assert wanted in main
    assert "до 2040 года</p>" not in main
    assert main.count("КОНЦЕПЦИЯ") == 2  # in <title> and <h1>


NONE = "it has no mark of approval"
OTHER_TITLE = "the words below the mark of approval are not 'Концепция слоновьей политики"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (article(RU, mark=""), NONE),
        (article(RU, mark=cells(MARK[RU].replace("№ 77", "№ 78"))), NONE),  # of another act
        (article(RU, mark=f"<p>{MARK[RU]} {'и так далее ' * 30}</p>"), NONE),  # a sentence
        (article(RU, mark="<p>УТВЕРЖДЕНА</p><p>Указом № 77</p>"), NONE),
        (article(RU) + cells(MARK[RU]), "it has 2 marks of approval"),
        (article(RU, title=""), OTHER_TITLE),
        (article(RU, title="<h3>Правила содержания слонов</h3>"), OTHER_TITLE),
        (article(RU, title=f"<p>{TITLE[RU]}<br/>{'Введение. ' * 30}</p>"), OTHER_TITLE),
        (
            article(RU) + cells("Приложение 2<br/>к Указу Президента") + "<p>1. Утративший.</p>",
            "the act has another annex below it",
        ),
    ],
)
def test_a_page_that_cannot_be_told_apart_is_refused(
    local_web: LocalWeb, run: Callable[..., FetchReport], given: str, why: str
) -> None:
    local_web.page(f"{OLD}/rus/docs/{CODE}", page(given))
    report = run(RU)
    assert report.texts == ()
    [failure] = report.failures
    assert why in failure.reason
    assert "kb ingest FILE --as kz-elephants" in failure.reason
    assert "\n" not in failure.reason


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (KK, "Қазақстан Республикасы<br/>Президентінің<br/>№ 77 Жарлығына<br/>2-қосымша"),
        (EN, "Annex 2<br/>to the Decree of the President № 77"),
    ],
)
def test_other_annexes_in_other_languages(
    local_web: LocalWeb, run: Callable[..., FetchReport], language: Language, words: str
) -> None:
    address = f"{OLD}/{FOLDERS[language]}/docs/{CODE}"
    local_web.page(address, page(article(language) + cells(words)))
    assert "another annex" in run(language).failures[0].reason


@pytest.mark.parametrize(("number", "found"), [("77-V", True), ("77", False), ("7", False)])
def test_the_mark_names_the_whole_number(
    local_web: LocalWeb, run: Callable[..., FetchReport], number: str, *, found: bool
) -> None:
    mark = cells(MARK[RU].replace("№ 77", "№ 77-V" if number != "7" else "№ 77"))
    local_web.page(f"{OLD}/rus/docs/{CODE}", page(article(RU, mark=mark)))
    assert run(RU, document=replace(CONCEPT, number=number)).complete == found


def test_an_annex_of_its_own_stays(local_web: LocalWeb, run: Callable[..., FetchReport]) -> None:
    own = cells("Приложение 1<br/>к Концепции слоновьей политики") + "<p>Сколько орехов.</p>"
    local_web.page(f"{OLD}/rus/docs/{CODE}", page(article(RU) + own))
    assert "Сколько орехов." in run(RU).texts[0].path.read_text("utf-8")


def test_without_the_catalogues_word_it_is_refused(
    local_web: LocalWeb, client: Callable[..., Web], tmp_path: Path
) -> None:
    local_web.serve(f"{OLD}/rus/docs/{CODE}", Reply(page(article(RU))))
    report = fetch([CONCEPT], tmp_path, languages=[RU], web=client())
    assert "was approved, not of its text" in report.failures[0].reason
    assert local_web.asked == []


def test_another_site_has_the_instrument_itself(
    local_web: LocalWeb, run: Callable[..., FetchReport]
) -> None:
    there = "https://www.gov.kz/memleket/entities/zoo/documents/details/7?lang=ru"
    told = {"title": "Концепция", "content": TEXT[RU]}
    local_web.serve(
        "https://www.gov.kz/api/v1/public/content-manager/documents/7", Reply(json.dumps(told))
    )
    report = run(RU, document=replace(CONCEPT, urls={RU: there}))
    assert "Слоны равны" in report.texts[0].path.read_text("utf-8")
