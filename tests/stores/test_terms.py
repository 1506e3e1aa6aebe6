"""The lexical index: what is found, in which order, under which filters."""

from __future__ import annotations

import hashlib
import math
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents import Language, Provenance
from kb.errors import IndexDamaged, StorageFull
from kb.stores.terms import Alternatives, TermEntry, TermFilter, TermIndex, TermMatches, TermQuery
from kb.words import fold

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH, RUSSIAN, KAZAKH = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH
OFFICIAL, DIGEST = Provenance.OFFICIAL, Provenance.DIGEST


def entry(
    row: int,
    text: str,
    language: Language = RUSSIAN,
    *,
    heading: str = "",
    document: str = "code",
    provenance: Provenance = OFFICIAL,
    note: bool = False,
) -> TermEntry:
    return TermEntry(row, document, language, provenance, heading, text, note)


STATUTE = [
    entry(0, "Отпуск по беременности и родам предоставляется женщине.", heading="Статья 99"),
    entry(1, "Отпуск по уходу за ребенком. Роды и беременность — иное.", heading="Статья 100"),
    entry(2, "Работник имеет право на труд.", heading="Оплачиваемый отпуск"),
    entry(3, "Работник просит: отпуск или деньги.", document="draft", provenance=DIGEST),
    entry(4, "Сноска. Редакция статьи 127-1 об отпуске.", note=True),
    entry(5, "Кәсiподақ құру бостандығы.", KAZAKH, heading="4-бап", document="unions"),
    entry(6, "Maternity leave: a woman is entitled to leave.", ENGLISH, document="ilo-c183"),
    entry(7, "Conventions of the ILO on night work; 127 of them.", ENGLISH, document="ilo-c183"),
    entry(8, "Шешім-қаулы, санитарлық-эпидемиологиялық қадағалау.", KAZAKH, document="unions"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TermIndex:
    return TermIndex.build(tmp_path_factory.mktemp("generation") / "terms", STATUTE)


def build(tmp_path: Path, *entries: TermEntry) -> TermIndex:
    return TermIndex.build(tmp_path / "terms", entries)


class Match(NamedTuple):
    row: int
    score: float
    last: int


def listed(found: TermMatches) -> list[Match]:
    columns = (found.rows.tolist(), found.scores.tolist(), found.lasts.tolist())
    return [Match(*values) for values in zip(*columns, strict=True)]


def search(index: TermIndex, query: str, limit: int, **kwargs: object) -> list[Match]:
    """Return the matches of one query in every language, best first."""
    everywhere = dict.fromkeys(Language, TermQuery(query))
    found = index.search(everywhere, limit, **kwargs)  # type: ignore[arg-type]
    matches = [match for of_one in found.values() for match in listed(of_one)]
    return sorted(matches, key=lambda match: (-match.score, match.row))[: max(limit, 0)]


def rows(index: TermIndex, query: str, **kwargs: object) -> list[int]:
    return [match.row for match in search(index, query, 10, **kwargs)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("беременностью", {0, 1}),  # Russian inflections meet
        ("женщинами", {0}),
        ("convention", {7}),  # English stemming
        ("woman's leaves", {6}),
        ("кәсіподақ", {5}),  # typed with the Cyrillic і; the text has the Latin i
        ("кəсiподақ", {5}),  # typed with Latin ə and i
        ("КӘСІПОДАҚ", {5}),
        ("127-1", {4, 7}),  # its part 127 stands in row 7
        ("шешім", {8}),  # a part of a hyphenated word
        ("қаулы", {8}),
        ("шешім-қаулы", {8}),
        ("труд ILO", {2, 7}),  # each language has its own words of one query
        ("велосипед", set()),
    ],
)
def test_words_find_passages(index: TermIndex, query: str, found: set[int]) -> None:
    assert set(rows(index, query)) == found


def test_the_more_specific_number_comes_first(tmp_path: Path) -> None:
    index = build(tmp_path, entry(0, "статья 127"), entry(1, "статья 127-1"), entry(2, "статья 1"))
    assert rows(index, "статья 127-1")[0] == 1


def test_text_counts_for_more_than_a_heading_and_a_note_for_least(tmp_path: Path) -> None:
    index = build(
        tmp_path,
        entry(0, "отпуск", heading="отпуск", note=True),
        entry(1, "льгота", heading="отпуск"),
        entry(2, "отпуск", heading="льгота"),
    )
    assert rows(index, "отпуск") == [2, 1, 0]


def test_equal_scores_go_by_row_and_more_results_begin_with_fewer(tmp_path: Path) -> None:
    entries = [entry(row, "труд") for row in range(40)]
    index = build(tmp_path, *reversed(entries))
    assert [match.row for match in search(index, "труд", 40)] == list(range(40))
    for limit in range(1, 40):
        assert search(index, "труд", limit) == search(index, "труд", 40)[:limit]


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("по беременности и родам", {0}),
        ("ОТПУСК ПО", {0, 1}),
        ("отпуск, по уходу", {1}),  # punctuation does not count
        ("беременности", {0}),  # endings do
        ("родам беременности", set()),  # so does the order
        ("женщине оплачиваемый", set()),  # passages do not run into each other
        ("статья 99 отпуск", set()),  # nor a heading into its text
        ("статья 99", {0}),  # a heading is searched too
        ("127", {7}),  # not 127-1
        ("127-1", {4}),
        ("статьи 127-1", {4}),
        ("кәсіподақ құру", {5}),
        ("шешім-қаулы", {8}),
        ("to leave", {6}),
        ("", set()),
        ('"', set()),
    ],
)
def test_phrases_are_exact(index: TermIndex, phrase: str, found: set[int]) -> None:
    assert index.phrase_rows(phrase) == found


