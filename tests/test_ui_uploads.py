"""Uploads land in the articles' folder under a plain name, or not at all."""

from __future__ import annotations

import os
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest
from fakes import WordEmbedder
from hypothesis import given
from hypothesis import strategies as st

from rag.config import Config
from rag.engine import QueryEngine
from rag.loading import list_files
from ui.articles import BY_TITLE, Library, View
from ui.uploads import MAX_STEM_BYTES, Upload, UploadError, safe_name, why_closed


def config(folder: Path, **settings: int) -> Config:
    return Config(articles=folder, index=folder.parent / "index", **settings)


def upload(folder: Path, name: str, data: bytes = b"It rained.", **settings: int) -> str:
    with Upload(config(folder, **settings), name) as file:
        file.write(data)
        return file.keep()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "news").mkdir()
    return tmp_path / "news"


@given(st.text(max_size=300))
def test_any_name_becomes_a_plain_one(stem: str) -> None:
    name = safe_name(f"{stem}.txt")
    assert name.endswith(".txt")
    assert name == Path(name).name == unicodedata.normalize("NFC", name)
    assert not name.startswith((".", "~", " "))
    assert len(name.encode()) <= MAX_STEM_BYTES + 5
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in name)
    assert not set(name) & set('/\\<>:"|?*\0')


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("../../etc/cron.d/job.txt", "job.txt"),
        ("C:\\Users\\me\\story.PDF", "story.pdf"),
        ("..txt", "article.txt"),
        (".hidden.md", "hidden.md"),
        ("a\u202egnp\u0000\n.html", "agnp.html"),
        ("cafe\u0301.txt", "café.txt"),
        ("CON.txt", "_CON.txt"),
        ("x" * 400 + ".csv", "x" * MAX_STEM_BYTES + ".csv"),
        ("日" * 200 + ".txt", "日" * (MAX_STEM_BYTES // 3) + ".txt"),
    ],
)
def test_names_of_trouble(given_name: str, expected: str) -> None:
    assert safe_name(given_name) == expected


@pytest.mark.parametrize("name", ["a.exe", "a", "", "a.txt.svg", ".txt/..", "a.html\u202e.js"])
def test_other_kinds_are_not_taken(folder: Path, name: str) -> None:
    with pytest.raises(UploadError, match="not taken"):
        upload(folder, name)
    assert list(folder.iterdir()) == []


def test_a_taken_name_gets_a_number_and_nothing_is_written_over(folder: Path) -> None:
    (folder / "a.txt").write_text("first")
    outside = folder.parent / "outside.txt"
    outside.write_text("outside")
    (folder / "a (2).txt").symlink_to(outside)
    (folder / "a (3).txt").symlink_to(folder / "dangling.txt")
    assert upload(folder, "a.txt", b"second") == "a (4).txt"
    assert upload(folder, "x/a.txt", b"third") == "a (5).txt"
    assert (folder / "a.txt").read_text() == "first"
    assert outside.read_text() == "outside"
    assert (folder / "a (4).txt").read_bytes() == b"second"
    assert not (folder / "dangling.txt").exists()


def test_what_is_not_kept_leaves_nothing(folder: Path) -> None:
    with Upload(config(folder), "a.txt") as file:
        file.write(b"half")
        assert list_files(folder) == []  # a sync at this moment would not read half a file
    with pytest.raises(UploadError, match="more than 1 MB"):
        upload(folder, "a.txt", b"x" * (1024 * 1024 + 1), upload_mb=1)
    with pytest.raises(UploadError, match="empty"):
        upload(folder, "a.txt", b"")
    assert list(folder.iterdir()) == []


def test_what_a_killed_upload_left_is_removed_by_a_later_one(folder: Path) -> None:
    old, new, theirs = (folder / f".{name}.part" for name in ("0" * 16, "1" * 16, "my notes"))
    for path in (old, new, theirs):
        path.write_text("half")
    for path in (old, theirs):
        os.utime(path, (0, 0))
    upload(folder, "a.txt")
    assert {path.name for path in folder.iterdir()} == {"a.txt", new.name, theirs.name}


def test_an_upload_that_fails_leaves_its_place_to_another(folder: Path) -> None:
    limited = config(folder, upload_files=1, upload_mb=1)
    with closing(QueryEngine.open(limited, WordEmbedder())) as engine:
        library = Library(engine, limited)
        with pytest.raises(UploadError, match="more than 1 MB"), library.upload("a.txt") as file:
            file.write(b"x" * (1024 * 1024 + 1))
        with library.upload("b.txt") as file:
            file.write(b"It rained.")
            file.keep()
        with pytest.raises(UploadError, match="1 uploaded files wait"):
            library.upload("c.txt")


def test_only_so_many_uploads_wait_for_a_sync(folder: Path) -> None:
    limited = config(folder, upload_files=2)
    with closing(QueryEngine.open(limited, WordEmbedder())) as engine:
        library = Library(engine, limited)
        for name in ("a.txt", "b.txt"):
            with library.upload(name) as file:
                file.write(name.encode())
                file.keep()
        with pytest.raises(UploadError, match="2 uploaded files wait"):
            library.upload("c.txt")
        assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "b.txt"]
        list(library.act("uploaded", "", "", BY_TITLE, View()))
        library.upload("c.txt")


def test_where_nothing_can_be_uploaded_it_is_said_why(folder: Path, tmp_path: Path) -> None:
    single = tmp_path / "one.txt"
    single.write_text("It rained.")
    assert why_closed(config(folder)) == ""
    assert "the one file one.txt" in why_closed(config(single))
    assert "does not exist" in why_closed(config(tmp_path / "gone"))
    assert "switched off" in why_closed(config(folder, upload_files=0))
    with pytest.raises(UploadError, match="one file"):
        upload(single, "a.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_read_only_folder_is_said_to_be_so(folder: Path) -> None:
    folder.chmod(0o500)
    try:
        assert "read-only" in why_closed(config(folder))
    finally:
        folder.chmod(0o700)
