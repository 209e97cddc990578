"""The index equals the folder, whatever happened to either, and nothing is embedded twice."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from random import Random

import pytest
from worlds import STORY, World, three_towns


@pytest.fixture
def world(tmp_path: Path) -> World:
    return three_towns(tmp_path)


def test_a_first_sync_adds_everything_and_a_second_changes_nothing(world: World) -> None:
    report = world.sync()
    assert report.added == ("ash.txt", "elm.txt", "oak.txt")
    assert report.changed
    assert report.embedded_chunks >= 3
    before = world.state()
    with world.catalog() as catalog:
        generation = catalog.generation
    report = world.sync()
    assert (report.unchanged, report.changed, report.embedded_chunks) == (3, False, 0)
    assert world.state() == before
    with world.catalog() as catalog:
        assert catalog.generation == generation


def test_unchanged_files_are_not_read_and_so_an_edit_in_disguise_is_not_seen(world: World) -> None:
    path = world.root / "news" / "ash.txt"
    world.sync()
    times = path.stat()
    path.write_text(path.read_text().replace("Ash", "Fir"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert not world.sync().changed
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns + 1))
    assert world.sync().edited == ("ash.txt",)


def test_a_touched_file_is_unchanged(world: World) -> None:
    world.sync()
    os.utime(world.root / "news" / "ash.txt", ns=(0, 1))
    report = world.sync()
    assert (report.unchanged, report.changed, report.embedded_chunks) == (3, False, 0)


def test_an_edit_is_read_again_and_the_old_text_is_gone(world: World) -> None:
    world.sync()
    world.write("elm.txt", "Nobody came to the meeting. The bridge fell down.")
    report = world.sync()
    assert (report.edited, report.added, report.removed) == (("elm.txt",), (), ())
    assert report.unchanged == 2
    assert world.article("elm.txt").text.startswith("Nobody came")
    assert "Elm" not in str(world.state())
    assert all("Nobody" in passage.sentences[0] for passage in world.embedder.passages)


def test_deleting_what_was_added_restores_the_earlier_state(world: World) -> None:
    world.sync()
    before = world.state()
    paths = [
        world.write("yew.txt", STORY.format("Yew")),
        world.write("b/ash.txt", STORY.format("Ash")),
    ]
    assert world.sync().added == ("b/ash.txt", "yew.txt")
    for path in paths:
        path.unlink()
    report = world.sync()
    assert set(report.removed) == {"b/ash.txt", "yew.txt"}
    assert report.embedded_chunks == 0
    assert world.state() == before


def test_editing_back_restores_the_earlier_state(world: World) -> None:
    world.sync()
    before = world.state()
    world.write("ash.txt", "Short.")
    world.sync()
    world.write("ash.txt", STORY.format("Ash"))
    assert world.sync().edited == ("ash.txt",)
    assert world.state() == before


@pytest.mark.parametrize("new", ["aaa.txt", "zzz/ash.txt"])
def test_a_rename_costs_no_embedding_and_keeps_the_vectors(world: World, new: str) -> None:
    world.sync()
    before = world.state()
    (world.root / "news" / "zzz").mkdir()
    (world.root / "news" / "ash.txt").rename(world.root / "news" / new)
    report = world.sync()
    assert report.renamed == (("ash.txt", new),)
    assert (report.added, report.removed, report.edited) == ((), (), ())
    assert (report.unchanged, report.embedded_chunks) == (2, 0)
    assert world.article(new).text == STORY.format("Ash")
    after = world.state()
    assert sorted(r[2:] for r in after["chunks"]) == sorted(r[2:] for r in before["chunks"])
    assert "ash.txt#" not in str([row[0] for row in after["chunks"] if row[1] != new])


def test_a_duplicate_is_stored_once_and_takes_over_without_embedding(world: World) -> None:
    world.sync()
    copies = [world.write(f"copy{i}.txt", STORY.format("Ash")) for i in (1, 2)]
    report = world.sync()
    assert report.embedded_chunks == 0
    assert report.added == ("copy1.txt", "copy2.txt")
    assert report.duplicates == (("copy1.txt", "ash.txt"), ("copy2.txt", "ash.txt"))
    assert world.article("copy2.txt") == world.article("ash.txt")
    assert world.article("ash.txt").aliases == ("copy1.txt", "copy2.txt")
    (world.root / "news" / "ash.txt").unlink()
    report = world.sync()
    assert (report.removed, report.renamed, report.embedded_chunks) == (("ash.txt",), (), 0)
    assert world.article("copy2.txt").id == "copy1.txt"
    copies[0].write_text("Something else happened there.")
    assert world.sync().edited == ("copy1.txt",)
    assert world.article("copy2.txt").text == STORY.format("Ash")
    copies[1].unlink()
    assert world.sync().removed == ("copy2.txt",)


def test_a_duplicate_with_another_title_is_embedded_with_it_when_it_takes_over(
    world: World,
) -> None:
    first = world.rows("a.jsonl", {"_id": "a", "title": "First", "text": STORY.format("Fir")})
    world.rows("b.jsonl", {"_id": "b", "title": "Second", "text": STORY.format("Fir")})
    world.sync()
    first.unlink()
    assert world.sync().removed == ("a",)
    assert {passage.title for passage in world.embedder.passages} == {"Second"}
    assert world.article("b").title == "Second"


def test_other_metadata_is_an_edit_that_embeds_only_for_a_title(world: World) -> None:
    row = {"_id": "a", "title": "First", "text": STORY.format("Fir")}
    world.rows("a.jsonl", row)
    world.sync()
    world.rows("a.jsonl", row | {"title": "Another"})
    report = world.sync()
    assert report.edited == ("a",)
    assert {passage.title for passage in world.embedder.passages} == {"Another"}
    world.rows("other.jsonl", row | {"title": "Another"})
    (world.root / "news" / "a.jsonl").unlink()
    report = world.sync()  # the same article in another file
    assert (report.changed, report.unchanged, report.embedded_chunks) == (False, 4, 0)
    assert world.article("a").source == "other.jsonl"


def test_rows_of_a_file_come_and_go(world: World) -> None:
    rows = [{"_id": str(i), "text": STORY.format(f"Town{i}")} for i in range(4)]
    world.rows("all.jsonl", *rows)
    world.sync()
    world.rows("all.jsonl", *rows[1:], {"_id": "9", "text": "A new one was added here."})
    report = world.sync()
    assert (report.added, report.removed, report.unchanged) == (("9",), ("0",), 6)
    assert report.embedded_chunks == 1


def test_the_second_of_two_articles_with_one_id_is_a_problem_until_the_first_goes(
    world: World,
) -> None:
    first = world.rows("m.jsonl", {"_id": "x", "text": STORY.format("Fir")})
    world.sync()
    # It sorts first, but what the index has already keeps its id.
    world.rows("a.jsonl", {"_id": "x", "text": STORY.format("Yew")})
    for _ in range(2):
        report = world.sync()
        [problem] = report.problems
        assert (problem.source, report.changed) == ("a.jsonl", False)
        assert "'x'" in problem.reason
        assert "m.jsonl" in problem.reason
    first.unlink()
    report = world.sync()
    assert (report.edited, report.problems) == (("x",), ())
    assert world.article("x").text == STORY.format("Yew")


def test_problems_are_reported_again_and_do_not_stop_the_rest(world: World) -> None:
    (world.root / "news" / "bad.txt").write_bytes(b"")
    world.write("surrogate.jsonl", '{"_id": "s", "text": "half a pair \\ud800 of it, written."}')
    reports = [world.sync(), world.sync()]
    for report in reports:
        sources = {problem.source.split()[0] for problem in report.problems}
        assert sources == {"bad.txt", "surrogate.jsonl"}
    assert (len(reports[0].added), reports[1].unchanged) == (3, 3)


def test_an_article_that_turns_unreadable_is_removed(world: World) -> None:
    world.sync()
    world.write("ash.txt", "")
    report = world.sync()
    assert (report.removed, [p.source for p in report.problems]) == (("ash.txt",), ["ash.txt"])


@pytest.mark.parametrize("seed", range(3))
def test_after_any_changes_the_index_is_like_a_fresh_one(tmp_path: Path, seed: int) -> None:
    """Few names and few texts, so that copies, swaps and renames all happen, several at once."""
    random = Random(seed)
    names = [f"{letter}.txt" for letter in "abcde"]
    texts = [STORY.format(town) for town in ("Ash", "Elm", "Oak", "Fir")]
    world = World(tmp_path)
    world.write("always.txt", "This one stays as it is.")
    for _ in range(15):
        for name in random.sample(names, random.randint(1, 4)):
            world.write(name, random.choice(texts))
        for name in random.sample(names, random.randint(0, 3)):
            (world.root / "news" / name).unlink(missing_ok=True)
        report = world.sync()
        files = {p.name: p.read_text() for p in (world.root / "news").iterdir()}
        assert {name: world.article(name).text for name in files} == files
        counted = len(report.added) + len(report.edited) + len(report.renamed) + report.unchanged
        assert counted == len(files)
    fresh = World(tmp_path / "fresh")
    shutil.copytree(world.root / "news", fresh.root / "news")
    fresh.sync()
    stored = [{row[2:] for row in state["chunks"]} for state in (world.state(), fresh.state())]
    assert stored[0] == stored[1]


def test_a_link_that_leads_out_of_the_folder_is_a_problem_each_time(world: World) -> None:
    outside = world.root / "outside.txt"
    outside.write_text(STORY.format("Fir"))
    (world.root / "news" / "link.txt").symlink_to(outside)
    for _ in range(2):
        report = world.sync()
        assert [problem.source for problem in report.problems] == ["link.txt"]
    assert (report.unchanged, report.changed) == (3, False)
    assert "Fir" not in str(world.state())
