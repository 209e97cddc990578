"""One-bit codes of token vectors: what makes late interaction small enough to store.

A unit vector is rotated by a fixed orthogonal matrix and kept as the signs of its coordinates
and one scale, ``1 / ||rotated||_1``; the inner product with a query that was rotated alike is
estimated without bias as ``scale * sum(sign_i * query_i)``. This is RaBitQ (Gao and Long,
"RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical Error Bound", SIGMOD 2024). It
needs no training data and so fits any embedder. A token of 384 dimensions takes 49 bytes instead
of 1,536.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

TOKEN_CODE_VERSION = "rabitq-2"  # noqa: S105 - a token of text, not a secret

_ROTATION_SEED = 20240609
# What a blob begins with; its scales are 255 steps from the lowest to the highest.
_HEADER = np.dtype(
    [("tokens", "<u4"), ("dimension", "<u4"), ("runs", "<u4"), ("lowest", "<f4"), ("step", "<f4")]
)
# Tokens lie in order, so their sentences are kept as runs of the same number.
_RUN = np.dtype([("sentence", "<u2"), ("length", "<u4")])
_STEPS = 255
TITLE = 65_535
"""The sentence number of the title's tokens."""


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The token vectors of one passage, in order.

    ``rotated``: float32 [tokens, dimension], estimates of the rotated unit vectors;
    ``sentence``: int [tokens], the number of each token's sentence, ``TITLE`` for the title's.
    """

    rotated: Floats
    sentence: npt.NDArray[np.uint16]


@lru_cache(maxsize=4)
def _rotation(dimension: int) -> Floats:
    """A fixed orthogonal matrix [dimension, dimension].

    Twice a cosine transform after random signs. In closed form and with integer randomness, so
    that an index written on one machine is read rightly on any other.
    """
    generator = np.random.Generator(np.random.PCG64(_ROTATION_SEED))
    rows = np.arange(dimension)
    cosine = np.cos(np.pi / dimension * (rows[None, :] + 0.5) * rows[:, None])
    cosine *= np.sqrt(2.0 / dimension)
    cosine[0] *= np.sqrt(0.5)
    matrix = np.eye(dimension)
    for _ in range(2):
        signs = generator.integers(0, 2, dimension) * 2.0 - 1.0
        matrix = cosine @ (signs[:, None] * matrix)
    return np.ascontiguousarray(matrix.T, dtype=np.float32)


def rotate(vectors: Floats) -> Floats:
    """Unit vectors [n, dimension], normalised and rotated: what codes are compared with."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit = vectors / np.maximum(norms, np.finfo(np.float32).tiny)
    return np.asarray(unit @ _rotation(vectors.shape[-1]), dtype=np.float32)


def encode_tokens(vectors: Floats, sentence: npt.NDArray[np.integer]) -> bytes:
    """Code token vectors [n, dimension] with their sentence numbers [n] as bytes.

    Layout, little endian: the header, the runs of sentence numbers, n scales as one byte each,
    then ceil(dimension / 8) bytes of signs a token.
    """
    rotated = rotate(np.asarray(vectors, dtype=np.float32))
    lengths = np.abs(rotated).sum(axis=1)
    # A vector of zeros stays one: near to nothing.
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    lowest, highest = (float(scale.min()), float(scale.max())) if len(scale) else (0.0, 0.0)
    step = (highest - lowest) / _STEPS
    steps = np.round((scale - lowest) / (step or 1.0))
    firsts = np.flatnonzero(np.diff(sentence, prepend=-1))
    runs = np.empty(len(firsts), dtype=_RUN)
    runs["sentence"] = sentence[firsts]
    runs["length"] = np.diff(firsts, append=len(sentence))
    header = np.array([(*rotated.shape, len(runs), lowest, step)], dtype=_HEADER)
    signs = np.packbits(rotated >= 0, axis=1)
    return b"".join(part.tobytes() for part in (header, runs, steps.astype(np.uint8), signs))


def decode_tokens(blob: bytes) -> TokenVectors:
    """The token vectors that ``encode_tokens`` coded; raises ``ValueError`` on a damaged blob."""
    if len(blob) < _HEADER.itemsize:
        raise ValueError("token codes are cut short")
    header = np.frombuffer(blob, _HEADER, 1)[0]
    count, dimension, run_count = (int(header[name]) for name in ("tokens", "dimension", "runs"))
    width = (dimension + 7) // 8
    scales_at = _HEADER.itemsize + run_count * _RUN.itemsize
    signs_at = scales_at + count
    if len(blob) != signs_at + count * width:
        raise ValueError("token codes do not have the length that they state")
    runs = np.frombuffer(blob, _RUN, run_count, _HEADER.itemsize)
    if int(runs["length"].sum()) != count:
        raise ValueError("token codes do not tell the sentence of each token")
    steps = np.frombuffer(blob, np.uint8, count, scales_at).astype(np.float32)
    scale = header["lowest"] + header["step"] * steps
    packed = np.frombuffer(blob, np.uint8, count * width, signs_at)
    bits = np.unpackbits(packed.reshape(count, width), axis=1, count=dimension)
    rotated = (bits.astype(np.float32) * 2.0 - 1.0) * scale[:, None]
    return TokenVectors(rotated, np.repeat(runs["sentence"], runs["length"]))
