"""An engine whose answers are written beforehand: every kind of outcome that the page can meet.

Its articles are real ``Article`` values and its citations true offsets, so that a footnote opens
what it quotes. ``Scripted.gate`` holds an answer back until a test lets it go on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rag.filtering import matching_articles
from rag.values import (
    Answer,
    AnswerSentence,
    Article,
    Chunk,
    Citation,
    Filters,
    Hit,
    Partial,
    RankedArticle,
    Reason,
    RejectedSentence,
    Scores,
    Span,
    Status,
    Support,
    Turn,
    Usage,
    Verdict,
)

DAM = """The Orrin Dam was closed after a crack was found in its eastern wall.

The crack is four metres long. Repairs of the Orrin Dam will take eleven weeks.

The Orrin Dam was closed after a crack was found in its eastern wall. Cracked walls are rare.
"""
CLOSED = "The Orrin Dam was closed after a crack was found in its eastern wall."
WEEKS = "Repairs of the Orrin Dam will take eleven weeks."
MONTHS = "The ministry now expects that repairs of the dam will take seven months."
HEBREW = "הסכר נסגר לאחר שנמצא סדק בקיר המזרחי."
ARTICLES = (
    Article("dam", DAM, "Orrin Dam closed", "P. Reporter", "The Daily Courier", "2023-04-04"),
    Article("late", f"Months of work\n\n{MONTHS}", "Dam repairs to take months, ministry says",
            "", "Valley Herald", "2023-05-19"),
    Article("wire1", f"By wire\n\n{CLOSED}", "Dam shut", "", "Evening Post", "2023-04-04"),
    Article("wire2", f"By wire\n\n{CLOSED}", "Dam closed", "", "Morning Star", "2023-04-05"),
    Article("wire3", f"By wire\n\n{CLOSED}", "Orrin", "", "Coast Mail", "2023-04-05"),
    Article("hebrew", f"{HEBREW}\n\nכתבה.", "סכר אורין נסגר", "", "העיתון", "2023-04-06"),
)  # fmt: skip
BY_ID = {article.id: article for article in ARTICLES}


def cite(article_id: str, quote: str, number: int = 1, occurrence: int = 0) -> Citation:
    """A citation of the ``occurrence``-th place of ``quote``."""
    article = BY_ID[article_id]
    start = -1
    for _ in range(occurrence + 1):
        start = article.text.index(quote, start + 1)
    names = (article.id, article.title, article.outlet, article.date, article.url)
    return Citation(number, *names, start, start + len(quote), quote)


def quoted(article_id: str, quote: str, number: int = 1, occurrence: int = 0) -> AnswerSentence:
    return AnswerSentence(quote, (cite(article_id, quote, number, occurrence),), 1.0)


def _hit(article_id: str, score: float) -> Hit:
    article = BY_ID[article_id]
    span = Span(0, len(article.text))
    return Hit(article, Chunk(article.id, 0, span, (span,)), Scores(0.52, 0.61, 1.0, 0.83, score))


_FOUND = {
    "retrieved": (
        RankedArticle("dam", "Orrin Dam closed", 6.21, cite("dam", CLOSED)),
        RankedArticle("late", BY_ID["late"].title, 5.4, cite("late", MONTHS)),
        RankedArticle("wire1", "Dam shut", 4.9, cite("wire1", CLOSED)),
    ),
    "hits": (_hit("dam", 6.21), _hit("late", 5.4), _hit("wire1", 4.9)),
    "timing_ms": {"understand": 2.0, "retrieve": 41.0, "read": 17.0, "total": 60.0},
    "fingerprint": "3f9a0c1b22d4",
}
_HALF = Verdict(Support.PARTLY, "The quote tells of the wall, and not of the north.")
_NOT = Verdict(Support.UNSUPPORTED, "No quote tells of a flood.")

OUTCOMES: dict[str, Answer] = {
    "Why was the dam closed?": Answer(
        "", "", Status.ANSWERED,
        (
            replace(quoted("dam", CLOSED, 1, 1), highlight=Span(25, 68)),
            quoted("dam", WEEKS, 2),
        ),
        "after a crack was found in its eastern wall"[:43], 0.8, 0.82, **_FOUND,
        reprints=(cite("wire1", CLOSED), cite("wire2", CLOSED), cite("wire3", CLOSED)),
    ),
    "Tell me more": Answer(
        "", "", Status.ANSWERED,
        tuple(quoted("dam", CLOSED, 1) for _ in range(11)), confidence=0.7, **_FOUND,
    ),
    "Who designed it?": Answer(
        "", "Who designed the Orrin Dam?", Status.ABSTAINED, reason=Reason.NOT_STATED,
        confidence=0.31, message="The articles do not say this.", **_FOUND,
    ),
    "Who won the chess cup?": Answer(
        "", "", Status.ABSTAINED, reason=Reason.NOTHING_NEAR, confidence=0.02,
        message="The articles do not say anything about this.", **_FOUND,
    ),
    "How long will repairs take?": Answer(
        "", "", Status.ANSWERED, (quoted("dam", WEEKS, 1), quoted("late", MONTHS, 2)),
        confidence=0.77, reason=Reason.ARTICLES_DISAGREE, **_FOUND,
    ),
    "Hello!": Answer(
        "", "", Status.ABSTAINED, reason=Reason.SMALL_TALK,
        message="Hello! Ask me something that the articles tell.",
    ),
    "Is it empty?": Answer(
        "", "", Status.ABSTAINED, reason=Reason.NOTHING_INDEXED,
        message="There are no articles to answer from.",
    ),
    "What does the Hebrew paper say?": Answer(
        "", "", Status.ANSWERED, (quoted("hebrew", HEBREW, 1),), confidence=0.6, **_FOUND,
    ),
    "What did the model write?": Answer(
        "", "", Status.ANSWERED,
        (
            replace(quoted("dam", CLOSED, 1), text="A crack closed the dam.",
                    verdict=Verdict(Support.SUPPORTED, "All of it is in the quote.")),
            replace(quoted("dam", CLOSED, 1), text="The northern wall cracked.", verdict=_HALF),
            quoted("dam", WEEKS, 2),
        ),
        confidence=0.7, notice="The model took long, so this is its first answer.",
        rejected=(RejectedSentence("The valley was flooded.", _NOT),),
        usage=Usage("small-model", 812, 64, 3.2, 1.1), **_FOUND,
    ),
}  # fmt: skip


@dataclass
class Scripted:
    """Answers by ``OUTCOMES``; any other question has an error."""

    gate: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, tuple[Turn, ...], Filters | None]] = field(default_factory=list)

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Iterator[Partial | Answer]:
        self.asked.append((question, tuple(history), filters))
        if filters:
            matching_articles(filters, self.article_heads())
        outcome = OUTCOMES.get(question, Answer("", "", Status.ERROR, message="Not scripted."))
        understood = outcome.understood or question
        yield Partial(understood)
        try:
            if question == "What did the model write?":
                yield Partial(understood, outcome.sentences[:1], "The northern wall")
                self.gate.wait(20)
        finally:
            self.closed.set()
        yield replace(
            outcome, question=question, understood=understood, filters=filters or Filters()
        )

    def article_heads(self) -> list[Article]:
        return [replace(article, text="") for article in ARTICLES]

    def articles(self) -> list[Article]:
        return list(ARTICLES)

    def article(self, article_id: str) -> Article:
        return BY_ID[article_id]
