"""The command `kb`.

Thin: each command calls one method of `kb.KnowledgeBase` and prints what it returns, as a table
or, with `--json`, as the same JSON that the API gives. Results go to standard output, progress and
errors to standard error. Exit codes are those of `kb.errors`, and

    0  done          9  ingested, but some files of a folder were skipped
    1  failed       10  `kb verify`: something is not as it should be
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from kb import __version__
from kb.errors import BadRequest, KBError
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase

SKIPPED = 9
NOT_TRUE = 10
_UNEXPECTED = 1
_INTERRUPTED = 130

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)
app = typer.Typer(
    name="kb",
    help="A knowledge base over policy and labour-law texts that cites the clause.",
    no_args_is_help=True,
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
    try:
        app(standalone_mode=False)
    except KBError as error:
        err.print(f"[red]kb:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(error.exit_code)
    except (typer.Exit, typer.Abort) as stop:
        sys.exit(getattr(stop, "exit_code", _INTERRUPTED))
    except KeyboardInterrupt:
        err.print("[red]kb:[/] interrupted; the index is as it was.")
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: `kb search … | head`
        sys.exit(0)


def _settings(index: Path | None) -> Settings:
    return Settings.from_environment(index=index)


def _open(index: Path | None) -> KnowledgeBase:
    from kb.knowledge_base import KnowledgeBase  # noqa: PLC0415

    return KnowledgeBase.open(settings=_settings(index))


def _print_json(value: object) -> None:
    from kb.search.results import to_json  # noqa: PLC0415

    print(json.dumps(to_json(value), ensure_ascii=False, indent=2))  # noqa: T201


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Handle the options that stand before a command."""
    if version:
        out.print(__version__)
        raise typer.Exit


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
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Hold these sources alone; drop what was held.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read files into the index. What the index holds stays; a file read again is replaced."""
    from kb.documents import Provenance  # noqa: PLC0415
    from kb.knowledge_base import KnowledgeBase  # noqa: PLC0415
    from kb.search.queries import parse_language  # noqa: PLC0415
    from kb.terminal import ingest_progress, show_ingest  # noqa: PLC0415

    known = [str(item) for item in Provenance]
    if provenance is not None and provenance not in known:
        raise BadRequest(f"{provenance!r} is not a provenance: choose from {', '.join(known)}.")
    with ingest_progress(err) as progress:
        report = KnowledgeBase.add(
            paths or (),
            settings=_settings(index),
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
    if not report.complete:
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
    from kb.terminal import show_result  # noqa: PLC0415

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
    from kb.terminal import show_document, show_node  # noqa: PLC0415

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
    if as_json:
        _print_json(document)
    else:
        show_document(out, document, language=language, edition_id=edition)


@app.command("documents")
def documents_command(index: Index = None, as_json: AsJson = False) -> None:
    """List the documents that the index holds."""
    from kb.terminal import show_documents  # noqa: PLC0415

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
    from kb.terminal import show_problems, show_verifications  # noqa: PLC0415

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


def _receipts(path: Path) -> list[dict[str, Any]]:
    """Read one receipt, a list of them, or the receipts of a search result."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
        data = json.loads(text)
    except (OSError, ValueError) as error:
        raise BadRequest(
            f"{path} is not a readable JSON file ({error}): give a receipt as a search printed it."
        ) from error
    if isinstance(data, dict) and "hits" in data:
        data = [hit.get("receipt") for hit in data["hits"] if isinstance(hit, dict)]
    found = data if isinstance(data, list) else [data]
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
    from kb.terminal import show_examination  # noqa: PLC0415

    findings = examine(_settings(index))
    if as_json:
        _print_json(findings)
    else:
        show_examination(out, findings)
    if any(not finding.good for finding in findings):
        raise typer.Exit(_UNEXPECTED)
