"""Which sentences to take out of the articles so that a question can no longer be answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from eval.edits import Edit, removals
from eval.metrics import contains_answer, normalise
from eval.values import Gold, Question
from rag.lexical import words
from rag.phrases import is_function_word
from rag.sentences import split_sentences
from rag.values import Span

# A sentence that is left tells the fact as well if it has the answer and so much of the question.
RETOLD = 0.5

Spans = frozenset[tuple[str, int, int]]


class Articles:
    """Articles by name, to look for the sentences that tell a fact."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._sentences: dict[str, list[Span]] = {}

    def telling(self, gold: Gold) -> Spans:
        """The sentences with gold evidence, wherever its words stand: reprints tell it as well.

        Evidence that is only a part of a sentence, as in SQuAD, stands for the sentence in its
        own article, and for nothing elsewhere: "1911" may be anybody's year.
        """
        whole = {
            (passage.doc_id, sentence.start, sentence.end)
            for passage in gold.evidence
            for sentence in self._split(passage.doc_id)
            if sentence.start < passage.end and passage.start < sentence.end
        }
        quotes = {self._texts[name][start:end] for name, start, end in whole}
        reprints = {
            (name, start, start + len(quote))
            for quote in quotes
            for name, text in self._texts.items()
            for start in _places(quote, text)
        }
        return frozenset(whole | reprints)

    def share_removed(self, spans: Spans) -> float:
        """The largest share of one article's characters that the spans cover."""
        lengths = {
            name: sum(edit.end - edit.start for edit in edits)
            for name, edits in self.edits(spans).items()
        }
        return max((lengths[name] / len(self._texts[name]) for name in lengths), default=0.0)

    def retell(self, question: Question, gold: Gold, removed: Spans) -> bool:
        """Whether a sentence that is left has a gold answer and half of the question's words."""
        asked = _content(question.text)
        wanted = [f" {normalise(answer)} " for answer in gold.answers]
        return any(
            contains_answer(sentence, gold.answers)
            and len(asked & _content(sentence)) >= RETOLD * len(asked)
            for name, plain in self._plain.items()
            if any(answer in plain for answer in wanted)
            for sentence in self._left(name, removed)
        )

    def edits(self, spans: Spans) -> dict[str, list[Edit]]:
        """What takes the spans out, by article, each with the blanks behind it."""
        found: dict[str, list[tuple[int, int]]] = {}
        for name, start, end in spans:
            behind = self._texts[name][end:]
            blanks = len(behind) - len(behind.lstrip(" \t"))
            found.setdefault(name, []).append((start, end + blanks))
        return {name: removals(places) for name, places in found.items()}

    @cached_property
    def _plain(self) -> dict[str, str]:
        return {name: f" {normalise(text)} " for name, text in self._texts.items()}

    def _split(self, name: str) -> list[Span]:
        if name not in self._sentences:
            self._sentences[name] = split_sentences(self._texts[name])
        return self._sentences[name]

    def _left(self, name: str, removed: Spans) -> Iterator[str]:
        gone = [(start, end) for doc, start, end in removed if doc == name]
        for span in self._split(name):
            if not any(start < span.end and span.start < end for start, end in gone):
                yield span.of(self._texts[name])


def _places(quote: str, text: str) -> Iterator[int]:
    start = text.find(quote)
    while start >= 0:
        yield start
        start = text.find(quote, start + 1)


def _content(text: str) -> set[str]:
    return {word.stem for word in words(text) if not is_function_word(word.surface)}
