"""Footnote: answers from a folder of news articles, each sentence an exact quote with a footnote.

``from rag import QueryEngine`` is the way in. Importing ``rag`` alone loads nothing heavy: the
public names are looked up in their modules when they are first used.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.config import Config, load_config
    from rag.engine import QueryEngine
    from rag.verification import verify

# A question's matrices are small: a second thread makes numpy a tenth faster on an idle machine,
# and ten times slower on a busy one, where the threads wait for each other. Read when numpy is
# imported; torch, which embeds the articles, has threads of its own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__all__ = ["Config", "QueryEngine", "load_config", "verify"]

_MODULES = {
    "Config": "rag.config",
    "QueryEngine": "rag.engine",
    "load_config": "rag.config",
    "verify": "rag.verification",
}


def __getattr__(name: str) -> Any:
    """The public name from the module that defines it; ``AttributeError`` for any other."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
