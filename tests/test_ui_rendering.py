"""What the web chat shows, as HTML: exact where it quotes, inert whatever an article holds."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.escaping import escape, escape_line, safe_url
from rag.values import (
    Answer,
    AnswerSentence,
    Article,
    Chunk,
    Citation,
    Filters,
    Hit,
    Partial,
    RankedArticle,
    Reason,
    RejectedSentence,
    Scores,
    Span,
    Status,
    Support,
    Usage,
    Verdict,
)
from ui.links import (
    ArticleTarget,
    article_link,
    citation_link,
    quote_check,
    read_article_link,
)
from ui.panel import TEXT_SHOWN, article_html, missing_article_html, panel_html, welcome_html
from ui.rendering import answer_html, partial_html, question_html
from ui.sources import sources_html
from ui.why import why_html

OUR_TAGS = {
    *("a", "article", "b", "br", "code", "dd", "details", "div", "dl", "dt", "figcaption"),
    *("figure", "h2", "h3", "li", "mark", "nav", "ol", "p", "progress", "q", "section", "span"),
    *("strong", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
OUR_ATTRIBUTES = {
    *("aria-current", "aria-label", "class", "colspan", "data-opened", "dir", "href", "max"),
    *("rel", "role", "scope", "tabindex", "target", "title", "value"),
}
INERT = re.compile(r"(?:[A-Za-z0-9 ]|[^\x00-\x7f]|&#\d+;)*")
HOSTILE = (
    "<script>hacked=1</script><img src=x onerror=\"hacked=2\">' onclick='hacked=3'\n\n"
    "![i](http://evil.example/i.png) [l](javascript:hacked=4) **b** `c` {{d}} ${e} $$f$$ &lt; [9]"
)


class Page(HTMLParser):
    """The elements of some HTML, and the text in all of it and in each kind of element."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self.text = ""
        self._open: list[tuple[str, list[str]]] = []
        self.feed(html)
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag != "br":
            keys = [tag, *attributes.get("class", "").split()]
            for key in keys:
                self.texts.setdefault(key, []).append("")
            self._open.append((tag, keys))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        for key in {key for _, keys in self._open for key in keys}:
            self.texts[key][-1] += data

    def links(self, kind: str = "") -> list[str]:
        return [
            attributes["href"]
            for tag, attributes in self.elements
            if tag == "a" and kind in attributes.get("class", "")
        ]


def cite(article: Article, start: int, end: int, number: int = 1) -> Citation:
    quote = article.text[start:end]
    names = (article.id, article.title, article.outlet, article.date, article.url)
    return Citation(number, *names, start, end, quote)


def answered(*citations: Citation, **fields: object) -> Answer:
    sentences = tuple(AnswerSentence(c.quote, (c,), 1.0) for c in citations)
    return replace(Answer("Who?", "Who?", Status.ANSWERED, sentences, confidence=0.83), **fields)


ARTICLE = Article(
    "news/1.txt", "It rained. It snowed. It rained.", "Weather", "A. Reporter", "Gazette",
    "2021-03-04", "https://gazette.example/w", source="news/1.txt",
)  # fmt: skip
EVIL = Article(
    HOSTILE, f"Calm. {HOSTILE} Calm.", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, source=HOSTILE
)
REFUSED = Answer(
    HOSTILE, "understood " + HOSTILE, Status.ABSTAINED, reason=Reason.NOT_STATED, message=HOSTILE,
    retrieved=(RankedArticle(EVIL.id, EVIL.title, 0.4, cite(EVIL, 0, 30)),),
)  # fmt: skip

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"))


@given(st.text())
def test_escaped_text_holds_no_punctuation_for_any_parser_to_act_on(text: str) -> None:
    assert INERT.fullmatch(escape(text))
    assert INERT.fullmatch(escape_line(text))


@given(texts)
def test_escaped_text_shows_the_same_characters(text: str) -> None:
    assert Page(f"<p>{escape(text)}</p>").text == text
    assert Page(f'<p title="{escape(text)}"></p>').elements == [("p", {"title": text})]


def test_half_a_surrogate_pair_is_replaced_in_place() -> None:
    assert escape("a\ud800b") == "a\ufffdb"


def test_a_tool_tip_has_no_controls_and_cannot_turn_the_direction() -> None:
    assert escape_line(" a\n\x00\u202eb\tc ") == "a b c"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "//h/x", "/etc", "http://[", ""],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert safe_url(url) == ""
    assert "target" not in article_html(replace(ARTICLE, url=url), ArticleTarget("x"))


def test_a_web_address_becomes_a_link_that_tells_nothing_of_the_reader() -> None:
    page = Page(article_html(ARTICLE, ArticleTarget(ARTICLE.id)))
    [link] = [attributes for _, attributes in page.elements if "target" in attributes]
    assert link["href"] == ARTICLE.url
    assert set(link["rel"].split()) == {"noopener", "noreferrer", "nofollow"}


