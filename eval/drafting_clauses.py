"""Plain statements taken apart into subject, verb and rest, so that a question can be made.

Only sentences of one finite verb whose subject is plain are taken; of the others nothing is said.
That loses most sentences of an article and keeps the questions grammatical.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from eval.drafting_verbs import base_of_past, base_of_present, is_participle

BE = frozenset({"is", "are", "was", "were"})
HAVE = frozenset({"has", "have", "had"})
_MODALS = frozenset({"will", "would", "can", "could", "should", "must"})
_FEWEST_WORDS, _MOST_WORDS = 4, 32
_MOST_SUBJECT_WORDS = 12
# "Men stand around the bodies of people killed ...": the finite verb is not the one that looks so.
_MOST_BARE_SUBJECT = 3

# A sentence with one of these is about what another sentence says, or has another clause.
_POINTS_ELSEWHERE = re.compile(
    r"\b(?:he|she|it|they|him|them|we|us|our|I|my|you|your|this|that|these|those|here|there|both|"
    r"such|another|other|others|former|latter|not|never|nor|also|however|too|if|who|whom|which|"
    r"whose|because|although|though|while|whether|what|how|why|either|neither|instead|meanwhile|"
    r"already|still|again|even|then|respectively|so)\b|n['’]t\b",
    re.IGNORECASE,
)
_ODD = re.compile(r"[\n►•▪■*#<>=\"“”«»;:()\[\]!?…|/—–]|\.\s|\s-\s|['‘’](?!s\b|\w)")
_LEAD_IN = re.compile(
    r"^(?P<lead>(?:In|On|By|Since|At|During|According to|For|Under|From)\s[^,]{2,60}), (?=\S)"
)
_SAYS = r"(?:said|says|added|told reporters)"
_SAID_AT_END = re.compile(
    rf"(?:, (?:according to [^,]{{2,60}}|(?:[^\s,]+ ){{1,8}}{_SAYS}(?: (?:on|in|at) [^,]{{2,30}})?"
    rf"|{_SAYS} (?:[^\s,]+ ?){{1,8}}))$"
)
# The words of a speaker that are a whole sentence: “...,” Ada Lind said
_QUOTED = re.compile(
    rf"^[“\"](?P<said>[^“”\"]+),[”\"] (?:[^,]{{1,60}} {_SAYS}|{_SAYS} [^,]{{1,60}})$"
)
_VERB_AHEAD = r"(?:will|would|is|are|was|were|has|have|had|\w+ed)\b"
_TAIL = re.compile(
    r",? (?:after|before|when|until|where|including|making|leaving|adding|but|"
    rf"and (?=(?:it |they |he |she )?{_VERB_AHEAD})).*$"
    r"|, (?:as|since|while|with|and the|up from|down from|known as|just|\w+ing)\b.*$"
)
PREPOSITION = (
    r"in|on|at|for|with|to|by|from|after|before|during|as|against|between|into|under|over|near|"
    r"since|until|across|through|along|without|within|about|due|despite|amid|via|per"
)
_NO_SUBJECT = frozenset(
    """
    a an some many most more all each every any no one two several few much his her its their my our
    your in on at by for from with under over after before during since until as about among
    despite like to of and but or yet when where while what who how why
    """.split()  # noqa: SIM905 - one word a line would fill pages
)
_NOT_IN_SUBJECT = re.compile(
    r"\b(?:his|her|its|their|says?|said|to)\b|,|day\b| (?:from|of|in|by|at|\w+ly)$", re.IGNORECASE
)


# What is left of a statement in a question must not go on with another verb, as in "will cost 40
# crowns, carry 12 lorries and sail in May": behind a comma or an "and" only names, numbers and
# nouns with their article are sure to be none.
_COORDINATED = re.compile(r",|\b(?:and|or|but)\s(?!(?:the|an?)\s|[A-Z\d])")


# Names are written small in addresses and by slips, one time in ten at the most.
_SELDOM = 0.1


@dataclass(frozen=True, slots=True)
class Turned:
    """A question with its kind and the wordings of its answer, the sentence's own first."""

    kind: str
    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A statement as ``subject finite rest``; ``helper subject main rest`` is its question.

    Of "The bridge opened in May": ``the bridge``, ``opened``, ``in May``, ``did`` and ``open``.
    ``main`` is empty where the finite verb itself goes to the front: "was the bridge ...".
    """

    subject: str
    finite: str
    rest: str
    helper: str
    main: str
    lead: str = ""

    def ask(self, opening: str, rest: str | None = None) -> str:
        """The question that begins with ``opening``, about all that is left in ``rest``.

        Empty where ``rest`` may go on with another statement, which the question would break.
        """
        said = self.rest if rest is None else rest
        if _COORDINATED.search(said):
            return ""
        return _question(opening, self.helper, self.subject, self.main, said)

    @property
    def act(self) -> tuple[str, str]:
        """The verb that says what is done, and what follows it; no verb where something only is."""
        if self.main:
            return self.main, self.rest
        first, _, after = self.rest.partition(" ")
        if self.helper in BE:
            acts = first.endswith("ing")
        else:
            acts = self.helper in _MODALS or is_participle(first)
        return (first, after) if acts and first.islower() else ("", self.rest)

    def ask_act(self, opening: str, rest: str) -> str:
        """The question about what follows the verb of ``act``, of which ``rest`` is left."""
        return self.ask(opening, rest if self.main else f"{self.act[0]} {rest}")

    def ask_for_subject(self, opening: str) -> str:
        """The question that has ``opening`` in the subject's place."""
        return _question(opening, self.finite, self.rest)


