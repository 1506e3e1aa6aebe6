"""From source files to a new generation of the index.

    sources ─▶ editions ─▶ passages ─▶ vectors, terms, records ─▶ one commit

What the index holds already stays in it; an edition that is read again is replaced. Until the
commit nothing is changed, whatever happens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kb.documents import Document, Edition, Language, Level, Passage
from kb.errors import BadRequest, IndexMissing, UnreadableSource
from kb.generations import (
    Contents,
    Draft,
    Generation,
    ModelStamp,
    SelfTest,
    building,
    collect_garbage,
    count_contents,
    open_current,
)
from kb.languages import detect
from kb.noise import PERCENTILE, PROBES
from kb.passages import CHUNKER, make_passages
from kb.readers import read_source
from kb.sources import SourceFile, slug
from kb.stores.embeddings import EmbeddingCache, embed_with_cache
from kb.stores.records import Records, content_digest, write_records
from kb.stores.terms import TermEntry, TermIndex
from kb.stores.vectors import FaissFlat, NumpyFlat
from kb.structure import parse_structure

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kb.models import Embedder
    from kb.settings import Settings

EMBEDDINGS = "embeddings.sqlite"

Progress = Callable[[str, int, int], None]  # (stage, done, total)


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one source file."""

    path: str
    document_id: str | None
    edition_id: str | None
    language: Language | None
    characters: int = 0
    articles: int = 0
    passages: int = 0
    pages: int = 0
    warnings: tuple[str, ...] = ()
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


def chunker_stamp(settings: Settings) -> str:
    """Return what decides how passages are cut; the manifest names it."""
    return f"{CHUNKER}/{settings.passage_tokens}"


