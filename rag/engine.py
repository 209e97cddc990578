"""The engine behind llama-index's types: a query engine, a retriever, a response.

Anything in that ecosystem that takes a ``BaseQueryEngine`` (tools, routers, evaluators) takes
``QueryEngine``; what it answers is a ``Response`` that also carries our ``Answer``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from rag.offline import keep_offline

keep_offline()  # before anything of the ecosystem is imported: each reads its switches once

from llama_index.core.base.base_query_engine import BaseQueryEngine  # noqa: E402
from llama_index.core.base.base_retriever import BaseRetriever  # noqa: E402
from llama_index.core.base.response.schema import Response  # noqa: E402
from llama_index.core.prompts.mixin import PromptMixinType  # noqa: E402
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode  # noqa: E402

from rag.config import Config, load_config  # noqa: E402
from rag.embedding import Embedder  # noqa: E402
from rag.listing import ListedArticle  # noqa: E402
from rag.pipeline import Pipeline  # noqa: E402
from rag.values import (  # noqa: E402
    Answer,
    Article,
    Filters,
    Hit,
    Partial,
    Status,
    SyncReport,
    Turn,
)

Progress = Callable[[str, int, int], None]


@dataclass
class FootnoteResponse(Response):
    """A llama-index response whose ``answer`` holds status, sentences and citations.

    ``response`` is the answer with its footnote marks, or the message of an abstention;
    ``source_nodes`` are the hits, best first, empty for an abstention so that no evaluator takes
    what was merely near for support.
    """

    answer: Answer | None = None


class FootnoteRetriever(BaseRetriever):
    """The fused retrieval as a llama-index retriever: one node a chunk, scores in its metadata."""

    def __init__(self, pipeline: Pipeline, limit: int = 10) -> None:
        super().__init__()
        self._pipeline = pipeline
        self._limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._pipeline.search(query_bundle.query_str, self._limit)
        return [_node(hit) for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class QueryEngine(BaseQueryEngine):
    """Answers from the articles of one index, as a llama-index query engine.

    ``QueryEngine.from_articles("news/")`` indexes a folder and opens it; ``QueryEngine.open``
    opens what ``footnote sync`` made.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__(callback_manager=None)
        self.pipeline = pipeline

    @classmethod
    def from_articles(cls, articles: str | Path, **settings: Any) -> Self:
        """An engine over a folder (or file) of articles, indexed first.

        ``settings`` are those of ``Config``, such as ``index``, ``embedder``,
        ``max_sentences``; ``llm`` may also be any ``LLM`` object of llama-index. Raises
        ``SourceError`` for a missing folder, ``ConfigError`` for a setting that does not hold.
        """
        return cls(Pipeline.from_articles(articles, **settings))

    @classmethod
    def open(
        cls,
        config: Config | None = None,
        embedder: Embedder | None = None,
        llm: object | None = None,
    ) -> Self:
        """An engine over an existing index, by ``config`` or else by the configuration found.

        ``llm``: an ``LLM`` object of llama-index that drafts, instead of the configured one.
        """
        return cls(Pipeline(config or load_config(), embedder, llm))

    @property
    def config(self) -> Config:
        """The configuration it was opened with."""
        return self.pipeline.config

    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Answer:
        """Answer a question of a conversation; see ``Pipeline.ask``."""
        return self.pipeline.ask(question, history, filters)

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Iterator[Partial | Answer]:
        """``ask``, told as it comes; see ``Pipeline.stream``."""
        return self.pipeline.stream(question, history, filters)

    def search(
        self, question: str, limit: int = 10, filters: Filters | None = None
    ) -> tuple[Hit, ...]:
        """The best chunks for a question; see ``Pipeline.search``."""
        return self.pipeline.search(question, limit, filters)

    def article_heads(self) -> list[Article]:
        """Every indexed article without its text; see ``Pipeline.article_heads``."""
        return self.pipeline.article_heads()

    def articles(self) -> list[Article]:
        """Every indexed article."""
        return self.pipeline.articles()

    def listing(self) -> tuple[ListedArticle, ...]:
        """Every article with its state, and what was left out; see ``rag.listing``."""
        return self.pipeline.listing()

    def article(self, article_id: str) -> Article:
        """One indexed article, by its id or an alias; raises ``KeyError`` without it."""
        return self.pipeline.article(article_id)

    def sync(self, on_progress: Progress | None = None, **allowed: bool) -> SyncReport:
        """Make the index equal to the folder; see ``Pipeline.sync``."""
        return self.pipeline.sync(on_progress, **allowed)

    def close(self) -> None:
        """Let go of the index."""
        self.pipeline.close()

    def as_retriever(self, limit: int = 10) -> FootnoteRetriever:
        """The retrieval behind the answers, as a llama-index ``BaseRetriever``."""
        return FootnoteRetriever(self.pipeline, limit)

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """The hits for a query as llama-index nodes."""
        return self.as_retriever().retrieve(query_bundle)

    def _query(self, query_bundle: QueryBundle) -> FootnoteResponse:
        return _response(self.pipeline.ask(query_bundle.query_str))

    async def _aquery(self, query_bundle: QueryBundle) -> FootnoteResponse:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}  # it prompts no model


def _response(answer: Answer) -> FootnoteResponse:
    answered = answer.status is Status.ANSWERED
    return FootnoteResponse(
        response=answer.marked,
        source_nodes=[_node(hit) for hit in answer.hits] if answered else [],
        metadata={
            "status": answer.status.value,
            "confidence": answer.confidence,
            "short_answer": answer.short_answer,
        },
        answer=answer,
    )


def _node(hit: Hit) -> NodeWithScore:
    article, scores = hit.article, hit.scores
    node = TextNode(
        id_=hit.chunk.id,
        text=hit.text,
        metadata={
            "article_id": article.id,
            "title": article.title,
            "outlet": article.outlet,
            "date": article.date,
            "url": article.url,
            "start": hit.chunk.span.start,
            "end": hit.chunk.span.end,
            "dense": scores.dense,
            "sentence": scores.sentence,
            "lexical": scores.lexical,
            "late": scores.late,
        },
    )
    return NodeWithScore(node=node, score=scores.total)
