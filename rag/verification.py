"""The claim check: whether quotes bear a claim out, what differs, and where the words stand.

A claim and the quoted texts are plain strings, of anybody. English only.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.claim_checks import check
from rag.values import Verdict


def verify(sentence: str, quotes: Sequence[str]) -> Verdict:
    """Whether ``quotes``, taken together, bear ``sentence`` out.

    ``supported``: they say it. ``partly``: they say most of it, and the reason names what they do
    not. ``unsupported``: they say something else, or nothing of it. Without any quote, or for a
    sentence without a word, ``unsupported``. A single string counts as one quote. Of several
    sentences the worst verdict is given.
    """
    texts = (quotes,) if isinstance(quotes, str) else tuple(quotes)
    return check(sentence, texts)
