"""Example questions made from the indexed articles: each one is answered from its own sentence.

Sentences of a few plain English shapes are turned into questions ("X is expected to sign Y" asks
what X is expected to do). The turn is only a guess, so the engine is asked, and a question is
kept only when its answer cites the sentence that it was made from. Articles in other languages
yield no examples, which the page can do without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rag.sentences import split_sentences
from rag.values import Answer, Article, Span, Status, Turn

if TYPE_CHECKING:
    from re import Match

EXAMPLES = 4
# Questions put to the engine at start-up at most, each a fraction of a second.
TRIES = 16
# Examples come from the first articles: reading thousands would delay the start.
ARTICLES_READ = 40
# What is left of a long sentence makes no question that reads well.
_LONGEST_SENTENCE = 320
_LONGEST_QUESTION = 110

_NAME = r"[A-Z][\w’'.-]*[\w](?: (?:[A-Z][\w’'-]*\w|of|de|van|von|bin|al))*? [A-Z][\w’'-]*\w"
_SUBJECT = r"(?P<subject>[A-Z][\w’'-]*(?: [\w’'-]+){0,5}?)"
_CAPITALISED = re.compile(r"\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
_SPEAKERS = (
    re.compile(rf"[,.”\"] ?said (?:[\w’'-]+ ){{0,4}}?(?P<name>{_NAME})[.,]?$"),
    re.compile(rf"[,.”\"] ?(?P<name>{_NAME}) said[.,]?$"),
    re.compile(rf"^(?P<name>{_NAME}) said\b"),
)
_EXPECTED = re.compile(
    rf"^{_SUBJECT} (?P<verb>is|are|was|were) expected to (?P<deed>\w+) (?P<rest>.+)$"
)
_DATED = re.compile(r"^(?P<deed>.+?),? (?:by|in|on) [^,.]*\b(?:19|20)\d\d\b")
_FUTURE = re.compile(rf"^{_SUBJECT} will (?P<deed>(?!be\b|not\b)[a-z]+) (?P<rest>.*\d.*)$")
# "Rostec CEO Sergey Chemezov": what stands before the name, up to a title in capitals.
_TITLE = re.compile(r"^.*\b[A-Z]{2,} (?=[A-Z])")
# Words that begin a sentence with a capital without being a name.
_OWN_WORDS = frozenset(
    {"The", "This", "That", "These", "Those", "A", "An", "It", "He", "She", "They", "We", "I"}
    | {"In", "On", "At", "But", "And", "For", "By", "With", "More", "Some", "Most", "Many"}
)
# A question goes to the page as it is: markup of an article makes none.
_PLAIN = re.compile(r"[\w ,.’'$€£%&-]+\?")


class Candidate(NamedTuple):
    """A question, and the sentence that it was made from and must be answered by."""

    question: str
    article_id: str
    span: Span


class Asked(Protocol):
    """What is needed of a ``rag.engine.QueryEngine``."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question."""


def example_questions(
    engine: Asked, articles: Iterable[Article], limit: int = EXAMPLES
) -> tuple[str, ...]:
    """Up to ``limit`` questions that the engine answers from the sentence they were made from.

    The articles take turns, so that the examples show what the collection is about.
    """
    by_article = [list(candidates(article)) for article in islice(articles, ARTICLES_READ)]
    in_turn = (found for turn in zip_longest(*by_article) for found in turn if found)
    kept: list[str] = []
    for candidate in islice(in_turn, TRIES):
        if _is_answered(candidate, engine.ask(candidate.question)):
            kept.append(candidate.question)
        if len(kept) == limit:
            break
    return tuple(kept)


def candidates(article: Article) -> Iterator[Candidate]:
    """Questions made from an article, one a sentence, those of different shapes taking turns."""
    shapes: dict[str, list[Candidate]] = {}
    for span in split_sentences(article.text):
        if any(span.overlaps(skipped) for skipped in article.boilerplate):
            continue
        sentence = span.of(article.text)
        if len(sentence) > _LONGEST_SENTENCE or "\n" in sentence:
            continue
        shape, question = _question(sentence)
        if _PLAIN.fullmatch(question) and len(question) <= _LONGEST_QUESTION:
            shapes.setdefault(shape, []).append(Candidate(question, article.id, span))
    for turn in zip_longest(*shapes.values()):
        yield from (candidate for candidate in turn if candidate)


def _question(sentence: str) -> tuple[str, str]:
    """The shape of a sentence and the question it makes; two empty strings where it has none."""
    if found := _EXPECTED.match(sentence):
        return _about_expectation(found)
    if found := _FUTURE.match(sentence):
        return "future", f"What will {_inside(found['subject'])} {found['deed']}?"
    for pattern in _SPEAKERS:
        if found := pattern.search(sentence):
            return _about_speech(sentence, found)
    return "", ""


def _about_expectation(found: Match[str]) -> tuple[str, str]:
    subject, verb = _inside(found["subject"]), found["verb"]
    if dated := _DATED.match(f"{found['deed']} {found['rest']}"):
        return "when", f"When {verb} {subject} expected to {dated['deed']}?"
    asked = "be" if found["deed"] == "be" else "do"
    return "expected", f"What {verb} {subject} expected to {asked}?"


def _about_speech(sentence: str, found: Match[str]) -> tuple[str, str]:
    """What a speaker said about the last other name of the sentence."""
    name = _TITLE.sub("", found["name"])
    topics = [
        topic
        for topic in _CAPITALISED.findall(sentence[: found.start("name")] + sentence[found.end() :])
        if topic not in _OWN_WORDS and topic not in found["name"]
    ]
    spoken = [topic for topic in topics if sentence.find(topic) < found.start()] or topics
    return ("said", f"What did {name} say about {spoken[-1]}?") if spoken else ("", "")


def _inside(subject: str) -> str:
    """A subject as it stands inside a sentence: its article in lower case."""
    first, _, rest = subject.partition(" ")
    return f"{first.lower()} {rest}" if first in _OWN_WORDS and rest else subject


def _is_answered(candidate: Candidate, answer: Answer) -> bool:
    return answer.status is Status.ANSWERED and any(
        citation.article_id == candidate.article_id
        and citation.start < candidate.span.end
        and candidate.span.start < citation.end
        for citation in answer.citations
    )
