from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.citations import cite, permalink
from kb.citations.pinpoint import Kind, Step, find_pinpoint
from kb.documents import Document, Edition, Language, Level, Node, Provenance
from kb.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH
LAW = Document(
    id="kz-law-leave", titles={EN: "On leave"}, kind="law", number="7-I", date=date(2009, 12, 8)
)
INSTRUMENT = {
    EN: "Law No. 7-I of 8 December 2009",
    RU: "Закон РК от 8 декабря 2009 года № 7-I",
    KK: "ҚР 2009 жылғы 8 желтоқсандағы № 7-I Заңы",
}


def leaves_between(edition: Edition, first: str, last: str) -> list[str]:
    """The eids of the leaves from those of one node to those of another."""
    start, end = edition.node(first), edition.node(last)
    assert start is not None
    assert end is not None
    return [
        leaf.eid
        for leaf in edition.leaves()
        if start.span.start <= leaf.span.start and leaf.span.end <= end.span.end
    ]


def provision(edition: Edition, eids: list[str], language: Language | None = None) -> str:
    """The citation without the instrument, which is checked on the way."""
    text = cite(LAW, edition, eids, language).text
    instrument = INSTRUMENT[language or edition.language]
    assert text.startswith(instrument)
    return text.removeprefix(instrument).removeprefix(", ")


# a node → its citation in English, Russian and Kazakh
NODES = [
    ("pre", "preamble", "преамбула", "кіріспе"),
    ("chp_2", "Chapter 2", "глава 2", "2-тарау"),
    ("chp_2__hdg", "Chapter 2", "глава 2", "2-тарау"),
    ("art_2", "Art. 2", "статья 2", "2-бап"),
    ("art_2__hdg", "Art. 2", "статья 2", "2-бап"),
    ("art_2__par_1", "Art. 2", "статья 2", "2-бап"),
    ("art_4-1", "Art. 4-1", "статья 4-1", "4-1-бап"),
    ("art_1__sub_2", "Art. 1(2)", "подпункт 2) статьи 1", "1-баптың 2) тармақшасы"),
    ("art_3__cl_1", "Art. 3(1)", "пункт 1 статьи 3", "3-баптың 1-тармағы"),
    (  # words that only open a list are cited as the point
        "art_3__cl_2__par_1",
        "Art. 3(2)",
        "пункт 2 статьи 3",
        "3-баптың 2-тармағы",
    ),
    (
        "art_3__cl_2__sub_2",
        "Art. 3(2)(2)",
        "подпункт 2) пункта 2 статьи 3",
        "3-баптың 2-тармағының 2) тармақшасы",
    ),
    (
        "art_3__cl_3__par_2",
        "Art. 3(3), second paragraph",
        "часть вторая пункта 3 статьи 3",
        "3-баптың 3-тармағының екінші бөлігі",
    ),
    (
        "art_4-1__par_1",
        "Art. 4-1, first paragraph",
        "часть первая статьи 4-1",
        "4-1-баптың бірінші бөлігі",
    ),
    (  # an item of a list without numbers
        "art_4__cl_1__par_4",
        "Art. 4(1), second paragraph, second indent",
        "абзац третий части второй пункта 1 статьи 4",
        "4-баптың 1-тармағы екінші бөлігінің үшінші абзацы",
    ),
    (  # the list and its opening count as one part
        "art_4__cl_1__par_5",
        "Art. 4(1), third paragraph",
        "часть третья пункта 1 статьи 4",
        "4-баптың 1-тармағының үшінші бөлігі",
    ),
    (
        "art_4__cl_2__sub_1",
        "Art. 4(2), first paragraph, point (1)",
        "подпункт 1) части первой пункта 2 статьи 4",
        "4-баптың 2-тармағы бірінші бөлігінің 1) тармақшасы",
    ),
    ("art_4__note_1", "editor’s note to Art. 4", "сноска к статье 4", "4-бапқа ескерту"),
    ("anx_1", "Annex 1", "приложение 1", "1-қосымша"),
    ("anx_1__cl_2", "Annex 1, point 2", "пункт 2 приложения 1", "1-қосымшаның 2-тармағы"),
]


@pytest.mark.parametrize(("eid", "english", "russian", "kazakh"), NODES)
def test_a_node_is_cited(
    statute: Callable[[Language], Edition], eid: str, english: str, russian: str, kazakh: str
) -> None:
    for language, expected in ((EN, english), (RU, russian), (KK, kazakh)):
        assert provision(statute(language), [eid]) == expected


