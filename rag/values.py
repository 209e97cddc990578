"""The values that flow through the pipeline: frozen, and free of imports of our own.

Offsets are in characters (Python code points) of an article's untouched text, half open:
``article.text[span.start:span.end]`` is what the span means, everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters, ``0 <= start <= end``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of ``text`` that the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Article:
    """One article as its source holds it.

    ``text`` is never altered: for txt and md the whole decoded file, for html, pdf and docx the
    text that was extracted, for jsonl and csv the field. ``boilerplate`` are the spans (sorted,
    disjoint) that are neither embedded nor quoted. ``source`` is the file's path relative to the
    articles' folder, in POSIX form. Metadata is empty where the source does not tell it; ``date``
    is ISO 8601 (``YYYY-MM-DD``), ``language`` an ISO 639-1 code.
    """

    id: str
    text: str
    title: str = ""
    author: str = ""
    outlet: str = ""
    date: str = ""
    url: str = ""
    language: str = ""
    source: str = ""
    boilerplate: tuple[Span, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadProblem:
    """A file, or a row of one, that was left out, and why. ``source`` names it for the reader."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences of one article that fits the embedder.

    The chunks of an article tile it: their spans, joined in order, give back its text.
    ``sentences`` are the quotable sentences inside the span, boilerplate left out; a sentence
    that alone outgrows the embedder is cut at a word and appears as several pieces.
    """

    article_id: str
    position: int
    span: Span
    sentences: tuple[Span, ...]

    @property
    def id(self) -> str:
        """Unique within an index, and stable while the article keeps its text."""
        return f"{self.article_id}#{self.position}"


@dataclass(frozen=True, slots=True)
class Scores:
    """Why a chunk ranked: its main evidence, and ``total``, the weighted sum that ranked it.

    ``dense`` is the cosine of question and chunk, ``sentence`` the best cosine of question and
    sentence, ``lexical`` BM25 over the best BM25 of this question, ``late`` the idf-weighted
    MaxSim of the best sentence's token vectors.
    """

    dense: float = 0.0
    sentence: float = 0.0
    lexical: float = 0.0
    late: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved chunk with its article and the scores that ranked it."""

    article: Article
    chunk: Chunk
    scores: Scores

    @property
    def text(self) -> str:
        """The chunk's exact characters."""
        return self.chunk.span.of(self.article.text)


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words that bear out a sentence: ``article.text[start:end] == quote``.

    ``number`` is the footnote's mark; citations of the same quote share it.
    """

    number: int
    article_id: str
    title: str
    outlet: str
    date: str
    url: str
    start: int
    end: int
    quote: str


class Support(StrEnum):
    """How far quotes bear a claim out."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Match:
    """Words of a claim and the words that bear them out: ``span`` counts in quote ``quote``."""

    claim: Span
    quote: int
    span: Span


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of a claim against quotes found.

    ``reason`` is one sentence for the reader; ``matches`` are in the claim's order. ``label``
    equals its text: ``verdict.label == "supported"``.
    """

    label: Support
    reason: str
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer. ``highlight`` marks the answering phrase inside ``text``.

    ``verdict`` is None where the sentence is its quote, word for word, and needs no check.
    """

    text: str
    citations: tuple[Citation, ...]
    score: float = 0.0
    highlight: Span | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class RejectedSentence:
    """A sentence that a model wrote and the reader does not see as an answer, and why."""

    text: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost a language model: tokens as the endpoint counts them, and seconds.

    ``first_confirmed_seconds`` is the time to the first sentence that passed its check, None
    where none did. ``cached``: nothing was asked of the model this time.
    """

    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    first_confirmed_seconds: float | None = None
    cached: bool = False


class Status(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    ABSTAINED = "abstained"
    ERROR = "error"


class Reason(StrEnum):
    """Why an answer abstains, or, for ``ARTICLES_DISAGREE``, why there is more than one."""

    NOTHING_INDEXED = "nothing_indexed"
    NOTHING_NEAR = "nothing_near"
    NOT_STATED = "not_stated"
    SMALL_TALK = "small_talk"
    ARTICLES_DISAGREE = "articles_disagree"


@dataclass(frozen=True, slots=True)
class RankedArticle:
    """An article among the retrieved, best first; ``passage`` is its nearest sentence."""

    article_id: str
    title: str
    score: float
    passage: Citation | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation: what was asked, as understood, and answered."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """What part of the collection a question is put to; an empty field leaves all of it.

    ``since`` and ``until`` are ISO dates, both inclusive: an article without a date is outside
    any of them. ``outlets`` are compared without case; ``articles`` are ids.
    """

    since: str = ""
    until: str = ""
    outlets: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()


SURE_SHORT_ANSWER = 0.5
"""A phrase less likely than this to answer is marked in its sentence, and not set above it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that can be audited: its evidence, scores and the configuration that made it.

    ``question`` is what was typed, ``understood`` the standalone question that was searched.
    ``confidence`` in [0, 1] estimates the probability that the articles hold the answer.
    ``short_confidence`` estimates the same of ``short_answer``, the phrase that answers.
    ``message`` is what a reader is told when there is no answer, or when articles disagree;
    empty otherwise.
    ``retrieved`` are distinct articles, best first, given also when it abstains; ``hits`` the
    chunks behind them. ``timing_ms`` has one entry a stage, and ``total``. ``notice`` tells a
    reader what went otherwise than asked (the model did not answer, so this is quoted).
    ``rejected`` and ``usage`` tell of the model that drafted, where one did. ``filters`` is what
    part of the collection was asked. ``reprints`` are the same words in other articles: each
    bears the number of the footnote that it repeats.
    """

    question: str
    understood: str
    status: Status
    sentences: tuple[AnswerSentence, ...] = ()
    short_answer: str = ""
    short_confidence: float = 0.0
    confidence: float = 0.0
    reason: Reason | None = None
    message: str = ""
    retrieved: tuple[RankedArticle, ...] = ()
    hits: tuple[Hit, ...] = ()
    timing_ms: dict[str, float] = field(default_factory=dict)
    fingerprint: str = ""
    notice: str = ""
    rejected: tuple[RejectedSentence, ...] = ()
    usage: Usage | None = None
    filters: Filters = Filters()
    reprints: tuple[Citation, ...] = ()

    @property
    def headline(self) -> str:
        """The short answer if it is likely enough to stand above the sentence it is from."""
        return self.short_answer if self.short_confidence >= SURE_SHORT_ANSWER else ""

    @property
    def text(self) -> str:
        """The answer without footnote marks; the abstention's message when there is none."""
        return " ".join(s.text for s in self.sentences) or self.message

    @property
    def marked(self) -> str:
        """The answer with its footnote marks, ``... exceeds $45 billion. [1]``."""
        return (
            " ".join(
                s.text + "".join(f" [{c.number}]" for c in s.citations) for s in self.sentences
            )
            or self.message
        )

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, in the order of their numbers."""
        unique = {c.number: c for s in self.sentences for c in s.citations}
        return tuple(unique[number] for number in sorted(unique))


@dataclass(frozen=True, slots=True)
class Partial:
    """An answer on its way: what is known of it so far.

    ``sentences`` are confirmed, each with its footnotes; ``draft`` is text that a model has
    written and nothing has checked yet.
    """

    understood: str
    sentences: tuple[AnswerSentence, ...] = ()
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """What a collection is: how many articles, ISO dates of the first and last, its outlets.

    Dates are empty where no article has one; ``outlets`` are distinct, most articles first.
    """

    articles: int = 0
    oldest: str = ""
    newest: str = ""
    outlets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, by article id; ``unchanged`` is a count. ``renamed`` pairs (old, new).

    ``rebuilt`` says why the whole index was built anew, where it was.
    """

    added: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    duplicates: tuple[tuple[str, str], ...] = ()
    problems: tuple[LoadProblem, ...] = ()
    embedded_chunks: int = 0
    seconds: float = 0.0
    rebuilt: str = ""

    @property
    def changed(self) -> bool:
        """Whether the index differs from what it was before."""
        return bool(self.added or self.edited or self.renamed or self.removed)


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What a sync would do now, by file, without doing it.

    ``added``, ``changed`` and ``removed`` are names of files, ``unchanged`` a count.
    ``articles``: the report that the sync would give, with nothing embedded. ``held``: articles
    that the index has. ``rebuild``: why everything would be embedded anew, empty if it would
    not. ``refusal``: why the sync would stop before it writes, empty if it would not.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    articles: SyncReport = SyncReport()
    held: int = 0
    rebuild: str = ""
    refusal: str = ""

    @property
    def problems(self) -> tuple[LoadProblem, ...]:
        """The files, or rows of them, that cannot be read, and why."""
        return self.articles.problems
