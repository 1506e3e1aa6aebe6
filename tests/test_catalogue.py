"""The catalogue's loader, and what the shipped digests must be true to."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.catalogue import Catalogue, Wording, shipped_corpus, unit_url
from kb.documents import Document, Edition, Language, Level, Provenance
from kb.errors import BadRequest, NotFound, UnreadableSource
from kb.readers.markdown import read_markdown
from kb.structure import parse_structure

CHECKOUT = Path(__file__).resolve().parents[1]
CORPUS = CHECKOUT / "corpus"
LAW = "kz-law-223-iv-2009"
OFFICIAL = CHECKOUT.parent / "shared" / "texts" / "law-223-iv"
OFFICIAL_FILES = {Language.RUSSIAN: "rus.md", Language.KAZAKH: "kaz.md"}

ENTRY = """
[[document]]
id = "law-1"
kind = "law"
number = "1-I"
date = 2009-12-08
status = "in-force"
valid_from = 2010-01-02
aliases = ["Law 1"]
licence = "Free."
coverage = "All of it."
not_covered = ["The annex."]
sources = ["https://example.org/law"]
[document.title]
en = "Law"
ru = "Закон"
kk = "Заң"
[document.short]
en = "L"
ru = "З"
kk = "З"
[document.url]
ru = "https://example.org/rus/law"
"""

EARLIER = """
[[document.earlier]]
valid_from = 2009-12-20
valid_to = 2010-01-02
amended_by = "Law No. 0-I"
coverage = "Article 1."
sources = ["https://example.org/law/old"]
"""
OLDER = EARLIER.replace("2009-12-20", "2009-12-08").replace("2010-01-02", "2009-12-20")

# Article 3 has had points since Law No. 153-VIII of 10 January 2025. The official text beside the
# checkout is the edition before, in which it had six sub-points and no points.
ARTICLE_3 = ("1.", "2.", "1)", "2)", "3)", "4)", "3.", "1)", "2)", "3)", "4)")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(CORPUS)


def corpus_of(folder: Path, *tables: str) -> Path:
    """Write a catalogue of these tables."""
    (folder / "catalogue.toml").write_text("\n".join(tables), encoding="utf-8")
    return folder


def official_text(language: Language) -> str:
    path = OFFICIAL / OFFICIAL_FILES[language]
    if not path.is_file():
        pytest.skip(f"the official text is not beside the checkout: {path}")
    return path.read_text(encoding="utf-8")


def digest_text(document_id: str, language: Language) -> str:
    return (CORPUS / "digests" / document_id / f"{language}.md").read_text(encoding="utf-8")


def numbers(text: str) -> dict[str, tuple[str, ...]]:
    """Return each article's points and sub-points as printed: `{"10": ("1.", "1)", …)}`."""
    found: dict[str, list[str]] = {}
    article: list[str] = []
    for line in text.splitlines():
        if heading := re.match(
            r"## (?:(?:Article|Статья) (\d+(?:-\d+)?)\.|(\d+(?:-\d+)?)-бап\.)", line
        ):
            article = found.setdefault(heading[1] or heading[2], [])
        elif number := re.match(r"\s*(\d+[.)]|\(?[a-z]\)) ", line):
            article.append(number[1])
    return {name: tuple(items) for name, items in found.items()}


def edition_of(document_id: str, language: Language, path: Path) -> Edition:
    source = read_markdown(path.read_text(encoding="utf-8"))
    return Edition(
        document_id,
        language,
        Provenance.DIGEST,
        source.text,
        parse_structure(source),
        source=path.name,
        source_sha256="",
    )


def runs_of_words(text: str, length: int) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


# --- the loader ----------------------------------------------------------------------------------


def test_an_entry_is_read_key_by_key(tmp_path: Path) -> None:
    catalogue = Catalogue.load(corpus_of(tmp_path, ENTRY))

    assert catalogue.documents == (
        Document(
            id="law-1",
            titles={Language.ENGLISH: "Law", Language.RUSSIAN: "Закон", Language.KAZAKH: "Заң"},
            kind="law",
            number="1-I",
            date=date(2009, 12, 8),
            status="in-force",
            short={Language.ENGLISH: "L", Language.RUSSIAN: "З", Language.KAZAKH: "З"},
            aliases=("Law 1",),
            urls={Language.RUSSIAN: "https://example.org/rus/law"},
            licence="Free.",
            coverage="All of it.",
        ),
    )
    entry = catalogue.entry("law-1")
    assert entry.document is catalogue.document("law-1")
    assert entry.earlier == ()
    assert entry.current == Wording(
        valid_from=date(2010, 1, 2),
        valid_to=None,
        amended_by=None,
        coverage="All of it.",
        not_covered=("The annex.",),
        sources=("https://example.org/law",),
    )


