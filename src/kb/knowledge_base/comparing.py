"""Two editions of a document, and two provisions or a draft and a provision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.citations import cite_instrument
from kb.editions import today
from kb.knowledge_base.reading import Reading
from kb.search import wording
from kb.search.queries import parse_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.comparison import Comparison
    from kb.comparison.provisions import (
        ComparedSide,
        PastedText,
        ProvisionComparison,
        ProvisionRef,
        Side,
    )
    from kb.documents import Language


class Comparing(Reading):
    """Sets texts side by side."""

    def compare_editions(
        self, document_id: str, a: str, b: str, *, language: str | None = None
    ) -> Comparison:
        """Say what became of every provision of one edition in another, word by word.

        Args:
            document_id: the document.
            a: the edition that is compared: its id, or a day on which it was in force
                (`2016-12-06`).
            b: the edition that it is compared with, named in the same way.
            language: of the text on a day: en, ru or kk.

        Raises:
            NotFound: the document or an edition is not held, or none was in force on the day.
            BadRequest: the editions are in two languages, or a day fits several.
            BadFilter: `language` is not one of en, ru, kk.
        """
        from kb.comparison import compare, edition_at  # noqa: PLC0415

        document = self.document(document_id)
        spoken = parse_language(language)
        return compare(edition_at(document, a, spoken), edition_at(document, b, spoken))

    def compare_provisions(
        self,
        a: ProvisionRef | PastedText,
        b: ProvisionRef | PastedText,
        *,
        reader_language: str | None = None,
    ) -> ProvisionComparison:
        """Set two provisions, or a draft and a provision, side by side, sentence by sentence.

        Args:
            a: a provision that is held, or a text.
            b: what it is compared with.
            reader_language: of citations, differences and notices; by default that of `a`.

        Raises:
            NotFound: a document, edition or provision is not held.
            BadFilter: a language is not one of en, ru, kk.
            BadQuery: a side has no words, or more than can be compared.
        """
        from kb.comparison.provisions import align_sides, describe  # noqa: PLC0415

        sides = self._side(a), self._side(b)
        reader = parse_language(reader_language) or sides[0].language
        embedder = self._searching().embedder
        return describe(
            *sides,
            align_sides(*sides, embedder),
            (self._compared_side(sides[0], reader), self._compared_side(sides[1], reader)),
            reader,
            tuple(dict.fromkeys(note for side in sides for note in self._notes(side, reader))),
        )

    def _side(self, given: ProvisionRef | PastedText) -> Side:
        from kb.comparison.provisions import ProvisionRef, Side  # noqa: PLC0415

        if not isinstance(given, ProvisionRef):
            return Side.of_text(given.text, parse_language(given.language))
        view = self.node(
            given.document_id, given.eid, language=given.language, edition_id=given.edition_id
        )
        return Side.of_provision(view.document, view.edition, given.eid)

    def _compared_side(self, side: Side, reader: Language) -> ComparedSide:
        from kb.comparison.provisions import ComparedSide  # noqa: PLC0415

        if side.document is None or side.edition is None or side.eid is None:
            return ComparedSide(side.text, side.language)
        view = self.node(
            side.document.id, side.eid, edition_id=side.edition.id, reader_language=reader
        )
        return ComparedSide(
            text=view.text,
            language=side.language,
            document_id=view.document.id,
            edition_id=view.edition.id,
            eid=side.eid,
            citation=view.citation.text,
            permalink=view.citation.permalink,
            receipt=view.receipt,
        )

    def _notes(self, side: Side, reader: Language) -> Iterator[str]:
        """Say of a held side what its words are, and whether the instrument no longer holds."""
        if side.document is None or side.edition is None:
            return
        name = cite_instrument(side.document, reader)
        summary = self._opened.records.edition_summary(side.document.id, side.edition.id)
        if summary is not None:
            yield f"{name}: {wording.provenance_note(summary, reader)}"
            yield from wording.validity_notices(name, summary, today(), reader, side.document.ended)
