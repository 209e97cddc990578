"""The example questions: made from sentences of the articles, and answered from those."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from rag.values import Answer, Article, Span, Status, Turn
from ui.examples import EXAMPLES, TRIES, candidates, example_questions

if TYPE_CHECKING:
    from rag.engine import QueryEngine


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        (
            "“It halves our rent,” said Kestrel CEO Ana Lindqvist after the vote in Oslo.",
            None,  # the name does not end the sentence
        ),
        (
            "“Oslo halves our rent,” said ABC Ana Lindqvist.",
            "What did Ana Lindqvist say about Oslo?",
        ),
        (
            "The strike in Gdansk is over, Piotr Zielak said.",
            "What did Piotr Zielak say about Gdansk?",
        ),
        ("The ferry is expected to sail again.", "What is the ferry expected to do?"),
        ("Kestrel was expected to be sold.", "What was Kestrel expected to be?"),
        (
            "The ferry is expected to sail again by the end of 2031.",
            "When is the ferry expected to sail again?",
        ),
        ("The bridge will cost 12 million crowns.", "What will the bridge cost?"),
        ("The bridge will be 12 metres wide.", None),
        ("The ferry is expected to <img src=x onerror=y> sail by 2031.", None),
        ("It rained.", None),
    ],
)
def test_a_sentence_makes_its_question(sentence: str, question: str | None) -> None:
    made = list(candidates(Article("a", f"It began. {sentence} It ended.")))
    assert [candidate.question for candidate in made] == ([question] if question else [])
    assert [candidate.span.start for candidate in made] == ([10] if question else [])


def test_boilerplate_makes_no_questions() -> None:
    text = "The bridge will cost 12 million crowns."
    assert list(candidates(Article("a", text, boilerplate=(Span(0, 5),)))) == []


class Refusing:
    """An engine that counts what it is asked and refuses all of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:  # noqa: ARG002
        self.asked.append(question)
        return Answer(question, question, Status.ABSTAINED)


def test_what_is_not_answered_is_no_example_and_trying_has_an_end() -> None:
    text = " ".join(f"The bridge {n} will cost {n} crowns." for n in range(100))
    engine = Refusing()
    assert example_questions(engine, [Article("a", text)]) == ()
    assert len(engine.asked) == TRIES


def test_examples_over_the_seeds_are_answered(seeds_engine: QueryEngine) -> None:
    examples = example_questions(seeds_engine, seeds_engine.articles())
    assert 1 <= len(examples) <= EXAMPLES
    for question in examples:
        assert seeds_engine.ask(question).status is Status.ANSWERED
