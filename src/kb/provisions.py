"""Provisions as they are shown: in which edition, with what must be said beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kb.citations import permalink
from kb.editions import Change, history_of, holds_on, series_of, today
from kb.errors import NotFound
from kb.search.queries import parse_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.documents import Citation, Document, Edition, Node, Receipt
    from kb.editions import Version
    from kb.stores.rows import EditionSummary

PROVENANCES = ("official", "unofficial-translation", "digest")  # the most authoritative first


@dataclass(frozen=True, slots=True)
class NodeView:
    """One provision of one edition, ready to be shown or cited."""

    document: Document  # without its editions
    edition: Edition
    node: Node
    text: str  # verbatim
    citation: Citation
    receipt: Receipt
    notices: tuple[str, ...] = ()  # what must be said beside it: expired, replaced, no date
    current: CurrentWording | None = None  # where another wording holds today


@dataclass(frozen=True, slots=True)
class CurrentWording:
    """What stands today where a wording stood that another one has replaced."""

    edition_id: str
    eid: str | None  # what the provision is called now; None: it is no longer there
    permalink: str
    changed: bool  # whether the provision reads otherwise, editors' notes aside


def choose(
    document: Document,
    language: str | None,
    edition_id: str | None,
    as_of: date | None = None,
) -> list[Edition]:
    """Return the editions of a language or an id, what holds and is most authoritative first.

    A day that is named leaves out what did not hold on it; today, which is not, only puts it last.
    """
    wanted = parse_language(language)
    day = as_of or today()
    chosen = [
        edition
        for edition in sorted(document.editions, key=lambda item: authority(item, day))
        if edition_id in (None, edition.id) and wanted in (None, edition.language)
    ]
    if as_of is not None and edition_id is None:
        held = [edition for edition in chosen if holds_on(edition, as_of)]
        if document.date is not None and as_of < document.date:
            held = []
        if chosen and not held:
            known = [document.date, *(item.valid_from for item in chosen)]
            raise NotFound(
                f"No wording of {document.id} that held on {as_of} is in this index; the earliest"
                f" date known of it is {min(filter(None, known), default=None)}."
                f" `kb history {document.id}` lists what is held."
            )
        chosen = held
    if not chosen:
        asked = " and ".join(
            words
            for words, given in (
                (f"the id {edition_id!r}", edition_id),
                (f"the language {language!r}", language),
            )
            if given
        )
        names = ", ".join(item.id for item in document.editions)
        raise NotFound(f"{document.id} has no edition with {asked} in this index; it has: {names}.")
    return chosen


def authority(edition: Edition | EditionSummary, day: date) -> tuple[bool, int, int]:
    """Sort what holds on the day first, then official texts, then the newest."""
    newest_first = -edition.valid_from.toordinal() if edition.valid_from else 0
    return not holds_on(edition, day), PROVENANCES.index(edition.provenance), newest_first


def find_provision(
    document: Document, candidates: Sequence[Edition], eid: str
) -> tuple[Edition, Node]:
    """Return the first of the editions that has a provision, and the provision.

    Raises:
        NotFound: none has.
    """
    for edition in candidates:
        if (node := edition.node(eid)) is not None:
            return edition, node
    looked_in = ", ".join(edition.id for edition in candidates)
    raise NotFound(
        f"There is no provision {eid!r} in {document.id} ({looked_in});"
        f" `kb show {document.id}` prints its outline."
    )


def current_wording(document: Document, edition: Edition, eid: str) -> CurrentWording | None:
    """Return where a provision of a replaced wording stands today; None while its edition holds."""
    now = today()
    if edition.valid_to is None or edition.valid_to > now:
        return None
    series = series_of(document.editions, edition)
    later = next((item for item in series if holds_on(item, now) and item.valid_from), None)
    if later is None:
        return None
    ahead = history_of(document, edition, eid)
    last = ahead[-1]
    gone = last.change is Change.REMOVED
    before = [item for item in ahead if _begins(item) <= (edition.valid_from or date.min)]
    return CurrentWording(
        edition_id=later.id,
        eid=None if gone else last.eid,
        permalink=permalink(document.id, later.id, None if gone else last.eid),
        changed=any(item.change is not Change.RENUMBERED for item in ahead[len(before) :]),
    )


def _begins(version: Version) -> date:
    return version.valid_from or date.min
