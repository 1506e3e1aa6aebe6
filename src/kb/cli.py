"""The command `kb`.

Thin: each command calls one method of `kb.KnowledgeBase` and prints what it returns, as a table
or, with `--json`, as the same JSON that the API gives. Results go to standard output, progress and
errors to standard error, an error as one line. Exit codes are those of `kb.errors`, and

    0  done          9  ingested, but some files of a folder were skipped
    1  failed       10  `kb verify`: something is not as it should be
                   130  interrupted with Ctrl-C
"""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from kb import __version__
from kb.documents import Provenance
from kb.errors import BadRequest, KBError, NotFound, StorageFull
from kb.settings import Settings
from kb.terminal import (
    ingest_progress,
    plain,
    show_document,
    show_documents,
    show_examination,
    show_ingest,
    show_node,
    show_problems,
    show_result,
    show_verifications,
)

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase

SKIPPED = 9
NOT_TRUE = 10
_FAILED = 1
_INTERRUPTED = 130
_STOPPED = "interrupted; an ingest that had not finished has changed nothing."


class _Console(Console):
    """A console whose reader may go away: `kb documents | head`."""

    def on_broken_pipe(self) -> None:
        """Write the rest to nowhere; the command ends as it would have ended."""
        self.quiet = True
        _write_to_nowhere(self.file.fileno())


def _write_to_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


@dataclass
class _Calling:
    """How the command was called, known once its first options are read."""

    traceback: bool = False


out = _Console(highlight=False)
err = _Console(stderr=True, highlight=False)
app = typer.Typer(
    name="kb",
    help="A knowledge base over policy and labour-law texts that cites the clause.",
    add_completion=False,
    pretty_exceptions_enable=False,
)

