"""Retrieved chunks, and passages: runs of neighbouring chunks that continue one another."""

from dataclasses import dataclass

from assistant.documents import Chunk, Document


@dataclass(frozen=True, slots=True)
class Hit:
    """One chunk with its scores; higher is better, 0..1 after fusion."""

    chunk: Chunk
    score: float
    dense_similarity: float | None = None
    """Cosine, or None when the dense channel did not return the chunk."""
    lexical_score: float | None = None
    """BM25, positive, or None when the lexical channel did not return the chunk."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring chunks of one document in reading order; the score is the best chunk's."""

    document: Document
    hits: tuple[Hit, ...]

    @property
    def score(self) -> float:
        """The best fused score among the chunks."""
        return max(hit.score for hit in self.hits)

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """The chunks in reading order."""
        return tuple(hit.chunk for hit in self.hits)

    @property
    def section(self) -> tuple[str, ...]:
        """Section path of the first chunk."""
        return self.hits[0].chunk.section

    @property
    def text(self) -> str:
        """The chunks' texts, one after the other."""
        return "\n".join(hit.chunk.text for hit in self.hits)
