"""What speaks for and against a claim: named numbers, each with the words a reader is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from rag.alignment import Alignment, Link, Place, align, telling
from rag.bindings import binding, distance, name_places, neighbours
from rag.claim_dates import match_moments
from rag.claim_figures import Told, fits, match_figures
from rag.claim_names import missing_names, name_words
from rag.claim_reading import Reading, read
from rag.claim_roles import act_of, is_converse, is_passive
from rag.lexical import stem
from rag.opposites import are_opposites
from rag.polarity import NEGATIONS, Standing, denying_words, is_denied, own_clause, standing
from rag.quotations import missing_quotations
from rag.values import Span

# A word nearer than this is taken to say the same, one further off to be absent.
NEAR, FAR = 0.55, 0.35
# The first word of a sentence has a capital that is not its own.
NEAR_OPENING = 0.4
# How much nearer a rival must be, in steps of the tree.
LEAST_MARGIN = 2.0
# A clause is turned if its turned words weigh at least this share of the others.
FLIPPED_SHARE = 0.5
# An opposite counts in its place: near the same words, and itself not far in meaning.
LEAST_COMPANY, SAME_COMPANY, LEAST_OPPOSITE = 0.5, 0.75, 0.3
_UNIVERSAL = frozenset("all every each always everyone everybody".split())  # noqa: SIM905
_PARTIAL = frozenset("some most many several few sometimes often partly nearly almost".split())  # noqa: SIM905
_ALMOST = frozenset("nearly almost not virtually practically".split())  # noqa: SIM905
_ONLY = frozenset("only solely exclusively just alone".split())  # noqa: SIM905
# Their subject stands before or behind them alike: "..., said the mayor".
_REPORTING = frozenset(map(stem, ("say", "said", "add", "announce", "report", "write", "wrote")))
_SUBJECTS = ("subject", "passive_subject")
_VERBAL = ("VERB", "AUX")


@dataclass
class Evidence:
    """The features of a claim, by name, and what was found wrong, the gravest first."""

    values: dict[str, float] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    alignment: Alignment | None = None

    def fault(self, name: str, reason: str) -> None:
        """Count a fault and keep what a reader is told of it."""
        self.values[name] = self.values.get(name, 0.0) + 1.0
        self.faults.append((name, reason))


def gather(claim: Reading, quotes: Sequence[str]) -> Evidence:
    """Everything that the checks find for one sentence of a claim."""
    found = Evidence()
    readings = tuple(read(quote) for quote in quotes)
    found.alignment = align(claim, readings)
    if found.alignment is None:
        return found
    taken = _figures(found, claim, readings)
    _names(found, claim, quotes, taken)
    for span in missing_quotations(claim.text, quotes):
        found.fault("quotation", f"“{span.of(claim.text)}” is not in the quotes word for word")
    _coverage(found, taken)
    _opposites(found, taken)
    _polarity(found)
    _standing(found)
    _roles(found)
    _edges(found, taken)
    _quantifiers(found)
    _bound_names(found)
    _bound_figures(found)
    return found


def _figures(
    found: Evidence, claim: Reading, readings: tuple[tuple[Reading, ...], ...]
) -> frozenset[int]:
    """Checks figures and dates; gives the words that they are written in."""
    spans: list[Span] = []
    told = Told(
        tuple((n, q) for n, quote in enumerate(readings) for r in quote for q in r.quantities),
        tuple(m for quote in readings for r in quote for m in r.moments),
    )
    for match in match_figures(claim.quantities, told):
        written = match.claimed.span.of(claim.text)
        if match.given is None:
            if match.claimed.dimension in ("rank", "times"):
                found.fault("rank", f"“{written}” is not what the quotes say")
            else:
                found.fault("figure", f"The quotes do not give “{written}”")
    spans += [quantity.span for quantity in claim.quantities if not quantity.implied]
    moments = [[m for r in quote for m in r.moments] for quote in readings]
    for moment in match_moments(claim.moments, moments):
        spans.append(moment.claimed.span)
        if moment.given is None:
            written = moment.claimed.span.of(claim.text)
            found.fault("date", f"The quotes do not give the time “{written}”")
    return frozenset(
        place
        for place, word in enumerate(claim.words)
        if any(span.start <= word.start < span.end for span in spans)
    )


def _names(found: Evidence, claim: Reading, quotes: Sequence[str], taken: frozenset[int]) -> None:
    links = _aligned(found).links
    missing = [
        place
        for place in missing_names(claim, quotes)
        if place not in taken and not (place == 0 and links[0].similarity >= NEAR_OPENING)
    ]
    if missing:
        name = " ".join(claim.words[place].surface for place in missing)
        found.fault("name", f"“{name}” is not in the quotes")


def _coverage(found: Evidence, taken: frozenset[int]) -> None:
    alignment = _aligned(found)
    claim = alignment.claim
    scores: list[float] = []
    weights: list[float] = []
    verbs: list[float] = []
    modifiers: list[float] = []
    for link in alignment.links:
        if not claim.content[link.word] or link.word in taken:
            continue
        score = 1.0 if link.exact else max(0.0, link.similarity)
        scores.append(score)
        weights.append(telling(claim.lower[link.word]))
        tag = claim.parse.tags[link.word]
        (verbs if tag in _VERBAL else modifiers if tag in ("ADJ", "ADV") else []).append(score)
    if not scores:
        scores, weights = [1.0], [1.0]
    ordered = sorted(scores)
    total = sum(weights)
    values = found.values
    values["exact"] = sum(w for s, w in zip(scores, weights, strict=True) if s == 1.0) / total
    values["soft"] = sum(s * w for s, w in zip(scores, weights, strict=True)) / total
    values["worst"] = ordered[0]
    values["second_worst"] = ordered[min(1, len(ordered) - 1)]
    values["far"] = sum(w for s, w in zip(scores, weights, strict=True) if s < FAR)
    values["between"] = sum(w for s, w in zip(scores, weights, strict=True) if FAR <= s < NEAR)
    values["near"] = sum(w for s, w in zip(scores, weights, strict=True) if NEAR <= s < 1.0)
    values["worst_verb"] = min(verbs, default=1.0)
    values["worst_modifier"] = min(modifiers, default=1.0)
    values["words"] = float(len(scores))
    cosines = [float(claim.whole @ r.whole) for quote in alignment.quotes for r in quote]
    values["cosine"] = max(cosines)
    absent = [
        claim.words[link.word].surface
        for link in alignment.links
        if claim.content[link.word]
        and link.word not in taken
        and not link.exact
        and link.similarity < FAR
    ]
    if absent:
        shown = ", ".join(f"“{word}”" for word in absent[:3])
        found.faults.append(("far", f"Nothing in the quotes says {shown}"))


def _aligned(found: Evidence) -> Alignment:
    if found.alignment is None:
        raise ValueError("nothing to align with")
    return found.alignment


def _opposites(found: Evidence, taken: frozenset[int]) -> None:
    """A word that the quotes lack, and whose opposite stands in its place."""
    alignment = _aligned(found)
    claim = alignment.claim
    for link in alignment.links:
        if link.word in taken and not claim.content[link.word]:
            continue
        following = claim.parse.tags[link.word + 1 : link.word + 2]
        if claim.lower[link.word] in ("less", "more") and following in (("ADJ",), ("ADV",)):
            continue  # "less expensive": a denied word, judged there
        contrary = _opposite_near(alignment, link)
        if contrary is None:
            continue
        if link.exact and _same_company(alignment, link.word, link.place) >= LEAST_COMPANY:
            continue
        word, reading = claim.words[link.word], alignment.reading(contrary)
        told = reading.words[contrary.word]
        denied = is_denied(claim, link.word) != is_denied(reading, contrary.word)
        if denied or (
            is_converse(word.stem, told.stem) and not _same_actor(alignment, link.word, contrary)
        ):
            continue
        name = "opposite" if claim.content[link.word] else "opposite_small"
        found.fault(name, f"The claim says “{word.surface}”, the quotes “{told.surface}”")


def _opposite_near(alignment: Alignment, link: Link) -> Place | None:
    """The opposite of a claim's word that the quotes join with the same words, if any."""
    claim = alignment.claim
    stemmed = claim.words[link.word].stem
    claimed = {word.stem for word in claim.words}
    best, most = None, 0.0
    for quote, readings in enumerate(alignment.quotes):
        for sentence, reading in enumerate(readings):
            for place, word in enumerate(reading.words):
                if word.stem in claimed or not are_opposites(stemmed, word.stem):
                    continue
                here = Place(quote, sentence, place)
                shared = _same_company(alignment, link.word, here)
                similarity = float(claim.vectors[link.word] @ reading.vectors[place])
                near = similarity >= LEAST_OPPOSITE or shared >= SAME_COMPANY
                if shared >= LEAST_COMPANY and near and shared + similarity > most:
                    best, most = here, shared + similarity
    return best


