"""How a measurement looks in a terminal: a table a set, a column a measure."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from kb.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from kb.evaluation import Evaluation
    from kb.evaluation.report import Difference, Refusals, SetScores
    from kb.evaluation.scoring import Estimate, Paired


def show_evaluation(console: Console, evaluation: Evaluation) -> None:
    """Print the measures with their 95 % intervals, what is refused, and what has changed."""
    about = evaluation.configuration
    _say(console, f"{about.model}, {about.chunker}. Below each figure: its 95 % interval.", "dim")
    for item in evaluation.sets:
        _show_set(console, item)
    if evaluation.refusals:
        _show_refusals(console, evaluation)
    if evaluation.differences:
        _show_differences(console, evaluation)


def _show_set(console: Console, scores: SetScores) -> None:
    console.print()
    _say(console, scores.name, "bold cyan")
    table = _table("group", "ranking")
    table.add_column("n", justify="right", no_wrap=True)
    for measure in scores.groups[0].measures:
        table.add_column(measure, no_wrap=True)
    for item in scores.groups:
        figures = (_interval(value) for value in item.measures.values())
        table.add_row(item.group, item.ranking, str(item.queries), *figures)
    console.print(table)
    for check in scores.legs:
        line = f"{check.group}: search less {check.leg}, {check.measure} {_paired(check.paired)}"
        _say(console, line, "red" if check.below else "dim")
    if scores.unasked:
        names = ", ".join(scores.unasked[:5])
        _say(console, f"{len(scores.unasked)} refused as queries, counted as 0: {names}", "yellow")


def _show_refusals(console: Console, evaluation: Evaluation) -> None:
    console.print()
    _say(console, "What nothing answers", "bold cyan")
    table = _table("in")
    for name in ("no answer", "answer"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("precision", "recall", "refused wrongly", "recall by kind"):
        table.add_column(name, no_wrap=True)
    for item in evaluation.refusals:
        table.add_row(*_refusal_row(item))
    console.print(table)


def _refusal_row(item: Refusals) -> tuple[str, ...]:
    kinds = (f"{plain(name)} {value.mean:.3f}" for name, value in item.kinds.items())
    return (
        item.language,
        str(item.unanswerable),
        str(item.answerable),
        "–" if item.precision is None else f"{item.precision:.3f}",
        _interval(item.recall),
        _interval(item.refused_answerable),
        "\n".join(kinds),
    )


def _show_differences(console: Console, evaluation: Evaluation) -> None:
    before = evaluation.before or {}
    console.print()
    _say(console, f"Now less before ({before.get('model')}, {before.get('chunker')})", "bold")
    for name, items in groupby(evaluation.differences, lambda item: item.name):
        _say(console, name, "bold cyan")
        table = _table("group", "measure")
        for column in ("n", "before", "now", "difference", "interval", "p"):
            table.add_column(column, justify="right", no_wrap=True)
        for item in items:
            table.add_row(*_difference_row(item), style=_style(item.paired))
        console.print(table)


def _difference_row(item: Difference) -> tuple[str, ...]:
    paired = item.paired
    return (
        item.group,
        item.measure,
        str(paired.queries),
        f"{paired.before:.3f}",
        f"{paired.now:.3f}",
        f"{paired.difference.mean:+.3f}",
        f"{paired.difference.low:+.3f} {paired.difference.high:+.3f}",
        f"{paired.p:.4f}",
    )


def _style(paired: Paired) -> str:
    if not paired.significant:
        return ""
    return "green" if paired.difference.mean > 0 else "red"


def _paired(paired: Paired) -> str:
    change = paired.difference
    return f"{change.mean:+.3f} [{change.low:+.3f} {change.high:+.3f}] p={paired.p:.4f}"


def _interval(value: Estimate | None) -> str:
    """Return a mean and, on a line below it, its interval."""
    return "–" if value is None else f"{value.mean:.3f}\n{value.low:.2f}–{value.high:.2f}"


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        table.add_column(name, no_wrap=True)
    return table


def _say(console: Console, line: str, style: str) -> None:
    console.print(Text(plain(line), style=style), soft_wrap=True)
