"""Fits the weights of ``rag/weights.json`` to questions with known answers.

``python -m eval.training STAGE SET [SET ...]`` with the stages ``ranking``, ``sentence``,
``short_answer`` and ``confidence``, in that order: each looks at what the stage before it makes.
Only questions of the fitting half are read (see ``half``), so that figures on the other half are
of questions that no weight was chosen on. The result is deterministic for the same sets.

Ranking and sentences are fitted with the listwise softmax loss of ListNet (Cao et al., ICML
2007), each weight held to the side that its feature can speak for; confidence and short answers
by logistic regression.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.datasets import load_set
from eval.metrics import contains_answer, token_f1
from eval.values import EvalSet, Gold, Question
from rag.confidence import CONFIDENCE_FEATURES, premises_cost
from rag.config import load_config
from rag.conversation import standalone
from rag.embedding import Embedder
from rag.evidence import SENTENCE_FEATURES, SentenceEvidence
from rag.pipeline import Pipeline, Reading
from rag.question import understand
from rag.retrieval import RANKING_FEATURES, Candidates
from rag.short_answer import SHORT_ANSWER_FEATURES, sentence_tokens, short_answers
from rag.weights import BIAS, WEIGHTS_FILE

Floats = npt.NDArray[np.float32]
Group = tuple[Floats, npt.NDArray[Any]]

LISTWISE_PENALTY = 1e-3
# The C of scikit-learn. A stronger penalty (1e-3) tells better what encyclopaedic paragraphs do not
# answer, and worse what news articles do not; this one passes the gates of the own sets.
CONFIDENCE_INVERSE_PENALTY = 0.1
NO_PENALTY = 1e6
# Where no phrase overlaps the gold answer by this F1, giving none is right.
LEAST_GAIN = 0.3
NONE_PENALTY = 1e-2
# These features can only speak against a candidate, and all others only for it.
AGAINST = frozenset({"no_kind", "asks", "short"})
# The share of answerable questions that the threshold, 0.5, may refuse.
FALSE_REFUSALS = 0.05
ANSWERABLE, OUTSIDE = "answerable", "outside"
OWN_HALVES = {"dev": "fit", "test": "report"}


def half(cluster: str) -> str:
    """``fit`` or ``report``: the half of the questions that a cluster belongs to, for good.

    A set's own halves, ``dev`` and ``test``, are these; other clusters are parted by a hash.
    """
    if cluster in OWN_HALVES:
        return OWN_HALVES[cluster]
    return "fit" if zlib.crc32(cluster.encode()) % 2 == 0 else "report"


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit one stage and write its table into ``rag/weights.json``."""
    parser = argparse.ArgumentParser(prog="python -m eval.training", description=__doc__)
    parser.add_argument("stage", choices=sorted(STAGES))
    parser.add_argument("sets", nargs="+", metavar="SET")
    parser.add_argument("--index", type=Path, default=Path(".footnote/training"))
    options = parser.parse_args(arguments)
    write_table(options.stage, STAGES[options.stage](list(_asked(options.sets, options.index))))
    return 0


def write_table(stage: str, table: Mapping[str, float]) -> None:
    """Put a stage's weights into ``rag/weights.json``, and print them."""
    path = Path(__file__).parents[1] / "rag" / WEIGHTS_FILE
    tables = json.loads(path.read_text(encoding="utf-8"))
    tables[stage] = {name: round(float(value), 4) for name, value in table.items()}
    path.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(tables[stage], indent=1))


class Asked:
    """A question of the fitting half with what the engine finds for it."""

    def __init__(self, question: Question, eval_set: EvalSet, pipeline: Pipeline) -> None:
        self.question = question
        self.gold: Gold = eval_set.gold[question.id]
        self.relevant = eval_set.relevant.get(question.id, {})
        self.text = standalone(question.text, question.history)
        self.understood = understand(self.text)
        self._pipeline = pipeline

    @property
    def embedder(self) -> Embedder:
        """The one that the index was built with."""
        return self._pipeline.embedder

    def candidates(self) -> Candidates:
        """The ranked chunks."""
        found = self._pipeline.candidates(self.text)
        if found is None:
            raise ValueError("nothing is indexed")
        return found

    def reading(self) -> Reading:
        """The ranked sentences, and the features of the answer's confidence."""
        return self._pipeline.read(self.understood, self.candidates())

    def holds(self, sentence: SentenceEvidence) -> bool:
        """Whether a sentence holds the answer: it overlaps the evidence, or states it."""
        if self.gold.evidence:
            return any(
                passage.doc_id == sentence.article.id
                and passage.start < sentence.span.end
                and sentence.span.start < passage.end
                for passage in self.gold.evidence
            )
        relevant = sentence.article.id in self.relevant
        return relevant and contains_answer(sentence.text, self.gold.answers)


