"""The child process in which documents are parsed: ``rag.bounded`` starts it and talks to it.

A parser that is led astray by a file can take neither the time, the memory, the network nor the
files of the process that answers questions. A message is 8 bytes of length and as many bytes of
content, both ways; contents are plain JSON and the document's own bytes, never pickled objects.
"""

from __future__ import annotations

import json
import math
import os
import resource
import select
import signal
import sys
import time
from dataclasses import asdict
from typing import Any, BinaryIO

from rag.extracted import Extracted, Extraction, RowProblem, UnreadableError
from rag.metadata import Metadata

LENGTH_BYTES = 8
# A worker without work ends, so that a web chat that read one upload does not hold its memory.
IDLE_SECONDS = 60.0
# A worker that has grown to this is replaced: the allocator seldom gives memory back.
RECYCLED_KILOBYTES = 768 * 1024

# What no parser of a document has to do; Python calls audit hooks below its own modules.
_REFUSED = frozenset(
    {
        *("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"),
        *("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"),
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"),
        *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod"),
        *("os.kill", "os.truncate", "shutil.rmtree", "pty.spawn", "pickle.find_class"),
    }
)


def serve(memory_bytes: int) -> None:
    """Answer messages from standard input until it ends, or none has come for a minute."""
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    _confine(memory_bytes)
    inherited = _peak_kilobytes()
    while select.select([requests], [], [], IDLE_SECONDS)[0]:
        head = _read(requests)
        if head is None:
            return
        data = _read(requests) or b""
        told = json.loads(head)
        _limit_processor_time(int(told["seconds"]))
        reply = _reply(str(told["suffix"]), data)
        replies.write(framed(json.dumps(reply).encode()))
        replies.flush()
        # Linux hands the peak of the process that started this one on to it.
        if _peak_kilobytes() > max(RECYCLED_KILOBYTES, inherited):
            return


def framed(content: bytes) -> bytes:
    """A message as it is sent."""
    return len(content).to_bytes(LENGTH_BYTES, "little") + content


def extraction_of(reply: dict[str, Any]) -> Extraction:
    """The extraction that a reply tells; raises ``UnreadableError`` if it tells why not."""
    if "reason" in reply:
        raise UnreadableError(reply["reason"])
    return Extraction(
        tuple(
            Extracted(told["text"], Metadata(**told["metadata"]), told["id"], told["place"])
            for told in reply["articles"]
        ),
        tuple(RowProblem(told["where"], told["reason"]) for told in reply["problems"]),
    )


def _reply(suffix: str, data: bytes) -> dict[str, Any]:
    """What to answer."""
    from rag.readers import extract

    try:
        return asdict(extract(suffix, data))
    except UnreadableError as error:
        return {"reason": error.reason}


def _peak_kilobytes() -> int:
    """The most memory that this process has had at a time."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used // 1024 if sys.platform == "darwin" else used


def _read(stream: BinaryIO) -> bytes | None:
    """The next message; None where the sender is gone."""
    length = stream.read(LENGTH_BYTES)
    if len(length) < LENGTH_BYTES:
        return None
    return stream.read(int.from_bytes(length, "little"))


def _confine(memory_bytes: int) -> None:
    """Give up what parsing does not need: memory without end, files to write, the network."""
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),  # a crash leaves no copy of an article behind
        (resource.RLIMIT_FSIZE, 0),  # pipes are not counted
    ):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (limit if hard < 0 else min(limit, hard), hard))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    sys.addaudithook(_refuse)


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if event in _REFUSED:
        raise PermissionError(f"a document's parser asked for {event}")
    if event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR):
        raise PermissionError("a document's parser asked to write a file")


def _limit_processor_time(seconds: int) -> None:
    """The system ends this process when it has computed for so long from now on."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time()) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard < 0 else min(soft, hard), hard))
