"""The Articles tab's handlers: search, sort, open, upload, remove, and a sync with a preview."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from rag.config import Config
from rag.errors import FootnoteError
from rag.listing import ArticleState, ListedArticle
from rag.syncing import plan
from rag.values import Article, SyncReport
from ui.articles_html import (
    article_view,
    listing_html,
    preview_html,
    progress_html,
    refused_html,
    report_html,
    shelf_html,
    told_html,
)
from ui.uploads import Upload, UploadError, why_closed

PAGE = 100
BY_TITLE, BY_OUTLET, NEWEST, BY_STATUS = SORTS = (
    "By title",
    "By outlet",
    "Newest first",
    "By status",
)

_log = logging.getLogger(__name__)


class Shelved(Protocol):
    """What the tab needs of a ``rag.engine.QueryEngine``."""

    config: Config

    def listing(self) -> tuple[ListedArticle, ...]:
        """Every article with its state."""

    def article(self, article_id: str) -> Article:
        """One article; raises KeyError without it."""

    def sync(
        self, on_progress: Any = None, *, allow_empty: bool = False, allow_removals: bool = False
    ) -> SyncReport:
        """Make the index equal to the folder."""


@dataclass(frozen=True, slots=True)
class View:
    """What one reader looks at: how many lines, and which article is asked about or open."""

    shown: int = PAGE
    opened: str = ""
    asked: str = ""


class Library:
    """The tab's handlers over one engine. Holds no state of a reader."""

    def __init__(self, engine: Shelved, config: Config) -> None:
        self._engine = engine
        self._config = config
        self._syncing = threading.Lock()
        self._waiting = 0

    @property
    def config(self) -> Config:
        """Whose articles these are."""
        return self._config

    def listed(self, search: str, sort: str, view: View) -> str:
        """The list, or the article that is open."""
        try:
            if view.opened:
                return article_view(self._engine.article(view.opened))
            every = self._engine.listing()
        except KeyError:
            return told_html("This article is no longer indexed.", back=True)
        except FootnoteError as error:
            return told_html(str(error), back=bool(view.opened))
        found = arranged(every, search, sort)
        return listing_html(every, found[: view.shown], len(found), view.asked)

    def upload(self, name: str) -> Upload:
        """A file on its way into the folder; raises ``UploadError`` where too many wait already."""
        if self._waiting >= self._config.upload_files > 0:
            raise UploadError(
                f"{self._waiting:,} uploaded files wait to be read.", "Sync, then go on."
            )
        file = Upload(self._config, name, on_dropped=self._forget_upload)
        self._waiting += 1
        return file

    def _forget_upload(self) -> None:
        self._waiting = max(0, self._waiting - 1)

    def shelf(self, told: str = "") -> str:
        """The part beside the list: where files are dropped, and what was told last."""
        return shelf_html(self._config, why_closed(self._config), told)

    def act(
        self, action: str, name: str, search: str, sort: str, view: View
    ) -> Iterator[tuple[str | None, str | None, View]]:
        """What a click does: list, shelf (None: as it is) and what is looked at, once or more."""
        moves = {
            "open": View(view.shown, opened=name),
            "back": View(view.shown),
            "ask": replace(view, asked=name),
            "more": replace(view, shown=view.shown + PAGE),
        }
        if action in moves:
            view = moves[action]
            yield self.listed(search, sort, view), None, view
        elif action == "preview":
            yield None, self.shelf(self._preview()), view
        elif action == "remove":
            yield from self._removed(name, search, sort, replace(view, asked=""))
        elif action in ("sync", "uploaded"):
            shown = action == "sync"  # its button stands under what would change
            yield from self._synced(search, sort, view, confirmed=shown, refused=name.splitlines())

    # --- sync

    def _preview(self) -> str:
        try:
            return preview_html(plan(self._config))
        except FootnoteError as error:
            return told_html(str(error))

    def _synced(
        self,
        search: str,
        sort: str,
        view: View,
        *,
        emptied: bool = False,
        confirmed: bool = False,
        refused: Sequence[str] = (),
    ) -> Iterator[tuple[str | None, str | None, View]]:
        """Sync in a thread, telling how far it is; then the list anew.

        ``refused`` tells of uploads that were not taken, which the reader sees after all.
        """
        if not self._syncing.acquire(blocking=False):
            told = told_html("A sync is running already; it takes these files in too.")
            yield None, self.shelf(told), view
            return
        self._waiting = 0
        try:
            run = _Run(self._engine, allow_empty=emptied, confirmed=confirmed)
            for progress in run.progress():
                yield None, self.shelf(progress_html(*progress)), view
            told = report_html(run.report) if run.report else told_html(run.wrong)
            told += refused_html(refused)
        finally:
            self._syncing.release()
        yield self.listed(search, sort, view), self.shelf(told), view

    # --- removing

    def _removed(
        self, article_id: str, search: str, sort: str, view: View
    ) -> Iterator[tuple[str | None, str | None, View]]:
        listed = next((one for one in self._engine.listing() if one.id == article_id), None)
        wrong = self._why_not_removed(listed)
        if wrong or listed is None:
            yield self.listed(search, sort, view), self.shelf(told_html(wrong)), view
            return
        path = self._config.articles / listed.source
        last = all(one.source == listed.source for one in self._engine.listing())
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            told = told_html(f"{listed.source} could not be removed: {error.strerror or error}.")
            yield self.listed(search, sort, view), self.shelf(told), view
            return
        yield from self._synced(search, sort, view, emptied=last, confirmed=True)

    def _why_not_removed(self, listed: ListedArticle | None) -> str:
        folder = self._config.articles
        if listed is None:
            return "This article is no longer in the list."
        if listed.is_row:
            return f"{listed.source} holds several articles; take the row out of the file itself."
        if why_closed(self._config) and not folder.is_dir():
            return why_closed(self._config)
        parent = (folder / listed.source).parent
        # A folder inside may have been put in place of a link that leads out since the last sync.
        if not parent.resolve().is_relative_to(folder.resolve()):
            return f"{listed.source} lies outside of the articles' folder."
        return ""


