"""The knowledge base: everything that the command line, the API and the web page can do.

from kb import KnowledgeBase

kb = KnowledgeBase.build(["labour_code.pdf"], index="index")
for hit in kb.search("maternity leave").hits:
    print(hit.citation, hit.text)
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from kb.catalogue import shipped_corpus
from kb.citations import cite
from kb.documents import Document, Receipt
from kb.errors import BadRequest, IndexDamaged, NotFound
from kb.generations import check_compatible, current_name, open_current
from kb.ingest import chunker_stamp, ingest
from kb.models import load_embedder
from kb.receipts import check_receipt, make_receipt, receipt_from_json
from kb.references import Context, HeldNodes, ReferenceFinder
from kb.search.engine import SearchEngine
from kb.search.queries import parse_language
from kb.settings import Settings
from kb.sources import find_sources, slug
from kb.stores.records import Records
from kb.stores.terms import TermIndex
from kb.stores.vectors import FaissFlat
from kb.verification import verify_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kb.documents import Citation, Edition, Language, Node, Provenance
    from kb.generations import Generation, Manifest
    from kb.ingest import IngestReport, Progress
    from kb.models import Embedder
    from kb.receipts import Verification
    from kb.references import FoundReference
    from kb.search.results import SearchResult
    from kb.sources import SourceFile
    from kb.stores.rows import DocumentSummary, EditionSummary
    from kb.verification import Problem

MAX_REFERRING_CHARS = 200_000  # of a text whose references are asked for


@dataclass(frozen=True, slots=True)
class NodeView:
    """One provision of one edition, ready to be shown or cited."""

    document: Document  # without its editions
    edition: Edition
    node: Node
    text: str  # verbatim
    citation: Citation
    receipt: Receipt


@dataclass(frozen=True)
class _Opened:
    """A generation and everything that is open in it."""

    generation: Generation
    records: Records
    vectors: FaissFlat
    terms: TermIndex

    @cached_property
    def nodes(self) -> HeldNodes:
        """What references are resolved against."""
        return HeldNodes(self.records, _authority)

    @cached_property
    def finder(self) -> ReferenceFinder:
        """What finds references in texts."""
        return ReferenceFinder((item.document for item in self.records.summaries), self.nodes)


class KnowledgeBase:
    """An index and the model that it is searched with. Threads may share it."""

    def __init__(self, settings: Settings, embedder: Embedder | None = None) -> None:
        """Open the generation in use. Prefer `KnowledgeBase.open`."""
        self.settings = settings
        self._lock = threading.Lock()
        self._embedder = embedder
        self._engine: SearchEngine | None = None
        self._opened = _open(settings)

    # --- building and opening ---

    @classmethod
    def build(
        cls,
        sources: Iterable[Path | str],
        *,
        index: Path | str | None = None,
        settings: Settings | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Build an index that holds exactly these sources, and open it.

        Args:
            sources: files, folders of files, or corpus folders (with a `catalogue.toml`).
            index: the folder of the index; by default the one of the settings.
            settings: by default from the environment.
            progress: called with (stage, done, total).

        Raises:
            UnreadableSource: a source cannot be read; the index is as it was.
            IngestBusy: another process is building into this index.
            StorageFull: the disk refused a write; the index is as it was.
        """
        chosen = _settings(index, settings)
        embedder = load_embedder(chosen)
        ingest(find_sources(sources), embedder, chosen, fresh=True, progress=progress)
        return cls(chosen, embedder)

    @classmethod
    def add(
        cls,
        sources: Iterable[Path | str] = (),
        *,
        index: Path | str | None = None,
        settings: Settings | None = None,
        fresh: bool = False,
        document_id: str | None = None,
        language: Language | None = None,
        provenance: Provenance | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Add sources to an index, which is made where there is none; replace what is read again.

        Args:
            sources: as for `build`; none means the corpus that comes with the project.
            index: the folder of the index.
            settings: by default from the environment.
            fresh: drop what the index held.
            document_id: of the document that the one given file is an edition of.
            language: of the given files; detected where not given.
            provenance: of the given files; `official` unless said otherwise.
            progress: called with (stage, done, total).

        Raises:
            as `build`; NotFound where no corpus comes with this installation.
        """
        given = tuple(sources)
        if not given:
            corpus = shipped_corpus()
            if corpus is None:
                raise NotFound("No corpus comes with this installation: name the files to ingest.")
            given = (corpus,)
        found = find_sources(
            given, document_id=document_id, language=language, provenance=provenance
        )
        return cls.add_sources(
            found, index=index, settings=settings, fresh=fresh, progress=progress
        )

    @classmethod
    def add_sources(
        cls,
        sources: Sequence[SourceFile],
        *,
        index: Path | str | None = None,
        settings: Settings | None = None,
        fresh: bool = False,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Add files of which more is known than a path tells: the document, the dates, the act.

        Raises:
            as `build`.
        """
        chosen = _settings(index, settings)
        return ingest(sources, load_embedder(chosen), chosen, fresh=fresh, progress=progress)

    @classmethod
    def open(cls, index: Path | str | None = None, *, settings: Settings | None = None) -> Self:
        """Open the index that was built last. The model is loaded by the first search.

        Raises:
            IndexMissing: nothing has been built there.
            IndexDamaged: a file is missing or not the one that was written.
        """
        return cls(_settings(index, settings))

    @property
    def generation(self) -> str:
        """The name of the generation in use."""
        return self._opened.generation.name

    @property
    def manifest(self) -> Manifest:
        """What the generation in use was built from and with."""
        return self._opened.generation.manifest

    def warm(self) -> None:
        """Load the model now, so that the first search does not wait for it.

        Raises:
            ModelUnavailable: it cannot be loaded.
            IndexMismatch: the index was built with another model or chunker.
        """
        engine = self._searching()
        engine.warm()

    def reload_if_changed(self) -> bool:
        """Switch to a newly built generation, if there is one; tell whether there was.

        Searches that are under way finish on the generation that they began with.
        """
        if current_name(self.settings.index) == self.generation:
            return False
        with self._lock:
            opened = _open(self.settings)
            engine = _engine(opened, self._embedder, self.settings) if self._embedder else None
            self._opened, self._engine = opened, engine
        return True

    # --- searching ---

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        languages: Iterable[str] | None = None,
        documents: Iterable[str] | None = None,
        provenances: Iterable[str] | None = None,
        reader_language: str | None = None,
    ) -> SearchResult:
        """Find the passages that answer a query, best first, each cited and with a receipt.

        Args:
            query: words or a question in English, Russian or Kazakh. What stands in quotation
                marks is found word for word; `ILO 183` or `Article 10 of law 223-IV` goes to its
                provision.
            limit: hits at most, 1 to 100.
            offset: hits to skip, 0 to 1000.
            languages: of the passages: en, ru, kk. With a choice, each language version is a hit
                of its own; without, a provision shows once, the others as links.
            documents: ids of the documents to search in.
            provenances: official, unofficial-translation, digest.
            reader_language: of citations and notices; by default that of the query.

        Raises:
            BadQuery: empty, too long, or not text.
            BadFilter: an unknown document, language or provenance; a limit out of range.
        """
        engine = self._searching()
        return engine.search(
            query,
            limit=limit,
            offset=offset,
            languages=languages,
            documents=None if documents is None else self._document_ids(documents),
            provenances=provenances,
            reader_language=reader_language,
        )

    # --- reading ---

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
        self, document_id: str, *, language: str | None = None, edition_id: str | None = None
    ) -> Edition:
        """Return the edition of a document that stands for it, of those that fit.

        The official text goes before a translation, a translation before a digest.

        Raises:
            NotFound: the document or such an edition is not held.
            BadFilter: `language` is not one of en, ru, kk.
        """
        return _choose(self.document(document_id), language, edition_id)[0]

    def node(
        self,
        document_id: str,
        eid: str,
        *,
        language: str | None = None,
        edition_id: str | None = None,
        reader_language: str | None = None,
    ) -> NodeView:
        """Return one provision, cited and with a receipt.

        Without a language or an edition: the official text before a translation before a digest.

        Raises:
            NotFound: the document, the edition or the provision is not held.
            BadFilter: `language` is not one of en, ru, kk.
        """
        document = self.document(document_id)
        candidates = _choose(document, language, edition_id)
        for edition in candidates:
            if (node := edition.node(eid)) is not None:
                reader = parse_language(reader_language) or edition.language
                return NodeView(
                    document=replace(document, editions=()),
                    edition=edition,
                    node=node,
                    text=edition.text_of(node),
                    citation=cite(document, edition, [eid], reader),
                    receipt=make_receipt(edition, eid, node.span),
                )
        looked_in = ", ".join(edition.id for edition in candidates)
        raise NotFound(
            f"There is no provision {eid!r} in {document.id} ({looked_in});"
            f" `kb show {document.id}` prints its outline."
        )

    # --- references ---

    def references(
        self, text: str, *, document_id: str | None = None
    ) -> tuple[FoundReference, ...]:
        """Find what a text refers to, in the order of the text.

        Args:
            text: up to 200,000 characters of English, Russian or Kazakh.
            document_id: the document whose words these are, so that `статья 7` is its own article
                7; without, a provision that names no instrument is ambiguous.

        Raises:
            BadRequest: the text is too long.
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
        found = opened.finder.find(text, context=context)
        return tuple(opened.nodes.found(item) for item in found)

    # --- verifying ---

    def verify_receipt(self, receipt: Receipt | Mapping[str, object]) -> Verification:
        """Check whether a receipt still holds, or what has become of its words.

        Raises:
            BadRequest: a mapping that is not a receipt.
        """
        checked = receipt if isinstance(receipt, Receipt) else receipt_from_json(receipt)
        return check_receipt(checked, self._opened.records.document(checked.document_id))

    def verify(self) -> tuple[Problem, ...]:
        """Check every file of the index and every source that it was made from."""
        return verify_index(self._opened.generation, self._opened.records, self.settings)

    # --- inside ---

    def _searching(self) -> SearchEngine:
        with self._lock:
            if self._engine is None:
                self._embedder = self._embedder or load_embedder(self.settings)
                self._engine = _engine(self._opened, self._embedder, self.settings)
            return self._engine

    def _document_ids(self, given: Iterable[str]) -> list[str]:
        """Let a document be named as its file is: `labor_code` for `labor-code`."""
        held = set(self._opened.records.document_ids())
        names = [given] if isinstance(given, str) else list(given)
        return [name if name in held or slug(name) not in held else slug(name) for name in names]


def _choose(document: Document, language: str | None, edition_id: str | None) -> list[Edition]:
    """Return the editions of a language or an id, the most authoritative first."""
    wanted = parse_language(language)
    chosen = [
        edition
        for edition in sorted(document.editions, key=_authority)
        if edition_id in (None, edition.id) and wanted in (None, edition.language)
    ]
    if not chosen:
        asked = " and ".join(
            words
            for words, given in (
                (f"the id {edition_id!r}", edition_id),
                (f"the language {language!r}", language),
            )
            if given
        )
        held = ", ".join(item.id for item in document.editions)
        raise NotFound(f"{document.id} has no edition with {asked} in this index; it has: {held}.")
    return chosen


_AUTHORITY = ("official", "unofficial-translation", "digest")


def _authority(edition: Edition | EditionSummary) -> tuple[int, bool, int]:
    """Sort official texts first, then what is in force, then the newest."""
    newest_first = -edition.valid_from.toordinal() if edition.valid_from else 0
    return _AUTHORITY.index(edition.provenance), edition.valid_to is not None, newest_first


def _settings(index: Path | str | None, settings: Settings | None) -> Settings:
    chosen = settings or Settings.from_environment()
    return chosen if index is None else chosen.model_copy(update={"index": Path(index)})


def _open(settings: Settings) -> _Opened:
    generation = open_current(settings.index)
    try:
        with ExitStack() as stack:
            records = stack.enter_context(Records.open(generation.records))
            vectors = FaissFlat.read(generation.vectors)
            terms = TermIndex.open(generation.terms)
            stack.pop_all()  # all of them opened, so the records stay open
            return _Opened(generation, records, vectors, terms)
    except IndexDamaged:
        # A clean-up may have removed it between its being named and opened.
        if current_name(settings.index) == generation.name:
            raise
        return _open(settings)


def _engine(opened: _Opened, embedder: Embedder, settings: Settings) -> SearchEngine:
    manifest = opened.generation.manifest
    check_compatible(
        manifest,
        model_fingerprint=embedder.fingerprint,
        dimension=opened.vectors.dimension,
        chunker=chunker_stamp(settings),
    )
    return SearchEngine(
        opened.records,
        opened.vectors,
        opened.terms,
        embedder,
        generation=opened.generation.name,
        noise_floor=manifest.noise_floor,
        max_query_chars=settings.max_query_chars,
    )
