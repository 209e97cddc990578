"""Which reader reads which kind of file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rag.decoding import decode, refuse_nul
from rag.errors import choices
from rag.extracted import Extracted, Extraction, UnreadableError, complete
from rag.metadata import Metadata
from rag.readers_documents import read_docx, read_html, read_pdf
from rag.readers_rows import read_csv, read_jsonl

# More than any article; a larger one is most likely something else, and takes minutes to parse.
MAX_ARTICLE_BYTES = 64 * 1024 * 1024
# A collection is as large as it is, but is held in memory while it is read.
MAX_COLLECTION_BYTES = 1024 * 1024 * 1024
# lxml reports it as an error of syntax; the number is that of XML_ERR_NO_MEMORY in xmlerror.h.
_LIBXML_NO_MEMORY = 2
# What the parsers log is about the inside of files, and would be printed without a file's name.
_LOGGERS = ("pypdf", "trafilatura", "htmldate", "charset_normalizer")


def read_text(data: bytes) -> Extraction:
    """A text or Markdown file as it is: the whole of it is the article."""
    text = refuse_nul(decode(data))
    return Extraction((Extracted(text, complete(Metadata(), text)),))


_READERS: dict[str, Callable[[bytes], Extraction]] = {
    ".txt": read_text,
    ".md": read_text,
    ".markdown": read_text,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".jsonl": read_jsonl,
    ".csv": read_csv,
}
SUFFIXES = frozenset(_READERS)
_COLLECTIONS = frozenset({".jsonl", ".csv"})


def check_suffix(suffix: str) -> None:
    """Raises ``UnreadableError``, naming the suffixes that are read, for any other one."""
    if suffix not in _READERS:
        kind = f"files of type {suffix} are" if suffix else "files without a suffix are"
        raise UnreadableError(f"{kind} not read; use {choices(_READERS)}")


def check_size(suffix: str, size: int) -> None:
    """Raises ``UnreadableError`` for a file of more bytes than files of its kind may have."""
    limit = MAX_COLLECTION_BYTES if suffix in _COLLECTIONS else MAX_ARTICLE_BYTES
    if size > limit:
        raise UnreadableError(f"it has more than {limit // 1024**2} MB")


def extract(suffix: str, data: bytes) -> Extraction:
    """The articles of a file's bytes. Raises ``UnreadableError`` and nothing else."""
    check_suffix(suffix)
    check_size(suffix, len(data))
    if not data:
        raise UnreadableError("it is empty")
    try:
        with _silenced():
            return _READERS[suffix](data)
    except UnreadableError:
        raise
    except Exception as error:  # on damaged files the parsers raise whatever they like
        if isinstance(error, MemoryError) or getattr(error, "code", None) == _LIBXML_NO_MEMORY:
            raise UnreadableError("it takes more memory to read than a file may") from error
        kind = type(error).__name__
        raise UnreadableError(f"it is damaged and cannot be parsed ({kind})") from error


def suffix_of(data: bytes) -> str:
    """The suffix that bytes without a name would have, by how they begin; text if by no other."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf-"):
        return ".pdf"
    if start.startswith(b"pk\x03\x04"):
        return ".docx"
    if start.startswith((b"<!doctype html", b"<html")):
        return ".html"
    return ".jsonl" if start.startswith((b'{"', b"{ ")) else ".txt"


@contextmanager
def _silenced() -> Iterator[None]:
    """Keep the parsers' logs off the terminal while they parse."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
