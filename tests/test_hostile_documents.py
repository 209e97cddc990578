"""Documents made to harm: they cost bounded time and memory, fetch nothing, and stop no run."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from documents import BRIDGE, COST, PAGE, docx_bytes, pdf_bytes

from rag.bounded import BoundedReader, Bounds, document_reader
from rag.extracted import UnreadableError
from rag.loading import list_files, read_bytes, read_file
from rag.readers import extract
from rag.reading_worker import RECYCLED_KILOBYTES

STRICT_SECONDS = 4
SECRET = "the-secret-of-a-file-outside"
# Every way that we know for a page to name something elsewhere.
REFERENCES = """<link rel=stylesheet href="{0}/a.css"><base href="{0}/"><script src="{0}/a.js">
</script><img src="{0}/a.png" srcset="{0}/b.png 2x"><iframe src="{0}/f"></iframe>
<object data="{0}/o"></object><meta http-equiv=refresh content="0;url={0}/m">
<style>@import url({0}/s.css);</style>
<link rel=amphtml href="{0}/amp"><link rel=next href="{0}/2"><video poster="{0}/p" src="{0}/v">
</video><a ping="{0}/ping" href="{0}/l">link</a>"""


class Canary:
    """A server on loopback that counts who comes."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.setblocking(False)
        self.address = f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def visits(self) -> int:
        """How many connections were made so far."""
        count = 0
        while True:
            try:
                self._server.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    server = Canary()
    yield server
    server.close()


@pytest.fixture
def strict_reader() -> Iterator[BoundedReader]:
    """A reader that gives a file few seconds and 400 MB."""
    reader = BoundedReader(Bounds(STRICT_SECONDS, 0, 400 * 1024**2))
    yield reader
    reader.close()


def reason(reader: BoundedReader, suffix: str, data: bytes) -> str:
    with pytest.raises(UnreadableError) as refused:
        reader.extract(suffix, data)
    return refused.value.reason


def docx_with(**changes: bytes) -> bytes:
    """A Word file with some members' content replaced; ``document`` is word/document.xml."""
    names = {"document": "word/document.xml", "relations": "word/_rels/document.xml.rels"}
    with zipfile.ZipFile(BytesIO(docx_bytes(BRIDGE))) as source:
        members = {name: source.read(name) for name in source.namelist()}
    members |= {names[key]: content for key, content in changes.items()}
    return zipped(members)


