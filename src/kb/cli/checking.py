"""Is everything as it should be: `kb verify`, `kb doctor`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kb.cli.common import (
    FAILED,
    NOT_TRUE,
    AsJson,
    Index,
    app,
    open_index,
    out,
    print_json,
    settings_of,
)
from kb.errors import BadRequest
from kb.terminal import show_examination, show_problems, show_verifications


@app.command("verify")
def verify_command(
    receipt: Annotated[
        Path | None,
        typer.Argument(
            help="A receipt, or a result, answer or context with them, as JSON; - for stdin."
        ),
    ] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Check the index and its sources, or a receipt that was given earlier."""
    kb = open_index(index)
    if receipt is None:
        problems = kb.verify()
        if as_json:
            print_json(problems)
        else:
            show_problems(out, problems)
        if problems:
            raise typer.Exit(NOT_TRUE)
        return
    checked = [kb.verify_receipt(item) for item in _receipts(receipt)]
    if as_json:
        print_json(checked)
    else:
        show_verifications(out, checked)
    if any(item.verdict != "valid" for item in checked):
        raise typer.Exit(NOT_TRUE)


def _receipts(path: Path) -> list[Any]:
    """Read one receipt, a list of them, or those of a search result, an answer or a context."""
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
        case {"sentences": list(sentences)}:  # `kb ask --json`
            found = [receipt for sentence in sentences for receipt in _of_sentence(sentence)]
        case {"passages": list(passages)}:  # `kb context --json`
            found = [each.get("receipt") if isinstance(each, dict) else each for each in passages]
        case {"receipt": receipt}:  # `kb show --json`
            found = [receipt]
        case list():
            found = data
        case _:
            found = [data]
    if not found:
        raise BadRequest(f"There is no receipt in {path}: give one as a search printed it.")
    return found


def _of_sentence(sentence: object) -> list[Any]:
    match sentence:
        case {"receipt": receipt, "lead_in": list(above)}:
            return [*above, receipt]
        case _:
            return [sentence]


@app.command("doctor")
def doctor_command(index: Index = None, as_json: AsJson = False) -> None:
    """Say what works here and what does not: Python, packages, model, index, disk."""
    from kb.doctor import examine  # noqa: PLC0415

    findings = examine(settings_of(index))
    if as_json:
        print_json(findings)
    else:
        show_examination(out, findings)
    if any(not finding.good for finding in findings):
        raise typer.Exit(FAILED)
