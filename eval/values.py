"""The values of an evaluation: questions, gold, and the rows that a run writes. Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import FootnoteError
from rag.values import Status, Turn

KIND_ANSWERABLE = "answerable"
KIND_UNANSWERABLE = "unanswerable"

FOOTNOTE, QUICKSTART = ANSWERERS = ("footnote", "quickstart")
"""Who can answer from the command line: the engine, or the baseline."""


class SetError(FootnoteError):
    """A set of questions, or a file of rows, that cannot be used at all."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out: the file's name, its line (from 1, 0 for none), and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of an article, cited or gold: meant to hold ``article[start:end] == text``."""

    doc_id: str
    start: int
    end: int
    text: str

    def overlaps(self, other: Passage) -> bool:
        """Whether the two share at least one character of one article."""
        return self.doc_id == other.doc_id and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``unit`` names what is resampled together for confidence intervals.

    ``cluster`` is the set's own grouping and chooses halves (``dev`` and ``test``) in a set that
    has them; ``unit`` is ``metadata.unit`` where given, else the cluster, else the question.
    """

    id: str
    text: str
    history: tuple[Turn, ...] = ()
    cluster: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Gold:
    """What is right. ``answers`` are alternatives; ``evidence`` all sentences that bear it out."""

    answerable: bool
    kind: str = ""
    answers: tuple[str, ...] = ()
    evidence: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class EvalSet:
    """Questions with gold over articles.

    ``articles`` is what is indexed (a folder or a file); ``texts`` are the same articles by id,
    read for checking offsets. ``relevant`` grades articles by question. ``problems`` are the rows
    that were left out. ``data_hash`` changes when a question, its gold or an article does.
    ``source`` is the path that the set was loaded from: two of one name are told apart by it.
    """

    name: str
    articles: Path
    questions: tuple[Question, ...]
    gold: Mapping[str, Gold]
    relevant: Mapping[str, Mapping[str, int]]
    texts: Mapping[str, str]
    problems: tuple[BadRow, ...] = ()
    data_hash: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class RowSentence:
    """A sentence of an answer with its citations."""

    text: str
    citations: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """What was answered to one question; ``retrieved`` pairs (article id, score), best first.

    ``stages``, if the answerer tells: the best distinct articles by each stage's score alone.
    ``first_of_session``: the first answer after a start, which waited for models to load.
    """

    id: str
    status: Status
    answer: str = ""
    short_answer: str = ""
    sentences: tuple[RowSentence, ...] = ()
    confidence: float = 0.0
    retrieved: tuple[tuple[str, float], ...] = ()
    timing_ms: Mapping[str, float] = field(default_factory=dict)
    stages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first_of_session: bool = False

    @property
    def citations(self) -> tuple[Passage, ...]:
        """Every citation of every sentence, repeats included."""
        return tuple(c for sentence in self.sentences for c in sentence.citations)
