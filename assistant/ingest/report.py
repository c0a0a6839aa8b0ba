"""What an ingestion tells: its progress while it runs, its report when it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.records.extract import NotUnderstood

_LISTED = 20


class Progress(Protocol):
    """Shows how far an ingestion is."""

    def start(self, total_documents: int) -> None:
        """Begin; so many documents have to be read."""
        ...

    def advance(self, documents: int = 0, pages: int = 0, chunks: int = 0) -> None:
        """Count what is done since the last call."""
        ...

    def note(self, text: str) -> None:
        """Tell something on a line of its own."""
        ...

    def finish(self) -> None:
        """End; nothing more will come."""
        ...


class Silent:
    """Progress that nobody sees."""

    def start(self, total_documents: int) -> None:
        """See `Progress`."""

    def advance(self, documents: int = 0, pages: int = 0, chunks: int = 0) -> None:
        """See `Progress`."""

    def note(self, text: str) -> None:
        """See `Progress`."""

    def finish(self) -> None:
        """See `Progress`."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be read."""

    path: str
    """The document, or the path that was asked for."""
    page: int | None
    """From 1; None when it is about the whole."""
    reason: str
    """Short code: missing, unreadable, encrypted, damaged, no text, over limit or bad name."""
    message: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The outcome of an ingestion; documents by path, sorted."""

    indexed: tuple[str, ...]
    """Read anew: new or changed."""
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    failed: tuple[Failure, ...]
    warnings: tuple[tuple[str, str], ...]
    """(document, what is missing from it), of the documents read anew."""
    pages: int
    """In the whole index, as is `chunks`."""
    chunks: int
    embedded: int
    """Embeddings that were computed rather than remembered."""
    seconds: float
    generation: str | None
    """The live one; None when there is no index."""
    records: tuple[tuple[str, int], ...] = ()
    """(document, records found in it), where there are any; empty when nothing was published."""
    not_understood: tuple[NotUnderstood, ...] = ()
    """Entries that looked like records."""

    @property
    def exit_code(self) -> int:
        """1 if anything failed, else 0."""
        return 1 if self.failed else 0

    def summary(self) -> str:
        """Lines for a terminal: what was indexed, removed and failed, and why."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield from _listed("indexed", self.indexed)
        yield from _listed("removed", self.removed)
        yield from (f"warning  {path}: {text}" for path, text in self.warnings)
        yield from (f"FAILED   {_failure(failure)}" for failure in self.failed)
        if self.generation is None:
            yield "There is no index: no document was found that could be read."
            return
        if not self.indexed and not self.removed:
            yield "The index is up to date."
        documents = len(self.indexed) + len(self.unchanged)
        yield (
            f"{documents} documents, {self.pages} pages, {self.chunks} chunks in the index:"
            f" {len(self.indexed)} read, {len(self.unchanged)} unchanged, {len(self.removed)} removed,"
            f" {len(self.failed)} failed; {self.embedded} embeddings computed in {self.seconds:.1f} s"
        )
        if self.records:
            found = sum(count for _, count in self.records)
            yield f"{found} records found in {len(self.records)} documents"
        if self.not_understood:
            count = len(self.not_understood)
            yield f"{count} entries looked like records and were not understood (see --json)"


def _listed(what: str, paths: tuple[str, ...]) -> Iterator[str]:
    yield from (f"{what:<8} {path}" for path in paths[:_LISTED])
    if len(paths) > _LISTED:
        yield f"{what:<8} and {len(paths) - _LISTED} more"


def _failure(failure: Failure) -> str:
    page = f", page {failure.page}" if failure.page else ""
    return f"{failure.path}{page} ({failure.reason}): {failure.message}"
