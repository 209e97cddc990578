"""How far the claim check can be trusted: pairs of claim and quotes, scored by kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.intervals import Interval, Resampler
from eval.jsonlines import RowError, list_of, parse_json_lines, required_text
from eval.metrics import Share
from eval.values import BadRow, SetError
from rag.values import Support, Verdict

SUPPORTED, UNSUPPORTED = Support.SUPPORTED.value, Support.UNSUPPORTED.value
REWORDED = "true-reworded"
_NOT_COUNTED: Share = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class ClaimPair:
    """A claim, the quotes it is checked against, and whether they bear it out.

    ``source`` is what it was made from: pairs of one source are alike, and drawn together.
    """

    id: str
    claim: str
    quotes: tuple[str, ...]
    supported: bool
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class ClaimScores:
    """Measures by name and accuracy by kind, each with its interval; how many of each kind."""

    measures: dict[str, Interval]
    kinds: dict[str, Interval]
    counts: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """The scores as JSON has them."""

        def told(one: Interval) -> dict[str, Any]:
            return {"value": one.value, "low": one.low, "high": one.high}

        return {
            "measures": {name: told(one) for name, one in self.measures.items()},
            "kinds": {
                name: {**told(one), "pairs": self.counts[name]} for name, one in self.kinds.items()
            },
        }


def load_pairs(path: Path) -> tuple[list[ClaimPair], list[BadRow]]:
    """The pairs of a JSON lines file, and its bad rows; raises ``SetError`` without any pair."""
    problems: list[BadRow] = []
    pairs = [pair for _, pair in parse_json_lines(path, _pair, problems)]
    if not pairs:
        raise SetError(
            f"{path} holds no pair of claim and quotes.",
            'Write one a line: {"_id", "claim", "quotes": [...], "label", "kind", "source"}.',
        )
    return pairs, problems


def score_pairs(
    pairs: Sequence[ClaimPair], check: Callable[[str, Sequence[str]], Verdict]
) -> ClaimScores:
    """Scores ``check`` on pairs; ``partly`` counts as not supported."""
    said = [check(pair.claim, pair.quotes).label is Support.SUPPORTED for pair in pairs]
    right = [one == pair.supported for one, pair in zip(said, pairs, strict=True)]
    resampler = Resampler([pair.source for pair in pairs])

    def share(counts: Callable[[ClaimPair], bool]) -> list[Share]:
        return [
            (float(ok), 1.0) if counts(pair) else _NOT_COUNTED
            for ok, pair in zip(right, pairs, strict=True)
        ]

    positive = resampler.interval(share(lambda pair: pair.supported))
    negative = resampler.interval(share(lambda pair: not pair.supported))
    refused = [(b - a, b) for a, b in share(lambda pair: pair.kind == REWORDED)]
    kinds = sorted({pair.kind for pair in pairs})
    return ClaimScores(
        measures={
            "balanced accuracy": _balanced(pairs, right, resampler),
            "supported, of the true": positive,
            "rejected, of the false": negative,
            "true rewordings refused": resampler.interval(refused),
        },
        kinds={
            kind: resampler.interval(share(lambda pair, kind=kind: pair.kind == kind))  # type: ignore[misc]
            for kind in kinds
        },
        counts={kind: sum(pair.kind == kind for pair in pairs) for kind in kinds},
    )


def _balanced(pairs: Sequence[ClaimPair], right: Sequence[bool], resampler: Resampler) -> Interval:
    """The mean of both sides' accuracies, as one ratio: each pair weighs by its side's size."""
    true = sum(pair.supported for pair in pairs)
    sizes = {True: true, False: len(pairs) - true}
    if not all(sizes.values()):
        return Interval(None)
    weighted = [
        (ok / sizes[pair.supported], 1.0 / sizes[pair.supported])
        for ok, pair in zip(right, pairs, strict=True)
    ]
    return resampler.interval(weighted)


def _pair(row: dict[str, Any]) -> ClaimPair:
    label = required_text(row, "label")
    if label not in (SUPPORTED, UNSUPPORTED):
        raise RowError(f"'label' must be {SUPPORTED} or {UNSUPPORTED}, not {label!r}")
    claim_id = required_text(row, "_id")
    return ClaimPair(
        claim_id,
        required_text(row, "claim"),
        tuple(list_of(row, "quotes", str)),
        label == SUPPORTED,
        required_text(row, "kind"),
        str(row.get("source") or claim_id),
    )
