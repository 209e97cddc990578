"""From checked sentences to an answer: what stays, what its quote replaces, what is dropped.

Nothing here trusts the model. A sentence stays when the evidence bears it out and it is about
what was asked; the sentence that answers is always there, in the model's words or in its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.answering import SEVERAL_MARGIN, SINGLE_MARGIN, cite, say_the_same
from rag.claim_checking import Checked, Evidence
from rag.evidence import SentenceEvidence
from rag.lexical import words
from rag.phrases import is_function_word
from rag.premises import unmet_premises
from rag.prompting import Unit
from rag.question import Question
from rag.roles import roles_swapped
from rag.values import (
    SURE_SHORT_ANSWER,
    AnswerSentence,
    Citation,
    RejectedSentence,
    Span,
    Support,
    Verdict,
)

# A sentence of fewer words that tell something is a fragment ("Only 5."): words of an article
# torn out of it bear themselves out, whatever they said there.
LEAST_TELLING_WORDS = 3

NOT_ABOUT_IT = "It is not about what was asked."
FRAGMENT = "It is a fragment, which says nothing by itself."
SAID_ALREADY = "It says again what was said."
SWAPPED = "It tells what was asked with the actors the other way."


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer must hold: the question, and how the articles answer it without a model.

    ``telling``: the sentence that answers, one of ``chosen``; ``phrase``: the phrase in it that
    answers, as a span of its text, with the probability that it does.
    """

    question: Question
    chosen: tuple[SentenceEvidence, ...]
    telling: SentenceEvidence
    phrase: Span | None
    phrase_confidence: float
    max_sentences: int

    @property
    def phrase_text(self) -> str:
        """The answering phrase, empty where there is none."""
        return self.phrase.of(self.telling.text) if self.phrase else ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A sentence of the answer under way: a claim with its verdict, or a quote without one.

    ``drafted``: the model wrote it, be it word for word from the quote.
    """

    text: str
    cited: Evidence
    verdict: Verdict | None = None
    drafted: bool = False

    @property
    def units(self) -> frozenset[tuple[str, Span]]:
        """The sentences of articles that it rests on."""
        return frozenset((unit.article.id, unit.span) for unit in self.cited.units)


@dataclass
class Mending:
    """An answer under way: add checked sentences one by one, then ``settle`` it."""

    basis: Basis
    kept: list[Kept] = field(default_factory=list)
    rejected: list[RejectedSentence] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether the model needs to write no more: it said enough, or repeats itself."""
        texts = [rejected.text for rejected in self.rejected]
        return len(self.kept) >= self.basis.max_sentences or len(set(texts)) < len(texts)

    def add(self, checked: Checked) -> None:
        """Keep a checked sentence, or put the quote that it came from in its place, or drop it."""
        if self.is_over:
            return
        problem = self._problem(checked)
        if problem is None and checked.cited is not None:
            self.kept.append(_kept(checked.sentence.text, checked.verdict, checked.cited))
            return
        problem = problem or checked.verdict
        self.rejected.append(RejectedSentence(checked.sentence.text, problem))
        if checked.verdict.label is not Support.SUPPORTED and checked.nearest is not None:
            self._quote(checked.nearest)

    def settle(self) -> tuple[AnswerSentence, ...]:
        """The answer's sentences, footnotes numbered in reading order; empty to quote instead.

        Empty where no sentence of the model stands, and where those that do no longer answer the
        question as it was asked.
        """
        if not any(kept.drafted for kept in self.kept):
            return ()
        if not any(self._carries(kept) for kept in self.kept):
            self.kept.insert(0, _quoted(self._telling_unit()))
        sentences = self._within_limit()
        if not any(kept.drafted for kept in sentences) or not self._answers(sentences):
            return ()
        return number(sentences, self.basis)

    def so_far(self) -> tuple[AnswerSentence, ...]:
        """The confirmed sentences as they stand, for a reader who watches."""
        return number(self.kept, self.basis)

    def _problem(self, checked: Checked) -> Verdict | None:
        """Why a sentence does not stay; None where it does."""
        if checked.verdict.label is not Support.SUPPORTED or checked.cited is None:
            return checked.verdict
        text = checked.sentence.text
        margin = SEVERAL_MARGIN if self.basis.question.several else SINGLE_MARGIN
        if checked.cited.score < self.basis.telling.score - margin:
            return Verdict(Support.UNSUPPORTED, NOT_ABOUT_IT)
        if _is_fragment(text, self.basis.phrase_text):
            return Verdict(Support.PARTLY, FRAGMENT)
        if any(say_the_same(text, kept.text) for kept in self.kept):
            return replace(checked.verdict, reason=SAID_ALREADY)
        if roles_swapped(self.basis.question.text, text):
            return Verdict(Support.UNSUPPORTED, SWAPPED)
        return None

    def _quote(self, unit: Unit) -> None:
        """The quoted sentence, if it answers: one that the engine itself chose, not yet there."""
        place = (unit.article.id, unit.span)
        chosen = {(s.article.id, s.span) for s in self.basis.chosen}
        there = frozenset().union(*(kept.units for kept in self.kept))
        if place in chosen and place not in there and len(self.kept) < self.basis.max_sentences:
            self.kept.append(_quoted(unit))

    def _carries(self, kept: Kept) -> bool:
        """Whether a sentence holds what answers: its evidence, and the phrase if that is sure."""
        telling = self.basis.telling
        if (telling.article.id, telling.span) not in kept.units:
            return False
        if kept.verdict is None or not self.basis.phrase_text:
            return True
        sure = self.basis.phrase_confidence >= SURE_SHORT_ANSWER
        return not sure or _find(self.basis.phrase_text, kept.text) is not None

    def _telling_unit(self) -> Unit:
        telling = self.basis.telling
        return Unit(telling.article, telling.span, telling.score)

    def _within_limit(self) -> list[Kept]:
        """The first sentences, as many as may be, the one that answers among them."""
        sentences = list(self.kept)
        while len(sentences) > self.basis.max_sentences:
            loose = [kept for kept in sentences if not self._carries(kept)]
            sentences.remove((loose or sentences)[-1])
        return sentences

    def _answers(self, sentences: Sequence[Kept]) -> bool:
        """Whether what is left answers the question as it was asked, decided anew."""
        carrying = next(kept for kept in sentences if self._carries(kept))
        telling = self.basis.telling
        near = f"{carrying.text}\n{telling.context}"
        return not unmet_premises(self.basis.question, telling.article, carrying.text, near).fail


