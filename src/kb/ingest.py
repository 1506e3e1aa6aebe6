"""From source files to a new generation of the index.

    sources ─▶ editions ─▶ passages ─▶ vectors, terms, records ─▶ one commit

What the index holds already stays in it; an edition that is read again is replaced. Until the
commit nothing is changed, whatever happens.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from kb.analyses import Analyses, AnalysisCache, program_digest
from kb.catalogue import shipped_corpus
from kb.centring import Centring
from kb.documents import Document, Edition, Language, Level, Passage, Provenance
from kb.errors import BadRequest, IngestBusy, KBError, StorageFull, UnreadableSource
from kb.generations import (
    Contents,
    Draft,
    Generation,
    ModelStamp,
    SelfTest,
    VectorStamp,
    building,
    collect_garbage,
    count_contents,
)
from kb.languages import detect
from kb.library import NOTHING, PROGRAM, Library, held_before
from kb.noise import (
    PROBES,
    measure_noise,
    measure_subject_noise,
    probe_vectors,
    query_vectors,
    write_probes,
)
from kb.passages import chunker_stamp
from kb.readers import available_processors, read_ahead, read_source
from kb.references import find_links
from kb.reports import FileReport, IngestReport
from kb.stores.clustered import TARGET, IndexKind
from kb.stores.embeddings import Embedded, EmbeddingCache, embed_with_cache
from kb.stores.forms import write_forms
from kb.stores.passage_vectors import PassageArrays, PassageVectors, measured_recall
from kb.stores.records import content_digest, write_records
from kb.stores.subject_index import SubjectEntry, SubjectIndex
from kb.stores.terms import TermIndex
from kb.structure import parse_structure
from kb.subjects import Subject, read_subjects
from kb.thesaurus import THESAURUS, Thesaurus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from threading import Event

    from numpy.typing import NDArray

    from kb.generations.manifest import Noise
    from kb.models import Embedder
    from kb.readers import SourceText
    from kb.references import Before
    from kb.settings import Settings
    from kb.sources import SourceFile
    from kb.stores.terms import AnalysedEntry

EMBEDDINGS = "embeddings.sqlite"
ANALYSES = "analyses.sqlite"
_TRIAL_ENTRIES = 200  # of the subject index that a large index is tried with
_SELF_TEST_QUERIES = 32
_SELF_TEST_K = 10
_MOST_REASONS = 20  # for which none of many files was read

Progress = Callable[[str, int, int], None]  # (stage, done, total)


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
        progress: told of each stage: reading, passages, embedding, writing, references.

    Raises:
        UnreadableSource: a file that the caller named cannot be read, or none could.
        IngestBusy: another process is ingesting into this index.
        StorageFull: the disk refused a write.
    """
    if not sources:
        raise BadRequest("There is nothing to ingest: name at least one file or folder.")
    report = progress or (lambda _stage, _done, _total: None)
    _check_temporary_folder()
    with building(settings.index) as draft, _kept(embedder, settings) as kept:
        before = NOTHING if fresh else held_before(settings.index)
        library = Library(before.documents, kept.analyses.wording)
        read = _read_all(sources, library, settings, report)
        outcome = _write(draft, library.documents(), before, embedder, kept, settings, report)
    warnings = (*outcome.warnings, *_clean_up(settings.index))
    totals = outcome.generation.manifest.totals
    return IngestReport(
        generation=outcome.generation.name,
        files=tuple(_counted(read, library.documents(), outcome.passages)),
        documents=totals.documents,
        editions=totals.editions,
        passages=totals.passages,
        embedded=outcome.embedded,
        reused=outcome.reused,
        warnings=warnings,
    )


def index_documents(
    documents: Sequence[Document],
    embedder: Embedder,
    settings: Settings,
    *,
    progress: Progress | None = None,
) -> Generation:
    """Put a generation in use that holds exactly these documents, which come from no files.

    Raises:
        IngestBusy, StorageFull: as `ingest`.
    """
    report = progress or (lambda _stage, _done, _total: None)
    with building(settings.index) as draft, _kept(embedder, settings) as kept:
        outcome = _write(draft, documents, NOTHING, embedder, kept, settings, report)
    tuple(_clean_up(settings.index))
    return outcome.generation