class Capitals:
    """Which words owe their capital to the start of a sentence, told from a whole collection."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._lower: Counter[str] = Counter()
        self._upper: Counter[str] = Counter()
        for text in texts:
            self._lower.update(re.findall(r"\b[a-z][a-z'’-]+\b", text))
            self._upper.update(re.findall(r"(?<=[a-z,] )[A-Z][\w'’-]+", text))

    def inside(self, subject: str) -> str:
        """A subject as it stands inside a sentence; empty where that cannot be told."""
        first, _, rest = subject.partition(" ")
        if first == "The":
            return f"the {rest}"
        if self._lower[first.lower()] > self._upper[first]:
            return f"{first.lower()} {rest}".strip()
        named = first in self._upper or re.match(r"[A-Z]", rest)
        return subject if named or not first[:1].isupper() else ""

    def is_word(self, word: str) -> bool:
        """Whether it is written small more than by the way: then its capital makes no name."""
        return self._lower[word.lower()] > _SELDOM * self._upper[word]

    def are_known(self, name: str) -> bool:
        """Whether each word of a name has its capital elsewhere too, inside a sentence."""
        return all(word in self._upper for word in name.split() if word[0].isupper())


def parse_clause(sentence: str, capitals: Capitals) -> Clause | None:
    """The statement of a sentence, without who said it and what comes before; None if not plain."""
    plain = statement(sentence)
    lead = ""
    if found := _LEAD_IN.match(plain):
        lead, plain = found["lead"], plain[found.end() :]
    plain = _TAIL.sub("", plain)
    words = plain.split()
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS or not stands_alone(plain):
        return None
    place = _finite_place(words)
    if place is None or not words[0][0].isalnum():
        return None
    subject, rest = " ".join(words[:place]), " ".join(words[place + 1 :])
    bare = words[0] != "The" and not capitals.are_known(words[0])
    if bare and place > _MOST_BARE_SUBJECT:
        return None
    if words[0].lower() in _NO_SUBJECT or _NOT_IN_SUBJECT.search(subject):
        return None
    subject = capitals.inside(subject)
    parts = _helper_and_main(words[place], words[place + 1 :])
    if not subject or parts is None or _has_finite(words[place + 1 :], parts[1]):
        return None
    return Clause(subject, words[place], rest, *parts, lead=lead)


def statement(sentence: str) -> str:
    """A sentence without its full stop and without who said it; empty if it is odd."""
    plain = sentence.strip().removesuffix(".")
    quoted = _QUOTED.match(plain)
    plain = quoted["said"] if quoted else _SAID_AT_END.sub("", plain)
    return "" if _ODD.search(plain) else plain


def stands_alone(text: str) -> bool:
    """Whether nothing in it points at another sentence: no *it*, no *this*, no *also*."""
    return not _POINTS_ELSEWHERE.search(text)


def _finite_place(words: list[str]) -> int | None:
    for place, word in enumerate(words[: _MOST_SUBJECT_WORDS + 1]):
        if place and (word in BE | HAVE | _MODALS or base_of_past(word) or base_of_present(word)):
            return place
        if word in ("to", "than") or word.endswith(","):
            return None  # a verb without a finite form, or a sentence with something put in
    return None


def _helper_and_main(finite: str, after: list[str]) -> tuple[str, str] | None:
    """What goes to the front of a question, and the verb that stays; None where neither is told."""
    following = after[0].strip(",") if after else ""
    if finite in BE | _MODALS or (finite in HAVE and is_participle(following)):
        return finite, ""
    if finite in HAVE:
        return {"has": "does", "have": "do", "had": "did"}[finite], "have"
    if base := base_of_present(finite):
        return "does", base
    # "The ferry built by Osk": a participle, and the finite verb is yet to come.
    return None if following == "by" else ("did", base_of_past(finite))


def _has_finite(after: list[str], main: str) -> bool:
    """Whether there is another finite verb behind the first, or what looks like one."""
    words = [word.strip(",") for word in after]
    if not main:  # what follows a helper belongs to it: "will be closed", "has been opened"
        while words and (words[0] in ("be", "been", "being") or words[0].endswith("ly")):
            words = words[1:]
        words = words[1:]
    return any(w in BE | HAVE | _MODALS or base_of_past(w) or base_of_present(w) for w in words)


def _question(*parts: str) -> str:
    text = " ".join(" ".join(parts).split()).rstrip(" ,.")
    return re.sub(r"\s+,", ",", f"{text}?")
