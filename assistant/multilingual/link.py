"""Which trade or skill a text means: `Linker.link("spawacz", "pl")` gives the welder.

The candidates are the trades and skills of our own lexicon, or concepts that the caller brings, such as
ESCO's. A text is linked by what it says in any of the languages: exactly, where a form is listed, else by
meaning. Below `SURE` nothing is linked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant import lexicon
from assistant.retrieval.encoder import Encoder
from assistant.retrieval.text import fold

PREFIXES = ("trade.", "skill.")
SURE = 0.65
"""Least similarity of a link. Of 960 words for trades and skills that training never saw, 57 % are
then linked rightly and 11 % wrongly; of 3,900 other words, 4 % are linked at all (at .5: 72, 24, 25 %)."""


@dataclass(frozen=True, slots=True)
class Link:
    """A concept that a text may mean."""

    concept: str
    """Id of the lexicon, such as "trade.welder", or of the caller's concepts."""
    label: str
    """Its usual English name."""
    score: float
    """From 0 to 1; 1 for a listed form."""


class Linker:
    """Compares texts with concepts; the concepts are encoded once, at the first question."""

    def __init__(self, encoder: Encoder, concepts: Mapping[str, Sequence[str]] | None = None) -> None:
        """`concepts`: id -> English names, the usual one first; None for those of the lexicon."""
        self._encoder = encoder
        self._is_own = concepts is None
        self._concepts = own_concepts() if concepts is None else concepts
        self._vectors: np.ndarray | None = None

    def link(self, text: str, language: str | None = None, *, top_k: int = 3) -> list[Link]:
        """The concepts that a short text means, best first; [] when it means none of them.

        Args:
            text: A trade, an occupation or a skill.
            language: ISO 639-1 code; None when it is not sure.
            top_k: Most links.
        Raises:
            EncoderError: the encoder's files are missing.
        """
        if not text.strip():
            return []
        exact = self._listed(text, language)
        if exact:
            return [Link(name, self._concepts[name][0], 1.0) for name in exact[:top_k]]
        owners, vectors = self._encoded()
        similarities = vectors @ self._encoder.encode([text], language=language)[0]
        best: dict[str, float] = {}
        for at in np.argsort(-similarities, kind="stable"):
            if similarities[at] < SURE or len(best) == top_k:
                break
            best.setdefault(owners[at], float(similarities[at]))
        return [Link(name, self._concepts[name][0], score) for name, score in best.items()]

    def _listed(self, text: str, language: str | None) -> list[str]:
        if not self._is_own:
            return [name for name, forms in self._concepts.items() if fold(text) in map(fold, forms)]
        codes = lexicon.languages() if language is None else (language, "en")
        return [
            name
            for name in self._concepts
            if any(fold(text) in map(fold, lexicon.terms(code).get(name, ())) for code in codes)
        ]

    def _encoded(self) -> tuple[list[str], np.ndarray]:
        owners = [name for name, forms in self._concepts.items() for _ in forms]
        if self._vectors is None:
            self._vectors = self._encoder.encode(
                [form for forms in self._concepts.values() for form in forms]
            )
        return owners, self._vectors


def own_concepts() -> dict[str, tuple[str, ...]]:
    """The trades and skills of the lexicon with their English forms."""
    return {name: forms for name, forms in lexicon.terms("en").items() if name.startswith(PREFIXES)}
