"""Follow-up questions made to stand alone, from what was asked and answered before.

No model: pronouns, missing subjects and "what about ...?" are filled from the last turn that has
something to fill them with. A question that stands alone is never touched, and no content word
is invented; the reader is shown what was searched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.conversation_patterns import ASKING_WORDS, ATTRIBUTES, AUXILIARY, PERSONS
from rag.phrases import Kind, find_phrases, is_function_word
from rag.pronouns import SAID_SO, capitalised, carried, fill_pronouns, first
from rag.small_talk import small_talk
from rag.topics import NounPhrase, noun_phrases, thing, things
from rag.values import Span, Turn

# Older turns are not what a pronoun means.
_REMEMBERED = 4
# No follow-up is longer, and what is longer explains itself.
_LONGEST = 400

_LEAD = re.compile(r"^\W*(?:(?:and|but|so|ok|okay|then|also|or|well)\b[\s,]*){1,3}", re.IGNORECASE)
_ABOUT = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay)[\s,]+)?(?:what|how)\s+about\s+(?P<topic>\S.{0,120}?)\W*$|"
    r"^\W*(?:and|or|but)\s+(?P<bare>\S[^?]{0,80}?)\W*$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    rf"^(?:(?:in|at|by|for|from|to|since|with|on|of)\s+)?(?:who|whom|whose|what|which|when|where|why|"
    rf"how|{AUXILIARY})\b",
    re.IGNORECASE,
)
_HAS_VERB = re.compile(rf"\b{AUXILIARY}\b", re.IGNORECASE)


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question with what it takes from the conversation written out.

    ``history``: the turns before it, oldest first. A question that stands alone comes back as it
    is; so does every first question.
    """
    asked = [turn for turn in history if turn.question.strip() and not small_talk(turn.question)]
    turns = asked[-_REMEMBERED:][::-1]
    if not turns or not question.strip() or len(question) > _LONGEST or question[-2:] == ")?":
        return question
    corrected = _CORRECTED.match(question)
    if corrected:
        return _swapped(turns, corrected["topic"].strip())
    back = _BACK_TO.match(question)
    if back:
        return _about_topic(back["topic"].strip(), back["rest"].strip(), turns)
    about = _ABOUT.match(question)
    if about:
        topic = (about["topic"] or about["bare"]).strip()
        if not _ASKS.match(topic) and not _HAS_VERB.search(topic) and not _is_own_topic(topic):
            return _swapped(turns, topic)
    bare = capitalised(_LEAD.sub("", question, count=1).strip())
    filled = fill_pronouns(bare, turns)
    said = SAID_SO.search(filled)
    if said:
        return _of_statement(filled, said, turns[0])
    if filled != bare:
        return filled
    return _completed(bare, turns) or question


_CORRECTED = re.compile(
    r"^\W*(?:(?:no|nope|sorry|wait|well|actually|oh|not that)\b[\s,.–-]*){0,3}"
    r"i\s+(?:meant|mean|was\s+asking\s+about|am\s+asking\s+about)\s+(?P<topic>[^?.!]{2,120}?)\W*$",
    re.IGNORECASE,
)
_BACK_TO = re.compile(
    r"^\W*(?:(?:ok|okay|so|now|and|but)\b[\s,]*){0,2}(?:(?:going |coming )?back to|returning to|"
    r"what about|how about|as for|regarding|concerning)\s+(?P<topic>[^?.!:,;]{2,80})\s*[:,;–-]\s*"
    r"(?P<rest>[^?]{2,200}\?)\W*$",
    re.IGNORECASE,
)


def _about_topic(topic: str, rest: str, turns: Sequence[Turn]) -> str:
    """*Back to the bridge: who owns it?*: the question about the topic that is named before it."""
    named = Turn(f"What is {fill_pronouns(topic, turns)}?")
    bare = capitalised(rest)
    filled = fill_pronouns(bare, [named])
    if filled != bare:
        return filled
    return f"{bare.rstrip('?!. ')} ({topic})?"


# --- "what about ...?"

_PREPOSITION = re.compile(
    r"(?P<word>in|on|at|by|for|from|to|with|since|before|after|during|until)\s", re.IGNORECASE
)


def _is_own_topic(topic: str) -> bool:
    """Whether "what about X?" says enough: "what about the price of the bridge?"."""
    return " of " in topic and topic.lower().removeprefix("the ").split()[0] in ATTRIBUTES


