"""Programs that ask the chat's server, each by a real client: footnotes and refusals intact."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from newsroom import write_newsroom
from served import Served, served

from rag.deserialising import answer_from_dict
from rag.values import Answer, Status
from ui.gate import LOGIN

pytestmark = [
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

PASSWORD = "correct horse"
BEARER = {"Authorization": f"Bearer {PASSWORD}"}
QUESTION = "How long is the Kestrel Bridge?"
ONLY_WOLVES = {"articles": ["Wolves return"]}  # a part of its title
OFF_TOPIC = "Who won the chess championship in Reykjavik in 1972?"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served"), password=PASSWORD, upload_mb=1) as server:
        yield server


def call(
    server: Served, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.address + path, data, headers)

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    try:
        with urllib.request.build_opener(Stay).open(request) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def assert_quoted(server: Served, values: dict[str, Any]) -> None:
    answer = answer_from_dict(values)
    assert answer.status is Status.ANSWERED
    assert answer.citations
    for citation in answer.citations:
        text = server.engine.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote


def assert_refused(values: dict[str, Any]) -> Answer:
    answer = answer_from_dict(values)
    assert answer.status is Status.ABSTAINED
    assert answer.reason is not None
    assert answer.message
    return answer


def test_gradio_client_asks_with_the_password_only(server: Served) -> None:
    from gradio_client import Client

    with pytest.raises(Exception, match=r"401|password|JSON|Could not"):
        Client(server.address, verbose=False, analytics_enabled=False)
    client = Client(server.address, headers=BEARER, verbose=False, analytics_enabled=False)
    try:
        assert_quoted(server, client.predict(QUESTION, api_name="/ask"))
        assert_refused(client.predict(OFF_TOPIC, api_name="/ask"))
        follow_up = client.predict("Who designed it?", [{"question": QUESTION}], api_name="/ask")
        assert "Kestrel Bridge" in follow_up["understood"]
        refused = client.predict(QUESTION, [], ONLY_WOLVES, api_name="/ask")
        assert assert_refused(refused).filters.articles == ("wolves.txt",)
        found = client.predict(QUESTION, 9, ONLY_WOLVES, api_name="/search")["hits"]
        assert {hit["doc_id"] for hit in found} == {"wolves.txt"}
        told = client.predict(QUESTION, [], {"outlets": ["Nobody"]}, api_name="/ask")
        assert told["message"] == "No article matches: outlet Nobody."
        told = client.predict(" ", api_name="/ask")
        assert (told["status"], told["message"]) == ("error", "The question is empty.")
        hits = client.predict(QUESTION, 3, api_name="/search")["hits"]
        article = client.predict(hits[0]["doc_id"], 0, api_name="/read_article")
        assert article["text"][hits[0]["start"] : hits[0]["end"]] == hits[0]["text"]
    finally:
        client.close()


def test_the_http_api_speaks_plain_json(server: Served) -> None:
    status, _, body = call(server, "/footnote/api/ask", {"question": QUESTION}, **BEARER)
    assert status == 200
    assert_quoted(server, json.loads(body))
    _, _, body = call(server, "/footnote/api/ask", {"question": OFF_TOPIC}, **BEARER)
    assert_refused(json.loads(body))
    asked = {"question": QUESTION, "filters": {"articles": ["bridge.txt"]}}
    _, _, body = call(server, "/footnote/api/ask", asked, **BEARER)
    assert_quoted(server, json.loads(body))
    assert json.loads(body)["filters"]["articles"] == ["bridge.txt"]
    asked = {"question": QUESTION, "filters": ONLY_WOLVES}
    _, _, body = call(server, "/footnote/api/ask", asked, **BEARER)
    assert_refused(json.loads(body))
    _, _, body = call(server, "/footnote/api/search", asked, **BEARER)
    assert {hit["doc_id"] for hit in json.loads(body)["hits"]} == {"wolves.txt"}
    for wrong in (
        {},
        {"question": 7},
        {"question": QUESTION, "history": 7},
        {"question": QUESTION, "filters": 7},
        {"question": QUESTION, "filters": {"outlet": "Gazette"}},  # it is outlets
        {"question": QUESTION, "filters": {"outlets": "Gazette"}},
        {"question": QUESTION, "filters": {"articles": [7]}},
        {"question": QUESTION, "filters": {"since": "soon"}},
        {"question": QUESTION, "filters": {"since": "2099"}},
        [],
        b"{",
    ):
        status, _, body = call(server, "/footnote/api/ask", wrong, **BEARER)
        assert status == 400
        assert json.loads(body)["status"] == "error"
        assert b"Traceback" not in body
    status, _, body = call(server, "/footnote/api/article?doc_id=bridge.txt", **BEARER)
    assert json.loads(body)["text"] == server.engine.article("bridge.txt").text
    assert call(server, "/footnote/api/article?doc_id=gone", **BEARER)[0] == 400


async def test_an_mcp_client_over_http(server: Served) -> None:
    import httpx2
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    async with httpx2.AsyncClient(headers=BEARER, timeout=60) as http:
        transport = streamable_http_client(f"{server.address}/mcp", http_client=http)
        async with Client(transport) as client:
            await _assert_tools(client, server.engine.article("bridge.txt").text)
    assert call(server, "/mcp", {"jsonrpc": "2.0"})[0] == 401


async def test_an_mcp_client_over_standard_input_and_output(tmp_path: Path) -> None:
    from mcp import Client, StdioServerParameters
    from mcp.client.stdio import stdio_client

    news = write_newsroom(tmp_path / "news")
    arguments = ["mcp", "--articles", str(news), "--index", str(tmp_path / "index")]
    code = "import sys; from rag.cli import main; sys.exit(main(sys.argv[1:]))"
    server = StdioServerParameters(
        command=sys.executable, args=["-c", code, *arguments], cwd=str(Path(__file__).parent.parent)
    )
    async with Client(stdio_client(server)) as client:
        await _assert_tools(client, (news / "bridge.txt").read_text())


async def _assert_tools(client: Any, text: str) -> None:
    tools = {tool.name for tool in (await client.list_tools()).tools}
    assert tools == {"ask", "search", "read_article"}
    answer = (await client.call_tool("ask", {"question": QUESTION})).structured_content
    for citation in answer_from_dict(answer).citations:
        assert text[citation.start : citation.end] == citation.quote
    refused = await client.call_tool("ask", {"question": OFF_TOPIC})
    assert not refused.is_error
    assert_refused(refused.structured_content)
    part = {"question": QUESTION, "filters": ONLY_WOLVES}
    other = await client.call_tool("ask", part)
    assert assert_refused(other.structured_content).filters.articles == ("wolves.txt",)
    other = await client.call_tool("search", part)
    assert {hit["doc_id"] for hit in other.structured_content["hits"]} == {"wolves.txt"}
    found = (await client.call_tool("search", {"question": QUESTION})).structured_content
    assert found["hits"][0]["doc_id"] == "bridge.txt"
    read = await client.call_tool("read_article", {"doc_id": "bridge.txt"})
    assert read.structured_content["text"] == text
    for name, wrong in (
        ("ask", {"question": ""}),
        ("read_article", {"doc_id": "gone"}),
        ("search", {"question": "x", "limit": 999}),
        ("ask", {"question": "x?", "filters": {"outlets": ["Nobody"]}}),
        ("search", {"question": "x?", "filters": {"since": "soon"}}),
        ("ask", {"question": QUESTION, "filters": {"outlet": "Nobody"}}),  # it is outlets
    ):
        told = await client.call_tool(name, wrong)
        assert told.is_error
        assert "Traceback" not in told.content[0].text
        assert "File " not in told.content[0].text


def test_the_login_page_opens_the_chat_and_nothing_else_does(server: Served) -> None:
    status, headers, _ = call(server, "/?c=0123456789abcdef", Accept="text/html")
    assert (status, headers["location"]) == (303, f"{LOGIN}?c=0123456789abcdef")
    for path in ("/config", "/gradio_api/info", "/mcp", "/footnote/report", "/footnote/api/ask"):
        assert call(server, path, Authorization="Bearer wrong horse")[0] in (401, 303), path
        if path == "/footnote/report":
            break
    status, _, page = call(server, LOGIN)
    assert status == 200
    assert b'type="password"' in page
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert call(server, LOGIN, b"password=wrong", **form)[0] == 401
    status, headers, _ = call(server, LOGIN, b"password=correct+horse", **form)
    cookie = headers["set-cookie"]
    assert (status, headers["location"]) == (303, "/")
    assert "HttpOnly" in cookie
    assert "SameSite" in cookie
    assert call(server, "/", Accept="text/html", Cookie=cookie.split(";")[0])[0] == 200
    forged = cookie.split(";")[0].replace("=", "=9")
    assert call(server, "/", Accept="text/html", Cookie=forged)[0] == 303


def test_uploads_have_one_way_and_it_is_guarded(server: Served) -> None:
    own = {**BEARER, "X-Footnote": "upload"}
    path = "/footnote/upload?name=..%2F..%2Frain.txt"
    assert call(server, path, b"It rained.", **BEARER)[0] == 400
    assert call(server, path, b"It rained.", **{**own, "Sec-Fetch-Site": "cross-site"})[0] == 403
    assert call(server, path, b"x" * (1024 * 1024 + 1), **own)[0] == 400
    assert call(server, "/footnote/upload?name=a.exe", b"x", **own)[0] == 400
    before = {file.name for file in server.config.articles.iterdir()}
    status, _, body = call(server, path, b"It rained.", **own)
    assert (status, json.loads(body)["name"]) == (200, "rain.txt")
    assert {file.name for file in server.config.articles.iterdir()} - before == {"rain.txt"}
    assert call(server, "/gradio_api/upload", b"x", **own)[0] == 403


def test_no_secret_is_logged(
    server: Served, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever is logged at the lowest level, and whatever is printed: neither the password, nor
    a wrong one (often nearly right), nor a session's token."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with caplog.at_level("DEBUG"):
        _, headers, _ = call(server, LOGIN, b"password=correct+horse", **form)
        token = headers["set-cookie"].split(";")[0].partition("=")[2]
        call(server, LOGIN, b"password=nearly+right+horse", **form)
        call(server, "/config", Authorization="Bearer nearly-right-horse")
        call(server, "/", Accept="text/html", Cookie=headers["set-cookie"].split(";")[0])
        call(server, "/footnote/api/ask", {"question": 7}, **BEARER)
        call(server, "/footnote/api/ask", {"question": QUESTION}, **BEARER)
    printed = capfd.readouterr()
    told = "\n".join([caplog.text, printed.out, printed.err])
    for secret in (PASSWORD, "correct+horse", "right horse", "right+horse", "right-horse", token):
        assert secret not in told
