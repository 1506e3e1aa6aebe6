"""What an ingest makes of files, and that a failed one leaves the index as it was."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pypdf
import pytest

from kb.documents import Language, Provenance
from kb.errors import (
    BadRequest,
    IndexDamaged,
    IngestBusy,
    StorageFull,
    UnreadableSource,
)
from kb.generations import building, list_generations, open_current, verify_files
from kb.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.ingest import IngestReport
    from kb.settings import Settings

LAW = "Article 1. Scope\n\n1. This Law applies to {}.\n\nArticle 2. Leave\n\n1. Leave is paid.\n"

Add = "Callable[..., IngestReport]"


@pytest.fixture
def add(own_settings: Settings) -> Callable[..., IngestReport]:
    def call(*paths: Path, **options: object) -> IngestReport:
        return KnowledgeBase.add(paths, settings=own_settings, **options)  # type: ignore[arg-type]

    return call


def write(path: Path, text: str = LAW) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def held(settings: Settings) -> dict[str, list[str]]:
    found = KnowledgeBase.open(settings=settings).documents()
    return {item.id: [edition.id for edition in item.editions] for item in found}


def snapshot(settings: Settings) -> dict[str, bytes]:
    """Return every byte of the generation in use, and CURRENT."""
    generation = open_current(settings.index)
    files = [path for path in generation.folder.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in [*files, settings.index / "CURRENT"]}


# --- what becomes of a file ---


def test_a_file_gets_an_id_from_its_name(tmp_path: Path, own_settings: Settings, add: Add) -> None:
    report = add(write(tmp_path / "Labor Code.txt"))
    (file,) = report.files
    assert (file.document_id, file.edition_id, file.articles) == ("labor-code", "en-official", 2)
    assert file.passages == report.passages > 0
    assert report.complete
    assert held(own_settings) == {"labor-code": ["en-official"]}


def test_an_ingest_adds(tmp_path: Path, own_settings: Settings, add: Add) -> None:
    add(write(tmp_path / "a.txt"))
    report = add(write(tmp_path / "b.txt", LAW.format("all")))
    assert list(held(own_settings)) == ["a", "b"]
    assert report.documents == 2
    assert report.reused > 0


def test_a_file_read_again_is_replaced(tmp_path: Path, own_settings: Settings, add: Add) -> None:
    path = write(tmp_path / "a.txt", LAW.format("all"))
    add(path)
    add(write(path, LAW.format("none")))
    edition = KnowledgeBase.open(settings=own_settings).document("a").editions[0]
    assert "none" in edition.text
    assert held(own_settings) == {"a": ["en-official"]}


def test_fresh_drops_what_was_held(tmp_path: Path, own_settings: Settings, add: Add) -> None:
    add(write(tmp_path / "a.txt"))
    add(write(tmp_path / "b.txt"), fresh=True)
    assert list(held(own_settings)) == ["b"]


def test_files_of_one_name_are_documents_of_their_own(
    tmp_path: Path, own_settings: Settings, add: Add
) -> None:
    folder = tmp_path / "in"
    for name in ("law.txt", "law.md", "drafts/law.txt", "old/law.txt", "x/old/law.txt"):
        write(folder / name, LAW.format(name))
    add(folder)
    expected = ["drafts-law", "law", "law-txt", "old-law", "old-law-2"]
    assert list(held(own_settings)) == expected
    add(folder)  # again: each keeps its id
    assert list(held(own_settings)) == expected
    add(folder / "old" / "law.txt")
    assert list(held(own_settings)) == expected


def test_an_edition_of_a_named_document(tmp_path: Path, own_settings: Settings, add: Add) -> None:
    add(write(tmp_path / "en.txt"), document_id="law")
    add(write(tmp_path / "ru.txt", "Статья 1. Цели\n\nОтпуск оплачивается.\n"), document_id="law")
    assert held(own_settings) == {"law": ["en-official", "ru-official"]}
    titles = KnowledgeBase.open(settings=own_settings).document("law").titles
    assert set(titles) == {Language.ENGLISH, Language.RUSSIAN}


def test_what_was_said_of_a_file_holds(tmp_path: Path, own_settings: Settings, add: Add) -> None:
    path = write(tmp_path / "ours.txt")
    add(path, document_id="law", language=Language.RUSSIAN, provenance=Provenance.DIGEST)
    write(path, LAW.format("no one"))
    add(path)  # a digest does not become an official text because nobody repeated what it is
    assert held(own_settings) == {"law": ["ru-digest"]}


def test_what_is_said_anew_replaces_it(tmp_path: Path, own_settings: Settings, add: Add) -> None:
    path = write(tmp_path / "ours.txt")
    add(path)
    add(path, document_id="law", provenance=Provenance.TRANSLATION)
    assert held(own_settings) == {"law": ["en-unofficial-translation"]}
    add(path, language=Language.KAZAKH, provenance=Provenance.OFFICIAL)
    assert held(own_settings) == {"law": ["kk-official"]}


def test_a_catalogue_knows_a_document_better(
    tmp_path: Path, own_settings: Settings, add: Add
) -> None:
    add()  # the corpus that comes with the project
    before = KnowledgeBase.open(settings=own_settings).document("ilo-c183")
    add(write(tmp_path / "convention.txt"), document_id="ilo-c183")
    after = KnowledgeBase.open(settings=own_settings).document("ilo-c183")
    assert (after.titles, after.number, after.urls) == (before.titles, "183", before.urls)
    new = next(edition for edition in after.editions if edition.id == "en-official")
    assert new.url == before.urls[Language.ENGLISH]
    assert len(after.editions) == len(before.editions) + 1


def test_the_same_files_give_the_same_index_anywhere(
    tmp_path: Path, own_settings: Settings
) -> None:
    built = []
    for place in ("one", "two/deeper"):
        folder = tmp_path / place / f"in-{len(built)}"
        for name in ("law.txt", "law.md", "a/law.txt"):
            write(folder / name, LAW.format(name))
        settings = own_settings.model_copy(update={"index": tmp_path / place / "index"})
        kb = KnowledgeBase.build([folder], settings=settings)
        passages = [
            (hit.document_id, hit.edition_id, hit.eid, hit.span, hit.text)
            for query in ("law applies", "leave is paid")
            for hit in kb.search(query, limit=100).hits
        ]
        ids = [node.eid for d in kb.documents() for node in kb.document(d.id).editions[0].nodes]
        built.append((kb.manifest.digest, kb.manifest.corpus_digest, passages, ids))
    assert built[0] == built[1]
    assert built[0][2]


SHARED = Path(__file__).resolve().parents[2] / "shared" / "texts"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the texts beside the checkout are not there")
@pytest.mark.parametrize(
    ("path", "articles"),
    [("kz_txt/labor_code.txt", 221), ("law-223-iv/rus.md", 15), ("law-223-iv/kaz.md", 15)],
)
def test_real_laws(own_settings: Settings, add: Add, path: str, articles: int) -> None:
    (file,) = add(SHARED / path).files
    assert file.articles == articles
    kb = KnowledgeBase.open(settings=own_settings)
    (edition,) = kb.document(file.document_id or "").editions
    assert "".join(edition.text_of(leaf) for leaf in edition.leaves()) == edition.text
    for hit in kb.search("отпуск труд құқық", limit=100).hits:
        assert kb.verify_receipt(hit.receipt).verdict == "valid"
    assert kb.verify() == ()


def test_progress_is_told(tmp_path: Path, add: Add) -> None:
    told: list[tuple[str, int, int]] = []
    add(write(tmp_path / "a.txt"), progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == [
        "reading",
        "passages",
        "embedding",
        "writing",
        "references",
    ]
    last = {stage: (done, total) for stage, done, total in told}
    assert all(done == total for done, total in last.values())


def test_old_generations_are_removed(tmp_path: Path, own_settings: Settings, add: Add) -> None:
    for number in range(4):
        add(write(tmp_path / "a.txt", LAW.format(number)))
    assert len(list_generations(own_settings.index)) == 2


@pytest.mark.parametrize("text", [".", "1", "Article 1.", "\N{SNOWMAN}", "# T", "A" * 5000])
def test_a_text_of_next_to_nothing(
    tmp_path: Path, own_settings: Settings, add: Add, text: str
) -> None:
    assert add(write(tmp_path / "a.md", text)).documents == 1
    kb = KnowledgeBase.open(settings=own_settings)
    assert kb.search("anything").hits is not None
    assert kb.verify() == ()


# --- what cannot be read ---


def textless_pdf(path: Path) -> Path:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(path)
    return path


def encrypted_pdf(path: Path) -> Path:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret")
    writer.write(path)
    return path


BAD: dict[str, Callable[[Path], Path]] = {
    "textless.pdf": textless_pdf,
    "encrypted.pdf": encrypted_pdf,
    "broken.pdf": lambda path: write(path, "%PDF-1.7 and then nothing"),
    "empty.txt": lambda path: write(path, ""),
    "blank.txt": lambda path: write(path, " \n\t\n"),
    "blank.md": lambda path: write(path, "\n\n"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read(
    tmp_path: Path, own_settings: Settings, add: Add, name: str
) -> None:
    add(write(tmp_path / "good.txt"))
    before = snapshot(own_settings)
    bad = BAD[name](tmp_path / name)
    with pytest.raises(UnreadableSource) as refused:
        add(bad)
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)
    assert snapshot(own_settings) == before


def test_bad_files_of_a_folder_are_skipped_and_reported(
    tmp_path: Path, own_settings: Settings, add: Add
) -> None:
    folder = tmp_path / "in"
    write(folder / "good.txt")
    for name, make in BAD.items():
        make(folder / name)
    report = add(folder)
    assert not report.complete
    skipped = {file.path.rpartition("/")[2]: file.skipped for file in report.files if file.skipped}
    assert set(skipped) == set(BAD)
    assert all(name in (why or "") for name, why in skipped.items())
    assert list(held(own_settings)) == ["good"]


def test_a_folder_of_bad_files_alone(tmp_path: Path, own_settings: Settings, add: Add) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, make in BAD.items():
        make(folder / name)
    with pytest.raises(UnreadableSource):
        add(folder)
    assert not (own_settings.index / "CURRENT").exists()


def test_a_bad_file_among_named_ones_stops_it(
    tmp_path: Path, own_settings: Settings, add: Add
) -> None:
    with pytest.raises(UnreadableSource, match=r"empty\.txt"):
        add(write(tmp_path / "good.txt"), write(tmp_path / "empty.txt", ""))
    assert not (own_settings.index / "CURRENT").exists()


def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.txt")
    from kb import ingest

    read = ingest.read_source

    def read_and_change(source: Path, settings: Settings) -> object:
        text = read(source, settings)
        write(path, "Article 9. Something else, and longer than it was before.\n" * 9)
        return text

    monkeypatch.setattr(ingest, "read_source", read_and_change)
    with pytest.raises(UnreadableSource, match="changed while it was being read"):
        add(path)


def test_nothing_to_ingest(own_settings: Settings) -> None:
    with pytest.raises(BadRequest, match="nothing to ingest"):
        KnowledgeBase.build([], settings=own_settings)


# --- what the index or the disk refuses ---


def test_a_second_ingest_at_the_same_time(tmp_path: Path, own_settings: Settings, add: Add) -> None:
    path = write(tmp_path / "a.txt")
    add(path)
    before = snapshot(own_settings)
    with building(own_settings.index), pytest.raises(IngestBusy, match="Another ingest"):
        add(path)
    assert snapshot(own_settings) == before


def test_an_ingest_that_begins_when_this_one_has_ended(
    tmp_path: Path, own_settings: Settings, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new generation is in use; that old ones stay a while is no failure."""

    def busy(_: Path) -> list[str]:
        raise IngestBusy("Another ingest is writing.")

    monkeypatch.setattr("kb.ingest.collect_garbage", busy)
    assert add(write(tmp_path / "a.txt")).warnings == ()

    def refused(_: Path) -> list[str]:
        raise StorageFull("It cannot be written.")

    monkeypatch.setattr("kb.ingest.collect_garbage", refused)
    (warning,) = add(write(tmp_path / "b.txt")).warnings
    assert "Old generations" in warning
    assert list(held(own_settings)) == ["a", "b"]


