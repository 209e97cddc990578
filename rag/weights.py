"""The fitted weights of ranking, sentence choice, confidence and short answers.

They lie in ``weights.json`` by the names of their features, and are made by ``eval/training.py``,
which says from which questions. A feature without a weight, or a weight without a feature, is an
error at import: the two files are changed together.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

WEIGHTS_FILE = "weights.json"
BIAS = "bias"


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, float]]:
    text = files("rag").joinpath(WEIGHTS_FILE).read_text(encoding="utf-8")
    tables: dict[str, dict[str, float]] = json.loads(text)
    return tables


def weight_vector(stage: str, features: Sequence[str]) -> Floats:
    """The weights of a stage's features, float32 [features], in the order of ``features``."""
    table = _tables()[stage]
    named = set(table) - {BIAS}
    if named != set(features):
        raise ValueError(f"{WEIGHTS_FILE} does not fit {stage}: {named ^ set(features)}")
    return np.array([table[name] for name in features], dtype=np.float32)


def bias(stage: str) -> float:
    """The constant term of a stage's logistic model."""
    return _tables()[stage][BIAS]
