"""The gold of a folder: ``gold.jsonl``, one row a question, told against articles and qrels."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from pathlib import Path
from typing import Any

from eval.jsonlines import RowError, list_of, parse_json_lines, passage_of, required_text
from eval.values import KIND_ANSWERABLE, KIND_UNANSWERABLE, BadRow, Gold


def read_gold(
    path: Path,
    questions: Collection[str],
    relevant: Container[str],
    texts: Mapping[str, str],
    problems: list[BadRow],
) -> dict[str, Gold]:
    """Gold by question; empty when the set has none, and then only retrieval can be scored.

    ``relevant`` are the questions that qrels name articles for. A row that cannot be used is left
    out and named, and so is every question that is then without gold.
    """
    gold: dict[str, Gold] = {}
    if not path.is_file():
        return gold
    for line, (name, value) in parse_json_lines(path, _gold, problems):
        reason = _contradiction(value, name in relevant) or _wrong_evidence(value, texts)
        if name not in questions:
            reason = f"_id {name!r} is not among the questions"
        elif name in gold:
            reason = f"_id {name!r} is there twice"
        if reason:
            problems.append(BadRow(path.name, line, reason))
        else:
            gold[name] = value
    problems.extend(
        BadRow(path.name, 0, f"question {name!r} has no usable gold")
        for name in questions
        if name not in gold
    )
    return gold


def _gold(row: dict[str, Any]) -> tuple[str, Gold]:
    name = required_text(row, "_id")
    answerable = row.get("answerable")
    if not isinstance(answerable, bool):
        raise RowError(f"'answerable' must be true or false, not {answerable!r}")
    return name, Gold(
        answerable=answerable,
        kind=str(row.get("kind") or (KIND_ANSWERABLE if answerable else KIND_UNANSWERABLE)),
        answers=tuple(list_of(row, "answers", str)),
        evidence=tuple(passage_of(item, "text") for item in list_of(row, "evidence", dict)),
    )


def _contradiction(gold: Gold, has_relevant: bool) -> str:
    told = gold.answers or gold.evidence
    if not gold.answerable and told:
        return "an unanswerable question has an answer or evidence"
    if gold.answerable and not told and not has_relevant:
        return "an answerable question needs an answer, evidence or a relevant article"
    return ""


def _wrong_evidence(gold: Gold, texts: Mapping[str, str]) -> str:
    for passage in gold.evidence:
        if passage.doc_id not in texts:
            return f"evidence names article {passage.doc_id!r}, which is not there"
        found = texts[passage.doc_id][passage.start : passage.end]
        if found != passage.text:
            return f"evidence at [{passage.start}, {passage.end}) is {found!r}"
    return ""
