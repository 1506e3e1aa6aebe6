"""From a catalogued document to a text in the data folder."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from kb.documents import Document, Language, Provenance
from kb.errors import BadRequest, StorageFull
from kb.fetching import FetchFailed, FetchStatus, Web, fetch, fetched
from kb.ingest import ingest
from kb.models.hashing import HashEmbedder
from kb.readers import read_source
from kb.settings import Settings
from kb.sources import SourceFile
from kb.structure import parse_structure

from .conftest import Reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kb.fetching import FetchReport

    from .conftest import LocalWeb

RU, KK, EN = Language.RUSSIAN, Language.KAZAKH, Language.ENGLISH
OLD = "https://old.adilet.zan.kz"
CODE = "Z990000001_"
INFO = f"{OLD}/rus/docs/{CODE}/info"

LEAVE = Document(
    "kz-leave",
    titles={},
    urls={
        RU: f"https://adilet.zan.kz/rus/docs/{CODE}",
        KK: f"https://adilet.zan.kz/kaz/docs/{CODE}",
        EN: f"https://adilet.zan.kz/eng/docs/{CODE}",
    },
)

ACT_RU = """
<p>Сноска. Заголовок изменён для проверки.</p>
<h3 id="z1">Статья 1. Кому положен отпуск</h3>
<p id="z2">1. Отпуск положен каждому работнику, который проработал у нас хотя бы один день.</p>
<p id="z3">2. Директор зоопарка отпускает слонов по их заявлению, поданному в письменной форме.</p>
<h3 id="z4">Статья 2. Сколько он длится</h3>
<p id="z5">Отпуск длится столько дней, сколько указано в приложении к этому закону о слонах.</p>
<table><tr><td>слон</td><td>40 дней</td></tr></table>
"""
ACT_KK = """
<h3 id="z1">1-бап. Демалыс кімге беріледі</h3>
<p id="z2">1. Демалыс бізде бір күн болса да жұмыс істеген әрбір қызметкерге беріледі.</p>
<p id="z3">2. Хайуанаттар бағының директоры пілдерді олардың жазбаша өтініші бойынша босатады.</p>
<h3 id="z4">2-бап. Ол қанша уақытқа созылады</h3>
<p id="z5">Демалыс осы заңға қосымшада көрсетілген күндерге созылады, ал пілдер үшін қырық күн.</p>
"""
ACT_EN = """
<h3 id="z1">Article 1. Who is entitled to leave</h3>
<p id="z2">1. Every worker who has worked with us for at least a single day is given leave.</p>
<p id="z3">2. The director of the zoo lets elephants go when they apply for it in writing.</p>
<h3 id="z4">Article 2. How long it lasts</h3>
<p id="z5">Leave lasts for as many days as the annex to this law on elephants says it does.</p>
"""


def adilet_page(act: str, *, status: str = "upd", title: str = "О слонах", more: str = "") -> str:
    return f"""<!DOCTYPE html>
<html><head><title>{title} - ИПС</title><script>track();</script></head>
<body>
<div class="menu"><a href="/rus/search/docs">Поиск</a></div>
<div class="container_alpha slogan">
  <h1>{title}</h1><span class="status status_{status}">Статус</span>
  <p>Закон от 1 мая 1999 года № 1.</p>
</div>
<div class="container_gamma tabs">Текст Информация История</div>
<div class="container_gamma text text_{status}">
  <div class="gs_12"><article>{act}<script>alert(1)</script></article></div>
</div>
<div class="container_omega aftertext">{more}<form><input name="q"></form></div>
</body></html>"""


def info_page(changed: str = "10.01.2025") -> str:
    return f"""<html><body><h1>О слонах</h1><table class="params" id="ethernatable">