def test_phrases_narrow_a_search_and_leave_its_scores(index: TermIndex) -> None:
    everything = {match.row: match for match in search(index, "отпуск", 10)}
    assert search(index, "отпуск", 10, phrases=["по беременности"]) == [everything[0]]
    assert search(index, "отпуск", 10, phrases=["отпуск", "или деньги"]) == [everything[3]]
    assert search(index, "отпуск", 10, phrases=["или деньги", "по уходу"]) == []
    assert search(index, "отпуск", 10, phrases=["?"]) == []


@pytest.mark.parametrize(
    ("within", "found"),
    [
        (TermFilter(), {0, 1, 2, 3, 4}),
        (TermFilter(documents={"draft"}), {3}),
        (TermFilter(documents={"draft", "unions"}), {3}),
        (TermFilter(documents=set()), set()),
        (TermFilter(documents={"draft OR code"}), set()),
        (TermFilter(languages={KAZAKH}), set()),
        (TermFilter(languages={RUSSIAN, KAZAKH}), {0, 1, 2, 3, 4}),
        (TermFilter(provenances={DIGEST}), {3}),
        (TermFilter(documents={"code"}, provenances={DIGEST}), set()),
    ],
)
def test_filters(index: TermIndex, within: TermFilter, found: set[int]) -> None:
    everything = {match.row: match.score for match in search(index, "отпуск", 10)}
    narrowed = search(index, "отпуск", 10, within=within)
    assert {match.row for match in narrowed} == found
    assert all(match.score == everything[match.row] for match in narrowed)


def test_a_narrow_filter_still_fills_the_page(tmp_path: Path) -> None:
    often = [entry(row, "отпуск отпуск") for row in range(50)]
    seldom = [entry(row, "отпуск и ещё слова", document="draft") for row in range(50, 60)]
    index = build(tmp_path, *often, *seldom)
    within = TermFilter(documents={"draft"})
    assert [match.row for match in search(index, "отпуск", 10, within=within)] == list(
        range(50, 60)
    )
    assert index.phrase_rows("отпуск и", within=within) == set(range(50, 60))


