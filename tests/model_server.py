"""A fake OpenAI-compatible endpoint on loopback, to behave and to misbehave as a test says.

It is a real HTTP server: what it does wrong goes through the same sockets and the same client as
what a broken endpoint does.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "fake-model"


@dataclass
class Endpoint:
    """The running server: its address, what was asked of it, and a way to end whoever hangs."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)  # a client left early
    over: threading.Event = field(default_factory=threading.Event)  # the test is


Behaviour = Callable[[BaseHTTPRequestHandler, Endpoint], None]


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[Endpoint]:
    """A server that answers each completion by ``behaviour``, and lists ``MODEL``."""
    endpoint = Endpoint("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            endpoint.requests.append(json.loads(self.rfile.read(length)))
            endpoint.headers.append({k.lower(): v for k, v in self.headers.items()})
            self.close_connection = True
            try:
                behaviour(self, endpoint)
            except OSError:
                endpoint.gone.set()

        def do_GET(self) -> None:
            send_json(self, 200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield endpoint
    finally:
        endpoint.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def send_json(handler: BaseHTTPRequestHandler, status: int, value: object, **headers: str) -> None:
    """A whole reply."""
    send_bytes(handler, status, json.dumps(value).encode(), **headers)


def send_bytes(handler: BaseHTTPRequestHandler, status: int, data: bytes, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", headers.pop("content_type", "application/json"))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(data)))
    handler.send_header("Connection", "close")  # or a next request may meet the closing socket
    handler.end_headers()
    handler.wfile.write(data)


def begin_stream(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Connection", "close")
    handler.end_headers()


def event(handler: BaseHTTPRequestHandler, value: object) -> None:
    handler.wfile.write(b"data: " + json.dumps(value).encode() + b"\n\n")
    handler.wfile.flush()


def chunk(text: str | None = None, finish: str | None = None) -> dict[str, Any]:
    delta = {} if text is None else {"content": text}
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def writing(*texts: str, finish: str = "stop") -> Behaviour:
    """Streams ``texts`` as an endpoint should."""

    def behave(handler: BaseHTTPRequestHandler, _endpoint: Endpoint) -> None:
        begin_stream(handler)
        for text in texts:
            event(handler, chunk(text))
        event(handler, chunk(finish=finish))
        event(handler, {"choices": [], "usage": {"prompt_tokens": 70, "completion_tokens": 7}})
        handler.wfile.write(b"data: [DONE]\n\n")

    return behave


def failing(status: int, message: str = "no", **headers: str) -> Behaviour:
    """Answers every request with an error."""

    def behave(handler: BaseHTTPRequestHandler, _endpoint: Endpoint) -> None:
        send_json(handler, status, {"error": {"message": message}}, **headers)

    return behave


def replying(data: bytes, content_type: str = "text/event-stream") -> Behaviour:
    """Answers every request with these bytes."""

    def behave(handler: BaseHTTPRequestHandler, _endpoint: Endpoint) -> None:
        send_bytes(handler, 200, data, content_type=content_type)

    return behave


def silent(handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
    """Takes the request and never answers."""
    endpoint.over.wait(30)


def silent_after_headers(handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
    """Begins a stream in which nothing comes."""
    begin_stream(handler)
    endpoint.over.wait(30)


def listening(begins: bool) -> Behaviour:
    """Writes a word, or nothing, and then only waits until the client hangs up."""

    def behaviour(handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
        begin_stream(handler)
        if begins:
            event(handler, chunk("The bridge"))
        handler.connection.settimeout(30)
        if not handler.connection.recv(1):
            endpoint.gone.set()

    return behaviour


def trickling(handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
    """Writes on and on, a word now and then, as long as somebody reads."""
    begin_stream(handler)
    while not endpoint.over.wait(0.02):
        event(handler, chunk("word "))


def endless(handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
    """Writes without end, as fast as it can, and no sentence ends."""
    begin_stream(handler)
    while not endpoint.over.is_set():
        event(handler, chunk("blah " * 50))


def one_endless_line(handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
    """One event that never ends."""
    begin_stream(handler)
    handler.wfile.write(b'data: {"choices": [{"delta": {"content": "')
    while not endpoint.over.is_set():
        handler.wfile.write(b"x" * 65536)


def cut_off(handler: BaseHTTPRequestHandler, _endpoint: Endpoint) -> None:
    """Ends the connection in the middle of a draft."""
    begin_stream(handler)
    event(handler, chunk("The bridge cost 48 million euros [1]. It is "))
