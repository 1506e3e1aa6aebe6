from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.models import e5s1
from kb.models.conversion import bert_tensors

NIBBLES = st.lists(st.integers(0, 15), min_size=32, max_size=32)
SCALES = st.floats(-8, 8, width=16)


@given(st.lists(st.tuples(SCALES, NIBBLES), min_size=1, max_size=4))
def test_a_weight_is_its_nibble_less_eight_times_the_scale(
    blocks: list[tuple[float, list[int]]],
) -> None:
    table = np.zeros(len(blocks), e5s1.BLOCK_DTYPE)
    for row, (scale, nibbles) in zip(table, blocks, strict=True):
        row["scale"] = scale
        row["nibbles"] = [low | high << 4 for low, high in zip(nibbles, nibbles[16:], strict=False)]
    expected = [[(nibble - 8) * scale for nibble in nibbles] for scale, nibbles in blocks]
    assert e5s1.dequantise(table).tolist() == expected


def test_the_header_and_the_vocabulary(toy_bytes: bytes) -> None:
    model = e5s1.parse(toy_bytes)
    assert model.shape == e5s1.Shape(
        hidden=32, layers=2, heads=2, ffn=64, vocab=90, positions=24, types=2
    )
    vocabulary = model.vocabulary
    specials = vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk
    assert [vocabulary.pieces[place][0] for place in specials] == ["<s>", "</s>", "<pad>", "<unk>"]
    assert ("▁жұмыс", -1.0) in vocabulary.pieces
    assert model.normalisation == {"\n": " ", "\u00a0": " ", "\u0007": "", "…": "...", "ﬁ": "fi"}


def test_every_cut_is_noticed(toy_bytes: bytes) -> None:
    for size in (*range(0, 4000, 7), *range(4000, len(toy_bytes), 997), len(toy_bytes) - 1):
        with pytest.raises(ValueError, match=r"cut short|not an E5S1|invalid|UTF-8"):
            dict(bert_tensors(e5s1.parse(toy_bytes[:size])))


@pytest.mark.parametrize(
    ("offset", "byte", "message"),
    [
        (0, b"X", "not an E5S1 file"),
        (4, b"\x02", "version 2"),
        (40, b"\x40", "blocks hold 64"),
        (8, b"\x20\x01", "numbers, not"),  # another width than the tensors have
    ],
)
def test_another_format_is_named(toy_bytes: bytes, offset: int, byte: bytes, message: str) -> None:
    changed = toy_bytes[:offset] + byte + toy_bytes[offset + len(byte) :]
    with pytest.raises(ValueError, match=message):
        dict(bert_tensors(e5s1.parse(changed)))


def test_an_absent_tensor_is_named(toy_bytes: bytes) -> None:
    with pytest.raises(ValueError, match="no tensor l7"):
        e5s1.parse(toy_bytes).tensor("l7.q.w", 32, 32)
