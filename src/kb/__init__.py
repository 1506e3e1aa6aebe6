"""Policy KB: a knowledge base over policy and labour-law texts that cites the clause.

from kb import KnowledgeBase

kb = KnowledgeBase.open("index")
kb.search("maternity protection ILO 183").hits[0].citation
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kb.errors import KBError
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase

__version__ = "0.1.0"

__all__ = ["KBError", "KnowledgeBase", "Settings", "__version__"]


def __getattr__(name: str) -> Any:
    """Import the façade when it is asked for: the readers' child process needs none of it."""
    if name == "KnowledgeBase":
        from kb.knowledge_base import KnowledgeBase  # noqa: PLC0415

        return KnowledgeBase
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
