"""Who may speak to the chat, which paths exist, how large a request may be, and every response's headers.

Chainlit serves far more than a conversation needs (uploads, MCP, feedback, history, sign-in, a widget) and
accepts any origin. Only the paths listed here exist for the outside; everything else is 404 before Chainlit
sees it.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64 * 1024
SOCKET = "/ws/socket.io"
PATHS = {
    "GET": re.compile(
        r"/|/health|/favicon\.ico|/(public|assets|documents|files)/.+|/auth/config|/user|/project/(settings|translations)"
    ),
    "POST": re.compile(r"/project/action|/set-session-cookie"),
}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",  # the bundle sets style attributes
        "img-src 'self' data: blob:",
        "font-src 'self' data: blob:",  # fonts inside PDFs
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


TOO_LARGE = 413, f"a request may have {LARGEST_BODY} bytes"


@dataclass(frozen=True, slots=True)
class Gate:
    """ASGI middleware around the whole application.

    On a loopback address only loopback names are answered, so that a web site cannot reach the chat by
    pointing its own name at 127.0.0.1. A browser's request must come from our own page; programs send no
    Origin and may pass.
    """

    app: ASGIApp
    loopback: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it with the reason why not."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif refusal := self._refusal(scope):
            await _refuse(refusal, scope, receive, send)
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Status and reason, or None when the request may go on."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        origin = headers.get("origin")
        if self.loopback and urlsplit(f"//{host}").hostname not in LOOPBACK:
            return 421, "unknown host"
        if origin is not None and urlsplit(origin).netloc != host:
            return 403, "foreign origin"
        if not _exists(scope):
            return 404, "not found"
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return TOO_LARGE
        return None

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                _secure(message, scope["path"])
            await send(message)

        await self.app(scope, _counted(receive), secured_send)


def _exists(scope: Scope) -> bool:
    path = scope["path"]
    if path == SOCKET or path == f"{SOCKET}/":
        return True
    method = "GET" if scope.get("method") == "HEAD" else scope.get("method", "")
    return method in PATHS and PATHS[method].fullmatch(path) is not None


def _counted(receive: Receive) -> Receive:
    """`receive` that stops a body without (or with a wrong) content-length at the limit."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_BODY:
            raise HTTPException(*TOO_LARGE)  # the application turns it into a response
        return message

    return counted


def _secure(message: Message, path: str) -> None:
    """Add our headers; files whose name carries a hash may be kept by the browser."""
    headers = MutableHeaders(raw=message["headers"])
    headers.update(HEADERS)
    if path.startswith("/assets/") and message["status"] == 200:
        headers["cache-control"] = "public, max-age=31536000, immutable"
    elif "cache-control" not in headers:
        headers["cache-control"] = "no-cache"


async def _refuse(refusal: tuple[int, str], scope: Scope, receive: Receive, send: Send) -> None:
    status, reason = refusal
    if scope["type"] == "websocket":
        closing: dict[str, Any] = {"type": "websocket.close", "code": 1008, "reason": reason}
        await send(closing)
    else:
        await PlainTextResponse(reason, status, headers=HEADERS)(scope, receive, send)
