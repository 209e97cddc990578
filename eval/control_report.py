"""The controls of a run as values: what each scores and what that says; and their file.

``footnote eval controls`` leaves them beside the rows, where a report on the same rows finds
them. Without that file a report has the controls that need no engine, and names the others as not
run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eval.controls import controls
from eval.scoring import Scores
from eval.values import EvalSet, Row, SetError
from eval.verdicts import FACT_SWAPPED, GOLD_REMOVED, Verdict, verdicts_from_rows

CONTROLS_SUFFIX = ".controls.json"
CONTROLS_FORMAT = 2
# Those that ask the engine again over other articles: too long for every run.
ASKED_AGAIN = (GOLD_REMOVED, FACT_SWAPPED)
HOW_TO_RUN = "type footnote eval controls SET"

Values = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Controls:
    """A run's measures and those of its controls by name, with a verdict on each.

    ``changed`` counts the questions of the sets with other articles, by control; ``skipped``, by
    control and reason, those for which no change was safe.
    """

    run: Values
    scores: Mapping[str, Values]
    verdicts: tuple[Verdict, ...]
    changed: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def failing(self) -> tuple[Verdict, ...]:
        """The verdicts that do not hold; one that cannot be told is none of them."""
        return tuple(verdict for verdict in self.verdicts if verdict.holds is False)

    @property
    def not_run(self) -> Mapping[str, str]:
        """The controls without scores, and why: nobody was asked, or no change was safe."""
        return {
            name: f"not run: {next(iter(self.skipped.get(name, ())), HOW_TO_RUN)}"
            for name in ASKED_AGAIN
            if name not in self.scores
        }

    @property
    def lines(self) -> Mapping[str, Values]:
        """Every control by what a table calls it; one that was not run has no values."""
        missing: dict[str, Values] = {f"{name} ({why})": {} for name, why in self.not_run.items()}
        return {**self.scores, **missing}

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for ``json.dumps``."""
        return {"holds": not self.failing, "not_run": dict(self.not_run), **asdict(self)}


def controls_from_rows(eval_set: EvalSet, rows: Mapping[str, Row], run: Scores) -> Controls:
    """The controls that need nobody to be asked again; ``run`` has the scores of ``rows``."""
    found = controls(eval_set, rows)
    scores = {name: values(control) for name, control in found.items()}
    return Controls(values(run), scores, tuple(verdicts_from_rows(run, found)))


def values(scores: Scores) -> Values:
    """The measures without their intervals."""
    return {name: interval.value for name, interval in scores.measures.items()}


def controls_path(file: Path) -> Path:
    """Where the controls of the rows in ``file`` lie."""
    return file.with_name(file.name + CONTROLS_SUFFIX)


def write_controls(found: Controls, file: Path) -> Path:
    """Leave the controls beside the rows in ``file``; raises ``SetError`` if that cannot be."""
    path = controls_path(file)
    told = {"format": CONTROLS_FORMAT, "rows_sha256": _hash(file), **found.as_dict()}
    try:
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise SetError(
            f"{path} cannot be written: {error.strerror or error}.", "Give rows in another folder."
        ) from error
    return path


def read_controls(file: Path) -> Controls | None:
    """The controls that lie beside the rows in ``file``; None where there are none of these rows.

    They are bound to the rows by their hash: rows that were written since have other controls.
    """
    try:
        told = json.loads(controls_path(file).read_bytes())
        if told["format"] != CONTROLS_FORMAT or told["rows_sha256"] != _hash(file):
            return None
        verdicts = tuple(Verdict(**verdict) for verdict in told["verdicts"])
        return Controls(told["run"], told["scores"], verdicts, told["changed"], told["skipped"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
