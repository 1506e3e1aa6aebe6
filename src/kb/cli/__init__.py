"""The command `kb`.

Thin: each command calls one method of `kb.KnowledgeBase` and prints what it returns, as a table
or, with `--json`, as the same JSON that the API gives. Results go to standard output, progress and
errors to standard error, an error as one line. Exit codes are those of `kb.errors`, and

    0  done          9  ingested, but some files of a folder were skipped
    1  failed       10  `kb verify`: something is not as it should be
                   130  interrupted with Ctrl-C
"""

from __future__ import annotations

from kb.cli import (  # each registers its commands
    aligning,
    answering,
    checking,
    comparing,
    evaluating,
    ingesting,
    reading,
    referring,
    serving,
)
from kb.cli.common import app
from kb.cli.program import main

__all__ = [
    "aligning",
    "answering",
    "app",
    "checking",
    "comparing",
    "evaluating",
    "ingesting",
    "main",
    "reading",
    "referring",
    "serving",
]
