"""The exported toy model against torch, and what is done with a model that cannot be exported."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from kb.errors import BadQuery, BadRequest, ModelUnavailable
from kb.models import (
    Embedder,
    OnnxEmbedder,
    SentenceTransformerEmbedder,
    engine_of,
    load_embedder,
    onnx_export,
    precision,
    resolve_model,
)
from kb.models.onnx_graph import read_encoder
from kb.settings import Precision, Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXTS = ["law", "maternity leave", "отпуск", "еңбек: жұмыс", "a b c d e f", "", "law law law"]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module", params=["fp32", "int8"])
def chosen(request: pytest.FixtureRequest) -> Precision:
    given: Precision = request.param
    return given


@pytest.fixture(scope="module")
def embedder(toy_folder: Path, cache: Path, chosen: Precision) -> OnnxEmbedder:
    made = load_embedder(Settings(model=str(toy_folder), cache=cache, precision=chosen))
    assert isinstance(made, OnnxEmbedder)
    return made


@pytest.fixture(scope="module")
def reference(toy_folder: Path) -> Embedder:
    return SentenceTransformerEmbedder(resolve_model(str(toy_folder), Settings()), Settings())


@pytest.fixture
def folder(toy_folder: Path, tmp_path: Path) -> Path:
    """A copy of the toy model that a test may change."""
    copied: Path = shutil.copytree(toy_folder, tmp_path / "model")
    return copied


def test_the_vectors_are_those_of_torch(
    embedder: OnnxEmbedder, reference: Embedder, chosen: Precision
) -> None:
    least = {"fp32": 0.999999, "int8": 0.995}[chosen]
    passages = embedder.embed_passages(TEXTS)
    assert (passages.shape, passages.dtype) == ((len(TEXTS), 32), np.float32)
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-6)
    assert (passages * reference.embed_passages(TEXTS)).sum(axis=1).min() > least
    assert min(embedder.embed_query(text) @ reference.embed_query(text) for text in TEXTS) > least


def test_the_facts_are_those_of_torch(embedder: OnnxEmbedder, reference: Embedder) -> None:
    assert (embedder.dimension, embedder.max_tokens) == (32, 24)
    assert [embedder.count_tokens(text) for text in TEXTS] == [
        reference.count_tokens(text) for text in TEXTS
    ]


def test_only_other_vectors_have_another_fingerprint(
    embedder: OnnxEmbedder, reference: Embedder, chosen: Precision
) -> None:
    suffix = {"fp32": "", "int8": f"+int8-{onnx_export.EXPORTER}"}[chosen]
    assert embedder.fingerprint == reference.fingerprint + suffix


def test_a_vector_depends_on_its_own_text_alone(embedder: OnnxEmbedder) -> None:
    alone = [embedder.embed_passages([text])[0].tolist() for text in TEXTS]
    shuffled = [3, 6, 0, 5, 1, 4, 2]
    together = embedder.embed_passages([TEXTS[place] for place in shuffled])
    assert together.tolist() == [alone[place] for place in shuffled]


def test_no_passages_give_no_rows(embedder: OnnxEmbedder) -> None:
    assert embedder.embed_passages([]).shape == (0, 32)


def test_progress_counts_every_passage(embedder: OnnxEmbedder) -> None:
    done: list[int] = []
    embedder.embed_passages(TEXTS, done.append)
    assert sum(done) == len(TEXTS)


def test_a_text_over_the_limit_is_refused_as_torch_refuses_it(
    embedder: OnnxEmbedder, reference: Embedder
) -> None:
    longest = " ".join(["law"] * 20)
    assert embedder.fits(longest)
    embedder.embed_passages([longest])
    embedder.embed_query(longest)
    longer = f"{longest} leave"
    asked: list[tuple[Callable[[Embedder], object], type[Exception]]] = [
        (lambda each: each.embed_query(longer), BadQuery),
        (lambda each: each.embed_passages(["law", longer]), BadRequest),
    ]
    for ask, kind in asked:
        said = []
        for each in (embedder, reference):
            with pytest.raises(kind) as caught:
                ask(each)
            said.append(str(caught.value))
        assert said[0] == said[1]


def test_many_threads_may_ask_at_once(toy_folder: Path, cache: Path, chosen: Precision) -> None:
    settings = Settings(model=str(toy_folder), cache=cache, precision=chosen)
    fresh = load_embedder(settings)  # so that they also race for opening it
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(fresh.embed_query, TEXTS * 5))
    alone = [fresh.embed_query(text) for text in TEXTS] * 5
    assert [vector.tolist() for vector in together] == [vector.tolist() for vector in alone]


@pytest.mark.parametrize(
    "text",
    [
        *TEXTS,
        "query: Отпуск\u00a0по  жұмыс…",
        "語 law😀😀ﬁ ～ ~",
        "▁▁ law",
        "law \ud83d leave",
        "<s> law<mask>leave",  # special tokens
        "law\0leave",
    ],
)
def test_a_query_is_cut_as_a_passage_is(embedder: OnnxEmbedder, text: str) -> None:
    quick = embedder._quick
    assert quick is not None
    readable = text.encode("utf-8", "replace").decode()
    tokenizer = embedder._folder.tokenizer
    assert tokenizer is not None
    whole = tokenizer.encode(readable).ids
    set_apart = any(token in text for token in ("<s>", "<mask>", "\0"))
    assert quick.ids(readable) == (None if set_apart else whole)
    np.testing.assert_array_equal(embedder.embed_query(text), embedder.embed_query(text))


def rewrite(file: Path, **changes: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


# A change to a model's folder → why the model then stays with torch.
UNEXPORTABLE: dict[str, tuple[str, dict[str, Any]]] = {
    "its model_type is 'gpt2'": ("config.json", {"model_type": "gpt2"}),
    "its hidden_act is 'relu'": ("config.json", {"hidden_act": "relu"}),
    "its pooling is max and mean": ("1_Pooling/config.json", {"pooling_mode_max_tokens": True}),
    "its pooling is unknown": ("1_Pooling/config.json", {"pooling_mode_mean_tokens": False}),
    "its pooling leaves the prompt out": ("1_Pooling/config.json", {"include_prompt": False}),
    "it changes capitals": ("sentence_bert_config.json", {"do_lower_case": True}),
}


@pytest.mark.parametrize("reason", UNEXPORTABLE)
def test_a_model_that_the_graph_does_not_cover_is_known_by_its_folder(
    folder: Path, reason: str
) -> None:
    file, changes = UNEXPORTABLE[reason]
    rewrite(folder / file, **changes)
    with pytest.raises(ValueError, match=reason):
        read_encoder(folder)


def test_a_model_with_a_module_more_stays_with_torch_and_is_asked_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(folder / "config.json", hidden_act="relu")
    settings = Settings(model=str(folder), cache=tmp_path / "cache", precision="int8")
    first = load_embedder(settings)
    assert isinstance(first, SentenceTransformerEmbedder)
    assert first.fingerprint == resolve_model(str(folder), settings).fingerprint
    assert engine_of(first) == "torch fp32"
    assert first.embed_query("law").shape == (32,)
    monkeypatch.setattr(onnx_export, "_export", lambda *_: pytest.fail("it was asked again"))
    assert isinstance(load_embedder(settings), SentenceTransformerEmbedder)


def test_the_first_token_can_be_the_vector(folder: Path, tmp_path: Path) -> None:
    pooling = folder / "1_Pooling" / "config.json"
    rewrite(pooling, pooling_mode_mean_tokens=False, pooling_mode_cls_token=True)
    settings = Settings(model=str(folder), cache=tmp_path / "cache", precision="fp32")
    exported = load_embedder(settings)
    assert isinstance(exported, OnnxEmbedder)
    torch = SentenceTransformerEmbedder(resolve_model(str(folder), settings), settings)
    both = exported.embed_passages(TEXTS), torch.embed_passages(TEXTS)
    np.testing.assert_allclose(*both, atol=1e-5)


def test_an_export_that_differs_from_torch_is_not_used(
    toy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(onnx_export.AGREEMENT, "int8", 1.1)
    monkeypatch.setattr("kb.models.fastest_precision", lambda: "int8")
    made = load_embedder(Settings(model=str(toy_folder), cache=tmp_path))
    assert engine_of(made) == "ONNX Runtime fp32"  # the next best


def test_a_damaged_export_is_one_clear_line(toy_folder: Path, tmp_path: Path) -> None:
    made = load_embedder(Settings(model=str(toy_folder), cache=tmp_path, precision="fp32"))
    (graph,) = tmp_path.glob("models/onnx-*/model.onnx")
    graph.write_bytes(bytes(graph.stat().st_size))
    with pytest.raises(ModelUnavailable, match=r"cannot be loaded .*; delete ") as caught:
        made.embed_query("law")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("fastest", ["fp32", "int8"])
@pytest.mark.parametrize("built", ["fp32", "int8"])
def test_an_index_is_searched_in_the_precision_that_it_was_built_in(
    toy_folder: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    fastest: Precision,
    built: Precision,
) -> None:
    monkeypatch.setattr("kb.models.fastest_precision", lambda: fastest)
    settings = Settings(model=str(toy_folder), cache=cache)
    assert engine_of(load_embedder(settings)) == f"ONNX Runtime {fastest}"
    fingerprint = onnx_export.fingerprint_of(resolve_model(str(toy_folder), settings), built)
    found = load_embedder(settings, fingerprint)
    assert (found.fingerprint, engine_of(found)) == (fingerprint, f"ONNX Runtime {built}")
    asked_for = settings.model_copy(update={"precision": fastest})
    assert engine_of(load_embedder(asked_for, fingerprint)) == f"ONNX Runtime {fastest}"


@pytest.mark.parametrize(
    ("system", "machine", "words", "expected"),
    [
        ("Linux", "x86_64", "flags : fma avx2 avx512_vnni", "int8"),
        ("Linux", "x86_64", "flags : fma avx2 avx_vnni", "int8"),
        ("Linux", "x86_64", "flags : fma avx2 avx512f", "fp32"),
        ("Linux", "aarch64", "Features : fp asimd asimddp", "int8"),
        ("Darwin", "arm64", "", "int8"),
        ("Darwin", "x86_64", "", "fp32"),
    ],
)
def test_the_processor_decides(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, words: str, expected: str
) -> None:
    monkeypatch.setattr(precision.platform, "system", lambda: system)
    monkeypatch.setattr(precision.platform, "machine", lambda: machine)
    monkeypatch.setattr(precision.Path, "read_text", lambda *_, **__: words)
    precision._has_dot_products.cache_clear()
    assert precision.fastest_precision() == expected
    monkeypatch.undo()
    precision._has_dot_products.cache_clear()
