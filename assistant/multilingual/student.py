"""The student at run time: numpy, a file of some 25 MB, no torch.

vector = normalise(W r + W1 relu(W2 r + b2) + b), where r is the sum of the vectors of a text's known n-grams
over the square root of their number. The n-gram vectors are bytes with one scale for each.
"""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import EncoderError
from assistant.multilingual.ngrams import features
from assistant.retrieval.encoder import Vectors

MODEL = Path(__file__).parent / "model" / "student.safetensors"
_AT_ONCE = 64  # texts; their n-grams are counted in a table of texts by n-grams

Array = NDArray[np.float32]


class Student:
    """Text of any of its languages to 384 dimensions; the file is read at the first use."""

    def __init__(self, path: Path = MODEL) -> None:
        self.path = path
        self._lock = threading.Lock()

    @property
    def is_installed(self) -> bool:
        """Whether its file is there."""
        return self.path.is_file()

    @cached_property
    def fingerprint(self) -> str:
        """Stable id of the weights.

        Raises:
            EncoderError: the file is missing.
        """
        return f"student-{hashlib.sha256(_read(self.path)).hexdigest()[:12]}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts` in their order: (n_texts, 384), float32, rows of length 1.

        A text without any known n-gram gets the same vector as an empty one.

        Raises:
            EncoderError: the model file is missing or damaged.
        """
        weights = self._weights
        parts = [
            _forward(weights, texts[start : start + _AT_ONCE]) for start in range(0, len(texts), _AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.empty((0, len(weights.bias)), dtype=np.float32)

    @property
    def _weights(self) -> "Weights":
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> "Weights":
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            arrays: dict[str, Any] = load(_read(self.path))
            return Weights(**arrays)
        except (SafetensorError, TypeError) as error:
            raise EncoderError(f"{self.path} is damaged ({error}); reinstall the assistant") from error


@dataclass(frozen=True, slots=True)
class Weights:
    """The arrays of the file; `width` is that of an n-gram's vector, `bent` that of the layer between."""

    hashes: NDArray[np.uint64]
    """(n,), sorted: the known n-grams."""
    ngrams: NDArray[np.int8]
    """(n, width)"""
    scales: Array
    """(n,): what makes a row of `ngrams` float again."""
    direct: Array
    """(384, width)"""
    bias: Array
    """(384,)"""
    hidden: Array
    """(bent, width)"""
    hidden_bias: Array
    """(bent,)"""
    bent: Array
    """(384, bent)"""


def _forward(weights: Weights, texts: Sequence[str]) -> Vectors:
    hashes, owners = features(texts)
    unique, at = np.unique(hashes, return_inverse=True)  # texts of one language share most n-grams
    rows, known = look_up(weights.hashes, unique)
    shape = (len(texts), len(unique))
    counts = np.bincount(owners * len(unique) + at, minlength=shape[0] * shape[1]).reshape(shape)
    counts = counts[:, known].astype(np.float32)
    vectors = weights.ngrams[rows] * weights.scales[rows, None]
    roots = np.sqrt(np.maximum(counts.sum(axis=1, keepdims=True), 1.0))
    pooled = (counts @ vectors) / roots
    bent = np.maximum(pooled @ weights.hidden.T + weights.hidden_bias, 0.0)
    result = pooled @ weights.direct.T + bent @ weights.bent.T + weights.bias
    normalised: Vectors = (result / np.linalg.norm(result, axis=1, keepdims=True)).astype(np.float32)
    return normalised


def look_up(
    vocabulary: NDArray[np.uint64], hashes: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Rows of the known n-grams in the sorted vocabulary, and which of `hashes` are known."""
    at = np.searchsorted(vocabulary, hashes)
    at[at == len(vocabulary)] = 0
    known = vocabulary[at] == hashes
    return at[known], known


def quantise(vectors: Array) -> tuple[NDArray[np.int8], Array]:
    """Bytes, and the scale that makes each row of them float again."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12).astype(np.float32) / 127
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EncoderError(
            f"the multilingual encoder is missing: cannot read {path} ({error.strerror}); "
            "reinstall the assistant"
        ) from error
