"""A source file: Markdown below a YAML front matter that says what the document is.

The front matter is checked when it is read, so that a typo in a kind, a country or a source code is an
error with the file's name and not a wrong PDF.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Kind = Literal["pact", "partnership", "blueprint", "instrument", "funding", "catalogue"]
EntryLayout = Literal["lines", "table", "columns", "sheet"]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]


class SourceError(Exception):
    """A source file that cannot be typeset; the message names the file and what is wrong."""


class RecordSelection(BaseModel):
    """Which training records a catalogue prints; an empty list does not restrict."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ecosystems: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    countries: tuple[Country, ...] = ()
    group_by: Literal["country", "kind"] = "country"


class FrontMatter(BaseModel):
    """What a document is. `as_of` is the day on which its facts were last gathered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    kind: Kind
    language: Language = "en"
    ecosystem: str = ""
    countries: tuple[Country, ...] = Field(("EU",), description="ISO 3166-1 alpha-2 codes; EU for all")
    as_of: date
    subject: str
    keywords: tuple[str, ...] = ()
    layout: EntryLayout = "lines"
    records: RecordSelection | None = None
    references: dict[str, str] = Field({}, description="Source codes that only this document uses")


class Source(BaseModel):
    """One source file: `path` is relative to the sources folder, with forward slashes and without `.md`."""

    model_config = ConfigDict(frozen=True)

    path: str
    front: FrontMatter
    body: str

    @property
    def document(self) -> str:
        """Path of the PDF under the corpus folder."""
        return f"{self.path}.pdf"


def read_source(file: Path, *, root: Path) -> Source:
    """Read one Markdown file under `root`.

    Raises:
        SourceError: there is no front matter, or it does not fit `FrontMatter`.
    """
    path = file.relative_to(root).with_suffix("").as_posix()
    parts = file.read_text("utf-8").split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise SourceError(f"{path}: found no front matter between two lines of '---'")
    try:
        front = FrontMatter.model_validate(yaml.safe_load(parts[1]))
    except (ValidationError, yaml.YAMLError) as error:
        raise SourceError(f"{path}: {error}") from error
    return Source(path=path, front=front, body=parts[2])


def read_sources(root: Path) -> list[Source]:
    """Every source file under `root`, by path."""
    return [read_source(file, root=root) for file in sorted(root.rglob("*.md"))]