<tr><td>Дата принятия акта</td><td>01.05.1999</td></tr>
<tr><td>Дата изменения акта</td><td> {changed} </td></tr>
<tr><td>Форма акта</td><td>Закон</td></tr></table></body></html>"""


@pytest.fixture
def adilet(local_web: LocalWeb) -> LocalWeb:
    local_web.page(f"{OLD}/rus/docs/{CODE}", adilet_page(ACT_RU), ETag='"ru-1"')
    local_web.page(f"{OLD}/kaz/docs/{CODE}", adilet_page(ACT_KK, title="Пілдер туралы"))
    local_web.page(f"{OLD}/eng/docs/{CODE}", adilet_page(ACT_EN, title="On elephants"))
    local_web.page(INFO, info_page())
    return local_web


@pytest.fixture
def run(client: Callable[..., Web], tmp_path: Path) -> Callable[..., FetchReport]:
    def run(document: Document = LEAVE, *languages: Language) -> FetchReport:
        return fetch([document], tmp_path, languages=languages or (RU,), web=client(attempts=2))

    return run


def reason(report: FetchReport) -> str:
    assert not report.texts
    assert not report.complete
    [failure] = report.failures
    assert "\n" not in failure.reason
    return failure.reason


# --- adilet.zan.kz ---


def test_an_act_in_three_languages(adilet: LocalWeb, run: Callable[..., FetchReport]) -> None:
    report = run(LEAVE, *Language)
    assert report.complete
    assert {text.language: text.provenance for text in report.texts} == {
        RU: Provenance.OFFICIAL,
        KK: Provenance.OFFICIAL,
        EN: Provenance.TRANSLATION,
    }
    for text in report.texts:
        assert text.document_id == "kz-leave"
        assert text.url == LEAVE.urls[text.language]
        assert text.status is FetchStatus.NEW
        assert text.valid_from == date(2025, 1, 10)
        assert text.in_force == "amended"
        assert text.warnings == ()
    assert adilet.asked.count(INFO) == 1
    assert adilet.most_under_way == 1


@pytest.mark.usefixtures("adilet")
def test_the_page_is_kept_as_it_came(run: Callable[..., FetchReport], tmp_path: Path) -> None:
    [text] = run().texts
    page = text.path.with_name("page.html").read_bytes()
    assert page == adilet_page(ACT_RU).encode()
    assert text.sha256 == hashlib.sha256(page).hexdigest()
    assert text.path.parent.parent == tmp_path / "fetched" / "kz-leave" / "ru"
    record = json.loads(text.path.with_name("record.json").read_bytes())
    assert record["url"] == LEAVE.urls[RU]
    assert record["fetched_from"] == f"{OLD}/rus/docs/{CODE}"
    assert record["etag"] == '"ru-1"'
    assert record["page_sha256"] == text.sha256
    assert record["fetched_at"].endswith("Z")


@pytest.mark.usefixtures("adilet")
def test_the_main_text_is_the_act_and_nothing_else(run: Callable[..., FetchReport]) -> None:
    main = run().texts[0].path.read_text("utf-8")
    assert main.startswith('<!DOCTYPE html>\n<html lang="ru">\n<head>\n<meta charset="utf-8">')
    assert "<h1>О слонах</h1>\n<p>Закон от 1 мая 1999 года № 1.</p>" in main
    for line in ACT_RU.strip().splitlines()[:-1]:
        assert line in main
    assert "<td>слон</td><td>40 дней</td>" in main
    for chrome in ("Поиск", "История", "alert", "track", "<input"):
        assert chrome not in main


@pytest.mark.usefixtures("adilet")
def test_the_main_text_reads_as_articles(run: Callable[..., FetchReport]) -> None:
    source = read_source(run().texts[0].path, Settings())
    nodes = {node.eid: node for node in parse_structure(source)}
    assert nodes["art_1"].heading == "Кому положен отпуск"
    assert "слонов" in nodes["art_1__cl_2"].span.of(source.text)
    assert nodes["art_2"].heading == "Сколько он длится"


def test_validators_are_for_their_own_address(
    adilet: LocalWeb, run: Callable[..., FetchReport]
) -> None:
    run()
    other = f"{OLD}/rus/docs/Z990000002_"
    adilet.page(other, adilet_page(ACT_RU.replace("40", "41")), ETag='"ru-1"')
    corrected = Document(LEAVE.id, {}, urls={RU: "https://adilet.zan.kz/rus/docs/Z990000002_"})
    assert run(corrected).texts[0].status is FetchStatus.CHANGED


def test_unchanged_by_the_sites_word(
    adilet: LocalWeb, run: Callable[..., FetchReport], tmp_path: Path
) -> None:
    [first] = run().texts
    before = sorted(tmp_path.rglob("*"))
    [second] = run().texts
    assert adilet.headers[f"{OLD}/rus/docs/{CODE}"][1]["If-None-Match"] == '"ru-1"'
    assert second.status is FetchStatus.UNCHANGED
    assert (second.path, second.sha256, second.fetched_at) == (
        first.path,
        first.sha256,
        first.fetched_at,
    )
    assert sorted(tmp_path.rglob("*")) == before


def test_unchanged_text_on_another_page(
    adilet: LocalWeb, run: Callable[..., FetchReport], tmp_path: Path
) -> None:
    [first] = run().texts
    before = sorted(tmp_path.rglob("*"))
    spaced = ACT_RU.replace("<p ", "<p  class='new' ").replace("</p>", "</p>\n\n")
    adilet.page(f"{OLD}/rus/docs/{CODE}", adilet_page(spaced, more="visitors today: 5"))
    [second] = run().texts
    assert (second.status, second.path) == (FetchStatus.UNCHANGED, first.path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_changed_text_lies_beside_the_older_one(
    adilet: LocalWeb, run: Callable[..., FetchReport], tmp_path: Path
) -> None:
    [first] = run().texts
    was = first.path.read_bytes()
    adilet.page(f"{OLD}/rus/docs/{CODE}", adilet_page(ACT_RU.replace("40 дней", "41 день")))
    adilet.page(INFO, info_page("02.03.2026"))
    [second] = run().texts
    assert second.status is FetchStatus.CHANGED
    assert second.valid_from == date(2026, 3, 2)
    assert second.path.parent.parent == first.path.parent.parent
    assert first.path.read_bytes() == was
    assert "41 день" in second.path.read_text("utf-8")
    assert [text.path for text in fetched(tmp_path)] == [second.path]
    assert [text.path for text in fetched(tmp_path, older=True)] == [second.path, first.path]


def test_versions_become_editions_beside_the_digest(
    adilet: LocalWeb, run: Callable[..., FetchReport], tmp_path: Path
) -> None:
    run(LEAVE, *Language)
    adilet.page(f"{OLD}/rus/docs/{CODE}", adilet_page(ACT_RU.replace("40 дней", "41 день")))
    adilet.page(INFO, info_page("02.03.2026"))
    run()
    digest = tmp_path / "digest.md"
    digest.write_text("# О слонах\n\n## Статья 1. Отпуск\n\nО нём.\n", "utf-8")
    document = replace(LEAVE, titles={RU: "О слонах"}, kind="law")
    sources = [
        SourceFile(
            text.path,
            named=True,
            document=document,
            language=text.language,
            provenance=text.provenance,
            valid_from=text.valid_from,
        )
        for text in fetched(tmp_path, older=True)
    ]
    sources.append(SourceFile(digest, True, document, None, RU, Provenance.DIGEST))
    settings = Settings(index=tmp_path / "index", cache=tmp_path / "cache", model="hashing")
    report = ingest(sources, HashEmbedder(), settings)
    assert {file.edition_id for file in report.files} == {
        "en-2025-01-10-unofficial-translation",
        "kk-2025-01-10-official",
        "ru-2025-01-10-official",
        "ru-2026-03-02-official",
        "ru-digest",
    }
    assert {file.articles for file in report.files[:4]} == {2}


def test_a_text_that_comes_back_is_a_version_of_its_own(
    adilet: LocalWeb, run: Callable[..., FetchReport]
) -> None:
    first = run().texts[0]
    adilet.page(f"{OLD}/rus/docs/{CODE}", adilet_page(ACT_RU.replace("40", "41")))
    run()
    adilet.page(f"{OLD}/rus/docs/{CODE}", adilet_page(ACT_RU))
    third = run().texts[0]
    assert third.status is FetchStatus.CHANGED
    assert third.path != first.path
    assert third.path.read_bytes() == first.path.read_bytes()


@pytest.mark.parametrize("damaged", ["main.html", "page.html", "record.json"])
def test_a_damaged_version_is_fetched_anew(
    adilet: LocalWeb, run: Callable[..., FetchReport], tmp_path: Path, damaged: str
) -> None:
    [first] = run().texts
    first.path.with_name(damaged).write_text("{}", "utf-8")
    assert fetched(tmp_path) == ()
    [second] = run().texts
    assert second.status is FetchStatus.NEW
    assert "If-None-Match" not in adilet.headers[f"{OLD}/rus/docs/{CODE}"][1]
    assert [text.path for text in fetched(tmp_path)] == [second.path]


@pytest.mark.parametrize(
    ("status", "in_force"),
    [("new", "in-force"), ("upd", "amended"), ("yts", "repealed"), ("stp", "unknown")],
)
def test_status(
    adilet: LocalWeb, run: Callable[..., FetchReport], status: str, in_force: str
) -> None:
    adilet.page(f"{OLD}/rus/docs/{CODE}", adilet_page(ACT_RU, status=status))
    assert run().texts[0].in_force == in_force


@pytest.mark.parametrize(
    "info",
    [
        Reply(status=404),
        Reply(status=500),
        Reply("<html><body><table><tr><td>Дата</td></tr></table></body></html>"),
        Reply(info_page("31.02.2025")),
        Reply(info_page("")),
    ],
)
def test_the_text_is_worth_having_without_its_date(
    adilet: LocalWeb, run: Callable[..., FetchReport], info: Reply
) -> None:
    adilet.serve(INFO, info)
    [text] = run().texts
    assert text.valid_from is None
    [warning] = text.warnings
    assert warning.startswith("The date of the edition is not known: ")


@pytest.mark.parametrize("declared", ["text/html; charset=windows-1251", "text/html", "text/plain"])
def test_a_wrong_charset_does_no_harm(
    adilet: LocalWeb, run: Callable[..., FetchReport], declared: str
) -> None:
    page = Reply(adilet_page(ACT_RU), headers={"Content-Type": declared})
    adilet.serve(f"{OLD}/rus/docs/{CODE}", page)
    assert "слонов по их заявлению" in run().texts[0].path.read_text("utf-8")


def test_a_page_in_windows_1251(adilet: LocalWeb, run: Callable[..., FetchReport]) -> None:
    page = adilet_page(ACT_RU).encode("cp1251")
    headers = {"Content-Type": "text/html; charset=utf-8"}
    adilet.serve(f"{OLD}/rus/docs/{CODE}", Reply(page, headers=headers))
    [text] = run().texts
    assert "слонов по их заявлению" in text.path.read_text("utf-8")
    assert text.path.with_name("page.html").read_bytes() == page
    assert "encoding was guessed" in text.warnings[0]


SHELL = (
    '<!DOCTYPE html><html><head><title>Act</title></head><body><div id="root"></div></body></html>'
)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (SHELL, "has no element 'div.container_gamma.text article'"),
        (adilet_page(""), "has no text of an act"),
        (adilet_page("<p>Документ не найден.</p>"), "has no text of an act"),
        (adilet_page(ACT_EN), "holds a text in English, not in Russian"),
        (adilet_page(ACT_KK), "holds a text in Kazakh, not in Russian"),
        ("", "has no element"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "is not a text file"),
    ],
)
def test_pages_without_the_act(
    adilet: LocalWeb,
    run: Callable[..., FetchReport],
    tmp_path: Path,
    page: str | bytes,
    message: str,
) -> None:
    adilet.serve(f"{OLD}/rus/docs/{CODE}", Reply(page))
    assert message in reason(run())
    assert fetched(tmp_path) == ()


def test_a_page_of_unknown_length_needs_its_end(
    adilet: LocalWeb, run: Callable[..., FetchReport]
) -> None:
    whole = adilet_page(ACT_RU)
    adilet.serve(f"{OLD}/rus/docs/{CODE}", Reply(whole[:-80], length=False))
    assert "came without its end" in reason(run())
    adilet.serve(f"{OLD}/rus/docs/{CODE}", Reply(whole, length=False))
    assert run().complete


def test_a_packed_page_needs_its_end(adilet: LocalWeb, run: Callable[..., FetchReport]) -> None:
    packed, headers = gzip.compress(adilet_page(ACT_RU).encode()), {"Content-Encoding": "gzip"}
    adilet.serve(f"{OLD}/rus/docs/{CODE}", Reply(packed[: len(packed) // 2], headers=headers))
    assert "came without its end" in reason(run())
    adilet.serve(f"{OLD}/rus/docs/{CODE}", Reply(packed, headers=headers))
    assert run().complete


CAPTCHA = (
    "<!DOCTYPE html><html><head><title>Проверка</title></head><body><form><p>Подтвердите, что вы"
    f" не робот.</p><input name='captcha'></form><p>{'Подождите. ' * 40}</p></body></html>"
)


def test_a_captcha_harms_no_version_that_is_kept(
    adilet: LocalWeb, run: Callable[..., FetchReport], tmp_path: Path
) -> None:
    [first] = run().texts
    before = sorted(tmp_path.rglob("*"))
    adilet.page(f"{OLD}/rus/docs/{CODE}", CAPTCHA, ETag='"captcha"')
    assert "has no element" in reason(run())
    assert sorted(tmp_path.rglob("*")) == before
    assert [text.path for text in fetched(tmp_path)] == [first.path]
    login = Reply(status=302, headers={"Location": "/rus/login"})
    adilet.serve(f"{OLD}/rus/docs/{CODE}", login)
    adilet.page(f"{OLD}/rus/login", CAPTCHA)
    assert "has no element" in reason(run())
    assert sorted(tmp_path.rglob("*")) == before


def test_an_act_that_was_repealed_without_a_word(
    adilet: LocalWeb, run: Callable[..., FetchReport]
) -> None:
    [first] = run().texts
    adilet.page(f"{OLD}/rus/docs/{CODE}", adilet_page(ACT_RU, status="yts"))
    [second] = run().texts
    assert (second.status, second.in_force) == (FetchStatus.CHANGED, "repealed")
    assert second.path != first.path


def test_a_page_of_very_deep_elements(adilet: LocalWeb, run: Callable[..., FetchReport]) -> None:
    deep = "<div>" * 5_000 + ACT_RU + "</div>" * 5_000
    adilet.page(f"{OLD}/rus/docs/{CODE}", adilet_page(deep))
    assert run().complete


@pytest.mark.parametrize(
    "url",
    [
        "https://adilet.zan.kz/kaz/docs/Z1",
        "https://adilet.zan.kz/rus/search/docs",
        "https://adilet.zan.kz/rus/docs/../../etc",
        "https://adilet.zan.kz/rus/docs/Z1/history",
    ],
)
def test_other_addresses_of_the_site(
    local_web: LocalWeb, run: Callable[..., FetchReport], url: str
) -> None:
    assert "is not the address of an act in ru" in reason(run(Document("x", {}, urls={RU: url})))
    assert local_web.asked == []


# --- gov.kz ---

AGREEMENT = Document(
    "kz-agreement",
    titles={},
    urls={RU: "https://www.gov.kz/memleket/entities/zoo/documents/details/77?lang=ru"},
)
INTERFACE = "https://www.gov.kz/api/v1/public/content-manager/documents/77"


def docx(words: str) -> bytes:
    """A file in Word's format with one paragraph."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override'
        f' PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a"'
        f' Type="{office}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": "<w:document xmlns:w="
        '"http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>'
        f"{words}</w:t></w:r></w:p></w:body></w:document>",
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


