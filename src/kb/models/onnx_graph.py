"""The graph of a BERT encoder for ONNX Runtime, written straight from its weights.

Writing it needs neither torch nor a tracer: an encoder is a dozen equal layers, and ONNX Runtime
has an operator for each of their parts, so the graph is born with them fused. It reads one text
at a time, which makes masks and padding needless:

    ids (1, tokens)  →  embeddings  →  layers  →  mean or first token  →  vector (1, hidden)

Two forms of the same weights:

    fp32   as they are
    int8   the matrices in whole numbers, one scale per column; what flows into them is rounded to
           8 bits at run time, with one scale per text and matrix

The two matrices of the feed-forward part are the exception in int8: a few of the numbers that flow
into them are a hundred times the others, and under one scale the others would be rounded away. They
are cut into blocks of 64 with scales of their own. That takes half as long again, and leaves an
eighth of the error.

A weight in `int8` is at most ±64. With ±127, processors without VNNI add two products in 16 bits
and overflow; the seventh bit is worth 0.0003 of cosine, and one file then serves every machine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors import safe_open

from kb.models.onnx_embedder import GRAPH

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kb.settings import Precision

Pooling = Literal["mean", "cls"]

TABLE = "words.bin"  # the word embeddings: a file that is mapped, so only rows in use take memory
LARGEST_WEIGHT = 64
BLOCK = 64
FUSED = "com.microsoft"  # ONNX Runtime's own operators


@dataclass(frozen=True, slots=True)
class Encoder:
    """The shape of an encoder and where its weights are."""

    weights: Path  # a safetensors file
    hidden: int
    layers: int
    heads: int
    epsilon: float  # of the layer norms
    first_position: int  # row of the position table that the first token takes
    pooling: Pooling


def write_graph(encoder: Encoder, folder: Path, precision: Precision) -> None:
    """Write `model.onnx` and the table of words beside it.

    Raises:
        ValueError: the weights are not those of such an encoder.
        OSError: a file could not be written.
    """
    with safe_open(encoder.weights, "numpy") as weights:
        try:
            _Writer(encoder, weights, precision).write(folder)
        except Exception as error:  # safetensors raises a class of its own for a missing tensor
            if isinstance(error, OSError):
                raise
            raise ValueError(str(error)) from error


class _Writer:
    """Grows the graph from its input to its output."""

    def __init__(self, encoder: Encoder, weights: Any, precision: Precision) -> None:
        self._encoder = encoder
        self._weights = weights
        self._int8 = precision == "int8"
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        marker = "embeddings.word_embeddings.weight"
        found = [name for name in weights.keys() if name.endswith(marker)]  # noqa: SIM118
        if len(found) != 1:
            raise ValueError("it has no word embeddings")
        self._prefix = found[0].removesuffix(marker)  # "", or "roberta."

    def write(self, folder: Path) -> None:
        flow = self._embeddings(folder)
        for layer in range(self._encoder.layers):
            flow = self._layer(flow, f"encoder.layer.{layer}.")
        self._pool(flow)
        hidden = self._encoder.hidden
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])],
            [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, hidden])],
            self._constants,
        )
        domains = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
        model = helper.make_model(graph, opset_imports=domains, ir_version=10)
        onnx.save(model, folder / GRAPH)

    def _embeddings(self, folder: Path) -> str:
        words = self._tensor("embeddings.word_embeddings.weight")
        if self._int8:  # half the file, and an error far below that of the rounding to come
            words = words.astype(np.float16)
        words.tofile(folder / TABLE)
        table = TensorProto(
            name="words",
            data_type=helper.np_dtype_to_tensor_dtype(words.dtype),
            dims=words.shape,
            data_location=TensorProto.EXTERNAL,
        )
        for key, value in (("location", TABLE), ("offset", "0"), ("length", str(words.nbytes))):
            table.external_data.add(key=key, value=value)
        self._constants.append(table)
        flow = self._node("Cast", self._node("Gather", "words", "ids"), to=TensorProto.FLOAT)
        positions = self._tensor("embeddings.position_embeddings.weight")
        positions = positions[self._encoder.first_position :]
        positions = positions + self._tensor("embeddings.token_type_embeddings.weight")[0]
        start = self._constant("start", np.array([0]))
        length = self._node("Shape", "ids", start=1, end=2)
        rows = self._node("Slice", self._constant("positions", positions), start, length, start)
        return self._node(
            "LayerNormalization",
            self._node("Add", flow, rows),
            self._weight("embeddings.LayerNorm.weight"),
            self._weight("embeddings.LayerNorm.bias"),
            epsilon=self._encoder.epsilon,
        )

    def _layer(self, flow: str, layer: str) -> str:
        attended = self._project(self._attend(flow, layer), f"{layer}attention.output.dense")
        flow = self._add_and_norm(attended, flow, f"{layer}attention.output")
        wide = self._project(flow, f"{layer}intermediate.dense", in_blocks=True)
        bias = self._weight(f"{layer}intermediate.dense.bias")
        wide = self._node("BiasGelu", wide, bias, domain=FUSED)
        narrow = self._project(wide, f"{layer}output.dense", in_blocks=True)
        return self._add_and_norm(narrow, flow, f"{layer}output")

    def _attend(self, flow: str, layer: str) -> str:
        parts = [f"{layer}attention.self.{part}" for part in ("query", "key", "value")]
        matrix = np.concatenate([self._tensor(f"{part}.weight") for part in parts]).T
        bias = np.concatenate([self._tensor(f"{part}.bias") for part in parts])
        name = f"{layer}attention"
        heads = {"domain": FUSED, "num_heads": self._encoder.heads}
        given = self._constant(f"{name}.bias", bias)
        if not self._int8:
            return self._node("Attention", flow, self._constant(name, matrix), given, **heads)
        rounded, scale, zero = self._rounded(name, matrix)
        numbers, step, middle = self._nodes_of("DynamicQuantizeLinear", flow, outputs=3)
        inputs = (numbers, rounded, given, step, scale, "", middle, zero)
        return self._node("QAttention", *inputs, **heads)

    def _project(self, flow: str, name: str, *, in_blocks: bool = False) -> str:
        """Multiply by a matrix; its bias is added by the operator that follows."""
        matrix = self._tensor(f"{name}.weight").T
        if self._int8 and in_blocks:
            return self._project_in_blocks(flow, name, matrix.T)
        if self._int8:
            return self._node(
                "DynamicQuantizeMatMul", flow, *self._rounded(name, matrix), domain=FUSED
            )
        return self._node("MatMul", flow, self._constant(name, matrix))

    def _project_in_blocks(self, flow: str, name: str, matrix: NDArray[np.float32]) -> str:
        rows, columns = matrix.shape
        padded = np.pad(matrix, [(0, 0), (0, -columns % BLOCK)])
        blocks = padded.reshape(rows, -1, BLOCK)
        scale = _scale(blocks, axis=2)
        numbers = np.round(blocks / scale) + 128  # 128 stands for zero
        return self._node(
            "MatMulNBits",
            flow,
            self._constant(name, numbers.astype(np.uint8)),
            self._constant(f"{name}.scale", scale[..., 0]),
            domain=FUSED,
            K=columns,
            N=rows,
            bits=8,
            block_size=BLOCK,
            accuracy_level=4,  # the other side is rounded to 8 bits as well, block by block
        )

    def _add_and_norm(self, flow: str, earlier: str, name: str) -> str:
        """Add the bias and what came in, and bring each token to one length.

        Three operators: the one that ONNX Runtime has for all three (SkipLayerNormalization) is not
        vectorised, and took a sixth of the time of all.
        """
        biased = self._node("Add", flow, self._weight(f"{name}.dense.bias"))
        return self._node(
            "LayerNormalization",
            self._node("Add", biased, earlier),
            self._weight(f"{name}.LayerNorm.weight"),
            self._weight(f"{name}.LayerNorm.bias"),
            epsilon=self._encoder.epsilon,
        )

    def _pool(self, flow: str) -> None:
        axis = self._constant("axis", np.array([1]))
        if self._encoder.pooling == "mean":
            pooled = self._node("ReduceMean", flow, axis, keepdims=0)
        else:
            pooled = self._node("Gather", flow, self._constant("first", np.array(0)), axis=1)
        length = self._node("ReduceL2", pooled, axis, keepdims=1)
        self._nodes.append(helper.make_node("Div", [pooled, length], ["vector"]))

    # --- pieces ---

    def _tensor(self, name: str) -> NDArray[np.float32]:
        tensor: NDArray[Any] = self._weights.get_tensor(self._prefix + name)
        return tensor.astype(np.float32, copy=False)

    def _weight(self, name: str) -> str:
        return self._constant(name, self._tensor(name))

    def _constant(self, name: str, value: NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def _rounded(self, name: str, matrix: NDArray[np.float32]) -> tuple[str, str, str]:
        """Store a matrix in whole numbers: its name, and those of its scales and zero points."""
        scale = _scale(matrix, axis=0)
        numbers = np.round(matrix / scale).astype(np.int8)
        return (
            self._constant(name, numbers),
            self._constant(f"{name}.scale", scale[0]),
            self._constant(f"{name}.zero", np.zeros(matrix.shape[1], np.int8)),
        )

    def _node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        return self._nodes_of(operator, *inputs, outputs=1, **attributes)[0]

    def _nodes_of(self, operator: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        place = len(self._nodes)
        names = [f"{operator}.{place}.{output}" for output in range(outputs)]
        self._nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names


def _scale(matrix: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """Return what one step of the whole numbers is worth along an axis; never 0."""
    scale: NDArray[np.float32] = np.abs(matrix).max(axis=axis, keepdims=True) / LARGEST_WEIGHT
    return np.where(scale == 0, np.float32(1), scale)


def read_encoder(folder: Path) -> Encoder:
    """Read what a sentence-transformers folder says of its encoder.

    Raises:
        ValueError: it is none that this module can write: another architecture, more modules.
    """
    modules = _read(folder / "modules.json")
    kinds = [str(module["type"]).rpartition(".")[2] for module in modules]
    if kinds[:2] != ["Transformer", "Pooling"] or kinds[2:] not in ([], ["Normalize"]):
        raise ValueError(f"its modules are {', '.join(kinds)}")
    inner = folder / modules[0]["path"]
    if _read(inner / "sentence_bert_config.json").get("do_lower_case"):
        raise ValueError("it changes capitals in a step of its own")
    config = _read(inner / "config.json")
    _expect(config, "model_type", "bert", "roberta", "xlm-roberta")
    _expect(config, "position_embedding_type", None, "absolute")
    _expect(config, "hidden_act", "gelu")
    _expect(config, "is_decoder", None, False)
    roberta = config["model_type"] != "bert"  # counts positions from after the padding's
    return Encoder(
        weights=inner / "model.safetensors",
        hidden=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        epsilon=config["layer_norm_eps"],
        first_position=config["pad_token_id"] + 1 if roberta else 0,
        pooling=_pooling(_read(folder / modules[1]["path"] / "config.json")),
    )


def _pooling(config: dict[str, Any]) -> Pooling:
    if config.get("include_prompt", True) is not True:
        raise ValueError("its pooling leaves the prompt out")
    chosen = {
        name.removeprefix("pooling_mode_").removesuffix("_token").removesuffix("_tokens")
        for name, value in config.items()
        if name.startswith("pooling_mode_") and value is True
    }
    if isinstance(config.get("pooling_mode"), str):  # as newer versions write it
        chosen.add(config["pooling_mode"])
    if chosen == {"mean"}:
        return "mean"
    if chosen == {"cls"}:
        return "cls"
    raise ValueError(f"its pooling is {' and '.join(sorted(chosen)) or 'unknown'}")


def _expect(config: dict[str, Any], key: str, *values: object) -> None:
    if config.get(key) not in values:
        raise ValueError(f"its {key} is {config.get(key)!r}")


def _read(file: Path) -> Any:
    return json.loads(file.read_bytes())
