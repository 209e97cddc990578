"""Small real documents for the tests of loading, made as programs make them."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

from docx import Document
from pypdf import PdfReader, PdfWriter

BRIDGE = "The new bridge across the Douro opened on Thursday after four years of work."
COST = "It cost 50 million euros, ten million more than planned, the city said."

PAGE = f"""<!doctype html><html lang="en-GB"><head><title>Bridge opens in Porto - Harbor</title>
<meta property="og:title" content="Bridge opens in Porto">
<meta property="og:site_name" content="The Daily Harbor"><meta name="author" content="Ana Lima">
<meta property="article:published_time" content="2021-03-04T23:30:00-05:00">
<link rel="canonical" href="https://harbor.example/news/bridge">
<script src="http://outside.example/a.js"></script></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>Bridge opens in Porto</h1>
<p>The new bridge across the <b>Douro</b> opened
  on <a href="http://outside.example/2020/01/02/">Thursday</a> after four years of work.</p>
<img src="http://outside.example/a.png"><p>{COST}</p>
<ul><li>Length: 600 metres</li><li>Height: 75 metres</li></ul>
<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2017</td><td>40</td></tr></table>
<p>Trams, cyclists and people on foot may use it; cars may not, at least for the first year.</p>
<p>Share on Facebook</p></article>
<footer><p>© 2019 The Daily Harbor. May 5, 2020</p></footer></body></html>"""


def pdf_bytes(*pages: str, title: str = "", author: str = "", created: str = "") -> bytes:
    """A PDF with one text line for each line of each page."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Lang (en-US) >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        shown = "".join(f"({line}) Tj 0 -14 Td " for line in page.split("\n"))
        stream = f"BT /F1 11 Tf 50 700 Td {shown}ET"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects.append(f"<< /Title ({title}) /Author ({author}) /CreationDate ({created}) >>")
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>"
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n{trailer}\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode()


def encrypted_pdf_bytes() -> bytes:
    """A PDF that opens with a password only."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_bytes(BRIDGE))))
    writer.encrypt("secret", algorithm="RC4-128")
    return _written(writer)


def scanned_pdf_bytes() -> bytes:
    """A PDF with two pages and no text on them."""
    writer = PdfWriter()
    writer.add_blank_page(width=612, height=792)
    writer.add_blank_page(width=612, height=792)
    return _written(writer)


def docx_bytes(*paragraphs: str, title: str = "", author: str = "", date: str = "") -> bytes:
    """A Word document with a table behind its paragraphs."""
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if paragraphs:
        table = document.add_table(rows=1, cols=2)
        table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Length", "600 metres"
    properties = document.core_properties
    properties.title, properties.author = title, author
    if date:
        properties.created = datetime.fromisoformat(date)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def zip_bytes(members: dict[str, int]) -> bytes:
    """A zip whose members unpack to so many NULs each."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, size in members.items():
            with archive.open(name, "w", force_zip64=True) as member:
                for start in range(0, size, 1 << 20):
                    member.write(bytes(min(1 << 20, size - start)))
    return out.getvalue()


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
