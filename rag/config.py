"""The one configuration object: built once at the edge, frozen, passed on explicitly.

Defaults give way to ``footnote.toml``, that to ``FOOTNOTE_*`` environment variables, and those
to options of the command line. A key that is unknown or a value that does not hold fails here.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rag.errors import ConfigError, choices

CONFIG_FILE = "footnote.toml"
ENVIRONMENT_PREFIX = "FOOTNOTE_"
INDEX_PARENT = ".footnote"

CHROMA_TOKEN_VARIABLE = "FOOTNOTE_CHROMA_TOKEN"  # noqa: S105 - the name of a variable, no token
"""The environment variable with a Chroma server's token: no setting, so that no configuration
that is printed, logged or compared can hold it."""

# Settings that change what is answered, and so belong to the fingerprint: where things lie on
# disk and where the web chat listens do not.
ANSWERING_SETTINGS = ("candidates", "chunk_tokens", "embedder", "max_sentences", "min_confidence")
# These as well where a model drafts. Without one they change nothing, and rows and indexes of
# before there were models keep their fingerprint.
DRAFTING_SETTINGS = ("llm", "llm_url", "llm_evidence_tokens", "llm_answer_tokens", "llm_seconds")
FINGERPRINT_DIGITS = 12

KEY_VARIABLE = "FOOTNOTE_LLM_KEY"
"""The environment variable with the key of the language model's endpoint: no setting, so that no
configuration that is printed, logged or compared can hold it."""

# Read from the environment where they are needed, and no settings: see above.
SECRETS = frozenset({KEY_VARIABLE, CHROMA_TOKEN_VARIABLE})

LOCAL_MODEL = "local"
"""The value of ``llm`` that stands for the model of the extra ``local-llm``."""
MODEL_FILE_SUFFIX = ".gguf"

# Below this a title (32 tokens) and the special tokens leave too little room for sentences.
MIN_CHUNK_TOKENS = 64
MAX_CHUNK_TOKENS = 8192

_TRUTHS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}
# Shorter ones are guessed: NIST SP 800-63B asks for eight characters at least.
MIN_PASSWORD_CHARACTERS = 8

_PATH_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")

# Chroma's own rule for a collection's name.
_COLLECTION_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]")


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a setting may hold: its type, a test of the value, and that test in words.

    A value that is not to be ``shown`` may be a secret in the wrong place, and no error has it.
    """

    kind: type
    valid: str
    holds: Callable[[Any], object] = lambda _: True
    shown: bool = True


def _whole(low: int, high: int) -> _Rule:
    return _Rule(int, f"a whole number from {low} to {high}", lambda value: low <= value <= high)


def _is_address(address: str) -> bool:
    """Whether ``address`` is empty or a server's, with nothing in it that might be a secret."""
    try:
        parts = urlsplit(address)
        port_holds = parts.port is None or parts.port > 0
    except ValueError:
        return False
    bare = "@" not in parts.netloc and not (parts.query or parts.fragment)
    served = parts.scheme in ("http", "https") and bool(parts.hostname)
    return not address or (port_holds and bare and served)


def _is_root(address: str) -> bool:
    """The same, of an address without a path."""
    return _is_address(address) and urlsplit(address).path in ("", "/")


_RULES: Mapping[str, _Rule] = {
    "articles": _Rule(Path, "a path to a folder or a file"),
    "index": _Rule(Path, "a path to a folder"),
    "embedder": _Rule(str, "a model's name or path", str.strip),
    "chunk_tokens": _whole(MIN_CHUNK_TOKENS, MAX_CHUNK_TOKENS),
    "max_sentences": _whole(1, 20),
    "min_confidence": _Rule(float, "a number from 0 to 1", lambda value: 0.0 <= value <= 1.0),
    "candidates": _whole(1, 5000),
    "collection": _Rule(
        str,
        "3 to 512 letters, digits, dots, dashes or underscores, a letter or digit at both ends",
        _COLLECTION_NAME.fullmatch,
    ),
    "chroma": _Rule(
        str,
        "empty, or the address of a Chroma server such as http://127.0.0.1:8000, without a path"
        f" or a token: that belongs in the environment variable {CHROMA_TOKEN_VARIABLE}",
        _is_root,
        shown=False,
    ),
    "max_removed_share": _Rule(float, "a number from 0 to 1", lambda value: 0.0 <= value <= 1.0),
    "host": _Rule(str, "a host name or an IP address", str.strip),
    "port": _whole(0, 65535),
    "llm": _Rule(
        str, f"a model's name, {LOCAL_MODEL}, a path to a {MODEL_FILE_SUFFIX} file, or empty"
    ),
    "llm_url": _Rule(
        str,
        "an address such as http://127.0.0.1:11434/v1, without a key in it: "
        f"that belongs in the environment variable {KEY_VARIABLE}",
        _is_address,
        shown=False,
    ),
    "llm_seconds": _Rule(float, "a number of seconds from 1 to 3600", lambda v: 1.0 <= v <= 3600.0),
    "llm_evidence_tokens": _whole(100, 100_000),
    "llm_answer_tokens": _whole(16, 10_000),
    "llm_cache": _Rule(bool, "true or false"),
    "root_path": _Rule(
        str, "empty, or a path that begins with / and does not end with it", _PATH_PREFIX.fullmatch
    ),
    "password": _Rule(
        str,
        f"empty, or at least {MIN_PASSWORD_CHARACTERS} characters",
        lambda value: not value or len(value) >= MIN_PASSWORD_CHARACTERS,
        shown=False,
    ),
    "conversations": _Rule(Path, "a path to a folder"),
    "upload_mb": _whole(1, 1024),
    "upload_files": _whole(0, 1000),
}


