"""Writes one generation: documents as they come, then the vectors, then the manifest.

Nobody reads the folder before it is published, so SQLite needs no journal here; `publish` flushes the files.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.documents import Chunk, ExtractedDocument
from assistant.index.embeddings import Vector, text_key
from assistant.index.generations import FORMAT_VERSION, Manifest
from assistant.index.schema import DOCUMENT_COLUMNS, SCHEMA, blocks_json, document_row
from assistant.index.vectors import Row, write_vectors

Analyse = Callable[[str, str], list[str]]
"""(text, language) to index terms."""


class GenerationWriter:
    """A generation in the making, in a folder from `new_generation`."""

    def __init__(self, folder: Path, *, analyse: Analyse) -> None:
        """Create the tables."""
        self.folder = folder
        self._analyse = analyse
        self._db = sqlite3.connect(folder / "index.sqlite")
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA)

    def add(self, extracted: ExtractedDocument, chunks: Sequence[Chunk], *, encoded_as: str = "") -> None:
        """Add a document with its chunks, which are in reading order; `encoded_as` as in `text_key`."""
        document = extracted.document
        document_id = self._db.execute(
            f"INSERT INTO documents ({DOCUMENT_COLUMNS}, warnings) VALUES ({', '.join('?' * 11)})",
            (*document_row(document), json.dumps(extracted.warnings)),
        ).lastrowid
        self._db.executemany(
            "INSERT INTO pages VALUES (?, ?, ?, ?)",
            [(document_id, page.number, page.text, blocks_json(page.blocks)) for page in extracted.pages],
        )
        for chunk in chunks:
            search_text = chunk.search_text
            row_id = self._db.execute(
                "INSERT INTO chunks VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
                (
                    chunk.chunk_id,
                    document_id,
                    chunk.page_number,
                    *chunk.span,
                    json.dumps(chunk.section, ensure_ascii=False),
                    text_key(search_text, encoded_as),
                ),
            ).lastrowid
            terms = self._analyse(search_text, document.language)
            self._db.execute("INSERT INTO terms (rowid, tokens) VALUES (?, ?)", (row_id, " ".join(terms)))

    def keys(self) -> list[bytes]:
        """Keys of the vectors that this generation needs."""
        return [key for (key,) in self._db.execute("SELECT DISTINCT search_sha256 FROM chunks")]

    def finish(
        self,
        vector: Callable[[bytes], Vector],
        *,
        encoder: str,
        fingerprint: str,
        dimensions: int,
        chunking_version: int,
        code_version: str,
        records_version: str,
        sources: Sequence[str],
    ) -> Manifest:
        """Write the vectors and the manifest, and close everything.

        Args:
            vector: The vector of a key of `keys`.
            encoder: Name for people.
            fingerprint: The encoder's.
            dimensions: Of each vector.
            chunking_version: As in `assistant.ingest.chunks`.
            code_version: Of the code that made pages and index terms.
            records_version: Of the code that made records of pages.
            sources: Absolute paths to ingest again.
        """
        self._db.execute("INSERT INTO terms (terms) VALUES ('optimize')")
        self._db.commit()
        write_vectors(self.folder / "chroma", self._vector_rows(vector))
        manifest = Manifest(
            format_version=FORMAT_VERSION,
            encoder=encoder,
            encoder_fingerprint=fingerprint,
            dimensions=dimensions,
            chunking_version=chunking_version,
            code_version=code_version,
            records_version=records_version,
            created=datetime.now(UTC),
            sources=tuple(sources),
            documents=self._count("documents"),
            pages=self._count("pages"),
            chunks=self._count("chunks"),
        )
        self._db.close()
        (self.folder / "manifest.json").write_text(manifest.model_dump_json(indent=2), "utf-8")
        return manifest

    def close(self) -> None:
        """Close the database, finished or not."""
        self._db.close()

    def _count(self, table: str) -> int:
        return int(self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def _vector_rows(self, vector: Callable[[bytes], Vector]) -> Iterator[Row]:
        rows = self._db.execute(
            "SELECT chunk_id, search_sha256, page_number, path, kind, language, ecosystem"
            " FROM chunks JOIN documents ON documents.id = document_id ORDER BY path, chunks.id"
        )
        for chunk_id, key, page, path, kind, language, ecosystem in rows:
            metadata: dict[str, Any] = {
                "document": path,
                "kind": kind,
                "language": language,
                "ecosystem": ecosystem,
                "page": page,
            }
            yield chunk_id, vector(key), metadata
