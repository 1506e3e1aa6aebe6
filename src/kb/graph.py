"""What a provision cites, and what cites it, each with its citation and permalink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.citations import cite, permalink
from kb.editions import holds_on, today
from kb.provisions import PROVENANCES
from kb.receipts import make_receipt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kb.documents import Document, Edition, Language, Node, Receipt
    from kb.references import Link
    from kb.stores.records import Records


@dataclass(frozen=True, slots=True)
class Cited:
    """A provision, or an instrument, that the words of a provision cite."""

    document_id: str
    eid: str | None  # None: the instrument as a whole
    citation: str  # in the reader's language
    permalink: str
    words: str  # of the provision that cites it, verbatim
    receipt: Receipt  # for these words


@dataclass(frozen=True, slots=True)
class Citing:
    """A provision whose words cite the one that is asked for."""

    document_id: str
    edition_id: str
    eid: str  # of the leaf in which the words stand
    language: Language
    citation: str  # in the reader's language
    permalink: str
    cites: str  # eid of what it cites: the provision itself, or a unit in it
    words: str  # verbatim
    receipt: Receipt  # for these words


@dataclass(frozen=True, slots=True)
class CitationGraph:
    """The citations of one provision."""

    document_id: str
    edition_id: str
    eid: str
    cites: tuple[Cited, ...]  # in the order of the text
    cited_by: tuple[Citing, ...]  # by document; each provision once, in one language


def citations_of(
    records: Records, document: Document, edition: Edition, node: Node, reader: Language
) -> CitationGraph:
    """Return the citations of a provision as far as they are among the documents held.

    Wordings that no longer hold are left out of what cites it. A provision that cites it in
    several languages counts once, in the reader's language where it can be, the official text
    before a digest.
    """
    cited = {
        (link.target, link.target_eid): link
        for link in reversed(records.links_from(document.id, edition.id, node.span))
        if not _within(link, document.id, node.eid)
    }
    return CitationGraph(
        document.id,
        edition.id,
        node.eid,
        tuple(_cited(records, edition, link, reader) for link in reversed(cited.values())),
        tuple(_citing(records, link, reader) for link in _once(records, document.id, node, reader)),
    )


def _within(link: Link, document_id: str, eid: str) -> bool:
    """Whether a provision cites itself, or a unit in it."""
    target = link.target_eid or ""
    return link.target == document_id and (target == eid or target.startswith(f"{eid}__"))


def _once(records: Records, document_id: str, node: Node, reader: Language) -> list[Link]:
    now = today()
    best: dict[tuple[str, str], tuple[tuple[int, bool, str], Link]] = {}
    for link in records.links_to(document_id, node.eid):
        if link.document_id == document_id and _inside(link.eid, node.eid):
            continue
        edition = records.edition_summary(link.document_id, link.edition_id)
        if edition is None or not holds_on(edition, now):
            continue
        rank = (
            PROVENANCES.index(edition.provenance),
            edition.language is not reader,
            edition.language,
        )
        key = link.document_id, link.eid
        if key not in best or rank < best[key][0]:
            best[key] = rank, link
    return [link for _, link in best.values()]


def _inside(eid: str, unit: str) -> bool:
    return eid == unit or eid.startswith(f"{unit}__")


def _cited(records: Records, edition: Edition, link: Link, reader: Language) -> Cited:
    target = records.document(link.target)
    assert target is not None  # noqa: S101  a link leads to what is held
    landing = _edition_for(target.editions, link.target_eid, reader)
    eids = [link.target_eid] if link.target_eid and landing.node(link.target_eid) else []
    citation = cite(target, landing, eids, reader)
    return Cited(
        document_id=link.target,
        eid=link.target_eid,
        citation=citation.text,
        permalink=citation.permalink,
        words=link.span.of(edition.text),
        receipt=make_receipt(edition, link.eid, link.span),
    )


def _edition_for(editions: Iterable[Edition], eid: str | None, reader: Language) -> Edition:
    """Return the edition in which a reader sees the provision: what holds, in their language."""
    now = today()
    return min(
        editions,
        key=lambda item: (
            eid is not None and item.node(eid) is None,
            not holds_on(item, now),
            item.language is not reader,
            PROVENANCES.index(item.provenance),
            item.id,
        ),
    )


def _citing(records: Records, link: Link, reader: Language) -> Citing:
    document = records.document(link.document_id)
    edition = records.edition(link.document_id, link.edition_id)
    assert document is not None  # noqa: S101  the link stands in it
    assert edition is not None  # noqa: S101
    return Citing(
        document_id=link.document_id,
        edition_id=link.edition_id,
        eid=link.eid,
        language=edition.language,
        citation=cite(document, edition, [link.eid], reader).text,
        permalink=permalink(link.document_id, link.edition_id, link.eid),
        cites=link.target_eid or "",
        words=link.span.of(edition.text),
        receipt=make_receipt(edition, link.eid, link.span),
    )
