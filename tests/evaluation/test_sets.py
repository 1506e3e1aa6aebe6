"""Sets are read as they stand, or refused with what is wrong and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.errors import BadRequest, KBError, NotFound
from kb.evaluation.sets import Entry, read_beir, read_unanswerable

if TYPE_CHECKING:
    from pathlib import Path


def test_a_set_is_read(tiny: Path) -> None:
    found = read_beir(tiny)
    assert found.name == "tiny"
    assert list(found.documents) == ["leave", "night", "pay"]
    assert found.documents["night"] == Entry(
        "", "Children under sixteen may not go down mines at night."
    )
    assert list(found.queries) == ["q1", "q2", "q3"]  # what nobody judged is not asked
    assert found.grades == {"q1": {"leave": 1, "night": 0}, "q2": {"night": 1}, "q3": {"pay": 2}}


def test_the_layout_of_beir_itself_is_read(tiny: Path) -> None:
    before = read_beir(tiny)
    (tiny / "qrels").mkdir()
    (tiny / "qrels.tsv").rename(tiny / "qrels/test.tsv")
    assert read_beir(tiny) == before


def test_judgements_need_no_headings(tiny: Path) -> None:
    before = read_beir(tiny)
    _, _, rows = (tiny / "qrels.tsv").read_text("utf-8").partition("\n")
    (tiny / "qrels.tsv").write_text(rows, "utf-8")
    assert read_beir(tiny) == before


def test_the_digest_changes_with_what_is_asked(tiny: Path) -> None:
    before = read_beir(tiny)
    with (tiny / "qrels.tsv").open("a", encoding="utf-8") as file:
        file.write("q2\tleave\t1\n")
    now = read_beir(tiny)
    assert now.digest != before.digest
    assert now.corpus_digest == before.corpus_digest


MISTAKES = [
    # file, what is added to it, what the error says
    ("qrels.tsv", "q1\tnowhere\t1\n", "line 6: there is no document 'nowhere'"),
    ("qrels.tsv", "q9\tleave\t1\n", "line 6: there is no query 'q9'"),
    ("qrels.tsv", "q2\tnight\t1\n", "q2 and night are judged twice"),
    ("qrels.tsv", "q2 leave 1\n", "line 6: expected a query, a document and a whole number"),
    ("qrels.tsv", "q2\tleave\t-1\n", "the grade -1 is below 0"),
    ("corpus.jsonl", '{"_id": "leave", "text": "again"}\n', "line 4: 'leave' is given twice"),
    ("corpus.jsonl", '{"_id": "new"}\n', 'line 4: "text" is not a text'),
    ("corpus.jsonl", '{"_id": 5, "text": ""}\n', 'line 4: this line has no "_id"'),
    ("corpus.jsonl", "{\n", "line 4: this line is not JSON"),
    ("queries.jsonl", '{"_id": "q1", "text": "again"}\n', "line 5: 'q1' is given twice"),
]


@pytest.mark.parametrize(("file", "added", "message"), MISTAKES)
def test_a_mistake_is_named(tiny: Path, file: str, added: str, message: str) -> None:
    with (tiny / file).open("a", encoding="utf-8") as opened:
        opened.write(added)
    with pytest.raises(BadRequest) as raised:
        read_beir(tiny)
    assert message in str(raised.value)
    assert file in str(raised.value)


@pytest.mark.parametrize("file", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_file_that_is_missing_is_named(tiny: Path, file: str) -> None:
    (tiny / file).unlink()
    with pytest.raises(NotFound, match=file):
        read_beir(tiny)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="elsewhere is not a folder"):
        read_beir(tmp_path / "elsewhere")


@pytest.mark.parametrize("rows", ["query-id\tcorpus-id\tscore\n", "q1\tleave\t0\n"])
def test_a_set_without_answers_is_refused(tiny: Path, rows: str) -> None:
    (tiny / "qrels.tsv").write_text(rows, "utf-8")
    with pytest.raises(KBError, match="no question with an answer"):
        read_beir(tiny)


def test_questions_that_nothing_answers_are_read(tmp_path: Path) -> None:
    file = tmp_path / "no_answer.jsonl"
    file.write_text('{"_id": "n1", "text": "Why do cats purr?", "lang": "en"}\n\n', "utf-8")
    assert read_unanswerable(file) == {"n1": "Why do cats purr?"}
