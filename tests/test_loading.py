"""Every kind of source, loaded with its text untouched and with what it says of itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from documents import BRIDGE, COST, PAGE, docx_bytes, pdf_bytes
from hypothesis import given
from hypothesis import strategies as st

from network_guard import NetworkGuard
from rag.errors import SourceError
from rag.loading import SourceFile, list_files, read_bytes, read_file
from rag.values import Article

# Text as files hold it: no control characters, no byte-order mark, no stand-in for broken bytes.
TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\ufeff\ufffd")
    | st.sampled_from("\n\r\t "),
    min_size=1,
    max_size=300,
).filter(str.strip)

STORIES = {
    "cp1252": "The café’s naïve owner, José, said on Monday: “It cost us €50 million.”",
    "cp1251": "Президент России заявил о новых санкциях против банков.",
    "koi8_r": "Президент России заявил о новых санкциях против банков.",
    "cp1250": "Łódź i Kraków: nowy most został otwarty we środę, powiedział burmistrz.",
    "cp932": "日本の首相は火曜日に記者会見を開いた。東京で新しい橋が開通した。",
    "gb18030": "中国和俄罗斯扩大两用技术合作，两国总理星期二在北京签署了协议。",
}


def only(name: str, data: bytes) -> Article:
    """The one article of a source that must have no problem."""
    result = read_bytes(name, data)
    assert not result.problems
    (article,) = result.articles
    return article


@given(TEXTS)
def test_a_text_file_is_its_article_to_the_last_character(text: str) -> None:
    article = only("a.txt", text.encode())
    assert article.text == text
    assert only("a.txt", b"\xef\xbb\xbf" + text.encode()).text == text
    assert only("a.md", text.encode("utf-16")).text == text
    for span in article.boilerplate:
        assert span.end <= len(text)


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_rows_are_their_articles_to_the_last_character(texts: list[str]) -> None:
    lines = "\n".join(json.dumps({"text": text}, ensure_ascii=False) for text in texts)
    result = read_bytes("rows.jsonl", lines.encode())
    assert [article.text for article in result.articles] == texts
    assert [article.id for article in result.articles] == [
        f"rows.jsonl#{number}" for number in range(1, len(texts) + 1)
    ]


@pytest.mark.parametrize("encoding", STORIES)
def test_legacy_encodings_are_told(encoding: str) -> None:
    assert only("a.txt", STORIES[encoding].encode(encoding)).text == STORIES[encoding]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_told(encoding: str) -> None:
    assert only("a.txt", BRIDGE.encode(encoding)).text == BRIDGE


def test_a_page_is_decoded_as_it_declares() -> None:
    page = f'<html><head><meta charset="koi8-r"></head><body><p>{STORIES["koi8_r"]}</p></body>'
    assert only("a.html", page.encode("koi8-r")).text == STORIES["koi8_r"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_stay_and_lines_are_told_by_any(end: str) -> None:
    text = end.join(["Bridge opens in Porto", "", "Advertisement", "", BRIDGE, ""])
    article = only("a.txt", text.encode())
    assert article.text == text
    marked = "".join(span.of(text) for span in article.boilerplate)
    assert marked == f"Bridge opens in Porto{end}Advertisement{end}"


def test_front_matter_is_told_and_marked() -> None:
    head = "---\ntitle: 'Bridge opens'\nauthors: [Ana Lima, Jo Roe]\nlang: en-GB\n---\n"
    article = only("a.md", f"{head}# Bridge opens\n\n{BRIDGE}\n".encode())
    assert (article.title, article.author, article.language) == (
        "Bridge opens",
        "Ana Lima, Jo Roe",
        "en",
    )
    assert "".join(s.of(article.text) for s in article.boilerplate) == f"{head}# Bridge opens\n"


def test_a_page_becomes_its_article_and_nothing_is_fetched(network_guard: NetworkGuard) -> None:
    article = only("news/bridge.html", PAGE.encode())
    assert BRIDGE in article.text
    assert (
        f"\n\n{COST}\n\n- Length: 600 metres\n- Height: 75 metres\n\n| Year | Cost |"
        in article.text
    )
    assert "Home" not in article.text
    assert (article.id, article.source) == ("news/bridge.html", "news/bridge.html")
    assert article.title == "Bridge opens in Porto"
    assert (article.author, article.outlet) == ("Ana Lima", "The Daily Harbor")
    assert article.url == "https://harbor.example/news/bridge"
    assert (article.date, article.language) == ("2021-03-04", "en")
    marked = [span.of(article.text).strip() for span in article.boilerplate]
    assert marked == ["Bridge opens in Porto", "Share on Facebook"]
    assert not network_guard.contacted


def test_a_date_that_a_page_only_mentions_is_not_its_date() -> None:
    page = f"<html><body><article><p>{BRIDGE}</p><p>{COST}</p></article><p>May 5, 2020</p></body>"
    assert only("a.html", page.encode()).date == ""


def test_a_pdf_becomes_its_pages() -> None:
    data = pdf_bytes(
        f"{BRIDGE}\nCars may not use", "it before May.", title="Bridge opens", author="Ana Lima",
        created="D:20210304120000Z",
    )  # fmt: skip
    article = only("a.pdf", data)
    assert article.text.split() == f"{BRIDGE} Cars may not use it before May.".split()
    assert "use\nit" in article.text
    assert (article.title, article.author) == ("Bridge opens", "Ana Lima")
    assert (article.date, article.language) == ("2021-03-04", "en")


@pytest.mark.parametrize(
    "title", ["Microsoft Word - bridge final.doc", "untitled", "Document1", "-"]
)
def test_titles_that_programs_write_are_no_titles(title: str) -> None:
    assert only("a.pdf", pdf_bytes(BRIDGE, title=title)).title == ""
    assert only("a.docx", docx_bytes(BRIDGE, title=title, author="python-docx")).title == ""


def test_a_word_document_becomes_its_paragraphs_and_tables() -> None:
    data = docx_bytes(BRIDGE, COST, title="Bridge opens", author="Ana Lima", date="2021-03-04")
    article = only("a.docx", data)
    assert article.text == f"{BRIDGE}\n\n{COST}\n\n| Length | 600 metres |"
    assert (article.title, article.author, article.date) == (
        "Bridge opens",
        "Ana Lima",
        "2021-03-04",
    )


def test_the_template_of_a_program_has_no_date_and_no_author() -> None:
    article = only("a.docx", docx_bytes(BRIDGE, author="python-docx"))
    assert (article.author, article.date) == ("", "")


def test_a_beir_row_keeps_its_id_and_metadata() -> None:
    row = {
        "_id": "doc-7", "title": "Bridge opens", "text": BRIDGE,
        "metadata": {"url": "https://www.harbor.example/2021/03/04/a", "author": ["Ana", "Jo"]},
    }  # fmt: skip
    article = only("corpus.jsonl", json.dumps(row).encode())
    assert (article.id, article.title, article.author) == ("doc-7", "Bridge opens", "Ana, Jo")
    assert (article.outlet, article.date) == ("harbor.example", "2021-03-04")
    assert (article.source, article.text) == ("corpus.jsonl", BRIDGE)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_by_its_header(delimiter: str) -> None:
    header = delimiter.join(["ID", "Title", " Body ", "Source", "Date"])
    long = f"{BRIDGE} " * 3000  # more than Python's csv module takes by itself
    rows = [["7", "Bridge opens", f'"{BRIDGE}\n\n{COST}"', "Harbor", "4 March 2021"]]
    rows.append(["", "", f'"{long}"', "", ""])
    data = "\r\n".join([header, *(delimiter.join(row) for row in rows)])
    first, second = read_bytes("news.csv", data.encode()).articles
    assert (first.id, first.title, first.outlet) == ("7", "Bridge opens", "Harbor")
    assert (first.text, first.date) == (f"{BRIDGE}\n\n{COST}", "2021-03-04")
    assert (second.id, second.text) == ("news.csv#3", long)


@pytest.mark.parametrize(
    ("data", "begins"),
    [
        (BRIDGE.encode(), BRIDGE),
        (PAGE.encode(), "Bridge opens in Porto"),
        (pdf_bytes(BRIDGE), BRIDGE),
        (docx_bytes(BRIDGE), BRIDGE),
        (json.dumps({"text": BRIDGE}).encode(), BRIDGE),
    ],
)
def test_bytes_without_a_suffix_are_told_by_how_they_begin(data: bytes, begins: str) -> None:
    assert only("stdin", data).text.startswith(begins)


def test_a_folder_is_listed_in_order_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.MD", "a.txt", ".hidden.txt", ".git/x.txt", "~$lock.docx"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{BRIDGE} {name}")
    (tmp_path / "inside.txt").symlink_to(tmp_path / "b.txt")
    files = list_files(tmp_path)
    assert [file.name for file in files] == ["a.txt", "a/z.MD", "b.txt", "inside.txt"]
    assert files == sorted(files, key=lambda file: file.name)
    for file in files:
        status = file.path.stat()
        assert (file.size, file.mtime_ns) == (status.st_size, status.st_mtime_ns)
        assert read_file(file) == read_bytes(file.name, file.path.read_bytes())


def test_a_single_file_is_listed_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BRIDGE)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link.txt").symlink_to(tmp_path / "a.txt")
    for path in (tmp_path / "a.txt", tmp_path / "folder" / "link.txt"):
        (file,) = list_files(path)
        assert file.name == path.name
        assert [article.text for article in read_file(file).articles] == [BRIDGE]


def test_an_empty_folder_has_no_files_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    assert list_files(tmp_path) == []
    with pytest.raises(SourceError, match="does not exist"):
        list_files(tmp_path / "nowhere")
    with pytest.raises(SourceError, match="neither a folder nor a file"):
        list_files(Path("/dev/null"))


def test_the_source_is_a_frozen_value() -> None:
    file = SourceFile(Path("a.txt"), "a.txt", 1, 2)
    assert file == SourceFile(Path("a.txt"), "a.txt", 1, 2)
    assert hash(file) == hash(SourceFile(Path("a.txt"), "a.txt", 1, 2))


def test_parsers_are_imported_when_a_file_needs_them() -> None:
    heavy = ["trafilatura", "pypdf", "docx", "lxml", "charset_normalizer"]
    code = f"import sys, rag.loading; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