@pytest.mark.parametrize("stage", ["write_records", "TermIndex", "FaissFlat", "EmbeddingCache"])
def test_a_full_disk(
    tmp_path: Path,
    own_settings: Settings,
    add: Add,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
) -> None:
    add(write(tmp_path / "a.txt"))
    before = snapshot(own_settings)

    class Full:
        def __getattr__(self, _: str) -> object:
            return self

        def __call__(self, *_: object, **__: object) -> object:
            if stage in ("write_records", "EmbeddingCache"):
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise error
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"kb.ingest.{stage}", Full())
    with pytest.raises(StorageFull, match="is full"):
        add(write(tmp_path / "b.txt", LAW.format("b")))
    assert snapshot(own_settings) == before
    assert not (own_settings.index / ".draft").exists()


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_an_index_that_is_no_folder(tmp_path: Path, own_settings: Settings, place: str) -> None:
    write(tmp_path / "file")
    settings = own_settings.model_copy(update={"index": tmp_path / place})
    with pytest.raises(StorageFull, match="cannot be written"):
        KnowledgeBase.add([write(tmp_path / "a.txt")], settings=settings)
    assert (tmp_path / "file").read_text("utf-8") == LAW


@pytest.mark.parametrize("name", ["vectors.faiss", "terms", "vectors cut", "manifest"])
def test_an_ingest_mends_what_can_be_mended(
    tmp_path: Path, own_settings: Settings, add: Add, name: str
) -> None:
    """The records alone are needed to build the rest of a damaged generation anew."""
    add(write(tmp_path / "a.txt"))
    folder = open_current(own_settings.index).folder
    if name == "terms":
        next(path for path in (folder / "terms").rglob("*") if path.is_file()).unlink()
    elif name == "vectors cut":
        vectors = folder / "vectors.faiss"
        vectors.write_bytes(vectors.read_bytes()[:-9])
    elif name == "vectors.faiss":
        (folder / name).unlink()
    else:
        (folder / "manifest.json").unlink()
        with pytest.raises(IndexDamaged, match="--fresh"):
            add(write(tmp_path / "b.txt"))
        add(tmp_path / "a.txt", tmp_path / "b.txt", fresh=True)
        assert list(held(own_settings)) == ["a", "b"]
        return
    with pytest.raises(IndexDamaged):
        KnowledgeBase.open(settings=own_settings)
    add(write(tmp_path / "b.txt", LAW.format("b")))
    assert list(held(own_settings)) == ["a", "b"]
    assert verify_files(open_current(own_settings.index)) == []


