"""What a text's standing adds to its score: a little, so that it decides between equals.

In force before expired; the text as published before a translation, and that before our digest; a
convention before a code, a law, a decree, and what has no such rank. A hit's explanation shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.documents import Provenance

if TYPE_CHECKING:
    from kb.documents import Document
    from kb.stores.rows import EditionSummary

# On the scale of likeness, where the places of a page are some 0.01 apart.
_ENDED = -0.008
_PROVENANCE = {Provenance.OFFICIAL: 0.0, Provenance.TRANSLATION: -0.002, Provenance.DIGEST: -0.004}
_KINDS = ("convention", "code", "law", "decree")
_STEP = -0.0006  # from one kind to the next

_NO_LONGER = frozenset({"expired", "repealed", "not-in-force"})


def standing(document: Document, edition: EditionSummary) -> float:
    """Return an edition's standing: 0.0 for a convention in force as published, less for others."""
    rank = _KINDS.index(document.kind) if document.kind in _KINDS else len(_KINDS)
    ended = _ENDED if _NO_LONGER & {document.status, edition.status} else 0.0
    return ended + _PROVENANCE[edition.provenance] + _STEP * rank
