"""How results look in a terminal. What they are is decided elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from kb.citations import permalink
from kb.documents import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from kb.doctor import Finding
    from kb.documents import Document, Edition
    from kb.ingest import IngestReport
    from kb.ingest import Progress as IngestProgress
    from kb.knowledge_base import NodeView
    from kb.receipts import Verification
    from kb.search.results import Hit, SearchResult, Snippet
    from kb.stores.rows import DocumentSummary
    from kb.verification import Problem

_OUTLINE = (Level.PART, Level.SECTION, Level.CHAPTER, Level.ARTICLE, Level.ANNEX)


@contextmanager
def ingest_progress(console: Console) -> Iterator[IngestProgress]:
    """Show a bar for each stage of an ingest; on a pipe, nothing."""
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        stages = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                stages[stage] = bars.add_task(stage, total=total)
            bars.update(stages[stage], completed=done, total=total)

        yield report


def show_ingest(console: Console, report: IngestReport) -> None:
    """Print what became of each file, and what the index holds now."""
    table = Table("file", "document", "language", "articles", "passages", "pages", box=None)
    for file in report.files:
        name = Text(file.path.rsplit("/", 2)[-1] if file.skipped else _short_path(file.path))
        if file.skipped:
            table.add_row(name, Text("skipped", style="red"), Text(file.skipped))
            continue
        numbers = (file.articles or "", file.passages, file.pages or "")
        table.add_row(name, Text(file.document_id or ""), file.language, *map(str, numbers))
    console.print(table)
    for file in report.files:
        for warning in file.warnings:
            console.print(Text(f"{_short_path(file.path)}: {warning}", style="yellow"))
    for warning in report.warnings:
        console.print(Text(warning, style="yellow"))
    console.print(
        f"{report.documents} documents, {report.editions} editions, {report.passages} passages;"
        f" {report.embedded} embedded now, {report.reused} from the cache. {report.generation}"
    )


def _short_path(path: str) -> str:
    return "/".join(path.rsplit("/", 2)[-2:])


def show_result(console: Console, result: SearchResult, *, explain: bool) -> None:
    """Print the hits of a search, each with its citation, words and provenance."""
    for notice in result.notices:
        console.print(Text(notice, style="yellow"))
    for hit in result.hits:
        _show_hit(console, hit, explain=explain)
    if result.more:
        following = result.offset + len(result.hits)
        console.print(Text(f"There are more: --offset {following}", style="dim"))


def _show_hit(console: Console, hit: Hit, *, explain: bool) -> None:
    title = Text(f"{hit.rank}. ", style="bold")
    title.append(hit.citation, style="bold cyan")
    console.print(title, soft_wrap=True)
    if hit.heading:
        console.print(Text(f"   {hit.heading}", style="italic"), soft_wrap=True)
    console.print(_marked(hit.snippet), soft_wrap=True)
    page = f", p. {hit.page}" if hit.page else ""
    console.print(Text(f"   {hit.provenance_note} {hit.permalink}{page}", style="dim"))
    if hit.official_url:
        console.print(Text(f"   {hit.official_url}", style="dim"), soft_wrap=True)
    if explain:
        console.print(Text(f"   {_why(hit)}", style="magenta"), soft_wrap=True)
    console.print()


def _why(hit: Hit) -> str:
    parts = [f"{leg.leg} #{leg.rank} ({leg.score:.3f})" for leg in hit.explain.legs]
    parts.append(f"fused {hit.explain.fusion:.4f}")
    if hit.explain.reference:
        parts.append(f"named by “{hit.explain.reference}”")
    parts += [f"phrase “{phrase}”" for phrase in hit.explain.phrases]
    if hit.explain.matched_terms:
        parts.append("words: " + ", ".join(hit.explain.matched_terms))
    return " · ".join(parts)


def _marked(snippet: Snippet) -> Text:
    """Return a snippet with its highlights in bold, its lines run together."""
    text = Text()
    at = snippet.span.start
    for item in snippet.highlights:
        text.append(snippet.text[at - snippet.span.start : item.span.start - snippet.span.start])
        text.append(item.text, style="bold yellow")
        at = item.span.end
    text.append(snippet.text[at - snippet.span.start :])
    flowing = Text("   ")
    for line in text.split("\n"):
        line.rstrip()
        if line.plain.strip():
            flowing.append_text(line)
            flowing.append(" ")
    return flowing


def show_documents(console: Console, held: Sequence[DocumentSummary]) -> None:
    """Print a table of documents and their editions."""
    table = Table("document", "edition", "status", "passages", "title", box=None)
    for summary in held:
        for edition in summary.editions:
            table.add_row(
                Text(summary.id),
                Text(edition.id),
                Text(edition.status),
                str(edition.passages),
                Text(summary.document.title(edition.language)),
            )
    console.print(table)


def show_document(
    console: Console, document: Document, *, language: str | None, edition_id: str | None
) -> None:
    """Print a document's editions and the outline of one of them."""
    console.print(Text(document.title(), style="bold"), soft_wrap=True)
    for edition in document.editions:
        link = permalink(document.id, edition.id)
        console.print(Text(f"  {edition.id}: {len(edition.text)} characters, {link}"))
    chosen = [
        edition
        for edition in document.editions
        if edition_id in (None, edition.id) and language in (None, str(edition.language))
    ]
    if chosen:
        _show_outline(console, chosen[0])


def _show_outline(console: Console, edition: Edition) -> None:
    for node in edition.nodes:
        if node.level in _OUTLINE:
            depth = len(edition.path(node.eid))
            line = Text("  " * depth)
            line.append(node.eid, style="cyan")
            line.append(f"  {edition.heading_text(node)}")
            console.print(line, soft_wrap=True)


def show_node(console: Console, view: NodeView) -> None:
    """Print the text of a provision, verbatim, under its citation."""
    console.print(Text(view.citation.text, style="bold cyan"), soft_wrap=True)
    console.print(Text(view.text.strip("\n")), soft_wrap=True)
    console.print(Text(view.citation.permalink, style="dim"))


def show_problems(console: Console, problems: Sequence[Problem]) -> None:
    """Print what `kb verify` found wrong."""
    if not problems:
        console.print("Every file of the index is whole, and every source reads as it did.")
    for problem in problems:
        line = Text(f"{problem.kind}  ", style="red")
        line.append(problem.place, style="bold")
        line.append(f"  {problem.message}", style="default")
        console.print(line, soft_wrap=True)


def show_verifications(console: Console, checked: Sequence[Verification]) -> None:
    """Print the verdict on each receipt."""
    for item in checked:
        good = item.verdict == "valid"
        line = Text(f"{item.verdict}  ", style="green" if good else "red")
        line.append(f"{item.receipt.document_id}/{item.receipt.edition_id}#{item.receipt.eid}  ")
        line.append(item.message, style="default")
        console.print(line, soft_wrap=True)


def show_examination(console: Console, findings: Sequence[Finding]) -> None:
    """Print what `kb doctor` found."""
    for finding in findings:
        line = Text(
            "ok    " if finding.good else "wrong ", style="green" if finding.good else "red"
        )
        line.append(f"{finding.name}: ", style="bold")
        line.append(finding.detail, style="default")
        console.print(line, soft_wrap=True)
