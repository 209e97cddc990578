"""Late interaction: how well each sentence of the candidate chunks matches each word of a question.

For every token of the question, the best similarity among a sentence's tokens (MaxSim of
ColBERT: Khattab and Zaharia, SIGIR 2020), with the embedder's own token vectors, weighted by how
much the question's words tell (idf). A sentence's vector is pooled from the same tokens, in the
context of its chunk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.embedding import QuestionVectors
from rag.lexical import LexicalIndex, Word
from rag.token_codes import TITLE, TokenVectors, decode_tokens, rotate

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.intp]

# The similarity that stands for "no such token here": below what unrelated tokens have.
ABSENT = -0.2


@dataclass(frozen=True, slots=True)
class QuestionTokens:
    """A question's tokens for matching.

    ``words``: its words; ``idf``: float32 [words]; ``rotated``: float32 [tokens, dimension];
    ``vector``: float32 [dimension], rotated; ``weights``: float32 [tokens], each word's idf
    shared among its tokens, summing to 1 (all 0 for a question without words); ``owner``: int
    [tokens], the word of each token, -1 for special tokens and punctuation.
    """

    words: tuple[Word, ...]
    idf: Floats
    rotated: Floats
    vector: Floats
    weights: Floats
    owner: Integers


@dataclass(frozen=True, slots=True)
class Matches:
    """Similarities of the candidates' sentences with the question's tokens.

    ``chunk``, ``number``: int [sentences], the candidate that each row belongs to and its number
    there; ``tokens``: float32 [sentences, question tokens], best similarity of each question
    token; ``title``, ``whole``: float32 [candidates, question tokens], the same for the title
    and for title and sentences together; ``cosine``: float32 [sentences].
    ``vectors``: the candidates' token vectors.
    Rows are sorted by candidate, then by number.
    """

    chunk: Integers
    number: Integers
    tokens: Floats
    title: Floats
    whole: Floats
    cosine: Floats
    vectors: tuple[TokenVectors, ...]


def question_tokens(
    vectors: QuestionVectors, words: Sequence[Word], index: LexicalIndex
) -> QuestionTokens:
    """The question's tokens with the weights of their words, from the chunks' idf."""
    idf = np.array([index.idf(word) for word in words], dtype=np.float32)
    owner = np.full(len(vectors.spans), -1, dtype=np.intp)
    for token, (start, end) in enumerate(vectors.spans):
        for place, word in enumerate(words):
            # By its last character: some tokenizers count the space before a word to it.
            if start < end and word.start <= end - 1 < word.end:
                owner[token] = place
                break
    pieces = Counter(owner.tolist())
    weights = np.array(
        [idf[place] / pieces[int(place)] if place >= 0 else 0.0 for place in owner],
        dtype=np.float32,
    )
    total = float(weights.sum())
    return QuestionTokens(
        words=tuple(words),
        idf=idf,
        rotated=rotate(vectors.tokens),
        vector=rotate(vectors.vector[None, :])[0],
        weights=weights / total if total else weights,
        owner=owner,
    )


def match(question: QuestionTokens, blobs: Sequence[bytes]) -> Matches:
    """Match the question with the token codes of the candidates, given in order."""
    decoded = [decode_tokens(blob) for blob in blobs]
    sizes = [len(tokens.sentence) for tokens in decoded]
    rotated = np.concatenate([tokens.rotated for tokens in decoded])
    sentence = np.concatenate([tokens.sentence for tokens in decoded]).astype(np.intp)
    chunk = np.repeat(np.arange(len(decoded)), sizes)
    similarity = rotated @ question.rotated.T

    # Tokens lie in order, so each (candidate, sentence) is one run: reduce over the runs.
    starts = np.flatnonzero(_changes(chunk) | _changes(sentence))
    best = np.maximum.reduceat(similarity, starts, axis=0)
    pooled = np.add.reduceat(rotated, starts, axis=0)
    run_chunk, run_sentence = chunk[starts], sentence[starts]

    whole = np.full((len(decoded), similarity.shape[1]), ABSENT, dtype=np.float32)
    np.maximum.at(whole, run_chunk, best)
    is_title = run_sentence == TITLE
    title = np.full_like(whole, ABSENT)
    title[run_chunk[is_title]] = best[is_title]
    norms = np.linalg.norm(pooled, axis=1)
    cosine = pooled @ question.vector / np.maximum(norms, np.finfo(np.float32).tiny)
    rows = ~is_title
    return Matches(
        chunk=run_chunk[rows],
        number=run_sentence[rows],
        tokens=best[rows],
        title=title,
        whole=whole,
        cosine=cosine[rows],
        vectors=tuple(decoded),
    )


def before(matches: Matches) -> Floats:
    """Each sentence's predecessor in its chunk (the title for the first): [sentences, tokens]."""
    previous = np.empty_like(matches.tokens)
    previous[1:] = matches.tokens[:-1]
    first = _changes(matches.chunk)
    previous[first] = matches.title[matches.chunk[first]]
    return previous


def after(matches: Matches) -> Floats:
    """Each sentence's successor in its chunk: [sentences, question tokens]."""
    following = np.full_like(matches.tokens, ABSENT)
    same = np.diff(matches.chunk) == 0
    following[:-1][same] = matches.tokens[1:][same]
    return following


def _changes(values: Integers) -> npt.NDArray[np.bool_]:
    """Whether each value differs from the one before it; the first does, if there is one."""
    changed = np.ones(len(values), dtype=bool)
    changed[1:] = np.diff(values) != 0
    return changed
