"""The documents of the generation to be: what the index holds, and what is read into it."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from kb.analyses import program_digest
from kb.documents import Document
from kb.errors import IndexDamaged, IndexMissing, IndexUnavailable
from kb.generations import RECORDS, Draft, Generation, Manifest, current_name, verify_files
from kb.likeness import ALIKE
from kb.references import Before
from kb.reports import Duplicate, DuplicateKind
from kb.sources import slug
from kb.stores.records import Records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kb.documents import Edition, Language
    from kb.likeness import Wording


PROGRAM = "program"  # which version of it wrote the records
NOTHING = Before((), {})
_MARKS = 64  # shingles of a text that it is found by


class Library:
    """The documents of the generation to be, by id."""

    def __init__(self, held: Iterable[Document], wording_of: Callable[[Edition], Wording]) -> None:
        """Take what the index holds, and what tells a text's wording."""
        self._documents = {document.id: document for document in held}
        self._wording_of = wording_of
        self._wordings: dict[str, Wording] = {}  # by the hash of the text
        self._marked: dict[int | str, set[tuple[str, str]]] | None = None  # see `_marks`

    def documents(self) -> tuple[Document, ...]:
        """Return them all, by id."""
        return tuple(self._documents[name] for name in sorted(self._documents))

    def from_file(self, path: Path) -> Edition | None:
        """Return the edition that was read from this file before."""
        own = os.path.realpath(path)
        editions = (edition for item in self._documents.values() for edition in item.editions)
        return next((edition for edition in editions if edition.source == own), None)

    def twin_of(self, edition: Edition) -> Duplicate | None:
        """Return what is held already of the text in a file, read from another one.

        The same file goes before the same words, and these before the most alike. Editions of one
        document are alike by nature, so that is said of other documents alone.
        """
        if self._marked is None:
            self._marked = {}
            for document in self._documents.values():
                for held in document.editions:
                    self._mark(held)
        names = set[tuple[str, str]]().union(
            *(self._marked.get(mark, ()) for mark in self._marks(edition))
        )
        found = [
            twin
            for document_id, edition_id in names
            if document_id in self._documents
            for held in self._documents[document_id].editions
            if held.id == edition_id and held.source != edition.source
            if (twin := self._compared(edition, held))
        ]
        order = tuple(DuplicateKind)
        return min(
            found, key=lambda twin: (order.index(twin.kind), -twin.likeness, twin.of), default=None
        )

    def _compared(self, edition: Edition, held: Edition) -> Duplicate | None:
        of = f"{held.document_id}/{held.id}"
        if held.source_sha256 == edition.source_sha256:
            return Duplicate(DuplicateKind.FILE, of, held.source, 1.0)
        ours, theirs = self._wording(edition), self._wording(held)
        if not ours.words:
            return None
        if ours.digest == theirs.digest:
            return Duplicate(DuplicateKind.WORDS, of, held.source, 1.0)
        if held.document_id == edition.document_id:
            return None
        likeness = ours.likeness(theirs)
        if likeness < ALIKE:
            return None
        return Duplicate(DuplicateKind.ALIKE, of, held.source, round(likeness, 3))

    def _marks(self, edition: Edition) -> Iterator[int | str]:
        """Yield what at least one of is the same in two editions that are alike at all.

        Two texts that are alike have two thirds of their shingles in common, so that not one of so
        many being so is out of the question.
        """
        ours = self._wording(edition)
        yield edition.source_sha256
        yield ours.digest
        yield from ours.sketch[:_MARKS].tolist()

    def _mark(self, edition: Edition) -> None:
        """Let an edition be found by its marks; one that is no longer held is passed over."""
        if self._marked is not None:
            for mark in self._marks(edition):
                self._marked.setdefault(mark, set()).add((edition.document_id, edition.id))

    def _wording(self, edition: Edition) -> Wording:
        """Return a text's wording; asked for once for each text."""
        if edition.text_sha256 not in self._wordings:
            self._wordings[edition.text_sha256] = self._wording_of(edition)
        return self._wordings[edition.text_sha256]

    def describe(self, document_id: str, language: Language, title: str) -> Document:
        """Return the document that a file is of, without editions; the file calls it `title`.

        A catalogue knows better than a file what a document is called.
        """
        held = self._documents.get(document_id) or Document(document_id, titles={})
        catalogued = held.kind != Document.kind
        own, other = {language: title}, held.titles
        titles = {**own, **other} if catalogued else {**other, **own}
        return replace(held, titles=titles, editions=())

    def id_for(self, path: Path) -> str:
        """Return an id for the document in a new file, from its name.

        Two files of one name are two documents; the second one's id says where it lies, or, in
        the same folder, of what kind it is: `law`, `drafts-law`, `law-txt`.
        """
        name = slug(path.stem)
        if name not in self._documents:
            return name
        folder = path.resolve().parent
        near = any(Path(item.source).parent == folder for item in self._documents[name].editions)
        longer = slug(path.name if near else f"{folder.name}-{path.stem}")
        numbered = (f"{longer}-{number}" for number in count(2))
        return next(item for item in chain([longer], numbered) if item not in self._documents)

    def add(self, document: Document, edition: Edition) -> str | None:
        """Put an edition in, in place of the one with its id, or from its file.

        Returns:
            The other file that the edition with its id had been read from, or None.
        """
        self._remove(edition.source)
        self._mark(edition)
        held = self._documents.get(document.id, document)
        others = tuple(item for item in held.editions if item.id != edition.id)
        self._documents[document.id] = replace(
            document,
            titles={**held.titles, **document.titles},
            editions=tuple(sorted((*others, edition), key=lambda item: item.id)),
        )
        return next((item.source for item in held.editions if item.id == edition.id), None)

    def _remove(self, file: str) -> None:
        for held in tuple(self._documents.values()):
            kept = tuple(item for item in held.editions if item.source != file)
            if not kept:
                del self._documents[held.id]
            elif kept != held.editions:
                self._documents[held.id] = replace(held, editions=kept)


def held_before(index: Path) -> Before:
    """Return what the index holds; the records alone need to be whole, the rest is made anew.

    What another version of the program found to be cited is not believed.
    """
    try:
        generation = _in_use(index)
        if RECORDS in {problem.file for problem in verify_files(generation)}:
            raise IndexDamaged(f"{generation.records} is not as it was written.")
        with Records.open(generation.records) as records:
            found = (records.document(name) for name in records.document_ids())
            documents = tuple(document for document in found if document is not None)
            own = records.meta.get(PROGRAM) == program_digest()
            return Before(documents, records.citing() if own else {})
    except IndexMissing:
        return NOTHING
    except IndexUnavailable as error:
        what = str(error).partition(";")[0].rstrip(".")
        raise type(error)(
            f"What the index holds cannot be taken over ({what}); run `kb ingest --fresh` with all"
            " of its sources to build it from them alone."
        ) from error


def _in_use(index: Path) -> Generation:
    """Return the generation in use, though files of it be damaged or missing."""
    folder = index / current_name(index)
    try:
        manifest = Manifest.from_json(Draft(folder).manifest_file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{folder} has no readable manifest") from error
    return Generation(folder, manifest)
