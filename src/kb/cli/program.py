"""The command as a program: its first options, its exit codes, its errors in one line."""

from __future__ import annotations

import errno
import gc
import io
import sys
from typing import Annotated

import typer

from kb import __version__
from kb.cli.common import (
    FAILED,
    INTERRUPTED,
    UNCOLLECTED,
    Calling,
    app,
    complain,
    out,
    write_to_nowhere,
)
from kb.errors import BadRequest, KBError, StorageFull

STOPPED = "interrupted; an ingest that had not finished has changed nothing."


def main() -> None:
    """Run the command and turn an error into one line and an exit code."""
    gc.set_threshold(UNCOLLECTED)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a letter that the terminal cannot show must not stop what it stands in
            stream.reconfigure(errors="replace")
    code = _run()
    try:
        sys.stdout.flush()
    except OSError as error:
        write_to_nowhere(sys.stdout.fileno())  # or Python would try again when it ends
        if not isinstance(error, BrokenPipeError) and code == 0:
            code = complain(f"the output cannot be written: {error.strerror}.", FAILED)
    gc.freeze()  # the process ends, and with it all that it made
    sys.exit(code)


def _run() -> int:
    calling = Calling()
    try:
        code = int(app(standalone_mode=False, obj=calling) or 0)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  whatever it is, a line says it
        code, line = _account_for(error, show=calling.traceback)
        return complain(line, code)
    if code == INTERRUPTED:  # Typer makes an exit code of Ctrl-C
        complain(STOPPED, code)
    return code


def _account_for(error: BaseException, *, show: bool) -> tuple[int, str]:
    """Return the exit code and the line for an error; raise it when it is to be shown in full."""
    if isinstance(error, typer.Abort) and error.__cause__ is not None:
        error = error.__cause__  # EOFError, which Typer takes for a prompt left unanswered
    match error:
        case KBError():
            answer = error.exit_code, str(error)
        case typer.TyperException():  # wrong options or arguments
            wrong = error.format_message().rstrip(".")
            answer = error.exit_code, f"{wrong}; `kb COMMAND --help` says what can be given."
        case KeyboardInterrupt() | typer.Abort():
            answer = INTERRUPTED, STOPPED
        case OSError(errno=errno.ENOSPC):
            answer = StorageFull.exit_code, "the disk is full; free some space and try again."
        case _ if show:
            raise error
        case _:
            what = f"{type(error).__name__}: {error}"
            advice = "run it again as `kb --traceback …` and report what that prints."
            answer = FAILED, f"something unforeseen happened, {what}; {advice}"
    return answer


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Show where an unforeseen error comes from.")
    ] = False,
) -> None:
    """Handle the options that stand before a command."""
    if version:
        out.print(__version__)
        raise typer.Exit
    context.ensure_object(Calling).traceback = traceback
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(BadRequest.exit_code)
