"""Answers read back from the JSON values that ``rag.serialising`` makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.values import (
    Answer,
    AnswerSentence,
    Article,
    Chunk,
    Citation,
    Filters,
    Hit,
    Match,
    RankedArticle,
    Reason,
    RejectedSentence,
    Scores,
    Span,
    Status,
    Support,
    Usage,
    Verdict,
)


def answer_from_dict(values: Mapping[str, Any]) -> Answer:
    """The answer that ``answer_to_dict`` wrote, its ``hits`` without what their articles say.

    Numbers come back as they were rounded. Raises ``ValueError`` for anything else than such a
    dictionary: what lies on a disk may have been cut short or written by hand.
    """
    try:
        return _answer(values)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"it holds no answer ({type(error).__name__}: {error})") from error


def _answer(values: Mapping[str, Any]) -> Answer:
    reason = values.get("reason")
    usage = values.get("usage")
    return Answer(
        question=_text(values["question"]),
        understood=_text(values["understood"]),
        status=Status(values["status"]),
        sentences=tuple(_sentence(sentence) for sentence in values["sentences"]),
        short_answer=_text(values["short_answer"]),
        short_confidence=float(values["short_confidence"]),
        confidence=float(values["confidence"]),
        reason=Reason(reason) if reason is not None else None,
        message=_text(values["message"]),
        retrieved=tuple(_ranked(article) for article in values["retrieved"]),
        timing_ms={_text(stage): float(lap) for stage, lap in values["timing_ms"].items()},
        fingerprint=_text(values["fingerprint"]),
        notice=_text(values.get("notice", "")),
        rejected=tuple(_rejected(sentence) for sentence in values.get("rejected", ())),
        usage=Usage(**usage) if usage is not None else None,
        hits=tuple(_hit(hit) for hit in values.get("hits", ())),
        filters=_filters(values.get("filters") or {}),
        reprints=tuple(_citation(citation) for citation in values.get("reprints", ())),
    )


def _hit(values: Mapping[str, Any]) -> Hit:
    """A hit as far as it explains a ranking: which article, where, and its scores."""
    article = Article(_text(values["doc_id"]), "", _text(values["title"]))
    chunk = Chunk(article.id, 0, _span((values["start"], values["end"])), ())
    scores = Scores(**{name: float(score) for name, score in values["scores"].items()})
    return Hit(article, chunk, scores)


def _filters(values: Mapping[str, Any]) -> Filters:
    return Filters(
        since=_text(values.get("since", "")),
        until=_text(values.get("until", "")),
        outlets=tuple(_text(outlet) for outlet in values.get("outlets", ())),
        articles=tuple(_text(article) for article in values.get("articles", ())),
    )


def _sentence(values: Mapping[str, Any]) -> AnswerSentence:
    highlight, verdict = values["highlight"], values.get("verdict")
    return AnswerSentence(
        text=_text(values["text"]),
        citations=tuple(_citation(citation) for citation in values["citations"]),
        score=float(values.get("score", 0.0)),
        highlight=_span(highlight) if highlight is not None else None,
        verdict=_verdict(verdict) if verdict is not None else None,
    )


def _citation(values: Mapping[str, Any]) -> Citation:
    span = _span((values["start"], values["end"]))
    return Citation(
        number=int(values["number"]),
        article_id=_text(values["doc_id"]),
        title=_text(values["title"]),
        outlet=_text(values["outlet"]),
        date=_text(values["date"]),
        url=_text(values["url"]),
        start=span.start,
        end=span.end,
        quote=_text(values["quote"]),
    )


def _ranked(values: Mapping[str, Any]) -> RankedArticle:
    passage = values["passage"]
    return RankedArticle(
        article_id=_text(values["doc_id"]),
        title=_text(values["title"]),
        score=float(values["score"]),
        passage=_citation(passage) if passage is not None else None,
    )


def _rejected(values: Mapping[str, Any]) -> RejectedSentence:
    return RejectedSentence(_text(values["text"]), _verdict(values))


def _verdict(values: Mapping[str, Any]) -> Verdict:
    matches = tuple(
        Match(_span(match["claim"]), int(match["quote"]), _span(match["span"]))
        for match in values.get("matches", ())
    )
    return Verdict(Support(values["label"]), _text(values["reason"]), matches)


def _span(pair: Any) -> Span:
    start, end = pair
    return Span(int(start), int(end))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text is {type(value).__name__}")
    return value