def zipped(members: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def document_xml(body: str, head: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return (
        f'<?xml version="1.0"?>{head}<w:document xmlns:w="{space}"><w:body>{body}</w:body>'
        "</w:document>"
    ).encode()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf_with_stream(content: bytes) -> bytes:
    """A PDF whose only page has ``content``, compressed."""
    packed = zlib.compress(content, 9)
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
    return re.sub(rb"<< /Length \d+ >>\nstream\n.*?\nendstream", lambda _: stream, pdf_bytes("x"))


SLOW_PDF = pdf_with_stream(b"BT /F1 9 Tf 1 0 0 1 0 0 Tm (a) Tj ET\n" * 500_000)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION_LAUGHS = f'<!DOCTYPE d [<!ENTITY l0 "lol lol lol">{LAUGHS}]>'


def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_read(
    strict_reader: BoundedReader,
) -> None:
    assert len(SLOW_PDF) < 100_000
    told = f"reading it takes more than {STRICT_SECONDS} s"
    assert reason(strict_reader, ".pdf", SLOW_PDF) == told
    (found,) = strict_reader.extract(".pdf", pdf_bytes(BRIDGE)).articles
    assert found.text == BRIDGE


def test_a_reader_that_waits_is_not_waited_for() -> None:
    """No time is computed away by a parser that stands still: the clock on the wall ends it."""
    reader = BoundedReader(Bounds(base_seconds=1))
    reader.extract(".pdf", pdf_bytes(BRIDGE))
    os.kill(child_of(reader), signal.SIGSTOP)
    assert reason(reader, ".pdf", pdf_bytes(BRIDGE)) == "reading it takes more than 1 s"
    assert reader.extract(".pdf", pdf_bytes(BRIDGE)).articles
    reader.close()


def test_a_document_that_takes_too_much_memory_is_given_up(strict_reader: BoundedReader) -> None:
    bomb = docx_with(document=document_xml("<w:p/>" * 12_000_000))
    assert len(bomb) < 1_000_000
    assert reason(strict_reader, ".docx", bomb) == "it takes more memory to read than a file may"
    assert strict_reader.extract(".docx", docx_bytes(BRIDGE)).articles


def test_a_parser_that_crashes_is_reported_and_the_next_document_is_read() -> None:
    reader = BoundedReader(Bounds())
    reader.extract(".pdf", pdf_bytes(BRIDGE))
    told: list[str] = []
    thread = threading.Thread(target=lambda: told.append(reason(reader, ".pdf", SLOW_PDF)))
    thread.start()
    first = 0
    while thread.is_alive():  # also the second try, which a reader in use is given
        if (child := child_of(reader)) not in (0, first) and computing(child):
            first = child
            os.kill(child, signal.SIGSEGV)
        time.sleep(0.01)
    thread.join()
    assert told == ["it crashes the program that parses it"]
    assert reader.extract(".pdf", pdf_bytes(BRIDGE)).articles
    reader.close()


def test_a_reader_that_ended_for_want_of_work_is_replaced() -> None:
    reader = BoundedReader()
    reader.extract(".pdf", pdf_bytes(BRIDGE))
    os.kill(child_of(reader), signal.SIGKILL)
    assert reader.extract(".pdf", pdf_bytes(BRIDGE)).articles
    reader.close()


def test_one_document_that_harms_does_not_stop_a_folder(tmp_path: Path) -> None:
    wide = document_xml(
        f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr>{paragraph("a")}'
        "</w:tc></w:tr></w:tbl>"
    )
    (tmp_path / "a.docx").write_bytes(docx_with(document=wide))
    (tmp_path / "b.html").write_text("<div>" * 100_000)
    (tmp_path / "c.pdf").write_bytes(pdf_with_stream(b"[" * 200_000))
    (tmp_path / "d.docx").write_bytes(zipped({f"{n}": b"" for n in range(20_001)}))
    (tmp_path / "e.docx").write_bytes(docx_bytes(BRIDGE))
    results = [read_file(file) for file in list_files(tmp_path)]
    reasons = [problem.reason for result in results for problem in result.problems]
    assert [article.id for result in results for article in result.articles] == ["e.docx"]
    assert reasons[0] == "a table of it has more than 1,000 columns"
    assert reasons[1] == "its elements are nested more than 256 deep"
    assert reasons[3] == "it has more than 20,000 parts"
    assert len(reasons) == 4


@pytest.mark.parametrize("suffix", [".docx", ".html"])
def test_entities_are_not_expanded(suffix: str) -> None:
    if suffix == ".docx":
        body = paragraph(BRIDGE) + paragraph("&l9;")
        data = docx_with(document=document_xml(body, BILLION_LAUGHS))
    else:
        data = (BILLION_LAUGHS + PAGE.replace("600 metres", "600 metres &l9;")).encode()
    result = read_bytes(f"a{suffix}", data)
    assert all("lol lol" not in article.text for article in result.articles)
    assert sum(len(article.text) for article in result.articles) < 2_000


@pytest.mark.parametrize("suffix", [".docx", ".html"])
def test_an_entity_reads_no_file_and_asks_no_server(
    suffix: str, tmp_path: Path, canary: Canary
) -> None:
    (tmp_path / "secret").write_text(SECRET)
    file, address = (tmp_path / "secret").as_uri(), canary.address
    head = (
        f'<!DOCTYPE d SYSTEM "{address}/d.dtd" [<!ENTITY f SYSTEM "{file}">'
        f'<!ENTITY w SYSTEM "{address}/w"><!ENTITY % p SYSTEM "{address}/p"> %p;]>'
    )
    if suffix == ".docx":
        body = paragraph(BRIDGE) + paragraph("&f; &w;")
        data = docx_with(document=document_xml(body, head))
    else:
        data = (head + PAGE.replace("600 metres", "600 metres &f; &w;")).encode()
    # Here as well as in the child, so that no bound of the child's hides what the parser does.
    for articles in (read_bytes(f"a{suffix}", data).articles, in_process(suffix, data)):
        assert all(SECRET not in article.text for article in articles)
    assert canary.visits() == 0


def in_process(suffix: str, data: bytes) -> tuple[object, ...]:
    try:
        return extract(suffix, data).articles
    except UnreadableError:
        return ()


def hostile_pdf(address: str) -> bytes:
    """A PDF that opens an address, calls home by script, and has its page's text elsewhere."""
    actions = (
        f"/OpenAction << /S /URI /URI ({address}/open) >> "
        f"/AA << /WC << /S /JavaScript /JS (app.launchURL\\('{address}'\\)) >> >> "
        f"/AcroForm << /XFA ({address}/xfa) >> "
    )
    data = pdf_bytes(BRIDGE).replace(b"/Type /Catalog ", b"/Type /Catalog " + actions.encode())
    external = f"/F << /FS /URL /F ({address}/stream) >> /Length ".encode()
    return re.sub(rb"/Length (?=\d+ >>\nstream)", external, data)


def hostile_docx(address: str) -> bytes:
    with zipfile.ZipFile(BytesIO(docx_bytes(BRIDGE))) as source:
        relations = source.read("word/_rels/document.xml.rels").decode()
    kinds = ("image", "attachedTemplate", "oleObject", "frame", "subDocument", "hyperlink")
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    added = "".join(
        f'<Relationship Id="x{kind}" Type="{space}/{kind}" Target="{address}/{kind}"'
        ' TargetMode="External"/>'
        for kind in kinds
    )
    text = relations.replace("</Relationships>", f"{added}</Relationships>")
    return docx_with(relations=text.encode())


def test_loading_fetches_nothing_that_a_document_refers_to(canary: Canary) -> None:
    references = REFERENCES.format(canary.address)
    page = PAGE.replace("<nav>", f"{references}<nav>").replace(
        "http://outside.example", canary.address
    )
    documents = {
        ".html": page.encode(),
        ".docx": hostile_docx(canary.address),
        ".pdf": hostile_pdf(canary.address),
        ".md": f"![a]({canary.address}/a.png)\n\n{BRIDGE}".encode(),
    }
    for suffix, data in documents.items():
        assert read_bytes(f"a{suffix}", data).articles, suffix
        extract(suffix, data)
    assert canary.visits() == 0
    socket.create_connection(("127.0.0.1", int(canary.address.rpartition(":")[2]))).close()
    assert canary.visits() == 1  # it does count


def test_names_in_an_archive_lead_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    (tmp_path / "secret.xml").write_bytes(document_xml(paragraph(SECRET)))
    monkeypatch.chdir(inside)
    with zipfile.ZipFile(BytesIO(docx_bytes(BRIDGE))) as source:
        members = {name: source.read(name) for name in source.namelist()}
    before = sorted(tmp_path.rglob("*"))
    for name in ("../../escaped.txt", "/tmp/../escaped.txt", "..\\escaped.txt"):
        read_bytes("a.docx", zipped({**members, name: b"escaped"}))
    members["_rels/.rels"] = members["_rels/.rels"].replace(
        b"word/document.xml", b"../../../secret.xml"
    )
    result = read_bytes("a.docx", zipped(members))
    assert result.problems  # a member of the archive is meant, and it has none of that name
    assert sorted(tmp_path.rglob("*")) == before


def test_the_child_has_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_CHROMA_TOKEN", SECRET)
    reader = BoundedReader()
    reader.extract(".pdf", pdf_bytes(BRIDGE))
    environment = Path(f"/proc/{child_of(reader)}/environ")
    if not environment.exists():
        pytest.skip("this system does not show a process's environment")
    assert b"PATH=" in environment.read_bytes()
    assert SECRET.encode() not in environment.read_bytes()
    reader.close()


TRIES = """
import sys
sys.path[:] = sys.argv[2:]
from rag.reading_worker import _confine
_confine(1 << 31)
import os, socket, subprocess
def tries():
    yield lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    yield lambda: socket.getaddrinfo("localhost", 80)
    yield lambda: open("written", "w")
    yield lambda: open("there", "r+")
    yield lambda: subprocess.run(["true"])
    yield lambda: os.system("true")
    yield lambda: os.remove("there")
    yield lambda: bytearray(1 << 32)
for number, attempt in enumerate(tries()):
    try:
        attempt()
    except (PermissionError, MemoryError):
        print(number)
"""


def test_the_child_gives_up_the_network_files_and_other_programs(
    tmp_path: Path, canary: Canary
) -> None:
    (tmp_path / "there").write_text("a")
    port = canary.address.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-c", TRIES, port, *sys.path],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert done.stdout.split() == list("01234567")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["there"]
    assert canary.visits() == 0


def test_rows_cannot_fill_the_memory_or_the_report() -> None:
    """Deep, wide and endless rows are refused one by one; the good row beside them is loaded."""
    lines = [
        b'{"text": ' + b"[" * 100_000,
        b'{"text": "a", "metadata": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
        b'{"text": "b", "n": ' + b"9" * 100_000 + b"}",
    ]
    good = f'{{"text": "{BRIDGE}"}}'.encode()
    result = read_bytes("a.jsonl", b"\n".join([*lines, good]))
    assert [article.text for article in result.articles] == [BRIDGE]
    assert len(result.problems) == 3
    wide = b"text" + b",x" * 100_000 + b"\n" + COST.encode().replace(b",", b"") + b"," * 100_000
    (article,) = read_bytes("a.csv", wide).articles
    assert len(article.text) < 100
    endless = b'id,text\n1,"' + b"a" * 3_000_000
    assert len(read_bytes("a.csv", endless).problems) == 1


def child_of(reader: BoundedReader) -> int:
    """The process in which the reader parses, 0 while it has none."""
    process = reader._process
    return process.pid if process is not None and process.poll() is None else 0


def computing(process: int) -> bool:
    """Whether a process has begun to parse: it has used more processor time than its start."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return int(fields[11]) > 80  # hundredths of a second in user mode


def test_all_loading_goes_through_one_child() -> None:
    document_reader().close()  # one that has grown by the bombs above would be replaced
    read_bytes("a.pdf", pdf_bytes(BRIDGE))
    child = child_of(document_reader())
    read_bytes("a.html", PAGE.encode())
    assert child_of(document_reader()) == child != 0


def test_a_large_program_keeps_its_child_as_well() -> None:
    large = bytearray(RECYCLED_KILOBYTES * 1024)  # the peak that Linux hands on to a child
    large[::4096] = b"x" * len(large[::4096])
    document_reader().close()
    test_all_loading_goes_through_one_child()
