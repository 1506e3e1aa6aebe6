"""What a generation holds, written into a draft and committed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from kb.analyses import program_digest
from kb.generations import Contents, ModelStamp, VectorStamp, count_contents
from kb.ingest.cutting import cut_all
from kb.ingest.vectors import told_of, write_vectors
from kb.library import PROGRAM
from kb.passages import chunker_stamp
from kb.references import find_links
from kb.stores.forms import write_forms
from kb.stores.records import content_digest, write_records
from kb.stores.terms import TermIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.documents import Document, Passage
    from kb.generations import Draft, Generation
    from kb.ingest.keeping import Kept
    from kb.models import Embedder
    from kb.references import Before
    from kb.reports import Progress
    from kb.settings import Settings


@dataclass(frozen=True)
class Outcome:
    """What is in use now, and what it took."""

    generation: Generation
    passages: Sequence[Passage]
    embedded: int  # texts whose vector was computed now
    reused: int  # texts whose vector came from the cache
    warnings: tuple[str, ...]


def write_generation(
    draft: Draft,
    documents: Sequence[Document],
    before: Before,
    embedder: Embedder,
    kept: Kept,
    settings: Settings,
    progress: Progress,
) -> Outcome:
    """Write everything that a generation of these documents holds, and put it in use."""
    analyses = kept.analyses
    made = cut_all(documents, analyses, progress)
    vectors = write_vectors(draft, documents, made, embedder, kept.embeddings, settings, progress)
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
    warnings = (*kept.warnings, *told_of(vectors.kinds.values(), settings))
    return Outcome(generation, made.passages, vectors.embedded, vectors.reused, warnings)
