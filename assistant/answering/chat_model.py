"""Any LangChain chat model as a stream of text that ends in time, or in a LanguageModelError that says why.

The model runs in a thread of its own, because a provider's own time limit does not see a server that keeps a
connection open and says nothing more. Nothing of a key or of a reply gets into an error's text.
"""

import re
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from assistant.answers import Usage
from assistant.errors import LanguageModelError
from assistant.prompts.loader import RenderedPrompt
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

MAX_RETRIES = 1  # a reader waits, and the answer from the evidence is ready
EXAMPLES = "ollama:qwen3 or openai:gpt-5-mini"
_END_KEYS = ("finish_reason", "done_reason", "stop_reason", "stopReason", "status")  # as providers name it
_CUT_OFF = ("length", "max_tokens", "MAX_TOKENS", "incomplete")
_KEY = re.compile(r"\b(?:sk|key|gsk|xai)-[\w*-]{6,}|(?<=Bearer )\S+", re.IGNORECASE)


def open_chat_model(settings: Settings) -> "BaseChatModel":
    """The model that `llm` names; opens no connection.

    Raises:
        LanguageModelError: the name is not "provider:model", the provider's package or a key is missing.
    """
    from langchain.chat_models import init_chat_model

    name = settings.llm or ""
    try:
        return cast("BaseChatModel", init_chat_model(name, **_options(settings)))
    except Exception as error:
        raise LanguageModelError(
            f"ASSISTANT_LLM={name} cannot be used: {_first_line(error, settings).rstrip('.')}. "
            f"Wanted: provider:model, such as {EXAMPLES}; "
            "its package; and ASSISTANT_LLM_API_KEY if it needs a key"
        ) from _cause(error, settings)


def stream_reply(
    settings: Settings,
    prompt: RenderedPrompt,
    *,
    on_usage: Callable[[Usage], None] = lambda usage: None,
) -> Generator[str, None, None]:
    """The model's words as they come; `on_usage` is told at the end what it read and wrote, if it says so.

    Raises:
        LanguageModelError: the model cannot be opened or reached, refuses, stays silent for more than
            `llm_timeout_s`, takes more than `llm_total_s`, breaks off or stops at its length limit.
    """
    model = open_chat_model(settings)
    chunks: SimpleQueue[AIMessageChunk | BaseException | None] = SimpleQueue()
    stopped = threading.Event()
    threading.Thread(
        target=_read, args=(model, prompt, chunks, stopped), name="language-model", daemon=True
    ).start()
    deadline = time.monotonic() + settings.llm_total_s
    ended: str | None = None
    read = written = 0
    try:
        while (chunk := _next(chunks, deadline, settings)) is not None:
            ended = _end_reason(chunk) or ended
            if chunk.usage_metadata:
                read += chunk.usage_metadata["input_tokens"]
                written += chunk.usage_metadata["output_tokens"]
            if chunk.text:
                yield chunk.text
    finally:
        stopped.set()
        if read or written:
            on_usage(_usage(settings, read, written))
    if ended is None:
        raise LanguageModelError(_broken(settings))
    if ended in _CUT_OFF:
        raise LanguageModelError(f"{settings.llm} stopped at its length limit; ask a narrower question")


def _read(
    model: "BaseChatModel",
    prompt: RenderedPrompt,
    chunks: "SimpleQueue[AIMessageChunk | BaseException | None]",
    stopped: threading.Event,
) -> None:
    try:
        messages = [("system", prompt.system), ("human", prompt.prompt)]
        with closing(cast("Generator[AIMessageChunk, None, None]", model.stream(messages))) as stream:
            for chunk in stream:
                if stopped.is_set():
                    return
                chunks.put(chunk)
        chunks.put(None)
    except BaseException as error:
        chunks.put(error)


def _next(
    chunks: "SimpleQueue[AIMessageChunk | BaseException | None]", deadline: float, settings: Settings
) -> "AIMessageChunk | None":
    left = deadline - time.monotonic()
    try:
        chunk = chunks.get(timeout=max(0.0, min(settings.llm_timeout_s, left)))
    except Empty:
        if left <= settings.llm_timeout_s:
            raise LanguageModelError(
                f"{settings.llm} took longer than {settings.llm_total_s:g} s; "
                "raise ASSISTANT_LLM_TOTAL_S or take a faster model"
            ) from None
        raise LanguageModelError(_silent(settings)) from None
    if isinstance(chunk, BaseException):
        raise LanguageModelError(_explain(chunk, settings)) from _cause(chunk, settings)
    return chunk