def _same_actor(alignment: Alignment, verb: int, place: Place) -> bool:
    """Whether the quotes' verb at ``place`` has the claim's actor; a pronoun may stand for it."""
    reading = alignment.reading(place)
    here, there = act_of(alignment.claim, verb), act_of(reading, place.word)
    if here.actor < 0 or there.actor < 0:
        return False
    if reading.parse.tags[there.actor] == "PRON":
        return True
    link = Link(verb, place, 1.0, exact=True)
    return _sits(alignment, link, here.actor, there.actor, -1) > 0


def _same_company(alignment: Alignment, word: int, place: Place) -> float:
    """Which share of the words near a word of the claim are near ``place`` in the quotes."""
    near = neighbours(alignment, word, frozenset())
    if not near:
        return 1.0
    total = sum(1.0 / steps for _, steps in near)
    kept = sum(
        1.0 / steps for link, steps in near if distance(alignment, place, link.place) <= steps + 3
    )
    return kept / total


def _polarity(found: Evidence) -> None:
    """Clauses that are denied here and affirmed there, by most of the words they share."""
    alignment = _aligned(found)
    claim = alignment.claim
    by_clause: dict[int, list[tuple[Link, bool]]] = {}
    for link in alignment.links:
        tag = claim.parse.tags[link.word]
        if tag not in ("VERB", "ADJ", "NOUN", "AUX") or not claim.content[link.word]:
            continue
        if not link.exact and link.similarity < NEAR:
            continue
        reading = alignment.reading(link.place)
        one, other = claim.words[link.word].stem, reading.words[link.place.word].stem
        opposite = are_opposites(one, other) and not is_converse(one, other)
        flipped = is_denied(claim, link.word) != is_denied(reading, link.place.word)
        by_clause.setdefault(own_clause(claim, link.word), []).append((link, flipped != opposite))
    main = alignment.reading(alignment.links[_root(claim)].place)
    mine = denying_words(claim)
    counts_differ = all(denying_words(r) != mine for r in (main, *_most_linked(alignment)))
    for clause, judged in by_clause.items():
        flips = [link for link, flipped in judged if flipped]
        weight = sum(2.0 if link.word == clause else 1.0 for link in flips)
        against = sum(
            2.0 if link.word == clause else 1.0 for link, flipped in judged if not flipped
        )
        if weight >= against * FLIPPED_SHARE and counts_differ:
            word = claim.words[flips[0].word].surface
            found.fault("polarity", f"One of claim and quotes denies “{word}”, the other does not")
    negative = sum(_negations(claim))
    told = [sum(_negations(r)) for quote in alignment.quotes for r in quote]
    found.values["negations_more"] = float(max(0, negative - max(told, default=0)))
    found.values["negations_fewer"] = float(max(0, sum(_negations(main)) - negative))


