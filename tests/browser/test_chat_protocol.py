"""The running chat as its page speaks to it: websocket and HTTP, without a browser."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

import httpx
import pytest
import socketio
from running_chat import Chat

FEE = "What is the membership fee of the Pact for Skills?"


@dataclass
class Page:
    """What Chainlit's page would have received, by event name."""

    client: socketio.AsyncClient
    received: list[tuple[str, Any]] = field(default_factory=list)

    def all(self, event: str) -> list[Any]:
        return [data for name, data in self.received if name == event]

    def replies(self) -> list[dict[str, Any]]:
        """Finished messages of the assistant, as last updated."""
        steps = self.all("new_message") + self.all("update_message")
        return [step for step in steps if step["type"] == "assistant_message" and not step["streaming"]]

    async def until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline, [name for name, _ in self.received]
            await asyncio.sleep(0.01)

    async def ask(self, question: str) -> dict[str, Any]:
        """Send `question` and wait for the finished reply."""
        before = len(self.replies())
        step = {
            "id": str(uuid4()),
            "name": "User",
            "type": "user_message",
            "output": question,
            "createdAt": None,
        }
        await self.client.emit("client_message", {"message": step, "fileReferences": []})
        await self.until(lambda: len(self.replies()) > before)
        return self.replies()[-1]


async def open_page(chat: Chat, session_id: str, profile: str = "worker") -> Page:
    page = Page(socketio.AsyncClient(reconnection=False))

    def receive(event: str, data: Any = None) -> None:
        page.received.append((event, data))

    page.client.on("*", receive)
    auth = {
        "sessionId": session_id,
        "clientType": "webapp",
        "userEnv": "{}",
        "chatProfile": profile,
        "threadId": "",
    }
    await page.client.connect(
        chat.url, socketio_path="/ws/socket.io", auth=auth, transports=["websocket"], wait_timeout=10
    )
    await page.client.emit("connection_successful")
    await page.until(lambda: page.all("task_end"))
    return page


def test_a_question_gets_a_streamed_answer_with_its_page(chat: Chat) -> None:
    async def talk() -> tuple[Page, dict[str, Any]]:
        page = await open_page(chat, str(uuid4()))
        reply = await page.ask(FEE)
        await page.client.disconnect()
        return page, reply

    page, reply = asyncio.run(talk())
    assert "zero euro" in reply["output"]
    assert "(/documents/pact/joining.pdf#page=3" in reply["output"]
    assert "###### Sources" in reply["output"]
    streamed = [step for step in page.all("stream_start") if step["type"] == "assistant_message"]
    assert [step["id"] for step in streamed] == [reply["id"]]
    steps = [step for step in page.all("update_message") if step["type"] == "tool"]
    assert steps[-1]["name"].startswith("How I looked this up")
    assert "**Search**" in steps[-1]["output"]


def test_a_citation_opens_its_own_page_each_time(chat: Chat) -> None:
    async def talk() -> list[dict[str, Any]]:
        page = await open_page(chat, str(uuid4()))
        for number in (3, 2):
            await page.client.emit(
                "window_message", {"openDocument": f"/documents/pact/joining.pdf#page={number}"}
            )
        await page.until(lambda: len(page.all("set_sidebar_elements")) == 2)
        await page.client.disconnect()
        return page.all("set_sidebar_elements")

    first, second = asyncio.run(talk())
    assert [panel["elements"][0]["page"] for panel in (first, second)] == [3, 2]
    assert first["elements"][0]["url"] == "/documents/pact/joining.pdf"
    assert first["key"] != second["key"]  # under the same key the page would keep what it shows
    assert first["elements"][0]["id"] != second["elements"][0]["id"]


def test_what_is_no_citation_opens_nothing_and_the_conversation_goes_on(chat: Chat) -> None:
    async def talk() -> tuple[Page, dict[str, Any]]:
        page = await open_page(chat, str(uuid4()))
        for message in (
            {"openDocument": "/documents/../../etc/passwd#page=1"},
            {"openDocument": 7},
            "hello",
            [],
        ):
            await page.client.emit("window_message", message)
        reply = await page.ask(FEE)
        await page.client.disconnect()
        return page, reply

    page, reply = asyncio.run(talk())
    assert page.all("set_sidebar_elements") == []
    assert "zero euro" in reply["output"]


def test_an_overlong_question_is_declined_and_the_next_is_answered(chat: Chat) -> None:
    async def talk() -> list[dict[str, Any]]:
        page = await open_page(chat, str(uuid4()))
        replies = [await page.ask("why " * 2000), await page.ask(FEE)]
        await page.client.disconnect()
        return replies

    declined, answered = asyncio.run(talk())
    assert declined["output"] == "Please ask in up to 4000 characters; this was 8000."
    assert "zero euro" in answered["output"]


