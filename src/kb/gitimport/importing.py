"""The import itself: read the history, date the versions, write the files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from kb.documents import Document, Language, Provenance
from kb.errors import NotFound
from kb.gitimport.export import export_facts, export_text
from kb.gitimport.layout import LANGUAGES
from kb.gitimport.metadata import plain_number
from kb.gitimport.report import ImportedAct, ImportedVersion, ImportReport, Skipped
from kb.gitimport.repository import open_repository
from kb.gitimport.texts import decode, join_text, title_of
from kb.gitimport.versions import Histories, code_of, matches
from kb.sources import SourceFile, slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from dulwich.objects import ObjectID

    from kb.catalogue import Catalogue
    from kb.gitimport.metadata import Metadata
    from kb.gitimport.repository import Repository
    from kb.gitimport.versions import Act, Version

Progress = Callable[[str, int, int], None]  # (stage, done, total); total 0: not known

_MAX_ID = 80


def import_git(
    source: str | Path,
    data: Path,
    *,
    catalogue: Catalogue,
    only: Sequence[str] = (),
    progress: Progress | None = None,
) -> ImportReport:
    """Write every version of the acts in a repository into the data folder.

    Args:
        source: the path of a clone, or an http(s) address, which is fetched into `data`.
        data: the data folder; see `kb.gitimport.export` for the places in it.
        catalogue: an act with the number and date of one of its documents is that document.
        only: folders, names of folders, act codes or document ids, with `*` for anything;
            none: all acts.
        progress: told of each stage: history, versions.

    Raises:
        UnreadableSource: there is no repository, it is damaged or it cannot be reached.
        BadRequest: an address of another kind than http(s).
        NotFound: no act is called what `only` says, or there is none.
        StorageFull: the disk refused a write.
    """
    report = progress or (lambda _stage, _done, _total: None)

    def wanted(folder: str, metadata: Metadata) -> bool:
        return matches(only, _names(folder, metadata, catalogue))

    with open_repository(source, data) as repository:
        histories = Histories(repository, wanted)
        for done, changes in enumerate(repository.changes()):
            report("history", done, 0)
            histories.take(changes)
        if not histories.acts:
            which = f" called {' or '.join(only)}" if only else ""
            raise NotFound(
                f"{repository.name} has no act{which}: an act is a folder with rus.md or kaz.md;"
                " it goes by its path, its name, its code or its document id."
            )
        documents = _documents(histories.acts.values(), catalogue, repository)
        acts = []
        for done, (act, document) in enumerate(
            zip(histories.acts.values(), documents, strict=True)
        ):
            report("versions", done, len(documents))
            versions = tuple(_export(act, document, histories, repository, data))
            if versions:
                acts.append(ImportedAct(document, act.folder, versions))
        report("versions", len(documents), len(documents))
        return ImportReport(
            repository=repository.name,
            head=repository.head,
            acts=tuple(sorted(acts, key=lambda act: act.document.id)),
            skipped=tuple(histories.skipped),
        )


def as_sources(report: ImportReport) -> tuple[SourceFile, ...]:
    """Return what ingest needs to hold each version as an edition."""
    return tuple(
        SourceFile(
            path=version.path,
            named=False,
            document=act.document,
            language=version.language,
            provenance=Provenance.OFFICIAL,
            valid_from=version.valid_from,
            valid_to=version.valid_to,
            status=version.status,
            amended_by=version.amended_by,
            url=version.url,
        )
        for act in report.acts
        for version in act.versions
    )


# --- which document an act is ---


def _names(folder: str, metadata: Metadata, catalogue: Catalogue) -> list[str]:
    """Return what an act can be called in `only`."""
    found = _catalogued(metadata, catalogue)
    names = [folder, folder.rpartition("/")[2], _own_id(folder, metadata)]
    return [*names, code_of(folder, metadata) or "", *([found.id] if found else [])]


def _catalogued(metadata: Metadata, catalogue: Catalogue) -> Document | None:
    """Return the catalogue's document with the number and the date of an act."""
    if metadata.number is None or metadata.approved is None:
        return None
    for document in catalogue.documents:
        if (
            document.number is not None
            and plain_number(document.number) == metadata.number
            and document.date == metadata.approved
        ):
            return document
    return None