def _most_linked(alignment: Alignment) -> list[Reading]:
    """The sentence of the quotes that bears most of the claim's words out."""
    counts: Counter[tuple[int, int]] = Counter(
        (link.place.quote, link.place.sentence)
        for link in alignment.links
        if link.exact and alignment.claim.content[link.word]
    )
    return [alignment.quotes[q][n] for (q, n), _ in counts.most_common(1)]


def _negations(reading: Reading) -> Iterator[bool]:
    for word in reading.lower:
        yield word in NEGATIONS


def _root(reading: Reading) -> int:
    return next(
        (place for place, relation in enumerate(reading.parse.relations) if relation == "root"), 0
    )


def _standing(found: Evidence) -> None:
    """Verbs that the claim tells as more certain than the quotes do."""
    alignment = _aligned(found)
    claim = alignment.claim
    for link in alignment.links:
        if claim.parse.tags[link.word] != "VERB" or not (link.exact or link.similarity >= NEAR):
            continue
        if claim.words[link.word].stem in _REPORTING:
            continue
        here = standing(claim, link.word)
        there = standing(alignment.reading(link.place), link.place.word)
        if here < there and here is Standing.FACT:
            word = claim.words[link.word].surface
            found.fault("standing", f"The quotes do not tell “{word}” as a fact")