# the leaves from one node to another → their citation
RUNS = [
    ("art_3__cl_1", "art_3__cl_3", "Art. 3", "статья 3", "3-бап"),  # all but the heading
    ("art_3", "art_3", "Art. 3", "статья 3", "3-бап"),
    ("art_4", "art_4", "Art. 4", "статья 4", "4-бап"),  # with the note in it
    ("art_3__hdg", "art_3__cl_1", "Art. 3(1)", "пункт 1 статьи 3", "3-баптың 1-тармағы"),
    (
        "art_3__cl_1",
        "art_3__cl_2",
        "Art. 3(1)–(2)",
        "пункты 1–2 статьи 3",
        "3-баптың 1–2-тармақтары",
    ),
    (
        "art_3__cl_2",
        "art_3__cl_3",
        "Art. 3(2)–(3)",
        "пункты 2–3 статьи 3",
        "3-баптың 2–3-тармақтары",
    ),
    (  # half of a point and another: no sub-point is named where not all are
        "art_3__cl_1",
        "art_3__cl_2__sub_1",
        "Art. 3(1)–(2)",
        "пункты 1–2 статьи 3",
        "3-баптың 1–2-тармақтары",
    ),
    (
        "art_1__sub_2",
        "art_1__sub_3",
        "Art. 1(2)–(3)",
        "подпункты 2)–3) статьи 1",
        "1-баптың 2)–3) тармақшалары",
    ),
    (  # the words that open a list go with its items
        "art_3__cl_2__par_1",
        "art_3__cl_2__sub_2",
        "Art. 3(2)(1)–(2)",
        "подпункты 1)–2) пункта 2 статьи 3",
        "3-баптың 2-тармағының 1)–2) тармақшалары",
    ),
    (
        "art_3__cl_2__par_1",
        "art_3__cl_2__sub_1",
        "Art. 3(2)(1)",
        "подпункт 1) пункта 2 статьи 3",
        "3-баптың 2-тармағының 1) тармақшасы",
    ),
    (  # all of a part: its opening words and its list
        "art_4__cl_2__par_1",
        "art_4__cl_2__sub_2",
        "Art. 4(2), first paragraph",
        "часть первая пункта 2 статьи 4",
        "4-баптың 2-тармағының бірінші бөлігі",
    ),
    (
        "art_4__cl_2__sub_2",
        "art_4__cl_2__par_2",
        "Art. 4(2), first and second paragraphs",
        "части первая и вторая пункта 2 статьи 4",
        "4-баптың 2-тармағының бірінші және екінші бөліктері",
    ),
    (
        "art_4__cl_1__par_2",
        "art_4__cl_1__par_4",
        "Art. 4(1), second paragraph",
        "часть вторая пункта 1 статьи 4",
        "4-баптың 1-тармағының екінші бөлігі",
    ),
    (
        "art_4__cl_1__par_3",
        "art_4__cl_1__par_4",
        "Art. 4(1), second paragraph, first and second indents",
        "абзацы второй и третий части второй пункта 1 статьи 4",
        "4-баптың 1-тармағы екінші бөлігінің екінші және үшінші абзацтары",
    ),
    ("art_2", "art_3", "Arts 2–3", "статьи 2–3", "2–3-баптар"),  # of two chapters
    ("art_3__cl_3", "art_4-1", "Arts 3–4-1", "статьи 3–4-1", "3–4-1-баптар"),
    ("chp_2", "chp_2", "Chapter 2", "глава 2", "2-тарау"),
    ("anx_1", "anx_1", "Annex 1", "приложение 1", "1-қосымша"),
    ("pre", "art_1", "", "", ""),  # no range has a preamble in it
    ("art_4-1", "anx_1", "", "", ""),
    ("pre", "anx_1", "", "", ""),
]


@pytest.mark.parametrize(("first", "last", "english", "russian", "kazakh"), RUNS)
def test_a_run_of_leaves_is_cited(
    statute: Callable[[Language], Edition],
    first: str,
    last: str,
    english: str,
    russian: str,
    kazakh: str,
) -> None:
    for language, expected in ((EN, english), (RU, russian), (KK, kazakh)):
        edition = statute(language)
        assert provision(edition, leaves_between(edition, first, last)) == expected


