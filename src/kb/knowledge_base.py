"""The knowledge base: everything that the command line, the API and the web page can do.

from kb import KnowledgeBase

kb = KnowledgeBase.build(["labour_code.pdf"], index="index")
for hit in kb.search("maternity leave").hits:
    print(hit.citation, hit.text)
"""

from __future__ import annotations

import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from kb.answers import Answerer, pack
from kb.answers.answering import PASSAGES
from kb.answers.context import DEFAULT_TOKENS, check_budget
from kb.catalogue import Catalogue, shipped_corpus
from kb.citations import cite, cite_instrument, permalink
from kb.comparison import compare, edition_at
from kb.comparison.provisions import (
    ComparedSide,
    ProvisionRef,
    Side,
    align_sides,
    describe,
)
from kb.documents import Document, Language, Receipt
from kb.editions import history_of, holds_on, today
from kb.errors import BadRequest, IndexDamaged, NotFound
from kb.generations import check_compatible, current_name, open_current
from kb.graph import citations_of
from kb.ingest import chunker_stamp, ingest
from kb.models import load_embedder, load_reranker
from kb.noise import read_probes
from kb.provisions import PROVENANCES, NodeView, authority, choose, current_wording, find_provision
from kb.receipts import check_receipt, make_receipt, receipt_from_json
from kb.references import Context, HeldNodes, ReferenceFinder
from kb.search import wording
from kb.search.engine import SearchEngine
from kb.search.queries import MAX_LIMIT, parse_day, parse_language
from kb.search.reranking import Reranking
from kb.settings import Settings
from kb.sources import find_sources, slug
from kb.stores.forms import read_forms
from kb.stores.passage_vectors import PassageVectors
from kb.stores.records import Records
from kb.stores.subject_index import SubjectIndex
from kb.stores.terms import TermIndex
from kb.thesaurus import Thesaurus
from kb.verification import verify_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from kb.answers import Answer
    from kb.answers import Context as PackedContext
    from kb.comparison import Comparison
    from kb.comparison.provisions import PastedText, ProvisionComparison
    from kb.documents import Edition, Passage, Provenance
    from kb.editions import Version
    from kb.generations import Generation, Manifest
    from kb.graph import CitationGraph
    from kb.ingest import Progress
    from kb.models import Embedder
    from kb.receipts import Verification
    from kb.references import FoundReference
    from kb.reports import IngestReport
    from kb.search.confidence import Evidence
    from kb.search.results import SearchResult
    from kb.sources import SourceFile
    from kb.stores.rows import DocumentSummary, EditionSummary
    from kb.verification import Problem

MAX_REFERRING_CHARS = 200_000  # of a text whose references are asked for
_DAYS_IN_MEMORY = 4


@dataclass(frozen=True, slots=True)
class EditionInTime:
    """One of a document's editions, and whether it holds on the day that was asked for."""

    edition: EditionSummary
    holds: bool
    permalink: str