def test_an_earlier_wording_is_read_key_by_key(tmp_path: Path) -> None:
    amended = ENTRY.replace("aliases", 'amended_by = "Law No. 2-I"\naliases')
    catalogue = Catalogue.load(corpus_of(tmp_path, amended, EARLIER))

    entry = catalogue.entry("law-1")
    assert entry.current.amended_by == "Law No. 2-I"
    assert entry.earlier == (
        Wording(
            valid_from=date(2009, 12, 20),
            valid_to=date(2010, 1, 2),
            amended_by="Law No. 0-I",
            coverage="Article 1.",
            not_covered=(),
            sources=("https://example.org/law/old",),
        ),
    )
    assert entry.document.coverage == (
        "All of it. Of the wording from 2009-12-20 to 2010-01-02: Article 1."
    )


@pytest.mark.parametrize(
    "tables",
    [
        (ENTRY.replace("valid_from = 2010-01-02", ""), EARLIER),
        (ENTRY.replace("2010-01-02", "2010-01-01"), EARLIER),
        (ENTRY, EARLIER.replace("valid_to = 2010-01-02", "valid_to = 2009-12-20")),
        (ENTRY, EARLIER.replace("valid_to = 2010-01-02", "valid_to = 2009-12-19")),
        (ENTRY, EARLIER, OLDER),
        (ENTRY, EARLIER, EARLIER),
    ],
    ids=["no current day", "overlaps the current one", "no day", "backwards", "order", "twice"],
)
def test_wordings_that_do_not_follow_each_other(tmp_path: Path, tables: tuple[str, ...]) -> None:
    with pytest.raises(BadRequest, match=r"document 1: .*earlier wordings"):
        Catalogue.load(corpus_of(tmp_path, *tables))


def test_wordings_that_follow_each_other(tmp_path: Path) -> None:
    entry = Catalogue.load(corpus_of(tmp_path, ENTRY, OLDER, EARLIER)).entry("law-1")

    assert [str(one.valid_from) for one in entry.earlier] == ["2009-12-08", "2009-12-20"]


def test_an_empty_catalogue_holds_nothing() -> None:
    catalogue = Catalogue.empty()

    assert catalogue.documents == ()
    assert catalogue.digest_files() == ()
    assert "law-1" not in catalogue


def test_an_unknown_document_is_named_with_those_there_are(tmp_path: Path) -> None:
    catalogue = Catalogue.load(corpus_of(tmp_path, ENTRY))

    with pytest.raises(NotFound, match=r"'law-2'.*law-1"):
        catalogue.document("law-2")


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ('id = "law-1"', 'id = "Law 1"', "document 1, key id"),
        ('kind = "law"', 'kind = "song"', "document 1, key kind"),
        ('status = "in-force"', "", "document 1, key status"),
        ('status = "in-force"', 'status = "old"', "document 1, key status"),
        ("date = 2009-12-08", 'date = "2009-12-08"', "document 1, key date"),
        ("date = 2009-12-08", "date = 2009-12-08T10:00:00", "document 1, key date"),
        ('number = "1-I"', 'nummer = "1-I"', "document 1, key nummer"),
        ('coverage = "All of it."', 'coverage = "  "', "document 1, key coverage"),
        ('sources = ["https://example.org/law"]', "sources = []", "document 1, key sources"),
        ('kk = "Заң"', "", "document 1, key title.kk"),
        ('ru = "https://example.org/rus/law"', "", "document 1, key url"),
        ("valid_to = 2010-01-02", "", "document 1, key earlier.0.valid_to"),
        ('amended_by = "Law No. 0-I"', "amended_by = 1", "document 1, key earlier.0.amended_by"),
        ('"https://example.org/rus/law"', '"javascript:alert(1)"', "document 1, key url.ru"),
        ('"https://example.org/rus/law"', '"https://example.org/a b"', "document 1, key url.ru"),
    ],
)
def test_a_bad_key_is_named_with_its_file(
    tmp_path: Path, written: str, instead: str, message: str
) -> None:
    whole = ENTRY + EARLIER
    assert written in whole
    folder = corpus_of(tmp_path, whole.replace(written, instead, 1))

    with pytest.raises(BadRequest) as raised:
        Catalogue.load(folder)

    assert str(folder / "catalogue.toml") in str(raised.value)
    assert f"{message}:" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_second_of_two_documents_is_counted(tmp_path: Path) -> None:
    second = ENTRY.replace("law-1", "law-2").replace('kind = "law"', "")

    with pytest.raises(BadRequest, match="document 2, key kind"):
        Catalogue.load(corpus_of(tmp_path, ENTRY, second))


