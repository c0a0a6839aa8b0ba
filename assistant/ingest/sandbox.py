"""Extraction in processes that can be killed.

A document may be made to take minutes, gigabytes or a native reader down. So each is read by a worker process
with a limit on its memory, and killed when it takes too long; the others go on. Workers stay for the next
document, since starting one takes half a second. The parent is single-threaded: it waits for any worker's
next line or for the next deadline.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.documents import ExtractedDocument
from assistant.errors import DamagedDocumentError, DocumentError
from assistant.ingest.extract import Limits, too_much_memory, too_slow
from assistant.ingest.wire import decode, decode_error

OnPage = Callable[[str, int, int], None]
"""Called with (name, pages read so far, pages of the document)."""

_START_S = 60.0
"""A worker that is not ready by then is given up; it usually takes half a second."""
_GRACE_S = 1.5
"""The worker checks the time itself after each page and gives a better message; then it is killed."""
_MAX_LINE = 512 * 1024 * 1024
"""No honest result is longer, in bytes."""


class ExtractionPool:
    """Worker processes for extraction. Use as a context manager: leaving it ends all workers."""

    def __init__(self, workers: int, limits: Limits) -> None:
        """Start nothing yet.

        Args:
            workers: Documents read at the same time, at least 1.
            limits: What each document may cost.
        """
        self._limits = limits
        self._wanted = max(1, workers)
        self._workers: list[_Worker] = []

    def __enter__(self) -> "ExtractionPool":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def extract_all(
        self, files: Sequence[tuple[Path, str]], on_page: OnPage | None = None
    ) -> Iterator[tuple[str, ExtractedDocument | DocumentError]]:
        """Read all files, each (file, name); yields (name, document or what is wrong with it) when ready.

        The order is that of completion: sort by name where it matters. `on_page` tells of progress.
        """
        waiting = deque(files)
        with selectors.DefaultSelector() as selector:
            for worker in self._workers:
                selector.register(worker.stdout, selectors.EVENT_READ, worker)
            while len(self._workers) < min(self._wanted, len(waiting)):
                self._add_worker(selector)
            left = len(waiting)
            try:
                while left:
                    self._hand_out(waiting)
                    for worker in self._wait(selector):
                        for outcome in worker.outcomes(on_page):
                            left -= 1
                            yield outcome
                        if worker.finished:
                            selector.unregister(worker.stdout)
                            worker.end()
                            self._workers.remove(worker)
                            if waiting:
                                self._add_worker(selector)
            finally:
                for worker in [worker for worker in self._workers if worker.name is not None]:
                    worker.end()
                    self._workers.remove(worker)

    def _add_worker(self, selector: selectors.BaseSelector) -> None:
        worker = _Worker(self._limits)
        self._workers.append(worker)
        selector.register(worker.stdout, selectors.EVENT_READ, worker)

    def _hand_out(self, waiting: "deque[tuple[Path, str]]") -> None:
        for worker in self._workers:
            if waiting and worker.idle:
                worker.give(*waiting.popleft())

    def _wait(self, selector: selectors.BaseSelector) -> list["_Worker"]:
        """Workers that have sent something, ended or run out of time."""
        now = time.monotonic()
        deadlines = [worker.deadline for worker in self._workers if worker.deadline is not None]
        timeout = max(0.0, min(deadlines) - now) if deadlines else None
        ready = [key.data for key, _ in selector.select(timeout)]
        now = time.monotonic()
        late = [
            worker
            for worker in self._workers
            if worker not in ready and worker.deadline is not None and worker.deadline <= now
        ]
        for worker in late:
            worker.time_out()
        for worker in ready:
            worker.read()
        return ready + late


class _Worker:
    """One worker process and what is known of its current document."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.process = subprocess.Popen(
            [sys.executable, "-m", "assistant.ingest.worker", json.dumps(asdict(limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            cwd=Path(__file__).resolve().parents[2],
        )
        if self.process.stdin is None or self.process.stdout is None:  # cannot be: both are pipes
            raise RuntimeError("the extraction worker has no pipes")
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        os.set_blocking(self.stdout.fileno(), False)
        self.name: str | None = None
        self.deadline: float | None = time.monotonic() + _START_S
        self.finished = False
        self._ready = False
        self._timed_out = False
        self._progress = (0, 0)
        self._buffer = bytearray()

    @property
    def idle(self) -> bool:
        """Whether it waits for a document."""
        return self._ready and self.name is None and not self.finished

    def give(self, file: Path, name: str) -> None:
        """Start on a document."""
        self.name, self._progress = name, (0, 0)
        self.deadline = time.monotonic() + self._limits.max_seconds + _GRACE_S
        job = json.dumps({"file": str(file.absolute()), "name": name}) + "\n"
        with contextlib.suppress(BrokenPipeError):  # its end is seen when its output is read
            self.stdin.write(job.encode())
            self.stdin.flush()

    def read(self) -> None:
        """Take what it has sent; its end is noted, too."""
        while chunk := self.stdout.read(1 << 20):
            self._buffer += chunk
            if len(self._buffer) > _MAX_LINE:
                self.process.kill()
                self.finished = True
                return
        if chunk == b"":
            self.finished = True

    def time_out(self) -> None:
        """Kill it, since its document takes too long."""
        self._timed_out = True
        self.finished = True
        self.process.kill()

    def outcomes(self, on_page: OnPage | None) -> Iterator[tuple[str, ExtractedDocument | DocumentError]]:
        """The document that is done, if any; reports progress on the way."""
        while (at := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:at])
            del self._buffer[: at + 1]
            try:
                done = self._handle(json.loads(line), on_page)
            except (ValueError, TypeError, KeyError, AttributeError):
                self.process.kill()
                self.finished = True
                break
            if done is not None:
                yield self._close(done)
        if self.finished and self.name is not None:
            yield self._close(self._explain_end())
        elif self.finished and not self._ready:
            self.process.wait()
            raise RuntimeError(f"the extraction worker did not start (exit status {self.process.returncode})")

    def _handle(self, message: Any, on_page: OnPage | None) -> ExtractedDocument | DocumentError | None:
        if "ready" in message:
            self._ready, self.deadline = True, None
        elif "page" in message:
            self._progress = int(message["page"]), int(message["of"])
            if on_page and self.name is not None:
                on_page(self.name, *self._progress)
        elif "result" in message:
            return decode(message["result"])
        elif "error" in message:
            return decode_error(message["error"])
        return None

    def _close(
        self, outcome: ExtractedDocument | DocumentError
    ) -> tuple[str, ExtractedDocument | DocumentError]:
        name, self.name, self.deadline = self.name or "", None, None
        if isinstance(outcome, DocumentError) and outcome.reason == "over limit":
            self.finished = True  # its memory may be spent
        return name, outcome

    def _explain_end(self) -> DocumentError:
        name = self.name or ""
        if self._timed_out:
            return too_slow(name, self._limits, *self._progress)
        status = self.process.wait()
        if status == -signal.SIGXCPU:
            return too_slow(name, self._limits, *self._progress)
        if status in (-signal.SIGKILL, -signal.SIGABRT, -signal.SIGTRAP):
            return too_much_memory(name, self._limits)
        how = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        page = f" on page {self._progress[0] + 1}" if self._progress[1] else ""
        return DamagedDocumentError(f"{name} crashed its reader{page} ({how}); save it anew from its source")

    def end(self) -> None:
        """Kill the process and release its pipes."""
        self.process.kill()
        self.process.wait()
        self.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            self.stdin.close()
