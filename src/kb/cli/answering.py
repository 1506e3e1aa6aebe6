"""Answers and context: `kb ask`, `kb context`."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli.common import (
    AsJson,
    AsOf,
    Documents,
    Index,
    Languages,
    Provenances,
    Reader,
    app,
    err,
    open_index,
    out,
    print_json,
)
from kb.terminal import plain, show_answer, show_context


@app.command("ask")
def ask_command(
    question: Annotated[str, typer.Argument(help="A question in English, Russian or Kazakh.")],
    index: Index = None,
    language: Languages = None,
    document: Documents = None,
    provenance: Provenances = None,
    reader: Reader = None,
    as_of: AsOf = None,
    written: Annotated[
        bool | None,
        typer.Option(
            "--written/--extractive",
            help="Whether a language model writes [default: where one is configured].",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question with cited sentences, or say that the corpus does not answer it."""
    answer = open_index(index).ask(
        question,
        languages=language,
        documents=document,
        provenances=provenance,
        reader_language=reader,
        as_of=as_of,
        written=written,
    )
    if as_json:
        print_json(answer)
    else:
        show_answer(out, answer)


@app.command("context")
def context_command(
    query: Annotated[str, typer.Argument(help="Words, a question, or a reference.")],
    index: Index = None,
    max_tokens: Annotated[
        int, typer.Option("--max-tokens", help="cl100k tokens that the text may have.")
    ] = 2000,
    language: Languages = None,
    document: Documents = None,
    provenance: Provenances = None,
    reader: Reader = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Print the best passages for a query, with citations, within a budget of tokens."""
    context = open_index(index).context(
        query,
        max_tokens=max_tokens,
        languages=language,
        documents=document,
        provenances=provenance,
        reader_language=reader,
        as_of=as_of,
    )
    if as_json:
        print_json(context)
        return
    for notice in context.notices:
        err.print(plain(notice), style="yellow", markup=False)
    show_context(out, context)
