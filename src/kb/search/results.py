"""What a search answers with: frozen values, and the one JSON form of them.

`kb search --json` and `POST /v1/search` print `to_json(result)`; the field names are the contract.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.documents import Highlight, Language, Provenance, Receipt, Span


@dataclass(frozen=True, slots=True)
class LegScore:
    """Where one leg of the search ranked a passage."""

    leg: str  # "dense", "lexical" or "subjects"
    rank: int  # from 1
    score: float  # cosine similarity; share of the best match by words; excess over noise


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A term of the thesaurus through which words of the query were found."""

    words: str  # of the query, as typed
    term: str  # that stands in the passage, in its dictionary form


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a hit stands where it stands."""

    legs: tuple[LegScore, ...]  # the legs that found it; one with nothing to say is not here
    fusion: float  # the legs' scores made into one; see `kb.search.fusion`
    reference: str | None = None  # the words of the query that name this very provision
    phrases: tuple[str, ...] = ()  # phrases in quotation marks that it contains word for word
    matched_terms: tuple[str, ...] = ()  # words of the passage that the query has, as printed
    through: tuple[Equivalent, ...] = ()  # terms of the query that it has in other words
    subject: str | None = None  # entry of the subject index that led to it
    standing: float = 0.0  # what its status, its kind and its provenance add to the score


@dataclass(frozen=True, slots=True)
class Snippet:
    """The part of a passage that shows best why it was found."""

    text: str  # verbatim: edition.text[span.start:span.end]
    span: Span
    highlights: tuple[Highlight, ...]  # those that lie within it


@dataclass(frozen=True, slots=True)
class ParallelText:
    """The same provision in another language."""

    language: Language
    permalink: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers a query, with everything that is needed to trust it."""

    rank: int  # from 1
    score: float  # the fused score; comparable within one result only
    document_id: str
    edition_id: str
    eid: str  # the smallest node that contains the whole passage
    pinpoint: str  # eid of the leaf that matched best
    title: str  # of the document, in the hit's language where there is one
    heading: str | None  # of the article or section around the passage
    citation: str  # covers the whole passage, in the reader's language
    permalink: str  # lands on the pinpoint
    provenance: Provenance
    provenance_note: str  # one sentence for the reader on what these words are
    official_url: str | None  # the official text, at this provision where that can be said
    language: Language
    status: str  # of the edition: in-force | amended | expired | repealed | … | unknown
    valid_from: date | None
    valid_to: date | None  # first day on which this wording no longer held
    page: int | None  # of the source, where it has pages
    text: str  # the passage, verbatim: edition.text[span.start:span.end]
    span: Span
    highlights: tuple[Highlight, ...]
    snippet: Snippet
    receipt: Receipt
    explain: Explanation
    parallel: tuple[ParallelText, ...] = ()  # the same provision in other languages
    repeated: tuple[str, ...] = ()  # permalinks of other places with these very words


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to one query."""

    query: str
    language: Language  # that the query was taken to be in; citations are written in it
    hits: tuple[Hit, ...]
    notices: tuple[str, ...] = ()  # what the reader must know: nothing found, not held, expired
    generation: str = ""  # name of the index generation that answered
    offset: int = 0
    more: bool = False  # whether there are hits after these
    as_of: date | None = None  # the day that was asked for; None: today
    confidence: float = 0.0  # 0 to 1: how likely the index answers the query; see docs/retrieval.md


def to_json(value: object) -> Any:
    """Return a frozen value of this project as plain JSON data.

    Named tuples become objects, a span {"start": …, "end": …}; dates ISO strings, enum members
    their values.
    """
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    names = _field_names(kind)
    if names is not None:
        return {name: to_json(getattr(value, name)) for name in names}
    match value:
        case date():
            plain: Any = value.isoformat()
        case str() | Path():
            plain = str(value)
        case list() | tuple() | frozenset():
            plain = [to_json(item) for item in value]
        case dict():
            plain = {str(key): to_json(item) for key, item in value.items()}
        case _:
            plain = value
    return plain


def json_bytes(value: object) -> bytes:
    """Return `to_json` of a value as a server sends it: UTF-8 without a blank."""
    text = json.dumps(to_json(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


_PLAIN = frozenset({str, int, float, bool, type(None)})  # most of what there is


@cache  # as many as there are classes
def _field_names(kind: type) -> tuple[str, ...] | None:
    """Return the fields of a named tuple or a dataclass; None for anything else."""
    if is_dataclass(kind):
        return tuple(item.name for item in fields(kind))
    return getattr(kind, "_fields", None) if issubclass(kind, tuple) else None
