"""Which words to change so that a fact becomes another one: a renaming of a whole collection.

Every change holds for all articles, questions and answers alike, so that articles agree with each
other after it as they did before. A number becomes one of the same shape that occurs nowhere; two
names that answer the same kind of question change places, and so do two days of the week. Where
none of this is safe there is no change.
"""

from __future__ import annotations

import random
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping

from eval.edits import Edit
from eval.values import EvalSet, Gold, Question

Renaming = dict[str, str]

_NUMBER = re.compile(r"(?<![\w])(?<!\d[.,])\d+(?:[.,]\d+)*(?!\w)(?![.,]\d)")
_NUMBER_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
                 "twelve")  # fmt: skip
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b")
_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
_BEHIND = re.compile(rf"[\s-](?:{'|'.join(_MONTHS)}|[a-z]+)(?!\w)")
_BEFORE = re.compile(rf"(?<!\w)(?:{'|'.join(_MONTHS)})\s\Z")
_NAME = re.compile(r"[A-Z]\w+(?: [A-Z]\w+){0,2}")
# "Who", "Where", "Which company": questions that begin alike are answered by names of one kind.
_ASKED = re.compile(r"(?:which|what) \w+|\w+", re.IGNORECASE)

# Days of a month that every month has.
_DAYS = 28
_TRIES = 200
# A word that shares so much of its beginning with a name may be made from it: "Russia", "Russian".
_SHARED = 4


class Collection:
    """The words of a set, to tell what occurs in it and what does not."""

    def __init__(self, eval_set: EvalSet, titles: Iterable[str]) -> None:
        asked = (
            text
            for question in eval_set.questions
            for text in (question.text, *(f"{t.question}\n{t.answer}" for t in question.history))
        )
        answers = (answer for gold in eval_set.gold.values() for answer in gold.answers)
        self.text = "\n".join([*eval_set.texts.values(), *titles, *asked, *answers])
        self.numbers = Counter(_NUMBER.findall(self.text))
        self.words = set(_WORD.findall(self.text))
        self._beginnings: dict[str, set[str]] = {}
        for word in self.words:
            self._beginnings.setdefault(word[:_SHARED].lower(), set()).add(word)

    def is_only_a_name(self, word: str) -> bool:
        """Whether the word never stands in lower case, and no other word is made from it."""
        alike = self._beginnings.get(word[:_SHARED].lower(), set()) - {word}
        return len(word) >= _SHARED and not alike


