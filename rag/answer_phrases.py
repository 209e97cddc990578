"""The phrases of a sentence that could answer a question by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.lexical import Word, words
from rag.phrases import AMOUNTS, Kind, find_phrases, find_terms, is_function_word, noun_end
from rag.question import ANSWERING_KINDS, Expects, Question
from rag.values import Span

TERM_EXPECTED = frozenset({Expects.THING, Expects.NAME, Expects.PLACE, Expects.ANY})
"""What a plain noun phrase can answer."""

# What stands between the members of a list, and what stands before its last one.
_BETWEEN = re.compile(r"\s*(?:,\s*(?:and|or)|,|\s(?:and|or|&))\s+(?:the\s+|an?\s+)?")
_LAST = re.compile(r"\b(?:and|or)\b|&")
# The words that a phrase keeps at least when the question's are taken from it.
_FEWEST_LEFT = 2
# How much of the sentence before a phrase tells its part in it, in characters.
_LEAD = 40

_SAY = (
    r"(?:said|says?|told|tells?|added|announced?|wrote|stated?|claim(?:s|ed)?|argue[sd]?|"
    r"explain(?:s|ed)?|note[sd]|believe[sd]?|called|according to)"
)
_SAYS = re.compile(rf"\b{_SAY}\b", re.IGNORECASE)
_SAYING_BEFORE = re.compile(rf"\b{_SAY}\s+$", re.IGNORECASE)
_SAYING_AFTER = re.compile(rf"^,?\s*(?:who )?{_SAY}\b", re.IGNORECASE)
_NAME_AFTER = re.compile(r"\s(?:[a-z]+\s)?[A-Z]")
_NOUN_AFTER = re.compile(r"\s([a-z][\w-]+)")
_WHAT_SAID = re.compile(
    rf"\bwhat\s+(?:do|does|did|has|have|had|is|was)\b.{{0,80}}\b(?:{_SAY}|think|saying)\b|"
    r"\bwhat(?:\s+else)?\s+happen",
    re.IGNORECASE,
)

# Before what is named only to be passed over, and words of a question that asks for just that.
_PASSED_OVER = re.compile(
    r"\b(?:instead of|rather than|as opposed to|compared (?:with|to)|(?:down|up) from|not)\s+"
    r"(?:the\s+|an?\s+|its\s+|about\s+|around\s+|some\s+)?$",
    re.IGNORECASE,
)
# What says of an amount that it is a bound or near, beyond the words that are part of the phrase.
_NOT = r"(?:(?:not|\w{2,5}n['’]t)\s)"
_BOUND_BEFORE = re.compile(
    rf"\b(?:{_NOT}?(?:exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?)|{_NOT}(?:more|less|fewer) than|"
    r"well|far|slightly|close to|upwards? of|in excess of|above|below|beyond|perhaps|possibly|"
    r"(?:an?|the) (?:maximum|minimum) of|as (?:high|low|little|few|long) as)\s+$",
    re.IGNORECASE,
)
_ASKS_FOR_PASSED = re.compile(
    r"\b(?:not|instead|rather|opposed|compared|from|before|earlier|first|former(?:ly)?|initial(?:ly)?|"
    r"old|original(?:ly)?|planned|previous(?:ly)?|used)\b|n't\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AnswerPhrase:
    """A phrase by characters of its sentence; ``members``: 1, or how many a list has."""

    span: Span
    kind: Kind
    members: int = 1


def answer_phrases(question: Question, sentence: str) -> list[AnswerPhrase]:
    """The names, amounts, terms and lists of a sentence that say what the question does not."""
    asked = {word.stem for word in words(question.text)}
    phrases = [
        phrase
        for phrase in _not_passed_over(_phrases(question, sentence), question, sentence)
        if _may_answer(question, phrase, sentence, asked)
    ]
    phrases = [_without_asked(_with_noun(phrase, sentence), sentence, asked) for phrase in phrases]
    phrases = [_with_bound(phrase, sentence) for phrase in phrases]
    phrases = sorted(set(phrases), key=lambda phrase: (phrase.span.start, phrase.span.end))
    for kind in (Kind.NAME, Kind.TERM):
        phrases += _lists([phrase for phrase in phrases if phrase.kind is kind], sentence)
    return phrases


def asks_who_said(question: Question) -> bool:
    """Whether a question asks for the speaker of what it tells."""
    return question.expects is Expects.PERSON and _SAYS.search(question.text) is not None


def asks_for_statement(question: Question) -> bool:
    """Whether it asks what somebody said or what happened: a sentence, and no phrase of it."""
    return _WHAT_SAID.search(question.text) is not None


def _phrases(question: Question, sentence: str) -> list[AnswerPhrase]:
    """The phrases of a kind that answers, if there are any; else all."""
    kinds = ANSWERING_KINDS.get(question.expects, frozenset())
    phrases = find_phrases(sentence)
    if question.expects in TERM_EXPECTED:
        phrases += find_terms(sentence)
    elif any(phrase.kind in kinds for phrase in phrases):
        phrases = [phrase for phrase in phrases if phrase.kind in kinds]
    return [AnswerPhrase(phrase.span, phrase.kind) for phrase in phrases]


def _not_passed_over(
    phrases: list[AnswerPhrase], question: Question, sentence: str
) -> list[AnswerPhrase]:
    """Of "42 instead of 48" the 42: what is passed over answers only who asks for it."""
    if _ASKS_FOR_PASSED.search(question.text):
        return phrases
    passed = {p for p in phrases if _PASSED_OVER.search(_lead(p.span, sentence))}
    holding = {phrase.kind for phrase in phrases if phrase not in passed}
    return [phrase for phrase in phrases if phrase not in passed or phrase.kind not in holding]


def _may_answer(question: Question, phrase: AnswerPhrase, sentence: str, asked: set[str]) -> bool:
    """Whether a phrase says something new and has the part in the sentence that is asked for.

    The speaker answers who said it, and no other question; but "said Osk mayor Ada Lind" also
    tells who Osk's mayor is.
    """
    stems = [word.stem for word in words(phrase.span.of(sentence))]
    if all(stem in asked for stem in stems):
        return False
    if question.expects is Expects.PERSON and phrase.kind is Kind.NAME:
        speaks = _is_speaker(phrase.span, sentence)
        if asks_who_said(question):
            return speaks
        return not speaks or any(stem in asked for stem in stems)
    return True


def _is_speaker(span: Span, sentence: str) -> bool:
    before = _SAYING_BEFORE.search(_lead(span, sentence))
    return bool(before or _SAYING_AFTER.match(sentence[span.end :]))


def _lead(span: Span, sentence: str) -> str:
    return sentence[max(0, span.start - _LEAD) : span.start]


def _with_noun(phrase: AnswerPhrase, sentence: str) -> AnswerPhrase:
    """With the noun that it belongs to: "Chinese side", and of a bare number, "4 crowns"."""
    end = None
    if phrase.kind is Kind.NAME:
        end = noun_end(sentence, phrase.span)
        if end is not None and _NAME_AFTER.match(sentence, end):
            end = None  # "Chinese news agency Ritz" is about Ritz
    elif phrase.kind is Kind.NUMBER:
        noun = _NOUN_AFTER.match(sentence, phrase.span.end)
        end = noun.end() if noun and not is_function_word(noun.group(1)) else None
    return phrase if end is None else AnswerPhrase(Span(phrase.span.start, end), phrase.kind)


def _with_bound(phrase: AnswerPhrase, sentence: str) -> AnswerPhrase:
    """With the words that bound it: what exceeds 38 tons does not weigh 38 tons."""
    bound = _BOUND_BEFORE.search(_lead(phrase.span, sentence)) if phrase.kind in AMOUNTS else None
    if bound is None:
        return phrase
    start = phrase.span.start - len(bound.group())
    return AnswerPhrase(Span(start, phrase.span.end), phrase.kind)


def _without_asked(phrase: AnswerPhrase, sentence: str, asked: set[str]) -> AnswerPhrase:
    """A name or term without the question's words before it: of "Osk mayor Ada Lind", the name."""
    if phrase.kind not in (Kind.NAME, Kind.TERM):
        return phrase
    inside = words(phrase.span.of(sentence))
    while len(inside) > _FEWEST_LEFT and _tells_nothing(inside[0], asked):
        inside = inside[1:]
    if _tells_nothing(inside[0], asked):
        return phrase
    return AnswerPhrase(Span(phrase.span.start + inside[0].start, phrase.span.end), phrase.kind)


def _tells_nothing(word: Word, asked: set[str]) -> bool:
    return word.stem in asked or is_function_word(word.surface) or word.surface == "s"


def _lists(phrases: Sequence[AnswerPhrase], sentence: str) -> Iterator[AnswerPhrase]:
    """Runs of phrases, in order, that commas and an "and" join into one answer."""
    run: list[AnswerPhrase] = []
    for phrase in [*phrases, None]:
        joined = run and phrase and _between(run[-1], phrase, sentence)
        if run and not (joined and _BETWEEN.fullmatch(joined)):
            if len(run) > 1 and _LAST.search(_between(run[-2], run[-1], sentence)):
                yield AnswerPhrase(Span(run[0].span.start, run[-1].span.end), run[0].kind, len(run))
            run = []
        if phrase:
            run.append(phrase)


def _between(one: AnswerPhrase, other: AnswerPhrase, sentence: str) -> str:
    return sentence[one.span.end : other.span.start]
