"""What is known of words beside the texts, and what of it an index takes in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kb.catalogue import shipped_corpus
from kb.noise import PROBES
from kb.stores.subject_index import SubjectEntry
from kb.subjects import Subject, read_subjects
from kb.thesaurus import THESAURUS, Thesaurus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kb.documents import Document, Language, Passage

_TRIAL_ENTRIES = 800  # of the subject index that a large vector index is tuned by
_SEED = 1234


@dataclass(frozen=True)
class Vocabulary:
    """What is known of words beside the texts: it comes with the project, not with a corpus."""

    thesaurus: Thesaurus = field(default_factory=Thesaurus)
    subjects: tuple[Subject, ...] = ()

    @classmethod
    def shipped(cls) -> Vocabulary:
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


def questions(vocabulary: Vocabulary, *, many: bool) -> list[tuple[str, Language]]:
    """Return what a vector index is tried with: questions about anything, or about the law.

    Those about anything are embedded for every index. A large one is tuned by what it is tried
    with, and that has to be like what users ask: the words of entries of the subject index, in
    three languages. The neighbours of questions about anything lie farther apart than theirs.
    """
    if many and vocabulary.subjects:
        order = np.random.default_rng(_SEED).permutation(len(vocabulary.subjects))
        chosen = [vocabulary.subjects[at] for at in order[:_TRIAL_ENTRIES].tolist()]
        return [(subject.words, subject.language) for subject in chosen]
    return [(question, language) for language, of in PROBES.items() for question in of]


def subject_entries(
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
