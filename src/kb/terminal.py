"""How results look in a terminal. What they are is decided elsewhere.

What stands in a document is shown, never obeyed: control characters, with which a text could move
the cursor or rewrite what stands above it, are made visible (`plain`).
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from kb.citations import permalink
from kb.documents import Level
from kb.reports import DuplicateKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from rich.console import Console

    from kb.answers import Answer, Context
    from kb.comparison.provisions import ComparedSentence, ProvisionComparison
    from kb.doctor import Finding
    from kb.documents import Document, Edition, Receipt
    from kb.editions import Version
    from kb.graph import CitationGraph
    from kb.ingest import Progress as IngestProgress
    from kb.knowledge_base import EditionInTime
    from kb.provisions import NodeView
    from kb.receipts import Verification
    from kb.references import FoundReference
    from kb.reports import Duplicate, FileReport, IngestReport
    from kb.search.results import Hit, SearchResult, Snippet
    from kb.stores.rows import DocumentSummary
    from kb.verification import Problem

_OUTLINE = (Level.PART, Level.SECTION, Level.CHAPTER, Level.ARTICLE, Level.ANNEX)
_INDENT = 3

# All control characters but tab and line feed, half surrogates, and the marks that reorder a line
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def plain(text: str) -> str:
    r"""Return a text without what would make a terminal do something.

    >>> plain("red: \x1b[31m")
    'red: �[31m'
    """
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text)


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
    """Print what became of each file that was read, and what the index holds now."""
    read = [file for file in report.files if not file.skipped]
    table = _table([file.document_id or "" for file in read], [file.edition_id for file in read])
    for name in ("articles", "passages", "pages"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("file", overflow="fold")
    for document_id, files in groupby(read, lambda file: file.document_id or ""):
        table.add_row(_name(document_id))
        for file in files:
            numbers = (file.articles or "", file.passages, file.pages or "")
            source = Text(plain(_short_path(file.path)))
            table.add_row(f"  {file.edition_id}", *map(str, numbers), source)
    console.print(table)
    for file in read:
        for remark in (*_remarks(file), *file.warnings):
            _flow(console, Text(f"{_short_path(file.path)}: {remark}", style="yellow"))
    skipped = [file.skipped for file in report.files if file.skipped]
    for reason in skipped:
        _flow(console, Text.assemble(("Skipped: ", "red"), reason))
    for warning in report.warnings:
        _flow(console, Text(warning, style="yellow"))
    _flow(
        console,
        Text(
            f"Files: {len(read)} read, {len(skipped)} skipped. The index holds"
            f" {report.documents} documents, {report.editions} editions and {report.passages}"
            f" passages. Vectors: {report.embedded} computed now, {report.reused} from the cache."
        ),
    )


def _remarks(file: FileReport) -> Iterator[str]:
    """Yield what a person should know of a file that was read, beside its reader's warnings."""
    for language, count in file.languages.items():
        if language is not file.language:
            yield f"{count} of {file.passages} passages are in {language}."
    if file.duplicate:
        yield _twin(file.duplicate)
    if file.replaces:
        yield f"It takes the place of what was read from {_short_path(file.replaces)}."


def _twin(duplicate: Duplicate) -> str:
    of = f"{duplicate.of} ({_short_path(duplicate.path)})"
    match duplicate.kind:
        case DuplicateKind.FILE:
            return f"It is the same file as {of}."
        case DuplicateKind.WORDS:
            return f"It has the same words as {of}."
        case DuplicateKind.ALIKE:
            share = min(99, int(100 * duplicate.likeness))
            return f"About {share} % of its wording is that of {of}."


def _short_path(path: str) -> str:
    return "/".join(path.rsplit("/", 2)[-2:])


