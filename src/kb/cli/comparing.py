"""Two editions side by side: `kb diff`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from kb.cli.common import AsJson, Index, app, open_index, out, print_json
from kb.terminal import plain


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
    from kb.cli.changes import show_comparison  # noqa: PLC0415
    from kb.search.wording import provenance_note  # noqa: PLC0415

    kb = open_index(index)
    comparison = kb.compare_editions(document, a, b, language=language)
    if as_json:
        print_json(comparison if everything else comparison.without_unchanged())
        return
    # what differs between two digests is not what changed in the law
    for edition_id in dict.fromkeys((comparison.a, comparison.b)):
        edition = kb.edition(comparison.document_id, edition_id)
        note = provenance_note(edition, edition.language)
        out.print(Text(plain(f"{edition_id}: {note}"), style="yellow"), soft_wrap=True)
    show_comparison(out, comparison, everything=everything)
