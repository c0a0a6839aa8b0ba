"""A server on loopback that speaks the streaming chat-completions protocol and misbehaves when told to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Exchange(BaseHTTPRequestHandler):
    """One request; a behaviour writes the response with these methods."""

    protocol_version = "HTTP/1.1"
    server: "OpenAIServer"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append({"path": self.path, "headers": dict(self.headers), **body})
        self.close_connection = True
        self.server.behaviour(self)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def begin(self, status: int = 200, content_type: str = "text/event-stream") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Connection", "close")
        self.end_headers()

    def event(self, content: str | None = None, *, finish: str | None = None) -> None:
        """One chunk of the reply."""
        delta = {} if content is None else {"role": "assistant", "content": content}
        self.raw({
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "test",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        })  # fmt: skip

    def raw(self, data: Any) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()


Behaviour = Callable[[Exchange], None]


class OpenAIServer(ThreadingHTTPServer):
    """Serves `behaviour` and keeps the requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.requests: list[dict[str, Any]] = []
        self.behaviour: Behaviour = answers("")
        self.closing = threading.Event()
        self.hung_up = threading.Event()
        """Set when a client has gone before the reply's end."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""
        self.hung_up.set()


@contextmanager
def openai_server() -> Iterator[OpenAIServer]:
    """A running server; stopped, with all that hangs in it, at the end."""
    server = OpenAIServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()


def answers(text: str, *, piece: int = 7, finish: str = "stop") -> Behaviour:
    """The text in pieces of so many characters."""

    def behave(exchange: Exchange) -> None:
        exchange.begin()
        for start in range(0, len(text), piece):
            exchange.event(text[start : start + piece])
        exchange.event(finish=finish)
        exchange.raw("[DONE]")

    return behave


def fails(status: int, message: str) -> Behaviour:
    """An error with that HTTP status."""

    def behave(exchange: Exchange) -> None:
        exchange.begin(status, "application/json")
        exchange.wfile.write(json.dumps({"error": {"message": message, "type": "error"}}).encode())

    return behave


def falls_silent_after(text: str) -> Behaviour:
    """The text, then nothing, with the connection open."""

    def behave(exchange: Exchange) -> None:
        exchange.begin()
        exchange.event(text)
        exchange.server.closing.wait(30)

    return behave


def never_stops(text: str, *, every_s: float) -> Behaviour:
    """The text again and again."""

    def behave(exchange: Exchange) -> None:
        exchange.begin()
        while not exchange.server.closing.wait(every_s):
            exchange.event(text)

    return behave


def hangs_up_after(text: str) -> Behaviour:
    """The text, then the end of the connection, without a word of farewell."""

    def behave(exchange: Exchange) -> None:
        exchange.begin()
        exchange.event(text)

    return behave


def breaks_off_after(text: str) -> Behaviour:
    """As above, but in the middle of a chunk that was announced to be longer."""

    def behave(exchange: Exchange) -> None:
        exchange.send_response(200)
        exchange.send_header("Content-Type", "text/event-stream")
        exchange.send_header("Transfer-Encoding", "chunked")
        exchange.end_headers()
        data = json.dumps({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})
        event = f"data: {data}\n\n".encode()
        exchange.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\nff\r\ndata: {")

    return behave


def sends(*lines: str) -> Behaviour:
    """Events with this data, whatever it is."""

    def behave(exchange: Exchange) -> None:
        exchange.begin()
        for line in lines:
            exchange.raw(line)

    return behave


def counts(text: str, *, read: int, written: int) -> Behaviour:
    """The text, then how many tokens were read and written, as servers tell that are asked to."""

    def behave(exchange: Exchange) -> None:
        exchange.begin()
        exchange.event(text)
        exchange.event(finish="stop")
        exchange.raw({
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "test",
            "choices": [],
            "usage": {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written},
        })  # fmt: skip
        exchange.raw("[DONE]")

    return behave
