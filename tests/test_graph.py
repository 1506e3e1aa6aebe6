"""A code and a law that cite each other, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.documents import Document, Language, Provenance
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings
from kb.sources import SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable

CODE = Document(
    "code",
    {Language.ENGLISH: "Mining Code", Language.RUSSIAN: "Горный кодекс"},
    kind="code",
    short={Language.ENGLISH: "Mining Code", Language.RUSSIAN: "Горный кодекс"},
    number="5-V",
)
LAW = Document("law", {Language.ENGLISH: "Law on rest"}, kind="law", number="223-IV")

CODE_EN = """# Mining Code

### Article 1. Scope

This Code applies to mines. It does not apply where Article 4 applies.

### Article 2. Leave

1. Leave is granted as Article 3 of Law No. 223-IV provides.

2. The cases of Articles 3–5 of this Code are exceptions, and so is paragraph 1 of this Article.

### Article 3. First

A first case.

### Article 4. Second

A second case.

### Article 5. Third

A third case, under Law No. 223-IV and the Convention No. 999.

> Footnote. Article 5 as amended by Article 1.
"""
CODE_RU = """# Горный кодекс

### Статья 1. Сфера действия

Кодекс применяется к шахтам, кроме случаев статьи 4 настоящего Кодекса.

### Статья 4. Второй случай

Второй случай.
"""
LAW_EN = """# Law on rest

### Article 3. Rest

Rest is granted beside the leave of Article 2 of the Mining Code.
"""


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("graph")
    sources = []
    for name, document, language, text in (
        ("code.md", CODE, Language.ENGLISH, CODE_EN),
        ("kodeks.md", CODE, Language.RUSSIAN, CODE_RU),
        ("law.md", LAW, Language.ENGLISH, LAW_EN),
    ):
        path = folder / name
        path.write_text(text, "utf-8")
        sources.append(
            SourceFile(path, True, document, language=language, provenance=Provenance.OFFICIAL)
        )
    settings = Settings(index=folder / "index", cache=folder / "cache", model="hashing")
    KnowledgeBase.add_sources(sources, settings=settings)
    return KnowledgeBase(settings)


@pytest.mark.parametrize(
    ("target", "cites", "cited_by"),
    [
        ("code#art_1", ["code#art_4"], []),  # a footnote cites nothing
        # a range leads to each of its articles; a unit does not cite itself or what is in it
        (
            "code#art_2",
            ["law#art_3", "code#art_3", "code#art_4", "code#art_5"],
            ["law/art_3__par_1"],
        ),
        ("code#art_2__cl_2", ["code#art_3", "code#art_4", "code#art_5", "code#art_2__cl_1"], []),
        ("code#art_2__cl_1", ["law#art_3"], ["code/art_2__cl_2"]),
        # Russian says the same as English of article 1: it counts once
        ("code#art_4", [], ["code/art_1__par_1", "code/art_2__cl_2"]),
        ("code#art_5", ["law#None"], ["code/art_2__cl_2"]),
        ("law#art_3", ["code#art_2"], ["code/art_2__cl_1"]),
    ],
)
def test_what_cites_what(
    kb: KnowledgeBase, target: str, cites: list[str], cited_by: list[str]
) -> None:
    document_id, _, eid = target.partition("#")
    graph = kb.citations(document_id, eid, language="en")
    assert [f"{item.document_id}#{item.eid}" for item in graph.cites] == cites
    assert [f"{item.document_id}/{item.eid}" for item in graph.cited_by] == cited_by


def test_every_citation_has_words_that_verify(kb: KnowledgeBase) -> None:
    graph = kb.citations("code", "art_2", reader_language="ru")
    for item in (*graph.cites, *graph.cited_by):
        assert kb.verify_receipt(item.receipt).verdict == "valid"
        assert item.receipt.quote == item.words
    assert graph.cites[0].citation == "Law on rest, статья 3"
    assert graph.cited_by[0].permalink.startswith("/documents/law/")


def test_the_language_of_the_reader_is_preferred(kb: KnowledgeBase) -> None:
    graph = kb.citations("code", "art_4", language="ru", reader_language="ru")
    assert [item.language for item in graph.cited_by] == ["ru", "en"]
    assert graph.cited_by[0].words == "статьи 4 настоящего Кодекса"


def test_an_article_that_several_have_is_asked_about(kb: KnowledgeBase) -> None:
    notice = "“Article 3” stands in 2 of the documents held; name the one that you mean."
    assert notice in kb.search("Article 3").notices
    assert notice not in kb.search("Article 3", documents=["code"]).notices
    assert kb.search("Article 3 of the Mining Code").hits[0].eid == "art_3__par_1"


def test_the_command(kb: KnowledgeBase, run_kb: Callable[..., tuple[int, str, str]]) -> None:
    index = ("--index", str(kb.settings.index))
    code, out, _ = run_kb("cites", "law#art_3", *index)
    assert code == 0
    assert "Article 2 of the Mining Code" in out
    code, _, err = run_kb("cites", "law", *index)
    assert code == 2
    assert "Name a provision" in err
