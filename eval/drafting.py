"""A first draft of a question set from a folder of articles, for its owner to correct.

No language model takes part: questions are turned from the articles' own sentences
(``eval.drafting_patterns``), each with its answer and that sentence as evidence, and others are
made unanswerable (``eval.drafting_absent``). The same articles give the same draft.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import TypeVar

from eval.drafting_absent import Absent, absent_questions
from eval.drafting_clauses import Capitals, Turned
from eval.drafting_patterns import turn
from eval.drafting_people import speaker_names
from eval.handwritten import SEPARATOR
from eval.values import SetError
from rag.loading import list_files, read_file
from rag.sentences import split_sentences
from rag.values import Article

T = TypeVar("T")

DRAFTED = 40
# Of the whole draft; a published share is 50 % (SQuAD 2.0's development set).
UNANSWERABLE_SHARE = 0.3
# Where the articles yield few questions, unanswerable ones fill up to this.
FEWEST_DRAFTED = 10
# Of one sentence: more would ask the same fact in other words.
MOST_OF_SENTENCE = 2
LANGUAGES = ("", "en")
COLUMNS = ("id", "question", "answer", "evidence", "answerable", "kind", "cluster")
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Draft:
    """One drafted row. ``evidence`` is exact words of an article, empty for the unanswerable."""

    question: str
    kind: str
    article_id: str = ""
    answers: tuple[str, ...] = ()
    evidence: str = ""

    @property
    def answerable(self) -> bool:
        """Whether an article answers it."""
        return bool(self.answers)


def draft_set(folder: Path, count: int = DRAFTED) -> tuple[Draft, ...]:
    """Up to ``count`` questions over the articles of ``folder``, the unanswerable ones last.

    Raises ``SourceError`` when there is no such folder, and ``SetError`` when no question could
    be made of any article: patterns are for English.
    """
    articles = list(_distinct(_read(folder)))
    capitals = Capitals(article.text for article in articles)
    names = [(name, one.id) for one in articles for name in speaker_names(one.text)]
    people = frozenset(name.split()[-1] for name, _ in names)
    by_article = [_taking_turns(_drafts(one, capitals, people)) for one in articles]
    most = max(1, round(count * (1 - UNANSWERABLE_SHARE)))
    answerable = list(islice(_unlike(_in_turn(by_article)), most))
    if not answerable:
        raise SetError(
            f"No question could be made from the articles in {folder}.",
            "Write them by hand: a CSV with the columns question, answer, evidence and answerable.",
        )
    wanted = math.ceil(len(answerable) * UNANSWERABLE_SHARE / (1 - UNANSWERABLE_SHARE))
    wanted = min(count - len(answerable), max(wanted, FEWEST_DRAFTED - len(answerable)))
    asked = [(draft.question, draft.article_id) for draft in answerable]
    texts = {article.id: article.text for article in articles}
    absent = _in_turn(absent_questions(asked, list(dict(names).items()), texts))
    return (*answerable, *islice(_unlike(map(_absent_draft, absent), asked), wanted))


def csv_of(drafts: Iterable[Draft]) -> str:
    """The drafts as a hand-written set: ``eval.handwritten`` reads it as it is."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for number, draft in enumerate(drafts, start=1):
        rows.writerow(
            (
                f"q{number:03d}",
                draft.question,
                SEPARATOR.join(draft.answers),
                draft.evidence,
                "yes" if draft.answerable else "no",
                draft.kind,
                draft.article_id,
            )
        )
    return text.getvalue()


def _read(folder: Path) -> Iterator[Article]:
    for file in list_files(folder):
        yield from read_file(file).articles


def _distinct(articles: Iterable[Article]) -> Iterator[Article]:
    """Each text once, in English as far as it says: a reprint has the same questions."""
    seen: set[str] = set()
    for article in articles:
        if article.text not in seen and article.language in LANGUAGES:
            seen.add(article.text)
            yield article


def _drafts(article: Article, capitals: Capitals, people: frozenset[str]) -> Iterator[Draft]:
    for span in split_sentences(article.text):
        sentence = span.of(article.text)
        if "\n" in sentence or any(span.overlaps(skipped) for skipped in article.boilerplate):
            continue
        turned = (one for one in turn(sentence, capitals, people) if _fits(one, sentence))
        for one in islice(turned, MOST_OF_SENTENCE):
            yield Draft(one.question, one.kind, article.id, one.answers, sentence)


def _fits(turned: Turned, sentence: str) -> bool:
    """Whether the row says in a CSV what was meant."""
    cells = (turned.question, *turned.answers, sentence)
    return not any(SEPARATOR in cell or cell.startswith(_FORMULA) for cell in cells)


def _absent_draft(absent: Absent) -> Draft:
    return Draft(absent.question, absent.kind, absent.article_id)


def _taking_turns(drafts: Iterable[Draft]) -> list[Draft]:
    """Those of different kinds in turn, so that a few of them show all."""
    kinds: dict[str, list[Draft]] = {}
    for draft in drafts:
        kinds.setdefault(draft.kind, []).append(draft)
    return list(_in_turn(kinds.values()))


def _in_turn(groups: Iterable[Iterable[T]]) -> Iterator[T]:
    rounds = zip_longest(*groups)
    return (one for one in chain.from_iterable(rounds) if one is not None)


def _unlike(drafts: Iterable[Draft], asked: Sequence[tuple[str, str]] = ()) -> Iterator[Draft]:
    """Each question once: to ask the same of two articles would have two answers."""
    seen = {question.casefold() for question, _ in asked}
    for draft in drafts:
        if draft.question.casefold() not in seen:
            seen.add(draft.question.casefold())
            yield draft
