"""From a mention to what it refers to: among the documents, their provisions, and the context."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kb.citations import cite_instrument
from kb.documents import Document, Language
from kb.references.places import Counted
from kb.references.provisions import ARTICLE, PARAGRAPH, RANK
from kb.references.results import Reference, ReferenceStatus, eid_of
from kb.references.vocabulary import CODES, INDENT, LAWS, SERIES, SERIES_OF_KIND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kb.references.lexing import Token
    from kb.references.mentions import Instrument, Mention
    from kb.references.places import Context, Nodes
    from kb.references.pointing import This
    from kb.references.provisions import Member, Steps

RESOLVED, AMBIGUOUS = ReferenceStatus.RESOLVED, ReferenceStatus.AMBIGUOUS
NOT_HELD, MALFORMED = ReferenceStatus.NOT_HELD, ReferenceStatus.MALFORMED


class Resolver:
    """Resolves the mentions of one text."""

    def __init__(
        self, documents: Mapping[str, Document], nodes: Nodes | None, context: Context | None
    ) -> None:
        self._documents = documents
        self._nodes = nodes
        self._context = context
        self._own = documents.get(context.document_id) if context is not None else None

    def references(
        self, text: str, tokens: Sequence[Token], mention: Mention
    ) -> Iterator[Reference]:
        """Yield a reference for each unit that is listed, or the one for the instrument."""
        for start, end, member in _spans(tokens, mention):
            path = member.path if member is not None else ()
            blank = Reference(start, end, text[start:end], None, None, path, ReferenceStatus.BARE)
            if member is not None and member.last is not None:
                blank = replace(blank, last=(*path[:-1], (path[-1][0], member.last)))
            resolved = self._resolved(blank, mention)
            if resolved is not None and member is not None and member.malformed:
                resolved = replace(
                    resolved,
                    document_id=None,
                    instrument=resolved.instrument if mention.owned else None,
                    candidates=(),
                    nearest=None,
                    status=MALFORMED,
                )
            if resolved is not None:
                yield resolved

    def _resolved(self, blank: Reference, mention: Mention) -> Reference | None:
        if mention.instrument is not None:
            return self._of_instrument(blank, mention.instrument)
        if self._context is None:
            return blank if blank.path else None  # "this Law", said of nothing
        place = self._context.place(blank.start)
        own = self._of(blank, self._context.document_id)
        if mention.this is None:
            return self._bare(own, place)
        if mention.this.unit is not None:
            return self._within_this(own, mention.this.unit, place)
        return self._within_act(own, mention.this, place)

    # --- instruments ---

    def _of_instrument(self, blank: Reference, instrument: Instrument) -> Reference | None:
        named = replace(blank, instrument=instrument.name or None)
        if instrument.malformed:
            return replace(named, status=MALFORMED)
        if instrument.generic:
            return self._generic(blank, instrument)
        if not instrument.documents:
            return replace(named, status=NOT_HELD)
        first, *others = instrument.documents
        if others:
            return replace(
                named,
                instrument=instrument.name or cite_instrument(first, Language.ENGLISH),
                status=AMBIGUOUS,
                candidates=tuple(document.id for document in instrument.documents),
            )
        return self._checked(self._of(blank, first.id))

    def _generic(self, blank: Reference, instrument: Instrument) -> Reference:
        """Resolve `статьи 10 Закона`: perhaps the act whose words these are, perhaps not."""
        if self._context is None:
            return blank
        act = instrument.name.casefold()
        if self._own is not None and _is_called(self._own, act):
            own = self._of(blank, self._own.id)
            return replace(own, document_id=None, status=AMBIGUOUS, candidates=(self._own.id,))
        return replace(blank, instrument=instrument.name, status=NOT_HELD)

    def _of(self, blank: Reference, document_id: str) -> Reference:
        document = self._documents.get(document_id)
        name = cite_instrument(document, Language.ENGLISH) if document else document_id
        return replace(blank, document_id=document_id, instrument=name, status=RESOLVED)

    # --- provisions of the text's own document ---

    def _bare(self, own: Reference, place: str | None) -> Reference:
        """Resolve a provision that names no act: `статья 7`, `пункт 2`, `подпункт 1)`."""
        top = own.path[0][0]
        if RANK[top] <= RANK[ARTICLE] or place is None:
            if self._nodes is not None and RANK[top] > RANK[ARTICLE]:
                return self._unless_unknown(own)
            return self._checked(own)
        around = _above(place, top)
        return self._checked(_below(own, around))

    def _unless_unknown(self, own: Reference) -> Reference:
        """Resolve a point where it is not known in which article it is."""
        checked = self._checked(own)
        if checked.status is RESOLVED and own.document_id is not None:
            return checked
        return replace(own, document_id=None, status=AMBIGUOUS, candidates=(str(own.document_id),))

    def _within_act(self, own: Reference, this: This, place: str | None) -> Reference:
        """Resolve `пункта 2 настоящих Правил`: rules may be what an annex of an order has."""
        if place is not None and place.startswith("anx_") and this.act not in SERIES:
            return self._checked(_below(own, place.partition("__")[0]))
        if self._own is not None and not _is_called(self._own, this.act):  # quoted from another
            return replace(own, document_id=None, instrument=this.name, status=NOT_HELD)
        return self._checked(own)

    def _within_this(self, own: Reference, unit: str, place: str | None) -> Reference | None:
        """Resolve `пункта 2 настоящей статьи` from the node in which it stands."""
        around = _cut(place, unit) if place is not None else None
        if around is None:
            if not own.path:
                return None
            return replace(
                own, document_id=None, status=AMBIGUOUS, candidates=(str(own.document_id),)
            )
        return self._checked(_below(own, around))

    # --- provisions that are held ---

    def _checked(self, found: Reference) -> Reference:
        """Check that the document has the provision; name the unit around one that it has not."""
        if self._nodes is None or not found.path or found.document_id is None:
            return found
        document_id = found.document_id
        path = _with_paragraph(self._nodes, document_id, found.path)
        missing = path is None
        if path is not None:
            last = found.last
            if last is not None:
                last = (*path[:-1], last[-1])
            found = replace(found, path=path, last=last)
            missing = not all(
                self._nodes.has_node(document_id, eid)
                for eid in (found.eid, found.last_eid)
                if eid is not None
            )
        if not missing:
            return found
        nearest = next(
            (
                eid
                for length in range(len(found.path) - 1, 0, -1)
                if self._nodes.has_node(document_id, eid := eid_of(found.path[:length]))
            ),
            None,
        )
        return replace(found, status=NOT_HELD, nearest=nearest)


# --- paths ---


def _with_paragraph(nodes: Nodes, document_id: str, path: Steps) -> Steps | None:
    """Return the path of a part or an indent as the document's nodes have it, or None."""
    counts = [at for at, (prefix, number) in enumerate(path) if _counts(prefix, number)]
    if not counts:
        return path
    counted = {path[at][0]: int(path[at][1]) for at in counts}
    unit, below = eid_of(path[: counts[0]]), path[counts[-1] + 1 :]
    item = eid_of(below[:1]) if below else None
    meant = Counted(counted.get(PARAGRAPH), counted.get(INDENT), item)
    eid = nodes.paragraph(document_id, unit, meant)
    return (*_path_of(eid), *below[1:]) if eid is not None else None


