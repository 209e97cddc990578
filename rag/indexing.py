"""Articles cut, embedded and stored in batches: catalog first, then Chroma."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from rag.catalog_writer import ChunkRow, Entry, WritableCatalog
from rag.chunking import chunk_article
from rag.config import Config
from rag.embedding import Embedder, Passage
from rag.lexical import encode_terms
from rag.stores import Store
from rag.values import Article, Chunk

# Chunks between two commits: what an interrupted sync has to embed again at most, about half a
# minute's work on two cores. One article is never split over commits.
COMMIT_CHUNKS = 256

# Chunks embedded in one call: bounds memory (a chunk's token vectors are 400 kB before they are
# coded) also where one article has thousands.
EMBED_CHUNKS = 256

# [CLS] and [SEP], which every passage has.
SPECIAL_TOKENS = 2

Progress = Callable[[str, int, int], None]


def sentence_limit(config: Config, embedder: Embedder, title: str) -> int:
    """The tokens left for a chunk's sentences beside the special tokens and the title."""
    tokens = min(config.chunk_tokens, embedder.max_tokens)
    return tokens - SPECIAL_TOKENS - embedder.title_cost(title)


class Indexer:
    """Collects changes to articles and makes them last, a batch at a time.

    ``embedded`` counts the chunks embedded so far. Without a store only the catalog is written.
    """

    def __init__(
        self,
        config: Config,
        catalog: WritableCatalog,
        store: Store | None,
        embedder: Embedder,
        on_progress: Progress | None,
    ) -> None:
        self.embedded = 0
        self._config = config
        self._catalog = catalog
        self._store = store
        self._embedder = embedder
        self._on_progress = on_progress
        self._queue: dict[str, tuple[Article, tuple[Chunk, ...]]] = {}
        self._removed: list[str] = []
        self._added: list[str] = []

    def put(self, article: Article) -> None:
        """Cut and embed an article that the catalog has without chunks; commits a full batch."""
        limit = sentence_limit(self._config, self._embedder, article.title)
        chunks = chunk_article(article, self._embedder.count_tokens, limit)
        self._queue[article.id] = (article, chunks)
        if sum(len(chunks) for _, chunks in self._queue.values()) >= COMMIT_CHUNKS:
            self.flush()

    def replace(self, article: Article) -> None:
        """Cut and embed anew an article whose title or boilerplate changed."""
        self._remove_chunks(article.id)
        self.put(article)

    def rename(self, entry: Entry, article: Article) -> None:
        """Give an article another id and other metadata, but leave its chunks and vectors."""
        if entry.article.id in self._queue:
            self.flush()
        self._removed += self._catalog.retrievable_ids(entry.article.id)
        self._added += self._catalog.rename_article(entry, article)

    def delete(self, article_id: str) -> None:
        """Delete an article that has no aliases."""
        self._remove_chunks(article_id)
        self._catalog.delete_article(article_id)

    def flush(self) -> None:
        """Embed what waits, commit, let the store follow, and begin the next transaction."""
        self.finish()
        self._catalog.begin()

    def finish(self) -> None:
        """Embed what waits, commit, and let the store follow."""
        self._embed()
        written = self._catalog.commit()
        if written and self._store is not None:  # also without chunks: generations go together
            self._store.apply(self._removed, self._added)
        self._removed, self._added = [], []

    def _remove_chunks(self, article_id: str) -> None:
        self._queue.pop(article_id, None)
        self._removed += self._catalog.retrievable_ids(article_id)
        self._catalog.delete_chunks(article_id)

    def _embed(self) -> None:
        waiting = sum(bool(c.sentences) for _, chunks in self._queue.values() for c in chunks)
        total = self.embedded + waiting
        pairs = ((article, c) for article, chunks in self._queue.values() for c in chunks)
        while part := list(islice(pairs, EMBED_CHUNKS)):
            rows = list(self._rows(part, total))
            self._catalog.put_chunks(rows)
            embedded = [row.chunk.id for row in rows if row.vector is not None]
            self._added += embedded
            self.embedded += len(embedded)
        self._queue = {}

    def _rows(self, part: Sequence[tuple[Article, Chunk]], total: int) -> Iterator[ChunkRow]:
        """The rows of some chunks, embedded in one call; those without sentences are not."""

        def report(done: int, _: int) -> None:
            if self._on_progress is not None:
                self._on_progress("embedding", before + done, total)

        before = self.embedded
        passages = [_passage(article, chunk) for article, chunk in part if chunk.sentences]
        vectors = iter(self._embedder.embed_passages(passages, report) if passages else ())
        for article, chunk in part:
            if chunk.sentences:
                coded = next(vectors)
                terms = encode_terms(_searched_text(_passage(article, chunk)))
                yield ChunkRow(chunk, coded.vector, coded.tokens, terms)
            else:
                yield ChunkRow(chunk)


def _passage(article: Article, chunk: Chunk) -> Passage:
    sentences = tuple(span.of(article.text) for span in chunk.sentences)
    return Passage(title=article.title, sentences=sentences)


def _searched_text(passage: Passage) -> str:
    """What BM25 searches is what is embedded: the title, and the sentences without boilerplate."""
    return "\n".join((passage.title, *passage.sentences))
