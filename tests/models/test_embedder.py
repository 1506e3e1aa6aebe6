from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kb.errors import BadQuery, BadRequest, ModelUnavailable
from kb.models import SentenceTransformerEmbedder, resolve_model
from kb.settings import Settings

TEXTS = ["law", "maternity leave", "отпуск", "еңбек: жұмыс", "a b c d e f", "", "law law law"]


def embedder_of(folder: Path, batch_size: int = 3) -> SentenceTransformerEmbedder:
    settings = Settings(model=str(folder), batch_size=batch_size)
    return SentenceTransformerEmbedder(resolve_model(settings.model, settings), settings)


@pytest.fixture(scope="module")
def embedder(toy_folder: Path) -> SentenceTransformerEmbedder:
    return embedder_of(toy_folder)


@pytest.fixture
def folder(toy_folder: Path, tmp_path: Path) -> Path:
    """A copy of the toy model that a test may change."""
    return Path(shutil.copytree(toy_folder, tmp_path / "model"))


def test_the_facts_about_a_model(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder.dimension == 32
    assert embedder.max_tokens == 24
    assert embedder.fingerprint.startswith("folder:")


def test_vectors_have_length_one(embedder: SentenceTransformerEmbedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), 32), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    query = embedder.embed_query("law")
    assert (query.shape, query.dtype) == ((32,), np.float32)


def test_rows_follow_the_texts_whatever_the_batches(
    embedder: SentenceTransformerEmbedder,
) -> None:
    alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
    shuffled = [3, 6, 0, 5, 1, 4, 2]
    together = embedder.embed_passages([TEXTS[place] for place in shuffled])
    np.testing.assert_allclose(together, alone[shuffled], atol=1e-6)


def test_the_same_call_gives_the_same_bits(embedder: SentenceTransformerEmbedder) -> None:
    first, second = embedder.embed_passages(TEXTS), embedder.embed_passages(TEXTS)
    assert first.tobytes() == second.tobytes()


def test_no_passages_give_no_rows(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder.embed_passages([]).shape == (0, 32)


def test_progress_comes_with_every_batch(embedder: SentenceTransformerEmbedder) -> None:
    done: list[int] = []
    embedder.embed_passages(TEXTS, done.append)
    assert done == [3, 3, 1]


def test_queries_and_passages_have_prompts_of_their_own(
    embedder: SentenceTransformerEmbedder,
) -> None:
    assert not np.allclose(embedder.embed_query("law"), embedder.embed_passages(["law"])[0])


def test_tokens_count_the_prompt_and_the_specials(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder.count_tokens("law") == len(["<s>", "▁passage", ":", "▁law", "</s>"])


def test_a_text_at_the_limit_passes_and_one_over_is_refused(
    embedder: SentenceTransformerEmbedder,
) -> None:
    longest = " ".join(["law"] * 20)
    assert embedder.count_tokens(longest) == embedder.max_tokens
    assert embedder.fits(longest)
    embedder.embed_passages([longest])
    embedder.embed_query(longest)

    longer = longest + " leave"
    assert not embedder.fits(longer)
    with pytest.raises(BadRequest, match=r"'law law law .*'… has 25 tokens .* at most 24"):
        embedder.embed_passages(["law", longer])
    with pytest.raises(BadQuery, match=r"has 25 tokens .* at most 24; shorten it"):
        embedder.embed_query(longer)


def test_the_last_word_of_the_longest_text_counts(embedder: SentenceTransformerEmbedder) -> None:
    start = " ".join(["law"] * 19)
    leave, maternity = embedder.embed_passages([f"{start} leave", f"{start} maternity"])
    assert not np.allclose(leave, maternity)


def test_half_a_character_is_read_as_a_question_mark(
    embedder: SentenceTransformerEmbedder,
) -> None:
    assert embedder.count_tokens("law \ud83d") == embedder.count_tokens("law ?")
    assert embedder.embed_query("law \ud83d").tolist() == embedder.embed_query("law ?").tolist()


def test_many_threads_may_ask_at_once(toy_folder: Path) -> None:
    fresh = embedder_of(toy_folder)  # so that they also race for loading it
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(fresh.embed_query, TEXTS * 5))
    alone = [fresh.embed_query(text) for text in TEXTS] * 5
    assert [vector.tolist() for vector in together] == [vector.tolist() for vector in alone]


@pytest.mark.parametrize(
    ("prompts", "same"),
    [
        ({"query": "query: ", "document": "passage: "}, True),  # another name for passages
        ({"query": "query: ", "document": "", "passage": "passage: "}, True),
        ({}, False),
        (None, False),
    ],
)
def test_prompts_are_the_models_own(
    embedder: SentenceTransformerEmbedder,
    folder: Path,
    prompts: dict[str, str] | None,
    same: bool,
) -> None:
    config = folder / "config_sentence_transformers.json"
    if prompts is None:
        config.unlink()
    else:
        config.write_text(json.dumps({"prompts": prompts}))
    other = embedder_of(folder)
    assert (other.count_tokens("law") == embedder.count_tokens("law")) is same
    assert np.allclose(other.embed_passages(["law"]), embedder.embed_passages(["law"])) is same
    assert np.allclose(other.embed_query("law"), embedder.embed_query("law")) is same
    if not same:
        assert np.allclose(other.embed_query("law"), other.embed_passages(["law"])[0])


def test_a_folder_that_leaves_facts_out_is_asked_through_the_model(
    embedder: SentenceTransformerEmbedder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "sentence_bert_config.json").write_text("{}")
    monkeypatch.setattr("kb.models.folder._read_tokenizer", lambda _file: None)
    other = embedder_of(folder)
    assert other.max_tokens == 24
    long = " ".join(TEXTS * 3)
    assert other.count_tokens(long) == embedder.count_tokens(long) > 24


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("model.safetensors", b"not weights"),
        ("tokenizer.json", b"{"),
        ("config.json", b"{"),
        ("modules.json", b'[{"idx": 0, "name": "0", "path": "", "type": "kb.no.such.Module"}]'),
    ],
)
def test_a_broken_folder_is_one_clear_line(folder: Path, file: str, content: bytes) -> None:
    (folder / file).write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"cannot be (loaded|read)") as caught:
        embedder_of(folder).embed_query("law")
    assert "\n" not in str(caught.value)


def test_nothing_is_printed_and_nothing_is_fetched(toy_folder: Path) -> None:
    script = """
import socket, sys

def refuse(*args, **kwargs):
    raise AssertionError("the network was asked")

socket.socket.connect = socket.getaddrinfo = refuse

from kb.models import load_embedder
from kb.settings import Settings

embedder = load_embedder(Settings(model=sys.argv[1]))
embedder.embed_passages(["law", "maternity leave"])
embedder.embed_query("x" * 15)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(toy_folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
