"""What a question takes for granted, and the article does not bear out.

A question about a name that the article never mentions, a number that it does not give, a figure
or a reason where none is stated, is not answered by the sentence that is nearest to it. The
checks know a name's other forms, so that what they report missing is missing, and they say it in
words that a reader can check.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.contrasts import says_opposite
from rag.figures import amounts, gives_amount, lacks_figure
from rag.lexical import words
from rag.name_forms import FORMS, LONG_NAMES, acronyms
from rag.phrases import Kind, find_phrases
from rag.question import Expects, Question
from rag.roles import roles_swapped
from rag.values import Article, Span

# A name may differ from the article's in this many letters at its end ("Russian", "Russia").
ENDING_LETTERS = 3
SHORTEST_SHARED = 4
# A longer word may differ in one letter anywhere: a slip of the pen, not another name.
SHORTEST_MISSPELT = 6

_FIGURES = frozenset(
    {Kind.DATE, Kind.DURATION, Kind.MONEY, Kind.PERCENT, Kind.MEASURE, Kind.NUMBER}
)
_NUMBER_WORDS = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve".split(),  # noqa: SIM905
        map(str, range(1, 13)),
        strict=True,
    )
)
# A name is the same with or without them; "President" is a claim, and has to be borne out.
_CIVILITIES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "sir"})
_YEAR = re.compile(r"\b[12]\d{3}\b")
_ACRONYM = re.compile(r"[A-Z](?:\.?[A-Z])+\.?s?")
# "to", "for" and "as" alone tell purposes and times as often as causes, and are left out.
_CAUSE = re.compile(
    r"\b(?:because|since|due to|owing to|thanks to|result\w*|so that|in order to|therefore|thus|"
    r"hence|caus\w+|reason\w*|led to|lead(?:s|ing)? to|prompt\w+|driv\w+|drove|explain\w*|blam\w+|"
    r"cit(?:ed|ing|es)|motivat\w+|in response|in an effort|aim\w*|intend\w*|hop(?:e|es|ed|ing)|"
    r"fear\w*|concern\w*|worr\w+|amid|so|as (?:it|they|he|she|the)|to (?:avoid|prevent|protect|"
    r"reduce|help|make|allow|ensure|stop|keep|save|encourage|gain|regain|create|improve|increase|"
    r"maintain|support|secure|promote|boost|ease|limit|punish|attract|meet)|after|by \w+ing|"
    r"forc(?:ed|es|ing)|desire\w*|tr(?:ied|ies|ying) to|seek(?:s|ing)? to|sought to|"
    r"for (?!(?:\w+th|even|morn|k|spr)ing\b)\w+ing|accus\w+|want\w*|need\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Premises:
    """What of a question is missing: names and numbers as they were asked, or a kind of answer.

    ``rivals``: those of the names that the article has another like, the *North Line* for the
    *South Line*. A name without a rival may only be left unsaid (the country of a town), and a
    time is often told without a date: neither makes the premises fail, both cost confidence.
    ``swapped``: the best sentence tells the question's act with the actors the other way;
    ``opposed``: it says the opposite of what the question builds on.
    """

    names: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    no_figure: bool = False
    no_date: bool = False
    no_cause: bool = False
    swapped: bool = False
    opposed: bool = False

    @property
    def fail(self) -> bool:
        """Whether the article cannot hold the answer to the question as it was asked."""
        return bool(
            self.rivals
            or self.numbers
            or self.no_figure
            or self.no_cause
            or self.swapped
            or self.opposed
        )


_COMPARISON = (
    r"\b(?:(?:more|less|fewer|\w+er) than|than|over|under|above|below|exceed(?:s|ed)?|"
    r"at (?:least|most)|up to)\s+"
)
_COMPARED_BEFORE = re.compile(rf"{_COMPARISON}$", re.IGNORECASE)
_COMPARED = re.compile(_COMPARISON, re.IGNORECASE)


def unmet_premises(question: Question, article: Article, best: str, near: str) -> Premises:
    """What an article lacks of a question.

    ``best``: the sentence that comes nearest; ``near``: the same with its neighbours, where a
    figure or a cause is looked for.
    """
    phrases = find_phrases(question.text)
    asked_names = [
        phrase.span.of(question.text)
        for phrase in phrases
        if phrase.kind is Kind.NAME and phrase.span.of(question.text) in question.names
    ]
    # "Is it heavier than 30 tons?" takes no number for granted.
    yes_no = question.expects is Expects.YES_NO
    figures = [
        phrase.span.of(question.text)
        for phrase in phrases
        if phrase.kind in _FIGURES and not (yes_no and _is_compared(question.text, phrase.span))
    ]
    held = article_words(article)
    asks_when = question.expects is Expects.TIME
    names = tuple(
        name
        for name in asked_names
        if not is_mentioned(name, held) and _joined(name) not in _joined(article.text)
    )
    return Premises(
        names=names,
        rivals=tuple(name for name in names if _has_rival(name, article)),
        numbers=tuple(figure for figure in figures if not _is_given(figure, article, held)),
        no_figure=not asks_when and lacks_figure(question, near),
        no_date=asks_when and lacks_figure(question, near),
        no_cause=question.expects is Expects.REASON and not _CAUSE.search(near),
        swapped=roles_swapped(question.text, best),
        # A yes-or-no question may be answered by the opposite.
        opposed=not yes_no and says_opposite(question.text, best, near),
    )


def _is_compared(text: str, figure: Span) -> bool:
    lead = text[: figure.start]
    return bool(_COMPARED_BEFORE.search(lead) or _COMPARED.match(text, figure.start))


def is_mentioned(name: str, held: frozenset[str]) -> bool:
    """Whether every word of a name occurs, in one of its forms or with one slip."""
    if name.casefold() in LONG_NAMES:
        name = LONG_NAMES[name.casefold()]
    if _ACRONYM.fullmatch(name) and name.replace(".", "").rstrip("s").casefold() in held:
        return True
    return all(
        word.stem in held
        or word.stem in _CIVILITIES
        or any(char.isdigit() for char in word.surface)
        or _has_form(word.surface.casefold(), held)
        for word in words(name)
    )


def _has_rival(name: str, article: Article) -> bool:
    """Whether an article has another name of the same first or last word."""
    asked = [word.stem for word in words(name)]
    if len(asked) == 1 or asked[0] in _CIVILITIES:
        return False
    first, last = tuple(asked[:2]), tuple(asked[-2:])
    for line in (article.title, article.outlet, article.author, *article.text.splitlines()):
        if {first[0], last[1]}.isdisjoint(word.stem for word in words(line)):
            continue
        for phrase in find_phrases(line):
            if phrase.kind is Kind.NAME:
                stems = [word.stem for word in words(phrase.span.of(line))]
                for pair in pairwise(stems):
                    if (pair[0] == first[0] and pair != first) or (
                        pair[1] == last[1] and pair != last
                    ):
                        return True
    return False


@lru_cache(maxsize=256)
def article_words(article: Article) -> frozenset[str]:
    """The stems, folded surface forms and acronyms of an article's words, metadata included."""
    text = f"{article.title}\n{article.outlet}\n{article.author}\n{article.date}\n{article.text}"
    found = words(text)
    return (
        frozenset(word.stem for word in found)
        | frozenset(word.surface.casefold() for word in found)
        | frozenset(acronyms(text))
    )


