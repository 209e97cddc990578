"""What a report collects: slices, failures with their reasons, and two runs side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from eval_report_set import (
    CANAL,
    HOSTILE_ID,
    TOLL,
    better_rows,
    hostile_rows,
    hostile_set,
)
from eval_small_set import small_set, write_set
from hypothesis import given
from hypothesis import strategies as st

from eval import run
from eval.control_report import controls_path, write_controls
from eval.controls import ALWAYS_REFUSE, CONTROLS, always_refuse, gold_oracle
from eval.excerpts import Mark
from eval.judged import Blame
from eval.report import Report, collect
from eval.report_failures import Failure, Fault
from eval.report_files import folder_of, write_report
from eval.report_slices import OTHERS, OUTLETS_SHOWN, UNKNOWN, quartiles, slicings
from eval.values import EvalSet, SetError
from eval.verdicts import FACT_SWAPPED, GOLD_REMOVED
from rag.cli import main
from rag.values import Article


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> EvalSet:
    return hostile_set(tmp_path_factory.mktemp("hostile") / "set")


@pytest.fixture(scope="module")
def report(hostile: EvalSet, tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("rows")
    rows, better = hostile_rows(folder / "rows.jsonl"), better_rows(folder / "better.jsonl")
    return collect(hostile, better, rows)


def failure(report: Report, name: str) -> Failure:
    [found] = [failure for failure in report.run.failures if failure.id == name]
    return found


def test_every_question_that_went_wrong_has_its_reason(report: Report) -> None:
    assert {failure.id: failure.fault for failure in report.run.failures} == {
        "error": Fault.ERROR,
        "invalid": Fault.INVALID,
        "unsaid": Fault.NOT_REFUSED,
        "wrong": Fault.WRONG_SENTENCE,
        "no evidence": Fault.WRONG_ANSWER,
        "refused": Fault.REFUSED,
    }
    assert report.run.faults == dict.fromkeys(Fault, 1)
    assert (report.run.scores.missing, report.run.scores.errors) == (1, 1)
    assert len(report.run.scores.problems) == 1


def test_a_miss_is_blamed_on_the_retriever_or_on_the_answerer(report: Report) -> None:
    assert failure(report, "wrong").blame is Blame.RETRIEVER
    assert failure(report, "refused").blame is Blame.REFUSED
    assert failure(report, "unsaid").blame is Blame.UNANSWERABLE
    assert failure(report, "no evidence").blame is Blame.RETRIEVER  # it found no article at all
    assert failure(report, "invalid").blame is failure(report, "error").blame is None


def test_a_failure_shows_where_it_cited_and_where_gold_is(report: Report) -> None:
    cited, gold = failure(report, "wrong").excerpts
    assert (cited.doc_id, gold.doc_id) == ("quiet", "canal")
    assert (gold.title, gold.outlet, gold.date) == ("The canal", "Marn Times", "2024-06-30")
    assert [piece.text for piece in gold.pieces if piece.mark is Mark.GOLD] == [TOLL]
    assert sum(len(piece.text) for piece in gold.pieces) < len(CANAL) / 2
    assert cited.title == "quiet", "an article without a title goes by its name"


def test_a_wrong_quote_is_told_beside_what_stands_at_its_place(report: Report) -> None:
    [excerpt] = failure(report, "invalid").excerpts
    assert excerpt.doc_id == HOSTILE_ID
    assert excerpt.wrong_quotes == ("It drew 4,200 visitors.",)
    marked = [piece.mark for piece in excerpt.pieces if piece.mark is not Mark.NONE]
    assert marked == [Mark.GOLD, Mark.BOTH, Mark.CITED]


def test_two_runs_are_compared_over_the_questions_they_share(report: Report) -> None:
    comparison = report.comparison
    assert comparison is not None
    assert (comparison.paired, comparison.wins, comparison.losses) == (7, 1, 1)
    flips = {flip.id: (flip.first.outcome, flip.second.outcome) for flip in comparison.flips}
    assert flips == {"refused": ("right", "refused"), "right": ("refused", "right")}
    # Of four questions with a gold article the first run found it for one, the second for three.
    [hit] = [one for one in comparison.measures if one.name == "hit@10"]
    assert (hit.first, hit.second, hit.delta.value) == (0.25, 0.75, 0.5)


def test_a_run_against_itself_has_no_difference(hostile: EvalSet, tmp_path: Path) -> None:
    rows = hostile_rows(tmp_path / "rows.jsonl")
    comparison = collect(hostile, rows, rows).comparison
    assert comparison is not None
    assert (comparison.wins, comparison.losses, comparison.flips) == (0, 0, ())
    assert {one.delta.value for one in comparison.measures} == {0.0}


def test_namesakes_are_told_apart_by_their_folders(hostile: EvalSet, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    rows = [hostile_rows(tmp_path / folder / "rows.jsonl") for folder in ("a", "b")]
    both = collect(hostile, *rows)
    assert both.other is not None
    assert (both.run.file, both.other.file) == ("b/rows.jsonl", "a/rows.jsonl")


def test_slices_divide_all_questions_with_gold_and_sum_up_to_the_run(report: Report) -> None:
    by_title = {slicing.title: slicing.lines for slicing in report.run.slicings}
    assert set(by_title) == {
        "Kind of question",
        "Outlet of the gold article",
        "Date of the gold article",
        "Words of the question",
        "Words of the gold answer",
    }
    for lines in by_title.values():
        assert sum(line.questions for line in lines) == 7
    assert [line.label for line in by_title["Kind of question"]][::2] == ["fact", "absent", "loose"]
    dates = {line.label: line.questions for line in by_title["Date of the gold article"]}
    assert dates == {"2024-01-05": 1, "2024-06-30": 1, UNKNOWN: 5}


def test_slices_that_divide_nothing_are_left_out(tmp_path: Path) -> None:
    loaded = small_set(tmp_path / "set")
    rows = run(loaded, gold_oracle(loaded), tmp_path / "rows.jsonl").out
    titles = [slicing.title for slicing in collect(loaded, rows).run.slicings]
    assert "Outlet of the gold article" not in titles
    assert "Words of the question" in titles


def test_many_outlets_and_dates_become_a_few_lines(tmp_path: Path) -> None:
    from eval.measures import Judged
    from eval.values import Gold, Question, Row
    from rag.values import Status

    count = OUTLETS_SHOWN + 5
    start = date(2024, 1, 1)
    articles = {
        f"a{n}": Article(f"a{n}", "", outlet=f"o{n}", date=str(start + timedelta(n)))
        for n in range(count)
    }
    judged = [
        Judged(
            Question(f"q{n}", "Who?"),
            Gold(True, "fact"),
            Row(f"q{n}", Status.ABSTAINED),
            {f"a{n}": 1, "other": 0},
            {},
        )
        for n in range(count)
    ]
    lines = {slicing.title: slicing.lines for slicing in slicings(judged, articles)}
    outlets = lines["Outlet of the gold article"]
    assert len(outlets) == OUTLETS_SHOWN + 1
    assert (outlets[-1].label, outlets[-1].questions) == (OTHERS, 5)
    dates = [(line.label, line.questions) for line in lines["Date of the gold article"]]
    assert dates[0] == ("2024-01-01 to 2024-01-07", 7)
    assert [number for _, number in dates] == [7, 6, 6, 6]


@given(st.lists(st.integers(0, 9), max_size=30))
def test_quartiles_part_no_equals_and_leave_nothing_out(values: list[int]) -> None:
    greatest = quartiles(values)
    assert len(greatest) <= 4
    assert greatest == sorted(set(greatest))
    if values:
        assert greatest[-1] == max(values)


def test_quartiles_by_hand() -> None:
    assert quartiles([1, 2, 3, 4, 5, 6, 7, 8]) == [2, 4, 6, 8]
    assert quartiles([3, 3, 3, 9]) == [3, 9]
    assert quartiles([]) == []


def test_a_limit_keeps_the_first_failures_of_each_fault_and_counts_all(
    tmp_path: Path,
) -> None:
    loaded = small_set(tmp_path / "set")
    rows = run(loaded, always_refuse, tmp_path / "rows.jsonl").out
    view = collect(loaded, rows, failures_shown=2).run
    assert view.faults == {Fault.REFUSED: 3}
    assert [failure.id for failure in view.failures] == ["q1", "q2"]


def test_the_json_holds_what_the_page_shows(report: Report, tmp_path: Path) -> None:
    page = write_report(report, tmp_path / "a" / "report")
    assert sorted(p.name for p in page.parent.iterdir()) == [
        "report.html",
        "report.json",
        "report.md",
    ]
    told = json.loads((page.parent / "report.json").read_text(encoding="utf-8"))
    assert told == json.loads(json.dumps(report.as_dict()))
    assert told["run"]["scores"]["errors"] == 1
    assert told["run"]["faults"]["wrong sentence"] == 1
    assert told["comparison"]["flips"][0]["id"] == "refused"
    assert told["run"]["reliability"][0]["count"] == 0


def test_a_report_has_controls_of_its_rows_and_verdicts_on_them(report: Report) -> None:
    told = report.as_dict()["controls"]
    assert told["scores"][ALWAYS_REFUSE]["unanswerable_refused"] == 1
    assert told["run"]["unanswerable_refused"] == 1 / 2
    assert {verdict["control"] for verdict in told["verdicts"]} == told["scores"].keys()


def test_every_report_names_every_control_and_how_to_run_those_that_were_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    loaded = small_set(tmp_path / "set")
    run(loaded, gold_oracle(loaded), "rows.jsonl")
    assert main(["eval", "gate", "set", "rows.jsonl"]) == 0
    beside = [Path("rows.report") / f"report.{kind}" for kind in ("html", "md", "json")]
    pages = [capsys.readouterr().out, *(page.read_text(encoding="utf-8") for page in beside)]
    how = "not run: type footnote eval controls SET"
    for page in map(unescape, pages):
        assert all(name in page for name in (*CONTROLS, GOLD_REMOVED, FACT_SWAPPED))
        assert page.count(how) == 2
    assert json.loads(pages[-1])["controls"]["not_run"] == {GOLD_REMOVED: how, FACT_SWAPPED: how}


def test_a_control_that_could_not_be_made_says_why_instead(report: Report) -> None:
    found = replace(report.controls, skipped={GOLD_REMOVED: {"No evidence.": 3}})
    assert found.not_run[GOLD_REMOVED] == "not run: No evidence."
    asked = replace(found, scores={**found.scores, FACT_SWAPPED: {}, GOLD_REMOVED: {}})
    assert asked.not_run == {}
    assert asked.lines == asked.scores


def test_controls_that_lie_beside_the_rows_are_shown_while_the_rows_are_these(
    hostile: EvalSet, tmp_path: Path
) -> None:
    rows = run(hostile, always_refuse, tmp_path / "rows.jsonl").out
    found = collect(hostile, rows).controls
    more = replace(found, changed={GOLD_REMOVED: 3}, skipped={GOLD_REMOVED: {"why": 2}})
    write_controls(more, rows)
    assert collect(hostile, rows).controls == more
    with rows.open("a", encoding="utf-8") as file:
        file.write("\n")
    assert collect(hostile, rows).controls == found
    controls_path(rows).write_text("[]")
    assert collect(hostile, rows).controls == found


def test_a_report_that_cannot_be_written_says_so(report: Report, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SetError, match="cannot be written"):
        write_report(report, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_half_a_character_does_not_keep_a_report_from_being_written(
    hostile: EvalSet, tmp_path: Path
) -> None:
    row = {"_id": "right", "status": "error", "answer": "half \ud800"}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n")
    page = write_report(collect(hostile, tmp_path / "rows.jsonl"), tmp_path / "report")
    assert "half" in page.read_text(encoding="utf-8")


def test_a_report_lies_beside_its_rows() -> None:
    assert folder_of(Path("reports/seeds.jsonl")) == Path("reports/seeds.report")
    assert folder_of(Path("rows")) == Path("rows.report")


def test_the_command_reports_and_gate_leaves_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write_set(tmp_path / "set")
    loaded = small_set(tmp_path / "again" / "set")
    run(loaded, gold_oracle(loaded), "rows.jsonl")
    run(loaded, always_refuse, "none.jsonl")
    assert main(["eval", "gate", str(folder), "rows.jsonl"]) == 0
    assert "The report is rows.report/report.html" in capsys.readouterr().out
    assert main(["eval", "report", str(folder), "rows.jsonl", "none.jsonl", "--out", "both"]) == 0
    assert "both/report.html" in capsys.readouterr().out
    assert "lost" in Path("both/report.html").read_text(encoding="utf-8")
    assert main(["eval", "report", str(folder), "none.jsonl", "--failures", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["run"]["faults"] == {"wrongly refused": 3}
    assert len(told["run"]["failures"]) == 1


def test_a_closed_folder_does_not_fail_the_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write_set(tmp_path / "set")
    loaded = small_set(tmp_path / "again" / "set")
    run(loaded, gold_oracle(loaded), "rows.jsonl")
    Path("rows.report").write_text("in the way")
    assert main(["eval", "gate", str(folder), "rows.jsonl"]) == 0
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("rows", ["gone.jsonl", "set"])
def test_rows_that_cannot_be_read_are_an_error_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_set(tmp_path / "set")
    assert main(["eval", "report", "set", rows]) == 1
    error = capsys.readouterr().err
    assert "cannot be read" in error
    assert "Traceback" not in error
