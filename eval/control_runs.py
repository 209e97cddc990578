"""Every control of a run, those for which the engine is asked again among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from eval.answerers import ask_all
from eval.control_report import Controls, values
from eval.controls import NEVER_REFUSE, controls
from eval.perturbing import Perturbed, swapped, without_gold
from eval.running import discard
from eval.scoring import score
from eval.values import FOOTNOTE, EvalSet, Row, SetError
from eval.verdicts import (
    FACT_SWAPPED,
    GOLD_REMOVED,
    verdict_without_gold,
    verdicts_from_rows,
    verdicts_on_swaps,
)
from rag.config import Config

FOLDER_SUFFIX = ".controls"


class ControlRuns:
    """Asks a set and those made from it.

    The rows of the set itself are in ``file``, all else is kept in a folder beside it. What was
    asked before is not asked again, unless ``fresh``. ``index`` is the engine's, for the set's
    own articles.
    """

    def __init__(
        self,
        config: Config,
        eval_set: EvalSet,
        file: Path,
        *,
        who: str = FOOTNOTE,
        index: str | Path | None = None,
        fresh: bool = False,
    ) -> None:
        self._config = config
        self._set = eval_set
        self._file = file
        self._folder = file.with_suffix(FOLDER_SUFFIX)
        self._who = who
        self._index = index
        self._fresh = fresh

    def controls(self) -> Controls:
        """Ask all that is to be asked, and judge."""
        rows = self._rows(self._config, self._set, self._file, self._index)
        run, found = score(self._set, rows), controls(self._set, rows)
        if self._who == FOOTNOTE:
            # The engine itself without its threshold says more than a sentence copied for it.
            bold = replace(self._config, min_confidence=0.0)
            out = self._folder / "never-refuse.jsonl"
            found[NEVER_REFUSE] = score(self._set, self._rows(bold, self._set, out, self._index))
        verdicts = verdicts_from_rows(run, found)
        changed: dict[str, int] = {}
        skipped: dict[str, Mapping[str, int]] = {}
        for control, change in ((GOLD_REMOVED, without_gold), (FACT_SWAPPED, swapped)):
            place = self._folder / control.replace(" ", "-")
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
        scores = {name: values(control) for name, control in found.items()}
        return Controls(values(run), scores, tuple(verdicts), changed, skipped)

    def _ask_changed(self, other: Perturbed, place: Path) -> Mapping[str, Row]:
        return self._rows(self._config, other.eval_set, place / "rows.jsonl", place / "index")

    def _rows(
        self, config: Config, eval_set: EvalSet, out: Path, index: str | Path | None
    ) -> Mapping[str, Row]:
        if self._fresh:
            discard(out)
        return ask_all(config, eval_set, out, who=self._who, index=index).rows
