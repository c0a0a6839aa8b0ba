"""The list of the library: which documents it holds, where each came from and how its last fetch went.

    <data_dir>/library/manifest.json      the list; replaced atomically after each document
    <data_dir>/library/*.pdf              the documents

The folder belongs to the reader too: a file that the list does not name is never replaced.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.errors import LibraryError

Status = Literal["new", "updated", "unchanged", "failed", "gone"]

_LONGEST_STEM = 100  # characters; with accents some 200 bytes of the 255 that file systems allow


class LibraryDocument(BaseModel):
    """One document of the library; exactly one of `url` and `path` says where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str | None = None
    path: str | None = None
    """Absolute path of the original on this machine."""
    file: str = Field(pattern=r"^[^./\\\x00][^/\\\x00]*$")
    """Name in the library folder."""
    title: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    sha256: str
    size: int
    """Bytes."""
    fetched_at: datetime
    """When its present content was fetched."""
    status: Status
    """How the last fetch went; the copy stays when it failed or the original is gone."""
    problem: str | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.url is None) == (self.path is None):
            raise ValueError("a document has either a url or a path")
        return self

    @property
    def origin(self) -> str:
        """The address or path that it comes from."""
        return self.url or self.path or ""


class LibraryManifest(BaseModel):
    """The whole list, in the order in which documents were added."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    documents: tuple[LibraryDocument, ...] = ()

    def find(self, origin: str) -> LibraryDocument | None:
        """The document of that address or path."""
        return next((document for document in self.documents if document.origin == origin), None)

    def with_document(self, document: LibraryDocument) -> "LibraryManifest":
        """The list with this document added, or put in place of the one with its origin."""
        if self.find(document.origin) is None:
            return LibraryManifest(documents=(*self.documents, document))
        return LibraryManifest(
            documents=tuple(document if each.origin == document.origin else each for each in self.documents)
        )


class PublicDocument(BaseModel):
    """A public document that may be fetched; nobody has checked that its address still works."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    publisher: str
    year: int | None
    language: str
    kind: str
    topic: str
    url: str
    format: Literal["pdf"]
    checked: bool


def read_manifest(library: Path) -> LibraryManifest:
    """The list of the library in that folder; empty when there is none yet.

    Raises:
        LibraryError: it cannot be read.
    """
    file = library / "manifest.json"
    try:
        return LibraryManifest.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return LibraryManifest()
    except (OSError, ValidationError) as error:
        raise LibraryError(
            f"the library's list {file} cannot be read: {error}; repair it, or remove it and add the "
            "documents again"
        ) from error


def write_manifest(library: Path, manifest: LibraryManifest) -> None:
    """Put the list in place of the one before, at once."""
    fresh = library / ".manifest.json.part"
    text = json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=1)
    fresh.write_text(f"{text}\n", "utf-8")
    fresh.replace(library / "manifest.json")


def read_public_documents(file: Path) -> tuple[PublicDocument, ...]:
    """The public documents that a YAML file lists.

    Raises:
        LibraryError: there is no such file, or it does not fit `PublicDocument`.
    """
    try:
        entries = yaml.safe_load(file.read_text("utf-8"))["documents"]
        return tuple(PublicDocument.model_validate(entry) for entry in entries)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValidationError) as error:
        raise LibraryError(f"the list of public documents {file} cannot be read: {error}") from error


def safe_name(candidates: Iterable[str | None]) -> str:
    """A file name for the library from the first usable of the names that others propose.

    Keeps letters and digits of any script, dots, hyphens and underscores of the last path segment. The
    name never begins with a dot, and ends in `.pdf`.
    """
    for candidate in candidates:
        last = re.split(r"[/\\]", unicodedata.normalize("NFC", candidate or ""))[-1]
        stem = re.sub(r"\.pdf$", "", last, flags=re.IGNORECASE)
        stem = re.sub(r"[^\w.-]+", "-", stem).strip("-._")[:_LONGEST_STEM].strip("-._")
        if re.search(r"\w", stem):
            return f"{stem}.pdf"
    return "document.pdf"


def free_name(name: str, taken: Iterable[str]) -> str:
    """`name`, or with -2, -3 and so on when the library has that name, whatever its case."""
    used = {each.casefold() for each in taken}
    stem = name.removesuffix(".pdf")
    number = 1
    while name.casefold() in used:
        number += 1
        name = f"{stem}-{number}.pdf"
    return name
