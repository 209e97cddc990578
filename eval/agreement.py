"""How far two judges of support agree: ``eval.support`` and a language model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.citations import cited_words
from eval.controls import SHUFFLED, control_rows
from eval.judged import judge
from eval.support import supports
from eval.values import EvalSet, Row

Pair = tuple[tuple[str, ...], str]
Judge = Callable[[Sequence[str], str], bool | None]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Sentences by verdict: of both, of the model alone, of the words alone, of neither.

    ``unread`` are those on which the model said neither yes nor no; they count for nothing.
    """

    both: int = 0
    model_only: int = 0
    words_only: int = 0
    neither: int = 0
    unread: int = 0

    @property
    def judged(self) -> int:
        """Sentences on which there are two verdicts."""
        return self.both + self.model_only + self.words_only + self.neither

    @property
    def accuracy(self) -> float | None:
        """The share of equal verdicts; None without any."""
        return (self.both + self.neither) / self.judged if self.judged else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa, ``(p_o - p_e) / (1 - p_e)``: agreement beyond that of chance.

        None where chance alone agrees always, as when all verdicts are one. Source: Cohen, A
        Coefficient of Agreement for Nominal Scales, 1960.
        """
        if not self.judged or self.accuracy is None:
            return None
        model, told = self.both + self.model_only, self.both + self.words_only
        n = self.judged
        chance = (model * told + (n - model) * (n - told)) / n**2
        return (self.accuracy - chance) / (1 - chance) if chance < 1 else None

    def lines(self, model: str) -> list[str]:
        """What a reader is told of it, with the name of the model."""

        def shown(value: float | None) -> str:
            return "-" if value is None else f"{value:.3f}"

        return [
            f"{model} and the words on {self.judged} sentences ({self.unread} without a verdict):",
            f"  supported: both {self.both}, only {model} {self.model_only}, "
            f"only the words {self.words_only}, neither {self.neither}",
            f"  agreement {shown(self.accuracy)}, Cohen's kappa {shown(self.kappa)}",
        ]

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for ``json.dumps``."""
        shares = {"judged": self.judged, "accuracy": self.accuracy, "kappa": self.kappa}
        return {**asdict(self), **shares}


def pairs(eval_set: EvalSet, rows: Mapping[str, Row]) -> Iterator[Pair]:
    """Each cited sentence of an answer with its citations' words, without repeats.

    After each answer comes the same with another question's citations: where every sentence is a
    quote, only that shows whether a judge ever says no.
    """
    shuffled = control_rows(eval_set, rows)[SHUFFLED]
    seen: set[Pair] = set()
    for one, other in zip(
        judge(eval_set, rows, eval_set.questions),
        judge(eval_set, shuffled, eval_set.questions),
        strict=True,
    ):
        for judged in (one, other):
            for sentence in judged.row.sentences if judged.answered else ():
                quotes = tuple(cited_words(c, eval_set.texts) for c in sentence.citations)
                if any(quotes) and (quotes, sentence.text) not in seen:
                    seen.add((quotes, sentence.text))
                    yield quotes, sentence.text


def agreement(
    asked: Sequence[Pair], model: Judge, on_progress: Callable[[int, int], None] | None = None
) -> Agreement:
    """The verdicts of ``model`` beside those of ``eval.support``."""
    counts = dict.fromkeys(("both", "model_only", "words_only", "neither", "unread"), 0)
    for done, (quotes, sentence) in enumerate(asked, start=1):
        counts[_verdict(model(quotes, sentence), supports(quotes, sentence))] += 1
        if on_progress:
            on_progress(done, len(asked))
    return Agreement(**counts)


def _verdict(model: bool | None, words: bool) -> str:
    if model is None:
        return "unread"
    if model:
        return "both" if words else "model_only"
    return "words_only" if words else "neither"
