"""What made the answers of the engine: its settings, its code, and the files that it reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from eval.identity import DIGEST_DIGITS, Identity
from eval.manifest import PACKAGES, version_of
from rag.config import LOCAL_MODEL, MODEL_FILE_SUFFIX, Config
from rag.embedding import DEFAULT_MODEL, default_model_path

# Settings that may hold a secret: whether one is set is all that a manifest says of them.
SECRET_SETTINGS = frozenset({"password"})
CODE_SUFFIX = ".py"
_CACHES = "__pycache__"


def engine_identity(config: Config, who: str) -> Identity:
    """Of ``who`` with this configuration: rows of other settings, code, packages or models differ.

    ``files`` are the sha256 of the data in ``rag/`` and of the models; a model at an address is
    known by its name only. Raises ``ModelError`` where a packaged model is not installed.
    """
    hashes = {name: _sha256(path) for name, path in _files(config)}
    code = {name: digest for name, digest in hashes.items() if name.endswith(CODE_SUFFIX)}
    data = {name: digest for name, digest in hashes.items() if name not in code}
    return Identity(
        compared={
            "answerer": who,
            "fingerprint": config.fingerprint,
            "code": _together(code),
            "data": _together(data),
            "packages": _together({name: version_of(name) for name in PACKAGES}),
        },
        recorded={"configuration": settings_of(config), "files": data},
    )


def settings_of(config: Config) -> dict[str, Any]:
    """Every setting as JSON holds it, secrets apart."""
    told = {one.name: getattr(config, one.name) for one in fields(config)}
    return {
        name: ("(set)" if value else "")
        if name in SECRET_SETTINGS
        else str(value)
        if isinstance(value, Path)
        else value
        for name, value in told.items()
    }


def _files(config: Config) -> Iterator[tuple[str, Path]]:
    """What the engine reads, by the name that tells it: its package, the embedder, the model."""
    import rag

    package = Path(str(rag.__file__)).parent
    yield from _below(package, "rag")
    embedder = Path(config.embedder).expanduser()
    if config.embedder == DEFAULT_MODEL:
        yield from _below(default_model_path(), "embedder")
    elif embedder.is_dir():
        yield from _below(embedder, "embedder")
    if model := _model_file(config.llm):
        yield f"llm/{model.name}", model


def _model_file(llm: str) -> Path | None:
    """The local model's file; None where there is none to be read, which its loading tells."""
    if llm == LOCAL_MODEL:
        from rag.local_model import packaged_model

        return packaged_model()
    path = Path(llm).expanduser()
    return path if llm.lower().endswith(MODEL_FILE_SUFFIX) and path.is_file() else None


def _below(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and _CACHES not in path.parts:
            yield f"{name}/{path.relative_to(folder).as_posix()}", path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _together(hashes: dict[str, str]) -> str:
    digest = hashlib.sha256()
    for name, one in sorted(hashes.items()):
        digest.update(f"{name}\0{one}\n".encode())
    return digest.hexdigest()[:DIGEST_DIGITS]
