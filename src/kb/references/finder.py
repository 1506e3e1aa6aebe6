"""Finding the references of a text, and what they refer to among the documents held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kb.references.designations import Around, after_links, read_designation
from kb.references.lexing import lex, normal
from kb.references.mentions import Instrument, Mention, coordinated, is_heading
from kb.references.names import Named, Names
from kb.references.numbers import Numbers, plain
from kb.references.pointing import (
    is_code_before,
    read_this,
    read_unknown_after,
    read_unknown_before,
)
from kb.references.provisions import ANNEX, Provision, read_provision
from kb.references.resolving import Resolver
from kb.references.vocabulary import (
    ADDED_TO,
    CLOSING,
    JOINERS,
    LEGISLATION,
    MENTIONED,
    NUMERO,
    OPENING,
    OTHER_STATE,
    OWNED,
    PHRASED,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kb.documents import Document
    from kb.references.lexing import Token
    from kb.references.places import Context, Nodes
    from kb.references.results import Reference
    from kb.references.vocabulary import Series

_WORDS_BETWEEN = 3  # «законодательство Республики Казахстан о …»
_BETWEEN = frozenset(",:;-—–()»”")  # between an instrument and its provision: `ТК, ст. 99`


class ReferenceFinder:
    """Finds the references of queries and texts, resolved against the documents held.

    >>> from kb.documents import Document
    >>> finder = ReferenceFinder([Document("ilo-c183", {}, kind="convention", number="183")])
    >>> [found] = finder.find("maternity leave, Art. 4(1) of ILO C183")
    >>> found.text, found.document_id, found.eid, found.instrument
    ('Art. 4(1) of ILO C183', 'ilo-c183', 'art_4__cl_1', 'ILO Convention No. 183')
    """

    def __init__(self, documents: Iterable[Document], nodes: Nodes | None = None) -> None:
        """Take the documents held, and what knows their provisions.

        Without `nodes` a provision of a document that is held counts as held.
        """
        held = tuple(documents)
        self._documents = {document.id: document for document in held}
        self._nodes = nodes
        self._names = Names(held)
        self._numbers = Numbers(held)

    def find(
        self,
        text: str,
        *,
        context: Context | None = None,
        tokens: Sequence[Token] | None = None,
    ) -> tuple[Reference, ...]:
        """Return the references in the order of the text; they do not overlap.

        A list gives a reference for each of its members. In a context, a provision without an
        instrument is one of the document whose words these are; without, its status is BARE.
        Linear in the length of the text.

        Args:
            text: the text.
            context: whose words it has.
            tokens: what `lex` makes of it, where the caller has that.
        """
        tokens = lex(text) if tokens is None else tokens
        self._names.read_for({token.form for token in tokens})
        mentions = coordinated(tokens, self._mentions(tokens))
        resolver = Resolver(self._documents, self._nodes, context)
        return tuple(
            reference
            for mention in mentions
            if context is None or not is_heading(text, tokens, mention, context.document_id)
            for reference in resolver.references(text, tokens, mention)
        )

    # --- mentions ---

    def _mentions(self, tokens: Sequence[Token]) -> list[Mention]:
        depths = _depths(tokens)
        found: list[Mention] = []
        at = 0
        listed: Series | None = None  # of the number before: `Conventions 183 and 156`
        idle: dict[str, bool] = {}  # words that no mention begins with
        while tokens[at].form:
            form = tokens[at].form
            if form not in idle:
                idle[form] = not self._begins(tokens[at])
            if idle[form] and listed is None:
                at += 1
                continue
            continues = listed is not None and tokens[at].form in JOINERS
            start = at + continues
            mention = self._mention(tokens, start, listed if continues else None)
            listed = None
            at += 1
            if mention is not None:
                at = _balanced(tokens, start, mention.end, within=depths[start] > 0)
                found.append(replace(mention, start=start, end=at))
                if mention.instrument is not None:
                    listed = mention.instrument.series
        return found

    def _begins(self, token: Token) -> bool:
        """Whether a mention may begin with the word; most words of a text are passed over."""
        if token.is_mark:
            return token.form in OPENING or token.form in NUMERO
        known = token.is_number or token.form in MENTIONED or token.form[:2] in PHRASED
        return known or self._names.may_begin(token.form)

    def _mention(
        self, tokens: Sequence[Token], at: int, listed: Series | None = None
    ) -> Mention | None:
        """Read a provision, an instrument, or both in either order."""
        if (this := read_this(tokens, at)) is not None:
            provision = read_provision(tokens, _after_comma(tokens, this.end))
            if provision is None or not provision.number_first:
                return Mention(at, this.end, this=this)
            return Mention(at, provision.end, provision, this=this, owner_first=True)
        if (provision := read_provision(tokens, at)) is not None:
            return self._with_instrument(tokens, at, provision)
        if tokens[at].glued:
            return None
        return self._instrument_first(tokens, at, listed) or _unknown_first(tokens, at)

    def _instrument_first(
        self, tokens: Sequence[Token], at: int, listed: Series | None
    ) -> Mention | None:
        instrument = self._instrument(tokens, at, listed, cued=True)
        if instrument is None:
            return None
        provision = self._provision_of(tokens, instrument)
        if provision is not None:
            return Mention(at, provision.end, provision, instrument, owner_first=True)
        instrument = self._instrument(tokens, at, listed)
        return Mention(at, instrument.end, instrument=instrument) if instrument else None

    def _with_instrument(
        self, tokens: Sequence[Token], at: int, provision: Provision
    ) -> Mention | None:
        """Read on after a provision: `Article 10` + `of Law No. 223-IV`."""
        at_this = after_links(tokens, provision.end, commas=False)
        after = after_links(tokens, provision.end)
        if provision.top == ANNEX and tokens[at_this].form in ADDED_TO:
            at_this = after = at_this + 1
        if (this := read_this(tokens, at_this)) is not None:
            return Mention(at, this.end, provision, this=this)
        if (instrument := self._instrument(tokens, after, cued=True)) is not None:
            return Mention(at, instrument.end, provision, instrument)
        shouted = tokens[at].printed.isupper() and len(tokens[at].printed) > 1
        if not shouted and (unknown := read_unknown_after(tokens, provision.end)) is not None:
            owner = Instrument(unknown.end, unknown.name, generic=unknown.bare)
            if provision.sure or not unknown.bare:
                return Mention(at, unknown.end, provision, owner)
        if not provision.sure or _is_in_gazette(tokens, at):
            return None
        if not shouted and is_code_before(tokens, at):  # COBS Chapter 14
            owner = Instrument(at, tokens[at - 1].printed)
            return Mention(at, provision.end, provision, owner, owner_first=True)
        return Mention(at, provision.end, provision)

    def _provision_of(self, tokens: Sequence[Token], instrument: Instrument) -> Provision | None:
        """Read on after an instrument: `C183` + `, Article 4`.

        In `C183, Article 10 of Law No. 223-IV` the provision belongs to what follows it.
        """
        at = instrument.end
        for _ in range(2):
            at += tokens[at].form in _BETWEEN
        provision = read_provision(tokens, at)
        if provision is None:
            return None
        following = after_links(tokens, provision.end, commas=False)
        if read_this(tokens, following) is not None:
            return None
        separate = at > instrument.end or following > provision.end
        if separate and self._instrument(tokens, following, cued=True) is not None:
            return None
        return provision

    # --- instruments ---

    def _instrument(
        self,
        tokens: Sequence[Token],
        at: int,
        listed: Series | None = None,
        *,
        cued: bool = False,
    ) -> Instrument | None:
        numbered = self._numbered(tokens, at, listed)
        named = self._named(tokens, at, cued=cued)
        if numbered is None or (named is not None and named.end > numbered.end):
            return named
        return numbered

    def _numbered(
        self, tokens: Sequence[Token], at: int, listed: Series | None
    ) -> Instrument | None:
        designation = read_designation(tokens, at, listed)
        if designation is None:
            return None
        series, day = designation.series, designation.day
        documents = self._numbers.having(series, plain(designation.number))
        name = series.name_of(plain(designation.number))
        if designation.malformed:
            return Instrument(designation.end, name, (), series, malformed=True)
        if day is not None and series.restarts:
            documents = tuple(document for document in documents if day.is_of(document.date))
            name = f"{name} of {day}"
        if not documents and not designation.sure:
            return None
        return Instrument(designation.end, name, documents, series)

    def _named(self, tokens: Sequence[Token], at: int, *, cued: bool) -> Instrument | None:
        """Read a name with what may stand around it: `Закон РК «О …»`, `ТК РК от 23.11.2015`."""
        named = self._names.find(tokens, at, cued=cued)
        before = Around(at).more(tokens)
        start = after_links(tokens, before.end, commas=False)
        start += tokens[start].form in OPENING
        if before.end > at:
            longer = self._names.find(tokens, start, cued=cued)
            if longer is not None and (named is None or longer.end > named.end):
                end = longer.end + (tokens[longer.end].form in CLOSING)
                named = Named(end, longer.documents)
        if named is None or _is_legislation(tokens, at, named.end):
            return None
        abroad = OTHER_STATE.end(tokens, after_links(tokens, named.end, commas=False))
        if abroad is not None:
            printed = " ".join(token.printed for token in tokens[at:abroad])
            return Instrument(abroad, printed, ())
        return Instrument(_after_name(tokens, named), "", named.documents)


# --- around a name ---


def _unknown_first(tokens: Sequence[Token], at: int) -> Mention | None:
    """Read `Азаматтық кодексінің 5-бабы`, whatever code that is."""
    unknown = read_unknown_before(tokens, at)
    provision = read_provision(tokens, unknown.end) if unknown is not None else None
    if unknown is None or provision is None or not provision.number_first:
        return None
    owner = Instrument(unknown.end, unknown.name, generic=unknown.bare)
    return Mention(at, provision.end, provision, owner, owner_first=True)


def _is_in_gazette(tokens: Sequence[Token], at: int) -> bool:
    """Whether an item of an official gazette stands at `at`: `2007 г., № 9, ст. 65`."""
    return (
        at > 2
        and tokens[at - 1].form == ","
        and tokens[at - 2].is_number
        and tokens[at - 3].form in NUMERO
    )


def _is_legislation(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether the words of a title tell what legislation is about, and name no law."""
    before = (token.form for token in tokens[max(0, at - _WORDS_BETWEEN) : at])
    return any(form.startswith(LEGISLATION) for form in (*before, tokens[end].form))