class _Run:
    """A sync in a thread of its own, whose progress another thread tells."""

    def __init__(self, engine: Shelved, *, allow_empty: bool, confirmed: bool) -> None:
        """``confirmed``: a reader has seen what would be removed, and said yes."""
        self.report: SyncReport | None = None
        self.wrong = ""
        self._engine = engine
        self._allow_empty = allow_empty
        self._confirmed = confirmed
        self._moved = threading.Condition()
        self._latest = ("reading", 0, 0)
        self._ended = False

    def progress(self) -> Iterator[tuple[str, int, int]]:
        """(stage, done, total) as often as a reader can follow, until the sync has ended."""
        thread = threading.Thread(target=self._sync, daemon=True)
        thread.start()
        told: tuple[str, int, int] | None = None
        while not self._ended:
            if self._latest != told:
                told = self._latest
                yield told
            with self._moved:
                self._moved.wait_for(lambda: self._ended, timeout=0.3)
        thread.join()

    def _sync(self) -> None:
        try:
            self.report = self._engine.sync(
                self._move, allow_empty=self._allow_empty, allow_removals=self._confirmed
            )
        except FootnoteError as error:
            self.wrong = str(error)
        except Exception:  # noqa: BLE001
            # Whatever it was, the reader must not be left with a bar that stands still.
            _log.exception("A sync failed")
            self.wrong = "The sync met an error of its own; the terminal that runs it tells more."
        finally:
            with self._moved:
                self._ended = True
                self._moved.notify_all()

    def _move(self, stage: str, done: int, total: int) -> None:
        self._latest = (stage, done, total)


def arranged(
    every: Sequence[ListedArticle], search: str = "", sort: str = BY_TITLE
) -> list[ListedArticle]:
    """Those that hold every word of ``search`` in what the list shows, in the order of ``sort``.

    Without a title, outlet or date an article comes last.
    """
    words = search.casefold().split()
    found = [one for one in every if all(word in _shown(one) for word in words)]
    found.sort(key=_title)
    if sort == BY_OUTLET:
        found.sort(key=lambda one: (not one.outlet, one.outlet.casefold()))
    elif sort == NEWEST:
        found.sort(key=lambda one: one.date, reverse=True)
    elif sort == BY_STATUS:
        order = list(ArticleState)
        found.sort(key=lambda one: order.index(one.state))
    return found


def _shown(one: ListedArticle) -> str:
    parts = (one.title, one.outlet, one.date, one.source, one.state, one.note, one.id)
    return " ".join(parts).casefold()


def _title(one: ListedArticle) -> tuple[bool, str]:
    return not one.title, (one.title or one.id).casefold()