def show_result(console: Console, result: SearchResult, *, explain: bool) -> None:
    """Print the hits of a search, each with its citation, words and provenance."""
    for notice in result.notices:
        _flow(console, Text(notice, style="yellow"))
    for hit in result.hits:
        _show_hit(console, hit, explain=explain)
    if result.more:
        following = result.offset + len(result.hits)
        console.print(Text(f"There are more: --offset {following}", style="dim"))


def _show_hit(console: Console, hit: Hit, *, explain: bool) -> None:
    _flow(console, Text.assemble((f"{hit.rank}. ", "bold"), (hit.citation, "bold cyan")))
    if hit.heading:
        _flow(console, Text(hit.heading, style="italic"), _INDENT)
    _flow(console, _marked(hit.snippet), _INDENT)
    page = f" Page {hit.page}." if hit.page else ""
    _flow(console, Text(f"{hit.provenance_note}{page}", style="dim"), _INDENT)
    for address in filter(None, (hit.permalink, hit.official_url)):
        _line(console, Text(address, style="dim"), _INDENT)
    if explain:
        _flow(console, Text(_why(hit), style="magenta"), _INDENT)
    console.print()


def _why(hit: Hit) -> str:
    parts = [f"{leg.leg} #{leg.rank} ({leg.score:.3f})" for leg in hit.explain.legs]
    parts.append(f"fused {hit.explain.fusion:.4f}")
    if hit.explain.reference:
        parts.append(f"named by “{hit.explain.reference}”")
    parts += [f"phrase “{phrase}”" for phrase in hit.explain.phrases]
    parts += [f"through {one.words} = {one.term}" for one in hit.explain.through]
    if hit.explain.subject:
        parts.append(f"subject index: “{hit.explain.subject}”")
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
    lines = [line for line in text.split("\n") if line.plain.strip()]
    for line in lines:
        line.rstrip()
    return Text(" ").join(lines)


def show_answer(console: Console, answer: Answer) -> None:
    """Print an answer: its sentences with their citations, then where they come from."""
    for notice in answer.notices:
        _flow(console, Text(notice, style="yellow"))
    shown: set[Receipt] = set()  # just above
    for sentence in answer.sentences:
        for above in sentence.lead_in:
            if above not in shown:
                _flow(console, Text(_on_one_line(above.quote), style="dim"))
        shown = {*sentence.lead_in, sentence.receipt}
        indent = _INDENT if sentence.lead_in else 0
        _flow(console, Text(_on_one_line(sentence.text)), indent)
        _flow(
            console, Text(f"{sentence.role}: {sentence.citation}", style="cyan"), indent + _INDENT
        )
        _line(console, Text(sentence.permalink, style="dim"), indent + _INDENT)
        console.print()
    for source in answer.sources:
        _flow(console, Text.assemble((source.title, "bold"), f" {source.provenance_note}"))
        for address in filter(None, (source.permalink, source.official_url)):
            _line(console, Text(address, style="dim"), _INDENT)
    for hit in answer.nearest:
        _show_hit(console, hit, explain=False)


