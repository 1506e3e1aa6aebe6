"""Real laws, counted here without the parser; they stand beside the checkout, not in it."""

from __future__ import annotations

import difflib
import re
from contextlib import closing
from functools import cache
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest

from kb.documents import Level, Node
from kb.readers import SourceText, read_source
from kb.settings import Settings
from kb.structure import parse_structure

TEXTS = Path(__file__).resolve().parents[2].parent / "shared" / "texts"

pytestmark = pytest.mark.skipif(
    not TEXTS.is_dir(), reason="the real texts (../shared/texts) are not beside this checkout"
)

LABOUR_CODE = "kz_txt/labor_code.txt"
LABOUR_CODE_PDF = "kz_pdf/k1500000414.20-01-2026.rus.pdf"
LABOUR_CODE_INSERTED = (
    "20-1 73-1 124-1 124-2 126-1 126-2 127-1 127-2 127-3 137-1 143-1 145-1 146-1 181-1 182-1 187-1"
    " 188-1"
).split()
ADMINISTRATIVE_CODE_PDF = "kz_pdf/k2000000350.16-01-2026.rus.pdf"
RULEBOOK = "en_rulebooks/GEN_VER08.181223.txt"
RULEBOOKS = {  # numbers such as 2.3 and 2.3.1, each counted once
    "en_rulebooks/CONF_VER03.18042019.txt": 67,
    "en_rulebooks/CRS_Regulations_2017_Consolidated_October_2023_v6.txt": 13,
    RULEBOOK: 334,
}
DECIMAL = r"\d{1,2}(?:\.\d{1,2}){1,3}"


@cache
def _read(name: str) -> tuple[SourceText, tuple[Node, ...]]:
    source = read_source(TEXTS / name, Settings())
    return source, parse_structure(source)


def _articles(name: str) -> list[str | None]:
    return [node.number for node in _read(name)[1] if node.level is Level.ARTICLE]


def _in_order(last: int, inserted: list[str]) -> list[str]:
    numbers = [*map(str, range(1, last + 1)), *inserted]
    return sorted(numbers, key=lambda number: [int(part) for part in number.split("-")])


def _labour_code_articles() -> list[str]:
    return _in_order(204, LABOUR_CODE_INSERTED)


@pytest.mark.parametrize("name", [LABOUR_CODE, LABOUR_CODE_PDF])
def test_labour_code_has_its_221_articles_in_order(name: str) -> None:
    assert len(_labour_code_articles()) == 221
    assert _articles(name) == _labour_code_articles()


def _words_of_the_norm(name: str) -> dict[str, list[str]]:
    """Return the words and signs of each article, its editors' notes set aside."""
    source, nodes = _read(name)
    notes = [node.span for node in nodes if node.level is Level.NOTE]
    norms: dict[str, list[str]] = {}
    for node in nodes:
        if node.level is Level.ARTICLE:
            kept, at = "", node.span.start
            for note in filter(node.span.covers, notes):
                kept += source.text[at : note.start]
                at = note.end
            kept += source.text[at : node.span.end]
            # signs apart from words: a line of the PDF may end between a bracket and its word
            norms[node.number or ""] = re.findall(r"\w+|[^\w\s]", kept)
    return norms


def test_labour_code_reads_alike_from_text_and_from_pdf() -> None:
    text, pdf = _words_of_the_norm(LABOUR_CODE), _words_of_the_norm(LABOUR_CODE_PDF)
    assert list(text) == list(pdf) == _labour_code_articles()
    alike = {
        number: difflib.SequenceMatcher(None, words, pdf[number], autojunk=False).ratio()
        for number, words in text.items()
    }
    # Law No. 213-VIII of 17 July 2025 is in force in the edition of the PDF, and announced in that
    # of the text: it changes who registers agreements
    assert {number for number, ratio in alike.items() if ratio < 1} == {"16", "18", "151"}
    assert {number for number, ratio in alike.items() if ratio < 0.98} == {"18", "151"}


