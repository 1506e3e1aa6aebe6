"""Gold questions are read as they stand, or refused with what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.documents import Language
from kb.errors import BadRequest, NotFound
from kb.evaluation.questions import Provision, Question, questions_digest, read_questions

if TYPE_CHECKING:
    from pathlib import Path

GOLD = """
[[question]]
id = "leave"
split = "dev"
en = "How long is maternity leave?"
kk = "Жүктілік демалысы қанша күн?"
answers = ["kz-labour-code-2015/art_99"]
also = ["ilo-c183/art_4__cl_1"]

[[question]]
id = "borscht"
split = "test"
ru = "Как варить борщ?"
answers = []
kind = "far"
"""


def read(folder: Path, text: str) -> tuple[Question, ...]:
    file = folder / "gold.toml"
    file.write_text(text, "utf-8")
    return read_questions([file])


def test_questions_are_read(tmp_path: Path) -> None:
    leave, borscht = read(tmp_path, GOLD)
    assert leave == Question(
        "leave",
        "dev",
        {
            Language.ENGLISH: "How long is maternity leave?",
            Language.KAZAKH: "Жүктілік демалысы қанша күн?",
        },
        {
            Provision("kz-labour-code-2015", "art_99"): 2,
            Provision("ilo-c183", "art_4__cl_1"): 1,
        },
    )
    assert borscht == Question("borscht", "test", {Language.RUSSIAN: "Как варить борщ?"}, {}, "far")


def test_the_digest_is_that_of_what_is_asked_in_whatever_order(tmp_path: Path) -> None:
    questions = read(tmp_path, GOLD)
    changed = read(tmp_path, GOLD.replace("art_99", "art_100"))
    assert questions_digest(questions) == questions_digest(questions[::-1])
    assert questions_digest(questions) != questions_digest(changed)


MISTAKES = [
    ("answers = []", "", "names no answers"),
    ("answers = []", 'answers = ["art_5"]', "'art_5' is not a provision"),
    ('kind = "far"', "", "so it needs kind = near or far"),
    ('kind = "far"', 'kind = "odd"', "so it needs kind = near or far"),
    ('kind = "far"', 'kind = "far"\nalso = ["a/b"]', "no `also`"),
    ('split = "test"', "", "'borscht' needs a split: dev or test"),
    ('ru = "Как варить борщ?"', "", "asked in no language"),
    ('kind = "far"', 'kind = "far"\nfr = "Quoi ?"', "the unknown key 'fr'"),
    ('id = "borscht"', 'id = "leave"', "'leave' is given twice"),
    ('id = "borscht"', "", "a question has no id"),
    ("art_4__cl_1", 'art_4__cl_1", "ilo-c183/art_4__cl_1', "names ilo-c183/art_4__cl_1 twice"),
    ("[[question]]", "[[qestion]]", "[[question]] tables and nothing else"),
    ("answers = []", "answers = [", "cannot be read as TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(BadRequest) as raised:
        read(tmp_path, GOLD.replace(old, new))
    assert message in str(raised.value)
    assert "gold.toml" in str(raised.value)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"gold\.toml"):
        read_questions([tmp_path / "gold.toml"])
