"""A set's documents, indexed by the pipeline that indexes everything else.

Each document of the set becomes a Document with one edition: the set's title stands over the text
as a heading, as an article's does. It is not made the instrument's title, since titles are names
that queries may cite: a heading that is asked for would then be found by its name, which no text
in use offers.

The index lies in a folder of the set's own and is used again while documents, model, chunker and
the code that makes an index stay what they were. When only the code has changed, vectors of
passages that it leaves alone come from the folder's cache.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb.documents import Document, Edition, Provenance
from kb.errors import IndexUnavailable
from kb.ingest import index_documents
from kb.knowledge_base import KnowledgeBase
from kb.languages import detect
from kb.passages import chunker_stamp
from kb.readers.blocks import BlockKind, SourceText, tile
from kb.readers.plain import canonical, paragraphs
from kb.structure import parse_structure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.evaluation.sets import BeirSet, Entry
    from kb.ingest import Progress
    from kb.models import Embedder
    from kb.settings import Settings

_MADE_BY = "made-by"  # file beside CURRENT: what the index was made with
_STAGES = (
    "documents languages kazakh words tokens readers structure passages models stores generations"
    " centring noise analyses ingest evaluation/indexing"
).split()
_HEADING_DEPTH = 2  # of the title: a unit's heading, where 1 is an instrument's


@dataclass(frozen=True)
class IndexedSet:
    """The documents of a set, ready to be searched."""

    kb: KnowledgeBase
    names: Mapping[str, str]  # of the set's documents, by document id


def indexed(
    given: BeirSet,
    embedder: Embedder,
    settings: Settings,
    folder: Path,
    progress: Progress | None = None,
) -> IndexedSet:
    """Return a knowledge base over the documents of a set; build it where there is none.

    Args:
        given: the set.
        embedder: the model.
        settings: all but `index` are used.
        folder: that holds the indexes of sets.
        progress: called with (stage, done, total).
    """
    model = hashlib.sha256(embedder.fingerprint.encode()).hexdigest()
    own = settings.model_copy(update={"index": folder / f"{given.corpus_digest[:16]}-{model[:8]}"})
    names = {f"d{number}": name for number, name in enumerate(given.documents)}
    made_by = f"{_code_digest()} {embedder.fingerprint} {chunker_stamp(own)}\n"
    if (opened := _opened(own, embedder, made_by)) is not None:
        return IndexedSet(opened, names)
    documents = [_document(name, given.documents[names[name]]) for name in names]
    stamp = own.index / _MADE_BY
    stamp.unlink(missing_ok=True)
    index_documents(documents, embedder, own, progress=progress)
    stamp.write_text(made_by, "utf-8")
    return IndexedSet(KnowledgeBase(own, embedder), names)


def _opened(settings: Settings, embedder: Embedder, made_by: str) -> KnowledgeBase | None:
    stamp = settings.index / _MADE_BY
    if not stamp.is_file() or stamp.read_text("utf-8") != made_by:
        return None
    try:
        return KnowledgeBase(settings, embedder)
    except IndexUnavailable:
        return None


def _document(document_id: str, entry: Entry) -> Document:
    source = _source(entry)
    language = detect(source.text)
    edition = Edition(
        document_id=document_id,
        language=language,
        provenance=Provenance.OFFICIAL,
        text=source.text,
        nodes=parse_structure(source),
        source=document_id,
        source_sha256=hashlib.sha256(source.text.encode()).hexdigest(),
    )
    # no words for a title: neither a name to be cited by nor a breadcrumb
    return Document(document_id, titles={language: ""}, editions=(edition,))


def _source(entry: Entry) -> SourceText:
    """Read an entry as a file is read, with its title as a heading."""
    body = [(piece, BlockKind.PARAGRAPH, 0) for piece in paragraphs(canonical(entry.text))]
    title = " ".join(canonical(entry.title).split())
    heading = [(f"{title}\n\n", BlockKind.HEADING, _HEADING_DEPTH)] if title else []
    return SourceText(*tile([*heading, *body]))


def _code_digest() -> str:
    """Return a hash of the code that makes an index, for what no version number tells."""
    package = Path(__file__).parents[1]
    files = [
        file
        for stage in _STAGES
        for file in sorted((*package.glob(f"{stage}.py"), *package.glob(f"{stage}/*.py")))
    ]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
