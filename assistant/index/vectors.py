"""The Chroma part of a generation: written once, then read through a private view.

Opening a Chroma folder is not a read. Measured with chromadb 1.5.9 (strace, checksums before and after two
processes opened and queried one folder):

- every open of `chroma.sqlite3` commits a row to its table `acquire_write`, also when only queries follow;
- vectors below the sync threshold (1,000 by default) live in SQLite only, and every open truncates and
  rewrites the HNSW files to replay them, while another process may have them mapped;
- once everything is synced (threshold 2, the least allowed) the HNSW files are opened but never written.

So we write with threshold 2, and a reader opens a view of its own in a temporary folder: a copy of the small
`chroma.sqlite3`, and links to the HNSW folders. A folder that was never synced (a single vector) is copied.
"""

import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.types import Where

COLLECTION = "chunks"
BATCH = 5000  # Chroma refuses more than 5,461 rows at once

_HNSW = {
    "space": "cosine",
    "sync_threshold": 2,
    "batch_size": 2,
    "ef_search": 200,  # above the largest top_k in use, so that small collections are searched exactly
}

Row = tuple[str, np.ndarray, dict[str, Any]]
"""Chunk id, vector of length 1 and scalar metadata."""


def write_vectors(folder: Path, rows: Iterable[Row]) -> None:
    """Write a new Chroma folder with one collection, complete and closed."""
    client = _client(folder)
    try:
        collection = client.create_collection(
            COLLECTION,
            embedding_function=None,
            configuration=cast("CreateCollectionConfiguration", {"hnsw": _HNSW}),
        )
        for batch in _batches(rows):
            ids, vectors, metadatas = zip(*batch, strict=True)
            collection.add(ids=list(ids), embeddings=np.stack(vectors), metadatas=list(metadatas))
    finally:
        client.close()
    with sqlite3.connect(folder / "chroma.sqlite3", isolation_level=None) as db:
        db.execute("VACUUM")  # the vectors' queue is purged by now: 11 MB become 1.4 MB at 6,500 chunks
    db.close()


class VectorView:
    """A private view of a published Chroma folder. Threads may query it together."""

    def __init__(self, folder: Path) -> None:
        """Open a view of `folder`, which is only read. Whatever chromadb raises comes through."""
        self._copy = tempfile.TemporaryDirectory(prefix="assistant-index-")
        view = Path(self._copy.name)
        for part in folder.iterdir():
            if not part.is_dir():
                shutil.copy2(part, view / part.name)
            elif (part / "index_metadata.pickle").is_file():
                (view / part.name).symlink_to(part.absolute(), target_is_directory=True)
            else:
                shutil.copytree(part, view / part.name)
        self._client = _client(view)
        self.close = weakref.finalize(self, _close, self._client, self._copy)
        """Close the client and remove the view; runs by itself when the view is let go."""
        self._collection = self._client.get_collection(COLLECTION, embedding_function=None)

    def count(self) -> int:
        """Vectors in the collection."""
        return self._collection.count()

    def query(
        self, vector: np.ndarray, *, top_k: int, documents: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        """The nearest chunks as (chunk id, cosine similarity), best first; equal ones are ordered by id.

        Args:
            vector: (dim,) float32.
            top_k: At most this many.
            documents: Only chunks of these documents; None for all. Must not be empty.
        """
        found = self._collection.query(
            query_embeddings=[vector],
            n_results=top_k,
            where=None if documents is None else cast("Where", {"document": {"$in": list(documents)}}),
            include=["distances"],
        )
        distances = found["distances"] or [[]]
        hits = [
            (chunk_id, 1.0 - float(distance))
            for chunk_id, distance in zip(found["ids"][0], distances[0], strict=True)
        ]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))


def _close(client: "Client", copy: tempfile.TemporaryDirectory[str]) -> None:
    client.close()
    copy.cleanup()


def _client(folder: Path) -> "Client":
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    return cast("Client", chromadb.PersistentClient(str(folder), settings=settings))


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch
