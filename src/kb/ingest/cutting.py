"""Editions as passages, and what of these is embedded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kb.analyses import Analyses
    from kb.documents import Document, Edition, Passage
    from kb.reports import Progress
    from kb.stores.terms import AnalysedEntry


@dataclass
class Made:
    """The passages of all editions."""

    passages: list[Passage] = field(default_factory=list)
    parts: list[tuple[int, str]] = field(default_factory=list)  # row, and what is embedded
    openings: list[tuple[int, int, str]] = field(default_factory=list)  # first and last row, too
    editions: list[tuple[int, Document, Edition]] = field(default_factory=list)  # first row

    def terms(
        self, of_edition: Callable[[Document, Edition], Iterable[AnalysedEntry]]
    ) -> Iterator[AnalysedEntry]:
        """Yield the entries of all editions under their rows among all passages."""
        for first, document, edition in self.editions:
            for entry in of_edition(document, edition):
                yield replace(entry, row=first + entry.row, last=first + entry.last)

    def forget_texts(self) -> None:
        """Let go of parts and openings, which nobody reads once they are embedded."""
        self.parts, self.openings = [], []


def cut_all(documents: Sequence[Document], analyses: Analyses, progress: Progress) -> Made:
    """Cut every edition; what is kept of one is not worked out again."""
    made = Made()
    editions = [(document, edition) for document in documents for edition in document.editions]
    for done, (document, edition) in enumerate(editions):
        progress("passages", done, len(editions))
        first = len(made.passages)
        cut = analyses.cut(document, edition)
        made.editions.append((first, document, edition))
        made.passages.extend(cut.passages)
        made.parts.extend((first + at, text) for at, text in cut.parts)
        made.openings.extend(
            (first + start, first + end, text) for start, end, text in cut.openings
        )
    progress("passages", len(editions), len(editions))
    return made
