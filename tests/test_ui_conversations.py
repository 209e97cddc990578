"""Conversations on disk: nothing is lost, nothing is mixed, a damaged file harms no other."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kept_answers import ANSWER, plain_answer

from rag.values import Answer
from ui.conversations import ConversationError, Conversations
from ui.feedback import add_feedback

FIRST, SECOND = plain_answer("How long is the bridge?"), plain_answer("Who designed it?")


@pytest.fixture
def store(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "kept", "local")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(ANSWER, min_size=1, max_size=3).map(tuple))
def test_what_is_saved_is_what_is_loaded(store: Conversations, answers: tuple[Answer, ...]) -> None:
    kept = store.save(answers)
    assert store.load(kept.id) == kept
    assert store.load(kept.id).answers == answers


def test_a_conversation_grows_and_the_newest_is_listed_first(store: Conversations) -> None:
    old = store.save((FIRST,))
    new = store.save((SECOND,))
    assert [one.id for one in store.listed()] == [new.id, old.id]
    grown = store.save((FIRST, SECOND), old.id, old.revision)
    assert grown.id == old.id
    assert [(one.id, one.answers) for one in store.listed()] == [(old.id, 2), (new.id, 1)]


def test_of_two_pages_neither_writes_over_the_other(store: Conversations) -> None:
    kept = store.save((FIRST,))
    here = store.save((FIRST, SECOND), kept.id, kept.revision)
    there = store.save((FIRST, plain_answer("Why?")), kept.id, kept.revision)
    assert here.id == kept.id != there.id
    assert [answer.question for answer in store.load(here.id).answers][1] == SECOND.question
    assert [answer.question for answer in store.load(there.id).answers][1] == "Why?"


def test_owners_do_not_see_each_other(tmp_path: Path) -> None:
    one, other = Conversations(tmp_path, "ada"), Conversations(tmp_path, "bob")
    kept = one.save((FIRST,))
    assert other.listed() == []
    with pytest.raises(ConversationError, match="not here"):
        other.load(kept.id)
    with pytest.raises(ConversationError):
        other.delete(kept.id)
    assert one.load(kept.id) == kept


def test_search_reads_titles_questions_answers_and_sources(store: Conversations) -> None:
    kept = store.save((FIRST,))
    store.save((plain_answer("Rain?", "It rained."),))
    for words in ("BRIDGE long", "it is long", "courier"):
        assert kept.id in [one.id for one in store.listed(words)], words
    assert [one.id for one in store.listed("is long")] == [kept.id]
    assert store.listed("zebra") == []


def test_renaming_and_deleting_can_be_undone(store: Conversations) -> None:
    kept = store.save((FIRST,))
    assert store.rename(kept.id, "  The\nbridge ").title == "The bridge"
    assert store.rename(kept.id, " ").title == "The bridge"
    assert len(store.rename(kept.id, "x" * 999).title) == 120
    store.delete(kept.id)
    assert store.listed() == []
    with pytest.raises(ConversationError):
        store.load(kept.id)
    store.restore(kept.id)
    assert store.load(kept.id).answers == kept.answers


def test_what_was_deleted_in_another_page_is_kept_as_a_new_one(store: Conversations) -> None:
    kept = store.save((FIRST,))
    store.delete(kept.id)
    again = store.save((FIRST, SECOND), kept.id, kept.revision)
    assert again.id != kept.id
    assert len(again.answers) == 2


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"format": 9}', "\x00\xff", "[" * 9999])
def test_a_damaged_file_is_told_and_the_others_are_listed(
    store: Conversations, damage: str
) -> None:
    whole = store.save((FIRST,))
    broken = store.save((SECOND,))
    path = store.folder / f"{broken.id}.json"
    path.write_text(damage, encoding="latin-1")
    (store.folder / "mine.json").write_text(json.dumps({}))
    listed = {one.id: one.damage for one in store.listed()}
    assert listed[whole.id] == ""
    assert f"{broken.id}.json is damaged" in listed[broken.id]
    assert "mine.json is damaged" in listed["mine"]
    with pytest.raises(ConversationError, match="damaged"):
        store.load(broken.id)
    assert path.read_text(encoding="latin-1") == damage  # left for its owner to mend


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 16 + "/..", "A" * 16, "0" * 15])
def test_no_id_leads_out_of_the_folder(store: Conversations, name: str) -> None:
    for act in (store.load, store.delete, store.restore, lambda one: store.rename(one, "x")):
        with pytest.raises(ConversationError):
            act(name)


def test_many_threads_lose_nothing_and_leave_nothing_half_written(store: Conversations) -> None:
    def write(number: int) -> None:
        kept = store.save((plain_answer(f"q{number}"),))
        store.save((plain_answer(f"q{number}"), SECOND), kept.id, kept.revision)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.title for one in store.listed()) == [f"q{number}" for number in range(8)]
    assert all(one.answers == 2 for one in store.listed())
    assert {path.suffix for path in store.folder.iterdir()} == {".json"}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConversationError, match="could not be saved"):
        Conversations(tmp_path / "file", "local").save((FIRST,))


def test_ratings_stay_with_their_answers(store: Conversations) -> None:
    kept = store.save((FIRST, SECOND))
    kept = store.rate(kept.id, 0, "up")
    kept = store.rate(kept.id, 1, "down")
    assert kept.ratings == ((0, "up"), (1, "down"))
    edited = store.save((FIRST, plain_answer("Why?")), kept.id, kept.revision)
    assert edited.ratings == ((0, "up"),)
    assert store.rate(edited.id, 0, "").ratings == ()


def test_feedback_is_appended_a_line_each(store: Conversations, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "feedback.jsonl"
    kept = store.save((FIRST, SECOND))
    add_feedback(path, kept, 0, "up", "")
    add_feedback(path, kept, 1, "down", "It was\nLena Foss. \ud800")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(row["rating"], row["question"]) for row in rows] == [
        ("up", FIRST.question),
        ("down", SECOND.question),
    ]
    assert rows[1]["comment"].startswith("It was Lena Foss.")
    assert rows[0]["citations"][0]["start"] == 10
    for place, rating in ((2, "up"), (-1, "up"), (0, "sideways")):
        with pytest.raises(ConversationError):
            add_feedback(path, kept, place, rating, "")
