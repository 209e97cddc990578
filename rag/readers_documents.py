"""Readers of formatted documents: HTML, PDF and Word. Their text is what can be extracted.

The parsers are imported when the first such file is read. None of them may reach the network,
whatever a document refers to.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rag.dates import normalise_date
from rag.extracted import Extracted, Extraction, UnreadableError, complete
from rag.html_text import extract_html
from rag.languages import normalise_language
from rag.metadata import Metadata, clean

if TYPE_CHECKING:
    from pypdf import PdfReader

# All that a Word file unpacks to: twice the largest file that is read, as its pictures hardly
# shrink and its text rarely grows more than tenfold. A zip bomb unpacks to gigabytes.
MAX_UNPACKED_BYTES = 128 * 1024 * 1024
# Word itself lays out 63; a cell may claim to span a thousand million, each of which costs memory.
MAX_TABLE_COLUMNS = 1_000
# More than any archive needs: a Word file of 1,000 pictures has some 1,100 members.
MAX_ZIP_MEMBERS = 20_000
# Old Office files, and new ones behind a password, are in Microsoft's compound format, no zip.
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0"

# Titles and authors that programs put in by themselves.
_JUNK_TITLE = re.compile(
    r"untitled.*|microsoft (?:word|powerpoint|excel)\b.*|title|print|layout ?\d*|slide ?\d+"
    r"|[\W\d_]*|(?:word |powerpoint )?(?:document|presentation)[ _-]?\d*"
    r"|.*\.(?:docx?|pdf|indd|qxd|rtf|odt|txt|tmp|tex|dvi|html?)",
    re.IGNORECASE,
)
_JUNK_AUTHOR = re.compile(
    r"python-docx|(?:microsoft )?(?:office )?user|admin(?:istrator)?|unknown|anonymous|owner|root"
    r"|author",
    re.IGNORECASE,
)
# The day on which python-docx's template was made, in every file that it writes.
_TEMPLATE_DATE = "2013-12-23"
_SENTENCE_ENDS = tuple('.!?…。！？:"”»)')


def read_html(data: bytes) -> Extraction:
    """The article of a page, without its menus, with the page's own metadata."""
    text, metadata = extract_html(data)
    return Extraction((Extracted(text, complete(metadata, text)),))


def read_pdf(data: bytes) -> Extraction:
    """The text of a PDF's pages in their order."""
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import DependencyError

    reader = PdfReader(io.BytesIO(data))
    try:
        locked = reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED
    except DependencyError:  # a cipher whose library is not installed
        locked = True
    if locked:
        raise UnreadableError("it is encrypted and needs a password")
    pages = [_whole_characters(page.extract_text()) for page in reader.pages]
    text = "".join(_joined_pages(pages))
    if not text.strip():
        raise UnreadableError(f"its {len(pages)} pages hold no text; it may be a scan")
    return Extraction((Extracted(text, _completed(_pdf_metadata(reader), text)),))


def read_docx(data: bytes) -> Extraction:
    """The paragraphs and tables of a Word document in their order."""
    from docx import Document

    _check_zip(data)
    document = Document(io.BytesIO(data))
    text = "\n\n".join(filter(None, _blocks(document)))
    if not text.strip():
        raise UnreadableError("it holds no text")
    return Extraction((Extracted(text, _completed(_docx_metadata(document), text)),))


def _whole_characters(text: str) -> str:
    """Trimmed, without what fonts with a faulty table give: NULs and halves of characters."""
    return (
        text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
    )


def _joined_pages(pages: list[str]) -> Iterator[str]:
    """The pages with what separates them: a sentence may run on over the edge of a page."""
    before = ""
    for page in filter(None, pages):
        if before:
            yield "\n\n" if before.endswith(_SENTENCE_ENDS) else "\n"
        yield page
        before = page


def _completed(properties: Metadata, text: str) -> Metadata:
    """The properties, but the day a file was made only where the text tells of no other."""
    stated = Metadata(properties.title, properties.author, language=properties.language)
    return complete(stated, text).or_else(properties)


def _pdf_metadata(reader: PdfReader) -> Metadata:
    from pypdf.errors import PyPdfError

    try:
        told = reader.metadata
        language = reader.root_object.get("/Lang")
        created = told.creation_date if told else None
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError):
        return Metadata()  # damaged properties are no reason to lose the text
    return _properties(told and told.title, told and told.author, created, language)


def _docx_metadata(document: Any) -> Metadata:
    try:
        told = document.core_properties
        return _properties(told.title, told.author, told.created, told.language)
    except (ValueError, KeyError, AttributeError):
        return Metadata()


def _properties(title: Any, author: Any, created: Any, language: Any) -> Metadata:
    title, author = clean(title), clean(author)
    date = normalise_date(created)
    return Metadata(
        title="" if _JUNK_TITLE.fullmatch(title) else title,
        author="" if _JUNK_AUTHOR.fullmatch(author) else author,
        date="" if date == _TEMPLATE_DATE else date,
        language=normalise_language(language),
    )


def _check_zip(data: bytes) -> None:
    """Raises ``UnreadableError`` for what is no zip, and for one that unpacks to too much.

    The sizes are those of the zip's own list; a list that lies is caught in unpacking, since no
    more is unpacked of a member than the list says.
    """
    if data.startswith(_COMPOUND_FILE):
        raise UnreadableError("it is an old Word file or needs a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError):
        raise UnreadableError("it is damaged: not a zip archive, as Word files are") from None
    if len(members) > MAX_ZIP_MEMBERS:
        raise UnreadableError(f"it has more than {MAX_ZIP_MEMBERS:,} parts")
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        limit = MAX_UNPACKED_BYTES // 1024**2
        raise UnreadableError(f"it unpacks to more than {limit} MB")


def _blocks(document: Any) -> Iterator[str]:
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield "\n".join(_table_row(row) for row in block.rows)
        else:
            yield block.text.strip()


def _table_row(row: Any) -> str:
    """The row's cells between bars; a cell that spans several columns comes once."""
    if sum(cell.grid_span for cell in row._tr.tc_lst) > MAX_TABLE_COLUMNS:
        raise UnreadableError(f"a table of it has more than {MAX_TABLE_COLUMNS:,} columns")
    cells = {id(cell._tc): " ".join(cell.text.split()) for cell in row.cells}
    return f"| {' | '.join(cells.values())} |"
