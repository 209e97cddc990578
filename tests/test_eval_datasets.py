import json
from pathlib import Path

import pytest
from eval_small_set import BRIDGE, CORPUS, FERRY, GOLD, QUERIES, small_set, write_lines, write_set

from eval.datasets import load_set
from eval.values import SetError
from rag.values import Turn


def test_a_beir_folder(tmp_path: Path) -> None:
    loaded = small_set(tmp_path)
    assert loaded.problems == ()
    assert loaded.articles == tmp_path / "corpus.jsonl"
    assert loaded.texts == {"bridge": BRIDGE, "ferry": FERRY, "bridge-again": BRIDGE}
    assert [question.id for question in loaded.questions] == ["q1", "q2", "q3", "q4"]
    assert loaded.relevant["q2"] == {"ferry": 1}
    assert loaded.gold["q1"].answers == ("1911", "in 1911")
    assert [question.unit for question in loaded.questions] == ["dev", "fare", "dev", "test"]
    history = loaded.questions[3].history
    assert history == (Turn("What opened in 1911?"), Turn("Where?", "At Marn."))


def test_a_beir_folder_without_gold_has_relevance_only(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "gold.jsonl").unlink()
    loaded = load_set(tmp_path)
    assert (loaded.gold, loaded.problems) == ({}, ())
    assert loaded.relevant["q1"] == {"bridge": 1}


def test_without_qrels_the_evidence_tells_what_is_relevant(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "qrels" / "test.tsv").unlink()
    assert load_set(tmp_path).relevant == {
        "q1": {"bridge": 1},
        "q2": {"ferry": 1},
        "q4": {"bridge": 1},
    }


@pytest.mark.parametrize(
    ("file", "row", "reason"),
    [
        ("queries.jsonl", {"text": "Who?"}, "'_id' must be a text"),
        ("queries.jsonl", {"_id": "q9", "text": "  "}, "'text' must be a text"),
        ("queries.jsonl", {"_id": "q1", "text": "Again?"}, "'q1' is there twice"),
        ("queries.jsonl", {"_id": "q9", "text": "A?", "metadata": [1]}, "'metadata' must be"),
        ("queries.jsonl", {"_id": "q9", "text": "A?", "metadata": {"history": "B?"}}, "'history'"),
        ("queries.jsonl", {"_id": "q9", "text": "A?", "metadata": {"history": [{}]}}, "'question'"),
        ("queries.jsonl", ["q9"], "not a JSON object"),
        ("corpus.jsonl", {"_id": "x"}, "'text' must be a text"),
        ("corpus.jsonl", {"_id": "ferry", "text": "Another."}, "'ferry' is there twice"),
        ("gold.jsonl", {"_id": "q9", "answerable": False}, "not among the questions"),
        ("gold.jsonl", {"_id": "q3", "answerable": "no"}, "'answerable' must be true or false"),
        ("gold.jsonl", GOLD[2], "'q3' is there twice"),
        ("gold.jsonl", {**GOLD[2], "answers": "none"}, "'answers' is not a list"),
        ("gold.jsonl", {**GOLD[2], "evidence": [{"doc_id": "ferry"}]}, "'start' must be a whole"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_kept(
    file: str, row: object, reason: str, tmp_path: Path
) -> None:
    write_set(tmp_path)
    with (tmp_path / file).open("a", encoding="utf-8") as lines:
        lines.write("\n" + json.dumps(row) + "\n")
    line = len((tmp_path / file).read_text(encoding="utf-8").splitlines())
    loaded = load_set(tmp_path)
    assert len(loaded.questions) == len(QUERIES)
    assert len(loaded.gold) == len(GOLD)
    [problem] = loaded.problems
    assert (problem.file, problem.line) == (file, line)
    assert reason in problem.reason


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    write_set(tmp_path)
    with (tmp_path / "queries.jsonl").open("a", encoding="utf-8") as lines:
        lines.write('{"_id": "q9", "te\n')
    assert str(load_set(tmp_path).problems[0]).startswith("queries.jsonl, line 5: not JSON")


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"start": 1}, "evidence at [1, 34) is"), ({"doc_id": "gone"}, "'gone', which is not there")],
)
def test_evidence_that_is_not_there_costs_its_gold(
    change: dict, reason: str, tmp_path: Path
) -> None:
    write_set(tmp_path)
    wrong = {**GOLD[0], "evidence": [{**GOLD[0]["evidence"][0], **change}]}
    write_lines(tmp_path / "gold.jsonl", [wrong, *GOLD[1:]])
    loaded = load_set(tmp_path)
    assert "q1" not in loaded.gold
    assert loaded.problems[0].line == 1
    assert reason in loaded.problems[0].reason
    assert "'q1' has no usable gold" in loaded.problems[1].reason


