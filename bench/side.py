"""What both sides of the comparison measure and report."""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

QUESTIONS = Path(__file__).with_name("questions.txt").read_text(encoding="utf-8").splitlines()
TOP_K = 8


@dataclass(frozen=True, slots=True)
class Measures:
    """Of one run in a process of its own."""

    side: str
    pages: int
    chunks: int
    import_seconds: float
    """Importing the libraries and loading what the side loads before it starts."""
    ingest_seconds: float
    """From the PDFs to an index that can be searched; what is imported on the way counts here."""
    first_query_ms: float
    query_p50_ms: float
    query_p95_ms: float
    peak_rss_mb: float
    """Of the process, plus the largest of its children."""
    records_seconds: float
    """Of the ingestion: making records of pages, and writing them; the plain side has none."""

    def report(self) -> None:
        """Print for the parent: the last line of standard output."""
        print(json.dumps(asdict(self)))


def arguments() -> tuple[list[Path], Path]:
    """(PDFs, empty folder for the index), as the parent gave them."""
    folder, *pdfs = sys.argv[1:]
    return [Path(pdf) for pdf in pdfs], Path(folder)


def measure(
    side: str,
    *,
    pages: int,
    chunks: int,
    import_seconds: float,
    ingest_seconds: float,
    records_seconds: float = 0.0,
    query: Callable[[str], object],
) -> Measures:
    """Ask all questions and put the figures together; the first question loads what is loaded lazily."""
    latencies_ms = []
    for question in [QUESTIONS[-1], *QUESTIONS]:
        started = time.perf_counter()
        query(question)
        latencies_ms.append((time.perf_counter() - started) * 1000.0)
    first, *warm = latencies_ms
    peak_kb = sum(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return Measures(
        side,
        pages,
        chunks,
        import_seconds,
        ingest_seconds,
        first,
        statistics.median(warm),
        statistics.quantiles(warm, n=20)[-1],
        peak_kb / (1024 if sys.platform != "darwin" else 1024**2),
        records_seconds,
    )
