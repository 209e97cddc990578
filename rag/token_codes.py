"""One-bit codes of token vectors: what makes late interaction small enough to store.

A unit vector is rotated by a fixed orthogonal matrix and kept as the signs of its coordinates
and one scale, ``1 / ||rotated||_1``; the inner product with a query that was rotated alike is
estimated without bias as ``scale * sum(sign_i * query_i)``. This is RaBitQ (Gao and Long,
"RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical Error Bound", SIGMOD 2024). It
needs no training data and so fits any embedder. A token of 384 dimensions takes 50 bytes instead
of 1,536.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

TOKEN_CODE_VERSION = "rabitq-1"  # noqa: S105 - a token of text, not a secret

_ROTATION_SEED = 20240609
_HEADER = np.dtype("<u4")
_SCALE = np.dtype("<f2")
_SENTENCE = np.dtype("<u2")
_PREFIX = _SENTENCE.itemsize + _SCALE.itemsize
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

    Layout, little endian: n as u4, dimension as u4, n sentence numbers u2, n scales f2, then
    ceil(dimension / 8) bytes of signs a token.
    """
    rotated = rotate(np.asarray(vectors, dtype=np.float32))
    lengths = np.abs(rotated).sum(axis=1)
    # A vector of zeros stays one: near to nothing.
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    header = np.array(rotated.shape, dtype=_HEADER)
    signs = np.packbits(rotated >= 0, axis=1)
    return b"".join(
        part.tobytes() for part in (header, sentence.astype(_SENTENCE), scale.astype(_SCALE), signs)
    )


def decode_tokens(blob: bytes) -> TokenVectors:
    """The token vectors that ``encode_tokens`` coded; raises ``ValueError`` on a damaged blob."""
    if len(blob) < 2 * _HEADER.itemsize:
        raise ValueError("token codes are cut short")
    count, dimension = (int(n) for n in np.frombuffer(blob, _HEADER, 2))
    width = (dimension + 7) // 8
    if len(blob) != 2 * _HEADER.itemsize + count * (_PREFIX + width):
        raise ValueError("token codes do not have the length that they state")
    offset = 2 * _HEADER.itemsize
    sentence = np.frombuffer(blob, _SENTENCE, count, offset)
    scale = np.frombuffer(blob, _SCALE, count, offset + count * _SENTENCE.itemsize).astype(
        np.float32
    )
    packed = np.frombuffer(blob, np.uint8, count * width, offset + count * _PREFIX)
    bits = np.unpackbits(packed.reshape(count, width), axis=1, count=dimension)
    rotated = (bits.astype(np.float32) * 2.0 - 1.0) * scale[:, None]
    return TokenVectors(rotated, sentence)
