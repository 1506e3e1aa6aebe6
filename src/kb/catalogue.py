"""The catalogue: which instruments the corpus holds, where their digests and official pages are.

A corpus folder holds `catalogue.toml`, one `[[document]]` an instrument, and the digests:

    digests/<document id>/<language>.md              of the wording that holds
    digests/<document id>/<language>@<its day>.md    of an earlier one, a `[[document.earlier]]`

    >>> catalogue = Catalogue.load(Path("corpus"))          # doctest: +SKIP
    >>> catalogue.document("ilo-c183").title(Language.ENGLISH)  # doctest: +SKIP
    'Maternity Protection Convention, 2000 (No. 183)'
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self
from urllib.parse import quote

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from kb.documents import Document, Language
from kb.errors import BadRequest, NotFound, UnreadableSource

if TYPE_CHECKING:
    from collections.abc import Sequence

CATALOGUE_FILE = "catalogue.toml"
DIGESTS_FOLDER = "digests"


@dataclass(frozen=True, slots=True)
class Wording:
    """What the catalogue knows of one wording of an instrument that digests tell."""

    valid_from: date | None  # None: not known
    valid_to: date | None  # first day on which it no longer held; None: still open
    amended_by: str | None  # the act that brought it, as cited; None: not known, or the first
    coverage: str  # what of it the digests tell, in one sentence
    not_covered: tuple[str, ...]  # what of it could not be read
    sources: tuple[str, ...]  # what the digests were checked against


@dataclass(frozen=True, slots=True)
class Entry:
    """One instrument of the catalogue: the document, and the wordings of it that are told."""

    document: Document  # without editions
    current: Wording
    earlier: tuple[Wording, ...] = ()  # oldest first; both of their days are known
    annexed: bool = False  # the legal database prints the act first that approves it


@dataclass(frozen=True, slots=True)
class Digest:
    """A file that tells one wording of an instrument in one language."""

    document: Document  # without editions
    language: Language
    path: Path
    wording: Wording


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The instruments of one corpus folder, in the order of the file."""

    entries: tuple[Entry, ...]
    folder: Path | None = None  # None: no corpus, as in `Catalogue.empty()`

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `catalogue.toml` in a corpus folder.

        Raises:
            UnreadableSource: the file is absent, not UTF-8 or not TOML.
            BadRequest: a key is unknown, missing or has a value that cannot be used.
        """
        path = folder / CATALOGUE_FILE
        entries = tuple(given.entry() for given in _read(path).document)
        ids = [entry.document.id for entry in entries]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise BadRequest(
                f"{path}: the id {twice[0]!r} is used twice. Give each document an id of its own."
            )
        return cls(entries, folder)

    @classmethod
    def empty(cls) -> Self:
        """Return the catalogue of no documents."""
        return cls(())

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents, without editions."""
        return tuple(entry.document for entry in self.entries)

    @property
    def annexed(self) -> frozenset[str]:
        """Ids of the documents that stand behind the act that approves them, on its page."""
        return frozenset(entry.document.id for entry in self.entries if entry.annexed)

    def __contains__(self, document_id: str) -> bool:
        return any(entry.document.id == document_id for entry in self.entries)

    def entry(self, document_id: str) -> Entry:
        """Return the entry with this id.

        Raises:
            NotFound: the catalogue has no such document.
        """
        for entry in self.entries:
            if entry.document.id == document_id:
                return entry
        known = ", ".join(document.id for document in self.documents) or "none"
        raise NotFound(
            f"The catalogue has no document {document_id!r}. Use one of its ids: {known}."
        )

    def document(self, document_id: str) -> Document:
        """Return the document with this id, without editions.

        Raises:
            NotFound: the catalogue has no such document.
        """
        return self.entry(document_id).document

    def digest_files(self) -> tuple[Digest, ...]:
        """Return every digest, by document and language, the current wording before earlier ones.

        Raises:
            BadRequest: a digest belongs to no document of the catalogue, to no language or to no
                wording.
        """
        if self.folder is None:
            return ()
        paths = (self.folder / DIGESTS_FOLDER).glob("*/*.md")
        digests = (self._digest(path) for path in paths)
        return tuple(sorted(digests, key=lambda one: (one.document.id, one.language, one.path)))

    def _digest(self, path: Path) -> Digest:
        document_id = path.parent.name
        if document_id not in self:
            raise BadRequest(
                f"{path}: the catalogue has no document {document_id!r}. Add a [[document]]"
                f" with this id to {CATALOGUE_FILE} or rename the folder."
            )
        entry = self.entry(document_id)
        name, dated, day = path.stem.partition("@")
        try:
            language = Language(name)
        except ValueError as error:
            raise BadRequest(
                f"{path}: {name!r} is not a language of the corpus. Name the file"
                f" {' or '.join(f'{language}.md' for language in Language)}."
            ) from error
        wording = _earlier(entry, day) if dated else entry.current
        if wording is None:
            known = ", ".join(str(one.valid_from) for one in entry.earlier) or "none"
            raise BadRequest(
                f"{path}: the catalogue has no earlier wording of {document_id!r} from {day!r} (it"
                f" has: {known}). Add a [[document.earlier]] with this valid_from to"
                f" {CATALOGUE_FILE} or rename the file."
            )
        return Digest(entry.document, language, path, wording)


def _earlier(entry: Entry, day: str) -> Wording | None:
    """Return the earlier wording that held from a day, written as in a file's name: 2016-12-06."""
    return next((one for one in entry.earlier if str(one.valid_from) == day), None)


def shipped_corpus() -> Path | None:
    """Return the corpus folder of the checkout, else the one in the package, else None."""
    here = Path(__file__).resolve()
    for folder in (here.parents[2] / "corpus", here.parent / "_corpus"):
        if (folder / CATALOGUE_FILE).is_file():
            return folder
    return None


