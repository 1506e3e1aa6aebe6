"""How a comparison looks: struck through and underlined, or with marks where there is no colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from kb.comparison import ChangeKind, Op
from kb.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from kb.comparison import Comparison, NodeChange, UnitChange

_INDENT = 3
_STYLES = {Op.EQUAL: "", Op.DELETED: "red strike", Op.INSERTED: "green underline"}
_MARKS = {Op.EQUAL: "{}", Op.DELETED: "[-{}-]", Op.INSERTED: "{{+{}+}}"}
_KINDS = {
    ChangeKind.UNCHANGED: "dim",
    ChangeKind.CHANGED: "yellow",
    ChangeKind.RENUMBERED: "cyan",
    ChangeKind.INSERTED: "green",
    ChangeKind.REMOVED: "red",
    ChangeKind.NOTE: "magenta",
}


def show_comparison(console: Console, comparison: Comparison, *, everything: bool) -> None:
    """Print what became of each unit and, below it, of each provision that reads otherwise."""
    _print(console, Text(f"{comparison.document_id}: {comparison.a} → {comparison.b}", "bold"))
    _print(console, Text(_counted(comparison), "dim"))
    if comparison.same and not everything:
        _print(console, Text("No word differs."))
    shown = comparison if everything else comparison.without_unchanged()
    for unit in shown.units:
        console.print()
        _print(console, _named(unit))
        for change in unit.changes:
            if everything or change.marked:
                _show_change(console, change)
        for move in unit.moved_away:
            _print(console, Text(f"{move.eid_a} is now {move.eid_b}", "cyan"), _INDENT)


def _counted(comparison: Comparison) -> str:
    counts = comparison.counts
    return (
        f"Provisions: {counts.changed} changed, {counts.renumbered} renumbered,"
        f" {counts.inserted} inserted, {counts.removed} removed, {counts.unchanged} unchanged."
        f" Editor's notes that differ: {counts.notes}."
    )


def _named(unit: UnitChange) -> Text:
    kind = str(unit.kind)
    if unit.kind is ChangeKind.RENUMBERED and unit.reworded:
        kind += " and changed"
    elif unit.kind is ChangeKind.NOTE:
        kind = "only a note changed"
    eids = " → ".join(dict.fromkeys(eid for eid in (unit.eid_a, unit.eid_b) if eid))
    name = Text.assemble(
        (kind, _KINDS[unit.kind]), "  ", (unit.heading or "outside the articles", "bold")
    )
    return name + Text(f"  {eids}" if eids and eids != unit.heading else "", "dim")


def _show_change(console: Console, change: NodeChange) -> None:
    words = Text.assemble(("note: " if change.note else "", "magenta"))
    for piece in change.pieces:
        text = " ".join(piece.text.split())
        if not text and piece.op is not Op.EQUAL:
            continue  # white space alone: nothing that a reader could see
        before = " " if piece.text[:1].isspace() and text else ""
        after = " " if piece.text[-1:].isspace() else ""
        form = "{}" if console.is_terminal else _MARKS[piece.op]
        words.append(before)
        words.append(form.format(text), _STYLES[piece.op])
        words.append(after)
    words.rstrip()
    _print(console, words, _INDENT)


def _print(console: Console, text: Text, indent: int = 0) -> None:
    """Print words; in a pipe, each paragraph is one line."""
    shown = text.copy()
    shown.plain = plain(text.plain)
    if console.is_terminal:
        console.print(Padding(shown, (0, 0, 0, indent)))
    else:
        console.print(Text(" " * indent) + shown, soft_wrap=True)
