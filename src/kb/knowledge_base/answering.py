"""Sentences that answer a question, and passages for another program's prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.editions import today
from kb.knowledge_base.searching import Searching
from kb.search.queries import MAX_LIMIT, parse_day
from kb.tokens import CONTEXT_TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kb.answers import Answer, Context


class Answering(Searching):
    """Answers questions."""

    def ask(
        self,
        question: str,
        *,
        languages: Iterable[str] | None = None,
        documents: Iterable[str] | None = None,
        provenances: Iterable[str] | None = None,
        reader_language: str | None = None,
        as_of: date | str | None = None,
        written: bool | None = None,
    ) -> Answer:
        """Answer a question with the sentences of the texts that answer it, or say that none do.

        Each sentence is cited and has a receipt; rules come first, then exceptions, then sources.
        Where a language model is configured it writes the answer, of which only what the texts
        prove is kept; `written` set to False keeps it out. The other arguments are those of
        `search`, and so are the errors.
        """
        from kb.answers import Answerer  # noqa: PLC0415
        from kb.answers.answering import PASSAGES  # noqa: PLC0415

        opened, engine = self._in_use()
        result = engine.search(
            question,
            limit=PASSAGES,
            offset=0,
            languages=languages,
            documents=None if documents is None else self._document_ids(documents),
            provenances=provenances,
            reader_language=reader_language,
            as_of=as_of,
        )
        finder, _ = opened.finders(parse_day(as_of) or today())
        answerer = Answerer(opened.records, engine.embedder, finder, self.settings)
        return answerer.answer(result, written=written)

    def context(
        self,
        query: str,
        *,
        max_tokens: int = CONTEXT_TOKENS,
        languages: Iterable[str] | None = None,
        documents: Iterable[str] | None = None,
        provenances: Iterable[str] | None = None,
        reader_language: str | None = None,
        as_of: date | str | None = None,
    ) -> Context:
        """Pack the best passages for a query into a budget of tokens, for another tool's prompt.

        The text has at most `max_tokens` cl100k tokens, 100 to 100,000. The other arguments are
        those of `search`, and so are the errors.
        """
        from kb.answers.context import check_budget, pack  # noqa: PLC0415

        check_budget(max_tokens)
        result = self.search(
            query,
            limit=MAX_LIMIT,
            languages=languages,
            documents=documents,
            provenances=provenances,
            reader_language=reader_language,
            as_of=as_of,
        )
        return pack(result, max_tokens)