def ingest(
    sources: Sequence[SourceFile],
    embedder: Embedder,
    settings: Settings,
    *,
    fresh: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Read the sources and put a new generation in use.

    Args:
        sources: what to read; see `kb.sources.find_sources`.
        embedder: the model.
        settings: `settings.index` is the index.
        fresh: hold these sources alone, and none of what the index held.
        progress: told of each stage: reading, passages, embedding, writing.

    Raises:
        UnreadableSource: a file that the caller named cannot be read, or none could.
        IngestBusy: another process is ingesting into this index.
        StorageFull: the disk refused a write.
    """
    if not sources:
        raise BadRequest("There is nothing to ingest: name at least one file or folder.")
    report = progress or (lambda _stage, _done, _total: None)
    settings.index.mkdir(parents=True, exist_ok=True)
    with building(settings.index) as draft:
        held = () if fresh else _held(settings.index)
        library = _Library(held)
        read = _read_all(sources, library, settings, report)
        outcome = _write(draft, library.documents(), embedder, settings, report)
    collect_garbage(settings.index)
    counted = {passage.document_id + "/" + passage.edition_id: 0 for passage in outcome.passages}
    for passage in outcome.passages:
        counted[passage.document_id + "/" + passage.edition_id] += 1
    totals = outcome.generation.manifest.totals
    return IngestReport(
        generation=outcome.generation.name,
        files=tuple(
            replace(file, passages=counted.get(f"{file.document_id}/{file.edition_id}", 0))
            for file in read
        ),
        documents=totals.documents,
        editions=totals.editions,
        passages=totals.passages,
        embedded=totals.vectors - outcome.reused,
        reused=outcome.reused,
        warnings=outcome.warnings,
    )


# --- reading ---


class _Library:
    """The documents of the generation to be, by id."""

    def __init__(self, held: Iterable[Document]) -> None:
        self._documents = {document.id: document for document in held}

    def documents(self) -> tuple[Document, ...]:
        return tuple(self._documents[name] for name in sorted(self._documents))

    def id_for(self, source: SourceFile) -> str:
        """Return the id of the document that a file is an edition of.

        Two files of one name in two folders are two documents; the second one's id says where it
        comes from.
        """
        if source.document is not None:
            return source.document.id
        if source.document_id is not None:
            return source.document_id
        candidate = slug(source.path.stem)
        if not self._taken(candidate, source.path):
            return candidate
        longer = slug(f"{source.path.resolve().parent.name}-{source.path.stem}")
        if not self._taken(longer, source.path):
            return longer
        number = 2
        while self._taken(f"{longer}-{number}", source.path):
            number += 1
        return f"{longer}-{number}"

    def _taken(self, document_id: str, path: Path) -> bool:
        document = self._documents.get(document_id)
        own = str(path.resolve())
        return document is not None and all(item.source != own for item in document.editions)

    def add(self, document: Document, edition: Edition) -> None:
        """Put an edition in, in place of the one with its id or from its file."""
        current = self._documents.get(document.id)
        kept = () if current is None else current.editions
        kept = tuple(
            item for item in kept if item.id != edition.id and item.source != edition.source
        )
        editions = tuple(sorted((*kept, edition), key=lambda item: item.id))
        titles = {**(current.titles if current else {}), **document.titles}
        known = document if current is None or document.kind != "document" else current
        self._documents[document.id] = replace(known, titles=titles, editions=editions)


def _held(index: Path) -> tuple[Document, ...]:
    try:
        generation = open_current(index)
    except IndexMissing:
        return ()
    with Records.open(generation.records) as records:
        found = (records.document(name) for name in records.document_ids())
        return tuple(document for document in found if document is not None)


def _read_all(
    sources: Sequence[SourceFile], library: _Library, settings: Settings, progress: Progress
) -> list[FileReport]:
    reports = []
    failures: list[UnreadableSource] = []
    for done, source in enumerate(sources):
        progress("reading", done, len(sources))
        try:
            edition = _read(source, library.id_for(source), settings)
        except UnreadableSource as error:
            if source.named:
                raise
            failures.append(error)
            reports.append(FileReport(str(source.path), None, None, None, skipped=str(error)))
            continue
        library.add(*edition)
        reports.append(_report(source, edition[1]))
    progress("reading", len(sources), len(sources))
    if len(failures) == len(sources):
        raise failures[0]
    return reports


def _read(source: SourceFile, document_id: str, settings: Settings) -> tuple[Document, Edition]:
    text = read_source(source.path, settings)
    language = source.language or detect(text.text)
    document = source.document or Document(
        id=document_id, titles={language: text.title or source.path.stem}
    )
    edition = Edition(
        document_id=document_id,
        language=language,
        provenance=source.provenance,
        text=text.text,
        nodes=parse_structure(text),
        source=str(source.path.resolve()),
        source_sha256=_file_sha256(source.path),
        valid_from=source.valid_from,
        status=document.status,
        url=document.urls.get(language),
        page_starts=text.page_starts,
        warnings=text.warnings,
    )
    return document, edition


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _report(source: SourceFile, edition: Edition) -> FileReport:
    return FileReport(
        path=str(source.path),
        document_id=edition.document_id,
        edition_id=edition.id,
        language=edition.language,
        characters=len(edition.text),
        articles=sum(node.level is Level.ARTICLE for node in edition.nodes),
        pages=len(edition.page_starts),
        warnings=edition.warnings,
    )


# --- writing ---


@dataclass(frozen=True)
class _Outcome:
    generation: Generation
    passages: Sequence[Passage]
    reused: int
    warnings: tuple[str, ...]


def _write(
    draft: Draft,
    documents: Sequence[Document],
    embedder: Embedder,
    settings: Settings,
    progress: Progress,
) -> _Outcome:
    passages, headings = _passages(documents, embedder, settings, progress)
    rows = np.array([row for row, item in enumerate(passages) if not item.note], dtype=np.int64)
    texts = [passages[row].embedded_text for row in rows.tolist()]
    vectors, reused, warnings = _embed(embedder, texts, settings, progress)

    progress("writing", 0, 1)
    write_records(draft.records, documents, passages)
    index = FaissFlat.build(vectors, rows)
    index.write(draft.vectors)
    TermIndex.build(draft.terms, _term_entries(passages, headings))
    totals, languages = count_contents(documents, passages, rows.tolist())
    generation = draft.commit(
        Contents(
            model=ModelStamp(
                name=settings.model,
                fingerprint=embedder.fingerprint,
                dimension=vectors.shape[1],
            ),
            chunker=chunker_stamp(settings),
            corpus_digest=content_digest(documents, passages),
            totals=totals,
            languages=languages,
            self_test=_self_test(index, NumpyFlat.build(vectors, rows), vectors),
            noise_floor=_noise_floor(index, embedder),
        )
    )
    progress("writing", 1, 1)
    return _Outcome(generation, passages, reused, warnings)


def _passages(
    documents: Sequence[Document], embedder: Embedder, settings: Settings, progress: Progress
) -> tuple[list[Passage], list[str]]:
    """Return the passages of all editions, and the heading that each stands under."""
    passages: list[Passage] = []
    headings: list[str] = []
    editions = [(document, edition) for document in documents for edition in document.editions]
    for done, (document, edition) in enumerate(editions):
        progress("passages", done, len(editions))
        made = make_passages(
            edition,
            document.title(edition.language),
            max_tokens=settings.passage_tokens,
            fits=embedder.fits,
        )
        passages.extend(made)
        headings.extend(_heading(edition, passage) for passage in made)
    progress("passages", len(editions), len(editions))
    return passages, headings


def _heading(edition: Edition, passage: Passage) -> str:
    unit = edition.headed_unit(passage.eid)
    return edition.heading_text(unit) if unit is not None else ""


def _embed(
    embedder: Embedder, texts: Sequence[str], settings: Settings, progress: Progress
) -> tuple[NDArray[np.float32], int, tuple[str, ...]]:
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("embedding", done, len(texts))

    progress("embedding", 0, len(texts))
    with EmbeddingCache(settings.index / EMBEDDINGS) as cache:
        embedded = embed_with_cache(embedder, texts, cache, advance)
        return embedded.vectors, embedded.reused, tuple(cache.warnings)


def _term_entries(passages: Sequence[Passage], headings: Sequence[str]) -> Iterable[TermEntry]:
    for row, (passage, heading) in enumerate(zip(passages, headings, strict=True)):
        yield TermEntry(
            row=row,
            document_id=passage.document_id,
            language=passage.language,
            provenance=passage.provenance,
            heading=heading,
            text=passage.text,
            note=passage.note,
        )


_SELF_TEST_QUERIES = 32
_SELF_TEST_K = 10


def _self_test(index: FaissFlat, oracle: NumpyFlat, vectors: NDArray[np.float32]) -> SelfTest:
    """Compare the vector index with an exact search, for vectors spread over the corpus."""
    chosen = np.unique(np.linspace(0, max(len(vectors) - 1, 0), _SELF_TEST_QUERIES).astype(int))
    found = wanted = 0
    for at in chosen.tolist() if len(vectors) else []:
        expected = set(oracle.search(vectors[at], _SELF_TEST_K)[0].tolist())
        found += len(expected & set(index.search(vectors[at], _SELF_TEST_K)[0].tolist()))
        wanted += len(expected)
    recall = found / wanted if wanted else 1.0
    return SelfTest(queries=len(chosen), k=_SELF_TEST_K, recall=recall)


def _noise_floor(index: FaissFlat, embedder: Embedder) -> dict[Language, float]:
    """Return, for each language of a query, how close to this corpus unrelated questions come."""
    floor = {}
    for language, questions in PROBES.items():
        found = [index.search(embedder.embed_query(question), 1)[1] for question in questions]
        best = [float(scores[0]) for scores in found if len(scores)]
        floor[language] = float(np.percentile(best, PERCENTILE)) if best else 0.0
    return floor
