"""Questions that the articles cannot answer, drafted so that this can be told without reading.

Three kinds twist what the articles say, and each is checked against all of them: a name that no
article has (``absent_name``), a number that none has (``absent_number``), a detail of a known name
that no article with that name speaks of (``absent_detail``). The fourth asks about something else
altogether (``off_topic``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from eval.drafting_people import CLASS_NAME, ORGANISATIONS, STRUCTURES


@dataclass(frozen=True, slots=True)
class Absent:
    """An unanswerable question, and the article that it was made from (empty: none)."""

    kind: str
    question: str
    article_id: str = ""


# Invented, and still looked up: an article may have one.
_NAMES = (
    *("Tarvik", "Velmora", "Osgarth", "Brennick", "Quilder", "Haverno", "Lindqual", "Morvath"),
    *(
        "Pellingard",
        "Rostwick",
        "Sandovar",
        "Trelmond",
        "Ullenby",
        "Wexmoor",
        "Yarrowin",
        "Zandley",
    ),
)
# Names inside a question; offices in capitals, months and peoples are none to invent.
_NAME = re.compile(r"(?<=\s)[A-Z][\w-]*[a-z](?: [A-Z][\w-]*[a-z])*")
_NO_NAME = re.compile(
    r"(?:ese|[ei]an|ish|can)$|^(?:January|February|March|April|May|June|July|August|September|"
    r"October|November|December)\b"
)
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?![\w.,]*\d)(?!\w)")
_YEARS = range(1500, 2100)
_YEAR_STEPS = (-7, -11, 6, -13, -17, -19, -23)
_NUMBER_STEPS = (9, 17, 26, 38, 51)
# A detail, and the beginnings of the words that an article would use to tell it.
_OF_PEOPLE = (
    ("Where was {} born?", ("born", "birth", "native", "grew up", "hometown")),
    ("How old is {}?", ("aged", "years old", "year-old", "birthday", "born")),
    ("Which university did {} attend?", ("universit", "college", "graduat", "studied", "degree")),
    ("To whom is {} married?", ("marri", "wife", "husband", "spouse", "widow", "wedding")),
)
_OF_ORGANISATIONS = (
    ("How many people work for {}?", ("employ", "staff", "work", "job")),
    ("When was {} founded?", ("found", "establish", "since", "creat", "start", "open")),
    ("What is the telephone number of {}?", ("phone", "call", "dial", "hotline")),
)
_OF_STRUCTURES = (
    ("What colour is {}?", ("colour", "color", "paint", "red", "blue", "green", "white", "grey")),
    ("In which year was {} last repaired?", ("repair", "renovat", "restor", "refurbish", "mend")),
    ("Who paid for {}?", ("paid", "pay", "fund", "financ", "sponsor", "cost")),
)
# Each with the words that an article on that subject would have.
_ELSEWHERE = (
    ("At what temperature does gold melt?", ("gold", "melt")),
    ("How many strings does a cello have?", ("cello", "string")),
    ("What is the capital of Mongolia?", ("mongolia", "ulaanbaatar")),
    ("Who wrote the novel Moby-Dick?", ("moby", "melville")),
    ("How long is the gestation of an elephant?", ("elephant", "gestation")),
    ("In which year was the printing press invented?", ("printing", "gutenberg")),
    ("Which planet has the most moons?", ("planet", "moon")),
    ("How is sourdough bread baked?", ("sourdough", "bake")),
)


def absent_questions(
    asked: Sequence[tuple[str, str]], people: Sequence[tuple[str, str]], texts: Mapping[str, str]
) -> Iterator[Iterator[Absent]]:
    """The drafts of each kind, best first.

    ``asked`` are answerable questions with the article of each, ``people`` full names with theirs.
    """
    held = {word for text in texts.values() for word in _WORD.findall(text.casefold())}
    yield _absent_names(asked, held)
    yield _absent_details(asked, people, texts)
    yield _absent_numbers(asked, held)
    yield (
        Absent("off_topic", question)
        for question, told in _ELSEWHERE
        if not any(word.startswith(told) for word in held)
    )


def _absent_names(asked: Sequence[tuple[str, str]], held: set[str]) -> Iterator[Absent]:
    free = [name for name in _NAMES if name.casefold() not in held]
    invented = cycle(free)
    for question, article_id in asked if free else ():
        names = [found for found in _NAME.finditer(question) if not _NO_NAME.search(found.group())]
        if names:
            found = max(names, key=lambda one: len(one.group()))
            other = _renamed(found.group(), next(invented))
            changed = f"{question[: found.start()]}{other}{question[found.end() :]}"
            yield Absent("absent_name", changed, article_id)


def _renamed(name: str, invented: str) -> str:
    """Another of the same sort: "Velmora Bridge", "Ada Velmora", "Velmora"."""
    first, _, last = name.rpartition(" ")
    if not first:
        return invented
    return f"{invented} {last}" if CLASS_NAME.fullmatch(name) else f"{first} {invented}"


def _absent_numbers(asked: Sequence[tuple[str, str]], held: set[str]) -> Iterator[Absent]:
    for question, article_id in asked:
        found = _NUMBER.search(question)
        if not found:
            continue
        value = int(found.group())
        steps = _YEAR_STEPS if value in _YEARS else _NUMBER_STEPS
        others = (str(value + step) for step in steps)
        other = next((text for text in others if text not in held), None)
        if other:
            changed = f"{question[: found.start()]}{other}{question[found.end() :]}"
            yield Absent("absent_number", changed, article_id)


def _absent_details(
    asked: Sequence[tuple[str, str]], people: Sequence[tuple[str, str]], texts: Mapping[str, str]
) -> Iterator[Absent]:
    """One detail a name, the templates taking turns, so that they do not ask the same of all."""
    named = dict.fromkeys(
        (found.group().removeprefix("the "), article_id, found["noun"])
        for question, article_id in asked
        if (found := CLASS_NAME.search(question))
    )
    groups = (
        (_OF_PEOPLE, people),
        (_OF_ORGANISATIONS, _of_sort(named, ORGANISATIONS)),
        (_OF_STRUCTURES, _of_sort(named, STRUCTURES)),
    )
    for templates, names in groups:
        turns = cycle(templates)
        for name, article_id in names:
            last = name.split()[-1]
            mentioning = " ".join(text for text in texts.values() if last in text).casefold()
            free = (
                template.format(name if templates is _OF_PEOPLE else f"the {name}")
                for template, told in islice(turns, len(templates))
                if not any(re.search(rf"\b{word}", mentioning) for word in told)
            )
            yield from (Absent("absent_detail", asked, article_id) for asked in islice(free, 1))


def _of_sort(named: Iterable[tuple[str, str, str]], nouns: str) -> list[tuple[str, str]]:
    return [(name, article_id) for name, article_id, noun in named if noun in nouns.split("|")]