@dataclass(frozen=True)
class _Opened:
    """A generation and everything that is open in it."""

    generation: Generation
    records: Records
    vectors: PassageVectors
    terms: TermIndex
    units: TermIndex
    thesaurus: Thesaurus
    subjects: SubjectIndex

    @cached_property
    def finders(self) -> Callable[[date], tuple[ReferenceFinder, HeldNodes]]:
        """What finds references in texts, and what they are resolved against, for a day."""

        @lru_cache(maxsize=_DAYS_IN_MEMORY)
        def of(day: date) -> tuple[ReferenceFinder, HeldNodes]:
            nodes = HeldNodes(
                self.records, lambda item: authority(item, day), lambda item: holds_on(item, day)
            )
            documents = (item.document for item in self.records.summaries)
            return ReferenceFinder(documents, nodes), nodes

        return of


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
        if document_id is not None:
            found = tuple(map(_as_catalogued, found))
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
            built_with = opened.generation.manifest.model.fingerprint
            if self._embedder is not None and self._embedder.fingerprint != built_with:
                self._embedder = load_embedder(self.settings, built_with)  # in another precision
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
        as_of: date | str | None = None,
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
            as_of: the day whose law is asked for, by default today. A text without dates is
                searched as well, and said to be one.

        Raises:
            BadQuery: empty, too long, or not text.
            BadFilter: an unknown document, language or provenance; a limit out of range; no date.
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
            as_of=as_of,
        )

    def search_by_leg(
        self, query: str, *, languages: Iterable[str] | None = None
    ) -> dict[str, tuple[Passage, ...]]:
        """Rank passages by meaning alone and by words alone, to measure what either is worth.

        Returns:
            up to 100 passages, best first, under "dense" and under "lexical". References count for
            nothing here, and there is no floor; languages are not merged.

        Raises:
            BadQuery, BadFilter: as `search`.
        """
        return self._searching().search_by_leg(query, languages=languages)

    def evidence(self, query: str) -> Evidence | None:
        """Return what tells whether the index answers a query; None where nothing is found."""
        return self._searching().evidence(query)

    # --- answering ---

    def ask(
        self,
        question: str,
        *,
        languages: Iterable[str] | None = None,
        documents: Iterable[str] | None = None,
        provenances: Iterable[str] | None = None,
        reader_language: str | None = None,
        as_of: date | str | None = None,
        written: bool | None = None,
    ) -> Answer:
        """Answer a question with the sentences of the texts that answer it, or say that none do.

        Each sentence is cited and has a receipt; rules come first, then exceptions, then sources.
        Where a language model is configured it writes the answer, of which only what the texts
        prove is kept; `written` set to False keeps it out. The other arguments are those of
        `search`, and so are the errors.
        """
        opened, engine = self._in_use()
        result = engine.search(
            question,
            limit=PASSAGES,
            offset=0,
            languages=languages,
            documents=None if documents is None else self._document_ids(documents),
            provenances=provenances,
            reader_language=reader_language,
            as_of=as_of,
        )
        finder, _ = opened.finders(parse_day(as_of) or today())
        answerer = Answerer(opened.records, engine.embedder, finder, self.settings)
        return answerer.answer(result, written=written)

    def context(
        self,
        query: str,
        *,
        max_tokens: int = DEFAULT_TOKENS,
        languages: Iterable[str] | None = None,
        documents: Iterable[str] | None = None,
        provenances: Iterable[str] | None = None,
        reader_language: str | None = None,
        as_of: date | str | None = None,
    ) -> PackedContext:
        """Pack the best passages for a query into a budget of tokens, for another tool's prompt.

        The text has at most `max_tokens` cl100k tokens, 100 to 100,000. The other arguments are
        those of `search`, and so are the errors.
        """
        check_budget(max_tokens)
        result = self.search(
            query,
            limit=MAX_LIMIT,
            languages=languages,
            documents=documents,
            provenances=provenances,
            reader_language=reader_language,
            as_of=as_of,
        )
        return pack(result, max_tokens)

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

    def citations(
        self,
        document_id: str,
        eid: str,
        *,
        language: str | None = None,
        edition_id: str | None = None,
        reader_language: str | None = None,
    ) -> CitationGraph:
        """Return what a provision cites and what cites it: see `kb.graph.citations_of`.

        Raises:
            NotFound: the document, the edition or the provision is not held.
            BadFilter: a language is not one of en, ru, kk.
        """
        document = self.document(document_id)
        edition, node = find_provision(document, choose(document, language, edition_id), eid)
        reader = parse_language(reader_language) or edition.language
        return citations_of(self._opened.records, document, edition, node, reader)

    # --- references ---

    def references(
        self,
        text: str,
        *,
        document_id: str | None = None,
        as_of: date | str | None = None,
    ) -> tuple[FoundReference, ...]:
        """Find what a text refers to, in the order of the text.

        Args:
            text: up to 200,000 characters of English, Russian or Kazakh.
            document_id: the document whose words these are, so that `статья 7` is its own article
                7; without, a provision that names no instrument is ambiguous.
            as_of: the day on which a provision must stand in a wording that held; by default today.

        Raises:
            BadRequest: the text is too long, or `as_of` is not a day.
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
        finder, nodes = self._opened.finders(parse_day(as_of) or today())
        return tuple(nodes.found(item) for item in finder.find(text, context=context))

    # --- comparing ---

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
        document = self.document(document_id)
        spoken = parse_language(language)
        return compare(edition_at(document, a, spoken), edition_at(document, b, spoken))

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

    # --- comparing provisions ---

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
        if not isinstance(given, ProvisionRef):
            return Side.of_text(given.text, parse_language(given.language))
        view = self.node(
            given.document_id, given.eid, language=given.language, edition_id=given.edition_id
        )
        return Side.of_provision(view.document, view.edition, given.eid)

    def _compared_side(self, side: Side, reader: Language) -> ComparedSide:
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
        return self._in_use()[1]

    def _in_use(self) -> tuple[_Opened, SearchEngine]:
        """Return what is open and what searches it, both of one generation."""
        with self._lock:
            if self._engine is None:
                built_with = self.manifest.model.fingerprint
                self._embedder = self._embedder or load_embedder(self.settings, built_with)
                self._engine = _engine(self._opened, self._embedder, self.settings)
            return self._opened, self._engine

    def _document_ids(self, given: Iterable[str]) -> list[str]:
        """Let a document be named as its file is: `labor_code` for `labor-code`."""
        held = set(self._opened.records.document_ids())
        names = [given] if isinstance(given, str) else list(given)
        return [name if name in held or slug(name) not in held else slug(name) for name in names]


def _as_catalogued(source: SourceFile) -> SourceFile:
    """Let a file that is said to be of an instrument be called what the shipped catalogue calls it.

    Otherwise `labor_code.txt` would be cited as "labor_code" in an index without the digests.
    """
    corpus = shipped_corpus()
    catalogue = Catalogue.load(corpus) if corpus is not None else Catalogue.empty()
    if source.document_id is None or source.document_id not in catalogue:
        return source
    return replace(source, document=catalogue.document(source.document_id))


def _in_time(edition: EditionSummary) -> tuple[str, int, str]:
    """Sort by language and provenance, the older wording first."""
    return (
        edition.language,
        PROVENANCES.index(edition.provenance),
        edition.valid_from.isoformat() if edition.valid_from else "",
    )


def _settings(index: Path | str | None, settings: Settings | None) -> Settings:
    chosen = settings or Settings.from_environment()
    return chosen if index is None else chosen.model_copy(update={"index": Path(index)})


def _open(settings: Settings) -> _Opened:
    generation = open_current(settings.index)
    try:
        with ExitStack() as stack:
            records = stack.enter_context(Records.open(generation.records))
            vectors = PassageVectors.read(generation.vectors, generation.parts)
            terms = TermIndex.open(generation.terms)
            units = TermIndex.open(generation.units)
            thesaurus = Thesaurus.open(generation.thesaurus)
            subjects = SubjectIndex.open(generation.subjects)
            stack.pop_all()  # all of them opened, so the records stay open
            return _Opened(generation, records, vectors, terms, units, thesaurus, subjects)
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
        opened.units,
        opened.thesaurus,
        opened.subjects,
        embedder,
        forms=lambda: read_forms(opened.generation.forms),
        probes=read_probes(opened.generation.off_topic),
        generation=opened.generation.name,
        noise=manifest.noise,
        subject_noise=manifest.subject_noise,
        max_query_chars=settings.max_query_chars,
        calibrated=manifest.model.name == Settings.model_fields["model"].default,
        reranking=(
            Reranking(reranker, settings.rerank_languages, settings.rerank_depth)
            if (reranker := load_reranker(settings)) is not None
            else None
        ),
    )
