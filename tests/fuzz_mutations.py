"""Real files of each kind, damaged by their structure: what a fuzzer tries on the loaders.

A mutation of bytes alone seldom gets past a zip's checksums or a PDF's table, so each format has
mutations of its own that leave its container whole. All chance comes from the ``Random`` given.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import zipfile
import zlib
from collections.abc import Callable

from documents import BRIDGE, COST, PAGE, docx_bytes, pdf_bytes

# Characters that end lines, join words, turn the direction of writing, or are no characters.
NASTY = (
    *("\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\r", "\u200b", "\u202e", "\u2066", "\ufeff"),
    *("\u0301", "\u00ad", "\ufffd", "\ufffe", "\U0001f1e6", "\U000e0041", "\u0130", "\u1e9e", "ß"),
    *("\u3000", "\u00a0", "ﬁ", "\u0e01\u0e33", "か\u3099", "\U0001f600"),
)  # fmt: skip
# Lines that our own rules look for, so that they meet each other where nobody put them.
LINES = (
    *("---", "title: Bridge", "date: 2021-13-45", "- item", "By Ana Lima", "(CNN)", "LONDON —"),
    *("© 2020 The Daily Harbor", "Home", "Sport", "Share on Facebook", "Home | Sport | News"),
    *("[a](http://x.example)", "https://x.example/2020/01/02/", "## Head", "> quote", "| a | b |"),
    *(
        "Published 4 March 2021",
        "“He said.”",
        "Mr. Smith vs. the U.S. said so.",
        "1. First.",
        "...",
    ),
    *('"Who?" he asked.', "Read more:", "ADVERTISEMENT", "Dr.", "e.g.", "a.b.c.d.e", "?!?!", "—"),
)
# Texts on which a pattern that tries every way to match takes for ever.
RUNS = (
    *("a", " ", "\n", "\r\n", "-", ".", "(", "[", '"', "'", "“", "\t", "0", "a ", "A. ", "a-", "*"),
    *("<", "&", "|", "- ", "> ", "#", "\u200b", "\u0301", "a\n", ". ", "No. ", "http://", ",", "_"),
)
HTML_PARTS = (
    *(
        "<div>",
        "</div>",
        "<p>",
        "</p>",
        "<table><tr><td>",
        "</td></tr></table>",
        "<ul><li>",
        "<br>",
    ),
    *("<script>x()</script>", "<style>a{}</style>", "<!--", "-->", "<![CDATA[", "]]>", "<svg><a>"),
    *("<template>", "<frameset>", "<base href='file:///etc/'>", "<iframe src=x>", "<pre>", "<q>"),
    *("&#0;", "&#xD800;", "&#x110000;", "&lol9;", "&amp;amp;", "<p lang='\x01'>", "<article>"),
    *(
        "<meta charset=utf-7>",
        "<meta name=date content='99999-99-99'>",
        "<time datetime=x pubdate>",
    ),
    *("<blockquote>", "<code>", "<h1>", "<item>", "<cell>", "<row>", "<nav>", "<body>", "<html>"),
)
PDF_TOKENS = (
    *(
        b"0",
        b"-1",
        b"99999999999",
        b"4294967296",
        b"1e9",
        b"null",
        b"true",
        b"[",
        b"]",
        b"<<",
        b">>",
    ),
    *(b"2 0 R", b"9 0 R", b"1 0 R", b"/Type", b"/Pages", b"/Kids", b"/FlateDecode", b"/LZWDecode"),
    *(b"/ASCII85Decode", b"/Filter", b"/Identity-H", b"/ToUnicode 5 0 R", b"(\\377\\376a)", b"Tj"),
    *(b"TJ", b"'", b"cm", b"Tm", b"q", b"Q", b"/Parent", b"/Prev 0", b"/Encoding", b"/Differences"),
    *(
        b"<FEFFD800>",
        b"/Lang",
        b"(a\\0b)",
        b"/Title",
        b"/CreationDate (D:20209999999999)",
        b"%",
        b"BI",
    ),
)
XML_VALUES = (
    "0",
    "-1",
    "999999999",
    "NaN",
    "",
    "true",
    "continue",
    "restart",
    "../../x",
    "\u202e",
    "9" * 400,
)
JSON_VALUES = (
    *(None, True, 0, -1, 1.5, 10**30, "", " ", "\x00", "\ud800", "2021-02-30", "https://[x"),
    *([], {}, [[]], {"name": "x"}, ["a", None], {"text": BRIDGE}, "http://x.example", "en-US-x-y"),
    *("a" * 2000, "\r\n"),
)
KEYS = (
    "text",
    "body",
    "_id",
    "id",
    "title",
    "metadata",
    "date",
    "url",
    "author",
    "language",
    "source",
)

TEXT = "\n".join(
    ["---", "title: Bridge", "---", "# Bridge", "", BRIDGE, "", COST, *LINES[4:9], BRIDGE]
)


def random_case(chance: random.Random) -> tuple[str, bytes]:
    """A file's name and its damaged bytes."""
    suffix = chance.choice(sorted(MUTATORS))
    data = MUTATORS[suffix](chance)
    if chance.random() < 0.25:
        data = _damaged_bytes(data, chance)
    return f"a{suffix}", data


