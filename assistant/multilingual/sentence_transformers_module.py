"""The student as a module of sentence-transformers, for those who use it outside this project.

    SentenceTransformer("assistant/multilingual/model", trust_remote_code=True)

`modules.json` beside the weights names this class; the flag lets the library import it from here.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import torch
from sentence_transformers.base.modules.input_module import InputModule

from assistant.multilingual.student import MODEL, Student


class StudentModule(InputModule):
    """Texts to vectors of length 1, on the CPU."""

    tokenizer = None  # type: ignore[assignment]

    def __init__(self, path: Path = MODEL) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._student = Student(path)

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """The vectors themselves: the model is too small to gain from a second device."""
        texts = [f"{prompt or ''}{text}" for text in inputs]
        return {"vectors": torch.from_numpy(self._student.encode(texts))}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """See the library's `Module.forward`."""
        features["sentence_embedding"] = features["vectors"]
        return features

    def get_embedding_dimension(self) -> int:
        """Length of a vector."""
        return int(self._student.encode([""]).shape[1])

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Copy the weights."""
        shutil.copy2(self._student.path, Path(output_path) / MODEL.name)

    @classmethod
    def load(cls, model_name_or_path: str, **_: Any) -> Self:  # type: ignore[override]
        """From the folder that holds the weights."""
        return cls(Path(model_name_or_path) / MODEL.name)
