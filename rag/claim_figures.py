"""Whether quotes give the quantities of a claim: value, unit, what is counted, how exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rag.lexical import stem
from rag.quantities import Bound, Quantity
from rag.values import Span

# "about 45" is faithful to 45.2, "about 50" is not to 45.
ABOUT = Fraction(6, 100)
# "nearly 50" is faithful to 46, "more than 40" to 52; further off they are true and mislead.
NEARLY = Fraction(10, 100)
BEYOND = Fraction(30, 100)


@dataclass(frozen=True, slots=True)
class FigureMatch:
    """A quantity of the claim, and the quote and quantity that give it (None: none does)."""

    claimed: Quantity
    quote: int = -1
    given: Quantity | None = None


def match_figures(
    claimed: Sequence[Quantity], given: Sequence[Sequence[Quantity]]
) -> Iterator[FigureMatch]:
    """Each quantity of a claim with the one of the quotes that gives it; ``given`` by quote."""
    told = [(number, quantity) for number, quote in enumerate(given) for quantity in quote]
    for quantity in claimed:
        fitting = [(n, other) for n, other in told if fits(quantity, other)]
        if not fitting:
            yield FigureMatch(quantity)
            continue
        best = max(fitting, key=lambda pair: _shared_nouns(quantity, pair[1]))
        if not _shared_nouns(quantity, best[1]) and _counts_otherwise(quantity, told):
            yield FigureMatch(quantity)
        else:
            yield FigureMatch(quantity, *best)


def fits(claimed: Quantity, given: Quantity) -> bool:
    """Whether a claim may tell ``given`` as ``claimed``."""
    if not _same_dimension(claimed, given):
        return False
    value, told = claimed.value, given.value
    if value == told:
        return not _contrary(claimed.bound, given.bound)
    if told <= 0 or given.dimension in ("rank",):
        return False
    off = (value - told) / told
    match claimed.bound:
        case Bound.ABOUT:
            return abs(off) <= ABOUT
        case Bound.NEARLY:
            return 0 < off <= NEARLY and given.bound is not Bound.BELOW
        case Bound.ABOVE | Bound.AT_LEAST:
            return -BEYOND <= off < 0 and given.bound not in (Bound.BELOW, Bound.NEARLY)
        case Bound.BELOW:
            return 0 < off <= BEYOND and given.bound not in (Bound.ABOVE, Bound.AT_LEAST)
    return False


def _contrary(claimed: Bound, given: Bound) -> bool:
    """Whether the same number is told from the other side: *over 40* for *under 40*."""
    above, below = {Bound.ABOVE, Bound.AT_LEAST}, {Bound.BELOW, Bound.NEARLY}
    if claimed in above:
        return given in below or (claimed is Bound.ABOVE and given is Bound.EXACT)
    if claimed in below:
        return given in above or (given is Bound.EXACT and claimed is Bound.NEARLY)
    return False


_CENTS = {"cents": ("USD", "EUR")}


def _same_dimension(claimed: Quantity, given: Quantity) -> bool:
    one, other = claimed.dimension, given.dimension
    if one == other:
        return True
    pair = {one, other}
    if pair == {"tons", "mass"}:
        return True
    if pair == {"pounds", "mass"}:
        return False
    if pair == {"age", "months"}:
        return False
    if pair == {"degrees", "degrees Celsius"} or pair == {"degrees", "degrees Fahrenheit"}:
        return True
    # A claim may leave the unit to its reader, as the next figure of a row does; not add one.
    return not one and not claimed.counted and other not in ("rank",)


def _shared_nouns(claimed: Quantity, given: Quantity) -> int:
    return len(_stems(claimed) & _stems(given))


def _counts_otherwise(claimed: Quantity, told: Sequence[tuple[int, Quantity]]) -> bool:
    """Whether what is counted stands with another number in the quotes, and only with others."""
    if claimed.dimension:
        return False
    nouns = _stems(claimed)
    return any(
        nouns & _stems(other) and not fits(claimed, other)
        for _, other in told
        if not other.dimension
    )


def _stems(quantity: Quantity) -> set[str]:
    return {stem(word) for word in quantity.counted}


def without(spans: Sequence[Span], quantities: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """The quantities that lie in none of the spans."""
    return tuple(q for q in quantities if not any(q.span.overlaps(span) for span in spans))
