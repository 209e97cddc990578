"""Every kind of bad file is named with its reason, and the good files beside it are loaded."""

from __future__ import annotations

import json
import os
import random
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from documents import (
    BRIDGE,
    PAGE,
    docx_bytes,
    encrypted_pdf_bytes,
    pdf_bytes,
    scanned_pdf_bytes,
    zip_bytes,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import readers
from rag.loading import LoadResult, list_files, read_bytes, read_file
from rag.readers_rows import MAX_ROW_PROBLEMS
from rag.values import LoadProblem

MENU = "<html><body><nav><a href='/'>Home</a><a href='/s'>Sport</a></nav></body></html>"
DEEP = "<html><body>" + "<div>" * 100_000 + f"<p>{BRIDGE}</p>"
NOISE = bytes(byte for byte in random.Random(7).randbytes(4000) if byte >= 0x80)
ZIP_OF_ELSE = zip_bytes({"readme.txt": 10})
BOMB = zip_bytes({"word/document.xml": 129 * 1024 * 1024})

BAD_FILES: list[tuple[str, bytes, str]] = [
    ("empty.txt", b"", "it is empty"),
    ("empty.pdf", b"", "it is empty"),
    ("blank.md", b" \r\n\t\n\xc2\xa0", "it holds only white space"),
    ("marked.txt", b"\xef\xbb\xbf", "it holds only white space"),
    ("nul.txt", b"The bridge\0opened.", "it is binary, not text"),
    ("nul.html", b"<p>The bridge \0 opened on Thursday.</p>", "it is binary, not text"),
    ("control.txt", bytes(range(1, 9)) * 20 + BRIDGE.encode(), "it is binary, not text"),
    ("picture.txt", b"\x89PNG\r\n\x1a\nIHDR", "it is a PNG image, not text"),
    ("really.txt", pdf_bytes(BRIDGE), "it is a PDF, not text"),
    ("noise.txt", NOISE, "its encoding cannot be told"),
    ("cut.txt", b"\xff\xfeT\x00h", "it is marked as UTF-16-LE and is not"),
    ("photo.jpg", b"\xff\xd8\xff", "files of type .jpg are not read; use "),
    ("README", BRIDGE.encode(), "files without a suffix are not read; use "),
    ("damaged.pdf", b"%PDF-1.7\n" + b"\x00\xff" * 500, "it is damaged and cannot be parsed (Pdf"),
    ("nopdf.pdf", BRIDGE.encode(), "it is damaged and cannot be parsed (Pdf"),
    ("locked.pdf", encrypted_pdf_bytes(), "it is encrypted and needs a password"),
    ("scan.pdf", scanned_pdf_bytes(), "its 2 pages hold no text; it may be a scan"),
    ("nozip.docx", BRIDGE.encode(), "it is damaged: not a zip archive, as Word files are"),
    ("cut.docx", docx_bytes(BRIDGE)[:2000], "it is damaged: not a zip archive, as Word files are"),
    ("other.docx", ZIP_OF_ELSE, "it is damaged and cannot be parsed (KeyError)"),
    ("old.docx", b"\xd0\xcf\x11\xe0" * 99, "it is an old Word file or needs a password"),
    ("bomb.docx", BOMB, "it unpacks to more than 128 MB"),
    ("blank.docx", docx_bytes(), "it holds no text"),
    ("menu.html", MENU.encode(), "no article was found in the page"),
    ("nothing.htm", b"<!-- nothing -->", "no article was found in the page"),
    ("deep.html", DEEP.encode(), "its elements are nested more than 256 deep"),
    ("blank.jsonl", b"\n\n", "it holds only white space"),
    ("textless.csv", b"title\nBridge\n", "it has no column called text, body or content"),
    ("header.csv", b"text,title\n", "it has no rows"),
    ("quoted.csv", b'"text', "its header cannot be read (unexpected end of data)"),
]  # fmt: skip

ROW = json.dumps({"_id": "good", "text": BRIDGE}).encode()
HALF = "it holds half of a character (a lone surrogate)"
ENDLESS = "its JSON is nested too deeply or holds an endless number"
BAD_ROWS: list[tuple[str, bytes, str, str]] = [
    ("a.jsonl", b'{"text": "cut', "line 2", "it is not valid JSON (Unterminated string starting)"),
    ("a.jsonl", b'["text"]', "line 2", "it is a list, not an object"),
    ("a.jsonl", b'"text"', "line 2", "it is a string, not an object"),
    ("a.jsonl", b"{}", "line 2", "it has no text"),
    ("a.jsonl", b'{"text": ""}', "line 2", "its text is empty"),
    ("a.jsonl", b'{"text": null}', "line 2", "its text is null, not a string"),
    ("a.jsonl", b'{"body": 7}', "line 2", "its body is a number, not a string"),
    ("a.jsonl", b'{"text": ["a"]}', "line 2", "its text is a list, not a string"),
    ("a.jsonl", b'{"_id": [1], "text": "a"}', "line 2", "its id is a list, not a string"),
    ("a.jsonl", b'{"_id": "good", "text": "a"}', "line 2", "its id 'good' is that of line 1"),
    ("a.jsonl", b'{"text": "a\\u0000b"}', "line 2", "its text holds a NUL character"),
    ("a.jsonl", b'{"text": "a\\ud800b"}', "line 2", HALF),
    ("a.jsonl", b'{"text": "a", "n": ' + b"9" * 5000 + b"}", "line 2", ENDLESS),
    ("a.jsonl", b"[" * 100_000, "line 2", ENDLESS),
    ("a.csv", b"only one", "row 3", "it has 1 fields where the header has 2"),
    ("a.csv", b"a,b,c", "row 3", "it has 3 fields where the header has 2"),
    ("a.csv", b"x,", "row 3", "its text is empty"),
    ("a.csv", b"x,a\0b", "row 3", "its text holds a NUL character"),
    ("a.csv", b"good,b", "row 3", "its id 'good' is that of row 2"),
    ("a.csv", b'x,"a"b', "row 3", "it is not valid CSV (',' expected after '\"')"),
]  # fmt: skip


DOCUMENTS = {
    ".pdf": pdf_bytes(BRIDGE, title="Bridge"),
    ".docx": docx_bytes(BRIDGE),
    ".html": PAGE.encode(),
    ".jsonl": ROW + b"\n" + ROW,
    ".csv": b'id,text\n1,"The bridge is open."\n',
    ".md": f"---\ntitle: Bridge\n---\n# Bridge\n\n{BRIDGE}".encode(),
}


def load(folder: Path) -> LoadResult:
    """Everything a folder holds, as syncing loads it."""
    results = [read_file(file) for file in list_files(folder)]
    return LoadResult(
        tuple(article for result in results for article in result.articles),
        tuple(problem for result in results for problem in result.problems),
    )


def assert_one_problem(folder: Path, name: str, reason: str) -> None:
    """The folder's good neighbours are loaded, and the bad file is named with its reason."""
    (folder / "a good one.txt").write_text(BRIDGE)
    (folder / "z good one.md").write_text(BRIDGE)
    result = load(folder)
    assert [article.id for article in result.articles] == ["a good one.txt", "z good one.md"]
    assert [problem.source for problem in result.problems] == [name]
    assert result.problems[0].reason.startswith(reason)
    if not reason.endswith((" ", "(Pdf")):
        assert result.problems[0].reason == reason


@pytest.mark.parametrize(("name", "data", "reason"), BAD_FILES, ids=[bad[0] for bad in BAD_FILES])
def test_a_bad_file_is_named_with_its_reason(
    name: str, data: bytes, reason: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / name).write_bytes(data)
    assert_one_problem(tmp_path, name, reason)
    assert not caplog.records  # the reason is told once, by us


def test_an_unsupported_file_is_told_what_is_supported() -> None:
    (problem,) = read_bytes("photo.jpg", b"x").problems
    assert problem.reason.endswith(
        "use .csv, .docx, .htm, .html, .jsonl, .markdown, .md, .pdf or .txt"
    )


@pytest.mark.parametrize(("name", "row", "where", "reason"), BAD_ROWS)
def test_a_bad_row_is_left_out_alone(name: str, row: bytes, where: str, reason: str) -> None:
    good = [ROW] if name == "a.jsonl" else [b"id,text", f'good,"{BRIDGE}"'.encode()]
    last = b'{"text": "Last."}' if name == "a.jsonl" else b"last,Last."
    result = read_bytes(name, b"\n".join([*good, row, last]))
    assert result.problems == (LoadProblem(f"{name} {where}", reason),)
    assert [article.text for article in result.articles] == [BRIDGE, "Last."]


def test_a_file_of_bad_rows_is_not_told_row_by_row() -> None:
    result = read_bytes("a.jsonl", b"\n".join([ROW, *[b"x"] * (MAX_ROW_PROBLEMS + 30)]))
    assert len(result.articles) == 1
    assert len(result.problems) == MAX_ROW_PROBLEMS + 1
    assert result.problems[-1] == LoadProblem("a.jsonl 30 more lines", "they are bad as well")


@pytest.mark.parametrize(
    ("target", "reason"),
    [("nowhere.txt", "it is a broken link"), ("link.txt", "it is a broken link")],
)
def test_a_link_that_leads_nowhere_is_named(target: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(tmp_path / target)
    assert_one_problem(tmp_path, "link.txt", reason)


@pytest.mark.parametrize("target", ["secret.txt", ""])
def test_a_link_out_of_the_folder_is_named_and_not_followed(target: str, tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.mkdir()
    folder.mkdir()
    (outside / "secret.txt").write_text("A secret that is not in the folder.")
    (folder / "link.txt").symlink_to(outside / target)
    assert_one_problem(folder, "link.txt", "it is a link that leads out of the folder")


def test_pipes_are_passed_over_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert load(tmp_path) == LoadResult()


def test_a_file_that_vanishes_after_the_listing_is_named(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").write_text(BRIDGE)
    (file,) = list_files(tmp_path)
    file.path.unlink()
    gone = LoadProblem("gone.txt", "it vanished before it was read")
    assert read_file(file) == LoadResult(problems=(gone,))
    file.path.mkdir()
    (problem,) = read_file(file).problems
    assert problem == LoadProblem("gone.txt", "it cannot be read (Is a directory)")


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "closed.txt").write_text(BRIDGE)
    (tmp_path / "closed.txt").chmod(0)
    (file,) = list_files(tmp_path)
    with without_privileges():
        result = read_file(file)
    assert result == LoadResult(
        problems=(LoadProblem("closed.txt", "permission denied"),), barred=True
    )


def test_a_file_that_is_too_large_is_named_without_being_read(tmp_path: Path) -> None:
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(readers.MAX_ARTICLE_BYTES + 1)  # sparse: takes no room on the disk
    assert_one_problem(tmp_path, "large.txt", "it has more than 64 MB")


def test_a_name_that_is_no_unicode_is_shown_escaped(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text(BRIDGE)
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    assert_one_problem(tmp_path, "caf\\udce9.txt", "its name is not valid Unicode")


def test_a_word_file_whose_sizes_lie_unpacks_no_more_than_it_says() -> None:
    """The list of a zip bomb may claim small members; what they hold beyond that is not read."""
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(docx_bytes(BRIDGE))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for member in source.infolist():
            archive.writestr(member.filename, source.read(member))
        archive.getinfo("word/document.xml").file_size = 10
    (problem,) = read_bytes("lie.docx", out.getvalue()).problems
    assert problem.reason.startswith("it is damaged and cannot be parsed (")


@settings(deadline=None)  # documents are parsed in a process that must be started once
@given(st.sampled_from(sorted(DOCUMENTS)), st.binary(max_size=200))
def test_nothing_that_a_file_holds_is_an_exception(suffix: str, data: bytes) -> None:
    result = read_bytes(f"a{suffix}", data)
    assert result.articles or result.problems


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(DOCUMENTS)), st.floats(0, 1, exclude_max=True), st.binary(max_size=9))
def test_damage_anywhere_in_a_file_is_no_exception(suffix: str, share: float, by: bytes) -> None:
    data = DOCUMENTS[suffix]
    place = int(share * len(data))
    result = read_bytes(f"a{suffix}", data[:place] + by + data[place + len(by) :])
    assert result.articles or result.problems
    for article in result.articles:
        article.text.encode()
        assert article.text.strip()


@contextmanager
def without_privileges() -> Iterator[None]:
    """Run as an ordinary user for a while, as the administrator may read any file."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
