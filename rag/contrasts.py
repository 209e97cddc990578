"""Whether a sentence says the opposite of what a question takes for granted.

*Who can raise the fee?* is not answered by who can lower it, nor *What did the board not approve?*
by what it approved: the sentences that come nearest to a question share all of its words but one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

from rag.lexical import Word, stem, words
from rag.opposites import are_opposites
from rag.phrases import is_function_word

# Two words are opposed only where they keep company: one content word stands within so many words
# of the one in the question, and within so many of the other in the sentence.
COMPANY_ASKED = 3
COMPANY_TOLD = 4

# Opposites of which a sentence can tell one by the other: who sold it tells from whom it was
# bought, what is freed was detained, a sister has a brother.
_CONVERSE = frozenset(
    map(
        stem,
        ("brother", "sister", "son", "sons", "daughter", "daughters", "father", "mother",
         "husband", "wife", "uncle", "aunt", "day", "night", "buy", "bought", "sell", "sold",
         "begin", "began", "start", "started", "first", "last", "before", "after", "early", "late",
         "detained", "arrested", "jailed", "released", "freed", "closed", "shut", "reopened",
         "up", "down", "in", "out", "on", "off", "over", "under", "for", "against"),
    )
)  # fmt: skip
_NEGATED = re.compile(
    r"\b(?:not|never|without|neither|nor|none|cannot|no(?! (?:more|less|fewer|longer|one)\b))\b|"
    r"n['’]t\b",
    re.IGNORECASE,
)
# What is not so in a clause of its own (*the athletes who cannot compete*) is told, not asked.
_CLAUSE = re.compile(
    r"\b(?:that|who|whom|whose|which|because|when|while|if|after|although|despite|since)\b",
    re.IGNORECASE,
)
# "Which of these is not ...?" is answered by what else there is.
_CHOICE = re.compile(r"\bof (?:these|the following)\b", re.IGNORECASE)
_ASKING = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:not?|never|without|neither|nor|none|nobody|nothing|cannot|unable|except|exclu\w+|"
    r"fail\w*|refus\w+|reject\w+|lack\w*|declin\w+|den(?:y|ied|ies)|avoid\w*|prevent\w*|clos\w+|"
    r"restrict\w*|bann?(?:ed|ing|s)?|bar(?:red|s)|forbid\w*|forbade|prohibit\w*)\b|n['’]t\b",
    re.IGNORECASE,
)
# What stands before the sentence that asks is background.
_BACKGROUND = re.compile(r".*[.!]\s+(?=[A-Z“\"])", re.DOTALL)


def says_opposite(question: str, best: str, near: str) -> bool:
    """Whether ``best``, a sentence, has the opposite of a word that the question builds on.

    Or the question asks for what is *not* so, and nothing near denies anything; ``near``: the
    sentence with its neighbours.
    """
    asking = _BACKGROUND.sub("", question)
    if _asks_denial(asking) and not _DENIED.search(near):
        return True
    asked, told = words(asking), words(best)
    held = {word.stem for word in words(near)}
    return any(
        are_opposites(one.stem, other.stem)
        and not _company(asked, i, COMPANY_ASKED).isdisjoint(_company(told, j, COMPANY_TOLD))
        for (i, one), (j, other) in product(enumerate(asked), enumerate(told))
        if one.stem not in held and not {one.stem, other.stem} <= _CONVERSE
    )


def _asks_denial(asking: str) -> bool:
    """Whether a question asks for what is not so."""
    negated, asks = _NEGATED.search(asking), _ASKING.search(asking)
    if negated is None or _CHOICE.search(asking):
        return False
    start = asks.end() if asks is not None and asks.end() <= negated.start() else 0
    return _CLAUSE.search(asking, start, negated.start()) is None


def _company(found: Sequence[Word], place: int, reach: int) -> set[str]:
    """The stems of the content words around one."""
    around = [*found[max(0, place - reach) : place], *found[place + 1 : place + 1 + reach]]
    return {word.stem for word in around if not is_function_word(word.surface)}
