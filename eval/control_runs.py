"""Every control of a run, those for which the engine is asked again among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from eval.answerers import FOOTNOTE, ask_all
from eval.controls import NEVER_REFUSE, controls
from eval.perturbing import Perturbed, swapped, without_gold
from eval.running import discard
from eval.scoring import Scores, score
from eval.values import EvalSet, Row, SetError
from eval.verdicts import (
    FACT_SWAPPED,
    GOLD_REMOVED,
    Verdict,
    verdict_without_gold,
    verdicts_from_rows,
    verdicts_on_swaps,
)
from rag.config import Config


@dataclass(frozen=True, slots=True)
class ControlsReport:
    """A run and its controls by name, with a verdict on each.

    ``changed`` counts the questions of the sets with other articles, by control; ``skipped``, by
    control and reason, those for which no change was safe.
    """

    run: Scores
    controls: Mapping[str, Scores]
    verdicts: tuple[Verdict, ...]
    changed: Mapping[str, int]
    skipped: Mapping[str, Mapping[str, int]]

    @property
    def holds(self) -> bool:
        """Whether no verdict fails; one that cannot be told does not."""
        return all(verdict.holds is not False for verdict in self.verdicts)

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for ``json.dumps``."""
        return {
            "holds": self.holds,
            "verdicts": [asdict(verdict) for verdict in self.verdicts],
            "changed": dict(self.changed),
            "skipped": {name: dict(reasons) for name, reasons in self.skipped.items()},
            "run": self.run.as_dict(),
            "controls": {name: scores.as_dict() for name, scores in self.controls.items()},
        }


class ControlRuns:
    """Asks a set and those made from it; rows and sets are kept in ``folder``.

    What was asked before is not asked again, unless ``fresh``. ``index`` is the engine's, for the
    set's own articles.
    """

    def __init__(
        self,
        config: Config,
        eval_set: EvalSet,
        folder: Path,
        *,
        who: str = FOOTNOTE,
        index: str | Path | None = None,
        fresh: bool = False,
    ) -> None:
        self._config = config
        self._set = eval_set
        self._folder = folder
        self._who = who
        self._index = index
        self._fresh = fresh

    def report(self) -> ControlsReport:
        """Ask all that is to be asked, and judge."""
        rows = self._ask(self._config, "run")
        run, found = score(self._set, rows), controls(self._set, rows)
        if self._who == FOOTNOTE:
            # The engine itself without its threshold says more than a sentence copied for it.
            bold = replace(self._config, min_confidence=0.0)
            found[NEVER_REFUSE] = score(self._set, self._ask(bold, "never-refuse"))
        verdicts = verdicts_from_rows(run, found)
        changed: dict[str, int] = {}
        skipped: dict[str, Mapping[str, int]] = {}
        for control, change in ((GOLD_REMOVED, without_gold), (FACT_SWAPPED, swapped)):
            place = self._folder / f"{self._set.name}.{control.replace(' ', '-')}"
            try:
                other = change(self._set, place)
            except SetError as error:
                skipped[control] = {error.wrong: len(self._set.questions)}
                continue
            answers = self._ask_changed(other, place)
            found[control] = score(other.eval_set, answers)
            changed[control], skipped[control] = len(other.changed), other.skipped
            verdicts += (
                [verdict_without_gold(found[control])]
                if control == GOLD_REMOVED
                else verdicts_on_swaps(self._set, rows, other, answers)
            )
        return ControlsReport(run, found, tuple(verdicts), changed, skipped)

    def _ask(self, config: Config, what: str) -> Mapping[str, Row]:
        out = self._folder / f"{self._set.name}.{what}.jsonl"
        return self._rows(config, self._set, out, self._index)

    def _ask_changed(self, other: Perturbed, place: Path) -> Mapping[str, Row]:
        return self._rows(self._config, other.eval_set, place / "rows.jsonl", place / "index")

    def _rows(
        self, config: Config, eval_set: EvalSet, out: Path, index: str | Path | None
    ) -> Mapping[str, Row]:
        if self._fresh:
            discard(out)
        return ask_all(config, eval_set, out, who=self._who, index=index).rows
