"""Questions about who: who holds an office, who did something, who said it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval.drafting_clauses import BE, Capitals, Clause, Turned, stands_alone, statement
from rag.phrases import is_function_word

NAME = r"[A-Z][\w’'-]*\w(?: [A-Z][\w’'-]*\w){0,3}"
_PERSON = r"[A-Z][\w’'-]*\w(?: [A-Z]\.)?(?: [A-Z][\w’'-]*\w){1,2}"
_ROLE = (
    r"CEO|CFO|mayor|president|vice-president|chairman|chairwoman|chair|director|managing director|"
    r"chief executive|founder|owner|head|coach|captain|editor|secretary|treasurer|governor|"
    r"harbour master|headteacher|curator|leader|architect|conductor|bishop|commander"
)
_ROLE_BEFORE = re.compile(
    rf"(?<!former )(?<!ex-)(?<!late )\b(?P<of>{NAME}) (?P<role>{_ROLE}) (?P<name>{_PERSON})"
)
_ROLE_AFTER = re.compile(
    rf"\b(?P<name>{_PERSON}), (?:the )?(?P<role>{_ROLE}) (?P<link>of|at) "
    rf"(?P<of>(?:the )?[^,.;:()\"“”]{{3,50}}),"
)
# What tells the sort of an office, not whose it is: "the hospital's Medical director".
_SORTS_OF_OFFICE = re.compile(
    r"\b(?:acting|artistic|assistant|associate|clinical|commercial|corporate|creative|deputy|"
    r"editorial|executive|federal|financial|former|general|interim|joint|legal|local|medical|"
    r"municipal|musical|national|operational|operations|political|regional|scientific|senior|"
    r"sporting|sports|technical|vice)$",
    re.IGNORECASE,
)
_PEOPLES = re.compile(r"(?:[ei]an|ese|ish)$")  # "the North Korean leader"
_SAYING = r"(?:said|says|told|added)"
# What stands between the verb and the name: "said Rostec CEO", "said Osk mayor", "said Dr".
_TITLES = r"(?:[A-Z][\w-]+ )?(?:(?:(?!the )[a-z-]+ ){1,3}|[A-Z]{2,} |Dr |Mr |Mrs |Ms )"
_SPEAKERS = re.compile(
    rf"(?<!the )\b(?P<before>{_PERSON}),? {_SAYING}\b|"
    rf"\b{_SAYING} {_TITLES}(?P<titled>{_PERSON})|\b{_SAYING} (?P<after>{_PERSON})"
)
_TITLED = re.compile(
    r"^(?:But|And|When|While|As|In|On|The|Mr|Mrs|Ms|Dr|Minister|President|Mayor|Engineer|"
    r"Professor|Captain|Ranger|Judge) (?=[A-Z])"
)
_SAID_LAST = re.compile(rf", (?:said (?P<after>{_PERSON})|(?P<before>{_PERSON}) said)$")
ORGANISATIONS = (
    r"Bank|Church|Club|College|Committee|Company|Council|Court|Festival|Foundation|Hospital|Hotel|"
    r"Institute|Library|Ministry|Museum|Orchestra|Party|Railway|School|Society|Theatre|Union|"
    r"University"
)
STRUCTURES = r"Airport|Bridge|Canal|Dam|Station|Tower|Tunnel"
# Of a name that ends so, "which bridge" asks.
CLASS_NAME = re.compile(
    rf"\b(?:the )?(?:[A-Z][\w’'-]*\w )+(?P<noun>{ORGANISATIONS}|{STRUCTURES}|Island|Lake|Mountain|"
    r"Park|Prize|River|Valley)\b"
)
_NO_PERSON = re.compile(
    rf"\b(?:{ORGANISATIONS}|{STRUCTURES}|Agency|Association|Board|Center|Centre|Corporation|"
    r"Department|Energy|Group|Inc|Institution|News|Police|Post|Street|Times|Today)\b"
)


def speaker_names(text: str) -> list[str]:
    """The full names that are seen to speak, each once: people, for the most part."""
    found = (m["before"] or m["titled"] or m["after"] for m in _SPEAKERS.finditer(text))
    plain = (_TITLED.sub("", name) for name in found)
    return [name for name in dict.fromkeys(plain) if _is_person(name)]


def _is_person(name: str) -> bool:
    return (
        " " in name
        and not _NO_PERSON.search(name)
        and not any(word.isupper() and len(word) > 1 for word in name.split())
    )


def about_roles(sentence: str, capitals: Capitals) -> Iterator[Turned]:
    """Who holds the office that a sentence puts beside a name."""
    found = _ROLE_BEFORE.search(sentence)
    if found and _is_name(found["of"], capitals):
        of = re.sub(r"['’]s$", "", found["of"])
        plural = of.endswith("s")
        article = "the " if (plural and " " in of) or CLASS_NAME.fullmatch(of) else ""
        if article or not plural:  # "Starbucks" wants none, "the Colts" one: who knows
            asked = f"Who is the {found['role']} of {article}{of}?"
            yield Turned("person", asked, (found["name"],))
    if found := _ROLE_AFTER.search(sentence):
        name = _TITLED.sub("", found["name"])
        asked = f"Who is the {found['role']} {found['link']} {found['of']}?"
        if " " in name:
            yield Turned("person", asked, (name,))


def _is_name(of: str, capitals: Capitals) -> bool:
    """Whether an office can be of it: not "Community leader ..." where a sentence begins so.

    Nor of one word that is an ordinary one elsewhere, or that tells the office's sort.
    """
    plain = is_function_word(of.split(maxsplit=1)[0]) or _PEOPLES.search(of)
    plain = plain or _SORTS_OF_OFFICE.search(of) or (" " not in of and capitals.is_word(of))
    return not plain and capitals.are_known(of) and capitals.inside(of) == of


def about_subject(clause: Clause, people: frozenset[str]) -> Iterator[Turned]:
    """Who or which bridge did it, where the subject is a known person or names its own sort."""
    no_act = clause.helper in BE and re.match(r"an?\b", clause.rest)
    pointing = re.search(r"\b(?:his|her|its|their)\b", clause.rest)
    if no_act or pointing or len(clause.rest.split()) < 3:
        return
    if found := CLASS_NAME.fullmatch(clause.subject):
        noun = found["noun"].lower()
        yield Turned("name", clause.ask_for_subject(f"Which {noun}"), (clause.subject,))
    elif re.fullmatch(_PERSON, clause.subject) and clause.subject.split()[-1] in people:
        yield Turned("person", clause.ask_for_subject("Who"), (clause.subject,))


def about_speech(sentence: str, capitals: Capitals) -> Iterator[Turned]:
    """Who said what a whole statement tells."""
    plain = sentence.strip().removesuffix(".")
    found = _SAID_LAST.search(plain)
    said = statement(plain) if found else ""
    inside = capitals.inside(said) if said else ""
    if found and inside and stands_alone(inside):
        name = _TITLED.sub("", found["after"] or found["before"])
        yield Turned("person", f"Who said that {inside}?", (name,))