@given(st.text(min_size=1), st.integers(0, 10**7), texts)
def test_links_are_read_back_as_they_were_made(article_id: str, start: int, quote: str) -> None:
    end = start + len(quote)
    citation = Citation(1, article_id, "", "", "", "", start, end, quote)
    target = ArticleTarget(article_id, Span(start, end), quote_check(quote))
    assert read_article_link(citation_link(citation)) == target
    assert read_article_link(article_link(article_id)) == ArticleTarget(article_id)


@pytest.mark.parametrize("link", ["", "#footnote-sources", "#footnote-article?", "http://x/?id=1"])
def test_other_links_open_no_article(link: str) -> None:
    assert read_article_link(link) is None


def test_a_link_with_impossible_offsets_opens_the_article_at_its_beginning() -> None:
    for query in ("id=a&start=9&end=3", "id=a&start=-1&end=3", "id=a&start=x&end=3"):
        assert read_article_link(f"#footnote-article?{query}") == ArticleTarget("a")


@given(st.data())
def test_an_article_shows_its_text_and_marks_exactly_the_quoted_words(data: st.DataObject) -> None:
    text = data.draw(texts.filter(bool))
    cuts = st.integers(0, len(text))
    start, end = sorted((data.draw(cuts), data.draw(cuts)))
    edges = sorted(data.draw(st.lists(cuts, max_size=6, unique=True)))
    boilerplate = tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False))
    article = Article("a", text, boilerplate=boilerplate)
    target = ArticleTarget("a", Span(start, end), quote_check(text[start:end]))
    page = Page(article_html(article, target))
    assert page.texts["fn-text"] == [text]
    assert page.texts["mark"] == [text[start:end]]
    before = article_html(article, target).split("<mark")[0].split("fn-text")[1]
    assert Page(before.split(">", 1)[1]).text == text[:start]
    plain = Page(article_html(article, ArticleTarget("a")))
    assert plain.texts.get("fn-boilerplate", []) == [s.of(text) for s in boilerplate if len(s)]


def test_of_a_passage_that_occurs_twice_the_quoted_one_is_marked() -> None:
    html = article_html(ARTICLE, ArticleTarget("x", Span(22, 32), quote_check("It rained.")))
    assert re.search(r"It rained&#46; It snowed&#46; <mark[^>]*>It rained&#46;</mark></div>", html)


def test_an_article_that_was_edited_since_is_shown_without_a_mark_and_says_so() -> None:
    page = Page(article_html(ARTICLE, ArticleTarget("x", Span(0, 10), quote_check("It poured."))))
    assert "mark" not in page.texts
    assert "edited" in page.texts["fn-notice"][0]
    assert page.texts["fn-text"] == [ARTICLE.text]


@pytest.mark.parametrize("start", [0, 250_000, 499_990])
def test_of_a_very_long_article_the_part_around_the_quote_is_shown(start: int) -> None:
    text = "".join(chr(97 + i % 23) for i in range(500_000))
    span = Span(start, start + 10)
    page = Page(
        article_html(Article("a", text), ArticleTarget("a", span, quote_check(span.of(text))))
    )
    assert page.texts["mark"] == [span.of(text)]
    assert len(page.texts["fn-text"][0]) == TEXT_SHOWN
    assert page.texts["fn-text"][0] in text
    assert page.texts["fn-notice"]


def test_each_sentence_has_its_marks_and_the_phrase_that_answers_stands_out() -> None:
    first, second = cite(ARTICLE, 0, 10), cite(ARTICLE, 11, 21, 2)
    sentence = AnswerSentence("It snowed.", (first, second), 1.0, Span(3, 9))
    html = answer_html(answered(sentences=(sentence,), short_answer="snowed", short_confidence=0.5))
    page = Page(html)
    assert page.texts["fn-sentence"] == ["It snowed.[1][2]"]
    assert page.texts["strong"] == ["snowed"]
    assert page.texts["fn-short"] == ["snowed"]
    unsure = answered(sentences=(sentence,), short_answer="snowed", short_confidence=0.49)
    page = Page(answer_html(unsure))
    assert page.texts["strong"] == ["snowed"], "marked in its sentence"
    assert "fn-short" not in page.texts, "and not set above it"
    assert page.links("fn-mark") == [citation_link(first), citation_link(second)]
    tool_tip = page.elements[[tag for tag, _ in page.elements].index("a")][1]["title"]
    for part in ("Weather", "Gazette", "2021-03-04", "It rained."):
        assert part in tool_tip
    assert "83%" in page.text