RUSSIAN = docx("Слоны заключили это соглашение с директором зоопарка о том, сколько им есть.")
KAZAKH = docx("Пілдер хайуанаттар бағының директорымен осы келісімді жасады және жаңғақ алды.")


def test_a_file_of_the_platform(local_web: LocalWeb, run: Callable[..., FetchReport]) -> None:
    told = {
        "title": "Соглашение о слонах",
        "content": "<p>Кратко.</p>",
        "full_text": [
            {"document": "/uploads/a.pdf"},
            {"document": "/uploads/a.doc"},
            {"document": "/uploads/kk.docx"},
            {"document": "/uploads/a.DOCX"},
            {},
        ],
    }
    local_web.serve(INTERFACE, Reply(json.dumps(told), headers={"ETag": '"1"'}))
    local_web.serve("https://www.gov.kz/uploads/kk.docx", Reply(KAZAKH))
    local_web.serve("https://www.gov.kz/uploads/a.DOCX", Reply(RUSSIAN))
    [text] = run(AGREEMENT).texts
    assert text.path.name == "main.docx"
    assert text.path.read_bytes() == RUSSIAN
    assert json.loads(text.path.with_name("page.json").read_bytes()) == told
    assert text.url == AGREEMENT.urls[RU]
    assert local_web.headers[INTERFACE][0]["Accept-Language"] == "ru"
    assert run(AGREEMENT).texts[0].status is FetchStatus.UNCHANGED
    assert "https://www.gov.kz/uploads/a.pdf" not in local_web.asked