# "Статья 6. Осуществление прав в ⏎ (⏎ супружеско-семейных) отношениях": up to an empty line, or to
# one that begins something else
_PRINTED_ARTICLE = re.compile(
    r"^[ ]?Статья[ ](?P<number>\d+(?:-\d+)?)(?:\.|[ ]*$)"
    r"(?P<heading>.*(?:\n(?!\n|\xa0|\s*(?:Сноска|Примечание|Статья|Глава|[Рр]аздел)\b|\d+\.).+)*)",
    re.MULTILINE,
)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        (LABOUR_CODE, 221),
        ("kz_txt/constitution.txt", 102),
        ("kz_txt/code_on_marriage_and_family.txt", 286),
    ],
)
def test_every_printed_article_is_found_with_its_whole_heading(name: str, count: int) -> None:
    text = (TEXTS / name).read_text(encoding="utf-8")
    printed = [
        (found["number"], " ".join(found["heading"].split()))
        for found in _PRINTED_ARTICLE.finditer(text)
    ]
    assert len(printed) == count
    articles = [node for node in _read(name)[1] if node.level is Level.ARTICLE]
    assert [(node.number, node.heading or "") for node in articles] == printed


def test_administrative_code_has_the_articles_that_another_reader_sees() -> None:
    with closing(pypdfium2.PdfDocument(TEXTS / ADMINISTRATIVE_CODE_PDF)) as pages:
        text = "\n".join(page.get_textpage().get_text_bounded() for page in pages)
    printed = re.findall(r"(?m)^\s*Статья (\d+(?:-\d+)?)\. ", text)
    assert _articles(ADMINISTRATIVE_CODE_PDF) == printed
    inserted = [number for number in printed if "-" in number]
    assert printed == _in_order(175, inserted)
    assert len(inserted) == 20


@pytest.mark.parametrize(
    "name",
    [
        *(LABOUR_CODE, LABOUR_CODE_PDF, ADMINISTRATIVE_CODE_PDF),
        *("kz_txt/constitution.txt", "kz_txt/code_on_marriage_and_family.txt"),
        *("law-223-iv/rus.md", "law-223-iv/kaz.md", *RULEBOOKS),
    ],
)
def test_no_character_is_lost_and_no_eid_comes_twice(name: str) -> None:
    source, nodes = _read(name)
    parents = {node.parent for node in nodes}
    leaves = [node.span.of(source.text) for node in nodes if node.eid not in parents]
    assert "".join(leaves) == source.text
    assert len({node.eid for node in nodes}) == len(nodes)


def test_labour_code_has_its_chapters_and_their_whole_headings() -> None:
    headings = {node.eid: node.heading for node in _read(LABOUR_CODE)[1]}
    assert [eid for eid in headings if re.fullmatch(r"chp_\d+", eid)] == [
        f"chp_{number}" for number in range(1, 24)
    ]
    assert headings["prt_nn-1"] == "ОБЩАЯ ЧАСТЬ"
    assert headings["sec_1"] == "ОБЩИЕ ПОЛОЖЕНИЯ"
    assert headings["chp_1"] == "ОСНОВНЫЕ ПОЛОЖЕНИЯ"
    assert headings["chp_10"] == (  # printed on two lines
        "МАТЕРИАЛЬНАЯ ОТВЕТСТВЕННОСТЬ СТОРОН ТРУДОВОГО ДОГОВОРА, РАБОТНИКА НАПРАВЛЯЮЩЕЙ СТОРОНЫ"
    )


def test_labour_code_is_cut_alike_from_text_and_from_pdf() -> None:
    def numbered(name: str) -> list[str]:
        units = (Level.ARTICLE, Level.CLAUSE, Level.SUBCLAUSE)
        return [node.eid for node in _read(name)[1] if node.level in units]

    assert numbered(LABOUR_CODE) == numbered(LABOUR_CODE_PDF)


def test_pages_of_the_labour_code_rise_from_the_first() -> None:
    source, nodes = _read(LABOUR_CODE_PDF)
    pages = [node.page or 0 for node in nodes]
    assert pages == sorted(pages)
    assert pages[0] == 1
    assert pages[-1] == len(source.page_starts)


