"""What each word of an English sentence is and which word it belongs to: a small parser.

It reads the embedder's own token vectors (two of its six layers) with linear maps and one
bilinear form, as in Dozat and Manning, "Deep biaffine attention for neural dependency parsing"
(ICLR 2017), so it costs a millisecond and no package. ``eval/grammar_training.py`` fitted it to
the parses of another parser; ``docs/weights.md`` says how often it is right. English only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

GRAMMAR_FILE = "grammar.npz"
# Words further apart than this count as this far apart.
FARTHEST = 20


@dataclass(frozen=True, slots=True)
class Parse:
    """A sentence's words: ``tag`` of each (NOUN, VERB, ...), ``head`` and ``relation``.

    The root is its own head. Relations are called in full: "subject", "object", "negation".
    """

    tags: tuple[str, ...]
    heads: tuple[int, ...]
    relations: tuple[str, ...]


def parse(layers: list[Floats]) -> Parse:
    """The parse of a sentence by the vectors of its words behind each layer, [words, dimension]."""
    weights = _weights()
    if not len(layers[0]):
        return Parse((), (), ())
    chosen = [layers[int(layer) - 1] for layer in weights["layers"]]
    states = np.concatenate(chosen, axis=1)
    heads = _heads(states, weights)
    relations = _relations(states, heads, weights)
    tags = _linear(states, "pos", weights).argmax(axis=1)
    return Parse(
        tuple(str(weights["pos_names"][tag]) for tag in tags),
        tuple(int(head) for head in heads),
        tuple(str(weights["dep_names"][relation]) for relation in relations),
    )


def _heads(states: Floats, weights: dict[str, npt.NDArray[Any]]) -> npt.NDArray[np.intp]:
    as_head = np.maximum(_linear(states, "h", weights), 0)
    as_dependent = np.maximum(_linear(states, "d", weights), 0)
    places = np.arange(len(states))
    apart = np.clip(places[None, :] - places[:, None], -FARTHEST, FARTHEST) + FARTHEST
    scores = as_dependent @ weights["W"] @ as_head.T
    scores = scores + _linear(as_head, "hb", weights)[:, 0][None, :] + weights["dist"][apart]
    return np.asarray(scores.argmax(axis=1))


def _relations(
    states: Floats, heads: npt.NDArray[np.intp], weights: dict[str, npt.NDArray[Any]]
) -> npt.NDArray[np.intp]:
    governor = np.maximum(_linear(states, "lh", weights), 0)[heads]
    dependent = np.maximum(_linear(states, "ld", weights), 0)
    scores = np.einsum("ne,lef,nf->nl", dependent, weights["U"], governor, optimize=True)
    both = np.concatenate([dependent, governor], axis=1)
    return np.asarray((scores + _linear(both, "lab", weights)).argmax(axis=1))


def _linear(inputs: Floats, name: str, weights: dict[str, npt.NDArray[Any]]) -> Floats:
    return np.asarray(inputs @ weights[f"{name}.weight"].T + weights[f"{name}.bias"])


@lru_cache(maxsize=1)
def _weights() -> dict[str, npt.NDArray[Any]]:
    with (
        files("rag").joinpath(GRAMMAR_FILE).open("rb") as stream,
        np.load(stream, allow_pickle=False) as stored,
    ):
        return {
            name: stored[name].astype(np.float32)
            if stored[name].dtype == np.float16
            else stored[name]
            for name in stored.files
        }
