"""Text of articles and readers as inert HTML.

Every string that comes from an article, a file name or a reader goes through here before it
reaches the page: titles, ids, outlets, dates, addresses and quotes as much as the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

# Every ASCII character but letters, digits and the space becomes a numeric reference, not only
# the five that HTML needs. The chat parses what it shows as Markdown first, and turns bare
# addresses into links: with no punctuation left it finds nothing to turn. A line break becomes a
# reference too, because a blank line would end the HTML block and start Markdown again.
_SPECIAL = re.compile(r"[\x00-\x1f!-/:-@\[-`{-\x7f]")
# Half a surrogate pair is no character and cannot be sent as UTF-8; one replacement character
# for each keeps the offsets.
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")

_LINK_SCHEMES = frozenset({"http", "https"})


def escape(text: str) -> str:
    """``text`` as HTML that shows exactly its characters, in an element or a quoted attribute."""
    whole = _SURROGATE.sub("\ufffd", text)
    return _SPECIAL.sub(lambda match: f"&#{ord(match.group())};", whole)


def escape_line(text: str) -> str:
    """``text`` on one line, for titles and tool tips: white space folded, controls dropped.

    Dropped are also the invisible characters that turn the direction of writing: a tool tip
    cannot be isolated from them as an element can.
    """
    folded = _SPACES.sub(" ", text).strip()
    return escape("".join(c for c in folded if unicodedata.category(c) not in ("Cc", "Cf")))


def safe_url(url: str) -> str:
    """``url`` where it is an http or https address with a host, else an empty string."""
    address = url.strip()
    try:
        parts = urlsplit(address)
    except ValueError:  # such as a broken IPv6 address
        return ""
    return address if parts.scheme.lower() in _LINK_SCHEMES and parts.netloc else ""
