"""Footnote: answers from a folder of news articles, each sentence an exact quote with a footnote.

``from rag import QueryEngine`` is the way in. Importing ``rag`` alone loads nothing heavy: the
public names are looked up in their modules when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.config import Config, load_config
    from rag.engine import QueryEngine

__all__ = ["Config", "QueryEngine", "load_config"]

_MODULES = {"Config": "rag.config", "QueryEngine": "rag.engine", "load_config": "rag.config"}


def __getattr__(name: str) -> Any:
    """The public name from the module that defines it; ``AttributeError`` for any other."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
