"""Retrieval over a real catalog and a real Chroma: complete, in order, and never out of date."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from worlds import STORY, World, three_towns

from rag.pipeline import Pipeline
from rag.retrieval import Candidates, Searcher
from rag.store import ChunkStore
from rag.values import Hit

QUESTIONS = ("When does work on the Elm bridge begin?", "council", "Quito weather?", "10?")


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = three_towns(tmp_path)
    for number in range(30):
        world.write(f"{number}.txt", STORY.format(f"Town{number}"))
    world.sync()
    return world


@pytest.fixture
def pipeline(world: World) -> Iterator[Pipeline]:
    with Pipeline(world.config, world.embedder) as pipeline:
        yield pipeline


@pytest.fixture
def searcher(world: World) -> Iterator[Searcher]:
    with world.catalog() as catalog:
        store = ChunkStore.open(catalog, world.config.collection)
        yield Searcher(catalog, store, world.embedder)
        store.close()


def sources(hits: tuple[Hit, ...]) -> set[str]:
    return {hit.article.source for hit in hits}


def found(searcher: Searcher, question: str, limit: int = 20) -> Candidates:
    candidates = searcher.search(question, (), limit)
    assert candidates is not None
    return candidates


@pytest.mark.parametrize("question", QUESTIONS)
def test_hits_are_distinct_and_sorted(searcher: Searcher, question: str) -> None:
    hits = found(searcher, question).hits
    ids = [hit.chunk.id for hit in hits]
    assert len(set(ids)) == len(ids) >= 20
    totals = [hit.scores.total for hit in hits]
    assert totals == sorted(totals, reverse=True)
    assert all(hit.chunk.article_id == hit.article.id for hit in hits)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_hit_tells_the_evidence_that_its_contract_names(
    world: World, searcher: Searcher, question: str
) -> None:
    candidates = found(searcher, question)
    matches, tokens = candidates.matches, candidates.question
    asked = world.embedder.embed_question(question).vector
    with world.catalog() as catalog:
        vectors = catalog.vectors([hit.chunk.id for hit in candidates.hits])
    for place, (hit, vector) in enumerate(zip(candidates.hits, vectors, strict=True)):
        rows = matches.chunk == place
        assert hit.scores.dense == pytest.approx(float(vector @ asked), abs=1e-3)
        assert hit.scores.sentence == pytest.approx(matches.cosine[rows].max(), abs=1e-4)
        late = (matches.tokens[rows] @ tokens.weights).max()
        assert hit.scores.late == pytest.approx(late, abs=1e-4)
        assert 0 <= hit.scores.lexical <= 1


@pytest.mark.parametrize("question", QUESTIONS)
def test_matches_follow_the_hits(searcher: Searcher, question: str) -> None:
    """Each row's similarities are those of its own sentence, wherever the ranking moved it."""
    candidates = found(searcher, question)
    matches = candidates.matches
    assert len(candidates.features) == len(matches.title) == len(candidates.hits)
    assert np.isfinite(candidates.features).all()
    rows = list(zip(matches.chunk.tolist(), matches.number.tolist(), strict=True))
    assert rows == sorted(set(rows))
    expected = [
        (place, number)
        for place, hit in enumerate(candidates.hits)
        for number in range(len(hit.chunk.sentences))
    ]
    assert rows == expected


def test_a_sentence_that_has_a_rare_word_of_the_question_matches_it(searcher: Searcher) -> None:
    candidates = found(searcher, "Who voted in Elm?")
    owner = candidates.question.owner
    place = [word.surface for word in candidates.question.words].index("Elm")
    token = int(np.flatnonzero(owner == place)[0])
    matches = candidates.matches
    for row, (chunk, number) in enumerate(zip(matches.chunk, matches.number, strict=True)):
        hit = candidates.hits[chunk]
        has = "Elm" in hit.chunk.sentences[number].of(hit.article.text)
        assert not has or matches.tokens[row, token] > 0.5


@pytest.mark.parametrize("town", ["Ash", "Elm", "Oak", "Town7"])
def test_the_article_that_has_the_name_ranks_first(pipeline: Pipeline, town: str) -> None:
    hits = pipeline.search(f"When does work on the bridge in {town} begin?")
    assert hits[0].article.source == f"{town.lower().removeprefix('town')}.txt"


@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_a_limit_is_kept(pipeline: Pipeline, limit: int) -> None:
    everything = pipeline.search("council", limit=1000)
    assert pipeline.search("council", limit=limit) == everything[:limit]


def test_few_candidates_of_each_ranking_are_enough_for_a_hit(searcher: Searcher) -> None:
    assert found(searcher, "council bridge Elm", limit=1).hits[0].article.source == "elm.txt"


def test_an_index_without_articles_gives_none(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.config.articles.mkdir(parents=True)
    world.sync()
    with Pipeline(world.config, world.embedder) as pipeline:
        assert pipeline.search("council") == ()
    with world.catalog() as catalog:
        store = ChunkStore.open(catalog, world.config.collection)
        assert Searcher(catalog, store, world.embedder).search("council", (), 10) is None


def test_a_removed_file_is_never_retrieved(world: World, pipeline: Pipeline) -> None:
    assert "elm.txt" in sources(pipeline.search("Elm bridge", limit=50))
    (world.config.articles / "elm.txt").unlink()
    pipeline.sync()
    for question in ("Elm bridge", *QUESTIONS):
        assert "elm.txt" not in sources(pipeline.search(question, limit=1000))


def test_an_edited_file_is_read_again(world: World, pipeline: Pipeline) -> None:
    pipeline.search("Elm bridge")
    world.write("elm.txt", "Pelicans nest in Elm.")
    pipeline.sync()
    hits = pipeline.search("Where do pelicans nest?", limit=1000)
    assert hits[0].text == "Pelicans nest in Elm."
    assert sum(hit.article.source == "elm.txt" for hit in hits) == 1


def test_what_another_process_syncs_is_seen_at_the_next_question(
    world: World, pipeline: Pipeline
) -> None:
    assert "elm.txt" in sources(pipeline.search("Elm bridge", limit=50))
    (world.config.articles / "elm.txt").unlink()
    world.write("yew.txt", STORY.format("Yew"))
    paths = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    program = f"""
        import sys
        from pathlib import Path
        sys.path[:0] = {paths!r}
        from worlds import World
        from rag.syncing import sync
        world = World(Path({str(world.root)!r}))
        sync(world.config, world.embedder)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)
    hits = pipeline.search("Yew bridge", limit=1000)
    assert hits[0].article.source == "yew.txt"
    assert "elm.txt" not in sources(hits)
    assert {article.source for article in pipeline.articles()} >= {"yew.txt", "oak.txt"}


def test_articles_that_the_model_does_not_read_do_not_stop_the_search(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write("marks.txt", "… — …\n\n— — —\n")  # words there are none
    world.sync()
    with Pipeline(world.config, world.embedder) as pipeline:
        assert len(pipeline.search("council")) <= 1
        assert pipeline.ask("What did the council decide?").message
