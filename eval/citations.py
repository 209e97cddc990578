"""Metrics of citations against the sentences they bear out.

``is_valid_citation`` is in ``eval.metrics``, and the metrics of citations against gold evidence
are in ``eval.evidence``. A citation is worth the words that stand at its offsets, not those that
it claims to quote; one out of range is worth nothing and stays in every denominator, unlike in
ALCE's script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from eval.metrics import LEFT_OUT, Share
from eval.values import Passage, RowSentence

Supports = Callable[[Sequence[str], str], bool]


def is_in_range(citation: Passage, texts: Mapping[str, str]) -> bool:
    """``0 <= start < end <= len(article)``, of an article that exists."""
    return 0 <= citation.start < citation.end <= len(texts.get(citation.doc_id, ""))


def citations_out_of_range(citations: Sequence[Passage], texts: Mapping[str, str]) -> Share:
    """Citations that point outside their article, or to none, over all citations.

    No source: see ``eval.metrics.citation_validity``.
    """
    outside = sum(not is_in_range(citation, texts) for citation in citations)
    return (float(outside), float(len(citations)))


def cited_words(citation: Passage, texts: Mapping[str, str]) -> str:
    """The words at the citation's offsets, empty for one out of range."""
    if not is_in_range(citation, texts):
        return ""
    return texts[citation.doc_id][citation.start : citation.end]


def citation_recall(
    sentences: Sequence[RowSentence], texts: Mapping[str, str], supports: Supports
) -> Share:
    """One answer's ``sentences that their citations support / sentences``, weighing 1.

    A sentence without citations is not supported. Source: citation recall of ALCE (Gao et al.
    2023), with ``supports`` in the place of its entailment model.
    """
    if not sentences:
        return LEFT_OUT
    return (sum(_is_supported(s, texts, supports) for s in sentences) / len(sentences), 1.0)


def citation_precision(
    sentences: Sequence[RowSentence], texts: Mapping[str, str], supports: Supports
) -> Share:
    """One answer's ``relevant citations / citations``, weighing 1; left out without citations.

    A citation is relevant if its sentence is supported by all its citations together, and either
    this one supports it alone or the others do not without it. Source: citation precision of
    ALCE (Gao et al. 2023).
    """
    relevant, total = 0, 0
    for sentence in sentences:
        total += len(sentence.citations)
        if _is_supported(sentence, texts, supports):
            quotes = [cited_words(citation, texts) for citation in sentence.citations]
            relevant += sum(
                _is_relevant(quotes, n, sentence.text, supports) for n in range(len(quotes))
            )
    return (relevant / total, 1.0) if total else LEFT_OUT


def cites_right_article(citations: Iterable[Passage], evidence: Iterable[Passage]) -> bool:
    """Whether a citation is of an article that holds gold evidence."""
    return bool({c.doc_id for c in citations} & {gold.doc_id for gold in evidence})


def _is_supported(sentence: RowSentence, texts: Mapping[str, str], supports: Supports) -> bool:
    quotes = [cited_words(citation, texts) for citation in sentence.citations]
    return bool(quotes) and supports(quotes, sentence.text)


def _is_relevant(quotes: list[str], place: int, sentence: str, supports: Supports) -> bool:
    """Of a supported sentence: whether the quote at ``place`` has a part in that."""
    if len(quotes) == 1 or supports([quotes[place]], sentence):
        return True
    return not supports(quotes[:place] + quotes[place + 1 :], sentence)
