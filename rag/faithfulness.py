"""Whether a drafted sentence keeps to one quote: nothing added, nothing left out that turns it.

``rag.verify`` is made to let a faithful rewording pass, of anybody's text. A model that invents
freely is another matter: of the sentences of a small one that it let pass, a hand check found a
third to add something. So drafts are held to more, at the price that a rewording by a good model
is at times replaced by the quote.
"""

from __future__ import annotations

import re
from collections import Counter

from rag.lexical import Word, words
from rag.phrases import is_function_word

# Words that turn what is said, or by how much. One that stands among the words that a sentence
# was made from must be in it: leave out "about", "expected" or "not", and it says something else.
# Closed classes of English: negation, modality, approximation, comparison, reported doubt.
_TURNING = frozenset(
    {
        *("no", "not", "never", "nor", "neither", "none", "nobody", "nothing", "cannot", "without"),
        *("hardly", "barely", "may", "might", "could", "would", "should", "if", "unless"),
        *("whether", "expected", "likely", "unlikely", "possibly", "probably", "perhaps"),
        *("planned", "proposed", "supposed", "alleged", "allegedly", "reportedly", "apparently"),
        *("claimed", "denied", "about", "around", "roughly", "approximately", "nearly", "almost"),
        *("over", "under", "above", "below", "exceed", "exceeds", "exceeded", "least", "most"),
        *("than", "up", "half", "only"),
    }
)
_NEGATED = re.compile(r"n['’]t\b", re.IGNORECASE)
_AUXILIARY = frozenset(
    {
        *("is", "are", "was", "were", "be", "been", "has", "have", "had", "do", "does", "did"),
        *("will", "would", "can", "could", "may", "might", "must"),
    }
)

# A turning word turns one of so many that follow it: "may not yet have been opened".
REACH = 4

ADDED = "It says “{}”, which the quote does not."
LEFT_OUT = "It leaves out “{}”, which turns what is said."
_QUOTATION = re.compile(r"[“\"][^“”\"]*[”\"]")
_FIRST_PERSON = re.compile(r"\b(?:I|me|my|mine|myself|we|We|us|our|Our|ours|My)\b(?!\.)")

SPEAKS = "It speaks as somebody in the article does, without quotation marks."
NO_STATEMENT = "It states nothing."


def unfaithful(claim: str, quote: str) -> str:
    """Why ``claim`` does not keep to ``quote``; empty if it does."""
    said, source = words(claim), words(quote)
    if claim.rstrip("”\"'’) ").endswith("?") or not _states(said):
        return NO_STATEMENT
    if _FIRST_PERSON.search(_QUOTATION.sub(" ", claim)):
        return SPEAKS
    added = _added(said, source)
    if added:
        return ADDED.format(added)
    left_out = _left_out(said, source)
    return LEFT_OUT.format(left_out) if left_out else ""


def _added(said: list[Word], source: list[Word]) -> str:
    """A telling word that the quote does not have, or not as often."""
    room = Counter(word.stem for word in source)
    for word in said:
        if is_function_word(word.surface) and word.surface.lower() not in _TURNING:
            continue
        if not room[word.stem]:
            return word.surface
        room[word.stem] -= 1
    return ""


def _left_out(said: list[Word], source: list[Word]) -> str:
    """A turning word of the quote that stands before a word which the claim took from it."""
    taken = {word.stem for word in said if not is_function_word(word.surface)}
    have = {word.surface.lower() for word in said} | {word.stem for word in said}
    for place, word in enumerate(source):
        surface = word.surface if word.surface == "May" else word.surface.lower()  # the month
        reach = REACH if surface in _TURNING or _NEGATED.search(surface) else 0
        turned = {follower.stem for follower in source[place + 1 : place + 1 + reach]}
        if turned & taken and surface not in have:
            return word.surface
    return ""


def _states(said: list[Word]) -> bool:
    """Whether there may be a verb: a word that is no name, or one that helps a verb."""
    telling = [word for word in said if not is_function_word(word.surface)]
    lower = [word for word in telling if word.surface[0].islower()]
    helped = any(word.surface.lower() in _AUXILIARY for word in said)
    return helped or len(lower) >= 2
