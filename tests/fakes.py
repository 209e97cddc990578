"""Real implementations of our protocols, small and deterministic, for tests.

``WordEmbedder`` counts words in hashed buckets: two texts are as near as the words they share,
so that a test can say which of them must rank first.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

import numpy as np

from rag.embedding import Passage, PassageVectors, QuestionVectors
from rag.token_codes import TITLE, encode_tokens

TITLE_TOKENS = 32
_WORD = re.compile(r"\w+")


class WordEmbedder:
    """An ``Embedder`` without a model; a token is a word.

    It writes down what it embeds: ``passages`` in order, so that a test can count them. After
    ``fail_after`` passages it raises ``RuntimeError``, as a process that is interrupted.
    """

    def __init__(
        self,
        name: str = "words",
        fingerprint: str = "1",
        dimension: int = 64,
        max_tokens: int = 256,
        fail_after: int | None = None,
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.fail_after = fail_after
        self.passages: list[Passage] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_words(text)) for text in texts]

    def title_cost(self, title: str) -> int:
        return min(len(_words(title)), TITLE_TOKENS)

    def embed_passages(
        self,
        passages: Sequence[Passage],
        on_progress: Callable[[int, int], None] | None = None,
    ) -> list[PassageVectors]:
        self.passages += passages
        if self.fail_after is not None and len(self.passages) > self.fail_after:
            raise RuntimeError("interrupted")
        if on_progress is not None:
            on_progress(len(passages), len(passages))
        return [self._embed(passage) for passage in passages]

    def embed_question(self, text: str) -> QuestionVectors:
        tokens = np.array([self._word(word) for word in _words(text)], dtype=np.float32)
        return QuestionVectors(
            self._sum([text]), tokens.reshape(-1, self.dimension), self.token_spans(text)
        )

    def token_spans(self, text: str) -> np.ndarray:
        spans = np.array([match.span() for match in _WORD.finditer(text)], dtype=np.int64)
        return spans.reshape(-1, 2)

    def _embed(self, passage: Passage) -> PassageVectors:
        title = _words(passage.title)[:TITLE_TOKENS]
        pairs = [(TITLE, word) for word in title]
        pairs += [(i, word) for i, text in enumerate(passage.sentences) for word in _words(text)]
        vectors = np.array([self._word(word) for _, word in pairs], dtype=np.float32)
        numbers = np.array([number for number, _ in pairs], dtype=np.uint16)
        tokens = encode_tokens(vectors.reshape(-1, self.dimension), numbers)
        return PassageVectors(self._sum([passage.title, *passage.sentences]), tokens)

    def _word(self, word: str) -> np.ndarray:
        vector = np.zeros(self.dimension, dtype=np.float32)
        digest = hashlib.sha256(word.lower().encode()).digest()
        vector[int.from_bytes(digest[:4], "little") % self.dimension] = 1.0
        return vector

    def _sum(self, texts: Sequence[str]) -> np.ndarray:
        total = np.full(self.dimension, 1e-3, dtype=np.float32)  # also no words make a unit
        for text in texts:
            for word in _words(text):
                total += self._word(word)
        return total / np.linalg.norm(total)


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
