"""The gold questions: what people ask, in their languages, and which provisions answer it.

[[question]]
id = "maternity-leave-length"
split = "dev"                     # dev: to choose by; test: to report
en = "How long is maternity leave?"
ru = "Сколько длится отпуск по беременности и родам?"
answers = ["kz-labour-code-2015/art_99"]   # grade 2
also = ["ilo-c183/art_4"]                  # grade 1: helps, but does not settle it

[[question]]
id = "dividend-tax"
split = "dev"
en = "How are dividends taxed?"
answers = []                      # nothing in the corpus answers it
kind = "near"                     # near: about law or work all the same; far: about neither
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from kb.documents import Language
from kb.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

Split = Literal["dev", "test"]

ANSWER = 2
ALSO = 1

_KEYS = {"id", "split", "answers", "also", "kind", "note", *Language}
_KINDS = ("near", "far")


@dataclass(frozen=True, slots=True, order=True)
class Provision:
    """A unit of an instrument, in whatever edition: `ilo-c183/art_4`."""

    document_id: str
    eid: str

    def __str__(self) -> str:
        return f"{self.document_id}/{self.eid}"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answers."""

    id: str
    split: Split
    texts: Mapping[Language, str]  # the same question, in each language that it is asked in
    grades: Mapping[Provision, int]  # {} where nothing answers it
    kind: str | None = None  # of one without an answer: near | far


def read_questions(files: Iterable[Path]) -> tuple[Question, ...]:
    """Read files of gold questions.

    Raises:
        NotFound: a file is not there.
        BadRequest: a question cannot be used; the message names it.
    """
    found: dict[str, Question] = {}
    for file in files:
        for table in _tables(file):
            question = _question(table, file)
            if question.id in found:
                raise BadRequest(f"{file}: the question {question.id!r} is given twice.")
            found[question.id] = question
    return tuple(found.values())


def questions_digest(questions: Sequence[Question]) -> str:
    """Return the hex SHA-256 of what is asked and of what answers it."""
    lines = [
        repr((item.id, sorted(item.texts.items()), sorted(item.grades.items())))
        for item in sorted(questions, key=lambda item: item.id)
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _tables(file: Path) -> list[dict[str, Any]]:
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise NotFound(f"There is no {file}: name a file of gold questions.") from error
    except (OSError, ValueError) as error:
        raise BadRequest(f"{file} cannot be read as TOML ({error}).") from error
    tables = data.pop("question", None)
    if data or not isinstance(tables, list) or not all(isinstance(item, dict) for item in tables):
        raise BadRequest(f"{file} must hold [[question]] tables and nothing else.")
    return tables


def _question(table: dict[str, Any], file: Path) -> Question:
    name = table.get("id")
    if not isinstance(name, str) or not name:
        raise BadRequest(f"{file}: a question has no id.")
    where = f"{file}: the question {name!r}"
    if unknown := sorted(set(table) - _KEYS):
        raise BadRequest(f"{where} has the unknown key {unknown[0]!r}.")
    if table.get("split") not in get_args(Split):
        raise BadRequest(f"{where} needs a split: {' or '.join(get_args(Split))}.")
    texts = {language: table[language] for language in Language if language in table}
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts.values()):
        raise BadRequest(f"{where} is asked in no language: give en, ru or kk.")
    if "answers" not in table:
        raise BadRequest(f"{where} names no answers: give answers = [] if nothing answers it.")
    grades: dict[Provision, int] = {}
    for key, grade in (("answers", ANSWER), ("also", ALSO)):
        for provision in _provisions(table.get(key, []), f"{where}, {key}"):
            if provision in grades:
                raise BadRequest(f"{where} names {provision} twice.")
            grades[provision] = grade
    answered = ANSWER in grades.values()
    kind = table.get("kind")
    if not answered and (grades or kind not in _KINDS):
        raise BadRequest(f"{where} has no answers, so it needs kind = near or far, and no `also`.")
    return Question(name, table["split"], texts, grades, None if answered else kind)


def _provisions(values: object, where: str) -> list[Provision]:
    if not isinstance(values, list):
        raise BadRequest(f"{where}: expected a list.")
    found = []
    for value in values:
        document_id, _, eid = value.partition("/") if isinstance(value, str) else ("", "", "")
        if not document_id or not eid:
            raise BadRequest(f"{where}: {value!r} is not a provision as in ilo-c183/art_4.")
        found.append(Provision(document_id, eid))
    return found
