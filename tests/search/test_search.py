"""The engine over a small index with the hashing embedder: all but the model's judgement."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from kb.centring import Centring
from kb.documents import Document, Language, Provenance
from kb.errors import BadFilter, BadQuery
from kb.generations import open_current
from kb.ingest import ingest
from kb.knowledge_base import KnowledgeBase
from kb.models import load_embedder
from kb.models.hashing import HashEmbedder
from kb.noise import read_probes
from kb.search.confidence import GROUNDED, Evidence, gather
from kb.search.legs import SUBJECTS, Leg
from kb.search.ranking import Ranking
from kb.search.reranking import Reranking
from kb.search.results import to_json
from kb.settings import Settings
from kb.sources import SourceFile
from kb.stores.records import Records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

CATALOGUE = """
[[document]]
id = "ilo-c199"
kind = "convention"
number = "199"
date = 1998-06-15
status = "in-force"
aliases = []
licence = "ours"
coverage = "all"
sources = ["made up"]
[document.title]
en = "Lighthouse Keepers Convention"
ru = "Конвенция о смотрителях маяков"
kk = "Маяк күзетшілері туралы конвенция"
[document.short]
en = "C199"
ru = "К199"
kk = "К199"
[document.url]
en = "https://example.org/en/c199"
ru = "https://example.org/ru/c199"

[[document]]
id = "kz-agreement-1"
kind = "agreement"
status = "expired"
licence = "ours"
coverage = "all"
sources = ["made up"]
[document.title]
en = "Harbour Agreement"
ru = "Портовое соглашение"
kk = "Порт келісімі"
[document.short]
en = "Harbour Agreement"
ru = "Портовое соглашение"
kk = "Порт келісімі"
[document.url]
ru = "https://example.org/ru/agreement"
"""

FILES = {
    "ilo-c199/en.md": """# Lighthouse Keepers Convention

A digest of the convention.

## Article 1. Scope

1. The convention covers every keeper of a lighthouse.

2. It leaves out keepers of lightships.

## Article 2. Rest

1. A keeper rests for eleven hours after each night watch.

2. Rest may be split:

1) where the lamp has failed;

2) where a storm warning is out.
""",
    "ilo-c199/ru.md": """# Конвенция о смотрителях маяков

Краткое изложение конвенции.

## Статья 1. Сфера применения

1. Конвенция распространяется на каждого смотрителя маяка.

2. Она не касается смотрителей плавучих маяков.

## Статья 2. Отдых

1. Смотритель отдыхает одиннадцать часов после ночной вахты.

2. Отдых можно разделить:

1) если погасла лампа;

2) если объявлено штормовое предупреждение.
""",
    "kz-agreement-1/en.md": """# Harbour Agreement

A digest of the agreement.

## Section 1. Watches

