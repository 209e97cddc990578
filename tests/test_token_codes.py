"""One-bit codes: the rotation never changes, estimates are unbiased, damage is noticed."""

from __future__ import annotations

import numpy as np
import pytest

from rag.token_codes import TITLE, decode_tokens, encode_tokens, rotate

DIMENSIONS = (8, 13, 384)


def unit_vectors(count: int, dimension: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_rotation_is_orthonormal(dimension: int) -> None:
    rotation = rotate(np.eye(dimension, dtype=np.float32))
    assert rotation.dtype == np.float32
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(dimension), atol=2e-6)
    vectors = unit_vectors(20, dimension)
    rotated = rotate(vectors)
    np.testing.assert_allclose(rotated @ rotated.T, vectors @ vectors.T, atol=1e-5)


def test_the_rotation_is_the_one_that_stored_indexes_were_written_with() -> None:
    rotation = rotate(np.eye(384, dtype=np.float32))
    some = [rotation[0, 0], rotation[0, 1], rotation[0, 3], rotation[5, 7], rotation[383, 383]]
    np.testing.assert_allclose(some, [0.07817, 0.06758, -0.01742, 0.01580, -0.03914], atol=1e-5)
    assert rotation.sum() == pytest.approx(-4.71761, abs=1e-3)


def test_vectors_are_normalised_before_they_are_rotated() -> None:
    vectors = unit_vectors(5, 16)
    np.testing.assert_allclose(rotate(vectors * 7), rotate(vectors), atol=1e-6)


def test_inner_products_are_estimated_without_bias_and_within_the_error_of_rabitq() -> None:
    """The paper's error for one bit a dimension: sqrt((1 - c^2) / c^2 / (D - 1)), c about 0.8."""
    dimension = 384
    questions, tokens = unit_vectors(200, dimension, 1), unit_vectors(500, dimension, 2)
    tokens[:100] = questions[:100] + 0.5 * tokens[:100]  # some that are truly near
    coded = decode_tokens(encode_tokens(tokens, np.zeros(len(tokens), np.int64)))
    truth = rotate(questions) @ rotate(tokens).T
    error = rotate(questions) @ coded.rotated.T - truth
    allowed = np.sqrt((1 - 0.8**2) / 0.8**2 / (dimension - 1))
    assert abs(error.mean()) < allowed / 50
    assert error.std() < 1.05 * allowed
    assert np.abs(error).max() < 6 * allowed
    near = truth > 0.7
    assert near.sum() >= 100
    assert abs(error[near].mean()) < 4 * allowed / np.sqrt(near.sum())


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_sentence_numbers_and_signs_come_back(dimension: int) -> None:
    vectors = unit_vectors(7, dimension)
    numbers = np.array([TITLE, TITLE, 0, 0, 1, 300, 65_534])
    coded = decode_tokens(encode_tokens(vectors, numbers))
    assert coded.sentence.tolist() == numbers.tolist()
    assert coded.rotated.shape == (7, dimension)
    assert ((coded.rotated >= 0) == (rotate(vectors) >= 0)).all()


def test_a_token_takes_forty_nine_bytes_and_a_sentence_six() -> None:
    vectors, numbers = unit_vectors(10, 384), np.repeat([TITLE, 0, 1], [3, 5, 2])
    blob = encode_tokens(vectors, numbers)
    assert len(blob) == 20 + 10 * 49 + 3 * 6


def test_codes_are_the_same_each_time() -> None:
    vectors, numbers = unit_vectors(10, 384), np.arange(10)
    blob = encode_tokens(vectors, numbers)
    assert blob == encode_tokens(vectors, numbers)


def test_no_tokens_and_tokens_of_zeros_are_codes_too() -> None:
    nothing = decode_tokens(encode_tokens(np.zeros((0, 8), np.float32), np.zeros(0, np.int64)))
    assert nothing.rotated.shape == (0, 8)
    zeros = decode_tokens(encode_tokens(np.zeros((2, 8), np.float32), np.array([0, 1])))
    assert not zeros.rotated.any()


@pytest.mark.parametrize(
    "damaged",
    [
        lambda blob: blob[:0],
        lambda blob: blob[:5],
        lambda blob: blob[:-1],
        lambda blob: blob + b"\0",
        lambda blob: b"\xff" * 8 + blob[8:],
        lambda blob: blob[:22] + b"\xff" + blob[23:],
    ],
)
def test_damaged_codes_are_refused(damaged) -> None:
    blob = encode_tokens(unit_vectors(3, 16), np.arange(3))
    with pytest.raises(ValueError, match="token codes"):
        decode_tokens(damaged(blob))
