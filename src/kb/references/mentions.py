"""Mentions: what stands at one place of a text, and what mentions lend to each other."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.references.provisions import ARTICLE, RANK
from kb.references.vocabulary import AND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.documents import Document
    from kb.references.lexing import Token
    from kb.references.pointing import This
    from kb.references.provisions import Provision
    from kb.references.vocabulary import Series

_START_OF_LINE = re.compile(r"(?:^|\n)[ \t#*>]*\Z")
_LONGEST_INDENT = 40
_LONGEST_ASIDE = 60  # tokens in brackets


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument that is mentioned."""

    end: int  # index of the token after it
    name: str  # normal form where it is not held
    documents: tuple[Document, ...] = ()  # those that may be meant; () when none is held
    series: Series | None = None
    generic: bool = False  # only what acts are called: `Закона`
    malformed: bool = False  # there can be no such instrument


@dataclass(frozen=True, slots=True)
class Mention:
    """What stands at one place of a text; `this` and `instrument` exclude each other."""

    start: int  # index of its first token
    end: int  # index of the token after it
    provision: Provision | None = None
    instrument: Instrument | None = None
    this: This | None = None
    owner_first: bool = False  # the instrument stands before the provision

    @property
    def owned(self) -> bool:
        """Whether it says whose provision it is."""
        return self.instrument is not None or self.this is not None


def coordinated(tokens: Sequence[Token], mentions: Sequence[Mention]) -> list[Mention]:
    """Let mentions that are joined by commas and "and" share what only one of them says.

    пункта 1 и пункта 2 статьи 10 Закона        both are of article 10 of the Law
    Еңбек кодексінің 52-бабы және 53-бабы       both are of the Code
    """
    found = _within_brackets(tokens, mentions)
    for at in range(len(found) - 2, -1, -1):
        if _joined(tokens, found[at], found[at + 1]):
            found[at] = _with_following(found[at], found[at + 1])
    for at in range(1, len(found)):
        if _joined(tokens, found[at - 1], found[at]):
            found[at] = _with_preceding(found[at], found[at - 1])
    return found


def _within_brackets(tokens: Sequence[Token], mentions: Sequence[Mention]) -> list[Mention]:
    """Give what stands in brackets after an act to that act: `Закон № 1-I (см. ст. 2)`."""
    found = []
    owner: Mention | None = None
    closes = 0  # index of the bracket that closes
    for mention in mentions:
        if owner is not None and mention.start < closes and not mention.owned:
            mention = replace(  # noqa: PLW2901
                mention, instrument=owner.instrument, owner_first=True
            )
        found.append(mention)
        if mention.instrument is not None and tokens[mention.end].form == "(":
            span = range(mention.end + 1, min(mention.end + _LONGEST_ASIDE, len(tokens)))
            closes = next((at for at in span if tokens[at].form in "()"), 0)
            owner = mention
    return found


def _joined(tokens: Sequence[Token], one: Mention, other: Mention) -> bool:
    between = tokens[one.end : other.start] if other.start - one.end <= 2 else ()
    return bool(between) and all(token.form == "," or token.form in AND for token in between)


def _with_following(mention: Mention, following: Mention) -> Mention:
    """Give a mention the article and the act that the next one names after its own provision."""
    provision, model = mention.provision, following.provision
    if provision is None or model is None or mention.owned or following.owner_first:
        return mention
    if not model.number_first and not provision.number_first:
        provision = _within(provision, model)
    return replace(
        mention, provision=provision, instrument=following.instrument, this=following.this
    )


def _with_preceding(mention: Mention, preceding: Mention) -> Mention:
    """Give a mention the act that the one before it names first, as Kazakh does."""
    provision, model = mention.provision, preceding.provision
    if provision is None or model is None or mention.owned or not preceding.owner_first:
        return mention
    if provision.number_first and model.number_first:
        provision = _within(provision, model)
    return replace(
        mention,
        provision=provision,
        instrument=preceding.instrument,
        this=preceding.this,
        owner_first=True,
    )


def _within(provision: Provision, model: Provision) -> Provision:
    """Put a provision below the article of another: `пункта 1` beside `пункта 2 статьи 10`."""
    top = RANK[provision.top]
    above = tuple(step for step in model.members[0].path if RANK[step[0]] < top)
    if top <= RANK[ARTICLE] or not any(prefix == ARTICLE for prefix, _ in above):
        return provision
    members = tuple(replace(member, path=(*above, *member.path)) for member in provision.members)
    return replace(provision, members=members)


def is_heading(text: str, tokens: Sequence[Token], mention: Mention, document_id: str) -> bool:
    """Whether a line is the heading of the text itself: `Статья 10. …`, `10-бап. …`, its title."""
    start, following = tokens[mention.start].start, tokens[mention.end]
    line = text[max(0, start - _LONGEST_INDENT) : start]
    if not (text[start].isupper() or text[start].isdigit()):
        return False
    if not _START_OF_LINE.search(line) or (start > _LONGEST_INDENT and "\n" not in line):
        return False
    ends_line = "\n" in text[tokens[mention.end - 1].end : following.start] or (
        following.form == "\n"
    )
    provision, instrument = mention.provision, mention.instrument
    if provision is None:
        held = instrument.documents if instrument is not None else ()
        return ends_line and any(document.id == document_id for document in held)
    alone = len(provision.members) == len(provision.members[0].path) == 1
    goes_on = following.form == "." and bool(tokens[mention.end + 1].form)
    return not mention.owned and alone and (goes_on or ends_line)
