"""`kb ask` and `kb context`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kb.search.results import to_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kb.knowledge_base import KnowledgeBase


@pytest.fixture
def index(rest_kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KB_MODEL", "hashing")
    return rest_kb.settings.index


def test_an_answer_on_paper(run_kb: Callable[..., tuple[int, str, str]], index: Path) -> None:
    code, said, _ = run_kb("ask", "entrance examinations", "-d", "rest", "--index", index)
    assert code == 0
    announced = "An employee takes leave for study on a certificate. Its length is:"
    assert said.count(announced) == 1
    assert "   for entrance examinations, ten days;\n" in said
    assert "rule: Law on rest, Art. 2(1)" in said
    assert "The text as supplied in the file rest.md" in said


def test_an_answer_as_json_verifies(
    run_kb: Callable[..., tuple[int, str, str]], index: Path, rest_kb: KnowledgeBase, tmp_path: Path
) -> None:
    _, said, _ = run_kb("ask", "entrance examinations", "--extractive", "--index", index, "--json")
    assert json.loads(said) == to_json(rest_kb.ask("entrance examinations"))
    answer = tmp_path / "answer.json"
    answer.write_text(said, "utf-8")
    code, checked, _ = run_kb("verify", answer, "--index", index)
    assert (code, "valid" in checked) == (0, True)
    answer.write_text(said.replace("ten days", "two days"), "utf-8")
    code, checked, _ = run_kb("verify", answer, "--index", index)
    assert (code, "inconsistent" in checked) == (10, True)


def test_no_answer(run_kb: Callable[..., tuple[int, str, str]], index: Path) -> None:
    code, said, _ = run_kb("ask", "xylophone zeppelin", "--index", index)
    assert (code, said.splitlines()[0]) == (0, "The corpus does not answer this.")


def test_a_context_is_printed_and_nothing_else(
    run_kb: Callable[..., tuple[int, str, str]], index: Path, rest_kb: KnowledgeBase, tmp_path: Path
) -> None:
    code, said, complaints = run_kb(
        "context", "night shift", "--max-tokens", "200", "--index", index
    )
    assert (code, complaints) == (0, "")
    assert said == rest_kb.context("night shift", max_tokens=200).text + "\n"
    _, said, _ = run_kb("context", "night shift", "--index", index, "--json")
    context = tmp_path / "context.json"
    context.write_text(said, "utf-8")
    assert run_kb("verify", context, "--index", index)[0] == 0
