"""From a question to an answer: every stage in its order, over one index.

This is the whole engine without llama-index; ``rag.engine`` puts it behind llama-index's types.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from rag.answering import MESSAGES, NOTHING_NEAR_CONFIDENCE, compose, rank_articles
from rag.catalog import Catalog
from rag.catalog_schema import describe_build
from rag.confidence import confidence, confidence_features
from rag.config import Config, load_config
from rag.conversation import standalone
from rag.embedding import Embedder, load_embedder
from rag.errors import QuestionError
from rag.evidence import rank_sentences
from rag.question import understand
from rag.retrieval import Candidates, Searcher
from rag.store import ChunkStore
from rag.syncing import sync
from rag.values import Answer, Article, Hit, Reason, Status, SyncReport, Turn

Progress = Callable[[str, int, int], None]

# A longer text is a document, not a question.
MAX_QUESTION_CHARACTERS = 2_000

# Hits that an answer carries for its reader; retrieval looks at more.
KEPT_HITS = 20


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
        return list(self._open_catalog().articles())

    def article(self, article_id: str) -> Article:
        """One indexed article, by its id or an alias; raises ``KeyError`` without it."""
        return self._open_catalog().article(article_id)

    def search(self, question: str, limit: int = 10) -> tuple[Hit, ...]:
        """The best chunks for a question, best first, with the scores that ranked them."""
        candidates = self._candidates(_checked(question))
        return candidates.hits[:limit] if candidates else ()

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question, or say that the articles don't.

        ``history``: the conversation's turns so far, oldest first. Raises ``QuestionError`` for
        a question that is empty or longer than ``MAX_QUESTION_CHARACTERS``, and
        ``ArticleIndexError`` when there is no index or it was built by another configuration.
        """
        clock = _Clock()
        understood = standalone(_checked(question), history)
        asked = understand(understood)
        clock.lap("understand")
        candidates = self._candidates(understood)
        clock.lap("retrieve")
        common = {"question": question, "understood": understood}
        common["fingerprint"] = self.config.fingerprint
        if candidates is None:
            return _abstained(Reason.NOTHING_INDEXED, 0.0, clock, common)
        ranked = rank_sentences(asked, candidates)
        features = confidence_features(asked, candidates, ranked, self._current().lexical)
        held = confidence(features)
        clock.lap("read")
        evidence: dict[str, Any] = {
            **common,
            "retrieved": rank_articles(candidates.hits, ranked),
            "hits": candidates.hits[:KEPT_HITS],
        }
        if held < self.config.min_confidence:
            near = held >= NOTHING_NEAR_CONFIDENCE
            reason = Reason.NOT_STATED if near else Reason.NOTHING_NEAR
            return _abstained(reason, held, clock, evidence)
        composed = compose(asked, ranked, self.config.max_sentences)
        clock.lap("compose")
        return Answer(
            status=Status.ANSWERED,
            sentences=composed.sentences,
            short_answer=composed.short_answer,
            confidence=held,
            timing_ms=clock.laps(),
            **evidence,
        )

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
        if self._store is None:
            catalog.close()
            build = describe_build(self.config, self.embedder)
            self._catalog = catalog = Catalog.open(self.config.index_path, build)
            self._store = ChunkStore.open(catalog, self.config.collection)
        else:
            self._store.refresh()
        return Searcher(catalog, self._store, self.embedder)

    def _candidates(self, question: str) -> Candidates | None:
        names = understand(question).names
        try:
            return self._current().search(question, names, self.config.candidates)
        except KeyError:
            # Another process removed a chunk between the ranking and the reading of it.
            with self._lock, suppress(KeyError):
                self._searcher = None
            return self._current().search(question, names, self.config.candidates)


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
    if not question:
        raise QuestionError("The question is empty.", "Type a question about the articles.")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            f"The question has {len(question):,} characters.",
            f"Ask in at most {MAX_QUESTION_CHARACTERS:,}.",
        )
    return question


def _abstained(reason: Reason, held: float, clock: _Clock, evidence: dict[str, Any]) -> Answer:
    return Answer(
        status=Status.ABSTAINED,
        confidence=held,
        reason=reason,
        message=MESSAGES[reason],
        timing_ms=clock.laps(),
        **evidence,
    )
