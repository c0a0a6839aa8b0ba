"""Reads a generator that blocks, such as a search, from a coroutine."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")


async def from_thread(start: Callable[[], Iterator[T]]) -> AsyncIterator[T]:
    """Yield what `start()` yields; the generator lives in one thread of its own from start to end.

    When the reader stops early (the browser's stop button cancels it), the thread ends at its next item.
    An exception of the generator is raised here.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[tuple[T] | BaseException | None] = asyncio.Queue()
    stopped = Event()

    def put(item: tuple[T] | BaseException | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.put_nowait, item)

    def run() -> None:
        try:
            for item in start():
                if stopped.is_set():
                    return
                put((item,))
            put(None)
        except Exception as error:
            put(error)

    Thread(target=run, name="answer", daemon=True).start()
    try:
        while (entry := await queue.get()) is not None:
            if isinstance(entry, BaseException):
                raise entry
            yield entry[0]
    finally:
        stopped.set()