def _check_temporary_folder() -> None:
    """Readers hand their text over in temporary files."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError as error:
        raise StorageFull(
            "No folder takes temporary files: free some space in /tmp, or name another folder in"
            " the variable TMPDIR. The index is as it was."
        ) from error


def _clean_up(index: Path) -> Iterator[str]:
    """Remove old generations. The new one is in use already, so a failure is but a warning."""
    try:
        collect_garbage(index)
    except IngestBusy:
        return  # the next ingest has begun, and will do it
    except (KBError, OSError) as error:
        yield f"Old generations could not be removed: {error}"


# --- reading ---


def _read_all(
    sources: Sequence[SourceFile], library: Library, settings: Settings, progress: Progress
) -> list[FileReport]:
    reports = []
    failures: list[UnreadableSource] = []

    def read(path: Path, stop: Event) -> tuple[SourceText, str]:
        return _read_text(path, settings, stop)

    paths = (source.path for source in sources)
    processes = settings.parse_processes or available_processors()
    with closing(read_ahead(paths, read, processes=processes)) as texts:
        for done, source in enumerate(sources):
            progress("reading", done, len(sources))
            try:
                found = _read(source, library, *next(texts).result())
            except UnreadableSource as error:
                if source.named:
                    raise
                failures.append(error)
                skipped = FileReport(str(source.path), _format(source.path), skipped=str(error))
                reports.append(skipped)
                continue
            twin = library.twin_of(found.edition)
            replaced = library.add(found.document, found.edition)
            reports.append(replace(_report(source, found), duplicate=twin, replaces=replaced))
    progress("reading", len(sources), len(sources))
    if len(failures) == len(sources):
        raise _nothing_read(failures)
    return reports


def _nothing_read(failures: Sequence[UnreadableSource]) -> UnreadableSource:
    if len(failures) == 1:
        return failures[0]
    more = len(failures) - _MOST_REASONS
    reasons = [str(failure) for failure in failures[:_MOST_REASONS]]
    reasons += [f"And {more} more."] if more > 0 else []
    return UnreadableSource(f"None of the {len(failures)} files can be read. {' '.join(reasons)}")


def _format(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


@dataclass(frozen=True)
class _Read:
    """A file that was read."""

    document: Document
    edition: Edition
    text: SourceText


def _read(source: SourceFile, library: Library, text: SourceText, sha256: str) -> _Read:
    """Make an edition of a file's text.

    What was said of the file once (`--as`, `--language`) holds until it is said anew.
    """
    before = library.from_file(source.path)
    language = source.language or (before.language if before else detect(text.text))
    provenance = source.provenance or (before.provenance if before else Provenance.OFFICIAL)
    document = source.document
    if document is None:
        own_id = before.document_id if before else library.id_for(source.path)
        title = text.title or source.path.stem
        document = library.describe(source.document_id or own_id, language, title)
    edition = Edition(
        document_id=document.id,
        language=language,
        provenance=provenance,
        text=text.text,
        nodes=parse_structure(text),
        source=os.path.realpath(source.path),
        source_sha256=sha256,
        valid_from=source.valid_from,
        valid_to=source.valid_to,
        status=source.status or document.status,
        amended_by=source.amended_by,
        url=source.url or document.urls.get(language),
        page_starts=text.page_starts,
        warnings=source.warnings + text.warnings,
    )
    return _Read(document, edition, text)


def _read_text(path: Path, settings: Settings, stop: Event) -> tuple[SourceText, str]:
    """Return a file's text and the hash of the bytes that it was read from."""
    try:
        os.path.realpath(path).encode()
    except UnicodeEncodeError as error:
        raise UnreadableSource(
            f"{os.fsencode(path)!r} has a name that is not UTF-8: rename it and add it again."
        ) from error
    before = _stamp(path)
    text = read_source(path, settings, stop)
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableSource(
            f"{path} cannot be read ({error.strerror}): add it again when it can."
        ) from error
    if _stamp(path) != before:
        raise UnreadableSource(
            f"{path} changed while it was being read: add it again when it is complete."
        )
    return text, sha256


def _stamp(path: Path) -> tuple[int, int] | None:
    """Return what changes whenever a file is written to; None where there is no file."""
    with suppress(OSError, ValueError):
        status = path.stat()
        return status.st_mtime_ns, status.st_size
    return None