def test_an_id_is_used_once(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="'law-1' is used twice"):
        Catalogue.load(corpus_of(tmp_path, ENTRY, ENTRY))


def test_an_unknown_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="key documents:"):
        Catalogue.load(corpus_of(tmp_path, ENTRY, '[[documents]]\nid = "law-2"'))


@pytest.mark.parametrize("content", [None, b"id = ", b"\xff\xfe"], ids=["absent", "toml", "utf-8"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "catalogue.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UnreadableSource) as raised:
        Catalogue.load(tmp_path)

    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_digests_are_listed_in_order(tmp_path: Path) -> None:
    folder = corpus_of(tmp_path, ENTRY.replace("law-1", "law-2"), ENTRY, EARLIER)
    names = ("law-2/ru.md", "law-1/kk.md", "law-1/en@2009-12-20.md", "law-1/en.md")
    paths = [folder / "digests" / name for name in names]
    for path in (*paths, folder / "digests" / "law-1" / "notes.txt"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# Digest\n", encoding="utf-8")

    digests = Catalogue.load(folder).digest_files()

    assert [(one.document.id, one.language, one.path) for one in digests] == [
        ("law-1", Language.ENGLISH, paths[3]),
        ("law-1", Language.ENGLISH, paths[2]),
        ("law-1", Language.KAZAKH, paths[1]),
        ("law-2", Language.RUSSIAN, paths[0]),
    ]
    assert [one.wording.valid_to for one in digests] == [None, date(2010, 1, 2), None, None]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("law-2/en.md", "no document 'law-2'"),
        ("law-1/fr.md", "'fr' is not"),
        ("law-1/fr@2009-12-20.md", "'fr' is not"),
        ("law-1/en@2009-12-21.md", r"'law-1' from '2009-12-21' \(it has: 2009-12-20\)"),
        ("law-1/en@2010-01-02.md", "from '2010-01-02'"),  # the current one bears no date
        ("law-1/en@20091220.md", "from '20091220'"),
        ("law-1/en@.md", "from ''"),
    ],
)
def test_a_digest_that_belongs_nowhere_is_refused(tmp_path: Path, name: str, message: str) -> None:
    folder = corpus_of(tmp_path, ENTRY, EARLIER)
    path = folder / "digests" / name
    path.parent.mkdir(parents=True)
    path.write_text("# Digest\n", encoding="utf-8")

    with pytest.raises(BadRequest, match=message):
        Catalogue.load(folder).digest_files()


# --- addresses of units --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "label", "expected"),
    [
        ("https://a.kz/d", "Article 4", "https://a.kz/d#:~:text=Article%204"),
        ("https://a.kz/d", "10-бап.", "https://a.kz/d#:~:text=10%2D%D0%B1%D0%B0%D0%BF."),
        ("https://a.kz/d?lang=ru", "A & B, C", "https://a.kz/d?lang=ru#:~:text=A%20%26%20B%2C%20C"),
        ("https://a.kz/#!/doc", "Article 4", "https://a.kz/#!/doc:~:text=Article%204"),
        ("https://a.kz/d", "", "https://a.kz/d"),
    ],
)
def test_a_unit_is_named_by_a_text_fragment(page: str, label: str, expected: str) -> None:
    document = Document("law-1", titles={}, urls={Language.KAZAKH: page})

    assert unit_url(document, Language.KAZAKH, label) == expected


def test_a_page_in_another_language_is_opened_at_its_top() -> None:
    document = Document("law-1", titles={}, urls={Language.RUSSIAN: "https://a.kz/d"})

    assert unit_url(document, Language.KAZAKH, "10-бап.") == "https://a.kz/d"
    assert unit_url(Document("law-2", titles={}), Language.KAZAKH, "10-бап.") == ""


