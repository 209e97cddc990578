"""What a question speaks of: its noun phrases and names, for later questions to refer to.

A light reading of English without a parser: a noun phrase is a determiner and the content words
after it, less a verb that must follow, plus the prepositional phrases attached to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from rag.conversation_patterns import ATTRIBUTES, ORGANISATION, PERSONS, VERBS
from rag.phrases import Kind, find_phrases, is_function_word, noun_end
from rag.question import Expects, understand
from rag.values import Span, Turn

# What is read of a question or an answer; later names are no topic of a conversation.
_READ = 1_500
_LONGEST_RUN = 5
_LONGEST_CLAUSE = 12

_DETERMINER = re.compile(r"\b(?:the|a|an|both|these|those)\s+(?=\w)", re.IGNORECASE)
_WORD = re.compile(r"[\w’'-]+")
_DO = re.compile(
    r"\b(?:do|does|did|will|would|can|could|shall|should|may|might|must|that|which|who|when|where)"
    r"\s+$",
    re.IGNORECASE,
)
_BE = re.compile(r"\b(?:is|are|was|were|has|have|had|been|being)\s+$", re.IGNORECASE)
_COPULAR = re.compile(
    r"^\W*(?:(?:who|what|where|when|why|how(?:\s+\w+)?)\s+)?(?:is|are|was|were)\b", re.IGNORECASE
)
# After these the words before were all noun: no verb is to be taken off.
_AFTER_NOUN = re.compile(
    r"\s*(?:of|that|who|which|whose|is|are|was|were|be|been|have|has|had|not)\b", re.IGNORECASE
)
_PARTICIPLE = re.compile(
    r".*(?:ed|ing)$|(?:built|made|sold|held|known|won|lost|found|born|bought|sent|led|paid|set|"
    r"given|taken|seen|shown|written|begun|broken|worth|expected|due|able|likely)$",
    re.IGNORECASE,
)
_ATTACHED = re.compile(
    r"\s+(?:of|in|at|with|between|for|from|on|against)\s+(?P<the>(?:the|a|an)\s+)?(?=[\w‘“])",
    re.IGNORECASE,
)
_MOST_ATTACHED = 2
_OF = re.compile(r"^.*?\sof\s+", re.IGNORECASE)
_WHICH_SEVERAL = re.compile(
    r"^\W*(?:and\s+)?(?:which|what|how many)\s+(?P<nouns>(?:[\w’-]+\s+){0,2}?[\w’-]{2,}(?<![siu])s)"
    r"\s+(?P<rest>[\w“\"].*?)[\s?!.]*$",
    re.IGNORECASE | re.DOTALL,
)
_INVERTED = re.compile(
    r"(?:do|does|did|will|would|can|could|should|may|might)\b", re.IGNORECASE
)  # fmt: skip
_NOT_A_NOUN = re.compile(
    r"^(?:is|are|was|were|has|have|had|do|does|did|will|would|can|could|the|this|its|his|else)\b|’s$",
    re.IGNORECASE,
)

_ROLE = re.compile(
    r"\b(?:CEO|CFO|President|Prime Minister|Minister|Director|Chancellor|Chief|Chairman|Chair|"
    r"Senator|Governor|Mayor|Secretary|King|Queen|Prince|Princess|Pope|Judge|Justice|General|"
    r"Captain|Professor|Sir|Mr\.?|Mrs\.?|Ms\.?|Dr\.?)\s+(?=\w)"
)
_SAYS_BEFORE = re.compile(r"\b(?:said|says|told|added|asked)\s+(?:[\w’'-]+\s+){0,2}$")
_SAYS_AFTER = re.compile(
    r"^,?\s*(?:said|says|say|told|added|think|thinks|believes?|who|born|die[ds]?|married|"
    r"resign(?:ed)?|argue[ds]?|claim(?:ed|s)?|write|wrote)\b",
    re.IGNORECASE,
)
_PLACE_BEFORE = re.compile(
    r"\b(?:in|at|from|near|to|into|across|outside)\s+(?:the\s+)?$", re.IGNORECASE
)
_ROLE_BEFORE = re.compile(rf"{_ROLE.pattern}$|\b(?i:{'|'.join(sorted(PERSONS))}|manager),?\s+$")


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A noun phrase of ``text``; ``head`` is its main noun, in lower case."""

    span: Span
    text: str
    head: str
    attached: bool

    @property
    def several(self) -> bool:
        """Whether it is plural."""
        return self.head.endswith("s") and not self.head.endswith(("ss", "us", "is"))


def names(text: str) -> list[Span]:
    """The proper names in the first part of a text."""
    text = text[:_READ]
    spans = [phrase.span for phrase in find_phrases(text) if phrase.kind is Kind.NAME]
    return [span for span in spans if noun_end(text, span) is None]


def noun_phrases(text: str) -> list[NounPhrase]:
    """The noun phrases with a determiner, in order, none inside another."""
    text = text[:_READ]
    stops = [p.span.start for p in find_phrases(text) if p.kind is Kind.DATE]
    found: list[NounPhrase] = []
    for determiner in _DETERMINER.finditer(text):
        if found and determiner.start() < found[-1].span.end:
            continue
        end, cut = _run_end(text, determiner, stops)
        if end == determiner.end():
            continue
        inner = text[determiner.end() : end]
        attached = end if cut else _with_attached(text, end, stops)
        span = Span(determiner.start(), attached)
        found.append(NounPhrase(span, span.of(text), inner.split()[-1].lower(), attached > end))
    return found