def test_a_suggested_question_is_asked_and_answered_like_a_typed_one(chat: Chat) -> None:
    async def talk() -> Page:
        page = await open_page(chat, session_id := str(uuid4()))
        action = {
            "id": str(uuid4()),
            "name": "ask",
            "label": FEE,
            "tooltip": "",
            "payload": {"question": FEE},
        }
        async with httpx.AsyncClient() as client:
            answered = await client.post(
                f"{chat.url}project/action", json={"sessionId": session_id, "action": action}, timeout=30
            )
        assert answered.status_code == 200
        await page.until(page.replies)
        await page.client.disconnect()
        return page

    page = asyncio.run(talk())
    assert [step["output"] for step in page.all("new_message") if step["type"] == "user_message"] == [FEE]
    assert "zero euro" in page.replies()[-1]["output"]


def test_a_session_id_that_is_no_uuid_is_refused(chat: Chat) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        asyncio.run(open_page(chat, "not-a-uuid"))
    assert not (chat.data_dir / "web" / ".files" / "not-a-uuid").exists()


def test_each_profile_starts_with_its_own_questions(chat: Chat) -> None:
    settings = httpx.get(f"{chat.url}project/settings?language=en-US").json()
    worker, sme = settings["chatProfiles"]
    assert (worker["name"], sme["name"]) == ("worker", "sme")
    for profile in (worker, sme):
        assert profile["starters"]
        assert (
            "I am an AI system: I inform, you decide. Nothing you write is kept."
            in profile["markdown_description"]
        )
    assert worker["starters"] != sme["starters"]
    assert settings["dataPersistence"] is False


def test_an_indexed_document_is_served_as_a_pdf_and_nothing_else(chat: Chat) -> None:
    response = httpx.get(f"{chat.url}documents/shipyard%20courses.pdf")
    assert response.content.startswith(b"%PDF-")
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"].startswith("inline")
    assert response.headers["x-content-type-options"] == "nosniff"


def test_of_another_document_the_text_of_one_section_is_served(chat: Chat) -> None:
    response = httpx.get(f"{chat.url}documents/mentors.html?page=2")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.text == "**Mentors**\n\nA mentor of the yard school is paid ninety euro a day\\."
    assert httpx.get(f"{chat.url}documents/mentors.html?page=3").status_code == 404


def test_a_citation_of_another_document_opens_its_section(chat: Chat) -> None:
    async def talk() -> tuple[dict[str, Any], dict[str, Any]]:
        page = await open_page(chat, str(uuid4()))
        reply = await page.ask("How much is a mentor of the yard school paid a day?")
        link = "/documents/mentors.html?page=2#page=2"
        await page.client.emit("window_message", {"openDocument": link})
        await page.until(lambda: page.all("set_sidebar_elements"))
        await page.client.disconnect()
        return reply, page.all("set_sidebar_elements")[0]

    reply, panel = asyncio.run(talk())
    assert "(/documents/mentors.html?page=2#page=2" in reply["output"]
    assert "section 2" in reply["output"]
    assert panel["elements"][0]["type"] == "text"
    assert panel["elements"][0]["url"] == "/documents/mentors.html?page=2"


@pytest.mark.parametrize(
    "path",
    [
        "unknown.pdf",
        "pact",
        "pact/",
        "pact//joining.pdf",
        "./pact/joining.pdf",
        "pact/../pact/joining.pdf",
        "..%2fdata%2findex",
        "%2e%2e/data/index",
        "%2fetc%2fpasswd",
        "pact%5cjoining.pdf",
        "pact/joining.pdf%00",
        "PACT/JOINING.PDF",
    ],
)
def test_any_other_path_is_no_document(chat: Chat, path: str) -> None:
    connection = HTTPConnection(chat.url.split("/")[2])  # sends the path as it is; others tidy it first
    connection.request("GET", f"/documents/{path}")
    assert connection.getresponse().status == 404
    connection.close()


def test_no_cookie_is_set(chat: Chat) -> None:
    with httpx.Client(base_url=chat.url) as client:
        client.get("/")
        client.post("/set-session-cookie", json={"session_id": str(uuid4())})
        assert not client.cookies


def test_nothing_of_a_question_is_written(chat: Chat) -> None:
    async def talk() -> None:
        page = await open_page(chat, str(uuid4()))
        await page.ask("My neighbour Zbigniew-4711 wants to know the membership fee of the Pact for Skills")
        await page.client.disconnect()

    asyncio.run(talk())
    files = [chat.log, *(path for path in chat.data_dir.rglob("*") if path.is_file())]
    assert len(files) > 5
    assert [path for path in files if b"Zbigniew" in path.read_bytes()] == []
