"""The order of the first hits, by a model that reads each of them together with the query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kb.models import Reranker

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Reranking:
    """A cross-encoder, and where it is used."""

    model: Reranker
    languages: Collection[str]  # of queries: `en`, `ru`, `kk`
    depth: int  # passages that it reads


def reordered(order: Sequence[_T], scores: Sequence[float], depth: int) -> list[_T]:
    """Put the first `depth` items in the order of their scores; the rest stays as it is.

    `scores` are those of these first items, in their present order, the higher the better. Equal
    scores leave items as they stood. Whatever page of the result is asked for, the same items
    change places.

    >>> reordered(["a", "b", "c", "d"], [0.1, 0.7, 0.1], depth=3)
    ['b', 'a', 'c', 'd']

    Raises:
        ValueError: there is not one score for each of the first `depth` items.
    """
    first = order[:depth]
    pairs = zip(first, scores, strict=True)
    ranked = sorted(pairs, key=lambda pair: -pair[1])  # sorted() keeps the order of equals
    return [item for item, _ in ranked] + list(order[depth:])
