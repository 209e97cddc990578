"""Answers for tests of what is kept of them: whatever hypothesis thinks of, and hostile ones."""

from __future__ import annotations

from hypothesis import strategies as st

from rag.values import (
    Answer,
    AnswerSentence,
    Citation,
    Filters,
    Match,
    RankedArticle,
    Reason,
    RejectedSentence,
    Span,
    Status,
    Support,
    Usage,
    Verdict,
)

TEXT = st.text(max_size=40)
SCORE = st.floats(0, 1).map(lambda number: round(number, 6))
TIME = st.floats(0, 1e6).map(lambda number: round(number, 3))
SPAN = st.tuples(st.integers(0, 99), st.integers(0, 99)).map(lambda pair: Span(*sorted(pair)))
CITATION = st.builds(
    lambda span, *rest: Citation(*rest[:6], span.start, span.end, rest[6]),
    SPAN, st.integers(1, 20), TEXT, TEXT, TEXT, TEXT, TEXT, TEXT,
)  # fmt: skip
VERDICT = st.builds(
    Verdict,
    st.sampled_from(Support),
    TEXT,
    st.lists(st.builds(Match, SPAN, st.integers(0, 3), SPAN), max_size=2).map(tuple),
)
SENTENCE = st.builds(
    AnswerSentence,
    TEXT,
    st.lists(CITATION, max_size=3).map(tuple),
    SCORE,
    st.none() | SPAN,
    st.none() | VERDICT,
)
USAGE = st.builds(
    Usage, TEXT, st.integers(0, 9), st.integers(0, 9), TIME, st.none() | TIME, st.booleans()
)
ANSWER = st.builds(
    Answer,
    question=TEXT,
    understood=TEXT,
    status=st.sampled_from(Status),
    sentences=st.lists(SENTENCE, max_size=3).map(tuple),
    short_answer=TEXT,
    short_confidence=SCORE,
    confidence=SCORE,
    reason=st.none() | st.sampled_from(Reason),
    message=TEXT,
    retrieved=st.lists(
        st.builds(RankedArticle, TEXT, TEXT, SCORE, st.none() | CITATION), max_size=2
    ).map(tuple),
    timing_ms=st.dictionaries(TEXT, TIME, max_size=2),
    fingerprint=TEXT,
    notice=TEXT,
    rejected=st.lists(st.builds(RejectedSentence, TEXT, VERDICT), max_size=2).map(tuple),
    usage=st.none() | USAGE,
    filters=st.builds(
        Filters, TEXT, TEXT, st.lists(TEXT, max_size=2).map(tuple), st.lists(TEXT).map(tuple)
    ),
    reprints=st.lists(CITATION, max_size=1).map(tuple),
)

MARKUP = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script> '
    "![pixel](http://203.0.113.9/p.png) [here](javascript:window.hacked=3) [^1]: fake [1] "
    "www.outside.example http://outside.example/ **bold** `code` "
    "| a | b | \u202etxet\u202c \x07\x1b[31m"
)


def hostile_citation(number: int = 1) -> Citation:
    """A quote whose every field is an attack."""
    return Citation(
        number, f"a/{MARKUP}", MARKUP, MARKUP, MARKUP, "javascript:window.hacked=4", 0, 9, MARKUP
    )


def hostile_answers() -> tuple[Answer, ...]:
    """An answer, a refusal and an error, whose every text is an attack."""
    citation = hostile_citation()
    ranked = (RankedArticle("a", MARKUP, 0.5, citation),)
    return (
        Answer(
            MARKUP,
            f"stood alone {MARKUP}",
            Status.ANSWERED,
            (AnswerSentence(MARKUP, (citation, hostile_citation(2)), highlight=Span(0, 4)),),
            short_answer=MARKUP,
            short_confidence=0.9,
            confidence=0.9,
            retrieved=ranked,
            notice=MARKUP,
        ),
        Answer(
            MARKUP,
            MARKUP,
            Status.ABSTAINED,
            reason=Reason.NOT_STATED,
            message=MARKUP,
            retrieved=ranked,
        ),
        Answer(MARKUP, MARKUP, Status.ERROR, message=MARKUP),
    )


def plain_answer(question: str = "How long is it?", quote: str = "It is long.") -> Answer:
    """An answer of one sentence."""
    citation = Citation(1, "bridge.txt", "The bridge", "Courier", "2023-05-14", "", 10, 21, quote)
    return Answer(
        question,
        question,
        Status.ANSWERED,
        (AnswerSentence(quote, (citation,)),),
        short_answer="long",
        short_confidence=0.9,
        confidence=0.8,
    )
