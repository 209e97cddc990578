# ruff: noqa: ARG002 - a protocol's arguments have its names
"""What a model writes reaches the reader only as far as the articles bear it out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata
from model_server import MODEL, serving, writing
from newsroom import write_newsroom

from rag.cli import main
from rag.config import Config
from rag.embedding import Embedder
from rag.engine import QueryEngine
from rag.errors import ConfigError
from rag.language_model import Limits, Piece, Prompt
from rag.pipeline import Pipeline
from rag.values import Answer, Partial, Status, Support

COST = "How much did the Kestrel Bridge cost?"
COST_SENTENCE = "The bridge cost 48 million euros."
LENGTH = "How long is the bridge?"


class Scripted:
    """A model of ours that writes what it is given, in pieces of a few letters."""

    def __init__(self, text: str, name: str = "scripted", size: int = 5) -> None:
        self.text = text
        self.name = self.identity = name
        self.size = size
        self.prompts: list[Prompt] = []

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        self.prompts.append(prompt)
        for start in range(0, len(self.text), self.size):
            yield Piece(self.text[start : start + self.size])
        yield Piece(finish="stop", prompt_tokens=11, completion_tokens=5)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Config:
    root = tmp_path_factory.mktemp("drafting")
    config = Config(articles=write_newsroom(root / "news"), index=root / "index")
    with Pipeline(config, embedder) as pipeline:
        pipeline.sync()
    return config


def drafted(config: Config, embedder: Embedder, text: str, question: str = COST) -> Answer:
    with Pipeline(config, embedder, Scripted(text)) as pipeline:
        answer = pipeline.ask(question)
        _citations_hold(pipeline, answer)
        return answer


def _citations_hold(pipeline: Pipeline, answer: Answer) -> None:
    numbers = [citation.number for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    for sentence in answer.sentences:
        assert sentence.citations
        for citation in sentence.citations:
            text = pipeline.article(citation.article_id).text
            assert text[citation.start : citation.end] == citation.quote
        if sentence.verdict is None:
            assert sentence.text == sentence.citations[0].quote
        else:
            assert sentence.verdict.label is Support.SUPPORTED


def quoted(config: Config, embedder: Embedder, question: str = COST) -> Answer:
    with Pipeline(config, embedder) as pipeline:
        return pipeline.ask(question)


def cites(answer: Answer, quote: str) -> bool:
    return any(quote in citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    "marks", ["[1]", "", "[7]", "【1】", "[^1]", "[1][2]", "(see [12])", "[2, 1]"]
)
def test_a_supported_sentence_is_kept_with_its_footnote_wherever_the_mark_was(
    marks: str, config: Config, embedder: Embedder
) -> None:
    answer = drafted(config, embedder, f"The Kestrel Bridge cost 48 million euros {marks}.")
    assert answer.status is Status.ANSWERED
    assert not answer.notice
    sentence = answer.sentences[0]
    assert sentence.verdict is not None
    assert sentence.text.startswith("The Kestrel Bridge cost 48 million euros")
    assert "[" not in sentence.text
    assert "【" not in sentence.text
    assert cites(answer, COST_SENTENCE)
    assert answer.short_answer in answer.text


def test_a_sentence_that_is_its_quote_needs_no_verdict(config: Config, embedder: Embedder) -> None:
    answer = drafted(config, embedder, f"{COST_SENTENCE} [1]")
    assert [s.text for s in answer.sentences] == [COST_SENTENCE]
    assert answer.sentences[0].verdict is None
    assert not answer.notice
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (11, 5)


@pytest.mark.parametrize(
    "wrong",
    [
        "The bridge cost 84 million euros [1].",
        "The bridge cost 48 million dollars [1].",
        "The bridge did not cost 48 million euros [1].",
        "The Heron Bridge cost 48 million euros [1].",
        "The council said that the bridge is free [1].",
    ],
)
def test_a_wrong_sentence_is_replaced_by_the_quote_and_recorded(
    wrong: str, config: Config, embedder: Embedder
) -> None:
    true = "Engineer Lena Foss led the design of the Kestrel Bridge [1]."
    answer = drafted(config, embedder, f"{wrong} {true}")
    assert answer.sentences[0].text == COST_SENTENCE
    assert answer.sentences[0].verdict is None
    spoilt = wrong.replace(" [1]", "")
    assert spoilt in [rejected.text for rejected in answer.rejected]
    assert all(rejected.verdict.reason for rejected in answer.rejected)
    assert spoilt not in answer.text


def test_with_nothing_left_the_answer_is_the_quoted_one(config: Config, embedder: Embedder) -> None:
    answer = drafted(config, embedder, "Aliens built it in 1850. It cost a trillion dollars.")
    assert answer.sentences == quoted(config, embedder).sentences
    assert "not borne out" in answer.notice
    assert len(answer.rejected) == 2


def test_a_true_sentence_that_leaves_the_answer_out_does_not_replace_it(
    config: Config, embedder: Embedder
) -> None:
    answer = drafted(config, embedder, "It replaces a ferry that sank in 2011 [1].")
    assert "48 million euros" in answer.text
    assert cites(answer, COST_SENTENCE)


def test_a_fragment_of_an_article_says_nothing(config: Config, embedder: Embedder) -> None:
    answer = drafted(config, embedder, "Port Amery.", COST)
    assert all(sentence.text != "Port Amery." for sentence in answer.sentences)


def test_the_model_is_not_asked_where_the_articles_do_not_hold_the_answer(
    config: Config, embedder: Embedder
) -> None:
    model = Scripted("The recipe needs 48 million eggs [1].")
    with Pipeline(config, embedder, model) as pipeline:
        for question in ("What is the best recipe for pancakes?", "Who is Ivan Petrov?"):
            answer = pipeline.ask(question)
            assert answer.status is Status.ABSTAINED
            assert answer.usage is None
            assert not answer.rejected
    assert not model.prompts


def test_a_good_turn_does_not_open_the_door(config: Config, embedder: Embedder) -> None:
    from rag.values import Turn

    model = Scripted(f"{COST_SENTENCE} [1]")
    with Pipeline(config, embedder, model) as pipeline:
        first = pipeline.ask(COST)
        history = [Turn(first.understood, first.text)]
        answer = pipeline.ask("What is the best recipe for pancakes?", history)
        assert answer.status is Status.ABSTAINED
    drafts = [prompt for prompt in model.prompts if "[1]" in prompt.user]  # not the rewriting
    assert len(drafts) == 1


@pytest.mark.parametrize(
    "markup",
    [
        "**{}**", "# {}", "> {}", "- {}", "1. {}", "`{}`", "_{}_", "<b>{}</b>", "{}\n\n[1]: http://x.example",
        "[{}](http://evil.example/?q=leak)", "![x](http://evil.example/a.png) {}",
        "{} <img src=http://evil.example/a.png onerror=alert(1)>", "<!-- hidden --> {}",
        "<think>It may be 99. Or 7.</think>{}", "<script>alert(1)</script>{}", "Answer: {}",
        "{} https://evil.example/?q=secret", "<|im_start|>assistant\n{}", "| {} |\n|---|", "{}²",
        "{} javascript:alert(1)", "{} [click](javascript:alert(1))", "{} //evil.example/x",
    ],
)  # fmt: skip
def test_markup_never_passes(markup: str, config: Config, embedder: Embedder) -> None:
    text = "The Kestrel Bridge cost 48 million euros."
    with Pipeline(config, embedder, Scripted(markup.format(text), size=3)) as pipeline:
        told = list(pipeline.stream(COST))
    answer = told[-1]
    assert isinstance(answer, Answer)
    assert answer.sentences[0].text in (text, COST_SENTENCE)  # mended, where a word is left over
    shown = " ".join([answer.text, *(p.draft for p in told if isinstance(p, Partial))])
    for leaked in ("evil", "http", "**", "<", "](", "alert", "hidden", "99", "|", "`", "²", "#"):
        assert leaked not in shown


def test_only_checked_sentences_stand_as_confirmed_on_the_way(
    config: Config, embedder: Embedder
) -> None:
    text = "The bridge cost 84 million euros [1]. The Kestrel Bridge cost 48 million euros [1]. And"
    with Pipeline(config, embedder, Scripted(text)) as pipeline:
        told = list(pipeline.stream(COST))
    partials = [one for one in told if isinstance(one, Partial)]
    assert isinstance(told[-1], Answer)
    assert len(partials) > 5
    for partial in partials:
        assert "84" not in " ".join(sentence.text for sentence in partial.sentences)
    assert any("84" in partial.draft for partial in partials)
    counts = [len(partial.sentences) for partial in partials]
    assert counts == sorted(counts)
    assert counts[-1] >= 1


def test_evidence_is_packed_to_its_budget(tmp_path: Path, embedder: Embedder) -> None:
    news = tmp_path / "news"
    news.mkdir()
    phases = [f"Phase {n} of the Orvale tunnel cost {n * 7} million crowns." for n in range(1, 40)]
    (news / "tunnel.txt").write_text("\n\n".join(phases))
    config = Config(articles=news, index=tmp_path / "index", min_confidence=0.0)
    with Pipeline(config, embedder) as pipeline:
        pipeline.sync()
    lengths = []
    for tokens in (100, 10_000):
        model = Scripted("Phase 4 of the Orvale tunnel cost 28 million crowns [1].")
        with Pipeline(replace(config, llm_evidence_tokens=tokens), embedder, model) as pipeline:
            answer = pipeline.ask("How much did phase 4 of the Orvale tunnel cost?")
        assert "28 million" in answer.text
        assert "cost 28 million crowns" in model.prompts[0].user
        lengths.append(len(model.prompts[0].user))
    assert lengths[0] < 100 * 4 + 200
    assert lengths[0] < lengths[1]


def test_a_draft_is_asked_for_once_where_a_cache_is_asked_for(
    config: Config, embedder: Embedder
) -> None:
    cached = replace(config, llm_cache=True)
    model = Scripted("The Kestrel Bridge cost 48 million euros [1].")
    with Pipeline(cached, embedder, model) as pipeline:
        first, second = pipeline.ask(COST), pipeline.ask(COST)
        assert len(model.prompts) == 1
        assert first.sentences == second.sentences
        assert first.usage is not None
        assert second.usage is not None
        assert (first.usage.cached, second.usage.cached) == (False, True)
        assert second.usage.completion_tokens == 0
        pipeline.ask(LENGTH)
        assert len(model.prompts) == 2
    other = Scripted(model.text, name="another")
    with Pipeline(cached, embedder, other) as pipeline:
        assert pipeline.ask(COST).usage.cached is False  # type: ignore[union-attr]
    file = cached.index_path / "drafts.sqlite3"
    assert COST.encode() not in file.read_bytes()
    file.write_bytes(b"no database " * 1000)
    with Pipeline(cached, embedder, model) as pipeline:
        assert pipeline.ask(COST).sentences == first.sentences
        assert pipeline.ask(COST).usage.cached  # type: ignore[union-attr]
    file.unlink()


def test_without_the_setting_nothing_is_kept(config: Config, embedder: Embedder) -> None:
    model = Scripted(f"{COST_SENTENCE} [1]")
    with Pipeline(config, embedder, model) as pipeline:
        pipeline.ask(COST)
        pipeline.ask(COST)
    assert len(model.prompts) == 2
    assert not (config.index_path / "drafts.sqlite3").exists()


class LlamaIndexScripted(CustomLLM):
    """An ``LLM`` of llama-index's own kind."""

    text: str = "The Kestrel Bridge cost 48 million euros [1]."
    fails: bool = False

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="theirs")

    def complete(self, prompt: str, **_: Any) -> CompletionResponse:
        return CompletionResponse(text=self.text)

    def stream_complete(self, prompt: str, **_: Any) -> Any:
        if self.fails:
            raise RuntimeError("with the key sk-secret in it")
        said = ""
        for word in self.text.split(" "):
            said += word + " "
            yield CompletionResponse(text=said, delta=word + " ")


