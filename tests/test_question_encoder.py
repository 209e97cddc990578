"""The forward pass without torch gives what sentence-transformers gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from newsroom import write_newsroom

from rag.embedding import Embedder, default_model_path, load_embedder
from rag.question_encoder import QuestionEncoder

TEXTS = (
    "Who led the design of the Kestrel Bridge?",
    "a",
    "",
    "?!",
    "Wie hoch ist die Brücke? 桥有多高？",
    "A text of more tokens than the model reads. " * 60,
)


@pytest.fixture(scope="module")
def encoder() -> QuestionEncoder:
    return QuestionEncoder(default_model_path())


@pytest.mark.parametrize("text", TEXTS)
def test_the_vectors_are_those_of_sentence_transformers(
    encoder: QuestionEncoder, text: str
) -> None:
    reference = load_embedder(str(default_model_path())).embed_question(text)
    vector, tokens, spans = encoder.encode(text)
    np.testing.assert_allclose(vector, reference.vector, atol=1e-5)
    np.testing.assert_allclose(tokens, reference.tokens, atol=1e-4)
    np.testing.assert_array_equal(spans, reference.spans)
    assert vector.dtype == tokens.dtype == np.float32


@pytest.mark.parametrize("text", TEXTS)
def test_the_spans_are_those_of_a_passage(embedder: Embedder, text: str) -> None:
    reference = load_embedder(str(default_model_path())).token_spans(text)
    np.testing.assert_array_equal(embedder.token_spans(text), reference)


def test_a_question_from_the_command_line_waits_for_no_heavy_import(tmp_path: Path) -> None:
    news = write_newsroom(tmp_path / "news")
    code = (
        "import sys; from rag.cli import main\n"
        "code = main(['ask', 'How much did the Kestrel Bridge cost?'])\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'llama_index', 'gradio'}\n"
        "print(sorted(heavy & set(sys.modules)), code)"
    )
    environment = {"FOOTNOTE_ARTICLES": str(news), "FOOTNOTE_INDEX": str(tmp_path / "index")}
    footnote = [sys.executable, "-m", "rag.cli"]
    subprocess.run([*footnote, "sync"], env=environment, check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    assert "48 million euros" in done.stdout
    assert done.stdout.splitlines()[-1] == "[] 0"
