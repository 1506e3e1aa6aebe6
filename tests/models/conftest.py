"""A toy model in the packed format, small enough to convert and run in a moment."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HIDDEN, LAYERS, HEADS, FFN, POSITIONS, TYPES = 32, 2, 2, 64, 24, 2
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
WORDS = ["▁query", "▁passage", "▁maternity", "▁leave", "▁law", "▁жұмыс", "▁еңбек", "▁отпуск"]
LETTERS = [*"▁:.,№～~", *"abcdefghijklmnopqrstuvwxyz", *"абвгдежзийклмнопрстуфхцчшщъыьэюяқәғңөұүһі"]
PIECES = [*SPECIAL, *WORDS, *LETTERS, "<mask>"]
NORMALISATION = {"\n": " ", "\u00a0": " ", "\u0007": "", "…": "...", "ﬁ": "fi"}  # as XLM-R's


def pack(tensors: dict[str, NDArray[np.float32] | bytes]) -> bytes:
    """Write an E5S1 file; arrays are stored as f32, bytes as ready Q4_0 blocks."""
    shape = (HIDDEN, LAYERS, HEADS, FFN, len(PIECES) + 3, POSITIONS, TYPES)
    encoded = [piece.encode() for piece in PIECES]
    bounds = np.cumsum([0, *map(len, encoded)], dtype="<u4")
    scores = [0.0 if piece in SPECIAL else -1.0 if piece in WORDS else -4.0 for piece in PIECES]
    blob = b"".join(encoded)
    norm = b"".join(
        struct.pack(f"<IB{len(new)}I", ord(old), len(new), *map(ord, new))
        for old, new in NORMALISATION.items()
    )
    head = b"".join(
        [
            b"E5S1",
            struct.pack("<I7ifi", 1, *shape, 1e-12, 32),
            struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)),
            bounds.tobytes(),
            np.array(scores, "<f4").tobytes(),
            blob,
            struct.pack("<iI", len(NORMALISATION), len(norm)),
            norm,
            struct.pack("<i", len(tensors)),
        ]
    )
    offset = len(head) + sum(2 + len(name) + 21 for name in tensors)
    directory, body = b"", b""
    for name, tensor in tensors.items():
        raw = tensor if isinstance(tensor, bytes) else tensor.astype("<f4").tobytes()
        count = len(raw) // 18 * 32 if isinstance(tensor, bytes) else tensor.size
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack(
            "<BIQQ", isinstance(tensor, bytes), count, offset + len(body), len(raw)
        )
        body += raw
    return head + directory + body


def toy_tensors() -> dict[str, NDArray[np.float32] | bytes]:
    """Random weights: matrices in 4 bits, the rest in f32, as the real file has them."""
    random = np.random.default_rng(183)

    def floats(size: int, centre: float = 0.0) -> NDArray[np.float32]:
        return random.normal(centre, 0.1, size).astype(np.float32)

    def blocks(count: int) -> bytes:
        table = np.zeros(count // 32, np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))]))
        table["scale"] = random.uniform(0.01, 0.05, len(table))
        table["nibbles"] = random.integers(0, 256, table["nibbles"].shape)
        return table.tobytes()

    tensors: dict[str, NDArray[np.float32] | bytes] = {
        "emb.word": blocks((len(PIECES) + 3) * HIDDEN),
        "emb.pos": floats(POSITIONS * HIDDEN),
        "emb.type": floats(TYPES * HIDDEN),
        "emb.ln.w": floats(HIDDEN, 1.0),
        "emb.ln.b": floats(HIDDEN),
    }
    for layer in range(LAYERS):
        for part in ("q", "k", "v", "ao"):
            tensors[f"l{layer}.{part}.w"] = blocks(HIDDEN * HIDDEN)
            tensors[f"l{layer}.{part}.b"] = floats(HIDDEN)
        tensors[f"l{layer}.fi.w"] = blocks(HIDDEN * FFN)
        tensors[f"l{layer}.fi.b"] = floats(FFN)
        tensors[f"l{layer}.fo.w"] = blocks(HIDDEN * FFN)
        tensors[f"l{layer}.fo.b"] = floats(HIDDEN)
        for part in ("aln", "oln"):
            tensors[f"l{layer}.{part}.w"] = floats(HIDDEN, 1.0)
            tensors[f"l{layer}.{part}.b"] = floats(HIDDEN)
    return tensors


@pytest.fixture(scope="session")
def toy_bytes() -> bytes:
    """The bytes of a two-layer toy model in the packed format."""
    return pack(toy_tensors())


@pytest.fixture
def toy_file(toy_bytes: bytes, tmp_path: Path) -> Path:
    """The toy model as a file."""
    path = tmp_path / "toy.bin"
    path.write_bytes(toy_bytes)
    return path


@pytest.fixture(scope="session")
def toy_folder(toy_bytes: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy model, converted; tests must not change it."""
    from kb.models.packaged import ensure_converted

    root = tmp_path_factory.mktemp("toy")
    (root / "toy.bin").write_bytes(toy_bytes)
    return ensure_converted(root / "toy.bin", "tests/toy", root / "cache").path
