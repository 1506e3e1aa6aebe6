"""What a text refers to, and what a provision cites and is cited by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.editions import today
from kb.errors import BadRequest, NotFound
from kb.knowledge_base.reading import Reading
from kb.provisions import choose, find_provision
from kb.references import Context
from kb.search.queries import parse_day, parse_language

if TYPE_CHECKING:
    from datetime import date

    from kb.graph import CitationGraph
    from kb.references import FoundReference

MAX_REFERRING_CHARS = 200_000  # of a text whose references are asked for


class Referring(Reading):
    """Follows references."""

    def citations(
        self,
        document_id: str,
        eid: str,
        *,
        language: str | None = None,
        edition_id: str | None = None,
        reader_language: str | None = None,
    ) -> CitationGraph:
        """Return what a provision cites and what cites it: see `kb.graph.citations_of`.

        Raises:
            NotFound: the document, the edition or the provision is not held.
            BadFilter: a language is not one of en, ru, kk.
        """
        from kb.graph import citations_of  # noqa: PLC0415

        document = self.document(document_id)
        edition, node = find_provision(document, choose(document, language, edition_id), eid)
        reader = parse_language(reader_language) or edition.language
        return citations_of(self._opened.records, document, edition, node, reader)

    def references(
        self,
        text: str,
        *,
        document_id: str | None = None,
        as_of: date | str | None = None,
    ) -> tuple[FoundReference, ...]:
        """Find what a text refers to, in the order of the text.

        Args:
            text: up to 200,000 characters of English, Russian or Kazakh.
            document_id: the document whose words these are, so that `статья 7` is its own article
                7; without, a provision that names no instrument is ambiguous.
            as_of: the day on which a provision must stand in a wording that held; by default today.

        Raises:
            BadRequest: the text is too long, or `as_of` is not a day.
            NotFound: there is no such document.
        """
        if len(text) > MAX_REFERRING_CHARS:
            raise BadRequest(
                f"The text has {len(text)} characters; give at most {MAX_REFERRING_CHARS}."
            )
        opened = self._opened
        context = None
        if document_id is not None:
            (name,) = self._document_ids([document_id])
            if opened.records.summary(name) is None:
                raise NotFound(
                    f"There is no document {document_id!r} in this index; `kb documents` lists"
                    " those that it holds."
                )
            context = Context(name)
        finder, nodes = opened.finders(parse_day(as_of) or today())
        return tuple(nodes.found(item) for item in finder.find(text, context=context))
