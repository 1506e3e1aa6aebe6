"""Whether the corpus answers a question. This is the only place where that is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.search.confidence import GROUNDED

if TYPE_CHECKING:
    from kb.search.results import SearchResult


def is_grounded(result: SearchResult) -> bool:
    """Whether what a search found may stand as an answer.

    A search has a nearest passage for everything; `kb.search.confidence` says when that answers.
    """
    return bool(result.hits) and result.confidence >= GROUNDED
