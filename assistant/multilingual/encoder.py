"""The default encoder: English by the packaged model, every other language by the student, in one space."""

from collections.abc import Sequence

import numpy as np

from assistant.multilingual.student import Student
from assistant.retrieval.encoder import Encoder, Vectors


class MultilingualEncoder:
    """Chooses by language. Tokens are counted as the packaged encoder does, whatever the language."""

    def __init__(self, english: Encoder, student: Student) -> None:
        self._english = english
        self._student = student
        self.name = f"{english.name}, other languages by our student of it"
        self.dimensions = english.dimensions
        self.max_tokens = english.max_tokens
        self.special_tokens = english.special_tokens

    @property
    def fingerprint(self) -> str:
        """See `Encoder.fingerprint`."""
        return f"{self._english.fingerprint}+{self._student.fingerprint}"

    def encode(self, texts: Sequence[str], *, language: str | None = "en") -> Vectors:
        """See `Encoder.encode`. When the language is not sure, the vector lies between those of both."""
        if language == "en":
            return self._english.encode(texts)
        by_student = self._student.encode(texts)
        if language is not None:
            return by_student
        both = by_student + self._english.encode(texts)
        middle: Vectors = both / np.linalg.norm(both, axis=1, keepdims=True)
        return middle

    def encodes_as(self, language: str | None) -> str:
        """See `Encoder.encodes_as`."""
        if language is None:
            return self.fingerprint
        return (self._english if language == "en" else self._student).fingerprint

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """See `Encoder.offsets`."""
        return self._english.offsets(text)