def _own_id(folder: str, metadata: Metadata) -> str:
    """Return an id that stays when the folder is renamed, as far as that can be known."""
    code = code_of(folder, metadata)
    if code is not None:
        return f"kz-act-{code}"
    name = slug(folder)
    if len(name) <= _MAX_ID:
        return name
    digest = hashlib.sha256(folder.encode("utf-8")).hexdigest()[:12]
    return f"{name[:_MAX_ID]}-{digest}"


def _documents(acts: Iterable[Act], catalogue: Catalogue, repository: Repository) -> list[Document]:
    """Return the document of each act, no two the same."""
    documents: list[Document] = []
    taken: set[str] = set()
    for act in acts:
        document = _catalogued(act.metadata, catalogue)
        if document is None or document.id in taken:
            document = _described(act, _own_id(act.folder, act.metadata), repository)
        taken.add(document.id)
        documents.append(document)
    return documents


def _described(act: Act, document_id: str, repository: Repository) -> Document:
    said = act.metadata
    titles = {
        language: title
        for code, language in LANGUAGES.items()
        if (title := said.titles.get(language) or _own_title(act, code, language, repository))
    }
    return Document(
        id=document_id,
        titles=titles,
        kind=said.kind,
        number=said.number,
        date=said.approved,
        status="repealed" if act.repealed else "in-force",
        urls=dict(said.urls),
    )


def _own_title(act: Act, code: str, language: Language, repository: Repository) -> str | None:
    """Return what the last text of an act calls itself."""
    trees = [entry.tree for entry in act.entries.get(language, ()) if entry.tree]
    try:
        return title_of(_text(repository, trees[-1], code)) if trees else None
    except UnicodeDecodeError:
        return None


# --- its texts ---


def _export(
    act: Act, document: Document, histories: Histories, repository: Repository, data: Path
) -> Iterator[ImportedVersion]:
    for code, language in LANGUAGES.items():
        for version in histories.versions(act, language):
            entry = version.entry
            try:
                text = _text(repository, entry.tree, code) if entry.tree else ""
            except UnicodeDecodeError:
                text, reason = "", "its text is not UTF-8"
            else:
                reason = "there is no text in it"
            if not text.strip():
                histories.skipped.append(Skipped(entry.folder, entry.commit, language, reason))
                continue
            path = export_text(data, document.id, language, entry.day, entry.commit, text)
            imported = _imported(version, document, language, path)
            export_facts(path, _facts(imported, document, entry.metadata, repository.name))
            yield imported


def _text(repository: Repository, tree: ObjectID, code: str) -> str:
    parts = {
        name: decode(repository.read(tree, f"{code}/{name}") or b"")
        for name in repository.entries(tree, code)
        if name.endswith(".md")
    }
    return join_text(decode(repository.read(tree, f"{code}.md") or b""), parts)


def _imported(
    version: Version, document: Document, language: Language, path: Path
) -> ImportedVersion:
    entry = version.entry
    return ImportedVersion(
        document_id=document.id,
        language=language,
        valid_from=entry.day,
        valid_to=version.valid_to,
        status=version.status,
        amended_by=entry.metadata.amended_by,
        url=entry.metadata.urls.get(language),
        folder=entry.folder,
        commit=entry.commit,
        path=path,
    )


def _facts(
    version: ImportedVersion, document: Document, metadata: Metadata, repository: str
) -> dict[str, object]:
    """Return what the file beside a text says, ready for JSON."""
    approved = metadata.approved or document.date
    return {
        "document_id": version.document_id,
        "titles": dict(metadata.titles or document.titles),
        "kind": document.kind,
        "number": metadata.number or document.number,
        "date": approved.isoformat() if approved else None,
        "language": version.language,
        "valid_from": version.valid_from.isoformat(),
        "valid_to": version.valid_to.isoformat() if version.valid_to else None,
        "status": version.status,
        "amended_by": version.amended_by,
        "url": version.url,
        "repository": repository,
        "folder": version.folder,
        "commit": version.commit,
    }
