"""How good the search is: `kb eval`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.common import AsJson, Index, app, err, out, print_json, settings_of
from kb.cli.scores import show_evaluation
from kb.errors import BadRequest
from kb.terminal import ingest_progress


class _Split(StrEnum):
    DEV = "dev"
    TEST = "test"
    ALL = "all"


@app.command("eval")
def eval_command(
    sets: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[SET]...",
            help="A folder in BEIR's layout, a .toml file of gold questions, or a .jsonl file of"
            " questions that nothing answers. [default: the gold questions of the corpus]",
        ),
    ] = None,
    questions: Annotated[
        bool, typer.Option("--questions", help="The corpus's gold questions, beside the sets.")
    ] = False,
    split: Annotated[
        _Split, typer.Option("--split", help="Which of the gold questions.")
    ] = _Split.DEV,
    legs: Annotated[bool, typer.Option("--legs", help="Measure each leg alone too.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, help="Questions of each set at most.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", help="Write every question's measures to this file.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="Compare with a run that was saved.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="Where the sets' indexes are kept [default: the cache]."),
    ] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Measure how well the search finds what answers a question."""
    from kb.evaluation import (  # noqa: PLC0415
        compare_with_saved,
        evaluate,
        save_run,
        shipped_questions,
    )

    given = sets or []
    gold = [path for path in given if path.suffix == ".toml"]
    nothing = [path for path in given if path.suffix == ".jsonl"]
    if questions or not given:
        gold += shipped_questions()
    if against is not None and not against.is_file():
        raise BadRequest(f"There is no {against} to compare with: save a run with --save first.")
    with ingest_progress(err) as progress:
        evaluation = evaluate(
            settings_of(index),
            sets=[path for path in given if path not in (*gold, *nothing)],
            questions=gold or None,
            unanswerable=nothing,
            split=split.value,
            legs=legs,
            limit=limit,
            folder=folder,
            progress=progress,
        )
    if against is not None:
        evaluation = compare_with_saved(evaluation, against)
    if save is not None:
        save_run(evaluation, save)
    if as_json:
        print_json(evaluation.without_queries())
    else:
        show_evaluation(out, evaluation)
