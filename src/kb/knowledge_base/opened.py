"""A generation and everything that is open in it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from kb.editions import holds_on
from kb.errors import IndexDamaged
from kb.generations import check_compatible, current_name, open_current
from kb.models import load_reranker
from kb.noise import read_probes
from kb.passages import chunker_stamp
from kb.provisions import authority
from kb.references import HeldNodes, ReferenceFinder
from kb.search.engine import SearchEngine
from kb.search.reranking import Reranking
from kb.settings import Settings
from kb.stores.forms import read_forms
from kb.stores.passage_vectors import PassageVectors
from kb.stores.records import Records
from kb.stores.subject_index import SubjectIndex
from kb.stores.terms import TermIndex
from kb.thesaurus import Thesaurus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from kb.documents import Language
    from kb.generations import Generation
    from kb.models import Embedder

_DAYS_IN_MEMORY = 4


@dataclass(frozen=True)
class Opened:
    """What is open; `open_index` makes one."""

    generation: Generation
    records: Records
    vectors: PassageVectors
    terms: TermIndex
    units: TermIndex
    thesaurus: Thesaurus
    subjects: SubjectIndex
    probes: Mapping[Language, NDArray[np.float32]]  # of `kb.noise`

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


def open_index(settings: Settings) -> Opened:
    """Open the generation in use.

    Raises:
        IndexMissing: nothing has been built there.
        IndexDamaged: a file is missing or not the one that was written.
    """
    generation = open_current(settings.index)
    try:
        with ExitStack() as stack:
            records = stack.enter_context(Records.open(generation.records))
            vectors = PassageVectors.read(generation.vectors, generation.parts, generation.openings)
            terms = TermIndex.open(generation.terms)
            units = TermIndex.open(generation.units)
            thesaurus = Thesaurus.open(generation.thesaurus)
            subjects = SubjectIndex.open(generation.subjects)
            probes = read_probes(generation.off_topic)
            stack.pop_all()  # all of them opened, so the records stay open
            return Opened(generation, records, vectors, terms, units, thesaurus, subjects, probes)
    except IndexDamaged:
        # A clean-up may have removed it between its being named and opened.
        if current_name(settings.index) == generation.name:
            raise
        return open_index(settings)


def engine_for(opened: Opened, embedder: Embedder, settings: Settings) -> SearchEngine:
    """Return what searches it with a model.

    Raises:
        IndexMismatch: the index was built with another model or chunker.
    """
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
        forms=lambda: _forms_of(opened.generation),
        probes=opened.probes,
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


def _forms_of(generation: Generation) -> Mapping[str, int]:
    """Return the words of a generation, when a query has one that no text has.

    They are many and rarely asked for, so they are read then. A generation that was removed in the
    meantime goes on answering, but mends no spelling.
    """
    return read_forms(generation.forms) if generation.folder.exists() else {}