def number(sentences: Sequence[Kept], basis: Basis) -> tuple[AnswerSentence, ...]:
    """The sentences with footnotes numbered as they are read; equal quotes share a number."""
    numbers: dict[tuple[str, Span], int] = {}

    return tuple(
        AnswerSentence(
            text=kept.text,
            citations=(_cite(numbers, kept.cited),),
            score=kept.cited.score,
            highlight=_find(basis.phrase_text, kept.text) if _tells(kept, basis) else None,
            verdict=kept.verdict,
        )
        for kept in sentences
    )


def _cite(numbers: dict[tuple[str, Span], int], evidence: Evidence) -> Citation:
    number = numbers.setdefault(evidence.place, len(numbers) + 1)
    return cite(number, evidence.units[0].article, evidence.span)


def _tells(kept: Kept, basis: Basis) -> bool:
    return (basis.telling.article.id, basis.telling.span) in kept.units


def _kept(text: str, verdict: Verdict, cited: Evidence) -> Kept:
    """A confirmed sentence; one that is its quote word for word is that quote."""
    if " ".join(cited.text.split()) == text:
        return Kept(cited.text, cited, drafted=True)
    return Kept(text, cited, verdict, drafted=True)


def _quoted(unit: Unit) -> Kept:
    return Kept(unit.text, Evidence((unit,)))


def _find(phrase: str, text: str) -> Span | None:
    """Where ``phrase`` stands in ``text`` as whole words, whatever its case."""
    if not phrase:
        return None
    start = text.lower().find(phrase.lower())
    while start >= 0:
        end = start + len(phrase)
        before, behind = text[:start][-1:], text[end : end + 1]
        if not before.isalnum() and not behind.isalnum():
            return Span(start, end)
        start = text.lower().find(phrase.lower(), start + 1)
    return None


def _is_fragment(text: str, phrase: str) -> bool:
    telling = [word for word in words(text) if not is_function_word(word.surface)]
    return len(telling) < LEAST_TELLING_WORDS and not (phrase and _find(phrase, text))
