"""From source files to a new generation of the index.

    sources ─▶ editions ─▶ passages ─▶ vectors ─▶ records, terms, words ─▶ one commit
               reading     cutting     vectors    writing
                                       vocabulary

`ingesting` is the way from one end to the other, `keeping` what it computed before. What the
index holds already stays in it; an edition that is read again is replaced. Until the commit
nothing is changed, whatever happens.
"""

from __future__ import annotations

from kb.ingest.ingesting import index_documents, ingest
from kb.ingest.keeping import ANALYSES, EMBEDDINGS
from kb.reports import Progress

__all__ = ["ANALYSES", "EMBEDDINGS", "Progress", "index_documents", "ingest"]
