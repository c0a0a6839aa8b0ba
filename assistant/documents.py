"""What ingestion makes of a PDF: pages, blocks and chunks, each leading back to characters of a page.

The page text is the one truth. It is the text as extracted, cleaned (running headers and footers gone,
hyphenation undone, NFKC), with one line per block. A chunk and a quote are slices of it, so that "this
sentence stands on that page" can be checked by anyone. Words that help a search but do not stand in the
slice itself (section path, column names) are kept beside it, never mixed into it.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

_ADDRESS = re.compile(r"https?://(?:www\.)?([^\s/?#]+)\S*")

BlockKind = Literal["heading", "paragraph", "list_item", "table_header", "table_row", "caption"]


@dataclass(frozen=True, slots=True)
class Block:
    """One line of the page text with its role."""

    kind: BlockKind
    span: tuple[int, int]
    """Half-open, characters of the page text."""
    level: int = 0
    """Heading level from 1; 0 for everything else."""
    columns: tuple[str, ...] = ()
    """For a table row: the column names, as many as `cells`; empty when the table has none."""
    cells: tuple[tuple[int, int], ...] = ()
    """For a table row or header: span of each cell, in column order, within the page text."""
    seams: tuple[int, ...] = ()
    """Where, within `span`, the print changes: another line begins, or other type."""
    places: tuple[int, ...] = ()
    """For a table row or header: the column of each cell, from 0; empty when it is not known."""

    def row(self) -> list[Any]:
        """Its fields in order, for JSON."""
        return [self.kind, self.span, self.level, self.columns, self.cells, self.seams, self.places]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `number` counts from 1; `text` is "\\n".join of the blocks' slices."""

    number: int
    text: str
    blocks: tuple[Block, ...] = ()

    def slice(self, span: tuple[int, int]) -> str:
        """The characters of `span`."""
        return self.text[span[0] : span[1]]


@dataclass(frozen=True, slots=True)
class Document:
    """A document's metadata; an unknown field is empty, never a guess."""

    path: str
    """Under the folder that was ingested, with forward slashes: the name that citations use."""
    title: str
    sha256: str
    page_count: int
    kind: str = "document"
    """pact, partnership, blueprint, instrument, funding, catalogue or document."""
    language: str = ""
    """ISO 639-1 code, or ""."""
    ecosystem: str = ""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 codes; "EU" for all."""
    as_of: date | None = None
    """The date of which the document says that its facts hold, else its own date."""
    source_file: str = ""
    """Absolute path of the file on this machine."""


@dataclass(frozen=True, slots=True)
class ExtractedDocument:
    """All that extraction learnt about one file."""

    document: Document
    pages: tuple[Page, ...]
    warnings: tuple[str, ...] = ()
    """For example "pages 4, 9: no text layer"."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of one page that fits the encoder's window."""

    chunk_id: str
    """`c1:` + 16 hex digits of a hash of document path, page, span and text."""
    document: str
    page_number: int
    span: tuple[int, int]
    text: str
    """Exactly the page text at `span`."""
    section: tuple[str, ...] = ()
    """Headings above it, outermost first."""
    blocks: tuple[Block, ...] = field(default=(), compare=False)
    """The page's blocks within `span`, in whole or in part (their spans count from the page's start)."""

    @property
    def search_text(self) -> str:
        """What is encoded and searched: section path and column names, then the text.

        Of an address only the host is kept and of the path what the text does not repeat: they were a quarter
        of all tokens of the corpus, and the rest of an address means nothing to a reader's question.
        """
        lines = self.text.splitlines()
        path = [heading for heading in self.section if heading not in lines]
        columns = dict.fromkeys(name for block in self.blocks for name in block.columns if name)
        heads = [" > ".join(path), ", ".join(columns)]
        return "\n".join([head for head in heads if head] + [_ADDRESS.sub(r"\1", self.text)])
