"""Answers and hits as plain JSON values, for ``--json`` and for the evaluation's output lines.

The names are a public format: articles are ``doc_id`` (as in BEIR), offsets are characters of
the article's untouched text, times are milliseconds.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rag.values import (
    Answer,
    AnswerSentence,
    Citation,
    Hit,
    RankedArticle,
    Span,
    SyncPlan,
    SyncReport,
    Verdict,
)

# Scores are printed to six decimals: more is noise of 32-bit floats.
SCORE_DECIMALS = 6
TIME_DECIMALS = 3


def answer_to_dict(answer: Answer) -> dict[str, Any]:
    """An answer with its evidence, ready for ``json.dumps``.

    ``answer`` is without footnote marks; when the articles do not hold the answer it is the
    message to the reader, never empty: tell the two apart by ``status``.
    """
    return {
        "status": answer.status.value,
        "question": answer.question,
        "understood": answer.understood,
        "answer": answer.text,
        "short_answer": answer.short_answer,
        "short_confidence": round(answer.short_confidence, SCORE_DECIMALS),
        "confidence": round(float(answer.confidence), SCORE_DECIMALS),
        "reason": answer.reason.value if answer.reason else None,
        "message": answer.message,
        "sentences": [sentence_to_dict(sentence) for sentence in answer.sentences],
        "retrieved": [ranked_article_to_dict(article) for article in answer.retrieved],
        "hits": [hit_to_dict(hit) for hit in answer.hits],
        "timing_ms": {
            stage: round(float(milliseconds), TIME_DECIMALS)
            for stage, milliseconds in answer.timing_ms.items()
        },
        "fingerprint": answer.fingerprint,
        "notice": answer.notice,
        "rejected": [
            {"text": rejected.text, **verdict_to_dict(rejected.verdict)}
            for rejected in answer.rejected
        ],
        "usage": asdict(answer.usage) if answer.usage else None,
        "filters": asdict(answer.filters),
        "reprints": [citation_to_dict(citation) for citation in answer.reprints],
    }


def verdict_to_dict(verdict: Verdict) -> dict[str, Any]:
    """What a check found; spans are ``[start, end]``, ``quote`` counts the sentence's citations."""
    return {
        "label": verdict.label.value,
        "reason": verdict.reason,
        "matches": [
            {"claim": _pair(match.claim), "quote": match.quote, "span": _pair(match.span)}
            for match in verdict.matches
        ],
    }


def sentence_to_dict(sentence: AnswerSentence) -> dict[str, Any]:
    """One sentence; ``highlight`` is ``[start, end]`` inside its text, or null."""
    highlight = sentence.highlight
    return {
        "text": sentence.text,
        "score": round(float(sentence.score), SCORE_DECIMALS),
        "highlight": None if highlight is None else _pair(highlight),
        "citations": [citation_to_dict(citation) for citation in sentence.citations],
        "verdict": verdict_to_dict(sentence.verdict) if sentence.verdict else None,
    }


def citation_to_dict(citation: Citation) -> dict[str, Any]:
    """One footnote: ``article.text[start:end] == quote``."""
    return {
        "number": citation.number,
        "doc_id": citation.article_id,
        "title": citation.title,
        "outlet": citation.outlet,
        "date": citation.date,
        "url": citation.url,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }


def ranked_article_to_dict(article: RankedArticle) -> dict[str, Any]:
    """One retrieved article; ``passage`` is its nearest sentence as a citation, or null."""
    return {
        "doc_id": article.article_id,
        "score": round(float(article.score), SCORE_DECIMALS),
        "title": article.title,
        "passage": citation_to_dict(article.passage) if article.passage else None,
    }


def hit_to_dict(hit: Hit) -> dict[str, Any]:
    """One chunk and why it ranked."""
    scores = hit.scores
    return {
        "doc_id": hit.article.id,
        "title": hit.article.title,
        "start": hit.chunk.span.start,
        "end": hit.chunk.span.end,
        "scores": {
            name: round(float(getattr(scores, name)), SCORE_DECIMALS)
            for name in ("dense", "sentence", "lexical", "late", "total")
        },
        "text": hit.text,
    }


def sync_report_to_dict(report: SyncReport) -> dict[str, Any]:
    """What a sync did, with every article id by kind."""
    return {
        "added": list(report.added),
        "edited": list(report.edited),
        "renamed": [{"from": old, "to": new} for old, new in report.renamed],
        "removed": list(report.removed),
        "unchanged": report.unchanged,
        "duplicates": [{"doc_id": alias, "of": kept} for alias, kept in report.duplicates],
        "problems": [
            {"source": problem.source, "reason": problem.reason} for problem in report.problems
        ],
        "embedded_chunks": report.embedded_chunks,
        "seconds": round(float(report.seconds), TIME_DECIMALS),
        "rebuilt": report.rebuilt,
    }


def sync_plan_to_dict(plan: SyncPlan) -> dict[str, Any]:
    """What a sync would do: files by kind, and ``articles`` as the sync would report them."""
    articles = sync_report_to_dict(plan.articles)
    for measured in ("embedded_chunks", "seconds", "rebuilt"):
        del articles[measured]
    return {
        "files": {
            "added": list(plan.added),
            "changed": list(plan.changed),
            "removed": list(plan.removed),
            "unchanged": plan.unchanged,
        },
        "articles": articles,
        "held": plan.held,
        "rebuild": plan.rebuild,
        "refusal": plan.refusal,
    }


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]
