"""Adds documents to the library and refreshes them; a good copy is only ever replaced by a good one.

What arrives is first read, in a process that can be killed, as ingestion would read it. Only then does it
take the place of the copy before, and only then is it listed.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from filelock import FileLock, Timeout

from assistant.errors import DocumentError, FetchError, LibraryError
from assistant.ingest.extract import Limits
from assistant.ingest.sandbox import ExtractionPool
from assistant.library.fetch import Download, Fetcher, GoneError, any_address, is_public
from assistant.library.manifest import (
    LibraryDocument,
    LibraryManifest,
    Status,
    free_name,
    read_manifest,
    read_public_documents,
    safe_name,
    write_manifest,
)
from assistant.settings import Settings

PUBLIC_LIST = "public_documents.yaml"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document."""

    status: Status
    origin: str
    file: str | None
    """Name in the library; None when it never arrived."""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What changed in the library."""

    library: str
    """Absolute path of its folder."""
    outcomes: tuple[Outcome, ...]

    @property
    def exit_code(self) -> int:
        """1 if a document failed, else 0; one that is gone is told and kept."""
        return int(any(outcome.status == "failed" for outcome in self.outcomes))

    @property
    def changed(self) -> bool:
        """Whether the library has something new to ingest."""
        return any(outcome.status in ("new", "updated") for outcome in self.outcomes)

    def summary(self) -> str:
        """Lines for a terminal: each document that is not as before, then the counts."""
        return "\n".join([*self._lines(), self._counts()])

    def _lines(self) -> Iterator[str]:
        for outcome in self.outcomes:
            word = outcome.status.upper() if outcome.status == "failed" else outcome.status
            if outcome.problem:
                kept = f" (the copy {outcome.file} stays)" if outcome.file else ""
                named = outcome.problem.startswith(outcome.origin)
                yield f"{word:<9} {'' if named else f'{outcome.origin}: '}{outcome.problem}{kept}"
            elif outcome.status != "unchanged":
                yield f"{word:<9} {outcome.file}  from {outcome.origin}"

    def _counts(self) -> str:
        statuses = [outcome.status for outcome in self.outcomes]
        known: tuple[Status, ...] = ("new", "updated", "unchanged", "gone", "failed")
        counts = ", ".join(f"{statuses.count(status)} {status}" for status in known)
        return f"{len(statuses)} document{'' if len(statuses) == 1 else 's'}: {counts}"


def add(origin: str, settings: Settings, *, fetcher: Fetcher | None = None) -> SyncReport:
    """Fetch one document into the library, or refresh it when it is there already.

    Args:
        origin: An https or http address, or the path of a PDF on this machine.
        settings: Data folder and limits.
        fetcher: Used and left open; by default one is made as the settings say.
    Raises:
        LibraryError: the list is damaged or another command uses it.
    """
    return _run([_normal(origin)], settings, fetcher, None)


def sync(
    settings: Settings,
    *,
    public: bool = False,
    fetcher: Fetcher | None = None,
    on_document: Callable[[Outcome], None] | None = None,
) -> SyncReport:
    """Refresh every document of the library.

    Args:
        settings: Data folder, corpus folder and limits.
        public: Fetch the public documents that the corpus lists, too.
        fetcher: Used and left open; by default one is made as the settings say.
        on_document: Told of each document when it is done.
    Raises:
        LibraryError: a list is damaged or missing, or another command uses the library.
    """
    listed = read_public_documents(settings.corpus_dir / PUBLIC_LIST) if public else ()
    return _run(
        [_normal(document.url) for document in listed], settings, fetcher, on_document, everything=True
    )


def _run(
    origins: Sequence[str],
    settings: Settings,
    fetcher: Fetcher | None,
    on_document: Callable[[Outcome], None] | None,
    *,
    everything: bool = False,
) -> SyncReport:
    outcomes = []
    with _locked(settings.library_dir), _Library(settings, fetcher) as library:
        known = library.origins() if everything else []
        for origin in dict.fromkeys([*known, *origins]):
            outcomes.append(library.refresh(origin))
            if on_document:
                on_document(outcomes[-1])
    return SyncReport(str(settings.library_dir), tuple(outcomes))


class _Library:
    """The library while its lock is held."""

    def __init__(self, settings: Settings, fetcher: Fetcher | None) -> None:
        self._folder = settings.library_dir
        self._max_bytes = settings.max_file_mb * 1_000_000
        self._manifest: LibraryManifest = read_manifest(self._folder)
        self._part = self._folder / f".{secrets.token_hex(8)}.part"
        self._own_fetcher = fetcher is None
        self._fetcher = fetcher or Fetcher(
            max_bytes=self._max_bytes,
            is_allowed=any_address if settings.allow_private_hosts else is_public,
        )
        limits = Limits(
            settings.max_file_mb, settings.max_pages, settings.max_seconds, settings.max_memory_mb
        )
        self._pool = ExtractionPool(1, limits)

    def __enter__(self) -> Self:
        for leftover in self._folder.glob(".*.part"):  # of a command that was killed
            leftover.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.__exit__()
        self._part.unlink(missing_ok=True)
        if self._own_fetcher:
            self._fetcher.__exit__(kind, error, trace)

    def origins(self) -> list[str]:
        """Address or path of every document."""
        return [document.origin for document in self._manifest.documents]

    def refresh(self, origin: str) -> Outcome:
        """Fetch a document, unless what is there is what its origin has."""
        known = self._manifest.find(origin)
        try:
            download = self._arrive(origin, known)
            if download and not (known and self._is_whole(known) and download.sha256 == known.sha256):
                return self._put(origin, known, download, self._title(download))
            return self._keep(origin, known, "unchanged", None, download)
        except GoneError as error:
            return self._keep(origin, known, "gone" if known else "failed", str(error))
        except (FetchError, DocumentError) as error:
            return self._keep(origin, known, "failed", str(error))
        except OSError as error:
            return self._keep(origin, known, "failed", f"cannot be written: {error}")

    def _arrive(self, origin: str, known: LibraryDocument | None) -> Download | None:
        """Bring the document to the part file; None when the copy is still what the origin has."""
        if not _is_address(origin):
            return _copy(Path(origin), self._part, self._max_bytes)
        if known and self._is_whole(known):
            return self._fetcher.fetch(origin, self._part, etag=known.etag, last_modified=known.last_modified)
        return self._fetcher.fetch(origin, self._part)

    def _is_whole(self, known: LibraryDocument) -> bool:
        """Whether the copy is there as it arrived."""
        file = self._folder / known.file
        return file.is_file() and _sha256(file) == known.sha256

    def _title(self, download: Download) -> str:
        """The document's own title.

        Raises:
            DocumentError: it cannot be read.
        """
        ((_, outcome),) = self._pool.extract_all([(self._part, download.name)])
        if isinstance(outcome, DocumentError):
            raise outcome
        return outcome.document.title

    def _put(self, origin: str, known: LibraryDocument | None, download: Download, title: str) -> Outcome:
        """Make what arrived the library's copy, and list it."""
        taken = {document.file for document in self._manifest.documents}
        taken |= {file.name for file in self._folder.iterdir()}
        file = known.file if known else free_name(download.name, taken)
        _flush(self._part)
        self._part.replace(self._folder / file)
        status: Status = "updated" if known else "new"
        document = LibraryDocument(
            url=origin if _is_address(origin) else None,
            path=None if _is_address(origin) else origin,
            file=file,
            title=title,
            etag=download.etag,
            last_modified=download.last_modified,
            sha256=download.sha256,
            size=download.size,
            fetched_at=datetime.now(UTC).replace(microsecond=0),
            status=status,
        )
        self._list(document)
        return Outcome(status, origin, file)

    def _keep(
        self,
        origin: str,
        known: LibraryDocument | None,
        status: Status,
        problem: str | None,
        download: Download | None = None,
    ) -> Outcome:
        """Leave the copy as it is, and note how the fetch went."""
        self._part.unlink(missing_ok=True)
        if known is None:
            return Outcome(status, origin, None, problem)
        noted = known.model_copy(update={"status": status, "problem": problem})
        if download:
            fresh = {"etag": download.etag, "last_modified": download.last_modified}
            noted = noted.model_copy(update=fresh)
        self._list(noted)
        return Outcome(status, origin, known.file, problem)

    def _list(self, document: LibraryDocument) -> None:
        self._manifest = self._manifest.with_document(document)
        write_manifest(self._folder, self._manifest)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LibraryError(
            f"another `assistant corpus` command works on {folder}; wait until it is done"
        ) from error
    except OSError as error:
        raise LibraryError(
            f"the library {folder} cannot be written: {error}; give another --data-dir"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _is_address(origin: str) -> bool:
    return "://" in origin


def _normal(origin: str) -> str:
    """An address without its fragment, or an absolute path: what the list knows the document by."""
    if not _is_address(origin):
        return str(Path(origin).expanduser().absolute())
    try:
        url = httpx.URL(origin).copy_with(fragment=None)
    except httpx.InvalidURL as error:
        raise LibraryError(f"{origin!r} is not an address: {error}") from error
    if not url.host and url.scheme in ("https", "http"):
        raise LibraryError(f"{origin!r} is not an address: it names no host")
    return str(url)


def _copy(source: Path, target: Path, max_bytes: int) -> Download:
    """Copy a file of this machine, as if it were downloaded."""
    if not source.exists():
        raise GoneError(f"there is no {source}")
    if not source.is_file():
        raise FetchError(f"{source} is not a file; name one PDF, or run `assistant ingest` on the folder")
    try:
        size = source.stat().st_size
        if size > max_bytes:
            raise FetchError(
                f"{source} is larger than {max_bytes / 1_000_000:g} MB; raise ASSISTANT_MAX_FILE_MB"
            )
        shutil.copyfile(source, target)
    except OSError as error:
        raise FetchError(f"{source} cannot be copied: {error.strerror}") from error
    return Download(safe_name([source.name]), None, None, _sha256(target), size)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flush(file: Path) -> None:
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
