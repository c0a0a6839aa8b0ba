"""How fast the student encodes, beside the packaged encoder: `python -m bench.encoders`.

Documents: chunks of the index; the packaged encoder on English ones, as many at once as it likes, which is
its fast path), the student on those of all other languages, its file read before. Queries: one text at a
time.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence

from assistant import lexicon
from assistant.index.reader import Index
from assistant.multilingual.student import Student
from assistant.retrieval.encoder import Vectors
from assistant.retrieval.minilm import MiniLMEncoder
from assistant.settings import load_settings

ENGLISH_CHUNKS = 600  # above the number from which the packaged encoder takes its fast path
REPEATS = 3
QUERIES = 200


def main() -> None:
    """Print rates and their ratio."""
    settings = load_settings()
    with Index.open(settings.index_dir) as index:
        texts = [
            (document.language, chunk.search_text)
            for document in index.documents()
            for chunk in index.document_chunks(document.path)
        ]
    english = [text for language, text in texts if language == "en"][:ENGLISH_CHUNKS]
    others = [text for language, text in texts if language not in ("en", "")]
    started = time.perf_counter()
    student = Student()
    student.encode(["a"])
    loaded = time.perf_counter() - started
    packaged = MiniLMEncoder.packaged(cache_dir=settings.data_dir / "models")
    packaged.encode(english[:600])
    rates = {
        "packaged, English chunks/s": _rate(packaged.encode, english),
        "student, other chunks/s": _rate(student.encode, others),
    }
    lines = [f"{name:<30}{rate:>10.0f}" for name, rate in rates.items()]
    slow, fast = rates.values()
    lines.append(f"{'ratio':<30}{fast / slow:>10.0f}")
    lines.append(f"{'student loaded, s':<30}{loaded:>10.2f}")
    questions = [
        each for code in lexicon.languages() if code != "en" for each in lexicon.phrases(code).values()
    ]
    times = sorted(_milliseconds(student.encode, text) for text in questions[:: len(questions) // QUERIES])
    lines.append(f"{'student query p50, ms':<30}{statistics.median(times):>10.2f}")
    lines.append(f"{'student query p95, ms':<30}{times[int(0.95 * len(times))]:>10.2f}")
    sys.stdout.write("\n".join(lines) + "\n")


def _rate(encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> float:
    """Texts a second: the best of some runs, since other programs only slow one down."""
    return len(texts) / min(_milliseconds(encode, *texts) for _ in range(REPEATS)) * 1000


def _milliseconds(encode: Callable[[Sequence[str]], Vectors], *texts: str) -> float:
    started = time.perf_counter()
    encode(texts)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
