"""What the commands share: consoles, options, how JSON and complaints are printed."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from kb.settings import Settings
from kb.terminal import plain

if TYPE_CHECKING:
    from kb.catalogue import Catalogue
    from kb.knowledge_base import KnowledgeBase

# New objects between two collections of garbage. What starting makes stays, and looking through it
# again and again, and once more at the end, took a quarter of a search from the command line.
UNCOLLECTED = 100_000
SKIPPED = 9
NOT_TRUE = 10
FAILED = 1
INTERRUPTED = 130


class _Console(Console):
    """A console whose reader may go away: `kb documents | head`."""

    def on_broken_pipe(self) -> None:
        """Write the rest to nowhere; the command ends as it would have ended."""
        self.quiet = True
        write_to_nowhere(self.file.fileno())


def write_to_nowhere(descriptor: int) -> None:
    """Let what is still written to a file that nobody reads any more go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


@dataclass
class Calling:
    """How the command was called, known once its first options are read."""

    traceback: bool = False


out = _Console(highlight=False)
err = _Console(stderr=True, highlight=False)
app = typer.Typer(
    name="kb",
    help="A knowledge base over policy and labour-law texts that cites the clause.",
    add_completion=False,
    pretty_exceptions_enable=False,
)

Index = Annotated[
    Path | None,
    typer.Option("--index", help="Folder of the index [default: $KB_INDEX or ./index].", envvar=[]),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Languages = Annotated[
    list[str] | None, typer.Option("--language", "-l", help="Only passages in en, ru or kk.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="What held on this day, as in 2022-04-01 [default: today]."),
]
Documents = Annotated[
    list[str] | None, typer.Option("--document", "-d", help="Only this document; repeatable.")
]
Provenances = Annotated[
    list[str] | None,
    typer.Option("--provenance", "-p", help="Only official, unofficial-translation or digest."),
]
Reader = Annotated[
    str | None, typer.Option("--reader", help="Language of citations [default: the query's].")
]


def complain(message: str, code: int) -> int:
    """Print one line to standard error and return the exit code."""
    err.print(Text.assemble(("kb: ", "red"), plain(" ".join(message.split()))), soft_wrap=True)
    return code


def settings_of(index: Path | None) -> Settings:
    """Return the settings of the environment, with the index that was named."""
    return Settings.from_environment(index=index)


def open_index(index: Path | None) -> KnowledgeBase:
    """Open the index that was named, or that of the settings."""
    from kb.knowledge_base import KnowledgeBase  # noqa: PLC0415

    return KnowledgeBase.open(settings=settings_of(index))


def print_json(value: object) -> None:
    """Print a value as the JSON that the API gives."""
    from kb.search.results import to_json  # noqa: PLC0415

    plain_value = to_json(value)
    text = json.dumps(plain_value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = json.dumps(plain_value, indent=2)  # the same value, with \u escapes
    try:
        print(text, flush=True)  # noqa: T201
    except BrokenPipeError:
        write_to_nowhere(sys.stdout.fileno())


def shipped_catalogue() -> Catalogue:
    """Return the catalogue that comes with kb; one of no documents where none does."""
    from kb.catalogue import Catalogue, shipped_corpus  # noqa: PLC0415

    corpus = shipped_corpus()
    return Catalogue.empty() if corpus is None else Catalogue.load(corpus)
