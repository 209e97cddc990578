import re
from pathlib import Path

import pytest
from eval_small_set import BRIDGE, CORPUS, FERRY, write_lines

from eval.datasets import load_set
from eval.values import EvalSet, SetError
from rag.values import Turn


def load(tmp_path: Path, text: str, suffix: str = ".csv") -> EvalSet:
    write_lines(tmp_path / "corpus.jsonl", CORPUS[:2])
    questions = tmp_path / f"mine{suffix}"
    questions.write_text(text, encoding="utf-8")
    return load_set(questions, tmp_path / "corpus.jsonl")


def test_a_csv(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "Question,Answer,Evidence,Kind\n"
        "When did it open?,1911|in 1911,The bridge at Marn opened in 1911.,fact\n"
        '"Who painted it, and when?",,,\n',
    )
    assert loaded.problems == ()
    assert [question.text for question in loaded.questions] == [
        "When did it open?",
        "Who painted it, and when?",
    ]
    first, second = (loaded.gold[question.id] for question in loaded.questions)
    assert (first.answerable, first.kind, first.answers) == (True, "fact", ("1911", "in 1911"))
    [evidence] = first.evidence
    assert BRIDGE[evidence.start : evidence.end] == evidence.text
    assert (second.answerable, second.kind) == (False, "unanswerable")
    assert loaded.relevant == {"line-2": {"bridge": 1}}


def test_a_jsonl(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        '{"id": "fare", "question": "What is the fare?", "answers": ["3 crowns"]}\n'
        '{"question": "Who?", "answerable": false}\n',
        ".jsonl",
    )
    assert loaded.problems == ()
    assert loaded.gold["fare"].answers == ("3 crowns",)
    assert not loaded.gold["line-2"].answerable


def test_evidence_that_stands_twice_counts_at_both_places(tmp_path: Path) -> None:
    loaded = load(tmp_path, "question,evidence\nWhat does it cost?,crowns\n")
    assert [p.doc_id for p in loaded.gold["line-2"].evidence] == ["bridge", "ferry"]


@pytest.mark.parametrize("article", ["ferry", "Ferry", " the  FERRY to Osk "])
def test_the_article_column_says_where_the_words_stand(article: str, tmp_path: Path) -> None:
    told = {**CORPUS[1], "title": "The ferry to Osk"}
    write_lines(tmp_path / "corpus.jsonl", [CORPUS[0], told, {**told, "_id": "Ferry"}])
    questions = tmp_path / "mine.csv"
    questions.write_text(f"question,evidence,article\nHow much?,crowns,{article}\n", "utf-8")
    loaded = load_set(questions, tmp_path / "corpus.jsonl")
    assert loaded.problems == ()
    found = [passage.doc_id for passage in loaded.gold["line-2"].evidence]
    assert found == ([article] if article in loaded.texts else ["ferry", "Ferry"])


def test_an_article_is_named_by_its_file_too(tmp_path: Path) -> None:
    for name, text in (("bridge.txt", BRIDGE), ("old/ferry.txt", FERRY), ("town.txt", FERRY)):
        (tmp_path / "news" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "news" / name).write_text(text, encoding="utf-8")
    questions = tmp_path / "mine.csv"
    questions.write_text("question,evidence,article\nHow much?,crowns,ferry.txt\n", "utf-8")
    loaded = load_set(questions, tmp_path / "news")
    assert [passage.doc_id for passage in loaded.gold["line-2"].evidence] == ["old/ferry.txt"]
    assert loaded.relevant == {"line-2": {"old/ferry.txt": 1}}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("crowns,tram", "no article has the id, the file name or the title 'tram'"),
        ("The fare,bridge", "article 'bridge' has not the evidence 'The fare'"),
    ],
)
def test_an_article_that_is_not_there_is_named(row: str, reason: str, tmp_path: Path) -> None:
    loaded = load(tmp_path, f"question,evidence,article\nWho?,,\nHow much?,{row}\n")
    [problem] = loaded.problems
    assert (problem.file, problem.line, problem.reason) == ("mine.csv", 3, reason)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",1911,,", "'question' must be a text"),
        ("When?,1911,In 1912.,", "no article has the evidence"),
        ("When?,1911,,perhaps", "'answerable' must be yes or no"),
        ("When?,1911,,no", "an unanswerable question has an answer"),
        ("When?,,,yes", "needs an answer or evidence"),
        ("When?,1911,,yes,more", "more cells than columns"),
    ],
)
def test_bad_rows_are_named(row: str, reason: str, tmp_path: Path) -> None:
    loaded = load(tmp_path, f"question,answer,evidence,answerable\nWho?,,,\n{row}\n")
    assert len(loaded.questions) == 1
    [problem] = loaded.problems
    assert (problem.file, problem.line) == ("mine.csv", 3)
    assert reason in problem.reason