def _after_comma(tokens: Sequence[Token], at: int) -> int:
    return at + (tokens[at].form == ",")


def _after_name(tokens: Sequence[Token], named: Named) -> int:
    """Return the index after what only repeats which instrument is named: its date, its number."""
    end = named.end + (tokens[named.end].form in OWNED)
    known = Around(end, act="", ilo=True, issuer=True)
    after = known.more(tokens)
    if after.day is not None and not any(after.day.is_of(doc.date) for doc in named.documents):
        after = replace(known, day=after.day).more(tokens)
    numbers = {normal(doc.number) for doc in named.documents if doc.number}
    at = after.end
    opened = tokens[at].form in {",", "("}
    numero = tokens[at + opened].form in NUMERO
    at += opened + numero
    at += numero and tokens[at].form == "."
    if tokens[at].form in numbers and (numero or not opened):
        return at + 1
    return after.end


def _depths(tokens: Sequence[Token]) -> list[int]:
    """Return how many brackets are open before each token."""
    depths = [0]
    for token in tokens:
        depths.append(max(0, depths[-1] + (token.form == "(") - (token.form == ")")))
    return depths


def _balanced(tokens: Sequence[Token], start: int, end: int, *, within: bool) -> int:
    """Return the end of a mention so that it takes the brackets that it opens, and no others.

    `within` says that it stands in brackets itself.
    """
    opened = sum((token.form == "(") - (token.form == ")") for token in tokens[start:end])
    if opened > 0 and tokens[end].form == ")":
        return end + 1  # Convention, 2000 (No. 183)
    if within and opened < 0 and tokens[end - 1].form == ")" and tokens[end].form != ")":
        return end - 1  # (ст. 10 п. 3)
    return end