def _roles(found: Evidence) -> None:
    alignment = _aligned(found)
    claim = alignment.claim
    values = found.values
    for link in alignment.links:
        if claim.parse.tags[link.word] != "VERB":
            continue
        here = act_of(claim, link.word)
        reading = alignment.reading(link.place)
        if reading.parse.tags[link.place.word] != "VERB":
            continue
        there = act_of(reading, link.place.word)
        converse = is_converse(claim.words[link.word].stem, reading.words[link.place.word].stem)
        actor, other = (there.other, there.actor) if converse else (there.actor, there.other)
        one = _sits(alignment, link, here.actor, actor, other)
        two = _sits(alignment, link, here.other, other, actor)
        if link.exact and _exchanged(alignment, link):
            word = claim.words[link.word].surface
            found.fault("roles", f"Who does what is told the other way of “{word}”")
            continue
        sure = link.exact or link.similarity >= NEAR
        if (one < 0 and two < 0 and sure) or (
            min(one, two) < 0 and max(one, two) <= 0 and link.exact
        ):
            word = claim.words[link.word].surface
            found.fault("roles", f"Who does what is told the other way of “{word}”")
        values["in_role"] = values.get("in_role", 0.0) + (one > 0) + (two > 0)
        if here.actor >= 0 and actor >= 0 and one == 0:
            values["other_actor"] = values.get("other_actor", 0.0) + 1
        if here.other >= 0 and other >= 0 and two == 0:
            values["other_object"] = values.get("other_object", 0.0) + 1


def _exchanged(alignment: Alignment, link: Link) -> bool:
    """Whether the words around one verb have changed places, its voice being the same."""
    claim, reading = alignment.claim, alignment.reading(link.place)
    verb, told = link.word, link.place.word
    if claim.words[verb].stem in _REPORTING or is_passive(claim, verb) != is_passive(reading, told):
        return False
    before = [c for c in claim.children[verb] if claim.parse.relations[c] in _SUBJECTS]
    behind = [c for c in claim.children[verb] if c > verb]
    moved_back = _crossed(alignment, link, before, lambda place: place > told)
    moved_front = _crossed(alignment, link, behind, lambda place: place < told)
    return moved_back and moved_front


def _crossed(
    alignment: Alignment, link: Link, children: Sequence[int], is_across: Callable[[int], bool]
) -> bool:
    """Whether all names and nouns among some words' own are across the verb in the quotes."""
    claim = alignment.claim
    places = [
        alignment.links[word]
        for child in children
        for word in claim.subtree(child)
        if claim.parse.tags[word] in ("NOUN", "PROPN") and alignment.links[word].exact
    ]
    within = [
        one.place.word
        for one in places
        if (one.place.quote, one.place.sentence) == (link.place.quote, link.place.sentence)
    ]
    return any(map(is_across, within)) and (
        not any(not is_across(p) for p in within) or len(within) > 2
    )


def _sits(alignment: Alignment, link: Link, mine: int, same: int, contrary: int) -> int:
    """1 if a participant of the claim is the quote's in the same role, -1 in the contrary one."""
    if mine < 0:
        return 0
    target = alignment.links[mine]
    place, reading = target.place, alignment.reading(link.place)
    if (place.quote, place.sentence) != (link.place.quote, link.place.sentence):
        return 0
    if not target.exact and target.similarity < NEAR:
        return 0
    if same >= 0 and place.word in reading.subtree(same):
        return 1
    if contrary >= 0 and place.word in reading.subtree(contrary):
        return -1
    return 0


