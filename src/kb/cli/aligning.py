"""Two provisions side by side: `kb compare`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli.common import AsJson, Index, app, open_index, out, print_json
from kb.errors import BadRequest
from kb.terminal import show_comparison

if TYPE_CHECKING:
    from kb.comparison.provisions import PastedText, ProvisionRef


@app.command("compare")
def compare_command(
    provisions: Annotated[
        list[str], typer.Argument(help="Two provisions, ID#EID; one with --text.", metavar="ID#EID")
    ],
    index: Index = None,
    text: Annotated[
        Path | None,
        typer.Option("--text", help="A draft to compare instead of a provision; - for stdin."),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option("--language", "-l", help="Of the first provision, then of the second."),
    ] = None,
    edition: Annotated[
        list[str] | None,
        typer.Option("--edition", help="Id for the first provision, then for the second."),
    ] = None,
    reader: Annotated[
        str | None,
        typer.Option("--reader", help="Language of the findings [default: the first side's]."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two provisions, or a draft with one, sentence by sentence, also across languages."""
    from kb.comparison.provisions import PastedText  # noqa: PLC0415

    if len(provisions) + (text is not None) != 2:
        raise BadRequest("Two sides are compared: name two provisions, or one and --text FILE.")
    languages, editions = _padded(language), _padded(edition)
    sides: list[ProvisionRef | PastedText] = [
        _named(name, *chosen)
        for name, *chosen in zip(provisions, languages, editions, strict=False)
    ]
    if text is not None:
        sides.insert(0, PastedText(_read(text)))
    found = open_index(index).compare_provisions(*sides, reader_language=reader)
    if as_json:
        print_json(found)
    else:
        show_comparison(out, found)


def _named(name: str, language: str | None, edition: str | None) -> ProvisionRef:
    from kb.comparison.provisions import ProvisionRef  # noqa: PLC0415

    document_id, _, eid = name.partition("#")
    if not eid:
        raise BadRequest(f"{name!r} names no provision; write it as ID#EID, as `kb show` does.")
    return ProvisionRef(document_id, eid, language, edition)


def _padded(given: list[str] | None) -> list[str | None]:
    """Return a value for either side; one that is given alone is for the first."""
    values: list[str | None] = list(given or [])
    if len(values) > 2:
        raise BadRequest("There are two sides; give --language and --edition at most twice.")
    return values + [None] * (2 - len(values))


def _read(path: Path) -> str:
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"{path} cannot be read as text: {error}; save it as UTF-8.") from error