def _swapped(turns: Sequence[Turn], topic: str) -> str:
    """The earlier question, about another topic: what is like it there is replaced."""
    topic = fill_pronouns(topic, turns)
    question = turns[0].question
    if topic.lower().removeprefix("the ") in ATTRIBUTES:
        subject = first(lambda turn: thing(turn) or things(turn), turns)
        return f"What is {topic} of {subject}?" if subject else question
    preposition = _PREPOSITION.match(topic)
    plain = topic[preposition.end() :] if preposition else topic
    for start, end in _parallels(question, plain):
        before = _PREPOSITION_BEFORE.search(question[:start])
        if preposition and before is None:
            continue
        return (
            question[: before.start() if preposition and before else start] + topic + question[end:]
        )
    joined = f" {topic}?" if preposition else f" ({topic})?"
    return question.rstrip("?!. ") + joined


_PREPOSITION_BEFORE = re.compile(
    rf"\b{_PREPOSITION.pattern.replace('(?P<word>', '(?:')}(?:the\s)?$", re.IGNORECASE
)


def _parallels(question: str, topic: str) -> list[tuple[int, int]]:
    """The spans of a question that a topic can replace, the best first."""
    kinds = {phrase.kind for phrase in find_phrases(topic)}
    phrases = [p for p in find_phrases(question) if p.kind is not Kind.QUOTED]
    dates = [p.span for p in phrases if p.kind is Kind.DATE]
    named = [p.span for p in phrases if p.kind is Kind.NAME]
    nouns = [_owner(p) for p in noun_phrases(question)]
    if Kind.DATE in kinds:
        chosen = dates
    elif Kind.NAME in kinds:
        chosen = named
    else:
        chosen = nouns or named
    return [(span.start, span.end) for span in reversed(chosen)]


def _owner(phrase: NounPhrase) -> Span:
    """Of "the director of the railway" the railway: the director stays what is asked for."""
    of = re.match(r"(?:the|an?)\s+[\w-]+\s+of\s+", phrase.text, re.IGNORECASE)
    if of is None or phrase.head not in ATTRIBUTES | PERSONS:
        return phrase.span
    return Span(phrase.span.start + of.end(), phrase.span.end)


# --- statements and fragments

_SHORT_FRAGMENT = 4
_DEFINES = re.compile(rf"\b{AUXILIARY}\b|['’]s\b", re.IGNORECASE)
_WH_ALONE = re.compile(
    r"^\W*(why|when|where|how|since when|how often)(?:\s+exactly)?\W*$", re.IGNORECASE
)
_ASKED_BY_WORD = re.compile(
    rf"^\W*(?:(?:what|when|where|why|how|who)\s+)?(?={AUXILIARY}\s+(?!there\b))", re.IGNORECASE
)
_ATTRIBUTE_ALONE = re.compile(
    r"^(what\s+(?:is|are|was|were)\s+the\s+(?:[\w-]+\s+)?([\w-]+))\W*$", re.IGNORECASE
)


def _completed(bare: str, turns: Sequence[Turn]) -> str:
    """A fragment with its question: *Why?*, *How many?*, *Who won?*; empty if it is none."""
    attribute = _ATTRIBUTE_ALONE.match(bare)
    if attribute and attribute[2].lower() in ATTRIBUTES:
        subject = first(lambda turn: thing(turn) or things(turn), turns)
        return f"{attribute[1]} of {subject}?" if subject else ""
    if not _is_fragment(bare):
        return ""
    # What could not be answered is seldom what a fragment goes on with.
    question = next((turn for turn in turns if turn.answer), turns[0]).question
    alone = _WH_ALONE.match(bare)
    asked = _ASKED_BY_WORD.match(question)
    if alone and asked and alone[1].lower() not in question.lower().split()[:1]:
        rest = question[asked.end() :]
        return f"{capitalised(alone[1])} {rest[:1].lower()}{rest[1:]}"
    return f"{bare.rstrip('?!. ')} ({carried(question)})?"


def _is_fragment(text: str) -> bool:
    """Whether a question has no topic of its own.

    One content word makes no topic where it can only be a verb or a unit: "Who won?", "How many
    seats?"; it does in "What is inflation?".
    """
    words = re.findall(r"[\w’'-]+", text)
    content = [w for w in words if w.lower() not in ASKING_WORDS and not is_function_word(w)]
    if not content:
        return bool(words) and (words[0].lower() in ASKING_WORDS or len(words) <= _SHORT_FRAGMENT)
    return (
        len(content) == 1
        and len(words) <= _SHORT_FRAGMENT
        and not _DEFINES.search(text)
        and any(w.lower() in ASKING_WORDS for w in (*words[:2], words[-1]))
    )


def _of_statement(text: str, said: re.Match[str], last: Turn) -> str:
    """*Who said so?*: who said what was just answered."""
    statement = last.answer or last.question
    rest = text[said.end() :].rstrip("?!. ")
    return f"{text[: said.start()]}{said['said']} “{carried(statement)}”{rest}?"
