"""Fuzzes the loaders and the pages that quote: ``python tests/fuzz.py --seconds 60 --seed 1``.

Each case is a number: ``--case 12345`` tries that one again and shows what fails. What must hold
of any bytes at all is in ``check_case``.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fakes import WordEmbedder
from fuzz_mutations import random_case

from rag.chunking import chunk_article
from rag.listing import ArticleState, ListedArticle
from rag.loading import LoadResult, read_bytes
from rag.values import Answer, AnswerSentence, Article, Citation, RankedArticle, Span, Status
from ui.articles_html import listing_html
from ui.links import ArticleTarget, quote_check
from ui.panel import article_html
from ui.rendering import answer_html
from ui.sources import sources_html

OUR_TAGS = {
    *("a", "article", "b", "bdi", "br", "button", "cite", "code", "dd", "details", "div", "dl"),
    *("dt", "figcaption", "figure", "h2", "h3", "h4", "li", "mark", "nav", "ol", "p", "progress"),
    *("q", "section", "span", "strong", "summary", "sup", "table", "tbody", "td", "th", "thead"),
    *("tr", "ul"),
}
OUR_ATTRIBUTES = {
    *("aria-current", "aria-label", "class", "data-do", "data-name", "data-opened", "dir", "href"),
    *("id", "max", "rel", "role", "scope", "tabindex", "target", "title", "type", "value"),
}
# The first words of what ``href`` may be: our own views, and a web address in an article's head.
OUR_LINKS = ("#", "http://", "https://", "?")
# Processor time of this process for one case; the parsers' own are bounded in their child.
MAX_SECONDS = 5.0


class _Page(HTMLParser):
    """Collects a page's elements and the text of its ``mark``."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.marked, self._inside, self.open = "", 0, []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in OUR_TAGS, f"<{tag}> is none of ours"
        for name, value in attrs:
            assert name in OUR_ATTRIBUTES, f"{name}= is none of ours"
            if name == "href":
                assert (value or "").startswith(OUR_LINKS), f"a link to {value!r}"
        self._inside += tag == "mark"
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag
        self._inside -= tag == "mark"

    def handle_data(self, data: str) -> None:
        self.marked += data if self._inside else ""

    def handle_charref(self, name: str) -> None:
        # As browsers read it; Python's own way drops the control characters.
        self.handle_data(chr(int(name)))

    def handle_entityref(self, name: str) -> None:
        raise AssertionError(f"&{name}; is none of ours")

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")


def check_case(number: int) -> LoadResult:
    """Load the case's bytes and hold everything that came of them to what must be true."""
    chance = random.Random(number)
    name, data = random_case(chance)
    result = read_bytes(name, data)
    assert result.articles or result.problems, "neither an article nor a reason"
    for problem in result.problems:
        assert problem.source.startswith(name)
        assert problem.reason
        assert "crashes" not in problem.reason, problem.reason
        assert "takes more" not in problem.reason, problem.reason
    for article in result.articles:
        _check_article(article)
        _check_pages(article, result, chance)
    return result


def _check_article(article: Article) -> None:
    length = len(article.text)
    article.text.encode()
    assert article.text.strip()
    assert "\0" not in article.text
    for value in (article.title, article.author, article.outlet, article.date, article.language):
        value.encode()
        assert not any(c < " " or "\x7f" <= c < "\xa0" for c in value), f"a control in {value!r}"
    assert not article.url or article.url.lower().startswith(("http://", "https://"))
    end = 0
    for span in article.boilerplate:
        assert end <= span.start < span.end <= length, "boilerplate overlaps or leads out"
        end = span.end
    chunks = chunk_article(article, WordEmbedder().count_tokens, 200)
    assert "".join(chunk.span.of(article.text) for chunk in chunks) == article.text
    for chunk in chunks:
        place = chunk.span.start
        for sentence in chunk.sentences:
            assert place <= sentence.start < sentence.end <= chunk.span.end, "a sentence leads out"
            assert not any(sentence.overlaps(span) for span in article.boilerplate)
            place = sentence.end


def _check_pages(article: Article, result: LoadResult, chance: random.Random) -> None:
    """The pages that show the article: nothing of it is markup, and the mark is the quote."""
    start = chance.randrange(len(article.text))
    span = Span(start, min(start + chance.randint(1, 300), len(article.text)))
    quote = span.of(article.text)
    told = (article.title, article.outlet, article.date, article.url)
    citation = Citation(1, article.id, *told, span.start, span.end, quote)
    answer = Answer(
        article.title or "?",
        article.text[:200],
        Status.ANSWERED,
        (AnswerSentence(quote, (citation,), highlight=Span(0, min(3, len(quote)))),),
        retrieved=(RankedArticle(article.id, article.title, 1.0, citation),),
    )
    page = _Page(article_html(article, ArticleTarget(article.id, span, quote_check(quote))))
    assert page.marked == quote, "the highlight is not the quote"
    listed = [
        ListedArticle(article.id, ArticleState.INDEXED, article.source, article.title),
        *(
            ListedArticle(p.source, ArticleState.FAILED, p.source, note=p.reason)
            for p in result.problems
        ),
    ]
    for html in (
        answer_html(answer),
        sources_html(answer),
        listing_html(listed, listed, len(listed)),
    ):
        assert not _Page(html).open


def main() -> int:
    """Try cases until the time is over; the exit code is 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--case", type=int, help="try one case again, with its traceback")
    options = parser.parse_args()
    if options.case is not None:
        print(check_case(options.case))
        return 0
    end, number = time.monotonic() + options.seconds, options.seed * 10**9
    first, kinds, failed = number, Counter(), 0
    while time.monotonic() < end:
        before = time.process_time()
        try:
            result = check_case(number)
            kinds["read" if result.articles else "reported"] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the next case must be tried
            failed += 1
            print(f"case {number}: {type(error).__name__}: {error}"[:300], flush=True)
        spent = time.process_time() - before
        if spent > MAX_SECONDS:
            failed += 1
            print(f"case {number}: it took {spent:.1f} s", flush=True)
        number += 1
    print(f"{number - first:,} cases from seed {options.seed}: {dict(kinds)}, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
