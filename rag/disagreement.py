"""Articles that answer the same question with different figures.

A reader is not to be given one of two numbers as if nobody had written the other. Reports of the
same days are held against each other; what a later article says of a later state is an update,
and no disagreement. It is told only of figures: two dates or names in two articles are more often
of two things.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from rag.answering import cite, say_the_same
from rag.evidence import SentenceEvidence
from rag.figures import amounts, gives_amount
from rag.lexical import LexicalIndex, words
from rag.phrases import AMOUNTS, Kind, find_phrases, is_function_word
from rag.question import ANSWERING_KINDS, Expects, Question
from rag.short_answer import ShortAnswer
from rag.values import AnswerSentence, Span

# Reports that lie less than a week apart are of the same days.
SAME_DAYS = timedelta(days=6)
# How far behind the best sentence another may score, and how many are read for it.
MARGIN = 6.0
READ_SENTENCES = 24
# A phrase must be likelier than not to answer: see ``rag.short_answer``.
LIKELY = 0.5
# How much less of the question another sentence may speak of than the best one, of 1.
LESS_ASKED = 0.25
MOST_SIDES = 3
# Two figures agree within this share of the larger if one of them is rounded.
ROUNDING = Decimal("0.1")
# Reports of one thing seldom differ by more than this factor: 7 and 30 million miles are of two.
LARGEST_RATIO = 3

MESSAGE = "The articles do not agree. What each of them says, newest first:"

_ROUNDED = re.compile(
    r"\b(?:about|around|roughly|approximately|some|nearly|almost|estimated|over|under|more|less|"
    r"fewer|least|most|up|close|(?:exceed|surpass)(?:e?s|ed|ing)?|excess|above|below|beyond|"
    r"upwards?|maximum|minimum|perhaps|possibly)\b",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"\b(?:over|(?<!no )(?<!not )more than|at least|not? (?:fewer|less) than|"
    r"(?<!not )(?<!n['’]t )(?:exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?)|above|beyond|excess of|"
    r"upwards? of|minimum of)\b",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"\b(?:under|(?<!no )(?<!not )(?:less|fewer) than|at most|up to|not? more than|below|"
    r"(?:not|n['’]t) (?:exceed|surpass)(?:ing)?|maximum of)\b",
    re.IGNORECASE,
)
# Different words for those who are counted count the same.
_PERSONS = frozenset(
    ("peopl", "person", "passeng", "visitor", "spectat", "marcher", "protest", "particip",
     "resid", "inhabit", "worker", "employe", "job", "attende", "guest", "travel")
)  # fmt: skip

Phrases = Callable[[SentenceEvidence], ShortAnswer | None]


@dataclass(frozen=True, slots=True)
class Side:
    """A sentence that answers, and the phrase of it, by characters of the sentence."""

    sentence: SentenceEvidence
    phrase: Span

    @property
    def value(self) -> str:
        """The figure as it is written."""
        return self.phrase.of(self.sentence.text)


def disagreement(
    question: Question,
    ranked: Sequence[SentenceEvidence],
    phrase_of: Phrases,
    index: LexicalIndex,
) -> tuple[Side, ...]:
    """The sides of articles that give different figures, newest first; empty where they agree.

    ``ranked``: the sentences, best first; ``phrase_of`` gives the likeliest answer of one. Each
    side is of an article of its own, and no two give the same figure.
    """
    best = _side(question, ranked[0], phrase_of) if ranked else None
    if best is None:
        return ()
    asked = _Asked(question, index)
    wanted = asked.share(best.sentence) - LESS_ASKED
    sides = [best]
    for sentence in ranked[1:READ_SENTENCES]:
        if len(sides) == MOST_SIDES or sentence.score < ranked[0].score - MARGIN:
            break
        if not _is_another_report(sentence, sides) or asked.share(sentence) < wanted:
            continue
        side = _side(question, sentence, phrase_of)
        if side and all(_contradict(side, other) for other in sides):
            sides.append(side)
    if len(sides) == 1:
        return ()
    return tuple(sorted(sides, key=lambda side: side.sentence.article.date, reverse=True))


def quote_sides(sides: Sequence[Side]) -> tuple[AnswerSentence, ...]:
    """The sides as sentences of an answer, each with its footnote."""
    return tuple(
        AnswerSentence(
            text=side.sentence.text,
            citations=(cite(number, side.sentence.article, side.sentence.span),),
            score=side.sentence.score,
            highlight=side.phrase,
        )
        for number, side in enumerate(sides, start=1)
    )


class _Asked:
    """How much of a question sentences speak of, by the idf of its content words."""

    def __init__(self, question: Question, index: LexicalIndex) -> None:
        content = [word for word in words(question.text) if not is_function_word(word.surface)]
        self._idf = {word.stem: index.idf(word) for word in content}

    def share(self, sentence: SentenceEvidence) -> float:
        """The share in [0, 1] that a sentence has, with its neighbours and its article's title."""
        told = {word.stem for word in words(f"{sentence.article.title}\n{sentence.context}")}
        total = sum(self._idf.values())
        held = sum(idf for stem, idf in self._idf.items() if stem in told)
        return held / total if total else 0.0