class Swaps:
    """Collects a renaming, one question at a time."""

    def __init__(self, eval_set: EvalSet, collection: Collection) -> None:
        self._set = eval_set
        self._collection = collection
        self._names = _names_by_what_is_asked(eval_set)
        self.renaming: Renaming = {}

    def add(self, question: Question, gold: Gold) -> bool:
        """Whether a fact that answers the question is changed, by this call or an earlier one."""
        for passage in gold.evidence:
            for answer in gold.answers:
                start = passage.text.find(answer)
                if start >= 0 and self._change(question, passage.text, start, answer):
                    return True
        return False

    def _change(self, question: Question, text: str, start: int, answer: str) -> bool:
        number = _NUMBER.search(answer) or _NUMBER_WORD.search(answer)
        if number:
            place = (start + number.start(), start + number.end())
            return self._change_number(text, *place)
        if answer in _WEEKDAYS:
            return self._exchange([answer], self._free_weekday(answer))
        if _NAME.fullmatch(answer) and answer not in _MONTHS:
            return self._change_name(question, answer)
        return False

    def _change_number(self, text: str, start: int, end: int) -> bool:
        old = text[start:end]
        forms = [("", ""), *self._neighbours(text, start, end)]
        if any(f"{before}{old}{behind}" in self.renaming for before, behind in forms):
            return True
        for before, behind in forms:
            form = f"{before}{old}{behind}"
            if (before or behind) and not self._stands_only_as(old, form):
                continue
            for new in _of_same_shape(old, is_day=self._is_day(old)):
                if self._is_fresh(before, new, behind):
                    self.renaming[form] = f"{before}{new}{behind}"
                    return True
        return False

    def _neighbours(self, text: str, start: int, end: int) -> list[tuple[str, str]]:
        """What stands before and behind a number and can be changed along with it."""
        before, behind = _BEFORE.search(text[:start]), _BEHIND.match(text, end)
        found = [("", behind.group())] if behind else []
        return [*found, (before.group(), "")] if before else found

    def _stands_only_as(self, old: str, form: str) -> bool:
        """Whether no article that has the form has its number in another place as well."""
        alone, whole = _matcher([old]), _matcher([form])
        return all(
            len(alone.findall(text)) == len(whole.findall(text))
            for text in self._set.texts.values()
            if form in text
        )

    def _is_day(self, number: str) -> bool:
        month = "|".join(_MONTHS)
        day = rf"(?:(?:{month})\s{number}|{number}\s(?:{month}))(?!\w)"
        return bool(re.search(rf"(?<!\w){day}", self._collection.text))

    def _is_fresh(self, before: str, new: str, behind: str) -> bool:
        form = f"{before}{new}{behind}"
        if form in self.renaming.values():
            return False
        if before or behind:
            return form not in self._collection.text
        return new not in self._collection.numbers and new not in self._collection.words

    def _change_name(self, question: Question, name: str) -> bool:
        old = name.split()
        if all(word in self.renaming for word in old):
            return True
        if not self._can_be_exchanged(old):
            return False
        for other in self._names.get(_asked(question), ()):
            new = other.split()
            if len(new) == len(old) and not {*old} & {*new} and self._can_be_exchanged(new):
                return self._exchange(old, new)
        return False

    def _can_be_exchanged(self, words: list[str]) -> bool:
        only = all(self._collection.is_only_a_name(word) for word in words)
        return only and len({*words}) == len(words) and not {*words} & self.renaming.keys()

    def _free_weekday(self, day: str) -> list[str]:
        """A day to change places with; one that has changed already stands for itself."""
        taken = {*self.renaming, day}
        return [d for d in _WEEKDAYS if d not in taken][:1] if day not in self.renaming else [day]

    def _exchange(self, old: list[str], new: list[str]) -> bool:
        if not new:
            return False
        for one, other in zip(old, new, strict=True):
            if one != other:
                self.renaming[one], self.renaming[other] = other, one
        return True


class Renamer:
    """Carries a renaming out, in one pass over each text."""

    def __init__(self, renaming: Mapping[str, str]) -> None:
        self._renaming = renaming
        self._pattern = _matcher(renaming)

    def edits(self, text: str) -> list[Edit]:
        """The changes of the text, sorted and disjoint."""
        return [
            Edit(match.start(), match.end(), self._renaming[match.group()])
            for match in self._pattern.finditer(text)
        ]

    def rename(self, text: str) -> str:
        """The changed text."""
        return self._pattern.sub(lambda match: self._renaming[match.group()], text)


def _matcher(forms: Iterable[str]) -> re.Pattern[str]:
    """Each of the forms as whole words or whole numbers, the longest first."""
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    if not longest_first:
        return re.compile(r"(?!)")
    either = "|".join(re.escape(form) for form in longest_first)
    return re.compile(rf"(?<!\w)(?<!\d[.,])(?:{either})(?!\w)(?![.,]\d)")


def _names_by_what_is_asked(eval_set: EvalSet) -> dict[str, list[str]]:
    names: dict[str, dict[str, None]] = {}
    for question in eval_set.questions:
        gold = eval_set.gold.get(question.id)
        for answer in gold.answers if gold else ():
            if _NAME.fullmatch(answer) and answer not in _MONTHS + _WEEKDAYS:
                names.setdefault(_asked(question), {})[answer] = None
    return {asked: list(found) for asked, found in names.items()}


def _asked(question: Question) -> str:
    found = _ASKED.match(question.text)
    return found.group().lower() if found else ""


def _of_same_shape(old: str, *, is_day: bool) -> Iterable[str]:
    """Other numbers of as many digits, of the same century and as round; always the same ones."""
    source = random.Random(zlib.crc32(old.encode()))
    if old in _NUMBER_WORDS:
        others = [word for word in _NUMBER_WORDS if word != old]
        yield from source.sample(others, len(others))
        return
    kept = 2 if _YEAR.fullmatch(old) else 0
    round_from = len(old.rstrip("0,.")) or len(old)
    for _ in range(_TRIES):
        new = "".join(
            source.choice("123456789" if place in (0, round_from - 1) else "0123456789")
            if character.isdecimal() and kept <= place < round_from
            else character
            for place, character in enumerate(old)
        )
        if new != old and not (is_day and "," not in new and float(new) > _DAYS):
            yield new
