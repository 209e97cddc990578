"""Whether quotes give the quantities of a claim: value, unit, what is counted, how exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rag.claim_dates import Moment
from rag.lexical import stem
from rag.quantities import AGE, ORDINAL, PERCENT, TIMES, Bound, Quantity

# "about 45" is faithful to 45.2, "about 50" is not to 45.
ABOUT = Fraction(6, 100)
# "nearly 50" is faithful to 46, "more than 40" to 52; further off they are true and mislead.
NEARLY = Fraction(10, 100)
BEYOND = Fraction(30, 100)

_ABOVE = frozenset((Bound.ABOVE, Bound.AT_LEAST))
_BELOW = frozenset((Bound.BELOW, Bound.NEARLY))
# What two ways of writing make the same.
_ALIKE = (
    frozenset(("tons", "mass")),
    frozenset((AGE, "months")),
    frozenset(("degrees", "degrees Celsius")),
    frozenset(("degrees", "degrees Fahrenheit")),
)
# A rank or a number of times is often told in other words; only another one speaks against it.
_TOLD_OTHERWISE = frozenset((ORDINAL, TIMES))


@dataclass(frozen=True, slots=True)
class FigureMatch:
    """A quantity of the claim, and the quote and quantity that give it (None: none does)."""

    claimed: Quantity
    quote: int = -1
    given: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the quotes give: quantities by quote, dates, and the dimensions among them."""

    quantities: tuple[tuple[int, Quantity], ...]
    moments: tuple[Moment, ...] = ()

    @property
    def dimensions(self) -> frozenset[str]:
        """What is measured in the quotes."""
        return frozenset(quantity.dimension for _, quantity in self.quantities)

    @property
    def scales(self) -> frozenset[Fraction]:
        """What an unscaled number may be short for: *8 million, then 3*."""
        return frozenset(
            Fraction(10**power)
            for power in (3, 6, 9, 12)
            if any(quantity.plain >= 10**power for _, quantity in self.quantities)
        )


def match_figures(claimed: Sequence[Quantity], told: Told) -> Iterator[FigureMatch]:
    """Each quantity of a claim with the one of the quotes that gives it.

    Quantities that can be told in other words and that nothing contradicts are left out.
    """
    for quantity in claimed:
        if _is_article(quantity):
            continue
        fitting = [(n, other) for n, other in told.quantities if fits(quantity, other, told)]
        if not fitting:
            if not _is_open(quantity, told):
                yield FigureMatch(quantity)
            continue
        best = max(fitting, key=lambda pair: _shared_nouns(quantity, pair[1]))
        if not _shared_nouns(quantity, best[1]) and _counts_otherwise(quantity, told):
            yield FigureMatch(quantity)
        else:
            yield FigureMatch(quantity, *best)


def fits(claimed: Quantity, given: Quantity, told: Told) -> bool:
    """Whether a claim may tell ``given`` as ``claimed``."""
    if _same_dimension(claimed, given):
        return _near(claimed.value, given.value, claimed.bound, given)
    if not claimed.dimension and not claimed.counted and given.dimension != ORDINAL:
        return _near(claimed.plain, given.plain, claimed.bound, given)
    pair = {claimed.dimension, given.dimension}
    if pair in ({"", ORDINAL}, {"", TIMES}):  # "four in a row", "the fourth in a row"
        return claimed.plain == given.plain
    if pair == {PERCENT, TIMES}:  # half of it, it is twice
        return claimed.plain * given.plain == 1 or (claimed.value == 50 and given.value == 2)
    # The quotes leave the unit out where it stands beside: "from 26 to 19 weeks", "aged: 58".
    elided = claimed.dimension == AGE or claimed.dimension in told.dimensions
    if not given.dimension and not given.counted and elided:
        return _near(claimed.plain, given.plain, claimed.bound, given)
    return False


def _near(value: Fraction, told: Fraction, bound: Bound, given: Quantity) -> bool:
    if value == told:
        return not _contrary(bound, given.bound)
    if told <= 0 or given.dimension == ORDINAL:
        return False
    off = (value - told) / told
    match bound:
        case Bound.ABOUT:
            return abs(off) <= ABOUT
        case Bound.NEARLY:
            return 0 < off <= NEARLY and given.bound is not Bound.BELOW
        case Bound.ABOVE | Bound.AT_LEAST:
            return -BEYOND <= off < 0 and given.bound not in _BELOW
        case Bound.BELOW:
            return 0 < off <= BEYOND and given.bound not in _ABOVE
    return False


def _contrary(claimed: Bound, given: Bound) -> bool:
    """Whether the same number is told from the other side: *over 40* for *under 40*."""
    if claimed in _ABOVE:
        return given in _BELOW or (claimed is Bound.ABOVE and given is Bound.EXACT)
    if claimed in _BELOW:
        return given in _ABOVE or (claimed is Bound.NEARLY and given is Bound.EXACT)
    return False


def _same_dimension(claimed: Quantity, given: Quantity) -> bool:
    one, other = claimed.dimension, given.dimension
    return one == other or frozenset((one, other)) in _ALIKE


def _is_article(quantity: Quantity) -> bool:
    """Whether it says no more than *a*: *a day*, *one point*; pronouns too."""
    return quantity.implied or (quantity.plain == 1 and quantity.dimension != ORDINAL)


def _is_open(quantity: Quantity, told: Told) -> bool:
    """Whether what no quantity gives may be told in words, or by the time of day."""
    if quantity.of and all(any(n == q.plain for _, q in told.quantities) for n in quantity.of):
        return True
    if quantity.dimension in _TOLD_OTHERWISE:
        return quantity.dimension not in told.dimensions
    if quantity.plain.denominator != 1:
        return False
    if not quantity.dimension:
        hours = {(m.minutes // 60) % 12 for m in told.moments if m.minutes is not None}
        if int(quantity.plain) % 12 in hours and quantity.plain <= 12:
            return True
    return any(
        quantity.plain == other.plain * scale
        for _, other in told.quantities
        for scale in told.scales
        if not other.counted and other.plain < 1000
    )


def _shared_nouns(claimed: Quantity, given: Quantity) -> int:
    return len(_stems(claimed) & _stems(given))


def _counts_otherwise(claimed: Quantity, told: Told) -> bool:
    """Whether what is counted stands with another number in the quotes, and only with others."""
    if claimed.dimension:
        return False
    nouns = _stems(claimed)
    return any(
        nouns & _stems(other) and not fits(claimed, other, told)
        for _, other in told.quantities
        if not other.dimension
    )


def _stems(quantity: Quantity) -> set[str]:
    return {stem(word) for word in quantity.counted}