@pytest.mark.parametrize("query", ["", " ", '"', "+-()[]{}", "*", "\x00", "№ §", "\u0301", "_"])
def test_a_query_without_a_word_has_no_match(index: TermIndex, query: str) -> None:
    assert search(index, query, 10) == []
    assert index.phrase_rows(query) == frozenset()


@pytest.mark.parametrize(
    "query",
    ["document:code", "body:труд", 'труд" OR "', "труд*", "труд AND NOT работник", "/тру./"],
)
def test_query_syntax_is_only_words(index: TermIndex, query: str) -> None:
    assert rows(index, query) == rows(index, "".join(c if c.isalnum() else " " for c in query))


@given(query=st.text(), limit=st.integers(-1, 12))
def test_any_query_is_answered_in_order(index: TermIndex, query: str, limit: int) -> None:
    found = search(index, query, limit, phrases=[query])
    assert len(found) <= max(limit, 0)
    assert found == sorted(found, key=lambda match: (-match.score, match.row))
    assert {match.row for match in found} <= index.phrase_rows(query)


def test_a_long_query_is_answered(index: TermIndex) -> None:
    assert rows(index, " ".join(f"слово{number} отпуск" for number in range(2000)))


# --- a query for each language ---

WORDINGS = [
    entry(0, "Отпускные выплачиваются заранее."),
    entry(1, "Трудовой договор заключён."),
    entry(2, "Договор о коллективном труде: трудовой."),
    entry(3, "Премия."),
    entry(4, "Еңбекақы төленеді.", KAZAKH),
    entry(5, "Еңбек шарты.", KAZAKH),
    entry(6, "Отпускные.", note=True),
]


@pytest.fixture(scope="module")
def wordings(tmp_path_factory: pytest.TempPathFactory) -> TermIndex:
    return TermIndex.build(tmp_path_factory.mktemp("generation") / "terms", WORDINGS)


def scores(
    index: TermIndex,
    words: str = "зарплата",  # that no text has
    language: Language = RUSSIAN,
    *,
    native: bool = False,
    others: list[Alternatives] | None = None,
    weight: float = 1.0,
) -> dict[int, float]:
    """Return the scores by row, best first, of a query for one language."""
    query = TermQuery(words, native, others or [], weight)
    found = index.search({language: query}, 10)
    assert set(found) <= {language}
    return {match.row: match.score for match in listed(found.get(language, TermMatches.none()))}


@pytest.mark.parametrize(
    ("words", "language", "native", "foreign"),
    [
        # by stems alone, and with the pieces of a query that is in the language of the texts
        ("отпуск", RUSSIAN, [0], []),  # the note has no pieces
        ("договорённость", RUSSIAN, [1, 2], []),
        ("еңбегіне", KAZAKH, [5, 4], [5]),
        ("премия", RUSSIAN, [3], [3]),
        ("велосипед", RUSSIAN, [], []),
        ("и в на", RUSSIAN, [], []),
    ],
)
def test_pieces_count_in_the_language_of_the_query_alone(
    wordings: TermIndex, words: str, language: Language, native: list[int], foreign: list[int]
) -> None:
    assert list(scores(wordings, words, language, native=True)) == native
    assert list(scores(wordings, words, language, native=False)) == foreign


def test_words_side_by_side_count_for_more(tmp_path: Path) -> None:
    """Both texts are of the same words, and so of the same stems and pieces."""
    index = build(tmp_path, entry(0, "договор, трудовой"), entry(1, "трудовой договор"))
    native = scores(index, "трудовые договоры", native=True)
    foreign = scores(index, "трудовые договоры", native=False)
    assert native[1] > native[0]
    assert foreign[1] == foreign[0]


def test_a_pair_reaches_over_stop_words(tmp_path: Path) -> None:
    index = build(tmp_path, entry(0, "уход отпуск"), entry(1, "отпуск и по уходу"))
    assert list(scores(index, "отпуск для ухода", native=True)) == [1, 0]


