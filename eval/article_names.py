"""Articles as a user names them in a row: by id, by file name or by title."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from eval.jsonlines import RowError

ARTICLE_COLUMN = "article"


class ArticleNames:
    """Finds the articles of ``texts`` (by id) that a row names.

    ``titles`` gives their titles by id. It is called once, and only for a name that is no id and
    no file's: telling titles means to read all articles again.
    """

    def __init__(
        self, texts: Mapping[str, str], titles: Callable[[], Mapping[str, str]] = dict
    ) -> None:
        self._texts = texts
        self._read_titles = titles

    def named_in(self, row: Mapping[str, Any]) -> Mapping[str, str]:
        """The texts of the articles that the row names; all of them where it names none.

        A file name or a title may be that of several: reprints. Raises ``RowError`` where no
        article is called so.
        """
        name = str(row.get(ARTICLE_COLUMN) or "").strip()
        if not name:
            return self._texts
        if name in self._texts:
            return {name: self._texts[name]}
        found = [one for one in self._texts if PurePosixPath(one).name == name]
        found = found or self._by_title.get(_plain(name), [])
        if not found:
            raise RowError(f"no article has the id, the file name or the title {name!r}")
        return {one: self._texts[one] for one in found}

    @cached_property
    def _by_title(self) -> dict[str, list[str]]:
        by_title: dict[str, list[str]] = {}
        for name, title in self._read_titles().items():
            if name in self._texts and title:
                by_title.setdefault(_plain(title), []).append(name)
        return by_title


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()
