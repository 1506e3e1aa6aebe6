"""What holds for the comparison of any two texts whatever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from kb.comparison import Op, apply, compare, revert
from kb.comparison.wording import pieces_between
from kb.documents import Edition, Language, Provenance, Span
from kb.readers.plain import read_plain
from kb.structure import parse_structure

if TYPE_CHECKING:
    import pytest

_LINES = st.one_of(
    st.sampled_from(
        [
            *("Article 1. Scope", "Article 2. Fees", "Article 3", "Chapter 1. General"),
            *("1. The owner mends the kite.", "2. The owner mends the kite within ten days."),
            *("1) a string;", "2) a string;", "The kite flies.", "The kite flies, and flies."),
            *("Footnote. Article 1 as amended.", "", "Annex 1", "* * *", "The President"),
        ]
    ),
    st.text(alphabet="ab. ;\n\u00a0\u0306я", max_size=12),
)
_TEXTS = st.lists(st.tuples(_LINES, st.sampled_from(["\n", "\n\n", " \n\n\n"])), max_size=14).map(
    lambda lines: "".join(line + end for line, end in lines)
)


def _edition(text: str) -> Edition:
    source = read_plain(text)
    nodes = parse_structure(source)
    return Edition(
        "kites", Language.ENGLISH, Provenance.OFFICIAL, source.text, nodes, "kites.txt", "0" * 64
    )


@given(_TEXTS, _TEXTS)
def test_a_comparison_holds_both_texts(one: str, other: str) -> None:
    a, b = _edition(one), _edition(other)
    comparison = compare(a, b)
    assert apply(comparison, a.text) == b.text
    assert revert(comparison, b.text) == a.text
    for change in comparison.changes:
        for edition, eid, left_out in (
            (a, change.eid_a, Op.INSERTED),
            (b, change.eid_b, Op.DELETED),
        ):
            words = "".join(piece.text for piece in change.pieces if piece.op is not left_out)
            node = edition.node(eid) if eid is not None else None
            assert words == (edition.text_of(node) if node is not None else "")
    assert {change.eid_a for change in comparison.changes} - {None} == {n.eid for n in a.leaves()}
    assert {change.eid_b for change in comparison.changes} - {None} == {n.eid for n in b.leaves()}


@given(_TEXTS, _TEXTS)
def test_pieces_are_verbatim_where_they_say(one: str, other: str) -> None:
    a, b = _edition(one), _edition(other)
    for change in compare(a, b).changes:
        for piece in change.pieces:
            assert (piece.span_a is None) == (piece.op is Op.INSERTED)
            assert (piece.span_b is None) == (piece.op is Op.DELETED)
            assert piece.span_a is None or piece.span_a.of(a.text) == piece.text
            assert piece.span_b is None or piece.span_b.of(b.text) == piece.text
            assert piece.text


@given(_TEXTS)
def test_a_text_is_the_same_as_itself(text: str) -> None:
    comparison = compare(_edition(text), _edition(text))
    assert comparison.same
    assert not comparison.without_unchanged().units


@given(_TEXTS, _TEXTS)
def test_words_that_do_not_differ_are_never_marked(one: str, other: str) -> None:
    for change in compare(_edition(one), _edition(other)).changes:
        marked = [piece for piece in change.pieces if piece.op is not Op.EQUAL]
        if change.kind == "unchanged":
            assert not "".join(piece.text for piece in marked).strip()
        elif change.kind == "changed":
            assert "".join(piece.text for piece in marked).strip()


def _diff(one: str, other: str) -> str:
    marks = {Op.EQUAL: "{}", Op.DELETED: "[-{}-]", Op.INSERTED: "{{+{}+}}"}
    pieces = pieces_between(one, Span(0, len(one)), other, Span(0, len(other)))
    return "".join(marks[piece.op].format(piece.text) for piece in pieces)


def test_runs_of_words_and_not_confetti() -> None:
    table = [
        ("a kite flies", "a kite flies", "a kite flies"),
        ("Law 256-VIII", "Law 256-VII", "Law [-256-VIII-]{+256-VII+}"),
        ("of 03.07.2013", "of 04.07.2013", "of [-03.07.2013-]{+04.07.2013+}"),
        ("Law 256-VIII", "Law 256- VIII", "Law 256-{+ +}VIII"),
        ("ten days", "twenty days", "[-ten-]{+twenty+} days"),
        ("the kite flies", "the red kite flies", "the{+ red+} kite flies"),
        ("one, two, three", "four, five, six", "[-one, two, three-]{+four, five, six+}"),
        (
            "The mayor names the inspector and pays him monthly.",
            "The council elects the guardian and rewards him yearly.",
            (
                "The [-mayor names the inspector and pays him monthly-]"
                "{+council elects the guardian and rewards him yearly+}."
            ),
        ),
        (
            "at the town hall on Monday",
            "at the old town hall of the county on Friday",
            "at the{+ old+} town hall [-on Monday-]{+of the county on Friday+}",
        ),
    ]
    for one, other, expected in table:
        assert _diff(one, other) == expected


def test_very_long_texts_are_aligned_by_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    one = " ".join(f"The kite number {n} flies high." for n in range(400))
    other = one.replace("number 7 flies", "number 7 lies").replace("number 390 ", "number ten ")
    expected = one.replace("number 7 flies", "number 7 [-flies-]{+lies+}").replace(
        "390 ", "[-390-]{+ten+} "
    )
    assert _diff(one, other) == expected
    monkeypatch.setattr("kb.comparison.wording._MOST_WORK", 5_000)
    assert _diff(one, other) == expected
    monkeypatch.setattr("kb.comparison.wording._MOST_WORK", 1)
    assert "number 7 [-flies high.-]{+lies high.+} The" in _diff(one, other)