def test_a_text_of_the_platform(local_web: LocalWeb, run: Callable[..., FetchReport]) -> None:
    local_web.serve(INTERFACE, Reply(json.dumps({"title": "О слонах", "content": ACT_RU})))
    main = run(AGREEMENT).texts[0].path.read_text("utf-8")
    assert "<h1>О слонах</h1>" in main
    assert "слонов по их заявлению" in main


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(SHELL), "has no document in JSON"),
        (Reply("[" * 100_000), "has no document in JSON"),
        (Reply("[]"), "has no document in JSON"),
        (Reply("{}"), "has no text of an act"),
        (Reply('{"content": 5, "full_text": 7}'), "has no text of an act"),
        (
            Reply('{"full_text": [{"document": "https://elsewhere.test/a.pdf"}]}'),
            "https address at",
        ),
        (Reply('{"full_text": [{"document": "/missing.pdf"}]}'), "no such page (404)"),
        (Reply('{"full_text": [{"document": "/kk.docx"}]}'), "is in the language ru"),
        (Reply('{"full_text": [{"document": "/bad.pdf"}]}'), "https://www.gov.kz/bad.pdf "),
        (Reply('{"full_text": [{"document": "/a.doc"}]}'), "as .doc alone, which is not read"),
        (Reply('{"full_text": [{"document": "/half.pdf"}]}'), "came without its length"),
        (Reply('{"full_text": [{"document": "/page.pdf"}]}'), "gave a page and not a .pdf file"),
        (Reply(status=403), "refuses programs (403)"),
    ],
)
def test_answers_without_the_text(
    local_web: LocalWeb, run: Callable[..., FetchReport], reply: Reply, message: str
) -> None:
    local_web.page("https://www.gov.kz/page.pdf", SHELL)
    local_web.serve("https://www.gov.kz/kk.docx", Reply(KAZAKH))
    local_web.serve("https://www.gov.kz/bad.pdf", Reply(b"%PDF-1.7 nonsense"))
    local_web.serve("https://www.gov.kz/half.pdf", Reply(b"%PDF-1.7 half of", length=False))
    local_web.serve(INTERFACE, reply)
    assert message in reason(run(AGREEMENT))


