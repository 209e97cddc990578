"""Bytes to text, in the encoding they were written in, or a reason why they are no text."""

from __future__ import annotations

import codecs
import re

from rag.extracted import UnreadableError

# UTF-32 before UTF-16, whose mark is how UTF-32's begins.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What files are that were given the wrong suffix, by their first bytes.
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Microsoft Office file"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\0", "a SQLite database"),
)
# Enough for a guess of the encoding; more only takes longer.
GUESSED_BYTES = 128 * 1024
# The share of control characters above which no one wrote this as text: a stray form feed or
# escape occurs in real files, one in fifty does not.
MAX_CONTROL_SHARE = 0.02
# UTF-16 of mostly Latin text has a NUL in nearly every other byte, and none in the others.
_UTF16_NUL_SHARE = 0.35

_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd\ufffe\uffff]")
_SIGNS = "¢£¤¥¦§¨©¬®¯±²³´µ¶¸¹¼½¾\ufffd"
# Signs that stick to letters, as in "£ódŸ" and "zosta³", are Polish letters read as Western.
_STICKING_SIGN = re.compile(rf"[^\W\d_][{_SIGNS}]|[{_SIGNS}][^\W\d_]")
_CENTRAL_EUROPEAN = {"Croatian", "Czech", "Hungarian", "Polish", "Romanian", "Slovak", "Slovene"}
# Encodings in which news has been published, so that a short text is not read as a rarity.
_ENCODINGS = (
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)


def decode(data: bytes, declared: str = "") -> str:
    """The text of ``data``, its line ends kept and only the byte-order mark removed.

    Tried in order: a byte-order mark, UTF-8, UTF-16 without a mark, the encoding that the source
    ``declared``, and what charset-normalizer makes of it. Raises ``UnreadableError`` for nothing,
    white space, binary data, and bytes that are no text in any of these.
    """
    if not data:
        raise UnreadableError("it is empty")
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise UnreadableError(f"it is {kind}, not text")
    text = _decoded(data, declared)
    if not text.strip():
        raise UnreadableError("it holds only white space")
    if len(_CONTROL.findall(text)) > MAX_CONTROL_SHARE * len(text):
        raise UnreadableError("it is binary, not text")
    return text


def refuse_nul(text: str) -> str:
    """The text; raises ``UnreadableError`` if it holds a NUL, which no text file does."""
    if "\0" in text:
        raise UnreadableError("it is binary, not text")
    return text


def _decoded(data: bytes, declared: str) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                raise UnreadableError(f"it is marked as {encoding.upper()} and is not") from None
    for encoding in filter(None, (_utf16(data), "utf-8", declared)):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return _guessed(data)


def _utf16(data: bytes) -> str:
    """Which UTF-16 the NULs among the bytes tell of; empty for anything else."""
    sample = data[:GUESSED_BYTES]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > _UTF16_NUL_SHARE * len(sample) and not even:
        return "utf-16-le"
    if even > _UTF16_NUL_SHARE * len(sample) and not odd:
        return "utf-16-be"
    return ""


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    if data.count(0, 0, GUESSED_BYTES):
        raise UnreadableError("it is binary, not text")
    matches = from_bytes(data[:GUESSED_BYTES], cp_isolation=list(_ENCODINGS))
    best = matches.best()
    if best is None:
        raise UnreadableError("its encoding cannot be told")
    encoding = best.encoding
    tied = [m for m in matches if (m.chaos, m.coherence) == (best.chaos, best.coherence)]
    western = next((m for m in tied if "cp1252" in (m.encoding, *m.could_be_from_charset)), None)
    if western is not None:
        # Western texts fit Central European as well by this measure, and are far more common.
        central = western.language in _CENTRAL_EUROPEAN or _STICKING_SIGN.search(str(western))
        encoding = "cp1250" if central else "cp1252"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableError(f"it looks like {encoding} and is not") from None
