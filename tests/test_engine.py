"""The engine as llama-index sees it, and as an application with threads and edits uses it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.response.schema import Response
from llama_index.core.evaluation import FaithfulnessEvaluator, SemanticSimilarityEvaluator
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata
from llama_index.core.tools import QueryEngineTool
from newsroom import write_newsroom

from rag.config import Config
from rag.embedding import Embedder
from rag.engine import FootnoteRetriever, QueryEngine
from rag.errors import ArticleIndexError, QuestionError, SourceError
from rag.pipeline import MAX_QUESTION_CHARACTERS
from rag.values import Reason, Status

COST = "How much did the Kestrel Bridge cost?"
QUESTIONS = (COST, "Who wants higher fences?", "How long is the crack?", "Who is Ivo Kern?", "10?")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryEngine]:
    root = tmp_path_factory.mktemp("engine")
    engine = QueryEngine.from_articles(write_newsroom(root / "news"), index=root / "index")
    yield engine
    engine.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[QueryEngine]:
    """An engine over a folder of its own, to be changed."""
    news = write_newsroom(tmp_path / "news")
    engine = QueryEngine.from_articles(news, index=tmp_path / "index", min_confidence=0.0)
    yield engine
    engine.close()


def quoted(engine: QueryEngine, question: str) -> set[str]:
    answer = engine.ask(question)
    shown = [c for r in answer.retrieved if (c := r.passage)] + list(answer.citations)
    for citation in shown:
        text = engine.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote
    assert {hit.article.id for hit in answer.hits} >= {c.article_id for c in shown}
    return {citation.quote for citation in shown}


# --- llama-index


def test_it_is_a_query_engine_and_answers_with_a_response(engine: QueryEngine) -> None:
    assert isinstance(engine, BaseQueryEngine)
    response = engine.query(COST)
    assert isinstance(response, Response)
    assert response.answer.status is Status.ANSWERED
    assert str(response) == response.answer.marked
    assert "48 million euros" in str(response)
    assert "[1]" in str(response)
    assert response.metadata["status"] == "answered"
    assert {node.node_id for node in response.source_nodes} == {
        hit.chunk.id for hit in response.answer.hits
    }


async def test_asked_asynchronously_it_says_the_same(engine: QueryEngine) -> None:
    response = await engine.aquery(COST)
    assert str(response) == str(engine.query(COST))
    assert response.answer.sentences == engine.ask(COST).sentences


def test_an_abstention_is_a_response_without_sources(engine: QueryEngine) -> None:
    response = engine.query("What is the best recipe for pancakes?")
    assert response.answer.status is Status.ABSTAINED
    assert str(response) == response.answer.message != ""
    assert response.source_nodes == []
    assert response.answer.retrieved


async def test_it_serves_as_a_tool(engine: QueryEngine) -> None:
    tool = QueryEngineTool.from_defaults(query_engine=engine, name="news", description="The news.")
    expected = engine.query(COST)
    for output in (tool.call(COST), await tool.acall(input=COST)):
        assert output.content == str(expected)
        assert output.raw_output.answer.citations == expected.answer.citations


async def test_its_retriever_is_a_retriever(engine: QueryEngine) -> None:
    retriever = engine.as_retriever(limit=3)
    assert isinstance(retriever, FootnoteRetriever)
    assert isinstance(retriever, BaseRetriever)
    nodes = retriever.retrieve(COST)
    assert len(nodes) == 3
    assert [node.score for node in nodes] == sorted((n.score for n in nodes), reverse=True)
    for node in nodes:
        metadata = node.node.metadata
        text = engine.article(metadata["article_id"]).text
        assert text[metadata["start"] : metadata["end"]] == node.node.get_content()
    assert [n.node_id for n in await retriever.aretrieve(COST)] == [n.node_id for n in nodes]
    assert [hit.chunk.id for hit in engine.search(COST, 3)] == [n.node_id for n in nodes]


class OurEmbedding(BaseEmbedding):
    """Our embedder as llama-index's."""

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(model_name=embedder.name)
        self._embedder = embedder

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._embedder.embed_question(text).vector.tolist()

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


async def test_a_similarity_evaluator_takes_its_responses(
    engine: QueryEngine, embedder: Embedder
) -> None:
    evaluator = SemanticSimilarityEvaluator(embed_model=OurEmbedding(embedder))
    response = engine.query(COST)
    near = await evaluator.aevaluate_response(
        response=response, reference="The bridge cost 48 million euros."
    )
    far = await evaluator.aevaluate_response(
        response=response, reference="The hockey season begins in autumn."
    )
    assert near.score is not None
    assert near.score > (far.score or 0.0) + 0.3


class LiteralJudge(CustomLLM):
    """A model that judges by reading: YES if the context holds the information, word for word."""

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="literal", context_window=100_000)

    def complete(self, prompt: str, **_: Any) -> CompletionResponse:
        _, _, task = prompt.rpartition("Information:")
        claim, _, context = task.partition("Context:")
        sentence = claim.strip().partition(" [1]")[0]
        return CompletionResponse(text="YES" if sentence and sentence in context else "NO")

    def stream_complete(self, prompt: str, **_: Any) -> Any:
        yield self.complete(prompt)


async def test_a_faithfulness_evaluator_finds_the_answer_in_its_sources(
    engine: QueryEngine,
) -> None:
    evaluator = FaithfulnessEvaluator(llm=LiteralJudge())
    response = engine.query(COST)
    assert (await evaluator.aevaluate_response(response=response)).passing
    assert not (
        await evaluator.aevaluate(
            response="The bridge cost nothing. [1]",
            contexts=[node.get_content() for node in response.source_nodes],
        )
    ).passing


