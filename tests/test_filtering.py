"""Asking a part of the collection: what is left out is never retrieved, and scores stay put."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fakes import WordEmbedder
from hypothesis import given
from hypothesis import strategies as st

from rag import cli
from rag.config import Config
from rag.errors import FilterError
from rag.filtering import (
    NAMED_ARTICLES,
    describe,
    find_articles,
    make_filters,
    matching_articles,
    read_date,
    suggest_articles,
    take_mentions,
)
from rag.pipeline import Pipeline
from rag.retrieval import LATE_CANDIDATES
from rag.syncing import sync
from rag.values import Article, Filters, Status

OUTLETS = ("Gazette", "Herald", "Der Bote")
HEADS = [
    Article("w1", "", "Wolves return to the Tarn valley", outlet="Gazette", date="2021-03-04"),
    Article("w2", "", "Wolves: a history", outlet="Herald", date="2020-12-31", aliases=("copy",)),
    Article("b1", "", "China and Russia expand cooperation", outlet="gazette", date="2021-03-31"),
    Article("undated", "", "An old market", outlet="Herald"),
    Article("untitled.txt", ""),
]


def left(**wanted: object) -> set[str]:
    return set(matching_articles(make_filters(HEADS, **wanted), HEADS))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021", "2021-01-01", "2021-12-31"),
        ("2020-2", "2020-02-01", "2020-02-29"),
        (" 2021-03-04 ", "2021-03-04", "2021-03-04"),
        ("", "", ""),
    ],
)
def test_a_month_or_a_year_is_its_first_or_its_last_day(text: str, first: str, last: str) -> None:
    assert read_date(text, last=False) == first
    assert read_date(text, last=True) == last


@pytest.mark.parametrize("text", ["yesterday", "2021-13", "2021-02-30", "04/03/2021", "0000", "21"])
def test_what_is_no_date_is_told_with_how_to_write_one(text: str) -> None:
    with pytest.raises(FilterError, match=r"2021-03-04"):
        read_date(text, last=False)


def test_both_days_of_a_range_are_inside_it_and_an_undated_article_never_is() -> None:
    assert left(since="2021-03-04", until="2021-03-31") == {"w1", "b1"}
    assert left(since="2021-03-05") == {"b1"}
    assert left(until="2021-03-03") == {"w2"}
    assert left(since="2021", until="2021-03-04") == {"w1"}


def test_outlets_are_compared_without_case_and_articles_by_id_alias_or_title() -> None:
    assert left(outlets=["GAZETTE"]) == {"w1", "b1"}
    assert left(outlets=["Gazette", "Herald"], since="2021") == {"w1", "b1"}
    assert left(articles=["copy"]) == {"w2"}
    assert left(articles=["wolves"]) == {"w1", "w2"}
    assert left(articles=["tarn VALLEY", "old market"]) == {"w1", "undated"}
    assert left(articles=["untitled"]) == {"untitled.txt"}


def test_no_filter_leaves_all_and_is_false() -> None:
    assert left() == {head.id for head in HEADS}
    assert not make_filters(HEADS)
    assert describe(Filters()) == ""


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"outlets": ["Gazete"]}, r"outlet Gazete\. The outlets are .*Gazette.* or "),
        ({"since": "2022"}, r"since 2022-01-01\. The articles .* from 2020-12-31 to 2021-03-31"),
        ({"articles": ["w1"], "outlets": ["Herald"]}, r"“Wolves return .*”\. Take a filter away"),
    ],
)
def test_filters_that_match_nothing_say_what_there_is(wanted: dict[str, str], told: str) -> None:
    with pytest.raises(FilterError, match=told):
        left(**wanted)


def test_a_name_must_single_an_article_out() -> None:
    many = [Article(str(i), "", f"Daily digest {i}") for i in range(NAMED_ARTICLES + 1)]
    with pytest.raises(FilterError, match="11 titles"):
        find_articles("digest", many)
    with pytest.raises(FilterError, match="No article is called 'gest'"):
        find_articles("gest", many)  # inside a longer word
    assert find_articles("Daily digest 1", many) == ("1",)  # and not 10, whose title it begins


@pytest.mark.parametrize(
    ("typed", "asked", "articles"),
    [
        ("@wolves return how many sheep were lost?", "how many sheep were lost?", ("w1",)),
        ("How many sheep were lost? @Wolves return", "How many sheep were lost?", ("w1",)),
        ("How many sheep, @tarn valley?", "How many sheep?", ("w1",)),
        ("What does @“an old market” say of bread?", "What does the article say of bread?",
         ("undated",)),
        ("@wolves: where?", "where?", ("w1", "w2")),
        ("Write to bob@wolves.example?", "Write to bob@wolves.example?", ()),
    ],
)  # fmt: skip
def test_a_mention_restricts_to_the_longest_title_and_leaves_the_question(
    typed: str, asked: str, articles: tuple[str, ...]
) -> None:
    mentioned = take_mentions(typed, HEADS)
    assert (mentioned.question, mentioned.articles) == (asked, articles)
    assert not mentioned.unknown


def test_a_mention_of_no_article_stays_in_the_question_and_is_reported() -> None:
    mentioned = take_mentions("What did @mayor_edda write?", HEADS)
    assert mentioned.question == "What did @mayor_edda write?"
    assert mentioned.unknown == ("mayor_edda",)


@given(st.text())
def test_any_text_can_be_asked(text: str) -> None:
    mentioned = take_mentions(text, HEADS)
    assert "@" in text or mentioned == type(mentioned)(" ".join(text.split()))


def test_suggestions_have_every_word_and_begin_with_the_text_first() -> None:
    assert [head.id for head in suggest_articles("wolves", HEADS, 9)] == ["w1", "w2"]
    assert [head.id for head in suggest_articles("valley wolv", HEADS, 9)] == ["w1"]
    assert [head.id for head in suggest_articles("a", HEADS, 1)] == ["undated"]


# --- in retrieval


def write_news(folder: Path, count: int) -> None:
    folder.mkdir()
    rows = [
        {
            "_id": f"a{i}",
            "title": f"Report {i}",
            "text": f"The council of town{i} voted on the bridge. Work on road{i % 7} begins.",
            "metadata": {"outlet": OUTLETS[i % 3], "date": f"2021-01-{i % 28 + 1:02}"},
        }
        for i in range(count)
    ]
    (folder / "corpus.jsonl").write_text("\n".join(json.dumps(row) for row in rows))


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    root = tmp_path_factory.mktemp("filtering")
    write_news(root / "news", 200)
    config = Config(articles=root / "news", index=root / "index")
    sync(config, WordEmbedder())
    with Pipeline(config, WordEmbedder()) as pipeline:
        yield pipeline


@pytest.mark.parametrize(
    "filters",
    [
        Filters(outlets=("herald",)),
        Filters(since="2021-01-05", until="2021-01-06"),
        Filters(articles=("a17",)),
    ],
)
def test_what_is_left_out_is_no_candidate(pipeline: Pipeline, filters: Filters) -> None:
    allowed = matching_articles(filters, pipeline.article_heads())
    found = pipeline.candidates("What did the council vote on?", filters)
    assert found is not None
    assert {hit.article.id for hit in found.hits} <= allowed
    assert len(found.hits) == min(len(allowed), LATE_CANDIDATES)


@pytest.mark.parametrize("compared_alone", [0, 10_000])
@pytest.mark.parametrize("outlet", OUTLETS)
def test_the_nearest_of_the_allowed_chunks_are_those_that_arithmetic_finds(
    pipeline: Pipeline, outlet: str, compared_alone: int
) -> None:
    searcher = pipeline._current()
    heads = pipeline.article_heads()
    places = searcher.places_of(matching_articles(Filters(outlets=(outlet,)), heads))
    vector = WordEmbedder().embed_question("What did the council of town7 vote on?").vector
    nearest = searcher.nearest(vector, 10, places, compared_alone)
    stored = pipeline._open_catalog().vectors([searcher.lexical.ids[p] for p in places])
    best = sorted((stored @ vector).tolist(), reverse=True)[:10]
    assert sorted(nearest.values(), reverse=True) == pytest.approx(best, abs=2e-3)
    assert set(nearest) <= set(places.tolist())


def test_a_filter_that_leaves_all_changes_nothing(pipeline: Pipeline) -> None:
    question = "Which town voted on the bridge?"
    everything = pipeline.ask(question)
    same = pipeline.ask(question, filters=Filters(since="2021"))
    assert same.confidence == pytest.approx(everything.confidence)
    assert [hit.chunk.id for hit in same.hits] == [hit.chunk.id for hit in everything.hits]
    assert same.filters == Filters(since="2021")


def test_an_answer_of_a_filtered_question_cites_nothing_else(seeds_engine: object) -> None:
    engine = seeds_engine
    [head] = engine.article_heads()
    question = "How much are the contracts worth?"
    free, bound = engine.ask(question), engine.ask(question, filters=Filters(articles=(head.id,)))
    assert free.status is bound.status is Status.ANSWERED
    assert bound.citations == free.citations
    assert bound.confidence == pytest.approx(free.confidence)  # calibrated as without
    with pytest.raises(FilterError, match=r"leave that filter out|are from"):
        engine.ask(question, filters=Filters(since="2500-01-01"))


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Sequence[str]:
    """The options that name a small collection, indexed by the real embedder."""
    root = tmp_path_factory.mktemp("command-line")
    write_news(root / "news", 9)
    place = ["--articles", str(root / "news"), "--index", str(root / "index"), "--json"]
    assert cli.main(["sync", *place]) == 0
    return place


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        (["--since", "2021-01-02", "--until", "2021-01-04"], {"a1", "a2", "a3"}),
        (["--outlet", "der bote", "--article", "Report 2", "--article", "a3"], {"a2"}),
        (["@report 4"], {"a4"}),
        (["--outlet", "Times"], set()),
        (["--since", "soon"], set()),
        (["--article", "Raport"], set()),
    ],
)
def test_the_command_line_restricts_too(
    indexed: Sequence[str],
    options: Sequence[str],
    allowed: set[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    capsys.readouterr()
    code = cli.main(["ask", "What did the council vote on?", *options, *indexed])
    told = json.loads(capsys.readouterr().out)
    if not allowed:
        assert code == 1
        assert told["mend"]
        return
    assert code in (0, 3)
    assert {article["doc_id"] for article in told["retrieved"]} == allowed
    assert told["filters"] != {"since": "", "until": "", "outlets": [], "articles": []}