def test_each_language_has_a_query_of_its_own(index: TermIndex) -> None:
    queries = {RUSSIAN: TermQuery("женщина"), ENGLISH: TermQuery("night"), KAZAKH: TermQuery("и")}
    found = index.search(queries, 10)
    rows_of = {language: matches.rows.tolist() for language, matches in found.items()}
    assert rows_of == {RUSSIAN: [0], ENGLISH: [7], KAZAKH: []}
    alone = index.search({RUSSIAN: TermQuery("женщина")}, 10)
    assert list(alone) == [RUSSIAN]
    assert listed(alone[RUSSIAN]) == listed(found[RUSSIAN])
    narrowed = index.search(queries, 10, within=TermFilter(languages={ENGLISH}))
    assert list(narrowed) == [ENGLISH]
    assert listed(narrowed[ENGLISH]) == listed(found[ENGLISH])
    assert index.search({RUSSIAN: TermQuery("№")}, 10) == {}
    assert index.search({}, 10) == {}


def test_the_limit_is_of_each_language(index: TermIndex) -> None:
    found = index.search(
        {RUSSIAN: TermQuery("отпуск"), ENGLISH: TermQuery("leave night conventions")}, 1
    )
    assert {language: len(matches.rows) for language, matches in found.items()} == {
        RUSSIAN: 1,
        ENGLISH: 1,
    }


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ([], []),
        ([[]], []),  # a term without a wording in this language
        ([[("прем",)]], [3]),
        ([[("трудов", "договор")]], [1, 2]),
        ([[("прем",), ("трудов", "договор")]], [3, 1, 2]),
        ([[("прем",)], [("трудов",)]], [3, 1, 2]),
        ([[("трудов", "велосипед")]], [1, 2]),  # half of a term, loosely
        ([[("велосипед",)]], []),
    ],
)
def test_other_wordings_find_texts(
    wordings: TermIndex, others: list[Alternatives], found: list[int]
) -> None:
    assert list(scores(wordings, others=others)) == found


def test_a_term_counts_once_by_its_best_wording(wordings: TermIndex) -> None:
    """Two terms add up; two wordings of one do not, however many a text has."""
    contract, labour = (
        scores(wordings, others=[[("договор",)]]),
        scores(wordings, others=[[("трудов",)]]),
    )
    either = scores(wordings, others=[[("договор",), ("трудов",)]])
    both = scores(wordings, others=[[("договор",)], [("трудов",)]])
    for row in (1, 2):
        assert either[row] == pytest.approx(max(contract[row], labour[row]))
        assert both[row] == pytest.approx(contract[row] + labour[row])


def test_a_part_of_a_term_counts_half(wordings: TermIndex) -> None:
    whole = scores(wordings, others=[[("трудов", "договор")]])
    word = scores(wordings, others=[[("трудов",)]])
    part = scores(wordings, others=[[("трудов", "велосипед")]])
    for row in (1, 2):
        assert part[row] == pytest.approx(word[row] / 2)
        assert part[row] < word[row] < whole[row]


def test_a_stem_that_a_wording_says_twice_counts_once(wordings: TermIndex) -> None:
    assert scores(wordings, others=[[("прем", "прем")]]) == scores(wordings, others=[[("прем",)]])


def test_other_wordings_weigh_what_they_are_given(wordings: TermIndex) -> None:
    full = scores(wordings, others=[[("прем",)]])
    assert scores(wordings, others=[[("прем",)]], weight=0.25) == {3: pytest.approx(full[3] / 4)}
    typed = scores(wordings, "договор")
    added = scores(wordings, "договор", others=[[("трудов",)]], weight=0.5)
    labour = scores(wordings, others=[[("трудов",)]])
    for row in (1, 2):
        assert added[row] == pytest.approx(typed[row] + labour[row] / 2)


def test_other_wordings_need_no_word_that_was_typed(wordings: TermIndex) -> None:
    assert list(scores(wordings, "", others=[[("прем",)]])) == [3]