def _report(source: SourceFile, read: _Read) -> FileReport:
    edition = read.edition
    return FileReport(
        path=str(source.path),
        format=_format(source.path),
        sha256=edition.source_sha256,
        document_id=edition.document_id,
        edition_id=edition.id,
        language=edition.language,
        provenance=edition.provenance,
        characters=len(edition.text),
        articles=sum(node.level is Level.ARTICLE for node in edition.nodes),
        pages=len(edition.page_starts),
        pages_without_text=read.text.pages_without_text,
        ocr_pages=read.text.ocr_pages,
        warnings=edition.warnings,
    )


def _counted(
    files: Iterable[FileReport], documents: Iterable[Document], passages: Iterable[Passage]
) -> Iterator[FileReport]:
    """Yield the reports with the passages that were made of each file, unless it was replaced."""
    made: dict[tuple[str, str], Counter[Language]] = {}
    for item in passages:
        made.setdefault((item.document_id, item.edition_id), Counter())[item.language] += 1
    sources = {
        edition.source: made.get((document.id, edition.id), Counter())
        for document in documents
        for edition in document.editions
    }
    for file in files:
        languages = sources.get("" if file.skipped else os.path.realpath(file.path), Counter())
        counts = {language: languages[language] for language in Language if languages[language]}
        yield replace(file, passages=languages.total(), languages=counts)


# --- writing ---


@dataclass(frozen=True)
class _Outcome:
    generation: Generation
    passages: Sequence[Passage]
    embedded: int  # texts whose vector was computed now
    reused: int  # texts whose vector came from the cache
    warnings: tuple[str, ...]


def _write(
    draft: Draft,
    documents: Sequence[Document],
    before: Before,
    embedder: Embedder,
    kept: _Kept,
    settings: Settings,
    progress: Progress,
) -> _Outcome:
    analyses = kept.analyses
    made = _passages(documents, analyses, progress)
    vectors = _write_vectors(draft, documents, made, embedder, kept.embeddings, settings, progress)
    progress("writing", 0, 1)
    write_records(
        draft.records,
        documents,
        made.passages,
        find_links(
            documents,
            lambda done, total: progress("references", done, total),
            before=before,
        ),
        {PROGRAM: program_digest()},
    )
    TermIndex.write(draft.terms, made.terms(analyses.terms))
    TermIndex.write(draft.units, made.terms(analyses.units))
    write_forms(
        draft.forms,
        (analyses.forms(document, edition) for _, document, edition in made.editions),
    )
    analyses.forget_others()
    totals, languages = count_contents(documents, made.passages, vectors.rows)
    generation = draft.commit(
        Contents(
            model=ModelStamp(
                name=settings.model,
                fingerprint=embedder.fingerprint,
                dimension=vectors.dimension,
            ),
            chunker=chunker_stamp(settings),
            corpus_digest=content_digest(documents, made.passages),
            vocabulary_digest=vectors.vocabulary_digest,
            totals=totals,
            languages=languages,
            self_test=vectors.self_test,
            vectors={name: VectorStamp(**asdict(kind)) for name, kind in vectors.kinds.items()},
            noise=vectors.noise,
            subject_noise=vectors.subject_noise,
        )
    )
    progress("writing", 1, 1)
    warnings = (*kept.warnings, *_told_of(vectors.kinds.values(), settings))
    return _Outcome(generation, made.passages, vectors.embedded, vectors.reused, warnings)


