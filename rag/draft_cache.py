"""Drafts kept on disk, so that the same question on the same evidence is not paid for twice.

What is kept is what the model wrote, under a hash of all that it was told: it is checked again
each time that it is used. Questions and evidence are not in it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from rag.language_model import Piece, Prompt

CACHE_FILE = "drafts.sqlite3"
# A few kilobytes each; the oldest give way.
MOST_DRAFTS = 10_000
BUSY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Draft:
    """What a model wrote: its text, why it ended, and what it cost."""

    text: str = ""
    finish: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def with_piece(self, piece: Piece) -> Draft:
        """The draft with another piece; counts come once, or grow."""
        return replace(
            self,
            text=self.text + piece.text,
            finish=self.finish or piece.finish,
            prompt_tokens=max(self.prompt_tokens, piece.prompt_tokens),
            completion_tokens=max(self.completion_tokens, piece.completion_tokens),
        )


class DraftCache:
    """The drafts of one index's folder. A file that cannot be used is as good as none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / CACHE_FILE

    def find(self, model: str, prompt: Prompt) -> Draft | None:
        """What ``model`` (with its settings) wrote to ``prompt`` before."""
        if not self._path.exists():
            return None
        with suppress(sqlite3.Error, ValueError, TypeError), closing(self._open()) as database:
            row = database.execute(
                "SELECT draft FROM drafts WHERE key = ?", (_key(model, prompt),)
            ).fetchone()
            if row:
                return Draft(*json.loads(row[0]))
        return None

    def keep(self, model: str, prompt: Prompt, draft: Draft) -> None:
        """Keep a draft that ended as it should; empty ones and broken ones are asked again."""
        if not draft.text.strip() or not draft.finish:
            return
        kept = [draft.text, draft.finish, draft.prompt_tokens, draft.completion_tokens]
        with suppress(sqlite3.Error), closing(self._open()) as database, database:
            database.execute(
                "INSERT OR REPLACE INTO drafts (key, draft) VALUES (?, ?)",
                (_key(model, prompt), json.dumps(kept)),
            )
            database.execute(
                "DELETE FROM drafts WHERE rowid <= (SELECT max(rowid) FROM drafts) - ?",
                (MOST_DRAFTS,),
            )

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.DatabaseError:  # no database: what is in it can be asked anew
            self._path.unlink(missing_ok=True)
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=BUSY_SECONDS)
        try:
            database.execute(
                "CREATE TABLE IF NOT EXISTS drafts (key TEXT PRIMARY KEY, draft TEXT NOT NULL)"
            )
        except sqlite3.Error:
            database.close()
            raise
        return database


def _key(model: str, prompt: Prompt) -> str:
    told = json.dumps([model, prompt.system, prompt.user])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
