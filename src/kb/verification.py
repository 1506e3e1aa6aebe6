"""Is the index still true to its sources, and whole? `kb verify` asks this."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from kb.documents import Span
from kb.errors import KBError
from kb.generations import verify_files
from kb.readers import read_source
from kb.receipts import innermost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.documents import Edition
    from kb.generations import Generation
    from kb.settings import Settings
    from kb.stores.records import Records

_CONTEXT = 40  # code points shown on each side of a difference


class ProblemKind(StrEnum):
    """What is wrong."""

    INDEX = "index"  # a file of the index is damaged
    SOURCE_CHANGED = "source-changed"  # the source file now reads otherwise
    SOURCE_UNREADABLE = "source-unreadable"
    SOURCE_MISSING = "source-missing"  # the index still holds the whole text


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it should be."""

    kind: ProblemKind
    place: str  # `labor_code/ru-official#art_99__cl_2`, or a file of the index
    message: str  # what is there, what should be, what to do


def verify_index(
    generation: Generation, records: Records, settings: Settings
) -> tuple[Problem, ...]:
    """Return everything that is wrong with a generation and the sources it was made from."""
    damaged = tuple(
        Problem(
            ProblemKind.INDEX,
            problem.file,
            f"The file {problem.message}; run `kb ingest` to build the index again.",
        )
        for problem in verify_files(generation)
    )
    if damaged:
        return damaged  # what stands in damaged files proves nothing about the sources
    editions = (
        edition
        for summary in records.summaries
        for item in summary.editions
        if (edition := records.edition(summary.id, item.id)) is not None
    )
    return tuple(problem for edition in editions for problem in _check_source(edition, settings))


def _check_source(edition: Edition, settings: Settings) -> Iterator[Problem]:
    place = f"{edition.document_id}/{edition.id}"
    path = Path(edition.source)
    try:
        if _sha256(path) == edition.source_sha256:
            return
        now = read_source(path, settings).text
    except FileNotFoundError:
        yield Problem(
            ProblemKind.SOURCE_MISSING,
            place,
            f"The source {path} is no longer there; the index still holds the whole text.",
        )
        return
    except (KBError, OSError) as error:
        yield Problem(ProblemKind.SOURCE_UNREADABLE, place, str(error))
        return
    if now == edition.text:
        return  # other bytes, the same text: an encoding or line ends
    at = first_difference(edition.text, now)
    last = max(len(edition.text) - 1, 0)  # what was added at the end belongs to the last unit
    eid = innermost(edition, Span(min(at, last), min(at, last) + 1)) or ""
    yield Problem(
        ProblemKind.SOURCE_CHANGED,
        f"{place}#{eid}",
        f"The source {path.name} differs from character {at} on: it reads"
        f" “{_around(now, at)}” where the index has “{_around(edition.text, at)}”;"
        " run `kb ingest` on it to take the change in.",
    )


def first_difference(left: str, right: str) -> int:
    """Return the offset of the first code point in which two texts differ.

    >>> first_difference("14 weeks", "16 weeks")
    1
    """
    for at, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return at
    return min(len(left), len(right))


def _around(text: str, at: int) -> str:
    return " ".join(text[max(0, at - _CONTEXT) : at + _CONTEXT].split())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