def _options(settings: Settings) -> dict[str, Any]:
    provider = (settings.llm or "").partition(":")[0]
    key = settings.llm_api_key.get_secret_value().strip() if settings.llm_api_key else ""
    options: dict[str, Any] = {"temperature": 0}
    if settings.llm_base_url:
        options["base_url"] = settings.llm_base_url
    if provider == "ollama":
        client: dict[str, Any] = {"timeout": settings.llm_timeout_s}
        if key:
            client["headers"] = {"Authorization": f"Bearer {key}"}
        return options | {"reasoning": False, "client_kwargs": client}
    if provider == "openai":
        options["stream_usage"] = True  # else only OpenAI's own address is asked to count
    options |= {"timeout": settings.llm_timeout_s, "max_retries": MAX_RETRIES}
    if key:
        options["api_key"] = key
    elif settings.llm_base_url and provider == "openai":
        # A local server wants none, the client does; and a key from OPENAI_API_KEY is not for this server.
        options["api_key"] = "none"
    return options


def _usage(settings: Settings, read: int, written: int) -> Usage:
    prices = settings.llm_price_in, settings.llm_price_out
    cost = None if None in prices else (read * (prices[0] or 0) + written * (prices[1] or 0)) / 1e6
    return Usage(input_tokens=read, output_tokens=written, cost_eur=cost)


def _end_reason(chunk: "AIMessageChunk") -> str | None:
    metadata = chunk.response_metadata
    return next((str(metadata[key]) for key in _END_KEYS if metadata.get(key)), None)


def _explain(error: BaseException, settings: Settings) -> str:
    where = f"{settings.llm} at {_address(settings)}"
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status > 0:
        return f"{where} answered HTTP {status}: {_advice(status)}"
    # By name: providers bring httpx, a fork of it or their own, whose errors are called alike.
    kinds = {kind.__name__ for cause in _chain(error) for kind in type(cause).__mro__}
    if kinds & {"TimeoutException", "TimeoutError"}:
        return _silent(settings)
    if kinds & {"RemoteProtocolError", "ReadError"}:
        return _broken(settings)
    if kinds & {"NetworkError", "ConnectionError", "UnsupportedProtocol"}:
        return f"{where} cannot be reached; start that server or set ASSISTANT_LLM_BASE_URL"
    return f"{where} failed: {_first_line(error, settings)}"


def _silent(settings: Settings) -> str:
    return (
        f"{settings.llm} said nothing for {settings.llm_timeout_s:g} s; "
        "raise ASSISTANT_LLM_TIMEOUT_S or take a faster model"
    )


def _broken(settings: Settings) -> str:
    return f"{settings.llm} broke off in the middle of its answer; ask again"


def _advice(status: int) -> str:
    if status in (401, 403):
        return "it refuses the key; set ASSISTANT_LLM_API_KEY"
    if status == 404:
        return "it does not know the model or the address; check ASSISTANT_LLM and ASSISTANT_LLM_BASE_URL"
    if status == 429:
        return "too many requests, or no credit left; ask again later"
    if status >= 500:
        return "its server fails; ask again later"
    return "it does not accept the request; check ASSISTANT_LLM"


def _address(settings: Settings) -> str:
    """Host and port, without a name or password that the address may hold."""
    if not settings.llm_base_url:
        return "its usual address"
    return urlsplit(settings.llm_base_url).netloc.rpartition("@")[2] or "an address without a host"


def _first_line(error: BaseException, settings: Settings) -> str:
    text = str(error).strip().partition("\n")[0] or type(error).__name__
    return _redacted(text, settings)[:300]


def _redacted(text: str, settings: Settings) -> str:
    key = settings.llm_api_key.get_secret_value().strip() if settings.llm_api_key else ""
    return _KEY.sub("***", text.replace(key, "***") if key else text)


def _cause(error: BaseException, settings: Settings) -> BaseException | None:
    """The error itself for the traceback, unless it or what led to it spells out a key."""
    texts = [repr(cause) for cause in _chain(error)]
    return error if all(_redacted(text, settings) == text for text in texts) else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