1. The harbour pays a supplement for each night watch.
""",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "catalogue.toml").write_text(CATALOGUE, "utf-8")
    for name, text in FILES.items():
        file = folder / "digests" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def kb(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    settings = Settings(index=tmp_path_factory.mktemp("index"), model="hashing")
    return KnowledgeBase.build([corpus], settings=settings)


def test_a_hit_has_everything_that_is_needed_to_trust_it(kb: KnowledgeBase) -> None:
    hit = kb.search("rest after a night watch").hits[0]
    edition = kb.edition(hit.document_id, hit.edition_id)
    assert (hit.rank, hit.document_id, hit.eid) == (1, "ilo-c199", "art_2")
    assert hit.citation == "ILO Convention No. 199, Art. 2 (digest)"
    assert hit.permalink == "/documents/ilo-c199/en-digest#art_2__cl_1"
    assert hit.provenance is Provenance.DIGEST
    assert "digest" in hit.provenance_note
    assert hit.official_url == "https://example.org/en/c199#:~:text=Article%202."
    assert hit.heading == "Rest"
    assert hit.span.of(edition.text) == hit.text
    assert hit.receipt.quote == hit.text
    assert {"rests", "night", "watch"} <= {item.text for item in hit.highlights}
    assert all(item.span.of(edition.text) == item.text for item in hit.highlights)
    assert {leg.leg for leg in hit.explain.legs} == {"dense", "lexical"}
    assert "night" in hit.explain.matched_terms


@pytest.mark.parametrize(
    "query",
    ["night watch", "отдых смотрителя", "storm", "C199", "маяк", "supplement", '"eleven hours"'],
)
def test_the_receipt_of_every_hit_verifies(kb: KnowledgeBase, query: str) -> None:
    hits = kb.search(query, limit=100).hits
    assert hits
    assert {kb.verify_receipt(hit.receipt).verdict for hit in hits} == {"valid"}


@pytest.mark.parametrize("query", ["ILO 199", "C199", "МОТ № 199", "Convention No. 199"])
def test_an_instrument_that_is_named_comes_first(kb: KnowledgeBase, query: str) -> None:
    result = kb.search(query)
    named = [hit for hit in result.hits if hit.explain.reference]
    assert named
    assert result.hits[: len(named)] == tuple(named)
    assert {hit.document_id for hit in named} == {"ilo-c199"}
    assert [hit.score for hit in result.hits] == sorted(
        (hit.score for hit in result.hits), reverse=True
    )


@pytest.mark.parametrize(
    "query",
    ["Article 2 of C199", "C199 art. 2", "статья 2 Конвенции МОТ № 199", "ст. 2 МОТ 199"],
)
def test_a_provision_that_is_named_comes_first(kb: KnowledgeBase, query: str) -> None:
    hit = kb.search(query).hits[0]
    assert (hit.document_id, hit.eid) == ("ilo-c199", "art_2")
    assert hit.explain.reference


def test_the_permalink_lands_on_the_point_that_is_named(kb: KnowledgeBase) -> None:
    hit = kb.search("Article 2(2) of ILO 199").hits[0]
    assert hit.pinpoint == "art_2__cl_2"
    assert hit.permalink.endswith("#art_2__cl_2")


def test_the_rest_of_the_query_ranks_within_what_is_named(kb: KnowledgeBase) -> None:
    first = kb.search("ILO 199 storm warning").hits[0]
    assert (first.document_id, first.eid) == ("ilo-c199", "art_2")
    first = kb.search("ILO 199 lightships").hits[0]
    assert (first.document_id, first.eid) == ("ilo-c199", "art_1")


@pytest.mark.parametrize(
    "query",
    ["lighthouse keepers C199", "маяк күзетшілері C199", "смотрителям маяка C199"],
)
def test_words_of_its_name_say_no_more_than_its_number(kb: KnowledgeBase, query: str) -> None:
    """The instrument is read from its beginning, as for the number alone."""
    named = [hit for hit in kb.search(query).hits if hit.explain.reference]
    assert [hit.eid for hit in named] == ["pre", "art_1", "art_2"]
    alone = [hit for hit in kb.search("C199").hits if hit.explain.reference]
    assert [hit.score for hit in named] == [hit.score for hit in alone]


@pytest.mark.parametrize("query", ["C199 lightships", "C199 rest", "C199 конвенция об отдыхе"])
def test_other_words_rank_within_what_is_named(kb: KnowledgeBase, query: str) -> None:
    """`lightships` begins as `lighthouse` does and is another word."""
    named = [hit.score for hit in kb.search(query).hits if hit.explain.reference]
    alone = [hit.score for hit in kb.search("C199").hits if hit.explain.reference]
    assert named != alone


def test_what_is_named_but_not_held_is_said(kb: KnowledgeBase) -> None:
    result = kb.search("ILO 190 harassment")
    assert "ILO Convention No. 190 is not held in this index." in result.notices


def test_a_provision_that_does_not_exist_is_said(kb: KnowledgeBase) -> None:
    result = kb.search("Article 77 of C199")
    assert any("Article 77" in notice for notice in result.notices)
    assert not any(hit.explain.reference for hit in result.hits)


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        (
            "ILO Convention No. 999",
            "“ILO Convention No. 999”: there can be no such instrument or provision.",
        ),
        (
            "Конвенция МОТ № 999",
            "«Конвенция МОТ № 999»: такого документа или положения быть не может.",
        ),
    ],
)
def test_what_cannot_be_meant_is_said(kb: KnowledgeBase, query: str, notice: str) -> None:
    assert notice in kb.search(query).notices


def test_a_range_brings_all_of_its_provisions_in_order(kb: KnowledgeBase) -> None:
    hits = kb.search("Articles 1–2 of C199").hits
    named = [hit.eid.split("__")[0] for hit in hits if hit.explain.reference]
    assert named == sorted(named)
    assert set(named) == {"art_1", "art_2"}


def test_nothing_found_is_said_plainly(kb: KnowledgeBase) -> None:
    result = kb.search("zzyzx qwfpgj")
    assert result.hits == ()
    assert result.notices == ("Nothing in this index answers the query.",)


@pytest.mark.parametrize(("nearest", "found"), [(-0.01, False), (0.0, True), (0.99, True)])
def test_without_a_word_it_must_be_as_near_as_unrelated_questions(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, nearest: float, *, found: bool
) -> None:
    monkeypatch.setattr(Ranking, "nearest", lambda *_: nearest)
    result = kb.search("zzyzx qwfpgj")
    assert bool(result.hits) is found
    assert all([leg.leg for leg in hit.explain.legs] == ["dense"] for hit in result.hits)
    assert result.notices[0].startswith("This index does not seem" if found else "Nothing in this")
    assert result.confidence < GROUNDED


def test_likeness_is_of_vectors_without_what_they_owe_to_their_language(kb: KnowledgeBase) -> None:
    """The query's and the passage's, each in its own language."""
    embedder = HashEmbedder()
    generation = open_current(kb.settings.index)
    centring = Centring.of(read_probes(generation.off_topic))
    query = "смотритель отдыхает ночью"
    asked = centring.of_text(embedder.embed_query(query), Language.RUSSIAN)
    likeness = {}
    for language in (Language.RUSSIAN, Language.ENGLISH):
        hit = kb.search(query, languages=[language], documents=["ilo-c199"]).hits[-1]
        with Records.open(generation.records) as records:
            rows = records.rows(["ilo-c199"], [language])
            (passage,) = (item for item in records.passages(rows) if item.span == hit.span)
        vector = embedder.embed_passages([passage.embedded_text])[0]
        likeness[language] = float(centring.of_text(vector, language) @ asked)
        (score,) = (leg.score for leg in hit.explain.legs if leg.leg == "dense")
        assert score == pytest.approx(likeness[language], abs=1e-4)  # held as float16
        assert score != pytest.approx(float(vector @ embedder.embed_query(query)), abs=1e-3)


def test_a_phrase_is_found_word_for_word_or_not_at_all(kb: KnowledgeBase) -> None:
    result = kb.search('"night watch"')
    assert {hit.document_id for hit in result.hits} == {"ilo-c199", "kz-agreement-1"}
    assert all("night watch" in hit.text for hit in result.hits)
    assert all(hit.explain.phrases == ("night watch",) for hit in result.hits)
    result = kb.search('"watch night"')
    assert result.hits == ()
    assert result.notices == ("No passage contains the exact phrase “watch night”.",)


def test_reported_speech_does_not_empty_a_search(kb: KnowledgeBase) -> None:
    """What somebody said stands in no law; the rest of the sentence is enough to look for."""
    result = kb.search("the keeper said «never again» after the night watch")
    assert result.hits[0].eid == "art_2"
    assert "No passage contains the exact phrase “never again”." in result.notices
    assert {leg.leg for leg in result.hits[0].explain.legs} == {"dense", "lexical"}
    assert kb.search("«never again» watch").hits == ()


def test_a_phrase_of_a_heading_is_found(kb: KnowledgeBase) -> None:
    hit = kb.search('"Article 2. Rest"').hits[0]
    assert (hit.eid, hit.heading) == ("art_2", "Rest")


def test_filters_hold_for_every_hit(kb: KnowledgeBase) -> None:
    for hit in kb.search("night watch", documents=["kz-agreement-1"], limit=100).hits:
        assert hit.document_id == "kz-agreement-1"
    hits = kb.search("ночная вахта", languages=["ru"], limit=100).hits
    assert hits
    assert {hit.language for hit in hits} == {Language.RUSSIAN}
    assert kb.search("night watch", provenances=["official"]).hits == ()
    with pytest.raises(BadFilter):
        kb.search("night watch", documents=["nowhere"])


def test_a_provision_in_two_languages_is_one_hit_in_the_language_of_the_query(
    kb: KnowledgeBase,
) -> None:
    hits = kb.search("отдых после ночной вахты", limit=100).hits
    articles = [(hit.document_id, hit.eid) for hit in hits if hit.document_id == "ilo-c199"]
    assert len(articles) == len(set(articles))
    rest = next(hit for hit in hits if hit.eid == "art_2")
    assert rest.language is Language.RUSSIAN
    assert [(item.language, item.permalink) for item in rest.parallel] == [
        (Language.ENGLISH, "/documents/ilo-c199/en-digest#art_2")
    ]


def test_citations_are_in_the_readers_language(kb: KnowledgeBase) -> None:
    hit = kb.search('"eleven hours"', reader_language="ru").hits[0]
    assert hit.citation == "Конвенция МОТ № 199, статья 2 (краткое изложение)"
    assert "Краткое изложение" in hit.provenance_note


def test_an_expired_instrument_is_never_shown_without_saying_so(kb: KnowledgeBase) -> None:
    result = kb.search("supplement for a night watch")
    assert result.hits[0].status == "expired"
    assert "Harbour Agreement has expired." in result.notices


def test_pages_follow_one_another_without_gap_or_repeat(kb: KnowledgeBase) -> None:
    whole = kb.search("keeper of a lighthouse night watch rest", limit=100)
    assert not whole.more
    pages = []
    for offset in range(0, len(whole.hits), 2):
        page = kb.search("keeper of a lighthouse night watch rest", limit=2, offset=offset)
        assert page.more is (offset + 2 < len(whole.hits))
        pages.extend(page.hits)
    assert [(hit.rank, hit.eid, hit.document_id) for hit in pages] == [
        (hit.rank, hit.eid, hit.document_id) for hit in whole.hits
    ]


def test_a_bad_query_is_refused(kb: KnowledgeBase) -> None:
    with pytest.raises(BadQuery):
        kb.search(" ")


def test_the_json_form_has_the_fields_of_the_contract(kb: KnowledgeBase) -> None:
    data = to_json(kb.search("night watch"))
    assert {
        "rank", "score", "document_id", "eid", "citation", "permalink", "provenance", "language",
        "text", "highlights", "receipt", "explain",
    } <= set(data["hits"][0])  # fmt: skip
    assert data["hits"][0]["receipt"]["span"] == data["hits"][0]["span"]
    assert data["hits"][0]["provenance"] == "digest"


def test_the_place_that_another_language_reached_is_kept(kb: KnowledgeBase) -> None:
    """The Russian article ranks first for these words; the reader of English gets the English."""
    filtered = kb.search("штормовое предупреждение storm", languages=["ru", "en"], limit=100)
    grouped = kb.search("штормовое предупреждение storm", limit=100)
    assert grouped.hits[0].eid == filtered.hits[0].eid
    assert grouped.hits[0].score == filtered.hits[0].score
    assert [hit.score for hit in grouped.hits] == sorted(
        (hit.score for hit in grouped.hits), reverse=True
    )


def test_a_replaced_wording_is_not_found(tmp_path: Path) -> None:
    old, new = tmp_path / "old.md", tmp_path / "new.md"
    old.write_text("## Article 1. Rest\n\nA keeper rests for nine hours.\n", "utf-8")
    new.write_text("## Article 1. Rest\n\nA keeper rests for eleven hours.\n", "utf-8")
    law = Document("law-1", titles={Language.ENGLISH: "Law on lighthouses"}, kind="law")
    settings = Settings(index=tmp_path / "index", model="hashing")
    sources = [
        SourceFile(old, True, law, valid_from=date(2001, 1, 1), valid_to=date(2009, 1, 1)),
        SourceFile(new, True, law, valid_from=date(2009, 1, 1), amended_by="Law No. 2"),
    ]
    ingest(sources, load_embedder(settings), settings)
    kb = KnowledgeBase.open(settings=settings)
    editions = kb.document("law-1").editions
    assert [(item.valid_to, item.amended_by) for item in editions] == [
        (date(2009, 1, 1), None),
        (None, "Law No. 2"),
    ]
    assert {hit.text for hit in kb.search("keeper rests nine hours").hits} == {
        "A keeper rests for eleven hours."
    }
    assert "eleven" in kb.node("law-1", "art_1__par_1").text


def test_a_document_in_two_languages_is_found_in_both(tmp_path: Path) -> None:
    file = tmp_path / "order.md"
    file.write_text(
        "## Статья 1. Дежурство\n\n"
        "1. Каждый смотритель маяка имеет право на отдых после ночной вахты.\n\n"
        "2. Маяк күзетшісінің түнгі күзеттен кейін демалуға құқығы бар.\n\n"
        "3. Отдых смотрителя оплачивается в порядке, установленном законом.\n",
        "utf-8",
    )
    settings = Settings(index=tmp_path / "index", model="hashing")
    kb = KnowledgeBase.build([file], settings=settings)
    first, second, third = ("ru", "art_1__cl_1"), ("kk", "art_1__cl_2"), ("ru", "art_1__cl_3")
    for query, languages, expected in (
        ("отдых смотрителя", ["ru"], {first, third}),
        ("түнгі демалуға", ["kk"], {second}),
        ("rest of a keeper", ["en"], set[tuple[str, str]]()),
        # points of one article, though in two languages: none stands for the other
        ("отдых смотрителя", None, {first, second, third}),
    ):
        hits = kb.search(query, languages=languages).hits
        assert {(str(hit.language), hit.eid) for hit in hits} == expected
        assert {hit.edition_id for hit in hits} <= {"ru-official"}
        assert not any(hit.parallel for hit in hits)
        assert all(kb.verify_receipt(hit.receipt).verdict == "valid" for hit in hits)
    counted = kb.manifest.languages
    assert {str(item): counted[item].passages for item in counted} == {"ru": 2, "kk": 1}
    assert kb.manifest.totals.passages == 3


# --- reranking ---


class _Backwards:
    """Likes best what the search liked least."""

    fingerprint = "backwards"

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        assert query
        self.read += passages
        return np.arange(len(passages), dtype=np.float32)


@pytest.mark.parametrize(
    ("languages", "depth", "order"),
    [
        pytest.param(["en"], 3, [2, 1, 0, 3], id="the first three turn round"),
        pytest.param(["en"], 1, [0, 1, 2, 3], id="one passage has one order"),
        pytest.param(["ru"], 3, [0, 1, 2, 3], id="another language is left alone"),
    ],
)
def test_a_cross_encoder_orders_the_first_passages(
    kb: KnowledgeBase,
    monkeypatch: pytest.MonkeyPatch,
    languages: list[str],
    depth: int,
    order: list[int],
) -> None:
    query = "keepers work at night and rest"
    before = kb.search(query, limit=4, languages=["en"]).hits
    model = _Backwards()
    monkeypatch.setattr(kb._searching(), "_reranking", Reranking(model, languages, depth))
    after = kb.search(query, limit=4, languages=["en"]).hits
    assert [hit.receipt.quote for hit in after] == [before[at].receipt.quote for at in order]
    assert [hit.score for hit in after] == [hit.score for hit in before]
    assert len(model.read) == (depth if "en" in languages else 0)


def test_a_quotation_in_a_question_leaves_the_question(kb: KnowledgeBase) -> None:
    result = kb.search("my boss says “no such words anywhere” about keepers at night")
    assert result.hits
    assert result.notices[0] == "No passage contains the exact phrase “no such words anywhere”."


def test_a_misspelled_word_is_mended_and_said_so(kb: KnowledgeBase) -> None:
    meant, typed = kb.search("keepers rest"), kb.search("keppers rest")
    assert [hit.permalink for hit in typed.hits][:1] == [hit.permalink for hit in meant.hits][:1]
    assert typed.notices[0].startswith("Searched for “keepers” instead of “keppers”")


def test_words_that_two_documents_share_show_once(tmp_path: Path) -> None:
    text = "Article 1. Fog\n\nIn thick fog the keeper sounds the horn every two minutes.\n"
    for name in ("law.txt", "copy.txt"):
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "other.txt").write_text("The horn is painted red.\n", "utf-8")
    settings = Settings(index=tmp_path / "index", model="hashing")
    kb = KnowledgeBase.build(sorted(tmp_path.glob("*.txt")), settings=settings)
    hits = kb.search("thick fog horn").hits
    assert [hit.document_id for hit in hits[1:]] == ["other"]
    places = [hits[0].permalink, *hits[0].repeated]
    assert {place.split("/")[2] for place in places} == {"law", "copy"}


def test_the_score_without_the_subject_index_is_that_of_the_best(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[float, float]] = []

    def watched(terms: object, score: float, unled: float, *given: Any, **named: Any) -> Evidence:
        told.append((score, unled))
        return gather(terms, score, unled, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("kb.search.engine.gather", watched)
    kb.search("maternity leave of fourteen weeks")
    monkeypatch.setattr("kb.search.engine.subject_leg", lambda *_: (Leg(SUBJECTS), {}))
    kb.search("maternity leave of fourteen weeks")
    (_, unled), (best, also_best) = told
    assert unled == also_best == best