def _side(question: Question, sentence: SentenceEvidence, phrase_of: Phrases) -> Side | None:
    """The side that a sentence takes; None if no figure of it is likely to answer."""
    phrase = phrase_of(sentence)
    if phrase is None or phrase.probability < LIKELY:
        return None
    side = Side(sentence, phrase.span)
    kind = _kind(side.value)
    expected = ANSWERING_KINDS.get(question.expects, AMOUNTS)
    if question.expects is Expects.NUMBER:
        expected -= {Kind.DURATION}  # "a 34-year-old" is no number of the dead
    return side if kind in expected & AMOUNTS and amounts(side.value) else None


def _is_another_report(sentence: SentenceEvidence, sides: Sequence[Side]) -> bool:
    """Whether it is of another article, of the same days, and no reprint."""
    for side in sides:
        one, other = sentence.article, side.sentence.article
        if one.id == other.id or not one.date or not other.date:
            return False
        if abs(date.fromisoformat(one.date) - date.fromisoformat(other.date)) > SAME_DAYS:
            return False
        if say_the_same(sentence.text, side.sentence.text):
            return False
    return True


def _contradict(one: Side, other: Side) -> bool:
    """Whether two figures are of the same unit and cannot both be right."""
    if _kind(one.value) is not _kind(other.value) or not _same_unit(one.value, other.value):
        return False
    for here, there in ((one, other), (other, one)):
        if any(gives_amount(*amount, there.sentence.text) for amount in amounts(here.value)):
            return False
    return _is_near(one.value, other.value) and not _compatible(one.value, other.value)


def _is_near(one: str, other: str) -> bool:
    """Whether two figures are of one size, as reports of the same thing are."""
    (low, high), (low_other, high_other) = _range(one), _range(other)
    return high <= LARGEST_RATIO * low_other and high_other <= LARGEST_RATIO * low


def _compatible(one: str, other: str) -> bool:
    """Whether rounding, or a bound such as *at least*, lets both be right."""
    (low, high), (low_other, high_other) = _range(one), _range(other)
    if low <= high_other and low_other <= high:
        return True
    lower, upper = (one, other) if high < low_other else (other, one)
    if _AT_LEAST.search(lower) or _AT_MOST.search(upper):
        return True
    gap = max(low, low_other) - min(high, high_other)
    rounded = _is_rounded(one) or _is_rounded(other)
    return rounded and gap <= ROUNDING * max(high, high_other)


def _is_rounded(text: str) -> bool:
    """Whether a figure says that it is rounded, or has one digit that tells: 7 million, $4."""
    digits = "".join(re.findall(r"\d", text)).strip("0")
    return bool(_ROUNDED.search(text)) or len(digits) <= 1


def _range(text: str) -> tuple[Decimal, Decimal]:
    values = [value for _, value in amounts(text)]
    return min(values), max(values)


def _same_unit(one: str, other: str) -> bool:
    units, units_other = _units(one), _units(other)
    if units & _PERSONS and units_other & _PERSONS:
        return True
    return units == units_other or bool(units & units_other)


def _units(text: str) -> set[str]:
    """The words of a figure beside its number: what is counted or measured."""
    figure = re.sub(r"\b(?:hundred|thousand|million|billion|trillion|percent|per cent)\b", "", text)
    figure = _ROUNDED.sub("", figure)
    return {
        word.stem
        for word in words(figure)
        if not word.surface[0].isdigit() and not is_function_word(word.surface)
    }


def _kinds(text: str) -> Iterator[Kind]:
    return (phrase.kind for phrase in find_phrases(text) if phrase.kind in AMOUNTS)


def _kind(text: str) -> Kind | None:
    return next(_kinds(text), None)
