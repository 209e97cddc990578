"""Short claims that are lifted out of quotes: one clause alone, or with its voice turned.

Hand-made claims are rewordings with care, and a reader that knows only these refuses "Engineers
found 14 cracks." where a quote tells more than that. ``rag.grammar`` finds the clauses; it puts one
word in seven in a wrong place, so some of these claims read oddly, true and false alike.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.entailment_edits import Edits
from rag.claim_reading import Reading, read

# True claims of one group, and as many false ones where each can be made false.
MOST_TRUE = 3
FEWEST_WORDS, MOST_WORDS = 3, 16
# The share of false claims that exchange who did it and to whom, where that can be.
SWAPPED = 0.4
# What one of these belongs to is not said outright.
_CONDITIONS = frozenset(
    (
        "if", "unless", "whether", "until", "except", "without", "would", "could", "should",
        "might", "may", "no", "nobody", "none", "few",
    )
)  # fmt: skip
_RELATIVE = frozenset({"who", "which", "that"})
_PRONOUNS = frozenset(
    (
        "it", "he", "she", "they", "we", "i", "you", "this", "these", "those", "what", "there",
        "one",
    )
)  # fmt: skip
# In what an actor is called, these belong to another clause.
_CLAUSAL = frozenset({"who", "whom", "whose", "which", "that", "where", "when"})
_BEFORE = frozenset({"auxiliary", "passive_auxiliary", "negation", "adverb"})
# A verb without these after it would say another thing.
_NEEDED = frozenset({"object", "attribute", "particle", "complement", "indirect", "conjunct"})
_APART = frozenset({"clause", "apposition", "other", "adverbial_clause"})
# Participles that do not end in *ed*, by their past forms: of one form, and of two.
_PARTICIPLES = {
    form: form
    for form in (
        "found", "made", "won", "built", "told", "sold", "bought", "cut", "led", "lost", "paid",
        "sent", "shot", "taught", "caught", "held", "left", "met", "kept", "brought", "sought",
        "fought", "struck",
    )
} | {
    "took": "taken", "gave": "given", "wrote": "written", "drove": "driven", "chose": "chosen",
    "broke": "broken", "stole": "stolen", "saw": "seen", "threw": "thrown", "drew": "drawn",
    "wore": "worn", "ate": "eaten", "knew": "known", "beat": "beaten",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause in one or more forms; ``swapped``: the same with its actors exchanged."""

    true: tuple[str, ...]
    swapped: tuple[str, ...]


def lifted_claims(quotes: Sequence[str], source: random.Random) -> list[tuple[str, bool]]:
    """Up to ``MOST_TRUE`` clauses of the quotes, each with a false one where that can be made.

    With each claim stands whether the quotes bear it out.
    """
    edits = Edits(source)
    clauses = [c for quote in quotes for reading in read(quote) for c in _clauses(reading, source)]
    told = " ".join(quotes)
    claims: list[tuple[str, bool]] = []
    for clause in source.sample(clauses, min(MOST_TRUE, len(clauses))):
        wrong = edits.wrong(source.choice(clause.true), told)
        if clause.swapped and (not wrong or source.random() < SWAPPED):
            wrong = source.choice(clause.swapped)
        claims.append((edits.otherwise(source.choice(clause.true)), True))
        if wrong:
            claims.append((edits.otherwise(wrong), False))
    return claims


def _clauses(reading: Reading, source: random.Random) -> Iterator[Clause]:
    relations = reading.parse.relations
    for verb, tag in enumerate(reading.parse.tags):
        subject = next(
            (c for c in reading.children[verb] if relations[c] in ("subject", "passive_subject")),
            None,
        )
        # What is said, meant or wished stands in a complement.
        if tag not in ("VERB", "AUX") or subject is None or relations[verb] == "complement":
            continue
        if any(reading.lower[place] in _CONDITIONS for place in reading.subtree(verb)):
            continue
        told = _after(reading, verb, source)
        if told is None or subject > verb:
            continue
        if relations[verb] == "clause" and reading.lower[subject] in _RELATIVE:
            subject = reading.parse.heads[verb]
        actor = _phrase(reading, subject)
        if not actor or reading.lower[subject] in _PRONOUNS | _RELATIVE:
            continue
        thing = next((c for c in reading.children[verb] if relations[c] == "object"), None)
        voices = _voices(reading, verb, actor, thing) if thing is not None else None
        forms = map(_sentence, (f"{actor} {told}", *(voices.true if voices else ())))
        true = [t for t in forms if FEWEST_WORDS <= len(t.split()) <= MOST_WORDS]
        if true:
            swapped = voices.swapped if voices else ()
            yield Clause(tuple(true), tuple(map(_sentence, swapped)))


def _after(reading: Reading, verb: int, source: random.Random) -> str | None:
    """The verb with what stands before and after it, cut where nothing needed is lost."""
    relations = reading.parse.relations
    start, end, ends = verb, verb, []
    for child in reading.children[verb]:
        if child < verb and relations[child] in _BEFORE:
            start = min(start, child)
        if child > verb:
            last = max(reading.subtree(child))
            if relations[child] in _NEEDED:
                end = max(end, last)
            elif relations[child] not in _APART:
                ends.append(last)
    ends = [last for last in ends if last > end]
    if ends:
        end = source.choice([end, *ends] if end > verb else ends)
    text = reading.text[reading.words[start].start : reading.words[end].end]
    return None if any(mark in text for mark in ',;:()“”"') else text


def _phrase(reading: Reading, noun: int) -> str:
    """A noun with what belongs to it, without what is put in; empty where it is in pieces."""
    kept = {noun}
    for child in reading.children[noun]:
        if reading.parse.relations[child] not in _APART:
            kept |= reading.subtree(child)
    if len(kept) != max(kept) - min(kept) + 1:
        return ""
    if reading.parse.tags[max(kept)] == "ADP" or any(reading.lower[k] in _CLAUSAL for k in kept):
        return ""
    text = reading.text[reading.words[min(kept)].start : reading.words[max(kept)].end]
    return "" if any(mark in text for mark in ',;:()“”"') else text


def _voices(reading: Reading, verb: int, actor: str, thing: int) -> Clause | None:
    """Passive forms of a verb in its past form, and those with its actors exchanged."""
    past = reading.lower[verb]
    participle = _PARTICIPLES.get(past, past if past.endswith("ed") else "")
    before = {reading.parse.relations[child] for child in reading.children[verb] if child < verb}
    target = _phrase(reading, thing)
    named = target not in ("", actor) and reading.lower[thing] not in _PRONOUNS
    if not participle or not named or before & _BEFORE:
        return None
    many = reading.lower[thing].endswith("s") or " and " in target
    other = actor.endswith("s") or " and " in actor
    passive = f"{target} {'were' if many else 'was'} {participle}"
    swapped = f"{actor} {'were' if other else 'was'} {participle} by {target}"
    return Clause((passive, f"{passive} by {actor}"), (swapped, f"{target} {past} {actor}"))


def _sentence(text: str) -> str:
    for article in ("The ", "A ", "An ", "Its ", "His ", "Her ", "Their "):
        text = text.replace(f" {article}", f" {article.lower()}")
    return f"{text[0].upper()}{text[1:]}."
