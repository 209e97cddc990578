"""The engine beside the LlamaIndex quickstart, BM25, and itself without each stage of its ranking.

All answer the same questions in the same run. The first two answer through their public paths;
the others only rank articles. Differences are paired, over the same questions, with intervals
that resample whole clusters of questions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eval import metrics
from eval.answerers import ask_all
from eval.bench_picture import draw_bars
from eval.intervals import Interval, Resampler, mcnemar_exact
from eval.judged import Judged, judge
from eval.measures import MEASURES
from eval.presenting import interval_mark, resampling_note
from eval.scoring import score
from eval.training import half
from eval.values import FOOTNOTE, QUICKSTART, EvalSet, Row
from rag.config import Config
from rag.lexical import LexicalIndex, encode_terms, words
from rag.retrieval import RANKING_FEATURES, RANKING_WEIGHTS, Candidates
from rag.values import Status

if TYPE_CHECKING:
    from rich.console import Console

BM25 = "BM25 over articles"
RANKING_MEASURES = ("hit@1", "hit@5", "mrr@10")
ANSWER_MEASURES = (
    "right_sentence_cited",
    "answer_contained",
    "short_answer_given",
    "short_answer_f1",
    "false_refusal_rate",
    "evidence_precision",
    "evidence_recall",
    "median_ms",
)
RANKED_ARTICLES = 10

# What each ablation takes from the engine's ranking of its candidates.
ABLATIONS: Mapping[str, frozenset[str]] = {
    "without late interaction": frozenset(f for f in RANKING_FEATURES if f.startswith("late")),
    "without BM25": frozenset({"lexical_chunk", "lexical_article"}),
    "without chunk and sentence vectors": frozenset({"dense", "sentence"}),
    "without names and titles": frozenset({"names", "title"}),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One system on one set. ``gain``: its hit@1 less the quickstart's; ``p``: of that gain."""

    name: str
    measures: Mapping[str, Interval]
    gain: Interval
    p: float
    refused: Mapping[str, float | None]
    auroc: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class BenchResult:
    """The systems on one set; ``questions`` counts those asked."""

    name: str
    questions: int
    articles: int
    lines: tuple[Line, ...]

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for ``json.dumps``."""
        return asdict(self)


def bench(
    config: Config,
    eval_set: EvalSet,
    folder: Path,
    index: str | Path | None = None,
    *,
    held_out: bool = False,
) -> BenchResult:
    """Ask every system; rows of the first two are kept in ``folder`` and not asked again.

    ``index``: a folder that holds an index for each set, by the set's name. ``held_out``: count
    only the questions of the clusters that no weight is fitted on (``eval.training.half``).
    """
    place = Path(index) / eval_set.name if index is not None else None
    systems: dict[str, Mapping[str, Row]] = {}
    for who in (FOOTNOTE, QUICKSTART):
        out = folder / f"{eval_set.name}.{who}.jsonl"
        systems[who] = ask_all(config, eval_set, out, who=who, index=place).rows
    if held_out:
        eval_set = _held_out(eval_set)
    systems[BM25] = _rows(eval_set, _bm25(eval_set))
    systems.update(_ablations(replace(config, articles=eval_set.articles, index=place), eval_set))
    judged = {name: judge(eval_set, rows, eval_set.questions) for name, rows in systems.items()}
    lines = tuple(_line(name, eval_set, systems[name], judged) for name in systems)
    return BenchResult(eval_set.name, len(eval_set.questions), len(eval_set.texts), lines)


def _held_out(eval_set: EvalSet) -> EvalSet:
    questions = tuple(q for q in eval_set.questions if half(q.cluster) == "report")
    return replace(eval_set, name=f"{eval_set.name}, held out", questions=questions)


def write_bench(results: Sequence[BenchResult], folder: Path) -> None:
    """``bench.json`` and ``bench.svg`` in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps([result.as_dict() for result in results], indent=1, ensure_ascii=False)
    (folder / "bench.json").write_text(text + "\n", encoding="utf-8")
    bars = [
        (result.name, [(line.name, line.measures["hit@1"]) for line in result.lines])
        for result in results
    ]
    picture = draw_bars("Right article first (hit@1), with 95 % intervals", bars)
    (folder / "bench.svg").write_text(picture, encoding="utf-8")


