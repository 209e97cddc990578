"""Words that say the opposite of each other: a claim that has one for the other is false.

``opposites.txt`` has a row a line, *one / other*: whatever stands on one side is the opposite of
whatever stands on the other. General English, in base and irregular forms; the regular ones are
met by their stems.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from rag.lexical import stem

OPPOSITES_FILE = "opposites.txt"

_NEGATING = frozenset(("un", "in", "im", "il", "ir", "dis", "non", "mis"))
# Shorter rests are words by chance: "under", "inform", "display".
_SHORTEST_BASE = 4
# Words whose beginning only looks like such a prefix.
_NO_PREFIX = frozenset(
    map(
        stem,
        ("discover", "display", "dispatch", "discharge", "dismiss", "disease", "discount",
         "distract", "dispose", "increase", "inform", "invest", "intend", "invent", "include",
         "impress", "import", "impose", "improve", "impart", "instill", "install", "inspire",
         "income", "inside", "indeed", "infant", "intern", "internal", "union", "unit", "unite",
         "united", "university", "uniform", "universal",
         "unique", "under", "undergo", "understand", "understood", "underwent", "underline",
         "undertake", "underlying", "universe", "unanimous", "uncle", "uncover", "unveil",
         "until", "misters", "inlaid", "inhabit", "incite", "inset", "insure", "invalid",
         "inhale", "input", "insight", "intake"),
    )
)  # fmt: skip
_SMALL = frozenset(
    "up down in out on off over under above below beneath before after for against".split()  # noqa: SIM905
)


def are_opposites(one: str, other: str) -> bool:
    """Whether two words, given by their stems, say the opposite; never for the same stem."""
    if (one in _SMALL) != (other in _SMALL):
        return False  # "up" is a direction or a part of "give up"
    return one != other and (
        other in _table().get(one, frozenset()) or _prefixed(one, other) or _prefixed(other, one)
    )


def is_negative_form(word: str) -> bool:
    """Whether a stem denies what the rest of it says: *unaware*, *unanswered*, *unlik*."""
    return word.startswith("un") and len(word) > 2 + _SHORTEST_BASE and word not in _NO_PREFIX


def _prefixed(one: str, base: str) -> bool:
    """Whether a word is the other with a negating prefix: *unlawful*, *disagree*, *irregular*."""
    if len(base) < _SHORTEST_BASE or one in _NO_PREFIX or not one.endswith(base):
        return False
    return one[: -len(base)] in _NEGATING


@lru_cache(maxsize=1)
def _table() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    text = files("rag").joinpath(OPPOSITES_FILE).read_text(encoding="utf-8")
    for row in text.splitlines():
        left, right = ([stem(word) for word in side.split()] for side in row.split("/"))
        for word in left:
            found.setdefault(word, set()).update(right)
        for word in right:
            found.setdefault(word, set()).update(left)
    return {word: frozenset(others - {word}) for word, others in found.items()}
