"""Learns on the dev split how far each channel is believed for a pair of languages: `fusion.LEARNED`.

    python -m eval.fusion

For each kind of pair, the share of the dense channel and the worth of a result, from a coarse grid, one after
the other and twice around; what counts is the mean nDCG@10 of the questions. A value moves only when it gains
more than `LEAST_GAIN`, so that a few questions settle nothing. The printed gain is that of a five-fold
cross-validation: folds are learned from the others.
"""

import sys
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from assistant.answers import Answer
from assistant.conversation import Conversation, Turn
from assistant.index.reader import Index
from assistant.privacy import mask
from assistant.retrieval.encoder import load_encoder
from assistant.retrieval.fusion import ENGLISH, LEARNED, Trust, pair_kind
from assistant.retrieval.retriever import Found, Retriever, WeightedQuery, rank
from assistant.settings import load_settings
from assistant.understanding import understand
from eval.cases import QUESTIONS, Case, read_cases
from eval.measures import ndcg, recall
from eval.pages import reference_pages
from eval.score import Page, gold_pages

SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
WORTHS = (0.3, 0.5, 0.7, 0.85, 1.0)
LEAST_GAIN = 0.005
ROUNDS = 2
FOLDS = 5
START: Mapping[str, Trust] = dict.fromkeys(LEARNED, Trust(0.5, 1.0))
FIXED = (ENGLISH,)
"""Not learned here: equal weights were measured on seven public sets, which tell more than our questions."""

Trusts = Mapping[str, Trust]


@dataclass(frozen=True, slots=True)
class Example:
    """A question with what the channels found for it."""

    case: Case
    found: list[Found]
    gold: frozenset[Page]


def main() -> None:
    """Print what was learned, and what it is worth."""
    settings = load_settings()
    encoder = load_encoder(settings)
    cases, _ = read_cases(QUESTIONS / "dev")
    with Index.open(settings.index_dir, encoder_fingerprint=encoder.fingerprint) as index:
        references = reference_pages(index)
        retriever = Retriever(index, encoder)
        examples = [
            Example(case, _found(case, retriever), frozenset(gold))
            for case in cases
            if (gold := gold_pages(case, references))
        ]
        ids = {chunk for each in examples for found in each.found for chunk in found.written_in}
        ordered = sorted(ids)
        english = {document.path for document in index.documents() if document.language == "en"}
        pages = {chunk.chunk_id: (chunk.document, chunk.page_number) for chunk in index.chunks(ordered)}
    learned = learn(examples, pages)
    held_out = []
    for fold in range(FOLDS):
        others = [each for at, each in enumerate(examples) if at % FOLDS != fold]
        held_out.append(scores(examples[fold::FOLDS], learn(others, pages), pages))
    before, after = (scores(examples, chosen, pages).mean() for chosen in (START, learned))
    lines = [
        f"{len(examples)} questions; nDCG@10 {before:.3f} with equal weights, {after:.3f} learned,",
        f"{np.concatenate(held_out).mean():.3f} when each fifth is learned from the others",
    ]
    lines += [f"{kind}: {trust}" for kind, trust in learned.items()]
    for name, chosen in (("equal", START), ("learned", learned), ("in use", LEARNED)):
        lines.append(f"{name}: {_by_language(examples, chosen, pages, english)}")
    sys.stdout.write("\n".join(lines) + "\n")


def learn(examples: Sequence[Example], pages: Mapping[str, Page]) -> dict[str, Trust]:
    """The trust of each kind of pair."""
    best = dict(START)
    top = scores(examples, best, pages).mean()
    for _ in range(ROUNDS):
        for kind in [kind for kind in best if kind not in FIXED]:
            for tried in [Trust(share, best[kind].worth) for share in SHARES] + [
                Trust(best[kind].dense_weight, worth) for worth in WORTHS
            ]:
                mean = scores(examples, best | {kind: tried}, pages).mean()
                if mean > top + LEAST_GAIN:
                    best, top = best | {kind: tried}, mean
    return best


def scores(examples: Sequence[Example], trusts: Trusts, pages: Mapping[str, Page]) -> np.ndarray:
    """nDCG@10 of each question."""
    return np.array(
        [ndcg(ranked_pages(each, trusts, pages), dict.fromkeys(each.gold, 1.0), 10) for each in examples],
        dtype=float,
    )


def ranked_pages(example: Example, trusts: Trusts, pages: Mapping[str, Page]) -> list[Page]:
    """Pages of the chunks, best first."""
    ranking = rank(example.found, lambda asked, written: trusts[pair_kind(asked, written)])
    return list(dict.fromkeys(pages[chunk] for chunk, _ in ranking))


def _by_language(
    examples: Sequence[Example], trusts: Trusts, pages: Mapping[str, Page], english_documents: Set[str]
) -> str:
    """R@5 in English, in other languages, and over English documents alone of questions asked in both."""
    ranked = {each.case.id: ranked_pages(each, trusts, pages) for each in examples}
    found = {each.case.id: recall(ranked[each.case.id], each.gold, 5) or 0.0 for each in examples}
    there = {
        each.case.id: recall(
            [page for page in ranked[each.case.id] if page[0] in english_documents],
            {page for page in each.gold if page[0] in english_documents},
            5,
        )
        for each in examples
    }
    english = [found[each.case.id] for each in examples if each.case.language == "en"]
    others = [found[each.case.id] for each in examples if each.case.language != "en"]
    pairs = [(there[each.case.id], there.get(each.case.parallel or "")) for each in examples]
    asked_in_both = [pair for pair in pairs if None not in pair]
    parallel, original = np.array(asked_in_both, dtype=float).mean(axis=0)
    return (
        f"R@5 English {np.mean(english):.3f} (n {len(english)}), others {np.mean(others):.3f}"
        f" (n {len(others)}), the same question over English documents {parallel:.3f}"
        f" and in English {original:.3f} (n {len(asked_in_both)})"
    )


def _found(case: Case, retriever: Retriever) -> list[Found]:
    queries, language = asked_in(case)
    return retriever.found(queries, language=language)


def asked_in(case: Case) -> tuple[tuple[WeightedQuery, ...], str]:
    """Queries of the last turn, and its language; the replies to earlier turns are not known here."""
    unanswered = Answer(status="clarify", language=case.language, text="")
    before = Conversation([Turn(mask(turn), unanswered) for turn in case.turns[:-1]])
    asked = understand(mask(case.turns[-1]), before)
    return asked.queries, asked.question_language


if __name__ == "__main__":
    main()
