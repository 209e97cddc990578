"""Finding the chunks that hold the answer: dense, lexical, sentence and late evidence, fused.

First the nearest chunks by vector (Chroma) and by BM25 over chunks and over whole articles;
then late interaction over the best of them. Each chunk's score is a weighted sum of
``RANKING_FEATURES``; the main ones stay with the hit, so that a ranking can be explained.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.catalog import Catalog
from rag.embedding import Embedder
from rag.lexical import LexicalIndex, Word, merge_terms, words
from rag.matching import Matches, QuestionTokens, after, before, match, question_tokens
from rag.periods import in_period
from rag.stores import Store
from rag.values import Article, Chunk, Hit, Scores
from rag.weights import weight_vector

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

# Weights of the first stage, which only has to let the right chunk pass: dense 1, and BM25 of
# the chunk and of its article, each over the best of the question.
FIRST_CHUNK = 0.6
FIRST_ARTICLE = 0.3
# Chunks that late interaction looks at: recall@50 is .998 on the clusters that weights were
# chosen on, and decoding them takes about 10 ms.
LATE_CANDIDATES = 50
# The vectors of this many chunks are read and compared faster than Chroma is asked for all.
COMPARED_ALONE = 2_000
# Of one article at most these, so that a long one does not crowd out all others.
CHUNKS_AN_ARTICLE = 8


@dataclass(frozen=True, slots=True)
class Candidates:
    """The chunks that late interaction looked at, best first, and how each matched.

    ``hits``: in the order of their scores; ``features``: float32 [hits, RANKING_FEATURES];
    ``matches``: rows of ``matches.chunk`` count in ``hits``; ``question``: the tokens.
    """

    hits: tuple[Hit, ...]
    features: Floats
    matches: Matches
    question: QuestionTokens


RANKING_FEATURES = (
    "dense",  # cosine of question and chunk
    "sentence",  # best cosine of question and sentence
    "lexical_chunk",  # BM25 of the chunk over the best of this question
    "lexical_article",  # BM25 of the article over the highest that the question could reach
    "late_chunk",  # MaxSim of the chunk with its title
    "late_sentence",  # best MaxSim of a sentence
    "late_pair",  # best MaxSim of a sentence with the one before it
    "late_triple",  # best MaxSim of a sentence with both neighbours
    "late_titled",  # best MaxSim of a sentence with the title
    "names",  # idf of the question's names and numbers that the chunk has, over all of them
    "title",  # idf of the question's words that the title has, over all of them
    "period",  # 1 if the article is of a day or month that the question names
)
RANKING_WEIGHTS = weight_vector("ranking", RANKING_FEATURES)
_DENSE, _SENTENCE, _LEXICAL, _LATE = (
    RANKING_FEATURES.index(name) for name in ("dense", "sentence", "lexical_chunk", "late_sentence")
)


class Searcher:
    """Searches one generation of an index; make a new one when the catalog has moved on."""

    def __init__(self, catalog: Catalog, store: Store, embedder: Embedder) -> None:
        self._catalog = catalog
        self._store = store
        self._embedder = embedder
        self.generation = catalog.generation
        rows = list(catalog.chunk_rows())
        self._chunks = LexicalIndex((chunk_id, terms) for chunk_id, _, terms in rows)
        self._place = {chunk_id: place for place, chunk_id in enumerate(self._chunks.ids)}
        by_article: dict[str, list[bytes]] = {}
        for _, article_id, terms in rows:
            by_article.setdefault(article_id, []).append(terms)
        self._articles = LexicalIndex(
            (article_id, merge_terms(blobs)) for article_id, blobs in by_article.items()
        )
        article_place = {name: place for place, name in enumerate(self._articles.ids)}
        self._article_of = np.array(
            [article_place[article_id] for _, article_id, _ in rows], dtype=np.intp
        )

    def __len__(self) -> int:
        return len(self._chunks)

    @property
    def lexical(self) -> LexicalIndex:
        """The BM25 index over the chunks."""
        return self._chunks

    def search(
        self,
        question: str,
        names: Sequence[str],
        limit: int,
        articles: Collection[str] | None = None,
    ) -> Candidates | None:
        """The best chunks for a question, or None when nothing is indexed.

        ``names`` are the question's proper names and numbers; ``limit`` is the number of chunks
        that each first-stage ranking contributes. With ``articles`` (ids) the chunks of all
        others are left out before anything is ranked; what a word tells is still told by the
        whole index, so that scores mean what they mean without.
        """
        allowed = self.places_of(articles)
        if not len(allowed):
            return None
        vectors = self._embedder.embed_question(question)
        asked = words(question)
        tokens = question_tokens(vectors, asked, self._chunks)
        first = self._first_stage(vectors.vector, asked, limit, allowed)
        ids = [self._chunks.ids[place] for place in first.places]
        blobs = self._catalog.tokens(ids)
        matches = match(tokens, [blobs[chunk_id] for chunk_id in ids])
        chunks = self._catalog.chunks(ids)
        loaded = {
            article_id: self._catalog.article(article_id)
            for article_id in dict.fromkeys(chunks[chunk_id].article_id for chunk_id in ids)
        }
        sources = [loaded[chunks[chunk_id].article_id] for chunk_id in ids]
        features = np.column_stack(
            [
                first.dense,
                first.lexical_chunk,
                first.lexical_article,
                _late_features(tokens, matches, len(ids)),
                self._word_shares(asked, names, first.places),
                _title_shares(tokens, sources),
                in_period(question, [article.date for article in sources]),
            ]
        ).astype(np.float32)
        features = features[:, _COLUMN_ORDER]
        pairs = list(zip((chunks[chunk_id] for chunk_id in ids), sources, strict=True))
        return _ranked(pairs, features, matches, tokens)

    def places_of(self, articles: Collection[str] | None) -> Places:
        """The places of the chunks of these articles, or of all."""
        if articles is None:
            return np.arange(len(self), dtype=np.intp)
        wanted = [name in articles for name in self._articles.ids]
        return np.flatnonzero(np.array(wanted, dtype=bool)[self._article_of])

    def nearest(
        self, vector: Floats, limit: int, allowed: Places, compared_alone: int = COMPARED_ALONE
    ) -> dict[int, float]:
        """The cosine of the ``limit`` allowed chunks nearest to ``vector``, by place.

        Up to ``compared_alone`` of them are compared without Chroma, which is asked for more and
        more of all chunks otherwise, until enough of them are allowed.
        """
        if len(allowed) < len(self) and len(allowed) <= compared_alone:
            stored = self._catalog.vectors([self._chunks.ids[place] for place in allowed])
            cosines = stored @ vector
            best = np.argsort(-cosines, kind="stable")[:limit]
            return {int(allowed[row]): float(cosines[row]) for row in best}
        passing = np.zeros(len(self), dtype=bool)
        passing[allowed] = True
        limit = min(limit, len(allowed))
        asked = limit if len(allowed) == len(self) else 2 * limit * len(self) // len(allowed)
        while True:
            nearest = self._store.query(vector, min(asked, len(self)))
            found = {
                self._place[name]: score
                for name, score in nearest
                if name in self._place and passing[self._place[name]]
            }
            if len(found) >= limit or asked >= len(self):
                return dict(list(found.items())[:limit])
            asked *= 2

    def _first_stage(
        self, vector: Floats, asked: Sequence[Word], limit: int, allowed: Places
    ) -> _FirstStage:
        """The places of the best chunks by the first-stage sum, with the parts of it."""
        lexical = _only(self._chunks.scores(asked), allowed)
        by_article = self._articles.scores(asked)
        lexical_article = _only(by_article[self._article_of], allowed)
        cosine = self.nearest(vector, limit, allowed)
        pool = {*cosine, *_best(lexical, limit), *_best(lexical_article, limit)}
        places = np.array(sorted(pool), dtype=np.intp)
        dense = self._cosines(places, vector, cosine)
        chunk_part = lexical[places] / max(float(lexical.max()), 1e-9)
        article_part = lexical_article[places] / max(float(lexical_article.max()), 1e-9)
        total = dense + FIRST_CHUNK * chunk_part + FIRST_ARTICLE * article_part
        ranked = np.argsort(-total, kind="stable")
        order = ranked[_spread(self._article_of[places[ranked]])][:LATE_CANDIDATES]
        reachable = max(self._articles.ceiling(asked), 1e-9)
        return _FirstStage(
            places[order],
            dense[order],
            chunk_part[order],
            lexical_article[places[order]] / reachable,
        )

    def _cosines(
        self, places: npt.NDArray[np.intp], vector: Floats, known: dict[int, float]
    ) -> Floats:
        """The cosines of chunks with the question: those Chroma gave, the others computed."""
        missing = [int(place) for place in places if place not in known]
        if missing:
            stored = self._catalog.vectors([self._chunks.ids[place] for place in missing])
            known |= dict(zip(missing, (stored @ vector).tolist(), strict=True))
        return np.array([known[int(place)] for place in places], dtype=np.float32)

    def _word_shares(
        self, asked: Sequence[Word], names: Sequence[str], places: npt.NDArray[np.intp]
    ) -> Floats:
        """What share (by idf) of the names' words each chunk has; 0 for a question without."""
        stems = {word.stem for name in names for word in words(name)}
        of_names = [word for word in asked if word.stem in stems]
        share = np.zeros(len(self), dtype=np.float32)
        total = 0.0
        for word in {word.stem: word for word in of_names}.values():
            weight = self._chunks.idf(word)
            share[self._chunks.containing(word)] += weight
            total += weight
        return share[places] / max(total, 1e-9)


