"""Where an index lies on disk, which generation is live, and who may remove an old one.

    <index_dir>/current                   name of the live generation; replaced atomically
    <index_dir>/generations/<id>/         one immutable, complete index
        manifest.json  index.sqlite  chroma/  lock
    <index_dir>/embeddings.sqlite         vectors remembered between ingestions
    <index_dir>/ingest.lock               held by the one writer

A generation is written beside the live one and becomes visible only when `current` is replaced, so a kill at
any moment leaves the last good one. A reader holds a shared lock on the generation's `lock` file; the writer
removes a generation only under the exclusive one, after renaming it away, so no reader ever sees half of it.
"""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import IndexDamagedError, IndexMismatchError, IndexMissingError

FORMAT_VERSION = 1
"""Of the files in a generation; raised when a reader of today could not read those of yesterday."""

_OPEN_ATTEMPTS = 5  # each is lost only if a whole ingestion publishes between two system calls


class Manifest(BaseModel):
    """What a generation was made with and what it holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format_version: int
    encoder: str
    encoder_fingerprint: str
    dimensions: int
    chunking_version: int
    code_version: str
    """Of the code that made pages and index terms; see `assistant.ingest.pipeline`."""
    records_version: str = ""
    """Of the code that makes records of pages; documents need not be read anew when it changes."""
    created: datetime
    sources: tuple[str, ...]
    """Absolute paths of the files and folders that are ingested again when no path is named."""
    documents: int
    pages: int
    chunks: int


def generation_dir(index_dir: Path, generation: str) -> Path:
    """Folder of one generation."""
    return index_dir / "generations" / generation


def new_generation(index_dir: Path) -> Path:
    """Create the folder of a generation that nobody reads yet; its name sorts by time."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    folder = generation_dir(index_dir, name)
    folder.mkdir(parents=True)
    (folder / "lock").touch()
    return folder


def current_generation(index_dir: Path) -> str | None:
    """Name of the live generation, or None when nothing was published.

    Raises:
        IndexDamagedError: the pointer cannot be read or is not a name.
    """
    pointer = index_dir / "current"
    try:
        name = pointer.read_text("ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise damaged(pointer, str(error)) from error
    if not name or "/" in name or name.startswith("."):
        raise damaged(pointer, f"{name!r} is not a generation")
    return name


def publish(folder: Path) -> None:
    """Make a complete generation the live one: flush all of it to the disk, then replace the pointer."""
    for parent, _, files in os.walk(folder):
        for file in files:
            _flush(Path(parent, file))
        _flush(Path(parent))
    _flush(folder.parent)
    index_dir = folder.parent.parent
    fresh = index_dir / "current.new"
    fresh.write_text(f"{folder.name}\n", "ascii")
    _flush(fresh)
    fresh.replace(index_dir / "current")
    _flush(index_dir)


def open_current(index_dir: Path) -> tuple[Path, IO[bytes]]:
    """Lock the live generation for reading.

    Returns:
        Its folder and the open lock file; while that stays open nobody removes the folder.
    Raises:
        IndexMissingError, IndexDamagedError
    """
    for _ in range(_OPEN_ATTEMPTS):
        name = current_generation(index_dir)
        if name is None:
            raise IndexMissingError(f"no index in {index_dir}; run `assistant ingest`")
        folder = generation_dir(index_dir, name)
        try:
            lock = (folder / "lock").open("rb")
        except OSError:
            continue  # replaced and removed since we read the pointer, or really gone
        fcntl.flock(lock, fcntl.LOCK_SH)
        if folder.is_dir():
            return folder, lock
        lock.close()
    raise damaged(index_dir, f"generation {name} is gone")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation.

    Raises:
        IndexDamagedError: missing or unreadable.
        IndexMismatchError: written in another format.
    """
    path = folder / "manifest.json"
    try:
        values = json.loads(path.read_text("utf-8"))
        found = values["format_version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(path, str(error)) from error
    if found != FORMAT_VERSION:
        raise IndexMismatchError(
            f"index at {folder} has format {found}, this version reads {FORMAT_VERSION}; "
            "run `assistant ingest --rebuild`"
        )
    try:
        return Manifest.model_validate(values)
    except ValidationError as error:
        raise damaged(path, str(error)) from error


def remembered_sources(index_dir: Path) -> tuple[str, ...]:
    """Sources of the live generation, also of one that is damaged or of another format; () if unknown."""
    try:
        name = current_generation(index_dir)
        if name is None:
            return ()
        values = json.loads((generation_dir(index_dir, name) / "manifest.json").read_text("utf-8"))
        return tuple(str(source) for source in values["sources"])
    except (IndexDamagedError, OSError, ValueError, KeyError, TypeError):
        return ()


def remove_leftovers(index_dir: Path) -> None:
    """Remove every generation that is neither live nor read by anyone. Only for the ingest lock's holder."""
    try:
        current = current_generation(index_dir)
    except IndexDamagedError:
        return  # which one was live is for the next one to settle
    for folder in _generations(index_dir):
        if folder.name == current:
            continue
        if folder.name.startswith("."):  # renamed by a clean-up that was cut off
            shutil.rmtree(folder, ignore_errors=True)
            continue
        with (folder / "lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            away = folder.with_name(f".{folder.name}")
            folder.rename(away)
        shutil.rmtree(away, ignore_errors=True)


def damaged(path: Path, what: str) -> IndexDamagedError:
    """The error for files of an index that are missing or unreadable."""
    return IndexDamagedError(f"index at {path} is damaged ({what}); run `assistant ingest --rebuild`")


def _generations(index_dir: Path) -> Iterator[Path]:
    folder = index_dir / "generations"
    return iter(sorted(folder.iterdir()) if folder.is_dir() else ())


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