def test_any_model_of_llama_index_drafts(config: Config) -> None:
    engine = QueryEngine.open(config, llm=LlamaIndexScripted())
    answer = engine.query(COST).answer
    assert answer.sentences[0].text == "The Kestrel Bridge cost 48 million euros."
    assert answer.usage.model == "theirs"
    assert answer.fingerprint != config.fingerprint
    engine.close()
    again = QueryEngine.from_articles(
        config.articles, index=config.index_path, llm=LlamaIndexScripted(fails=True)
    )
    answer = again.ask(COST)
    assert answer.sentences
    assert "RuntimeError" in answer.notice
    assert "sk-secret" not in repr(answer)
    again.close()


def test_what_is_no_model_is_refused(config: Config) -> None:
    with pytest.raises(ConfigError, match="no language model"):
        QueryEngine.open(config, llm=object())


def test_the_fingerprint_tells_models_apart(config: Config, embedder: Embedder) -> None:
    prints = {
        Pipeline(config, embedder).fingerprint,
        Pipeline(config, embedder, Scripted("", "one")).fingerprint,
        Pipeline(config, embedder, Scripted("", "two")).fingerprint,
        Pipeline(replace(config, llm="a", llm_url="http://x/v1"), embedder).fingerprint,
        Pipeline(replace(config, llm="b", llm_url="http://x/v1"), embedder).fingerprint,
    }
    assert len(prints) == 5


