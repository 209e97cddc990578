"""Conversations on disk: one JSON file each, in a folder for each of their owners."""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.deserialising import answer_from_dict
from rag.errors import FootnoteError
from rag.serialising import answer_to_dict
from rag.values import Answer
from ui.files import write_whole

FORMAT = 1
SUFFIX = ".json"
DELETED_SUFFIX = ".deleted"
TITLE_CHARACTERS = 120
# Of the start of a title a list shows; the rest is in its tool tip.
_ID = re.compile(r"[0-9a-f]{16}")
_OWNER = re.compile(r"[0-9a-z]{1,64}")
_SPACES = re.compile(r"\s+")


class ConversationError(FootnoteError):
    """A conversation is not there, cannot be read, or cannot be written."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation as it lies on disk.

    ``revision`` counts its writes: who writes tells the one that was read, so that of two pages
    neither writes over the other. ``ratings`` are by the answer's place: ``up`` or ``down``.
    Times are ISO 8601 in UTC.
    """

    id: str
    title: str
    created: str
    updated: str
    revision: int
    answers: tuple[Answer, ...]
    ratings: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list: ``damage`` tells why a file cannot be opened, empty where it can."""

    id: str
    title: str
    updated: str
    answers: int
    damage: str = ""


class Conversations:
    """The conversations of one owner. Any thread may use it."""

    def __init__(self, folder: Path, owner: str) -> None:
        if not _OWNER.fullmatch(owner):
            raise ValueError(f"not an owner's name: {owner!r}")
        self.folder = folder / owner
        self._lock = threading.RLock()
        self._glances: dict[str, tuple[tuple[int, int, int], Listed]] = {}

    def listed(self, search: str = "") -> list[Listed]:
        """Newest first; with ``search`` those whose title, questions or answers hold its words.

        A damaged file is listed with what is wrong with it, and the others beside it.
        """
        words = search.casefold().split()
        found = []
        for path in self._paths():
            if not words:
                found += self._glanced(path)
                continue
            with suppress(ConversationError):
                kept = self._read(path.stem)
                if _holds(kept, words):
                    found.append(_listed(kept))
        return sorted(found, key=lambda one: (one.updated, one.id), reverse=True)

    def _glanced(self, path: Path) -> tuple[Listed, ...]:
        """How a file is listed; read again only if it changed, since each answer lists them all."""
        try:
            status = path.stat()
        except OSError:
            return ()  # deleted in this very moment
        stamp = status.st_mtime_ns, status.st_size, status.st_ino
        known = self._glances.get(path.stem)
        if known is None or known[0] != stamp:
            try:
                listed = _listed(self._read(path.stem))
            except ConversationError as error:
                listed = Listed(path.stem, path.name, "", 0, error.wrong)
            known = self._glances[path.stem] = stamp, listed
        return (known[1],)

    def load(self, conversation_id: str) -> Kept:
        """One conversation; raises ``ConversationError`` when it is not there or damaged."""
        return self._read(conversation_id)

    def save(
        self, answers: tuple[Answer, ...], conversation_id: str = "", revision: int = 0
    ) -> Kept:
        """Keep ``answers`` as the whole of a conversation, a new one where no id is given.

        Where another page wrote meanwhile (its ``revision`` is another), or it was deleted,
        these become a conversation of their own: nothing is lost, and nothing is mixed.
        """
        with self._writing():
            before = self._before(conversation_id, revision)
            now = _now()
            if before is None:
                title = _title(answers[0].question)
                kept = Kept(secrets.token_hex(8), title, now, now, 1, answers)
            else:
                ratings = tuple(
                    one for one in before.ratings if _unchanged(one[0], before, answers)
                )
                kept = replace(
                    before,
                    updated=now,
                    revision=revision + 1,
                    answers=answers,
                    ratings=ratings,
                )
            self._write(kept)
            return kept

    def rename(self, conversation_id: str, title: str) -> Kept:
        """Give it another title; an empty one leaves it as it is."""
        with self._writing():
            kept = self._read(conversation_id)
            kept = replace(kept, title=_title(title) or kept.title)
            self._write(kept)
            return kept

    def rate(self, conversation_id: str, place: int, rating: str) -> Kept:
        """Remember how an answer was rated: ``up``, ``down``, or empty for not any more."""
        with self._writing():
            kept = self._read(conversation_id)
            others = [one for one in kept.ratings if one[0] != place]
            added = [(place, rating)] if rating else []
            kept = replace(kept, ratings=tuple(sorted([*others, *added])))
            self._write(kept)
            return kept

    def delete(self, conversation_id: str) -> None:
        """Take it out of the list; ``restore`` brings the one deleted last back."""
        with self._writing():
            path = self._path(conversation_id)
            for older in self.folder.glob(f"*{DELETED_SUFFIX}"):
                older.unlink(missing_ok=True)
            try:
                path.replace(path.with_suffix(DELETED_SUFFIX))
            except FileNotFoundError:
                raise _missing() from None

    def restore(self, conversation_id: str) -> None:
        """Undo ``delete``."""
        with self._writing():
            path = self._path(conversation_id)
            try:
                path.with_suffix(DELETED_SUFFIX).replace(path)
            except FileNotFoundError:
                raise _missing() from None

    # --- files

    def _before(self, conversation_id: str, revision: int) -> Kept | None:
        if not conversation_id:
            return None
        try:
            before = self._read(conversation_id)
        except ConversationError:
            return None
        return before if before.revision == revision else None

    def _paths(self) -> list[Path]:
        return [path for path in self.folder.glob(f"*{SUFFIX}") if not path.name.startswith(".")]

    def _path(self, conversation_id: str) -> Path:
        if not _ID.fullmatch(conversation_id):
            raise _missing()
        return self.folder / f"{conversation_id}{SUFFIX}"

    def _read(self, conversation_id: str) -> Kept:
        path = self.folder / f"{conversation_id}{SUFFIX}"
        if not _ID.fullmatch(conversation_id):
            if path.parent == self.folder and path.is_file():
                raise _damaged(path, "its name is not one of ours")
            raise _missing()
        try:
            return _kept(conversation_id, json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise _missing() from None
        except OSError as error:
            raise _damaged(path, error.strerror or str(error)) from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _damaged(path, str(error)) from error

    def _write(self, kept: Kept) -> None:
        text = json.dumps(kept_to_dict(kept), ensure_ascii=False, indent=1)
        # Half a surrogate pair, which a question may hold, is no UTF-8.
        write_whole(self._path(kept.id), text.encode("utf-8", "replace"))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time; what the disk refuses becomes an error for the reader."""
        with self._lock:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                yield
            except OSError as error:
                raise ConversationError(
                    f"The conversation could not be saved: {error.strerror or error}.",
                    f"Mind free disk space and the permissions of {self.folder}.",
                ) from error


def kept_to_dict(kept: Kept) -> dict[str, Any]:
    """A conversation as plain JSON values; answers are those of ``footnote ask --json``."""
    return {
        "format": FORMAT,
        "id": kept.id,
        "title": kept.title,
        "created": kept.created,
        "updated": kept.updated,
        "revision": kept.revision,
        "ratings": {str(place): rating for place, rating in kept.ratings},
        "answers": [answer_to_dict(answer) for answer in kept.answers],
    }


def _kept(conversation_id: str, values: Any) -> Kept:
    if values["format"] != FORMAT:
        raise ValueError(f"its format is {values['format']!r}, not {FORMAT}")
    ratings = ((int(place), str(rating)) for place, rating in values["ratings"].items())
    return Kept(
        id=conversation_id,
        title=str(values["title"]),
        created=str(values["created"]),
        updated=str(values["updated"]),
        revision=int(values["revision"]),
        answers=tuple(answer_from_dict(answer) for answer in values["answers"]),
        ratings=tuple(sorted(ratings)),
    )


def _listed(kept: Kept) -> Listed:
    return Listed(kept.id, kept.title, kept.updated, len(kept.answers))


def _unchanged(place: int, before: Kept, answers: tuple[Answer, ...]) -> bool:
    """Whether the answer at a place is the one that was there."""
    if place >= min(len(before.answers), len(answers)):
        return False
    return before.answers[place].question == answers[place].question


def _holds(kept: Kept, words: list[str]) -> bool:
    if not words:
        return True
    parts = [kept.title]
    for answer in kept.answers:
        parts += [answer.question, answer.understood, answer.text]
        parts += [f"{citation.title} {citation.outlet}" for citation in answer.citations]
    text = " ".join(parts).casefold()
    return all(word in text for word in words)


def _title(text: str) -> str:
    line = _SPACES.sub(" ", text).strip()
    return line if len(line) <= TITLE_CHARACTERS else f"{line[: TITLE_CHARACTERS - 1].rstrip()}…"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _missing() -> ConversationError:
    return ConversationError(
        "This conversation is not here: it was deleted, or is that of another browser.",
        "Choose one from the list, or begin a new one.",
    )


def _damaged(path: Path, why: str) -> ConversationError:
    return ConversationError(
        f"The file {path.name} is damaged: {why[:200]}.", f"Mend or remove {path}."
    )
