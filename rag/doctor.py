"""``footnote doctor``: everything that can be wrong around an answer, each with what to type."""

from __future__ import annotations

import re
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from rag.config import Config
from rag.errors import FootnoteError, SourceError
from rag.health import Check, State

__all__ = ["Check", "State", "changes_since_sync", "checks_to_dict", "examine", "is_indexed"]

OLDEST_PYTHON = (3, 11)
INSTALL = "Type: make clean chat (or: pip install -r requirements.lock)"
SYNC = "Type: footnote sync"

# The index of a hundred articles takes a few megabytes, and so does a rebuild beside it; at the
# lower bound SQLite and Chroma start to fail in the middle of a write.
ROOMY_BYTES = 1 << 30
CRAMPED_BYTES = 100 << 20

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^;\s]+)$")


def examine(config: Config) -> tuple[Check, ...]:
    """Every check, in the order in which things are needed. Writes nothing, never raises."""
    stages: tuple[Callable[[Config], Iterator[Check]], ...] = (
        _python,
        _packages,
        _model,
        _articles,
        _index,
        _disk,
        _port,
        _llm,
    )
    return tuple(check for stage in stages for check in _guarded(stage, config))


def checks_to_dict(checks: tuple[Check, ...]) -> dict[str, Any]:
    """The checks for ``--json``; ``status`` is the worst of them."""
    worst = max((check.state for check in checks), key=list(State).index, default=State.OK)
    return {"status": worst.value, "checks": [asdict(check) for check in checks]}


def _guarded(stage: Callable[[Config], Iterator[Check]], config: Config) -> list[Check]:
    """A stage's checks; what it meets instead of an answer is a failed check."""
    name = stage.__name__.strip("_")
    try:
        return list(stage(config))
    except FootnoteError as error:
        return [Check(name, State.FAIL, error.wrong, error.mend)]
    except ImportError as error:
        return [Check(name, State.FAIL, f"A package is missing: {error}.", INSTALL)]
    except OSError as error:
        return [
            Check(name, State.FAIL, f"{error.filename}: {error.strerror}.", "Check its rights.")
        ]


def _python(_config: Config) -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        yield Check(
            "python",
            State.FAIL,
            f"Python {version} is too old.",
            "Type: make PYTHON=python3.11 chat",
        )
    else:
        yield Check("python", State.OK, f"Python {version}")


def _packages(_config: Config) -> Iterator[Check]:
    """Installed versions against the pins of the installed package."""
    try:
        pins = [_PIN.match(line) for line in metadata.requires("footnote") or ()]
    except metadata.PackageNotFoundError:
        yield Check("packages", State.FAIL, "Footnote itself is not installed.", INSTALL)
        return
    wrong = []
    for name, wanted in (pin.groups() for pin in pins if pin):
        try:
            found = metadata.version(name).partition("+")[0]  # +cpu and the like: a build of it
        except metadata.PackageNotFoundError:
            found = "missing"
        if found != wanted:
            wrong.append(f"{name} {found} instead of {wanted}")
    if wrong:
        missing = any(" missing " in entry for entry in wrong)
        state = State.FAIL if missing else State.WARN
        yield Check("packages", state, f"{', '.join(wrong)}.", INSTALL)
    else:
        yield Check("packages", State.OK, "every package is of the pinned version")


def _model(config: Config) -> Iterator[Check]:
    """The model loads, and is the published one (checked by hash while it loads)."""
    from rag.embedding import load_embedder

    embedder = load_embedder(config.embedder)
    yield Check(
        "model",
        State.OK,
        f"{embedder.name}, {embedder.dimension} dimensions, reads {embedder.max_tokens} tokens",
    )


def _articles(config: Config) -> Iterator[Check]:
    from rag.loading import list_files

    files = list_files(config.articles)
    if files:
        yield Check("articles", State.OK, f"{_counted(len(files), 'file')} in {config.articles}")
    else:
        yield Check(
            "articles",
            State.WARN,
            f"{config.articles} holds no file that can be read.",
            "Put articles there, or type: footnote sync --articles FOLDER",
        )


def _index(config: Config) -> Iterator[Check]:
    """The index against its configuration, and against the folder, without reading an article."""
    from rag.catalog import Catalog
    from rag.catalog_schema import describe_build
    from rag.embedding import load_embedder

    if not is_indexed(config):
        yield Check("index", State.WARN, f"There is no index in {config.index_path} yet.", SYNC)
        return
    build = describe_build(config, load_embedder(config.embedder))
    with Catalog.open(config.index_path, build) as catalog:
        yield Check(
            "index",
            State.OK,
            f"{_counted(catalog.article_count(), 'article')}, "
            f"{_counted(catalog.chunk_count(), 'passage')} "
            f"in {config.index_path}",
        )
    changes = changes_since_sync(config)
    if changes:
        yield Check("freshness", State.WARN, changes, SYNC)
    else:
        yield Check("freshness", State.OK, "the index holds the folder as it is")


def changes_since_sync(config: Config) -> str:
    """A sentence that counts the files that differ from the index, by kind; empty if none does.

    Judged by name, size and time of modification, as a sync does first: nothing is read. An
    articles' folder that is missing is told in the same way, for the index still answers.
    """
    from rag.catalog import Catalog
    from rag.loading import list_files

    try:
        files = list_files(config.articles)
    except SourceError as error:
        return error.wrong
    with Catalog.open(config.index_path) as catalog:
        known = {name: (file.size, file.mtime_ns) for name, file in catalog.files().items()}
    found = {file.name: (file.size, file.mtime_ns) for file in files}
    counts = {
        "new": len(found.keys() - known.keys()),
        "changed": sum(known[name] != found[name] for name in found.keys() & known.keys()),
        "removed": len(known.keys() - found.keys()),
    }
    differing = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    return f"Files have changed since the last sync: {differing}." if differing else ""


def is_indexed(config: Config) -> bool:
    """Whether there is an index at all where the configuration says."""
    from rag.catalog_schema import has_index

    return has_index(config.index_path)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _disk(config: Config) -> Iterator[Check]:
    folder = next(path for path in _upwards(config.index_path) if path.is_dir())
    free = shutil.disk_usage(folder).free
    found = f"{free / (1 << 30):.1f} GiB free at {folder}"
    if free < CRAMPED_BYTES:
        yield Check("disk", State.FAIL, f"Only {found}.", "Free some space, or set --index.")
    elif free < ROOMY_BYTES:
        yield Check("disk", State.WARN, f"Only {found}.", "Free some space, or set --index.")
    else:
        yield Check("disk", State.OK, found)


def _upwards(path: Path) -> Iterator[Path]:
    absolute = path.absolute()
    yield absolute
    yield from absolute.parents


def _port(config: Config) -> Iterator[Check]:
    """Whether the web chat could listen where it is told to."""
    where = f"{config.host}:{config.port}"
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as listener:
            # As the web server does: a port in TIME_WAIT after the last chat counts as free.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        yield Check(
            "port",
            State.WARN,
            f"The web chat cannot listen on {where}: {error.strerror}.",
            "If it is not running there already, add --port 7861 to footnote chat",
        )
    else:
        yield Check("port", State.OK, f"{where} is free")


def _llm(config: Config) -> Iterator[Check]:
    """The language model, where there is one: it is asked for a few words."""
    if config.llm or config.llm_url:
        from rag.doctor_model import check_model

        yield from check_model(config)
