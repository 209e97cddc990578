"""What a sync would do, found out by doing it to a copy of the catalog's heads in memory.

The pass over the folder is the sync's own, so that the plan says what the sync will do; nothing
is embedded, and the index is only read.
"""

# ruff: noqa: S608 - what is put together into queries are constants and names of columns.

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rag.catalog_schema import CATALOG_FILE, connect, create_tables, has_index
from rag.catalog_writer import Entry, WritableCatalog
from rag.config import Config
from rag.errors import RemovalError
from rag.folder_sync import FolderSync, is_unchanged
from rag.loading import SourceFile
from rag.values import Article, SyncPlan

# Of an index of fewer articles any share may go: who tries Footnote out on a few files takes
# some of them away again, and few articles are soon embedded anew.
FEW_ARTICLES = 10

# What a plan needs of an index; texts and chunks stay where they are.
_COPIED = ("files", "articles", "aliases")


def make_plan(config: Config, files: Sequence[SourceFile]) -> SyncPlan:
    """The plan for ``files``, which are read; ``rebuild`` and ``refusal`` are left empty.

    Raises ``sqlite3.Error`` where the index is damaged.
    """
    shadow = _shadow(config.index_path)
    with closing(shadow):
        before, held = shadow.files(), len(shadow.sources())
        report = FolderSync(shadow, _Planner(shadow), None).run(files, lambda: None)
        after = shadow.files()
    both = before.keys() & after.keys()
    changed = {name for name in both if before[name].sha256 != after[name].sha256}
    return SyncPlan(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(changed)),
        removed=tuple(sorted(before.keys() - after.keys())),
        unchanged=len(both) - len(changed),
        articles=report,
        held=held,
    )


def check_removals(config: Config, catalog: WritableCatalog, files: Sequence[SourceFile]) -> None:
    """Raise ``RemovalError`` if a sync with ``files`` takes too large a share of the articles.

    Files are read only if so many are gone or changed that it could.
    """
    sources = catalog.sources()
    if len(sources) <= FEW_ARTICLES:
        return
    known = catalog.files()
    same = {file.name for file in files if is_unchanged(file, known.get(file.name))}
    at_stake = sum(name not in same for name in sources.values())
    if at_stake > config.max_removed_share * len(sources):
        too_many = removal_error(config, make_plan(config, files))
        if too_many:
            raise too_many


def removal_error(config: Config, plan: SyncPlan) -> RemovalError | None:
    """The error that a sync with this plan ends with, if it takes too many articles away."""
    removed = len(plan.articles.removed)
    if plan.held <= FEW_ARTICLES or removed <= config.max_removed_share * plan.held:
        return None
    return RemovalError(
        f"This would remove {removed:,} of {plan.held:,} articles from the index, more than "
        f"{config.max_removed_share:.0%} of them; it was left as it is.",
        "If that is meant, type: footnote sync --allow-removals "
        "(footnote sync --dry-run lists them)",
        removed,
        plan.held,
    )


def _shadow(folder: Path) -> WritableCatalog:
    """The index's files, articles and aliases in memory, without their texts."""
    connection = connect(Path(":memory:"))
    create_tables(connection, {})
    if has_index(folder):
        connection.execute("ATTACH ? AS held", (str(folder / CATALOG_FILE),))
        for table in _COPIED:
            # Those that both have: another version's index may have others.
            found, wanted = (_columns(connection, schema, table) for schema in ("held", "main"))
            names = ", ".join(sorted(found & wanted - {"text"}))
            text = ("text", "''") if "text" in wanted else ("", "")
            columns, values = (", ".join(filter(None, (names, last))) for last in text)
            connection.execute(
                f"INSERT INTO main.{table}({columns}) SELECT {values} FROM held.{table}"
            )
        connection.execute("DETACH held")
    return WritableCatalog(folder, connection)


def _columns(connection: sqlite3.Connection, schema: str, table: str) -> set[str]:
    rows = connection.execute(f"PRAGMA {schema}.table_info({table})")
    return {row[1] for row in rows}


class _Planner:
    """A recorder that embeds nothing."""

    embedded = 0

    def __init__(self, catalog: WritableCatalog) -> None:
        self._catalog = catalog

    def put(self, article: Article) -> None:
        """Nothing to do: the catalog has the article."""

    def replace(self, article: Article) -> None:
        """Nothing to do: the catalog has the article."""

    def rename(self, entry: Entry, article: Article) -> None:
        """Give an article another id and other metadata."""
        self._catalog.rename_article(entry, article)

    def delete(self, article_id: str) -> None:
        """Delete an article that has no aliases."""
        self._catalog.delete_article(article_id)

    def finish(self) -> None:
        """Make it last, in memory."""
        self._catalog.commit()