def print_bench(result: BenchResult, console: Console) -> None:
    """Two tables: the rankings of all, and the answers of those that answer."""
    from rich.table import Table

    title = f"{result.name}: {result.questions} questions over {result.articles} articles"
    rankings = Table("ranking", title=title)
    for column in (*RANKING_MEASURES, "hit@1 less quickstart's", "p"):
        rankings.add_column(column, justify="right")
    for line in result.lines:
        cells = [_shown(line.measures[name], ends=name == "hit@1") for name in RANKING_MEASURES]
        rankings.add_row(line.name, *cells, _shown(line.gain, ends=True), f"{line.p:.1g}")
    shown = (one for line in result.lines for one in (line.measures["hit@1"], line.gain))
    rankings.caption = resampling_note(shown)
    console.print(rankings)
    answering = [line for line in result.lines if line.name in (FOOTNOTE, QUICKSTART)]
    answers = Table("answers")
    for line in answering:
        answers.add_column(line.name, justify="right")
    for name in ANSWER_MEASURES:
        answers.add_row(name, *(_shown(line.measures[name], ends=True) for line in answering))
    for kind in answering[0].refused:
        values = [(line.refused[kind], line.auroc[kind]) for line in answering]
        answers.add_row(f"refused, {kind}", *(_number(refused) for refused, _ in values))
        answers.add_row(f"AUROC against {kind}", *(_number(auroc) for _, auroc in values))
    answers.caption = resampling_note(
        line.measures[name] for line in answering for name in ANSWER_MEASURES
    )
    console.print(answers)


def _line(
    name: str,
    eval_set: EvalSet,
    rows: Mapping[str, Row],
    judged: Mapping[str, Sequence[Judged]],
) -> Line:
    mine, baseline = judged[name], judged[QUICKSTART]
    hit = MEASURES["hit@1"]
    shares = [[hit(one) for one in group] for group in (mine, baseline)]
    right = [[share[0] > 0 for share in group if share[1]] for group in shares]
    scores = score(eval_set, rows)
    kinds = [kind for kind, values in scores.slices.items() if not _answerable(values)]
    return Line(
        name=name,
        measures=scores.measures,
        gain=Resampler([one.question.unit for one in mine]).difference(*shares),
        p=mcnemar_exact(*right),
        refused={kind: scores.slices[kind]["unanswerable_refused"] for kind in kinds},
        auroc={kind: _auroc_against(mine, kind) for kind in kinds},
    )


def _answerable(values: Mapping[str, float | None]) -> bool:
    return values["unanswerable_refused"] is None


def _auroc_against(judged: Sequence[Judged], kind: str) -> float | None:
    """Of the confidence: answerable questions against the unanswerable ones of a kind."""
    chosen = [
        one for one in judged if one.gold is not None and (one.answerable or one.gold.kind == kind)
    ]
    return metrics.auroc([one.row.confidence for one in chosen], [one.answerable for one in chosen])


def _bm25(eval_set: EvalSet) -> Callable[[str], list[str]]:
    index = LexicalIndex((name, encode_terms(text)) for name, text in eval_set.texts.items())

    def rank(question: str) -> list[str]:
        scores = index.scores(words(question))
        return [index.ids[place] for place in np.argsort(-scores, kind="stable")[:RANKED_ARTICLES]]

    return rank


def _ablations(config: Config, eval_set: EvalSet) -> Iterator[tuple[str, Mapping[str, Row]]]:
    """The engine's candidates, ranked anew without the features of one stage."""
    from rag.pipeline import Pipeline
    from rag.printing import progress_bar

    ranked: dict[str, dict[str, list[str]]] = {name: {} for name in ABLATIONS}
    with Pipeline(config) as pipeline, progress_bar("Ablating") as move:
        for done, question in enumerate(eval_set.questions, start=1):
            found = pipeline.candidates(question.text)
            for name, left_out in ABLATIONS.items():
                ranked[name][question.id] = _without(found, left_out) if found else []
            move(done, len(eval_set.questions))
    for name, by_question in ranked.items():
        yield name, {key: _row(key, articles) for key, articles in by_question.items()}


def _without(found: Candidates, left_out: frozenset[str]) -> list[str]:
    kept = np.array([name not in left_out for name in RANKING_FEATURES])
    order = np.argsort(-(found.features @ (RANKING_WEIGHTS * kept)), kind="stable")
    return metrics.distinct(found.hits[place].article.id for place in order)[:RANKED_ARTICLES]


def _rows(eval_set: EvalSet, rank: Callable[[str], list[str]]) -> dict[str, Row]:
    return {question.id: _row(question.id, rank(question.text)) for question in eval_set.questions}


def _row(name: str, articles: Sequence[str]) -> Row:
    """A row that ranks articles and answers nothing."""
    return Row(name, Status.ABSTAINED, retrieved=tuple((article, 0.0) for article in articles))


def _shown(interval: Interval, *, ends: bool) -> str:
    if interval.value is None:
        return "-"
    form = "{:.0f}" if interval.value > 1 else "{:.3f}"
    value = form.format(interval.value)
    if not ends or interval.low is None or interval.high is None:
        return value
    low, high = form.format(interval.low), form.format(interval.high)
    return f"{value} ({low} .. {high}){interval_mark(interval)}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