@pytest.mark.parametrize("damage", ["flip", "cut", "remove", "CURRENT"])
def test_damaged_records_are_not_taken_over(
    tmp_path: Path, own_settings: Settings, add: Add, damage: str
) -> None:
    add(write(tmp_path / "a.txt"))
    records = open_current(own_settings.index).records
    data = bytearray(records.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
        records.write_bytes(data)
    elif damage == "cut":
        records.write_bytes(data[:-1])
    elif damage == "remove":
        records.unlink()
    else:
        (own_settings.index / "CURRENT").write_text("gen-of-nothing\n", "ascii")
    with pytest.raises(IndexDamaged, match=r"kb ingest --fresh") as refused:
        add(write(tmp_path / "b.txt"))
    assert "\n" not in str(refused.value)
    assert add(tmp_path / "a.txt", fresh=True).documents == 1


@pytest.mark.parametrize("stage", ["reading", "passages", "embedding", "writing"])
def test_an_interrupted_ingest_changes_nothing(
    tmp_path: Path, own_settings: Settings, add: Add, stage: str
) -> None:
    add(write(tmp_path / "a.txt"))
    before = snapshot(own_settings)

    def interrupt(now: str, _done: int, _total: int) -> None:
        if now == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add(write(tmp_path / "b.txt"), progress=interrupt)
    assert snapshot(own_settings) == before
    assert not (own_settings.index / ".draft").exists()
    assert add(tmp_path / "b.txt").documents == 2
