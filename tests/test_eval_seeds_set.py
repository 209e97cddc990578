from collections import Counter

import pytest

from eval import load_set, run, score
from eval.command import SEEDS
from eval.controls import gold_oracle
from eval.gate import failures, read_thresholds
from eval.metrics import contains_answer
from eval.values import EvalSet

ARTICLE = "000_42d62fbd382765e4.txt"
# "..., he said": the name stands two sentences earlier, and that is no evidence for the rest.
SPOKEN_BY_HE = "seeds-028"
ANSWERABLE_KINDS = {"fact", "number", "speaker", "paraphrase", "typo", "several", "follow-up"}
UNANSWERABLE_KINDS = {
    "outside",
    "absent",
    "absent-follow-up",
    "false-premise",
    "near-name",
    "wrong-number",
    "wrong-actor",
    "no-cause",
}


@pytest.fixture(scope="module")
def seeds() -> EvalSet:
    return load_set(SEEDS)


def test_no_row_is_bad_and_every_offset_is_true(seeds: EvalSet) -> None:
    assert seeds.problems == ()
    text = seeds.texts[ARTICLE]
    assert text == (seeds.articles / ARTICLE).read_bytes().decode()
    for gold in seeds.gold.values():
        for passage in gold.evidence:
            assert passage.doc_id == ARTICLE
            assert text[passage.start : passage.end] == passage.text


def test_evidence_is_whole_sentences(seeds: EvalSet) -> None:
    text = seeds.texts[ARTICLE]
    for gold in seeds.gold.values():
        for passage in gold.evidence:
            assert passage.text == passage.text.strip()
            assert passage.text[-1] == "."
            assert text[: passage.start].rstrip(" ").endswith(("\n", "."))


def test_enough_questions_of_every_kind_in_both_halves(seeds: EvalSet) -> None:
    answerable = [gold.answerable for gold in seeds.gold.values()]
    assert answerable.count(True) >= 65
    assert answerable.count(False) >= 35
    counts = Counter(
        (question.cluster, seeds.gold[question.id].kind) for question in seeds.questions
    )
    expected = {
        (half, k) for half in ("dev", "test") for k in ANSWERABLE_KINDS | UNANSWERABLE_KINDS
    }
    assert set(counts) == expected


def test_gold_is_of_one_piece(seeds: EvalSet) -> None:
    for name, gold in seeds.gold.items():
        assert gold.kind in (ANSWERABLE_KINDS if gold.answerable else UNANSWERABLE_KINDS)
        assert bool(gold.answers) == bool(gold.evidence) == gold.answerable, name
    asked = [(question.text.casefold(), question.history) for question in seeds.questions]
    assert len(set(asked)) == len(asked)
    for question in seeds.questions:
        assert bool(question.history) == ("follow-up" in seeds.gold[question.id].kind)


def test_quoting_the_evidence_gives_a_gold_answer(seeds: EvalSet) -> None:
    for name, gold in seeds.gold.items():
        quoted = " ".join(passage.text for passage in gold.evidence)
        if name != SPOKEN_BY_HE:
            assert contains_answer(quoted, gold.answers) == gold.answerable, name


def test_the_gate_can_be_passed(seeds: EvalSet, tmp_path) -> None:
    rows = run(seeds, gold_oracle(seeds), tmp_path / "rows.jsonl").rows
    scores = score(seeds, rows)
    thresholds = read_thresholds(SEEDS, scores.measures)
    assert "right_sentence_cited" in thresholds.at_least
    assert failures(scores, thresholds) == []
