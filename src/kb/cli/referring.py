"""What a text refers to: `kb refs`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.common import AsJson, AsOf, Index, app, open_index, out, print_json, settings_of
from kb.errors import BadRequest
from kb.terminal import show_references


@app.command("refs")
def refs_command(
    file: Annotated[Path, typer.Argument(help="A file of a kind that kb reads; - for stdin.")],
    index: Index = None,
    document: Annotated[
        str | None,
        typer.Option("--document", "-d", help="The document whose words these are."),
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """List the instruments and provisions that a text names, and whether they are held."""
    kb = open_index(index)
    found = kb.references(_text(file, index), document_id=document, as_of=as_of)
    if as_json:
        print_json({"references": found, "generation": kb.generation})
    else:
        show_references(out, found)


def _text(file: Path, index: Path | None) -> str:
    if str(file) == "-":
        try:
            return sys.stdin.read()
        except UnicodeDecodeError as error:
            raise BadRequest(f"Standard input is not text ({error}): give UTF-8.") from error
    from kb.readers import read_source  # noqa: PLC0415

    return read_source(file, settings_of(index)).text
