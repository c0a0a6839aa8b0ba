"""One writer at a time, and a message that says who it is.

The lock is an advisory lock of the kernel, which frees it when its holder dies: a killed ingestion never
blocks the next one. The side file only names the holder; whether the lock is held is never read from it.
"""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import IndexBusyError

POLL_S = 0.2


@contextmanager
def ingest_lock(
    index_dir: Path, *, wait: bool = True, on_wait: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold the index for writing.

    Args:
        index_dir: Created when missing.
        wait: Wait for another holder, however long it takes.
        on_wait: Told once, before the wait begins, who holds the lock.
    Raises:
        IndexBusyError: another ingestion holds the lock, and `wait` is False.
    """
    index_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(index_dir / "ingest.lock")
    holder = index_dir / "ingest.holder.json"
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        who = _describe(holder)
        if not wait:
            raise IndexBusyError(f"{who}; wait until it has finished, then run `assistant ingest`") from error
        if on_wait:
            on_wait(f"{who}; waiting until it has finished")
        lock.acquire(poll_interval=POLL_S)
    try:
        started = datetime.now().astimezone().isoformat(timespec="seconds")
        entry = {"pid": os.getpid(), "host": socket.gethostname(), "started": started}
        holder.write_text(json.dumps(entry), "utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _describe(holder: Path) -> str:
    try:
        entry = json.loads(holder.read_text("utf-8"))
        return (
            f"another ingestion holds the index (process {entry['pid']} on {entry['host']},"
            f" since {entry['started']})"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "another ingestion holds the index"
