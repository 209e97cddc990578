"""The embedder is sentence-transformers: the same vectors, nothing cut, no other weights."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.embedding import (
    MAX_TITLE_CHARACTERS,
    TITLE_SEPARATOR,
    TITLE_TOKENS,
    Embedder,
    Passage,
    check_default_model,
    default_model_path,
    load_embedder,
)
from rag.errors import ModelError
from rag.token_codes import TITLE, decode_tokens, rotate

TITLE_TEXT = "Harbour bridge opens in Port Amery"
PASSAGES = [
    Passage(TITLE_TEXT, ("The bridge cost 48 million euros.", "Lena Foss\nled the design.")),
    Passage("", ("A pack of nine wolves was counted.",)),
    Passage("  Odd \n title ", tuple(f"Sentence {i} tells a little." for i in range(20))),
]


@pytest.fixture(scope="module")
def plain_model():
    """The same weights as sentence-transformers itself loads them."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(default_model_path()), device="cpu")


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of random weights, saved as safetensors; its vectors do not have length 1."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    root = tmp_path_factory.mktemp("tiny")
    torch.manual_seed(7)
    tokenizer = AutoTokenizer.from_pretrained(str(default_model_path()))
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=128,
    )  # fmt: skip
    BertModel(config).save_pretrained(root / "bert")
    tokenizer.save_pretrained(root / "bert")
    transformer = Transformer(str(root / "bert"), max_seq_length=96)
    model = SentenceTransformer(modules=[transformer, Pooling(32)], device="cpu")
    model.save(str(root / "model"))
    return root / "model"


def text_of(passage: Passage) -> str:
    title = " ".join(passage.title.split())
    return (title + TITLE_SEPARATOR if title else "") + " ".join(passage.sentences)


def test_vectors_are_those_of_sentence_transformers(embedder: Embedder, plain_model) -> None:
    vectors = np.stack([coded.vector for coded in embedder.embed_passages(PASSAGES)])
    expected = plain_model.encode([text_of(passage) for passage in PASSAGES])
    np.testing.assert_allclose(vectors, expected, atol=1e-5)
    question = embedder.embed_question("Who led the design?")
    np.testing.assert_allclose(
        question.vector, plain_model.encode("Who led the design?"), atol=1e-5
    )
    assert vectors.dtype == question.vector.dtype == np.float32


def test_order_is_kept_over_batches_of_mixed_lengths(embedder: Embedder) -> None:
    passages = [
        Passage("", tuple(f"Number {i} of {j}." for j in range(1 + i % 5))) for i in range(40)
    ]
    steps: list[tuple[int, int]] = []
    together = embedder.embed_passages(passages, lambda *step: steps.append(step))
    assert steps[-1] == (40, 40)
    assert steps == sorted(steps)
    for i in (0, 7, 19, 39):
        alone = embedder.embed_passages([passages[i]])[0]
        np.testing.assert_allclose(together[i].vector, alone.vector, atol=1e-5)
        numbers = decode_tokens(together[i].tokens).sentence
        assert numbers.tolist() == decode_tokens(alone.tokens).sentence.tolist()
    assert embedder.embed_passages([]) == []


def test_each_token_knows_its_sentence(embedder: Embedder) -> None:
    for passage, coded in zip(PASSAGES, embedder.embed_passages(PASSAGES), strict=True):
        numbers = decode_tokens(coded.tokens).sentence.tolist()
        expected = [TITLE] * len(embedder.token_spans(passage.title))
        for number, sentence in enumerate(passage.sentences):
            expected += [number] * len(embedder.token_spans(sentence))
        assert numbers == expected


def test_token_vectors_are_the_models_own(embedder: Embedder, plain_model) -> None:
    passage = PASSAGES[0]
    coded = decode_tokens(embedder.embed_passages([passage])[0].tokens)
    own = plain_model.encode(text_of(passage), output_value="token_embeddings").numpy()[1:-1]
    pieces = plain_model.tokenizer.tokenize(text_of(passage))
    worded = [any(map(str.isalnum, piece)) for piece in pieces]
    assert not all(worded)  # punctuation is not kept
    similarity = (rotate(own[worded]) * coded.rotated).sum(axis=1)
    np.testing.assert_allclose(similarity, 1.0, atol=5e-3)  # exact but for the 8-bit scale


def test_question_tokens_cover_the_question(embedder: Embedder) -> None:
    text = "Who led the Kestrel Bridge’s design?"
    found = embedder.embed_question(text)
    assert found.tokens.shape == (len(found.spans), embedder.dimension)
    assert found.spans[0].tolist() == found.spans[-1].tolist() == [0, 0]
    covered = "".join(text[start:end] for start, end in found.spans)
    assert covered == text.replace(" ", "")


