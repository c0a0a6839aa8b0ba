"""Serves the chat: our routes, Chainlit behind the gate, one process, one port."""

import asyncio
import ipaddress
import logging
import socket
import webbrowser
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from assistant.answers import is_pdf
from assistant.errors import AssistantError
from assistant.settings import Settings
from assistant.web import home
from assistant.web.citations import page_as_markdown

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from assistant.facade import Assistant

SECONDS_TO_FINISH = 2  # an answer that is being written when the program is stopped


def serve(
    settings: Settings, *, on_ready: Callable[[str], None] = lambda url: None, open_browser: bool = False
) -> None:
    """Serve the chat until interrupted.

    Args:
        settings: `host` and `port` say where; port 0 takes a free one.
        on_ready: Called once with the address when the chat answers there.
        open_browser: Open that address in the default browser.
    Raises:
        IndexMissingError: nothing was ingested yet.
        AssistantError: the address is taken, or the chat's files cannot be prepared.
    """
    import uvicorn

    from assistant.facade import Assistant

    listening = _listen(settings.host, settings.port)
    url = _url(listening)
    with listening, as_file(files("assistant.web").joinpath("public")) as public:
        assistant = Assistant(settings)
        try:
            app = build_app(assistant, public=public, loopback=is_loopback(settings.host))
            config = uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                ws_max_size=64 * 1024,
                timeout_graceful_shutdown=SECONDS_TO_FINISH,
                server_header=False,
            )

            class Server(uvicorn.Server):
                async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                    await super().startup(sockets)
                    if self.started:
                        on_ready(url)
                        if open_browser:
                            Thread(target=webbrowser.open, args=(url,), daemon=True).start()

            asyncio.run(Server(config).serve(sockets=[listening]))
        finally:
            assistant.close()


def build_app(assistant: "Assistant", *, public: Path, loopback: bool) -> "ASGIApp":
    """The whole application. One per process: Chainlit keeps its handlers in module globals.

    Args:
        assistant: Answers the questions and knows the documents.
        public: Folder of our own page files.
        loopback: Whether only this machine may ask.
    """
    home.prepare(assistant.settings.data_dir)

    from chainlit.config import config
    from chainlit.server import app as chainlit_app
    from chainlit.server import build_dir
    from fastapi import FastAPI, HTTPException
    from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
    from fastapi.staticfiles import StaticFiles

    from assistant.web.chat import register
    from assistant.web.files import FILES, Files
    from assistant.web.gate import Gate
    from assistant.web.guard import install_session_guard
    from assistant.web.page import build_page

    logging.getLogger("chainlit").setLevel(logging.ERROR)
    files = Files()
    register(assistant, files)
    install_session_guard()
    page = build_page(Path(build_dir), title=config.ui.name, description=config.ui.description)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/")
    def chat_page() -> HTMLResponse:
        return HTMLResponse(page)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok", "index": assistant.index_status()}

    @app.get("/documents/{path:path}", response_model=None)
    def document(path: str, page: int = 1) -> FileResponse | PlainTextResponse:
        """A PDF as it is; of any other document the text of one section, as Markdown."""
        file = assistant.document_file(path)
        if file is None or not file.is_file():
            raise HTTPException(404, "no such document")
        if not is_pdf(path):
            section = assistant.document_page(path, page)
            if section is None:
                raise HTTPException(404, "no such section")
            return PlainTextResponse(page_as_markdown(section))
        return FileResponse(
            file, media_type="application/pdf", filename=file.name, content_disposition_type="inline"
        )

    @app.get(FILES + "{key}")
    def made_file(key: str) -> Response:
        """A file that a conversation made, for saving and never for showing."""
        file = files.get(key)
        if file is None:
            raise HTTPException(404, "no such file")
        headers = {"content-disposition": f'attachment; filename="{file.name}"', "cache-control": "no-store"}
        return Response(file.content, media_type=file.media_type, headers=headers)

    @app.post("/set-session-cookie")
    def no_session_cookie() -> dict[str, str]:
        """Chainlit's page asks for a cookie that tells several servers apart; there is one, and no cookie."""
        return {}

    app.mount("/public", StaticFiles(directory=public))
    app.mount("/", chainlit_app)
    return Gate(app, loopback)


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address and kept, so that nobody can take the port in between."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        raise AssistantError(
            f"cannot listen on {host}:{port}: {error}; choose another with --port"
        ) from error


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
