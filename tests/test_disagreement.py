"""Articles that give different figures: both are quoted, and what agrees is left alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.embedding import Embedder
from rag.pipeline import Pipeline
from rag.serialising import answer_to_dict
from rag.values import Answer, Reason, Status

QUESTION = "How many people marched through Osk for the lighthouse?"
FIRST = "OSK – About 3,000 people marched through Osk for the lighthouse on Saturday."
SECOND = "Police counted 4,500 people who marched through Osk for the lighthouse on Saturday."
PADDING = "\n\nThe weather was dull and the choir sang twice. A dog barked at the mayor."

Ask = Callable[..., Answer]


@pytest.fixture
def ask(tmp_path: Path, embedder: Embedder) -> Ask:
    """Asks ``QUESTION`` (or another) of articles, each (date, text)."""

    def asked(*articles: tuple[str, str], question: str = QUESTION) -> Answer:
        folder = tmp_path / "articles"
        folder.mkdir()
        for number, (day, text) in enumerate(articles):
            head = f"---\ntitle: The march for the lighthouse\ndate: {day}\n---\n\n" if day else ""
            (folder / f"{number}.md").write_text(f"{head}{text}{PADDING}\n", encoding="utf-8")
        pipeline = Pipeline.from_articles(folder, index=tmp_path / "index")
        try:
            return pipeline.ask(question)
        finally:
            pipeline.close()

    del embedder  # loaded once for all
    return asked


def test_both_sides_are_quoted_newest_first(ask: Ask) -> None:
    answer = ask(("2025-02-10", FIRST), ("2025-02-12", SECOND))
    assert (answer.status, answer.reason) == (Status.ANSWERED, Reason.ARTICLES_DISAGREE)
    assert "do not agree" in answer.message
    assert answer.headline == answer.short_answer == ""
    assert [sentence.citations[0].date for sentence in answer.sentences] == [
        "2025-02-12",
        "2025-02-10",
    ]
    assert [citation.number for citation in answer.citations] == [1, 2]
    for sentence in answer.sentences:
        assert sentence.highlight is not None
        assert sentence.text == sentence.citations[0].quote
    told = answer_to_dict(answer)
    assert told["reason"] == "articles_disagree"
    assert told["message"] == answer.message


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("2025-02-12", FIRST),  # a reprint
        ("2025-02-12", SECOND.replace("4,500", "3,000")),
        ("2025-02-12", SECOND.replace("4,500", "3,100")),  # "about" lets both be right
        ("2025-02-12", SECOND.replace("4,500", "more than 2,500")),
        ("2025-02-12", SECOND.replace("4,500", "well above 2,500")),
        ("2025-09-12", SECOND),  # of other days
        ("", SECOND),  # of days that nobody knows
        ("2025-02-12", SECOND.replace("4,500", "120,000")),  # of another thing
        ("2025-02-12", SECOND.replace("4,500 people", "4,500 torches")),
    ],
)
def test_what_can_stand_together_is_no_disagreement(ask: Ask, day: str, text: str) -> None:
    answer = ask(("2025-02-10", FIRST), (day, text))
    assert answer.status is Status.ANSWERED
    assert answer.reason is None
    assert answer.message == ""


def test_one_article_does_not_disagree_with_itself(ask: Ask) -> None:
    answer = ask(("2025-02-10", f"{FIRST}\n\n{SECOND}"))
    assert answer.reason is None


def test_a_question_for_no_figure_has_no_sides(ask: Ask) -> None:
    articles = (("2025-02-10", FIRST), ("2025-02-12", SECOND))
    answer = ask(*articles, question="Where did people march for the lighthouse?")
    assert answer.reason is not Reason.ARTICLES_DISAGREE