# --- treaties ---

CONVENTION = Document(
    "ilo-c999",
    titles={},
    urls={
        EN: "https://normlex.ilo.org/dyn/nrmlx_en/f?p=NORMLEXPUB:12100:0::NO::P12100_ILO_CODE:C999"
    },
)
WOMEN = Document(
    "un-elephants",
    titles={},
    urls={
        EN: "https://www.ohchr.org/en/instruments-mechanisms/instruments/elephants",
        RU: "https://www.ohchr.org/ru/instruments-mechanisms/instruments/elephants",
    },
)
OPENING = "<p>The General Conference of the International Labour Organization, at the zoo,</p>"


def article(number: int, *, heading: str = "<h3>Article {}</h3>") -> str:
    return (
        f"{heading.format(number)}<p>Elephant number {number} has the right to peanuts and to"
        f" the company of its herd, subject to Article {number + 1} of what its keepers say.</p>"
    )


def convention(body: str, *, force: str = "Entry into force: 07 Feb 2002") -> str:
    return f"""<html><body><form id="wwvFlowForm"><header>ILO</header>
<ul>{"".join(f'<li><a href="#a{n}">Article {n}</a></li>' for n in range(1, 5))}</ul>
<main><h1>C999 - Elephants Convention (No. 999)</h1><p>({force})</p>
<div class="x">{body}</div><aside>See also</aside></main></form></body></html>"""


