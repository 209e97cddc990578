"""Who does it to whom: whether a sentence tells a question's act with the actors the other way.

Only the plain case is judged: *does A sell ... to B* against *B sells ... to A*, both in the
active voice with the same verb. Anything else counts as not swapped.
"""

from __future__ import annotations

import re

from rag.lexical import Word, words
from rag.phrases import Kind, find_phrases

_ASKED = re.compile(
    r"\b(?:do|does|did|will|would|can|could|has|have|had)\s+(?:the\s+)?", re.IGNORECASE
)
_PASSIVE = re.compile(
    r"\bby\b|\bfrom\b|\b(?:is|are|was|were|been|being)\s+\w+(?:ed|en|t)\b", re.IGNORECASE
)


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
        behind = [span for span in names if span.start > actor.end]
        verb = next(iter(words(question[actor.end :])), None)
        if behind and verb is not None and _is_lower(verb):
            return actor.of(question), verb.stem, behind[0].of(question)
    return None


def _is_lower(word: Word) -> bool:
    return word.surface[0].islower()


def _mentions(name: str, told: list[Word]) -> list[int]:
    """Where the last word of a name occurs."""
    stem = words(name)[-1].stem
    return [word.start for word in told if word.stem == stem]
