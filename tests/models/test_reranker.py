"""The reranker, over a cross-encoder of random weights that the tests make."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import huggingface_hub
import numpy as np
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError
from pydantic import ValidationError

from kb.errors import BadRequest, ModelUnavailable
from kb.models import CrossEncoderReranker, load_reranker
from kb.models.quiet import quietly
from kb.models.resolver import ModelSource, resolve_reranker
from kb.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIMIT = 24  # tokens that the toy reads: the query, the passage and three of its own
NUMBERS = [f"w{number}" for number in range(60)]
WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] law leave maternity days отпуск демалыс ? x ##x".split()
PASSAGES = ["maternity leave", "отпуск", "days days law", "", "w1 w2 w3 w4", "law"]


def write_model(folder: Path, kind: str = "BertForSequenceClassification", labels: int = 1) -> Path:
    """Write a toy model of two layers whose tokens are whole words."""
    with quietly():
        import torch
        import transformers

        folder.mkdir(parents=True)
        (folder / "vocab.txt").write_text("\n".join([*WORDS, *NUMBERS]), "utf-8")
        vocabulary = str(folder / "vocab.txt")
        tokenizer = transformers.BertTokenizerFast(vocab=vocabulary, model_max_length=LIMIT)
        tokenizer.save_pretrained(folder)
        torch.manual_seed(183)
        config = transformers.BertConfig(
            vocab_size=len(WORDS) + len(NUMBERS),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=LIMIT,
            num_labels=labels,
            initializer_range=0.5,  # so that scores differ
        )
        getattr(transformers, kind)(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder; tests must not change it."""
    return write_model(tmp_path_factory.mktemp("reranker") / "toy")


@pytest.fixture
def folder(toy: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(toy, tmp_path / "model"))


@pytest.fixture(scope="module")
def reranker(toy: Path) -> CrossEncoderReranker:
    return reranker_of(toy)


def reranker_of(folder: Path) -> CrossEncoderReranker:
    return CrossEncoderReranker(resolve_reranker(str(folder)))


def direct(folder: Path, query: str, passages: list[str], **options: Any) -> NDArray[np.float32]:
    """Score with sentence-transformers itself."""
    with quietly():
        from sentence_transformers import CrossEncoder

        model = CrossEncoder(str(folder), device="cpu", local_files_only=True)
    pairs = [(query, passage) for passage in passages]
    scores: NDArray[np.float32] = model.predict(pairs, show_progress_bar=False, **options)
    return scores


# --- scores ---


def test_scores_are_those_of_sentence_transformers(
    toy: Path, reranker: CrossEncoderReranker
) -> None:
    from torch.nn import Identity

    scores = reranker.scores("maternity law ?", PASSAGES)
    assert (scores.shape, scores.dtype) == ((len(PASSAGES),), np.float32)
    expected = direct(toy, "maternity law ?", PASSAGES, activation_fn=Identity())
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    assert len(set(scores.tolist())) == len(PASSAGES)
    sigmoid = direct(toy, "maternity law ?", PASSAGES)
    assert np.argsort(scores).tolist() == np.argsort(sigmoid).tolist()


def test_a_folder_that_sentence_transformers_saved_gives_the_same(
    toy: Path, reranker: CrossEncoderReranker, tmp_path: Path
) -> None:
    with quietly():
        from sentence_transformers import CrossEncoder

        CrossEncoder(str(toy), device="cpu", local_files_only=True).save(str(tmp_path / "saved"))
    assert (tmp_path / "saved" / "modules.json").is_file()
    saved = reranker_of(tmp_path / "saved").scores("law", PASSAGES)
    assert saved.tolist() == reranker.scores("law", PASSAGES).tolist()


def test_a_score_does_not_depend_on_the_other_passages(reranker: CrossEncoderReranker) -> None:
    alone = [reranker.scores("law", [passage]).item() for passage in PASSAGES]
    together = reranker.scores("law", [*PASSAGES, " ".join(NUMBERS), *PASSAGES]).tolist()
    assert together[: len(PASSAGES)] == together[-len(PASSAGES) :] == alone


def test_no_passages_have_no_scores_and_load_no_model(toy: Path) -> None:
    fresh = reranker_of(toy)
    assert fresh.scores("law", []).shape == (0,)
    assert fresh._model is None


def test_half_a_character_is_read_as_a_question_mark(reranker: CrossEncoderReranker) -> None:
    broken = reranker.scores("law \ud83d", ["days \ud83d"])
    assert broken.tolist() == reranker.scores("law ?", ["days ?"]).tolist()


