"""Tiny statutes written for these tests, and how their trees are read."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from kb.readers.markdown import read_markdown
from kb.readers.plain import read_plain
from kb.structure import parse_structure

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.documents import Node
    from kb.readers import SourceText


def _tree(source: SourceText) -> str:
    nodes = parse_structure(source)
    parents = {node.parent for node in nodes}
    depths: dict[str | None, int] = {None: -1}
    rows = []
    for node in nodes:
        depths[node.eid] = depths[node.parent] + 1
        words = " ".join(node.span.of(source.text).split()[:4])
        leaf = f" | {words}" if node.eid not in parents else ""
        rows.append("  " * depths[node.eid] + node.eid + leaf)
    return "\n".join(rows)


def dedented(text: str) -> str:
    return textwrap.dedent(text).strip("\n")


@pytest.fixture
def tree() -> Callable[[str], str]:
    """A function from a plain text to its tree: eids indented, leaves with their first words."""
    return lambda text: _tree(read_plain(dedented(text)))


@pytest.fixture
def markdown_tree() -> Callable[[str], str]:
    """The same for a text in Markdown."""
    return lambda text: _tree(read_markdown(dedented(text)))


@pytest.fixture
def nodes() -> Callable[[str], dict[str, Node]]:
    """A function from a plain text to its nodes by eid."""
    return lambda text: {node.eid: node for node in parse_structure(read_plain(dedented(text)))}
