"""Passages that answer a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.knowledge_base.opening import Opening

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kb.documents import Passage
    from kb.search.confidence import Evidence
    from kb.search.results import SearchResult


class Searching(Opening):
    """Finds passages."""

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        languages: Iterable[str] | None = None,
        documents: Iterable[str] | None = None,
        provenances: Iterable[str] | None = None,
        reader_language: str | None = None,
        as_of: date | str | None = None,
    ) -> SearchResult:
        """Find the passages that answer a query, best first, each cited and with a receipt.

        Args:
            query: words or a question in English, Russian or Kazakh. What stands in quotation
                marks is found word for word; `ILO 183` or `Article 10 of law 223-IV` goes to its
                provision.
            limit: hits at most, 1 to 100.
            offset: hits to skip, 0 to 1000.
            languages: of the passages: en, ru, kk. With a choice, each language version is a hit
                of its own; without, a provision shows once, the others as links.
            documents: ids of the documents to search in.
            provenances: official, unofficial-translation, digest.
            reader_language: of citations and notices; by default that of the query.
            as_of: the day whose law is asked for, by default today. A text without dates is
                searched as well, and said to be one.

        Raises:
            BadQuery: empty, too long, or not text.
            BadFilter: an unknown document, language or provenance; a limit out of range; no date.
        """
        engine = self._searching()
        return engine.search(
            query,
            limit=limit,
            offset=offset,
            languages=languages,
            documents=None if documents is None else self._document_ids(documents),
            provenances=provenances,
            reader_language=reader_language,
            as_of=as_of,
        )

    def search_by_leg(
        self, query: str, *, languages: Iterable[str] | None = None
    ) -> dict[str, tuple[Passage, ...]]:
        """Rank passages by meaning alone and by words alone, to measure what either is worth.

        Returns:
            up to 100 passages, best first, under "dense" and under "lexical". References count for
            nothing here, and there is no floor; languages are not merged.

        Raises:
            BadQuery, BadFilter: as `search`.
        """
        return self._searching().search_by_leg(query, languages=languages)

    def evidence(self, query: str) -> Evidence | None:
        """Return what tells whether the index answers a query; None where nothing is found."""
        return self._searching().evidence(query)
