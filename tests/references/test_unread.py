"""Names are analysed when a text may have one of them, and are found as if all had been before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kb.references.names
from kb.catalogue import Catalogue, shipped_corpus
from kb.documents import Document, Language
from kb.references import Reference, ReferenceFinder
from kb.references.lexing import forms_of, lex
from kb.references.names import Named, Names, names_of, phrases_of
from kb.references.stems import stem_of
from kb.references.unread import beginning

if TYPE_CHECKING:
    from pathlib import Path

EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

DOCUMENTS = (
    Document("levy", {RU: "О сборе с пчеловодов"}, kind="law", number="7-VI"),
    Document("honey", {EN: "Wild Honey Convention, 2031 (No. 240)", KK: "Бал туралы конвенция"}),
    Document("fairs", {EN: "Convention on fairs of wild honey in apiaries"}),
    Document("hives", {RU: "Правила учёта ульев Республики Казахстан"}, aliases=("ПУУ", "HAR")),
    Document("bees", {RU: "Пасечный закон «О пчёлах и шмелях» от 1 мая 2031 № 9-VII"}, kind="law"),
    Document("bees-again", {RU: "О пчёлах и шмелях"}, kind="law", number="12-VII"),
    Document("republic", {RU: "О республике", EN: "Republic of Kazakhstan Apiary Act"}),
    Document("kz-hives-2031", {EN: "Labor organization of apiaries"}),
    Document("dying", {EN: "The Dying Swarms Act"}, aliases=("Decree 384",)),
    Document("raised", {RU: "Приложение о пасеках 127¹"}, kind="order", number="55"),
)
# What names one of them, as it is printed and otherwise.
NAMED = {
    "ст. 3 закона о сборе с пчеловода": ["levy"],
    "Закон № 7-VI, закон 7": ["levy", "levy"],
    "Article 4 of the Wild Honey Convention": ["honey"],
    "Бал туралы конвенцияның 4-бабы": ["honey"],
    "Правилами учета ульев, ст. 2 пуу": ["hives", "hives"],
    "the HAR, Article 1": ["hives"],
    "Закон о пчелах и шмелях": [("bees", "bees-again")],
    "Закон № 12-VII": ["bees-again"],
    "О республике": ["republic"],
    "Apiary Acts": ["republic"],
    "kz-hives-2031, Labour organisation of apiaries": ["kz-hives-2031", "kz-hives-2031"],
    "the Die Swarm Act and Decree No. 384": ["dying", "dying"],
    "Приложения о пасеках 127-1": ["raised"],
    "Приказ № 55": ["raised"],
}
WORDS = sorted({word for text in NAMED for word in text.split()} | {"РК", "Kazakhstan", "(", "№"})


def meant(reference: Reference) -> object:
    return reference.document_id or reference.candidates


@cache
def at_once() -> Names:
    """Return names all of which were analysed before the first text came."""
    names = Names(DOCUMENTS)
    names.read_all()
    return names


def corpus() -> Path:
    path = shipped_corpus()
    assert path is not None
    return path


def found(names: Names, text: str) -> list[Named | None]:
    tokens = lex(text)
    names.read_for({token.form for token in tokens})
    return [names.find(tokens, at, cued=True) for at in range(len(tokens))]


@pytest.mark.parametrize("text", NAMED)
def test_the_first_text_that_has_a_name(text: str) -> None:
    assert [meant(item) for item in ReferenceFinder(DOCUMENTS).find(text)] == NAMED[text]


@pytest.mark.parametrize("others", [False, True])
def test_each_name_has_its_document_read(*, others: bool) -> None:
    """Its words are enough, and so is what it begins with."""
    documents = (*DOCUMENTS, *(Catalogue.load(corpus()).documents if others else ()))
    for place, document in enumerate(documents):
        for phrase in phrases_of(document):
            assert Names(documents).has_initial(phrase.initial), phrase
        for _, name in names_of(document):
            names = Names(documents)
            names.read_for(frozenset(forms_of(name)))
            tells = any(phrases_of(Document("one", {}, aliases=(name,))))
            assert place in names._read or not tells, name


def test_threads_that_share_a_finder_miss_no_name() -> None:
    for _ in range(20):
        with ThreadPoolExecutor(8) as threads:
            found = threads.map(ReferenceFinder(DOCUMENTS).find, [*NAMED] * 4)
        assert [[meant(item) for item in items] for items in found] == [*NAMED.values()] * 4


def test_a_start_analyses_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    def noting(document: Document) -> object:
        read.append(document.id)
        return phrases_of(document)

    monkeypatch.setattr(kb.references.names, "phrases_of", noting)
    many = [
        Document(f"order{n}", {RU: f"Об утверждении Правил содержания{n * 'а'} ульев"})
        for n in range(1, 90)
    ]
    finder = ReferenceFinder((*many, *DOCUMENTS))
    assert read == []
    assert not finder.find("отпуск по уходу за ребёнком")
    assert len(read) < 10  # to know whether a name begins like one of the words
    read.clear()
    [found] = finder.find("п. 2 Правил учёта ульев")
    assert (found.document_id, len(read)) == ("hives", len(set(read)))
    assert len(read) < 10


@pytest.mark.parametrize("language", Language)
def test_texts_are_read_as_if_all_names_had_been(
    language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = (*Catalogue.load(corpus()).documents, *DOCUMENTS)
    names = [name for document in documents for _, name in names_of(document)]
    digests = [path.read_text("utf-8") for path in sorted(corpus().rglob(f"{language}.md"))[:4]]
    texts = [*names, *digests]
    lazy = [ReferenceFinder(documents).find(text) for text in texts]
    monkeypatch.setattr(Names, "read_for", lambda self, _: self.read_all())
    eager = ReferenceFinder(documents)
    assert lazy == [eager.find(text) for text in texts]
    assert sum(item.document_id is not None for references in lazy for item in references) > 100


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
@settings(deadline=None)
def test_any_words_are_read_as_if_all_names_had_been(text: str) -> None:
    assert found(Names(DOCUMENTS), text) == found(at_once(), text)


@given(st.text(max_size=60) | st.text("aбі1٣½①¹-–.№ \u0301\u00ad", max_size=30))
def test_forms_of_a_name_are_those_of_its_tokens(text: str) -> None:
    tokens = lex(text)
    assert forms_of(text) == [item.form for item in tokens if item.is_word or item.is_number]


@pytest.mark.parametrize("language", Language)
def test_a_word_begins_like_its_stem(language: Language) -> None:
    texts = [path.read_text("utf-8") for path in corpus().rglob("*.md")]
    words = {form for text in texts for form in forms_of(text)} | {"dying", "lying", "tying"}
    assert len(words) > 5_000
    assert not [word for word in words if beginning(word) != beginning(stem_of(word, language))]
