"""Any other encoder, by its sentence-transformers name or path.

Nothing is fetched unless the user sets HF_HUB_OFFLINE=0: with no network a hub name takes over a minute to
fail.
"""

import hashlib
import os
import re
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import EncoderError
from assistant.retrieval.encoder import Vectors

WINDOW = 512  # for a model that states none


class SentenceTransformersEncoder:
    """A model of the sentence-transformers library, loaded when it is first needed (8 to 10 s)."""

    def __init__(self, name: str):
        self.name = name
        self._lock = threading.RLock()

    @cached_property
    def fingerprint(self) -> str:
        """Name, and a hash over the model's parts and its weights' shapes and sums."""
        digest = hashlib.sha256("\n".join(str(part) for part in self._model).encode())
        for name, value in sorted(self._model.state_dict().items()):
            digest.update(f"{name} {tuple(value.shape)} {float(value.float().sum()):.6g}".encode())
        slug = re.sub(r"[^A-Za-z0-9.-]+", "-", Path(self.name).name)
        return f"{slug[:60]}-{digest.hexdigest()[:12]}"

    @property
    def dimensions(self) -> int:
        """See `Encoder.dimensions`."""
        return int(self._model.get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        """See `Encoder.max_tokens`."""
        return int(self._model.max_seq_length or WINDOW)

    @property
    def special_tokens(self) -> int:
        """See `Encoder.special_tokens`."""
        return len(self._tokenizer("")["input_ids"])

    def encode(self, texts: Sequence[str], *, language: str | None = "en") -> Vectors:
        """See `Encoder.encode`; the language makes no difference."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        vectors: Vectors = self._model.encode(
            list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return vectors.astype(np.float32, copy=False)

    def encodes_as(self, language: str | None) -> str:
        """See `Encoder.encodes_as`."""
        return self.fingerprint

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """See `Encoder.offsets`."""
        tokens = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        return [(start, end) for start, end in tokens["offset_mapping"]]

    @property
    def _model(self) -> Any:
        with self._lock:
            return self._loaded

    @property
    def _tokenizer(self) -> Any:
        tokenizer = self._model.tokenizer
        if not getattr(tokenizer, "is_fast", False):
            raise EncoderError(
                f"the tokenizer of {self.name!r} gives no character offsets; choose another encoder"
            )
        return tokenizer

    @cached_property
    def _loaded(self) -> Any:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(self.name)
        except Exception as error:  # the hub, the file system and torch each raise their own
            raise EncoderError(
                f"cannot load the encoder {self.name!r}: {error}; give the path of a model on this machine, "
                "or set HF_HUB_OFFLINE=0 once to let it be downloaded"
            ) from error
