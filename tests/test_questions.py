"""The gold questions that come with the corpus: a measure is worth what it is held to."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from kb.catalogue import Catalogue
from kb.documents import Language
from kb.evaluation.questions import ANSWER, Provision, Question, read_questions
from kb.noise import PROBES
from kb.readers.markdown import read_markdown
from kb.structure import parse_structure

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
FILES = ("gender_and_unions.toml", "labour.toml", "unanswerable.toml")


def read(*names: str) -> tuple[Question, ...]:
    return read_questions([CORPUS / "questions" / name for name in names])


@pytest.fixture(scope="module")
def questions() -> tuple[Question, ...]:
    return read(*FILES)


@pytest.fixture(scope="module")
def provisions() -> dict[Provision, set[Language]]:
    """Return every unit of every digest that tells a wording of today, with its languages."""
    found: dict[Provision, set[Language]] = {}
    for one in Catalogue.load(CORPUS).digest_files():
        if one.wording.valid_to is None:
            source = read_markdown(one.path.read_text("utf-8"))
            for node in parse_structure(source):
                found.setdefault(Provision(one.document.id, node.eid), set()).add(one.language)
    return found


def as_asked(text: str) -> str:
    """Return the words alone: neither case nor punctuation makes another question."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def test_these_are_all_the_files() -> None:
    assert tuple(sorted(path.name for path in (CORPUS / "questions").iterdir())) == FILES


def test_there_are_enough_in_each_language_and_in_each_split(
    questions: tuple[Question, ...],
) -> None:
    """The reader has refused an id that is given twice."""
    assert len(questions) >= 200
    for language in Language:
        assert sum(language in item.texts for item in questions) >= 200, language
    splits = Counter(item.split for item in questions)
    assert set(splits) == {"dev", "test"}
    for split, count in splits.items():
        assert count >= 0.4 * len(questions), split


def test_what_has_an_answer_is_asked_in_all_three_languages() -> None:
    for item in read("gender_and_unions.toml", "labour.toml"):
        assert ANSWER in item.grades.values(), item.id
        assert set(item.texts) == set(Language), item.id


def test_enough_has_no_answer() -> None:
    unanswerable = read("unanswerable.toml")
    assert len(unanswerable) >= 40
    assert all(not item.grades for item in unanswerable)
    for language in Language:
        for split in ("dev", "test"):
            kinds = Counter(
                item.kind for item in unanswerable if language in item.texts and item.split == split
            )
            assert set(kinds) == {"near", "far"}, (language, split)


def test_every_answer_is_a_provision_of_the_corpus(
    questions: tuple[Question, ...], provisions: dict[Provision, set[Language]]
) -> None:
    named = {provision: item.id for item in questions for provision in item.grades}
    assert {name: where for name, where in named.items() if name not in provisions} == {}


def test_an_answer_stands_in_every_language_of_its_document(
    questions: tuple[Question, ...], provisions: dict[Provision, set[Language]]
) -> None:
    """Else a question asked of one language would be held to what is not there."""
    of_document: dict[str, set[Language]] = {}
    for provision, languages in provisions.items():
        of_document.setdefault(provision.document_id, set()).update(languages)
    for item in questions:
        for provision in item.grades:
            assert provisions[provision] == of_document[provision.document_id], provision


def test_every_instrument_answers_something_in_each_split(
    questions: tuple[Question, ...], provisions: dict[Provision, set[Language]]
) -> None:
    documents = {provision.document_id for provision in provisions}
    for split in ("dev", "test"):
        answering = {
            provision.document_id
            for item in questions
            if item.split == split
            for provision, grade in item.grades.items()
            if grade == ANSWER
        }
        assert answering == documents, split


def test_nothing_is_asked_twice(questions: tuple[Question, ...]) -> None:
    """Within a split it would count double; in both, what was chosen by would be reported."""
    asked: dict[str, list[str]] = {}
    for item in questions:
        for text in item.texts.values():
            asked.setdefault(as_asked(text), []).append(item.id)
    assert {text: ids for text, ids in asked.items() if len(ids) > 1} == {}


def test_no_question_is_nearly_one_of_the_other_split(questions: tuple[Question, ...]) -> None:
    """They are nearly one if they share half of their longer words, by the first letters."""

    def stems(text: str) -> set[str]:
        return {word[:5] for word in as_asked(text).split() if len(word) > 3}

    by_split = {
        split: [
            (language, stems(text), item.id)
            for item in questions
            if item.split == split
            for language, text in item.texts.items()
        ]
        for split in ("dev", "test")
    }
    alike = [
        (one, other)
        for language, stems_of_one, one in by_split["dev"]
        for same, stems_of_other, other in by_split["test"]
        if language is same
        and 2 * len(stems_of_one & stems_of_other) >= len(stems_of_one | stems_of_other)
    ]
    assert alike == []


def test_none_is_a_probe_from_which_an_index_learns_its_floors(
    questions: tuple[Question, ...],
) -> None:
    probes = {as_asked(text) for texts in PROBES.values() for text in texts}
    assert not {as_asked(text) for item in questions for text in item.texts.values()} & probes
