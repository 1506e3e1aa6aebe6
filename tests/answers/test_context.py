"""Passages within a budget of tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answers import context as packing
from kb.answers import pack
from kb.errors import BadFilter
from kb.receipts import Verdict
from kb.search.ranking import Ranking
from kb.tokens import count_tokens

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase


@given(max_tokens=st.integers(100, 400))
def test_the_text_is_never_over_the_budget(rest_kb: KnowledgeBase, max_tokens: int) -> None:
    result = rest_kb.search("rest leave night study отдых")
    context = pack(result, max_tokens)
    assert count_tokens(context.text) == context.tokens <= max_tokens
    assert sum(passage.tokens for passage in context.passages) == context.tokens
    assert len(context.passages) + context.left_out == len(result.hits)
    for passage in context.passages:
        assert rest_kb.verify_receipt(passage.receipt).verdict is Verdict.VALID


@pytest.fixture
def any_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MIN_TOKENS", 1)


@pytest.mark.usefixtures("any_budget")
def test_a_passage_that_is_too_long_gives_way_to_the_next(rest_kb: KnowledgeBase) -> None:
    hits = rest_kb.context("rest leave night study отдых").passages
    longest = max(hits, key=lambda passage: passage.tokens)
    context = rest_kb.context("rest leave night study отдых", max_tokens=longest.tokens - 1)
    fitting = next(passage for passage in hits if passage is not longest)
    assert context.passages[0].number == 1
    assert context.passages[0].text == fitting.text
    assert longest.text not in [passage.text for passage in context.passages]
    assert len(context.passages) + context.left_out == len(hits)


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("zzyzx qwfpgj", "Nothing in this index answers the query."),
        ("«zzyzx qwfpgj»", "No passage contains the exact phrase “zzyzx qwfpgj”."),
    ],
)
def test_nothing_found_is_said(
    rest_kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, query: str, notice: str
) -> None:
    monkeypatch.setattr(Ranking, "nearest", lambda *_: -0.01)
    context = rest_kb.context(query)
    assert (context.text, context.tokens, context.passages) == ("", 0, ())
    assert context.notices == (notice,)


@pytest.mark.usefixtures("any_budget")
def test_a_budget_without_room_for_any_passage_says_so(rest_kb: KnowledgeBase) -> None:
    result = rest_kb.search("examinations", documents=["rest"])
    context = pack(result, 20)
    assert context.passages == ()
    assert context.notices[-1] == "No passage fits into 20 tokens; ask for more of them."


@pytest.mark.parametrize("max_tokens", [0, 99, 100_001])
def test_a_budget_out_of_range(rest_kb: KnowledgeBase, max_tokens: int) -> None:
    with pytest.raises(BadFilter, match="max_tokens"):
        rest_kb.context("rest", max_tokens=max_tokens)
