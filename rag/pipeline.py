"""From a question to an answer: every stage in its order, over one index.

This is the whole engine without llama-index; ``rag.engine`` puts it behind llama-index's types.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from rag.answering import (
    Composed,
    abstained,
    choose_sentences,
    compose,
    find_attribution,
    rank_articles,
    refuse,
)
from rag.catalog import Catalog
from rag.catalog_schema import check_build, describe_build
from rag.confidence import Floats, confidence, confidence_features
from rag.config import Config, load_config
from rag.disagreement import MESSAGE, disagreement, quote_sides
from rag.embedding import Embedder, load_embedder
from rag.errors import ArticleIndexError, QuestionError
from rag.evidence import SentenceEvidence, rank_sentences
from rag.lexical import LexicalIndex
from rag.premises import Premises, unmet_premises
from rag.question import Question, understand
from rag.retrieval import Candidates, Searcher
from rag.rewriting import Complete, rewrite
from rag.short_answer import ShortAnswer, choose_short_answer, sentence_tokens
from rag.small_talk import Facts, Talk, reply, small_talk
from rag.spelling import mend_spelling
from rag.store import ChunkStore
from rag.syncing import sync
from rag.values import (
    Answer,
    AnswerSentence,
    Article,
    Hit,
    Partial,
    Reason,
    Status,
    SyncReport,
    Turn,
)

Progress = Callable[[str, int, int], None]

# A longer text is a document, not a question.
MAX_QUESTION_CHARACTERS = 2_000

# Searches before giving up on an index that other processes keep changing: a sync commits every
# few seconds, a search takes a tenth of one.
SEARCH_ATTEMPTS = 5

# Hits that an answer carries for its reader; retrieval looks at more.
KEPT_HITS = 20

# The best hits whose articles' words are the spellings that a misspelt word is mended with.
SPELLING_HITS = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """What the best chunks say to a question.

    ``ranked``: their sentences, best first; ``features``: float32 [CONFIDENCE_FEATURES], None
    without sentences; ``premises``: what the question takes for granted and is not there.
    """

    question: Question
    ranked: tuple[SentenceEvidence, ...]
    features: Floats | None
    premises: Premises

    @property
    def confidence(self) -> float:
        """The probability in [0, 1] that the articles hold the answer."""
        return 0.0 if self.features is None else confidence(self.features, self.premises)


class Pipeline:
    """Asks one index. Any thread may ask; close it, or use it as a context manager.

    What another process syncs is seen at the next question.
    """

    def __init__(self, config: Config, embedder: Embedder | None = None) -> None:
        """``embedder`` stands in for the one that ``config`` names, which loads when needed."""
        self.config = config
        self._given_embedder = embedder
        self._catalog: Catalog | None = None
        self._store: ChunkStore | None = None
        self._searcher: Searcher | None = None
        self._lock = threading.RLock()
        # A language model that helps to understand follow-ups, where one is set up.
        self.complete: Complete | None = None

    @classmethod
    def from_articles(cls, articles: str | Path, **settings: Any) -> Self:
        """A pipeline over a folder (or file) of articles, its index made equal to it first."""
        pipeline = cls(load_config(articles=Path(articles), **settings))
        pipeline.sync()
        return pipeline

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index; the next question opens it again."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            if self._catalog is not None:
                self._catalog.close()
            self._searcher = self._store = self._catalog = None

    @property
    def embedder(self) -> Embedder:
        """The embedder; the first use of the configured one loads it."""
        return self._given_embedder or load_embedder(self.config.embedder)

    def sync(self, on_progress: Progress | None = None, *, allow_empty: bool = False) -> SyncReport:
        """Make the index equal to the folder; see ``rag.syncing.sync``."""
        with self._lock:
            self.close()
            return sync(self.config, self.embedder, on_progress, allow_empty=allow_empty)

    def articles(self) -> list[Article]:
        """Every indexed article."""
        with self._lock:  # no sync may close the catalog meanwhile
            return list(self._open_catalog().articles())

    def article(self, article_id: str) -> Article:
        """One indexed article, by its id or an alias; raises ``KeyError`` without it."""
        with self._lock:
            return self._open_catalog().article(article_id)

    def search(self, question: str, limit: int = 10) -> tuple[Hit, ...]:
        """The best chunks for a question, best first, with the scores that ranked them."""
        candidates = self.candidates(_checked(question))
        return candidates.hits[:limit] if candidates else ()

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question, or say that the articles don't.

        ``history``: the conversation's turns so far, oldest first. Raises ``QuestionError`` for
        a question that is empty or longer than ``MAX_QUESTION_CHARACTERS``, and
        ``ArticleIndexError`` when there is no index or it was built by another configuration.
        """
        told = self.stream(question, history)
        return next(answer for answer in told if isinstance(answer, Answer))

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Partial | Answer]:
        """``ask``, told as it comes: partial answers, and the whole one last.

        Who stops reading stops the work.
        """
        clock = _Clock()
        checked = _checked(question)
        talk = small_talk(checked)
        if talk is not None:
            yield self._small_talk(question, talk, clock)
            return
        understood = rewrite(checked, history, self.complete)
        clock.lap("understand")
        understood, candidates = self._mended(understood)
        yield Partial(understood)
        clock.lap("retrieve")
        evidence: dict[str, Any] = {
            "question": question,
            "understood": understood,
            "fingerprint": self.config.fingerprint,
        }
        if candidates is None:
            yield abstained(Reason.NOTHING_INDEXED, 0.0, clock.laps(), evidence)
            return
        reading = self.read(understand(understood), candidates)
        clock.lap("read")
        evidence["retrieved"] = rank_articles(candidates.hits, reading.ranked)
        evidence["hits"] = candidates.hits[:KEPT_HITS]
        if reading.confidence < self.config.min_confidence:
            reason, message = refuse(reading.question, reading.confidence, reading.premises)
            yield abstained(reason, reading.confidence, clock.laps(), evidence, message)
            return
        sides = self._sides(reading, candidates)
        if sides:
            clock.lap("compose")
            yield Answer(
                status=Status.ANSWERED,
                sentences=sides,
                confidence=reading.confidence,
                reason=Reason.ARTICLES_DISAGREE,
                message=MESSAGE,
                timing_ms=clock.laps(),
                **evidence,
            )
            return
        composed = self._composed(reading, candidates)
        clock.lap("compose")
        yield Answer(
            status=Status.ANSWERED,
            sentences=composed.sentences,
            short_answer=composed.short_answer,
            short_confidence=composed.short_confidence,
            confidence=reading.confidence,
            timing_ms=clock.laps(),
            **evidence,
        )

    def _small_talk(self, question: str, talk: Talk, clock: _Clock) -> Answer:
        """Small talk answered in kind; no article is searched for it."""
        with self._lock:
            facts = Facts(self._open_catalog().overview(), self.config.embedder)
        clock.lap("understand")
        evidence = {
            "question": question,
            "understood": question,
            "fingerprint": self.config.fingerprint,
        }
        return abstained(Reason.SMALL_TALK, 0.0, clock.laps(), evidence, reply(talk, facts))

    def read(self, question: Question, candidates: Candidates) -> Reading:
        """Read the best chunks: their sentences ranked, and whether the best one answers."""
        ranked = rank_sentences(question, candidates)
        if not ranked:  # articles of characters that the model does not read at all
            return Reading(question, (), None, Premises())
        features = confidence_features(question, candidates, ranked, self.lexical)
        best = ranked[0]
        premises = unmet_premises(question, best.article, best.text, best.context)
        return Reading(question, tuple(ranked), features, premises)

    def _sides(self, reading: Reading, candidates: Candidates) -> tuple[AnswerSentence, ...]:
        """What articles that do not agree say, newest first; empty where they agree."""
        question = reading.question

        def phrase_of(sentence: SentenceEvidence) -> ShortAnswer | None:
            return choose_short_answer(
                question, sentence_tokens(candidates, sentence, self.embedder)
            )

        return quote_sides(disagreement(question, reading.ranked, phrase_of, self.lexical))

    def _composed(self, reading: Reading, candidates: Candidates) -> Composed:
        """The answer's sentences and the phrase that answers."""
        question, ranked = reading.question, reading.ranked
        chosen = choose_sentences(question, ranked, self.config.max_sentences)
        attribution = find_attribution(question, ranked)
        telling = attribution if attribution in chosen else ranked[0]
        tokens = sentence_tokens(candidates, telling, self.embedder)
        return compose(chosen, telling, choose_short_answer(question, tokens))

    def _mended(self, question: str) -> tuple[str, Candidates | None]:
        """The question with its misspelt words mended, and what is found for it."""
        found = self.candidates(question)
        if found is None:
            return question, None
        texts = {hit.article.id: hit.article for hit in found.hits[:SPELLING_HITS]}.values()
        mended = mend_spelling(
            question, self.lexical, (f"{article.title}\n{article.text}" for article in texts)
        )
        return mended, found if mended == question else self.candidates(mended)

    def candidates(self, question: str) -> Candidates | None:
        """The ranked chunks for a question and how each matched; None with nothing indexed.

        All of one generation of the index: read anew if it changed meanwhile.
        """
        names = understand(question).names
        for _ in range(SEARCH_ATTEMPTS):
            # One search at a time: a sync in another thread must not close the index under it,
            # and with the processors all at one search, two at once would end no sooner.
            with self._lock, suppress(KeyError):  # a chunk that was ranked may be gone
                searcher = self._current()
                found = searcher.search(question, names, self.config.candidates)
                if searcher.generation == self._open_catalog().generation:
                    return found
        raise ArticleIndexError(
            f"The index in {self.config.index_path} changed each time that it was searched.",
            "Ask again; if that does not help, type: footnote sync --rebuild",
        )

    @property
    def lexical(self) -> LexicalIndex:
        """The BM25 index over the chunks."""
        return self._current().lexical

    # --- the index, opened when it is first needed and again when another process wrote to it

    def _open_catalog(self) -> Catalog:
        with self._lock:
            if self._catalog is None:
                self._catalog = Catalog.open(self.config.index_path)
            return self._catalog

    def _current(self) -> Searcher:
        """The searcher of the index's present generation."""
        with self._lock:
            catalog = self._open_catalog()
            if self._searcher is None or self._searcher.generation != catalog.generation:
                self._searcher = self._open_searcher(catalog)
            return self._searcher

    def _open_searcher(self, catalog: Catalog) -> Searcher:
        # Also when it is read anew: another process may have rebuilt it with another model.
        build = describe_build(self.config, self.embedder)
        check_build(catalog.meta(), build, self.config.index_path)
        if self._store is None:
            self._store = ChunkStore.open(catalog, self.config.collection)
        else:
            self._store.refresh()
        return Searcher(catalog, self._store, self.embedder)


class _Clock:
    """Milliseconds of each stage, and in total."""

    def __init__(self) -> None:
        self._started = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._laps[stage] = (now - self._last) * 1000.0
        self._last = now

    def laps(self) -> dict[str, float]:
        return {**self._laps, "total": (time.perf_counter() - self._started) * 1000.0}


def _checked(question: str) -> str:
    """The question, without the white space around it; raises ``QuestionError``."""
    question = question.strip()
    if not any(character.isalnum() for character in question):
        raise QuestionError("The question is empty.", "Type a question about the articles.")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            f"The question has {len(question):,} characters.",
            f"Ask in at most {MAX_QUESTION_CHARACTERS:,}.",
        )
    return question
