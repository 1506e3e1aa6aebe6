"""Loading a model without a word on stderr."""

from __future__ import annotations

import contextlib
import logging
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep the progress bars and notices of transformers off stderr while a model loads."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers.utils import logging as chatter  # noqa: PLC0415 - imports torch

        bars, verbosity = chatter.is_progress_bar_enabled(), chatter.get_verbosity()
        chatter.disable_progress_bar()  # type: ignore[no-untyped-call]
        chatter.set_verbosity(logging.ERROR)
        try:
            yield
        finally:
            chatter.set_verbosity(verbosity)
            if bars:
                chatter.enable_progress_bar()  # type: ignore[no-untyped-call]
