"""The words of the texts: each folded form, and how many passages have it.

One line each, `form<TAB>count`, by form. It is read by the first query with a word that no passage
has, to find out which word was meant.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kb.errors import IndexDamaged
from kb.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


def count_forms(texts: Iterable[str]) -> Counter[str]:
    """Return in how many texts each folded form is."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({word.form for word in words(text)})
    return counts


def write_forms(path: Path, counts: Iterable[Mapping[str, int]]) -> None:
    """Add up counts, such as those of each document, and write them into a new file."""
    totals: Counter[str] = Counter()
    for each in counts:
        totals.update(each)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{form}\t{totals[form]}\n" for form in sorted(totals))


def read_forms(path: Path) -> dict[str, int]:
    """Return the counts of a file that `write_forms` wrote.

    Raises:
        IndexDamaged: the file is absent or is not such a file.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
        return {form: int(count) for form, _, count in (line.partition("\t") for line in lines)}
    except (OSError, ValueError) as error:
        raise IndexDamaged(
            f"{path} cannot be read as a list of words ({error}); run `kb ingest` to build the"
            " index again."
        ) from error
