"""The links that open something in the panel: made here, and read back here.

They are fragments of the page's own address (``#footnote-article?id=...``), so that they survive
the chat's sanitising, mean the same after a reload, and can be followed by keyboard. The page's
script hands a clicked one to the server; nothing in it is trusted there.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from rag.values import Citation, Span

SOURCES_LINK = "#footnote-sources"
WHY_LINK = "#footnote-why"
# Followed by the page itself.
CHAT_LINK = "#footnote-chat"
QUESTION_LINK = "#footnote-question"
_ARTICLE_PREFIX = "#footnote-article?"
_CHECK_DIGITS = 12
_PLACE_DIGITS = 9


@dataclass(frozen=True, slots=True)
class ArticleTarget:
    """An article to open, and the words to show in it: None where it is to be read from the top.

    ``check`` tells whether the article still holds the words that were quoted.
    """

    article_id: str
    span: Span | None = None
    check: str = ""


def article_link(article_id: str) -> str:
    """The link that opens an article at its beginning."""
    return _ARTICLE_PREFIX + urlencode({"id": article_id}, errors="surrogatepass")


def citation_link(citation: Citation) -> str:
    """The link that opens an article at the quoted words."""
    fields = {
        "id": citation.article_id,
        "start": citation.start,
        "end": citation.end,
        "check": quote_check(citation.quote),
    }
    return _ARTICLE_PREFIX + urlencode(fields, errors="surrogatepass")


def answer_link(view: str, place: int) -> str:
    """The link that opens a ``view`` (sources, or why) of a conversation's answer ``place``."""
    return f"{view}?{urlencode({'answer': place})}"


def read_answer_link(link: str) -> tuple[str, int] | None:
    """The view and the answer's place that ``link`` opens; None when it is no ``answer_link``."""
    view, _, query = link.partition("?")
    place = parse_qs(query).get("answer", [""])[0]
    if view not in (SOURCES_LINK, WHY_LINK) or not (place.isascii() and place.isdecimal()):
        return None
    return view, int(place[:_PLACE_DIGITS])


def quote_check(quote: str) -> str:
    """A short digest of quoted words, to tell whether an article was edited since."""
    digest = hashlib.sha256(quote.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:_CHECK_DIGITS]


def read_article_link(link: str) -> ArticleTarget | None:
    """What ``link`` opens; None when it is not a link of ``article_link`` or ``citation_link``."""
    if not link.startswith(_ARTICLE_PREFIX):
        return None
    query = link.removeprefix(_ARTICLE_PREFIX)
    fields = {key: values[0] for key, values in parse_qs(query, errors="surrogatepass").items()}
    if "id" not in fields:
        return None
    try:
        span = Span(int(fields["start"]), int(fields["end"]))
    except (KeyError, ValueError):
        return ArticleTarget(fields["id"])
    return ArticleTarget(fields["id"], span, fields.get("check", ""))
