"""Nothing that is read can run: no pickles, no code of a model's, no text taken for a program."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pytest

from rag.embedding import default_model_path, load_embedder
from rag.errors import ModelError

REPOSITORY = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path for package in ("rag", "ui", "eval") for path in (REPOSITORY / package).rglob("*.py")
)
RUNNING_MODULES = {
    "pickle",
    "cPickle",
    "dill",
    "cloudpickle",
    "joblib",
    "marshal",
    "shelve",
    "yaml",
}
RUNNING_CALLS = {"eval", "exec", "compile", "__import__"}


def dangers(tree: ast.AST) -> list[str]:
    """What in a module could run what it reads."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            names = [module or "", *(alias.name for alias in node.names)]
            found += [name for name in names if name.split(".")[0] in RUNNING_MODULES]
        elif isinstance(node, ast.Call):
            found += _dangers_of_call(node)
    return found


def _dangers_of_call(node: ast.Call) -> list[str]:
    called = ast.unparse(node.func)
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
    wrong = [called] if called in RUNNING_CALLS or called == "torch.load" else []
    if called.endswith("np.load") and given.get("allow_pickle") != "False":
        wrong.append("np.load without allow_pickle=False")
    if given.get("allow_pickle", "False") != "False" or given.get("shell", "False") != "False":
        wrong.append(ast.unparse(node))
    if given.get("trust_remote_code", "False") != "False":
        wrong.append(ast.unparse(node))
    return wrong


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_no_module_runs_what_it_reads(path: Path) -> None:
    assert dangers(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    ["import pickle", "from joblib import load", "eval(x)", "np.load(p)", "f(p, allow_pickle=True)",
     "torch.load(p)", "run(c, shell=True)", "Model(p, trust_remote_code=True)"],
)  # fmt: skip
def test_the_walker_sees_each_danger(source: str) -> None:
    assert dangers(ast.parse(source))


def copied_model(folder: Path) -> Path:
    return Path(shutil.copytree(default_model_path(), folder / "model"))


def test_a_model_that_brings_code_is_refused_and_its_code_does_not_run(tmp_path: Path) -> None:
    model, ran = copied_model(tmp_path), tmp_path / "ran"
    (model / "modeling_own.py").write_text(f"open({str(ran)!r}, 'w')\nclass Own: pass\n")
    modules = json.loads((model / "modules.json").read_text())
    modules[0]["type"] = "modeling_own.Own"
    (model / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_embedder(str(model))
    assert not ran.exists()


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    model = copied_model(tmp_path)
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"no \*\.safetensors weights"):
        load_embedder(str(model))
