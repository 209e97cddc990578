"""Slips of the pen in a question, mended with the words of the articles that it found.

Only a word that no article has and that general English hardly knows is mended, and only into a
word of the best articles that it nearly is. A name is given less room: one slip, for another name
is often two letters away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.lexical import LexicalIndex, Word, words

# Zipf frequency (log10 of uses in a billion words) below which a word counts as unknown English;
# "helicoptre" has 0, "wieght" 1.6, and "rotorcraft" 2.6 is safe since its look-alikes are far.
UNKNOWN_ZIPF = 2.5
SHORTEST_WORD = 4
# Words of at least this many letters may differ in two places.
TWO_SLIPS_LENGTH = 6


def mend_spelling(question: str, index: LexicalIndex, texts: Iterable[str]) -> str:
    """The question with its misspelt words mended; the question itself when there is none.

    ``texts``: those of the best articles, whose words are the spellings to choose from.
    """
    slips = [word for word in words(question) if _is_unknown(word, index)]
    if not slips:
        return question
    spellings = {word.surface for text in texts for word in words(text)}
    for word in reversed(slips):
        mended = _nearest(word.surface, spellings)
        question = question[: word.start] + mended + question[word.end :]
    return question


def edits(one: str, other: str, most: int) -> int:
    """Letters added, dropped, changed, or swapped with the next between two words.

    Optimal string alignment distance (Damerau, 1964); ``most + 1`` stands for anything above.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        row = [i]
        for j, right in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)


def _is_unknown(word: Word, index: LexicalIndex) -> bool:
    from wordfreq import zipf_frequency

    surface = word.surface
    return (
        len(surface) >= SHORTEST_WORD
        and surface.isalpha()
        and surface.isascii()
        and not len(index.containing(word))
        and zipf_frequency(surface, "en") < UNKNOWN_ZIPF
    )


def _nearest(surface: str, spellings: Iterable[str]) -> str:
    """The spelling with the fewest edits, the first of them by alphabet; else the word itself."""
    name = surface[0].isupper()
    most = 2 if len(surface) >= TWO_SLIPS_LENGTH and not name else 1
    folded = surface.casefold()
    near: Sequence[tuple[int, str]] = sorted(
        (distance, spelling)
        for spelling in spellings
        if len(spelling) >= SHORTEST_WORD
        and spelling[0].casefold() == folded[0]
        and (distance := edits(folded, spelling.casefold(), most)) <= most
    )
    if not near:
        return surface
    mended = near[0][1]
    return mended if name else mended.casefold() if mended.istitle() else mended