def unit_url(document: Document, language: Language, label: str) -> str:
    """Return the address of a unit on the document's official page; "" where none is known.

    The official pages have no anchors that could be foretold, so the unit is named by a URL text
    fragment (https://wicg.github.io/scroll-to-text-fragment/), which opens the page at the words
    of `label` as printed there; a browser that does not find them opens the page at its top. A
    page in another language gets no fragment, since the words do not stand on it.

    >>> page = "https://adilet.zan.kz/kaz/docs/Z090000223_"
    >>> law = Document("law", titles={}, urls={Language.KAZAKH: page})
    >>> unit_url(law, Language.KAZAKH, "10-бап.").removeprefix(page)
    '#:~:text=10%2D%D0%B1%D0%B0%D0%BF.'
    >>> unit_url(law, Language.ENGLISH, "Article 10.") == page
    True
    """
    page = document.urls.get(language)
    if page is None:
        return next((document.urls[other] for other in Language if other in document.urls), "")
    if not label:
        return page
    words = quote(label, safe="").replace("-", "%2D")  # a bare "-" would mark a context term
    return f"{page}{'' if '#' in page else '#'}:~:text={words}"


# --- the file as written -------------------------------------------------------------------------

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+/\S*$")]
_Id = Annotated[str, StringConstraints(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
_Date = Annotated[date, Field(strict=True)]  # a TOML date, never a string or a time


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Names(_Table):
    en: _Text
    ru: _Text
    kk: _Text


class _Pages(_Table):
    en: _Url | None = None
    ru: _Url | None = None
    kk: _Url | None = None

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if not _by_language(self):
            raise ValueError("at least one official page is needed")
        return self


class _Earlier(_Table):
    valid_from: _Date
    valid_to: _Date
    amended_by: _Text | None = None
    coverage: _Text
    not_covered: tuple[_Text, ...] = ()
    sources: tuple[_Text, ...] = Field(min_length=1)

    def wording(self) -> Wording:
        """Return the wording that this table describes."""
        return Wording(**dict(self))


class _Document(_Table):
    id: _Id
    kind: Literal["law", "code", "decree", "concept", "convention", "agreement", "statute", "page"]
    number: _Text | None = None
    date: _Date | None = None
    issuer: _Text | None = None
    annexed: bool = False
    status: Literal["in-force", "amended", "expired", "repealed", "unknown"]
    ended: _Date | None = None
    valid_from: _Date | None = None
    amended_by: _Text | None = None
    aliases: tuple[_Text, ...] = ()
    licence: _Text
    coverage: _Text
    not_covered: tuple[_Text, ...] = ()
    sources: tuple[_Text, ...] = Field(min_length=1)
    title: _Names
    short: _Names
    url: _Pages
    earlier: tuple[_Earlier, ...] = ()

    @model_validator(mode="after")
    def _wordings_follow_each_other(self) -> Self:
        if self.earlier and self.valid_from is None:
            raise ValueError("where there are earlier wordings, valid_from of this one is needed")
        days = [day for one in self.earlier for day in (one.valid_from, one.valid_to)]
        if self.valid_from is not None:
            days.append(self.valid_from)
        starts_before_end = all(one.valid_from < one.valid_to for one in self.earlier)
        if days != sorted(days) or not starts_before_end:
            raise ValueError(
                "the earlier wordings must stand oldest first, each ending before the next begins"
            )
        return self

    def entry(self) -> Entry:
        """Return the entry that this table describes."""
        document = Document(
            id=self.id,
            titles=_by_language(self.title),
            kind=self.kind,
            number=self.number,
            date=self.date,
            issuer=self.issuer,
            status=self.status,
            short=_by_language(self.short),
            aliases=self.aliases,
            urls=_by_language(self.url),
            licence=self.licence,
            coverage=" ".join([self.coverage, *map(_coverage_of_earlier, self.earlier)]),
            ended=self.ended,
        )
        current = Wording(
            self.valid_from, None, self.amended_by, self.coverage, self.not_covered, self.sources
        )
        earlier = tuple(one.wording() for one in self.earlier)
        return Entry(document, current, earlier, self.annexed)


def _coverage_of_earlier(wording: _Earlier) -> str:
    return f"Of the wording from {wording.valid_from} to {wording.valid_to}: {wording.coverage}"


class _File(_Table):
    document: tuple[_Document, ...] = ()


def _by_language(table: _Names | _Pages) -> dict[Language, str]:
    """Return the values that a table with one key a language has."""
    given = {language: getattr(table, language) for language in Language}
    return {language: text for language, text in given.items() if text is not None}


def _read(path: Path) -> _File:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableSource(
            f"{path}: the catalogue cannot be read ({error.strerror}). Name a folder that holds"
            f" {CATALOGUE_FILE}."
        ) from error
    except ValueError as error:  # not UTF-8, or not TOML
        reason = " ".join(str(error).split())
        raise UnreadableSource(f"{path}: not a TOML file ({reason}). Correct it there.") from error
    try:
        return _File.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadRequest(
            f"{path}: {_place(first['loc'])}: {first['msg']}. Correct the key; the README beside"
            " the file says what each means."
        ) from error


def _place(location: Sequence[int | str]) -> str:
    """Return where in the file an error is: `document 2, key title.kk`, counted from 1."""
    match location:
        case ["document", int(at)]:
            return f"document {at + 1}"
        case ["document", int(at), *keys]:
            return f"document {at + 1}, key {'.'.join(map(str, keys))}"
        case _:
            return f"key {'.'.join(map(str, location))}"
