"""Citation recall and precision as in ALCE, overlap by character, and what is out of range."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from eval_small_set import BRIDGE, FERRY

from eval import citations
from eval.metrics import LEFT_OUT
from eval.support import supports
from eval.values import Passage, RowSentence

TEXTS = {"bridge": BRIDGE, "ferry": FERRY}


def cite(doc_id: str, words: str) -> Passage:
    start = TEXTS[doc_id].index(words)
    return Passage(doc_id, start, start + len(words), words)


OPENED = cite("bridge", "The bridge at Marn opened in 1911.")
COST = cite("bridge", "It cost 40,000 crowns.")
FARE = cite("ferry", "The fare is 3 crowns.")
BEYOND = Passage("ferry", 900, 950, "The fare is 3 crowns.")
NOWHERE = Passage("tram", 0, 5, "A tram")


def together(quotes: Sequence[str], sentence: str) -> bool:
    """A stand-in whose verdicts are plain: every letter of the sentence is in the quotes."""
    return set(sentence) <= set("".join(quotes))


def lettered(sentence: str, *cited: str) -> tuple[RowSentence, dict[str, str]]:
    """A sentence that cites whole articles of the given letters."""
    passages = tuple(Passage(name, 0, len(name), name) for name in cited)
    return RowSentence(sentence, passages), {name: name for name in cited}


@pytest.mark.parametrize(
    ("sentence", "cited", "recall", "relevant"),
    [
        ("ab", ["ab"], 1, 1),
        ("ab", ["a", "b"], 1, 2),  # both are needed
        ("ab", ["ab", "c"], 1, 1),  # the second neither supports it nor is missed
        ("ab", ["ab", "abc"], 1, 2),  # each supports it alone
        ("ab", ["a", "b", "bc"], 1, 1),  # only "a" is missed when it is taken away
        ("ab", ["a"], 0, 0),  # without support no citation is relevant
    ],
)
def test_citation_recall_and_precision_by_hand(
    sentence: str, cited: list[str], recall: float, relevant: int
) -> None:
    one, texts = lettered(sentence, *cited)
    assert citations.citation_recall([one], texts, together) == (recall, 1)
    assert citations.citation_precision([one], texts, together) == (
        pytest.approx(relevant / len(cited)),
        1,
    )


def test_sentences_and_citations_of_one_answer_are_averaged() -> None:
    sentences = [
        RowSentence(OPENED.text, (OPENED, FARE)),
        RowSentence("It was painted red.", (COST,)),
        RowSentence("It cost 40,000 crowns."),
    ]
    assert citations.citation_recall(sentences, TEXTS, supports) == (pytest.approx(1 / 3), 1)
    assert citations.citation_precision(sentences, TEXTS, supports) == (pytest.approx(1 / 3), 1)


def test_no_sentence_has_no_recall_and_no_citation_no_precision() -> None:
    assert citations.citation_recall([], TEXTS, supports) == LEFT_OUT
    bare = [RowSentence("The fare is 3 crowns.")]
    assert citations.citation_recall(bare, TEXTS, supports) == (0, 1)
    assert citations.citation_precision(bare, TEXTS, supports) == LEFT_OUT


def test_the_articles_words_count_and_not_the_quote() -> None:
    doctored = Passage(FARE.doc_id, FARE.start, FARE.end, "The fare is 9 crowns.")
    sentence = [RowSentence(doctored.text, (doctored,))]
    assert citations.citation_recall(sentence, TEXTS, supports) == (0, 1)


@pytest.mark.parametrize("outside", [BEYOND, NOWHERE, Passage("ferry", -3, 4, "x")])
def test_a_citation_out_of_range_is_worth_nothing_and_stays_in_the_denominator(
    outside: Passage,
) -> None:
    sentence = [RowSentence(FARE.text, (FARE, outside))]
    assert citations.cited_words(outside, TEXTS) == ""
    assert citations.citations_out_of_range([FARE, outside], TEXTS) == (1, 2)
    assert citations.citation_precision(sentence, TEXTS, supports) == (1 / 2, 1)
    assert citations.citation_precision([RowSentence(FARE.text, (outside,))], TEXTS, supports) == (
        0,
        1,
    )


def test_the_right_article_is_cited_also_by_its_wrong_sentence() -> None:
    assert citations.cites_right_article([FARE, COST], [OPENED])
    assert not citations.cites_right_article([FARE], [OPENED])
    assert not citations.cites_right_article([], [OPENED])