def test_letters_are_cited_as_printed(statute: Callable[[Language], Edition]) -> None:
    latin, cyrillic = "art_3__cl_2__sub_3__sub_b", "art_3__cl_2__sub_3__sub_б"
    assert provision(statute(EN), [latin]) == "Art. 3(2)(3)(b)"
    assert provision(statute(RU), [cyrillic]) == "подпункт б) подпункта 3) пункта 2 статьи 3"
    expected = "3-баптың 2-тармағы 3) тармақшасының б) тармақшасы"
    assert provision(statute(KK), [cyrillic]) == expected


def test_the_readers_language_wins_over_that_of_the_edition(
    statute: Callable[[Language], Edition],
) -> None:
    assert provision(statute(RU), ["art_3__cl_1"], KK) == "3-баптың 1-тармағы"
    assert provision(statute(KK), ["art_3__cl_1"], EN) == "Art. 3(1)"


def test_a_whole_document_is_cited_as_the_instrument(
    statute: Callable[[Language], Edition],
) -> None:
    citation = cite(LAW, statute(EN), [])
    assert citation.text == "Law No. 7-I of 8 December 2009"
    assert citation.permalink == "/documents/kz-law-leave/en-official"


def test_a_digest_is_said_to_be_one_and_none_of_its_own_units_is_cited(
    statute: Callable[[Language], Edition],
) -> None:
    digest = replace(statute(RU), provenance=Provenance.DIGEST)
    law = INSTRUMENT[RU]
    # its paragraphs and its introduction are not those of the law
    assert cite(LAW, digest, ["pre"]).text == f"{law} (краткое изложение)"
    paragraph = cite(LAW, digest, ["art_3__cl_3__par_2"]).text
    assert paragraph == f"{law}, пункт 3 статьи 3 (краткое изложение)"
    point = cite(LAW, digest, ["art_4__cl_2__sub_1"], EN).text
    assert point == "Law No. 7-I of 8 December 2009, Art. 4(2)(1) (digest)"
    kazakh = cite(LAW, digest, ["art_2"], KK).text
    assert kazakh == f"{INSTRUMENT[KK]}, 2-бап (қысқаша мазмұны)"


@pytest.mark.parametrize(
    ("language", "label"),
    [
        (EN, "wording of 1 January 2009"),
        (RU, "редакция от 1 января 2009 года"),
        (KK, "2009 жылғы 1 қаңтардағы редакция"),
    ],
)
def test_a_wording_that_another_has_replaced_is_told_by_its_date(
    statute: Callable[[Language], Edition], language: Language, label: str
) -> None:
    held = replace(statute(language), valid_from=date(2009, 1, 1))
    replaced = replace(held, valid_to=date(2025, 1, 10))
    undated = replace(replaced, valid_from=None)

    assert "(" not in cite(LAW, held, ["art_2"]).text
    assert cite(LAW, replaced, ["art_2"]).text.endswith(f" ({label})")
    assert "(" not in cite(LAW, undated, ["art_2"]).text


def test_a_translation_is_said_to_be_unofficial(statute: Callable[[Language], Edition]) -> None:
    translation = replace(statute(EN), provenance=Provenance.TRANSLATION)
    expected = "Law No. 7-I of 8 December 2009, Art. 2 (unofficial translation)"
    assert cite(LAW, translation, ["art_2"]).text == expected


