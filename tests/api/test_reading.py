"""The reading view of an edition: its units, its outline and the edition that is preferred."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.reading import Kind, Piece, Reading, Unit, pieces_of, preferred, read_edition
from kb.documents import Document, Edition, Language, Level, Node, Provenance, Span


def edition_of(
    text: str, nodes: tuple[Node, ...] = (), language: Language = Language.ENGLISH, **more: object
) -> Edition:
    provenance = more.pop("provenance", Provenance.DIGEST)
    return Edition("act", language, provenance, text, nodes, "act.md", "", **more)  # type: ignore[arg-type]


def leaf(start: int, end: int, level: Level = Level.CLAUSE) -> Node:
    return Node("cl_1", level, Span(start, end))


@pytest.mark.parametrize(
    ("text", "pages", "pieces"),
    [
        ("1. Words.", (), [Piece(Kind.WORDS, "1. Words.")]),
        (
            "\u00a0 1. Words.\n\n",
            (),
            [
                Piece(Kind.EDGE, "\u00a0 "),
                Piece(Kind.WORDS, "1. Words."),
                Piece(Kind.EDGE, "\n\n"),
            ],
        ),
        (
            "Note!\n\n  It changes.",
            (),
            [
                Piece(Kind.WORDS, "Note!"),
                Piece(Kind.GAP, "\n\n  "),
                Piece(Kind.WORDS, "It changes."),
            ],
        ),
        (
            "one page, two pages",
            (0, 10),
            [
                Piece(Kind.PAGE, "1"),
                Piece(Kind.WORDS, "one page, "),
                Piece(Kind.PAGE, "2"),
                Piece(Kind.WORDS, "two pages"),
            ],
        ),
    ],
)
def test_the_pieces_of_a_leaf(text: str, pages: tuple[int, ...], pieces: list[Piece]):
    edition = edition_of(text, page_starts=pages)
    assert list(pieces_of(edition, leaf(0, len(text)))) == pieces


def test_a_table_is_not_cut_at_its_blank_lines():
    text = "a | b\n\nc | d\n"
    pieces = list(pieces_of(edition_of(text), leaf(0, len(text), Level.TABLE)))
    assert pieces == [Piece(Kind.WORDS, "a | b\n\nc | d"), Piece(Kind.EDGE, "\n")]


@given(
    st.text("ab \n\t\u00a0\u2028.", max_size=40),
    st.sets(st.integers(0, 39)),
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
)
def test_no_character_and_no_page_is_lost(text: str, pages: set[int], cut: tuple[int, int]):
    start, end = sorted(min(at, len(text)) for at in cut)
    edition = edition_of(text, page_starts=tuple(sorted(pages)))
    pieces = list(pieces_of(edition, leaf(start, end)))
    assert "".join(piece.text for piece in pieces if piece.kind is not Kind.PAGE) == text[start:end]
    starts = [number for number, page in enumerate(sorted(pages), 1) if start <= page < end]
    assert [int(piece.text) for piece in pieces if piece.kind is Kind.PAGE] == starts
    words = [piece.text for piece in pieces if piece.kind is Kind.WORDS]
    assert "".join(words).strip() == "".join(words)


def act(chapters: int, articles: int) -> Reading:
    """Return the reading of an act with so many articles in each of so many chapters."""
    text, nodes = "", []
    for chapter in range(1, chapters + 1):
        number = str(chapter)
        nodes.append(Node(f"chp_{number}", Level.CHAPTER, Span(0, 0), number))
        heading = Span(len(text), len(text) + len(f"Chapter  {number}\n"))
        text += f"Chapter  {number}\n"
        nodes.append(Node(f"chp_{number}__hdg", Level.HEADING, heading, parent=f"chp_{number}"))
        for article in range(1, articles + 1):
            eid = f"art_{chapter}-{article}"
            words = Span(len(text), len(text) + 6)
            text += "Words\n"
            nodes.append(
                Node(eid, Level.ARTICLE, words, f"{chapter}-{article}", parent=f"chp_{number}")
            )
    edition = edition_of(text, tuple(nodes))
    document = Document("act", {}, editions=(edition,))
    return read_edition(document, edition, Language.RUSSIAN)


def test_the_outline_names_what_a_reader_looks_for():
    (chapter,) = act(1, 2).outline
    assert (chapter.eid, chapter.label) == ("chp_1", "Chapter 1")
    assert [entry.label for entry in chapter.entries] == ["Article 1-1", "Article 1-2"]


@pytest.mark.parametrize(
    ("chapters", "articles", "folded", "outline_open"),
    [(2, 3, False, True), (3, 50, True, True), (50, 3, True, False), (50, 0, True, False)],
)
def test_a_long_outline_is_folded(chapters: int, articles: int, folded: bool, outline_open: bool):
    reading = act(chapters, articles)
    assert (reading.folded, reading.outline_open) == (folded, outline_open)


def test_headings_rank_by_depth_and_link_to_their_unit():
    heading: Unit = act(1, 1).units[0].units[0]
    assert (heading.eid, heading.link, heading.rank) == ("chp_1__hdg", "chp_1", 2)
    assert heading.name == "глава 1"


def test_headings_deep_in_a_tree_stop_at_rank_six():
    nodes: list[Node] = []
    parent = None
    for depth in range(8):
        eid = f"sec_{depth}"
        nodes.append(Node(eid, Level.SECTION, Span(0, 1), str(depth), parent=parent))
        nodes.append(Node(f"{eid}__hdg", Level.HEADING, Span(0, 1), parent=eid))
        parent = eid
    edition = edition_of("x", tuple(nodes))
    (unit,) = read_edition(Document("act", {}), edition, Language.ENGLISH).units
    ranks = [heading.rank for heading in every(unit) if heading.level is Level.HEADING]
    assert ranks == [2, 3, 4, 5, 6, 6, 6, 6]


def every(unit: Unit) -> list[Unit]:
    return [unit, *(found for below in unit.units for found in every(below))]


EN_DIGEST = edition_of("")
RU_DIGEST = edition_of("", language=Language.RUSSIAN)
RU_OFFICIAL = edition_of("", language=Language.RUSSIAN, provenance=Provenance.OFFICIAL)
RU_OLDER = edition_of(
    "", language=Language.RUSSIAN, provenance=Provenance.OFFICIAL, valid_from=date(2009, 1, 1)
)
RU_NEWER = edition_of(
    "", language=Language.RUSSIAN, provenance=Provenance.OFFICIAL, valid_from=date(2025, 1, 1)
)


@pytest.mark.parametrize(
    ("held", "language", "chosen"),
    [
        ([RU_DIGEST, EN_DIGEST], Language.ENGLISH, EN_DIGEST),
        ([EN_DIGEST, RU_DIGEST, RU_OFFICIAL], Language.RUSSIAN, RU_OFFICIAL),
        ([RU_OLDER, RU_NEWER], Language.RUSSIAN, RU_NEWER),
        ([RU_DIGEST, EN_DIGEST], Language.KAZAKH, EN_DIGEST),
        ([RU_DIGEST], Language.KAZAKH, RU_DIGEST),
        ([], Language.ENGLISH, None),
    ],
)
def test_the_edition_that_a_reader_wants(
    held: list[Edition], language: Language, chosen: Edition | None
):
    assert preferred(held, language) is chosen
