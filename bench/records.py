"""`python -m bench.records`: lists, counts and rankings of a large catalogue, beside a loop over all records.

The loop is the definition of `assistant.records.match`; it runs over a part of the records and is scaled up.
With `--url` the records lie in that PostgreSQL (in a schema that is dropped afterwards), else in SQLite.
"""

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import SecretStr

from assistant.records.database import drop_leftovers, write_records
from assistant.records.match import matches, score, sorted_by
from assistant.records.models import AnyRecord
from assistant.records.need import Need
from assistant.records.store import RecordStore
from assistant.settings import Settings
from bench.catalogue import CLASSES, TODAY, catalogue, questions

SIZE = 100_000
QUESTIONS = 40
LIMIT_MS = 100.0
LOOPED, PART = 4, 10  # questions for the plain loop, over each tenth record


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of one class of questions."""

    asked: str
    p50_ms: float
    p95_ms: float
    loop_ms: float | None
    """Of the plain loop, on average; None where there is none."""

    @property
    def ratio(self) -> float | None:
        """How many times as long the loop takes."""
        return self.loop_ms / self.p50_ms if self.loop_ms else None


def main() -> None:
    """Parse, run, print; the last line is JSON for `python -m bench`."""
    parser = argparse.ArgumentParser(prog="python -m bench.records", description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE, help="records in the catalogue")
    parser.add_argument("--url", help="PostgreSQL to hold them")
    options = parser.parse_args()
    rows = measure(catalogue(options.size), SecretStr(options.url) if options.url else None)
    print(table(rows, options.size))
    print(json.dumps({"records": options.size, "limit_ms": LIMIT_MS, "rows": [asdict(row) for row in rows]}))


def measure(records: Sequence[AnyRecord], url: SecretStr | None = None) -> list[Row]:
    """Write the records, ask all questions, forget the records."""
    with tempfile.TemporaryDirectory() as folder:
        generation = Path(folder, "generations", "bench")
        generation.mkdir(parents=True)
        write_records(generation, records, url)
        store = RecordStore.of_generation(generation, Settings(records_url=url))
        try:
            store.count(Need())  # connects
            return [*(_row(of, store, records) for of in CLASSES), _similar(store, records)]
        finally:
            store.close()
            shutil.rmtree(generation)
            drop_leftovers(Path(folder), url)


def table(rows: Sequence[Row], size: int) -> str:
    """Milliseconds by class of question."""
    lines = [f"{f'{size:,} records':<27}{'p50, ms':>10}{'p95, ms':>10}{'loop, ms':>12}{'loop/p50':>12}"]
    for row in rows:
        loop = f"{row.loop_ms:>12,.0f}{row.ratio:>11,.0f}x" if row.loop_ms else ""
        lines.append(f"{row.asked:<27}{row.p50_ms:>10.1f}{row.p95_ms:>10.1f}{loop}")
    slow = [row.asked for row in rows if row.p95_ms >= LIMIT_MS]
    lines.append(f"p95 over {LIMIT_MS:.0f} ms: {', '.join(slow) or 'none'}")
    return "\n".join(lines)


def _row(of: str, store: RecordStore, records: Sequence[AnyRecord]) -> Row:
    needs = questions(of, QUESTIONS)
    p50, p95 = _percentiles(
        [_milliseconds(lambda need=need: store.find(need, today=TODAY)) for need in needs]
    )
    part = records[::PART]
    _plain(part, needs[0])  # stems the words, once
    loops = [
        PART * _milliseconds(lambda need=need: _plain(part, need)) for need in needs[:: QUESTIONS // LOOPED]
    ]
    return Row(of, p50, p95, statistics.mean(loops))


def _similar(store: RecordStore, records: Sequence[AnyRecord]) -> Row:
    asked = records[:: max(1, len(records) // QUESTIONS)]
    times = [_milliseconds(lambda record=record: store.similar(record)) for record in asked]
    return Row("similar to a record", *_percentiles(times), None)


def _plain(records: Sequence[AnyRecord], need: Need) -> list[AnyRecord]:
    """The page of a need by looking at each record."""
    found = [record for record in records if matches(record, need)]
    if not need.limit:
        return found
    if need.sort == "match":
        found.sort(key=lambda record: -score(record, need, TODAY))
    else:
        found = sorted_by(found, need)
    return found[need.offset : need.offset + need.limit]


def _milliseconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return (time.perf_counter() - started) * 1000.0


def _percentiles(times: Sequence[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
