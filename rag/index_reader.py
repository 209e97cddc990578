"""The index of one configuration: opened when it is first needed, and again when it has changed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from rag.catalog import Catalog
from rag.catalog_schema import check_build, describe_build
from rag.config import Config
from rag.embedding import Embedder, load_embedder
from rag.errors import ArticleIndexError
from rag.filtering import matching_articles
from rag.lexical import LexicalIndex
from rag.listing import ListedArticle, list_collection
from rag.question import understand
from rag.retrieval import Candidates, Searcher
from rag.stores import Store, open_store
from rag.syncing import sync
from rag.values import Article, Filters, SyncReport

Progress = Callable[[str, int, int], None]

# Searches before giving up on an index that other processes keep changing: a sync commits every
# few seconds, a search takes a tenth of one.
SEARCH_ATTEMPTS = 5


class IndexReader:
    """Lists, searches and syncs one index, from any thread; a context manager that closes it.

    What another process syncs is seen at the next call.
    """

    def __init__(self, config: Config, embedder: Embedder | None = None) -> None:
        """``embedder`` stands in for the one that ``config`` names, which loads when needed."""
        self.config = config
        self._given_embedder = embedder
        self._catalog: Catalog | None = None
        self._store: Store | None = None
        self._searcher: Searcher | None = None
        self._heads: tuple[int, list[Article]] | None = None  # of a generation
        self._lock = threading.RLock()

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
            self._searcher = self._store = self._catalog = self._heads = None

    @property
    def embedder(self) -> Embedder:
        """The embedder; the first use of the configured one loads it."""
        return self._given_embedder or load_embedder(self.config.embedder)

    def sync(
        self,
        on_progress: Progress | None = None,
        *,
        allow_empty: bool = False,
        allow_removals: bool = False,
    ) -> SyncReport:
        """Make the index equal to the folder; see ``rag.syncing.sync``."""
        with self._lock:
            self.close()
            return sync(
                self.config,
                self.embedder,
                on_progress,
                allow_empty=allow_empty,
                allow_removals=allow_removals,
            )

    def articles(self) -> list[Article]:
        """Every indexed article."""
        with self._lock:  # no sync may close the catalog meanwhile
            return list(self._open_catalog().articles())

    def listing(self) -> tuple[ListedArticle, ...]:
        """Every article with its state, and what was left out; see ``rag.listing``."""
        with self._lock:
            return list_collection(self._open_catalog())

    def article(self, article_id: str) -> Article:
        """One indexed article, by its id or an alias; raises ``KeyError`` without it."""
        with self._lock:
            return self._open_catalog().article(article_id)

    def article_heads(self) -> list[Article]:
        """Every indexed article without its text, sorted by id: for listings and filters."""
        catalog, heads = self._catalog, self._heads
        # A page asks for them several times a question: it must not wait for others' searches.
        with suppress(sqlite3.ProgrammingError):  # closed in this very moment
            if catalog is not None and heads is not None and heads[0] == catalog.generation:
                return list(heads[1])
        with self._lock:
            catalog = self._open_catalog()
            generation = catalog.generation  # before: if it grows meanwhile, they are read again
            self._heads = generation, catalog.article_heads()
            return list(self._heads[1])

    def candidates(self, question: str, filters: Filters | None = None) -> Candidates | None:
        """The ranked chunks for a question and how each matched; None with nothing indexed.

        Raises ``FilterError`` for filters that match no article. All of one generation of the
        index: read anew if it changed meanwhile.
        """
        names = understand(question).names
        for _ in range(SEARCH_ATTEMPTS):
            # One search at a time: a sync in another thread must not close the index under it,
            # and with the processors all at one search, two at once would end no sooner.
            with self._lock, suppress(KeyError):  # a chunk that was ranked may be gone
                searcher = self._current()
                articles = matching_articles(filters, self.article_heads()) if filters else None
                found = searcher.search(question, names, self.config.candidates, articles)
                if searcher.generation == self._open_catalog().generation:
                    return found
        raise ArticleIndexError(
            f"The index in {self.config.index_path} changed each time that it was searched.",
            "Ask again; if that does not help, type: footnote sync --rebuild",
        )

    @property
    def lexical(self) -> LexicalIndex:
        """The BM25 index over the chunks, as they were last searched."""
        searcher = self._searcher  # without the lock: others may search for a while
        return (searcher or self._current()).lexical

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
            self._store = open_store(self.config, catalog)
        else:
            self._store.refresh()
        return Searcher(catalog, self._store, self.embedder)