@dataclass(frozen=True)
class _Kept:
    """What earlier ingests computed, and this one adds to."""

    embeddings: EmbeddingCache
    analyses: Analyses

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be said of damaged files."""
        return (*self.embeddings.warnings, *self.analyses.warnings)


@contextmanager
def _kept(embedder: Embedder, settings: Settings) -> Iterator[_Kept]:
    with (
        EmbeddingCache(settings.index / EMBEDDINGS) as embeddings,
        AnalysisCache(settings.index / ANALYSES) as analyses,
    ):
        yield _Kept(embeddings, Analyses(analyses, settings, embedder))


@dataclass(frozen=True)
class _Vectors:
    """What is to be said of the vectors that were written."""

    rows: list[int]  # of the passages that have one
    dimension: int
    embedded: int  # texts whose vector was computed now
    reused: int  # texts whose vector came from the cache
    self_test: SelfTest
    kinds: dict[str, IndexKind]  # by the name of the file
    noise: dict[Language, dict[Language, Noise]]
    subject_noise: dict[Language, Noise]
    vocabulary_digest: str


def _write_vectors(
    draft: Draft,
    documents: Sequence[Document],
    made: _Made,
    embedder: Embedder,
    cache: EmbeddingCache,
    settings: Settings,
    progress: Progress,
) -> _Vectors:
    """Write everything that is made of vectors, the subject index and the thesaurus with it."""
    passages = made.passages
    vocabulary = _Vocabulary.shipped()
    rows = np.array([row for row, item in enumerate(passages) if not item.note], dtype=np.int64)
    texts = [passages[row].embedded_text for row in rows.tolist()]
    texts += [text for _, text in made.parts]
    texts += [text for _, _, text in made.openings]
    embedded = _embed(embedder, texts, cache, progress)
    probes = probe_vectors(embedder, cache)
    centring = Centring.of(probes)
    spoken = [passages[row].language for row in rows.tolist()]
    spoken += [passages[row].language for row, _ in made.parts]
    spoken += [passages[row].language for row, _, _ in made.openings]
    whole, parts, openings = np.split(
        centring.of_texts(embedded.vectors, spoken), np.cumsum([len(rows), len(made.parts)])
    )
    arrays = PassageArrays(
        whole,
        rows,
        parts,
        np.array([row for row, _ in made.parts], dtype=np.int64),
        openings,
        np.array([span for *span, _ in made.openings], dtype=np.int64).reshape(-1, 2),
    )

    def asked(entries: Iterable[tuple[str, Language]]) -> NDArray[np.float32]:
        words, languages = zip(*entries, strict=True)
        return centring.of_texts(np.stack(query_vectors(words, embedder, cache)), languages)

    many = len(texts) > settings.exact_vectors
    trial = asked(_questions(vocabulary, many=many))
    index, kinds = PassageVectors.build_for_size(
        arrays, asked=trial, exact_up_to=settings.exact_vectors
    )
    files = (draft.vectors, draft.parts, draft.openings)
    index.write(*files)
    write_probes(draft.off_topic, probes)
    probes = {
        language: centring.of_texts(found, [language] * len(found))
        for language, found in probes.items()
    }
    noise = measure_noise(index, _by_language(passages, rows), probes)
    del index  # the test below reads it from the disk: one copy in memory is enough
    subjects = list(_subject_entries(vocabulary.subjects, documents, passages))
    subject_vectors = (
        asked((entry.words, entry.language) for entry in subjects) if subjects else whole[:0]
    )
    SubjectIndex.build(draft.subjects, subjects, subject_vectors)
    vocabulary.thesaurus.write(draft.thesaurus)
    # Every second one may have tuned the index, so the others test it.
    tested = trial[1::2][:: max(1, len(trial) // (2 * _SELF_TEST_QUERIES))]
    recall = measured_recall(PassageVectors.read(*files), arrays, tested, _SELF_TEST_K)
    return _Vectors(
        rows=rows.tolist(),
        dimension=whole.shape[1],
        embedded=len(texts) - embedded.reused,
        reused=embedded.reused,
        self_test=SelfTest(queries=len(tested), k=_SELF_TEST_K, recall=recall),
        kinds={path.name: kind for path, kind in zip(files, kinds, strict=True)},
        noise=noise,
        subject_noise=measure_subject_noise(subject_vectors, probes),
        vocabulary_digest=vocabulary.digest(subjects),
    )


@dataclass(frozen=True)
class _Vocabulary:
    """What is known of words beside the texts: it comes with the project, not with a corpus."""

    thesaurus: Thesaurus = field(default_factory=Thesaurus)
    subjects: tuple[Subject, ...] = ()

    @classmethod
    def shipped(cls) -> _Vocabulary:
        """Read it from where the project lies; empty where it is not."""
        corpus = shipped_corpus()
        if corpus is None:
            return cls()
        return cls(Thesaurus.read(corpus / THESAURUS), tuple(read_subjects(corpus)))

    def digest(self, subjects: Sequence[SubjectEntry]) -> str:
        """Return a hash of what of it a generation holds."""
        total = hashlib.sha256(self.thesaurus.to_json().encode())
        for entry in subjects:
            total.update(f"\0{entry.language}\0{entry.words}\0{entry.rows}".encode())
        return total.hexdigest()


def _questions(vocabulary: _Vocabulary, *, many: bool) -> list[tuple[str, Language]]:
    """Return what a vector index is tried with: questions about anything, and about the law.

    Those about anything are embedded for every index. Those about the law, the words of entries of
    the subject index, are there for an index that is tuned by them.
    """
    asked = [(question, language) for language, of in PROBES.items() for question in of]
    if many and vocabulary.subjects:
        step = max(1, len(vocabulary.subjects) // _TRIAL_ENTRIES)
        asked += [(subject.words, subject.language) for subject in vocabulary.subjects[::step]]
    return asked


def _told_of(kinds: Iterable[IndexKind], settings: Settings) -> Iterator[str]:
    """Yield a warning for a large index that could not be made to look at some vectors only."""
    for kind in kinds:
        if kind.kind == "exact" and kind.vectors > settings.exact_vectors:
            yield (
                f"{kind.vectors} vectors are compared one by one: clusters of them did not find"
                f" {TARGET:.0%} of the nearest. Searches are slower than they might be."
            )


def _subject_entries(
    subjects: Iterable[Subject], documents: Iterable[Document], passages: Sequence[Passage]
) -> Iterator[SubjectEntry]:
    """Yield the entries that lead to a passage, in whatever edition holds the provision."""
    known = tuple(subjects)
    wanted = {document.id for document in documents} & {item.document_id for item in known}
    rows: dict[tuple[str, str], list[int]] = {}
    for row, passage in enumerate(passages):
        if passage.document_id in wanted and not passage.note:
            inside = {passage.eid, *passage.eids}
            for eid in {unit for node in inside for unit in _around(node)}:
                rows.setdefault((passage.document_id, eid), []).append(row)
    for subject in known:
        found = rows.get((subject.document_id, subject.eid))
        if found:
            yield SubjectEntry(subject.words, subject.language, tuple(found))


def _around(eid: str) -> Iterator[str]:
    """Yield an eid and those of the units around it that it names."""
    parts = eid.split("__")
    return ("__".join(parts[:length]) for length in range(len(parts), 0, -1))


@dataclass
class _Made:
    """The passages of all editions."""

    passages: list[Passage] = field(default_factory=list)
    parts: list[tuple[int, str]] = field(default_factory=list)  # row, and what is embedded
    openings: list[tuple[int, int, str]] = field(default_factory=list)  # first and last row, too
    editions: list[tuple[int, Document, Edition]] = field(default_factory=list)  # first row

    def terms(
        self, of_edition: Callable[[Document, Edition], Iterable[AnalysedEntry]]
    ) -> Iterator[AnalysedEntry]:
        """Yield the entries of all editions under their rows among all passages."""
        for first, document, edition in self.editions:
            for entry in of_edition(document, edition):
                yield replace(entry, row=first + entry.row, last=first + entry.last)


def _passages(documents: Sequence[Document], analyses: Analyses, progress: Progress) -> _Made:
    made = _Made()
    editions = [(document, edition) for document in documents for edition in document.editions]
    for done, (document, edition) in enumerate(editions):
        progress("passages", done, len(editions))
        first = len(made.passages)
        cut = analyses.cut(document, edition)
        made.editions.append((first, document, edition))
        made.passages.extend(cut.passages)
        made.parts.extend((first + at, text) for at, text in cut.parts)
        made.openings.extend(
            (first + start, first + end, text) for start, end, text in cut.openings
        )
    progress("passages", len(editions), len(editions))
    return made


def _by_language(
    passages: Sequence[Passage], rows: NDArray[np.int64]
) -> dict[Language, NDArray[np.int64]]:
    spoken: dict[Language, list[int]] = {}
    for row in rows.tolist():
        spoken.setdefault(passages[row].language, []).append(row)
    return {language: np.array(found, dtype=np.int64) for language, found in spoken.items()}


def _embed(
    embedder: Embedder, texts: Sequence[str], cache: EmbeddingCache, progress: Progress
) -> Embedded:
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("embedding", done, len(texts))

    progress("embedding", 0, len(texts))
    return embed_with_cache(embedder, texts, cache, advance)
