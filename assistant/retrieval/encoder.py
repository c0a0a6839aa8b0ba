"""The encoder: text in, vectors of length 1 out, behind one Protocol.

The default is the packaged all-MiniLM-L6-v2 for English with our own student of it for all other languages
(`assistant.multilingual`); any other name or path goes through sentence-transformers, which takes many
seconds to import. An index remembers the encoder's `fingerprint` and refuses one of another space, since
vectors of different spaces cannot be compared.
"""

import logging
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.settings import Settings

Vectors = NDArray[np.float32]

_log = logging.getLogger(__name__)

PACKAGED_NAMES = frozenset({"all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"})


class Encoder(Protocol):
    """Turns texts into vectors; safe to call from several threads."""

    @property
    def name(self) -> str:
        """As people call it."""
        ...

    @property
    def fingerprint(self) -> str:
        """Stable id of weights and pooling; usable as a file name. See `space_of`."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """Window, special tokens included; the rest of a longer text is not seen."""
        ...

    @property
    def special_tokens(self) -> int:
        """How many tokens of the window the encoder adds itself."""
        ...

    def encode(self, texts: Sequence[str], *, language: str | None = "en") -> Vectors:
        """Vectors of `texts` in their order: (n_texts, dimensions), float32, rows of length 1.

        Args:
            texts: Of one language.
            language: Its ISO 639-1 code; None when it is not sure. Many encoders do not look at it.
        Raises:
            EncoderError: the encoder's files are missing or not the ones expected.
        """
        ...

    def encodes_as(self, language: str | None) -> str:
        """Which weights encode texts of that language, as in `encode`: equal ids, equal vectors."""
        ...

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Character span of each token of the whole `text`, special ones left out: the count is its length.

        Raises:
            EncoderError: the encoder's files are missing or not the ones expected.
        """
        ...


def load_encoder(settings: Settings) -> Encoder:
    """The encoder that `settings.encoder` names; its weights are read when they are first needed.

    Raises:
        EncoderError: the files of the encoder are not on this machine.
    """
    if settings.encoder in PACKAGED_NAMES:
        from assistant.multilingual.encoder import MultilingualEncoder
        from assistant.multilingual.student import Student
        from assistant.retrieval.minilm import MiniLMEncoder

        packaged, student = MiniLMEncoder.packaged(cache_dir=settings.data_dir / "models"), Student()
        if student.is_installed:
            return MultilingualEncoder(packaged, student)
        _log.warning(
            "no multilingual encoder at %s: questions in other languages than English find little; reinstall"
            " the assistant, then run `assistant ingest`",
            student.path,
        )
        return packaged
    from assistant.retrieval.st_encoder import SentenceTransformersEncoder

    return SentenceTransformersEncoder(settings.encoder)


def space_of(fingerprint: str) -> str:
    """Encoders of one space give vectors that can be compared: what stands before the "+" of a fingerprint.

    "minilm-1+student-2" reads what "minilm-1" encoded, and the other way round; texts that the student should
    have encoded are then found by their words.
    """
    return fingerprint.partition("+")[0]