@given(label=st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_a_fragment_gives_the_words_back(label: str) -> None:
    document = Document("law-1", titles={}, urls={Language.ENGLISH: "https://a.kz/d"})

    fragment = unit_url(document, Language.ENGLISH, label).removeprefix("https://a.kz/d#:~:text=")

    assert unquote(fragment) == label
    assert not set(fragment) & set("-,& #")


# --- the shipped corpus --------------------------------------------------------------------------


def test_the_checkout_ships_its_corpus() -> None:
    assert shipped_corpus() == CORPUS


def test_every_document_has_titles_and_a_page(catalogue: Catalogue) -> None:
    assert {document.id for document in catalogue.documents} == {
        LAW,
        "kz-concept-family-gender-2030",
        "kz-ftu-statute",
        "kz-general-agreement-2021-2023",
        "kz-labour-code-2015",
        "kz-law-211-v-2014",
        "kz-ftu-gender-policy",
        "ilo-c183",
        "ilo-c156",
        "ilo-c100",
        "ilo-c111",
        "ilo-c87",
        "ilo-c98",
        "ilo-c144",
        "ilo-c155",
        "ilo-c187",
        "un-cedaw",
    }
    for document in catalogue.documents:
        assert set(document.titles) == set(document.short) == set(Language), document.id
        assert document.urls, document.id


def test_every_alias_names_one_document(catalogue: Catalogue) -> None:
    owners: dict[str, set[str]] = {}
    for document in catalogue.documents:
        for name in (*document.aliases, *document.titles.values(), *document.short.values()):
            owners.setdefault(name.casefold(), set()).add(document.id)

    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


def test_every_document_has_digests_in_english_and_russian(catalogue: Catalogue) -> None:
    languages: dict[str, set[Language]] = {document.id: set() for document in catalogue.documents}
    for digest in catalogue.digest_files():
        if digest.wording.valid_to is None:
            languages[digest.document.id].add(digest.language)

    for document_id, held in languages.items():
        assert {Language.ENGLISH, Language.RUSSIAN} <= held, document_id
    assert {name for name, held in languages.items() if Language.KAZAKH in held} == {
        LAW,
        "kz-law-211-v-2014",
        "ilo-c183",
        "ilo-c156",
        "ilo-c100",
        "ilo-c111",
        "ilo-c87",
        "ilo-c98",
        "ilo-c144",
        "ilo-c155",
        "ilo-c187",
    }


def test_every_earlier_wording_has_digests_in_english_and_russian(catalogue: Catalogue) -> None:
    held = {
        (one.document.id, one.wording.valid_from, one.language) for one in catalogue.digest_files()
    }
    earlier = [
        (entry.document.id, one.valid_from) for entry in catalogue.entries for one in entry.earlier
    ]

    assert earlier == [("kz-concept-family-gender-2030", date(2016, 12, 6))]
    for wording in earlier:
        assert {(*wording, Language.ENGLISH), (*wording, Language.RUSSIAN)} <= held, wording


def test_the_two_editions_of_the_concept_have_their_own_sections(catalogue: Catalogue) -> None:
    sections = {
        (one.language, one.wording.valid_from): re.findall(
            r"(?m)^## (?:Section|Раздел) (\d)\.", one.path.read_text(encoding="utf-8")
        )
        for one in catalogue.digest_files()
        if one.document.id == "kz-concept-family-gender-2030"
    }

    assert sections == {
        (language, day): list(numbers)
        for language in (Language.ENGLISH, Language.RUSSIAN)
        for day, numbers in [(date(2022, 4, 1), "1234567"), (date(2016, 12, 6), "123")]
    }


def test_both_languages_of_an_edition_have_the_same_units(catalogue: Catalogue) -> None:
    lines: dict[date | None, list[list[str]]] = {}
    for one in catalogue.digest_files():
        if one.document.id == "kz-concept-family-gender-2030":
            paragraphs = one.path.read_text(encoding="utf-8").split("\n\n")
            kinds = [text.split(" ")[0] if text[0] in "#>" else "" for text in paragraphs]
            lines.setdefault(one.wording.valid_from, []).append(kinds)

    assert len(lines) == 2
    for english, russian in lines.values():
        assert english == russian


def test_every_digest_says_what_it_is_and_links_to_the_official_text(catalogue: Catalogue) -> None:
    says = {
        Language.ENGLISH: "digest in our own words, not the text of",
        Language.RUSSIAN: "(дайджест) своими словами, а не текст",
        Language.KAZAKH: "өз сөзімізбен жазылған қысқаша мазмұн (дайджест)",
    }
    for digest in catalogue.digest_files():
        title, first, *_ = digest.path.read_text(encoding="utf-8").split("\n\n")
        urls = digest.document.urls
        official = urls.get(digest.language) or next(iter(urls.values()))

        assert title.startswith("# "), digest.path
        assert says[digest.language] in first, digest.path
        assert official in first or unquote(official) in first, digest.path


def test_the_law_has_fifteen_articles_in_each_language() -> None:
    for language in Language:
        articles = list(numbers(digest_text(LAW, language)))

        assert articles == [str(number) for number in range(1, 16)], language


@pytest.mark.parametrize("language", OFFICIAL_FILES)
def test_the_law_has_the_points_of_the_official_text(language: Language) -> None:
    official = numbers(official_text(language))
    assert official["3"] == ("1)", "2)", "3)", "4)", "5)", "6)")

    expected = official | {"3": ARTICLE_3}

    for digest in Language:
        assert numbers(digest_text(LAW, digest)) == expected, digest


@pytest.mark.parametrize("document_id", ["ilo-c183", "ilo-c156"])
def test_a_convention_has_the_same_units_in_each_language(document_id: str) -> None:
    english, *others = [
        {
            article: tuple(number.strip("()") for number in items)
            for article, items in numbers(digest_text(document_id, language)).items()
        }
        for language in Language
    ]

    assert len(english) == {"ilo-c183": 12, "ilo-c156": 8}[document_id]
    assert all(other == english for other in others)


@pytest.mark.parametrize("language", OFFICIAL_FILES)
def test_no_digest_repeats_the_official_text(catalogue: Catalogue, language: Language) -> None:
    length = 12  # words; official terms are shorter
    official = runs_of_words(official_text(language), length)

    for digest in catalogue.digest_files():
        shared = runs_of_words(digest.path.read_text(encoding="utf-8"), length) & official

        assert not shared, f"{digest.path}: {' '.join(min(shared))}"


def test_digests_keep_one_paragraph_a_unit(catalogue: Catalogue) -> None:
    numbered = re.compile(r"(?:\d+[.)]|\(?[a-z]\)) ")
    for digest in catalogue.digest_files():
        lines = digest.path.read_text(encoding="utf-8").splitlines()
        for before, line in pairwise(lines):
            if line.startswith("#") or numbered.match(line):
                assert not before, f"{digest.path}: {line}"


LABOUR_CODE = CHECKOUT.parent / "shared" / "texts" / "kz_txt" / "labor_code.txt"


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.RUSSIAN])
def test_the_labour_code_has_its_articles_and_no_others(language: Language) -> None:
    if not LABOUR_CODE.is_file():
        pytest.skip("the Labour Code's text is not beside this checkout (../shared/texts)")
    official = LABOUR_CODE.read_text(encoding="utf-8")
    printed = re.findall(r"(?m)^[ \u00a0]*Статья (\d+(?:-\d+)?)\.", official)
    assert list(numbers(digest_text("kz-labour-code-2015", language))) == printed
    assert len(printed) == 221