# a document without articles
DECREE = """\
II. GENERAL PROVISIONS

1. Approve the Concept.

2. Control the execution:

1) every year;

2) every quarter.

III. FINAL PROVISIONS

3. It enters into force.

The text is published.
"""
# points that begin anew in each section
SECTIONS = """\
I. GENERAL PROVISIONS

1. First.

2. Second.

II. FINAL PROVISIONS

1. Third.

2. Fourth.
"""
RULEBOOK = """\
2.3 Conduct

2.3.1 A firm must:

(a) act honestly:

(i) at once;

(ii) always;

(b) act fairly.

2.3.2 A firm may act.
"""
# a section with words of its own before the sections in it
NESTED = """\
2. Business

Firms do business.

2.3 Conduct

Conduct is fair.

2.3.1 A firm must act.

2.4 Advertising

2.4.1 A firm may advertise.
"""
# a range cannot begin with a letter and end with a number
MIXED = "Article 1. Lists\n\nLists are:\n\na) one;\n\nb) two;\n\n1) three;\n\n2) four.\n"
FORMS = [
    (DECREE, "cl_2", "cl_2", "point 2", "пункт 2", "2-тармақ"),
    (DECREE, "cl_1", "cl_2", "Section II", "раздел II", "II бөлім"),
    (DECREE, "cl_2", "cl_3", "points 2–3", "пункты 2–3", "2–3-тармақтар"),
    (
        DECREE,
        "cl_2__sub_1",
        "cl_2__sub_1",
        "point 2(1)",
        "подпункт 1) пункта 2",
        "2-тармақтың 1) тармақшасы",
    ),
    (
        DECREE,
        "cl_3__par_2",
        "cl_3__par_2",
        "point 3, second paragraph",
        "часть вторая пункта 3",
        "3-тармақтың екінші бөлігі",
    ),
    (
        SECTIONS,
        "sec_ii__cl_1",
        "sec_ii__cl_1",
        "Section II, point 1",
        "пункт 1 раздела II",
        "II бөлімнің 1-тармағы",
    ),
    (SECTIONS, "sec_i__cl_2", "sec_ii__cl_1", "Sections I–II", "разделы I–II", "I–II бөлімдер"),
    (
        RULEBOOK,
        "cl_2.3.1__sub_a__sub_ii",
        "cl_2.3.1__sub_a__sub_ii",
        "point 2.3.1(a)(ii)",
        "подпункт ii) подпункта a) пункта 2.3.1",
        "2.3.1-тармақтың a) тармақшасының ii) тармақшасы",
    ),
    (RULEBOOK, "cl_2.3.1", "cl_2.3.2", "Section 2.3", "раздел 2.3", "2.3-бөлім"),
    (NESTED, "sec_2__par_1", "sec_2.3__par_1", "Section 2", "раздел 2", "2-бөлім"),
    (NESTED, "sec_2__par_1", "cl_2.3.1", "Section 2", "раздел 2", "2-бөлім"),
    (MIXED, "art_1__sub_b", "art_1__sub_1", "Art. 1", "статья 1", "1-бап"),
]


@pytest.mark.parametrize(("text", "first", "last", "english", "russian", "kazakh"), FORMS)
def test_documents_without_articles_are_cited_by_points(
    make_edition: Callable[..., Edition],
    text: str,
    first: str,
    last: str,
    english: str,
    russian: str,
    kazakh: str,
) -> None:
    edition = make_edition(text)
    for language, expected in ((EN, english), (RU, russian), (KK, kazakh)):
        assert provision(edition, leaves_between(edition, first, last), language) == expected


def test_a_section_of_a_chapter_is_not_called_a_section(
    make_edition: Callable[..., Edition],
) -> None:
    edition = make_edition(
        "Глава 7. Брак\n\nПараграф 1. Имущество\n\nСтатья 32. Собственность\n\nОно общее.\n"
        "\nСтатья 33. Раздел\n\nОно делится.\n",
        RU,
    )
    section = next(node for node in edition.nodes if node.level is Level.SECTION)
    assert provision(edition, [section.eid]) == "параграф 1 главы 7"
    assert provision(edition, [section.eid], KK) == "7-тараудың 1-параграфы"
    assert provision(edition, [section.eid], EN) == "Chapter 7, § 1"


def test_a_number_that_stands_twice_in_a_unit_is_not_cited(
    make_edition: Callable[..., Edition],
) -> None:
    edition = make_edition(
        "Article 1. Terms\n\n1. First.\n\n2. Second.\n\n1. Third.\n\n2. Fourth.\n"
    )
    twice = [node.eid for node in edition.nodes if node.eid.endswith("~2")]
    assert twice == ["art_1__cl_1~2", "art_1__cl_2~2"]
    assert [provision(edition, [eid]) for eid in twice] == ["Art. 1", "Art. 1"]


def test_a_list_numbered_anew_is_told_apart_by_its_part(
    make_edition: Callable[..., Edition],
) -> None:
    edition = make_edition(
        "Статья 1. Сроки\n\nСрок исчисляется:\n\n1) днями;\n\n2) годами.\n"
        "\nСрок прерывается:\n\n1) иском;\n\n2) признанием долга.\n",
        RU,
    )
    assert provision(edition, ["art_1__sub_2"]) == "подпункт 2) части первой статьи 1"
    assert provision(edition, ["art_1__sub_2~2"]) == "подпункт 2) части второй статьи 1"


