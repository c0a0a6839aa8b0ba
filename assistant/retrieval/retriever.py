"""From a question to passages: search both channels, fuse, drop repetitions, join what belongs together.

Several weighted queries are scored each alone and their scores mixed: a follow-up is searched together with
the turns before it, and pasting their texts into one query found less on public dialogue sets.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assistant.documents import Chunk
from assistant.index.reader import Filter, Index
from assistant.retrieval.encoder import Encoder
from assistant.retrieval.fusion import DEPTH, Trust, fuse, mix, trust_in
from assistant.retrieval.passages import Hit, Passage
from assistant.retrieval.text import analyse, content_words, query_terms

Channels = Literal["both", "dense", "lexical"]

_LINK = re.compile(r"(?:https?://|www\.)\S+")

TRANSLATED_WORTH = 1.0  # of a word that the reader did not write, beside 1 for one that was written
POOL = 3  # hits considered for each passage wanted, so that neighbours find one another
PASSAGE_CHARACTERS = 2400  # about two full chunks; a longer passage crowds out others
CONTINUATION_CHARACTERS = 240  # a remainder this short belongs to the chunk beside it


@dataclass(frozen=True, slots=True)
class WeightedQuery:
    """A text to search for and its share of the scores, more than 0."""

    text: str
    weight: float = 1.0
    language: str | None = "en"
    """ISO 639-1 code; None when it is not sure."""
    english: tuple[str, ...] = ()
    """What it says, in English words; for the search by words, where the text is in another language."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the channels found for one query."""

    weight: float
    asked_in: str
    """ISO 639-1 code."""
    by_meaning: Mapping[str, float]
    """Chunk id -> similarity"""
    by_word: Mapping[str, float]
    """Chunk id -> BM25"""
    written_in: Mapping[str, str]
    """Chunk id -> ISO 639-1 code, or "" """


def rank(found: Sequence[Found], trust: Callable[[str, str], Trust]) -> list[tuple[str, float]]:
    """One ranking of what was found for the queries of a question.

    Args:
        found: One for each query.
        trust: (language of the query, of the document) to how far a result is believed.
    Returns:
        (chunk_id, score from 0 to 1), best first; equal scores are ordered by id.
    """
    fused = []
    for each in found:
        believed = {chunk: trust(each.asked_in, written) for chunk, written in each.written_in.items()}
        ranking = fuse(_ranked(each.by_meaning), _ranked(each.by_word), trust=believed)
        fused.append((each.weight, ranking))
    return mix(fused)


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
            queries: The question, or several texts with weights and languages.
            top_k: Most passages to return.
            where: Which documents to search; None for all.
            language: ISO 639-1 code of the reader, and of a question without its own.
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
        dense_weight: float | None = None,
    ) -> list[Hit]:
        """Single chunks as ranked, repetitions included: what evaluation measures.

        Args:
            queries: The question, or several texts with weights and languages.
            top_k: Most hits to return.
            where: Which documents to search; None for all.
            language: ISO 639-1 code of the reader, and of a question without its own.
            channels: "dense" or "lexical" for one of them alone.
            dense_weight: Share of the dense channel when both are used; None for what was learned for each
                pair of languages.
        Returns:
            Hits, best first. With several queries a hit carries the best similarity and BM25 among them.
        Raises:
            EncoderError: the encoder's files are missing.
        """
        weighted = [WeightedQuery(queries, 1.0, language)] if isinstance(queries, str) else queries
        found = [self._found(query, where, language, channels) for query in weighted if query.text.strip()]
        share = {"both": dense_weight, "dense": 1.0, "lexical": 0.0}[channels]
        ranking = rank(found, lambda asked, written: trust_in(asked, written, share))[:top_k]
        chunks = self._index.chunks([chunk_id for chunk_id, _ in ranking])
        return [
            Hit(
                chunk,
                score,
                _best([each.by_meaning for each in found], chunk.chunk_id),
                _best([each.by_word for each in found], chunk.chunk_id),
            )
            for chunk, (_, score) in zip(chunks, ranking, strict=True)
        ]

    def found(self, queries: Sequence[WeightedQuery], *, language: str) -> "list[Found]":
        """What the channels give for each query, before it is fused: what `rank` takes."""
        return [self._found(query, None, language, "both") for query in queries if query.text.strip()]

    def _found(
        self, query: WeightedQuery, where: Filter | None, language: str, channels: Channels
    ) -> "Found":
        by_meaning, by_word = {}, {}
        if channels != "lexical":
            (vector,) = self._encoder.encode([query.text], language=query.language)
            by_meaning = dict(self._index.dense_search(vector, top_k=DEPTH, where=where))
        if channels != "dense":
            by_word = self._lexical(query, where, query.language or language)
        written = self._index.languages({*by_meaning, *by_word})
        return Found(query.weight, query.language or language, by_meaning, by_word, written)

    @cached_property
    def _languages(self) -> tuple[str, ...]:
        return tuple(sorted({document.language for document in self._index.documents()}))

    def _lexical(self, query: WeightedQuery, where: Filter | None, language: str) -> dict[str, float]:
        terms = query_terms(query.text, self._languages, language=language)
        for word in (word for phrase in query.english for word in content_words(phrase, "en")):
            terms.setdefault(analyse(word, "en")[0], TRANSLATED_WORTH)
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
