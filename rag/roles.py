"""Who does it to whom: whether a sentence tells a question's act with the actors the other way.

Only the plain case is judged: *does A sell ... to B* against *B sells ... to A*, both in the
active voice with the same verb. Anything else counts as not swapped, and so does what is true
both ways: A borders B, A trades with B.
"""

from __future__ import annotations

import re

from rag.lexical import Word, stem, words
from rag.phrases import Kind, find_phrases, is_function_word
from rag.values import Span

_ASKED = re.compile(
    r"\b(?:do|does|did|will|would|can|could|has|have|had)\s+(?:the\s+)?", re.IGNORECASE
)
_PASSIVE = re.compile(
    r"\bby\b|\bfrom\b|\b(?:is|are|was|were|been|being)\s+\w+(?:ed|en|t)\b", re.IGNORECASE
)
_VERB = re.compile(r"\s+([a-z]\w+)")
# What is true both ways, as "trades with" and these.
_TOGETHER = re.compile(r"\bwith\s+(?:the\s+)?$", re.IGNORECASE)
_MUTUAL = frozenset(
    map(
        stem,
        ("border", "neighbour", "neighbor", "adjoin", "marry", "wed", "divorce", "meet", "rival",
         "resemble", "fight", "face", "play"),
    )
)  # fmt: skip


def roles_swapped(question: str, sentence: str) -> bool:
    """Whether the sentence has the question's actors in each other's place."""
    asked = _asked_act(question)
    if asked is None or _PASSIVE.search(sentence) or _PASSIVE.search(question):
        return False
    actor, verb, other = asked
    told = words(sentence)
    acts = [word for word in told if word.stem == verb]
    actors, others = (_mentions(name, told) for name in (actor, other))
    if not acts or not actors or not others:
        return False
    act = acts[0]
    return max(others) < act.start < min(actors)


def _asked_act(question: str) -> tuple[str, str, str] | None:
    """*does ACTOR verb ... OTHER*: the actor, the verb's stem and the other, if it is so asked."""
    names = [phrase.span for phrase in find_phrases(question) if phrase.kind is Kind.NAME]
    for auxiliary in _ASKED.finditer(question):
        actor = next((span for span in names if span.start == auxiliary.end()), None)
        if actor is None:
            continue
        other = next((span for span in names if span.start > actor.end), None)
        verb = _VERB.match(question, actor.end)
        if other is None or verb is None or _is_mutual(verb[1], question, other):
            continue
        return actor.of(question), stem(verb[1]), other.of(question)
    return None


def _is_mutual(verb: str, question: str, other: Span) -> bool:
    """Whether the act is as true with its actors the other way; *A and B* have no verb between."""
    together = _TOGETHER.search(question, 0, other.start)
    return bool(together) or stem(verb) in _MUTUAL or is_function_word(verb)


def _mentions(name: str, told: list[Word]) -> list[int]:
    """Where the last word of a name occurs."""
    stem = words(name)[-1].stem
    return [word.start for word in told if word.stem == stem]
