"""Compares a folder's files with the catalog, and has the indexer store the difference."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import fields, replace
from pathlib import Path, PurePosixPath
from typing import Protocol

from rag.catalog import FileRecord, hash_text
from rag.catalog_writer import Entry, WritableCatalog
from rag.loading import SourceFile, read_file
from rag.values import Article, LoadProblem, SyncReport

Progress = Callable[[str, int, int], None]


class Recorder(Protocol):
    """What becomes of the articles: a ``rag.indexing.Indexer``, or one that only plans."""

    embedded: int

    def put(self, article: Article) -> None:
        """Cut and embed an article that the catalog has without chunks."""

    def replace(self, article: Article) -> None:
        """Cut and embed anew an article whose title or boilerplate changed."""

    def rename(self, entry: Entry, article: Article) -> None:
        """Give an article another id and other metadata."""

    def delete(self, article_id: str) -> None:
        """Delete an article that has no aliases."""

    def finish(self) -> None:
        """Make everything last."""


class FolderSync:
    """One pass over a folder; use it once.

    What lies where this process is not let in stays in the index as it is. Files that did not
    change come first: their articles keep their ids against newcomers. A new
    id with a known text becomes an alias; when the text's own id turns out to be gone, the alias
    takes its place and its vectors, which is how a rename costs no embedding.
    """

    def __init__(
        self, catalog: WritableCatalog, indexer: Recorder, on_progress: Progress | None
    ) -> None:
        self._catalog = catalog
        self._indexer = indexer
        self._on_progress = on_progress
        self._seen: set[str] = set()
        self._unchanged = 0
        self._added: dict[str, str] = {}  # id -> hash of its text
        self._edited: list[str] = []
        self._removed: dict[str, str] = {}
        self._problems: list[LoadProblem] = []
        self._from_file: dict[str, set[str]] = {}  # ids by source, as the index had them before
        self.barred: set[str] = set()  # files and folders that could not be opened

    def run(self, files: Sequence[SourceFile], when_empty: Callable[[], None]) -> SyncReport:
        """Make the catalog equal to ``files``.

        ``when_empty`` is called before articles are removed when not one was found; it may raise
        to leave the index as it is. The report's ``seconds`` are left at 0.
        """
        self._catalog.begin()
        known = self._catalog.files()
        changed = self._pass_over_unchanged(files, known)
        for done, file in enumerate(changed, start=1):
            self._read(file, known.get(file.name))
            if self._on_progress is not None:
                self._on_progress("reading", done, len(changed))
        if not self._seen:
            when_empty()
        for name in known.keys() - {file.name for file in files}:
            if not lies_under(name, self.barred):
                self._catalog.delete_file(name)
        self._remove_unseen()
        self._indexer.finish()
        return self._report()

    # --- files

    def _pass_over_unchanged(
        self, files: Sequence[SourceFile], known: dict[str, FileRecord]
    ) -> list[SourceFile]:
        """Count the articles of unchanged files as seen; returns the other files."""
        unchanged = {file.name for file in files if is_unchanged(file, known.get(file.name))}
        for name in sorted(unchanged):
            self._problems += known[name].problems
        sources = self._catalog.sources()
        for article_id, name in sources.items():
            self._from_file.setdefault(name, set()).add(article_id)
            if name in unchanged:
                self._seen.add(article_id)
        self._unchanged += len(self._seen)
        return [file for file in files if file.name not in unchanged]

    def _read(self, file: SourceFile, record: FileRecord | None) -> None:
        digest = "" if file.problem else _digest(file.path)
        if record is not None and record.settled and record.sha256 == digest:
            ids = self._catalog.ids_from(file.name)
            if not ids & self._seen:  # touched, or copied anew, with the same bytes
                self._keep(file, record, ids)
                return
        result = read_file(file)
        if result.barred:
            self._keep_unread(file.name)
        elif record is not None and record.settled:
            # So that an interruption after a part of the file makes it be read again.
            self._catalog.delete_file(file.name)
        problems, settled = list(result.problems), bool(digest)
        for article in result.articles:
            reason = self._take(replace(article, source=file.name, aliases=()))
            if reason:
                problems.append(LoadProblem(file.name, reason))
                settled = False
        now = FileRecord(file.name, file.size, file.mtime_ns, digest, settled, tuple(problems))
        if not result.barred and (now != record or now.settled):
            self._catalog.put_file(now)
        self._problems += problems

    def _keep_unread(self, name: str) -> None:
        """Leave everything that came from a file, or from a folder, as it was last read."""
        self.barred.add(name)
        ids = self._from_file.get(name) or {
            article_id
            for source, found in self._from_file.items()
            if lies_under(source, {name})
            for article_id in found
        }
        self._unchanged += len(ids - self._seen)
        self._seen |= ids

    def _keep(self, file: SourceFile, record: FileRecord, ids: set[str]) -> None:
        self._catalog.put_file(replace(record, size=file.size, mtime_ns=file.mtime_ns))
        self._seen |= ids
        self._unchanged += len(ids)
        self._problems += record.problems

    # --- articles

    def _take(self, article: Article) -> str:
        """Store one article as the folder has it; returns why not, if it cannot be stored."""
        if not _is_unicode(*_strings(article)):
            return "an article holds characters that are not valid Unicode"
        entry = self._catalog.entry(article.id)
        if article.id in self._seen:
            other = entry.article.source if entry else "another file"
            return f"the id {article.id!r} is already that of an article in {other}"
        self._seen.add(article.id)
        text_hash = hash_text(article.text)
        if entry is None:
            self._added[article.id] = text_hash
            self._store(article, text_hash)
        elif entry.text_hash != text_hash:
            self._edited.append(article.id)
            self._release(entry)
            self._store(article, text_hash)
        else:
            self._update(entry, article)
        return ""

    def _store(self, article: Article, text_hash: str) -> None:
        owner = self._catalog.id_of_text(text_hash)
        if owner is None:
            self._catalog.put_article(article)
            self._indexer.put(article)
        else:
            self._catalog.put_alias(article, owner)

    def _update(self, entry: Entry, article: Article) -> None:
        """The text is as before; the metadata may not be."""
        before, after = entry.article, replace(article, text="")
        if replace(before, source=after.source) == after:
            self._unchanged += 1
        else:
            self._edited.append(article.id)
        if before != after:
            self._catalog.update_head(entry, article)
        if not entry.is_alias and _embeds_otherwise(before, after):
            self._indexer.replace(article)

    def _release(self, entry: Entry) -> None:
        """Take the text away from an id; the first of its aliases takes over, if there is one."""
        if entry.is_alias:
            self._catalog.delete_alias(entry.article.id)
            return
        heirs = self._catalog.aliases(entry.article.id)
        heir = self._catalog.entry(heirs[0]) if heirs else None
        if heir is None:
            self._indexer.delete(entry.article.id)
            return
        self._catalog.delete_alias(heir.article.id)
        self._indexer.rename(entry, heir.article)
        if _embeds_otherwise(entry.article, heir.article):
            self._indexer.replace(self._catalog.article(heir.article.id))

    def _remove_unseen(self) -> None:
        entries = [self._catalog.entry(i) for i in self._catalog.sources() if i not in self._seen]
        # Aliases first, so that none of them takes over only to be removed.
        for entry in sorted((e for e in entries if e), key=lambda e: not e.is_alias):
            self._removed[entry.article.id] = entry.text_hash
            self._release(entry)

    # --- the report

    def _report(self) -> SyncReport:
        renamed = self._renamed()
        old, new = {pair[0] for pair in renamed}, {pair[1] for pair in renamed}
        return SyncReport(
            added=tuple(i for i in self._added if i not in new),
            edited=tuple(self._edited),
            renamed=tuple(renamed),
            removed=tuple(i for i in self._removed if i not in old),
            unchanged=self._unchanged,
            duplicates=self._catalog.duplicates(),
            problems=tuple(self._problems),
            embedded_chunks=self._indexer.embedded,
        )

    def _renamed(self) -> list[tuple[str, str]]:
        """Removed ids paired with added ids of the same text."""
        by_text: dict[str, list[str]] = {}
        for article_id, text_hash in self._added.items():
            by_text.setdefault(text_hash, []).append(article_id)
        return [
            (old, by_text[text_hash].pop(0))
            for old, text_hash in sorted(self._removed.items())
            if by_text.get(text_hash)
        ]


def lies_under(name: str, parents: Collection[str]) -> bool:
    """Whether a file is one of ``parents``, or lies in a folder that is."""
    return name in parents or any(str(up) in parents for up in PurePosixPath(name).parents)


def is_unchanged(file: SourceFile, record: FileRecord | None) -> bool:
    """Whether a file needs no reading: ``record`` says that it is as it was."""
    return (
        record is not None
        and record.settled
        and (record.size, record.mtime_ns) == (file.size, file.mtime_ns)
    )


def _embeds_otherwise(before: Article, after: Article) -> bool:
    """Whether two articles of the same text have other chunks or vectors."""
    return (before.title, before.boilerplate) != (after.title, after.boilerplate)


def _strings(article: Article) -> list[str]:
    values = (getattr(article, field.name) for field in fields(article))
    return [value for value in values if isinstance(value, str)]


def _is_unicode(*texts: str) -> bool:
    """Whether the texts can be stored: an escape in JSON may give half of a surrogate pair."""
    try:
        for text in texts:
            text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _digest(path: Path) -> str:
    """The sha256 of a file's bytes; empty when it cannot be read, which reading then reports."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
