"""The paragraphs that several benchmarks are loaded with, and documents made of them.

Every line of the file of texts holds a paragraph as `text` and its language as `metadata.lang`. It
lies in the tests' data folder beside the checkout; without it, paragraphs of the same shape are
made up.
"""

from __future__ import annotations

import gzip
import json
import random
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Paragraph = tuple[str, str]  # language and text

TEXTS = Path(__file__).resolve().parents[2] / "shared" / "eval" / "load_passages.jsonl.gz"
PARAGRAPHS = 75  # of a document
MADE_UP = 73_708  # at most: as many as the file has


def read_paragraphs(texts: Path) -> list[Paragraph]:
    """Return language and text of every paragraph of a file, in its order; or make them up."""
    if not texts.is_file():
        return list(made_up(MADE_UP))
    with gzip.open(texts, "rt", encoding="utf-8") as lines:
        items = map(json.loads, lines)
        return [(item["metadata"]["lang"], item["text"]) for item in items]


def blocks_of(held: Sequence[Paragraph]) -> Iterator[list[int]]:
    """Yield the places of the paragraphs of each document, which is in one language."""
    for _, group in groupby(range(len(held)), key=lambda place: held[place][0]):
        places = list(group)
        for start in range(0, len(places), PARAGRAPHS):
            yield places[start : start + PARAGRAPHS]


def documents(held: Sequence[Paragraph], count: int) -> Iterator[tuple[str, list[str]]]:
    """Yield titles and paragraphs of documents, each in one language."""
    for number, places in enumerate(islice(blocks_of(held), count), start=1):
        act = {"ru": "Закон № {}-X о предмете номер {}"}.get(
            held[places[0]][0], "Law {}-X on matter {}"
        )
        yield act.format(number, number), [held[place][1] for place in places]


def paragraphs_of(texts: Path, count: int) -> list[Paragraph]:
    """Return paragraphs for so many documents, those of a file spread over all of it."""
    if not texts.is_file():
        return list(made_up(count * PARAGRAPHS))
    held = read_paragraphs(texts)
    blocks = [held[start : start + PARAGRAPHS] for start in range(0, len(held), PARAGRAPHS)]
    step = max(1, len(blocks) // count)
    return [item for block in blocks[::step] for item in block]


def made_up(count: int) -> Iterator[Paragraph]:
    """Yield paragraphs of articles, with a reference here and there."""
    chance = random.Random(7)  # noqa: S311 - a sample, no secret
    known = [f"{a}{b}{c}" for a in ("работ", "труд", "отпус") for b in "аеиоу" for c in "лмнрст"]
    for number in range(count):
        words = " ".join(chance.choices(known, k=chance.randint(8, 80)))
        if number % 10 == 0:
            yield "ru", f"Статья {number // 10 + 1}. {words}"
        elif number % 3 == 0:
            yield "ru", f"{number % 10}. {words} пункта 1 статьи {number // 20 + 1} {words}."
        else:
            yield "ru", f"{number % 10}. {words}."