def _asked(sets: Sequence[str], index: Path) -> Iterator[Asked]:
    for path in sets:
        eval_set = load_set(path)
        config = load_config(articles=eval_set.articles, index=index / eval_set.name)
        pipeline = Pipeline(config)
        pipeline.sync()
        for question in eval_set.questions:
            if half(question.cluster) == "fit" and question.id in eval_set.gold:
                yield Asked(question, eval_set, pipeline)


def fit_ranking(asked: Sequence[Asked]) -> dict[str, float]:
    """The weights of ``RANKING_FEATURES``: a relevant article's chunk above all others."""
    groups = []
    for item in asked:
        if item.gold.answerable:
            found = item.candidates()
            relevant = np.array([hit.article.id in item.relevant for hit in found.hits])
            groups.append((found.features, relevant))
    return dict(zip(RANKING_FEATURES, listwise(groups, RANKING_FEATURES), strict=True))


def fit_sentence(asked: Sequence[Asked]) -> dict[str, float]:
    """The weights of ``SENTENCE_FEATURES``: a sentence that holds the answer above all others."""
    groups = []
    for item in asked:
        if item.gold.answerable:
            ranked = item.reading().ranked
            holds = np.array([item.holds(sentence) for sentence in ranked])
            groups.append((np.stack([sentence.features for sentence in ranked]), holds))
    return dict(zip(SENTENCE_FEATURES, listwise(groups, SENTENCE_FEATURES), strict=True))


def fit_short_answer(asked: Sequence[Asked]) -> dict[str, float]:
    """The weights of ``SHORT_ANSWER_FEATURES`` and the bias against giving none.

    Over the phrases of the best sentence and, where that is another, of the right one.
    """
    groups = []
    for item in asked:
        if not item.gold.answerable or max(map(len, item.gold.answers), default=99) > 60:
            continue
        candidates = item.candidates()
        ranked = item.reading().ranked
        right = next((sentence for sentence in ranked if item.holds(sentence)), ranked[0])
        for sentence in (ranked[0], right):
            tokens = sentence_tokens(candidates, sentence, item.embedder)
            answers = short_answers(item.understood, tokens)
            if answers:
                texts = [answer.span.of(sentence.text) for answer in answers]
                gains = [token_f1(text, item.gold.answers) for text in texts]
                groups.append((np.stack([a.features for a in answers]), np.array(gains)))
    return best_or_none(groups, SHORT_ANSWER_FEATURES)


def fit_confidence(asked: Sequence[Asked]) -> dict[str, float]:
    """The logistic weights of ``CONFIDENCE_FEATURES``: answerable against not.

    Answerable and not count alike, and so do the unanswerable questions from outside the
    collection and those that come near to it, whatever their numbers in the sets. The penalty
    makes their sum too timid, so its steepness is fitted after it, without one; the bias is then
    moved to where ``FALSE_REFUSALS`` says.
    """
    readings = [item.reading() for item in asked]
    rows = np.stack([reading.features for reading in readings if reading.features is not None])
    answerable = np.array([item.gold.answerable for item in asked])
    groups = [_group(item.gold) for item in asked]
    sizes = Counter(groups)
    weights = np.array(
        [(len(sizes) - 1 if name == ANSWERABLE else 1.0) / sizes[name] for name in groups]
    )
    weights *= len(asked) / weights.sum()
    table = logistic(rows, answerable, CONFIDENCE_FEATURES, weights, CONFIDENCE_INVERSE_PENALTY)
    logits = rows @ np.array([table[name] for name in CONFIDENCE_FEATURES])
    steepness = logistic(logits[:, None], answerable, ("logit",), weights, NO_PENALTY)["logit"]
    table = {name: steepness * weight for name, weight in table.items()}
    table[BIAS] = _bias(steepness * logits, readings, answerable)
    return table


def _group(gold: Gold) -> str:
    """What a question counts with: the answerable ones, those from outside, or the others."""
    if gold.answerable:
        return ANSWERABLE
    return OUTSIDE if gold.kind == OUTSIDE else "near"


