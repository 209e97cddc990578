"""Whether a citation is of the gold evidence, and the metrics of an answer's citations by that.

Sharing a character with the evidence is not enough: an article pasted whole shares all of it. A
citation is of a passage if their intersection over union, in characters, is at least
``LEAST_OVERLAP``. This bounds both what of the evidence may be missing and what else may be cited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from eval.metrics import LEFT_OUT, Share, normalise
from eval.values import Passage
from rag.sentences import split_sentences
from rag.values import Span

LEAST_OVERLAP = 0.5
"""The threshold of ERASER, over characters in the place of tokens: from there on a predicted
rationale counts as the gold one (DeYoung et al., ERASER: A Benchmark to Evaluate Rationalized NLP
Models, 2020)."""

Alternatives = tuple[Passage, ...]
"""Passages of which any one will do, those that gold names first."""


def alternatives(evidence: Iterable[Passage], texts: Mapping[str, str]) -> tuple[Alternatives, ...]:
    """The evidence as separate facts, each with every passage that tells it.

    Passages that overlap (alternative spans, as in SQuAD) are one fact, and so are those of equal
    words, in whichever article: a reprint tells nothing more. Where a passage is a part of a
    sentence, or several sentences, each of these will do as well.
    """
    facts: list[list[Passage]] = []
    for passage in evidence:
        same = [fact for fact in facts if any(_is_same(passage, other) for other in fact)]
        facts = [fact for fact in facts if fact not in same]
        facts.append([*(one for fact in same for one in fact), passage])
    return tuple(
        tuple(dict.fromkeys([*fact, *(s for p in fact for s in _sentences(p, texts))]))
        for fact in facts
    )


def cites(citations: Iterable[Passage], fact: Alternatives) -> bool:
    """Whether a citation is of one of the alternatives, by ``LEAST_OVERLAP``."""
    return any(overlap(citation, gold) >= LEAST_OVERLAP for citation in citations for gold in fact)


def cites_right_sentence(citations: Iterable[Passage], evidence: Sequence[Alternatives]) -> bool:
    """Whether a citation is of any of the evidence."""
    cited = tuple(citations)
    return any(cites(cited, fact) for fact in evidence)


def overlap(one: Passage, other: Passage) -> float:
    """Characters in both passages over characters in either: intersection over union."""
    both = _shared(one, other)
    return both / (one.end - one.start + other.end - other.start - both) if both else 0.0


def evidence_precision(citations: Iterable[Passage], evidence: Sequence[Alternatives]) -> Share:
    """One question's ``citations of evidence / citations``, weighing 1 in the mean.

    Without gold evidence or without citations the question is left out. Source: precision of
    rationales under partial match, ERASER (DeYoung et al. 2020), averaged over questions.
    """
    unique = set(citations)
    if not evidence or not unique:
        return LEFT_OUT
    return (sum(cites_right_sentence([c], evidence) for c in unique) / len(unique), 1.0)


def evidence_recall(citations: Iterable[Passage], evidence: Sequence[Alternatives]) -> Share:
    """One question's ``facts of the evidence cited / facts``, weighing 1 in the mean.

    Left out without gold evidence. Source: recall of rationales under partial match, ERASER
    (DeYoung et al. 2020), averaged over questions.
    """
    if not evidence:
        return LEFT_OUT
    cited = tuple(citations)
    return (sum(cites(cited, fact) for fact in evidence) / len(evidence), 1.0)


def evidence_iou(citations: Iterable[Passage], evidence: Sequence[Alternatives]) -> Share:
    """``characters cited and gold / characters cited or gold``, weighing 1.

    Of each fact those alternatives are gold that are cited; where none is, the one that shares
    most characters with a citation. Whole articles pasted as citations show here. Left out
    without gold or without citations. Source: the intersection over union of rationales in
    ERASER (DeYoung et al. 2020), over characters in the place of tokens.
    """
    passages = set(citations)
    cited = _characters(passages)
    gold = _characters(one for fact in evidence for one in _meant(passages, fact))
    if not cited or not gold:
        return LEFT_OUT
    return (len(cited & gold) / len(cited | gold), 1.0)


def _meant(citations: set[Passage], fact: Alternatives) -> list[Passage]:
    found = [gold for gold in fact if cites(citations, (gold,))]
    nearest = max(fact, key=lambda gold: max((_shared(c, gold) for c in citations), default=0))
    return found or [nearest]


def _shared(one: Passage, other: Passage) -> int:
    """The number of characters in both."""
    if one.doc_id != other.doc_id:
        return 0
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def _is_same(one: Passage, other: Passage) -> bool:
    return one.overlaps(other) or _normalised(one.text) == _normalised(other.text)


def _sentences(passage: Passage, texts: Mapping[str, str]) -> Iterator[Passage]:
    """The sentences that the passage lies in, or that lie in it for the greater part."""
    text = texts.get(passage.doc_id, "")
    for span in _spans(text):
        sentence = Passage(passage.doc_id, span.start, span.end, span.of(text))
        within = span.start <= passage.start and passage.end <= span.end
        if within or _shared(passage, sentence) * 2 > span.end - span.start:
            yield sentence


def _characters(passages: Iterable[Passage]) -> set[tuple[str, int]]:
    return {(p.doc_id, place) for p in passages for place in range(p.start, p.end)}


@lru_cache(maxsize=20_000)
def _normalised(text: str) -> str:
    """Passages of gold, each of which is met again in every run that is scored."""
    return normalise(text)


@lru_cache(maxsize=2000)
def _spans(text: str) -> list[Span]:
    return split_sentences(text)
