"""What an ingest says of itself: how far it is, and what became of every file that it was given.

`kb ingest --json` prints `IngestReport` as it stands here; the field names are the contract.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.documents import Language, Provenance
    from kb.readers import OcrPage


Progress = Callable[[str, int, int], None]  # (stage, done, total)


class DuplicateKind(StrEnum):
    """What two files have in common."""

    FILE = "same-file"  # every byte
    WORDS = "same-words"  # all words in order, in another format perhaps
    ALIKE = "alike"  # most of the wording: another edition, or the same one read otherwise


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A text that was held already when a file was read. Both are kept; a person decides."""

    kind: DuplicateKind
    of: str  # `document/edition`
    path: str  # the file that this edition was read from
    likeness: float  # share of the wording that is the same, 0 to 1; see `kb.likeness`


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one source file. Of a file that was skipped only the reason is known."""

    path: str
    format: str  # its suffix, in lower case: `pdf`
    sha256: str | None = None  # of its bytes
    document_id: str | None = None
    edition_id: str | None = None
    language: Language | None = None  # of the edition
    provenance: Provenance | None = None
    characters: int = 0
    articles: int = 0
    passages: int = 0  # 0 as well where another file of the same ingest took its place
    languages: Mapping[Language, int] = field(default_factory=dict)  # passages in each
    pages: int = 0
    pages_without_text: tuple[int, ...] = ()  # from 1; the warnings say why
    ocr_pages: tuple[OcrPage, ...] = ()
    warnings: tuple[str, ...] = ()
    replaces: str | None = None  # another file: what had been read from it made room for this
    duplicate: Duplicate | None = None
    skipped: str | None = None  # why it was left out; None when it was read


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did."""

    generation: str
    files: tuple[FileReport, ...]
    documents: int  # held now
    editions: int
    passages: int
    embedded: int  # vectors computed now
    reused: int  # vectors taken from the cache
    warnings: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every file was read."""
        return not any(file.skipped for file in self.files)
