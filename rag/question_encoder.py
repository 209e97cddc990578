"""The packaged model's forward pass for one question, without torch.

Importing torch and sentence-transformers takes several seconds, which a question asked from the
command line should not wait for. A BERT encoder (Devlin et al., "BERT", NAACL 2019) of six layers
over a few dozen tokens is a few lines of matrix products; a test holds its vectors equal to those
of sentence-transformers. Passages are embedded by sentence-transformers itself.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class QuestionEncoder:
    """A BERT encoder with mean pooling, for one text at a time. Any thread may use it."""

    def __init__(self, folder: Path) -> None:
        """``folder``: a sentence-transformers folder of a BERT model with mean pooling."""
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        limits = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
        self.dimension = int(config["hidden_size"])
        self.max_tokens = int(limits["max_seq_length"])
        self._layers = int(config["num_hidden_layers"])
        self._heads = int(config["num_attention_heads"])
        self._epsilon = float(config["layer_norm_eps"])
        self._weights: dict[str, Floats] = load_file(folder / "model.safetensors")
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def token_spans(self, text: str) -> npt.NDArray[np.int64]:
        """The characters that each token of a text covers, int [tokens, 2]."""
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        return np.array(encoded.offsets, dtype=np.int64).reshape(-1, 2)

    def token_ids(self, text: str) -> npt.NDArray[np.int64]:
        """The tokens of a text, int [tokens], without special ones."""
        return np.array(self._tokenizer.encode(text, add_special_tokens=False).ids, dtype=np.int64)

    @property
    def special_ids(self) -> tuple[int, int]:
        """The tokens that open a text and that close it."""
        return self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")

    def weight(self, name: str) -> Floats:
        """The weights of that name."""
        return self._weights[name]

    def adapted(self, changes: Mapping[str, Floats]) -> QuestionEncoder:
        """An encoder with other weights of those names; the rest is shared with this one."""
        other = copy.copy(self)
        other._weights = {**self._weights, **changes}
        return other

    def read(self, ids: npt.NDArray[np.int64], segments: npt.NDArray[np.int64]) -> Floats:
        """The last layer's vectors [tokens, dimension] of tokens, each with its segment."""
        hidden = self._embed(ids, segments)
        for layer in range(self._layers):
            hidden = self._transform(hidden, f"encoder.layer.{layer}")
        return hidden

    def encode(self, text: str) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
        """A text's unit vector [dimension], token vectors [tokens, dimension] and token spans.

        The spans are int [tokens, 2], (0, 0) for special tokens; a longer text than the model
        reads is cut.
        """
        layers, spans = self.encode_layers(text)
        mean = layers[-1].mean(axis=0)
        return mean / np.linalg.norm(mean), layers[-1], spans

    def encode_layers(self, text: str) -> tuple[list[Floats], npt.NDArray[np.int64]]:
        """The token vectors [tokens, dimension] behind each layer, and token spans as above."""
        encoded = self._tokenizer.encode(text)
        ids = np.array(encoded.ids)
        spans = np.array(encoded.offsets, dtype=np.int64)
        if len(ids) > self.max_tokens:
            kept = [*range(self.max_tokens - 1), len(ids) - 1]  # the last one is [SEP]
            ids, spans = ids[kept], spans[kept]
        layers = [self._embed(ids)]
        for layer in range(self._layers):
            layers.append(self._transform(layers[-1], f"encoder.layer.{layer}"))
        return layers[1:], spans

    def _embed(
        self, ids: npt.NDArray[np.int64], segments: npt.NDArray[np.int64] | int = 0
    ) -> Floats:
        tables = (f"embeddings.{name}_embeddings.weight" for name in ("word", "position"))
        words, positions = (self._weights[name] for name in tables)
        segment = self._weights["embeddings.token_type_embeddings.weight"][segments]
        return self._normalise(words[ids] + positions[: len(ids)] + segment, "embeddings")

    def _transform(self, hidden: Floats, layer: str) -> Floats:
        query, key, value = (
            self._by_head(self._dense(hidden, f"{layer}.attention.self.{part}"))
            for part in ("query", "key", "value")
        )
        weights = _softmax(query @ key.transpose(0, 2, 1) / np.float32(query.shape[-1]) ** 0.5)
        attended = (weights @ value).transpose(1, 0, 2).reshape(hidden.shape)
        output = f"{layer}.attention.output"
        hidden = self._normalise(hidden + self._dense(attended, f"{output}.dense"), output)
        inner = gelu(self._dense(hidden, f"{layer}.intermediate.dense"))
        output = f"{layer}.output"
        return self._normalise(hidden + self._dense(inner, f"{output}.dense"), output)

    def _by_head(self, vectors: Floats) -> Floats:
        """[tokens, dimension] as [heads, tokens, dimension of a head]."""
        return vectors.reshape(len(vectors), self._heads, -1).transpose(1, 0, 2)

    def _dense(self, vectors: Floats, name: str) -> Floats:
        return vectors @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _normalise(self, vectors: Floats, name: str) -> Floats:
        centred = vectors - vectors.mean(axis=-1, keepdims=True)
        variance = np.square(centred).mean(axis=-1, keepdims=True)
        scale, shift = (self._weights[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
        return np.asarray(centred / np.sqrt(variance + self._epsilon) * scale + shift)


def _softmax(logits: Floats) -> Floats:
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


def gelu(x: Floats) -> Floats:
    """``x * Phi(x)``: Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016)."""
    return np.asarray(x * 0.5 * (1.0 + _erf(x / np.float32(2.0) ** 0.5)), dtype=np.float32)


def _erf(x: Floats) -> Floats:
    """The error function, to 1.5e-7: Abramowitz and Stegun (1964), formula 7.1.26."""
    size = np.abs(x)
    t = 1.0 / (1.0 + np.float32(0.3275911) * size)
    series = np.zeros_like(t)
    for coefficient in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = (series + np.float32(coefficient)) * t
    return np.asarray(np.sign(x) * (1.0 - series * np.exp(-np.square(size))))
