"""SQuAD 2.0 json reads as it is published, and what is malformed is named with its place."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from eval import load_set
from eval.values import EvalSet, SetError
from rag.cli import main

BRIDGE = "The bridge at Marn opened in 1911. It cost 40,000 crowns. Ida Holm built it."
FERRY = "The ferry to Osk sails twice a day. The fare is 3 crowns."


def answer(context: str, text: str) -> dict[str, Any]:
    return {"text": text, "answer_start": context.index(text)}


def qa(name: str, question: str, *answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": name, "question": question, "answers": list(answers), **more}


SQUAD: dict[str, Any] = {
    "version": "v2.0",
    "data": [
        {
            "title": "Bridge_of_Marn",
            "paragraphs": [
                {
                    "context": BRIDGE,
                    "qas": [
                        qa(
                            "when",
                            "When did it open? ",
                            answer(BRIDGE, "1911"),
                            answer(BRIDGE, "in 1911"),
                            answer(BRIDGE, "1911"),
                            is_impossible=False,
                        ),
                        qa(
                            "painted",
                            "Who painted it?",
                            is_impossible=True,
                            plausible_answers=[answer(BRIDGE, "Ida Holm")],
                        ),
                    ],
                }
            ],
        },
        {
            "title": "Ferry",
            "paragraphs": [
                {"context": FERRY, "qas": [qa("fare", "What is it?", answer(FERRY, "3 crowns"))]},
                {"context": BRIDGE, "qas": [qa("who", "Who?", answer(BRIDGE, "Ida Holm"))]},
            ],
        },
    ],
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The derived corpus goes under the working directory."""
    monkeypatch.chdir(tmp_path)


def load(value: Any) -> EvalSet:
    text = value if isinstance(value, str) else json.dumps(value)
    Path("dev.json").write_text(text, encoding="utf-8")
    return load_set("dev.json")


def test_questions_gold_and_clusters() -> None:
    loaded = load(SQUAD)
    assert (loaded.name, loaded.problems) == ("dev", ())
    assert [q.text for q in loaded.questions][:2] == ["When did it open?", "Who painted it?"]
    assert {(q.cluster, q.unit) for q in loaded.questions} == {
        ("Bridge_of_Marn", "Bridge_of_Marn"),
        ("Ferry", "Ferry"),
    }
    assert loaded.gold["when"].answers == ("1911", "in 1911")
    assert not loaded.gold["painted"].answerable
    assert loaded.gold["fare"].answerable  # as in version 1.1, without is_impossible


def test_evidence_is_the_sentence_that_holds_the_answer() -> None:
    [evidence] = load(SQUAD).gold["when"].evidence
    assert (evidence.start, evidence.text) == (0, "The bridge at Marn opened in 1911.")
    across = copy.deepcopy(SQUAD)
    across["data"][0]["paragraphs"][0]["qas"][0]["answers"] = [answer(BRIDGE, "1911. It cost")]
    [evidence] = load(across).gold["when"].evidence
    assert evidence.text == "The bridge at Marn opened in 1911. It cost 40,000 crowns."


def test_a_paragraph_that_is_there_twice_is_one_article() -> None:
    loaded = load(SQUAD)
    assert loaded.texts == {"Bridge_of_Marn-000": BRIDGE, "Ferry-000": FERRY}
    assert loaded.relevant["who"] == {"Bridge_of_Marn-000": 1}
    assert "painted" not in loaded.relevant


def test_the_corpus_is_what_an_engine_indexes_and_follows_the_json() -> None:
    from rag.loading import list_files, read_file

    def indexed(loaded: EvalSet) -> dict[str, str]:
        [file] = list_files(loaded.articles)
        return {article.id: article.text for article in read_file(file).articles}

    loaded = load(SQUAD)
    assert loaded.articles.parts[:2] == (".footnote", "sets")
    assert indexed(loaded) == loaded.texts
    written = loaded.articles.stat().st_mtime_ns
    assert load(SQUAD).articles.stat().st_mtime_ns == written
    edited = load(json.dumps(SQUAD).replace("twice a day", "once a day"))
    assert edited.articles == loaded.articles
    assert "once a day" in indexed(edited)["Ferry-000"]
    assert edited.data_hash != loaded.data_hash


def test_run_and_score_take_the_json(capsys: pytest.CaptureFixture[str]) -> None:
    load(SQUAD)
    assert main(["eval", "run", "dev.json", "--out", "rows.jsonl", "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)["scores"]
    assert scores["measures"]["hit@5"]["value"] == 1
    assert scores["measures"]["citation_validity"]["value"] in (1.0, None)
    assert main(["eval", "score", "dev.json", "rows.jsonl"]) == 0


def broken(**changes: Any) -> dict[str, Any]:
    """The set with its first question changed."""
    value = copy.deepcopy(SQUAD)
    value["data"][0]["paragraphs"][0]["qas"][0].update(changes)
    return value


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"answers": [{"text": "1911", "answer_start": 3}]}, "the answer '1911' is not at 3"),
        ({"answers": [{"text": "1911", "answer_start": -4}]}, "the answer '1911' is not at -4"),
        ({"answers": [{"text": "1911"}]}, "'answer_start' must be a whole number"),
        ({"answers": []}, "it has no answers and is not marked is_impossible"),
        ({"answers": "1911"}, "'answers' is not a list"),
        ({"is_impossible": True}, "it is impossible and has answers"),
        ({"is_impossible": "no"}, "'is_impossible' must be true or false"),
        ({"question": " "}, "'question' must be a text"),
        ({"id": 7}, "'id' must be a text"),
    ],
)
def test_a_bad_question_is_named_with_its_place(changes: dict[str, Any], reason: str) -> None:
    loaded = load(broken(**changes))
    [problem] = loaded.problems
    assert str(problem).startswith(f"dev.json: data[0].paragraphs[0].qas[0]: {reason}")
    assert [q.id for q in loaded.questions] == ["painted", "fare", "who"]


def test_ids_that_are_there_twice_are_named() -> None:
    [problem] = load(broken(id="painted")).problems
    assert "qas[1]: id 'painted' is there twice" in problem.reason


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (("data", 0), 5, "data[0]: it is not an object but 5"),
        (("data", 0), {"title": "Bridge"}, "data[0]: 'paragraphs' must be a list"),
        (("data", 0, "paragraphs", 0, "context"), "", "paragraphs[0]: 'context' must be a text"),
        (("data", 0, "paragraphs", 0, "context"), "a\0b", "paragraphs[0]: the context holds a NUL"),
        (("data", 0, "paragraphs", 0, "context"), "\ud800", "or half of a character"),
        (("data", 0, "paragraphs", 0, "qas"), {}, "paragraphs[0]: 'qas' must be a list"),
    ],
)
def test_what_is_malformed_is_left_out_alone(
    place: tuple[Any, ...], value: object, reason: str
) -> None:
    changed = copy.deepcopy(SQUAD)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    loaded = load(changed)
    assert [q.id for q in loaded.questions] == ["fare", "who"]
    [problem] = loaded.problems
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"data": [', r"dev\.json is not JSON: .*line 1 column 11"),
        ("[]", "it has no list called data"),
        ('{"rows": []}', "it has no list called data"),
        ('{"data": []}', "holds no question that can be asked"),
    ],
)
def test_no_squad_file_at_all(text: str, reason: str) -> None:
    with pytest.raises(SetError, match=reason):
        load(text)


def test_other_articles_cannot_be_named() -> None:
    load(SQUAD)
    with pytest.raises(SetError, match="holds its own articles"):
        load_set("dev.json", "seeds")