Index = Annotated[
    Path | None,
    typer.Option("--index", help="Folder of the index [default: $KB_INDEX or ./index].", envvar=[]),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Languages = Annotated[
    list[str] | None, typer.Option("--language", "-l", help="Only passages in en, ru or kk.")
]
Documents = Annotated[
    list[str] | None, typer.Option("--document", "-d", help="Only this document; repeatable.")
]
Provenances = Annotated[
    list[str] | None,
    typer.Option("--provenance", "-p", help="Only official, unofficial-translation or digest."),
]


def main() -> None:
    """Run the command and turn an error into one line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a letter that the terminal cannot show must not stop what it stands in
            stream.reconfigure(errors="replace")
    code = _run()
    try:
        sys.stdout.flush()
    except OSError as error:
        _write_to_nowhere(sys.stdout.fileno())  # or Python would try again when it ends
        if not isinstance(error, BrokenPipeError) and code == 0:
            code = _complain(f"the output cannot be written: {error.strerror}.", _FAILED)
    sys.exit(code)


def _run() -> int:
    calling = _Calling()
    try:
        code = int(app(standalone_mode=False, obj=calling) or 0)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  whatever it is, a line says it
        code, line = _account_for(error, show=calling.traceback)
        return _complain(line, code)
    if code == _INTERRUPTED:  # Typer makes an exit code of Ctrl-C
        _complain(_STOPPED, code)
    return code


def _account_for(error: BaseException, *, show: bool) -> tuple[int, str]:
    """Return the exit code and the line for an error; raise it when it is to be shown in full."""
    if isinstance(error, typer.Abort) and error.__cause__ is not None:
        error = error.__cause__  # EOFError, which Typer takes for a prompt left unanswered
    match error:
        case KBError():
            answer = error.exit_code, str(error)
        case typer.TyperException():  # wrong options or arguments
            wrong = error.format_message().rstrip(".")
            answer = error.exit_code, f"{wrong}; `kb COMMAND --help` says what can be given."
        case KeyboardInterrupt() | typer.Abort():
            answer = _INTERRUPTED, _STOPPED
        case OSError(errno=errno.ENOSPC):
            answer = StorageFull.exit_code, "the disk is full; free some space and try again."
        case _ if show:
            raise error
        case _:
            what = f"{type(error).__name__}: {error}"
            advice = "run it again as `kb --traceback …` and report what that prints."
            answer = _FAILED, f"something unforeseen happened, {what}; {advice}"
    return answer


def _complain(message: str, code: int) -> int:
    """Print one line to standard error and return the exit code."""
    err.print(Text.assemble(("kb: ", "red"), plain(" ".join(message.split()))), soft_wrap=True)
    return code


def _settings(index: Path | None) -> Settings:
    return Settings.from_environment(index=index)


def _open(index: Path | None) -> KnowledgeBase:
    from kb.knowledge_base import KnowledgeBase  # noqa: PLC0415

    return KnowledgeBase.open(settings=_settings(index))


def _print_json(value: object) -> None:
    from kb.search.results import to_json  # noqa: PLC0415

    plain_value = to_json(value)
    text = json.dumps(plain_value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = json.dumps(plain_value, indent=2)  # the same value, with \u escapes
    try:
        print(text, flush=True)  # noqa: T201
    except BrokenPipeError:
        _write_to_nowhere(sys.stdout.fileno())


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Show where an unforeseen error comes from.")
    ] = False,
) -> None:
    """Handle the options that stand before a command."""
    if version:
        out.print(__version__)
        raise typer.Exit
    context.ensure_object(_Calling).traceback = traceback
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(BadRequest.exit_code)


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
        _print_json(report)
    else:
        show_ingest(out, report)
    for file in report.files:
        if file.skipped:
            _complain(f"skipped: {file.skipped}", SKIPPED)
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
    from kb.catalogue import Catalogue, shipped_corpus  # noqa: PLC0415
    from kb.documents import Language  # noqa: PLC0415
    from kb.fetching import fetch, fetched  # noqa: PLC0415
    from kb.knowledge_base import KnowledgeBase  # noqa: PLC0415
    from kb.search.queries import parse_language  # noqa: PLC0415
    from kb.sources import fetched_sources  # noqa: PLC0415
    from kb.terminal import ingest_progress, plain, show_ingest  # noqa: PLC0415

    settings = _settings(index)
    corpus = shipped_corpus()
    catalogue = Catalogue.empty() if corpus is None else Catalogue.load(corpus)
    chosen = [item for item in map(parse_language, language or ()) if item] or list(Language)
    wanted = [catalogue.document(item) for item in documents]
    with err.status("Fetching, one page at a time …"):
        fetching = fetch(wanted, settings.data, languages=chosen, annexed=catalogue.annexed)
    for failure in fetching.failures:
        _complain(f"{failure.document_id} {failure.language}: {failure.reason}", SKIPPED)
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
        _print_json({"fetched": fetching, "ingested": ingested})
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
    from kb.catalogue import Catalogue, shipped_corpus  # noqa: PLC0415
    from kb.gitimport import as_sources, import_git  # noqa: PLC0415
    from kb.knowledge_base import KnowledgeBase  # noqa: PLC0415
    from kb.terminal import ingest_progress, show_ingest  # noqa: PLC0415

    settings = _settings(index)
    corpus = shipped_corpus()
    catalogue = Catalogue.load(corpus) if corpus else Catalogue.empty()
    with err.status("Reading the history …"):
        imported = import_git(source, settings.data, catalogue=catalogue, only=only or ())
    for item in imported.skipped:
        language = f" {item.language}" if item.language else ""
        _complain(f"skipped: {item.folder} {item.commit[:12]}{language}: {item.reason}", SKIPPED)
    sources = as_sources(imported)
    if not sources:
        raise NotFound(
            f"No act in {source} has a text that can be read; check the path, or --only."
        )
    with ingest_progress(err) as progress:
        report = KnowledgeBase.add_sources(sources, settings=settings, progress=progress)
    if as_json:
        _print_json({"imported": imported, "ingested": report})
    else:
        show_ingest(out, report)
    if imported.skipped or not report.complete:
        raise typer.Exit(SKIPPED)


@app.command("search")
def search_command(
    query: Annotated[str, typer.Argument(help="Words, a question, or a reference.")],
    index: Index = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="Hits at most.")] = 10,
    offset: Annotated[int, typer.Option("--offset", help="Hits to skip.")] = 0,
    language: Languages = None,
    document: Documents = None,
    provenance: Provenances = None,
    reader: Annotated[
        str | None,
        typer.Option("--reader", help="Language of citations [default: the query's]."),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show why each hit is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find the passages that answer a query, each with its citation."""
    result = _open(index).search(
        query,
        limit=limit,
        offset=offset,
        languages=language,
        documents=document,
        provenances=provenance,
        reader_language=reader,
    )
    if as_json:
        _print_json(result)
    else:
        show_result(out, result, explain=explain)


@app.command("show")
def show_command(
    target: Annotated[str, typer.Argument(help="A document, or a provision: ID or ID#EID.")],
    index: Index = None,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="The edition in en, ru or kk.")
    ] = None,
    edition: Annotated[str | None, typer.Option("--edition", help="The edition's id.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print a document's outline, or the text of a provision with its citation."""
    kb = _open(index)
    document_id, _, eid = target.partition("#")
    if eid:
        view = kb.node(document_id, eid, language=language, edition_id=edition)
        if as_json:
            _print_json(
                {
                    "document_id": view.document.id,
                    "edition_id": view.edition.id,
                    "node": view.node,
                    "text": view.text,
                    "citation": view.citation.text,
                    "permalink": view.citation.permalink,
                    "receipt": view.receipt,
                }
            )
        else:
            show_node(out, view)
        return
    document = kb.document(document_id)
    chosen = kb.choose_edition(document_id, language=language, edition_id=edition)
    if as_json:
        _print_json(document)
    else:
        show_document(out, document, chosen)


@app.command("documents")
def documents_command(index: Index = None, as_json: AsJson = False) -> None:
    """List the documents that the index holds."""
    held = _open(index).documents()
    if as_json:
        _print_json(held)
    else:
        show_documents(out, held)


@app.command("verify")
def verify_command(
    receipt: Annotated[
        Path | None,
        typer.Argument(help="A receipt, or a search result with receipts, as JSON; - for stdin."),
    ] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Check the index and its sources, or a receipt that was given earlier."""
    kb = _open(index)
    if receipt is None:
        problems = kb.verify()
        if as_json:
            _print_json(problems)
        else:
            show_problems(out, problems)
        if problems:
            raise typer.Exit(NOT_TRUE)
        return
    checked = [kb.verify_receipt(item) for item in _receipts(receipt)]
    if as_json:
        _print_json(checked)
    else:
        show_verifications(out, checked)
    if any(item.verdict != "valid" for item in checked):
        raise typer.Exit(NOT_TRUE)


def _receipts(path: Path) -> list[Any]:
    """Read one receipt, a list of them, or the receipts of a search result."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
        data = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise BadRequest(
            f"{path} is not a readable JSON file ({error}): give a receipt as a search printed it."
        ) from error
    match data:
        case {"hits": list(hits)}:  # `kb search --json`
            found = [hit.get("receipt") if isinstance(hit, dict) else hit for hit in hits]
        case {"receipt": receipt}:  # `kb show --json`
            found = [receipt]
        case list():
            found = data
        case _:
            found = [data]
    if not found:
        raise BadRequest(f"There is no receipt in {path}: give one as a search printed it.")
    return found


@app.command("serve")
def serve_command(
    index: Index = None,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on. The default is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8000,
) -> None:
    """Serve the web page and the HTTP API."""
    import uvicorn  # noqa: PLC0415

    from api.app import create_app  # noqa: PLC0415

    err.print(f"Policy KB at http://{host}:{port}/ (stop with Ctrl-C)")
    uvicorn.run(create_app(_settings(index)), host=host, port=port, log_level="warning")


@app.command("doctor")
def doctor_command(index: Index = None, as_json: AsJson = False) -> None:
    """Say what works here and what does not: Python, packages, model, index, disk."""
    from kb.doctor import examine  # noqa: PLC0415

    findings = examine(_settings(index))
    if as_json:
        _print_json(findings)
    else:
        show_examination(out, findings)
    if any(not finding.good for finding in findings):
        raise typer.Exit(_FAILED)