def _damaged_bytes(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut out, put in, repeated, or swapped, a few times over."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed) + 1)
        length = min(int(chance.expovariate(0.05)) + 1, 4000)
        kind = chance.randrange(5)
        if kind == 0:
            changed[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            del changed[at : at + length]
        elif kind == 2:
            changed[at:at] = chance.randbytes(min(length, 200))
        elif kind == 3:
            changed[at:at] = changed[at : at + length] * chance.randint(1, 4)
        else:
            other = chance.randrange(len(changed) + 1)
            changed[at : at + length] = changed[other : other + length]
        if not changed:
            changed += b"a"
    return bytes(changed)


def mutated_text(text: str, chance: random.Random) -> str:
    """A text with lines, characters and long runs put in, and parts cut out or repeated."""
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(text) + 1)
        kind = chance.randrange(6)
        if kind == 0:
            text = text[:at] + "\n" + chance.choice(LINES) + "\n" + text[at:]
        elif kind == 1:
            text = text[:at] + chance.choice(NASTY) * chance.choice((1, 1, 3, 50)) + text[at:]
        elif kind == 2:
            text = text[:at] + chance.choice(RUNS) * chance.choice((3, 40, 700, 6000)) + text[at:]
        elif kind == 3:
            text = text[:at] + text[at + chance.randint(1, 80) :]
        elif kind == 4:
            text = text[:at] + text[at // 2 : at] + text[at:]
        else:
            text = text.replace(
                chance.choice((" ", "\n", ".", "e", "The")), chance.choice(NASTY), 9
            )
    return text or "a"


def _text_file(chance: random.Random) -> bytes:
    encoding = chance.choice(
        ("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "gb18030", "utf-32")
    )
    return mutated_text(TEXT, chance).encode(encoding, "ignore")


def _page(chance: random.Random) -> bytes:
    page = PAGE
    for _ in range(chance.randint(1, 12)):
        places = [found.start() for found in re.finditer("[<>]", page)] or [0]
        at = chance.choice(places) + chance.randrange(2)
        part = chance.choice(HTML_PARTS) * chance.choice((1, 1, 1, 2, 100, 3000))
        cut = chance.choice((0, 0, 0, 30))
        page = page[:at] + part + page[at + cut :]
    if chance.random() < 0.4:
        page = page.replace(BRIDGE[8:20], mutated_text(BRIDGE, chance))
    if chance.random() < 0.2:
        page = f'<!DOCTYPE html [<!ENTITY lol "{"l" * 99}"><!ENTITY lol9 "&lol;&lol;">]>{page}'
    return page.encode("utf-8", "surrogatepass")


def _pdf(chance: random.Random) -> bytes:
    lines = mutated_text(f"{BRIDGE}\n{COST}", chance).encode("latin-1", "ignore").decode("latin-1")
    data = pdf_bytes(*lines.split("\f"), BRIDGE, title="Bridge", created="D:20210304")
    if chance.random() < 0.4:
        data = _with_packed_streams(data, chance)
    for _ in range(chance.randint(0, 6)):
        tokens = list(re.finditer(rb"/?[A-Za-z0-9.+-]+|<<|>>|[\[\]]", data))
        token = chance.choice(tokens)
        by = chance.choice(PDF_TOKENS)
        if chance.random() < 0.3:
            by = token.group() + b" " + by * chance.choice((1, 2, 2000))
        data = data[: token.start()] + by + data[token.end() :]
    return data


def _with_packed_streams(data: bytes, chance: random.Random) -> bytes:
    """The streams compressed, once or more often, and now and then cut short."""

    def pack(found: re.Match[bytes]) -> bytes:
        content, times = found[1], chance.choice((1, 1, 2, 3))
        for _ in range(times):
            content = zlib.compress(content)
        if chance.random() < 0.2:
            content = content[: chance.randrange(len(content))]
        filters = b"[" + b"/FlateDecode " * times + b"]"
        return b"<< /Length %d /Filter %s >>\nstream\n%s\nendstream" % (
            len(content),
            filters,
            content,
        )

    return re.sub(rb"<< /Length \d+ >>\nstream\n(.*?)\nendstream", pack, data, flags=re.DOTALL)


def _word_file(chance: random.Random) -> bytes:
    text = "".join(c for c in mutated_text(BRIDGE, chance) if c >= " " and c not in "\ufffe\uffff")
    with zipfile.ZipFile(io.BytesIO(docx_bytes(text, COST, BRIDGE, title="Bridge"))) as source:
        members = {name: source.read(name) for name in source.namelist()}
    for _ in range(chance.randint(1, 4)):
        name = "word/document.xml" if chance.random() < 0.7 else chance.choice(sorted(members))
        members[name] = _mutated_xml(members[name], chance)
    if chance.random() < 0.15:
        members.pop(chance.choice(sorted(members)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            prefix = chance.choice(("", "", "", "", "", "", "", "../../", "/", "C:\\"))
            archive.writestr(prefix + name, content)
    return out.getvalue()


def _mutated_xml(data: bytes, chance: random.Random) -> bytes:
    """Elements repeated, cut out or nested, attribute values changed; often still well formed."""
    kind = chance.randrange(5)
    elements = list(re.finditer(rb"<([\w:]+)[^<>]*?(?:/>|>[^<>]*</\1>)", data))
    attributes = list(re.finditer(rb'="([^"<>]*)"', data))
    if kind == 0 and elements:
        found = chance.choice(elements)
        copies = found.group() * chance.choice((0, 2, 3, 500))
        return data[: found.start()] + copies + data[found.end() :]
    if kind == 1 and attributes:
        found = chance.choice(attributes)
        by = chance.choice(XML_VALUES).encode("utf-8")
        return data[: found.start(1)] + by + data[found.end(1) :]
    if kind == 2 and len(elements) > 1:
        one, other = sorted(chance.sample(elements, 2), key=lambda found: found.start())
        return data[: one.end()] + other.group() + data[one.end() :]
    if kind == 3:
        span = b'<w:tcPr><w:gridSpan w:val="%s"/><w:vMerge/></w:tcPr>'
        value = chance.choice(XML_VALUES).encode("utf-8")
        return data.replace(b"<w:tc>", b"<w:tc>" + span % value, chance.randint(1, 3))
    return _damaged_bytes(data, chance)


def _rows(chance: random.Random) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for number in range(chance.randint(1, 4)):
        row: dict[str, object] = {"_id": str(number), "text": mutated_text(BRIDGE, chance)}
        for _ in range(chance.randint(0, 4)):
            row[chance.choice(KEYS)] = chance.choice(JSON_VALUES)
        rows.append(row)
    return rows


def _json_lines(chance: random.Random) -> bytes:
    lines = [json.dumps(row, ensure_ascii=chance.random() < 0.5) for row in _rows(chance)]
    if chance.random() < 0.2:
        lines.append("[" * chance.choice((10, 3000)) + "]" * chance.choice((10, 3000)))
    return chance.choice(("\n", "\r\n", "\n\n")).join(lines).encode("utf-8", "surrogatepass")


def _table(chance: random.Random) -> bytes:
    out = io.StringIO()
    delimiter = chance.choice(",;\t|")
    writer = csv.writer(
        out, delimiter=delimiter, quoting=chance.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL))
    )
    writer.writerow(header := chance.sample(KEYS, chance.randint(2, 6)))
    for _ in range(chance.randint(1, 5)):
        writer.writerow(
            [mutated_text(chance.choice((BRIDGE, "2021", "x")), chance) for _ in header]
        )
    text = out.getvalue()
    if chance.random() < 0.3:
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(('"', delimiter, "\n", "\x00")) + text[at:]
    return text.encode("utf-8", "surrogatepass")


MUTATORS: dict[str, Callable[[random.Random], bytes]] = {
    ".txt": _text_file,
    ".md": _text_file,
    ".html": _page,
    ".pdf": _pdf,
    ".docx": _word_file,
    ".jsonl": _json_lines,
    ".csv": _table,
}
