"""Which sentences of the hits answer the question.

A sentence is judged with what stands above it (the article's heading, the words that announce its
list), since `56 calendar days after the birth` says nothing of leave by itself. Two things count:
how near its meaning comes to the question's, and how many of the question's words it has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kb.answers.ordering import limits, lowered
from kb.quantities import read_quantities
from kb.words import is_stopword, terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kb.answers.quoting import Quotable
    from kb.models import Embedder

MOST = 8  # sentences of an answer
_MOST_FOUND = 6  # of these, for their own sake; the others complete a list or limit a rule
_JUDGED = 32  # sentences that are compared with the question, those of the best hits first
_MARGIN = 0.05  # below the best sentence, up to which a sentence still belongs to the answer
_LIMIT_MARGIN = 0.08  # the same for what limits a rule that is quoted, or is in a list with it
_COVERAGE = 0.06  # what all of the question's words are worth, in cosines
_OWN_WORDS = 0.02  # what they are worth in the sentence itself rather than above it
_QUANTITY = 0.03  # what an amount is worth where one is asked for
_RANK = 0.004  # what a place in the search is worth

_HOW_MUCH = re.compile(
    r"\b(?:how (?:long|many|much|often|old)|what (?:percentage|share|length|duration|amount|age)"
    r"|сколько|скольки|как (?:долго|часто)|какова? (?:продолжительность|размер|доля|срок|возраст)"
    r"|как\w+ (?:срок|размер|продолжительност\w+|возраст\w*)"
    r"|қанша\w*|неше\w*|қандай (?:мерзім|мөлшер|жас)\w*)\b"
)
_ASKING = frozenset({"long", "many", "much", "often", "сколько", "скольки", "долго", "часто"})


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence and how well it answers; comparable within one question only."""

    sentence: Quotable
    score: float


def choose(question: str, sentences: Sequence[Quotable], embedder: Embedder) -> list[Scored]:
    """Return the sentences that answer a question, the best first; at most `MOST`.

    Args:
        question: as typed.
        sentences: of the hits, the best hit's first.
        embedder: the model that the index was built with.
    """
    judged = _distinct(sentences)[:_JUDGED]
    if not judged:
        return []
    near = _likeness(question, judged, embedder)
    wants_quantity = _HOW_MUCH.search(lowered(question))
    ranked = sorted(
        (
            Scored(each, float(likeness) + _evidence(question, each, quantity=bool(wants_quantity)))
            for each, likeness in zip(judged, near, strict=True)
        ),
        key=lambda scored: -scored.score,
    )
    best = ranked[0].score
    chosen = [each for each in ranked if each.score >= best - _MARGIN][:_MOST_FOUND]
    units = {_unit(each.sentence) for each in chosen}
    lists = {each.sentence.lead_in for each in chosen if each.sentence.in_list}
    completing = (
        each
        for each in ranked
        if each not in chosen
        and each.score >= best - _LIMIT_MARGIN
        and _unit(each.sentence) in units
        and (each.sentence.lead_in in lists or limits(each.sentence.text))
    )
    return [*chosen, *completing][:MOST]


def _distinct(sentences: Sequence[Quotable]) -> list[Quotable]:
    """Leave out sentences that stand word for word in an earlier hit as well."""
    first: dict[str, Quotable] = {}
    for each in sentences:
        first.setdefault(each.whole, each)
    return list(first.values())


def _likeness(
    question: str, sentences: Sequence[Quotable], embedder: Embedder
) -> NDArray[np.float32]:
    texts = [_fitting(_in_context(each), embedder) for each in sentences]
    likeness: NDArray[np.float32] = np.asarray(
        embedder.embed_passages(texts) @ embedder.embed_query(question), np.float32
    )
    return likeness


def _in_context(sentence: Quotable) -> str:
    words = sentence.whole if sentence.in_list else sentence.text
    return "\n".join(filter(None, (sentence.hit.heading, words)))


def _fitting(text: str, embedder: Embedder) -> str:
    """Return as much of a text as the model reads, from its end; what is quoted stays whole."""
    while not embedder.fits(text):
        text = text[len(text) // 4 :]
    return text


def _evidence(question: str, sentence: Quotable, *, quantity: bool) -> float:
    """Return what a sentence's words, amounts and place add to its likeness."""
    language = sentence.hit.language
    asked = {
        each.term
        for each in terms(question, language)
        if not is_stopword(each.term) and each.term not in _ASKING
    }
    held = {each.term for each in terms(_in_context(sentence), language)}
    own = {each.term for each in terms(sentence.text, language)}
    share = len(asked & held) / len(asked) if asked else 0.0
    own_share = len(asked & own) / len(asked) if asked else 0.0
    amount = quantity and bool(read_quantities(sentence.text, language))
    return (
        _COVERAGE * share
        + _OWN_WORDS * own_share
        + _QUANTITY * amount
        - _RANK * (sentence.hit.rank - 1)
    )


def _unit(sentence: Quotable) -> tuple[str, str | None]:
    return sentence.hit.document_id, sentence.hit.heading