def test_the_quotes_of_one_article_share_a_card() -> None:
    other = replace(ARTICLE, id="other", title="Other")
    answer = answered(cite(ARTICLE, 0, 10), cite(other, 0, 10, 2), cite(ARTICLE, 11, 21, 3))
    page = Page(sources_html(answer))
    assert len(page.texts["fn-card"]) == 2
    assert page.texts["fn-number"] == ["1", "3", "2"]


def test_an_answer_says_how_it_was_understood_only_where_that_differs() -> None:
    answer = answered(cite(ARTICLE, 0, 10))
    assert "Understood" not in answer_html(answer)
    page = Page(answer_html(replace(answer, understood="Who <it>?")))
    assert page.texts["fn-understood"] == ["Understood as: Who <it>?"]


@pytest.mark.parametrize("reason", [None, *Reason])
def test_a_refusal_never_looks_like_an_answer(reason: Reason | None) -> None:
    near = RankedArticle(ARTICLE.id, ARTICLE.title, 0.3, cite(ARTICLE, 11, 21))
    answer = Answer(
        "Who?", "Who?", Status.ABSTAINED, reason=reason, message="Not told.", retrieved=(near,)
    )
    page = Page(answer_html(answer))
    assert not {"fn-answer", "fn-mark", "fn-short", "fn-sentence"} & set(page.texts)
    assert "Not told." in page.text
    assert ("fn-small-talk" in page.texts) is (reason is Reason.SMALL_TALK)
    assert ("fn-abstention" in page.texts) is (reason is not Reason.SMALL_TALK)
    quoted = near.passage is not None and citation_link(near.passage) in page.links()
    assert quoted is (reason not in (Reason.NOTHING_NEAR, Reason.SMALL_TALK))
    assert ("It snowed." in page.text) is quoted


def test_the_kinds_of_no_differ_in_words_and_in_shape() -> None:
    kinds = (Reason.NOTHING_NEAR, Reason.NOT_STATED, Reason.NOTHING_INDEXED)
    pages = [
        Page(answer_html(Answer("Q", "Q", Status.ABSTAINED, reason=kind, message="No.")))
        for kind in kinds
    ]
    assert len({page.texts["fn-label"][0] for page in pages}) == len(kinds)
    shapes = {
        attributes["class"]
        for page in pages
        for _, attributes in page.elements
        if "fn-abstention" in attributes.get("class", "")
    }
    assert len(shapes) == len(kinds)


def test_articles_that_disagree_are_both_quoted_the_newest_first() -> None:
    newer = replace(ARTICLE, id="newer", date="2022-01-01", outlet="Herald")
    undated = replace(ARTICLE, id="undated", date="", outlet="Post")
    answer = answered(
        cite(ARTICLE, 0, 10), cite(undated, 0, 10, 2), cite(newer, 11, 21, 3),
        reason=Reason.ARTICLES_DISAGREE,
    )  # fmt: skip
    page = Page(answer_html(answer))
    assert [side.split(" Weather")[0] for side in page.texts["figcaption"]] == [
        "2022-01-01 · Herald", "2021-03-04 · Gazette", "undated · Post",
    ]  # fmt: skip
    assert len(page.links("fn-mark")) == 3
    assert "The articles disagree" in page.texts["fn-label"]


def test_a_sentence_tells_its_verdict_where_not_all_are_quotes() -> None:
    quote = answered(cite(ARTICLE, 0, 10))
    assert Page(answer_html(quote)).texts["fn-checked"] == ["Quoted word for word"]
    verdict = Verdict(Support.PARTLY, "Only <half>.")
    judged = AnswerSentence("It poured.", (cite(ARTICLE, 0, 10),), 1.0, None, verdict)
    page = Page(answer_html(replace(quote, sentences=(judged, *quote.sentences), notice="Late.")))
    assert page.texts["fn-verdict"] == ["partly supported", "quoted word for word"]
    assert "fn-checked" not in page.texts
    assert page.texts["fn-notice"] == ["Late."]
    assert "Only <half>." in Page(why_html(replace(quote, sentences=(judged,)))).text


def test_of_a_long_answer_the_end_is_folded_and_nothing_is_lost() -> None:
    answer = answered(*(cite(ARTICLE, 0, 10, number) for number in range(1, 12)))
    page = Page(answer_html(answer))
    assert page.texts["summary"] == ["3 more sentences"]
    assert len(page.texts["fn-sentence"]) == 11