def up_to(last: int) -> list[str]:
    return [str(number) for number in range(1, last + 1)]


COVERED = {  # the articles that the catalogue calls covered; the Labour Code's stand above
    LAW: up_to(15),
    "kz-law-211-v-2014": up_to(34),
    "ilo-c183": up_to(12),
    "ilo-c156": up_to(8),
    "ilo-c100": up_to(4),
    "ilo-c111": up_to(6),
    "ilo-c87": up_to(11),
    "ilo-c98": up_to(6),
    "ilo-c144": up_to(6),
    "ilo-c155": up_to(22),
    "ilo-c187": up_to(5),
    "un-cedaw": [*up_to(18), "21", "23", "24", "28", "29"],
}


def test_an_instrument_has_the_articles_that_the_catalogue_calls_covered(
    catalogue: Catalogue,
) -> None:
    found = {
        (one.document.id, one.language): list(numbers(one.path.read_text(encoding="utf-8")))
        for one in catalogue.digest_files()
    }
    in_articles = {place: articles for place, articles in found.items() if articles}
    assert in_articles.keys() == {
        (one.document.id, one.language)
        for one in catalogue.digest_files()
        if one.document.id in {*COVERED, "kz-labour-code-2015"}
    }
    for (document_id, language), articles in in_articles.items():
        if document_id in COVERED:
            assert articles == COVERED[document_id], f"{document_id} {language}"


def test_every_unit_of_every_digest_leads_to_the_official_page(catalogue: Catalogue) -> None:
    assert len(catalogue.digest_files()) > 40
    for one in catalogue.digest_files():
        document, language, path = one.document, one.language, one.path
        edition = edition_of(document.id, language, path)
        assert edition.nodes, path
        for node in edition.nodes:
            unit = edition.headed_unit(node.eid)
            label = ""
            if unit is not None and unit.level is Level.ARTICLE:
                label = edition.heading_text(unit).removesuffix(unit.heading or "").strip()
                assert label, f"{path}: {unit.eid}"
            page, _, fragment = unit_url(document, language, label).partition("#:~:text=")
            assert page.startswith("https://"), f"{path}: {node.eid}"
            own = document.urls.get(language)
            assert page == own if own else page in document.urls.values()
            assert unquote(fragment) == (label if own else ""), f"{path}: {node.eid}"
