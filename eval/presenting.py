"""How measures are named, grouped and written, wherever they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from eval.intervals import FEWEST_CLUSTERS, QUESTION, Interval
from eval.measures import STAGE_MEASURES
from eval.rows import STAGES

if TYPE_CHECKING:
    from eval.scoring import Scores

# Measures that are no share of 1, and their formats.
FORMATS = {
    "truthfulness": "{:.3f}",
    "answer_words": "{:.1f}",
    "median_ms": "{:.0f}",
    "aurc": "{:.3f}",
}
# What a measure counts, for readers who do not know its name; the others go by their names.
MEANINGS = {
    "truthfulness": "a right answer counts 1, a refusal 0, a wrong answer −1",
    "right_sentence_cited": "answerable questions answered with the right sentence cited",
    "answer_contained": "answerable questions that have the gold answer in their answer",
    "citation_validity": "citations whose quote is exactly the article's text at their offsets",
    "sentences_cited": "sentences of answers that have a citation",
    "citation_recall": "sentences of answers that the words they cite bear out",
    "citation_precision": "citations that their sentence needs",
    "unanswerable_refused": "unanswerable questions refused",
    "false_refusal_rate": "answerable questions refused",
    "short_answer_quoted": "answers whose short answer, if any, stands in one of their sentences",
    "hit@10": "questions that have a gold article among the first ten found",
}
# The figures at the head of a report.
HEADLINES = (
    "right_sentence_cited",
    "unanswerable_refused",
    "truthfulness",
    "answer_contained",
    "false_refusal_rate",
    "hit@10",
    "citation_validity",
    "citation_recall",
    "citation_precision",
)
# The first measure of each group; the measures stand in the order of ``eval.measures``.
GROUPS = {
    "answered": "Answers",
    "citation_validity": "Citations",
    "unanswerable_refused": "Refusals",
    "answer_found@1": "Retrieval",
    "answerability_auroc": "Confidence",
    "median_ms": "Time",
}
SLICE_COLUMNS = {
    "right_sentence_cited": "cited right",
    "answer_contained": "answer in it",
    "false_refusal_rate": "wrongly refused",
    "unanswerable_refused": "rightly refused",
    "abstention_f1": "F1",
}
CONTROL_COLUMNS = {
    "answered": "answered",
    "truthfulness": "truth",
    "right_sentence_cited": "cited right",
    "unanswerable_refused": "rightly refused",
    "citation_precision": "citation precision",
    "citation_recall": "citation recall",
    "answer_words": "words",
}
ALL_STAGES = "all together"
UNTOLD = "-"
BY_QUESTION = "*"
BY_QUESTION_NOTE = f"{BY_QUESTION} questions resampled: fewer than {FEWEST_CLUSTERS} clusters count"


def shown(name: str, value: float | None, untold: str = UNTOLD) -> str:
    """The value of a measure in its format."""
    return untold if value is None else FORMATS.get(name, "{:.3f}").format(value)


def interval_mark(interval: Interval) -> str:
    """The mark of an interval that resamples questions; else empty."""
    return f" {BY_QUESTION}" if interval.unit == QUESTION else ""


def resampling_note(intervals: Iterable[Interval]) -> str | None:
    """What the mark means, where an interval bears it."""
    return BY_QUESTION_NOTE if any(one.unit == QUESTION for one in intervals) else None


def headlines(measures: Mapping[str, Interval]) -> dict[str, Interval]:
    """The figures at the head of a report, of those that the set tells."""
    none = Interval(None)
    found = {name: measures.get(name, none) for name in HEADLINES}
    return {name: interval for name, interval in found.items() if interval.value is not None}


def grouped(scores: Scores) -> dict[str, dict[str, Interval]]:
    """The measures that the set tells, by group, without those of ``by_stage``."""
    apart = {f"{stage} {name}" for stage in STAGES for name in STAGE_MEASURES}
    groups: dict[str, dict[str, Interval]] = {}
    group = next(iter(GROUPS.values()))
    for name, interval in scores.measures.items():
        group = GROUPS.get(name, group)
        if interval.value is not None and name not in apart:
            groups.setdefault(group, {})[name] = interval
    return groups


def by_stage(scores: Scores) -> dict[str, dict[str, Interval]]:
    """The ranking of all stages together and of each that rows tell, by measure."""
    none = Interval(None)

    def line(prefix: str) -> dict[str, Interval]:
        return {name: scores.measures.get(f"{prefix}{name}", none) for name in STAGE_MEASURES}

    stages = {stage: line(f"{stage} ") for stage in STAGES}
    told = {
        stage: measures
        for stage, measures in stages.items()
        if any(interval.value is not None for interval in measures.values())
    }
    return {ALL_STAGES: line(""), **told} if told else {}
