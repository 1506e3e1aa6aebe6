"""Pack the best passages into a budget of tokens, for another program's prompt.

    [1] Labour Code, Art. 99(4) (digest)
    4. The employer pays for maternity leave …

    [2] ILO Convention No. 183, Art. 4 (digest)
    …

A passage stands whole or not at all; one that is too long for what is left gives way to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.answers import wording
from kb.answers.results import Context, ContextPassage
from kb.errors import BadFilter
from kb.tokens import count_tokens

if TYPE_CHECKING:
    from kb.search.results import Hit, SearchResult

MIN_TOKENS = 100
MAX_TOKENS = 100_000
_BETWEEN = "\n\n"


def check_budget(max_tokens: int) -> None:
    """Refuse a budget that cannot be used.

    Raises:
        BadFilter: it is out of range.
    """
    if not MIN_TOKENS <= max_tokens <= MAX_TOKENS:
        raise BadFilter(
            f"max_tokens is {max_tokens}; give a number from {MIN_TOKENS} to {MAX_TOKENS}."
        )


def numbered(number: int, hit: Hit) -> str:
    """Return a passage as it stands in a prompt."""
    return f"[{number}] {hit.citation}\n{hit.text.strip()}"


def pack(result: SearchResult, max_tokens: int) -> Context:
    """Return as many passages of a search as fit, the best first.

    The tokens of the whole text, counted at once, are never more than `max_tokens`.
    """
    check_budget(max_tokens)
    text, tokens = "", 0
    passages: list[ContextPassage] = []
    for hit in result.hits:
        number = len(passages) + 1
        part = numbered(number, hit)
        longer = f"{text}{_BETWEEN}{part}" if text else part
        counted = count_tokens(longer)
        if counted > max_tokens:
            continue
        passages.append(
            ContextPassage(
                number=number,
                text=hit.text,
                citation=hit.citation,
                permalink=hit.permalink,
                language=hit.language,
                provenance=hit.provenance,
                provenance_note=hit.provenance_note,
                receipt=hit.receipt,
                tokens=counted - tokens,
            )
        )
        text, tokens = longer, counted
    no_room = bool(result.hits) and not passages
    return Context(
        query=result.query,
        language=result.language,
        text=text,
        tokens=tokens,
        max_tokens=max_tokens,
        passages=tuple(passages),
        left_out=len(result.hits) - len(passages),
        notices=result.notices
        + ((wording.no_room(max_tokens, result.language),) if no_room else ()),
        generation=result.generation,
        as_of=result.as_of,
    )
