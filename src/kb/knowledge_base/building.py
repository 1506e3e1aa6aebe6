"""Sources into an index."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from kb.catalogue import Catalogue, shipped_corpus
from kb.errors import NotFound
from kb.knowledge_base.opening import Opening, settings_for
from kb.models import load_embedder
from kb.sources import find_sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from kb.documents import Language, Provenance
    from kb.ingest import Progress
    from kb.reports import IngestReport
    from kb.settings import Settings
    from kb.sources import SourceFile


class Building(Opening):
    """Makes and changes indexes."""

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
        from kb.ingest import ingest  # noqa: PLC0415

        chosen = settings_for(index, settings)
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
        from kb.ingest import ingest  # noqa: PLC0415

        chosen = settings_for(index, settings)
        return ingest(sources, load_embedder(chosen), chosen, fresh=fresh, progress=progress)


def _as_catalogued(source: SourceFile) -> SourceFile:
    """Let a file that is said to be of an instrument be called what the shipped catalogue calls it.

    Otherwise `labor_code.txt` would be cited as "labor_code" in an index without the digests.
    """
    corpus = shipped_corpus()
    catalogue = Catalogue.load(corpus) if corpus is not None else Catalogue.empty()
    if source.document_id is None or source.document_id not in catalogue:
        return source
    return replace(source, document=catalogue.document(source.document_id))