def show_context(console: Console, context: Context) -> None:
    """Print a context as it goes into a prompt, and nothing else."""
    _line(console, Text(context.text))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def show_documents(console: Console, held: Sequence[DocumentSummary]) -> None:
    """Print a table of documents and their editions."""
    editions = [edition for summary in held for edition in summary.editions]
    table = _table([summary.id for summary in held], [edition.id for edition in editions])
    table.add_column("passages", justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("title", overflow="fold")
    for summary in held:
        table.add_row(_name(summary.id))
        for edition in summary.editions:
            table.add_row(
                f"  {edition.id}",
                str(edition.passages),
                Text(edition.status),
                Text(plain(summary.document.title(edition.language))),
            )
    console.print(table)


def show_document(
    console: Console, document: Document, chosen: Edition, notices: Sequence[str] = ()
) -> None:
    """Print a document's editions, the outline of the chosen one and what must be said of it."""
    _flow(console, Text(document.title(chosen.language), style="bold"))
    for notice in notices:
        _flow(console, Text(notice, style="yellow"))
    if document.coverage:
        _flow(console, Text(document.coverage, style="dim"))
    for edition in document.editions:
        style = "bold" if edition is chosen else ""
        link = permalink(document.id, edition.id)
        until = f"  in force until {edition.valid_to}" if edition.valid_to else ""
        line = f"{edition.id}  {len(edition.text)} characters  {link}{until}"
        _line(console, Text(line, style=style), _INDENT)
    console.print()
    for node in chosen.nodes:
        if node.level in _OUTLINE:
            name = Text.assemble((node.eid, "cyan"), "  ", chosen.heading_text(node))
            _flow(console, name, _INDENT * len(chosen.path(node.eid)))


def show_node(console: Console, view: NodeView) -> None:
    """Print the text of a provision, verbatim, under its citation."""
    _flow(console, Text(view.citation.text, style="bold cyan"))
    for notice in view.notices:
        _flow(console, Text(notice, style="yellow"))
    _flow(console, Text(view.text.strip("\n")))
    _line(console, Text(view.citation.permalink, style="dim"))
    if view.current is not None:
        now = "reads otherwise today" if view.current.changed else "reads the same today"
        where = "is no longer there" if view.current.eid is None else now
        line = f"The provision {where}: {view.current.permalink}"
        _line(console, Text(line, style="yellow"))


def show_history(console: Console, versions: Sequence[Version]) -> None:
    """Print the wordings of a provision, the oldest first."""
    for version in versions:
        days = _days(version.valid_from, version.valid_to)
        _flow(
            console,
            Text.assemble(
                (f"{version.change}  ", "bold"),
                (version.eid, "cyan"),
                f"  {days}  ",
                (version.edition_id, "dim"),
            ),
        )
        if version.amended_by:
            _flow(console, Text(f"by {version.amended_by}", style="italic"), _INDENT)
        if version.text:
            _flow(console, Text(version.text.strip("\n")), _INDENT)


def show_citations(console: Console, graph: CitationGraph) -> None:
    """Print what a provision cites, and what cites it."""
    parts = (("Cites", graph.cites), ("Cited by", graph.cited_by))
    for title, items in parts:
        console.print(Text(f"{title}: {len(items) or 'nothing that is held'}", style="bold"))
        for item in items:
            _flow(console, Text.assemble((item.citation, "cyan"), f"  “{item.words}”"), _INDENT)
            _line(console, Text(item.permalink, style="dim"), 2 * _INDENT)


def show_editions(console: Console, editions: Sequence[EditionInTime]) -> None:
    """Print a document's editions with their dates, and which of them hold."""
    table = _table([], [item.edition.id for item in editions])
    for name in ("holds", "dates", "status"):
        table.add_column(name, no_wrap=True)
    table.add_column("by", overflow="fold")
    for item in editions:
        edition = item.edition
        days = _days(edition.valid_from, edition.valid_to)
        act = Text(plain(edition.amended_by or ""))
        row = (f"  {edition.id}", "yes" if item.holds else "no", days, Text(edition.status), act)
        table.add_row(*row)
    console.print(table)


def _days(start: date | None, end: date | None) -> str:
    if start is None and end is None:
        return "dates not known"
    return f"{start or '…'} to {end or 'today'}"


def show_comparison(console: Console, found: ProvisionComparison) -> None:
    """Print what two provisions say, sentence beside sentence, and what only one of them says."""
    for mark, side in (("A", found.a), ("B", found.b)):
        name = side.citation or " ".join(side.text.split())[:80]
        _flow(console, Text.assemble((f"{mark}  ", "bold"), (name, "bold cyan")))
    for notice in found.notices:
        _flow(console, Text(notice, style="yellow"))
    console.print()
    for pair in found.pairs:
        loosely = "  (the wording is unlike; side by side for the quantities)"
        head = f"A {'~' if pair.loose else '='} B  {pair.similarity:.2f}"
        _flow(console, Text.assemble((head, "bold"), loosely if pair.loose else ""))
        for sentence in (pair.a, pair.b):
            _flow(console, _sentence(sentence), _INDENT)
        for row in pair.quantities:
            style = "green" if row.kind in ("same", "same-other-unit") else "red"
            _flow(console, Text(row.message, style=style), _INDENT)
    for mark, alone in (("A", found.only_a), ("B", found.only_b)):
        for sentence in alone:
            _flow(console, Text.assemble((f"only {mark}  ", "bold red"), _sentence(sentence)))


def _sentence(sentence: ComparedSentence) -> Text:
    place = f"{sentence.eid}  " if sentence.eid else ""
    return Text.assemble((place, "dim"), " ".join(sentence.text.split()))


def show_problems(console: Console, problems: Sequence[Problem]) -> None:
    """Print what `kb verify` found wrong."""
    if not problems:
        console.print("Every file of the index is whole, and every source reads as it did.")
    for problem in problems:
        _flow(
            console,
            Text.assemble((f"{problem.kind}  ", "red"), (problem.place, "bold"), "  ")
            + Text(problem.message),
        )


def show_verifications(console: Console, checked: Sequence[Verification]) -> None:
    """Print the verdict on each receipt."""
    for item in checked:
        place = f"{item.receipt.document_id}/{item.receipt.edition_id}#{item.receipt.eid}"
        style = "green" if item.verdict == "valid" else "red"
        _flow(console, Text.assemble((f"{item.verdict}  ", style), f"{place}  {item.message}"))
        if item.quote is not None and item.verdict == "changed":
            _flow(console, Text(item.quote.strip("\n")), _INDENT)


def show_examination(console: Console, findings: Sequence[Finding]) -> None:
    """Print what `kb doctor` found."""
    for finding in findings:
        verdict = ("ok     ", "green") if finding.good else ("wrong  ", "red")
        _flow(console, Text.assemble(verdict, (f"{finding.name}: ", "bold"), finding.detail))


# --- tables and lines ---


def _table(documents: Iterable[str], editions: Iterable[str | None]) -> Table:
    """Return a table whose first column names documents and, below each, editions, all whole."""
    names = [*documents, *(f"  {edition}" for edition in editions)]
    table = Table(box=None, pad_edge=False)
    table.add_column("document", no_wrap=True, min_width=max(map(len, names), default=0))
    return table


def _name(document_id: str) -> Text:
    return Text(plain(document_id), style="bold cyan")


def _flow(console: Console, text: Text, indent: int = 0) -> None:
    """Print words, broken to the width of a terminal; in a pipe, each paragraph is one line."""
    if console.is_terminal:
        console.print(Padding(_shown(text), (0, 0, 0, indent)))
    else:
        _line(console, text, indent)


def _line(console: Console, text: Text, indent: int = 0) -> None:
    """Print one line whole, however long: an address that is cut cannot be followed."""
    console.print(Text(" " * indent) + _shown(text), soft_wrap=True)


def _shown(text: Text) -> Text:
    """Return the text as `plain` makes it; the styles keep their places, as no length changes."""
    shown = text.copy()
    shown.plain = plain(text.plain)
    return shown


def show_references(console: Console, found: Sequence[FoundReference]) -> None:
    """Print what a text refers to: where, the words, what they mean."""
    if not found:
        console.print("No references.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("at", justify="right", no_wrap=True)
    for name in ("words", "status", "means"):
        table.add_column(name, overflow="fold")
    for item in found:
        means = item.normal
        if item.candidates:
            means += f" (perhaps {', '.join(item.candidates)})"
        elif item.nearest:
            means += f" (held: {item.nearest})"
        words = " ".join(item.text.split())
        table.add_row(str(item.start), plain(words), item.status, plain(means))
    console.print(table)
