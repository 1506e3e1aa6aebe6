"""HTML: what a browser shows of a saved page, as blocks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents import Level
from kb.errors import UnreadableSource
from kb.readers import BlockKind, read_source
from kb.readers.html import read_html
from kb.settings import Settings
from kb.structure import parse_structure

UDHR = Path(__file__).resolve().parents[2].parent / "shared" / "texts" / "udhr"


def blocks_of(page: str) -> list[str]:
    source = read_html(page)
    return [block.span.of(source.text).strip("\n") for block in source.blocks]


@pytest.mark.parametrize(
    ("page", "blocks"),
    [
        ("<p>Один<p>Два", ["Один", "Два"]),
        ("слово <b>за</b>\n  <i> словом</i>", ["слово за словом"]),
        ("<div>до<div>внутри</div>после</div>", ["до", "внутри", "после"]),
        ("строка<br>вторая", ["строка\nвторая"]),
        ("строка<br><br/>абзац<br>&nbsp;&nbsp;&nbsp;1. Пункт", ["строка", "абзац", "1. Пункт"]),
        ("<pre>      1. Цель\nзакона\n\n  2. Право</pre>", ["1. Цель\nзакона", "2. Право"]),
        ("&laquo;A&raquo; &lt;b&gt; &amp;amp; &#1178; &#x4e6; &sect;5", ["«A» <b> &amp; Қ Ӧ §5"]),
        ("и\u0306 сло\u00adво<wbr>", ["й слово"]),
        ("a\r\nb\0c", ["a bc"]),
        ("<q>цитата</q>", ["«цитата»"]),
        ("статья 127<sup>1</sup>", ["статья 127¹"]),
        ("статья 5<sup><a href='#n'>1</a></sup>", ["статья 5[1]"]),
        ("статья 5<a href='#n'><sup>1</sup></a>", ["статья 5[1]"]),
        ("<dl><dt>Срок<dd>день</dl>", ["Срок", "день"]),
        ("<a id='st10'></a><p></p>", []),
        ("", []),
        # not shown, or no text of the document
        ("a<script>b</script><style>c</style><!-- d --><template>e</template>", ["a"]),
        ("<title>T</title><nav>меню</nav><p>a<svg><text>b</text></svg>", ["a"]),
        ("<div role=navigation>меню</div><p>a<button>b</button><noscript>c</noscript>", ["a"]),
        ("<p>a<form>Поиск: <input value=b><select><option>c</select></form>", ["a"]),
        ("<form><p>вся страница<input value=b></form>", ["вся страница"]),
        ("<header><p>Преамбула</p></header><p>a", ["Преамбула", "a"]),
        ("<p>лишнее</p><main><p>главное</main>", ["главное"]),
        ("<p>один</p><main>два</main><main>три</main>", ["один", "два", "три"]),
    ],
)
def test_pages(page: str, blocks: list[str]) -> None:
    assert blocks_of(page) == blocks


@pytest.mark.parametrize(
    ("page", "blocks"),
    [
        ("<ol><li>a<li>b</ol>", ["1. a", "2. b"]),
        ("<ol start=3 type=a><li>a<li>b</ol>", ["c. a", "d. b"]),
        ("<ol type=I><li>a<li value=9>b<li>c</ol>", ["I. a", "IX. b", "X. c"]),
        ("<ol type=i start=4><li>a</ol><ol type=A><li>b</ol>", ["iv. a", "A. b"]),
        ("<ol reversed><li>a<li>b</ol>", ["2. a", "1. b"]),
        ("<ol start=x><li>a<li value=''>b</ol>", ["1. a", "2. b"]),
        ("<ol><li><ol type=a><li>a<li>b</ol><li>c</ol>", ["1. a. a", "b. b", "2. c"]),
        ("<ol><li><p>a<p>b<li></ol>", ["1. a", "b", "2."]),
        ("<ul><li>a<li>1) b<li>(c) d<li><li>ст. 5</ul>", ["– a", "1) b", "(c) d", "– ст. 5"]),
        ("<ul style='list-style: none'><li>a</ul>", ["a"]),
        ("<ol style='list-style-type:none'><li>1) a</ol>", ["1) a"]),
        ("<li>a", ["– a"]),
    ],
)
def test_lists_keep_the_numbers_that_they_print(page: str, blocks: list[str]) -> None:
    assert blocks_of(page) == blocks


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<tr><th>A<th>B<tr><td>1<td>2", "A | B\n1 | 2"),
        ("<caption>Имя</caption><tr><td>a<td>b", "Имя\n\na | b"),
        ("<tr><td colspan=2>a<td>b<tr><td>c<td>d<td>e", "a |  | b\nc | d | e"),
        ("<tr><td rowspan=2>a<td>b<tr><td>c<tr><td>d<td>e", "a | b\n| c\nd | e"),
        ("<tr><td>a<td rowspan=2>b<td>c<tr><td>d<td>e", "a | b | c\nd |  | e"),
        ("<tr><td><p>a</p><p>b<br>c</p><td><ol><li>d</ol>", "a b c | 1. d"),
        ("<tr><td colspan=999999999>a<td rowspan=-1>b", "a" + " | " + " | " * 63 + "b"),
        ("<tr><td><td>Приложение 1<br>к приказу", "Приложение 1\nк приказу"),
        ("<tr><td>меню<td><h1>Закон</h1><p>a", "меню\n\nЗакон\n\na"),
        ("<tr><td>меню<td><table><tr><td>a<td>b</table>", "меню\n\na | b"),
    ],
)
def test_tables(page: str, text: str) -> None:
    assert read_html(f"<table>{page}</table>").text == f"{text}\n"


def test_kinds_of_blocks() -> None:
    source = read_html(
        "<h2>Глава</h2><p>a<blockquote><p>Сноска.<h3>b</h3></blockquote>"
        "<table><tr><td>c<td>d</table><h6>Конец"
    )
    assert [(block.kind, block.depth) for block in source.blocks] == [
        (BlockKind.HEADING, 2),
        (BlockKind.PARAGRAPH, 0),
        (BlockKind.QUOTE, 0),
        (BlockKind.QUOTE, 0),
        (BlockKind.TABLE, 0),
        (BlockKind.HEADING, 6),
    ]


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title>Вкладка</title><h1>О <b>труде</b></h1>", "О труде"),
        ("<title> Вкладка\n сайта </title><h2>a</h2>", "Вкладка сайта"),
        ("<p>a", None),
    ],
)
def test_titles(page: str, title: str | None) -> None:
    assert read_html(page).title == title


def test_hidden_elements_are_left_out_and_counted() -> None:
    source = read_html(
        "<p>a<p hidden>b<p style='color:red; display: NONE'>c<p style='visibility:hidden'>d"
        "<i hidden></i><p style='x-display:none'>e"
    )
    assert source.text == "a\n\ne\n"
    assert source.warnings == ("Hidden elements are left out: 3.",)


def test_the_main_element_can_be_named() -> None:
    page = "<main>a</main><div id=text class='gs_12 x'><p>b<div>c</div></div><table><tr><td>d<td>e"
    assert read_html(page, main="#text").text == "b\n\nc\n"
    assert read_html(page, main="div.gs_12 > div").text == "c\n"
    assert read_html(page, main="td + td").text == "e\n"
    with pytest.raises(UnreadableSource, match=r"^k\.html has no element #body.*may have changed"):
        read_html(page, "k.html", main="#body")


TEXT = "Статья 1. Цель и задачи настоящего Закона"


@pytest.mark.parametrize(
    ("encoding", "declaration"),
    [
        ("utf-8", ""),
        ("utf-8", "<meta charset=utf-8>"),
        ("utf-8", "<meta charset='windows-1251'>"),  # saved anew by a browser
        ("utf-8-sig", "<meta charset=koi8-r>"),
        ("utf-16", "<meta charset=windows-1251>"),
        ("cp1251", "<meta charset=windows-1251>"),
        ("koi8_r", '<meta http-equiv="Content-Type" content="text/html; charset=KOI8-R">'),
        ("cp866", "<?xml version='1.0' encoding='cp866'?>"),
        ("iso8859_5", "<meta charset=iso-8859-5>"),
    ],
)
def test_declared_encodings(encoding: str, declaration: str) -> None:
    source = read_html(f"{declaration}<p>{TEXT}".encode(encoding), "a.html")
    assert (source.text, source.warnings) == (f"{TEXT}\n", ())


@pytest.mark.parametrize("declaration", ["", "<meta charset=rot13>", "<meta charset=utf-8>"])
def test_an_encoding_that_is_not_told_is_guessed(declaration: str) -> None:
    source = read_html(f"{declaration}<p>{TEXT}".encode("cp1251"), "a.html")
    assert source.text == f"{TEXT}\n"
    assert "Windows-1251" in source.warnings[0]


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(UnreadableSource, match=r"^a\.html is not a text file"):
        read_html(b"\0\1\2\3" * 99, "a.html")


def test_deep_nesting_is_read() -> None:
    depth = 3000
    source = read_html("<div>" * depth + "<ol><li>" * 500 + "дно")
    assert source.text.endswith("1. дно\n")


@given(st.text(st.sampled_from("<>/ab \n&;=1") | st.characters()), st.sampled_from(["", "<table>"]))
def test_blocks_tile_the_text(page: str, before: str) -> None:
    source = read_html(before + page)
    assert "".join(block.span.of(source.text) for block in source.blocks) == source.text


TAGS = "p div h1 ol ul li table tr td th blockquote pre sup a q b br i hr".split()


@given(
    st.lists(
        st.builds("<{}{}>x".format, st.sampled_from(["", "/"]), st.sampled_from(TAGS)), max_size=30
    )
)
def test_no_word_is_lost_in_careless_markup(tags: list[str]) -> None:
    page = "".join(tags)
    assert read_html(page).text.count("x") == page.count(">x")


@pytest.mark.skipif(not UDHR.exists(), reason="the texts of ../shared are not here")
def test_the_universal_declaration_has_thirty_aligned_articles() -> None:
    units: dict[str, list[str]] = {}
    for language in ("eng", "rus", "kaz"):
        source = read_source(UDHR / f"{language}.html", Settings(parse_seconds=60))
        levels = (Level.ARTICLE, Level.CLAUSE)
        units[language] = [node.eid for node in parse_structure(source) if node.level in levels]
    articles = [eid for eid in units["eng"] if "__" not in eid]
    assert articles == [f"art_{number}" for number in range(1, 31)]
    assert "art_26__cl_3" in units["eng"]
    assert units["eng"] == units["rus"] == units["kaz"]
