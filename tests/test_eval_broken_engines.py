"""The real engine passes the gate on a small set; broken in four ways, it fails, and for that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from eval_small_set import passage, write_lines
from newsroom import write_newsroom

from eval import load_set, run, score
from eval.command import SEEDS
from eval.gate import failures, read_thresholds
from eval.presenting import MEANINGS
from eval.running import Answerer
from eval.values import EvalSet
from rag.engine import QueryEngine
from rag.values import Answer, AnswerSentence, Turn

TOLL = """No toll on the new bridge

Drivers will not pay a toll on the Kestrel Bridge, the mayor of Port Amery said. Lorries of more \
than 40 tonnes are not allowed on the bridge.

The toll house of 1954 becomes a museum.
"""
# Question, article, answer, the words that tell it; the last four cannot be answered.
QUESTIONS = (
    ("When will the Kestrel Bridge open to traffic?", "bridge.txt", "14 May 2023", "The Kestrel"),
    ("How long is the bridge?", "bridge.txt", "612 metres", "The bridge is 612"),
    ("Who led the design of the Kestrel Bridge?", "bridge.txt", "Lena Foss", "Engineer Lena"),
    ("How many wolves were counted in the Tarn valley?", "wolves.txt", "nine", "A pack of nine"),
    ("How many sheep did farmers lose to the wolves?", "wolves.txt", "31", "Farmers in the"),
    ("How long will the repairs of the Orrin Dam take?", "dam-courier.txt", "eleven weeks",
     "Repairs of"),
    ("How many loaves of bread did Ivo Kern give away?", "chorus.txt", "forty", "Then the baker"),
    ("Do drivers pay a toll on the Kestrel Bridge?", "toll.txt", "will not pay", "Drivers will"),
    ("Which lorries are not allowed on the bridge?", "toll.txt", "more than 40 tonnes",
     "Lorries of"),
    ("Who won the football match in Lisbon?", "", "", ""),
    ("What is the capital of Mongolia?", "", "", ""),
    ("How much did the opera house in Sydney cost?", "", "", ""),
    ("Which film won the award for the best costumes?", "", "", ""),
)  # fmt: skip


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> EvalSet:
    folder = tmp_path_factory.mktemp("set")
    articles = write_newsroom(folder / "news")
    (articles / "toll.txt").write_text(TOLL, encoding="utf-8")
    (folder / "set.toml").write_text('articles = "news"\n', encoding="utf-8")
    queries, gold = [], []
    for number, (asked, article, answer, words) in enumerate(QUESTIONS):
        queries.append({"_id": f"q{number}", "text": asked})
        text = (articles / article).read_text(encoding="utf-8") if article else ""
        start = text.find(words)
        told = [passage(article, text, text[start : text.index(".", start) + 1])] if words else []
        answers = [answer] if answer else []
        gold.append(
            {"_id": f"q{number}", "answerable": bool(told), "answers": answers, "evidence": told}
        )
    write_lines(folder / "queries.jsonl", queries)
    write_lines(folder / "gold.jsonl", gold)
    loaded = load_set(folder)
    assert loaded.problems == ()
    return loaded


@pytest.fixture(scope="module")
def engine(questions: EvalSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryEngine]:
    opened = QueryEngine.from_articles(questions.articles, index=tmp_path_factory.mktemp("index"))
    yield opened
    opened.close()


def failed(questions: EvalSet, answerer: Answerer, tmp_path: Path) -> set[str]:
    """The measures for which the gate of the own set fails; any other reason stands as it is."""
    scores = score(questions, run(questions, answerer, tmp_path / "rows.jsonl").rows)
    thresholds = read_thresholds(SEEDS, scores.measures)
    reasons = [reason.partition(": ") for reason in failures(scores, thresholds)]
    return {name if name in MEANINGS else f"{name}: {why}" for name, _, why in reasons}


def broken(
    engine: QueryEngine,
    spoil: Callable[[AnswerSentence], AnswerSentence],
    change: Callable[[str], str] = str,
) -> Answerer:
    """The engine with every sentence of its answers spoilt, and its short answers changed."""

    def ask(question: str, history: Sequence[Turn] = ()) -> Answer:
        answer = engine.ask(question, history)
        sentences = tuple(map(spoil, answer.sentences))
        return replace(answer, sentences=sentences, short_answer=change(answer.short_answer))

    return ask


def respoken(change: Callable[[str], str], *, quote_too: bool) -> Callable[..., AnswerSentence]:
    """Change a sentence's words, and if so its quotes' as well, but not where they point."""

    def spoil(sentence: AnswerSentence) -> AnswerSentence:
        cited = sentence.citations
        if quote_too:
            cited = tuple(replace(one, quote=change(one.quote)) for one in cited)
        return replace(sentence, text=change(sentence.text), citations=cited)

    return spoil


def without_not(text: str) -> str:
    return re.sub(r"\bnot ", "", text)


def with_another_number(text: str) -> str:
    return re.sub(r"\d+", lambda match: str(int(match.group()) + 7), text)


def test_the_engine_as_it_is_passes(
    questions: EvalSet, engine: QueryEngine, tmp_path: Path
) -> None:
    assert failed(questions, engine.ask, tmp_path) == set()


def test_citing_the_wrong_article_is_caught(
    questions: EvalSet, engine: QueryEngine, tmp_path: Path
) -> None:
    """The quote is word for word what stands there: only it is another article."""

    def elsewhere(sentence: AnswerSentence) -> AnswerSentence:
        names = sorted(questions.texts)
        wrong = [names[names.index(one.article_id) - 1] for one in sentence.citations]
        return replace(
            sentence,
            citations=tuple(
                replace(one, article_id=name, start=0, end=20, quote=questions.texts[name][:20])
                for one, name in zip(sentence.citations, wrong, strict=True)
            ),
        )

    caught = failed(questions, broken(engine, elsewhere), tmp_path)
    assert caught == {"right_sentence_cited", "citation_recall"}


def test_citing_everything_is_caught(
    questions: EvalSet, engine: QueryEngine, tmp_path: Path
) -> None:
    """Every sentence stands in what it cites, for that is the whole article."""

    def everything(sentence: AnswerSentence) -> AnswerSentence:
        cited = (
            replace(one, start=0, end=len(text), quote=text)
            for one in sentence.citations
            for text in [questions.texts[one.article_id]]
        )
        return replace(sentence, citations=tuple(cited))

    assert failed(questions, broken(engine, everything), tmp_path) == {"right_sentence_cited"}


def test_a_made_up_sentence_before_the_right_quote_is_caught_and_not_right(
    questions: EvalSet, engine: QueryEngine, tmp_path: Path
) -> None:
    invented = broken(engine, respoken(lambda _: "Nobody was ever there.", quote_too=False))
    scores = score(questions, run(questions, invented, tmp_path / "invented.jsonl").rows)
    assert scores.value("answers_right") == scores.value("citation_precision") == 0
    assert "citation_recall" in failed(questions, invented, tmp_path)


@pytest.mark.parametrize("change", [without_not, with_another_number])
def test_a_sentence_that_says_other_than_its_quote_is_caught(
    questions: EvalSet, engine: QueryEngine, tmp_path: Path, change: Callable[[str], str]
) -> None:
    spoilt = broken(engine, respoken(change, quote_too=False), change)
    assert failed(questions, spoilt, tmp_path) == {"citation_recall"}


@pytest.mark.parametrize("change", [without_not, with_another_number])
def test_a_quote_that_says_other_than_its_article_is_caught(
    questions: EvalSet, engine: QueryEngine, tmp_path: Path, change: Callable[[str], str]
) -> None:
    spoilt = broken(engine, respoken(change, quote_too=True), change)
    assert failed(questions, spoilt, tmp_path) == {"citation_validity", "citation_recall"}


def test_a_number_invented_for_the_short_answer_is_caught(
    questions: EvalSet, engine: QueryEngine, tmp_path: Path
) -> None:
    spoilt = broken(engine, lambda sentence: sentence, with_another_number)
    assert failed(questions, spoilt, tmp_path) == {"short_answer_quoted"}


def test_never_refusing_is_caught(questions: EvalSet, engine: QueryEngine, tmp_path: Path) -> None:
    bold = QueryEngine.open(replace(engine.config, min_confidence=0.0))
    try:
        assert failed(questions, bold.ask, tmp_path) == {"unanswerable_refused"}
    finally:
        bold.close()
