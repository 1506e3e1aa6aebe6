"""What an ingest makes of files, and that a failed one leaves the index as it was."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pypdf
import pytest

from kb.catalogue import shipped_corpus
from kb.documents import Language, Passage, Provenance
from kb.errors import (
    BadRequest,
    IndexDamaged,
    IngestBusy,
    StorageFull,
    UnreadableSource,
)
from kb.generations import building, list_generations, open_current, verify_files
from kb.knowledge_base import KnowledgeBase
from kb.models.hashing import HashEmbedder
from kb.noise import PROBES, read_probes
from kb.stores.forms import read_forms
from kb.stores.passage_vectors import PassageVectors
from kb.stores.records import Records
from kb.stores.subject_index import SubjectEntry, SubjectIndex
from kb.stores.terms import TermIndex, TermQuery
from kb.subjects import Subject
from kb.thesaurus import Thesaurus

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

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


# --- what is written beside the passages ---

DUTIES = """Act about kites

Article 1. Duties

1. The owner of a kite shall mend it before every flight, wind up the string after every flight,
keep the tail dry in all weathers, and carry a spare spool wherever the wind is likely to rise.

2. Nobody else need do so, unless the owner is abroad, is ill, or has lent the kite to a neighbour
who promised to return it before the first snow falls on the hill behind the village school.

Сноска. Article 1 as amended by the Law on thunderstorms.

Article 2. Flights