def test_a_convention(local_web: LocalWeb, run: Callable[..., FetchReport]) -> None:
    body = OPENING + "".join(article(n) for n in range(1, 5))
    local_web.page(CONVENTION.urls[EN], convention(body))
    [text] = run(CONVENTION, EN).texts
    main = text.path.read_text("utf-8")
    assert "<h1>C999 - Elephants Convention (No. 999)</h1>" in main
    assert OPENING in main
    for number in range(1, 5):
        assert article(number) in main
    assert "See also" not in main
    assert "<li>" not in main
    assert text.valid_from == date(2002, 2, 7)
    assert text.in_force == "in-force"


@pytest.mark.parametrize(
    "heading",
    [
        "<p><b>Article {}</b></p>",
        "<center><i>ARTICLE {}.</i></center>",
        "<p><strong>Article&nbsp;{}</strong><br></p>",
        "<h2> Article {}. On peanuts</h2>",
    ],
)
def test_headings_of_any_make(
    local_web: LocalWeb, run: Callable[..., FetchReport], heading: str
) -> None:
    articles = "".join(f"<section>{article(n, heading=heading)}</section>" for n in range(1, 5))
    local_web.page(CONVENTION.urls[EN], convention(f"<div>{OPENING}</div>{articles}"))
    main = run(CONVENTION, EN).texts[0].path.read_text("utf-8")
    assert main.count("has the right to peanuts") == 4
    assert OPENING in main
    assert "<li>" not in main


