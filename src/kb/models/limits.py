"""What both engines do alike: read the text, and refuse one over the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.errors import BadQuery, BadRequest

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_query(tokens: int, limit: int) -> None:
    """Refuse a query over the limit.

    Raises:
        BadQuery: it is.
    """
    if tokens > limit:
        raise BadQuery(
            f"The query has {tokens} tokens and the model reads at most {limit}; shorten it."
        )


def check_passages(texts: Sequence[str], lengths: Sequence[int], limit: int) -> None:
    """Refuse passages of which one is over the limit.

    Raises:
        BadRequest: it names the first one.
    """
    for text, length in zip(texts, lengths, strict=True):
        if length > limit:
            raise BadRequest(
                f"The passage {text[:40]!r}… has {length} tokens and the model reads at most"
                f" {limit}; cut it into smaller ones."
            )


def readable(text: str) -> str:
    """Replace lone surrogates, which no tokenizer takes, by "?"; all other text is unchanged."""
    return text.encode("utf-8", "replace").decode("utf-8")