def _bias(logits: Floats, readings: Sequence[Reading], answerable: npt.NDArray[np.bool_]) -> float:
    """The bias at which ``FALSE_REFUSALS`` of the answerable are refused, failed premises too."""
    costs = [
        np.inf if reading.premises.fail else premises_cost(reading.premises) for reading in readings
    ]
    return -float(np.quantile((logits - costs)[answerable], FALSE_REFUSALS, method="higher"))


def listwise(groups: Sequence[Group], names: Sequence[str]) -> Floats:
    """Weights that minimise ``-log sum of softmax(features @ weights)`` over the right rows.

    ``groups``: for each question, features float32 [candidates, features] and which are right;
    groups without a right one are left out.
    """
    import torch

    groups = [group for group in groups if group[1].any()]
    scale = np.concatenate([features for features, _ in groups]).std(axis=0) + 1e-6
    against = torch.tensor([name in AGAINST for name in names])
    raw = torch.full((len(names),), 0.3, requires_grad=True)
    parts = [(torch.tensor(f / scale), torch.tensor(right)) for f, right in groups]
    optimiser = torch.optim.LBFGS([raw], max_iter=300, line_search_fn="strong_wolfe")

    def weights() -> Any:
        return torch.where(against, -raw.abs(), raw.abs())

    def loss() -> Any:
        optimiser.zero_grad()
        each = [
            torch.logsumexp(scores, 0) - torch.logsumexp(scores[right], 0)
            for scores, right in ((features @ weights(), right) for features, right in parts)
        ]
        value = torch.stack(each).mean() + LISTWISE_PENALTY * (weights() ** 2).sum()
        value.backward()
        return value

    optimiser.step(loss)
    return np.asarray(weights().detach().numpy() / scale, dtype=np.float32)


def best_or_none(groups: Sequence[Group], names: Sequence[str]) -> dict[str, float]:
    """Weights and bias that minimise ``-log of the expected gain`` of softmax over the rows.

    ``groups``: for each question, features float32 [candidates, features] and each one's gain in
    [0, 1]. "None of them" takes part with logit 0, and gains 1 where none gains ``LEAST_GAIN``.
    """
    import torch

    rows = np.concatenate([features for features, _ in groups])
    mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 0.05)
    parts = []
    for features, gains in groups:
        none = 1.0 if gains.max() < LEAST_GAIN else 0.0
        standard = torch.tensor((features - mean) / scale, dtype=torch.float32)
        parts.append((standard, torch.tensor([*gains, none], dtype=torch.float32)))
    raw = torch.zeros(len(names) + 1, requires_grad=True)
    optimiser = torch.optim.LBFGS([raw], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> Any:
        optimiser.zero_grad()
        each = []
        for features, gains in parts:
            logits = torch.cat([features @ raw[:-1] + raw[-1], torch.zeros(1)])
            each.append(-torch.log(torch.softmax(logits, 0) @ gains + 1e-4))
        value = torch.stack(each).mean() + NONE_PENALTY * (raw[:-1] ** 2).sum()
        value.backward()
        return value

    optimiser.step(loss)
    weights = raw.detach().numpy()[:-1] / scale
    table = dict(zip(names, weights.tolist(), strict=True))
    table[BIAS] = float(raw.detach().numpy()[-1] - weights @ mean)
    return table


def logistic(
    rows: Floats,
    labels: npt.NDArray[np.bool_],
    names: Sequence[str],
    weights: Floats | None = None,
    inverse_penalty: float = 1.0,
) -> dict[str, float]:
    """Weights and bias of a logistic regression over standardised features.

    ``weights`` of the rows; without them both classes count alike. ``inverse_penalty``: the ``C``
    of scikit-learn.
    """
    from sklearn.linear_model import LogisticRegression

    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    model = LogisticRegression(
        C=inverse_penalty,
        class_weight="balanced" if weights is None else None,
        max_iter=1000,
    ).fit((rows - mean) / scale, labels, sample_weight=weights)
    coefficients = model.coef_[0] / scale
    table = dict(zip(names, coefficients.tolist(), strict=True))
    table[BIAS] = float(model.intercept_[0] - coefficients @ mean)
    return table


STAGES: dict[str, Callable[[Sequence[Asked]], dict[str, float]]] = {
    "ranking": fit_ranking,
    "sentence": fit_sentence,
    "short_answer": fit_short_answer,
    "confidence": fit_confidence,
}

if __name__ == "__main__":
    sys.exit(main())
