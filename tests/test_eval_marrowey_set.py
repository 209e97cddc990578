import re
from collections import Counter

import pytest

from eval import load_set, run, score
from eval.command import MARROWEY
from eval.controls import gold_oracle
from eval.gate import failures, read_thresholds
from eval.metrics import contains_answer
from eval.values import EvalSet
from rag.loading import list_files, read_file
from rag.metadata import front_matter
from rag.values import Article

ANSWERABLE_KINDS = {
    "fact",
    "number",
    "date",
    "speaker",
    "paraphrase",
    "typo",
    "list",
    "as-of",
    "several-articles",
    "conflict",
    "follow-up",
}
UNANSWERABLE_KINDS = {
    "outside",
    "absent",
    "absent-follow-up",
    "false-premise",
    "near-name",
    "wrong-number",
    "wrong-actor",
    "no-cause",
    "not-yet",
}
OF_SEVERAL_ARTICLES = {"several-articles", "conflict"}
MAX_PDF_BYTES = 40_000
# Words in a row that only a copied sentence shares with its question; names have up to seven.
RUN = 8


@pytest.fixture(scope="module")
def marrowey() -> EvalSet:
    return load_set(MARROWEY)


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    loaded = [read_file(file) for file in list_files(MARROWEY / "articles")]
    assert [problem for result in loaded for problem in result.problems] == []
    return {article.id: article for result in loaded for article in result.articles}


def test_no_row_is_bad_and_every_offset_is_true(marrowey: EvalSet) -> None:
    assert marrowey.problems == ()
    for gold in marrowey.gold.values():
        for passage in gold.evidence:
            assert marrowey.texts[passage.doc_id][passage.start : passage.end] == passage.text


def test_it_is_large_enough_for_a_gate(marrowey: EvalSet) -> None:
    assert len(marrowey.texts) >= 60
    assert len(marrowey.questions) >= 300
    refused = [gold.kind for gold in marrowey.gold.values() if not gold.answerable]
    assert len(refused) >= 0.25 * len(marrowey.gold)
    assert set(refused) == UNANSWERABLE_KINDS


def test_every_kind_is_in_both_halves(marrowey: EvalSet) -> None:
    counts = Counter((q.cluster, marrowey.gold[q.id].kind) for q in marrowey.questions)
    kinds = ANSWERABLE_KINDS | UNANSWERABLE_KINDS
    assert set(counts) == {(half, kind) for half in ("dev", "test") for kind in kinds}


def test_gold_is_of_one_piece(marrowey: EvalSet) -> None:
    for name, gold in marrowey.gold.items():
        assert gold.kind in (ANSWERABLE_KINDS if gold.answerable else UNANSWERABLE_KINDS)
        assert bool(gold.answers) == bool(gold.evidence) == gold.answerable, name
    asked = [(question.text.casefold(), question.history) for question in marrowey.questions]
    assert len(set(asked)) == len(asked)
    for question in marrowey.questions:
        assert bool(question.history) == ("follow-up" in marrowey.gold[question.id].kind)


def test_questions_of_several_articles_need_them(marrowey: EvalSet) -> None:
    for name, gold in marrowey.gold.items():
        if gold.kind in OF_SEVERAL_ARTICLES:
            assert len({marrowey.texts[passage.doc_id] for passage in gold.evidence}) >= 2, name


def test_no_story_is_in_both_halves(marrowey: EvalSet) -> None:
    halves: dict[str, set[str]] = {}
    for question in marrowey.questions:
        halves.setdefault(question.unit, set()).add(question.cluster)
        for name in marrowey.relevant.get(question.id, {}):
            halves.setdefault(name, set()).add(question.cluster)
    assert [name for name, found in halves.items() if len(found) > 1] == []


