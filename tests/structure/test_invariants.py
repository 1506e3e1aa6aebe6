"""What holds for the tree, and for the passages, of any text whatever."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents import Edition, Language, Level, Passage, Provenance
from kb.passages import make_passages
from kb.readers.blocks import BlockKind, SourceText, tile
from kb.readers.plain import canonical, read_plain
from kb.structure import parse_structure
from kb.tokens import count_tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.documents import Node

# --- texts that look like statutes, and like nothing at all ---

_NUMBERS = st.one_of(
    st.integers(1, 12).map(str),
    st.sampled_from(["1-1", "127-1", "127¹", "IV", "ХІ", "1.1", "1.2", "2.1.1", "2.2.10", "0", ""]),
)
_LABELS = st.sampled_from(
    [
        *("", "Article {}. ", "Статья {}", "Статья {}. ", "{}-бап. ", "{}-бап ", "§ {}. "),
        *("Глава {}. ", "{}-тарау. ", "РАЗДЕЛ {} ", "Section {}. ", "Part {}.(1) ", "ЧАСТЬ {}"),
        *("Параграф {} ", "ОБЩАЯ ЧАСТЬ", "II. ", "Приложение {}", "Приложение", "{}-қосымша"),
        *("{}. ", "{}) ", "({}) ", "(a)({}) ", "(i) ", "(h) ", "b) ", "а) ", "{}.(2) "),
        *("{}(a)(i) ", "{}.Guidance", "{}.Guidance.2. ", "Содержание", "Мазмұны", "> ", "# "),
        *("Сноска. ", "Примечание ИЗПИ!", "РҚАО-ның ескертпесі!", "Президент", "Президент\nРК"),
        *("«Статья {}. ", '"{}) ', "»;", '".'),
    ]
)
_WORDS = st.one_of(
    st.sampled_from(
        [
            *("", "Слова", "слова;", "слова:", "Words of the norm.", "pursuant to", "НАЧАЛО"),
            *("23.11.2015", "Слова …… 12", "с изменением, внесенным Законом", "| a | b |"),
            "The employer shall mend the kite. The kite shall fly! Shall it not? " * 6,
            "слово" * 40,
        ]
    ),
    st.text(max_size=20),
)
_WHOLE_LINES = st.sampled_from(
    [
        *("Содержание", "Мазмұны", "Примечание ИЗПИ!", "Президент", "ОБЩАЯ ЧАСТЬ", "Приложение"),
        *("1. Слова", "1) слова:", "Статья 1. Слова", "2-бап. Сөздер", "(a) words;", "1.1 Words"),
    ]
)
_LINES = _WHOLE_LINES | st.builds(
    lambda indent, label, number, words: indent + label.format(number) + words,
    st.sampled_from(["", "", "      ", "\t", "\u00a0\u00a0\u00a0"]),
    _LABELS,
    _NUMBERS,
    _WORDS,
)
_ENDS = st.sampled_from(["\n", "\n\n", "\n \n\n"])


def _of_lines(lines: list[tuple[str, str]]) -> SourceText:
    return read_plain("".join(line + end for line, end in lines))


def _of_blocks(pieces: list[tuple[str, str, BlockKind, int]]) -> SourceText:
    text, blocks = tile(
        (canonical(line) + end, kind, depth if kind is BlockKind.HEADING else 0)
        for line, end, kind, depth in pieces
    )
    return SourceText(text, blocks, page_starts=tuple(range(0, len(text), 100)))


_BLOCKS = st.tuples(_LINES, _ENDS, st.sampled_from(BlockKind), st.integers(1, 3))
_SOURCES = st.one_of(
    st.lists(st.tuples(_LINES, _ENDS), max_size=25).map(_of_lines),
    st.lists(_BLOCKS, max_size=25).map(_of_blocks),
)

# --- the tree ---


def _by_parent(nodes: tuple[Node, ...]) -> dict[str | None, list[Node]]:
    children: defaultdict[str | None, list[Node]] = defaultdict(list)
    for node in nodes:
        children[node.parent].append(node)
    return children


@given(_SOURCES)
def test_the_leaves_tile_the_text(source: SourceText) -> None:
    nodes = parse_structure(source)
    children = _by_parent(nodes)
    leaves = [node.span for node in nodes if node.eid not in children]
    assert "".join(span.of(source.text) for span in leaves) == source.text
    assert all(before.end == after.start for before, after in pairwise(leaves))


@given(_SOURCES)
def test_units_contain_their_parts_in_order(source: SourceText) -> None:
    nodes = parse_structure(source)
    by_eid = {node.eid: node for node in nodes}
    for parent, siblings in _by_parent(nodes).items():
        assert all(before.span.end <= after.span.start for before, after in pairwise(siblings))
        if parent is not None:
            assert all(by_eid[parent].span.covers(node.span) for node in siblings)
    positions = [node.span.start for node in nodes]
    assert positions == sorted(positions)


@given(_SOURCES)
def test_eids_are_unique_and_name_their_parents(source: SourceText) -> None:
    nodes = parse_structure(source)
    eids = [node.eid for node in nodes]
    assert len(set(eids)) == len(eids)
    for at, node in enumerate(nodes):
        own = node.eid.split("__")[-1]
        assert own.split("_")[0].partition("~")[0] == node.level.prefix
        if node.number is not None:
            assert own.partition("~")[0] == f"{node.level.prefix}_{node.number}"
        if node.parent is not None:
            assert node.parent in eids[:at]
        above, _, _ = node.eid.rpartition("__")
        if above:  # what an eid names above the unit are units around it
            assert above in eids[:at]


@given(_SOURCES)
def test_the_same_source_gives_the_same_tree(source: SourceText) -> None:
    assert parse_structure(source) == parse_structure(source)


@given(_SOURCES)
def test_pages_are_those_of_the_source(source: SourceText) -> None:
    for node in parse_structure(source):
        if source.page_starts:
            assert node.page is not None
            assert 1 <= node.page <= len(source.page_starts)
        else:
            assert node.page is None


# --- the passages ---

_MOST_TOKENS = 50
_MOST_CHARACTERS = 300


def _fits(text: str) -> bool:
    return len(text) <= _MOST_CHARACTERS


def _edition(source: SourceText) -> Edition:
    return Edition(
        "kites",
        Language.RUSSIAN,
        Provenance.OFFICIAL,
        source.text,
        parse_structure(source),
        "kites.txt",
        "0" * 64,
    )


def _passages(edition: Edition, fits: Callable[[str], bool] = _fits) -> tuple[Passage, ...]:
    return make_passages(edition, "Закон о змеях", max_tokens=_MOST_TOKENS, fits=fits)


@given(_SOURCES)
def test_passages_are_verbatim_ordered_and_apart(source: SourceText) -> None:
    edition = _edition(source)
    passages = _passages(edition)
    for passage in passages:
        assert passage.span.of(source.text) == passage.text
        assert passage.text.strip() == passage.text != ""
    assert all(before.span.end <= after.span.start for before, after in pairwise(passages))
    assert len({passage.id for passage in passages}) == len(passages)
    assert passages == _passages(edition)


@given(_SOURCES)
def test_passages_hold_the_whole_norm(source: SourceText) -> None:
    edition = _edition(source)
    held = {at for passage in _passages(edition) for at in range(*passage.span)}
    for leaf in edition.leaves():
        levels = {node.level for node in edition.path(leaf.eid)}
        if levels & {Level.HEADING, Level.CONTENTS}:
            continue
        missing = [at for at in range(*leaf.span) if at not in held]
        assert not "".join(source.text[at] for at in missing).strip()


@given(_SOURCES)
def test_passages_fit_the_model_and_their_size(source: SourceText) -> None:
    for passage in _passages(_edition(source)):
        if not passage.note:
            assert count_tokens(passage.text) <= _MOST_TOKENS
            assert _fits(passage.embedded_text)


@given(_SOURCES)
def test_passages_say_where_they_stand(source: SourceText) -> None:
    edition = _edition(source)
    for passage in _passages(edition):
        leaves = [edition.node(eid) for eid in passage.eids]
        assert leaves
        assert all(leaf is not None and leaf in edition.leaves() for leaf in leaves)
        around = edition.node(passage.eid)
        assert around is not None
        if around.parent is not None or len(passage.eids) == 1:
            assert around.span.covers(passage.span)
        if passage.note:
            assert around.level is Level.NOTE


@pytest.mark.parametrize("words", ["слово " * 3000, "x" * 20_000, "(a)(i)" * 3000, "1." * 9000])
def test_a_model_that_takes_nothing_ends_all_the_same(words: str) -> None:
    passages = _passages(_edition(read_plain(words[:400])), fits=lambda _text: False)
    assert "".join(passage.text for passage in passages) == words[:400].replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        ".".join(["1"] * 5000) + " words",
        "1.1" + "(a)" * 5000 + " words",
        "1)\n" * 3000,
        "".join("(" * depth + "a" + ")" * depth + "\n\n" for depth in range(200)),
        "# a\n\n" * 500,
    ],
    ids=["decimal", "brackets", "points", "nested", "hashes"],
)
def test_depth_is_bounded(text: str) -> None:
    nodes = parse_structure(read_plain(text))
    assert max(len(node.eid) for node in nodes) < 200
    assert max(node.eid.count("__") for node in nodes) < 12
