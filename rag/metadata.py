"""What a source says of itself: title, author, outlet, date, URL, language.

Taken from fields and front matter. What is not sure stays empty, since a wrong date under a quote
is an invented fact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import urlsplit

from rag.dates import normalise_date
from rag.languages import normalise_language
from rag.values import Span

# Longer than any headline; what is longer is a text in the wrong field, and is cut.
MAX_FIELD_CHARACTERS = 500
# Longer blocks between two "---" are a text between two rules.
MAX_FRONT_MATTER_CHARACTERS = 20_000

# How feeds, exports, static sites and BEIR call each field, in lower case without separators;
# the first that has a value counts.
_KEYS: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline", "name"),
    "author": ("author", "authors", "byline", "creator", "by", "writer"),
    "outlet": (
        ("outlet", "source", "publisher", "publication", "sitename", "site", "newspaper", "journal")
    ),
    "date": (
        *("date", "published", "publisheddate", "publishdate", "datepublished", "publishedat"),
        *("pubdate", "publicationdate", "datetime", "timestamp", "created", "createdat"),
    ),
    "url": ("url", "link", "canonical", "canonicalurl", "permalink", "sourceurl", "uri"),
    "language": ("language", "lang", "locale", "inlanguage"),
}

_KNOWN_KEYS = frozenset(key for keys in _KEYS.values() for key in keys)
_FRONT_MATTER = re.compile(
    r"---[ \t]*(?:\r\n|\n|\r)(?P<block>.*?)(?:\r\n|\n|\r)---[ \t]*(?:[\r\n]+|$)", re.DOTALL
)
# Control characters and halves of surrogate pairs.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_KEY_LINE = re.compile(r"(?P<key>[A-Za-z][\w .-]{0,40}?)\s*:(?:\s+(?P<value>.*))?")
_ITEM_LINE = re.compile(r"\s*-\s+(?P<value>.*)")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Each field empty where it is not known; ``date`` ISO 8601, ``language`` ISO 639-1."""

    title: str = ""
    author: str = ""
    outlet: str = ""
    date: str = ""
    url: str = ""
    language: str = ""

    def or_else(self, other: Metadata) -> Metadata:
        """This, with ``other``'s value for each field that is empty."""
        missing = {
            f.name: getattr(other, f.name) for f in fields(self) if not getattr(self, f.name)
        }
        return replace(self, **missing)


def from_fields(values: Mapping[str, object]) -> Metadata:
    """Metadata from the named values of a row, front matter or page; unknown names are ignored.

    A URL in a field for the outlet is taken for the URL. Only http and https URLs are kept: a
    reader may click on them.
    """
    known = {_key(name): value for name, value in values.items()}
    found: dict[str, object] = {}
    for field_name, keys in _KEYS.items():
        found[field_name] = next((known[k] for k in keys if known.get(k) not in (None, "")), "")
    outlet = clean(found["outlet"])
    url = _web_address(clean(found["url"])) or _web_address(outlet)
    return Metadata(
        title=clean(found["title"]),
        author=clean(found["author"]),
        outlet="" if _web_address(outlet) else outlet,
        date=normalise_date(found["date"]),
        url=url,
        language=normalise_language(found["language"]),
    )


def clean(value: object) -> str:
    """One line of text: white space collapsed, lists joined by commas; empty for other types."""
    if isinstance(value, (list, tuple)):
        return ", ".join(filter(None, (clean(part) for part in value)))[:MAX_FIELD_CHARACTERS]
    if isinstance(value, Mapping):
        return clean(value.get("name", ""))
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    bounded = str(value)[: MAX_FIELD_CHARACTERS * 4]
    return " ".join(_UNPRINTABLE.sub(" ", bounded).split())[:MAX_FIELD_CHARACTERS].rstrip()


def front_matter(text: str) -> tuple[Metadata, Span | None]:
    """The ``key: value`` block between two lines ``---`` at the very top, and where it lies.

    Simple values, ``[a, b]`` and ``- item`` lists are read, which is what articles use of YAML.
    A block with any other line in it, or without a key that is known, is text, and stays.
    """
    found = _FRONT_MATTER.match(text, 0, MAX_FRONT_MATTER_CHARACTERS) if text[:3] == "---" else None
    values = _block_values(found["block"]) if found else None
    if found is None or not values or not _KNOWN_KEYS & {_key(name) for name in values}:
        return Metadata(), None
    return from_fields(values), Span(0, found.end())


def _key(name: str) -> str:
    return re.sub(r"[\s_.-]+", "", str(name)).casefold()


def _web_address(value: str) -> str:
    if not value.lower().startswith(("http://", "https://")) or " " in value:
        return ""
    return value if host_of(value) else ""


def host_of(url: str) -> str:
    """``cnn.com`` of ``https://www.cnn.com/...``; empty where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # such as a bracket without its partner
        return ""
    for prefix in ("www.", "amp.", "m."):
        host = host.removeprefix(prefix)
    return host if "." in host else ""


def _block_values(block: str) -> dict[str, object] | None:
    """The block's keys and values; None if a line of it is neither that nor a comment."""
    values: dict[str, object] = {}
    key = ""
    for line in block.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        item = _ITEM_LINE.fullmatch(line)
        if item and key and not isinstance(values[key], str):
            values[key] = [*_as_list(values[key]), _unquoted(item["value"])]
            continue
        if key and line[0] in " \t":  # nested, which says nothing of the article itself
            continue
        found = _KEY_LINE.fullmatch(line)
        if not found:
            return None
        key = found["key"]
        values[key] = _scalar(found["value"] or "")
    return values


def _scalar(value: str) -> object:
    value = value.strip()
    if not value:
        return None
    if value.startswith("[") and value.endswith("]"):
        return [_unquoted(part) for part in value[1:-1].split(",")]
    return _unquoted(value)


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
