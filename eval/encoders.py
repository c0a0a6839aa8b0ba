"""What each part of the search finds, by language of the question, on the dev split: R@5 of the gold pages.

    python -m eval.encoders

words      full text alone, without any translation packaged   the packaged encoder alone, on questions and
documents of every language student    our encoder alone: the packaged model for English, the student for
all other languages, and documents in
           languages that the reader may not know behind the others
fused      what the assistant does: both channels, with translated words and learned weights
"""

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assistant.index.reader import Index
from assistant.retrieval.encoder import load_encoder
from assistant.retrieval.fusion import LEARNED, Trust, mix, pair_kind
from assistant.retrieval.minilm import MiniLMEncoder
from assistant.retrieval.retriever import Retriever, WeightedQuery, rank
from assistant.settings import load_settings
from eval.cases import QUESTIONS, read_cases
from eval.fusion import asked_in
from eval.intervals import interval
from eval.measures import recall
from eval.pages import reference_pages
from eval.score import Page, gold_pages

COLUMNS = ("words", "packaged", "student", "fused")
DEPTH = 100


def main() -> None:
    """Print a Markdown table with 95 % bootstrap intervals."""
    settings = load_settings()
    encoder = load_encoder(settings)
    packaged = MiniLMEncoder.packaged(cache_dir=settings.data_dir / "models")
    cases, _ = read_cases(QUESTIONS / "dev")
    values: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    with Index.open(settings.index_dir, encoder_fingerprint=encoder.fingerprint) as index:
        references = reference_pages(index)
        retriever = Retriever(index, encoder)
        chunks = [chunk for document in index.documents() for chunk in index.document_chunks(document.path)]
        pages: list[Page] = [(chunk.document, chunk.page_number) for chunk in chunks]
        places = {chunk.chunk_id: page for chunk, page in zip(chunks, pages, strict=True)}
        by_packaged = packaged.encode([chunk.search_text for chunk in chunks])

        def nearest(queries: Sequence[WeightedQuery]) -> list[Page]:
            scored = []
            for query in queries:
                similarities = by_packaged @ packaged.encode([query.text])[0]
                best = np.argsort(-similarities, kind="stable")[:DEPTH]
                hits = [(chunks[at].chunk_id, float(similarities[at])) for at in best]
                scored.append((query.weight, hits))
            return [places[chunk] for chunk, _ in mix(scored)]

        for case in cases:
            gold = gold_pages(case, references)
            if not gold:
                continue
            queries, language = asked_in(case)
            plain = [replace(query, english=()) for query in queries]
            found, untranslated = (retriever.found(each, language=language) for each in (queries, plain))
            for column, ranking in zip(
                COLUMNS,
                (
                    [places[chunk] for chunk, _ in rank(untranslated, lambda *_: Trust(0.0))],
                    nearest(queries),
                    [
                        places[chunk]
                        for chunk, _ in rank(found, lambda a, w: Trust(1.0, LEARNED[pair_kind(a, w)].worth))
                    ],
                    [places[chunk] for chunk, _ in rank(found, lambda a, w: LEARNED[pair_kind(a, w)])],
                ),
                strict=True,
            ):
                value = recall(list(dict.fromkeys(ranking)), gold, 5) or 0.0
                for row in {case.language, "all", "en" if case.language == "en" else "all but en"}:
                    values[row, column].append(value)
    rows = sorted({row for row, _ in values}, key=lambda row: (row.startswith("all"), row))
    lines = ["| | n | " + " | ".join(COLUMNS) + " |", "|---" * (2 + len(COLUMNS)) + "|"]
    for row in rows:
        cells = [_interval(values[row, column]) for column in COLUMNS]
        lines.append(f"| {row} | {len(values[row, COLUMNS[0]])} | {' | '.join(cells)} |")
    sys.stdout.write("\n".join(lines) + "\n")


def _interval(values: Sequence[float]) -> str:
    low, high = interval(values) or (0.0, 0.0)
    return f"{np.mean(values):.2f} ({low:.2f}–{high:.2f})"


if __name__ == "__main__":
    main()
