"""From a question to passages: search both channels, fuse, drop repetitions, join what belongs together.

Several weighted queries are scored each alone and their scores mixed: a follow-up is searched together with
the turns before it, and pasting their texts into one query found less on public dialogue sets.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assistant.documents import Chunk
from assistant.index.reader import Filter, Index
from assistant.retrieval.encoder import Encoder
from assistant.retrieval.fusion import DEPTH, fuse, mix
from assistant.retrieval.passages import Hit, Passage
from assistant.retrieval.text import query_terms

Channels = Literal["both", "dense", "lexical"]

_LINK = re.compile(r"(?:https?://|www\.)\S+")

POOL = 3  # hits considered for each passage wanted, so that neighbours find one another
PASSAGE_CHARACTERS = 2400  # about two full chunks; a longer passage crowds out others
CONTINUATION_CHARACTERS = 240  # a remainder this short belongs to the chunk beside it


@dataclass(frozen=True, slots=True)
class WeightedQuery:
    """A text to search for and its share of the scores, more than 0."""

    text: str
    weight: float = 1.0


class Retriever:
    """Finds what the index says about a question; the same question finds the same, in the same order."""

    def __init__(self, index: Index, encoder: Encoder):
        self._index = index
        self._encoder = encoder

    def retrieve(
        self,
        queries: str | Sequence[WeightedQuery],
        *,
        top_k: int = 8,
        where: Filter | None = None,
        language: str = "en",
    ) -> list[Passage]:
        """The best passages.

        Args:
            queries: The question, or several texts with weights.
            top_k: Most passages to return.
            where: Which documents to search; None for all.
            language: ISO 639-1 code of the question.
        Returns:
            Passages, best first; no text twice, no mere list of addresses. Neighbouring chunks of one section
            are one passage when both were found or one is a short remainder, up to a length that leaves room
            for others.
        Raises:
            EncoderError: the encoder's files are missing.
        """
        hits = self.search(queries, top_k=POOL * top_k, where=where, language=language)
        hits = [hit for hit in _without_repetitions(hits) if _has_prose(hit.chunk)]
        found = {hit.chunk.chunk_id: hit for hit in hits}
        passages: list[Passage] = []
        used: set[str] = set()
        for hit in found.values():
            if len(passages) == top_k:
                break
            if hit.chunk.chunk_id in used:
                continue
            run = self._run(hit, found, used)
            used |= {part.chunk.chunk_id for part in run}
            passages.append(Passage(self._index.document(hit.chunk.document), tuple(run)))
        return passages

    def search(
        self,
        queries: str | Sequence[WeightedQuery],
        *,
        top_k: int = 10,
        where: Filter | None = None,
        language: str = "en",
        channels: Channels = "both",
        dense_weight: float = 0.5,
    ) -> list[Hit]:
        """Single chunks as ranked, repetitions included: what evaluation measures.

        Args:
            queries: The question, or several texts with weights.
            top_k: Most hits to return.
            where: Which documents to search; None for all.
            language: ISO 639-1 code of the question.
            channels: "dense" or "lexical" for one of them alone.
            dense_weight: Share of the dense channel when both are used.
        Returns:
            Hits, best first. With several queries a hit carries the best similarity and BM25 among them.
        Raises:
            EncoderError: the encoder's files are missing.
        """
        weighted = [WeightedQuery(queries)] if isinstance(queries, str) else list(queries)
        weighted = [query for query in weighted if query.text.strip()]
        dense = [dict[str, float]() for _ in weighted]
        lexical = [dict[str, float]() for _ in weighted]
        if channels != "lexical" and weighted:
            vectors = self._encoder.encode([query.text for query in weighted])
            dense = [dict(self._index.dense_search(vector, top_k=DEPTH, where=where)) for vector in vectors]
        if channels != "dense":
            lexical = [self._lexical(query.text, where, language) for query in weighted]
        share = {"both": dense_weight, "dense": 1.0, "lexical": 0.0}[channels]
        fused = [
            (query.weight, fuse(_ranked(by_meaning), _ranked(by_word), dense_weight=share))
            for query, by_meaning, by_word in zip(weighted, dense, lexical, strict=True)
        ]
        ranking = mix(fused)[:top_k]
        chunks = self._index.chunks([chunk_id for chunk_id, _ in ranking])
        return [
            Hit(chunk, score, _best(dense, chunk.chunk_id), _best(lexical, chunk.chunk_id))
            for chunk, (_, score) in zip(chunks, ranking, strict=True)
        ]

    @cached_property
    def _languages(self) -> tuple[str, ...]:
        return tuple(sorted({document.language for document in self._index.documents()}))

    def _lexical(self, text: str, where: Filter | None, language: str) -> dict[str, float]:
        terms = query_terms(text, self._languages, language=language)
        return dict(self._index.lexical_search(terms, top_k=DEPTH, where=where)) if terms else {}

    def _run(self, hit: Hit, found: Mapping[str, Hit], used: set[str]) -> list[Hit]:
        """`hit` with the neighbours that continue it, in reading order."""
        run = [hit]
        for after in (True, False):
            while True:
                edge = run[-1] if after else run[0]
                chunk = self._index.neighbours(edge.chunk)[after]
                if chunk is None or chunk.chunk_id in used or not _continues(edge.chunk, chunk, found):
                    break
                if sum(len(part.chunk.text) for part in run) + len(chunk.text) > PASSAGE_CHARACTERS:
                    break
                joined = found.get(chunk.chunk_id) or Hit(chunk, 0.0)
                run.insert(len(run) if after else 0, joined)
        return run


def _has_prose(chunk: Chunk) -> bool:
    """False for a chunk that is mostly addresses: a list of sources matches much and says nothing."""
    return 2 * sum(len(link) for link in _LINK.findall(chunk.text)) < len(chunk.text)


def _continues(chunk: Chunk, neighbour: Chunk, found: Mapping[str, Hit]) -> bool:
    if neighbour.section != chunk.section:
        return False
    return neighbour.chunk_id in found or len(neighbour.text) <= CONTINUATION_CHARACTERS


def _without_repetitions(hits: Sequence[Hit]) -> list[Hit]:
    """The best hit of each text under one heading, however it is spaced or cased.

    The heading counts: "Apply to the provider" says different things under two courses.
    """
    kept: dict[tuple[str, ...], Hit] = {}
    for hit in hits:
        kept.setdefault((*hit.chunk.section[-1:], *hit.chunk.text.casefold().split()), hit)
    return list(kept.values())


def _ranked(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def _best(per_query: Sequence[Mapping[str, float]], chunk_id: str) -> float | None:
    return max((scores[chunk_id] for scores in per_query if chunk_id in scores), default=None)
