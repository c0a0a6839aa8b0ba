"""The index as its readers see it: one generation, immutable, safe to share between threads.

A reader goes on answering from its generation while a newer one is published; `is_current` tells when to open
the index again. Chroma is imported and opened by the first dense search, since that costs about a second.
"""

import json
import math
import sqlite3
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from assistant.documents import Chunk, Document, ExtractedDocument, Page
from assistant.errors import IndexMismatchError
from assistant.index.generations import Manifest, current_generation, damaged, open_current, read_manifest
from assistant.index.schema import DOCUMENT_COLUMNS, document_from, page_from
from assistant.index.vectors import VectorView
from assistant.ingest.chunks import CHUNKING_VERSION, blocks_within
from assistant.retrieval.encoder import space_of

_CHUNK_COLUMNS = "chunks.id, chunk_id, path, page_number, span_start, span_end, section"
_CHUNKS = f"SELECT {_CHUNK_COLUMNS} FROM chunks JOIN documents ON documents.id = document_id"
_CACHED_PAGES = 2000  # some 10 kB each
_MAX_PARAMETERS = 500  # per statement; SQLite allows no fewer than 999, and as many SELECTs in one UNION


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents to search. Fields narrow together; in a field any value will do; empty means all."""

    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    ecosystems: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    """ISO codes; a document for all of the EU is matched by "EU" only."""
    documents: tuple[str, ...] = ()
    """Paths."""

    def matches(self, document: Document) -> bool:
        """Whether the document is to be searched."""
        return (
            (not self.kinds or document.kind in self.kinds)
            and (not self.languages or document.language in self.languages)
            and (not self.ecosystems or document.ecosystem in self.ecosystems)
            and (not self.countries or not set(self.countries).isdisjoint(document.countries))
            and (not self.documents or document.path in self.documents)
        )


class Index:
    """An open generation. Use as a context manager, or call `close`; one that is let go closes itself."""

    def __init__(self, index_dir: Path, folder: Path, lock: Any, manifest: Manifest) -> None:
        """Only for `open`."""
        self.generation = folder.name
        self.manifest = manifest
        self.chunk_count = manifest.chunks
        self._index_dir = index_dir
        self._folder = folder
        self._generation_lock = lock
        self._guard = threading.RLock()
        self._vectors: VectorView | None = None
        # immutable: SQLite neither locks nor looks for a journal, so a read-only folder will do
        self._db = sqlite3.connect(
            f"{(folder / 'index.sqlite').absolute().as_uri()}?mode=ro&immutable=1",
            uri=True,
            check_same_thread=False,
        )
        self._documents = {document.path: document for document in self._read_documents()}
        self._pages: dict[tuple[str, int], Page] = {}
        self._frequencies: dict[str, int] = {}

    @classmethod
    def open(cls, index_dir: Path, *, encoder_fingerprint: str | None = None) -> Self:
        """Open the live generation.

        Args:
            index_dir: As in `Settings.index_dir`.
            encoder_fingerprint: Of the encoder that will make query vectors; None when there will be none.
        Raises:
            IndexMissingError: nothing was ingested yet.
            IndexMismatchError: made with another encoder, chunking or format.
            IndexDamagedError: files are missing or unreadable.
        """
        folder, lock = open_current(index_dir)
        try:
            manifest = read_manifest(folder)
            _check_chunking(folder, manifest)
            try:
                index = cls(index_dir, folder, lock, manifest)
                found = index._rows("SELECT count(*) FROM chunks")[0][0]
            except sqlite3.DatabaseError as error:
                raise damaged(folder, str(error)) from error
            if found != manifest.chunks:
                raise damaged(folder, f"{found} chunks of {manifest.chunks}")
            if encoder_fingerprint is not None:
                index.check_encoder(encoder_fingerprint)
        except BaseException:
            lock.close()
            raise
        return index

    def __enter__(self) -> Self:
        """The index itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Free the generation, once no thread uses the index any more. Repeating it is harmless."""
        with self._guard:
            if self._vectors:
                self._vectors.close()
                self._vectors = None
            self._db.close()
            self._generation_lock.close()

    def __contains__(self, path: object) -> bool:
        """Whether there is a document of that path."""
        return path in self._documents

    def check_encoder(self, fingerprint: str) -> None:
        """Whether vectors of that encoder can be compared with the index's: whether they share a space.

        Raises:
            IndexMismatchError: they cannot.
        """
        built_with = self.manifest.encoder_fingerprint
        if space_of(built_with) != space_of(fingerprint):
            raise IndexMismatchError(
                f"index at {self._folder} was built with the encoder {built_with!r}, the settings ask for"
                f" {fingerprint!r}; run `assistant ingest --rebuild` or set ASSISTANT_ENCODER back"
            )

    @property
    def folder(self) -> Path:
        """Where the files of the generation lie."""
        return self._folder

    def is_current(self) -> bool:
        """Whether no newer generation was published. Cheap: reads one small file."""
        return current_generation(self._index_dir) == self.generation

    def documents(self) -> tuple[Document, ...]:
        """All documents, by path."""
        return tuple(self._documents.values())

    def document(self, path: str) -> Document:
        """The document of that path.

        Raises:
            KeyError: there is none.
        """
        return self._documents[path]

    def page(self, document: str, number: int) -> Page:
        """A page by document path and number, from 1.

        Raises:
            KeyError: there is none.
        """
        place = (document, number)
        page = self._pages.get(place)
        if page is None:
            rows = self._rows(
                "SELECT number, text, blocks FROM pages JOIN documents ON documents.id = document_id"
                " WHERE path = ? AND number = ?",
                *place,
            )
            if not rows:
                raise KeyError(place)
            if len(self._pages) >= _CACHED_PAGES:
                self._pages.clear()
            page = self._pages[place] = page_from(*rows[0])
        return page

    def content(self, document: str) -> tuple[ExtractedDocument, list[Chunk]]:
        """All that is stored of a document: what was extracted, and its chunks in reading order.

        Raises:
            KeyError: there is no such document.
        """
        found = self._documents[document]
        with_id = "WHERE document_id = (SELECT id FROM documents WHERE path = ?)"
        pages = self._rows(f"SELECT number, text, blocks FROM pages {with_id} ORDER BY number", document)
        ((warnings,),) = self._rows("SELECT warnings FROM documents WHERE path = ?", document)
        extracted = ExtractedDocument(
            found, tuple(page_from(*row) for row in pages), tuple(json.loads(warnings))
        )
        return extracted, self.document_chunks(document)

    def document_chunks(self, document: str) -> list[Chunk]:
        """The chunks of a document in reading order; none when there is no such document."""
        rows = self._rows(f"{_CHUNKS} WHERE path = ? ORDER BY chunks.id", document)
        return [self._chunk(row) for row in rows]

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The chunks of those ids, in the same order.

        Raises:
            KeyError: an id is not in this generation.
        """
        found: dict[str, Chunk] = {}
        for start in range(0, len(ids), _MAX_PARAMETERS):
            part = ids[start : start + _MAX_PARAMETERS]
            for row in self._rows(f"{_CHUNKS} WHERE chunk_id IN ({_marks(part)})", *part):
                found[row[1]] = self._chunk(row)
        return [found[chunk_id] for chunk_id in ids]

    def languages(self, ids: Collection[str]) -> dict[str, str]:
        """The language of the document of each chunk: ISO 639-1 code, or ""."""
        found: dict[str, str] = {}
        ordered = sorted(ids)
        for start in range(0, len(ordered), _MAX_PARAMETERS):
            part = ordered[start : start + _MAX_PARAMETERS]
            found |= dict(
                self._rows(
                    "SELECT chunk_id, language FROM chunks JOIN documents ON documents.id = document_id"
                    f" WHERE chunk_id IN ({_marks(part)})",
                    *part,
                )
            )
        return found

    def neighbours(self, chunk: Chunk) -> tuple[Chunk | None, Chunk | None]:
        """The chunks before and after this one in its document, in reading order.

        Raises:
            KeyError: the chunk is not in this generation.
        """
        rows = self._rows("SELECT id, document_id FROM chunks WHERE chunk_id = ?", chunk.chunk_id)
        if not rows:
            raise KeyError(chunk.chunk_id)
        row_id, document_id = rows[0]
        both = f"{_CHUNKS} WHERE document_id = ? AND chunks.id IN (?, ?)"
        rows = self._rows(both, document_id, row_id - 1, row_id + 1)
        around = {row[0]: self._chunk(row) for row in rows}
        return around.get(row_id - 1), around.get(row_id + 1)

    def document_frequency(self, term: str) -> int:
        """In how many chunks an index term occurs."""
        if term not in self._frequencies:
            query = "SELECT count(*) FROM terms WHERE terms MATCH ?"
            self._frequencies[term] = int(self._rows(query, _phrase(term))[0][0])
        return self._frequencies[term]

    def lexical_search(
        self, terms: Mapping[str, float], *, top_k: int, where: Filter | None = None
    ) -> list[tuple[str, float]]:
        """Chunks with any of the terms, by BM25 (k1 1.2, b 0.75, Lucene's idf, which is never negative).

        Args:
            terms: Index terms, as `assistant.retrieval.text.analyse` makes them, with their weights above 0.
            top_k: At most this many.
            where: Which documents to search.
        Returns:
            (chunk id, score), best first; score > 0; equal scores are ordered by id.
        """
        documents = self._paths(where)
        weighed = [
            (term, weight * self._idf_ratio(frequency))
            for term, weight in sorted(terms.items())
            if weight > 0 and (frequency := self.document_frequency(term))
        ]
        if not weighed or documents == []:
            return []
        scores: dict[str, float] = {}
        for start in range(0, len(weighed), _MAX_PARAMETERS):
            for chunk_id, score in self._score(weighed[start : start + _MAX_PARAMETERS], documents):
                scores[chunk_id] = scores.get(chunk_id, 0.0) + score
        return sorted(scores.items(), key=lambda hit: (-hit[1], hit[0]))[:top_k]

    def dense_search(
        self, vector: np.ndarray, *, top_k: int, where: Filter | None = None
    ) -> list[tuple[str, float]]:
        """Chunks whose vectors are nearest.

        Args:
            vector: (dim,) float32, made by the index's encoder.
            top_k: At most this many.
            where: Which documents to search.
        Returns:
            (chunk id, cosine similarity), best first; equal ones are ordered by id.
        Raises:
            IndexDamagedError: the vectors are missing or unreadable.
        """
        documents = self._paths(where)
        if not self.chunk_count or documents == []:
            return []
        vectors = self._open_vectors()
        return vectors.query(vector, top_k=min(top_k, self.chunk_count), documents=documents)

    def _open_vectors(self) -> VectorView:
        with self._guard:
            if self._vectors is None:
                try:
                    vectors = VectorView(self._folder / "chroma")
                    found = vectors.count()
                except Exception as error:  # chromadb raises its own, sqlite3's and OSError alike
                    raise damaged(self._folder / "chroma", str(error)) from error
                if found != self.chunk_count:
                    vectors.close()
                    raise damaged(self._folder / "chroma", f"{found} vectors of {self.chunk_count}")
                self._vectors = vectors
            return self._vectors

    def _paths(self, where: Filter | None) -> list[str] | None:
        """Paths that the filter lets through; None when it lets all through."""
        if where is None:
            return None
        paths = [path for path, document in self._documents.items() if where.matches(document)]
        return None if len(paths) == len(self._documents) else paths

    def _score(self, terms: list[tuple[str, float]], documents: list[str] | None) -> list[Any]:
        each = "SELECT rowid AS id, -bm25(terms) * ? AS score FROM terms WHERE terms MATCH ?"
        where = ""
        parameters: list[Any] = [value for term, weight in terms for value in (weight, _phrase(term))]
        if documents is not None:
            where = "WHERE path IN (SELECT value FROM json_each(?))"
            parameters.append(json.dumps(documents))
        return self._rows(
            f"WITH scored AS MATERIALIZED ({' UNION ALL '.join([each] * len(terms))})"
            " SELECT chunk_id, sum(score) FROM scored JOIN chunks USING (id)"
            f" JOIN documents ON documents.id = document_id {where} GROUP BY chunks.id",
            *parameters,
        )

    def _idf_ratio(self, frequency: int) -> float:
        """From FTS5's idf, which is nearly 0 for a term that half of the chunks have, to Lucene's."""
        classic = math.log((self.chunk_count - frequency + 0.5) / (frequency + 0.5))
        lucene = math.log1p((self.chunk_count - frequency + 0.5) / (frequency + 0.5))
        return lucene / (classic if classic > 0 else 1e-6)  # 1e-6: what FTS5 takes instead

    def _read_documents(self) -> list[Document]:
        rows = self._rows(f"SELECT {DOCUMENT_COLUMNS} FROM documents ORDER BY path")
        return [document_from(row) for row in rows]

    def _chunk(self, row: tuple[Any, ...]) -> Chunk:
        _, chunk_id, path, page_number, start, end, section = row
        page = self.page(path, page_number)
        return Chunk(
            chunk_id,
            path,
            page_number,
            (start, end),
            page.slice((start, end)),
            tuple(json.loads(section)),
            blocks_within(page, (start, end)),
        )

    def _rows(self, query: str, *parameters: Any) -> list[Any]:
        with self._guard:
            try:
                return self._db.execute(query, parameters).fetchall()
            except sqlite3.DatabaseError as error:
                raise damaged(self._folder, str(error)) from error


def _check_chunking(folder: Path, manifest: Manifest) -> None:
    if manifest.chunking_version != CHUNKING_VERSION:
        raise IndexMismatchError(
            f"index at {folder} was cut with chunking {manifest.chunking_version}, this version uses"
            f" {CHUNKING_VERSION}; run `assistant ingest --rebuild`"
        )


def _phrase(term: str) -> str:
    quoted = term.replace('"', '""')
    return f'"{quoted}"'


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