def test_reprints_are_folded_into_the_card_of_their_source() -> None:
    others = [
        replace(ARTICLE, id=f"r{i}", outlet=f"Paper {i}", date=f"2021-03-0{i}") for i in range(1, 4)
    ]
    reprints = tuple(cite(other, 0, 10) for other in others)
    # A second quote of the source that one of them repeats too makes no second line.
    again = cite(others[0], 11, 21, 2)
    answer = answered(cite(ARTICLE, 0, 10), cite(ARTICLE, 11, 21, 2), reprints=(*reprints, again))
    page = Page(sources_html(answer))
    assert len(page.texts["fn-card"]) == 1
    assert page.texts["summary"] == ["+3 reprints"]
    assert [name for name in page.texts["a"] if name.startswith("Paper")] == [
        "Paper 1 · 2021-03-01", "Paper 2 · 2021-03-02", "Paper 3 · 2021-03-03",
    ]  # fmt: skip


def test_what_is_not_checked_yet_is_told_apart_from_what_is() -> None:
    confirmed = AnswerSentence("It rained.", (cite(ARTICLE, 0, 10),))
    page = Page(partial_html(Partial("Who <it>?", (confirmed,), "It <poured>"), "Who?"))
    assert page.texts["fn-sentence"] == ["It rained.[1]"]
    assert page.texts["fn-draft"] == ["It <poured>"]
    assert "Not yet checked" in page.texts["fn-draft-label"][0]
    assert "Understood as: Who <it>?" in page.text


def test_why_tells_what_was_retrieved_cited_and_rejected_with_scores_and_times() -> None:
    citation = cite(ARTICLE, 0, 10)
    chunk = Chunk(ARTICLE.id, 0, Span(0, 10), (Span(0, 10),))
    answer = answered(
        citation, retrieved=(RankedArticle(ARTICLE.id, ARTICLE.title, 5.0, citation),),
        hits=(Hit(ARTICLE, chunk, Scores(0.11, 0.22, 0.33, 0.44, 5.55)),),
        timing_ms={"retrieve": 40.0, "total": 50.0}, fingerprint="f00d",
        rejected=(RejectedSentence("It poured.", Verdict(Support.UNSUPPORTED, "No quote.")),),
        usage=Usage("small", 10, 20, 1.5),
        filters=Filters(outlets=("Gazette",)),
    )  # fmt: skip
    text = Page(why_html(answer)).text
    for told in (
        "0.11", "0.22", "0.33", "0.44", "5.55", "cited [1]", "40 ms", "50 ms", "f00d",
        "It poured.", "No quote.", "small", "10 read, 20 written", "outlet Gazette", "83%",
    ):  # fmt: skip
        assert told in text, told


def test_an_error_is_told_as_one() -> None:
    page = Page(answer_html(Answer("Q", "Q", Status.ERROR, message="Too <long>.")))
    assert "Too <long>." in page.texts["fn-error"][0]
    assert "fn-answer" not in page.texts


def test_an_empty_collection_says_what_to_do() -> None:
    assert "Put articles" in Page(welcome_html(0, "my <news>")).text
    assert "my <news>" in Page(welcome_html(0, "my <news>")).text


@pytest.mark.parametrize(
    "html",
    [
        question_html(HOSTILE),
        answer_html(
            answered(
                cite(EVIL, 3, 90), short_answer=HOSTILE, short_confidence=1.0, understood=HOSTILE
            )
        ),
        answer_html(REFUSED),
        answer_html(replace(REFUSED, status=Status.ERROR)),
        sources_html(answered(cite(EVIL, 3, 90))),
        sources_html(REFUSED),
        article_html(EVIL, ArticleTarget("x", Span(3, 90), quote_check(EVIL.text[3:90]))),
        missing_article_html(HOSTILE),
        answer_html(
            answered(
                cite(EVIL, 3, 90),
                reason=Reason.ARTICLES_DISAGREE,
                notice=HOSTILE,
                filters=Filters(since=HOSTILE, outlets=(HOSTILE,)),
            )
        ),
        partial_html(Partial(HOSTILE, (), HOSTILE), "Q"),
        sources_html(answered(cite(EVIL, 3, 90), reprints=(cite(replace(EVIL, id="r"), 3, 90),))),
        why_html(REFUSED),
        why_html(
            answered(
                cite(EVIL, 3, 90),
                fingerprint=HOSTILE,
                timing_ms={HOSTILE: 1.0},
                rejected=(RejectedSentence(HOSTILE, Verdict(Support.PARTLY, HOSTILE)),),
                usage=Usage(HOSTILE),
                filters=Filters(articles=(HOSTILE,)),
            )
        ),
        panel_html(welcome_html(0, HOSTILE), "", 1, HOSTILE),
    ],
)
def test_a_hostile_article_adds_no_element_attribute_or_address(html: str) -> None:
    page = Page(html)
    assert {tag for tag, _ in page.elements} <= OUR_TAGS
    assert {name for _, attributes in page.elements for name in attributes} <= OUR_ATTRIBUTES
    assert all(link.startswith("#footnote-") for link in page.links())
    assert "\n\n" not in html  # a blank line would end the chat's HTML block and start Markdown
    assert "<script>hacked=1</script>" in page.text
