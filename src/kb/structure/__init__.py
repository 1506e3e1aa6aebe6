"""From a source's paragraphs to its legal structure.

    blocks ─▶ segments (a role each) ─▶ tree of units ─▶ nodes with structural ids
    kb.readers  kb.structure.segments    kb.structure.tree   kb.structure.eids

What the parser does not understand becomes plain paragraphs; the leaves of the tree, in order,
always cover the whole canonical text.
"""

from __future__ import annotations

import bisect
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.structure.eids import nodes_of
from kb.structure.segments import segments
from kb.structure.tree import build_tree

if TYPE_CHECKING:
    from kb.documents import Node
    from kb.readers.blocks import SourceText

__all__ = ["parse_structure"]


def parse_structure(source: SourceText) -> tuple[Node, ...]:
    """Return the nodes of a source in document order, a unit before what it contains."""
    nodes = nodes_of(build_tree(source.text, segments(source)))
    if not source.page_starts:
        return nodes
    return tuple(replace(node, page=_page(source, node)) for node in nodes)


def _page(source: SourceText, node: Node) -> int:
    words = node.span.of(source.text)
    first = node.span.start + len(words) - len(words.lstrip())
    return max(1, bisect.bisect_right(source.page_starts, min(first, len(source.text) - 1)))