@dataclass(frozen=True)
class Config:
    """Every setting of Footnote.

    ``articles``: the folder (or file) that is indexed. ``index``: where the index lies, by
    default a folder of its own under the working directory (see ``index_path``). ``embedder``:
    name or path of a sentence-transformers model. ``chunk_tokens``: tokens a chunk may have at
    most, capped by what the embedder reads. ``max_sentences``: sentences an answer may have.
    ``min_confidence``: below it the answer is withheld. ``candidates``: chunks that each
    first-stage ranking contributes. ``collection``: name of the Chroma collection. ``chroma``:
    address of the Chroma server that holds it; empty keeps it in the index's folder.
    ``max_removed_share``: a sync that would take a larger share of the articles out of the index
    stops. ``host`` and
    ``port``: where the web chat listens (port 0: any free one). ``root_path``: the path that a
    proxy puts before the chat's own. ``password``: what the chat asks for, nothing when empty.
    ``conversations``: where they are kept, by default beside the index. ``upload_mb`` and
    ``upload_files``: how large an uploaded file may be, and how many are taken at a time (0: none).

    ``llm``: the language model that drafts answers: none (empty, the default), ``local``, a path
    to a .gguf file, or a model's name at ``llm_url``, the base address of an OpenAI-compatible
    endpoint. ``llm_seconds``: time that a draft may take, retries included.
    ``llm_evidence_tokens``: about how many tokens of quotes it is shown. ``llm_answer_tokens``:
    tokens that a draft may have. ``llm_cache``: keep drafts in the index's folder, and do not
    ask for the same one twice. The endpoint's key is no setting: see ``KEY_VARIABLE``.

    Raises ``ConfigError`` when a value does not hold. A leading ``~`` in a path is expanded.
    """

    articles: Path = Path("seeds")
    index: Path | None = None
    embedder: str = "all-MiniLM-L6-v2"
    chunk_tokens: int = 256
    max_sentences: int = 4
    min_confidence: float = 0.5
    candidates: int = 100
    collection: str = "articles"
    chroma: str = ""
    max_removed_share: float = 0.5
    host: str = "127.0.0.1"
    port: int = 7860
    llm: str = ""
    llm_url: str = ""
    llm_seconds: float = 60.0
    llm_evidence_tokens: int = 600
    llm_answer_tokens: int = 200
    llm_cache: bool = False
    root_path: str = ""
    password: str = field(default="", repr=False)
    conversations: Path | None = None
    upload_mb: int = 20
    upload_files: int = 50

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = getattr(self, setting.name)
            if value is None and setting.default is None:
                continue
            object.__setattr__(self, setting.name, _checked(setting.name, value, "Config"))

    @property
    def index_path(self) -> Path:
        """The index's folder: ``index`` where it is set, else one named after the articles.

        The default is ``.footnote/<name>-<8 hex digits of sha256 of the absolute path>`` under
        the working directory, so that two folders of the same name keep apart.
        """
        if self.index is not None:
            return self.index
        # Symbolic links are not followed: one that is moved on to a new folder keeps its index.
        absolute = self.articles.absolute()
        digest = hashlib.sha256(os.fsencode(absolute)).hexdigest()[:8]
        return Path(INDEX_PARENT) / f"{absolute.name or 'articles'}-{digest}"

    @property
    def conversations_path(self) -> Path:
        """Where conversations are kept: ``conversations``, else beside the index."""
        if self.conversations is not None:
            return self.conversations
        index = self.index_path
        return index.with_name(f"{index.name}-conversations")

    @property
    def fingerprint(self) -> str:
        """A short sha256 over the settings that change what is answered."""
        names = ANSWERING_SETTINGS + (DRAFTING_SETTINGS if self.llm else ())
        return fingerprint_of({name: getattr(self, name) for name in names})