def test_a_long_title_is_cut_at_a_token(embedder: Embedder, plain_model) -> None:
    title = "word " * 100
    assert TITLE_TOKENS <= embedder.title_cost(title) <= TITLE_TOKENS + 1
    assert embedder.title_cost("") == embedder.title_cost(" \n ") == 0
    coded = embedder.embed_passages([Passage(title, ("It rained.",))])[0]
    lead = " ".join(["word"] * TITLE_TOKENS)
    expected = plain_model.encode(f"{lead}{TITLE_SEPARATOR}It rained.")
    np.testing.assert_allclose(coded.vector, expected, atol=1e-5)


def test_of_a_title_without_end_only_the_beginning_is_read(embedder: Embedder) -> None:
    """A row's title may have megabytes, and every passage of its article bears it."""
    endless, short = "Harbour bridge " * 200_000, "Harbour bridge " * 100
    assert embedder.title_cost(endless) == embedder.title_cost(short)
    # One word without end is one token of this model, and of its characters none is left out.
    word = Passage("x" * 2_000_000, ("The bridge cost 48 million euros.",))
    cut = Passage("x" * MAX_TITLE_CHARACTERS, word.sentences)
    vectors = embedder.embed_passages([word, cut])
    assert np.array_equal(vectors[0].vector, vectors[1].vector)


def test_a_passage_is_embedded_to_its_last_token_or_not_at_all(
    embedder: Embedder, plain_model
) -> None:
    fits = Passage("", ("word " * (embedder.max_tokens - 3) + "wolf",))
    other = Passage("", ("word " * (embedder.max_tokens - 3) + "debt",))
    one, two = embedder.embed_passages([fits, other])
    assert np.abs(one.vector - two.vector).max() > 1e-4  # the last word was read
    too_long = Passage("", ("word " * (embedder.max_tokens - 1),))
    with pytest.raises(ValueError, match="tokens"):
        embedder.embed_passages([fits, too_long])


def test_a_long_question_is_cut_instead(embedder: Embedder) -> None:
    found = embedder.embed_question("why " * 1000)
    assert len(found.tokens) == embedder.max_tokens


def test_counting_adds_up_to_what_is_embedded(embedder: Embedder) -> None:
    for passage in PASSAGES:
        counted = embedder.title_cost(passage.title) + sum(embedder.count_tokens(passage.sentences))
        assert counted == embedder.count_tokens([text_of(passage)])[0]
    assert embedder.count_tokens([]) == []


def test_texts_that_the_model_does_not_read_have_no_tokens(embedder: Embedder) -> None:
    coded = embedder.embed_passages([Passage("", ("\u200b\u2060",))])[0]
    assert decode_tokens(coded.tokens).sentence.tolist() == []
    assert np.linalg.norm(coded.vector) == pytest.approx(1, abs=1e-5)


def test_a_tampered_copy_of_the_model_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(default_model_path(), copy)
    assert check_default_model(copy) == load_embedder("all-MiniLM-L6-v2").fingerprint
    with (copy / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)[0]
        file.seek(-1, 2)
        file.write(bytes([last ^ 1]))
    with pytest.raises(ModelError, match=r"not the published ones.*pip install"):
        check_default_model(copy)
    # As a model of one's own choice it may be used, but never passes for the default one.
    assert load_embedder(str(copy)).fingerprint != load_embedder("all-MiniLM-L6-v2").fingerprint


def test_what_is_no_model_is_refused_by_name(tmp_path: Path, tiny_model: Path) -> None:
    with pytest.raises(ModelError, match="no-such-model"):
        load_embedder("no-such-model")
    with pytest.raises(ModelError, match="safetensors"):
        load_embedder(str(tmp_path))
    damaged = tmp_path / "damaged"
    shutil.copytree(tiny_model, damaged)
    weights = next(damaged.glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelError, match="damaged"):
        load_embedder(str(damaged))


def test_another_model_by_path_carries_a_whole_run(tiny_model: Path, tmp_path: Path) -> None:
    from rag.engine import QueryEngine

    news = tmp_path / "news"
    news.mkdir()
    paragraphs = "\n\n".join(f"Ferry {i} sails to Port Amery at {i} o’clock." for i in range(60))
    (news / "ferries.txt").write_text(f"New ferries\n\n{paragraphs}\n", encoding="utf-8")
    (news / "wolves.txt").write_text("Nine wolves were counted in the Tarn valley.\n")
    engine = QueryEngine.from_articles(
        news, index=tmp_path / "index", embedder=str(tiny_model), min_confidence=0.0
    )
    embedder = engine.pipeline.embedder
    assert (embedder.dimension, embedder.max_tokens) == (32, 96)
    answer = engine.ask("How many wolves were counted in the Tarn valley?")
    assert answer.sentences[0].text.startswith("Nine wolves")
    assert all(np.isfinite(hit.scores.total) for hit in answer.hits)
    vectors = embedder.embed_passages(PASSAGES[:2])
    assert [np.linalg.norm(coded.vector) for coded in vectors] == pytest.approx([1, 1], abs=1e-5)
    engine.close()
