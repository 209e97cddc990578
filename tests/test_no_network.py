"""A whole run, sync to answer, in a process of its own: no socket but loopback, no telemetry.

Two witnesses: an audit hook sees what Python opens; and, where Linux lets us have a network of
our own with nothing but loopback in it, the kernel counts what native code tried to send.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from network_guard import NetworkGuard, OutsideConnectionError, is_local

TESTS = Path(__file__).resolve().parent
SEEDS = TESTS.parent / "seeds"
ISOLATE = ("unshare", "--map-root-user", "--net")

RUN = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
from network_guard import NetworkGuard, count_unroutable, raise_loopback
if sys.argv[6] == "isolated":
    raise_loopback()
guard = NetworkGuard().install()
guard.watching = True
from rag.cli import main
common = ["--articles", sys.argv[2], "--index", sys.argv[3], "--json"]
codes = [main(["sync", *common]), main(["ask", sys.argv[4], *common]), main(["doctor", *common])]
from rag.offline import OFFLINE_ENVIRONMENT
kept = all(os.environ.get(name) == value for name, value in OFFLINE_ENVIRONMENT.items())
told = {"codes": codes, "outside": guard.outside, "kept": kept, "unroutable": count_unroutable()}
with open(sys.argv[5], "w") as file:
    json.dump(told, file)
"""

REACH_OUT = """
import sys
sys.path.insert(0, sys.argv[1])
import socket
from network_guard import count_unroutable, raise_loopback
raise_loopback()
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
print(count_unroutable())
for family, host in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
    try:
        socket.socket(family).connect((host, 80))
    except OSError:
        pass
print(count_unroutable())
"""


def can_isolate() -> bool:
    """Whether a process may have a network of its own here."""
    if shutil.which(ISOLATE[0]) is None:
        return False
    return subprocess.run([*ISOLATE, "true"], capture_output=True, check=False).returncode == 0


def test_sync_and_ask_open_no_socket_but_loopback(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    # A user's shell may say otherwise; the promise is ours.
    environment = {**os.environ, "HF_HUB_OFFLINE": "0", "ANONYMIZED_TELEMETRY": "True"}
    question = "What do the contracts signed by Rostec's military export subsidiary exceed?"
    arguments: list[str | Path] = [TESTS, SEEDS, tmp_path / "index", question, record]
    isolation = ISOLATE if can_isolate() else ()
    arguments.append("isolated" if isolation else "shared")
    done = subprocess.run(
        [*isolation, sys.executable, "-c", RUN, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )
    assert record.exists(), done.stderr
    told = json.loads(record.read_text())
    assert told["outside"] == []
    assert told["codes"] == [0, 0, 0], done.stdout + done.stderr
    assert told["kept"]
    if isolation:
        assert told["unroutable"] == 0


@pytest.mark.skipif(not can_isolate(), reason="this system grants no network of one's own")
def test_the_kernel_counts_what_would_have_left_the_machine() -> None:
    done = subprocess.run(
        [*ISOLATE, sys.executable, "-c", REACH_OUT, str(TESTS)],
        capture_output=True,
        text=True,
        check=True,
    )
    loopback_only, after_reaching_out = map(int, done.stdout.split())
    assert loopback_only == 0
    assert after_reaching_out >= 1


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org", "fe80::1", b"example.org"])
def test_the_guard_tells_other_machines(host: str | bytes) -> None:
    assert not is_local(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "", None, "0.0.0.0"]
)
def test_the_guard_lets_this_machine_pass(host: str | None) -> None:
    assert is_local(host)


def test_the_guard_stops_a_connection_before_it_is_made(network_guard: NetworkGuard) -> None:
    with socket.socket() as outward, pytest.raises(OutsideConnectionError):
        outward.connect(("192.0.2.1", 80))
    with pytest.raises(OutsideConnectionError):
        socket.getaddrinfo("example.org", 443)
    assert len(network_guard.outside) == 2
    network_guard.outside.clear()  # this once it was meant


def test_the_guard_lets_loopback_connect(network_guard: NetworkGuard) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    assert network_guard.contacted
    assert not network_guard.outside
