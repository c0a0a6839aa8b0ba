"""The door of the chat: hosts, origins, paths, sizes and headers."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from assistant.errors import AssistantError
from assistant.web.gate import LARGEST_BODY, Gate
from assistant.web.guard import is_session_id
from assistant.web.page import build_page

SELF = "http://127.0.0.1:8000"


async def echo_length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def greet(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


def client(*, loopback: bool = True, base_url: str = SELF) -> TestClient:
    anything = Route("/{path:path}", echo_length, methods=["GET", "POST", "PUT", "DELETE"])
    app = Starlette(routes=[WebSocketRoute("/ws/socket.io/", greet), anything])
    return TestClient(Gate(app, loopback), base_url=base_url)


def test_our_own_page_may_load_and_ask() -> None:
    assert client().get("/").status_code == 200
    assert client().post("/project/action", content=b"{}", headers={"Origin": SELF}).text == "2"


@pytest.mark.parametrize(
    "path", ["/project/file", "/mcp", "/feedback", "/login", "/project/threads", "/copilot/x"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_what_a_conversation_does_not_need_does_not_exist(path: str, method: str) -> None:
    assert client().request(method, path).status_code == 404


def test_another_site_is_refused() -> None:
    for origin in ("http://evil.example", "http://127.0.0.1:9000", "null"):
        assert client().post("/project/action", headers={"Origin": origin}).status_code == 403


def test_another_name_for_this_address_is_refused_on_loopback_only() -> None:
    assert client(base_url="http://evil.example").get("/").status_code == 421
    assert client(base_url="http://localhost:1234").get("/").status_code == 200
    assert client(base_url="http://[::1]:1234").get("/").status_code == 200
    assert client(base_url="http://chat.example", loopback=False).get("/").status_code == 200


def test_a_websocket_is_for_our_own_page() -> None:
    with client().websocket_connect(
        "/ws/socket.io/", headers={"Origin": SELF, "Host": "127.0.0.1:8000"}
    ) as opened:
        assert opened.receive_text() == "hello"
    foreign = {"Origin": "http://evil.example", "Host": "127.0.0.1:8000"}
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client().websocket_connect("/ws/socket.io/", headers=foreign),
    ):
        pass
    assert refused.value.reason == "foreign origin"


def test_a_body_up_to_the_limit_passes_and_one_byte_more_does_not() -> None:
    assert client().post("/project/action", content=b"x" * LARGEST_BODY).text == str(LARGEST_BODY)
    assert client().post("/project/action", content=b"x" * (LARGEST_BODY + 1)).status_code == 413


def test_a_body_of_unstated_length_stops_at_the_limit() -> None:
    pieces = (b"x" * 1024 for _ in range(LARGEST_BODY // 1024 + 1))
    assert client().post("/project/action", content=pieces).status_code == 413


def test_every_response_carries_the_security_headers() -> None:
    for path, status in (("/", 200), ("/mcp", 404)):
        response = client().get(path)
        assert response.status_code == status
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
        assert "http" not in response.headers["content-security-policy"]


def test_only_files_with_a_hash_in_their_name_are_kept_by_the_browser() -> None:
    assert "immutable" in client().get("/assets/index-abc.js").headers["cache-control"]
    assert client().get("/public/chat.js").headers["cache-control"] == "no-cache"


def test_a_session_id_is_a_uuid_and_nothing_else() -> None:
    good = "0a5c3b7e-9d52-4a7e-8a9f-2f3f4c5d6e7f"
    assert is_session_id(good)
    for bad in (None, "", 5, "abc", good + "/x", "{" + good + "}", good + "\n", good.replace("-", "")):
        assert not is_session_id(bad)


def test_the_page_takes_the_bundle_and_nothing_from_another_host(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<link href="https://cdn.example/a.css"><script>inline()</script>'
        '<script type="module" src="/assets/index-Ab_1.js"></script><link href="/assets/index-Cd-2.css">'
    )
    page = build_page(tmp_path, title="A & B", description='"quoted"')
    assert 'src="/assets/index-Ab_1.js"' in page
    assert 'href="/assets/index-Cd-2.css"' in page
    assert "//" not in page
    assert "<script>" not in page
    assert "<title>A &amp; B</title>" in page


def test_an_unknown_build_of_chainlit_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<html></html>")
    with pytest.raises(AssistantError, match="names no bundle"):
        build_page(tmp_path, title="", description="")
