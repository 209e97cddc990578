"""Late interaction says what a loop over sentences says."""

from __future__ import annotations

import numpy as np
import pytest

from rag.embedding import QuestionVectors
from rag.lexical import LexicalIndex, encode_terms, words
from rag.matching import ABSENT, Matches, QuestionTokens, after, before, match, question_tokens
from rag.token_codes import TITLE, decode_tokens, encode_tokens

DIMENSION = 24
INDEX = LexicalIndex([("a", encode_terms("the bridge opened")), ("b", encode_terms("a zoo"))])
# The sentence number of each token, for each candidate; sentence 1 of the third has no token.
LAYOUTS = ([TITLE, TITLE, 0, 0, 1, 2, 2, 2], [0, 1, 1], [TITLE, 0, 2, 2], [TITLE], [])


def vectors(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)


def question(text: str = "When did the bridge open?") -> QuestionTokens:
    """A question whose tokens are: [CLS], each word, [SEP]; long words have two."""
    spans = [(0, 0)]
    for word in words(text):
        middle = word.start + 3 if word.end - word.start > 4 else word.end
        spans += [(word.start, middle)] + ([(middle, word.end)] if middle < word.end else [])
    spans.append((0, 0))
    tokens = vectors(len(spans), 99)
    return question_tokens(QuestionVectors(tokens[0], tokens, np.array(spans)), words(text), INDEX)


def blobs() -> list[bytes]:
    return [
        encode_tokens(vectors(len(layout), seed).reshape(-1, DIMENSION), np.array(layout, int))
        for seed, layout in enumerate(LAYOUTS)
    ]


@pytest.fixture(scope="module")
def asked() -> QuestionTokens:
    return question()


@pytest.fixture(scope="module")
def matches(asked: QuestionTokens) -> Matches:
    return match(asked, blobs())


def best(asked: QuestionTokens, tokens: list[np.ndarray]) -> list[float]:
    return [max((float(t @ q) for t in tokens), default=ABSENT) for q in asked.rotated]


def test_rows_are_the_sentences_that_have_tokens_in_order(matches: Matches) -> None:
    expected = [
        (candidate, number)
        for candidate, layout in enumerate(LAYOUTS)
        for number in sorted(set(layout) - {TITLE})
    ]
    assert list(zip(matches.chunk.tolist(), matches.number.tolist(), strict=True)) == expected


def test_similarities_are_those_of_a_loop(asked: QuestionTokens, matches: Matches) -> None:
    for candidate, blob in enumerate(blobs()):
        decoded = decode_tokens(blob)
        of = {
            number: [
                vector
                for vector, owner in zip(decoded.rotated, decoded.sentence, strict=True)
                if owner == number
            ]
            for number in set(decoded.sentence.tolist()) | {TITLE}
        }
        everything = [vector for group in of.values() for vector in group]
        np.testing.assert_allclose(matches.title[candidate], best(asked, of[TITLE]), atol=1e-5)
        whole = np.maximum(best(asked, everything), ABSENT)
        np.testing.assert_allclose(matches.whole[candidate], whole, atol=1e-5)
        for row in np.flatnonzero(matches.chunk == candidate):
            group = of[int(matches.number[row])]
            np.testing.assert_allclose(matches.tokens[row], best(asked, group), atol=1e-5)
            pooled = np.sum(group, axis=0)
            cosine = pooled @ asked.vector / np.linalg.norm(pooled)
            assert matches.cosine[row] == pytest.approx(cosine, abs=1e-5)


def test_neighbours_stay_inside_their_chunk(matches: Matches) -> None:
    previous, following = before(matches), after(matches)
    rows = list(range(len(matches.chunk)))
    for row in rows:
        same = [other for other in rows if matches.chunk[other] == matches.chunk[row]]
        expected = matches.title[matches.chunk[row]] if row == same[0] else matches.tokens[row - 1]
        np.testing.assert_array_equal(previous[row], expected)
        expected = np.full_like(expected, ABSENT) if row == same[-1] else matches.tokens[row + 1]
        np.testing.assert_array_equal(following[row], expected)


@pytest.mark.parametrize("layouts", [[[]], [[TITLE]], [[], [TITLE], []]])
def test_candidates_without_a_sentence_to_read_give_no_rows(layouts: list[list[int]]) -> None:
    blank = [
        encode_tokens(vectors(len(layout), 1).reshape(-1, DIMENSION), np.array(layout, int))
        for layout in layouts
    ]
    found = match(question(), blank)
    assert found.chunk.shape == found.number.shape == found.cosine.shape == (0,)
    assert before(found).shape == after(found).shape == found.tokens.shape
    assert len(found.title) == len(found.whole) == len(layouts)


def test_weights_are_each_words_idf_shared_among_its_tokens(asked: QuestionTokens) -> None:
    assert asked.weights.sum() == pytest.approx(1)
    assert asked.owner[0] == asked.owner[-1] == -1
    assert asked.weights[0] == asked.weights[-1] == 0
    for place, word in enumerate(asked.words):
        share = INDEX.idf(word) / asked.idf.sum()
        assert asked.weights[asked.owner == place].sum() == pytest.approx(share, rel=1e-4)
    place = [word.surface for word in asked.words].index("bridge")
    assert (asked.owner == place).sum() == 2


def test_a_token_that_counts_the_space_before_it_belongs_to_its_word() -> None:
    spans = np.array([(0, 3), (3, 10)])  # "the", " bridge"
    asked = question_tokens(
        QuestionVectors(vectors(1, 0)[0], vectors(2, 1), spans), words("the bridge"), INDEX
    )
    assert asked.owner.tolist() == [0, 1]


def test_a_question_without_words_weighs_nothing() -> None:
    asked = question("?!")
    assert not asked.weights.any()
    assert np.isfinite(match(asked, blobs()).tokens).all()
