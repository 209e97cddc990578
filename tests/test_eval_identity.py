"""Rows of one bot never pass for another's: how a callable is told, and when it cannot be."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from eval_small_set import small_set

from eval import run
from eval.answerers import ask_all
from eval.identity import UNREAD, identity_of
from eval.provenance import engine_identity
from eval.running import discard, read_manifest
from eval.values import EvalSet, SetError
from rag.config import Config
from rag.values import Turn

WORD = "yes"


@pytest.fixture
def questions(tmp_path: Path) -> EvalSet:
    return small_set(tmp_path / "set")


class Bot:
    def __init__(self, model: object) -> None:
        self.model = model

    def __call__(self, _question: str) -> str:
        return f"{self.model}"

    def ask(self, question: str) -> str:
        return self(question)


class Shouting(Bot):
    def __call__(self, _question: str) -> str:
        return f"{self.model}!"


def saying(word: object) -> Callable[[str], str]:
    return lambda _: str(word)


def speak(question: str, word: str = "a") -> str:
    return word


def by_global(question: str) -> str:
    return WORD


def by_helper(question: str) -> str:
    return speak(question)


DIFFERENT = [
    (lambda _: None, lambda _: "yes"),
    (saying("a"), saying("b")),
    (saying(["a", {"b": 1}]), saying(["a", {"b": 2}])),
    (Bot("a"), Bot("b")),
    (Bot("a"), Shouting("a")),
    (Bot("a").ask, Bot("b").ask),
    (Bot("a"), Bot("a").ask),
    (functools.partial(speak, word="a"), functools.partial(speak, word="b")),
    ({"q": "a"}.get, {"q": "b"}.get),
    (str.upper, str.lower),
    (speak, by_helper),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_bots_have_two_identities(one: Callable, other: Callable) -> None:
    assert identity_of(one) != identity_of(other)
    assert identity_of(one) == identity_of(one)
    assert UNREAD not in identity_of(one) | identity_of(other)


@pytest.mark.parametrize(("one", "other"), [(saying("a"), saying("a")), (Bot("a"), Bot("a"))])
def test_the_same_bot_made_again_is_the_same(one: Callable, other: Callable) -> None:
    assert identity_of(one) == identity_of(other)


def test_globals_and_helpers_count(monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity_of(by_global), identity_of(by_helper)
    monkeypatch.setitem(globals(), "WORD", "no")
    monkeypatch.setitem(globals(), "speak", lambda _: "no")
    assert identity_of(by_global) != before[0]
    assert identity_of(by_helper) != before[1]


def test_a_value_that_holds_itself_is_read_once() -> None:
    endless: list = ["a"]
    endless.append(endless)
    assert identity_of(saying(endless)) != identity_of(saying(["a"]))


def test_rows_of_another_bot_are_not_kept(questions: EvalSet, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    asked: list[str] = []
    run(questions, saying("a"), out, limit=2)
    before = out.read_bytes()
    with pytest.raises(SetError, match=r"another bot.*its code, or a value.*fresh=True"):
        run(questions, saying("b"), out)
    assert out.read_bytes() == before
    assert run(questions, saying("a"), out).kept == 2
    report = run(questions, asked.append, out, fresh=True)
    assert (report.kept, len(asked), len(report.rows)) == (0, 4, 4)


def test_a_bot_that_cannot_be_told_goes_on_only_where_its_owner_says_so(
    questions: EvalSet, tmp_path: Path
) -> None:
    out = tmp_path / "rows.jsonl"
    bot = saying(threading.Lock())
    run(questions, bot, out, limit=2)
    with pytest.raises(
        SetError, match=r"it holds _thread\.lock, .*fresh=True.*identity=\{"
    ) as told:
        run(questions, bot, out)
    recorded = read_manifest(out)["identity"]
    assert f"identity={recorded}" in str(told.value)
    assert run(questions, bot, out, identity=recorded).kept == 2


@pytest.mark.parametrize(
    "bot",
    [
        lambda _, top_k=5: f"{top_k}",
        lambda _, /, top_k=5: f"{top_k}",
        lambda _, *, top_k=5, **others: f"{top_k}{others or ''}",
        lambda _, *others: f"5{others or ''}",
    ],
)
def test_a_parameter_of_the_bots_own_is_left_alone(
    bot: Callable, questions: EvalSet, tmp_path: Path
) -> None:
    report = run(questions, bot, tmp_path / "rows.jsonl")
    assert {row.answer for row in report.rows.values()} == {"5"}


def by_name(question: str, top_k: int = 5, *, history: Sequence[Turn]) -> str:
    return f"{len(history)} {top_k}"


def by_place(question: str, turns: Sequence[Turn], /) -> str:
    return f"{len(turns)} 5"


@pytest.mark.parametrize("bot", [by_name, by_place, lambda _, history: f"{len(history)} 5"])
def test_earlier_turns_are_given_to_a_bot_that_takes_them(
    bot: Callable, questions: EvalSet, tmp_path: Path
) -> None:
    report = run(questions, bot, tmp_path / "rows.jsonl")
    assert [row.answer for row in report.rows.values()] == ["0 5", "0 5", "0 5", "2 5"]


def test_the_manifest_tells_every_setting_and_no_secret(
    questions: EvalSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = Config(max_sentences=2, password="open sesame")
    ask_all(config, questions, Path("rows.jsonl"), limit=1)
    text = Path("rows.jsonl.manifest.json").read_text(encoding="utf-8")
    assert "open sesame" not in text
    manifest = read_manifest(Path("rows.jsonl"))
    assert manifest["configuration"]["max_sentences"] == 2
    assert set(manifest["configuration"]) == set(Config.__dataclass_fields__)
    assert {"rag/weights.json", "rag/entailment.npz", "embedder/model.safetensors"} <= set(
        manifest["files"]
    )


def test_another_model_at_the_same_path_is_another_engine(tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    embedder = tmp_path / "embedder"
    embedder.mkdir()
    for path in (model, embedder / "weights.safetensors"):
        path.write_bytes(b"one")
    config = Config(llm=str(model), embedder=str(embedder))
    seen = [engine_identity(config, "footnote").compared]
    for path in (model, embedder / "weights.safetensors"):
        path.write_bytes(b"two")
        seen.append(engine_identity(config, "footnote").compared)
    assert seen[0] != seen[1] != seen[2]
    assert engine_identity(config, "footnote").compared == seen[2]


def test_a_setting_that_changes_no_answer_is_recorded_and_not_compared() -> None:
    one, other = (engine_identity(Config(port=port), "footnote") for port in (1, 2))
    assert one.compared == other.compared
    assert one.recorded != other.recorded


def test_discarding_takes_the_manifest_along(questions: EvalSet, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    run(questions, saying("a"), out)
    discard(out)
    assert list(tmp_path.glob("rows*")) == []