# --- errors


@pytest.mark.parametrize("question", ["", " \n\t", "?!", "🤷", "x" * (MAX_QUESTION_CHARACTERS + 1)])
def test_what_is_no_question_is_refused(engine: QueryEngine, question: str) -> None:
    for ask in (engine.ask, engine.search):
        with pytest.raises(QuestionError) as raised:
            ask(question)
        assert raised.value.mend


def test_asking_without_an_index_tells_what_to_type(tmp_path: Path) -> None:
    engine = QueryEngine.open(Config(articles=tmp_path, index=tmp_path / "index"))
    for ask in (lambda: engine.ask(COST), lambda: engine.search(COST), engine.articles):
        with pytest.raises(ArticleIndexError, match="footnote sync"):
            ask()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere"):
        QueryEngine.from_articles(tmp_path / "nowhere", index=tmp_path / "index")


def test_an_unknown_article_is_a_key_error(engine: QueryEngine) -> None:
    with pytest.raises(KeyError):
        engine.article("nowhere.txt")


def test_an_index_of_another_configuration_is_refused(own: QueryEngine) -> None:
    config = Config(articles=own.config.articles, index=own.config.index, chunk_tokens=64)
    other = QueryEngine.open(config)
    with pytest.raises(ArticleIndexError, match=r"chunk_tokens.*--rebuild"):
        other.ask(COST)
    other.close()


# --- edits, the same and other engines, threads


def test_an_open_index_is_asked_without_syncing_it(own: QueryEngine) -> None:
    reopened = QueryEngine.open(own.config)
    assert reopened.ask(COST).sentences == own.ask(COST).sentences
    reopened.close()
    assert reopened.ask(COST).sentences == own.ask(COST).sentences  # opened again
    reopened.close()


def test_a_removed_file_is_not_quoted_any_more(own: QueryEngine) -> None:
    reader = QueryEngine.open(own.config)
    cost = "The bridge cost 48 million euros."
    assert cost in quoted(own, COST) & quoted(reader, COST)
    (own.config.articles / "bridge.txt").unlink()
    assert own.sync().removed == ("bridge.txt",)
    for engine in (own, reader):
        assert cost not in quoted(engine, COST)
        assert all(hit.article.id != "bridge.txt" for hit in engine.search(COST, 100))
    reader.close()


def test_an_edited_file_is_read_again_and_offsets_follow(own: QueryEngine) -> None:
    quoted(own, COST)
    path = own.config.articles / "bridge.txt"
    text = path.read_text(encoding="utf-8")
    path.write_text("A new first line.\n\n" + text.replace("48 million", "53 million"))
    assert own.sync().edited == ("bridge.txt",)
    answer = quoted(own, COST)
    assert "The bridge cost 53 million euros." in answer
    assert not any("48 million" in quote for quote in answer)


def test_two_engines_in_one_process_do_not_disturb_each_other(
    own: QueryEngine, tmp_path: Path
) -> None:
    other_news = tmp_path / "other"
    other_news.mkdir()
    (other_news / "zoo.txt").write_text("The zoo of Elm lost its only okapi on Monday.\n")
    other = QueryEngine.from_articles(other_news, index=tmp_path / "two", min_confidence=0.0)
    before = own.ask(COST).sentences
    assert "okapi" in other.ask("What did the zoo lose?").text
    (other_news / "zoo.txt").write_text("The zoo of Elm lost its only tapir on Monday.\n")
    other.sync()
    assert "tapir" in other.ask("What did the zoo lose?").text
    assert own.ask(COST).sentences == before
    other.close()
    assert own.ask(COST).sentences == before


def test_an_emptied_index_abstains(own: QueryEngine) -> None:
    own.ask(COST)
    shutil.rmtree(own.config.articles)
    own.sync(allow_empty=True)
    answer = own.ask(COST)
    assert (answer.status, answer.reason) == (Status.ABSTAINED, Reason.NOTHING_INDEXED)
    assert answer.message
    assert own.search(COST) == ()


def test_threads_get_the_answers_that_one_gets(engine: QueryEngine) -> None:
    expected = [engine.ask(question) for question in QUESTIONS]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(engine.ask, QUESTIONS * 4))
    for answer, alone in zip(answers, expected * 4, strict=True):
        assert (answer.status, answer.sentences) == (alone.status, alone.sentences)
        assert answer.confidence == pytest.approx(alone.confidence, abs=1e-6)


def test_questions_are_answered_while_the_folder_is_synced(own: QueryEngine) -> None:
    """Whoever asks during a sync gets an answer of before or after it, never an error."""
    over = threading.Event()

    def ask_on() -> set[str]:
        seen = set()
        while not over.is_set():
            seen.add(own.ask("How many wolves were counted?").sentences[0].text)
            assert own.articles()
        return seen

    path = own.config.articles / "wolves.txt"
    text = path.read_text(encoding="utf-8")
    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask_on) for _ in range(2)]
        try:
            for count in ("seventeen", "eighteen", "thirty-nine"):
                path.write_text(text.replace("nine", count), encoding="utf-8")
                own.sync()
                assert count in own.ask("How many wolves were counted?").text
        finally:
            over.set()
        for seen in (future.result() for future in asking):
            assert all(sentence.startswith("A pack of") for sentence in seen)