@pytest.mark.parametrize(
    "body",
    [
        OPENING,
        "".join(article(n) for n in range(1, 5)),  # no opening
        OPENING + "".join(article(n) for n in (1, 2, 4, 5)),
        OPENING + "".join(article(n) for n in (1, 2, 3, 5, 6)),
        OPENING + "".join(article(n) for n in (2, 3, 4)),
        OPENING + "".join(article(n) for n in (1, 2, 3)) + "<h3>Article 4</h3>",  # cut off
    ],
)
def test_a_convention_with_a_gap_is_refused(
    local_web: LocalWeb, run: Callable[..., FetchReport], body: str
) -> None:
    local_web.page(CONVENTION.urls[EN], convention(body).replace('<li><a href="#a', "<li><a id='"))
    assert "opening words and articles numbered from 1" in reason(run(CONVENTION, EN))


@pytest.mark.parametrize(
    ("force", "expected"),
    [
        ("Entry into force: 3 September 1981, in accordance with article 27", date(1981, 9, 3)),
        ("Entry into force 31 Feb 1981", None),
        ("Entry into force: 3 Brumaire 1981", None),
        ("not yet in force", None),
    ],
)
def test_entry_into_force(
    local_web: LocalWeb, run: Callable[..., FetchReport], force: str, expected: date | None
) -> None:
    body = OPENING + "".join(article(n) for n in range(1, 5))
    local_web.page(CONVENTION.urls[EN], convention(body, force=force))
    assert run(CONVENTION, EN).texts[0].valid_from == expected