def one_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter added, dropped, changed, or swapped with the next."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = _shared_beginning(one, other)
    left, right = one[start:], other[start:]
    if len(left) == len(right):
        swapped = len(left) > 1 and left[:2] == right[1::-1] and left[2:] == right[2:]
        return swapped or left[1:] == right[1:]
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[1:] == shorter


def _has_form(word: str, held: frozenset[str]) -> bool:
    if not FORMS.get(word, frozenset()).isdisjoint(held):
        return True
    return any(_is_form(word, other) for other in held)


def _is_form(word: str, other: str) -> bool:
    if abs(len(word) - len(other)) > ENDING_LETTERS or word[:1] != other[:1]:
        return False
    shared = _shared_beginning(word, other)
    ending = max(len(word), len(other)) - shared
    if shared >= SHORTEST_SHARED and ending <= ENDING_LETTERS:
        return True
    return min(len(word), len(other)) >= SHORTEST_MISSPELT and one_slip(word, other)


def _shared_beginning(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


@lru_cache(maxsize=256)
def _joined(text: str) -> str:
    """The letters and digits alone: *Apple Talk* is *AppleTalk*."""
    return "".join(char for char in text.casefold() if char.isalnum())


def _is_given(figure: str, article: Article, held: frozenset[str]) -> bool:
    """Whether an article gives a number: its value, or a small one's word; of a date, the year."""
    years = _YEAR.findall(figure)
    if years:
        return all(year in held or f"{year}s" in held for year in years)
    if any(phrase.kind is Kind.DATE for phrase in find_phrases(figure)):
        return True  # a day of the year is often told by its weekday
    small = {digits: word for word, digits in _NUMBER_WORDS.items()}
    text = f"{article.title}\n{article.text}"
    return all(
        small.get(str(written), "") in held or gives_amount(written, value, text)
        for written, value in amounts(figure)
    )
