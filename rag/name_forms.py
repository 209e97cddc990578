"""The forms that one name takes: a country and its people, an acronym and its long form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

LONGEST_ACRONYM = 8

# Countries whose people and language are not named by another ending.
OTHER_FORMS = (
    ("france", "french"),
    ("spain", "spanish", "spaniard", "spaniards"),
    ("netherlands", "holland", "dutch"),
    ("britain", "british", "uk", "kingdom"),
    ("england", "english"),
    ("germany", "german"),
    ("greece", "greek", "greeks"),
    ("switzerland", "swiss"),
    ("denmark", "danish", "danes"),
    ("sweden", "swedish", "swedes"),
    ("poland", "polish", "poles"),
    ("finland", "finnish", "finns"),
    ("ireland", "irish"),
    ("wales", "welsh"),
    ("turkey", "turkish", "turks", "türkiye"),
    ("norway", "norwegian"),
    ("china", "chinese", "beijing"),
    ("us", "usa", "america", "american", "americans", "states"),
    ("eu", "european"),
)
LONG_NAMES = {
    "united states": "US",
    "united states of america": "US",
    "great britain": "UK",
    "united kingdom": "UK",
    "european union": "EU",
}
FORMS = {form: frozenset(row) for row in OTHER_FORMS for form in row}

# Italy, Italian; Canada, Canadian; Oslo's.
_ENDINGS = ("", "s", "n", "an", "ian", "ese", "ish", "i", "ic", "er", "ians", "ans", "ns", "is")
_BASE_ENDINGS = ("", "a", "y", "e", "ia", "o", "ium")
_SHORTEST_BASE = 4
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,}")
_CAPITALISED_RUN = re.compile(
    r"[A-Z][\w’'-]*(?:[ -](?:(?:of|the|and|for|in|de)[ -])?[A-Z][\w’'-]*)+"
)


def acronyms(text: str) -> Iterator[str]:
    """``U.S.`` as ``us``, and the initials of ``American Automobile Association`` as ``aaa``."""
    for match in _DOTTED.finditer(text):
        yield match.group().replace(".", "").casefold()
    for match in _CAPITALISED_RUN.finditer(text):
        initials = "".join(re.findall(r"\b[A-Z]", match.group())).casefold()[:LONGEST_ACRONYM]
        for start, end in combinations(range(len(initials) + 1), 2):
            if end - start > 1:
                yield initials[start:end]


def long_form(text: str) -> frozenset[str]:
    """The short forms of the long names that a text has: ``us`` for *United States*."""
    folded = text.casefold()
    return frozenset(short.casefold() for long, short in LONG_NAMES.items() if long in folded)


def are_forms(one: str, other: str) -> bool:
    """Whether two folded words name one country, place or people."""
    if other in FORMS.get(one, frozenset()):
        return True
    return _derived(one, other) or _derived(other, one)


def _derived(base: str, other: str) -> bool:
    for ending in _BASE_ENDINGS:
        if not base.endswith(ending):
            continue
        root = base[: len(base) - len(ending)]
        if len(root) >= _SHORTEST_BASE and other.startswith(root):
            return other[len(root) :] in _ENDINGS
    return False
