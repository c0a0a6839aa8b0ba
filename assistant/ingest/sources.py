"""Finds the documents in files and folders, and gives each the name that citations use."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from assistant.ingest.formats import is_known
from assistant.ingest.report import Failure

IGNORE_FILE = ".assistantignore"
"""Lists, one pattern a line, the names of files and folders beside it that are no documents to read."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to index."""

    file: Path
    """Absolute."""
    name: str
    """Path under its source folder, with forward slashes; unique among the files found together."""
    sha256: str | None
    """Of the content; None when it cannot be read."""


def find_files(sources: Sequence[Path]) -> tuple[list[FoundFile], list[Failure]]:
    """All documents under `sources`, by name, and what could not be read.

    Hidden files and folders and those named in `.assistantignore` are left out. Links are followed, and a
    file reached on two ways is found once. When two files would have the same name, the later source's
    folder is put before it.

    Args:
        sources: Absolute paths of files and folders that exist.
    """
    found: dict[str, FoundFile] = {}
    failures: list[Failure] = []
    seen: set[Path] = set()
    for source in sources:
        root = source if source.is_dir() else source.parent
        for file in _documents(source, failures):
            real = file.resolve()
            if real in seen:
                continue
            seen.add(real)
            name = _free_name(file, root, found)
            try:
                str(file).encode("utf-8")
                found[name] = FoundFile(file, name, _sha256(file))
            except UnicodeEncodeError:
                printable = name.encode("utf-8", "backslashreplace").decode("utf-8")
                failures.append(Failure(printable, None, "bad name", "its name is not UTF-8; rename it"))
            except OSError as error:
                found[name] = FoundFile(file, name, None)
                failures.append(_unreadable(name, error))
    return sorted(found.values(), key=lambda each: each.name), failures


def _documents(source: Path, failures: list[Failure]) -> Iterator[Path]:
    if source.is_file():
        yield source
        return

    def failed(error: OSError) -> None:
        failures.append(_unreadable(str(error.filename), error))

    folders: set[tuple[int, int]] = set()
    for folder, subfolders, files in os.walk(source, followlinks=True, onerror=failed):
        place = Path(folder).stat()
        if (place.st_dev, place.st_ino) in folders:
            subfolders.clear()
            continue
        folders.add((place.st_dev, place.st_ino))
        ignored = [".*", *_ignored(Path(folder, IGNORE_FILE))]
        subfolders[:] = sorted(name for name in subfolders if not _matches(name, ignored))
        for name in sorted(files):
            path = Path(folder, name)
            if is_known(path) and not _matches(name, ignored) and path.is_file():
                yield path


def _ignored(file: Path) -> list[str]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _free_name(file: Path, root: Path, taken: dict[str, FoundFile]) -> str:
    name = file.relative_to(root).as_posix()
    for folder in (root, *root.parents):
        if name not in taken:
            break
        name = f"{folder.name}/{name}"
    return name


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unreadable(name: str, error: OSError) -> Failure:
    return Failure(
        name, None, "unreadable", f"{name} cannot be read: {error.strerror}; check that it may be read"
    )
