"""Who answered: an identity that tells one bot from another, read off the callable itself.

Rows of two bots in one file would pass for one run. A callable is therefore told by its name and a
hash of its code and of what the code can reach: defaults, closures, globals, and the attributes of
the object that it belongs to. What comes from an installed package counts by its name. Values of
other kinds, a client of a model's for one, cannot be read, and an identity says so.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import logging
import re
import sys
import sysconfig
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path, PurePath
from typing import Any

UNREAD = "unread"
"""The key under which an identity names the kinds of values that could not be read."""

DIGEST_DIGITS = 12
_PLAIN = (
    type(None),
    type(...),
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    Enum,
    PurePath,
    re.Pattern,
    logging.Logger,
)
_BUILT_IN = (
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.ClassMethodDescriptorType,
)
_SLOT_NAMES = "__slots__"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a run is told from others by (``compared``), and what is only written down of it."""

    compared: Mapping[str, Any]
    recorded: Mapping[str, Any] = field(default_factory=dict)


def identity_of(answerer: Any) -> dict[str, str]:
    """``{"callable", "code"}``, and ``"unread"`` where another bot could have the same two."""
    reader = _Reader()
    reader.read(answerer)
    told = {"callable": _name(answerer), "code": reader.digest}
    return {**told, UNREAD: ", ".join(sorted(reader.unread))} if reader.unread else told


def _name(value: Any) -> str:
    named = value if hasattr(value, "__qualname__") else type(value)
    return f"{getattr(named, '__module__', None) or ''}.{named.__qualname__}".lstrip(".")


def _is_installed(value: Any) -> bool:
    """Whether it comes with Python or a package, and so counts by its name alone."""
    name = value.__name__ if isinstance(value, types.ModuleType) else value.__module__
    if name == "__main__":
        return False
    file = getattr(sys.modules.get(name or ""), "__file__", None)
    places = {sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    return file is None or any(Path(file).is_relative_to(place) for place in places)


class _Reader:
    """Hashes a value with all that it reaches; ``unread`` are the types that it cannot."""

    def __init__(self) -> None:
        self.unread: set[str] = set()
        self._hash = hashlib.sha256()
        self._within: set[int] = set()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()[:DIGEST_DIGITS]

    def read(self, value: Any) -> None:
        if isinstance(value, _PLAIN):
            self._feed(type(value).__qualname__, repr(value))
        elif id(value) in self._within:
            self._feed("again", _name(value))
        else:
            self._within.add(id(value))
            self._read_compound(value)
            if not isinstance(value, types.FunctionType | type):
                # Only functions and classes are sure to live on, and so to keep their number.
                self._within.discard(id(value))

    def _read_compound(self, value: Any) -> None:
        if isinstance(value, list | tuple):
            self._read_all(f"{type(value).__qualname__} {len(value)}", value)
        elif isinstance(value, set | frozenset):
            self._read_all(f"set {len(value)}", sorted(value, key=repr))
        elif isinstance(value, dict | types.MappingProxyType):
            self._read_all(f"dict {len(value)}", (part for item in value.items() for part in item))
        elif isinstance(value, types.CodeType):
            self._feed("code", value.co_code.hex(), *value.co_names)
            self._read_all("constants", value.co_consts)
        elif isinstance(value, types.MethodType):
            self._read_all("method", (value.__func__, value.__self__))
        elif isinstance(value, functools.partial):
            self._read_all("partial", (value.func, value.args, value.keywords))
        elif isinstance(value, types.ModuleType):
            self._read_module(value)
        elif isinstance(value, _BUILT_IN):
            self._feed("built in", value.__qualname__)
            owner = getattr(value, "__self__", None)
            self.read(None if isinstance(owner, types.ModuleType) else owner)
        else:
            self._read_defined(value)

    def _read_defined(self, value: Any) -> None:
        """What a ``def`` or a ``class`` made, or an object of such a class."""
        wrapped = getattr(value, "__wrapped__", None)
        if isinstance(value, types.FunctionType):
            self._read_function(value)
        elif isinstance(value, type):
            self._read_class(value)
        elif isinstance(value, staticmethod | classmethod | property):
            self._read_all("descriptor", [getattr(value, "__func__", None) or value.fget])
        elif wrapped is not None:
            self._read_all(_name(value), [wrapped])
        elif _is_installed(type(value)):
            self._feed("unread", _name(type(value)))
            self.unread.add(_name(type(value)))
        else:
            self._read_object(value)

    def _read_function(self, function: types.FunctionType) -> None:
        self._feed("function", _name(function))
        if _is_installed(function):
            return
        self._read_all("defaults", (function.__defaults__, function.__kwdefaults__))
        self.read(function.__code__)
        for cell in function.__closure__ or ():
            try:
                self.read(cell.cell_contents)
            except ValueError:  # not filled yet
                self._feed("empty")
        for name in sorted(_global_names(function.__code__)):
            if name in function.__globals__:
                self._feed("global", name)
                self.read(function.__globals__[name])

    def _read_class(self, kind: type) -> None:
        self._feed("class", _name(kind))
        if _is_installed(kind):
            return
        self._read_all("bases", kind.__bases__)
        for name, value in sorted(vars(kind).items()):
            own = isinstance(value, types.FunctionType | staticmethod | classmethod | property)
            if _is_generated(value):
                continue
            if own or (isinstance(value, _PLAIN) and not name.startswith("__")):
                self._feed("attribute", name)
                self.read(value)

    def _read_object(self, value: Any) -> None:
        self.read(type(value))
        slots = (vars(kind).get(_SLOT_NAMES, ()) for kind in type(value).__mro__)
        names = {name for some in slots for name in ([some] if isinstance(some, str) else some)}
        held = {name: getattr(value, name) for name in sorted(names) if hasattr(value, name)}
        self.read({**held, **getattr(value, "__dict__", {})})

    def _read_module(self, module: types.ModuleType) -> None:
        self._feed("module", module.__name__)
        file = getattr(module, "__file__", None)
        if file and not _is_installed(module):
            try:
                self._feed(Path(file).read_bytes().hex())
            except OSError:
                self.unread.add(f"module {module.__name__}")

    def _read_all(self, what: str, values: Iterable[Any]) -> None:
        self._feed(what)
        for value in values:
            self.read(value)

    def _feed(self, *texts: str) -> None:
        for text in texts:
            data = text.encode("utf-8", "surrogatepass")
            self._hash.update(f"{len(data)}:".encode() + data)


def _is_generated(value: Any) -> bool:
    """Whether a dataclass's decorator wrote it: its fields, which an object shows, say it all."""
    code = getattr(value, "__code__", None)
    return code is not None and code.co_filename == "<string>"


def _global_names(code: types.CodeType) -> set[str]:
    """The globals that a function's code and the functions inside it look up."""
    found = {
        str(step.argval)
        for step in dis.get_instructions(code)
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    inner = (_global_names(part) for part in code.co_consts if isinstance(part, types.CodeType))
    return found.union(*inner)
