"""The subject index: how its files are read, and what the shipped ones must be."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from kb.catalogue import Catalogue
from kb.documents import Document, Edition, Language, Provenance
from kb.errors import BadRequest
from kb.evaluation.questions import read_questions
from kb.ingest.vocabulary import subject_entries
from kb.models.hashing import HashEmbedder
from kb.noise import PROBES
from kb.passages import make_passages
from kb.readers.markdown import read_markdown
from kb.settings import Settings
from kb.structure import parse_structure
from kb.subjects import SUBJECTS, Subject, read_subjects

CORPUS = Path(__file__).resolve().parents[1] / "corpus"

ENGLISH, RUSSIAN, KAZAKH = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

LATIN = re.compile("[a-zA-Z]")
CYRILLIC = re.compile("[\u0400-\u052f]")
ONLY_KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)
NAMES_IN_LATIN = {"CEDAW", "C183", "FTURK"}  # as people write them in Russian and Kazakh too


def write(corpus: Path, **files: str) -> Path:
    folder = corpus / SUBJECTS
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return corpus


# --- how they are read ---


def test_entries_come_by_document_provision_and_language(tmp_path: Path) -> None:
    corpus = write(
        tmp_path,
        law='[art_2]\nru = ["декрет", "роды"]\nen = ["leave"]\n\n[art_1]\nkk = ["мақсат"]\n',
        code='[art_9__cl_1]\nen = ["notice"]\n',
    )
    assert list(read_subjects(corpus)) == [
        Subject("code", "art_9__cl_1", ENGLISH, "notice"),
        Subject("law", "art_2", ENGLISH, "leave"),
        Subject("law", "art_2", RUSSIAN, "декрет"),
        Subject("law", "art_2", RUSSIAN, "роды"),
        Subject("law", "art_1", KAZAKH, "мақсат"),
    ]


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "[art_1]\n", "[art_1]\nen = []\n"])
def test_a_file_may_have_no_entries(tmp_path: Path, content: str) -> None:
    assert list(read_subjects(write(tmp_path, law=content))) == []


def test_a_corpus_may_have_none(tmp_path: Path) -> None:
    assert list(read_subjects(tmp_path)) == []


@pytest.mark.parametrize(
    "content",
    [
        "[art_1",  # not TOML
        '[art_1]\nen = ["a"]\n[art_1]\nru = ["б"]\n',  # a provision twice
        '[art_1]\nde = ["Urlaub"]\n',  # no language of ours
        '[art_1]\nen = "maternity leave"\n',  # a word alone, which would be read as letters
        "[art_1]\nen = [5]\n",
        'art_1 = ["maternity leave"]\n',
    ],
)
def test_what_is_no_subject_index_is_named(tmp_path: Path, content: str) -> None:
    with pytest.raises(BadRequest, match=r"law\.toml cannot be read as a subject index"):
        list(read_subjects(write(tmp_path, law=content)))


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    corpus = write(tmp_path)
    (corpus / SUBJECTS / "law.toml").write_bytes('[art_1]\nru = ["отпуск"]\n'.encode("cp1251"))
    with pytest.raises(BadRequest, match=r"law\.toml cannot be read"):
        list(read_subjects(corpus))


# --- the shipped ones ---


@cache
def shipped() -> tuple[Subject, ...]:
    return tuple(read_subjects(CORPUS))


@cache
def digests() -> tuple[tuple[Document, Edition], ...]:
    """Return every digest that tells a wording of today."""
    return tuple(
        (one.document, edition_of(one.document.id, one.language, one.path))
        for one in Catalogue.load(CORPUS).digest_files()
        if one.wording.valid_to is None
    )


def edition_of(document_id: str, language: Language, path: Path) -> Edition:
    source = read_markdown(path.read_text("utf-8"))
    return Edition(
        document_id,
        language,
        Provenance.DIGEST,
        source.text,
        parse_structure(source),
        source=path.name,
        source_sha256="",
    )


def as_asked(text: str) -> str:
    """Return the words alone: neither case nor punctuation makes another entry."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def test_every_document_with_a_digest_has_its_file() -> None:
    documents = {one.document.id for one in Catalogue.load(CORPUS).digest_files()}
    assert {path.stem for path in (CORPUS / SUBJECTS).iterdir()} == documents


