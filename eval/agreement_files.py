"""The opinions of language models kept beside the rows that they are of, for the reports."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from eval.agreement import Agreement
from eval.values import SetError

AGREEMENT_SUFFIX = ".judge.json"
AGREEMENT_FORMAT = 1


def agreement_path(file: Path) -> Path:
    """Where the opinions on the rows in ``file`` lie."""
    return file.with_name(file.name + AGREEMENT_SUFFIX)


def write_agreement(model: str, found: Agreement, file: Path) -> Path:
    """Leave what ``model`` said beside the rows, and other models' opinions of the same rows.

    Raises ``SetError`` if that cannot be.
    """
    path = agreement_path(file)
    models = {**read_agreements(file), model: found}
    told = {
        "format": AGREEMENT_FORMAT,
        "rows_sha256": _hash(file),
        "models": {name: asdict(one) for name, one in models.items()},
    }
    try:
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise SetError(
            f"{path} cannot be written: {error.strerror or error}.", "Give rows in another folder."
        ) from error
    return path


def read_agreements(file: Path) -> Mapping[str, Agreement]:
    """By model, of these very rows: those that were written since have other sentences."""
    try:
        told = json.loads(agreement_path(file).read_bytes())
        if told["format"] != AGREEMENT_FORMAT or told["rows_sha256"] != _hash(file):
            return {}
        return {str(name): Agreement(**one) for name, one in told["models"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