def test_a_treaty_in_two_languages(local_web: LocalWeb, run: Callable[..., FetchReport]) -> None:
    english = "<p>The States Parties to the present Convention,</p>" + "".join(
        map(article, range(1, 5))
    )
    russian = "<p>Государства – участники настоящей Конвенции о слонах,</p>" + "".join(
        f"<p>Статья {n}</p><p>Слон имеет право на орехи и на общество своего стада, где бы оно"
        " ни находилось.</p>"
        for n in range(1, 5)
    )
    local_web.page(WOMEN.urls[EN], convention(english))
    local_web.page(WOMEN.urls[RU], convention(russian))
    report = run(WOMEN, EN, RU)
    assert [text.language for text in report.texts] == [EN, RU]
    assert "орехи" in report.texts[1].path.read_text("utf-8")


def test_a_treaty_in_a_language_that_is_not_there(
    local_web: LocalWeb, run: Callable[..., FetchReport]
) -> None:
    document = Document("x", {}, urls={KK: CONVENTION.urls[EN]})
    assert "treaties are read there in en" in reason(run(document, KK))
    assert local_web.asked == []


# --- all together ---


def test_one_failure_does_not_stop_the_others(
    adilet: LocalWeb, run: Callable[..., FetchReport]
) -> None:
    adilet.serve(f"{OLD}/rus/docs/{CODE}", Reply(status=404))
    report = run(LEAVE, RU, KK)
    assert [text.language for text in report.texts] == [KK]
    assert [(item.language, item.url) for item in report.failures] == [(RU, LEAVE.urls[RU])]


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.test/statute/",
        "http://adilet.zan.kz/rus/docs/Z1",
        "https://adilet.zan.kz@elsewhere.test/rus/docs/Z1",
    ],
)
def test_unknown_sites_are_never_asked(
    local_web: LocalWeb, run: Callable[..., FetchReport], url: str
) -> None:
    message = reason(run(Document("statute", {}, urls={RU: url})))
    assert "is not on a site that can be fetched from" in message
    assert "kb ingest FILE --as statute" in message
    assert local_web.asked == []


def test_nothing_to_fetch(local_web: LocalWeb, run: Callable[..., FetchReport]) -> None:
    with pytest.raises(BadRequest, match="no official page of these documents in kk"):
        run(CONVENTION, KK)
    assert local_web.asked == []


def test_one_fetch_at_a_time(
    adilet: LocalWeb, run: Callable[..., FetchReport], tmp_path: Path
) -> None:
    run()
    asked = len(adilet.asked)
    with FileLock(tmp_path / "fetched" / ".lock"), pytest.raises(FetchFailed, match="Another"):
        run()
    assert len(adilet.asked) == asked


def test_a_data_folder_that_cannot_be(
    adilet: LocalWeb, client: Callable[..., Web], tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("a file", "utf-8")
    with client() as web, pytest.raises(StorageFull, match="cannot be written"):
        fetch([LEAVE], tmp_path / "data", web=web)
    assert adilet.asked == []


@pytest.mark.usefixtures("adilet")
def test_a_full_disk_leaves_nothing_half(
    run: Callable[..., FetchReport],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(type(tmp_path), "write_bytes", full)
        with pytest.raises(StorageFull, match="No space left on device"):
            run()
    assert fetched(tmp_path) == ()
    left = tmp_path / "fetched" / "kz-leave" / "ru"
    assert list(left.iterdir()) == []
    (left / ".20200101T000000.000000Z-0.partial").mkdir()  # by a fetch that was killed
    [text] = run().texts
    assert list(left.iterdir()) == [text.path.parent]


@pytest.mark.usefixtures("adilet")
def test_progress(client: Callable[..., Web], tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    fetch(
        [LEAVE],
        tmp_path,
        languages=(RU, KK),
        web=client(),
        progress=lambda *what: told.append(what),
    )
    assert told == [("kz-leave ru", 0, 2), ("kz-leave kk", 1, 2)]
