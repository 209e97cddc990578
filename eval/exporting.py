"""Rows of a run in the formats of other evaluations, so that their tools can score them.

Each function gives the texts of the files by a tag, the main one under ``""``. Only questions
that have a row without error are exported, and articles of equal text bear one name, as in
``eval.measures.judge``: so the other tools count what ours count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

from eval.measures import Judged, judge
from eval.metrics import distinct
from eval.values import EvalSet, Passage, Row
from eval.writing import write_new

Files = Mapping[str, str]

TREC_TAG = "footnote"
# What a refusal is right to say, for tools that hold an answer against a text.
NOT_STATED = "The articles do not say."
_UNWRITABLE = re.compile(r"[\s%]")
_OWN_MARK = re.compile(r"\[(\d+)\]")
_CLOSING = re.compile(r"[.!?…]*[\"'”’»)\]]*$")


def export(
    eval_set: EvalSet, rows: Mapping[str, Row], form: str, out: Path, *, force: bool = False
) -> tuple[Path, ...]:
    """Write ``rows`` as ``form``, one of ``FORMATS``, to ``out`` and what else belongs to it.

    A second file is named after the first: ``pred.json`` has ``pred.na_prob.json`` beside it.
    Raises ``SetError`` when one is there and ``force`` is not given; returns the paths.
    """
    judged = judge(eval_set, rows, eval_set.questions)
    files = {companion(out, tag): text for tag, text in FORMATS[form](judged).items()}
    write_new(files, force=force)
    return tuple(files)


def companion(out: Path, tag: str) -> Path:
    """``out`` itself, or the file beside it that ``tag`` names."""
    return out.with_name(f"{out.stem}.{tag}{out.suffix}") if tag else out


def squad(judged: Sequence[Judged]) -> Files:
    """``{id: answer}``, empty for a refusal, and under ``na_prob`` ``{id: P(no answer)}``.

    The files that the SQuAD 2.0 script takes as ``pred.json`` and ``--na-prob-file`` (Rajpurkar
    et al. 2018). The probability is ``1 - confidence``: it also ranks what was answered.
    """
    predictions = {one.question.id: one.prediction for one in judged}
    unanswered = {one.question.id: round(1 - one.row.confidence, 6) for one in judged}
    return {"": _dump(predictions), "na_prob": _dump(unanswered)}


def trec(judged: Sequence[Judged]) -> Files:
    """``query Q0 document rank score tag`` lines, and under ``qrels`` ``query 0 document grade``.

    The formats of trec_eval (NIST). It sorts by score, and ties by name, so where a question's
    scores do not fall from rank to rank, ``1 / rank`` stands for them. White space would part
    columns: in names it is percent-encoded, and so is the percent sign, in both files alike.
    """
    runs, qrels = [], []
    for one in judged:
        query = _column(one.question.id)
        for rank, (name, score) in enumerate(_falling(one.row.retrieved), start=1):
            runs.append(f"{query} Q0 {_column(name)} {rank} {score:.6f} {TREC_TAG}\n")
        for name, grade in one.relevant.items():
            qrels.append(f"{query} 0 {_column(name)} {grade}\n")
    return {"": "".join(runs), "qrels": "".join(qrels)}


def alce(judged: Sequence[Judged]) -> Files:
    """``{"args", "data": [{"id", "question", "qa_pairs", "answer", "output", "docs"}]}``.

    The input of ALCE's ``eval.py`` (Gao et al., Enabling Large Language Models to Generate Text
    with Citations, 2023): ``[n]`` in ``output`` cites ``docs[n - 1]``, ``{"id", "title", "text"}``.
    Documents are the exact words that were cited. A mark stands before the full stop, for its
    sentence splitter would give one behind it to the next sentence. A refusal is empty.
    """
    data = [_alce_item(one) for one in judged]
    return {"": _dump({"args": {"dataset_name": "footnote", "model": TREC_TAG}, "data": data})}


def ragas(judged: Sequence[Judged]) -> Files:
    """A line of ``user_input, response, retrieved_contexts, reference, reference_contexts`` each.

    The fields of a ragas ``SingleTurnSample`` (ragas documentation, evaluation dataset), as
    ``EvaluationDataset.from_jsonl`` reads them. Contexts are whole articles, best first.
    """
    return {"": "".join(json.dumps(_ragas_item(one), ensure_ascii=False) + "\n" for one in judged)}


FORMATS: Mapping[str, Callable[[Sequence[Judged]], Files]] = {
    "squad": squad,
    "trec": trec,
    "alce": alce,
    "ragas": ragas,
}


def _falling(retrieved: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Each article once, with scores that fall strictly as they are written."""
    first: dict[str, float] = {}
    for name, score in retrieved:
        first.setdefault(name, score)
    scores = [round(score, 6) for score in first.values()]
    if any(later >= earlier for earlier, later in pairwise(scores)):
        scores = [1 / rank for rank in range(1, len(scores) + 1)]
    return list(zip(first, scores, strict=True))


def _column(name: str) -> str:
    return _UNWRITABLE.sub(lambda found: quote(found.group()), name)


def _alce_item(one: Judged) -> dict[str, Any]:
    cited = dict.fromkeys(one.cited)
    numbers = {passage: number for number, passage in enumerate(cited, start=1)}
    sentences = one.row.sentences if one.answered else ()
    answers = list(one.gold.answers) if one.gold else []
    return {
        "id": one.question.id,
        "question": _asked(one),
        "qa_pairs": [{"question": one.question.text, "short_answers": answers}] if answers else [],
        "answer": _reference(one),
        "output": " ".join(_marked(s.text, s.citations, numbers) for s in sentences),
        "docs": [{"id": p.doc_id, "title": p.doc_id, "text": p.text} for p in cited],
    }


def _marked(text: str, citations: Sequence[Passage], numbers: Mapping[Passage, int]) -> str:
    """The sentence with its marks before what closes it; marks of its own in round brackets."""
    plain = _OWN_MARK.sub(r"(\1)", text).rstrip()
    closing = _CLOSING.search(plain)
    end = closing.start() if closing else len(plain)
    marks = "".join(f"[{number}]" for number in dict.fromkeys(numbers[c] for c in citations))
    return f"{plain[:end]} {marks}{plain[end:]}" if marks else plain


def _ragas_item(one: Judged) -> dict[str, Any]:
    names = distinct(name for name, _ in one.row.retrieved)
    evidence = one.gold.evidence if one.gold else ()
    return {
        "user_input": _asked(one),
        "response": one.row.answer,
        "retrieved_contexts": [one.texts[name] for name in names if name in one.texts],
        "reference": _reference(one),
        "reference_contexts": [passage.text for passage in evidence],
    }


def _asked(one: Judged) -> str:
    """The question behind those that were asked before it: these formats have no history."""
    return " ".join([*(turn.question for turn in one.question.history), one.question.text])


def _reference(one: Judged) -> str:
    if one.gold is None:
        return ""
    if not one.gold.answerable:
        return NOT_STATED
    evidence = " ".join(dict.fromkeys(passage.text for passage in one.gold.evidence))
    return one.gold.answers[0] if one.gold.answers else evidence


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
