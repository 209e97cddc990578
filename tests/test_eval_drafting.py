"""A drafted set is grammatical where it can be checked, loads as it is, and tells the truth."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from conftest import SEEDS
from newsroom import write_newsroom

from eval import load_set, run, score
from eval.command_sets import DRAFTED as OFFERED
from eval.controls import gold_oracle
from eval.drafting import DRAFTED, FEWEST_DRAFTED, csv_of, draft_set
from eval.drafting_clauses import Capitals
from eval.drafting_patterns import turn
from eval.drafting_people import speaker_names
from eval.drafting_verbs import base_of_past, base_of_present, is_participle
from eval.values import SetError
from rag.cli import main

HARBOUR = """Osk harbour grows

The port of Osk opened in 1911. The council approved 40 new flats in March 2021. The Osk Museum \
will reopen on 3 June 2022, the council said. The works cost about 2 million crowns. The repairs \
will take eleven weeks. Profits rose by 12 percent in 2020. In 1950, the ferry sank near Port Lund.

"Nobody was hurt," said Osk mayor Ada Lind. Ada Lind led the inquiry into the accident. Ivo Kern, \
director of the Osk Museum, wants a new roof for the hall. The exhibition was held in Port Lund.
"""


@pytest.mark.parametrize(
    ("past", "base"),
    [
        *(("opened", "open"), ("closed", "close"), ("planned", "plan"), ("noted", "note")),
        *(("carried", "carry"), ("died", "die"), ("agreed", "agree"), ("called", "call")),
        *(("added", "add"), ("won", "win"), ("said", "say"), ("cost", "cost"), ("cared", "care")),
        *(("hundred", ""), ("need", ""), ("bridge", ""), ("red", "")),
    ],
)
def test_base_of_past(past: str, base: str) -> None:
    assert base_of_past(past) == base


def test_forms_that_are_no_verb_are_left_alone() -> None:
    assert (base_of_present("owns"), base_of_present("carries")) == ("own", "carry")
    assert base_of_present("plans") == base_of_present("bus") == ""  # nouns, too
    assert is_participle("taken")
    assert is_participle("opened")
    assert not is_participle("open")


def asked_of(sentence: str, text: str = HARBOUR) -> dict[str, str]:
    """The questions that a sentence makes, with the first wording of each answer."""
    people = frozenset(name.split()[-1] for name in speaker_names(text))
    turned = turn(sentence, Capitals([text]), people)
    return {one.question: one.answers[0] for one in turned}


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("The port of Osk opened in 1911.", "When did the port of Osk open?", "1911"),
        (
            "The council approved 40 new flats in March 2021.",
            "How many new flats did the council approve in March 2021?",
            "40",
        ),
        (
            "The Osk Museum will reopen on 3 June 2022, the council said.",
            "When will the Osk Museum reopen?",
            "3 June 2022",
        ),
        (
            "The Osk Museum will reopen on 3 June 2022, the council said.",
            "Which museum will reopen on 3 June 2022?",
            "the Osk Museum",
        ),
        (
            "The works cost about 2 million crowns.",
            "How much did the works cost?",
            "about 2 million crowns",
        ),
        ("The repairs will take eleven weeks.", "How long will the repairs take?", "eleven weeks"),
        (
            "In 1950, the ferry sank near Port Lund.",
            "When did the ferry sink near Port Lund?",
            "1950",
        ),
        (
            '"Nobody was hurt," said Osk mayor Ada Lind.',
            "Who is the mayor of Osk?",
            "Ada Lind",
        ),
        (
            "Ivo Kern, director of the Osk Museum, wants a new roof for the hall.",
            "Who is the director of the Osk Museum?",
            "Ivo Kern",
        ),
        (
            "Ada Lind led the inquiry into the accident.",
            "Who led the inquiry into the accident?",
            "Ada Lind",
        ),
        (
            "The exhibition was held in Port Lund.",
            "Where was the exhibition held?",
            "Port Lund",
        ),
        (
            "The port is expected to hire 30 pilots by the end of 2023.",
            "What is the port expected to do?",
            "hire 30 pilots",
        ),
        (
            "The port is expected to hire 30 pilots by the end of 2023.",
            "By when is the port expected to hire 30 pilots?",
            "the end of 2023",
        ),
        (
            "Engineer Lena Foss designed the new bridge in Osk.",
            "What did Engineer Lena Foss design in Osk?",
            "the new bridge",
        ),
    ],
)
def test_a_sentence_is_turned_into_its_question(sentence: str, question: str, answer: str) -> None:
    assert asked_of(sentence).get(question) == answer


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        (
            "The works cost 2 million crowns, carry 12 lorries and employ the town.",
            "How much did the works cost?",
        ),
        ("The works will cost 2 million crowns and carry 12 lorries.", None),
        ("The port opened in 1911, said the council.", "When did the port open?"),
        ("The council will approve 40 flats in Osk and open schools.", None),
        ("The council will approve 40 flats in Osk, build schools.", None),
        (
            "The council approved 40 new flats in Osk and Port Lund.",
            "How many new flats did the council approve in Osk and Port Lund?",
        ),
    ],
)
def test_a_second_statement_is_left_out_or_makes_no_question(
    sentence: str, question: str | None
) -> None:
    text = f"{HARBOUR} In Osk and in Port Lund."
    assert set(asked_of(sentence, text)) == ({question} if question else set())


@pytest.mark.parametrize("office", ["Medical", "Osk Medical", "Deputy", "Town", "Conservative"])
def test_the_sort_of_an_office_is_not_whose_it_is(office: str) -> None:
    text = f"{HARBOUR} The Medical school, the Deputy and the Conservative of Osk Medical, in Town."
    text += " A town has conservative people."
    assert asked_of(f'"Nobody was hurt," said {office} director Ada Lind.', text) == {}
    assert "Who is the director of Port Lund?" in asked_of(
        '"Nobody was hurt," said Port Lund director Ada Lind.', text
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "It opened in 1911.",  # what did?
        "The port did not open in 1911.",
        "The bridge built in 1911 collapsed in 1950.",  # two verbs: which is the sentence's?
        "The council, which met in 1911, agreed.",
        "The port opened on Tuesday.",  # of which week?
        "Prices in 1911 crowns fell.",
        "Der Hafen wurde 1911 eröffnet.",
        "What opened in 1911?",
        "- The port opened in 1911",
        "He said the port opened in 1911.",
        "",
    ],
)
def test_no_question_is_better_than_a_bad_one(sentence: str) -> None:
    assert asked_of(sentence) == {}


WORDS_OF_QUESTIONS = {"When", "What", "Which", "Who", "Where", "How", "By"}


@pytest.fixture
def newsroom(tmp_path: Path) -> Path:
    folder = write_newsroom(tmp_path / "news")
    (folder / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    return folder


@pytest.mark.parametrize("own", [False, True])
def test_a_draft_loads_as_it_is_and_a_perfect_answerer_is_perfect(
    own: bool, newsroom: Path, tmp_path: Path
) -> None:
    folder = newsroom if own else SEEDS
    drafts = draft_set(folder)
    assert len(drafts) >= FEWEST_DRAFTED
    (tmp_path / "questions.csv").write_text(csv_of(drafts), encoding="utf-8")
    loaded = load_set(tmp_path / "questions.csv", folder)
    assert loaded.problems == ()
    assert [q.text for q in loaded.questions] == [draft.question for draft in drafts]
    for draft, gold in zip(drafts, loaded.gold.values(), strict=True):
        assert gold.answerable == draft.answerable
        assert all(p.text == draft.evidence for p in gold.evidence)
        assert not draft.answerable or draft.answers[0] in draft.evidence or own
        assert draft.question.endswith("?")
    oracle = score(loaded, run(loaded, gold_oracle(loaded), tmp_path / "rows.jsonl").rows)
    assert oracle.value("right_sentence_cited") == oracle.value("unanswerable_refused") == 1
    assert oracle.value("answer_contained") == 1


def test_the_unanswerable_are_of_several_kinds_and_no_article_has_their_twist(
    newsroom: Path,
) -> None:
    drafts = draft_set(newsroom)
    absent = [draft for draft in drafts if not draft.answerable]
    assert len(absent) >= 0.25 * len(drafts)
    assert {draft.kind for draft in absent} >= {"absent_name", "absent_detail", "off_topic"}
    texts = [path.read_text(encoding="utf-8") for path in newsroom.iterdir()]
    held = set(re.findall(r"\w+", " ".join(texts)))
    questions = {draft.question for draft in drafts if draft.answerable}
    for draft in absent:
        assert draft.question not in questions
        if draft.kind in ("absent_name", "absent_number"):
            assert set(re.findall(r"\w+", draft.question)) - {"s"} - held - WORDS_OF_QUESTIONS


def test_the_same_articles_give_the_same_draft(newsroom: Path) -> None:
    assert draft_set(newsroom) == draft_set(newsroom)
    few = draft_set(newsroom, 4)
    assert len(few) == 4
    assert few[0] == draft_set(newsroom)[0]


def test_a_reprint_is_not_asked_twice(newsroom: Path) -> None:
    before = draft_set(newsroom)
    (newsroom / "zz-reprint.txt").write_text(HARBOUR, encoding="utf-8")
    assert draft_set(newsroom) == before
    assert len({draft.question for draft in before}) == len(before)


def test_articles_that_yield_nothing_are_told(tmp_path: Path) -> None:
    (tmp_path / "kurz.txt").write_text("Der Hafen wurde eröffnet.\n", encoding="utf-8")
    with pytest.raises(SetError, match="No question could be made"):
        draft_set(tmp_path)


def test_the_command(
    newsroom: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert OFFERED == DRAFTED
    command = ["eval", "init", "news", "--out", "questions.csv"]
    assert main(command) == 0
    printed = capsys.readouterr().out
    told = "footnote eval run questions.csv --articles news --out reports/questions.jsonl"
    assert told in printed, "where the chat's tab looks for reports"
    with (tmp_path / "questions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["answerable"] for row in rows} == {"yes", "no"}
    (tmp_path / "questions.csv").write_text("mine", encoding="utf-8")
    assert main(command) == 1
    assert (tmp_path / "questions.csv").read_text(encoding="utf-8") == "mine"
    assert "is there already" in capsys.readouterr().err
    assert main([*command, "--force", "--json", "--count", "6"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert (value["questions"], value["answerable"], value["problems"]) == (6, 4, [])


def test_the_command_as_the_help_has_it_writes_beside_the_articles(
    newsroom: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["eval", "init", "news", "--count", "4"]) == 0
    printed = capsys.readouterr()
    assert "4 questions in news-questions.csv" in printed.out
    assert printed.err == ""
    written = (tmp_path / "news-questions.csv").read_bytes()
    monkeypatch.chdir(newsroom)
    assert main(["eval", "init", "."]) == 1
    assert "news-questions.csv is there already" in " ".join(capsys.readouterr().err.split())
    assert (tmp_path / "news-questions.csv").read_bytes() == written
    one_file = newsroom / "harbour.txt"
    assert main(["eval", "init", str(one_file), "--count", "2", "--out", "../one.csv"]) == 0


def test_fewer_questions_than_were_wanted_are_told_of(
    newsroom: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    found = len(draft_set(newsroom, 900))
    assert main(["eval", "init", "news", "--count", "900"]) == 0
    told = " ".join(capsys.readouterr().err.split())
    assert f"{found} questions instead of 900: the patterns find no more" in told


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["news", "--out", "questions.txt"], "is no .csv file"),
        (["news", "--out", "news/questions.csv"], "would lie among the articles"),
        (["gone", "--out", "questions.csv"], "gone"),
    ],
)
def test_mistakes_of_the_command_are_told(
    arguments: list[str],
    reason: str,
    newsroom: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["eval", "init", *arguments]) == 1
    assert reason in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "questions.csv").exists()
