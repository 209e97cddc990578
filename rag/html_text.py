"""The article of an HTML page: found by trafilatura, laid out by us, so that blocks stay apart."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from rag.dates import normalise_date
from rag.decoding import decode, refuse_nul
from rag.extracted import UnreadableError
from rag.languages import normalise_language
from rag.metadata import Metadata, from_fields

# The parser stops at this depth and drops the rest, which no page written by people reaches.
MAX_DEPTH = 256
# A page whose longest line is shorter holds a menu or a notice, no article.
MIN_LINE_CHARACTERS = 15
# Where browsers look for the encoding that a page declares.
_DECLARED_BYTES = 4096

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.IGNORECASE)
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
_DATE_META = {
    *(
        "article:published_time",
        "datepublished",
        "date",
        "dc.date",
        "dc.date.issued",
        "dcterms.date",
    ),
    *(
        "dcterms.created",
        "pubdate",
        "publishdate",
        "publish-date",
        "published_time",
        "sailthru.date",
    ),
    *("parsely-pub-date", "og:published_time", "citation_publication_date"),
}

_WHITE = re.compile(r"\s+")
_BREAKS = re.compile(r" ?\n[ \n]*")
# What stands before and after the elements of trafilatura's result.
_BEFORE = {"item": "\n- ", "row": "\n|", "cell": " ", "lb": "\n"}
_AFTER = {"cell": " |"}
_BLOCKS = frozenset({"p", "head", "quote", "code", "list", "table", "div", "ab"})
_HOLDERS = frozenset({"item", "cell"})  # a paragraph inside does not start a new line


def extract_html(data: bytes) -> tuple[str, Metadata]:
    """Text and metadata of a page's article; blocks are set apart by blank lines.

    Nothing that the page refers to is fetched. Raises ``UnreadableError`` if there is no article.
    """
    from trafilatura import bare_extraction

    tree = _parse(refuse_nul(decode(data, _declared_encoding(data))))
    stated = Metadata(date=_date(tree), language=_language(tree))
    page: Any = bare_extraction(
        tree,
        with_metadata=True,
        include_comments=False,
        config=_settings(),
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    text = _laid_out(page.body) if page is not None and page.body is not None else ""
    if max(map(len, text.splitlines()), default=0) < MIN_LINE_CHARACTERS:
        raise UnreadableError("no article was found in the page")
    told = {"title": page.title, "author": page.author, "outlet": page.sitename, "url": page.url}
    return text, stated.or_else(from_fields(told))


def _parse(text: str) -> Any:
    from lxml import etree, html  # type: ignore[import-untyped]

    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        tree = html.document_fromstring(text.encode(), parser=parser)
    except etree.ParserError:
        raise UnreadableError("no article was found in the page") from None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise UnreadableError(f"its elements are nested more than {MAX_DEPTH} deep")
    return tree


def _settings() -> Any:
    """Trafilatura's settings, but a page in which it finds no article must not give its menus."""
    from trafilatura.settings import DEFAULT_CONFIG

    config = deepcopy(DEFAULT_CONFIG)
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "0"
    return config


def _declared_encoding(data: bytes) -> str:
    found = _DECLARED.search(data, 0, _DECLARED_BYTES)
    return found[1].decode("ascii", "replace") if found else ""


def _language(tree: Any) -> str:
    return normalise_language(tree.get("lang") or tree.get("xml:lang"))


def _date(tree: Any) -> str:
    """The day the page says it was published; trafilatura's own search would take any date."""
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if name.lower() in _DATE_META and (date := normalise_date(meta.get("content"))):
            return date
    for script in tree.iterfind('.//script[@type="application/ld+json"]'):
        found = _JSON_DATE.search(script.text or "")
        if found and (date := normalise_date(found[1])):
            return date
    for time in tree.iter("time"):
        marked = time.get("itemprop") == "datePublished" or time.get("pubdate") is not None
        if marked and (date := normalise_date(time.get("datetime"))):
            return date
    return ""


def _laid_out(body: Any) -> str:
    from lxml.etree import iterwalk  # type: ignore[import-untyped]

    pieces: list[str] = []
    for event, element in iterwalk(body, events=("start", "end")):
        block = "\n\n" if element.tag in _BLOCKS and not _is_held(element) else ""
        if event == "start":
            pieces += (block, _BEFORE.get(element.tag, ""), _WHITE.sub(" ", element.text or ""))
        else:
            pieces += (_AFTER.get(element.tag, ""), block, _WHITE.sub(" ", element.tail or ""))
    return _BREAKS.sub(_kept_breaks, "".join(pieces)).strip()


def _is_held(element: Any) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in _HOLDERS and element.tag != "list"


def _kept_breaks(found: re.Match[str]) -> str:
    return "\n\n" if found.group().count("\n") > 1 else "\n"