def _counts(prefix: str, number: str) -> bool:
    return prefix in (PARAGRAPH, INDENT) and number.isdigit()


def _path_of(eid: str) -> Steps:
    return tuple((prefix, number) for prefix, _, number in _parts(eid))


def _parts(eid: str) -> Iterator[tuple[str, str, str]]:
    return (part.partition("_") for part in eid.split("__"))


def _cut(place: str, unit: str) -> str | None:
    """Return the unit of a kind around a place: the `art` of `art_10__cl_3` is `art_10`."""
    parts = place.split("__")
    for depth, part in enumerate(parts, start=1):
        if part.startswith(f"{unit}_"):
            return "__".join(parts[:depth])
    return None


def _above(place: str, unit: str) -> str:
    """Return the eid of what a bare unit is part of: a point is of the article around it."""
    kept = []
    for part in place.split("__"):
        prefix = part.partition("_")[0]
        if RANK.get(prefix, RANK[unit]) >= RANK[unit]:
            break
        if RANK[prefix] >= RANK[ARTICLE] or prefix == "anx":
            kept.append(part)
    return "__".join(kept)


def _below(own: Reference, around: str) -> Reference:
    if not around:
        return own
    path = _path_of(around)
    last = (*path, *own.last) if own.last is not None else None
    return replace(own, path=(*path, *own.path), last=last)


def _is_called(document: Document, act: str) -> bool:
    """Whether an act may be called so: a code is no law, a convention is no code."""
    if act in CODES:
        return document.kind in ("code", "document")
    if act in LAWS:
        return document.kind in ("law", "document")
    series, kind = SERIES.get(act), SERIES_OF_KIND.get(document.kind)
    if series is None:  # rules, a statute: what an order or a resolution approves
        return kind is None or kind.restarts
    return kind is None or series is kind


# --- spans ---


def _spans(tokens: Sequence[Token], mention: Mention) -> Iterator[tuple[int, int, Member | None]]:
    """Yield the span of each member; the first has the words before, the last those after."""
    members = mention.provision.members if mention.provision is not None else (None,)
    for place, member in enumerate(members):
        first = mention.start if place == 0 or member is None else member.start
        last = mention.end if place == len(members) - 1 or member is None else member.end
        yield tokens[first].start, tokens[last - 1].end, member
