"""The vectors of a generation: what is embedded, how it is indexed, and a trial of the index."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from kb.centring import Centring
from kb.generations import SelfTest
from kb.ingest.vocabulary import Vocabulary, questions, subject_entries
from kb.noise import (
    measure_noise,
    measure_subject_noise,
    probe_vectors,
    write_probes,
)
from kb.stores.clustered import TARGET, IndexKind
from kb.stores.embeddings import Embedded, embed_with_cache, query_vectors
from kb.stores.passage_vectors import PassageArrays, PassageVectors, measured_recall
from kb.stores.subject_index import SubjectIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from kb.documents import Document, Language, Passage
    from kb.generations import Draft
    from kb.generations.manifest import Noise
    from kb.ingest.cutting import Made
    from kb.models import Embedder
    from kb.reports import Progress
    from kb.settings import Settings
    from kb.stores.embeddings import EmbeddingCache

_SELF_TEST_QUERIES = 32
_SELF_TEST_K = 10
_TEXTS = 50_000  # that are embedded in one go, the longest first


@dataclass(frozen=True)
class Vectors:
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


def write_vectors(
    draft: Draft,
    documents: Sequence[Document],
    made: Made,
    embedder: Embedder,
    cache: EmbeddingCache,
    settings: Settings,
    progress: Progress,
) -> Vectors:
    """Write everything that is made of vectors, the subject index and the thesaurus with it."""
    passages = made.passages
    vocabulary = Vocabulary.shipped()
    rows = np.array([row for row, item in enumerate(passages) if not item.note], dtype=np.int64)
    embedded, reused = _embed(made, rows, embedder, cache, progress)
    probes = probe_vectors(embedder, cache)
    centring = Centring.of(probes)
    centring.centre(embedded, _languages(made, rows))
    arrays = _arrays(made, rows, embedded)
    made.forget_texts()

    def asked(entries: Iterable[tuple[str, Language]]) -> NDArray[np.float32]:
        words, languages = zip(*entries, strict=True)
        advance = _advance(progress, len(words))
        vectors = query_vectors(words, embedder, cache, advance)
        return centring.of_texts(np.stack(vectors), languages)

    many = len(embedded) > settings.exact_vectors
    trial = asked(questions(vocabulary, many=many))
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
    del index  # the test below reads it from the disk
    subjects = list(subject_entries(vocabulary.subjects, documents, passages))
    subject_vectors = (
        asked((entry.words, entry.language) for entry in subjects) if subjects else arrays.whole[:0]
    )
    SubjectIndex.build(draft.subjects, subjects, subject_vectors)
    vocabulary.thesaurus.write(draft.thesaurus)
    # Of a large index one half chose the clusters, and the other how many of them are looked at.
    tested = trial[1::2][:: max(1, len(trial) // (2 * _SELF_TEST_QUERIES))]
    recall = measured_recall(PassageVectors.read(*files), arrays, tested, _SELF_TEST_K)
    return Vectors(
        rows=rows.tolist(),
        dimension=arrays.whole.shape[1],
        embedded=len(embedded) - reused,
        reused=reused,
        self_test=SelfTest(queries=len(tested), k=_SELF_TEST_K, recall=recall),
        kinds={path.name: kind for path, kind in zip(files, kinds, strict=True)},
        noise=noise,
        subject_noise=measure_subject_noise(subject_vectors, probes),
        vocabulary_digest=vocabulary.digest(subjects),
    )


def _embed(
    made: Made,
    rows: NDArray[np.int64],
    embedder: Embedder,
    cache: EmbeddingCache,
    progress: Progress,
) -> Embedded:
    """Return the vectors of passages, then parts, then openings.

    So many at a time, since of a large corpus what they are embedded by takes gigabytes.
    """
    total = len(rows) + len(made.parts) + len(made.openings)
    texts = chain(
        (made.passages[row].embedded_text for row in rows.tolist()),
        (text for _, text in made.parts),
        (text for _, _, text in made.openings),
    )
    advance = _advance(progress, total)
    vectors: NDArray[np.float32] | None = None
    reused = done = 0
    while block := list(islice(texts, _TEXTS)):
        found = embed_with_cache(embedder, block, cache, advance)
        if vectors is None:
            vectors = np.empty((total, found.vectors.shape[1]), dtype=np.float32)
        vectors[done : done + len(block)] = found.vectors
        done += len(block)
        reused += found.reused
    if vectors is None:
        vectors = np.empty((0, embedder.dimension), dtype=np.float32)
    return Embedded(vectors, reused)


def _languages(made: Made, rows: NDArray[np.int64]) -> list[Language]:
    """Return the language of each vector of `_embed`."""
    of = [*rows.tolist(), *(row for row, _ in made.parts), *(row for row, _, _ in made.openings)]
    return [made.passages[row].language for row in of]


def _advance(progress: Progress, total: int) -> Callable[[int], None]:
    """Return what is told how many texts more are embedded, of so many."""
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("embedding", done, total)

    progress("embedding", 0, total)
    return advance


def _arrays(made: Made, rows: NDArray[np.int64], vectors: NDArray[np.float32]) -> PassageArrays:
    """Tell the vectors of `_embed` apart."""
    whole, parts, openings = np.split(vectors, np.cumsum([len(rows), len(made.parts)]))
    return PassageArrays(
        whole,
        rows,
        parts,
        np.array([row for row, _ in made.parts], dtype=np.int64),
        openings,
        np.array([span for *span, _ in made.openings], dtype=np.int64).reshape(-1, 2),
    )


def _by_language(
    passages: Sequence[Passage], rows: NDArray[np.int64]
) -> dict[Language, NDArray[np.int64]]:
    spoken: dict[Language, list[int]] = {}
    for row in rows.tolist():
        spoken.setdefault(passages[row].language, []).append(row)
    return {language: np.array(found, dtype=np.int64) for language, found in spoken.items()}


def told_of(kinds: Iterable[IndexKind], settings: Settings) -> Iterator[str]:
    """Yield a warning for a large index that could not be made to look at some vectors only."""
    for kind in kinds:
        if kind.kind == "exact" and kind.vectors > settings.exact_vectors:
            yield (
                f"{kind.vectors} vectors are compared one by one: clusters of them did not find"
                f" {TARGET:.0%} of the nearest. Searches are slower than they might be."
            )
