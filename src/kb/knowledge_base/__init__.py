"""The knowledge base: everything that the command line, the API and the web page can do.

    from kb import KnowledgeBase

    kb = KnowledgeBase.build(["labour_code.pdf"], index="index")
    for hit in kb.search("maternity leave").hits:
        print(hit.citation, hit.text)

`KnowledgeBase` is the one façade; what it can do stands by topic:

    opened      a generation and everything that is open in it
    opening     which generation and which model are in use, and when they change
    building    sources into an index
    searching   passages that answer a query
    answering   sentences that answer a question; passages for a prompt
    reading     documents, editions and provisions as they are held
    referring   what a text refers to, what a provision cites and what cites it
    comparing   two editions, two provisions
    checking    receipts, and the index itself

A search from the command line imports this package, so what it has no use for is imported by the
method that needs it.
"""

from __future__ import annotations

from kb.knowledge_base.answering import Answering
from kb.knowledge_base.building import Building
from kb.knowledge_base.checking import Checking
from kb.knowledge_base.comparing import Comparing
from kb.knowledge_base.reading import EditionInTime
from kb.knowledge_base.referring import MAX_REFERRING_CHARS, Referring

__all__ = ["MAX_REFERRING_CHARS", "EditionInTime", "KnowledgeBase"]


class KnowledgeBase(Building, Answering, Comparing, Referring, Checking):
    """An index and the model that it is searched with. Threads may share it."""
