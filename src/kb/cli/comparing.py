"""Two editions side by side: `kb diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli.changes import show_comparison
from kb.cli.common import AsJson, Index, app, open_index, out, print_json


@app.command("diff")
def diff_command(
    document: Annotated[str, typer.Argument(help="The document's id.")],
    a: Annotated[str, typer.Argument(help="The older edition: its id, or a day in it.")],
    b: Annotated[str, typer.Argument(help="The newer edition: its id, or a day in it.")],
    index: Index = None,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="Language of the text: en, ru or kk.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show what has not changed too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare two editions of a document, article by article and word by word."""
    comparison = open_index(index).compare_editions(document, a, b, language=language)
    if as_json:
        print_json(comparison if everything else comparison.without_unchanged())
    else:
        show_comparison(out, comparison, everything=everything)