def test_a_fact_has_every_place_where_its_sentence_stands(marrowey: EvalSet) -> None:
    """A reprint bears an answer out as well as the first print does."""
    for name, gold in marrowey.gold.items():
        known = {(passage.doc_id, passage.text) for passage in gold.evidence}
        for passage in gold.evidence:
            if len(passage.text.split()) > 6:
                places = {doc for doc, text in marrowey.texts.items() if passage.text in text}
                assert {(doc, passage.text) for doc in places} <= known, name


def test_evidence_is_whole_sentences_rows_or_items_of_the_body(marrowey: EvalSet) -> None:
    for name, gold in marrowey.gold.items():
        for passage in gold.evidence:
            text = marrowey.texts[passage.doc_id]
            before, after = text[: passage.start], text[passage.end :]
            assert passage.text == passage.text.strip()
            assert re.search(r"(^|\n[-*]?|[.!?][\"'”’]?)\s*$", before), name
            assert re.match(r"\*?(\s|$)", after), name
            assert passage.text.endswith((".", '."', "!", "?", "|", ":")) or after[:1] == "\n", name
            _, head = front_matter(text)
            assert head is None or passage.start >= head.end, name


def test_quoting_the_evidence_gives_a_gold_answer(marrowey: EvalSet) -> None:
    # "a second life" is two: such answers stand beside one in the article's own words.
    for name, gold in marrowey.gold.items():
        quoted = " ".join(passage.text for passage in gold.evidence)
        assert contains_answer(quoted, gold.answers) == gold.answerable, name


def test_no_question_copies_its_evidence(marrowey: EvalSet) -> None:
    for question in marrowey.questions:
        words = re.findall(r"\w+", question.text.casefold())
        for passage in marrowey.gold[question.id].evidence:
            theirs = " ".join(re.findall(r"\w+", passage.text.casefold()))
            runs = (" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1))
            assert not any(run in theirs for run in runs), question.id


def test_the_articles_are_a_year_of_several_outlets(articles: dict[str, Article]) -> None:
    assert {article.date[:7] for article in articles.values()} == {
        f"2025-{month:02}" for month in range(1, 13)
    }
    assert len({article.outlet for article in articles.values()} - {""}) >= 5
    assert all(article.title and article.author for article in articles.values())


def test_the_formats_are_those_of_a_real_folder(articles: dict[str, Article]) -> None:
    suffixes = Counter(article.source.rpartition(".")[2] for article in articles.values())
    assert suffixes["html"] >= 8
    assert suffixes["pdf"] >= 3
    assert suffixes["jsonl"] >= 5
    assert suffixes["md"] >= 20
    assert suffixes["txt"] >= 20
    for path in MARROWEY.rglob("*.pdf"):
        assert path.stat().st_size < MAX_PDF_BYTES, path.name


def test_pages_leave_their_furniture_behind(articles: dict[str, Article]) -> None:
    pages = [article for article in articles.values() if article.source.endswith(".html")]
    for page in pages:
        raw = (MARROWEY / "articles" / page.source).read_text(encoding="utf-8")
        assert "Terms of use" in raw or "Sign up" in raw
        assert not re.search("Sign up|Terms of use|Read also|Most read|Copy link", page.text)


def test_there_are_duplicates_reprints_and_corrections(articles: dict[str, Article]) -> None:
    texts = Counter(article.text for article in articles.values())
    assert max(texts.values()) == 2
    outlets: dict[str, set[str]] = {}
    for article in articles.values():
        for paragraph in article.text.split("\n\n"):
            if len(paragraph.split()) > 20:
                outlets.setdefault(paragraph.strip(), set()).add(article.outlet)
    assert sum(len(found) > 1 for found in outlets.values()) >= 5
    assert sum("orrection" in article.text for article in articles.values()) >= 5


def test_the_gate_can_be_passed(marrowey: EvalSet, tmp_path) -> None:
    rows = run(marrowey, gold_oracle(marrowey), tmp_path / "rows.jsonl").rows
    scores = score(marrowey, rows)
    thresholds = read_thresholds(MARROWEY, scores.measures)
    assert "right_sentence_cited" in thresholds.at_least
    assert failures(scores, thresholds) == []
