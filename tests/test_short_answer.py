"""The phrase that answers: what may be one, and that none is better than a wrong one."""

from __future__ import annotations

import numpy as np
import pytest

from rag.answer_phrases import answer_phrases, asks_who_said
from rag.embedding import load_embedder
from rag.lexical import words
from rag.matching import QuestionTokens
from rag.question import asks_about_name, understand
from rag.short_answer import SentenceTokens, choose_short_answer, short_answers

DAM = "The Orrin Dam, built in 1974, will be repaired by Halden Works for 12 million euros."


def phrases(question: str, sentence: str) -> list[str]:
    found = answer_phrases(understand(question), sentence)
    return [phrase.span.of(sentence) for phrase in found]


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("When was the Orrin Dam built?", DAM, ["1974"]),
        ("How much will the repair cost?", DAM, ["12 million euros"]),
        ("Who will repair the Orrin Dam?", DAM, ["Halden Works"]),
        # The question's own words in front of a name are no part of it.
        ("Who is the mayor of Osk?", "It opens, said Osk Mayor Ada Lind.", ["Ada Lind"]),
        ("Who governs Osk?", "Osk Council meets on Monday.", ["Osk Council"]),
        # A speaker is who said it, and does not do what is told.
        ("Who built the dam?", "Halden Works built the dam, Ada Lind said.", ["Halden Works"]),
        ("Who said the dam leaks?", "The dam of Halden Works leaks, Ada Lind said.", ["Ada Lind"]),
        ("Who said the dam leaks?", "The dam of Halden Works leaks.", []),
        # What is named only to be passed over answers who asks for it, or where nothing else does.
        ("How many gates has it?", "It has 42 gates instead of 48.", ["42 gates"]),
        ("How many gates were planned?", "It has 42 gates instead of 48.", ["42 gates", "48"]),
        ("How many gates has it?", "Its gates are not 48.", ["48"]),
        # What bounds an amount is part of it.
        ("How heavy is the gate?", "The gate exceeds 38 metric tons.", ["exceeds 38 metric tons"]),
        ("How fast may one go?", "One must not exceed 50 mph.", ["not exceed 50 mph"]),
        ("How long is the dam?", "The dam doesn't exceed 90 metres.", ["doesn't exceed 90 metres"]),
        ("How much is a ticket?", "A ticket costs well over $40.", ["well over $40"]),
        ("How many gates has it?", "It has close to 40 gates.", ["close to 40 gates"]),
        # A people's name belongs to its noun.
        ("How much is a ticket?", "A ticket costs 4 crowns in Osk.", ["4 crowns"]),
        ("Who leads the works?", "The Danish side leads the works.", ["Danish side"]),
        ("Who leads the works?", "The Danish news agency Ritz leads.", ["Danish", "Ritz"]),
    ],
)
def test_what_may_answer(question: str, sentence: str, expected: list[str]) -> None:
    assert phrases(question, sentence) == expected


def test_a_list_is_offered_whole_and_in_parts() -> None:
    found = phrases("Which towns flooded?", "Osk, Varn and Lower Mere flooded on Monday.")
    assert {"Osk", "Varn", "Lower Mere", "Osk, Varn and Lower Mere"} <= set(found)


def test_names_that_no_conjunction_joins_are_no_list() -> None:
    found = phrases("Which town flooded?", "In Osk, Varn Council met.")
    assert "Osk, Varn Council" not in found


@pytest.mark.parametrize(
    ("question", "who_said"),
    [
        ("Who said that the dam leaks?", True),
        ("Who announced the repairs?", True),
        ("Who repaired the dam?", False),
        ("What did Ada Lind say?", False),
    ],
)
def test_who_said_is_told_from_who_did(question: str, who_said: bool) -> None:
    assert asks_who_said(understand(question)) is who_said


@pytest.mark.parametrize(
    ("question", "about_name"),
    [
        ("Who is Ada Lind?", True),
        ("What is the Osk Accord?", True),
        ("Who's Ada Lind", True),
        ("Who is the mayor of Osk?", False),
        ("Who is the CEO of Osk?", False),
        ("What is the price of the dam?", False),
    ],
)
def test_a_question_about_a_name_is_told_from_one_for_a_name(
    question: str, about_name: bool
) -> None:
    assert asks_about_name(understand(question)) is about_name


def tokens_of(question: str, sentence: str) -> SentenceTokens:
    """The tokens of a sentence that stands alone, by the real model."""
    embedder = load_embedder()
    asked, told = embedder.embed_question(question), embedder.embed_question(sentence)
    inner = told.spans[:, 1] > told.spans[:, 0]
    of_question = words(question)
    owner = [
        next((n for n, w in enumerate(of_question) if w.start <= end - 1 < w.end), -1)
        if start < end
        else -1
        for start, end in asked.spans
    ]
    unit = [t / np.linalg.norm(t, axis=1, keepdims=True) for t in (asked.tokens, told.tokens)]
    return SentenceTokens(
        sentence,
        told.spans[inner],
        unit[1][inner] @ unit[0].T,
        QuestionTokens(
            words=tuple(of_question),
            idf=np.ones(len(of_question), dtype=np.float32),
            rotated=unit[0],
            vector=asked.vector,
            weights=np.ones(len(unit[0]), dtype=np.float32),
            owner=np.array(owner),
        ),
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When was the Orrin Dam built?", "1974"),
        ("Who will repair the Orrin Dam?", "Halden Works"),
        ("How much will the repair of the Orrin Dam cost?", "12 million euros"),
    ],
)
def test_the_phrase_that_answers_is_chosen(question: str, expected: str) -> None:
    chosen = choose_short_answer(understand(question), tokens_of(question, DAM))
    assert chosen is not None
    assert chosen.span.of(DAM) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Why will the Orrin Dam be repaired?",
        "Will the Orrin Dam be repaired?",
        "How will the Orrin Dam be repaired?",
        "What is the Orrin Dam?",
        "What did Halden Works say about the Orrin Dam?",
        "What happened at the Orrin Dam?",
        "Orrin Dam repair",
    ],
)
def test_what_no_phrase_can_answer_gets_none(question: str) -> None:
    assert choose_short_answer(understand(question), tokens_of(question, DAM)) is None


def test_the_probabilities_leave_room_for_none() -> None:
    question = "Who will repair the Orrin Dam?"
    ranked = short_answers(understand(question), tokens_of(question, DAM))
    assert [a.probability for a in ranked] == sorted((a.probability for a in ranked), reverse=True)
    assert 0.0 < sum(answer.probability for answer in ranked) < 1.0


def test_a_sentence_without_tokens_is_read_by_its_words() -> None:
    """As for a model whose tokenizer cuts a sentence on its own in another way."""
    question = "When was the Orrin Dam built?"
    tokens = tokens_of(question, DAM)
    blind = SentenceTokens(DAM, tokens.spans, np.zeros_like(tokens.similarity), tokens.question)
    assert [answer.span.of(DAM) for answer in short_answers(understand(question), blind)] == [
        "1974"
    ]
