"""The same words elsewhere: which articles repeat a sentence that an answer quotes.

Wire copy runs in many outlets. A reader wants to see one source, and that others reprint it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.values import AnswerSentence, Citation, Hit


def find_reprints(sentences: Iterable[AnswerSentence], hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """Each quote of ``sentences`` as it stands in other articles of ``hits``, and in aliases.

    Of one article one place for each quote, in the order of the quotes and then of the hits.
    An alias holds the same file as its article, so its place is the article's.
    """
    quotes = {c.number: c for sentence in sentences for c in sentence.citations}
    found: list[Citation] = []
    for citation in quotes.values():
        words = _folded(citation.quote)
        seen = {citation.article_id}
        for hit in hits:
            article = hit.article
            if article.id == citation.article_id:
                found += [
                    replace(citation, article_id=alias)
                    for alias in article.aliases
                    if alias not in seen
                ]
                seen.update(article.aliases)
            elif article.id not in seen:
                same = [s for s in hit.chunk.sentences if _folded(s.of(article.text)) == words]
                if same:
                    seen.add(article.id)
                    found.append(_at(citation, hit, same[0].start, same[0].end))
    return tuple(found)


def _at(citation: Citation, hit: Hit, start: int, end: int) -> Citation:
    article = hit.article
    return Citation(
        number=citation.number,
        article_id=article.id,
        title=article.title,
        outlet=article.outlet,
        date=article.date,
        url=article.url,
        start=start,
        end=end,
        quote=article.text[start:end],
    )


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
