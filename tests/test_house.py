"""The order of the house: imports run one way, and the Makefile's targets are there."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

# From the ground up: a module of rag/ imports only from its own storey and those above it in
# this list. A new module must be given its place here.
STOREYS: tuple[tuple[str, ...], ...] = (
    ("values", "clock", "errors", "offline", "marks", "weights", "escaping", "addressing"),
    ("config", "serialising", "deserialising"),
    ("language_model", "background"),
    ("endpoint_errors", "endpoint", "llama_index_model", "local_model", "open_model"),
    ("dates", "languages", "boilerplate_phrases", "boilerplate_rules"),
    ("metadata", "metadata_guesses", "boilerplate", "extracted", "decoding", "html_text"),
    ("readers", "readers_documents", "readers_rows", "reading_worker", "bounded", "loading"),
    ("abbreviations", "boundaries", "lines", "sentences", "chunking"),
    ("question_encoder", "embedding", "token_codes", "lexical"),
    (
        "catalog_schema",
        "catalog",
        "catalog_writer",
        "chroma",
        "vector_store",
        "store_guard",
        "store",
        "listing",
    ),
    ("chroma_server", "server_store", "stores"),
    ("indexing", "folder_sync", "planning", "syncing", "backup"),
    ("patterns", "phrases", "question_patterns", "question", "periods"),
    ("small_talk_patterns", "small_talk"),
    ("conversation_patterns", "pronouns", "topics", "conversation", "rewriting"),
    ("spelling", "matching", "retrieval", "filtering", "reprints"),
    (
        "name_forms",
        "opposites",
        "contrasts",
        "evidence",
        "roles",
        "figures",
        "premises",
        "answer_phrases",
        "short_answer",
        "confidence",
        "reading",
        "answering",
        "disagreement",
    ),
    ("number_words", "quantities", "quotations", "grammar", "entailment"),
    ("claim_dates", "claim_figures", "claim_reading", "claim_names", "alignment", "polarity"),
    (
        "bindings",
        "claim_evidence",
        "claim_acts",
        "claim_contrasts",
        "claim_roles",
        "claim_features",
        "claim_checks",
        "verification",
    ),
    ("prompting",),
    ("draft_text", "draft_cache", "faithfulness", "claim_checking", "mending", "drafting"),
    ("index_reader",),
    ("pipeline",),
    ("engine",),
    ("health", "options", "doctor_model"),
    ("doctor", "printing"),
    ("commands_backup", "commands"),
    ("command_verify",),
    ("cli",),
)
STOREY_OF = {name: storey for storey, names in enumerate(STOREYS) for name in names}
TARGETS = {"help", "chat", "test", "lint", "eval", "clean"}


def modules(package: str) -> dict[str, Path]:
    """Every module of a package by its dotted name, the package's own included."""
    found = {}
    for path in sorted((REPOSITORY / package).rglob("*.py")):
        parts = path.relative_to(REPOSITORY).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(path: Path, own: set[str]) -> set[str]:
    """The modules in ``own`` that a file imports anywhere in it, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it leads"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names & own


RAG = modules("rag")
ALL = {**RAG, **modules("ui"), **modules("eval")}


@pytest.mark.parametrize("module", [name for name in RAG if name != "rag"])
def test_a_stage_imports_only_from_the_stages_before_it(module: str) -> None:
    name = module.split(".")[1]
    assert name in STOREY_OF, f"give rag/{name}.py its place in STOREYS"
    for other in imported(RAG[module], set(RAG)) - {"rag"}:
        storey = STOREY_OF.get(other.split(".")[1], 0)  # one without a place fails its own test
        assert storey <= STOREY_OF[name], f"{module} imports {other}"


def test_no_two_modules_import_each_other_in_a_circle() -> None:
    # The packages themselves are left out: rag hands on names of its modules, on demand.
    inner = {name for name in ALL if "." in name}
    graph = {name: imported(ALL[name], inner) for name in inner}
    tuple(TopologicalSorter(graph).static_order())  # raises CycleError, naming the circle


@pytest.mark.parametrize(
    ("package", "forbidden"), [("rag", ("ui", "eval")), ("ui", ("eval",)), ("eval", ("ui",))]
)
def test_packages_keep_apart(package: str, forbidden: tuple[str, ...]) -> None:
    for name, path in modules(package).items():
        for other in imported(path, set(ALL)):
            assert other.split(".")[0] not in forbidden, f"{name} imports {other}"


def test_the_order_is_checked_on_real_imports() -> None:
    """The walker sees imports, or the tests above would pass on anything."""
    assert "rag.values" in imported(RAG["rag.serialising"], set(RAG))
    assert "rag.doctor" in imported(RAG["rag.commands"], set(RAG))


def test_importing_rag_loads_nothing_heavy() -> None:
    heavy = ["torch", "llama_index", "chromadb", "gradio", "transformers", "numpy", "rich"]
    code = f"import sys, rag, rag.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert done.stdout.strip() == "[]"


def test_public_names_are_found_and_others_are_not() -> None:
    import rag
    from rag.config import Config

    assert rag.Config is Config
    assert set(rag.__all__) <= set(dir(rag))
    with pytest.raises(AttributeError, match="Engine2"):
        _ = rag.Engine2


def test_make_help_lists_the_targets_and_each_has_a_recipe() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    listed = {line.split()[1] for line in done.stdout.splitlines()}
    rules = re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(), flags=re.MULTILINE)
    assert listed >= TARGETS
    assert listed <= set(rules)


def test_the_lock_holds_every_pin_of_the_package() -> None:
    import tomllib

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    direct = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        direct += extra
    lock = {
        line.lower().replace("_", "-")
        for line in (REPOSITORY / "requirements.lock").read_text().splitlines()
    }
    assert all(re.fullmatch(r"[\w-]+==[\w.]+", pin) for pin in direct)
    assert {pin.lower().replace("_", "-") for pin in direct} <= lock


@pytest.mark.parametrize("folder", ["My News", "it's $HOME & more"])
def test_make_chat_hands_any_folder_name_on(folder: str, tmp_path: Path) -> None:
    """The recipe, with a stand-in for the program that prints what it was given."""
    binaries = tmp_path / "venv" / "bin"
    binaries.mkdir(parents=True)
    program = binaries / "footnote"
    program.write_text('#!/bin/sh\nprintf "%s" "$FOOTNOTE_ARTICLES"\n')
    program.chmod(0o755)
    stamp = tmp_path / "venv" / ".installed"
    stamp.touch()
    settings = [f"VENV={tmp_path / 'venv'}", f"ARTICLES={folder}"]
    done = subprocess.run(
        ["make", "-s", "-o", str(stamp), "chat", *settings],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    assert done.stdout == folder