def _edges(found: Evidence, taken: frozenset[int]) -> None:
    """Whether words that belong together in the claim do so in the quotes."""
    alignment = _aligned(found)
    claim = alignment.claim
    near = far = apart = 0
    for place in range(len(claim.words)):
        head = _content_head(claim, place)
        if head < 0 or not (claim.content[place] or place in taken):
            continue
        one, other = alignment.links[place], alignment.links[head]
        if not all(x.exact or x.similarity >= FAR for x in (one, other)):
            continue
        if (one.place.quote, one.place.sentence) != (other.place.quote, other.place.sentence):
            apart += 1
            continue
        steps = alignment.reading(one.place).distance(one.place.word, other.place.word)
        near += steps <= 2
        far += steps > 3
    total = max(1, near + far + apart)
    found.values["edges_near"] = near / total
    found.values["edges_far"] = far / total
    found.values["edges_apart"] = apart / total


def _content_head(reading: Reading, place: int) -> int:
    for step in reading.path(place)[1:]:
        if reading.content[step]:
            return step
    return -1


def _quantifiers(found: Evidence) -> None:
    alignment = _aligned(found)
    claim = alignment.claim
    told = {word for quote in alignment.quotes for reading in quote for word in reading.lower}
    for words, name in ((_UNIVERSAL, "universal"), (_PARTIAL, "partial"), (_ONLY, "only")):
        mine = [
            word
            for place, word in enumerate(claim.lower)
            if word in words and not (place and claim.lower[place - 1] in _ALMOST)
        ]
        if mine and not told & words:
            found.fault(name, f"The quotes do not say “{mine[0]}”")


def name_share(claim: Reading) -> float:
    """The share of a sentence's words that are names."""
    return len(list(name_words(claim))) / max(1, len(claim.words))


def as_row(found: Evidence, names: Sequence[str]) -> np.ndarray:
    """The features in the order of ``names``, 0 for what was not found."""
    return np.array([found.values.get(name, 0.0) for name in names], dtype=np.float32)


def _bound_names(found: Evidence) -> None:
    """Names that the quotes join with other words than the claim does."""
    alignment = _aligned(found)
    claim = alignment.claim
    mine = frozenset(name_words(claim))
    names = name_places(alignment)
    for run in _runs(sorted(mine)):
        stems = {claim.words[place].stem for place in run}
        same = [name for name in names if stems & {alignment.stem_at(place) for place in name}]
        rivals = [name[-1] for name in names if name not in same]
        bound = binding(alignment, run[-1], [name[-1] for name in same], rivals, mine)
        if bound is not None:
            _keep_most(found, "name_margin", bound.margin)
            if bound.rival is not None and bound.margin > LEAST_MARGIN:
                rival = alignment.reading(bound.rival).words[bound.rival.word].surface
                word = claim.words[run[-1]].surface
                found.fault("name_bound", f"The quotes say it of “{rival}”, not of “{word}”")


def _bound_figures(found: Evidence) -> None:
    """Figures that the quotes give for something else."""
    alignment = _aligned(found)
    claim = alignment.claim
    told = [
        (Place(n, s, word), quantity)
        for n, quote in enumerate(alignment.quotes)
        for s, reading in enumerate(quote)
        for quantity in reading.quantities
        if (word := _word_at(reading, quantity.span)) >= 0
    ]
    everything = Told(tuple((place.quote, quantity) for place, quantity in told))
    for quantity in claim.quantities:
        word = _word_at(claim, quantity.span)
        same = [place for place, other in told if fits(quantity, other, everything)]
        rivals = [
            place
            for place, other in told
            if other.dimension == quantity.dimension and not fits(quantity, other, everything)
        ]
        if word < 0 or quantity.implied:
            continue
        bound = binding(alignment, word, same, rivals, frozenset((word,)))
        if bound is not None:
            _keep_most(found, "figure_margin", bound.margin)
            if bound.rival is not None and bound.margin > LEAST_MARGIN + 1:
                written = quantity.span.of(claim.text)
                found.fault("figure_bound", f"The quotes give “{written}” for something else")


def _word_at(reading: Reading, span: Span) -> int:
    return next(
        (n for n, word in enumerate(reading.words) if span.start <= word.start < span.end), -1
    )


def _keep_most(found: Evidence, name: str, value: float) -> None:
    found.values[name] = max(found.values.get(name, 0.0), value)


def _runs(places: Sequence[int]) -> list[list[int]]:
    """Places that follow each other, together."""
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs
