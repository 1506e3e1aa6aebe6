"""A small set in BEIR's layout."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# The English ones have no word that translates one of the Russian question: alone, the lexical leg
# takes the best match in each language for about as good as those in the others.
DOCUMENTS = [
    ("leave", "Maternity leave", "A mother has leave of 126 calendar days around the birth."),
    ("night", "", "Children under sixteen may not go down mines at night."),
    ("pay", "Статья 3. Равная оплата", "Мужчинам и женщинам платят поровну за равный труд."),
]
QUERIES = [
    ("q1", "maternity leave around the birth"),
    ("q2", "night work of children in mines"),
    ("q3", "равная оплата труда мужчин и женщин"),
    ("unjudged", "what nobody judged"),
]
JUDGEMENTS = [("q1", "leave", 1), ("q1", "night", 0), ("q2", "night", 1), ("q3", "pay", 2)]


def write_lines(file: Path, items: list[dict[str, object]]) -> None:
    text = "".join(f"{json.dumps(item, ensure_ascii=False)}\n" for item in items)
    file.write_text(text, "utf-8")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A set of three documents and three questions that have an answer."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    write_lines(
        folder / "corpus.jsonl",
        [{"_id": name, "title": title, "text": text} for name, title, text in DOCUMENTS],
    )
    write_lines(folder / "queries.jsonl", [{"_id": name, "text": text} for name, text in QUERIES])
    rows = [f"{query}\t{document}\t{grade}\n" for query, document, grade in JUDGEMENTS]
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(rows), "utf-8")
    return folder
