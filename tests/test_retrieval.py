"""What a user would notice first: the real model over the shipped corpus and a real code."""

from pathlib import Path

import pytest

from kb.catalogue import shipped_corpus
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings

LABOUR_CODE = Path(__file__).resolve().parents[2] / "shared/texts/kz_txt/labor_code.txt"

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = shipped_corpus()
    assert folder is not None
    return KnowledgeBase.build([folder], settings=Settings(index=tmp_path_factory.mktemp("index")))


@pytest.fixture(scope="module")
def labour_code(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    if not LABOUR_CODE.is_file():
        pytest.skip("the Labour Code's text is not beside this checkout (../shared/texts)")
    settings = Settings(index=tmp_path_factory.mktemp("index"))
    return KnowledgeBase.build([LABOUR_CODE], settings=settings)


def test_the_demo_question_is_answered_by_the_convention(corpus: KnowledgeBase) -> None:
    hits = corpus.search("maternity protection ILO 183").hits
    assert hits[0].document_id == "ilo-c183"
    assert hits[0].citation.startswith("ILO Convention No. 183")


@pytest.mark.parametrize("query", ["ILO 183", "C183", "МОТ № 183", "ХЕҰ 183"])
def test_a_convention_is_found_by_its_number(corpus: KnowledgeBase, query: str) -> None:
    assert corpus.search(query).hits[0].document_id == "ilo-c183"


@pytest.mark.parametrize(
    "query",
    [
        "Article 10 of law 223-IV",
        "статья 10 Закона № 223-IV",
        "223-IV Заңының 10-бабы",
    ],
)
def test_an_article_is_found_by_its_number(corpus: KnowledgeBase, query: str) -> None:
    first = corpus.search(query).hits[0]
    assert (first.document_id, first.eid.split("__")[0]) == ("kz-law-223-iv-2009", "art_10")


@pytest.mark.parametrize(
    ("query", "document_id", "article"),
    [
        ("how many weeks of maternity leave", "ilo-c183", "art_4"),
        ("breaks for breastfeeding mothers", "ilo-c183", "art_10"),
        ("перерывы для кормления ребёнка грудью", "ilo-c183", "art_10"),
        ("what counts as discrimination by sex", "kz-law-223-iv-2009", "art_4"),
        ("равный доступ женщин к государственной службе", "kz-law-223-iv-2009", "art_9"),
        ("мемлекеттік қызметке тең қол жеткізу", "kz-law-223-iv-2009", "art_9"),
    ],
)
def test_a_question_finds_its_article_among_the_first_three(
    corpus: KnowledgeBase, query: str, document_id: str, article: str
) -> None:
    found = [(hit.document_id, hit.eid.split("__")[0]) for hit in corpus.search(query).hits[:3]]
    assert (document_id, article) in found


@pytest.mark.parametrize(
    "query", ["recipe for borscht", "как приготовить борщ", "which planet has the largest rings"]
)
def test_what_the_corpus_does_not_answer_is_not_answered(corpus: KnowledgeBase, query: str) -> None:
    result = corpus.search(query)
    assert result.hits == ()
    assert result.notices


@pytest.mark.parametrize(
    "query",
    [
        "отпуск по беременности и родам",
        "maternity leave",
        "жүктілікке және босануға байланысты демалыс",
    ],
)
def test_maternity_leave_is_found_in_three_languages(
    labour_code: KnowledgeBase, query: str
) -> None:
    hits = labour_code.search(query).hits
    assert "art_99" in {hit.eid.split("__")[0] for hit in hits[:3]}
    assert {labour_code.verify_receipt(hit.receipt).verdict for hit in hits} == {"valid"}


def test_every_receipt_over_the_corpus_verifies(corpus: KnowledgeBase) -> None:
    for query in ("maternity leave", "гендерлік теңдік", "профсоюз", "Article 6 of C183"):
        hits = corpus.search(query, limit=100).hits
        assert hits
        for hit in hits:
            edition = corpus.edition(hit.document_id, hit.edition_id)
            assert hit.receipt.quote == hit.span.of(edition.text) == hit.text
            assert corpus.verify_receipt(hit.receipt).verdict == "valid"
