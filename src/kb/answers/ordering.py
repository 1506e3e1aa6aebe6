"""The order in which a lawyer wants an answer: the rule, its exceptions, the sources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.answers.results import Role
from kb.references import ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.answers.quoting import Quotable
    from kb.references import ReferenceFinder

_WORD = re.compile(r"\w+")
# What limits a rule, in lower case: `except where`, `unless`, `если иное не`, `қоспағанда`
_EXCEPTION = re.compile(
    r"\b(?:except(?:ing|ions?)?|unless|save (?:where|when|as|for|that)|other than|apart from"
    r"|notwithstanding|does not apply|do not apply|not applicable|excluding|exempt\w*"
    r"|кроме|исключени\w*|исключая|если (?:\w+ ){0,16}?ин(?:ое|ого|аче|ым)"
    r"|если не|изъяти\w+|не распростран\w+"
    r"|не применя\w+|не касается|не относится|помимо|независимо от"
    r"|қоспағанда|басқа жағдайда\w*|басқаша \w+(?: \w+){0,4}(?:са|се|мес\w*)|өзгеше \w+"
    r"|қолданылмайды|таралмайды|болмаса|ерекше жағдай\w*)\b"
)
# What says where a rule comes from, or which act goes on with it
_SOURCE = re.compile(
    r"\b(?:ratif\w+|adopted|revises?|approved by|in accordance with|in the manner set by"
    r"|ратифи\w+|принят\w*|пересматрива\w+|утвержд\w+|в соответствии с|согласно"
    r"|ратификация\w*|қабылдан\w+|бекіт\w+|сәйкес)\b"
)


def limits(text: str) -> set[str]:
    """Return the words by which a sentence limits a rule, in lower case, if it does.

    >>> limits("The leave is paid, unless the contract says otherwise.")
    {'unless'}
    """
    return set(_EXCEPTION.findall(lowered(text)))


def role_of(sentence: Quotable, finder: ReferenceFinder) -> Role:
    """Return what a sentence does in an answer."""
    if limits(sentence.whole):
        return Role.EXCEPTION
    if _SOURCE.search(lowered(sentence.text)) and any(
        found.kind is ReferenceKind.INSTRUMENT or found.instrument
        for found in finder.find(sentence.text)
        if found.document_id != sentence.hit.document_id
    ):
        return Role.SOURCE
    return Role.RULE


def in_order(chosen: Sequence[tuple[Quotable, Role]]) -> tuple[tuple[Quotable, Role], ...]:
    """Put sentences in a lawyer's order.

    Rules, exceptions, sources; within each the provisions as they rank, and within a provision the
    sentences as they stand in it.

    Args:
        chosen: sentences with their roles, the best first.
    """
    rank: dict[tuple[str, str, str], int] = {}
    for sentence, _ in chosen:
        rank.setdefault(_unit(sentence), len(rank))
    roles = list(Role)
    return tuple(
        sorted(
            chosen,
            key=lambda each: (
                roles.index(each[1]),
                rank[_unit(each[0])],
                each[0].sentence.span,
            ),
        )
    )


def _unit(sentence: Quotable) -> tuple[str, str, str]:
    """Name the article that a sentence stands in."""
    unit = sentence.edition.headed_unit(sentence.eid)
    return sentence.hit.document_id, sentence.hit.edition_id, unit.eid if unit else ""


def lowered(text: str) -> str:
    """Return the words of a text in lower case with one space between them.

    >>> lowered("Кроме случаев, указанных в п. 2")
    'кроме случаев указанных в п 2'
    """
    return " ".join(_WORD.findall(text.casefold()))
