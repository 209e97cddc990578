"""Questions about when and how much: the dates and the amounts of a plain statement."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval.drafting_clauses import BE, HAVE, PREPOSITION, Clause, Turned
from eval.drafting_verbs import is_participle
from rag.phrases import Kind, Phrase, find_phrases

_QUALIFIER = re.compile(
    r"^(?:about|around|nearly|almost|over|under|some|roughly|approximately|up to|more than|less "
    r"than|fewer than|at least|at most|only|just)\s+",
    re.IGNORECASE,
)
_EXACT_DATE = re.compile(r"\d|January|February|March|April|May|June|July|August|Sept|Octo|Nov|Dec")
# What may follow a date that is taken out: "in 2011 prices" is another thing.
_AFTER_DATE = re.compile(rf"$|,|\s(?:{PREPOSITION})\b")
_PLANNED = re.compile(r"(?:expected|due|scheduled|planned|likely|set)\b")
_PRESENT = frozenset({"is", "are", "do", "does", "has", "have"})
_STATES = frozenset({"born", "due", "open", "closed", "ready"})
_VAGUE = re.compile(r"\b(?:later|earlier|early|late|again|once|only)$")
DATE_LINK = re.compile(r"(?:^|\s)(?P<link>in|on|by|since|until)\s$")
_LINKED = {
    "in": "When",
    "on": "When",
    "by": "By when",
    "since": "Since when",
    "until": "Until when",
}
_PLURAL = re.compile(
    r"\s(?P<noun>(?:[a-z-]+ ){0,2}?(?:[a-z-]{2,}[^\Ws]s|people|men|women|children|sheep|fish))"
    r"(?=\s(?:in|on|at|for|from|to|with|by|during|per|a day|a year|were|was|are|will|have)\b|$)"
)
_SCALES = frozenset({"long", "high", "tall", "wide", "deep", "old", "thick"})
_SPENDING = frozenset({"cost", "spend", "pay", "invest", "raise", "earn", "donate", "lose", "win"})
CHANGING = frozenset({"rise", "fall", "grow", "increase", "drop", "shrink", "decrease", "climb"})
_REACHING = frozenset({"exceed", "reach", "total"})
_LASTING = frozenset({"take", "last"})


def about_time(clause: Clause) -> Iterator[Turned]:
    """When, where one exact date is told, and nothing else of that kind."""
    if not _has_time(clause):
        return
    leading = [p.span.of(clause.lead) for p in dates_of(clause.lead)]
    dates = dates_of(clause.rest)
    if len(leading) + len(dates) != 1:
        return
    if leading:
        link = clause.lead.split()[0].lower()
        if link in _LINKED and clause.lead.lower() == f"{link} {leading[0].lower()}":
            yield Turned("date", clause.ask(_LINKED[link]), (leading[0],))
        return
    span = dates[0].span
    if found := DATE_LINK.search(clause.rest[: span.start]):
        before = clause.rest[: found.start()].rstrip()
        since = found["link"] == "since" and clause.helper not in HAVE
        if _AFTER_DATE.match(clause.rest, span.end) and not since and not _VAGUE.search(before):
            left = f"{before}{clause.rest[span.end :]}"
            yield Turned("date", clause.ask(_LINKED[found["link"]], left), (span.of(clause.rest),))


def _has_time(clause: Clause) -> bool:
    """Whether the statement is of something that happens, which can be asked when."""
    first = clause.rest.split(" ", 1)[0]
    if clause.helper in _PRESENT and not _PLANNED.match(clause.rest):
        return clause.helper in HAVE and bool(re.search(r"\b(?:since|by)\b", clause.rest))
    return clause.helper not in BE or first in _STATES or is_participle(first)


def dates_of(text: str) -> list[Phrase]:
    """The dates that say when without another date: not "on Tuesday", not "last week"."""
    found = [phrase for phrase in find_phrases(text) if phrase.kind is Kind.DATE]
    return [phrase for phrase in found if _EXACT_DATE.search(phrase.span.of(text))]


def about_figures(clause: Clause) -> Iterator[Turned]:
    """How many, how much, how long: the amount right behind the verb, or before the subject."""
    verb, rest = clause.act
    first = next(iter(find_phrases(rest)), None)
    if first is not None and first.span.start == 0:
        asked = _figure_question(clause, verb, first, rest)
        if asked:
            yield Turned(*asked, _wordings(first.span.of(rest)))
    elif verb in CHANGING and rest.startswith("by "):
        amount = next((p for p in find_phrases(rest) if p.span.start == len("by ")), None)
        if amount and amount.kind in (Kind.PERCENT, Kind.MONEY, Kind.NUMBER):
            asked_how = clause.ask_act("By how much", rest[amount.span.end :])
            yield Turned("number", asked_how, _wordings(amount.span.of(rest)))
    number = next(iter(find_phrases(clause.subject)), None)
    if number and number.span.start == 0 and number.kind is Kind.NUMBER:
        noun = clause.subject[number.span.end :].strip()
        if noun.split(" ")[-1].endswith("s") and not noun.startswith("of "):
            asked_noun = clause.ask_for_subject(f"How many {noun}")
            yield Turned("number", asked_noun, _wordings(number.span.of(clause.subject)))


def _figure_question(
    clause: Clause, verb: str, figure: Phrase, rest: str
) -> tuple[str, str] | None:
    """The kind and the question that the figure right behind the verb answers."""
    # Right behind a comma there is something else about it, or another statement.
    after = re.sub(r"^\s*,.*", "", rest[figure.span.end :])
    if figure.kind is Kind.MONEY and verb in _SPENDING:
        return "money", clause.ask_act("How much", after)
    if verb in _REACHING and figure.kind in (Kind.MONEY, Kind.MEASURE, Kind.PERCENT):
        return "number", clause.ask_act("What", after)
    if figure.kind is Kind.DURATION and verb in _LASTING:
        return "duration", clause.ask_act("How long", after)
    scale, _, left = after.strip().partition(" ")
    if not verb and figure.kind in (Kind.MEASURE, Kind.DURATION) and scale in _SCALES:
        return "number", clause.ask(f"How {scale}", left)
    plural = _PLURAL.match(after)
    if figure.kind is Kind.NUMBER and plural and verb:
        return "number", clause.ask_act(f"How many {plural['noun']}", after[plural.end() :])
    return None


def _wordings(figure: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((figure, _QUALIFIER.sub("", figure))))
