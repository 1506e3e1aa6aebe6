"""Sets of questions with known answers, in the layout of BEIR.

    corpus.jsonl     {"_id": "ru_st1", "title": "Основные понятия", "text": "…"}
    queries.jsonl    {"_id": "kk_h1", "text": "…"}
    qrels.tsv        a line of headings, then query-id, corpus-id, grade; or qrels/test.tsv

Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval
Models", NeurIPS 2021. A mistake in a set would be measured as one of the search, so nothing in it
is guessed: a judgement of a document that is not there is an error.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kb.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_JUDGEMENTS = ("qrels.tsv", "qrels/test.tsv")


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of a set."""

    title: str
    text: str


@dataclass(frozen=True)
class BeirSet:
    """Documents, questions, and which of the documents answer which question."""

    name: str  # of its folder
    documents: Mapping[str, Entry]  # by id
    queries: Mapping[str, str]  # by id; those that have an answer
    grades: Mapping[str, Mapping[str, int]]  # by query: how well a document answers; 0 not at all

    @cached_property
    def corpus_digest(self) -> str:
        """Hex SHA-256 of the documents; sets that ask other questions of them share it."""
        return _digest([(name, item.title, item.text) for name, item in self.documents.items()])

    @cached_property
    def digest(self) -> str:
        """Hex SHA-256 of everything in the set."""
        return _digest([self.corpus_digest, self.queries, self.grades])


def read_beir(folder: Path) -> BeirSet:
    """Read a set.

    Raises:
        NotFound: the folder or one of its files is not there.
        BadRequest: a line cannot be used; the message names it.
    """
    if not folder.is_dir():
        raise NotFound(f"{folder} is not a folder: name one with a set in BEIR's layout.")
    entries = _by_id(folder / "corpus.jsonl")
    queries = _by_id(folder / "queries.jsonl")
    documents = {
        name: Entry(_words(item, "title", where), _words(item, "text", where))
        for name, (item, where) in entries.items()
    }
    texts = {name: _words(item, "text", where) for name, (item, where) in queries.items()}
    grades: dict[str, dict[str, int]] = {}
    for query, document, grade, where in _judgements(folder):
        for identity, known in ((query, texts), (document, documents)):
            if identity not in known:
                what = "query" if known is texts else "document"
                raise BadRequest(f"{where}: there is no {what} {identity!r}; mend the set.")
        if document in grades.setdefault(query, {}):
            raise BadRequest(f"{where}: {query} and {document} are judged twice; mend the set.")
        grades[query][document] = grade
    answered = {name for name, judged in grades.items() if any(judged.values())}
    if not answered:
        raise BadRequest(f"{folder} has no question with an answer: add judgements to it.")
    return BeirSet(
        name=folder.resolve().name,
        documents=documents,
        queries={name: text for name, text in texts.items() if name in answered},
        grades={name: grades[name] for name in texts if name in answered},
    )


def read_unanswerable(file: Path) -> dict[str, str]:
    """Return questions that a corpus cannot answer, by id: lines as in `queries.jsonl`.

    Raises:
        NotFound, BadRequest: as `read_beir`.
    """
    return {name: _words(item, "text", where) for name, (item, where) in _by_id(file).items()}


def _by_id(file: Path) -> dict[str, tuple[dict[str, Any], str]]:
    """Return the objects of a file of JSON lines by their `_id`, each with where it stands."""
    found: dict[str, tuple[dict[str, Any], str]] = {}
    for where, line in _lines(file):
        try:
            item = json.loads(line)
        except ValueError as error:
            raise BadRequest(f"{where}: this line is not JSON ({error}); mend the set.") from error
        identity = item.get("_id") if isinstance(item, dict) else None
        if not isinstance(identity, str) or not identity:
            raise BadRequest(f'{where}: this line has no "_id" that is a text; mend the set.')
        if identity in found:
            raise BadRequest(f"{where}: {identity!r} is given twice; mend the set.")
        found[identity] = item, where
    if not found:
        raise BadRequest(f"{file} is empty: there is nothing to measure.")
    return found


def _judgements(folder: Path) -> Iterator[tuple[str, str, int, str]]:
    """Yield query, document, grade and where that stands."""
    file = next((folder / name for name in _JUDGEMENTS if (folder / name).is_file()), None)
    if file is None:
        raise NotFound(f"{folder} has neither {' nor '.join(_JUDGEMENTS)}: it is no BEIR set.")
    for number, (where, line) in enumerate(_lines(file)):
        cells = line.rstrip("\r\n").split("\t")
        if number == 0 and not cells[-1].strip().lstrip("-").isdigit():
            continue  # query-id, corpus-id, score
        try:
            query, document, grade = cells[0], cells[1], int(cells[2])
        except (IndexError, ValueError) as error:
            raise BadRequest(
                f"{where}: expected a query, a document and a whole number, between tabs."
            ) from error
        if grade < 0:
            raise BadRequest(f"{where}: the grade {grade} is below 0; mend the set.")
        yield query, document, grade, where


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the lines of a file that are not blank, each with where it stands."""
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError as error:
        raise NotFound(f"There is no {file}: name a complete set in BEIR's layout.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"{file} cannot be read as UTF-8 text ({error}).") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield f"{file}, line {number}", line


def _words(item: Mapping[str, Any], key: str, where: str) -> str:
    value = item.get(key, "" if key == "title" else None)
    if not isinstance(value, str):
        raise BadRequest(f'{where}: "{key}" is not a text; mend the set.')
    return value


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode()).hexdigest()
