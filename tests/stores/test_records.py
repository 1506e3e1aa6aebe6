"""What is written comes back equal; what is damaged is refused."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.documents import Document, Edition, Language, Level, Node, Passage, Provenance, Span
from kb.errors import IndexDamaged, IndexMismatch
from kb.stores import records as records_module
from kb.stores.records import Records, content_digest, write_records

SENTENCES = "Article 1. Leave.\nArticle 2. Pay.\n"
ODD = "İ ß ﬁ 👩‍⚖️ \u200b\u2028 ӘҒҚҢӨҰҮҺІ \U0010ffff ' \" \\ \x00 \x1f é"


def an_edition(document_id: str = "act", **changes: object) -> Edition:
    """Two articles of one sentence each."""
    nodes = (
        Node("art_1", Level.ARTICLE, Span(0, 18), "1", "Leave"),
        Node("art_1__par_1", Level.PARAGRAPH, Span(0, 18), parent="art_1"),
        Node("art_2", Level.ARTICLE, Span(18, 34), "2", "Pay", page=2),
    )
    edition = Edition(
        document_id, Language.ENGLISH, Provenance.OFFICIAL, SENTENCES, nodes, "act.txt", "0" * 64
    )
    return replace(edition, **changes)


def a_passage(edition: Edition, start: int, end: int, **changes: object) -> Passage:
    span = Span(start, end)
    passage = Passage(
        id=f"{edition.document_id}/{edition.id}#{start}-{end}",
        document_id=edition.document_id,
        edition_id=edition.id,
        language=edition.language,
        provenance=edition.provenance,
        eid="art_1",
        eids=("art_1__par_1", "art_2"),
        span=span,
        text=span.of(edition.text),
        breadcrumb=("The Act", "Article 1"),
    )
    return replace(passage, **changes)


def small_corpus() -> tuple[list[Document], list[Passage]]:
    """An act in two languages and a digest, six passages."""
    english = an_edition()
    kazakh = an_edition(language=Language.KAZAKH, provenance=Provenance.TRANSLATION)
    digest = an_edition("ilo-c183", provenance=Provenance.DIGEST, valid_from=date(2002, 2, 7))
    documents = [
        Document("act", {Language.ENGLISH: "The Act"}, editions=(english, kazakh)),
        Document("ilo-c183", {}, number="183", editions=(digest,)),
        Document("empty", {Language.RUSSIAN: "Пусто"}),
    ]
    passages = [
        a_passage(edition, start, end)
        for edition in (english, kazakh, digest)
        for start, end in ((0, 18), (18, 34))
    ]
    return documents, passages


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "kb.sqlite"
    write_records(path, *small_corpus(), meta={"chunker": "1"})
    return path


# Round trip

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
maybe_words = st.none() | words
maybe_days = st.none() | st.dates()
by_language = st.dictionaries(st.sampled_from(Language), words)


@st.composite
def editions(draw: st.DrawFn, document_id: str, languages: st.SearchStrategy[Language]) -> Edition:
    text = draw(words)
    offsets = st.integers(0, len(text))
    spans = st.tuples(offsets, offsets).map(lambda pair: Span(*sorted(pair)))
    nodes = st.builds(
        Node,
        words,
        st.sampled_from(Level),
        spans,
        maybe_words,
        maybe_words,
        maybe_words,
        st.none() | st.integers(1, 9),
    )
    return Edition(
        document_id=document_id,
        language=draw(languages),
        provenance=draw(st.sampled_from(Provenance)),
        text=text,
        nodes=tuple(draw(st.lists(nodes, max_size=4, unique_by=lambda node: node.eid))),
        source=draw(words),
        source_sha256=draw(words),
        valid_from=draw(maybe_days),
        valid_to=draw(maybe_days),
        status=draw(words),
        amended_by=draw(maybe_words),
        url=draw(maybe_words),
        page_starts=tuple(draw(st.lists(st.integers(0, 99), max_size=3))),
        warnings=tuple(draw(st.lists(words, max_size=2))),
    )


@st.composite
def corpora(draw: st.DrawFn) -> tuple[list[Document], list[Passage]]:
    documents = []
    for identity in draw(st.lists(words, max_size=3, unique=True)):
        held = draw(st.lists(editions(identity, st.sampled_from(Language)), max_size=3))
        unique = {edition.id: edition for edition in held}
        documents.append(
            Document(
                id=identity,
                titles=draw(by_language),
                kind=draw(words),
                number=draw(maybe_words),
                date=draw(maybe_days),
                issuer=draw(maybe_words),
                status=draw(words),
                short=draw(by_language),
                aliases=tuple(draw(st.lists(words, max_size=2))),
                urls=draw(by_language),
                licence=draw(maybe_words),
                coverage=draw(maybe_words),
                editions=tuple(unique.values()),
            )
        )
    passages = []
    for edition in draw(st.permutations([e for d in documents for e in d.editions])):
        cut = draw(st.integers(0, len(edition.text)))
        breadcrumb = tuple(draw(st.lists(words, max_size=2)))
        note = draw(st.booleans())
        passages += [
            a_passage(edition, 0, cut, breadcrumb=breadcrumb, note=note, id=f"{len(passages)}"),
            a_passage(edition, cut, len(edition.text), eids=(), id=f"{len(passages)} bis"),
        ]
    return documents, passages


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(corpora())
def test_what_is_written_comes_back_equal(corpus: tuple[list[Document], list[Passage]]) -> None:
    documents, passages = corpus
    with TemporaryDirectory() as folder:
        path = Path(folder) / "kb.sqlite"
        write_records(path, documents, passages)
        with Records.open(path) as records:
            assert len(records) == len(passages)
            assert records.document_ids() == tuple(document.id for document in documents)
            for document in documents:
                assert records.document(document.id) == document
                assert list(records.document(document.id).titles) == list(document.titles)
            assert records.passages(range(len(passages))) == tuple(passages)


def test_odd_characters_come_back_as_they_are(tmp_path: Path) -> None:
    edition = an_edition(text=ODD, nodes=(Node("par_1", Level.PARAGRAPH, Span(0, len(ODD))),))
    passage = a_passage(edition, 4, len(ODD))
    write_records(tmp_path / "r", [Document("act", {}, editions=(edition,))], [passage])
    with Records.open(tmp_path / "r") as records:
        assert records.edition("act", edition.id) == edition
        assert records.passage(0) == passage


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    folder = tmp_path / "а ?mode=rwc#%20"
    folder.mkdir()
    write_records(folder / "kb.sqlite", *small_corpus())
    with Records.open(folder / "kb.sqlite") as records:
        assert len(records) == 6
    assert [path.name for path in folder.iterdir()] == ["kb.sqlite"]


def test_the_same_corpus_gives_the_same_bytes_and_the_same_digest(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_records(tmp_path / name, *small_corpus(), meta={"y": "1", "x": "2"})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert content_digest(*small_corpus()) == content_digest(*small_corpus())


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"source": "/another/folder/act.txt"}, True),
        ({"text": SENTENCES.replace("Pay", "Lay")}, False),
        ({"status": "repealed"}, False),
        ({"nodes": ()}, False),
        ({"page_starts": (0, 18)}, False),
    ],
)
def test_the_digest_is_of_the_content(changes: dict[str, object], same: bool) -> None:
    def digest(edition: Edition) -> str:
        return content_digest([Document("act", {}, editions=(edition,))], [])

    assert (digest(an_edition()) == digest(an_edition(**changes))) is same


def test_the_digest_covers_passages() -> None:
    documents, passages = small_corpus()
    whole = content_digest(documents, passages)
    assert content_digest(documents, passages[:-1]) != whole
    assert content_digest(documents, passages[::-1]) != whole
    reworded = [replace(passages[0], breadcrumb=("Other",)), *passages[1:]]
    assert content_digest(documents, reworded) != whole


# Looking things up


def test_a_listing_reads_no_text(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Records, "_load_edition", fail)
    with Records.open(written) as records:
        assert records.document_ids() == ("act", "ilo-c183", "empty")
        assert records.meta == {"chunker": "1"}
        act = records.summary("act")
        assert act is not None
        assert act.document == replace(small_corpus()[0][0], editions=())
        assert [
            (edition.id, edition.characters, edition.nodes, edition.passages)
            for edition in act.editions
        ] == [("en-official", 34, 3, 2), ("kk-unofficial-translation", 34, 3, 2)]
        assert act.editions[0].text_sha256 == an_edition().text_sha256
        assert [len(summary.editions) for summary in records.summaries] == [2, 1, 0]


def test_what_is_not_held_is_none(written: Path) -> None:
    with Records.open(written) as records:
        assert records.document("ACT") is None  # ids are exact here
        assert records.summary("act ") is None
        assert records.edition("act", "ru-official") is None
        assert records.edition("ilo-c183", "en-official") is None
        assert records.edition_summary("nothing", "en-official") is None


def test_recent_editions_stay_in_memory(written: Path) -> None:
    with Records.open(written) as records:
        first = records.edition("act", "en-official")
        assert records.edition("act", "en-official") is first
        document = records.document("act")
        assert document is not None
        assert document.editions[0] is first


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [0, 1, 2, 3, 4, 5]),
        ({"documents": ["act"]}, [0, 1, 2, 3]),
        ({"documents": ["act", "ilo-c183"]}, [0, 1, 2, 3, 4, 5]),
        ({"documents": ["empty"]}, []),
        ({"documents": ["ac"]}, []),
        ({"documents": []}, []),
        ({"languages": [Language.KAZAKH]}, [2, 3]),
        ({"languages": ["en"]}, [0, 1, 4, 5]),
        ({"provenances": [Provenance.DIGEST]}, [4, 5]),
        ({"languages": [Language.ENGLISH], "provenances": [Provenance.OFFICIAL]}, [0, 1]),
        ({"languages": [Language.KAZAKH], "documents": ["ilo-c183"]}, []),
    ],
)
def test_rows_that_pass_the_filters(
    written: Path, filters: dict[str, list[str]], expected: list[int]
) -> None:
    with Records.open(written) as records:
        rows = records.rows(**filters)
    assert rows.dtype == np.int64
    assert rows.tolist() == expected


def test_a_passage_in_another_language_than_its_edition(tmp_path: Path) -> None:
    documents, passages = small_corpus()
    passages[1] = replace(passages[1], language=Language.RUSSIAN)
    write_records(tmp_path / "kb.sqlite", documents, passages)
    with Records.open(tmp_path / "kb.sqlite") as records:
        assert records.passage(1) == passages[1]
        assert records.rows(languages=[Language.RUSSIAN]).tolist() == [1]
        assert records.rows(languages=[Language.ENGLISH]).tolist() == [0, 4, 5]
        assert records.rows(languages=[]).tolist() == []


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("act", "art_1"), [0, 2]),
        (("act", "art_1__par_1"), [0, 2]),
        (("act", "art_2"), [1, 3]),
        (("act", "art_2", "kk-unofficial-translation"), [3]),
        (("act", "art_3"), []),
        (("ilo-c183", "art_1"), [4]),
        (("nothing", "art_1"), []),
    ],
)
def test_rows_of_a_node(written: Path, place: tuple[str, ...], expected: list[int]) -> None:
    with Records.open(written) as records:
        rows = records.rows_of_node(*place)
    assert rows.dtype == np.int64
    assert rows.tolist() == expected


def test_the_editions_that_have_a_node(written: Path) -> None:
    with Records.open(written) as records:
        having = records.editions_with("art_2")
        assert records.editions_with("art_3") == ()
    assert having[:2] == (("act", "en-official"), ("act", "kk-unofficial-translation"))
    assert [document for document, _ in having] == ["act", "act", "ilo-c183"]


def test_a_node_has_every_passage_that_shares_a_character_with_it(tmp_path: Path) -> None:
    edition = an_edition()
    cuts = [(0, 5), (5, 20), (20, 34)]  # the middle one lies across both articles
    passages = [a_passage(edition, *cut) for cut in cuts]
    write_records(tmp_path / "r", [Document("act", {}, editions=(edition,))], passages)
    with Records.open(tmp_path / "r") as records:
        assert records.rows_of_node("act", "art_1").tolist() == [0, 1]
        assert records.rows_of_node("act", "art_2").tolist() == [1, 2]


def test_passages_come_in_the_order_asked_for(written: Path) -> None:
    _, passages = small_corpus()
    with Records.open(written) as records:
        assert records.passages(np.array([5, 0, 5])) == (passages[5], passages[0], passages[5])
        assert records.passages([]) == ()
        with pytest.raises(IndexDamaged, match="no passage 6"):
            records.passage(6)


def test_threads_share_one_file(written: Path) -> None:
    documents, passages = small_corpus()
    with Records.open(written) as records, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: records.passage(n % 6), range(300)))
        whole = list(pool.map(lambda n: records.document(documents[n % 3].id), range(60)))
    assert found == passages * 50
    assert whole == documents * 20


# What is refused


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d, p: ([*d, d[0]], p), "twice: UNIQUE constraint failed: documents.id"),
        (
            lambda d, p: ([replace(d[0], editions=(an_edition(), an_edition()))], p[:2]),
            "twice: UNIQUE constraint failed: editions",
        ),
        (lambda d, p: (d, [p[0], p[0]]), "twice: UNIQUE constraint failed: passages.id"),
        (lambda d, p: ([replace(d[0], id="other")], p[:0]), "other has an edition of act"),
        (lambda d, p: (d[1:], p), "of an edition that is not written"),
        (lambda d, p: (d, [replace(p[0], text="Article 1")]), "word for word"),
        (
            lambda d, p: (d, [replace(p[0], provenance=Provenance.DIGEST)]),
            "differs from its edition",
        ),
    ],
)
def test_a_corpus_that_contradicts_itself_is_refused(
    tmp_path: Path, change: object, message: str
) -> None:
    assert callable(change)
    documents, passages = change(*small_corpus())
    with pytest.raises(ValueError, match=message):
        write_records(tmp_path / "kb.sqlite", documents, passages)


def test_a_file_is_never_overwritten(written: Path) -> None:
    before = written.read_bytes()
    with pytest.raises(FileExistsError):
        write_records(written, [], [])
    assert written.read_bytes() == before


def test_an_open_file_cannot_be_written(written: Path) -> None:
    with (
        Records.open(written) as records,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        records._connection.execute("DELETE FROM passages")


@pytest.mark.parametrize("content", [b"", b"not a database " * 500, b"SQLite format 3\0" * 300])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kb.sqlite").write_bytes(content)
    with pytest.raises((IndexDamaged, IndexMismatch), match="kb ingest"):
        Records.open(tmp_path / "kb.sqlite")


def test_a_missing_file_is_refused_and_not_created(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="kb ingest"):
        Records.open(tmp_path / "kb.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_another_schema_is_refused(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_module, "RECORDS_SCHEMA", 99)
    with pytest.raises(IndexMismatch, match="reads 99; run `kb ingest`"):
        Records.open(written)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM filing WHERE name = 'unit'",
        "DELETE FROM passages WHERE row = 0",
        "UPDATE filing SET numbers = x'63000000' || substr(numbers, 5) WHERE name = 'edition'",
    ],
)
def test_passages_that_are_not_all_filed_are_refused(written: Path, damage: str) -> None:
    with sqlite3.connect(written) as connection:
        connection.execute(damage)
    connection.close()
    with pytest.raises(IndexDamaged, match="kb ingest"):
        Records.open(written)


def test_a_changed_letter_of_the_law_is_noticed(written: Path) -> None:
    with sqlite3.connect(written) as connection:
        connection.execute(
            "UPDATE editions SET text = replace(text, 'Pay', 'Lay') WHERE number = 0"
        )
    connection.close()
    with Records.open(written) as records:
        with pytest.raises(IndexDamaged, match="the text of act/en-official has changed"):
            records.edition("act", "en-official")
        assert records.edition("act", "kk-unofficial-translation") is not None


def test_a_value_that_means_nothing_is_noticed(written: Path) -> None:
    with sqlite3.connect(written) as connection:
        connection.execute("UPDATE nodes SET level = 'verse'")
        connection.execute("UPDATE passages SET breadcrumb = '[' WHERE row = 1")
    connection.close()
    with Records.open(written) as records:
        with pytest.raises(IndexDamaged, match="verse"):
            records.document("act")
        with pytest.raises(IndexDamaged, match="JSONDecodeError"):
            records.passage(1)


def test_a_cut_file_is_noticed(written: Path) -> None:
    whole = written.read_bytes()
    for pages in range(len(whole) // 4096):
        written.write_bytes(whole[: pages * 4096])
        with pytest.raises((IndexDamaged, IndexMismatch)), Records.open(written) as records:  # noqa: PT012
            for name in records.document_ids():
                records.document(name)
            records.passages(range(6))
            records.rows_of_node("act", "art_1")
