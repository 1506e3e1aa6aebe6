"""Real laws, counted here without the parser; they stand beside the checkout, not in it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

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
RULEBOOK = "en_rulebooks/GEN_VER08.181223.txt"


@cache
def _read(name: str) -> tuple[SourceText, tuple[Node, ...]]:
    source = read_source(TEXTS / name, Settings())
    return source, parse_structure(source)


def _articles(name: str) -> list[str | None]:
    return [node.number for node in _read(name)[1] if node.level is Level.ARTICLE]


def _labour_code_articles() -> list[str]:
    numbers = [*map(str, range(1, 205)), *LABOUR_CODE_INSERTED]
    return sorted(numbers, key=lambda number: [int(part) for part in number.split("-")])


@pytest.mark.parametrize("name", [LABOUR_CODE, LABOUR_CODE_PDF])
def test_labour_code_has_its_221_articles_in_order(name: str) -> None:
    assert len(_labour_code_articles()) == 221
    assert _articles(name) == _labour_code_articles()


@pytest.mark.parametrize(
    ("name", "count"),
    [("kz_txt/constitution.txt", 102), ("kz_txt/code_on_marriage_and_family.txt", 286)],
)
def test_every_printed_article_is_found(name: str, count: int) -> None:
    printed = re.findall(
        r"^[ ]?Статья[ ](\d+(?:-\d+)?)(?:\.|[ ]*$)",
        (TEXTS / name).read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(printed) == count
    assert _articles(name) == printed


@pytest.mark.parametrize(
    "name",
    [
        *(LABOUR_CODE, LABOUR_CODE_PDF, "kz_pdf/k2000000350.16-01-2026.rus.pdf"),
        *("kz_txt/constitution.txt", "kz_txt/code_on_marriage_and_family.txt"),
        *("law-223-iv/rus.md", "law-223-iv/kaz.md", RULEBOOK),
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
