"""Whether the corpus answers a question. This is the only place where that is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.search.results import SearchResult


def is_grounded(result: SearchResult) -> bool:
    """Whether what a search found may stand as an answer.

    A search gives no hits for a question that neither words nor meaning connect with the corpus.
    """
    return bool(result.hits)
