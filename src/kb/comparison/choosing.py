"""Which edition somebody means: its id, or a day on which it was in force."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kb.documents import Provenance
from kb.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from kb.documents import Document, Edition, Language

_AUTHORITY = tuple(Provenance)  # an official text before a translation before a digest


def edition_at(document: Document, asked: str, language: Language | None = None) -> Edition:
    """Return the edition of this id, or the one that was in force on this day.

    Args:
        document: with its editions.
        asked: `ru-2016-12-06-official`, or a day as in `2016-12-06`.
        language: of the text, for a day; needed where the document is held in several.

    Raises:
        NotFound: there is no edition of this id, or none that was in force on the day.
        BadRequest: a day, and editions in several languages to choose from.
    """
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return _by_id(document, asked, language)
    return _in_force(document, day, language)


def _by_id(document: Document, asked: str, language: Language | None) -> Edition:
    for edition in document.editions:
        if edition.id == asked:
            if language is not None and edition.language is not language:
                raise BadRequest(
                    f"{asked} is in {edition.language}, not in {language}; leave the language out."
                )
            return edition
    held = ", ".join(edition.id for edition in document.editions)
    raise NotFound(f"{document.id} has no edition {asked!r} in this index; it has: {held}.")


def _in_force(document: Document, day: date, language: Language | None) -> Edition:
    """Return what was in force on a day: valid_from <= day < valid_to.

    An edition whose beginning is not known says nothing about a day, so it is never chosen.
    """
    spoken = [item for item in document.editions if language in (None, item.language)]
    fitting = [
        edition
        for edition in spoken
        if edition.valid_from is not None
        and edition.valid_from <= day
        and (edition.valid_to is None or day < edition.valid_to)
    ]
    if not fitting:
        held = ", ".join(edition.id for edition in spoken) or "none in this language"
        raise NotFound(
            f"No edition of {document.id} in this index is known to have been in force on"
            f" {day.isoformat()}; name one by its id: {held}."
        )
    languages = sorted({edition.language for edition in fitting})
    if len(languages) > 1:
        raise BadRequest(
            f"{document.id} was in force on {day.isoformat()} in {', '.join(languages)}; name the"
            " language."
        )
    return min(fitting, key=_authority)


def _authority(edition: Edition) -> tuple[int, int]:
    newest_first = -edition.valid_from.toordinal() if edition.valid_from else 0
    return _AUTHORITY.index(edition.provenance), newest_first