Anybody may fly a kite by day.
"""


def written(settings: Settings) -> list[Passage]:
    with Records.open(open_current(settings.index).records) as records:
        return list(records.passages(range(len(records))))


@pytest.fixture
def small_passages(own_settings: Settings) -> Settings:
    """Settings under which a clause of a few lines is a passage by itself."""
    return own_settings.model_copy(update={"passage_tokens": 50, "part_tokens": 25})


def spans(units: TermIndex, query: str) -> list[tuple[int, int]]:
    """Return the first and the last row of each unit that has words of a query."""
    found = units.search(dict.fromkeys(Language, TermQuery(query)), 1000)
    return [
        span
        for matches in found.values()
        for span in zip(matches.rows.tolist(), matches.lasts.tolist(), strict=True)
    ]


def test_a_unit_is_a_run_of_passages_without_its_notes(
    tmp_path: Path, small_passages: Settings
) -> None:
    KnowledgeBase.add([write(tmp_path / "kites.txt", DUTIES)], settings=small_passages)
    passages = written(small_passages)
    duties = [row for row, item in enumerate(passages) if "art_1" in item.eid and not item.note]
    (flights,) = (row for row, item in enumerate(passages) if "art_2" in item.eid)
    notes = [row for row, item in enumerate(passages) if item.note]
    assert len(duties) >= 2
    assert notes
    units = TermIndex.open(open_current(small_passages.index).units)

    article = (duties[0], duties[-1])
    assert spans(units, "mend neighbour") == [article]  # words of two passages that have one each
    assert spans(units, "duties") == [article]  # its heading
    assert set(spans(units, "kite")) == {(0, 0), article, (flights, flights)}  # 0: the title
    assert spans(units, "thunderstorms") == []  # in a note


def test_units_of_two_documents_do_not_run_into_each_other(
    tmp_path: Path, own_settings: Settings, add: Add
) -> None:
    """Both have an article 1 and stand one after the other."""
    add(
        write(tmp_path / "a.txt", "Article 1. Scope\n\nOf kites.\n"),
        write(tmp_path / "b.txt", "Article 1. Scope\n\nOf bees.\n"),
    )
    units = TermIndex.open(open_current(own_settings.index).units)
    assert units.count == 2
    assert sorted(spans(units, "scope")) == [(0, 0), (1, 1)]


def test_every_passage_of_the_norm_is_in_one_unit_of_its_own(leave_kb: KnowledgeBase) -> None:
    generation = open_current(leave_kb.settings.index)
    passages = written(leave_kb.settings)
    units = TermIndex.open(generation.units)
    everything = spans(units, " ".join(passage.text for passage in passages))
    runs = [range(first, last + 1) for first, last in everything]
    assert len(runs) == units.count
    inside = sorted(row for run in runs for row in run)
    assert inside == [row for row, passage in enumerate(passages) if not passage.note]
    for run in runs:
        assert len({(passages[row].document_id, passages[row].language) for row in run}) == 1


@pytest.mark.parametrize(
    ("passage_tokens", "part_tokens", "several"),
    [
        (400, 25, True),  # an article in one passage, its clauses in parts
        (400, 400, False),  # a part of the same size is the passage, which has its vector
        (50, 400, False),  # a part is never larger than its passage
    ],
)
def test_a_passage_of_several_parts_has_a_vector_of_each(
    tmp_path: Path, own_settings: Settings, passage_tokens: int, part_tokens: int, *, several: bool
) -> None:
    sizes = {"passage_tokens": passage_tokens, "part_tokens": part_tokens}
    settings = own_settings.model_copy(update=sizes)
    KnowledgeBase.add([write(tmp_path / "kites.txt", DUTIES)], settings=settings)
    generation = open_current(settings.index)
    vectors = PassageVectors.read(generation.vectors, generation.parts, generation.openings)
    passages = written(settings)
    assert vectors.count == sum(not passage.note for passage in passages)
    assert (vectors.part_count > 1) is several
    assert generation.manifest.chunker.endswith(f"/{passage_tokens}/{part_tokens}")


SHIPS = ("brig", "sloop", "ketch", "cutter", "barque", "yawl", "dhow", "junk", "pram", "punt")
GOODS = ("salt", "silk", "tea", "rope", "iron", "glass", "wool", "wine", "corn", "coal")


def many_articles() -> str:
    """Two hundred short articles, twenty for each kind of ship."""
    articles = [
        f"Article {20 * at + turn + 1}. Duty\n\nThe {ship}, as {ship}, pays {turn + 2} coins for"
        f" {good} on a {ship}; the {ship} of another port pays for {good} twice.\n"
        for at, ship in enumerate(SHIPS)
        for turn, good in enumerate(GOODS * 2)
    ]
    return "Law on ships\n\n" + "\n".join(articles)


def test_many_vectors_lie_in_clusters_and_the_manifest_says_so(
    tmp_path: Path, own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = own_settings.model_copy(update={"exact_vectors": 100})
    asked = [
        (f"What does a {ship} pay for {good}?", Language.ENGLISH)
        for ship in SHIPS
        for good in GOODS[:5]
    ]
    monkeypatch.setattr("kb.ingest.vectors.questions", lambda _, many: asked[: 50 if many else 2])
    KnowledgeBase.add([write(tmp_path / "ships.txt", many_articles())], settings=settings)
    manifest = open_current(settings.index).manifest
    whole, parts = manifest.vectors["vectors.faiss"], manifest.vectors["parts.faiss"]
    assert (whole.kind, whole.vectors, whole.queries) == ("clustered", 201, 25)
    assert 1 <= whole.probes <= whole.clusters / 2
    assert whole.recall >= 0.98
    assert (parts.kind, parts.vectors, parts.recall) == ("exact", 0, 1.0)
    assert manifest.self_test is not None
    assert (manifest.self_test.queries, manifest.self_test.k) == (25, 10)
    assert manifest.self_test.recall >= 0.98
    # Whatever the settings say now, the file says how it is searched.
    kb = KnowledgeBase.open(settings=own_settings)
    hits = kb.search("What does a ketch pay for wool?", limit=20).hits
    assert len(hits) == 20
    assert "ketch" in hits[0].text
    assert kb.verify() == ()


def test_vectors_that_clusters_do_not_find_are_compared_one_by_one(
    tmp_path: Path, own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.stores.clustered.TARGET", 1.01)  # more than there is to find
    settings = own_settings.model_copy(update={"exact_vectors": 100})
    source = write(tmp_path / "ships.txt", many_articles())
    (warning,) = KnowledgeBase.add([source], settings=settings).warnings
    assert "201 vectors are compared one by one" in warning
    stamp = open_current(settings.index).manifest.vectors["vectors.faiss"]
    assert (stamp.kind, stamp.recall, stamp.clusters) == ("exact", 1.0, 0)


def test_a_part_makes_its_passage_nearer(tmp_path: Path, own_settings: Settings) -> None:
    """The score of a passage is at least the half that a part of the very words gives."""
    settings = own_settings.model_copy(update={"part_tokens": 60})
    KnowledgeBase.add([write(tmp_path / "kites.txt", DUTIES)], settings=settings)
    generation = open_current(settings.index)
    vectors = PassageVectors.read(generation.vectors, generation.parts, generation.openings)
    passages = written(settings)
    (row,) = (row for row, item in enumerate(passages) if "spare spool" in item.text)
    embedder = HashEmbedder()
    clause = passages[row].text.split("2. Nobody")[0].strip()
    assert clause != passages[row].text
    breadcrumb = " › ".join(passages[row].breadcrumb)
    query = embedder.embed_query(f"{breadcrumb}\n{clause}")
    own = float(embedder.embed_passages([passages[row].embedded_text])[0] @ query)
    (score,) = vectors.scores(query, np.array([row]))[1].tolist()
    assert own < 0.95
    assert score > (own + 0.95) / 2


def test_texts_that_are_embedded_in_several_goes_get_the_same_vectors(
    tmp_path: Path, own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = LAW + "".join(f"\n{number}. {'Leave is paid. ' * 30}\n" for number in range(2, 9))
    source = write(tmp_path / "law.txt", text)
    found = []
    for name, at_once in (("one", 1000), ("several", 2)):
        monkeypatch.setattr("kb.ingest.vectors._TEXTS", at_once)
        settings = own_settings.model_copy(update={"index": tmp_path / name})
        report = KnowledgeBase.add([source], settings=settings)
        held = open_current(settings.index)
        files = (held.vectors, held.parts, held.openings)
        found.append([report.embedded, *(file.read_bytes() for file in files)])
    assert found[0] == found[1]
    assert found[0][0] > 2 * 2


def test_the_words_of_the_passages_are_listed(
    tmp_path: Path, own_settings: Settings, add: Add
) -> None:
    add(write(tmp_path / "kites.txt", DUTIES))
    forms = read_forms(open_current(own_settings.index).forms)
    assert {"kite", "kites", "duties", "neighbour", "thunderstorms"} <= set(forms)
    assert forms["kite"] == sum("kite " in item.embedded_text for item in written(own_settings))


def test_chance_is_measured_in_the_languages_that_are_held(
    tmp_path: Path, own_settings: Settings, add: Add
) -> None:
    add(
        write(tmp_path / "a.txt", DUTIES),
        write(tmp_path / "b.txt", "Статья 1. Цели\n\nОтпуск оплачивается работодателем.\n"),
    )
    generation = open_current(own_settings.index)
    noise = generation.manifest.noise
    assert set(noise) == set(Language)
    for levels in noise.values():
        assert set(levels) == {Language.ENGLISH, Language.RUSSIAN}
        assert all(-1 <= level.usual <= level.highest <= 1 for level in levels.values())
    probes = read_probes(generation.off_topic)
    first = HashEmbedder().embed_query(PROBES[Language.KAZAKH][0])
    np.testing.assert_array_equal(probes[Language.KAZAKH][0], first)


# --- what is known of words beside the texts ---

SUBJECTS = (
    Subject("kites", "art_1", Language.ENGLISH, "who winds up the string"),
    Subject("kites", "art_1__cl_2", Language.RUSSIAN, "что делать другим"),
    Subject("kites", "art_2", Language.KAZAKH, "батпырауық ұшыру"),
    Subject("kites", "art_1__hdg", Language.ENGLISH, "a heading, which is in no passage"),
    Subject("kites", "art_9", Language.ENGLISH, "a provision that is not there"),
    Subject("bees", "art_1", Language.ENGLISH, "a document that is not held"),
)


def subjects_of(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, subjects: tuple[Subject, ...]
) -> list[SubjectEntry]:
    """Return the entries of the index in use, after an ingest with these subjects."""
    monkeypatch.setattr("kb.ingest.vocabulary.read_subjects", lambda _corpus: iter(subjects))
    path = write(settings.index.parent / "kites.txt", DUTIES)
    KnowledgeBase.add([path], settings=settings)
    index = SubjectIndex.open(open_current(settings.index).subjects)
    vector = HashEmbedder().embed_query("kite")
    matches = index.search(vector, index.by_words({}, 1), index.count)
    found = [index.entries[number] for number in matches.entries.tolist()]
    return sorted(found, key=lambda entry: entry.words)


def test_a_subject_leads_to_the_passages_of_its_provision(
    small_passages: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = subjects_of(small_passages, monkeypatch, SUBJECTS)
    passages = written(small_passages)

    def rows_under(eid: str) -> tuple[int, ...]:
        return tuple(
            row
            for row, item in enumerate(passages)
            if not item.note
            and any(f"{unit}__".startswith(f"{eid}__") for unit in (item.eid, *item.eids))
        )

    assert len(rows_under("art_1")) > len(rows_under("art_1__cl_2")) > 0
    assert entries == [
        SubjectEntry("who winds up the string", Language.ENGLISH, rows_under("art_1")),
        SubjectEntry("батпырауық ұшыру", Language.KAZAKH, rows_under("art_2")),
        SubjectEntry("что делать другим", Language.RUSSIAN, rows_under("art_1__cl_2")),
    ]


def test_subjects_have_a_level_of_chance_where_there_are_any(
    own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    subjects_of(own_settings, monkeypatch, SUBJECTS)
    assert set(open_current(own_settings.index).manifest.subject_noise) == set(Language)
    assert subjects_of(own_settings, monkeypatch, SUBJECTS[-1:]) == []
    assert open_current(own_settings.index).manifest.subject_noise == {}


def test_other_subjects_are_another_index(
    own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digest(subjects: tuple[Subject, ...]) -> str:
        subjects_of(own_settings, monkeypatch, subjects)
        return open_current(own_settings.index).manifest.digest

    whole = digest(SUBJECTS)
    assert digest(SUBJECTS) == whole
    assert digest(SUBJECTS[:3]) == whole  # the others led nowhere
    assert digest(SUBJECTS[:2]) != whole
    assert digest(()) != whole


def test_a_text_of_a_catalogued_law_gets_the_shipped_subjects(
    tmp_path: Path, own_settings: Settings, add: Add
) -> None:
    """In whatever edition the provision is held."""
    law = "Article 99. Leave\n\nMaternity leave is paid.\n"
    add(write(tmp_path / "code.txt", law), document_id="kz-labour-code-2015")
    generation = open_current(own_settings.index)
    index = SubjectIndex.open(generation.subjects)
    entries = [index.entries[number] for number in range(index.count)]
    assert {entry.language for entry in entries} == set(Language)
    assert {entry.rows for entry in entries} == {(0,)}
    corpus = shipped_corpus()
    assert corpus is not None
    shipped = Thesaurus.read(corpus / "thesaurus.toml")
    assert Thesaurus.open(generation.thesaurus).concepts == shipped.concepts


def test_without_the_shipped_corpus_there_is_no_vocabulary(
    tmp_path: Path, own_settings: Settings, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.ingest.vocabulary.shipped_corpus", lambda: None)
    add(write(tmp_path / "kites.txt", DUTIES))
    generation = open_current(own_settings.index)
    assert SubjectIndex.open(generation.subjects).count == 0
    assert Thesaurus.open(generation.thesaurus).concepts == ()
    kb = KnowledgeBase.open(settings=own_settings)
    assert "string" in kb.search("wind up the string").hits[0].text


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
    from kb.ingest import reading

    read = reading.read_source

    def read_and_change(source: Path, settings: Settings, stop: Event) -> object:
        text = read(source, settings, stop)
        write(path, "Article 9. Something else, and longer than it was before.\n" * 9)
        return text

    monkeypatch.setattr(reading, "read_source", read_and_change)
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

    monkeypatch.setattr("kb.ingest.ingesting.collect_garbage", busy)
    assert add(write(tmp_path / "a.txt")).warnings == ()

    def refused(_: Path) -> list[str]:
        raise StorageFull("It cannot be written.")

    monkeypatch.setattr("kb.ingest.ingesting.collect_garbage", refused)
    (warning,) = add(write(tmp_path / "b.txt")).warnings
    assert "Old generations" in warning
    assert list(held(own_settings)) == ["a", "b"]


@pytest.mark.parametrize(
    "stage",
    [
        "writing.write_records",
        "writing.TermIndex",
        "vectors.PassageVectors",
        "keeping.EmbeddingCache",
    ],
)
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
            if stage.endswith((".write_records", ".EmbeddingCache")):
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
