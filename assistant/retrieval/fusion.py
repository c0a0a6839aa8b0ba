"""Fusion: one ranking from the dense and the lexical one, and from several queries.

Convex combination of scaled scores. With the packaged encoder and stemmed BM25 it gave a better nDCG@10 than
reciprocal rank fusion on six of seven public sets: ranks throw away how sure a channel is.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Ranking = Sequence[tuple[str, float]]
"""(chunk_id, score), best first; every id at most once."""

DEPTH = 100  # results of a channel that are fused


class Trust(NamedTuple):
    """How far a result is believed whose text is in one language and whose question is in another."""

    dense_weight: float
    """Share of the dense channel, from 0 to 1; the lexical one has the rest."""
    worth: float = 1.0
    """Factor on the fused score, from 0 to 1: readers want what they can read."""


ENGLISH, SAME, FROM_ENGLISH, TO_ENGLISH, OTHER = "English", "same", "from English", "to English", "other"
LEARNED: Mapping[str, Trust] = {
    ENGLISH: Trust(0.5),
    SAME: Trust(0.5),
    FROM_ENGLISH: Trust(0.5, 0.5),
    TO_ENGLISH: Trust(0.5),
    OTHER: Trust(0.5, 0.3),
}
"""By kind of language pair, since most pairs have few questions; learned on the dev split by `eval.fusion`.

Two values are not what it prints: "to English" .4 gains .006 nDCG@10 but costs .027 R@5 of questions that are
also asked in English; and .3 for "from English" would bury what only a national guide says.
"""


def trust_in(asked: str, written: str, dense_weight: float | None = None) -> Trust:
    """What is known of a pair of languages.

    Args:
        asked: ISO 639-1 code of the question.
        written: Of the document; "" counts as English.
        dense_weight: Takes the place of the learned one.
    """
    learned = LEARNED[pair_kind(asked, written)]
    return learned if dense_weight is None else Trust(dense_weight, learned.worth)


def pair_kind(asked: str, written: str) -> str:
    """Which of the kinds of `LEARNED` a pair of languages is."""
    written = written or "en"
    if asked == written:
        return ENGLISH if asked == "en" else SAME
    if "en" in (asked, written):
        return TO_ENGLISH if written == "en" else FROM_ENGLISH
    return OTHER


def scale(ranking: Ranking, *, depth: int = DEPTH) -> dict[str, float]:
    """Scores of the best `depth`, from 1 for the best to 0 for the one at rank `depth`, linear between.

    A shorter ranking means that the rest scored nothing, so its zero is 0 or a negative last score. When all
    scores are equal, all are 1.

    Raises:
        ValueError: depth is not positive.
    """
    if depth < 1:
        raise ValueError(f"depth is {depth}, wanted 1 or more")
    best = ranking[:depth]
    if not best:
        return {}
    top, last = best[0][1], best[-1][1]
    zero = last if len(best) == depth else min(0.0, last)
    if top <= zero:
        return dict.fromkeys((chunk_id for chunk_id, _ in best), 1.0)
    return {chunk_id: (score - zero) / (top - zero) for chunk_id, score in best}


def fuse(
    dense: Ranking,
    lexical: Ranking,
    *,
    dense_weight: float = 0.5,
    trust: Mapping[str, Trust] | None = None,
    depth: int = DEPTH,
) -> list[tuple[str, float]]:
    """One ranking from two channels.

    Args:
        dense: Similarities; higher is better.
        lexical: BM25; higher is better.
        dense_weight: Share of the dense channel, from 0 to 1; the lexical one has the rest.
        trust: Of chunks, by id, for which that share is another.
        depth: How many results of a channel count.
    Returns:
        (chunk_id, score from 0 to 1), best first; equal scores are ordered by id. A chunk that a channel did
        not return has 0 there.
    Raises:
        ValueError: dense_weight is not between 0 and 1, or depth is not positive.
    """
    if not 0.0 <= dense_weight <= 1.0:
        raise ValueError(f"dense_weight is {dense_weight}, wanted 0 to 1")
    by_meaning, by_word = scale(dense, depth=depth), scale(lexical, depth=depth)
    usual, known = Trust(dense_weight), trust or {}
    fused = []
    for chunk_id in {*by_meaning, *by_word}:
        share, worth = known.get(chunk_id, usual)
        score = share * by_meaning.get(chunk_id, 0.0) + (1.0 - share) * by_word.get(chunk_id, 0.0)
        fused.append((chunk_id, min(worth * score, 1.0)))
    return sorted(fused, key=lambda hit: (-hit[1], hit[0]))


def mix(rankings: Sequence[tuple[float, Ranking]]) -> list[tuple[str, float]]:
    """One ranking from those of several queries, each with its weight: the weighted mean of the scores.

    Raises:
        ValueError: a weight is not positive.
    """
    for weight, _ in rankings:
        if weight <= 0.0:
            raise ValueError(f"a query has weight {weight}, wanted more than 0")
    return _weighted_mean([(weight, dict(ranking)) for weight, ranking in rankings])


def _weighted_mean(weighted: Sequence[tuple[float, dict[str, float]]]) -> list[tuple[str, float]]:
    total = sum(weight for weight, _ in weighted)
    sums: defaultdict[str, float] = defaultdict(float)
    for weight, scores in weighted:
        for chunk_id, score in scores.items():
            sums[chunk_id] += weight / total * score
    return sorted(
        ((chunk_id, min(score, 1.0)) for chunk_id, score in sums.items()), key=lambda hit: (-hit[1], hit[0])
    )
