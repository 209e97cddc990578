"""Questions made from a sentence of an article, by patterns; each has its answer in the sentence.

Every pattern is a turn that stays grammatical whatever words fill it: better no question than one
that has to be rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval.drafting_clauses import PREPOSITION, Capitals, Clause, Turned, parse_clause
from eval.drafting_figures import CHANGING, DATE_LINK, about_figures, about_time, dates_of
from eval.drafting_people import NAME, about_roles, about_speech, about_subject

_FEWEST_WORDS, _MOST_WORDS = 5, 24
# "What did it lead?" is asked of anything.
_FEWEST_OF_OBJECT = 6
# "On Tuesday" says when only to those who know the article's date.
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_OBJECT = re.compile(
    r"^(?P<object>(?:a|an|the|its|their|new) "
    rf"(?:(?!(?:{PREPOSITION}|and|or|than)\b)[^\s,]+ ?){{1,8}})"
    rf"(?P<tail>(?:(?<=\s)(?:{PREPOSITION})\b[^,]*)?)$"
)
# A tail that may belong to the object, as in "the rights to the islands".
_OBJECTS_OWN = re.compile(r"(?:to (?:the|an?|[A-Z])|for|on|between|over|against|into|about|as)\b")
_NO_THING = re.compile(
    r"\b(?:day|night|week|month|year|morning|evening|afternoon|time|way|first|second|third|same|"
    r"place|part|lot|number|half|rest|one)s?\b"
)
# "Heath asked the British to heat one room": the object is also who shall do it.
_CAUSING = frozenset(
    {"ask", "tell", "order", "urge", "allow", "want", "force", "help", "invite", "require"}
    | {"persuade", "expect", "request", "enable", "cause", "give"}
)
_NO_ACT = frozenset({"", "be", "been", "being", "become", "have", "had", "remain", "remained"})
_EXPECTED = re.compile(r"^expected to (?P<verb>[a-z]+) (?P<deed>[^,]{10,140})$")
_PLACED = frozenset(
    {"open", "begin", "start", "end", "live", "meet", "land", "crash", "die", "stand", "born"}
    | {"built", "held", "opened", "found", "based", "located", "buried", "founded", "signed"}
)
_IN_PLACE = re.compile(rf"^(?:in|at|near) (?P<place>(?:the )?{NAME})$")


def turn(sentence: str, capitals: Capitals, people: frozenset[str]) -> list[Turned]:
    """The questions that a sentence answers, those that ask for a name, date or figure first.

    ``people`` are the last words of names that speak, as ``speaker_names`` finds them.
    """
    found = [*about_roles(sentence, capitals)]
    clause = parse_clause(sentence, capitals)
    if clause is not None:
        found += about_time(clause)
        found += about_figures(clause)
        found += _about_place(clause)
        found += _about_expectation(clause)
        found += _about_object(clause)
        found += about_subject(clause, people)
    found += about_speech(sentence, capitals)
    return [one for one in found if _reads_well(one)]


def _reads_well(turned: Turned) -> bool:
    words = turned.question.split()
    return _FEWEST_WORDS <= len(words) <= _MOST_WORDS and not _WEEKDAY.search(turned.question)


def _about_place(clause: Clause) -> Iterator[Turned]:
    """Where, of what happens at a place: the place must be all that is told beside it."""
    verb, after = clause.main, clause.rest
    if not verb:
        verb, _, after = clause.rest.partition(" ")
    found = _IN_PLACE.match(after) if verb in _PLACED else None
    if found and not dates_of(found["place"]):
        yield Turned("place", clause.ask("Where", "" if clause.main else verb), (found["place"],))


def _about_expectation(clause: Clause) -> Iterator[Turned]:
    """What somebody is expected to do or be: all that follows, up to when."""
    expected = _EXPECTED.match(clause.rest)
    if expected is None:
        return
    deed = expected["deed"]
    dates = dates_of(deed)
    if dates and (link := DATE_LINK.search(deed[: dates[0].span.start])):
        deed = deed[: link.start()]
    if expected["verb"] != "be":
        answer = f"{expected['verb']} {deed}".strip()
        yield Turned("thing", clause.ask("What", "expected to do"), (answer,))
    elif re.match(r"(?:an?|the) ", deed):
        yield Turned("thing", clause.ask("What", "expected to be"), (deed.strip(),))


def _about_object(clause: Clause) -> Iterator[Turned]:
    """What is done to what: the object, where it begins with its article."""
    verb, after = clause.act
    found = _OBJECT.match(after)
    if found is None or verb in _NO_ACT or verb in CHANGING:
        return
    thing, tail = found["object"].strip(), found["tail"]
    if _OBJECTS_OWN.match(tail) or " and " in tail or _NO_THING.search(thing):
        return
    asked = clause.ask_act("What", tail)
    caused = verb in _CAUSING and tail.startswith("to ")
    if not caused and len(asked.split()) >= _FEWEST_OF_OBJECT:
        yield Turned("thing", asked, (thing,))
