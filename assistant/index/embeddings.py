"""Vectors remembered between ingestions, so that no text is encoded twice by the same encoder.

A vector's key is the encoder's space and the SHA-256 of the text and of what encodes it. Every batch is
committed when it is ready: an ingestion that was killed goes on where it stopped. Rows that the live
generation does not use are pruned.
"""

import hashlib
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


def text_key(text: str, encoded_as: str = "") -> bytes:
    """Key of a text, 32 bytes; `encoded_as` comes from `Encoder.encodes_as`."""
    return hashlib.sha256(f"{encoded_as}{text}".encode("utf-8", "surrogatepass")).digest()


class EmbeddingCache:
    """The vectors of one encoder. Only for the holder of the ingest lock."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        """Open or create the cache at `path`; an unreadable one is started anew: it can be recomputed."""
        self._fingerprint = fingerprint
        try:
            self._db = _connect(path)
        except sqlite3.DatabaseError:
            path.unlink()
            self._db = _connect(path)

    def known(self, keys: Collection[bytes]) -> set[bytes]:
        """Those of `keys` whose vector is remembered."""
        query = "SELECT 1 FROM embeddings WHERE fingerprint = ? AND key = ?"
        return {key for key in keys if self._db.execute(query, (self._fingerprint, key)).fetchone()}

    def get(self, key: bytes) -> Vector:
        """The vector of a key: (dim,), float32.

        Raises:
            KeyError: it is not remembered.
        """
        query = "SELECT vector FROM embeddings WHERE fingerprint = ? AND key = ?"
        row = self._db.execute(query, (self._fingerprint, key)).fetchone()
        if row is None:
            raise KeyError(key.hex())
        return np.frombuffer(row[0], dtype="<f4")

    def put(self, vectors: Mapping[bytes, Vector]) -> None:
        """Remember vectors; they survive a kill once this returns."""
        with self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)",
                [(self._fingerprint, key, vector.astype("<f4").tobytes()) for key, vector in vectors.items()],
            )

    def prune(self, used: Sequence[bytes]) -> None:
        """Forget all but the vectors of `used`, other encoders' too."""
        with self._db:
            self._db.execute("CREATE TEMP TABLE used (key BLOB PRIMARY KEY) WITHOUT ROWID")
            self._db.executemany("INSERT OR IGNORE INTO used VALUES (?)", ((key,) for key in used))
            self._db.execute(
                "DELETE FROM embeddings WHERE fingerprint != ? OR key NOT IN (SELECT key FROM used)",
                (self._fingerprint,),
            )
            self._db.execute("DROP TABLE used")

    def clear(self) -> None:
        """Forget everything."""
        with self._db:
            self._db.execute("DELETE FROM embeddings")

    def close(self) -> None:
        """Close the database."""
        self._db.close()


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path)
    try:
        db.execute(
            "CREATE TABLE IF NOT EXISTS embeddings"
            " (fingerprint TEXT, key BLOB, vector BLOB NOT NULL, PRIMARY KEY (fingerprint, key))"
            " WITHOUT ROWID"
        )
        db.execute("SELECT count(*) FROM embeddings").fetchone()
    except sqlite3.DatabaseError:
        db.close()
        raise
    return db