def test_many_threads_may_ask_at_once(toy: Path) -> None:
    fresh = reranker_of(toy)  # so that they also race for loading it
    queries = [*PASSAGES, "w5", "w6 law"] * 3
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda query: fresh.scores(query, PASSAGES).tolist(), queries))
    assert together == [fresh.scores(query, PASSAGES).tolist() for query in queries]


# --- what is longer than the model reads ---


@pytest.mark.parametrize(
    ("words", "windows"),
    [
        # beside a query of two words there is room for 19: windows of 15 that share 3
        (19, [(0, 19)]),
        (20, [(0, 15), (12, 20)]),
        (27, [(0, 15), (12, 27)]),
        (28, [(0, 15), (12, 27), (24, 28)]),
        (50, [(0, 15), (12, 27), (24, 39), (36, 50)]),
    ],
)
def test_a_long_passage_has_the_score_of_its_best_window(
    toy: Path, reranker: CrossEncoderReranker, words: int, windows: list[tuple[int, int]]
) -> None:
    from torch.nn import Identity

    parts = [" ".join(NUMBERS[start:end]) for start, end in windows]
    expected = max(direct(toy, "maternity leave", parts, activation_fn=Identity()))
    scores = reranker.scores("maternity leave", [" ".join(NUMBERS[:words])])
    np.testing.assert_allclose(scores, [expected], atol=1e-5)


def test_a_word_that_is_too_long_is_cut(toy: Path, reranker: CrossEncoderReranker) -> None:
    from torch.nn import Identity

    parts = ["x" * 15, "x" * 15, "x" * 6]  # a letter is a token
    expected = max(direct(toy, "maternity leave", parts, activation_fn=Identity()))
    scores = reranker.scores("maternity leave", ["x" * 30])
    np.testing.assert_allclose(scores, [expected], atol=1e-5)


def test_the_last_words_of_a_long_passage_can_decide(reranker: CrossEncoderReranker) -> None:
    filler = ["days"] * 40
    endings = [" ".join([*filler, word]) for word in NUMBERS]
    assert len(set(reranker.scores("law", endings).tolist())) > 1


def test_a_long_query_is_read_as_far_as_half_of_what_the_model_reads(
    toy: Path, reranker: CrossEncoderReranker
) -> None:
    from torch.nn import Identity

    # 21 words beside the three special ones: ten for the query, of which four are spare
    whole = " ".join(NUMBERS[:10])
    expected = direct(toy, whole, ["law leave"], activation_fn=Identity())
    np.testing.assert_allclose(reranker.scores(whole, ["law leave"]), expected, atol=1e-5)
    expected = direct(toy, " ".join(NUMBERS[:6]), ["law leave"], activation_fn=Identity())
    np.testing.assert_allclose(
        reranker.scores(" ".join(NUMBERS), ["law leave"]), expected, atol=1e-5
    )


# --- which model ---


def test_a_reranker_is_known_by_the_files_that_decide(toy: Path, folder: Path) -> None:
    before = reranker_of(folder).fingerprint
    assert before == reranker_of(toy).fingerprint
    assert before.startswith("folder:")
    (folder / "README.md").write_text("words")
    assert reranker_of(folder).fingerprint == before
    with (folder / "tokenizer.json").open("a") as file:
        file.write(" ")
    assert reranker_of(folder).fingerprint != before


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, False),
        ({"reranker": "TOY"}, False),  # in no language has it shown a gain
        ({"rerank_languages": "en"}, False),
        ({"reranker": "TOY", "rerank_languages": "ru"}, True),
    ],
)
def test_there_is_one_only_with_a_name_and_a_language(
    toy: Path, given: dict[str, str], wanted: bool
) -> None:
    if "reranker" in given:
        given = given | {"reranker": str(toy)}
    assert (load_reranker(Settings(**given)) is not None) is wanted  # type: ignore[arg-type]


@pytest.mark.parametrize("cached", [True, False])
def test_the_hub_is_asked_only_for_what_its_cache_lacks(
    monkeypatch: pytest.MonkeyPatch, cached: bool
) -> None:
    asked = []

    def snapshot(repo_id: str, *, local_files_only: bool = False, **_options: object) -> str:
        asked.append((repo_id, local_files_only))
        if local_files_only and not cached:
            raise LocalEntryNotFoundError("not in the cache")
        return "/hub/snapshots/5617a9f61b"

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    model = resolve_reranker("tests/reranker")
    both = [("tests/reranker", True), ("tests/reranker", False)]
    assert asked == (both[:1] if cached else both)
    assert model.source is ModelSource.HUB
    assert model.fingerprint == "hub:tests/reranker@5617a9f61b"


# --- what can be wrong with it ---


@pytest.mark.parametrize("name", ["kb-tests/absent", "absent", "not a name/at/all"])
def test_an_unknown_name_without_a_network_is_one_clear_line(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(ModelUnavailable, match="set KB_RERANKER to a folder") as caught:
        load_reranker(Settings(reranker=name, rerank_languages=frozenset({"en"})))
    assert repr(name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_model_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="holds no sentence-transformers model"):
        reranker_of(tmp_path)


@pytest.mark.parametrize("kind", ["BertModel", "BertForMaskedLM"])
def test_a_model_that_does_not_score_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    write_model(tmp_path / "other", kind)
    with pytest.raises(ModelUnavailable, match=rf"no cross-encoder: .* names {kind}, and not"):
        reranker_of(tmp_path / "other")


def test_an_embedding_model_is_refused_at_once(toy_folder: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no cross-encoder"):
        reranker_of(toy_folder)


def test_a_model_of_three_classes_is_refused(tmp_path: Path) -> None:
    write_model(tmp_path / "classes", labels=3)
    with pytest.raises(ModelUnavailable, match="gives 3 numbers for a passage and not one score"):
        reranker_of(tmp_path / "classes").scores("law", ["leave"])


def test_scores_that_are_no_numbers_order_nothing(folder: Path) -> None:
    from safetensors.numpy import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    tensors["classifier.bias"] = np.array([np.nan], np.float32)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelUnavailable, match="scores that are no numbers"):
        reranker_of(folder).scores("law", ["leave"])


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("model.safetensors", b"not weights"),
        ("model.safetensors", None),
        ("tokenizer.json", b"{"),
        ("tokenizer.json", None),
        ("config.json", b"{"),
        ("config.json", b"[]"),
    ],
)
def test_a_broken_folder_is_one_clear_line(folder: Path, file: str, content: bytes | None) -> None:
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"cannot be (loaded|read)|has no ") as caught:
        reranker_of(folder).scores("law", ["leave"])
    assert "\n" not in str(caught.value)


# --- settings ---


@pytest.mark.parametrize(
    ("typed", "languages"),
    [("", set()), ("ru", {"ru"}), ("en,ru,kk", {"en", "ru", "kk"}), (" kk , en,", {"en", "kk"})],
)
def test_the_settings_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, typed: str, languages: set[str]
) -> None:
    monkeypatch.setenv("KB_RERANKER", "tests/reranker")
    monkeypatch.setenv("KB_RERANK_LANGUAGES", typed)
    monkeypatch.setenv("KB_RERANK_DEPTH", "30")
    settings = Settings.from_environment()
    assert settings.reranker == "tests/reranker"
    assert settings.rerank_languages == languages
    assert settings.rerank_depth == 30


def test_nothing_is_reranked_by_default() -> None:
    settings = Settings()
    assert settings.reranker is None
    assert not settings.rerank_languages
    assert settings.rerank_depth == 20


def test_a_language_that_is_not_held_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_RERANK_LANGUAGES", "en,de")
    with pytest.raises(BadRequest, match=r"KB_RERANK_LANGUAGES.*'en', 'ru' or 'kk'"):
        Settings.from_environment()


@pytest.mark.parametrize("depth", [0, 101])
def test_a_depth_has_bounds(depth: int) -> None:
    with pytest.raises(ValidationError):
        Settings(rerank_depth=depth)


# --- what it costs who does not use it ---


def test_torch_waits_for_a_query_and_nothing_is_printed_or_fetched(toy: Path) -> None:
    script = """
import socket, sys

def refuse(*args, **kwargs):
    raise AssertionError("the network was asked")

socket.socket.connect = socket.getaddrinfo = refuse

from kb.models import load_reranker
from kb.settings import Settings

heavy = {"torch", "transformers", "sentence_transformers"}
assert load_reranker(Settings()) is None
reranker = load_reranker(Settings(reranker=sys.argv[1], rerank_languages="kk"))
assert reranker.fingerprint and not heavy & set(sys.modules), heavy & set(sys.modules)
reranker.scores("law", ["maternity leave", "w1 " * 60])
assert heavy <= set(sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(toy)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
