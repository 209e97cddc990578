"""How far a claim follows from quotes: the embedder, changed a little, reads both together.

Each word of the claim sees each word of the quotes, in their order, as in the pair classification
of Devlin et al., "BERT" (NAACL 2019). The changes of the packaged model's layers are products of
two thin matrices (Hu et al., "LoRA", ICLR 2022), so that they take 1.6 MB; a table of four
segments tells the words that both sides share from those that only one has. ``docs/weights.md``
says what they were fitted to. English only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.embedding import PackagedEmbedder, load_embedder
from rag.question_encoder import QuestionEncoder, gelu

Floats = npt.NDArray[np.float32]

ENTAILMENT_FILE = "entailment.npz"
# Tokens that are read: of the claim, and of both together with the three special ones.
CLAIM_TOKENS, ALL_TOKENS = 100, 256
# Segments: a shared word of the claim, one of the quotes, and the same of words not shared.
_CLAIM, _QUOTES, _UNSHARED = 0, 1, 2
_SEGMENTS = "embeddings.token_type_embeddings.weight"


@dataclass(frozen=True, slots=True)
class _Model:
    """The changed encoder, and the two layers that make a number of what it read."""

    encoder: QuestionEncoder
    head: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim and quotes as the model reads them: tokens and segments, int [tokens].

    ``claim`` counts the claim's own tokens, which begin at the second.
    """

    ids: npt.NDArray[np.int64]
    segments: npt.NDArray[np.int64]
    claim: int


def read_pair(encoder: QuestionEncoder, claim: str, quotes: Sequence[str]) -> Pair:
    """The tokens of both; what is longer than the model reads is cut, the quotes at their end."""
    mine = encoder.token_ids(claim)[:CLAIM_TOKENS]
    theirs = encoder.token_ids(" ".join(quotes))[: ALL_TOKENS - 3 - len(mine)]
    start, end = encoder.special_ids
    ids = np.concatenate([[start], mine, [end], theirs, [end]]).astype(np.int64)
    segments = np.concatenate(
        [
            [_CLAIM],
            np.where(np.isin(mine, theirs), _CLAIM, _CLAIM + _UNSHARED),
            [_CLAIM],
            np.where(np.isin(theirs, mine), _QUOTES, _QUOTES + _UNSHARED),
            [_QUOTES],
        ]
    ).astype(np.int64)
    return Pair(ids, segments, len(mine))


def entailment(claim: str, quotes: Sequence[str]) -> float:
    """The log-odds that the quotes, taken together, bear the claim out; above 0 they do."""
    model = _model()
    pair = read_pair(model.encoder, claim, quotes)
    states = model.encoder.read(pair.ids, pair.segments)
    own = states[1 : 1 + pair.claim] if pair.claim else states[:1]
    pooled = np.concatenate([states[0], own.mean(axis=0), own.max(axis=0)])
    hidden = gelu(model.head["hidden.weight"] @ pooled + model.head["hidden.bias"])
    return float((model.head["output.weight"] @ hidden + model.head["output.bias"])[0])


@lru_cache(maxsize=1)
def _model() -> _Model:
    embedder = load_embedder()
    if not isinstance(embedder, PackagedEmbedder):
        raise TypeError("the claim check reads with the packaged embedder")
    stored = stored_weights()
    changes = {_SEGMENTS: stored["segments"]}
    for name in [key.removesuffix(".up") for key in stored if key.endswith(".up")]:
        changes[f"{name}.weight"] = (
            embedder.encoder.weight(f"{name}.weight")
            + stored[f"{name}.up"] @ stored[f"{name}.down"]
        )
    head = {name: value for name, value in stored.items() if name.startswith(("hidden", "output"))}
    return _Model(embedder.encoder.adapted(changes), head)


def stored_weights() -> dict[str, Floats]:
    """What ``ENTAILMENT_FILE`` holds: the changes of the encoder by layer, and the head."""
    with (
        files("rag").joinpath(ENTAILMENT_FILE).open("rb") as stream,
        np.load(stream, allow_pickle=False) as stored,
    ):
        loaded: dict[str, npt.NDArray[Any]] = {name: stored[name] for name in stored.files}
    return {name: value.astype(np.float32) for name, value in loaded.items()}
