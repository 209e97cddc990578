"""What speaks for and against a claim: named numbers, each with the words a reader is told."""

from __future__ import annotations

from collections.abc import Sequence

from rag.alignment import Place, align, telling
from rag.bindings import binding, name_places
from rag.claim_acts import roles
from rag.claim_contrasts import opposites, polarity, standing_faults
from rag.claim_dates import match_moments
from rag.claim_evidence import FAR, NEAR, Evidence, aligned
from rag.claim_figures import Told, fits, match_figures
from rag.claim_names import missing_names, name_words
from rag.claim_reading import Reading, read
from rag.quotations import missing_quotations
from rag.values import Span

# The first word of a sentence has a capital that is not its own.
NEAR_OPENING = 0.4
# How much nearer a rival must be, in steps of the tree.
LEAST_MARGIN = 2.0
_UNIVERSAL = frozenset("all every each always everyone everybody".split())  # noqa: SIM905
_PARTIAL = frozenset("some most many several few sometimes often partly nearly almost".split())  # noqa: SIM905
_ALMOST = frozenset("nearly almost not virtually practically".split())  # noqa: SIM905
_ONLY = frozenset("only solely exclusively just alone".split())  # noqa: SIM905
_VERBAL = ("VERB", "AUX")


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
    opposites(found, taken)
    polarity(found)
    standing_faults(found)
    roles(found)
    _edges(found, taken)
    _quantifiers(found)
    _bound_names(found)
    _bound_figures(found)
    _in_place(found)
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
    links = aligned(found).links
    missing = [
        place
        for place in missing_names(claim, quotes)
        if place not in taken and not (place == 0 and links[0].similarity >= NEAR_OPENING)
    ]
    if missing:
        name = " ".join(claim.words[place].surface for place in missing)
        found.fault("name", f"“{name}” is not in the quotes")


def _coverage(found: Evidence, taken: frozenset[int]) -> None:
    alignment = aligned(found)
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


def _edges(found: Evidence, taken: frozenset[int]) -> None:
    """Whether words that belong together in the claim do so in the quotes."""
    alignment = aligned(found)
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
    alignment = aligned(found)
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


def _bound_names(found: Evidence) -> None:
    """Names that the quotes join with other words than the claim does."""
    alignment = aligned(found)
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
    alignment = aligned(found)
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


def _in_place(found: Evidence) -> None:
    """Whether every word is in the quotes, joined as there, with its actor and its object."""
    values = found.values
    found.values["in_place"] = float(
        not found.faults
        and values["exact"] == 1.0
        and values["edges_near"] == 1.0
        and values.get("in_role", 0.0) >= 2.0
    )


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
