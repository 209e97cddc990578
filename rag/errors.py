"""Errors a user can meet: each says what is wrong and what to type to mend it."""

from __future__ import annotations

from collections.abc import Iterable


class FootnoteError(Exception):
    """Base of every error that is the user's to mend.

    ``wrong`` says what is wrong, ``mend`` what to type or change. The command line prints both
    without a traceback.
    """

    def __init__(self, wrong: str, mend: str) -> None:
        super().__init__(f"{wrong} {mend}")
        self.wrong = wrong
        self.mend = mend


class ConfigError(FootnoteError):
    """A setting is unknown, of the wrong type, or out of range."""


class SourceError(FootnoteError):
    """The articles' folder or file is missing or cannot be read at all."""


class RemovalError(SourceError):
    """A sync stopped before it took many articles out of the index: ``removed`` of ``held``."""

    def __init__(self, wrong: str, mend: str, removed: int, held: int) -> None:
        super().__init__(wrong, mend)
        self.removed = removed
        self.held = held


class ArticleIndexError(FootnoteError):
    """The index is missing, damaged, or was built by another configuration."""


class ModelError(FootnoteError):
    """The embedding model is missing or is not the published one."""


class LanguageModelError(FootnoteError):
    """The language model that drafts did not answer, or not in a way that can be used.

    No reader meets it: whoever asks gets the quoted answer and a notice. ``footnote doctor``
    tells it.
    """


class QuestionError(FootnoteError):
    """The question itself cannot be asked: empty, or far too long."""


class FilterError(FootnoteError):
    """What the question was restricted to cannot be read, or matches no article."""


def choices(values: Iterable[str]) -> str:
    """``a, b or c``: the valid choices, for the second half of an error."""
    *most, last = sorted(values)
    return f"{', '.join(most)} or {last}" if most else last
