"""The SQL half of a generation: tables, and our types to rows and back.

The full text holds index terms as `assistant.retrieval.text.analyse` makes them, joined by spaces. The
tokenizer therefore only splits at white space: every other category of characters counts as part of a term.
"""

import json
from datetime import date
from typing import Any

from assistant.documents import Block, Document, Page

SCHEMA = """
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, title TEXT NOT NULL, sha256 TEXT NOT NULL,
    page_count INTEGER NOT NULL, kind TEXT NOT NULL, language TEXT NOT NULL, ecosystem TEXT NOT NULL,
    countries TEXT NOT NULL, as_of TEXT, source_file TEXT NOT NULL, warnings TEXT NOT NULL
);
CREATE TABLE pages (
    document_id INTEGER NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL, blocks TEXT NOT NULL,
    PRIMARY KEY (document_id, number)
) WITHOUT ROWID;
-- rows of one document are contiguous and in reading order
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY, chunk_id TEXT NOT NULL UNIQUE, document_id INTEGER NOT NULL,
    page_number INTEGER NOT NULL, span_start INTEGER NOT NULL, span_end INTEGER NOT NULL,
    section TEXT NOT NULL, search_sha256 BLOB NOT NULL
);
CREATE INDEX chunks_by_document ON chunks (document_id);
CREATE VIRTUAL TABLE terms USING fts5(
    tokens, content='', tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"
);
"""

DOCUMENT_COLUMNS = "path, title, sha256, page_count, kind, language, ecosystem, countries, as_of, source_file"


def document_row(document: Document) -> tuple[Any, ...]:
    """Values of DOCUMENT_COLUMNS."""
    return (
        document.path,
        document.title,
        document.sha256,
        document.page_count,
        document.kind,
        document.language,
        document.ecosystem,
        json.dumps(document.countries),
        document.as_of.isoformat() if document.as_of else None,
        document.source_file,
    )


def document_from(row: tuple[Any, ...]) -> Document:
    """The document of a row of DOCUMENT_COLUMNS."""
    values: dict[str, Any] = dict(zip(DOCUMENT_COLUMNS.split(", "), row, strict=True))
    values["countries"] = tuple(json.loads(values["countries"]))
    values["as_of"] = date.fromisoformat(values["as_of"]) if values["as_of"] else None
    return Document(**values)


def blocks_json(blocks: tuple[Block, ...]) -> str:
    """Blocks as compact JSON."""
    return json.dumps([block.row() for block in blocks], ensure_ascii=False, separators=(",", ":"))


def page_from(number: int, text: str, blocks: str) -> Page:
    """The page of a row."""
    return Page(
        number,
        text,
        tuple(
            Block(
                kind,
                (span[0], span[1]),
                level,
                tuple(columns),
                tuple((cell[0], cell[1]) for cell in cells),
                *map(tuple, rest),
            )
            for kind, span, level, columns, cells, *rest in json.loads(blocks)
        ),
    )