def test_a_row_begins_where_its_first_cell_does(tmp_path: Path) -> None:
    loaded = load(tmp_path, 'question,answer,answerable\n"Who\nbuilt it?",Ida,\nWhen?,1911,maybe\n')
    assert [question.id for question in loaded.questions] == ["line-2"]
    assert [problem.line for problem in loaded.problems] == [4]


def test_spreadsheets_with_semicolons_and_a_byte_order_mark(tmp_path: Path) -> None:
    loaded = load(tmp_path, "\ufeffquestion;answer;notes\nWhen, exactly?;1911;mine\n\n;;\n")
    assert loaded.problems == ()
    assert [question.text for question in loaded.questions] == ["When, exactly?"]


def test_history(tmp_path: Path) -> None:
    loaded = load(tmp_path, "question,answer,history\nAnd who?,Ida,What opened? | Where?\n")
    assert loaded.questions[0].history == (Turn("What opened?"), Turn("Where?"))
    row = '{"question": "Who?", "history": ["What?", {"question": "Where?", "answer": "At Marn."}]}'
    loaded = load(tmp_path, row, ".jsonl")
    assert loaded.questions[0].history == (Turn("What?"), Turn("Where?", "At Marn."))


def test_evidence_may_break_its_lines_elsewhere(tmp_path: Path) -> None:
    loaded = load(tmp_path, 'question,evidence\nWhen?,"The bridge at\n  Marn opened in 1911."\n')
    [evidence] = loaded.gold["line-2"].evidence
    assert evidence.text == "The bridge at Marn opened in 1911."


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('{"question": 5}', "'question' must be a text"),
        ('{"question": "Who?", "answers": [5]}', "'answers' must be a text or a list of texts"),
        ('{"question": "Who?", "answerable": "perhaps"}', "'answerable' must be yes or no"),
        ('{"question": "Who?", "history": [5]}', "'history' is not a list of the right kind"),
        ('{"question": "Who?", "history": [{"answer": "Ida"}]}', "'question' must be a text"),
        ('{"question": "Who?", "evidense": "Ida"}', "no column 'evidense'; is it 'evidence'"),
        ('{"question": "Who?", "id": "one"}', "id 'one' is there twice"),
        ("[]", "not a JSON object"),
        ("{", "not JSON"),
    ],
)
def test_bad_lines_are_named(row: str, reason: str, tmp_path: Path) -> None:
    loaded = load(tmp_path, f'{{"id": "one", "question": "Who?"}}\n{row}\n', ".jsonl")
    assert len(loaded.questions) == 1
    [problem] = loaded.problems
    assert (problem.file, problem.line) == ("mine.jsonl", 2)
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("question,answer\n", "holds no question that can be asked"),
        ("q,answer\nWho?,Ida\n", "no column called question; its first line is 'q, answer'"),
        ("Who built it?,Ida\n", "no column called question"),
        ("question,anwser\nWho?,Ida\n", "no column 'anwser'; is it 'answer'"),
        ("question,answer,answer\nWho?,Ida,\n", "two columns called answer"),
        ('question,answer\nWho?,"Ida\nWhen?,1911\n', "line 2 is not CSV: unexpected end of data"),
        ('question,answer\nWho?,"' + 140_000 * "x", "line 2 is not CSV: field larger"),
    ],
)
def test_a_csv_that_cannot_be_used(text: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(SetError, match=re.escape(reason)):
        load(tmp_path, text)


def test_another_encoding_is_told(tmp_path: Path) -> None:
    load(tmp_path, "question\nWho?\n")
    (tmp_path / "mine.csv").write_bytes("question\nWie groß?\n".encode("latin-1"))
    with pytest.raises(SetError, match="is not UTF-8 text"):
        load_set(tmp_path / "mine.csv", tmp_path / "corpus.jsonl")


def test_questions_alone_need_their_articles(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("question\nWho?\n", encoding="utf-8")
    with pytest.raises(SetError, match="--articles"):
        load_set(tmp_path / "mine.csv")