@pytest.mark.parametrize(
    ("eids", "anchor", "landing"),
    [
        (["art_3__cl_1", "art_3__cl_2__par_1"], None, "art_3__cl_1"),
        (["art_3__cl_1", "art_3__cl_2__par_1"], "art_3__cl_2", "art_3__cl_2"),
        ([], "art_2", "art_2"),
    ],
)
def test_the_permalink_lands_on_the_anchor(
    statute: Callable[[Language], Edition], eids: list[str], anchor: str | None, landing: str
) -> None:
    citation = cite(LAW, statute(EN), eids, anchor=anchor)
    assert citation.permalink == f"/documents/kz-law-leave/en-official#{landing}"


def test_a_permalink_is_a_path_whatever_the_names_are() -> None:
    assert permalink("a b?", "ru-official") == "/documents/a%20b%3F/ru-official"
    assert permalink("a", "b", "art_1__sub_б~2") == "/documents/a/b#art_1__sub_%D0%B1~2"


@pytest.mark.parametrize(("eids", "anchor"), [(["art_99"], None), (["art_1"], "art_99")])
def test_a_node_that_the_edition_lacks_is_not_cited(
    statute: Callable[[Language], Edition], eids: list[str], anchor: str | None
) -> None:
    with pytest.raises(NotFound, match=r"has no node 'art_99': `kb show kz-law-leave`"):
        cite(LAW, statute(EN), eids, anchor=anchor)


ENDS = st.tuples(st.integers(0, 99), st.integers(0, 99))  # of a run, to be taken modulo its length


def run_of(leaves: list[Node], ends: tuple[int, int]) -> list[Node]:
    start, end = sorted(place % len(leaves) for place in ends)
    return leaves[start : end + 1]


@given(
    ends=ENDS,
    language=st.sampled_from(Language),
    reader=st.sampled_from(Language),
    provenance=st.sampled_from(Provenance),
)
def test_any_run_of_leaves_has_a_well_formed_citation(
    statute: Callable[[Language], Edition],
    ends: tuple[int, int],
    language: Language,
    reader: Language,
    provenance: Provenance,
) -> None:
    edition = replace(statute(language), provenance=provenance)
    eids = [leaf.eid for leaf in run_of(list(edition.leaves()), ends)]
    citation = cite(LAW, edition, eids, reader)
    assert citation.text.startswith(INSTRUMENT[reader])
    assert citation.text == citation.text.strip(" ,")
    assert not any(flaw in citation.text for flaw in ("None", "  ", ", ,", ",,", " ,", "()"))
    assert unquote(citation.permalink.partition("#")[2]) == eids[0]


@given(ends=ENDS)
def test_a_citation_covers_all_of_its_run(
    statute: Callable[[Language], Edition], ends: tuple[int, int]
) -> None:
    edition = statute(EN)
    texts = [leaf for leaf in edition.leaves() if leaf.level not in (Level.HEADING, Level.NOTE)]
    run = run_of(texts, ends)
    cited = find_pinpoint(edition, run).steps
    for leaf in run:
        own = find_pinpoint(edition, [leaf]).steps
        opens_list = len(own) < len(cited) and own == cited[: len(own)]
        assert not cited or opens_list or holds(edition, cited[-1], leaf, own)


def holds(edition: Edition, cited: Step, leaf: Node, own: tuple[Step, ...]) -> bool:
    """Whether a cited unit, or a range of units, contains a leaf with the address `own`."""
    if cited.kind in (Kind.PARAGRAPH, Kind.INDENT):
        within = range(int(cited.number or 0), int(cited.last or cited.number or 0) + 1)
        same = [step for step in own if (step.kind, step.eid) == (cited.kind, cited.eid)]
        return any(int(step.number or 0) in within for step in same)
    first = edition.node(cited.eid)
    assert first is not None
    alike = [
        node
        for node in edition.nodes
        if node.level is first.level
        and (node.parent == first.parent or node.level is Level.ARTICLE)
    ]
    numbers = [node.number for node in alike]
    end = numbers.index(cited.last or cited.number)
    return any(unit.span.covers(leaf.span) for unit in alike[alike.index(first) : end + 1])
