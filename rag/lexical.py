"""BM25 over chunks, and how much a word tells: the exact-words half of retrieval.

Words are case-folded, stripped of accents and stemmed (Snowball English on plain Latin words);
runs of Chinese, Japanese, Korean or Thai script become overlapping character pairs. A term is
kept as a 64-bit hash of its stem, so that a chunk's terms are a small blob and no vocabulary has
to be kept in step.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

LEXICAL_VERSION = "1"

# Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), give
# 1.2 <= k1 <= 2 and 0.5 <= b <= 0.8 as reasonable; these are Lucene's defaults.
K1 = 1.2
B = 0.75

# What is known of a word before any article is read counts like this many chunks of general
# English, each this many words long. It keeps "the" cheap in a collection of three chunks and
# fades in one of ten thousand.
BACKGROUND_CHUNKS = 400
BACKGROUND_CHUNK_WORDS = 150

_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
# Accents that stand behind their letter (file names and texts from macOS), and the vowel signs of
# Hebrew, Arabic and the scripts of India: to ``re`` they are no part of a word.
_MARKS = "".join(c for c in map(chr, range(0x300, 0xE00)) if unicodedata.category(c)[0] == "M")
_LETTER = rf"[^\W\d_{_UNSPACED}]"
_WORD = re.compile(rf"\d+(?:[.,]\d+)*|[{_UNSPACED}]+|{_LETTER}(?:[{_MARKS}]|{_LETTER})*(?:\d+)?")
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_RECORD = np.dtype([("term", "<u8"), ("count", "u1")])


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: its place (characters), surface form, and stem."""

    start: int
    end: int
    surface: str
    stem: str


def words(text: str) -> list[Word]:
    """The words of ``text`` in order, with their stems; see the module's docstring."""
    found = []
    for match in _WORD.finditer(text):
        surface = match.group()
        if _UNSPACED_RUN.fullmatch(surface) and len(surface) > 1:
            found += [
                Word(match.start() + i, match.start() + i + 2, pair, pair)
                for i in range(len(surface) - 1)
                if (pair := surface[i : i + 2])
            ]
        else:
            found.append(Word(match.start(), match.end(), surface, stem(surface)))
    return found


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one word, folded in case and accents; a number without its separators."""
    if word[0].isdigit():
        return word.replace(",", "").rstrip(".")
    folded = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return str(_stemmer().stemWord(plain)) if plain.isascii() else plain


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=200_000)
def _term(stemmed: str) -> int:
    digest = hashlib.blake2b(stemmed.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def encode_terms(text: str) -> bytes:
    """The terms of ``text`` with their counts (at most 255), as bytes: 9 a distinct term."""
    counts = Counter(_term(word.stem) for word in words(text))
    records = np.array(
        [(term, min(count, 255)) for term, count in sorted(counts.items())], dtype=_RECORD
    )
    return records.tobytes()


def merge_terms(blobs: Sequence[bytes]) -> bytes:
    """The terms of several texts together, counts added (at most 255)."""
    records = np.concatenate([np.empty(0, _RECORD), *(np.frombuffer(b, _RECORD) for b in blobs)])
    terms, places = np.unique(records["term"], return_inverse=True)
    merged = np.empty(len(terms), _RECORD)
    merged["term"] = terms
    merged["count"] = np.minimum(np.bincount(places, records["count"], len(terms)), 255)
    return merged.tobytes()


class LexicalIndex:
    """An inverted index of chunks for BM25, built from the blobs that ``encode_terms`` made."""

    def __init__(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """``rows`` are (chunk id, terms blob), in the order that scores will have."""
        pairs = list(rows)
        self.ids: tuple[str, ...] = tuple(chunk_id for chunk_id, _ in pairs)
        blobs = [np.frombuffer(blob, _RECORD) for _, blob in pairs]
        sizes = [len(blob) for blob in blobs]
        records = np.concatenate([np.empty(0, _RECORD), *blobs])
        chunk = np.repeat(np.arange(len(blobs), dtype=np.int32), sizes)
        order = np.argsort(records["term"], kind="stable")
        self._terms = records["term"][order]
        self._chunks = chunk[order]
        self._counts = records["count"][order].astype(np.float32)
        lengths = np.bincount(chunk, weights=records["count"], minlength=len(blobs))
        mean = lengths.mean() if blobs else 0.0
        self._norm = K1 * (1 - B + B * lengths / max(mean, 1.0))

    def __len__(self) -> int:
        return len(self.ids)

    def idf(self, word: Word) -> float:
        """How much a word tells: BM25's idf over the chunks and a background of general English.

        ``log(1 + (N - n + 1/2) / (n + 1/2))`` with n and N each enlarged by what the word's
        frequency in general English predicts for ``BACKGROUND_CHUNKS`` chunks.
        """
        first, last = self._postings(word.stem)
        share = 1.0 - (1.0 - _frequency(word.surface)) ** BACKGROUND_CHUNK_WORDS
        containing = last - first + BACKGROUND_CHUNKS * share
        total = len(self) + BACKGROUND_CHUNKS
        return math.log(1.0 + (total - containing + 0.5) / (containing + 0.5))

    def containing(self, word: Word) -> npt.NDArray[np.int32]:
        """The places of the chunks in which the word's stem occurs."""
        first, last = self._postings(word.stem)
        return self._chunks[first:last]

    def ceiling(self, question: Sequence[Word]) -> float:
        """The BM25 that no chunk can pass for these words: all of them, endlessly often."""
        distinct = {word.stem: word for word in question}.values()
        return (K1 + 1) * sum(self.idf(word) for word in distinct)

    def scores(self, question: Sequence[Word]) -> npt.NDArray[np.float32]:
        """BM25 of every chunk for the question's words: float32 [chunks], >= 0."""
        total = np.zeros(len(self), dtype=np.float32)
        for word in {word.stem: word for word in question}.values():
            first, last = self._postings(word.stem)
            chunks, counts = self._chunks[first:last], self._counts[first:last]
            weight = counts * (K1 + 1) / (counts + self._norm[chunks])
            total[chunks] += (self.idf(word) * weight).astype(np.float32)
        return total

    def _postings(self, stemmed: str) -> tuple[int, int]:
        term = np.uint64(_term(stemmed))
        first = int(np.searchsorted(self._terms, term, "left"))
        return first, int(np.searchsorted(self._terms, term, "right"))


@lru_cache(maxsize=200_000)
def _frequency(surface: str) -> float:
    """The word's share of all words in general English, 0 where it is not known.

    From the package wordfreq (Speer, "wordfreq", v3, 2022), which merges eight kinds of text.
    """
    from wordfreq import word_frequency

    return float(word_frequency(surface, "en"))
