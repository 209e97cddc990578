"""The collection as a list: every article with its state, and every file that was left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from rag.catalog import Catalog

# Files of these kinds hold many articles: one of them cannot be removed by removing the file.
COLLECTION_SUFFIXES = frozenset({".jsonl", ".csv"})


class ArticleState(StrEnum):
    """What became of an article, in the order of a list that begins with what needs a look."""

    FAILED = "failed"
    DUPLICATE = "duplicate"
    INDEXED = "indexed"


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """One line of the list.

    ``id`` opens the article; of a file or row that was left out it names the place. ``source``
    is the file, relative to the articles' folder. ``note`` tells why it was left out, or the id
    of the article that it repeats.
    """

    id: str
    state: ArticleState
    source: str
    title: str = ""
    outlet: str = ""
    date: str = ""
    note: str = ""

    @property
    def is_row(self) -> bool:
        """Whether its file holds other articles as well, or may."""
        return PurePosixPath(self.source).suffix.lower() in COLLECTION_SUFFIXES


def list_collection(catalog: Catalog) -> tuple[ListedArticle, ...]:
    """Every article, reprint and failure that the last sync saw, sorted by file and id."""
    indexed = [
        ListedArticle(
            head.id, ArticleState.INDEXED, head.source, head.title, head.outlet, head.date
        )
        for head in catalog.article_heads()
    ]
    repeated = [
        ListedArticle(
            head.id, ArticleState.DUPLICATE, head.source, head.title, head.outlet, head.date, kept
        )
        for head, kept in catalog.alias_heads()
    ]
    failed = [
        ListedArticle(problem.source, ArticleState.FAILED, name, note=problem.reason)
        for name, record in catalog.files().items()
        for problem in record.problems
    ]
    listed = (*indexed, *repeated, *failed)
    return tuple(sorted(listed, key=lambda one: (one.source, one.state, one.id)))
