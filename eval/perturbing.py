"""Two sets made from any set with evidence, on which the right answers are other ones.

``without_gold`` takes the evidence out of the articles: an answerer must now refuse. ``swapped``
changes the facts in the articles: the answer must follow. An answerer that remembers, guesses or
copies what is nearest shows here. Both are written as BEIR folders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from eval.beir import articles_of, write_beir
from eval.datasets import load_set
from eval.edits import Edit, apply_edits, moved
from eval.metrics import contains_answer
from eval.removals import Articles, Spans
from eval.swaps import Collection, Renamer, Swaps
from eval.values import EvalSet, Gold, Passage, Question, SetError
from rag.values import Turn

KIND_GOLD_REMOVED = "gold removed"

# An article of which more is taken out is no longer the article that the questions were asked of.
MOST_REMOVED = 1 / 3

Edits = Mapping[str, list[Edit]]


@dataclass(frozen=True, slots=True)
class Perturbed:
    """A set made from another; ``changed`` names the questions whose right answer is another.

    ``skipped`` counts, by reason, the answerable questions for which no change was safe.
    """

    eval_set: EvalSet
    changed: tuple[str, ...]
    skipped: Mapping[str, int]


def without_gold(eval_set: EvalSet, folder: Path) -> Perturbed:
    """The set with evidence removed, its questions unanswerable, of kind ``KIND_GOLD_REMOVED``.

    Also questions whose evidence is untouched are kept, to be answered as before; unanswerable
    ones are left out. Raises ``SetError`` when no evidence can be removed.
    """
    skipped: Counter[str] = Counter()
    articles = Articles(eval_set.texts)
    removed: Spans = frozenset()
    gold: dict[str, Gold] = {}
    for question, value in _with_evidence(eval_set, skipped):
        spans = articles.telling(value)
        if articles.share_removed(removed | spans) > MOST_REMOVED:
            skipped["too much of its article is evidence"] += 1
        elif articles.retell(question, value, spans):
            skipped["another sentence tells it too"] += 1
        else:
            removed |= spans
            gold[question.id] = Gold(answerable=False, kind=KIND_GOLD_REMOVED)
    changed = tuple(gold)
    edits = articles.edits(removed)
    for question, value in _with_evidence(eval_set, Counter()):
        if question.id not in gold and (whole := _untouched(value, edits, eval_set.texts)):
            gold[question.id] = whole
    _check(eval_set, changed, skipped)
    return Perturbed(_written(eval_set, folder, edits, gold), changed, dict(skipped))


def swapped(eval_set: EvalSet, folder: Path) -> Perturbed:
    """The questions whose answer could be changed, over articles that tell the other facts.

    Raises ``SetError`` when no fact can be changed.
    """
    skipped: Counter[str] = Counter()
    collection = Collection(eval_set, (article.title for article in articles_of(eval_set)))
    swaps = Swaps(eval_set, collection)
    wanted: list[tuple[Question, Gold]] = []
    for question, gold in _with_evidence(eval_set, skipped):
        if swaps.add(question, gold):
            wanted.append((question, gold))
        else:
            skipped["no number or name to change safely"] += 1
    renamer = Renamer(swaps.renaming)
    edits = {name: renamer.edits(text) for name, text in eval_set.texts.items()}
    new: dict[str, Gold] = {}
    for question, gold in wanted:
        if renamed := _renamed(gold, renamer, edits, eval_set.texts):
            new[question.id] = renamed
        else:
            skipped["the evidence does not tell the new answer alone"] += 1
    _check(eval_set, tuple(new), skipped)
    made = _written(eval_set, folder, edits, new, renamer.rename)
    return Perturbed(made, tuple(new), dict(skipped))


def _with_evidence(eval_set: EvalSet, skipped: Counter[str]) -> Iterator[tuple[Question, Gold]]:
    for question in eval_set.questions:
        gold = eval_set.gold.get(question.id)
        if gold is None or not gold.answerable:
            continue
        if gold.evidence:
            yield question, gold
        else:
            skipped["no evidence is named"] += 1


def _untouched(gold: Gold, edits: Edits, texts: Mapping[str, str]) -> Gold | None:
    """Gold in the edited articles; None where an edit removed or changed some evidence."""
    evidence = _moved(gold, edits, texts)
    same = [new.text for new in evidence] == [old.text for old in gold.evidence]
    return replace(gold, evidence=evidence) if same else None


def _renamed(gold: Gold, renamer: Renamer, edits: Edits, texts: Mapping[str, str]) -> Gold | None:
    """Gold of the changed articles, with only the answers that changed; None if not safe."""
    evidence = _moved(gold, edits, texts)
    told = " ".join(passage.text for passage in evidence)
    answers = [renamer.rename(answer) for answer in gold.answers]
    new = tuple(a for a, old in zip(answers, gold.answers, strict=True) if a != old)
    follows = contains_answer(told, new) and not contains_answer(told, gold.answers)
    if len(evidence) < len(gold.evidence) or not follows:
        return None
    return replace(gold, answers=new, evidence=evidence)


def _moved(gold: Gold, edits: Edits, texts: Mapping[str, str]) -> tuple[Passage, ...]:
    """The evidence where it now lies, without what lost its beginning or its end."""
    found = []
    for passage in gold.evidence:
        changes = edits.get(passage.doc_id, [])
        start, end = moved(passage.start, changes), moved(passage.end, changes)
        if start is not None and end is not None and start < end:
            text = apply_edits(texts[passage.doc_id], changes)[start:end]
            found.append(Passage(passage.doc_id, start, end, text))
    return tuple(found)


def _check(eval_set: EvalSet, changed: tuple[str, ...], skipped: Mapping[str, int]) -> None:
    if changed:
        return
    counted = ", ".join(f"{reason} ({count})" for reason, count in skipped.items())
    raise SetError(
        f"No question of {eval_set.name} could be changed safely.",
        f"Give a set with evidence. Here: {counted or 'nothing is answerable'}.",
    )


def _written(
    eval_set: EvalSet,
    folder: Path,
    edits: Edits,
    gold: Mapping[str, Gold],
    rename: Callable[[str], str] = str,
) -> EvalSet:
    articles = [
        replace(a, text=apply_edits(a.text, edits.get(a.id, [])), title=rename(a.title))
        for a in articles_of(eval_set)
    ]
    questions = [
        replace(
            question,
            text=rename(question.text),
            history=tuple(Turn(rename(t.question), rename(t.answer)) for t in question.history),
        )
        for question in eval_set.questions
        if question.id in gold
    ]
    write_beir(folder, articles, questions, gold)
    return load_set(folder)
