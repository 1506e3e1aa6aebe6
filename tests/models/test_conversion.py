from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kb.models import e5s1
from kb.models.conversion import build_tokenizer, write_model_folder

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kb.models.e5s1 import PackedModel


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("maternity leave", "▁maternity ▁leave"),
        ("  maternity \t\n leave \n", "▁maternity ▁leave"),
        ("maternity\u00a0leave", "▁maternity ▁leave"),
        ("mater\u0007nity", "▁maternity"),  # a control character goes
        ("law…", "▁law . . ."),
        ("и\u0306", "▁ й"),  # a letter and its mark become one letter
        ("№", "▁ <unk> o"),  # NFKC: "No"; the toy has no capitals
        ("～", "▁ ～"),  # and yet not NFKC
        ("~", "▁ ~"),
        ("漢字", "▁ <unk>"),  # neighbours that are unknown count once
        ("", ""),
    ],
)
def test_texts_become_pieces_as_xlm_r_makes_them(toy_bytes: bytes, text: str, pieces: str) -> None:
    encoding = build_tokenizer(e5s1.parse(toy_bytes)).encode(text)
    expected = ["<s>", *pieces.split(), "</s>"]
    found = [
        token if known != 3 else "<unk>"
        for token, known in zip(encoding.tokens, encoding.ids, strict=True)
    ]
    assert found == expected


def test_another_normalisation_is_refused(toy_bytes: bytes) -> None:
    model = dataclasses.replace(e5s1.parse(toy_bytes), normalisation={"ß": "ss"})
    with pytest.raises(ValueError, match="U\\+00DF"):
        build_tokenizer(model)


def test_the_same_input_gives_the_same_bytes(toy_bytes: bytes, tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        write_model_folder(e5s1.parse(toy_bytes), folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        written.append([(path.relative_to(folder), path.read_bytes()) for path in files])
    assert written[0] == written[1]
    assert len(written[0]) == 8


def test_the_folder_computes_what_the_packed_weights_say(
    toy_bytes: bytes, toy_folder: Path
) -> None:
    from kb.models.embedder import _load
    from kb.models.resolver import ModelSource, ResolvedModel

    model = _load(ResolvedModel("toy", toy_folder, "", ModelSource.FOLDER))
    packed = e5s1.parse(toy_bytes)
    tokenizer = build_tokenizer(packed)
    for text in ("maternity leave", "отпуск", "a b c d e f g"):
        expected = _forward(packed, tokenizer.encode(f"query: {text}").ids)
        found = model.encode(text, prompt_name="query", show_progress_bar=False)
        np.testing.assert_allclose(found, expected, atol=2e-6)


def _forward(model: PackedModel, ids: list[int]) -> NDArray[np.float64]:
    """BERT as its paper writes it, in plain numpy: the oracle for the converted folder."""
    shape = model.shape
    width, heads = shape.hidden, shape.heads

    def norm(x: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + model.epsilon)
        return x * model.tensor(f"{name}.w", width) + model.tensor(f"{name}.b", width)

    def linear(x: NDArray[np.float64], name: str, out: int) -> NDArray[np.float64]:
        weight = model.tensor(f"{name}.w", out, x.shape[-1]).astype(np.float64)
        return x @ weight.T + model.tensor(f"{name}.b", out)

    x = model.tensor("emb.word", shape.vocab, width)[ids].astype(np.float64)
    x = x + model.tensor("emb.pos", shape.positions, width)[: len(ids)]
    x = norm(x + model.tensor("emb.type", shape.types, width)[0], "emb.ln")
    for layer in range(shape.layers):
        split = (len(ids), heads, width // heads)
        q, k, v = (
            linear(x, f"l{layer}.{name}", width).reshape(split).swapaxes(0, 1) for name in "qkv"
        )
        weights = np.exp(q @ k.swapaxes(1, 2) / math.sqrt(width // heads))
        weights /= weights.sum(-1, keepdims=True)
        attended = (weights @ v).swapaxes(0, 1).reshape(len(ids), width)
        x = norm(x + linear(attended, f"l{layer}.ao", width), f"l{layer}.aln")
        inner = linear(x, f"l{layer}.fi", shape.ffn)
        inner = inner * (1 + np.vectorize(math.erf)(inner / math.sqrt(2))) / 2
        x = norm(x + linear(inner, f"l{layer}.fo", width), f"l{layer}.oln")
    mean: NDArray[np.float64] = x.mean(0)
    return mean / np.linalg.norm(mean)