def _run_end(text: str, determiner: re.Match[str], stops: Iterable[int]) -> tuple[int, bool]:
    """Where the noun ends, and whether a verb, a participle or a possession was cut off."""
    words = _run(text, determiner.end(), stops)
    for word in words:
        if word.group().endswith(("’s", "'s")):
            return word.end() - 2, True
    if not words:
        return determiner.end(), False
    before, after = text[: determiner.start()][-20:], text[words[-1].end() :]
    if len(words) > 1:
        if _DO.search(before):
            for noun, verb in pairwise(words):
                if verb.group().lower() in VERBS:
                    return noun.end(), True
            if not _AFTER_NOUN.match(after):
                return words[-2].end(), True
        if _BE.search(before) and _PARTICIPLE.match(words[-1].group()):
            return words[-2].end(), True
    return words[-1].end(), False


def _run(text: str, start: int, stops: Iterable[int]) -> list[re.Match[str]]:
    """The content words from ``start``, one space apart, up to a date or a function word."""
    words: list[re.Match[str]] = []
    position, stopped = start, set(stops)
    while len(words) < _LONGEST_RUN:
        word = _WORD.match(text, position)
        if word is None or word.start() in stopped or is_function_word(word.group()):
            break
        words.append(word)
        if not text[word.end() : word.end() + 1].isspace():
            break
        position = word.end() + 1
    return words


def _with_attached(text: str, end: int, stops: Iterable[int]) -> int:
    for _ in range(_MOST_ATTACHED):
        attached = _ATTACHED.match(text, end)
        words = _run(text, attached.end(), stops) if attached else []
        if not words:
            break
        named = [] if attached is None or attached["the"] else names(text)
        starting = [span.end for span in named if span.start == words[0].start()]
        end = starting[0] if starting else words[-1].end()
        if words[-1].group().endswith(("’s", "'s")):
            break
    return end


def thing(turn: Turn, *, single_only: bool = False) -> str:
    """What *it* is after a turn; empty if that cannot be told.

    ``single_only``: nor if it is in the plural.
    """
    question = turn.question[:_READ]
    phrases = [p for p in noun_phrases(question) if p.head not in PERSONS]
    single = [p for p in phrases if not p.several] or ([] if single_only else phrases)
    chosen = single[:1] if _COPULAR.match(question) else single[-1:]
    for phrase in chosen:
        if phrase.head not in ATTRIBUTES:
            return phrase.text
        if phrase.attached and _OF.match(phrase.text):
            return _OF.sub("", phrase.text, count=1)
    found = [span for span in names(question) if _likeness(question, span) < _SPEAKS]
    return found[0].of(question) if found else ""


def things(turn: Turn, *, several_only: bool = False) -> str:
    """What *they* are after a turn: what is named together, or what stands in the plural.

    ``several_only``: and no single name, which may be a company that *they* are.
    """
    question = turn.question[:_READ]
    together = _named_together(question)
    if together:
        return together
    several = _WHICH_SEVERAL.match(question)
    if several and not any(_NOT_A_NOUN.search(w) for w in several["nouns"].split()):
        words = several["rest"].split()
        if _INVERTED.match(several["rest"]) or len(words) > _LONGEST_CLAUSE:
            return f"the {several['nouns']}"
        return f"the {several['nouns']} that {several['rest']}"
    plural = [p.text for p in noun_phrases(question) if p.several]
    if plural:
        return plural[-1]
    if understand(question).expects in (Expects.PERSON, Expects.NAME):
        answered = _named_together(turn.answer[:_READ]) or person(turn)
        if answered:
            return answered
    if several_only:
        return ""
    found = names(question)
    return found[0].of(question) if found else ""


def person(turn: Turn) -> str:
    """Who *he* or *she* is after a turn: the likeliest name of question, then answer."""
    best, chosen = 0, ""
    question, answer = turn.question[:_READ], turn.answer[:_READ]
    # After "Who follows Roe?" it is who follows him.
    asks = understand(question).expects is Expects.PERSON
    for text in (answer, question) if asks else (question, answer):
        for span in reversed(names(text)):
            if asks and text is answer and span.of(text) in question:
                continue
            likeness = _likeness(text, span)
            if likeness > best:
                best, chosen = likeness, _ROLE.split(span.of(text))[-1]
    roles = [p.text for p in noun_phrases(turn.question) if p.head in PERSONS]
    return chosen if best >= _FULL_NAME or not roles else roles[-1]


_SPEAKS = 3
_FULL_NAME = 2
_LONGEST_NAME = 4


def _likeness(text: str, span: Span) -> int:
    """How much a name looks like a person's: 0 not at all, 3 by what stands around it."""
    name = span.of(text)
    before, after = text[: span.start][-40:], text[span.end : span.end + 20]
    if _ROLE.search(name) or _ROLE_BEFORE.search(before):
        return _SPEAKS
    if ORGANISATION.search(name) or " of " in name:
        return 0
    if _SAYS_AFTER.match(after) or _SAYS_BEFORE.search(before):
        return _SPEAKS
    if _PLACE_BEFORE.search(before) or name.isupper():
        return 0
    return _FULL_NAME if 1 < len(name.split()) <= _LONGEST_NAME else 1


def _named_together(text: str) -> str:
    """The first two names joined by *and*."""
    found = names(text)
    for one, other in pairwise(found):
        if text[one.end : other.start].strip() in ("and", "&", "and the"):
            return text[one.start : other.end]
    return ""
