"""The sentence of an article that is most about a question, by the words they share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from eval.metrics import contains_answer
from eval.values import Passage
from rag.lexical import words
from rag.phrases import is_function_word
from rag.sentences import split_sentences
from rag.values import Span


def best_sentence(question: str, name: str, text: str) -> Passage | None:
    """The first of those that share most content words with the question; None without any."""
    return _best(question, name, text, _sentences(text))


def answering_sentence(
    question: str, name: str, text: str, answers: Sequence[str]
) -> Passage | None:
    """The same of the sentences that hold one of ``answers``; None where no sentence does."""
    if not contains_answer(text, answers):
        return None
    holding = [one for one in _sentences(text) if contains_answer(one[0].of(text), answers)]
    return _best(question, name, text, holding)


def _best(
    question: str, name: str, text: str, sentences: Sequence[tuple[Span, frozenset[str]]]
) -> Passage | None:
    if not sentences:
        return None
    asked = _content(question)
    span, _ = max(sentences, key=lambda sentence: len(asked & sentence[1]))
    return Passage(name, span.start, span.end, span.of(text))


@lru_cache(maxsize=2000)
def _sentences(text: str) -> list[tuple[Span, frozenset[str]]]:
    return [(span, _content(span.of(text))) for span in split_sentences(text)]


def _content(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in words(text) if not is_function_word(word.surface))
