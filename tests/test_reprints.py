"""Wire copy: the same sentence in other articles is found, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

from rag.reprints import find_reprints
from rag.sentences import split_sentences
from rag.values import AnswerSentence, Article, Chunk, Citation, Hit, Scores, Span

TEXT = "The dam was closed. A crack was found.\n\nThe minister was calm."
OWN = Article("own", TEXT, "Dam closed", outlet="Courier", date="2021-03-04", aliases=("copy",))
REPRINT = Article("reprint", "By wire\n\nThe dam was  closed. More soon.", outlet="Herald")
OTHER = Article("other", "The dam was not closed. The dam was closed today.", outlet="Gazette")


def hit(article: Article) -> Hit:
    spans = tuple(split_sentences(article.text))
    return Hit(article, Chunk(article.id, 0, Span(0, len(article.text)), spans), Scores())


def cite(article: Article, number: int, quote: str) -> AnswerSentence:
    start = article.text.index(quote)
    named = (article.id, article.title, article.outlet, article.date, article.url)
    return AnswerSentence(quote, (Citation(number, *named, start, start + len(quote), quote),))


def test_the_same_sentence_elsewhere_is_a_reprint_whatever_its_white_space() -> None:
    found = find_reprints([cite(OWN, 3, "The dam was closed.")], [hit(OTHER), hit(REPRINT)])
    assert [(c.number, c.article_id, c.outlet) for c in found] == [(3, "reprint", "Herald")]
    [reprint] = found
    assert REPRINT.text[reprint.start : reprint.end] == reprint.quote == "The dam was  closed."


def test_an_identical_file_is_a_reprint_of_each_quote() -> None:
    sentences = [cite(OWN, 1, "The dam was closed."), cite(OWN, 2, "The minister was calm.")]
    found = find_reprints(sentences, [hit(OWN), hit(OWN)])
    assert [(c.number, c.article_id) for c in found] == [(1, "copy"), (2, "copy")]
    for reprint in found:
        assert OWN.text[reprint.start : reprint.end] == reprint.quote


def test_of_an_article_that_has_the_sentence_twice_one_place_is_told() -> None:
    twice = replace(REPRINT, text="The dam was closed. Really. The dam was closed.")
    found = find_reprints([cite(OWN, 1, "The dam was closed.")], [hit(twice), hit(twice)])
    assert [(c.start, c.end) for c in found] == [(0, 19)]


def test_a_sentence_that_differs_by_one_word_is_none() -> None:
    assert find_reprints([cite(OWN, 1, "A crack was found.")], [hit(OTHER), hit(REPRINT)]) == ()
