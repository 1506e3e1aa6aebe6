"""Turn the contents of an E5S1 file into an ordinary sentence-transformers folder.

    config.json, model.safetensors        a BertModel, weights in f32
    tokenizer.json, tokenizer_config.json XLM-R's tokenizer
    1_Pooling/, 2_Normalize, modules.json the mean over the tokens, then length 1
    sentence_bert_config.json             the limit in tokens
    config_sentence_transformers.json     the prompts `query: ` and `passage: `

What these functions write depends on their input alone: no times, no paths, no versions.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import save_file
from tokenizers import (
    AddedToken,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from kb.models.e5s1 import PackedModel, Vocabulary

PROMPTS = {"query": "query: ", "passage": "passage: "}
MASK = "<mask>"

FULLWIDTH_TILDE = "\uff5e"  # XLM-R has it as a piece of its own, though NFKC would make it "~"
STAND_IN = "\ue000"  # a private character that NFKC leaves alone

# The parts of a layer: the name in the file → the name in a BertModel. All are linear maps or
# layer norms, with a weight (`.w`) and a bias (`.b`).
LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def write_model_folder(model: PackedModel, folder: Path) -> None:
    """Write the whole sentence-transformers folder; `folder` exists and is empty.

    Raises:
        ValueError: the file is damaged, or normalises text otherwise than XLM-R.
        OSError: a file could not be written.
    """
    tokenizer = build_tokenizer(model).to_str(pretty=True)
    (folder / "tokenizer.json").write_text(tokenizer, encoding="utf-8")
    for name, content in _descriptions(model):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    try:
        save_file(dict(bert_tensors(model)), folder / "model.safetensors", {"format": "pt"})
    except SafetensorError as error:  # a full disk, under a name of its own
        raise OSError(str(error)) from error


def build_tokenizer(model: PackedModel) -> Tokenizer:
    """Build XLM-R's tokenizer: Unigram over words that start with "▁", between `<s>` and `</s>`.

    The file carries its normalisation as a table of characters. It equals `Nmt` followed by
    `NFKC`, save for the full-width tilde, so these are used, and the table only checks them.

    Raises:
        ValueError: the table asks for something else than `Nmt` and `NFKC` do.
    """
    vocabulary = model.vocabulary
    tokenizer = Tokenizer(
        models.Unigram(list(vocabulary.pieces), unk_id=vocabulary.unk, byte_fallback=False)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(FULLWIDTH_TILDE, STAND_IN),
            normalizers.Nmt(),  # controls go, line ends and odd blanks become spaces
            normalizers.NFKC(),
            normalizers.Replace(STAND_IN, FULLWIDTH_TILDE),
        ]
    )
    for character, replacement in model.normalisation.items():
        if tokenizer.normalizer.normalize_str(character) != replacement:
            raise ValueError(f"it normalises U+{ord(character):04X} otherwise than XLM-R")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    tokenizer.decoder = decoders.Metaspace()
    bos, eos = (vocabulary.pieces[i][0] for i in (vocabulary.bos, vocabulary.eos))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    tokenizer.add_special_tokens(list(_special_tokens(vocabulary).values()))
    return tokenizer


def bert_tensors(model: PackedModel) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield every tensor of the BertModel with its name there."""
    shape = model.shape
    hidden, ffn = shape.hidden, shape.ffn
    embeddings = "embeddings"
    yield f"{embeddings}.word_embeddings.weight", model.tensor("emb.word", shape.vocab, hidden)
    yield (
        f"{embeddings}.position_embeddings.weight",
        model.tensor("emb.pos", shape.positions, hidden),
    )
    yield (
        f"{embeddings}.token_type_embeddings.weight",
        model.tensor("emb.type", shape.types, hidden),
    )
    yield f"{embeddings}.LayerNorm.weight", model.tensor("emb.ln.w", hidden)
    yield f"{embeddings}.LayerNorm.bias", model.tensor("emb.ln.b", hidden)
    sizes = {"fi": (ffn, hidden), "fo": (hidden, ffn), "aln": (hidden,), "oln": (hidden,)}
    for layer in range(shape.layers):
        for short, name in LAYER.items():
            size = sizes.get(short, (hidden, hidden))
            prefix = f"encoder.layer.{layer}.{name}"
            yield f"{prefix}.weight", model.tensor(f"l{layer}.{short}.w", *size)
            yield f"{prefix}.bias", model.tensor(f"l{layer}.{short}.b", size[0])
    # BERT's pooler is no part of the file. The mean over the tokens never reads it, but without
    # it a BertModel starts with a warning and random numbers.
    yield "pooler.dense.weight", np.zeros((hidden, hidden), np.float32)
    yield "pooler.dense.bias", np.zeros(hidden, np.float32)


def _special_tokens(vocabulary: Vocabulary) -> dict[str, AddedToken]:
    """Return the special tokens under the names that a tokenizer's configuration gives them."""
    ids = {
        "bos_token": vocabulary.bos,
        "eos_token": vocabulary.eos,
        "unk_token": vocabulary.unk,
        "pad_token": vocabulary.pad,
    }
    tokens = {
        role: AddedToken(vocabulary.pieces[place][0], special=True, normalized=False)
        for role, place in ids.items()
    }
    if any(piece == MASK for piece, _score in vocabulary.pieces):
        tokens["mask_token"] = AddedToken(MASK, special=True, normalized=False, lstrip=True)
    return tokens


def _descriptions(model: PackedModel) -> Iterator[tuple[str, Any]]:
    """Yield every JSON file of the folder: its name and what it holds."""
    shape, vocabulary = model.shape, model.vocabulary
    yield (
        "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.ffn,
            "hidden_act": "gelu",
            "vocab_size": shape.vocab,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "position_embedding_type": "absolute",
            # The header's f32 is printed with the digits that it has: 1e-12, not 9.99…e-13.
            "layer_norm_eps": float(f"{model.epsilon:.6g}"),
            "hidden_dropout_prob": 0.1,
            "attention_probs_dropout_prob": 0.1,
            "initializer_range": 0.02,
            "pad_token_id": vocabulary.pad,
            "torch_dtype": "float32",
        },
    )
    names = {role: token.content for role, token in _special_tokens(vocabulary).items()}
    yield (
        "tokenizer_config.json",
        {
            # The class that takes tokenizer.json as it is; XLMRobertaTokenizer builds its own.
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "cls_token": names["bos_token"],
            "sep_token": names["eos_token"],
            **names,
        },
    )
    package = "sentence_transformers.models"
    yield (
        "modules.json",
        [
            {"idx": 0, "name": "0", "path": "", "type": f"{package}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{package}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{package}.Normalize"},
        ],
    )
    yield (
        "sentence_bert_config.json",
        {"max_seq_length": shape.positions, "do_lower_case": False},
    )
    yield (
        "1_Pooling/config.json",
        {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
    )
    yield (
        "config_sentence_transformers.json",
        {"prompts": PROMPTS, "default_prompt_name": None, "similarity_fn_name": "cosine"},
    )