def test_notes_stand_apart_from_the_norm() -> None:
    source, nodes = _read(LABOUR_CODE)
    opens_note = re.compile(r"\s*(?:Сноска|Примечание (?:ИЗПИ|РЦПИ)!)")
    for node in nodes:
        if node.level is Level.PARAGRAPH or node.level is Level.CLAUSE:
            assert not opens_note.match(node.span.of(source.text)), node.eid


def test_text_after_a_note_stays_in_its_article() -> None:
    source, nodes = _read(LABOUR_CODE)
    article = next(node for node in nodes if node.eid == "art_200")
    assert "Работодателям, деятельность которых признана" in article.span.of(source.text)


@pytest.mark.parametrize("language", ["rus", "kaz"])
def test_law_223_has_15_articles_and_a_list_of_contents(language: str) -> None:
    _, nodes = _read(f"law-223-iv/{language}.md")
    assert _articles(f"law-223-iv/{language}.md") == [str(number) for number in range(1, 16)]
    entries = [node for node in nodes if node.parent == "toc" and node.level is Level.PARAGRAPH]
    assert len(entries) == 15


def test_law_223_has_the_same_units_in_both_languages() -> None:
    def norm(language: str) -> list[str]:
        _, nodes = _read(f"law-223-iv/{language}.md")
        apart = (Level.NOTE, Level.HEADING)
        return [node.eid for node in nodes if node.level not in apart]

    assert norm("rus") == norm("kaz")


def test_rulebook_is_a_tree_of_decimals() -> None:
    nodes = {node.eid: node for node in _read(RULEBOOK)[1]}
    for parent, eid in [
        (None, "sec_1"),
        ("sec_1", "sec_1.2"),
        ("sec_1.2", "cl_1.2.guidance"),
        ("cl_1.2.guidance", "cl_1.2.guidance__sub_1"),
        ("sec_2.1", "cl_2.1.1"),
        ("cl_2.1.1", "cl_2.1.1__sub_1"),
        ("cl_2.1.2__sub_1", "cl_2.1.2__sub_1__sub_d"),
        ("sec_2.2", "cl_2.2.10"),
        ("sec_3.3", "cl_3.3.41"),
    ]:
        assert nodes[eid].parent == parent
    assert nodes["sec_2.2"].heading == "The Principles for Authorised Persons"
    assert [eid for eid, node in nodes.items() if node.parent is None and "sec" in eid] == [
        f"sec_{number}" for number in range(1, 10)
    ]


@pytest.mark.parametrize("name", RULEBOOKS)
def test_every_decimal_that_a_rulebook_prints_is_a_unit_of_its_own(name: str) -> None:
    text = (TEXTS / name).read_text(encoding="utf-8")
    # 5.2.13 (1) and 5.2.13 (2) are two lines of one paragraph
    printed = dict.fromkeys(re.findall(rf"(?m)^(?:Part )?({DECIMAL})\b(?!\.\d)", text))
    nodes = _read(name)[1]
    units = [node for node in nodes if re.fullmatch(DECIMAL, node.number or "")]
    assert [node.number for node in units] == list(printed)
    assert len(units) == RULEBOOKS[name]
    numbers = {node.eid: node.number for node in nodes}
    for node in units:
        assert numbers[node.parent or ""] == (node.number or "").rpartition(".")[0], node.eid


@pytest.mark.parametrize(
    ("name", "count"),
    [("en_rulebooks/CRS_Regulations_2017_Consolidated_October_2023_v6.txt", 27), (RULEBOOK, 188)],
)
def test_every_bracket_after_a_decimal_is_below_it(name: str, count: int) -> None:
    text = (TEXTS / name).read_text(encoding="utf-8")
    printed = set(re.findall(rf"(?m)^(?:Part )?({DECIMAL})\.?\t?\((\d+)\)", text))
    nodes = _read(name)[1]
    numbers = {node.eid: node.number for node in nodes}
    below = {(numbers[node.parent], node.number) for node in nodes if node.parent}
    assert len(printed) == count
    assert printed <= below