def test_every_entry_names_a_provision_of_a_digest() -> None:
    provisions = {
        (document.id, node.eid) for document, edition in digests() for node in edition.nodes
    }
    named = {(entry.document_id, entry.eid) for entry in shipped()}
    assert named - provisions == set()


def test_every_entry_leads_to_the_passages_of_its_provision_in_every_language() -> None:
    """A provision may stand in a text and in no passage, as a heading does: then none is found."""
    places = sorted({(entry.document_id, entry.eid) for entry in shipped()})
    by_place = [Subject(document_id, eid, ENGLISH, eid) for document_id, eid in places]
    astray = []
    for document, edition in digests():
        passages = make_passages(
            edition,
            document.title(edition.language),
            max_tokens=Settings().passage_tokens,
            fits=HashEmbedder().fits,
        )
        led = {entry.words: entry.rows for entry in subject_entries(by_place, [document], passages)}
        for eid in (eid for document_id, eid in places if document_id == document.id):
            unit = edition.node(eid)
            spans = [passages[row].span for row in led.get(eid, ())]
            if unit is None or not any(
                span.start < unit.span.end and unit.span.start < span.end for span in spans
            ):
                astray.append(f"{document.id}/{edition.id}/{eid}")
    assert astray == []


def test_every_provision_has_entries_in_every_language() -> None:
    languages = defaultdict(set)
    for entry in shipped():
        languages[entry.document_id, entry.eid].add(entry.language)
    short = {name: found for name, found in languages.items() if found != set(Language)}
    assert short == {}
    assert len(languages) >= 390


def test_no_entry_stands_twice_in_one_document() -> None:
    """Under one provision it would count double; under two it would say nothing of which."""
    places = defaultdict(list)
    for entry in shipped():
        key = (entry.document_id, entry.language, as_asked(entry.words))
        places[key].append(entry.eid)
    assert {words: eids for words, eids in places.items() if len(eids) > 1} == {}


def test_every_entry_has_words_and_no_white_space_to_spare() -> None:
    bad = [
        entry
        for entry in shipped()
        if not as_asked(entry.words) or entry.words != " ".join(entry.words.split())
    ]
    assert bad == []


def test_every_entry_is_in_the_letters_of_its_language() -> None:
    wrong = []
    for entry in shipped():
        latin = {word for word in re.findall(r"\w+", entry.words) if LATIN.search(word)}
        if entry.language is ENGLISH:
            fits = not CYRILLIC.search(entry.words)
        elif entry.language is RUSSIAN:
            fits = latin <= NAMES_IN_LATIN and not ONLY_KAZAKH.search(entry.words)
        else:
            fits = latin <= NAMES_IN_LATIN
        if not fits:
            wrong.append(entry)
    assert wrong == []


def test_nearly_every_kazakh_entry_has_letters_that_only_kazakh_has() -> None:
    """A few words have none; a Russian entry in the wrong list has none either."""
    plain = [item.words for item in shipped() if item.language is KAZAKH]
    without = [words for words in plain if not ONLY_KAZAKH.search(words)]
    assert len(without) <= 10, without


def test_none_is_a_gold_question_word_for_word() -> None:
    """What is measured with a copy of the question measures the copying."""
    questions = read_questions(sorted((CORPUS / "questions").glob("*.toml")))
    asked = {as_asked(text): item.id for item in questions for text in item.texts.values()}
    copied = {
        entry.words: asked[as_asked(entry.words)]
        for entry in shipped()
        if as_asked(entry.words) in asked
    }
    assert copied == {}


def test_none_is_a_question_that_no_policy_text_answers() -> None:
    probes = {as_asked(text) for texts in PROBES.values() for text in texts}
    assert [entry for entry in shipped() if as_asked(entry.words) in probes] == []
