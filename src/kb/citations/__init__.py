"""What a lawyer writes to name a provision, in the reader's language, and where it can be read.

| language | instrument                                   | provision                           |
| -------- | -------------------------------------------- | ----------------------------------- |
| en       | Law No. 223-IV of 8 December 2009            | Art. 10(3)(2)                       |
| ru       | Закон РК от 8 декабря 2009 года № 223-IV     | подпункт 2) пункта 3 статьи 10      |
| kk       | ҚР 2009 жылғы 8 желтоқсандағы № 223-IV Заңы  | 10-баптың 3-тармағының 2) тармақшасы |

    nodes ─▶ pinpoint (which units) ─▶ words of one language ─▶ citation
             citations.pinpoint       citations.english, .russian, .kazakh

A citation covers the whole of what it is put beside: a passage of points 3 and 4 is cited as
`Art. 99(3)–(4)`, not as its best sentence. Where the structure does not allow an exact answer, the
citation names the smallest unit that is sure to hold the words, or the instrument alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from kb.citations import english, kazakh, russian
from kb.citations.instruments import cite_instrument, edition_label
from kb.citations.pinpoint import Pinpoint, find_pinpoint
from kb.documents import Citation, Document, Edition, Language, Node
from kb.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["cite", "cite_instrument", "permalink"]

_WRITERS: dict[Language, Callable[[Pinpoint], str]] = {
    Language.ENGLISH: english.write,
    Language.RUSSIAN: russian.write,
    Language.KAZAKH: kazakh.write,
}


def permalink(document_id: str, edition_id: str, eid: str | None = None) -> str:
    """Return the path of a provision in one edition, on the server that serves it.

    >>> permalink("ilo-c183", "en-digest", "art_4__cl_1")
    '/documents/ilo-c183/en-digest#art_4__cl_1'
    """
    anchor = f"#{quote(eid, safe='~')}" if eid else ""
    return f"/documents/{quote(document_id)}/{quote(edition_id)}{anchor}"


def cite(
    document: Document,
    edition: Edition,
    eids: Sequence[str],
    language: Language | None = None,
    anchor: str | None = None,
) -> Citation:
    """Return the citation of a node, or of a run of nodes, of an edition.

    Args:
        document: the instrument.
        edition: the edition that is quoted.
        eids: what is quoted, in order: nodes of the edition; none for the whole instrument.
        language: the reader's; by default that of the edition.
        anchor: the eid that the permalink lands on; by default the first of `eids`.

    Raises:
        NotFound: the edition has no such node.
    """
    reader = language or edition.language
    nodes = [_node(edition, eid) for eid in eids]
    landing = _node(edition, anchor) if anchor else next(iter(nodes), None)
    provision = _WRITERS[reader](find_pinpoint(edition, nodes))
    text = ", ".join(part for part in (cite_instrument(document, reader), provision) if part)
    if label := edition_label(edition, reader):
        text = f"{text} ({label})"
    return Citation(text, permalink(document.id, edition.id, landing.eid if landing else None))


def _node(edition: Edition, eid: str) -> Node:
    node = edition.node(eid)
    if node is None:
        raise NotFound(
            f"Edition {edition.id} of {edition.document_id} has no node {eid!r}:"
            f" `kb show {edition.document_id}` lists those that it has."
        )
    return node