def run_cli(capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> tuple[int, str]:
    capsys.readouterr()
    code = main(list(arguments))
    return code, capsys.readouterr().out


def test_the_command_line_asks_an_endpoint(
    config: Config, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    common = ["--articles", str(config.articles), "--index", str(config.index_path)]
    draft = ("The Kestrel Bridge cost ", "48 million euros [1].", " It cost 84 dollars [1].")
    with serving(writing(*draft)) as endpoint:
        options = ["--llm", MODEL, "--llm-url", endpoint.url, *common]
        code, out = run_cli(capsys, ["ask", COST, "--json", *options])
        told = json.loads(out)
        assert code == 0
        assert told["usage"]["model"] == MODEL
        assert (told["usage"]["prompt_tokens"], told["usage"]["completion_tokens"]) == (70, 7)
        assert told["usage"]["first_confirmed_seconds"] > 0
        assert told["sentences"][0]["verdict"]["label"] == "supported"
        assert told["rejected"][0]["text"] == "It cost 84 dollars."
        assert told["notice"] == ""
        code, out = run_cli(capsys, ["ask", COST, *options])
        assert "The Kestrel Bridge cost 48 million euros. [1]" in out
        assert "Drafted by fake-model" in out
        code, out = run_cli(capsys, ["doctor", "--json", *options])
        checks = {check["name"]: check for check in json.loads(out)["checks"]}
        assert checks["llm"]["state"] == "ok"
    code, out = run_cli(capsys, ["ask", COST, *options])
    assert code == 0
    assert "cannot be reached" in out
    assert COST_SENTENCE in out
