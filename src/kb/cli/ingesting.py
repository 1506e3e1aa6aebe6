"""The ways in: `kb ingest`, `kb add`, `kb fetch`, `kb import-git`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kb.cli.common import (
    SKIPPED,
    AsJson,
    Index,
    Languages,
    app,
    complain,
    err,
    out,
    print_json,
    settings_of,
    shipped_catalogue,
)
from kb.documents import Language, Provenance
from kb.errors import BadRequest, NotFound
from kb.settings import Settings
from kb.terminal import ingest_progress, plain, show_ingest


@app.command("add")
@app.command("ingest")
def ingest_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or folders [default: the corpus that comes with kb]."),
    ] = None,
    index: Index = None,
    document: Annotated[
        str | None,
        typer.Option("--as", help="Id of the document that the one given file is an edition of."),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="Language of the files: en, ru or kk.")
    ] = None,
    provenance: Annotated[
        str | None,
        typer.Option(
            "--provenance",
            "-p",
            help="What the files are: official (default), unofficial-translation or digest.",
        ),
    ] = None,
    ocr: Annotated[
        str | None,
        typer.Option("--ocr", help="PDF pages as pictures: never, missing (default) or always."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Hold these sources alone; drop what was held.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read files into the index. What the index holds stays; a file read again is replaced."""
    from kb.knowledge_base import KnowledgeBase  # noqa: PLC0415
    from kb.search.queries import parse_language  # noqa: PLC0415

    known = [str(item) for item in Provenance]
    if provenance is not None and provenance not in known:
        raise BadRequest(f"{provenance!r} is not a provenance: choose from {', '.join(known)}.")
    with ingest_progress(err) as progress:
        report = KnowledgeBase.add(
            paths or (),
            settings=Settings.from_environment(index=index, ocr=ocr),
            fresh=fresh,
            document_id=document,
            language=parse_language(language),
            provenance=None if provenance is None else Provenance(provenance),
            progress=progress,
        )
    if as_json:
        print_json(report)
    else:
        show_ingest(out, report)
    if not (out.is_terminal and err.is_terminal):  # where both are, the report has said it
        for file in report.files:
            if file.skipped:
                complain(f"skipped: {file.skipped}", SKIPPED)
    if not report.complete:
        raise typer.Exit(SKIPPED)


@app.command("fetch")
def fetch_command(
    documents: Annotated[
        list[str], typer.Argument(help="Ids of catalogued documents: kz-law-223-iv-2009.")
    ],
    index: Index = None,
    language: Languages = None,
    as_json: AsJson = False,
) -> None:
    """Fetch the official texts of documents from their public sites, and read them in."""
    from kb.fetching import fetch, fetched  # noqa: PLC0415
    from kb.knowledge_base import KnowledgeBase  # noqa: PLC0415
    from kb.search.queries import parse_language  # noqa: PLC0415
    from kb.sources import fetched_sources  # noqa: PLC0415

    settings = settings_of(index)
    catalogue = shipped_catalogue()
    chosen = [item for item in map(parse_language, language or ()) if item] or list(Language)
    wanted = [catalogue.document(item) for item in documents]
    with err.status("Fetching, one page at a time …"):
        fetching = fetch(wanted, settings.data, languages=chosen, annexed=catalogue.annexed)
    for failure in fetching.failures:
        complain(f"{failure.document_id} {failure.language}: {failure.reason}", SKIPPED)
    had = {(text.document_id, text.language) for text in fetching.texts}
    ingested = None
    if had:  # every version that is kept, so that an index that was lost is whole again
        kept = fetched(settings.data, older=True)
        texts = [text for text in kept if (text.document_id, text.language) in had]
        with ingest_progress(err) as progress:
            ingested = KnowledgeBase.add_sources(
                fetched_sources(texts, catalogue), settings=settings, progress=progress
            )
    if as_json:
        print_json({"fetched": fetching, "ingested": ingested})
    else:
        for text in fetching.texts:
            line = f"{text.status}: {text.document_id} {text.language} {text.path}"
            out.print(plain(line), soft_wrap=True)
        if ingested is not None:
            show_ingest(out, ingested)
    if not fetching.complete:
        raise typer.Exit(SKIPPED)


@app.command("import-git")
def import_git_command(
    source: Annotated[str, typer.Argument(help="Path of a clone, or an https address.")],
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="Folder, act code or document id, * allowed; repeatable."),
    ] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Bring in every version of the acts in a git repository, each as an edition with its dates."""
    from kb.gitimport import as_sources, import_git  # noqa: PLC0415
    from kb.knowledge_base import KnowledgeBase  # noqa: PLC0415

    settings = settings_of(index)
    catalogue = shipped_catalogue()
    with err.status("Reading the history …"):
        imported = import_git(source, settings.data, catalogue=catalogue, only=only or ())
    for item in imported.skipped:
        language = f" {item.language}" if item.language else ""
        complain(f"skipped: {item.folder} {item.commit[:12]}{language}: {item.reason}", SKIPPED)
    sources = as_sources(imported)
    if not sources:
        raise NotFound(
            f"No act in {source} has a text that can be read; check the path, or --only."
        )
    with ingest_progress(err) as progress:
        report = KnowledgeBase.add_sources(sources, settings=settings, progress=progress)
    if as_json:
        print_json({"imported": imported, "ingested": report})
    else:
        show_ingest(out, report)
    if imported.skipped or not report.complete:
        raise typer.Exit(SKIPPED)
