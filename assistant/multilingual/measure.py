"""How well the student does on concepts that it never saw.

    python -m assistant.multilingual.measure --esco FOLDER

A held-out label or phrase of a language looks for its English counterpart among those of all concepts of its
kind, seen and unseen; RR is one over the rank of it. The packaged encoder does the same, for comparison.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.multilingual.parallel import Concept, concepts
from assistant.multilingual.student import MODEL, Student
from assistant.retrieval.encoder import Vectors
from assistant.settings import load_settings

KINDS = ("occupation", "phrase", "term")

Encode = Callable[[Sequence[str]], Vectors]


def reciprocal_ranks(
    known: Sequence[Concept], kind: str, language: str, english: Vectors, encode: Encode
) -> list[float]:
    """One for each held-out concept of the kind that the language has, by its usual text.

    Args:
        known: All concepts.
        kind: Of the concepts.
        language: Of the texts that look.
        english: The teacher's vectors of the usual English texts of all concepts of the kind, in their order.
        encode: The encoder of the looking texts.
    """
    of_kind = [concept for concept in known if concept.kind == kind]
    asked = [
        (at, concept.texts[language][0])
        for at, concept in enumerate(of_kind)
        if concept.is_held_out and language in concept.texts
    ]
    if not asked:
        return []
    rows = np.array([at for at, _ in asked])
    similarities = encode([text for _, text in asked]) @ english.T
    own = similarities[np.arange(len(rows)), rows]
    ranks = (similarities > own[:, None]).sum(axis=1) + 1
    return [float(rank) for rank in 1.0 / ranks]


def main() -> None:
    """Print a Markdown table: languages by kinds, student and packaged encoder."""
    from assistant.retrieval.minilm import MiniLMEncoder

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--esco", type=Path, required=True, help="folder with ESCO's labels")
    parser.add_argument("--model", type=Path, default=MODEL)
    given = parser.parse_args()
    known = concepts(given.esco)
    packaged = MiniLMEncoder.packaged(cache_dir=load_settings().data_dir / "models").encode
    student = Student(given.model).encode
    english = {
        kind: packaged([concept.texts["en"][0] for concept in known if concept.kind == kind])
        for kind in KINDS
    }
    languages = sorted({language for concept in known for language in concept.texts})
    lines = ["| | " + " | ".join(f"{kind}: n | student | packaged" for kind in KINDS) + " |"]
    lines.append("|---" * (1 + 3 * len(KINDS)) + "|")
    means: dict[tuple[str, str], list[float]] = {}
    for language in languages:
        cells = []
        for kind in KINDS:
            scores = {
                name: reciprocal_ranks(known, kind, language, english[kind], encode)
                for name, encode in (("student", student), ("packaged", packaged))
            }
            cells.append(str(len(scores["student"]) or "–"))
            for name, ranks in scores.items():
                cells.append(_figure(ranks) if ranks else "–")
                if ranks and language != "en":
                    means.setdefault((kind, name), []).append(float(np.mean(ranks)))
        lines.append(f"| {language} | {' | '.join(cells)} |")
    mean = [
        cell
        for kind in KINDS
        for cell in (
            "",
            *(_figure(means[kind, name]) for name in ("student", "packaged")),
        )
    ]
    lines.append(f"| mean but en | {' | '.join(mean)} |")
    sys.stdout.write("\n".join(lines) + "\n")


def _figure(values: Sequence[float]) -> str:
    return f"{np.mean(values):.3f}".removeprefix("0")


if __name__ == "__main__":
    main()
