"""Text of articles and readers as inert HTML or Markdown.

Every string that comes from an article, a file name or a reader goes through here before it
reaches a page or an export: titles, ids, outlets, dates, addresses and quotes as much as the text
itself.
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

# In Markdown a backslash takes the meaning from a punctuation mark (CommonMark 0.31, 2.4). With
# all of them that can begin something escaped, it finds no link, image, footnote, table, heading
# or list, and no bare address either. "<", ">" and "&" become references, because not every
# program that shows Markdown knows the rule.
_MARKDOWN = re.compile(r"[!#$()*+.:=@\[\\\]^_`{|}~-]")
_MARKDOWN_REFERENCES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
# The end of a sentence, a decimal point and a hyphen begin nothing, and are most of all marks.
_PLAIN_IN_MARKDOWN = re.compile(
    r"(?<=[^\W\d])\\(\.)(?=\s|$)|(?<=\d)\\([.:])(?=\d)|(?<=\w)\\(-)(?=\w)"
)

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
    return escape(plain_line(text))


def plain_line(text: str) -> str:
    """``text`` as ``escape_line`` shows it, for a page's script that sets it as text."""
    folded = _SPACES.sub(" ", text).strip()
    return "".join(c for c in folded if unicodedata.category(c) not in ("Cc", "Cf"))


def escape_markdown(text: str) -> str:
    """``text`` in one line of Markdown that shows its characters and means nothing else.

    White space is folded, since a line break could begin anything; control characters, and the
    invisible ones that turn the direction of writing, are dropped as by ``escape_line``.
    """
    folded = _SPACES.sub(" ", _SURROGATE.sub("\ufffd", text)).strip()
    shown = "".join(c for c in folded if unicodedata.category(c) not in ("Cc", "Cf"))
    marked = _MARKDOWN.sub(lambda match: f"\\{match.group()}", shown)
    marked = _PLAIN_IN_MARKDOWN.sub(lambda match: match.group()[-1], marked)
    return "".join(_MARKDOWN_REFERENCES.get(c, c) for c in marked)


def safe_url(url: str) -> str:
    """``url`` where it is an http or https address with a host, else an empty string."""
    address = url.strip()
    try:
        parts = urlsplit(address)
    except ValueError:  # such as a broken IPv6 address
        return ""
    return address if parts.scheme.lower() in _LINK_SCHEMES and parts.netloc else ""
