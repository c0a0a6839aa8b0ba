"""`python -m bench [PATH...]`: both sides on the same PDFs and the same encoder, and their ratios.

Each side runs in a process of its own, in turns; the median of the repetitions counts. Then the records: what
they add to ingestion, and how fast they answer when there are many.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path

from bench.side import QUESTIONS, Measures

CHECKOUT = Path(__file__).resolve().parent.parent
SIDES = ("bench.plain", "bench.ours")


def main() -> None:
    """Parse, run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, default=[CHECKOUT / "corpus"], help="PDFs and folders")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each side")
    parser.add_argument("--output", type=Path, default=CHECKOUT / "build" / "bench.json")
    options = parser.parse_args()
    pdfs = find_pdfs(options.paths)
    runs = [run(side, pdfs) for _ in range(options.repeat) for side in SIDES]
    plain, ours = (
        median([each for each in runs if each.side == side]) for side in ("plain LangChain", "assistant")
    )
    print(table(plain, ours))
    share = ours.records_seconds / (ours.ingest_seconds - ours.records_seconds)
    print(f"records add {share:.1%} to ingestion\n")
    *told, records = lines_of("bench.records")
    print("\n".join(told))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    result = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}",
        "documents": len(pdfs),
        "questions": len(QUESTIONS),
        "ratios": ratios(plain, ours),
        "records_share": share,
        "records": json.loads(records),
        "runs": [asdict(each) for each in runs],
    }
    options.output.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(f"{len(pdfs)} PDFs, {len(QUESTIONS)} questions, {options.repeat} run(s); more in {options.output}")


def find_pdfs(paths: list[Path]) -> list[Path]:
    """The PDFs of files and folders, read once so that neither side waits for the disk."""
    pdfs = sorted(
        {pdf.resolve() for path in paths for pdf in (path.rglob("*.pdf") if path.is_dir() else [path])}
    )
    if not pdfs:
        raise SystemExit(f"no PDFs under {', '.join(map(str, paths))}; run `make corpus` or name some")
    for pdf in pdfs:
        pdf.read_bytes()
    return pdfs


def run(side: str, pdfs: list[Path]) -> Measures:
    """One side in a fresh process and an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        return Measures(**json.loads(lines_of(side, folder, *map(str, pdfs))[-1]))


def lines_of(module: str, *arguments: str) -> list[str]:
    """What a module of ours prints in a process of its own."""
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"}
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"{module} failed with status {done.returncode}: {done.stdout}")
    return done.stdout.splitlines()


def median(runs: list[Measures]) -> Measures:
    """Measure by measure."""
    return Measures(
        runs[0].side,
        *(statistics.median(getattr(each, field.name) for each in runs) for field in fields(Measures)[1:]),
    )


def rates(measures: Measures) -> dict[str, float]:
    """What the table shows, by row."""
    total = measures.import_seconds + measures.ingest_seconds
    return {
        "pages": measures.pages,
        "chunks": measures.chunks,
        "imports, s": measures.import_seconds,
        "ingestion, s": measures.ingest_seconds,
        "ingestion with imports, s": total,
        "pages/s": measures.pages / measures.ingest_seconds,
        "pages/s with imports": measures.pages / total,
        "chunks/s": measures.chunks / measures.ingest_seconds,
        "first query, ms": measures.first_query_ms,
        "query p50, ms": measures.query_p50_ms,
        "query p95, ms": measures.query_p95_ms,
        "peak memory, MB": measures.peak_rss_mb,
    }


def ratios(plain: Measures, ours: Measures) -> dict[str, float]:
    """Ours divided by plain."""
    before, after = rates(plain), rates(ours)
    return {row: round(after[row] / before[row], 3) for row in before}


def table(plain: Measures, ours: Measures) -> str:
    """Both sides and how many times the plain figure ours is."""
    before, after, times = rates(plain), rates(ours), ratios(plain, ours)
    lines = [f"{'':<27}{'plain':>10}{'ours':>10}{'ours/plain':>12}"]
    lines += [f"{row:<27}{before[row]:>10.1f}{after[row]:>10.1f}{times[row]:>11.2f}x" for row in before]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