def fingerprint_of(value: object) -> str:
    """A short sha256 over a JSON value."""
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_DIGITS]


def load_config(
    file: str | Path | None = None,
    environ: Mapping[str, str] = os.environ,
    **flags: object,
) -> Config:
    """The configuration from all its sources: defaults < file < environment < ``flags``.

    ``file`` must exist when it is given; without it ``footnote.toml`` of the working directory
    is read if there is one. Relative paths in the file are taken from the file's folder. An
    environment variable that is empty, and a flag that is None, count as not set.

    Raises ``ConfigError`` naming the key, its value, where it came from, and what is valid.
    """
    settings: dict[str, Any] = {}
    settings.update(_from_file(file))
    settings.update(_from_environment(environ))
    for key, value in flags.items():
        if value is not None:
            origin = f"option {key}"
            settings[key] = _checked(key, _from_text(key, value, origin), origin)
    return Config(**settings)


def _from_file(file: str | Path | None) -> dict[str, Any]:
    path = Path(CONFIG_FILE) if file is None else Path(file).expanduser()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if file is None:
            return {}
        raise ConfigError(
            f"The configuration file {path} does not exist.",
            f"Create it, or leave it out to use {CONFIG_FILE} or the defaults.",
        ) from None
    except OSError as error:
        raise ConfigError(
            f"The configuration file {path} cannot be read: {error.strerror}.",
            "Make it a readable TOML file.",
        ) from error
    except ValueError as error:  # TOML's own errors, and bytes that are not UTF-8
        raise ConfigError(
            f"The configuration file {path} is not valid TOML: {error}.",
            "Mend that line; a setting reads like: chunk_tokens = 256",
        ) from error
    return {key: _anchored(key, value, path) for key, value in table.items()}


def _anchored(key: str, value: object, file: Path) -> object:
    """The checked value of the file's ``key``, a relative path taken from the file's folder."""
    checked = _checked(key, value, f"file {file}")
    return file.parent / checked if isinstance(checked, Path) else checked


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    settings = {}
    for name, text in environ.items():
        if not name.startswith(ENVIRONMENT_PREFIX) or not text or name in SECRETS:
            continue
        key = name.removeprefix(ENVIRONMENT_PREFIX).lower()
        origin = f"environment variable {name}"
        settings[key] = _checked(key, _from_text(key, text, origin), origin)
    return settings


def _rule(key: str, origin: str) -> _Rule:
    rule = _RULES.get(key)
    if key == KEY_VARIABLE.removeprefix(ENVIRONMENT_PREFIX).lower():
        raise ConfigError(
            f"The key of a language model is no setting ({origin}).",
            f"Take it out there, and put it into the environment: export {KEY_VARIABLE}=...",
        )
    if rule is None:
        raise ConfigError(
            f"There is no setting {key!r} ({origin}).", f"The settings are {choices(_RULES)}."
        )
    return rule


def _from_text(key: str, value: object, origin: str) -> object:
    """A number or a truth written as text (environment, command line) as what it means."""
    rule = _rule(key, origin)
    if isinstance(value, str) and rule.kind is bool:
        return _TRUTHS.get(value.strip().lower(), value)
    if not isinstance(value, str) or rule.kind not in (int, float):
        return value
    try:
        number: object = rule.kind(value)
    except ValueError:
        raise _wrong(key, value, origin, rule) from None
    return number


def _checked(key: str, value: object, origin: str) -> object:
    """``value`` as the setting's type, or ``ConfigError``."""
    rule = _rule(key, origin)
    typed: object = value
    if rule.kind is float and isinstance(value, int) and not isinstance(value, bool):
        typed = float(value)
    elif rule.kind is Path and isinstance(value, str | Path) and str(value):
        typed = _expanded(Path(value), key, origin, rule)
    # A bool is an int to Python, and `port = true` is a mistake all the same.
    fits = isinstance(typed, rule.kind) and isinstance(typed, bool) == (rule.kind is bool)
    if not fits or not rule.holds(typed):
        raise _wrong(key, value, origin, rule)
    return typed


def _expanded(path: Path, key: str, origin: str, rule: _Rule) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # no such user, or no home to be found
        raise _wrong(key, str(path), origin, rule) from None


def _wrong(key: str, value: object, origin: str, rule: _Rule) -> ConfigError:
    told = repr(value) if rule.shown else "what it is set to"
    return ConfigError(
        f"The setting {key} cannot be {told} ({origin}).", f"It must be {rule.valid}."
    )
