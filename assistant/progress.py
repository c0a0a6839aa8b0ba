"""Progress on standard error: a live display on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

SECONDS_BETWEEN_LINES = 5.0


class _Counts:
    """How far the work is: documents (or whatever `noun` says) of a total, pages and chunks."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._total = self._documents = self._pages = self._chunks = 0

    def _add(self, documents: int, pages: int, chunks: int) -> None:
        self._documents += documents
        self._pages += pages
        self._chunks += chunks

    def _line(self) -> str:
        parts = [f"{self._documents} of {self._total} {self._noun}"]
        parts += [f"{self._pages} pages"] if self._pages else []
        parts += [f"{self._chunks} chunks"] if self._chunks else []
        return ", ".join(parts)


class LineProgress(_Counts):
    """For files and pipes: one line every few seconds and one at the end."""

    def start(self, total_documents: int) -> None:
        """Begin; `total_documents` will be worked on."""
        self._total = total_documents
        self._told = time.monotonic()

    def advance(self, documents: int = 0, pages: int = 0, chunks: int = 0) -> None:
        """Count what is done since the last call."""
        self._add(documents, pages, chunks)
        if time.monotonic() - self._told >= SECONDS_BETWEEN_LINES:
            self.note(self._line())
            self._told = time.monotonic()

    def note(self, text: str) -> None:
        """Tell something on a line of its own."""
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def finish(self) -> None:
        """End; nothing more will come."""
        if self._total:
            self.note(self._line())


class BarProgress(_Counts):
    """For terminals: a bar with its counts, gone when the work is done."""

    def __init__(self, noun: str) -> None:
        super().__init__(noun)
        self._bar: RichProgress | None = None

    def start(self, total_documents: int) -> None:
        """Begin; `total_documents` will be worked on."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._total = total_documents
        columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._bar.add_task(self._line(), total=total_documents or None)
        self._bar.start()

    def advance(self, documents: int = 0, pages: int = 0, chunks: int = 0) -> None:
        """Count what is done since the last call."""
        self._add(documents, pages, chunks)
        if self._bar:
            self._bar.update(self._bar.task_ids[0], description=self._line(), advance=documents)

    def note(self, text: str) -> None:
        """Tell something on a line of its own."""
        if self._bar:
            self._bar.console.print(text, markup=False, highlight=False)
        else:
            sys.stderr.write(f"{text}\n")

    def finish(self) -> None:
        """End; nothing more will come."""
        if self._bar:
            self._bar.stop()


def make_progress(noun: str) -> LineProgress | BarProgress:
    """The display that suits standard error; `noun` names what is counted, e.g. "documents"."""
    return BarProgress(noun) if sys.stderr.isatty() else LineProgress(noun)


@contextmanager
def waiting(text: str) -> Iterator[Callable[[str], None]]:
    """Show a moving sign with `text` on a terminal while the block runs, nothing elsewhere.

    Yields:
        Sets another text; "" ends the display before the block does.
    """
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console

    with Console(stderr=True).status(text) as status:
        yield lambda text: status.update(text) if text else status.stop()
