"""The façade: what it opens, refuses, finds and hands out."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from kb.documents import Language, Provenance
from kb.errors import (
    BadFilter,
    BadQuery,
    BadRequest,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    NotFound,
)
from kb.generations import open_current
from kb.knowledge_base import KnowledgeBase
from kb.receipts import Verdict
from kb.settings import Settings

# --- opening ---


def test_no_index(own_settings: Settings) -> None:
    with pytest.raises(IndexMissing, match="kb ingest"):
        KnowledgeBase.open(settings=own_settings)


def test_the_index_may_be_named(own_kb: KnowledgeBase, own_settings: Settings) -> None:
    elsewhere = own_settings.model_copy(update={"index": own_settings.index / "nowhere"})
    kb = KnowledgeBase.open(own_settings.index, settings=elsewhere)
    assert kb.generation == own_kb.generation


def test_every_file_that_is_missing_or_cut_is_noticed(
    own_kb: KnowledgeBase, own_settings: Settings
) -> None:
    generation = open_current(own_settings.index)
    for name in ["manifest.json", *own_kb.manifest.files]:
        path = generation.folder / name
        whole = path.read_bytes()
        for damaged in {whole[:-2], whole + b"\0", b"", None} - {whole}:
            path.unlink(missing_ok=True)
            if damaged is not None:
                path.write_bytes(damaged)
            with pytest.raises(IndexDamaged, match="kb ingest") as refused:
                KnowledgeBase.open(settings=own_settings)
            assert "\n" not in str(refused.value)
        path.write_bytes(whole)
    KnowledgeBase.open(settings=own_settings)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"../../etc\n", b"gen-1\n", b"x" * 9999])
def test_a_damaged_current(own_kb: KnowledgeBase, own_settings: Settings, content: bytes) -> None:
    assert own_kb.generation
    (own_settings.index / "CURRENT").write_bytes(content)
    with pytest.raises(IndexDamaged):
        KnowledgeBase.open(settings=own_settings)


def test_another_chunker_is_refused(own_kb: KnowledgeBase, own_settings: Settings) -> None:
    assert own_kb.search("leave").hits
    other = KnowledgeBase.open(settings=own_settings.model_copy(update={"passage_tokens": 100}))
    with pytest.raises(IndexMismatch, match=r"chunker.*kb ingest"):
        other.search("leave")


def test_another_model_is_refused(
    own_kb: KnowledgeBase, own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert own_kb.search("leave").hits
    monkeypatch.setattr("kb.models.hashing.MODEL_NAME", "other")
    other = KnowledgeBase.open(settings=own_settings)
    assert other.documents()  # reading needs no model
    with pytest.raises(IndexMismatch, match="model fingerprint"):
        other.warm()
    with pytest.raises(IndexMismatch, match="model fingerprint"):
        other.search("leave")


def test_an_ingest_makes_another_model_fit(
    own_kb: KnowledgeBase, own_settings: Settings, laws: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.models.hashing.MODEL_NAME", "other")
    KnowledgeBase.add([laws / "zan.md"], settings=own_settings)
    other = KnowledgeBase.open(settings=own_settings)
    assert len(other.documents()) == len(own_kb.documents()) == 3
    assert other.search("maternity leave").hits


# --- a new generation ---


def test_a_new_generation_is_switched_to(
    own_kb: KnowledgeBase, own_settings: Settings, tmp_path: Path
) -> None:
    assert not own_kb.reload_if_changed()
    before = own_kb.generation
    (tmp_path / "new.txt").write_text("Article 1. Nursing\n\nNursing breaks are paid.\n", "utf-8")
    KnowledgeBase.add([tmp_path / "new.txt"], settings=own_settings)
    assert own_kb.search("nursing breaks").generation == before
    assert own_kb.reload_if_changed()
    assert own_kb.generation != before
    assert own_kb.search("nursing breaks").hits[0].document_id == "new"
    assert not own_kb.reload_if_changed()


def test_a_damaged_new_generation_leaves_the_old_one_serving(
    own_kb: KnowledgeBase, own_settings: Settings, laws: Path
) -> None:
    KnowledgeBase.add([laws], settings=own_settings)
    open_current(own_settings.index).vectors.unlink()
    before = own_kb.generation
    with pytest.raises(IndexDamaged):
        own_kb.reload_if_changed()
    assert own_kb.generation == before
    assert own_kb.search("maternity leave").hits


def test_searches_go_on_while_generations_change(
    own_kb: KnowledgeBase, own_settings: Settings, laws: Path
) -> None:
    stop = threading.Event()
    failures: list[BaseException] = []
    answered = []

    def search() -> None:
        try:
            while not stop.is_set():
                result = own_kb.search("maternity leave")
                assert result.hits
                answered.append(result.generation)
        except BaseException as error:  # noqa: BLE001  told to the test below
            failures.append(error)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(4):
        path = laws / "leave-law.md"
        path.write_text(path.read_text("utf-8") + f"\n### Article 9{number}. More\n\nMore.\n")
        KnowledgeBase.add([path], settings=own_settings)
        assert own_kb.reload_if_changed()
        own_kb.search("maternity leave")
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures
    assert answered


# --- searching ---


@pytest.mark.parametrize(
    "query", ["", "   ", "?!", "\n", "x" * 1001, "leave\0", "lea\x1bve", "\ud800 leave", "a\x85b"]
)
def test_a_query_that_cannot_be_used(leave_kb: KnowledgeBase, query: str) -> None:
    with pytest.raises(BadQuery) as refused:
        leave_kb.search(query)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    "filters",
    [
        {"documents": ["absent"]},
        {"languages": ["fr"]},
        {"provenances": ["gossip"]},
        {"reader_language": "fr"},
        {"limit": 0},
        {"limit": 101},
        {"offset": -1},
        {"offset": 1001},
    ],
)
def test_a_filter_that_cannot_be_used(leave_kb: KnowledgeBase, filters: dict[str, object]) -> None:
    with pytest.raises(BadFilter):
        leave_kb.search("leave", **filters)  # type: ignore[arg-type]


def test_filters(leave_kb: KnowledgeBase) -> None:
    for filters, expected in (
        ({"documents": ["zakon"]}, {"zakon"}),
        ({"documents": "zakon"}, {"zakon"}),
        ({"documents": ["ZAKON"]}, {"zakon"}),  # named as a file may be
        ({"languages": ["kk"]}, {"zan"}),
        ({"provenances": ["digest"]}, set()),
    ):
        result = leave_kb.search("leave отпуск демалыс", **filters)  # type: ignore[arg-type]
        assert {hit.document_id for hit in result.hits} == expected


def test_pages_do_not_overlap(leave_kb: KnowledgeBase) -> None:
    whole = leave_kb.search("leave", limit=100).hits
    parts = [
        hit
        for offset in range(0, len(whole), 2)
        for hit in leave_kb.search("leave", limit=2, offset=offset).hits
    ]
    assert [(hit.rank, hit.eid) for hit in parts] == [(hit.rank, hit.eid) for hit in whole]


@pytest.mark.parametrize("query", ["maternity leave", "отпуск", "демалыс", "Article 2", '"paid"'])
def test_what_is_shown_is_the_source(leave_kb: KnowledgeBase, query: str) -> None:
    for hit in leave_kb.search(query, limit=100).hits:
        edition = leave_kb.edition(hit.document_id, hit.edition_id)
        assert hit.span.of(edition.text) == hit.text
        assert hit.snippet.span.of(edition.text) == hit.snippet.text
        for highlight in (*hit.highlights, *hit.snippet.highlights):
            assert highlight.span.of(edition.text) == highlight.text


# --- reading ---


def test_a_document_in_full(leave_kb: KnowledgeBase) -> None:
    document = leave_kb.document("leave-law")
    (edition,) = document.editions
    assert edition == leave_kb.edition("leave-law", "en-official")
    assert "".join(edition.text_of(leaf) for leaf in edition.leaves()) == edition.text
    assert leave_kb.document("Leave Law") == document


@pytest.mark.parametrize("name", ["", "absent", "leave-law#art_1", "\0", "x" * 9999])
def test_an_unknown_document(leave_kb: KnowledgeBase, name: str) -> None:
    for ask in (
        lambda: leave_kb.document(name),
        lambda: leave_kb.edition(name, "en-official"),
        lambda: leave_kb.node(name, "art_1"),
        lambda: leave_kb.choose_edition(name),
    ):
        with pytest.raises(NotFound, match="kb documents"):
            ask()


def test_an_unknown_edition_or_provision(leave_kb: KnowledgeBase) -> None:
    with pytest.raises(NotFound, match="it has: en-official"):
        leave_kb.edition("leave-law", "ru-official")
    with pytest.raises(NotFound, match="it has: en-official"):
        leave_kb.choose_edition("leave-law", language="ru")
    with pytest.raises(NotFound, match="it has: en-official"):
        leave_kb.node("leave-law", "art_1", edition_id="ru-official")
    with pytest.raises(NotFound, match="prints its outline"):
        leave_kb.node("leave-law", "art_99")
    with pytest.raises(BadFilter):
        leave_kb.node("leave-law", "art_1", language="fr")


def test_a_provision(leave_kb: KnowledgeBase) -> None:
    view = leave_kb.node("leave-law", "art_2__cl_1")
    assert view.text.strip().startswith("1. A woman has the right")
    assert view.document.editions == ()
    assert view.citation.permalink == "/documents/leave-law/en-official#art_2__cl_1"
    assert leave_kb.verify_receipt(view.receipt).verdict is Verdict.VALID


def test_the_official_text_goes_first(own_settings: Settings, tmp_path: Path) -> None:
    for number, provenance in enumerate(reversed(Provenance)):
        path = tmp_path / f"{number}.txt"
        path.write_text(f"Article 1. Scope\n\nThis is {provenance}.\n", "utf-8")
        KnowledgeBase.add(
            [path],
            settings=own_settings,
            document_id="law",
            language=Language.ENGLISH,
            provenance=provenance,
        )
    kb = KnowledgeBase.open(settings=own_settings)
    assert kb.node("law", "art_1").edition.provenance is Provenance.OFFICIAL
    assert kb.choose_edition("law").provenance is Provenance.OFFICIAL
    chosen = kb.node("law", "art_1", edition_id="en-digest")
    assert chosen.edition.provenance is Provenance.DIGEST


# --- receipts across ingests ---


def test_a_receipt_across_ingests(
    own_kb: KnowledgeBase, own_settings: Settings, laws: Path
) -> None:
    receipt = own_kb.node("leave-law", "art_2__cl_2__sub_1").receipt
    path = laws / "leave-law.md"
    original = path.read_text("utf-8")

    def verdict_after(text: str) -> Verdict:
        path.write_text(text, "utf-8")
        KnowledgeBase.add([path], settings=own_settings)
        own_kb.reload_if_changed()
        return own_kb.verify_receipt(receipt).verdict

    assert verdict_after(original) is Verdict.VALID
    assert verdict_after(original.replace("every employee", "everyone")) is Verdict.MOVED
    assert verdict_after(original.replace("seventy", "sixty")) is Verdict.CHANGED
    assert verdict_after("# Law\n\nNothing is left.\n") is Verdict.MISSING
    assert verdict_after(original) is Verdict.VALID


@pytest.mark.parametrize("given", [{}, [], None, "x", {"span": {}}])
def test_what_is_no_receipt(leave_kb: KnowledgeBase, given: object) -> None:
    with pytest.raises(BadRequest, match="receipt"):
        leave_kb.verify_receipt(given)  # type: ignore[arg-type]


def test_the_manifest_names_what_it_was_built_with(leave_kb: KnowledgeBase) -> None:
    manifest = leave_kb.manifest
    assert manifest.model.name == "hashing"
    assert manifest.totals.documents == 3
    assert manifest.self_test is not None
    assert manifest.self_test.recall == 1.0
    assert set(manifest.noise) == set(Language)
    assert json.loads(manifest.to_json())["corpus_digest"] == manifest.corpus_digest


def test_an_index_may_be_named_from_where_one_stands(
    laws: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default index is the folder `index` of wherever the command is run."""
    monkeypatch.chdir(tmp_path)
    settings = Settings(index=Path("index"), model="hashing")
    kb = KnowledgeBase.build([laws], settings=settings)
    assert kb.search("maternity leave").hits
    assert kb.verify() == ()


def test_a_file_of_a_catalogued_instrument_is_called_what_the_catalogue_calls_it(
    tmp_path: Path, own_settings: Settings
) -> None:
    path = tmp_path / "c183.txt"
    path.write_text("Article 4\n\n1. A woman is entitled to maternity leave.\n", "utf-8")
    KnowledgeBase.add([path], settings=own_settings, document_id="ilo-c183")
    kb = KnowledgeBase.open(settings=own_settings)
    assert kb.node("ilo-c183", "art_4").citation.text == "ILO Convention No. 183, Art. 4"
    assert kb.search("C183").hits[0].document_id == "ilo-c183"