@dataclass(frozen=True, slots=True)
class _FirstStage:
    """The chunks that pass, by place in the lexical index, and their parts of the sum."""

    places: npt.NDArray[np.intp]
    dense: Floats
    lexical_chunk: Floats
    lexical_article: Floats


# The columns are put together stage by stage; this puts them in the order of RANKING_FEATURES.
_BUILT = (
    "dense",
    "lexical_chunk",
    "lexical_article",
    "sentence",
    "late_chunk",
    "late_sentence",
    "late_pair",
    "late_triple",
    "late_titled",
    "names",
    "title",
    "period",
)
_COLUMN_ORDER = [_BUILT.index(name) for name in RANKING_FEATURES]


def _only(scores: Floats, allowed: Places) -> Floats:
    """The scores of the allowed places, and 0 for all others."""
    kept = np.zeros_like(scores)
    kept[allowed] = scores[allowed]
    return kept


def _best(scores: Floats, limit: int) -> list[int]:
    """The places of the ``limit`` highest scores above zero."""
    if limit < len(scores):
        places = np.argpartition(-scores, limit)[:limit]
    else:
        places = np.arange(len(scores))
    return [int(place) for place in places if scores[place] > 0]


def _spread(articles: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Which of the ranked chunks are among the first few of their article."""
    seen: Counter[int] = Counter()
    kept = np.empty(len(articles), dtype=bool)
    for place, article in enumerate(articles.tolist()):
        kept[place] = seen[article] < CHUNKS_AN_ARTICLE
        seen[article] += 1
    return kept


def _late_features(tokens: QuestionTokens, matches: Matches, count: int) -> Floats:
    """Columns sentence, late_chunk, late_sentence, late_pair, late_triple, late_titled."""
    pair = np.maximum(matches.tokens, before(matches))
    triple = np.maximum(pair, after(matches))
    titled = np.maximum(matches.tokens, matches.title[matches.chunk])
    columns = np.full((count, 6), 0.0, dtype=np.float32)
    columns[:, 1] = matches.whole @ tokens.weights
    per_sentence = [
        matches.cosine,
        *(part @ tokens.weights for part in (matches.tokens, pair, triple, titled)),
    ]
    for column, values in zip((0, 2, 3, 4, 5), per_sentence, strict=True):
        best = np.full(count, -1.0, dtype=np.float32)
        np.maximum.at(best, matches.chunk, values)
        columns[:, column] = best
    return columns


def _title_shares(tokens: QuestionTokens, articles: Sequence[Article]) -> Floats:
    """What share (by idf) of the question's words the title of each article has."""
    total = max(float(tokens.idf.sum()), 1e-9)
    stems = {article.id: {word.stem for word in words(article.title)} for article in articles}
    shares = {
        name: sum(
            float(weight)
            for word, weight in zip(tokens.words, tokens.idf, strict=True)
            if word.stem in title
        )
        / total
        for name, title in stems.items()
    }
    return np.array([shares[article.id] for article in articles], dtype=np.float32)


def _ranked(
    pairs: Sequence[tuple[Chunk, Article]],
    features: Floats,
    matches: Matches,
    tokens: QuestionTokens,
) -> Candidates:
    """The candidates in the order of their weighted sums, matches renumbered to follow."""
    total = features @ RANKING_WEIGHTS
    order = np.argsort(-total, kind="stable")
    hits = tuple(
        Hit(
            article=pairs[place][1],
            chunk=pairs[place][0],
            scores=Scores(
                dense=float(features[place, _DENSE]),
                sentence=float(features[place, _SENTENCE]),
                lexical=float(features[place, _LEXICAL]),
                late=float(features[place, _LATE]),
                total=float(total[place]),
            ),
        )
        for place in order
    )
    new_place = np.empty(len(order), dtype=np.intp)
    new_place[order] = np.arange(len(order))
    renumbered = new_place[matches.chunk]
    rows = np.lexsort((matches.number, renumbered))
    moved = Matches(
        chunk=renumbered[rows],
        number=matches.number[rows],
        tokens=matches.tokens[rows],
        title=matches.title[order],
        whole=matches.whole[order],
        cosine=matches.cosine[rows],
        vectors=tuple(matches.vectors[place] for place in order),
    )
    return Candidates(hits, features[order], moved, tokens)