def test_a_unit_tells_where_it_ends(tmp_path: Path) -> None:
    units = [
        TermEntry(4, "code", RUSSIAN, OFFICIAL, "Статья 1", "труд\nотпуск", last=7),
        TermEntry(8, "code", RUSSIAN, OFFICIAL, "Статья 2", "отпуск", last=8),
        entry(9, "отпуск и деньги"),  # a passage ends where it begins
        TermEntry(0, "code", RUSSIAN, OFFICIAL, "Статья 0", "труд", last=0),  # in the row 0
    ]
    index = build(tmp_path, *units)
    ends = {match.row: match.last for match in search(index, "отпуск труд", 10)}
    assert ends == {4: 7, 8: 8, 9: 9, 0: 0}


def test_evidence(index: TermIndex) -> None:
    assert index.count == len(STATUTE)
    assert index.document_frequency("отпуск", RUSSIAN) == 5  # in heading, text or note
    assert index.document_frequency("отпуск", KAZAKH) == 0
    assert index.document_frequency(fold("кәсіподақ"), KAZAKH) == 1
    assert index.idf("отпуск", RUSSIAN) == pytest.approx(math.log(1 + 0.5 / 5.5))
    assert index.idf("велосипед", RUSSIAN) == pytest.approx(math.log(1 + 5.5 / 0.5))
    assert index.idf("велосипед", RUSSIAN) > index.idf("труд", RUSSIAN)


def test_an_empty_index_answers(tmp_path: Path) -> None:
    index = build(tmp_path)
    assert index.count == 0
    assert search(index, "отпуск", 10, phrases=["отпуск"]) == []
    assert index.phrase_rows("отпуск") == frozenset()
    assert index.document_frequency("отпуск", RUSSIAN) == 0
    assert index.idf("отпуск", RUSSIAN) == pytest.approx(math.log(2))


def test_two_builds_answer_alike(tmp_path: Path, index: TermIndex) -> None:
    again = build(tmp_path, *STATUTE)
    for query in ("отпуск по беременности", "leave 127", "кәсіподақ құру"):
        assert search(again, query, 10) == search(index, query, 10)


def test_opening_and_searching_change_no_file(tmp_path: Path) -> None:
    build(tmp_path, *STATUTE)
    before = _files(tmp_path)
    assert {path.suffix for path in before} >= {".json", ".idx", ".term"}
    assert not any("lock" in path.name or "tmp" in path.name for path in before)
    for path in (tmp_path / "terms").rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert rows(TermIndex.open(tmp_path / "terms"), "беременность женщины") == [0, 1]
    assert _files(tmp_path) == before


def test_several_processes_read_at_once(tmp_path: Path) -> None:
    here = build(tmp_path, *STATUTE)
    program = (
        "import sys, pathlib; from kb.stores.terms import TermIndex, TermQuery;"
        "index = TermIndex.open(pathlib.Path(sys.argv[1]));"
        "print(index.search({'en': TermQuery('leave')}, 3)['en'])"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "terms")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate()[0].strip() for process in processes]
    assert outputs == [str(here.search({ENGLISH: TermQuery("leave")}, 3)[ENGLISH])] * 2


@pytest.mark.parametrize("damage", ["absent", "a file is gone", "not an index"])
def test_a_damaged_index_is_refused(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "terms"
    if damage != "absent":
        build(tmp_path, *STATUTE)
    if damage == "a file is gone":
        next((path / "ru").glob("*.term")).unlink()
    if damage == "not an index":
        (path / "ru" / "meta.json").write_text("{")
    with pytest.raises(IndexDamaged, match="kb ingest") as caught:
        TermIndex.open(path)
    assert "\n" not in str(caught.value)


def test_an_index_is_never_written_over(tmp_path: Path) -> None:
    build(tmp_path, *STATUTE)
    before = _files(tmp_path)
    with pytest.raises(StorageFull, match="ingest again"):
        build(tmp_path, entry(0, "другое"))
    assert _files(tmp_path) == before


def _files(folder: Path) -> dict[Path, str]:
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
