"""``footnote chat`` from the first line it prints to Ctrl-C, with the network watched."""

from __future__ import annotations

import json
import os
import platform
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from rag.config import Config
from ui.command import remote_model
from ui.memory import limit_arenas

TESTS = Path(__file__).resolve().parent
SEEDS = TESTS.parent / "seeds"

RUN = """
import json, sys
sys.path.insert(0, sys.argv[1])
from network_guard import NetworkGuard
guard = NetworkGuard().install()
guard.watching = True
from rag.cli import main
code = main(["chat", "--articles", sys.argv[2], "--index", sys.argv[3], "--port", "0"])
with open(sys.argv[4], "w") as file:
    json.dump({"code": code, "outside": guard.outside}, file)
"""


def test_the_chat_syncs_tells_its_address_serves_and_stops(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    arguments = map(str, (TESTS, SEEDS, tmp_path / "index", record))
    # A user's shell may have statistics on; the promise that there are none is ours.
    environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "True"}
    with subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=tmp_path,
        env=environment,
    ) as process:
        try:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                lines.append(line)
                if "Footnote is reading" in line:
                    break
            found = re.search(r"Footnote is reading 1 article: (http://127\.0\.0\.1:\d+)$", line)
            assert found, lines
            assert "1 added" in lines[0]
            with urllib.request.urlopen(found[1]) as response:
                assert b"Footnote" in response.read()
        finally:
            process.send_signal(signal.SIGINT)
    assert json.loads(record.read_text()) == {"code": 0, "outside": []}


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        ({}, ""),
        ({"llm_url": "https://models.example/v1"}, ""),  # no model drafts
        ({"llm": "small", "llm_url": "https://models.example/v1"}, "models.example"),
        ({"llm": "small", "llm_url": "http://127.0.0.1:11434/v1"}, ""),
        ({"llm": "local"}, ""),
    ],
)
def test_the_page_is_told_where_a_model_is_asked(settings: dict[str, str], host: str) -> None:
    assert remote_model(Config(**settings)) == host


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library has no such pools")
def test_threads_share_the_pools_of_the_allocator() -> None:
    assert limit_arenas()
