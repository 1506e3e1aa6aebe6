"""Documents, editions and provisions as they are held."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.citations import cite, cite_instrument, permalink
from kb.documents import Language
from kb.editions import history_of, holds_on, today
from kb.errors import NotFound
from kb.knowledge_base.opening import Opening
from kb.provisions import PROVENANCES, NodeView, choose, current_wording, find_provision
from kb.receipts import make_receipt
from kb.search import wording
from kb.search.queries import parse_day, parse_language
from kb.sources import slug

if TYPE_CHECKING:
    from datetime import date

    from kb.documents import Document, Edition
    from kb.editions import Version
    from kb.stores.rows import DocumentSummary, EditionSummary


@dataclass(frozen=True, slots=True)
class EditionInTime:
    """One of a document's editions, and whether it holds on the day that was asked for."""

    edition: EditionSummary
    holds: bool
    permalink: str


class Reading(Opening):
    """Gives what is held."""

    def documents(self) -> tuple[DocumentSummary, ...]:
        """Return what is held, by id, without texts."""
        return self._opened.records.summaries

    def document(self, document_id: str) -> Document:
        """Return a document with its editions, their texts and trees.

        Raises:
            NotFound: it is not held.
        """
        records = self._opened.records
        document = records.document(document_id) or records.document(slug(document_id))
        if document is None:
            raise NotFound(
                f"There is no document {document_id!r} in this index; `kb documents` lists the"
                f" {len(records.document_ids())} that it holds."
            )
        return document

    def edition(self, document_id: str, edition_id: str) -> Edition:
        """Return one edition of a document.

        Raises:
            NotFound: it is not held.
        """
        edition = self._opened.records.edition(document_id, edition_id)
        if edition is None:
            held = ", ".join(item.id for item in self.document(document_id).editions)
            raise NotFound(
                f"{document_id} has no edition {edition_id!r} in this index; it has: {held}."
            )
        return edition

    def choose_edition(
        self,
        document_id: str,
        *,
        language: str | None = None,
        edition_id: str | None = None,
        as_of: date | str | None = None,
    ) -> Edition:
        """Return the edition of a document that stands for it, of those that fit.

        The official text goes before a translation, a translation before a digest; what holds on
        the day (today, unless another is named) before what does not.

        Raises:
            NotFound: the document or such an edition is not held.
            BadFilter: `language` is not one of en, ru, kk; `as_of` is not a day.
        """
        return choose(self.document(document_id), language, edition_id, parse_day(as_of))[0]

    def editions(
        self,
        document_id: str,
        *,
        language: str | None = None,
        as_of: date | str | None = None,
    ) -> tuple[EditionInTime, ...]:
        """Return a document's editions by language, provenance and date, without their texts.

        Raises:
            NotFound: the document is not held.
            BadFilter: `language` is not one of en, ru, kk; `as_of` is not a day.
        """
        wanted, day = parse_language(language), parse_day(as_of) or today()
        held = self._opened.records.summary(self.document(document_id).id)
        return tuple(
            EditionInTime(item, holds_on(item, day), permalink(item.document_id, item.id))
            for item in sorted(held.editions if held else (), key=_in_time)
            if wanted in (None, item.language)
        )

    def notices(
        self,
        edition: Edition,
        *,
        reader_language: str | None = None,
        as_of: date | str | None = None,
    ) -> tuple[str, ...]:
        """Return what must be said beside an edition: expired, replaced, no dates known.

        Raises:
            NotFound: its document is not held.
            BadFilter: `reader_language` is not one of en, ru, kk; `as_of` is not a day.
        """
        document = self.document(edition.document_id)
        reader = parse_language(reader_language) or edition.language
        name = cite_instrument(document, reader)
        day = parse_day(as_of) or today()
        return tuple(wording.validity_notices(name, edition, day, reader, document.ended))

    def history(
        self,
        document_id: str,
        eid: str,
        *,
        language: str | None = None,
        edition_id: str | None = None,
    ) -> tuple[Version, ...]:
        """Return the wordings of a provision, the oldest first: see `kb.editions.history_of`.

        Args:
            document_id: of the instrument.
            eid: what the provision is called in the edition that holds today, else in the newest
                that has it.
            language: of the wordings; by default that of the most authoritative edition.
            edition_id: the edition in which it is called `eid`, where another one is meant.

        Raises:
            NotFound: the document or the provision is not held.
            BadFilter: `language` is not one of en, ru, kk.
        """
        document = self.document(document_id)
        edition, _ = find_provision(document, choose(document, language, edition_id), eid)
        return history_of(document, edition, eid)

    def node(
        self,
        document_id: str,
        eid: str,
        *,
        language: str | None = None,
        edition_id: str | None = None,
        reader_language: str | None = None,
        as_of: date | str | None = None,
    ) -> NodeView:
        """Return one provision, cited and with a receipt.

        Without a language or an edition: the official text before a translation before a digest,
        what holds on the day (today, unless another is named) before what does not.

        Raises:
            NotFound: the document, the edition or the provision is not held.
            BadFilter: `language` is not one of en, ru, kk; `as_of` is not a day.
        """
        day = parse_day(as_of)
        document = self.document(document_id)
        edition, node = find_provision(document, choose(document, language, edition_id, day), eid)
        reader = parse_language(reader_language) or edition.language
        return NodeView(
            document=replace(document, editions=()),
            edition=edition,
            node=node,
            text=edition.text_of(node),
            citation=cite(document, edition, [eid], reader),
            receipt=make_receipt(edition, eid, node.span),
            notices=self.notices(edition, reader_language=reader, as_of=day),
            current=current_wording(document, edition, eid),
        )

    def parallel(
        self, document_id: str, eid: str, *, reader_language: str | None = None
    ) -> tuple[NodeView, ...]:
        """Return one provision in each language that holds it, in the best edition of each.

        Languages come in the order of `Language`: English, Russian, Kazakh.

        Raises:
            NotFound: the document or the provision is not held.
        """
        document = self.document(document_id)
        views = []
        for language in Language:
            if any(edition.language is language for edition in document.editions):
                with suppress(NotFound):  # that language may lack the provision
                    views.append(
                        self.node(
                            document.id, eid, language=language, reader_language=reader_language
                        )
                    )
        if not views:
            self.node(document_id, eid)  # raises, with what to do
        return tuple(views)


def _in_time(edition: EditionSummary) -> tuple[str, int, str]:
    """Sort by language and provenance, the older wording first."""
    return (
        edition.language,
        PROVENANCES.index(edition.provenance),
        edition.valid_from.isoformat() if edition.valid_from else "",
    )
