"""Whether quotes mention the names of a claim: people, places, organisations, in any usual form.

A surname alone, an acronym and a people's name are the same name as its full form; a name of
which one word is not in the quotes is another name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.claim_reading import Reading
from rag.lexical import words
from rag.name_forms import acronyms, are_forms, long_form
from rag.phrases import is_function_word

# What stands before a name without being part of it.
_CIVILITIES = frozenset("mr mrs ms miss dr prof professor sir madam st".split())  # noqa: SIM905
_CALENDAR = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
)


@dataclass(frozen=True, slots=True)
class Held:
    """The words of quotes as names are looked up in them: folded forms, stems and initials."""

    folded: frozenset[str]
    stems: frozenset[str]
    initials: frozenset[str]

    def has(self, surface: str, stemmed: str) -> bool:
        """Whether the quotes hold a word of a name, in one of its forms."""
        folded = surface.casefold()
        if folded in self.folded or stemmed in self.stems or folded in self.initials:
            return True
        return any(are_forms(folded, other) for other in self.folded)


@lru_cache(maxsize=1024)
def held(quotes: tuple[str, ...]) -> Held:
    """What names are looked up in."""
    text = "\n".join(quotes)
    found = words(text)
    return Held(
        frozenset(word.surface.casefold() for word in found) | long_form(text),
        frozenset(word.stem for word in found),
        frozenset(acronyms(text)),
    )


def name_words(reading: Reading) -> Iterator[int]:
    """The words of a sentence that belong to names."""
    for place, word in enumerate(reading.words):
        surface = word.surface
        if not surface[0].isupper() or len(surface) < 2:
            continue
        if is_function_word(surface) or surface.lower() in _CIVILITIES | _CALENDAR:
            continue
        opens = not any(char.isalnum() for char in reading.text[: word.start])
        quoted = reading.text[max(0, word.start - 1) : word.start] in ("“", '"', "‘", "'")
        if (opens or quoted) and reading.parse.tags[place] != "PROPN":
            continue
        yield place


def missing_names(claim: Reading, quotes: Sequence[str]) -> list[int]:
    """The words of the claim's names that no quote has."""
    known = held(tuple(quotes))
    spelled = _initials_of(claim)
    return [
        place
        for place in name_words(claim)
        if not known.has(claim.words[place].surface, claim.words[place].stem)
        and not (place in spelled and spelled[place] in known.folded)
    ]


def _initials_of(claim: Reading) -> dict[int, str]:
    """For each word of a run of capitalised words, the acronym of that run."""
    places = list(name_words(claim))
    found: dict[int, str] = {}
    runs: list[list[int]] = []
    for place in places:
        near = runs and place - runs[-1][-1] <= 2
        if near and all(
            claim.lower[between] in ("of", "and", "for", "the")
            for between in range(runs[-1][-1] + 1, place)
        ):
            runs[-1].append(place)
        else:
            runs.append([place])
    for run in runs:
        if len(run) > 1:
            initials = "".join(claim.lower[place][0] for place in run)
            found.update(dict.fromkeys(run, initials))
    return found