def test_of_two_articles_of_one_id_the_first_counts(tmp_path: Path) -> None:
    write_set(tmp_path)
    write_lines(tmp_path / "corpus.jsonl", [*CORPUS, {**CORPUS[1], "text": "Another."}])
    assert load_set(tmp_path).texts["ferry"] == FERRY


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            {"answerable": True, "answers": [], "evidence": []},
            "an answerable question needs an answer, evidence or a relevant article",
        ),
        ({"answers": ["Ida"]}, "an unanswerable question has an answer or evidence"),
        (
            {"evidence": GOLD[0]["evidence"]},
            "an unanswerable question has an answer or evidence",
        ),
    ],
)
def test_gold_that_contradicts_itself_is_named(row: dict, reason: str, tmp_path: Path) -> None:
    write_set(tmp_path)
    write_lines(tmp_path / "gold.jsonl", [*GOLD[:2], {**GOLD[2], **row}, GOLD[3]])
    loaded = load_set(tmp_path)
    assert "q3" not in loaded.gold
    problem, without = loaded.problems
    assert (problem.file, problem.line, problem.reason) == ("gold.jsonl", 3, reason)
    assert "'q3' has no usable gold" in without.reason


def test_a_relevant_article_alone_makes_a_question_answerable(tmp_path: Path) -> None:
    write_set(tmp_path)
    bare = {**GOLD[0], "answers": [], "evidence": []}
    write_lines(tmp_path / "gold.jsonl", [bare, *GOLD[1:]])
    loaded = load_set(tmp_path)
    assert loaded.problems == ()
    assert loaded.gold["q1"].answerable


def test_bad_qrels_are_named(tmp_path: Path) -> None:
    write_set(tmp_path)
    with (tmp_path / "qrels" / "test.tsv").open("a", encoding="utf-8") as lines:
        lines.write("q1 bridge 1\nq9\tbridge\t1\nq3\tferry\t0\nq3\tgone\t0\n")
        lines.write("q1\tgone\t1\nq1\tbridge\t2\n")
    loaded = load_set(tmp_path)
    assert [(problem.line, problem.reason) for problem in loaded.problems] == [
        (5, "not query-id, corpus-id and a whole-number score"),
        (6, "no question 'q9'"),
        (9, "no article 'gone'"),
        (10, "article 'bridge' is graded twice for question 'q1'"),
    ]
    assert loaded.relevant["q1"] == {"bridge": 1}
    assert "q3" not in loaded.relevant


def test_set_toml_names_its_articles_from_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_set(tmp_path / "sets" / "one")
    (tmp_path / "sets" / "one" / "corpus.jsonl").unlink()
    write_lines(tmp_path / "news" / "corpus.jsonl", CORPUS)
    toml = 'name = "mine"\narticles = "../../news/corpus.jsonl"\n'
    (tmp_path / "sets" / "one" / "set.toml").write_text(toml, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    loaded = load_set("sets/one")
    assert (loaded.name, loaded.problems) == ("mine", ())
    assert loaded.articles == tmp_path / "news" / "corpus.jsonl"


def test_the_data_hash_follows_the_data(tmp_path: Path) -> None:
    first = small_set(tmp_path / "a")
    assert small_set(tmp_path / "b").data_hash == first.data_hash
    write_lines(tmp_path / "b" / "corpus.jsonl", [*CORPUS, {"_id": "new", "text": "New."}])
    assert load_set(tmp_path / "b").data_hash != first.data_hash


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        ({}, "neither corpus.jsonl nor set.toml"),
        ({"corpus.jsonl": "{}"}, "queries.jsonl cannot be read"),
        ({"corpus.jsonl": "", "queries.jsonl": "[]\n"}, "no question that can be asked"),
        ({"set.toml": "name = 1"}, "names no articles"),
        ({"set.toml": "name ="}, "is not TOML"),
    ],
)
def test_a_folder_that_is_no_set(files: dict, wrong: str, tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SetError, match=wrong):
        load_set(tmp_path)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(SetError, match="There is no set at"):
        load_set(tmp_path / "gone")
