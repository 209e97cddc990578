"""An answer is quotes and nothing but; where there is none, it says so and shows what is near."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from newsroom import BRIDGE, CHORUS, write_newsroom

from rag.answering import say_the_same
from rag.engine import QueryEngine
from rag.values import Answer, Reason, Status, Turn

QUESTIONS = {
    "How much did the Kestrel Bridge cost?": "48 million euros",
    "Who led the design of the Kestrel Bridge?": "Lena Foss",
    "When will the Kestrel Bridge open?": "14 May 2023",
    "How many sheep did farmers lose to the wolves?": "31 sheep",
    "Who wants higher fences?": "Tomas Weil",
    "How long will repairs of the Orrin Dam take?": "eleven weeks",
    "How many loaves of bread did the baker give away?": "forty loaves",
}
OUTSIDE = (
    "What is the best recipe for pancakes?",
    "Which team won the hockey cup in 1987?",
    "How do vaccines protect children against measles?",
)


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_newsroom(tmp_path_factory.mktemp("newsroom") / "news")


def engine_over(newsroom: Path, min_confidence: float) -> QueryEngine:
    index = newsroom.parent / f"index-{min_confidence}"
    return QueryEngine.from_articles(newsroom, index=index, min_confidence=min_confidence)


@pytest.fixture(scope="module")
def engine(newsroom: Path) -> Iterator[QueryEngine]:
    """One as it is delivered."""
    engine = QueryEngine.from_articles(newsroom, index=newsroom.parent / "index")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def bold(newsroom: Path) -> Iterator[QueryEngine]:
    """One that always answers."""
    engine = engine_over(newsroom, 0.0)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def timid(newsroom: Path) -> Iterator[QueryEngine]:
    """One that never answers."""
    engine = engine_over(newsroom, 1.0)
    yield engine
    engine.close()


def check(engine: QueryEngine, answer: Answer) -> None:
    """What holds for every answer."""
    for sentence in answer.sentences:
        assert sentence.citations
        for citation in sentence.citations:
            article = engine.article(citation.article_id)
            assert article.text[citation.start : citation.end] == citation.quote == sentence.text
            assert (citation.title, citation.outlet) == (article.title, article.outlet)
            assert not any(
                span.start < citation.end and citation.start < span.end
                for span in article.boilerplate
            )
        if sentence.highlight is not None:
            assert 0 <= sentence.highlight.start < sentence.highlight.end <= len(sentence.text)
            assert sentence.highlight.of(sentence.text) == answer.short_answer
    highlighted = [s for s in answer.sentences if s.highlight is not None]
    assert len(highlighted) == bool(answer.short_answer)
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    numbers = [citation.number for s in answer.sentences for citation in s.citations]
    assert numbers == sorted(numbers)
    articles = [ranked.article_id for ranked in answer.retrieved]
    assert len(set(articles)) == len(articles)
    scores = [ranked.score for ranked in answer.retrieved]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= answer.confidence <= 1
    assert answer.timing_ms["total"] >= max(answer.timing_ms.values())
    assert answer.text


@pytest.mark.parametrize("question", [*QUESTIONS, *OUTSIDE, "10?", "和平在哪里?", "a" * 2000])
def test_an_answer_is_made_of_quotes_whatever_is_asked(bold: QueryEngine, question: str) -> None:
    answer = bold.ask(question)
    check(bold, answer)
    if answer.status is Status.ANSWERED:
        assert answer.text == " ".join(c.quote for c in answer.citations)
        for citation in answer.citations:
            assert f"{citation.quote} [{citation.number}]" in answer.marked
        assert answer.reason is None
        assert answer.message == ""


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_sentence_that_answers_is_quoted(engine: QueryEngine, question: str) -> None:
    answer = engine.ask(question)
    check(engine, answer)
    assert answer.status is Status.ANSWERED, answer.confidence
    assert QUESTIONS[question] in answer.text
    assert answer.short_answer in answer.text


@pytest.mark.parametrize("question", OUTSIDE)
def test_what_the_articles_do_not_hold_is_refused(engine: QueryEngine, question: str) -> None:
    answer = engine.ask(question)
    check(engine, answer)
    assert answer.status is Status.ABSTAINED


@pytest.mark.parametrize("question", [*QUESTIONS, *OUTSIDE])
def test_an_abstention_tells_why_and_what_is_nearest(timid: QueryEngine, question: str) -> None:
    answer = timid.ask(question)
    check(timid, answer)
    assert answer.status is Status.ABSTAINED
    assert answer.reason in (Reason.NOT_STATED, Reason.NOTHING_NEAR)
    assert answer.sentences == ()
    assert answer.short_answer == ""
    assert answer.text == answer.marked == answer.message != ""
    assert {ranked.article_id for ranked in answer.retrieved} == {a.id for a in timid.articles()}
    for ranked in answer.retrieved:
        assert ranked.passage is not None
        text = timid.article(ranked.article_id).text
        assert text[ranked.passage.start : ranked.passage.end] == ranked.passage.quote


@pytest.mark.parametrize(
    "question",
    [
        "What did the energy ministry say about the Orrin Dam?",
        "Describe the crack in the Orrin Dam.",
        "Why was the Orrin Dam closed and who said so?",
    ],
)
def test_reprints_of_one_story_do_not_say_a_fact_twice(bold: QueryEngine, question: str) -> None:
    answer = bold.ask(question)
    texts = [sentence.text for sentence in answer.sentences]
    assert any("Orrin Dam" in text or "crack" in text for text in texts)
    for place, text in enumerate(texts):
        assert not any(say_the_same(text, other) for other in texts[:place])
    assert len(set(texts)) == len(texts)


def test_a_sentence_that_stands_three_times_is_quoted_where_it_stands(bold: QueryEngine) -> None:
    answer = bold.ask("What did everyone sing?")
    check(bold, answer)
    song = [c for c in answer.citations if c.quote == "Everyone sang the same song."]
    assert len(song) == 1
    assert CHORUS[song[0].start : song[0].end] == song[0].quote


def test_sentences_of_one_article_are_read_in_its_order(bold: QueryEngine) -> None:
    answer = bold.ask("What do we know about the Kestrel Bridge, its length and its design?")
    check(bold, answer)
    places: dict[str, list[int]] = {}
    for citation in answer.citations:
        places.setdefault(citation.article_id, []).append(citation.start)
    assert all(starts == sorted(starts) for starts in places.values())
    articles = [citation.article_id for citation in answer.citations]
    assert articles == sorted(articles, key=articles.index)  # each article in one run


@pytest.mark.parametrize(
    "question", ["How do I subscribe to the newsletter?", "Where can I share it? Facebook?"]
)
def test_boilerplate_is_never_quoted(bold: QueryEngine, question: str) -> None:
    answer = bold.ask(question)
    check(bold, answer)
    assert any(article.boilerplate for article in bold.articles())
    passages = [ranked.passage.quote for ranked in answer.retrieved if ranked.passage]
    assert not any(word in q for q in [answer.text, *passages] for word in ("newsletter", "Share"))


def test_no_more_sentences_than_allowed(newsroom: Path) -> None:
    engine = QueryEngine.from_articles(
        newsroom, index=newsroom.parent / "short", max_sentences=1, min_confidence=0.0
    )
    assert len(engine.ask("What do we know about the wolves?").sentences) == 1
    engine.close()


def test_a_follow_up_uses_the_conversation(engine: QueryEngine) -> None:
    first = engine.ask("How much did the Kestrel Bridge cost?")
    history = [Turn(first.understood, first.text)]
    second = engine.ask("How long is it?", history)
    check(engine, second)
    assert second.question == "How long is it?"
    assert "Kestrel Bridge" in second.understood
    assert "612 metres" in second.text
    assert engine.ask("How long is it?").understood == "How long is it?"


def test_refusal_works_as_well_after_good_turns(engine: QueryEngine) -> None:
    history = []
    for question in list(QUESTIONS)[:3]:
        answer = engine.ask(question, history)
        assert answer.status is Status.ANSWERED
        history.append(Turn(answer.understood, answer.text))
    for question in OUTSIDE:
        assert engine.ask(question, history).status is Status.ABSTAINED
        assert engine.ask(question, history).confidence == engine.ask(question).confidence


def test_the_same_question_has_the_same_answer(bold: QueryEngine) -> None:
    question = "How much did the Kestrel Bridge cost?"
    one, two = bold.ask(question), bold.ask(question)
    assert (one.sentences, one.confidence, one.retrieved) == (
        two.sentences, two.confidence, two.retrieved,
    )  # fmt: skip
    assert one.fingerprint == bold.config.fingerprint


def test_every_quoted_sentence_is_whole(bold: QueryEngine) -> None:
    """No *not* is dropped at an edge: quotes begin and end where sentences do."""
    answer = bold.ask("Who led the design?")
    for citation in answer.citations:
        if citation.article_id == "bridge.txt":
            assert BRIDGE[: citation.start].endswith(("\n", ". "))
            assert citation.quote.endswith((".", "May"))


@pytest.mark.parametrize("question", ["What is the article about?", "Summarise the articles."])
def test_a_question_about_the_articles_is_told_what_to_ask(
    engine: QueryEngine, question: str
) -> None:
    answer = engine.ask(question)
    assert answer.status is Status.ABSTAINED
    assert "no summaries" in answer.message
    assert "no summaries" not in engine.ask(OUTSIDE[0]).message
